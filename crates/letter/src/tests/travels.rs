//! Letters that arrive, in all modes.

use super::house::{House, entity_in};
use crate::error::OpenError;
use crate::open::open_body;
use crate::padding::padme;
use sealpost_cms::enveloped::AuthEnveloped;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::ConsignmentMode::{Basic, Consent, Signed};
use sealpost_erds::slip::{ReplyPath, Share};
use sealpost_experiment::Registry;

#[test]
fn in_every_mode_to_cc_and_blind_recipients_read_what_the_sender_wrote() {
    let house = House::new();
    for mode in [Basic, Consent, Signed] {
        let draft = house.draft(mode, &[&house.bert], &[&house.cleo], &[&house.dora]);
        let submissions = house.send(&draft);
        let [shared, blind] = submissions.as_slice() else {
            panic!("{} submissions", submissions.len())
        };
        for (sent, person) in [(shared, &house.bert), (shared, &house.cleo), (blind, &house.dora)] {
            let letter =
                sent.to(person).letter(&house, person, sent.body.as_deref()).passed().unwrap();
            assert!(letter.finding().proven_time.is_some());
            let content = letter.get();
            assert_eq!(content.from(), &draft.sender);
            assert_eq!((content.to(), content.cc()), (draft.to.as_slice(), draft.cc.as_slice()));
            assert_eq!(content.subject(), draft.subject);
            assert_eq!(content.text(), draft.text);
            assert_eq!(content.attachments(), draft.attachments);
            assert_eq!(content.date(), ClaimedTime::from_unix(super::house::NOW));
            assert_eq!(content.is_blind_copy(), person.address == house.dora.address);
            assert_eq!(content.commitment(), sent.prepared.head.content_commitment);
        }
        assert_ne!(shared.prepared.head.letter_id, blind.prepared.head.letter_id);
        assert_ne!(shared.prepared.head.sender, blind.prepared.head.sender);
    }
}

#[test]
fn a_letter_to_blind_recipients_only_names_nobody() {
    let house = House::new();
    let submissions = house.send(&house.draft(Basic, &[], &[], &[&house.bert, &house.dora]));
    assert_eq!(submissions.len(), 2);
    let letter = submissions[0].to(&house.bert).letter(&house, &house.bert, None).passed().unwrap();
    assert!(letter.get().to().is_empty() && letter.get().is_blind_copy());
}

#[test]
fn an_empty_letter_and_one_with_many_attachments_arrive() {
    let house = House::new();
    let mut draft = house.draft(Basic, &[&house.bert], &[], &[]);
    (draft.subject, draft.text, draft.attachments) = (String::new(), String::new(), Vec::new());
    draft.time_stamp = false;
    let sent = house.send(&draft).remove(0);
    let letter = sent.to(&house.bert).letter(&house, &house.bert, None).passed().unwrap();
    assert_eq!((letter.get().subject(), letter.get().text()), ("", ""));
    assert!(letter.finding().proven_time.is_none());

    let file = house.draft(Basic, &[], &[], &[]).attachments.remove(0);
    draft.attachments = (0..crate::limits::ATTACHMENTS_MAX)
        .map(|n| crate::Attachment {
            file_name: format!("{n}.bin"),
            octets: vec![n as u8; n],
            ..file.clone()
        })
        .collect();
    let sent = house.send(&draft).remove(0);
    let letter = sent.to(&house.bert).letter(&house, &house.bert, None).passed().unwrap();
    assert_eq!(letter.get().attachments(), draft.attachments);
}

#[test]
fn a_notice_shows_exactly_what_the_sender_allows() {
    let house = House::new();
    for shown in [true, false] {
        let mut draft = house.draft(Signed, &[&house.bert], &[&house.cleo], &[&house.dora]);
        (draft.show_subject, draft.show_recipients) = (shown, shown);
        let submissions = house.send(&draft);
        let notice = submissions[0].to(&house.bert).notice(&house, &house.bert).passed().unwrap();
        let notice = notice.get();
        assert_eq!(notice.sender(), &draft.sender);
        assert_eq!(notice.subject(), shown.then_some(draft.subject.as_str()));
        assert_eq!(notice.visible_recipients().map(<[_]>::len), shown.then_some(2));
        assert_eq!(notice.text().contains(&draft.subject), shown);
        assert_eq!(notice.text().contains("cleo@"), shown);
        assert_eq!((notice.attachments(), notice.attachments_octets()), (1, 3000));
        assert_eq!(Some(notice.deadline()), draft.deadline);
        assert_eq!(notice.releaser().as_str(), "south.example");
        assert!(!notice.is_blind_copy() && !notice.text().contains("kündige"));
        let blind = submissions[1].to(&house.dora).notice(&house, &house.dora).passed().unwrap();
        assert!(blind.get().is_blind_copy() && blind.get().text().contains("blind copy"));
    }
}

#[test]
fn a_blind_recipient_is_in_no_byte_that_others_can_read() {
    let house = House::new();
    for mode in [Basic, Consent, Signed] {
        let submissions =
            house.send(&house.draft(mode, &[&house.bert], &[&house.cleo], &[&house.dora]));
        let (shared, blind) = (&submissions[0], &submissions[1]);
        let dora = &house.dora;
        let blind_delivery = blind.to(dora);
        let mut traces: Vec<Vec<u8>> = vec![
            b"dora.secret".to_vec(),
            b"Dora".to_vec(),
            dora.encryption.1.serial().to_vec(),
            dora.encryption.1.spki_sha256().to_vec(),
            dora.encryption.1.spki_der(),
            blind.prepared.head.letter_id.as_array().to_vec(),
            blind.prepared.head.letter_id.hex().into_bytes(),
            blind_delivery.metadata.dispatch_id.as_array().to_vec(),
            blind_delivery.metadata.dispatch_id.hex().into_bytes(),
            blind_delivery.slip.recipient.encoded().as_bytes().to_vec(),
            blind_delivery.slip.recipient.digest().as_str().as_bytes().to_vec(),
        ];
        traces.push(crate::binding::LetterBinding::to_der(
            blind.letter_binding(&house, dora).as_ref().unwrap(),
        ));
        for person in [&house.bert, &house.cleo] {
            let delivery = shared.to(person);
            let mut readable = vec![
                shared.prepared.head.to_json(),
                delivery.metadata.to_json(),
                delivery.enveloped.clone(),
                delivery.carried().octets().to_vec(),
                delivery.decrypted_by(person).claims().signed_data().to_vec(),
                serde_json::to_vec(&delivery.slip).unwrap(),
            ];
            let letter = delivery.letter(&house, person, shared.body.as_deref()).passed().unwrap();
            readable.push(letter.get().mime().to_vec());
            readable.extend(
                letter.get().attachments().iter().map(|attachment| attachment.octets.clone()),
            );
            readable.push(letter.get().parties().to_json());
            readable.extend(shared.body.clone());
            // The manifest of the notice, or in basic mode the letter's own parts.
            let signed = delivery.decrypted_by(person);
            let entity = entity_in(signed.claims().signed_data());
            readable.extend(entity.parts.into_iter().map(|part| part.octets));
            readable.push(entity.text.into_bytes());
            for (index, trace) in traces.iter().enumerate() {
                let found = readable
                    .iter()
                    .any(|octets| octets.windows(trace.len()).any(|window| window == trace));
                assert!(!found, "trace {index} of the blind recipient in {mode:?}");
            }
            // Base64 lines hide nothing: the decoded parts were searched above.
            assert!(
                !letter
                    .get()
                    .parties()
                    .recipients
                    .iter()
                    .any(|party| party.address == dora.address)
            );
        }
    }
}

#[test]
fn both_halves_are_needed_to_open_a_locked_body() {
    let house = House::new();
    let sent = house.send(&house.draft(Signed, &[&house.bert], &[], &[])).remove(0);
    let delivery = sent.to(&house.bert);
    let notice = delivery.notice(&house, &house.bert).passed().unwrap();
    let (own, release) =
        (notice.get().recipient_share(), delivery.slip.release_share.as_ref().unwrap());
    let body = sent.body.as_deref().unwrap();
    let wrong = Share::from_array([0; 32]);
    for (recipient_share, release_share) in [(own, &wrong), (&wrong, release), (release, own)] {
        let opened = open_body(
            body,
            &delivery.metadata,
            recipient_share,
            release_share,
            &Registry::default(),
        );
        assert_eq!(opened.unwrap_err(), OpenError::Unauthentic);
    }
    assert!(open_body(body, &delivery.metadata, own, release, &Registry::default()).is_ok());
    let shares = sent.prepared.record.shares.as_ref().unwrap();
    assert_eq!((&shares.recipient, &shares.release), (own, release));
}

#[test]
fn the_slip_opens_the_way_and_the_reply_path_leads_to_the_sender() {
    let house = House::new();
    let sent = house.send(&house.draft(Consent, &[&house.bert], &[], &[])).remove(0);
    let delivery = sent.to(&house.bert);
    assert!(delivery.metadata.recipient.is_opened_by(&delivery.slip.recipient));
    let north = &house.routing_keys[&house.anna.address.domain()];
    let path =
        ReplyPath::open(north, delivery.metadata.dispatch_id, &delivery.slip.reply_path).unwrap();
    assert_eq!(path.mailbox, house.anna.address);
    let south = &house.routing_keys[&house.bert.address.domain()];
    assert!(
        ReplyPath::open(south, delivery.metadata.dispatch_id, &delivery.slip.reply_path).is_err()
    );
}

#[test]
fn the_record_returns_from_an_archive_and_tells_nothing_to_a_log() {
    let house = House::new();
    for mode in [Basic, Signed] {
        let sent = house.send(&house.draft(mode, &[&house.bert], &[&house.cleo], &[])).remove(0);
        let record = &sent.prepared.record;
        let json = serde_json::to_vec(record).unwrap();
        let read: crate::SentRecord = serde_json::from_slice(&json).unwrap();
        assert_eq!(read, *record);
        assert_eq!(read.reference.as_deref(), Some("Az. 17"));
        assert_eq!(read.recipients.len(), 2);
        let debug = format!("{record:?} {:?} {:?}", record.recipients, record.sender);
        assert!(!debug.contains("anna") && !debug.contains("bert") && !debug.contains("Kündigung"));
    }
}

#[test]
fn letters_of_similar_length_look_alike() {
    let house = House::new();
    let mut sizes = Vec::new();
    for text in ["short", "a little longer, but not by much"] {
        let mut draft = house.draft(Signed, &[&house.bert], &[], &[]);
        draft.text = text.to_owned();
        draft.show_subject = text == "short";
        let sent = house.send(&draft).remove(0);
        let body =
            AuthEnveloped::from_der(sent.body.as_ref().unwrap()).unwrap().ciphertext().len() as u64;
        assert_eq!(padme(body), body);
        sizes.push(sent.deliveries[0].enveloped.len());
    }
    assert_eq!(sizes[0], sizes[1]);
}
