//! The story of a letter, told by its transitions.

use super::*;
use crate::acceptance::{Decision, Verdict, verify_acceptance, verify_rejection};
use crate::disclosure::Assurance;
use crate::event::{Event, Reason};
use crate::evidence::verify_evidence;
use crate::ids::Digest;
use crate::limits::{DECISION_OCTETS_MAX, SIGNED_EVIDENCE_OCTETS_MAX};
use crate::mode::ConsignmentMode;
use crate::relay::RelayMetadata;
use crate::testing::{NOW, World, metadata};
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::limits::CRL_OCTETS_MAX;
use sealpost_cms::time::ClaimedTime;

const BERT: &str = "bert@south.example";

fn awaiting(metadata: RelayMetadata) -> Awaiting {
    let Received::Consent(received) = receive(metadata).next else { panic!("a consent mode") };
    received.notify().next
}

/// Bert's signed decision about `metadata`, made at `at`, by the key for `purpose`.
fn decide(
    south: &World,
    metadata: &RelayMetadata,
    verdict: Verdict,
    purpose: KeyPurpose,
    at: i64,
) -> Vec<u8> {
    let bert = south.person(BERT, purpose);
    south.sign(&Decision::about(metadata, verdict).unwrap().to_json(), &bert, at)
}

#[test]
fn a_basic_letter_is_received_consigned_and_handed_over() {
    let step = receive(metadata(ConsignmentMode::Basic));
    assert_eq!(step.evidence.event(), Event::RelayAcceptance);
    let Received::Basic(received) = step.next else { panic!("basic mode") };
    let step = received.consign();
    assert_eq!(step.evidence.event(), Event::ContentConsignment);
    assert_eq!(step.next.hand_over(Assurance::Low).evidence.event(), Event::ContentHandover);
}

#[test]
fn a_signed_letter_is_consigned_only_after_a_verified_acceptance() {
    let south = World::new("south.example");
    let letter = metadata(ConsignmentMode::Signed);
    let signed = decide(&south, &letter, Verdict::Accepted, KeyPurpose::LetterSignature, NOW + 50);
    let acceptance =
        verify_acceptance(&signed, letter.mode, &south.verification()).passed().unwrap();
    let step = awaiting(letter.clone())
        .accept(&acceptance, Digest::of(&signed), BERT, Assurance::Low)
        .unwrap();
    assert_eq!(step.evidence.event(), Event::ConsignmentAcceptance);
    let evidence = verify_evidence(&south.issue(&step.evidence, NOW + 51), &south.verification())
        .passed()
        .unwrap();
    assert_eq!(evidence.get().decision_sha256, Some(Digest::of(&signed)));
    assert_eq!(step.next.consign().evidence.event(), Event::ContentConsignment);
}

/// Decisions, evidence, discovery and registrations carry the revocation lists that prove them. A
/// provider that has revoked many certificates goes on as before.
#[test]
fn the_longest_revocation_list_fits_into_everything_that_carries_it() {
    let mut south = World::new("south.example");
    south.has_revoked_many();
    let letter = metadata(ConsignmentMode::Signed);
    let signed = decide(&south, &letter, Verdict::Accepted, KeyPurpose::LetterSignature, NOW + 50);
    assert!(signed.len() > 2 * south.crl.der().len());
    let verification = south.verification();
    assert!(verify_acceptance(&signed, letter.mode, &verification).passed().is_ok());
    let step = receive(letter);
    let evidence = south.issue(&step.evidence, NOW + 1);
    assert!(evidence.len() > 2 * south.crl.der().len());
    assert!(verify_evidence(&evidence, &verification).passed().is_ok());
    let around = 2 * (CRL_OCTETS_MAX - south.crl.der().len());
    assert!(evidence.len() + around <= SIGNED_EVIDENCE_OCTETS_MAX);
    assert!(signed.len() + around <= DECISION_OCTETS_MAX);
}

#[test]
fn acc_002_in_signed_mode_the_authentication_key_does_not_decide() {
    let south = World::new("south.example");
    let letter = metadata(ConsignmentMode::Signed);
    let signed = decide(&south, &letter, Verdict::Accepted, KeyPurpose::Authentication, NOW + 50);
    assert!(verify_acceptance(&signed, letter.mode, &south.verification()).passed().is_err());
    let letter = metadata(ConsignmentMode::Consent);
    let signed = decide(&south, &letter, Verdict::Accepted, KeyPurpose::Authentication, NOW + 50);
    assert!(verify_acceptance(&signed, letter.mode, &south.verification()).passed().is_ok());
}

#[test]
fn acc_001_acc_010_an_acceptance_of_another_letter_leaves_this_one_waiting() {
    let south = World::new("south.example");
    let (letter, other) = (metadata(ConsignmentMode::Signed), metadata(ConsignmentMode::Signed));
    let signed = decide(&south, &other, Verdict::Accepted, KeyPurpose::LetterSignature, NOW);
    let acceptance =
        verify_acceptance(&signed, other.mode, &south.verification()).passed().unwrap();
    let (still, refusal) = awaiting(letter)
        .accept(&acceptance, Digest::of(&signed), BERT, Assurance::Low)
        .unwrap_err();
    assert_eq!(refusal, RefuseDecision::OtherLetter);
    assert!(still.metadata().mode.needs_acceptance());
}

#[test]
fn acc_011_somebody_else_at_the_same_provider_cannot_accept() {
    let south = World::new("south.example");
    let letter = metadata(ConsignmentMode::Signed);
    let carl = south.person("carl@south.example", KeyPurpose::LetterSignature);
    let signed =
        south.sign(&Decision::about(&letter, Verdict::Accepted).unwrap().to_json(), &carl, NOW);
    let acceptance =
        verify_acceptance(&signed, letter.mode, &south.verification()).passed().unwrap();
    let (_, refusal) = awaiting(letter)
        .accept(&acceptance, Digest::of(&signed), BERT, Assurance::Low)
        .unwrap_err();
    assert_eq!(refusal, RefuseDecision::OtherSigner);
}

#[test]
fn acc_012_an_acceptance_made_after_the_deadline_does_not_count() {
    let south = World::new("south.example");
    let letter = metadata(ConsignmentMode::Signed);
    let deadline = letter.deadline.unwrap();
    let signed = decide(
        &south,
        &letter,
        Verdict::Accepted,
        KeyPurpose::LetterSignature,
        deadline.unix() + 1,
    );
    let acceptance =
        verify_acceptance(&signed, letter.mode, &south.verification()).passed().unwrap();
    let (_, refusal) = awaiting(letter)
        .accept(&acceptance, Digest::of(&signed), BERT, Assurance::Low)
        .unwrap_err();
    assert_eq!(refusal, RefuseDecision::AfterDeadline { deadline });
}

#[test]
fn a_refusal_is_evidence_and_is_no_acceptance() {
    let south = World::new("south.example");
    let letter = metadata(ConsignmentMode::Signed);
    let signed = decide(&south, &letter, Verdict::Refused, KeyPurpose::LetterSignature, NOW);
    assert!(verify_acceptance(&signed, letter.mode, &south.verification()).passed().is_err());
    let refusal = verify_rejection(&signed, letter.mode, &south.verification()).passed().unwrap();
    let step =
        awaiting(letter).refuse(&refusal, Digest::of(&signed), BERT, Assurance::Low).unwrap();
    assert_eq!(step.evidence.event(), Event::ConsignmentRejection);
}

#[test]
fn a_letter_expires_only_at_a_proven_time_after_its_deadline() {
    let south = World::new("south.example");
    let letter = metadata(ConsignmentMode::Signed);
    let deadline = letter.deadline.unwrap();
    let proven_at = |at: i64| {
        let step = receive(letter.clone());
        let evidence = verify_evidence(&south.issue(&step.evidence, at), &south.verification())
            .passed()
            .unwrap();
        evidence.finding().proven_time.unwrap()
    };
    let (letter_waits, early) =
        awaiting(letter.clone()).expire(proven_at(deadline.unix())).unwrap_err();
    assert_eq!(early, NotYetDue { deadline });
    let step = letter_waits.expire(proven_at(deadline.unix() + 1)).unwrap();
    assert_eq!(step.evidence.event(), Event::AcceptanceRejectionExpiry);
}

#[test]
fn a_store_cannot_restore_a_consigned_letter_that_nobody_accepted() {
    let letter = metadata(ConsignmentMode::Signed);
    assert!(Consigned::restore(letter.clone(), None).is_none());
    assert!(Consigned::restore(letter, Some(Digest::of(b"acceptance"))).is_some());
    assert!(Awaiting::restore(metadata(ConsignmentMode::Basic)).is_none());
}

#[test]
fn relay_evidence_counts_only_from_the_recipients_provider_and_for_this_letter() {
    let (north, south) = (World::new("north.example"), World::new("south.example"));
    let letter = metadata(ConsignmentMode::Basic);
    let b1 = receive(letter.clone()).evidence;
    let from_south =
        verify_evidence(&south.issue(&b1, NOW), &south.verification()).passed().unwrap();
    let from_north =
        verify_evidence(&north.issue(&b1, NOW), &north.verification()).passed().unwrap();
    assert!(Submitted::restore(letter.clone()).relayed(&from_south).is_ok());
    assert!(Submitted::restore(letter.clone()).relayed(&from_north).is_err());
    assert!(Submitted::restore(metadata(ConsignmentMode::Basic)).relayed(&from_south).is_err());
    // The recipient's provider repeats what we stated, and does not improve on it. [EVD-033]
    let mut earlier = letter.clone();
    earlier.submission_time = ClaimedTime::from_unix(NOW - 3600);
    let mut surer = letter.clone();
    surer.sender.assurance = Some(Assurance::High);
    for other in [earlier, surer] {
        for event in [
            receive(other.clone()).evidence,
            reject_relay(&other, RelayRejection::UnknownRecipient).evidence,
        ] {
            let stated = south.issue(&event, NOW);
            let stated = verify_evidence(&stated, &south.verification()).passed().unwrap();
            assert!(Submitted::restore(letter.clone()).relayed(&stated).is_err(), "EVD-033");
            assert!(Submitted::restore(letter.clone()).relay_rejected(&stated).is_err());
        }
    }
    let failed = Submitted::restore(letter).give_up(Reason::R_ERDS_UNREACHABLE, 9);
    assert_eq!(failed.evidence.event(), Event::RelayFailure);
}

#[test]
fn rel_003_a_submission_in_somebody_elses_name_is_refused() {
    use crate::disclosure::Disclosure;
    use crate::testing::{address, rng};
    let (anna, carl) = (address("anna@north.example"), address("carl@north.example"));
    let reference = |disclosures: &[Disclosure], address| {
        sender_reference(
            disclosures,
            SubmittingAccount { address, name: "Anna Adler", assurance: Assurance::Low },
        )
    };
    let identifier = |address| Disclosure::identifier(address, &mut rng());
    let name = |name: &str| Disclosure::new("name", name, &mut rng());
    assert!(reference(&[identifier(&anna)], &anna).is_ok());
    assert!(reference(&[identifier(&anna), name("Anna Adler")], &anna).is_ok());
    for forged in [
        vec![identifier(&anna), identifier(&carl)],
        vec![identifier(&carl)],
        vec![identifier(&anna), name("Carl Conrad")],
        vec![identifier(&anna), Disclosure::new("role", "judge", &mut rng())],
        vec![name("Anna Adler")],
    ] {
        assert_eq!(reference(&forged, &anna), Err(SubmissionRejection::SenderMismatch));
    }
}
