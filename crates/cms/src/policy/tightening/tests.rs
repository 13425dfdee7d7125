//! An update takes away and never gives.

use proptest::prelude::*;

use super::*;
use crate::policy::{ContentEncryption, Direction, KeyEstablishment, KeyKind, SignatureAlgorithm};

const AT: i64 = 1_800_000_000; // 2027-01-15
const RSA: KeyKind = KeyKind::Rsa { bits: 3072 };

fn signs(policy: &AlgorithmPolicy, at: i64) -> bool {
    policy.check_kind(SignatureAlgorithm::EcdsaP256Sha256, KeyKind::P256, at).is_ok()
}

fn ending(algorithm: &str, end: i64) -> AlgorithmPolicy {
    let mut tightening = Tightening { name: "north.example/1".into(), ..Tightening::default() };
    tightening.algorithm_ends.insert(algorithm.into(), end);
    AlgorithmPolicy::current().tightened(tightening)
}

#[test]
fn a_withdrawal_counts_from_its_date_and_history_stays() {
    let policy = ending("ecdsa-p256-sha256", AT);
    assert!(signs(&policy, AT), "what is proven to be older stays good");
    assert!(!signs(&policy, AT + 1));
    assert!(signs(AlgorithmPolicy::current(), AT + 1));
    assert_eq!(policy.id().as_str(), "sealpost-2026-11+north.example/1");
    assert_eq!(policy.of_the_release().suites, AlgorithmPolicy::current().suites);
}

#[test]
fn what_was_encrypted_stays_readable() {
    let way = KeyEstablishment::EcdhP256;
    let policy = ending(way.name(), AT - 1);
    let check = |direction| policy.check_establishment(way, KeyKind::P256, direction, AT);
    assert!(check(Direction::Encrypting).is_err());
    assert!(check(Direction::Decrypting).is_ok());
    let content = ContentEncryption::Aes256Gcm;
    let policy = ending(content.name(), AT - 1);
    assert!(policy.check_content(content, Direction::Encrypting, AT).is_err());
    assert!(policy.check_content(content, Direction::Decrypting, AT).is_ok());
}

#[test]
fn an_end_is_never_postponed_and_nothing_unlisted_is_allowed() {
    let far = i64::MAX;
    let policy = ending("ecdsa-p256-sha256", far);
    let end = 2_082_758_399; // 2035-12-31T23:59:59Z
    assert!(signs(&policy, end) && !signs(&policy, end + 1));
    // Only for reading stays only for reading.
    let policy = ending("rsa-pkcs1", far);
    let encrypting = Direction::Encrypting;
    assert!(policy.check_establishment(KeyEstablishment::RsaPkcs1, RSA, encrypting, AT).is_err());
}

#[test]
fn pol_022_a_digest_can_be_withdrawn() {
    let policy = ending("sha256", AT);
    assert!(policy.check_not_withdrawn("sha256", AT).is_ok());
    let shortfall = policy.check_not_withdrawn("sha256", AT + 1).unwrap_err();
    assert!(shortfall.detail.contains("sha256 counts until 2027-01-15"), "{}", shortfall.detail);
    assert!(AlgorithmPolicy::current().check_not_withdrawn("sha256", i64::MAX).is_ok());
}

#[test]
fn longer_rsa_keys_are_demanded_from_a_date_on() {
    let raised = |bits| {
        let rsa = Some(RsaMinimum { bits, from: AT });
        AlgorithmPolicy::current().tightened(Tightening { rsa, ..Tightening::default() })
    };
    let signs = |policy: &AlgorithmPolicy, bits, at| {
        policy.check_kind(SignatureAlgorithm::RsaPssSha256, KeyKind::Rsa { bits }, at).is_ok()
    };
    let policy = raised(4096);
    assert!(signs(&policy, 3072, AT - 1) && !signs(&policy, 3072, AT) && signs(&policy, 4096, AT));
    let seals = |direction| {
        policy.check_establishment(KeyEstablishment::RsaOaepSha256, RSA, direction, AT).is_ok()
    };
    assert!(!seals(Direction::Encrypting) && seals(Direction::Decrypting));
    assert!(!signs(&raised(1024), 2048, AT), "a minimum is never lowered");
}

/// Everything that the release denies, whatever an update says.
fn allowed(policy: &AlgorithmPolicy, at: i64) -> Vec<bool> {
    let mut allowed = Vec::new();
    for kind in [KeyKind::P256, KeyKind::MlDsa65, KeyKind::Ed25519, RSA] {
        for algorithm in ALGORITHMS {
            allowed.push(policy.check_kind(algorithm, kind, at).is_ok());
        }
    }
    for (way, kind) in [
        (KeyEstablishment::EcdhP256, KeyKind::P256),
        (KeyEstablishment::MlKem768X25519, KeyKind::MlKem768X25519),
        (KeyEstablishment::RsaOaepSha256, RSA),
        (KeyEstablishment::RsaPkcs1, RSA),
    ] {
        allowed.push(policy.check_establishment(way, kind, Direction::Encrypting, at).is_ok());
    }
    for content in [ContentEncryption::Aes256Gcm, ContentEncryption::Aes256Cbc] {
        allowed.push(policy.check_content(content, Direction::Encrypting, at).is_ok());
    }
    for suite in policy.suites() {
        allowed.push(at <= policy.end_of_suite(suite));
    }
    allowed
}

const ALGORITHMS: [SignatureAlgorithm; 4] = [
    SignatureAlgorithm::EcdsaP256Sha256,
    SignatureAlgorithm::MlDsa65,
    SignatureAlgorithm::RsaPssSha256,
    SignatureAlgorithm::RsaPkcs1Sha256,
];

const NAMES: [&str; 12] = [
    "ecdsa-p256-sha256",
    "ml-dsa-65",
    "rsa-pss-sha256",
    "rsa-pkcs1-sha256",
    "ecdh-p256",
    "ml-kem-768-x25519",
    "rsa-oaep-sha256",
    "rsa-pkcs1",
    "aes-256-gcm",
    "aes-256-cbc",
    "sha1",
    "unheard-of",
];

proptest! {
    #[test]
    fn no_update_allows_what_the_release_denies(
        ends in proptest::collection::btree_map(0..NAMES.len(), any::<i64>(), 0..8),
        suites in proptest::collection::btree_map(0..SuiteId::ALL.len(), any::<i64>(), 0..4),
        bits in 0_usize..20_000,
        from: i64,
        at in prop_oneof![Just(AT), 0_i64..4_000_000_000, any::<i64>()],
    ) {
        let tightening = Tightening {
            name: "any".into(),
            algorithm_ends: ends.into_iter().map(|(i, end)| (NAMES[i].to_owned(), end)).collect(),
            suite_ends: suites
                .into_iter()
                .map(|(i, end)| (SuiteId::ALL[i].name().to_owned(), end))
                .collect(),
            rsa: Some(RsaMinimum { bits, from }),
            ..Tightening::default()
        };
        let release = AlgorithmPolicy::current();
        let effective = release.tightened(tightening);
        for (effective, release) in allowed(&effective, at).into_iter().zip(allowed(release, at)) {
            prop_assert!(release || !effective);
        }
    }
}
