use super::*;
use crate::issue::{self, Issuer, Profile, Territory, Validity};
use crate::keys::SigningKey;
use crate::testing::rng;

const VALIDITY: Validity = Validity { not_before: 1_790_000_000, not_after: 1_890_000_000 };

fn root() -> (SigningKey, Certificate) {
    let key = SigningKey::generate(&mut rng());
    let territory = Territory::of("north.example");
    let root = issue::self_signed_root(&key, "North Ltd", territory, VALIDITY, &mut rng()).unwrap();
    (key, root)
}

fn person(name: &str) -> Certificate {
    let (key, root) = root();
    let profile = Profile::PersonSignature {
        name,
        address: "anna@north.example",
        organisation: Some("North Ltd"),
    };
    let issuer = Issuer { certificate: &root, key: &key };
    let spki = SigningKey::generate(&mut rng()).spki_der();
    issue::issue(issuer, profile, &spki, VALIDITY, &mut rng()).unwrap()
}

/// The certificate with one run of octets exchanged for another of the same length.
fn exchanged(certificate: &Certificate, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut der = certificate.der().to_vec();
    let at = der.windows(from.len()).position(|window| window == from).expect("it is in there");
    der[at..at + to.len()].copy_from_slice(to);
    der
}

fn refusal(der: &[u8]) -> &'static str {
    Certificate::from_der(der).unwrap_err().code()
}

#[test]
fn what_was_issued_reads_back() {
    let person = person("Anna Müller");
    assert_eq!(person.common_name().as_deref(), Some("Anna Müller"));
    assert_eq!(person.organisation().as_deref(), Some("North Ltd"));
    assert_eq!(person.email_addresses(), ["anna@north.example"]);
    assert_eq!(person.not_before(), VALIDITY.not_before);
    assert_eq!(person.not_after(), VALIDITY.not_after);
    assert_eq!(person.serial().len(), 16);
    assert_eq!(person.serial_hex().len(), 32);
    assert!(!person.is_ca());
    assert!(person.issuer_display().contains("Root authority"));
    assert_eq!(Certificate::from_pem(&person.to_pem()).unwrap(), person);
    assert!(!format!("{person:?}").contains("Anna"));
}

#[test]
fn pem_texts_are_read_in_order_and_bounded() {
    let (a, b) = (person("Anna"), person("Bert"));
    let text = format!("# trust\n{}\n# more\n{}", a.to_pem(), b.to_pem().replace('\n', "\r\n"));
    assert_eq!(Certificate::many_from_pem(&text).unwrap(), [a, b]);
    assert_eq!(Certificate::from_pem(&text).unwrap_err().code(), "too-many");
    assert_eq!(Certificate::many_from_pem("").unwrap_err().code(), "malformed");
    let cut = &text[..text.len() / 3];
    assert_eq!(Certificate::many_from_pem(cut).unwrap_err().code(), "malformed");
    let huge = " ".repeat(limits::PEM_OCTETS_MAX + 1);
    assert_eq!(Certificate::many_from_pem(&huge).unwrap_err().code(), "too-large");
}

#[test]
fn der_001_der_002_size_and_end_are_checked() {
    let person = person("Anna");
    assert_eq!(refusal(&[person.der(), &[0]].concat()), "trailing-octets");
    assert_eq!(refusal(&vec![0x30; limits::CERTIFICATE_OCTETS_MAX + 1]), "too-large");
    assert_eq!(refusal(&person.der()[..100]), "malformed");
    assert_eq!(refusal(&[]), "malformed");
}

#[test]
fn x509_001_old_versions_are_refused() {
    // [0] EXPLICIT INTEGER 2 is version 3; 1 is version 2.
    let old = exchanged(&person("Anna"), &[0xa0, 3, 2, 1, 2], &[0xa0, 3, 2, 1, 1]);
    assert_eq!(refusal(&old), "unsupported");
}

#[test]
fn x509_002_two_different_algorithms_are_refused() {
    let sha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    let sha384 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
    assert_eq!(refusal(&exchanged(&person("Anna"), &sha256, &sha384)), "malformed");
}

#[test]
fn x509_003_serial_numbers_that_are_zero_or_negative_are_refused() {
    let (_, root) = root();
    let serial = [&[2, 16][..], root.serial()].concat();
    let mut der = root.der().to_vec();
    let at = der.windows(18).position(|window| window == serial).unwrap();
    der.splice(at..at + 18, [2, 1, 0]);
    shorten(&mut der, 15);
    assert_eq!(refusal(&der), "malformed");
    // RFC 5280 §4.1.2.2: positive. The same octet with its sign is another number.
    der[at + 2] = 0x80;
    assert_eq!(refusal(&der), "malformed");
    // With one instead of zero the same octets are a certificate.
    der[at + 2] = 1;
    assert!(Certificate::from_der(&der).is_ok());
}

#[test]
fn x509_003_a_positive_number_whose_first_octet_is_large_has_a_zero_before_it() {
    let (_, root) = root();
    let serial = [&[2, 16][..], root.serial()].concat();
    let mut der = root.der().to_vec();
    let at = der.windows(18).position(|window| window == serial).unwrap();
    der[at + 2..at + 4].copy_from_slice(&[0, 0x80]);
    assert!(Certificate::from_der(&der).is_ok());
    der[at + 2] = 0xff;
    assert_eq!(refusal(&der), "malformed");
}

/// Takes octets off the lengths of the certificate and of its first member (both in 30 82 form).
fn shorten(der: &mut [u8], by: u16) {
    for at in [0, 4] {
        assert_eq!(der[at..at + 2], [0x30, 0x82]);
        let length = u16::from_be_bytes([der[at + 2], der[at + 3]]) - by;
        der[at + 2..at + 4].copy_from_slice(&length.to_be_bytes());
    }
}

#[test]
fn x509_004_an_empty_issuer_is_refused() {
    let key = SigningKey::generate(&mut rng());
    let spki = key.spki_der();
    let made = issue::signed_certificate(
        &key,
        Name::default(),
        Name::default(),
        VALIDITY,
        &spki,
        Vec::new(),
        &mut rng(),
    );
    assert!(made.is_err());
}

#[test]
fn x509_005_x509_006_x509_007_extensions_are_bounded_unique_and_der() {
    let extension = |last: u8, value: &[u8]| Extension {
        extn_id: ObjectIdentifier::new_unwrap(&format!("1.3.6.1.4.1.32473.{last}")),
        critical: false,
        extn_value: der::asn1::OctetString::new(value).unwrap(),
    };
    let many: Extensions = (0..=32).map(|last| extension(last, &[5, 0])).collect();
    assert_eq!(check_extensions(Some(&many)).unwrap_err().code(), "too-many");
    let twice = vec![extension(1, &[5, 0]), extension(1, &[5, 0])];
    assert_eq!(check_extensions(Some(&twice)).unwrap_err().code(), "malformed");
    let mut garbled = extension(1, &[0x30, 0x80, 0, 0]);
    garbled.extn_id = BasicConstraints::OID;
    assert!(Usages::read(Some(&vec![garbled])).is_err());
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    assert_eq!(legible("Anna\u{1b}[2J"), "Anna\u{fffd}[2J");
    assert_eq!(legible("Anna\u{202e}treB"), "Anna\u{fffd}treB");
    assert_eq!(legible("Anna Müller, 東京"), "Anna Müller, 東京");
}
