use super::*;
use crate::certify::is_ours;
use crate::testing::{Provider, address};
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::issue::Profile as Kind;
use sealpost_cms::issue::{RequestKey, certificate_request};
use sealpost_cms::keys::SigningKey;

#[test]
fn agt_001_only_the_root_that_the_invitation_names_is_believed() {
    let (north, other) = (Provider::new("north.example"), Provider::new("north.example"));
    let invitation = Invitation {
        address: address("anna@north.example"),
        endpoint: "127.0.0.1:9".to_owned(),
        root_sha256: Digest::from_array(north.root.sha256()),
        token: "token".to_owned(),
    };
    assert!(the_invited_root(&north.root.to_pem(), &invitation).is_ok());
    let error = the_invited_root(&other.root.to_pem(), &invitation).err().unwrap();
    assert_eq!(error.code(), "root-not-the-one-invited-to");
    let error = the_invited_root("no certificate", &invitation).err().unwrap();
    assert_eq!(error.code(), "provider-answer-malformed");
}

#[test]
fn agt_002_certificates_hold_our_key_our_address_and_the_purpose_asked_for() {
    let (north, other) = (Provider::new("north.example"), Provider::new("north.example"));
    let (ours, foreign) =
        (SigningKey::generate(&mut system_random()), SigningKey::generate(&mut system_random()));
    let organisation = None;
    let signature = |by: &Provider, address, key: &SigningKey| {
        let profile = Kind::PersonSignature { name: "Anna", address, organisation };
        by.certifies(profile, &key.spki_der())
    };
    let judged = |certificate: &Certificate, purpose| {
        let anna = address("anna@north.example");
        is_ours(certificate.der(), &ours.spki_der(), purpose, &anna, &north.root, &north.list)
            .map_err(|error| error.code())
    };
    let good = signature(&north, "anna@north.example", &ours);
    assert_eq!(judged(&good, KeyPurpose::LetterSignature), Ok(()));
    assert_eq!(judged(&good, KeyPurpose::Authentication), Err("not-verified"), "another purpose");
    let wrong = Err("certificates-not-ours");
    let carl = signature(&north, "carl@north.example", &ours);
    assert_eq!(judged(&carl, KeyPurpose::LetterSignature), wrong);
    let foreign = signature(&north, "anna@north.example", &foreign);
    assert_eq!(judged(&foreign, KeyPurpose::LetterSignature), wrong);
    // The same name of an issuer, another key: the name alone proves nothing.
    let forged = signature(&other, "anna@north.example", &ours);
    assert_eq!(judged(&forged, KeyPurpose::LetterSignature), Err("not-verified"));
}

#[test]
fn a_provider_that_cannot_be_reached_is_said_to_be_that_and_keys_stay() {
    let place = tempfile::tempdir().unwrap();
    let pin = || Pin::new(zeroize::Zeroizing::new("274 913 x".to_owned())).unwrap();
    let invitation = Invitation {
        address: address("anna@north.example"),
        endpoint: "127.0.0.1:9".to_owned(),
        root_sha256: Digest::of(b"root"),
        token: "token".to_owned(),
    };
    let register = |to: &str| {
        let profile = Profile::open(place.path()).unwrap();
        let vouching = Vouching::Invitation(&invitation);
        Agent::register(profile, &pin(), &address(to), &vouching).err().unwrap().code()
    };
    assert_eq!(register("anna@north.example"), "provider-unreachable");
    assert_eq!(register("carl@north.example"), "invitation-for-another-address");
    let error = Agent::open(Profile::open(place.path()).unwrap(), &pin()).err().unwrap();
    assert_eq!(error.code(), "not-registered");
}

#[test]
fn agt_020_a_registration_is_repeated_with_the_same_octets() {
    let place = tempfile::tempdir().unwrap();
    let profile = Profile::open(place.path()).unwrap();
    let pin = Pin::new(zeroize::Zeroizing::new("274 913 x".to_owned())).unwrap();
    let keys = Keystore::create(&profile, &pin, &mut system_random()).unwrap();
    let vault = Vault::open(&profile, keys.vault_key()).unwrap();
    let anna = address("anna@north.example");
    let first = asked(&keys, &vault, &anna).unwrap();
    let made_anew = certificate_request(RequestKey::Signing(keys.signature_key()), "Sealpost user");
    assert_ne!(first.signature.0, made_anew.unwrap(), "a fresh nonce makes other octets");
    let again = asked(&keys, &vault, &anna).unwrap();
    assert!(first.signature == again.signature && first.authentication == again.authentication);
    assert!(first.encryption == again.encryption && first.hybrid == again.hybrid);
    assert!(first.hybrid.is_some());
    // The statement about the key that cannot sign is for one address.
    let other = asked(&keys, &vault, &address("anna.adler@north.example")).unwrap();
    assert!(first.hybrid != other.hybrid);
}
