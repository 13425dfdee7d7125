use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use sealpost_cms::path::{Crl, TrustAnchors, validate_path};
use sealpost_cms::policy::AlgorithmPolicy;

use super::*;

fn north(folder: &Path) -> Quickstart {
    Quickstart {
        domain: "north.example".into(),
        folder: folder.to_path_buf(),
        listen: None,
        endpoint: None,
        organisation: Some("North Registered Mail".into()),
    }
}

/// Every file that quickstart promises never to change, with its octets.
fn fixed_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    ["", "keys", "certificates"]
        .iter()
        .flat_map(|part| std::fs::read_dir(folder.join(part)).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "pem" || kind == "toml"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn running_it_again_keeps_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("north");
    let first = north(&folder).run().await.unwrap();
    assert!(first.files.iter().all(|(_, what)| *what == Written::Written), "{first}");
    let before = fixed_files(&folder);
    assert_eq!(before.len(), 10, "one configuration, five keys, four certificates");
    let second = north(&folder).run().await.unwrap();
    assert!(second.files.iter().all(|(_, what)| *what == Written::Kept), "{second}");
    assert_eq!(fixed_files(&folder), before);
    assert!(second.to_string().contains("sealpost-provider serve"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_writes_only_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    north(folder.path()).run().await.unwrap();
    let before = fixed_files(folder.path());
    let tls = folder.path().join("certificates/tls.pem");
    std::fs::remove_file(&tls).unwrap();
    let report = north(folder.path()).run().await.unwrap();
    let written: Vec<_> = report
        .files
        .iter()
        .filter(|(_, what)| *what == Written::Written)
        .map(|(path, _)| path)
        .collect();
    assert_eq!(written, [&tls]);
    let mut after = fixed_files(folder.path());
    assert_ne!(after.insert(tls.clone(), before[&tls].clone()).unwrap(), before[&tls]);
    assert_eq!(after, before);
}

/// A root counts for nobody else, wherever it is trusted; and it counts for the host under which
/// the server is called.
#[tokio::test(flavor = "multi_thread")]
async fn x509_012_the_root_is_bound_to_the_domain() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Some("post.elsewhere.example:443".to_owned());
    Quickstart { endpoint, ..north(folder.path()) }.run().await.unwrap();
    let config = Config::load(&folder.path().join("provider.toml")).unwrap();
    let keys = ProviderKeys::load(&config.files).unwrap();
    let now = now_unix();
    let list = issue::issue_crl(keys.issuer(), 1, now, now + 60, &[]).unwrap();
    let crls = [Crl::from_der(&list).unwrap()];
    let mut anchors = TrustAnchors::new();
    anchors.add(keys.root().clone());
    let judged = |leaf: &Certificate, purpose| {
        let policy = AlgorithmPolicy::current();
        validate_path(leaf, &[], &crls, now, purpose, &anchors, policy).map(|_| ())
    };
    let certificate = |name| keys::load_certificate(&config.files.certificate(name)).unwrap();
    assert_eq!(judged(&certificate("seal"), KeyPurpose::ElectronicSeal), Ok(()));
    assert_eq!(judged(&certificate("tls"), KeyPurpose::Tls), Ok(()));
    let profile = Profile::ElectronicSeal { organisation: "North", domain: "south.example" };
    let validity = inside(validity(1000), keys.root());
    let spki = SigningKey::generate(&mut system_random()).spki_der();
    let overreach =
        issue::issue(keys.issuer(), profile, &spki, validity, &mut system_random()).unwrap();
    let refused = judged(&overreach, KeyPurpose::ElectronicSeal).unwrap_err();
    assert_eq!(refused.sub.code(), "CERTIFICATE_CHAIN_GENERAL_FAILURE");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_never_makes_a_second_root() {
    let folder = tempfile::tempdir().unwrap();
    north(folder.path()).run().await.unwrap();
    let before = fixed_files(folder.path());
    let key = folder.path().join("keys/ca.key.pem");
    std::fs::remove_file(&key).unwrap();
    let error = north(folder.path()).run().await.unwrap_err();
    assert_eq!(error.code(), "root-key-missing");
    let mut after = fixed_files(folder.path());
    after.insert(key.clone(), before[&key].clone());
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_serves_one_domain() {
    let folder = tempfile::tempdir().unwrap();
    north(folder.path()).run().await.unwrap();
    let south = Quickstart { domain: "south.example".into(), ..north(folder.path()) };
    assert_eq!(south.run().await.unwrap_err().code(), "other-domain");
    let nowhere = Quickstart { domain: "localhost".into(), ..north(folder.path()) };
    assert_eq!(nowhere.run().await.unwrap_err().code(), "no-domain");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_closed_to_others_and_a_key_that_is_not_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("north");
    north(&folder).run().await.unwrap();
    for path in fixed_files(&folder).keys().cloned().chain([folder.join("provider.sqlite")]) {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
    for part in ["", "keys", "certificates", "blobs"] {
        let mode = std::fs::metadata(folder.join(part)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{part}");
    }
    let key = folder.join("keys/seal.key.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = ProviderKeys::load(&Files { folder }).err().unwrap();
    assert_eq!(error.code(), "key-open-to-others");
    assert!(error.advice().contains("chmod 600"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_certificate_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    north(folder.path()).run().await.unwrap();
    let keys = folder.path().join("keys");
    std::fs::copy(keys.join("tls.key.pem"), keys.join("seal.key.pem")).unwrap();
    let error = ProviderKeys::load(&Files { folder: folder.path().into() }).err().unwrap();
    assert_eq!(error.code(), "key-of-other-certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_verifies_the_certificates_and_reads_the_keys() {
    if Command::new("openssl").arg("version").output().is_err() {
        // The machine has no OpenSSL; CI has.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    north(folder.path()).run().await.unwrap();
    let store = Store::open(&folder.path().join("provider.sqlite")).unwrap();
    let crl = folder.path().join("crl.der");
    std::fs::write(&crl, store.revocation_list().await.unwrap().unwrap().der).unwrap();
    let openssl = |arguments: &[&str]| {
        let output =
            Command::new("openssl").args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    openssl(&["crl", "-inform", "DER", "-in", "crl.der", "-out", "crl.pem"]);
    for (name, purpose) in [
        ("seal", "any"),
        ("tls", "sslserver"),
        ("tls", "sslclient"),
        ("time-stamping", "timestampsign"),
    ] {
        let certificate = format!("certificates/{name}.pem");
        openssl(&[
            "verify",
            "-x509_strict",
            "-crl_check",
            "-CRLfile",
            "crl.pem",
            "-purpose",
            purpose,
            "-CAfile",
            "certificates/root.pem",
            &certificate,
        ]);
    }
    for name in ["ca", "seal", "tls", "time-stamping", "routing"] {
        openssl(&["pkey", "-noout", "-in", &format!("keys/{name}.key.pem")]);
    }
}
