use super::*;
use crate::testing::{Provider, metadata};
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::ConsignmentMode;
use sealpost_erds::disclosure::Disclosure;
use sealpost_erds::relay::{PartDigest, SUBMISSION_VERSION, SubmittedConsignment};
use sealpost_erds::{Address, Octets};

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

#[test]
fn agt_009_evidence_counts_on_its_own_way_and_from_the_provider_that_may_state_it() {
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let metadata = metadata(ConsignmentMode::Signed);
    let way = Way::here(&metadata);
    for event in [Event::SubmissionAcceptance, Event::SubmissionRejection, Event::RelayFailure] {
        assert!(belongs(&north.states(event, &metadata), &way));
        assert!(!belongs(&south.states(event, &metadata), &way), "{event:?} by the wrong side");
    }
    for event in [Event::RelayAcceptance, Event::ConsignmentAcceptance, Event::ContentHandover] {
        assert!(belongs(&south.states(event, &metadata), &way));
        assert!(!belongs(&north.states(event, &metadata), &way), "{event:?} by the wrong side");
    }
    let other = crate::testing::metadata(ConsignmentMode::Signed);
    assert!(!belongs(&south.states(Event::ConsignmentAcceptance, &other), &way));
    let mixed = RelayMetadata { letter_id: other.letter_id, ..metadata };
    assert!(!belongs(&south.states(Event::ConsignmentAcceptance, &mixed), &way));
}

#[test]
fn agt_009_evidence_with_the_right_names_about_other_octets_does_not_count() {
    let south = Provider::new("south.example");
    let metadata = metadata(ConsignmentMode::Signed);
    let way = Way::here(&metadata);
    let other = crate::testing::metadata(ConsignmentMode::Signed);
    let part = Some(PartDigest::of(b"other"));
    for false_statement in [
        RelayMetadata { content_commitment: Digest::of(b"other"), ..metadata.clone() },
        RelayMetadata { enveloped: PartDigest::of(b"other"), ..metadata.clone() },
        RelayMetadata { body: part, ..metadata.clone() },
        RelayMetadata { sender: other.sender, ..metadata.clone() },
        RelayMetadata { recipient: other.recipient, ..metadata.clone() },
    ] {
        assert!(!belongs(&south.states(Event::ConsignmentAcceptance, &false_statement), &way));
    }
}

fn head() -> SubmissionHead {
    let rng = &mut crate::system_random();
    let about = metadata(ConsignmentMode::Basic);
    let sender = Disclosure::identifier(&Address::parse("anna@north.example").unwrap(), rng);
    let consignment = |name: &[u8]| SubmittedConsignment {
        dispatch_id: DispatchId::random(&mut crate::system_random()),
        domain: domain("south.example"),
        recipient: about.recipient.clone(),
        enveloped: PartDigest::of(name),
        slip: Octets::default(),
    };
    SubmissionHead {
        version: SUBMISSION_VERSION.to_owned(),
        letter_id: about.letter_id,
        mode: ConsignmentMode::Basic,
        deadline: None,
        content_commitment: about.content_commitment,
        body: None,
        objects: Vec::new(),
        sender: vec![sender],
        consignments: vec![consignment(b"one"), consignment(b"two")],
    }
}

#[test]
fn agt_004_the_answer_to_a_submission_is_about_all_that_was_handed_in_and_nothing_else() {
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let (head, own) = (head(), domain("north.example"));
    let sender = PartyReference::to(&head.sender, None);
    let answers = |by: &Provider, event: Event| -> Vec<Evidence> {
        let of = |consignment| {
            let time = ClaimedTime::from_unix(crate::testing::now());
            let metadata = RelayMetadata::of_submission(&head, consignment, &own, &sender, time);
            by.states(event, &metadata)
        };
        head.consignments.iter().map(of).collect()
    };
    let good = answers(&north, Event::SubmissionAcceptance);
    let judged = |answer: &[Evidence], outcome| answers_submission(answer, outcome, &head, &own);
    assert!(judged(&good, Taken::Accepted).is_ok());
    assert!(judged(&answers(&north, Event::SubmissionRejection), Taken::Rejected).is_ok());
    assert!(judged(&good, Taken::Rejected).is_err(), "the evidence says another thing");
    assert!(judged(&good[..1], Taken::Accepted).is_err(), "one recipient has none");
    assert!(judged(&[good[1].clone(), good[0].clone()], Taken::Accepted).is_err(), "mixed up");
    assert!(judged(&answers(&south, Event::SubmissionAcceptance), Taken::Accepted).is_err());
    assert!(judged(&answers(&north, Event::RelayAcceptance), Taken::Accepted).is_err());
    let mut other = good.clone();
    other[0].user_content.enveloped = PartDigest::of(b"other octets");
    assert!(judged(&other, Taken::Accepted).is_err(), "evidence about other octets");
    let mut other = good;
    other[0].user_content.content_commitment = Digest::of(b"other content");
    assert!(judged(&other, Taken::Accepted).is_err(), "evidence about another content");
}

#[test]
fn agt_010_the_answer_to_a_decision_is_about_this_letter_and_this_decision() {
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let metadata = metadata(ConsignmentMode::Signed);
    let sent = Digest::of(b"my acceptance");
    let events = [Event::ConsignmentAcceptance, Event::ContentConsignment];
    let answer = |by: &Provider, about: &RelayMetadata, decision: Digest| {
        let mut answer = events.map(|event| by.states(event, about)).to_vec();
        answer[0].decision_sha256 = Some(decision);
        answer
    };
    let judged = |answer: &[Evidence]| answers_recipient(answer, &events, &metadata, Some(sent));
    assert!(judged(&answer(&south, &metadata, sent)).is_ok());
    assert!(judged(&answer(&south, &metadata, Digest::of(b"another"))).is_err());
    assert!(judged(&answer(&north, &metadata, sent)).is_err());
    assert!(judged(&answer(&south, &metadata, sent)[..1]).is_err());
    let other = crate::testing::metadata(ConsignmentMode::Signed);
    assert!(judged(&answer(&south, &other, sent)).is_err(), "another letter's evidence");
    let body = Some(PartDigest::of(b"another body"));
    let other = RelayMetadata { body, ..metadata.clone() };
    assert!(judged(&answer(&south, &other, sent)).is_err(), "another body");
}
