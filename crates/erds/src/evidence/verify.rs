//! Believing an evidence: signature, seal, time, and what it is about.

use super::Evidence;
use crate::limits::{EVENT_TIME_DRIFT_SECONDS_MAX, SIGNED_EVIDENCE_OCTETS_MAX};
use crate::outcome;
use crate::relay::RelayMetadata;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::{Verification, verify_attached};
use sealpost_cms::verdict::{Outcome, Verified};

/// Verifies a signed evidence.
///
/// Beyond the signature (EN 319 102-1): the seal certificate must name the issuer's domain, a
/// time-stamp must prove when the evidence existed, and the claimed event time must lie within a
/// minute of it, so that nobody back-dates.
pub fn verify_evidence(signed: &[u8], verification: &Verification<'_>) -> Outcome<Evidence> {
    if signed.len() > SIGNED_EVIDENCE_OCTETS_MAX {
        return Outcome::malformed("the evidence is too large");
    }
    let verification = Verification {
        purpose: KeyPurpose::ElectronicSeal,
        require_time_stamp: true,
        ..*verification
    };
    let read = outcome::read(verify_attached(signed, &verification), |content| {
        Evidence::from_json(content.content())
    });
    match read {
        Outcome::TotalPassed(evidence) => check_issuer_and_time(evidence),
        other => other,
    }
}

fn check_issuer_and_time(evidence: Verified<Evidence>) -> Outcome<Evidence> {
    let issuer = evidence.get().issuer.domain.as_str();
    // A seal of one provider must not speak for another. [EVD-030]
    if !evidence.finding().signer.dns_names().iter().any(|name| name.eq_ignore_ascii_case(issuer)) {
        return Outcome::mismatch("the seal certificate does not name the issuer's domain");
    }
    // The event time is a claim; the token proves it or refutes it. [EVD-031]
    let claimed = evidence.get().event_time.unix();
    let proven = evidence.finding().proven_time.map(|time| time.unix());
    if proven.is_none_or(|proven| (proven - claimed).abs() > EVENT_TIME_DRIFT_SECONDS_MAX) {
        return Outcome::mismatch("the claimed event time is not the proven one");
    }
    Outcome::TotalPassed(evidence)
}

/// Whether an evidence also repeats what the sender's provider stated at submission: when, and how
/// surely it had identified the sender. [EVD-033]
pub fn repeats_submission(evidence: &Evidence, metadata: &RelayMetadata) -> bool {
    evidence.sender == metadata.sender && evidence.submission_time == Some(metadata.submission_time)
}

/// Whether an evidence is about exactly this letter on exactly this way. [EVD-032]
pub fn about_same_letter(evidence: &Evidence, metadata: &RelayMetadata) -> bool {
    let content = &evidence.user_content;
    evidence.letter_id == metadata.letter_id
        && evidence.dispatch_id == metadata.dispatch_id
        && content.mode == metadata.mode
        && content.enveloped == metadata.enveloped
        && content.body == metadata.body
        && content.content_commitment == metadata.content_commitment
        && evidence.deadline == metadata.deadline
        && evidence.sender.same_party(&metadata.sender)
        && evidence.recipients.len() == 1
        && evidence.recipients[0].same_party(&metadata.recipient)
}
