//! Letters that do not arrive, and why.

use super::house::{Delivery, House, NOW, Person, Sent, rng};
use crate::Suite;
use crate::binding::LetterBinding;
use crate::encrypt::write_enveloped;
use crate::error::{EncryptError, Mismatch, OpenError};
use crate::layered::Inside;
use crate::limits::LETTER_OCTETS_MIN;
use crate::mime::smime::Encoding;
use crate::open::{
    Carried, Reader, SignedMessage, open_body, open_carrier, verify_letter, verify_notice,
};
use proptest::prelude::*;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{
    ContentAlgorithm, ContentKey, KeyEncryptionKey, RecipientSlot, seal, seal_with,
};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::policy::ContentEncryption;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_cms::verdict::{Outcome, Unverified};
use sealpost_erds::ConsignmentMode::{Basic, Consent, Signed};
use sealpost_erds::relay::{PartDigest, RelayMetadata};
use sealpost_erds::slip::Share;
use sealpost_erds::{Digest, DispatchId, Domain, LetterId};
use sealpost_experiment::Registry;

/// The code at the beginning of a shortfall.
fn code<T>(outcome: Outcome<T>) -> String {
    assert_eq!(outcome.indication(), "TOTAL-FAILED");
    let detail = outcome.shortfall().unwrap().detail.clone();
    detail.split(':').next().unwrap().to_owned()
}

fn basic(house: &House) -> Sent {
    house.send(&house.draft(Basic, &[&house.bert], &[&house.cleo], &[])).remove(0)
}

fn registered(house: &House) -> Sent {
    house.send(&house.draft(Signed, &[&house.bert], &[&house.cleo], &[])).remove(0)
}

/// Signs a content as if this crate had composed it.
pub(super) fn sign(
    content: &[u8],
    signer: &(SigningKey, Certificate),
    binding: &LetterBinding,
) -> Unverified<SignedMessage> {
    let now = ClaimedTime::from_unix(NOW);
    let request =
        request_signature(ContentRef::of(content), None, &signer.1, now, &[binding.to_attribute()]);
    let answer = signer.0.answer(&request);
    let signature = request.answered(answer).unwrap();
    let signed_data = signature.attached(content, std::slice::from_ref(&signer.1), &[]);
    SignedMessage::from_signed_data(signed_data)
}

#[test]
fn a_wrong_reader_opens_nothing() {
    let house = House::new();
    let sent = basic(&house);
    let carried = sent.to(&house.bert).carried();
    assert_eq!(carried.key_request(&house.cleo.encryption.1).err(), Some(OpenError::NotForReader));
    let request = carried.key_request(&house.bert.encryption.1).unwrap();
    let answer = house.cleo.encryption.0.answer(&request).unwrap();
    assert_eq!(carried.decrypt(request, answer).unwrap_err(), OpenError::Unauthentic);
    let delivery = sent.to(&house.bert);
    let wrong = Share::from_array([0; 32]);
    assert_eq!(
        open_carrier(&delivery.enveloped, &delivery.metadata, &wrong).unwrap_err(),
        OpenError::Unauthentic
    );
}

#[test]
fn let_061_only_the_announced_octets_are_opened() {
    let house = House::new();
    let sent = registered(&house);
    let delivery = sent.to(&house.bert);
    let other = registered(&house);
    let carrier_key = &delivery.slip.carrier_key;
    let opened = open_carrier(&other.to(&house.bert).enveloped, &delivery.metadata, carrier_key);
    assert_eq!(opened.unwrap_err(), OpenError::OtherPart);
    // A body whose digest differs from the notice.
    let notice = delivery.notice(&house, &house.bert).passed().unwrap();
    let (own, release) =
        (notice.get().recipient_share(), delivery.slip.release_share.as_ref().unwrap());
    let opened = open_body(
        other.body.as_ref().unwrap(),
        &delivery.metadata,
        own,
        release,
        &Registry::default(),
    );
    assert_eq!(opened.unwrap_err(), OpenError::OtherPart);
    let huge = vec![0; crate::limits::PART_OCTETS_MAX + 1];
    assert_eq!(
        open_carrier(&huge, &delivery.metadata, carrier_key).unwrap_err().code(),
        "part-too-large"
    );
    let basic = basic(&house);
    let metadata = &basic.to(&house.bert).metadata;
    assert_eq!(
        open_body(&huge, metadata, own, release, &Registry::default()).unwrap_err(),
        OpenError::NoBody
    );
}

#[test]
fn let_062_a_second_recipient_inside_is_refused() {
    let house = House::new();
    let key = ContentKey::generate(&mut rng());
    let slots = [
        RecipientSlot::Certificate(&house.bert.encryption.1),
        RecipientSlot::Certificate(&house.cleo.encryption.1),
    ];
    let two = seal(b"for two", &slots, &key, &mut rng()).unwrap();
    assert_eq!(Carried::from_octets(two).unwrap_err(), OpenError::RecipientCount { count: 2 });
    let share = Share::random(&mut rng());
    let kek = KeyEncryptionKey::from_bytes(*share.expose());
    let sent = basic(&house);
    let mut metadata = sent.to(&house.bert).metadata.clone();
    let slot = |id| RecipientSlot::KeyEncryption { id, kek: &kek };
    let slots = [slot(metadata.dispatch_id.as_array()), slot(b"somebody's hidden id")];
    let outer = seal(b"for two", &slots, &key, &mut rng()).unwrap();
    metadata.enveloped = PartDigest::of(&outer);
    let opened = open_carrier(&outer, &metadata, &share);
    assert_eq!(opened.unwrap_err(), OpenError::RecipientCount { count: 2 });
}

#[test]
fn let_070_a_letter_with_a_shorter_key_is_refused() {
    let house = House::new();
    let short = ContentAlgorithm::plain(ContentEncryption::Aes128Gcm);
    let key = ContentKey::generate_for(short.encryption(), &mut rng());
    let slots = [RecipientSlot::Certificate(&house.bert.encryption.1)];
    let sealed = seal_with(short, b"short", &slots, &key, &mut rng()).unwrap();
    assert_eq!(Carried::from_octets(sealed).unwrap_err().code(), "enveloped-malformed");
}

#[test]
fn let_060_the_outer_layer_names_nobody() {
    let house = House::new();
    let sent = basic(&house);
    let certificate = &house.bert.encryption.1;
    let enveloped = &sent.to(&house.bert).enveloped;
    for trace in [certificate.serial(), &certificate.issuer_der()[..], b"bert"] {
        assert!(!enveloped.windows(trace.len()).any(|window| window == trace));
        let inner = sent.to(&house.bert).carried();
        let inside = inner.octets().windows(trace.len()).any(|window| window == trace);
        assert_eq!(inside, trace != b"bert");
    }
}

#[test]
fn let_065_a_letter_forwarded_under_another_encryption_is_refused() {
    let house = House::new();
    let sent = basic(&house);
    // Bert decrypts and encrypts the signed letter again for Dora.
    let delivery = sent.to(&house.bert);
    let message = delivery.decrypted_by(&house.bert);
    let inside =
        Inside::of(None, message.claims().signed_data(), Encoding::Base64, LETTER_OCTETS_MIN);
    let mut out = Vec::new();
    let id = delivery.metadata.dispatch_id;
    let key = ContentKey::generate(&mut rng());
    let (enveloped, carrier) =
        write_enveloped(&inside, key, &house.dora.encryption.1, id, &mut out, &mut rng()).unwrap();
    let metadata = RelayMetadata { enveloped, ..delivery.metadata.clone() };
    let mut slip = delivery.slip.clone();
    slip.carrier_key = carrier;
    let forwarded = Delivery { metadata, enveloped: out, slip };
    assert_eq!(code(forwarded.letter(&house, &house.dora, None)), "reader-not-bound");
}

#[test]
fn let_064_066_067_068_a_letter_must_be_the_one_that_evidence_is_about() {
    // LET-064, LET-066, LET-067 and LET-068, one field changed for each.
    let house = House::new();
    let sent = basic(&house);
    let delivery = sent.to(&house.bert);
    let message = delivery.decrypted_by(&house.bert);
    let read = |metadata: &RelayMetadata, person: &Person| {
        let reader =
            Reader { address: &person.address, certificate: &person.encryption.1, metadata };
        code(verify_letter(&message, &reader, &house.verification()))
    };
    let metadata = || delivery.metadata.clone();
    let (bert, cleo) = (&house.bert, &house.cleo);
    assert_eq!(
        read(&RelayMetadata { letter_id: LetterId::from_array([1; 16]), ..metadata() }, bert),
        "other-letter"
    );
    let digest = Digest::of(b"another");
    assert_eq!(
        read(&RelayMetadata { content_commitment: digest, ..metadata() }, bert),
        "other-content"
    );
    assert_eq!(read(&metadata(), cleo), "other-dispatch");
    let dispatch_id = DispatchId::from_array([1; 16]);
    assert_eq!(read(&RelayMetadata { dispatch_id, ..metadata() }, bert), "other-dispatch");
    let (sender, recipient) = (metadata().sender, metadata().recipient);
    assert_eq!(read(&RelayMetadata { sender: recipient, ..metadata() }, bert), "sender-disclosure");
    assert_eq!(
        read(&RelayMetadata { recipient: sender, ..metadata() }, bert),
        "recipient-disclosure"
    );
}

#[test]
fn not_004_to_012_a_notice_must_tell_what_the_providers_tell() {
    let house = House::new();
    let sent = registered(&house);
    let delivery = sent.to(&house.bert);
    let message = delivery.decrypted_by(&house.bert);
    let read = |metadata: &RelayMetadata, person: &Person| {
        let reader =
            Reader { address: &person.address, certificate: &person.encryption.1, metadata };
        code(verify_notice(&message, &reader, &house.verification()))
    };
    let metadata = || delivery.metadata.clone();
    let (bert, cleo) = (&house.bert, &house.cleo);
    let letter_id = LetterId::from_array([1; 16]);
    assert_eq!(read(&RelayMetadata { letter_id, ..metadata() }, bert), "other-letter"); // NOT-004
    assert_eq!(read(&metadata(), cleo), "reader-not-bound"); // NOT-005
    // NOT-006: the same notice, replayed on another way.
    let dispatch_id = sent.to(cleo).metadata.dispatch_id;
    assert_eq!(read(&RelayMetadata { dispatch_id, ..metadata() }, bert), "other-dispatch");
    assert_eq!(read(&RelayMetadata { mode: Consent, ..metadata() }, bert), "other-mode"); // NOT-007
    let deadline = Some(Deadline::from_unix(NOW));
    assert_eq!(read(&RelayMetadata { deadline, ..metadata() }, bert), "other-deadline"); // NOT-008
    let body = Some(PartDigest::of(b"another"));
    assert_eq!(read(&RelayMetadata { body, ..metadata() }, bert), "other-body"); // NOT-009
    let content_commitment = Digest::of(b"another");
    assert_eq!(read(&RelayMetadata { content_commitment, ..metadata() }, bert), "other-content"); // NOT-010
    let recipient_erds = Domain::parse("west.example").unwrap();
    assert_eq!(read(&RelayMetadata { recipient_erds, ..metadata() }, bert), "other-releaser"); // NOT-011
    let (sender, recipient) = (metadata().sender, metadata().recipient);
    assert_eq!(read(&RelayMetadata { sender: recipient, ..metadata() }, bert), "sender-disclosure");
    assert_eq!(
        read(&RelayMetadata { recipient: sender, ..metadata() }, bert),
        "recipient-disclosure"
    );
    // NOT-012
    let reader =
        Reader { address: &cleo.address, certificate: &bert.encryption.1, metadata: &metadata() };
    assert_eq!(
        code(verify_notice(&message, &reader, &house.verification())),
        Mismatch::Parties.code()
    );
    // The notice of another letter.
    let other = registered(&house);
    let outcome = verify_notice(
        &other.to(bert).decrypted_by(bert),
        &delivery.reader(bert),
        &house.verification(),
    );
    assert_eq!(code(outcome), "other-letter");
}

#[test]
fn let_063_a_letter_signed_by_somebody_else_than_its_from_is_refused() {
    let house = House::new();
    let sent = basic(&house);
    let delivery = sent.to(&house.bert);
    let letter = delivery.letter(&house, &house.bert, None).passed().unwrap();
    let (mime, binding) = (letter.get().mime(), letter.get().binding());
    let verify =
        |message| verify_letter(&message, &delivery.reader(&house.bert), &house.verification());
    assert!(verify(sign(mime, &house.anna.signing, binding)).passed().is_ok());
    assert_eq!(code(verify(sign(mime, &house.cleo.signing, binding))), "signer-other-address");
    let impostor = super::house::person(&house.root, "anna@north.example", "Anna Other");
    assert_eq!(code(verify(sign(mime, &impostor.signing, binding))), "signer-other-name");
    // A key that is not for signing letters: no mismatch of ours, the path does not hold.
    assert!(verify(sign(mime, &house.anna.authentication, binding)).passed().is_err());
    let stranger = super::house::person(&House::new().root, "anna@north.example", "Anna Ädler");
    assert_eq!(verify(sign(mime, &stranger.signing, binding)).indication(), "INDETERMINATE");
}

#[test]
fn a_letter_that_needs_acceptance_needs_a_time_stamp() {
    let house = House::new();
    let sent = registered(&house);
    let delivery = sent.to(&house.bert);
    let letter = delivery.letter(&house, &house.bert, sent.body.as_deref()).passed().unwrap();
    let unstamped = sign(letter.get().mime(), &house.anna.signing, letter.get().binding());
    let outcome = verify_letter(&unstamped, &delivery.reader(&house.bert), &house.verification());
    assert_eq!(outcome.shortfall().unwrap().sub.code(), "NO_POE");
    assert_eq!(outcome.indication(), "INDETERMINATE");
}

#[test]
fn let_051_as_many_keys_are_bound_as_recipients_are_named() {
    let house = House::new();
    let sent = basic(&house);
    let delivery = sent.to(&house.bert);
    let letter = delivery.letter(&house, &house.bert, None).passed().unwrap();
    let persons = [&house.bert, &house.cleo, &house.dora];
    let certificates = persons.map(|person| &person.encryption.1);
    // A third key would be somebody whom nobody else sees.
    let binding =
        LetterBinding::new(letter.get().letter_id(), Suite::Smime2019, certificates, &mut rng());
    let message = sign(letter.get().mime(), &house.anna.signing, &binding);
    let outcome = verify_letter(&message, &delivery.reader(&house.bert), &house.verification());
    assert_eq!(outcome.shortfall().unwrap().sub.code(), "FORMAT_FAILURE");
    // A visible recipient who is not named among the parties.
    let mime = String::from_utf8(letter.get().mime().to_vec()).unwrap();
    let mime = mime.replacen("Cc: cleo@south.example", "Cc: dora@south.example", 1);
    let message = sign(mime.as_bytes(), &house.anna.signing, letter.get().binding());
    let outcome = verify_letter(&message, &delivery.reader(&house.bert), &house.verification());
    assert_eq!(outcome.shortfall().unwrap().sub.code(), "FORMAT_FAILURE");
}

#[test]
fn a_letter_is_no_notice_and_a_notice_no_letter() {
    let house = House::new();
    let (basic, registered) = (basic(&house), registered(&house));
    let bert = &house.bert;
    let outcome = basic.to(bert).notice(&house, bert);
    assert_eq!(outcome.shortfall().unwrap().sub.code(), "FORMAT_FAILURE");
    let delivery = registered.to(bert);
    let verification = house.verification();
    let mut metadata = delivery.metadata.clone();
    (metadata.mode, metadata.body, metadata.deadline) = (Basic, None, None);
    let reader = Reader { metadata: &metadata, ..delivery.reader(bert) };
    let outcome = verify_letter(&delivery.decrypted_by(bert), &reader, &verification);
    assert_eq!(outcome.shortfall().unwrap().sub.code(), "FORMAT_FAILURE");
}

#[test]
fn answers_and_routing_keys_must_fit() {
    let house = House::new();
    let locked = |out: &mut Vec<u8>| {
        let composed = house.compose(&house.draft(Signed, &[&house.bert], &[], &[])).remove(0);
        let asked = composed.ask(house.anna.signers(), ClaimedTime::from_unix(NOW)).unwrap();
        let answer = house.anna.signing.0.answer(&asked.requests()[0]);
        let signed = asked.answered(vec![answer]).unwrap();
        let token = house.token(&signed.time_stamp_requests(|| 7)[0]);
        signed
            .time_stamped(vec![token], &house.verification())
            .unwrap()
            .lock(house.embedded(), out, &mut rng())
            .unwrap()
    };
    let mut out = Vec::new();
    let none = locked(&mut out).finish(vec![], house.routing(), &mut out, &mut rng());
    assert!(matches!(none, Err(EncryptError::SignatureAnswer)));
    let ready = locked(&mut out);
    let forged = ready
        .notice_signature_requests()
        .map(|request| house.bert.signing.0.answer(request))
        .collect();
    let forged = ready.finish(forged, house.routing(), &mut out, &mut rng());
    assert!(matches!(forged, Err(EncryptError::SignatureAnswer)));
    let ready = locked(&mut out);
    let answers = ready
        .notice_signature_requests()
        .map(|request| house.anna.signing.0.answer(request))
        .collect();
    let nowhere = std::collections::BTreeMap::new();
    let routing = crate::Routing { of: &nowhere, ..house.routing() };
    let unrouted = ready.finish(answers, routing, &mut out, &mut rng());
    assert!(matches!(unrouted, Err(EncryptError::RoutingKeyMissing)));
    // A token over something else.
    let composed = house.compose(&house.draft(Signed, &[&house.bert], &[], &[])).remove(0);
    let asked = composed.ask(house.anna.signers(), ClaimedTime::from_unix(NOW)).unwrap();
    let answer = house.anna.signing.0.answer(&asked.requests()[0]);
    let other = sealpost_cms::tsp::TimeStampRequest::new([7; 32], 7);
    assert!(
        asked
            .answered(vec![answer])
            .unwrap()
            .time_stamped(vec![house.token(&other)], &house.verification())
            .is_err()
    );
}

#[test]
fn a_full_disk_is_reported_as_ours() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let house = House::new();
    let mut draft = house.draft(Basic, &[&house.bert], &[], &[]);
    draft.time_stamp = false;
    let composed = house.compose(&draft).remove(0);
    let asked = composed.ask(house.anna.signers(), ClaimedTime::from_unix(NOW)).unwrap();
    let answer = house.anna.signing.0.answer(&asked.requests()[0]);
    let stamped = asked.answered(vec![answer]).unwrap().without_time_stamp().unwrap();
    let locked = stamped.lock(house.embedded(), &mut Full, &mut rng()).unwrap();
    let error = locked.finish(vec![], house.routing(), &mut Full, &mut rng()).unwrap_err();
    assert_eq!(error.code(), "write-failed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_changed_byte_is_found(at in any::<prop::sample::Index>(), flip in 1u8..) {
        thread_local!(static LETTER: (House, Sent, Sent) = {
            let house = House::new();
            let (basic, registered) = (basic(&house), registered(&house));
            (house, basic, registered)
        });
        LETTER.with(|(house, basic, registered)| {
            let bert = &house.bert;
            for sent in [basic, registered] {
                // The outer layer, with evidence that was tampered with just as well.
                let mut delivery = sent.to(bert).clone();
                let index = at.index(delivery.enveloped.len());
                delivery.enveloped[index] ^= flip;
                let opened = open_carrier(&delivery.enveloped, &delivery.metadata, &delivery.slip.carrier_key);
                prop_assert_eq!(opened.unwrap_err(), OpenError::OtherPart);
                delivery.metadata.enveloped = PartDigest::of(&delivery.enveloped);
                prop_assert!(open_carrier(&delivery.enveloped, &delivery.metadata, &delivery.slip.carrier_key).is_err());
                // The inner layer.
                let mut inner = sent.to(bert).carried().octets().to_vec();
                let index = at.index(inner.len());
                inner[index] ^= flip;
                if let Ok(carried) = Carried::from_octets(inner) {
                    let opened = carried.key_request(&bert.encryption.1).and_then(|request| {
                        let answer = bert.encryption.0.answer(&request).map_err(|_| OpenError::Unauthentic)?;
                        carried.decrypt(request, answer)
                    });
                    prop_assert!(opened.is_err());
                }
                // The signature and what it covers.
                let message = sent.to(bert).decrypted_by(bert);
                let mut signed_data = message.claims().signed_data().to_vec();
                let index = at.index(signed_data.len());
                signed_data[index] ^= flip;
                let message = SignedMessage::from_signed_data(signed_data);
                let delivery = sent.to(bert);
                // Certificates and lists that come along are not signed, and may change without
                // harm. Whatever still passes must say the same.
                let (reader, verification) = (delivery.reader(bert), house.verification());
                match sent.body {
                    None => {
                        let changed = verify_letter(&message, &reader, &verification).passed();
                        let letter = delivery.letter(house, bert, None).passed().unwrap();
                        prop_assert!(changed.is_err() || changed.is_ok_and(|changed| changed.get() == letter.get()));
                    }
                    Some(_) => {
                        let changed = verify_notice(&message, &reader, &verification).passed();
                        let notice = delivery.notice(house, bert).passed().unwrap();
                        prop_assert!(changed.is_err() || changed.is_ok_and(|changed| changed.get() == notice.get()));
                    }
                }
            }
            Ok(())
        })?;
    }
}
