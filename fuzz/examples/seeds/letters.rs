//! What travels and what proves it: submissions, dispatches, evidence, decisions, dossiers.

use crate::Seeds;
use crate::journey::{Course, Letter};
use crate::world::World;
use sealpost_cms::attributes::SEALPOST_LETTER_BINDING;
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_erds::ConsignmentMode::{Basic, Consent, Signed};
use sealpost_erds::Octets;
use sealpost_erds::delivery::{RelayRejection, reject_relay};
use sealpost_erds::format::to_json;
use sealpost_erds::relay::Receipt;
use sealpost_erds::slip::{RelaySlip, SlipBinding};
use sealpost_fuzz::{Repeatable, archive};
use sealpost_letter::chunked::ChunkedManifest;
use sealpost_letter::{Carried, ChunkSealer, open_carrier};
use sealpost_wire::api::{
    DecisionAnswer, DecisionRequest, HandoverRequest, LetterState, MailboxEvidence, MailboxLetter,
    MailboxPage, PeerAnswer, ReceiptBatch, RelayAnswer, SubmissionAnswer, Taken,
};
use sealpost_wire::framing::frame;

pub fn make(seeds: &Seeds, world: &World) {
    let basic = Letter::travelled(world, Basic, Course::HandedOver);
    let accepted = Letter::travelled(world, Signed, Course::HandedOver);
    let refused = Letter::travelled(world, Consent, Course::Refused);
    let expired = Letter::travelled(world, Consent, Course::Expired);
    for (name, letter) in [("basic", &basic), ("consent", &refused), ("signed", &accepted)] {
        travels(seeds, name, letter);
    }
    seeds.put("dispatch", "metadata.json", &accepted.metadata.to_json());
    for (name, letter) in [("refused", &refused), ("accepted", &accepted)] {
        let decision = letter.decision.as_ref().expect("it was decided");
        seeds.put("acceptance", &format!("{name}.p7m"), decision);
    }
    proves(seeds, world, [&basic, &accepted, &refused, &expired]);
    is_read(seeds, world, &basic, &accepted);
    is_shown(seeds, &basic, &accepted, &expired);
    is_spoken_of(seeds, world, &accepted);
}

fn travels(seeds: &Seeds, name: &str, letter: &Letter<'_>) {
    let parts: Vec<&[u8]> = letter.parts.iter().map(Vec::as_slice).collect();
    let head = letter.prepared.head.to_json();
    seeds.put("submission", &format!("{name}.bin"), &frame(&head, &parts));
    seeds.put("submission", &format!("{name}.json"), &head);
    let head = letter.dispatch().to_json();
    seeds.put("dispatch", &format!("{name}.bin"), &frame(&head, &parts));
    seeds.put("dispatch", &format!("{name}.json"), &head);
}

fn proves(seeds: &Seeds, world: &World, letters: [&Letter<'_>; 4]) {
    for (letter, name) in letters.into_iter().zip(["basic", "accepted", "refused", "expired"]) {
        for (index, evidence) in letter.evidence.iter().enumerate() {
            // The first two of each are alike, the others differ.
            if index > 1 || name == "accepted" {
                seeds.put("evidence", &format!("{name}_{index}.p7m"), evidence);
                seeds.put("evidence", &format!("{name}_{index}.json"), &content(evidence));
            }
        }
    }
    let step = reject_relay(&letters[0].metadata, RelayRejection::UnknownRecipient);
    let rejected = world.evidence(&world.south, &step.evidence);
    seeds.put("evidence", "rejected.json", &content(&rejected));
}

/// What the recipient decrypts and reads.
fn is_read(seeds: &Seeds, world: &World, basic: &Letter<'_>, accepted: &Letter<'_>) {
    let letter = &basic.prepared.signed_content;
    seeds.put("content", "letter.p7m", letter);
    seeds.put("content", "letter.eml", &content(letter));
    seeds.put("content", "accepted.p7m", &accepted.prepared.signed_content);
    let notice = decrypted(world, accepted);
    seeds.put("notice", "notice.p7m", &notice);
    seeds.put("notice", "notice.eml", &content(&notice));
    for (name, signed) in [("letter.der", letter), ("notice.der", &notice)] {
        let read = SignedData::from_der(signed, Limits::default()).expect("our own is read");
        let binding = read.claims().signed_attribute(SEALPOST_LETTER_BINDING);
        seeds.put("letter_binding", name, binding.expect("it is bound"));
    }
    seeds.put("chunked", "two.json", &large_attachments());
    seeds.put_kind("opening", "enveloped.bin", 0, accepted.enveloped());
    seeds.put_kind("opening", "body.bin", 0, &accepted.parts[0]);
    seeds.put_kind("opening", "inner.bin", 2, carried(world, accepted).octets());
    let entity = |signed: &[u8]| {
        let header = "Content-Type: application/pkcs7-mime; smime-type=signed-data; \
                      name=smime.p7m\r\nContent-Transfer-Encoding: binary\r\n\r\n";
        [header.as_bytes(), signed].concat()
    };
    seeds.put_kind("opening", "body_plaintext.bin", 1, &entity(letter));
    seeds.put_kind("opening", "message_plaintext.bin", 3, &entity(&notice));
    let decision = accepted.decision.as_ref().expect("it was decided");
    seeds.put_kind("opening", "reply.bin", 4, decision);
}

fn is_shown(seeds: &Seeds, basic: &Letter<'_>, accepted: &Letter<'_>, expired: &Letter<'_>) {
    let dossier = basic.dossier();
    seeds.put("asic", "basic.asice", &dossier);
    seeds.put("asic", "accepted.asice", &accepted.dossier());
    seeds.put("asic", "expired.asice", &expired.dossier());
    seeds.put("asic", "evidence.p7m", &accepted.evidence[3]);
    for (index, part) in archive::parts(&dossier).into_iter().enumerate() {
        let kind = u8::try_from(index).expect("a dossier of one recipient has few parts");
        let name = part.name.rsplit('/').next().unwrap_or_default();
        seeds.put_kind(
            "asic",
            &format!("part_{index:02}_{}", &name[..name.len().min(20)]),
            kind,
            &part.octets,
        );
    }
}

/// The messages of the API around a letter.
fn is_spoken_of(seeds: &Seeds, world: &World, letter: &Letter<'_>) {
    let octets = |octets: &[u8]| Octets(octets.to_vec());
    let decision = letter.decision.as_ref().expect("it was decided");
    let evidence = || octets(&letter.evidence[3]);
    let dispatch_id = letter.metadata.dispatch_id;
    let submitted = SubmissionAnswer { outcome: Taken::Accepted, evidence: vec![evidence()] };
    let request = DecisionRequest { decision: octets(decision), for_sender: Some(octets(b"..")) };
    let answer =
        DecisionAnswer { evidence: vec![evidence()], release_share: Some(octets(&[2; 32])) };
    let receipt = Receipt {
        reply_path: octets(&[3; 560]),
        dispatch_id,
        evidence: evidence(),
        attachment: Some(octets(b"..")),
    };
    let page = MailboxPage {
        letters: vec![MailboxLetter {
            metadata: letter.metadata.clone(),
            state: LetterState::Awaiting,
            carrier_key: octets(&[1; 32]),
            submission_evidence: octets(&letter.evidence[0]),
        }],
        evidence: vec![MailboxEvidence {
            id: 1,
            dispatch_id,
            evidence: evidence(),
            attachment: None,
        }],
        more: false,
    };
    let peer = PeerAnswer {
        domain: world.south.details.domain.clone(),
        root_certificate: octets(world.south.root.certificate.der()),
        discovery: octets(b".."),
    };
    let relayed = RelayAnswer { outcome: Taken::Rejected, evidence: evidence() };
    for (name, json) in [
        ("submission_answer", to_json(&submitted)),
        ("decision_request", to_json(&request)),
        ("decision_answer", to_json(&answer)),
        ("receipts", to_json(&ReceiptBatch { receipts: vec![receipt] })),
        ("mailbox", to_json(&page)),
        ("peer", to_json(&peer)),
        ("relay_answer", to_json(&relayed)),
        ("handover_request", to_json(&HandoverRequest { tell_sender: true })),
    ] {
        seeds.put("api", &format!("{name}.json"), &json);
    }
}

fn carried(world: &World, letter: &Letter<'_>) -> Carried {
    let consignment = &letter.prepared.head.consignments[0];
    let binding = SlipBinding::of_metadata(&letter.metadata);
    let slip = RelaySlip::open(&world.south.routing, &binding, &consignment.slip);
    let key = slip.expect("it is for this provider").carrier_key.clone();
    open_carrier(letter.enveloped(), &letter.metadata, &key).expect("it is the key")
}

fn decrypted(world: &World, letter: &Letter<'_>) -> Vec<u8> {
    let carried = carried(world, letter);
    let request = carried.key_request(&world.bert.encryption).expect("it is for him");
    let answer = world.bert.encryption_key.answer(&request).expect("a point of the curve");
    let message = carried.decrypt(request, answer).expect("it is for him");
    message.claims().signed_data().to_vec()
}

/// The octets inside a SignedData.
fn content(signed: &[u8]) -> Vec<u8> {
    let read = SignedData::from_der(signed, Limits::default()).expect("our own is read");
    read.claims().content().expect("it is attached").to_vec()
}

/// What a content says of two large attachments.
fn large_attachments() -> Vec<u8> {
    let mut rng = Repeatable::of("large attachments");
    let mut attachment = |name: &str, octets: usize| {
        let size = octets as u64;
        let mut sealer =
            ChunkSealer::new(name, "video/mp4", size, &mut rng).expect("it is allowed");
        while let Some(wanted) = sealer.wanted() {
            sealer.seal(vec![7; wanted], &mut rng).expect("as much as was wanted");
        }
        sealer.finish().expect("all of it is sealed")
    };
    let attachments = vec![attachment("film.mp4", 5 << 20), attachment("K\u{fc}che.mp4", 1)];
    ChunkedManifest::of(attachments).to_json()
}
