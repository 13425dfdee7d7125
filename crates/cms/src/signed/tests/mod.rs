mod checks;
mod forge;
mod interop;
mod kinds;
mod two;

use super::*;
use crate::attributes::{SEALPOST_PROFILE, SIGNING_TIME};
use crate::certificate::KeyPurpose;
use crate::issue::{Issuer, Profile, Validity, issue};
use crate::kdf::sha256;
use crate::keys::SigningKey;
use crate::testing::{DAY, HOUSE, NOW, rng};
use crate::time::{ClaimedTime, LocalTime};
use crate::verdict::Outcome;

const CONTENT: &[u8] = b"Dear Bert,\r\nthe lease ends.\r\n";

fn code<T>(outcome: &Outcome<T>) -> (&'static str, &'static str) {
    (outcome.indication(), outcome.shortfall().map_or("", |shortfall| shortfall.sub.code()))
}

#[test]
fn what_anna_signs_passes_with_content_inside_and_elsewhere() {
    let (house, v) = (&HOUSE, HOUSE.verification());
    let signature = house.signs(CONTENT);
    let verified = verify_attached(&signature.attached(CONTENT, &[], &[]), &v).passed().unwrap();
    assert_eq!(verified.get().content(), CONTENT);
    assert_eq!(verified.get().digest(), sha256(CONTENT));
    assert_eq!(verified.get().content_type(), crate::attributes::ID_DATA);
    assert!(verified.get().signed_attribute(SIGNING_TIME).is_some());
    assert!(verified.get().signed_attribute(SEALPOST_PROFILE).is_none());
    let finding = verified.finding();
    assert_eq!(finding.signer, house.anna);
    assert_eq!(finding.chain, [house.anna.clone(), house.root.clone()]);
    assert_eq!(finding.claimed_time, Some(ClaimedTime::from_unix(NOW)));
    assert_eq!(finding.proven_time, None);
    assert_eq!(finding.algorithms, ["ecdsa-p256-sha256", "sha256"]);

    let detached = signature.detached(&[], &[]);
    let verified = verify_detached(&detached, sha256(CONTENT), &v).passed().unwrap();
    assert_eq!(verified.get().content(), b"");
    assert_eq!(verified.get().digest(), sha256(CONTENT));
    let other = verify_detached(&detached, sha256(b"other"), &v);
    assert_eq!(code(&other), ("TOTAL-FAILED", "HASH_FAILURE"));
}

#[test]
fn a_time_stamp_proves_the_time() {
    let (house, mut v) = (&HOUSE, HOUSE.verification());
    v.require_time_stamp = true;
    let message = house.signs_in_time(CONTENT, NOW + 60).attached(CONTENT, &[], &[]);
    let verified = verify_attached(&message, &v).passed().unwrap();
    assert_eq!(verified.finding().proven_time.map(|time| time.unix()), Some(NOW + 60));
    assert_eq!(verified.finding().time_stamp_authority.as_ref(), Some(&house.tsa));
}

#[test]
fn prefix_content_suffix_is_the_message() {
    for octets in [0usize, 1, 100, 127, 128, 255, 256, 65_535, 65_536, 100_000] {
        let content = vec![b'x'; octets];
        let signature = HOUSE.signs(&content);
        let (prefix, suffix) = signature.framing(octets as u64, &[], &[]);
        let message = [&prefix[..], &content, &suffix].concat();
        assert!(message == signature.attached(&content, &[], &[]));
        assert!(verify_attached(&message, &HOUSE.verification()).passed().is_ok(), "{octets}");
    }
    // Beyond the memory of any machine the lengths still add up.
    let (prefix, suffix) = HOUSE.signs(b"").framing(1 << 40, &[], &[]);
    let header = crate::tlv::Header::read(&prefix, "test").unwrap();
    let total = prefix.len() as u64 + (1 << 40) + suffix.len() as u64;
    assert_eq!(header.total_octets(), Some(total));
}

#[test]
fn cms_106_only_the_signers_own_answer_counts() {
    let asked = || {
        let at = ClaimedTime::from_unix(NOW);
        request_signature(ContentRef::of(CONTENT), None, &HOUSE.anna, at, &[])
    };
    let stranger = SigningKey::generate(&mut rng());
    assert!(asked().answered(stranger.answer(&asked())).is_err());
    let other_octets = SignatureValue::new(HOUSE.anna_key.sign_raw(b"other"));
    assert_eq!(
        asked().answered(other_octets).err().map(|e| e.code()),
        Some("signature-answer-wrong")
    );
}

#[test]
fn revocation_counts_from_the_proven_time_on() {
    let house = &HOUSE;
    let in_time = house.signs_in_time(CONTENT, NOW).attached(CONTENT, &[], &[]);
    let bare = house.signs(CONTENT).attached(CONTENT, &[], &[]);
    let at = |revoked_at| [house.revokes(&[(&house.anna, revoked_at)])];
    let (before, after) = (at(NOW - 10), at(NOW + 10));
    let mut v = house.verification();
    v.now = LocalTime::from_unix(NOW + 100);
    v.crls = &after;
    assert_eq!(code(&verify_attached(&in_time, &v)), ("TOTAL-PASSED", ""));
    assert_eq!(code(&verify_attached(&bare, &v)), ("INDETERMINATE", "REVOKED_NO_POE"));
    v.crls = &before;
    assert_eq!(code(&verify_attached(&in_time, &v)), ("TOTAL-FAILED", "REVOKED"));
    v.crls = &[];
    assert_eq!(code(&verify_attached(&in_time, &v)), ("INDETERMINATE", "TRY_LATER"));
}

#[test]
fn embedded_revocation_lists_and_certificates_are_used() {
    let house = &HOUSE;
    let message =
        house.signs(CONTENT).attached(CONTENT, std::slice::from_ref(&house.root), &house.crls);
    let mut v = house.verification();
    v.crls = &[];
    assert_eq!(code(&verify_attached(&message, &v)), ("TOTAL-PASSED", ""));
    let stranger = crate::testing::House::new();
    v.anchors = &stranger.anchors;
    let outcome = verify_attached(&message, &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND"));
}

#[test]
fn a_key_for_something_else_does_not_sign_letters() {
    let message = HOUSE.signs(CONTENT).attached(CONTENT, &[], &[]);
    let mut v = HOUSE.verification();
    v.purpose = KeyPurpose::ElectronicSeal;
    let outcome = verify_attached(&message, &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE"));
}

#[test]
fn a_parsed_message_shows_its_claims() {
    let message = HOUSE.signs(CONTENT).attached(CONTENT, &[], &[]);
    let parsed = SignedData::from_der(&message, Limits::default()).unwrap().into_claims();
    assert_eq!(parsed.content(), Some(CONTENT));
    assert_eq!(parsed.certificates(), std::slice::from_ref(&HOUSE.anna));
    assert!(parsed.signed_attribute(SIGNING_TIME).is_some());
    assert_eq!(parsed.der(), message);
    let small = Limits { octets_max: 100 };
    assert_eq!(SignedData::from_der(&message, small).err().map(|e| e.code()), Some("too-large"));
    assert_eq!(SignedData::from_ber(&message, small).err().map(|e| e.code()), Some("too-large"));
}

/// Each octet of a message changed in one bit, another one for each octet.
fn flipped(message: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..message.len()).map(|at| {
        let mut changed = message.to_vec();
        changed[at] ^= 1 << (at % 8);
        (at, changed)
    })
}

#[test]
fn no_changed_octet_of_a_signed_message_is_accepted() {
    let message = HOUSE.signs(b"x").attached(b"x", &[], &[]);
    let v = HOUSE.verification();
    for (at, changed) in flipped(&message) {
        assert!(verify_attached(&changed, &v).passed().is_err(), "octet {at}");
        assert!(verify_foreign(&changed, &v).passed().is_err(), "octet {at}, read as foreign");
    }
}

#[test]
fn no_changed_octet_of_a_time_stamped_message_is_accepted() {
    let message = HOUSE.signs_in_time(b"x", NOW).detached(&[], &[]);
    let v = HOUSE.verification();
    assert!(verify_detached(&message, sha256(b"x"), &v).passed().is_ok());
    for (at, changed) in flipped(&message) {
        assert!(verify_detached(&changed, sha256(b"x"), &v).passed().is_err(), "octet {at}");
    }
}

#[test]
fn no_shortened_or_lengthened_message_is_accepted() {
    let message = HOUSE.signs(b"x").attached(b"x", &[], &[]);
    let v = HOUSE.verification();
    for octets in 0..message.len() {
        assert!(verify_attached(&message[..octets], &v).passed().is_err(), "{octets} octets");
    }
    assert!(verify_attached(&[&message[..], &[0]].concat(), &v).passed().is_err());
}

proptest::proptest! {
    #[test]
    fn arbitrary_changes_are_never_accepted(
        at in 0usize..700,
        value: u8,
        second in 0usize..700,
        other: u8,
    ) {
        let message = MESSAGE.clone();
        let mut changed = message.clone();
        let octets = changed.len();
        changed[at % octets] = value;
        changed[second % octets] = other;
        if changed != message {
            let outcome = verify_attached(&changed, &HOUSE.verification());
            proptest::prop_assert!(outcome.passed().is_err());
        }
    }

    #[test]
    fn arbitrary_octets_end_in_a_verdict(
        octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
    ) {
        let v = HOUSE.verification();
        proptest::prop_assert!(verify_attached(&octets, &v).passed().is_err());
        proptest::prop_assert!(verify_foreign(&octets, &v).passed().is_err());
    }
}

static MESSAGE: std::sync::LazyLock<Vec<u8>> =
    std::sync::LazyLock::new(|| HOUSE.signs(b"x").attached(b"x", &[], &[]));

#[test]
fn without_proof_an_expired_certificate_is_indeterminate() {
    let key = SigningKey::generate(&mut rng());
    let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
    let profile = Profile::PersonSignature {
        name: "Anna",
        address: "anna@north.example",
        organisation: None,
    };
    let validity = Validity { not_before: NOW - DAY, not_after: NOW + DAY };
    let anna = issue(issuer, profile, &key.spki_der(), validity, &mut rng()).unwrap();
    let at = ClaimedTime::from_unix(NOW);
    let asked = request_signature(ContentRef::of(CONTENT), None, &anna, at, &[]);
    let answer = key.answer(&asked);
    let message = asked.answered(answer).unwrap().attached(CONTENT, &[anna], &[]);
    let mut v = HOUSE.verification();
    assert_eq!(code(&verify_attached(&message, &v)), ("TOTAL-PASSED", ""));
    v.now = LocalTime::from_unix(NOW + DAY + 1);
    let outcome = verify_attached(&message, &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"));
}
