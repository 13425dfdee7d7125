use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;
pub(super) use crate::testing::rng;

const NOW: i64 = 1_795_317_120;
const DAY: i64 = 86_400;
const YEARS: Validity = Validity { not_before: NOW - 365 * DAY, not_after: NOW + 3650 * DAY };
const MONTHS: Validity = Validity { not_before: NOW - 30 * DAY, not_after: NOW + 60 * DAY };
const NORTH: Territory<'_> = Territory::of("north.example").with_hosts(&["localhost"]);
const NAME: &str = "Anna Müller";
pub(super) const ADDRESS: &str = "anna@north.example";

fn root() -> (SigningKey, Certificate) {
    let key = SigningKey::generate(&mut rng());
    let root = self_signed_root(&key, "North Ltd", NORTH, YEARS, &mut rng()).unwrap();
    (key, root)
}

fn profiles() -> [(Profile<'static>, KeyPurpose, &'static str); 6] {
    let (organisation, domain) = ("North Ltd", "north.example");
    let person = Some("North Ltd");
    [
        (Profile::ElectronicSeal { organisation, domain }, KeyPurpose::ElectronicSeal, "smimesign"),
        (Profile::TimeStamping { organisation, domain }, KeyPurpose::TimeStamping, "timestampsign"),
        (
            Profile::Tls { domain, also_dns: &["localhost", "127.0.0.1"] },
            KeyPurpose::Tls,
            "sslserver",
        ),
        (
            Profile::PersonSignature { name: NAME, address: ADDRESS, organisation: person },
            KeyPurpose::LetterSignature,
            "smimesign",
        ),
        (
            Profile::PersonAuthentication { name: NAME, address: ADDRESS, organisation: None },
            KeyPurpose::Authentication,
            "sslclient",
        ),
        (
            Profile::PersonEncryption { name: NAME, address: ADDRESS, organisation: None },
            KeyPurpose::Encryption,
            "any",
        ),
    ]
}

#[test]
fn each_profile_serves_its_own_purpose_and_no_other() {
    let (key, root) = root();
    let issuer = Issuer { certificate: &root, key: &key };
    assert!(root.allows(KeyPurpose::CertificateSigning) && root.signs_crls());
    let purposes = profiles().map(|(_, purpose, _)| purpose);
    for (profile, wanted, _) in profiles() {
        let spki = SigningKey::generate(&mut rng()).spki_der();
        let issued = issue(issuer, profile, &spki, MONTHS, &mut rng()).unwrap();
        for purpose in purposes.into_iter().chain([KeyPurpose::CertificateSigning]) {
            assert_eq!(issued.allows(purpose), purpose == wanted, "{wanted:?} as {purpose:?}");
            assert!(!root.allows(purpose) || purpose == KeyPurpose::CertificateSigning);
        }
    }
}

/// Runs the foreign judge; a missing `openssl` fails the test.
fn openssl(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("openssl is on the PATH");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "openssl {arguments:?}: {text}");
    text
}

fn crl_pem(der: &[u8]) -> String {
    der::pem::encode_string("X509 CRL", der::pem::LineEnding::LF, der).unwrap()
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_accepts_every_profile_with_its_revocation_list() {
    let (key, root) = root();
    let issuer = Issuer { certificate: &root, key: &key };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("root.pem"), root.to_pem()).unwrap();
    let list = issue_crl(issuer, 1, NOW - DAY, NOW + DAY, &[]).unwrap();
    fs::write(path.join("crl.pem"), crl_pem(&list)).unwrap();
    let at = NOW.to_string();
    for (profile, wanted, purpose) in profiles() {
        let spki = SigningKey::generate(&mut rng()).spki_der();
        let issued = issue(issuer, profile, &spki, MONTHS, &mut rng()).unwrap();
        fs::write(path.join("leaf.pem"), issued.to_pem()).unwrap();
        let verify = [
            "verify",
            "-x509_strict",
            "-check_ss_sig",
            "-crl_check_all",
            "-attime",
            &at,
            "-CAfile",
            "root.pem",
            "-CRLfile",
            "crl.pem",
            "-purpose",
            purpose,
            "leaf.pem",
        ];
        assert!(openssl(&verify, path).contains("leaf.pem: OK"), "{wanted:?}");
        let text = openssl(&["x509", "-in", "leaf.pem", "-noout", "-text"], path);
        assert!(text.contains("Version: 3") && text.contains("ecdsa-with-SHA256"), "{text}");
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_reads_names_lists_and_requests_as_we_meant_them() {
    let (key, root) = root();
    let issuer = Issuer { certificate: &root, key: &key };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("root.pem"), root.to_pem()).unwrap();
    let person = profiles()[3].0;
    let spki = SigningKey::generate(&mut rng()).spki_der();
    let issued = issue(issuer, person, &spki, MONTHS, &mut rng()).unwrap();
    fs::write(path.join("leaf.pem"), issued.to_pem()).unwrap();
    let arguments =
        ["x509", "-in", "leaf.pem", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"];
    let text = openssl(&arguments, path);
    for expected in [
        "CN=Anna Müller,O=North Ltd",
        "email:anna@north.example",
        "Digital Signature, Non Repudiation",
        "E-mail Protection",
        "Oct 23 03:12:00 2026 GMT",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }

    let entry = RevokedEntry { serial: issued.serial().to_vec(), at: NOW - 60 };
    let list = issue_crl(issuer, 7, NOW - DAY, NOW + DAY, &[entry]).unwrap();
    fs::write(path.join("crl.pem"), crl_pem(&list)).unwrap();
    let arguments = ["crl", "-in", "crl.pem", "-noout", "-text", "-CAfile", "root.pem", "-verify"];
    let text = openssl(&arguments, path);
    assert!(text.contains("verify OK"), "{text}");
    assert!(text.contains(&issued.serial_hex().to_uppercase()), "{text}");
    let at = NOW.to_string();
    let refused = Command::new("openssl")
        .args(["verify", "-crl_check", "-attime", &at, "-CAfile", "root.pem"])
        .args(["-CRLfile", "crl.pem", "leaf.pem"])
        .current_dir(path)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("certificate revoked"));

    let agreement = AgreementKey::generate(&mut rng());
    let request = certificate_request(RequestKey::Agreement(&agreement), "Anna").unwrap();
    let pem = der::pem::encode_string("CERTIFICATE REQUEST", der::pem::LineEnding::LF, &request);
    fs::write(path.join("request.pem"), pem.unwrap()).unwrap();
    let text = openssl(&["req", "-in", "request.pem", "-noout", "-verify", "-subject"], path);
    assert!(text.contains("OK") && text.contains("Anna"), "{text}");
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_makes_what_we_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let request = [
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "key.pem",
        "-subj",
        "/CN=Bert",
        "-outform",
        "DER",
        "-out",
        "request.der",
    ];
    openssl(&request, path);
    let der = fs::read(path.join("request.der")).unwrap();
    assert_eq!(read_certificate_request(&der).unwrap().spki_der().len(), 91);
}

#[test]
fn x509_010_x509_011_a_request_proves_possession_of_its_key() {
    let key = SigningKey::generate(&mut rng());
    let request = certificate_request(RequestKey::Signing(&key), "Anna").unwrap();
    assert_eq!(read_certificate_request(&request).unwrap().spki_der(), key.spki_der());
    let at = request.windows(4).position(|window| window == b"Anna").unwrap();
    let mut altered = request.clone();
    altered[at..at + 4].copy_from_slice(b"Bert");
    assert_eq!(read_certificate_request(&altered).unwrap_err().code(), "signature");
    let mut other = request.clone();
    let sha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    let at = other.windows(8).position(|window| window == sha256).unwrap();
    other[at + 7] = 3;
    assert_eq!(read_certificate_request(&other).unwrap_err().code(), "unsupported");
    let trailing = [&request[..], &[0]].concat();
    assert_eq!(read_certificate_request(&trailing).unwrap_err().code(), "trailing-octets");
    let huge = vec![0x30; limits::CERTIFICATE_REQUEST_OCTETS_MAX + 1];
    assert_eq!(read_certificate_request(&huge).unwrap_err().code(), "too-large");
}

#[test]
fn what_cannot_be_certified_is_refused_with_its_reason() {
    let (key, root) = root();
    let issuer = Issuer { certificate: &root, key: &key };
    let spki = SigningKey::generate(&mut rng()).spki_der();
    let refusal = |profile, spki: &[u8], validity| {
        issue(issuer, profile, spki, validity, &mut rng()).unwrap_err().code()
    };
    let person = |name, address| Profile::PersonSignature { name, address, organisation: None };
    let long = "x".repeat(65);
    for name in ["", "  ", "Anna\nBert", "Anna\u{0}", &long] {
        assert_eq!(refusal(person(name, ADDRESS), &spki, MONTHS), "name-not-certifiable");
    }
    for address in [
        "",
        "anna",
        "@north.example",
        "anna@",
        "an na@north.example",
        "a@b@north.example",
        "ännä@north.example",
        "anna@north..example",
    ] {
        assert_eq!(refusal(person(NAME, address), &spki, MONTHS), "address-not-certifiable");
    }
    for domain in ["", "north_example", "-north.example", "north.example.", "nörth.example"] {
        let profile = Profile::Tls { domain, also_dns: &[] };
        assert_eq!(refusal(profile, &spki, MONTHS), "domain-not-certifiable");
    }
    let profile = person(NAME, ADDRESS);
    assert_eq!(refusal(profile, &spki[..90], MONTHS), "key-not-certifiable");
    let outlives = Validity { not_after: YEARS.not_after + 1, ..MONTHS };
    assert_eq!(refusal(profile, &spki, outlives), "validity-not-certifiable");
    let backwards = Validity { not_before: NOW, not_after: NOW - 1 };
    assert_eq!(refusal(profile, &spki, backwards), "validity-not-certifiable");
    let other = SigningKey::generate(&mut rng());
    let wrong_key = Issuer { certificate: &root, key: &other };
    let refused = issue(wrong_key, profile, &spki, MONTHS, &mut rng()).unwrap_err();
    assert_eq!(refused.code(), "issuer-not-entitled");
    let person_key = SigningKey::generate(&mut rng());
    let leaf = issue(issuer, profile, &person_key.spki_der(), MONTHS, &mut rng()).unwrap();
    let person = Issuer { certificate: &leaf, key: &person_key };
    let refused = issue(person, profile, &spki, MONTHS, &mut rng()).unwrap_err();
    assert_eq!(refused, IssueError::Issuer);
    let entry = RevokedEntry { serial: vec![1; 21], at: NOW };
    assert_eq!(issue_crl(issuer, 1, NOW, NOW + 1, &[entry]), Err(IssueError::Serial));
    assert_eq!(issue_crl(issuer, 1, NOW, NOW, &[]), Err(IssueError::Validity));
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn validity_beyond_2049_is_written_as_generalized_time() {
    let key = SigningKey::generate(&mut rng());
    let far = Validity { not_before: NOW, not_after: 2_600_000_000 };
    let root = self_signed_root(&key, "North Ltd", NORTH, far, &mut rng()).unwrap();
    assert_eq!(root.not_after(), far.not_after);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("root.pem"), root.to_pem()).unwrap();
    let at = NOW.to_string();
    let verify = ["verify", "-x509_strict", "-attime", &at, "-CAfile", "root.pem", "root.pem"];
    assert!(openssl(&verify, folder.path()).contains("OK"));
}

#[test]
fn a_long_domain_stands_in_the_alternative_names_only() {
    let (key, root) = root();
    let issuer = Issuer { certificate: &root, key: &key };
    let domain = format!("{}.{}.example", "a".repeat(60), "b".repeat(60));
    let spki = SigningKey::generate(&mut rng()).spki_der();
    let profile = Profile::Tls { domain: &domain, also_dns: &[] };
    let tls = issue(issuer, profile, &spki, MONTHS, &mut rng()).unwrap();
    assert_eq!(tls.common_name(), None);
    assert_eq!(tls.dns_names(), [domain]);
}

mod kinds;
