//! Keys of every kind in certificates: signed by each kind, and certified.

use super::*;
use crate::keys::{DecryptionKey, DecryptionScheme, SignatureScheme};
use crate::path::{Crl, TrustAnchors, validate_path};
use crate::policy::{AlgorithmPolicy, ContentEncryption, ContentMac, KeyEstablishment, KeyKind};

const SIGNING: [(SignatureScheme, &str); 5] = [
    (SignatureScheme::P256, "ecdsa-p256-sha256"),
    (SignatureScheme::P384, "ecdsa-p384-sha384"),
    (SignatureScheme::Ed25519, "ed25519"),
    (SignatureScheme::Rsa3072, "rsa-pss-sha256-3072"),
    (SignatureScheme::MlDsa65, "ml-dsa-65"),
];
const OPENING: [(DecryptionScheme, &str); 7] = [
    (DecryptionScheme::P256, "Key Agreement"),
    (DecryptionScheme::P384, "Key Agreement"),
    (DecryptionScheme::X25519, "Key Agreement"),
    (DecryptionScheme::Rsa3072, "Key Encipherment"),
    (DecryptionScheme::MlKem768, "Key Encipherment"),
    (DecryptionScheme::MlKem1024, "Key Encipherment"),
    (DecryptionScheme::MlKem768X25519, "Key Encipherment"),
];

fn signer() -> Profile<'static> {
    Profile::PersonSignature { name: NAME, address: ADDRESS, organisation: None }
}

fn reader() -> Profile<'static> {
    Profile::PersonEncryption { name: NAME, address: ADDRESS, organisation: None }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn paths_signed_by_every_kind_of_key_hold_and_openssl_agrees_where_it_knows_it() {
    for (scheme, label) in SIGNING {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let root = self_signed_root(&key, "North Ltd", NORTH, YEARS, &mut rng()).unwrap();
        let issuer = Issuer { certificate: &root, key: &key };
        let leaf_key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let leaf = issue(issuer, signer(), &leaf_key.spki_der(), MONTHS, &mut rng()).unwrap();
        assert!(leaf.der().len() < limits::CERTIFICATE_OCTETS_MAX / 2, "{}", leaf.der().len());
        let list = issue_crl(issuer, 1, NOW - DAY, NOW + DAY, &[]).unwrap();
        let mut anchors = TrustAnchors::new();
        anchors.add(root.clone());
        let crls = [Crl::from_der(&list).unwrap()];
        let policy = AlgorithmPolicy::current();
        let purpose = KeyPurpose::LetterSignature;
        let judged =
            |leaf: &Certificate| validate_path(leaf, &[], &crls, NOW, purpose, &anchors, policy);
        assert_eq!(judged(&leaf).unwrap().algorithms, [label]);
        let mut forged = leaf.der().to_vec();
        let last = forged.len() - 1;
        forged[last] ^= 1;
        if let Ok(forged) = Certificate::from_der(&forged) {
            assert!(judged(&forged).is_err(), "{label}");
        }
        if scheme != SignatureScheme::MlDsa65 {
            openssl_accepts(&root, &leaf, &list);
        }
    }
}

fn openssl_accepts(root: &Certificate, leaf: &Certificate, list: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("root.pem"), root.to_pem()).unwrap();
    fs::write(path.join("leaf.pem"), leaf.to_pem()).unwrap();
    fs::write(path.join("crl.pem"), crl_pem(list)).unwrap();
    let at = NOW.to_string();
    let verify = ["verify", "-x509_strict", "-check_ss_sig", "-crl_check_all", "-attime", &at];
    let files = ["-CAfile", "root.pem", "-CRLfile", "crl.pem", "leaf.pem"];
    assert!(openssl(&[&verify[..], &files].concat(), path).contains("leaf.pem: OK"));
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn every_kind_of_encryption_key_is_certified_with_its_usage() {
    let (key, root) = root();
    let issuer = Issuer { certificate: &root, key: &key };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("root.pem"), root.to_pem()).unwrap();
    for (scheme, usage) in OPENING {
        let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
        let issued = issue(issuer, reader(), &key.spki_der(), MONTHS, &mut rng()).unwrap();
        assert!(issued.allows(KeyPurpose::Encryption));
        assert!(!issued.allows(KeyPurpose::LetterSignature));
        assert_eq!(issued.key_kind(), Some(key.kind()));
        fs::write(folder.path().join("leaf.pem"), issued.to_pem()).unwrap();
        // OpenSSL 3.0 prints certificates whose keys it does not know, too.
        let arguments = ["x509", "-in", "leaf.pem", "-noout", "-text"];
        let text = openssl(&arguments, folder.path());
        assert!(text.contains(usage), "{text}");
        if key.kind().agrees() || key.kind().signs() {
            let at = NOW.to_string();
            let verify =
                ["verify", "-x509_strict", "-attime", &at, "-CAfile", "root.pem", "leaf.pem"];
            assert!(openssl(&verify, folder.path()).contains("leaf.pem: OK"));
        }
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn x509_014_a_key_that_cannot_serve_the_purpose_is_not_certified() {
    let (key, root) = root();
    let issuer = Issuer { certificate: &root, key: &key };
    let refused = |profile, spki: &[u8]| {
        issue(issuer, profile, spki, MONTHS, &mut rng()).err() == Some(IssueError::Key)
    };
    for (scheme, _) in OPENING {
        let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
        assert_eq!(refused(signer(), &key.spki_der()), !key.kind().signs());
    }
    for (scheme, _) in SIGNING {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let kind = KeyKind::of_spki(&key.spki_der()).unwrap();
        let opens = kind.agrees() || kind.enciphers();
        assert_eq!(refused(reader(), &key.spki_der()), !opens);
    }
    let folder = tempfile::tempdir().unwrap();
    let short = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    openssl(&[&short[..], &["-out", "rsa.pem"]].concat(), folder.path());
    let public = ["pkey", "-in", "rsa.pem", "-pubout", "-outform", "DER", "-out", "rsa.der"];
    openssl(&public, folder.path());
    let short = fs::read(folder.path().join("rsa.der")).unwrap();
    assert!(refused(signer(), &short) && refused(reader(), &short));
}

#[test]
fn x509_015_usages_that_the_kind_of_key_cannot_have_count_for_nothing() {
    let (key, root) = root();
    let ed25519 = SigningKey::generate_for(SignatureScheme::Ed25519, &mut rng()).unwrap();
    let ml_kem = DecryptionKey::generate_for(DecryptionScheme::MlKem768, &mut rng()).unwrap();
    let everything = KeyUsages::DigitalSignature
        | KeyUsages::NonRepudiation
        | KeyUsages::KeyAgreement
        | KeyUsages::KeyEncipherment;
    for (spki_der, signs, opens) in
        [(ed25519.spki_der(), true, false), (ml_kem.spki_der(), false, true)]
    {
        let (subject, names) = signer().subject().unwrap();
        let mut extensions = Vec::new();
        add(&mut extensions, true, &KeyUsage(everything));
        let usage = ExtendedKeyUsage(signer().extended_key_usage().to_vec());
        add(&mut extensions, false, &usage);
        add(&mut extensions, false, &SubjectAltName(names));
        let certificate = signed_certificate(
            &key,
            root.subject().clone(),
            subject,
            MONTHS,
            &spki_der,
            extensions,
            &mut rng(),
        )
        .unwrap();
        assert_eq!(certificate.allows(KeyPurpose::LetterSignature), signs);
        assert_eq!(certificate.allows(KeyPurpose::Encryption), opens);
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn every_kind_of_signing_key_requests_its_certificate() {
    for (scheme, _) in SIGNING {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let request = certificate_request(RequestKey::Signing(&key), "Anna").unwrap();
        assert_eq!(read_certificate_request(&request).unwrap().spki_der(), key.spki_der());
        let at = request.windows(4).position(|window| window == b"Anna").unwrap();
        let mut altered = request.clone();
        altered[at..at + 4].copy_from_slice(b"Bert");
        assert_eq!(read_certificate_request(&altered).unwrap_err().code(), "signature");
        if scheme != SignatureScheme::MlDsa65 {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("request.der"), request).unwrap();
            let verify = ["req", "-inform", "DER", "-in", "request.der", "-noout", "-verify"];
            assert!(openssl(&verify, folder.path()).contains("OK"));
        }
    }
}

#[test]
fn a_certificate_for_encryption_says_what_its_holder_reads() {
    let root_key = SigningKey::generate(&mut rng());
    let root = self_signed_root(&root_key, "North Ltd", NORTH, YEARS, &mut rng()).unwrap();
    let issuer = Issuer { certificate: &root, key: &root_key };
    let kinds = OPENING
        .iter()
        .filter(|(scheme, _)| crate::testing::RSA_EXISTS || *scheme != DecryptionScheme::Rsa3072);
    for (scheme, _) in kinds {
        let key = DecryptionKey::generate_for(*scheme, &mut rng()).unwrap();
        let issued = issue(issuer, reader(), &key.spki_der(), MONTHS, &mut rng()).unwrap();
        let announced = issued.smime_capabilities().unwrap().unwrap();
        let kind = issued.key_kind().unwrap();
        assert!(announced.reads_content(ContentEncryption::Aes256Gcm));
        assert!(!announced.reads_content(ContentEncryption::Aes256Cbc), "nothing lesser");
        assert_eq!(announced.reads_mac(ContentMac::HmacSha256), kind == KeyKind::X25519);
        let own_way = KeyEstablishment::preferred_by(kind).unwrap();
        assert!(announced.takes_keys_by(own_way), "{}", own_way.name());
    }
    let signing = SigningKey::generate(&mut rng());
    let issued = issue(issuer, signer(), &signing.spki_der(), MONTHS, &mut rng()).unwrap();
    assert_eq!(issued.smime_capabilities().unwrap(), None);
}
