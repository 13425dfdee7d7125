//! Evidence: its components, and what makes it believable.

use super::*;
use crate::delivery::{receive, reject_relay};
use crate::disclosure::Assurance;
use crate::testing::{NOW, World, metadata, rng};
use sealpost_cms::verdict::Outcome;

/// A good evidence of event B.1, to be broken in one place at a time.
fn relay_acceptance() -> Evidence {
    let step = receive(metadata(ConsignmentMode::Signed));
    step.evidence.issue(
        &World::new("south.example").issuer(),
        ClaimedTime::from_unix(NOW),
        &mut rng(),
    )
}

fn broken(change: impl FnOnce(&mut Evidence)) -> &'static str {
    let mut evidence = relay_acceptance();
    change(&mut evidence);
    evidence.check().expect_err("the change breaks a rule").check
}

#[test]
fn every_rule_of_table_13_is_checked() {
    relay_acceptance().check().unwrap();
    assert_eq!(broken(|e| e.version = "2".to_owned()), "EVD-010");
    assert_eq!(broken(|e| e.evidence_id = "1@north.example".to_owned()), "EVD-011");
    assert_eq!(broken(|e| e.reasons.clear()), "EVD-012");
    assert_eq!(broken(|e| e.reasons[0].details.clear()), "EVD-013");
    assert_eq!(broken(|e| e.issuer_policies.clear()), "EVD-014");
    assert_eq!(broken(|e| e.issuer.organisation.clear()), "EVD-015");
    assert_eq!(broken(|e| e.sender.digests.clear()), "EVD-016");
    assert_eq!(broken(|e| e.recipients.clear()), "EVD-017");
    assert_eq!(broken(|e| e.refers_to_recipient = Some(1)), "EVD-018");
    assert_eq!(broken(|e| e.sender.assurance = None), "EVD-019");
    assert_eq!(broken(|e| e.external_erds = None), "EVD-022");
    assert_eq!(broken(|e| e.decision_sha256 = Some(Digest::of(b""))), "EVD-023");
    assert_eq!(broken(|e| e.disclosure_algorithm = "md5".to_owned()), "EVD-024");
}

#[test]
fn evd_020_evd_021_some_components_belong_to_some_events() {
    let handover = |change: fn(&mut Evidence)| {
        broken(|e| {
            e.event = Event::ContentHandover;
            e.external_erds = None;
            e.refers_to_recipient = Some(1);
            e.recipients[0].assurance = Some(Assurance::Low);
            change(e);
        })
    };
    assert_eq!(handover(|e| e.recipients[0].assurance = None), "EVD-020");
    assert_eq!(handover(|e| e.refers_to_recipient = Some(2)), "EVD-018");
    let submission = broken(|e| {
        e.event = Event::SubmissionAcceptance;
        e.external_erds = None;
        e.submission_time = None;
    });
    assert_eq!(submission, "EVD-021");
}

#[test]
fn a_signed_evidence_is_believed_with_its_proven_time() {
    let south = World::new("south.example");
    let signed = south.issue(&receive(metadata(ConsignmentMode::Basic)).evidence, NOW);
    let evidence = verify_evidence(&signed, &south.verification()).passed().unwrap();
    assert_eq!(evidence.get().event, Event::RelayAcceptance);
    assert_eq!(evidence.finding().proven_time.map(|time| time.unix()), Some(NOW));
}

#[test]
fn evd_030_a_provider_cannot_speak_for_another() {
    let south = World::new("south.example");
    let draft = receive(metadata(ConsignmentMode::Basic)).evidence;
    let forged =
        draft.issue(&World::new("north.example").issuer(), ClaimedTime::from_unix(NOW), &mut rng());
    let signed = south.sign(&forged.to_json(), &south.seal, NOW);
    assert!(matches!(verify_evidence(&signed, &south.verification()), Outcome::TotalFailed(_)));
}

#[test]
fn evd_031_a_back_dated_evidence_is_refused() {
    let south = World::new("south.example");
    let draft = receive(metadata(ConsignmentMode::Basic)).evidence;
    let early = draft.issue(&south.issuer(), ClaimedTime::from_unix(NOW - 61), &mut rng());
    let signed = south.sign(&early.to_json(), &south.seal, NOW);
    let Outcome::TotalFailed(shortfall) = verify_evidence(&signed, &south.verification()) else {
        panic!("back-dated by 61 seconds")
    };
    assert_eq!(shortfall.sub.code(), "SEALPOST_MISMATCH");
}

#[test]
fn evd_032_an_evidence_is_about_one_letter_on_one_way() {
    let letter = metadata(ConsignmentMode::Signed);
    let issuer = World::new("south.example").issuer();
    let evidence =
        receive(letter.clone()).evidence.issue(&issuer, ClaimedTime::from_unix(NOW), &mut rng());
    assert!(about_same_letter(&evidence, &letter));
    assert!(!about_same_letter(&evidence, &metadata(ConsignmentMode::Signed)));
    let other_body = RelayMetadataChange::body(&letter);
    assert!(!about_same_letter(&evidence, &other_body));
}

/// One letter with one field changed.
struct RelayMetadataChange;

impl RelayMetadataChange {
    fn body(letter: &crate::relay::RelayMetadata) -> crate::relay::RelayMetadata {
        crate::relay::RelayMetadata {
            body: Some(PartDigest::of(b"another body")),
            ..letter.clone()
        }
    }
}

#[test]
fn a_rejection_says_why_in_the_words_of_the_standard_and_in_our_code() {
    let letter = metadata(ConsignmentMode::Basic);
    let draft = reject_relay(&letter, crate::delivery::RelayRejection::UnknownRecipient).evidence;
    let evidence =
        draft.issue(&World::new("south.example").issuer(), ClaimedTime::from_unix(NOW), &mut rng());
    assert_eq!(evidence.reason().map(Reason::code), Some("RB10"));
    assert_eq!(evidence.reasons[0].details, ["RB10", "unknown-recipient"]);
}

#[test]
fn names_never_appear_in_evidence() {
    let json = String::from_utf8(relay_acceptance().to_json()).unwrap();
    assert!(!json.contains("anna") && !json.contains("bert"));
}
