//! The policy denies what it does not list.

use super::*;
use crate::attributes::{
    ECDSA_WITH_SHA256, ED25519, ML_DSA_65, ObjectIdentifier, RSA_ENCRYPTION, RSASSA_PSS, SHA256,
    SHA256_WITH_RSA, SHA512,
};
use crate::keys::{SignatureScheme, SigningKey};
use crate::testing::rng;
use crate::{backend, tlv};
use der::{
    Decode,
    asn1::{Any, Null},
};
use spki::AlgorithmIdentifierOwned;

const AT: i64 = 1_795_317_120;

fn rsa_spki(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0xff; bits / 8];
    modulus[bits / 8 - 1] = 0xfd;
    let key = tlv::nested(tlv::SEQUENCE, |key| {
        key.unsigned(&modulus);
        key.unsigned(&[1, 0, 1]);
    });
    backend::spki_der(KeyKind::Rsa { bits }, &key)
}

fn denied(algorithm: SignatureAlgorithm, spki: &[u8], at: i64) -> bool {
    let answer = AlgorithmPolicy::current().check(algorithm, spki, at);
    answer.is_err_and(|short| short.sub == SubIndication::CryptoConstraintsFailure)
}

#[test]
fn our_own_algorithm_counts_until_its_end() {
    let spki = SigningKey::generate(&mut rng()).spki_der();
    let policy = AlgorithmPolicy::current();
    let name = policy.check(SignatureAlgorithm::EcdsaP256Sha256, &spki, AT).unwrap();
    assert_eq!(name, "ecdsa-p256-sha256");
    // POL-004
    assert!(!denied(SignatureAlgorithm::EcdsaP256Sha256, &spki, END_OF_2035));
    assert!(denied(SignatureAlgorithm::EcdsaP256Sha256, &spki, END_OF_2035 + 1));
    assert_eq!(crate::time::format_rfc3339(END_OF_2035), "2035-12-31T23:59:59Z");
    assert_eq!(crate::time::format_rfc3339(END_OF_2030), "2030-12-31T23:59:59Z");
    assert_eq!(crate::time::format_rfc3339(policy.since()), "2026-11-01T00:00:00Z");
}

/// Lists nothing.
static NOTHING: AlgorithmPolicy = AlgorithmPolicy {
    id: PolicyId::built_in("nothing"),
    since: 0,
    entries: &[],
    establishment: &[],
    content: &[],
    post_quantum_signature: false,
    suites: &[],
    floors: suite::FLOORS,
    tightening: None,
};

#[test]
fn pol_001_what_is_not_listed_is_denied() {
    let spki = SigningKey::generate(&mut rng()).spki_der();
    assert!(NOTHING.check(SignatureAlgorithm::EcdsaP256Sha256, &spki, AT).is_err());
    assert!(denied(SignatureAlgorithm::EcdsaP256Sha256, b"", AT));
}

#[test]
fn pol_002_the_key_must_fit_the_algorithm() {
    let p256 = SigningKey::generate(&mut rng()).spki_der();
    assert!(denied(SignatureAlgorithm::EcdsaP384Sha384, &p256, AT));
    assert!(denied(SignatureAlgorithm::RsaPkcs1Sha256, &p256, AT));
    assert!(denied(SignatureAlgorithm::EcdsaP256Sha256, &rsa_spki(3072), AT));
}

#[test]
fn pol_003_short_and_huge_moduli_are_denied() {
    assert_eq!(KeyKind::of_spki(&rsa_spki(3072)), Some(KeyKind::Rsa { bits: 3072 }));
    let policy = AlgorithmPolicy::current();
    let name = policy.check(SignatureAlgorithm::RsaPssSha256, &rsa_spki(3072), AT);
    assert_eq!(name.unwrap(), "rsa-pss-sha256-3072");
    assert!(denied(SignatureAlgorithm::RsaPkcs1Sha256, &rsa_spki(2048), AT));
    assert!(denied(SignatureAlgorithm::RsaPkcs1Sha256, &rsa_spki(16_384), AT));
}

#[test]
fn pol_005_weak_digests_are_denied() {
    let policy = AlgorithmPolicy::current();
    assert_eq!(policy.check_digest(SHA256).unwrap(), "sha256");
    let sha1 = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
    assert!(policy.check_digest(sha1).is_err());
}

#[test]
fn identifiers_are_read_with_their_parameters() {
    let read = |oid, parameters| {
        SignatureAlgorithm::from_identifier(&AlgorithmIdentifierOwned { oid, parameters })
    };
    let null = || Some(Any::encode_from(&Null).unwrap());
    assert_eq!(read(ECDSA_WITH_SHA256, None), Some(SignatureAlgorithm::EcdsaP256Sha256));
    assert_eq!(read(ECDSA_WITH_SHA256, null()), None);
    assert_eq!(read(SHA256_WITH_RSA, null()), Some(SignatureAlgorithm::RsaPkcs1Sha256));
    // The defaults of RSASSA-PSS are SHA-1.
    let defaults = Any::from_der(&[0x30, 0]).unwrap();
    assert_eq!(read(RSASSA_PSS, Some(defaults)), None);
    assert_eq!(
        read(RSASSA_PSS, Some(Any::from_der(&PSS_SHA_256).unwrap())),
        Some(SignatureAlgorithm::RsaPssSha256)
    );
    let sha1_with_rsa = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
    assert_eq!(read(sha1_with_rsa, null()), None);
}

#[test]
fn the_two_identifiers_of_a_signer_must_agree() {
    let identifier = |oid| AlgorithmIdentifierOwned { oid, parameters: None };
    let read = |signature, digest| {
        SignatureAlgorithm::from_signer_info(&identifier(signature), &identifier(digest))
    };
    let p256 = Some(SignatureAlgorithm::EcdsaP256Sha256);
    assert_eq!(read(ECDSA_WITH_SHA256, SHA256), p256);
    assert_eq!(read(ECDSA_WITH_SHA256, SHA512), None);
    assert_eq!(read(RSA_ENCRYPTION, SHA512), Some(SignatureAlgorithm::RsaPkcs1Sha512));
}

/// As OpenSSL 3.0 writes it for `rsa_padding_mode:pss` with SHA-256 and 32 octets of salt.
const PSS_SHA_256: [u8; 54] = [
    0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
    0x01, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
    0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0xa2, 0x03, 0x02, 0x01, 0x20,
];

#[test]
fn every_identifier_is_written_as_it_is_read() {
    for algorithm in SEALPOST_2026_11.entries.iter().map(|entry| entry.algorithm) {
        let der = algorithm.identifier_der();
        let identifier = AlgorithmIdentifierOwned::from_der(&der).unwrap();
        assert_eq!(SignatureAlgorithm::from_identifier(&identifier), Some(algorithm));
        let digest = AlgorithmIdentifierOwned { oid: algorithm.digest_oid(), parameters: None };
        let both = SignatureAlgorithm::from_signer_info(&identifier, &digest);
        assert_eq!(both, Some(algorithm));
        let other = if algorithm.digest_oid() == SHA256 { SHA512 } else { SHA256 };
        let other = AlgorithmIdentifierOwned { oid: other, parameters: None };
        assert_eq!(SignatureAlgorithm::from_signer_info(&identifier, &other), None);
    }
    let pss = SignatureAlgorithm::RsaPssSha256.identifier_der();
    assert!(pss.ends_with(&PSS_SHA_256));
}

#[test]
fn pol_006_curves_and_lattices_have_no_parameters() {
    for oid in [ED25519, ML_DSA_65] {
        let with = |parameters| {
            SignatureAlgorithm::from_identifier(&AlgorithmIdentifierOwned { oid, parameters })
        };
        assert!(with(None).is_some());
        assert!(with(Some(Any::null())).is_none());
    }
}

#[test]
fn new_kinds_of_keys_count_until_their_end() {
    let policy = AlgorithmPolicy::current();
    for (scheme, label) in [
        (SignatureScheme::P384, "ecdsa-p384-sha384"),
        (SignatureScheme::Ed25519, "ed25519"),
        (SignatureScheme::MlDsa65, "ml-dsa-65"),
        #[cfg(not(target_arch = "wasm32"))] // RSA exists natively only
        (SignatureScheme::Rsa3072, "rsa-pss-sha256-3072"),
    ] {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        assert_eq!(policy.check(key.algorithm(), &key.spki_der(), AT).unwrap(), label);
        assert!(denied(key.algorithm(), &key.spki_der(), END_OF_2035 + 1));
    }
    // PKCS #1 v1.5 goes five years before PSS.
    let rsa = rsa_spki(3072);
    assert!(!denied(SignatureAlgorithm::RsaPkcs1Sha512, &rsa, END_OF_2030));
    assert!(denied(SignatureAlgorithm::RsaPkcs1Sha512, &rsa, END_OF_2030 + 1));
    assert!(!denied(SignatureAlgorithm::RsaPssSha512, &rsa, END_OF_2030 + 1));
}

#[test]
fn pol_007_pol_008_keys_are_established_as_listed_with_keys_that_fit() {
    let policy = AlgorithmPolicy::current();
    let kinds = [
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::X25519,
        KeyKind::Rsa { bits: 3072 },
        KeyKind::MlKem768,
        KeyKind::MlKem1024,
        KeyKind::MlKem768X25519,
        KeyKind::Ed25519,
        KeyKind::MlDsa65,
    ];
    for key in kinds {
        let Some(algorithm) = KeyEstablishment::preferred_by(key) else {
            assert!(key.signs() && !key.agrees() && !key.enciphers());
            continue;
        };
        assert!(key.agrees() != key.enciphers());
        for direction in [Direction::Encrypting, Direction::Decrypting] {
            let label = policy.check_establishment(algorithm, key, direction, AT).unwrap();
            assert!(label.starts_with(algorithm.name()));
            for other in kinds.into_iter().filter(|other| *other != key) {
                assert!(policy.check_establishment(algorithm, other, direction, AT).is_err());
            }
        }
    }
    let (p256, decrypting) = (KeyEstablishment::EcdhP256, Direction::Decrypting);
    assert!(NOTHING.check_establishment(p256, KeyKind::P256, decrypting, AT).is_err());
    assert!(NOTHING.check_content(ContentEncryption::Aes256Gcm, decrypting, AT).is_err());
}

#[test]
fn pol_009_short_rsa_keys_only_open() {
    let policy = AlgorithmPolicy::current();
    let check = |bits, direction| {
        let oaep = KeyEstablishment::RsaOaepSha256;
        policy.check_establishment(oaep, KeyKind::Rsa { bits }, direction, AT)
    };
    assert_eq!(check(3072, Direction::Encrypting).unwrap(), "rsa-oaep-sha256-3072");
    assert!(check(2048, Direction::Encrypting).is_err());
    assert!(check(2048, Direction::Decrypting).is_ok());
    assert!(check(1024, Direction::Decrypting).is_err());
    assert!(check(16_384, Direction::Decrypting).is_err());
}

#[test]
fn pol_010_pol_011_what_is_only_read_is_not_written_and_nothing_is_past_its_end() {
    let policy = AlgorithmPolicy::current();
    let content = |algorithm, direction, at| policy.check_content(algorithm, direction, at).is_ok();
    assert!(content(ContentEncryption::Aes256Gcm, Direction::Encrypting, AT));
    assert!(content(ContentEncryption::Aes128Gcm, Direction::Encrypting, END_OF_2035));
    assert!(!content(ContentEncryption::Aes128Gcm, Direction::Encrypting, END_OF_2035 + 1));
    // What notices no change is denied by the policy of this release, in both directions.
    let legacy = AlgorithmPolicy::legacy();
    for cbc in [ContentEncryption::Aes128Cbc, ContentEncryption::Aes256Cbc] {
        assert!(!content(cbc, Direction::Encrypting, AT));
        assert!(!content(cbc, Direction::Decrypting, AT));
        assert!(legacy.check_content(cbc, Direction::Encrypting, END_OF_2030).is_ok());
        assert!(legacy.check_content(cbc, Direction::Encrypting, END_OF_2030 + 1).is_err());
    }
    // Letters outlive algorithms.
    for algorithm in legacy.content.iter().map(|entry| entry.algorithm) {
        let decrypting = Direction::Decrypting;
        assert!(legacy.check_content(algorithm, decrypting, END_OF_2035 + 1).is_ok());
        let protected = algorithm.name().ends_with("gcm");
        assert_eq!(algorithm.is_authenticated(), protected);
        assert_eq!(algorithm.key_octets() * 8, algorithm.name()[4..7].parse::<usize>().unwrap());
    }
    let key = KeyKind::Rsa { bits: 3072 };
    let pkcs1 =
        |direction| policy.check_establishment(KeyEstablishment::RsaPkcs1, key, direction, AT);
    assert!(pkcs1(Direction::Encrypting).is_err());
    assert!(pkcs1(Direction::Decrypting).is_ok());
    let p256 = |at| {
        let (ecdh, encrypting) = (KeyEstablishment::EcdhP256, Direction::Encrypting);
        policy.check_establishment(ecdh, KeyKind::P256, encrypting, at).is_ok()
    };
    assert!(p256(END_OF_2031) && !p256(END_OF_2031 + 1));
    assert_eq!(crate::time::format_rfc3339(END_OF_2031), "2031-12-31T23:59:59Z");
}

#[test]
fn pol_012_a_policy_may_require_a_post_quantum_signature() {
    let (classical, ml_dsa) = (SignatureAlgorithm::EcdsaP256Sha256, SignatureAlgorithm::MlDsa65);
    let current = AlgorithmPolicy::current();
    assert!(current.check_signers(&[classical]).is_ok());
    let strict = AlgorithmPolicy::post_quantum();
    assert!(strict.check_signers(&[classical, ml_dsa]).is_ok());
    assert!(strict.check_signers(&[ml_dsa]).is_ok());
    let short = strict.check_signers(&[classical]).unwrap_err();
    assert_eq!(short.sub.code(), "CRYPTO_CONSTRAINTS_FAILURE");
}
