//! Files with one thing wrong, each under a code that is right; and the vector of RFC 9879.

use super::*;
use crate::attributes::{ID_DATA, ObjectIdentifier};
use crate::digest::DigestAlgorithm;
use crate::pkcs12::password;
use crate::signed::digest_algorithm;
use crate::tlv::{self, Writer};

/// A file around these octets, its code computed as RFC 7292 wants.
fn under_code(safe: &[u8]) -> Vec<u8> {
    under_code_of(3, ID_DATA, safe, 2)
}

fn under_code_of(version: u8, oid: ObjectIdentifier, safe: &[u8], iterations: u32) -> Vec<u8> {
    let digest = DigestAlgorithm::Sha256;
    let computed = iterations.min(2);
    let key = password::mac_key(digest, PASSWORD, b"saltsalt", computed);
    let mac = password::hmac(digest, &key, safe);
    tlv::nested(tlv::SEQUENCE, |pfx| {
        pfx.small(version);
        pfx.nest(tlv::SEQUENCE, |info| {
            info.oid(&oid);
            info.nest(tlv::context(0), |content| content.element(tlv::OCTET_STRING, safe));
        });
        pfx.nest(tlv::SEQUENCE, |mac_data| {
            mac_data.nest(tlv::SEQUENCE, |info| {
                info.raw(&digest_algorithm(digest));
                info.element(tlv::OCTET_STRING, &mac);
            });
            mac_data.element(tlv::OCTET_STRING, b"saltsalt");
            mac_data.unsigned(&iterations.to_be_bytes());
        });
    })
}

/// One part in the clear that holds these bags.
fn plain(bags: &[u8]) -> Vec<u8> {
    let contents = tlv::element(tlv::SEQUENCE, bags);
    tlv::nested(tlv::SEQUENCE, |info| {
        info.oid(&ID_DATA);
        info.nest(tlv::context(0), |content| content.element(tlv::OCTET_STRING, &contents));
    })
}

fn safe(parts: &[u8]) -> Vec<u8> {
    tlv::element(tlv::SEQUENCE, parts)
}

fn bag(oid: &ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |bag| {
        bag.oid(oid);
        bag.element(tlv::context(0), value);
    })
}

fn certificate_bag(oid: &ObjectIdentifier) -> Vec<u8> {
    let value = tlv::nested(tlv::SEQUENCE, |value| {
        value.oid(oid);
        value.nest(tlv::context(0), |it| it.element(tlv::OCTET_STRING, HOUSE.root.der()));
    });
    bag(&oid::CERTIFICATE_BAG, &value)
}

/// A shrouded key under PBES2, with the parts that may be wrong.
struct Shrouded {
    iterations: u32,
    key_octets: Option<u8>,
    cipher: ObjectIdentifier,
    password: &'static str,
    prf: Option<ObjectIdentifier>,
}

const PLAIN: Shrouded = Shrouded {
    iterations: 2,
    key_octets: None,
    cipher: oid::AES256_CBC,
    password: PASSWORD,
    prf: Some(oid::HMAC_SHA256),
};

impl Shrouded {
    fn bag(&self) -> Vec<u8> {
        let (salt, iv) = ([1; 8], [2; 16]);
        let computed = self.iterations.min(2);
        let password = self.password.as_bytes();
        let key = password::pbkdf2(DigestAlgorithm::Sha256, password, &salt, computed, 32);
        let key: [u8; 32] = key.as_slice().try_into().unwrap();
        let sealed = password::encrypt(&key, &iv, &HOUSE.anna_key.to_pkcs8_der());
        let mut derivation = Writer::new();
        derivation.element(tlv::OCTET_STRING, &salt);
        derivation.unsigned(&self.iterations.to_be_bytes());
        if let Some(octets) = self.key_octets {
            derivation.small(octets);
        }
        if let Some(prf) = &self.prf {
            derivation.nest(tlv::SEQUENCE, |it| it.oid(prf));
        }
        let value = tlv::nested(tlv::SEQUENCE, |info| {
            info.nest(tlv::SEQUENCE, |algorithm| {
                algorithm.oid(&oid::PBES2);
                algorithm.nest(tlv::SEQUENCE, |parameters| {
                    parameters.nest(tlv::SEQUENCE, |it| {
                        it.oid(&oid::PBKDF2);
                        it.element(tlv::SEQUENCE, derivation.octets());
                    });
                    parameters.nest(tlv::SEQUENCE, |scheme| {
                        scheme.oid(&self.cipher);
                        scheme.element(tlv::OCTET_STRING, &iv);
                    });
                });
            });
            info.element(tlv::OCTET_STRING, &sealed);
        });
        bag(&oid::SHROUDED_KEY_BAG, &value)
    }

    fn verdict(&self) -> &'static str {
        code(&under_code(&safe(&plain(&self.bag()))))
    }
}

const MALFORMED: &str = "pkcs12-malformed";

#[test]
fn the_made_up_file_is_one_that_is_read() {
    assert_eq!(PLAIN.verdict(), "read");
    assert_eq!(Shrouded { key_octets: Some(32), ..PLAIN }.verdict(), "read");
}

#[test]
fn pfx_001_pfx_002_pfx_003_pfx_004_the_frame_is_bounded_and_of_one_form() {
    let safe = safe(&plain(&PLAIN.bag()));
    // [PFX-001]
    assert_eq!(code(&vec![0x30; limits::PKCS12_OCTETS_MAX + 1]), MALFORMED);
    // [PFX-002]
    let long = "x".repeat(limits::PKCS12_PASSWORD_OCTETS_MAX + 1);
    assert_eq!(refused(&under_code(&safe), &long), Pkcs12Error::Password);
    // [PFX-003]
    assert_eq!(code(&under_code_of(2, ID_DATA, &safe, 2)), MALFORMED);
    // [PFX-004]
    assert_eq!(code(&under_code_of(3, oid::ENCRYPTED_DATA, &safe, 2)), MALFORMED);
}

#[test]
fn pfx_006_pfx_017_nobody_makes_us_compute_for_ever() {
    const MANY: &str = "pkcs12-too-many-iterations";
    let safe_of = |parts: &[u8]| safe(parts);
    let octets = safe_of(&plain(&PLAIN.bag()));
    let past = limits::PKCS12_ITERATIONS_MAX + 1;
    assert_eq!(code(&under_code_of(3, ID_DATA, &octets, past)), MANY);
    assert_eq!(Shrouded { iterations: past, ..PLAIN }.verdict(), MANY);
    assert_eq!(Shrouded { iterations: u32::MAX >> 1, ..PLAIN }.verdict(), MANY);
    assert_eq!(Shrouded { iterations: u32::MAX, ..PLAIN }.verdict(), MALFORMED);
    assert_eq!(Shrouded { iterations: 0, ..PLAIN }.verdict(), MALFORMED);
    // The sum counts: the code's two, and this. What costs too much is not begun.
    let all = Shrouded { iterations: limits::PKCS12_ITERATIONS_MAX - 1, ..PLAIN };
    assert_eq!(all.verdict(), MANY);
    for octets in [16, 31, 33, 65, 127] {
        assert_eq!(Shrouded { key_octets: Some(octets), ..PLAIN }.verdict(), MALFORMED);
    }
}

#[test]
fn pfx_009_pfx_012_pfx_013_pfx_014_parts_are_counted_and_known() {
    let key = PLAIN.bag();
    let many = plain(&[]).repeat(limits::PKCS12_SAFES_MAX);
    assert_eq!(code(&under_code(&safe(&[plain(&key), many].concat()))), MALFORMED);
    // [PFX-012]
    let secret = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.5");
    let secret = bag(&secret, &[5, 0]);
    assert_eq!(code(&under_code(&safe(&plain(&[&key[..], &secret].concat())))), MALFORMED);
    // [PFX-013]
    let keys = key.repeat(limits::PKCS12_KEYS_MAX + 1);
    assert_eq!(code(&under_code(&safe(&plain(&keys)))), MALFORMED);
    // [PFX-014]
    let one = certificate_bag(&oid::X509_CERTIFICATE);
    let with = |more: Vec<u8>| code(&under_code(&safe(&plain(&[key.clone(), more].concat()))));
    assert_eq!(with(one.repeat(3)), "read");
    assert_eq!(with(certificate_bag(&secret_oid())), MALFORMED);
}

fn secret_oid() -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.2")
}

#[test]
fn pfx_014_certificates_are_counted() {
    // Different ones: equal ones count once.
    let keyed = signing(SignatureScheme::P256);
    let bags: Vec<u8> = (0..=limits::CERTIFICATES_MAX)
        .flat_map(|number| {
            let at = NOW - number as i64;
            let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
            let (name, address) = ("Anna", "anna@north.example");
            let profile = Profile::PersonSignature { name, address, organisation: None };
            let validity = Validity { not_before: at, not_after: NOW + DAY };
            let spki_der = keyed.certificate.spki_der();
            let certificate = issue(issuer, profile, &spki_der, validity, &mut rng()).unwrap();
            let value = tlv::nested(tlv::SEQUENCE, |value| {
                value.oid(&oid::X509_CERTIFICATE);
                value.nest(tlv::context(0), |it| {
                    it.element(tlv::OCTET_STRING, certificate.der());
                });
            });
            bag(&oid::CERTIFICATE_BAG, &value)
        })
        .collect();
    let octets = under_code(&safe(&plain(&[PLAIN.bag(), bags].concat())));
    assert!(octets.len() < limits::PKCS12_OCTETS_MAX);
    let error = refused(&octets, PASSWORD);
    assert!(matches!(error, Pkcs12Error::Malformed(DecodeError::TooMany { .. })), "{error:?}");
}

#[test]
fn other_algorithms_and_other_passwords_inside_are_named() {
    let legacy = "pkcs12-legacy-algorithm";
    assert_eq!(Shrouded { cipher: oid::DES3_CBC, ..PLAIN }.verdict(), legacy);
    assert_eq!(Shrouded { cipher: oid::RC2_CBC, ..PLAIN }.verdict(), legacy);
    assert_eq!(Shrouded { prf: None, ..PLAIN }.verdict(), legacy);
    assert_eq!(Shrouded { prf: Some(oid::HMAC_SHA1), ..PLAIN }.verdict(), legacy);
    assert_eq!(Shrouded { cipher: ID_DATA, ..PLAIN }.verdict(), "pkcs12-unknown-algorithm");
    let other = Shrouded { password: "other", ..PLAIN }.verdict();
    assert!(["pkcs12-password-or-changed", "pkcs12-key-refused"].contains(&other), "{other}");
}

/// RFC 9879 appendix A.1: PBMAC1 with SHA-256; the password of all its files is 1234.
const VECTOR: &str = include_str!("rfc9879_a1.pem");

fn vector() -> Vec<u8> {
    der::pem::decode_vec(VECTOR.as_bytes()).unwrap().1
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "RSA exists natively only")]
fn rfc_9879_a_1_is_read() {
    let file = read(&vector(), "1234").unwrap();
    assert_eq!((file.entries.len(), file.others.len()), (1, 0));
    assert_eq!(file.entries[0].certificates().len(), 1);
    assert_eq!(file.entries[0].decryption_key().unwrap().kind().name(), "rsa");
    assert_eq!(refused(&vector(), "1235"), Pkcs12Error::PasswordOrChanged);
}

#[test]
fn rfc_9879_a_4_a_5_a_6_pfx_008_wrong_parameters_are_found() {
    let octets = vector();
    let salt = octets.windows(8).rposition(|it| it == hex::decode("6f473c38b02e3173").unwrap());
    let salt = salt.unwrap();
    // A.5 has another salt, A.4 another number of iterations.
    for (at, octet) in [(salt, 0x6e), (salt + 11, 0x20)] {
        let mut changed = octets.clone();
        changed[at] = octet;
        assert_eq!(refused(&changed, "1234"), Pkcs12Error::PasswordOrChanged);
    }
    // A.6 has no length of the key: three octets less, in every structure around them.
    let length = salt + 12;
    assert_eq!(octets[length..length + 3], [2, 1, 0x20]);
    let mut changed = octets.clone();
    changed.drain(length..length + 3);
    // PBKDF2-params, PBKDF2, PBMAC1-params, PBMAC1, DigestInfo, MacData; and the file.
    for back in [3, 16, 18, 31, 33, 35] {
        changed[salt - back] -= 3;
    }
    changed[3] -= 3;
    assert_eq!(refused(&changed, "1234").code(), MALFORMED);
}

proptest::proptest! {
    #[test]
    fn any_octets_are_read_or_refused(
        octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400),
    ) {
        proptest::prop_assert!(read(&octets, PASSWORD).is_err());
        proptest::prop_assert!(read(&under_code(&octets), PASSWORD).is_err());
    }
}
