//! Each check of the archive, broken alone.

use super::*;
use crate::attributes::{
    ARCHIVE_TIME_STAMP_V3, ATS_HASH_INDEX_V3, Attribute, SIGNATURE_TIME_STAMP,
};
use crate::cades::index::HashIndex;
use crate::cades::parts::Parts;
use crate::limits;
use crate::tlv;

pub(super) const HASH: (&str, &str) = ("TOTAL-FAILED", "HASH_FAILURE");
pub(super) const FORMAT: (&str, &str) = ("TOTAL-FAILED", "FORMAT_FAILURE");

/// The message with other sets, and other attributes of its first signer: what somebody could do who
/// has no key.
pub(super) fn rebuilt(
    message: &[u8],
    change: impl FnOnce(&mut Vec<Vec<u8>>, &mut Vec<Vec<u8>>, &mut Vec<Vec<u8>>),
) -> Vec<u8> {
    rebuilt_for_all(message, |certificates, crls, attributes| {
        change(certificates, crls, &mut attributes[0]);
    })
}

/// As [`rebuilt`], with the attributes of each signer.
pub(super) fn rebuilt_for_all(
    message: &[u8],
    change: impl FnOnce(&mut Vec<Vec<u8>>, &mut Vec<Vec<u8>>, &mut [Vec<Vec<u8>>]),
) -> Vec<u8> {
    let parts = Parts::read(message).unwrap();
    let owned = |all: &[&[u8]]| all.iter().map(|it| it.to_vec()).collect::<Vec<_>>();
    let (mut certificates, mut crls) = (owned(&parts.certificates), owned(&parts.crls));
    let mut attributes: Vec<Vec<_>> = Vec::new();
    for signer in &parts.signers {
        let values = signer.unsigned_values().unwrap();
        let values = values.iter();
        let values = values.map(|it| Attribute { oid: it.oid, value_der: it.value_der.to_vec() });
        attributes.push(values.map(|it| it.to_der()).collect());
    }
    change(&mut certificates, &mut crls, &mut attributes);
    parts.replaced(certificates, crls, attributes)
}

/// The token of each signer's archive time-stamp.
pub(super) fn tokens_of(message: &[u8]) -> Vec<Vec<u8>> {
    let parts = Parts::read(message).unwrap();
    let tokens = parts.signers.iter().map(|signer| {
        let values = signer.unsigned_values().unwrap();
        values.iter().find(|it| it.is_archive_time_stamp()).unwrap().value_der.to_vec()
    });
    tokens.collect()
}

fn token_of(message: &[u8]) -> Vec<u8> {
    tokens_of(message).remove(0)
}

/// The index of the message as it is now, for its one signer.
fn index_over(message: &[u8], digest: DigestAlgorithm) -> Vec<u8> {
    let parts = Parts::read(message).unwrap();
    HashIndex::over(&parts, parts.only_signer().unwrap(), digest).unwrap().der
}

fn with_token(message: &[u8], token: Vec<u8>) -> Vec<u8> {
    let stamp = Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der: token }.to_der();
    let old = Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der: token_of(message) }.to_der();
    rebuilt(message, |_, _, attributes| {
        attributes.retain(|attribute| *attribute != old);
        attributes.push(stamp);
    })
}

fn with_index(message: &[u8], index: Option<Vec<u8>>) -> Vec<u8> {
    let token = rebuilt(&token_of(message), |_, _, attributes| {
        attributes.clear();
        let attribute = |value_der| Attribute { oid: ATS_HASH_INDEX_V3, value_der }.to_der();
        attributes.extend(index.map(attribute));
    });
    with_token(message, token)
}

#[test]
fn cad_003_what_was_covered_and_is_taken_out_is_missed() {
    let message = WORLD.archived();
    assert_eq!(rebuilt(&message, |_, _, _| {}), message);
    let crl = rebuilt(&message, |_, crls, _| drop(crls.pop()));
    assert_eq!(code(&at(&crl, LATER)), HASH);
    let root = rebuilt(&message, |certificates, _, _| {
        certificates.retain(|it| it != HOUSE.root.der());
    });
    assert_eq!(code(&at(&root, LATER)), HASH);
    let stamp = tlv::element(tlv::OBJECT_IDENTIFIER, SIGNATURE_TIME_STAMP.as_bytes());
    let stamp = rebuilt(&message, |_, _, attributes| {
        attributes.retain(|it| !it.windows(stamp.len()).take(8).any(|window| window == stamp));
    });
    assert_eq!(code(&at(&stamp, LATER)), HASH);
    // More may come: it is not covered, and that is all.
    let more = with_validation_data(&message, &[WORLD.tsa[2].certificate.clone()], &[around(NOW)]);
    assert_eq!(code(&at(&more.unwrap(), LATER)), PASSED);
}

#[test]
fn an_index_with_one_entry_less_or_another_one_is_not_the_one_that_was_stamped() {
    let message = WORLD.archived();
    let token = token_of(&message);
    let index = HashIndex::of_token(&Parts::read(&token).unwrap()).unwrap().unwrap().der;
    assert_eq!(with_index(&message, Some(index.clone())), message);
    // The index of the same message with one list less.
    let fewer = rebuilt(&message, |_, crls, attributes| {
        crls.pop();
        attributes.retain(|it| it.len() < token.len());
    });
    let fewer = index_over(&fewer, DigestAlgorithm::Sha256);
    assert_eq!(code(&at(&with_index(&message, Some(fewer)), LATER)), HASH);
    for octet in [1, 20, index.len() / 2, index.len() - 1] {
        let mut changed = index.clone();
        changed[octet] ^= 1;
        let verdict = code(&at(&with_index(&message, Some(changed)), LATER));
        assert!(verdict == HASH || verdict == FORMAT, "octet {octet}: {verdict:?}");
    }
    // [CAD-008]
    assert_eq!(code(&at(&with_index(&message, None), LATER)), FORMAT);
    // [CAD-009]
    let other = index_over(&message, DigestAlgorithm::Sha512);
    assert_eq!(code(&at(&with_index(&message, Some(other)), LATER)), FORMAT);
}

#[test]
fn cad_011_a_time_stamp_that_does_not_cover_the_one_before_it_ends_the_chain() {
    let world = &WORLD;
    let archived = world.archived();
    let token = token_of(&archived);
    let before = rebuilt(&archived, |_, _, attributes| {
        attributes.retain(|it| it.len() < token.len());
    });
    let second = world.archives(&before, &around(FIRST), 1, DigestAlgorithm::Sha256, FIRST + 60);
    let both = rebuilt(&second, |_, _, attributes| {
        attributes.push(Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der: token }.to_der());
    });
    assert_eq!(code(&at(&both, LATER)), ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE"));
}

#[test]
fn cad_012_tsp_017_a_time_stamp_that_came_later_proves_nothing_about_itself() {
    let world = &WORLD;
    // The signature's own time-stamp is put in after the archive one, and its authority has expired.
    let bare = world.signature.attached(CONTENT, &[], &HOUSE.crls);
    let first = world.stamped_signature().attached(CONTENT, &[], &HOUSE.crls);
    let first = world.archives(&first, &around(FIRST), 1, DigestAlgorithm::Sha256, FIRST);
    let late = Authority::new(NOW - YEAR, NOW + 4 * YEAR);
    let request = world.signature.time_stamp_request(7);
    let added = rebuilt(&first, |_, _, attributes| {
        let value_der = late.stamps(&request, NOW - 60);
        attributes.push(Attribute { oid: SIGNATURE_TIME_STAMP, value_der }.to_der());
    });
    assert_eq!(code(&at(&added, LATER)), ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"));
    // A token that names a time later than the one that proves it, or earlier than its authority.
    for (authority, gen_time) in [(1, FIRST + DAY), (2, NOW)] {
        let token = world.tsa[authority].stamps(&request, gen_time);
        let stamped = world.signature.clone().with_time_stamp(token);
        let stamped = stamped.attached(CONTENT, &[], &HOUSE.crls);
        let message = world.archives(&stamped, &around(FIRST), 1, DigestAlgorithm::Sha256, FIRST);
        let verdict = code(&at(&message, LATER));
        assert_eq!(verdict, ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE"), "{gen_time}");
    }
    let refused = ArchiveRequest::new(&bare, None, DigestAlgorithm::Sha256, &mut rng()).err();
    assert_eq!(refused.map(|error| error.code()), Some("archive-no-time-stamp"));
}

#[test]
fn cad_006_a_token_for_something_else_is_not_taken() {
    let world = &WORLD;
    let digest = DigestAlgorithm::Sha256;
    let ask = || ArchiveRequest::new(&world.long_term(), None, digest, &mut rng()).unwrap();
    let other = world.tsa[1].stamps(&world.signature.time_stamp_request(7), FIRST);
    assert_eq!(
        ask().answered(std::slice::from_ref(&other)).err(),
        Some(ArchiveError::OtherImprint)
    );
    assert_eq!(
        ask().answered(&[Vec::new()]).err().map(|error| error.code()),
        Some("archive-malformed")
    );
    let message = world.archived();
    let swapped = rebuilt(&other, |_, _, attributes| {
        let token = token_of(&message);
        let index = HashIndex::of_token(&Parts::read(&token).unwrap()).unwrap().unwrap().der;
        attributes.push(Attribute { oid: ATS_HASH_INDEX_V3, value_der: index }.to_der());
    });
    assert_eq!(code(&at(&with_token(&message, swapped), LATER)), HASH);
}

#[test]
fn cad_001_cad_004_cad_005_cad_007_cad_013_everything_is_counted() {
    let message = WORLD.archived();
    // [CAD-007]
    let stamp = Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der: token_of(&message) };
    let parts = Parts::read(&message).unwrap();
    let again = |octets: usize| {
        let value = [&stamp.value_der[..]].repeat(octets).concat();
        let attribute = Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der: value };
        parts.with(&[], &[], &[attribute])
    };
    assert_eq!(code(&at(&again(limits::ARCHIVE_TIME_STAMPS_MAX), LATER)), FORMAT);
    // [CAD-001]
    let many = again(limits::ATTRIBUTES_MAX);
    let refused = ArchiveRequest::new(&many, None, DigestAlgorithm::Sha256, &mut rng()).err();
    assert_eq!(refused.map(|error| error.code()), Some("archive-malformed"));
    assert_eq!(code(&at(&many, LATER)), FORMAT);
    // [CAD-004]
    let entries = tlv::element(tlv::OCTET_STRING, &[7; 32]).repeat(limits::CERTIFICATES_MAX + 1);
    let index = tlv::nested(tlv::SEQUENCE, |index| {
        index.raw(&crate::signed::digest_algorithm(DigestAlgorithm::Sha256));
        index.element(tlv::SEQUENCE, &entries);
        index.element(tlv::SEQUENCE, &[]);
        index.element(tlv::SEQUENCE, &[]);
    });
    let outcome = at(&with_index(&message, Some(index)), LATER);
    assert!(outcome.shortfall().unwrap().detail.contains("more than 256 entries"));
    // [CAD-005]
    let lists: Vec<_> = (0..=limits::ARCHIVED_CRLS_MAX as i64).map(|n| around(NOW + n)).collect();
    let refused = with_validation_data(&message, &[], &lists).err().map(|error| error.code());
    assert_eq!(refused, Some("too-many"));
    // [CAD-013]
    let now = LocalTime::from_unix(LATER);
    let v = Verification { crls: &lists, now, ..HOUSE.verification() };
    assert_eq!(code(&verify_archived(&message, None, &v)), ("INDETERMINATE", "TRY_LATER"));
}

#[test]
fn no_changed_bit_of_an_archived_message_is_accepted() {
    let message = WORLD.archived();
    // Every third octet, another bit each time: each verdict costs a dozen signatures.
    for octet in (0..message.len()).step_by(3) {
        let mut changed = message.clone();
        changed[octet] ^= 1 << (octet / 3 % 8);
        assert!(at(&changed, LATER).passed().is_err(), "octet {octet} of {}", message.len());
    }
    for end in (0..message.len()).step_by(97) {
        assert!(at(&message[..end], LATER).passed().is_err());
    }
}
