//! The certificates and keys of RFC 9216, which mail programs agree on for their tests.
//!
//! Alice and Bob have RSA keys of 2048 bits, which are too short to sign anything here; Carlos and Dana
//! have Ed25519 and X25519. The RFC has no revocation lists, and without one nobody passes.

use std::sync::LazyLock;

use zeroize::Zeroizing;

use crate::certificate::{Certificate, KeyPurpose};
use crate::issue::{Issuer, issue_crl};
use crate::keys::{DecryptionKey, SigningKey};
use crate::path::{Crl, TrustAnchors, validate_path};
use crate::policy::{AlgorithmPolicy, KeyKind};
use crate::signed::{ContentRef, Verification, request_signature, verify_attached};
use crate::testing::{DAY, NOW};
use crate::time::{ClaimedTime, LocalTime};

/// The text of a file of the examples.
macro_rules! pem {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/rfc9216/", $file))
    };
}

/// A person of the examples: who signs with one key and reads with another.
struct Person {
    name: &'static str,
    sign: Certificate,
    encrypt: Certificate,
    signing_key: Zeroizing<Vec<u8>>,
    decryption_key: Zeroizing<Vec<u8>>,
}

struct Examples {
    rsa: Certificate,
    /// The RSA authority, certified by the other.
    rsa_by_ed25519: Certificate,
    ed25519: Certificate,
    ed25519_key: SigningKey,
    /// The Ed25519 authority, certified by the other.
    ed25519_by_rsa: Certificate,
    rsa_persons: [Person; 2],
    ed25519_persons: [Person; 2],
}

static EXAMPLES: LazyLock<Examples> = LazyLock::new(|| Examples {
    rsa: certificate(pem!("rsa-ca.crt")),
    rsa_by_ed25519: certificate(pem!("rsa-ca-by-ed25519.crt")),
    ed25519: certificate(pem!("ed25519-ca.crt")),
    ed25519_key: SigningKey::from_pkcs8_der(&key(pem!("ed25519-ca.key"))).unwrap(),
    ed25519_by_rsa: certificate(pem!("ed25519-ca-by-rsa.crt")),
    rsa_persons: [
        Person {
            name: "alice",
            sign: certificate(pem!("alice-sign.crt")),
            encrypt: certificate(pem!("alice-encrypt.crt")),
            signing_key: key(pem!("alice-sign.key")),
            decryption_key: key(pem!("alice-decrypt.key")),
        },
        Person {
            name: "bob",
            sign: certificate(pem!("bob-sign.crt")),
            encrypt: certificate(pem!("bob-encrypt.crt")),
            signing_key: key(pem!("bob-sign.key")),
            decryption_key: key(pem!("bob-decrypt.key")),
        },
    ],
    ed25519_persons: [
        Person {
            name: "carlos",
            sign: certificate(pem!("carlos-sign.crt")),
            encrypt: certificate(pem!("carlos-encrypt.crt")),
            signing_key: key(pem!("carlos-sign.key")),
            decryption_key: key(pem!("carlos-decrypt.key")),
        },
        Person {
            name: "dana",
            sign: certificate(pem!("dana-sign.crt")),
            encrypt: certificate(pem!("dana-encrypt.crt")),
            signing_key: key(pem!("dana-sign.key")),
            decryption_key: key(pem!("dana-decrypt.key")),
        },
    ],
});

fn certificate(pem: &str) -> Certificate {
    Certificate::from_pem(pem).unwrap()
}

fn key(pem: &str) -> Zeroizing<Vec<u8>> {
    let (label, der) = der::pem::decode_vec(pem.as_bytes()).unwrap();
    assert_eq!(label, "PRIVATE KEY");
    Zeroizing::new(der)
}

fn anchors(anchor: &Certificate) -> TrustAnchors {
    let mut anchors = TrustAnchors::new();
    anchors.add(anchor.clone());
    anchors
}

/// A list of the Ed25519 authority, which the RFC has none of.
fn list() -> Crl {
    let issuer = Issuer { certificate: &EXAMPLES.ed25519, key: &EXAMPLES.ed25519_key };
    Crl::from_der(&issue_crl(issuer, 1, NOW - DAY, NOW + DAY, &[]).unwrap()).unwrap()
}

fn path(
    leaf: &Certificate,
    pool: &[Certificate],
    crls: &[Crl],
    purpose: KeyPurpose,
    anchor: &Certificate,
) -> &'static str {
    let policy = AlgorithmPolicy::current();
    let result = validate_path(leaf, pool, crls, NOW, purpose, &anchors(anchor), policy);
    result.map_or_else(|miss| miss.sub.code(), |_| "passed")
}

#[test]
fn keys_and_purposes_are_those_of_the_rfc() {
    let persons = EXAMPLES.rsa_persons.iter().chain(&EXAMPLES.ed25519_persons);
    for person in persons {
        let addresses = [format!("{}@smime.example", person.name)];
        assert_eq!(person.sign.email_addresses(), addresses);
        assert_eq!(person.encrypt.email_addresses(), addresses);
        assert!(person.sign.allows(KeyPurpose::LetterSignature), "{}", person.name);
        assert!(!person.sign.allows(KeyPurpose::Encryption), "{}", person.name);
        assert!(person.encrypt.allows(KeyPurpose::Encryption), "{}", person.name);
        assert!(!person.encrypt.allows(KeyPurpose::LetterSignature), "{}", person.name);
    }
    for person in &EXAMPLES.rsa_persons {
        assert_eq!(person.sign.key_kind(), Some(KeyKind::Rsa { bits: 2048 }));
        assert_eq!(person.encrypt.key_kind(), Some(KeyKind::Rsa { bits: 2048 }));
    }
    for person in &EXAMPLES.ed25519_persons {
        assert_eq!(person.sign.key_kind(), Some(KeyKind::Ed25519));
        assert_eq!(person.encrypt.key_kind(), Some(KeyKind::X25519));
    }
}

#[test]
fn private_keys_belong_to_their_certificates() {
    for person in &EXAMPLES.ed25519_persons {
        let signing = SigningKey::from_pkcs8_der(&person.signing_key).unwrap();
        assert_eq!(signing.spki_der(), person.sign.spki_der(), "{}", person.name);
        let decryption = DecryptionKey::from_pkcs8_der(&person.decryption_key).unwrap();
        assert_eq!(decryption.spki_der(), person.encrypt.spki_der(), "{}", person.name);
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "RSA exists natively only")]
fn rsa_keys_of_2048_bits_open_old_letters_and_sign_nothing() {
    for person in &EXAMPLES.rsa_persons {
        assert!(SigningKey::from_pkcs8_der(&person.signing_key).is_err(), "{}", person.name);
        let decryption = DecryptionKey::from_pkcs8_der(&person.decryption_key).unwrap();
        assert_eq!(decryption.spki_der(), person.encrypt.spki_der(), "{}", person.name);
    }
}

#[test]
fn rsa_authorities_of_2048_bits_are_not_relied_on() {
    let weak = "CRYPTO_CONSTRAINTS_FAILURE";
    for person in &EXAMPLES.rsa_persons {
        for (leaf, purpose) in
            [(&person.sign, KeyPurpose::LetterSignature), (&person.encrypt, KeyPurpose::Encryption)]
        {
            assert_eq!(path(leaf, &[], &[], purpose, &EXAMPLES.rsa), weak);
            // Through a cross-certificate the authority's key is as short as before.
            let pool = [EXAMPLES.rsa_by_ed25519.clone()];
            assert_eq!(path(leaf, &pool, &[list()], purpose, &EXAMPLES.ed25519), weak);
        }
    }
}

#[test]
fn ed25519_persons_pass_with_a_revocation_list_and_not_without() {
    for person in &EXAMPLES.ed25519_persons {
        for (leaf, purpose) in
            [(&person.sign, KeyPurpose::LetterSignature), (&person.encrypt, KeyPurpose::Encryption)]
        {
            let anchor = &EXAMPLES.ed25519;
            assert_eq!(path(leaf, &[], &[], purpose, anchor), "TRY_LATER");
            assert_eq!(path(leaf, &[], &[list()], purpose, anchor), "passed");
            // Below the RSA root the same authority is certified by a short key.
            let pool = [EXAMPLES.ed25519_by_rsa.clone()];
            let below_rsa = path(leaf, &pool, &[list()], purpose, &EXAMPLES.rsa);
            assert_eq!(below_rsa, "CRYPTO_CONSTRAINTS_FAILURE");
            assert_eq!(
                path(leaf, &[], &[list()], purpose, &EXAMPLES.rsa),
                "NO_CERTIFICATE_CHAIN_FOUND"
            );
        }
    }
}

#[test]
fn what_carlos_signs_is_verified() {
    let [carlos, _] = &EXAMPLES.ed25519_persons;
    let key = SigningKey::from_pkcs8_der(&carlos.signing_key).unwrap();
    let content = b"Hello from Carlos.";
    let at = ClaimedTime::from_unix(NOW);
    let content_ref = ContentRef::with(content, &[key.algorithm().digest()]);
    let asked = request_signature(content_ref, None, &carlos.sign, at, &[]);
    let answer = key.answer(&asked);
    let message = asked.answered(answer).unwrap().attached(content, &[], &[]);
    let verification = Verification {
        anchors: &anchors(&EXAMPLES.ed25519),
        certificates: &[],
        crls: &[list()],
        policy: AlgorithmPolicy::current(),
        now: LocalTime::from_unix(NOW),
        purpose: KeyPurpose::LetterSignature,
        require_time_stamp: false,
    };
    let verified = verify_attached(&message, &verification).passed().unwrap();
    assert_eq!(verified.get().content(), content);
    assert_eq!(verified.finding().signer, carlos.sign);
}
