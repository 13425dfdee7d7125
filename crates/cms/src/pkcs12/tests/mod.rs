mod forms;
mod interop;

use super::*;
use crate::certificate::Certificate;
use crate::issue::{Issuer, Profile, Validity, issue};
use crate::keys::{DecryptionScheme, SignatureScheme};
use crate::limits;
use crate::testing::{DAY, HOUSE, NOW, RSA_EXISTS, rng};

const PASSWORD: &str = "Schlüssel 契約";

/// A key of each kind with a certificate for it.
struct Keyed {
    pkcs8: Zeroizing<Vec<u8>>,
    certificate: Certificate,
    signs: bool,
}

fn certified(profile: Profile<'_>, spki_der: &[u8]) -> Certificate {
    let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
    let validity = Validity { not_before: NOW - DAY, not_after: NOW + DAY };
    issue(issuer, profile, spki_der, validity, &mut rng()).unwrap()
}

fn signing(scheme: SignatureScheme) -> Keyed {
    let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
    let (name, address) = ("Anna", "anna@north.example");
    let profile = Profile::PersonSignature { name, address, organisation: None };
    let certificate = certified(profile, &key.spki_der());
    Keyed { pkcs8: key.to_pkcs8_der(), certificate, signs: true }
}

fn opening(scheme: DecryptionScheme) -> Keyed {
    let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
    let (name, address) = ("Bert", "bert@south.example");
    let profile = Profile::PersonEncryption { name, address, organisation: None };
    let certificate = certified(profile, &key.spki_der());
    Keyed { pkcs8: key.to_pkcs8_der(), certificate, signs: false }
}

/// All that this program knows; those that OpenSSL 3.0 knows too come first.
fn all_kinds() -> (Vec<Keyed>, Vec<Keyed>) {
    let mut common = vec![
        signing(SignatureScheme::P256),
        signing(SignatureScheme::P384),
        signing(SignatureScheme::Ed25519),
        opening(DecryptionScheme::P256),
        opening(DecryptionScheme::P384),
        opening(DecryptionScheme::X25519),
    ];
    if RSA_EXISTS {
        common.push(signing(SignatureScheme::Rsa3072));
        common.push(opening(DecryptionScheme::Rsa3072));
    }
    let own = vec![
        signing(SignatureScheme::MlDsa65),
        opening(DecryptionScheme::MlKem768),
        opening(DecryptionScheme::MlKem1024),
        opening(DecryptionScheme::MlKem768X25519),
    ];
    (common, own)
}

/// A file that is quick to open.
fn written(keyed: &Keyed, iterations: u32) -> Vec<u8> {
    let chain = std::slice::from_ref(&HOUSE.root);
    let iterations = Iterations(iterations);
    write(&keyed.pkcs8, &keyed.certificate, chain, PASSWORD, iterations, &mut rng()).unwrap()
}

fn refused(octets: &[u8], password: &str) -> Pkcs12Error {
    read(octets, password).err().expect("a refusal")
}

fn code(octets: &[u8]) -> &'static str {
    read(octets, PASSWORD).err().map_or("read", |error| error.code())
}

#[track_caller]
fn is_it(file: &KeyFile, keyed: &Keyed) {
    let [entry] = &file.entries[..] else { panic!("not one key") };
    assert_eq!(entry.certificates(), std::slice::from_ref(&keyed.certificate));
    let spki_der = if keyed.signs {
        entry.signing_key().unwrap().spki_der()
    } else {
        entry.decryption_key().unwrap().spki_der()
    };
    assert_eq!(spki_der, keyed.certificate.spki_der());
    assert_eq!(file.others, std::slice::from_ref(&HOUSE.root));
}

#[test]
fn every_kind_of_key_returns_with_its_certificates() {
    let (common, own) = all_kinds();
    for keyed in common.iter().chain(&own) {
        let file = read(&written(keyed, 1000), PASSWORD).unwrap();
        is_it(&file, keyed);
        // A key that only opens is not taken for one that signs.
        let kind = keyed.certificate.key_kind().unwrap();
        if !kind.signs() {
            assert_eq!(file.entries[0].signing_key().err(), Some(KeyError::OtherKind));
        }
    }
}

#[test]
fn pfx_007_a_wrong_password_and_every_changed_bit_are_one_error_or_no_file() {
    let keyed = signing(SignatureScheme::P256);
    let octets = written(&keyed, 2);
    assert_eq!(code(&octets), "read");
    for wrong in ["", "Schlüssel", "schlüssel 契約", "Schlüssel 契約 "] {
        assert_eq!(refused(&octets, wrong), Pkcs12Error::PasswordOrChanged);
    }
    for bit in 0..octets.len() * 8 {
        let mut changed = octets.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&changed, PASSWORD).is_err(), "bit {bit}");
    }
    for end in 0..octets.len() {
        assert!(read(&octets[..end], PASSWORD).is_err(), "{end} octets");
    }
    assert!(read(&[&octets[..], &[0]].concat(), PASSWORD).is_err());
}

#[test]
fn pfx_019_pfx_020_what_would_be_weak_or_wrong_is_not_written() {
    let anna = signing(SignatureScheme::P256);
    let certificate = &anna.certificate;
    let writes = |pkcs8: &[u8], certificate: &Certificate, password: &str| {
        write(pkcs8, certificate, &[], password, Iterations(1), &mut rng()).err()
    };
    assert_eq!(writes(&anna.pkcs8, certificate, ""), Some(Pkcs12Error::Password));
    let long = "x".repeat(limits::PKCS12_PASSWORD_OCTETS_MAX + 1);
    assert_eq!(writes(&anna.pkcs8, certificate, &long), Some(Pkcs12Error::Password));
    assert_eq!(writes(&anna.pkcs8, &HOUSE.anna, PASSWORD), Some(Pkcs12Error::OtherCertificate));
    let no_key = writes(b"no key", certificate, PASSWORD);
    assert_eq!(no_key, Some(Pkcs12Error::Key(KeyError::Malformed)));
    // The floor of what is written, and no more than is read again.
    assert_eq!(Iterations::new(1), Iterations::default());
    assert_eq!(Iterations::default().0, limits::PKCS12_ITERATIONS_MIN);
    assert_eq!(Iterations::new(u32::MAX).0, limits::PKCS12_ITERATIONS_MAX / 3);
    let octets = write(&anna.pkcs8, certificate, &[], PASSWORD, Iterations::new(1), &mut rng());
    assert_eq!(code(&octets.unwrap()), "read");
}

#[test]
fn a_file_shows_neither_key_nor_name_and_no_two_files_are_alike() {
    let keyed = signing(SignatureScheme::P256);
    let (one, other) = (written(&keyed, 2), written(&keyed, 2));
    let public = keyed.certificate.spki_der();
    for octets in [&one, &other] {
        assert!(!octets.windows(32).any(|window| public.windows(32).any(|it| it == window)));
        assert!(!octets.windows(4).any(|window| window == b"Anna"));
    }
    // Three salts and two initialisation vectors: at each place where the files differ in one of
    // them, they differ in what hangs on it too.
    let differ = one.iter().zip(&other).filter(|(one, other)| one != other).count();
    assert!(differ > one.len() / 2, "{differ} of {} octets differ", one.len());
}
