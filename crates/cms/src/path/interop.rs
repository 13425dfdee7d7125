//! Foreign authorities, made by OpenSSL: what time-stamp services in the field look like.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;

/// Valid for as long as OpenSSL 3.0 is told to by `-days`, from the moment of the test on.
const CONFIGURATION: &str = "
[ca]
default_ca = own
[own]
database = index.txt
crlnumber = number.txt
default_md = sha256
default_crl_days = 30
[request]
distinguished_name = name
prompt = no
[name]
CN = Foreign root
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[authority]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
authorityKeyIdentifier = keyid
";

/// A root, a time-stamp authority and a revocation list, all with one kind of key.
struct Foreign {
    root: Certificate,
    leaf: Certificate,
    list: Crl,
}

fn foreign(new_key: &[&str], sign: &[&str]) -> Foreign {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("foreign.cnf"), CONFIGURATION).unwrap();
    fs::write(path.join("index.txt"), "").unwrap();
    fs::write(path.join("number.txt"), "01\n").unwrap();
    let root = ["req", "-x509", "-config", "foreign.cnf", "-section", "request", "-days", "900"];
    let root_files = ["-extensions", "root", "-nodes", "-keyout", "root.key", "-out", "root.pem"];
    openssl(&[&root[..], new_key, sign, &root_files].concat(), path);
    let request = ["req", "-new", "-config", "foreign.cnf", "-section", "request", "-nodes"];
    let subject = ["-subj", "/CN=Foreign TSA", "-keyout", "leaf.key", "-out", "leaf.csr"];
    openssl(&[&request[..], new_key, &subject].concat(), path);
    let certify = ["x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key"];
    let extensions = ["-extfile", "foreign.cnf", "-extensions", "authority", "-days", "300"];
    let out = ["-CAcreateserial", "-out", "leaf.pem"];
    openssl(&[&certify[..], &extensions, &out, sign].concat(), path);
    let list = ["ca", "-config", "foreign.cnf", "-gencrl", "-cert", "root.pem"];
    let list_files = ["-keyfile", "root.key", "-out", "crl.pem"];
    // Here the digest is spelt `-md sha256`, unlike everywhere else.
    let digest = ["-md", sign[0].trim_start_matches('-')];
    openssl(&[&list[..], &list_files, &digest, &sign[1..]].concat(), path);
    openssl(&["crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der"], path);
    let read = |name| fs::read_to_string(path.join(name)).unwrap();
    Foreign {
        root: Certificate::from_pem(&read("root.pem")).unwrap(),
        leaf: Certificate::from_pem(&read("leaf.pem")).unwrap(),
        list: Crl::from_der(&fs::read(path.join("crl.der")).unwrap()).unwrap(),
    }
}

fn openssl(arguments: &[&str], folder: &Path) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("openssl is on the PATH");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {text}");
}

fn judged(foreign: &Foreign) -> Result<PathFinding, Shortfall> {
    let mut anchors = TrustAnchors::new();
    anchors.add(foreign.root.clone());
    let crls = [foreign.list.clone()];
    let at = foreign.list.this_update();
    let policy = AlgorithmPolicy::current();
    validate_path(&foreign.leaf, &[], &crls, at, KeyPurpose::TimeStamping, &anchors, policy)
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn foreign_time_stamp_authorities_pass_with_every_algorithm_of_the_policy() {
    let rsa = ["-newkey", "rsa:3072"];
    let p256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let p384 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"];
    let ed25519 = ["-newkey", "ed25519"];
    let padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt"];
    let pss = |digest, salt| [&[digest][..], &padding, &[salt]].concat();
    for (name, key, sign) in [
        ("ecdsa-p256-sha256", &p256[..], &["-sha256"][..]),
        ("ecdsa-p384-sha384", &p384, &["-sha384"]),
        ("rsa-pkcs1-sha256-3072", &rsa, &["-sha256"]),
        ("rsa-pkcs1-sha512-3072", &rsa, &["-sha512"]),
        ("rsa-pss-sha256-3072", &rsa, &pss("-sha256", "rsa_pss_saltlen:32")),
        ("rsa-pss-sha384-3072", &rsa, &pss("-sha384", "rsa_pss_saltlen:48")),
        ("rsa-pss-sha512-3072", &rsa, &pss("-sha512", "rsa_pss_saltlen:64")),
        // The digest is for the request alone: Ed25519 takes none.
        ("ed25519", &ed25519, &["-sha512"]),
    ] {
        let finding = judged(&foreign(key, sign)).unwrap_or_else(|miss| panic!("{name}: {miss}"));
        assert_eq!(finding.algorithms, [name]);
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn pol_003_a_foreign_authority_with_a_short_key_is_a_crypto_failure() {
    let miss = judged(&foreign(&["-newkey", "rsa:2048"], &["-sha256"])).unwrap_err();
    assert_eq!(miss.sub, SubIndication::CryptoConstraintsFailure);
}
