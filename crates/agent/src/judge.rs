//! Whether evidence says what it must: about this letter, on this way, by the provider that may
//! state it. Its signature is verified elsewhere; a signature alone says none of this.

use crate::errors::PostError;
use sealpost_erds::disclosure::PartyReference;
use sealpost_erds::event::Event;
use sealpost_erds::evidence::{Evidence, about_same_letter};
use sealpost_erds::relay::{RelayMetadata, SubmissionHead};
use sealpost_erds::{Digest, DispatchId, Domain, LetterId};
use sealpost_letter::SentRecord;
use sealpost_wire::api::Taken;

/// One letter's way to one recipient, as this profile knows it.
pub(crate) struct Way {
    pub(crate) letter_id: LetterId,
    pub(crate) dispatch_id: DispatchId,
    pub(crate) sender_side: Domain,
    pub(crate) recipient_side: Domain,
}

impl Way {
    /// The way on which a letter came.
    pub(crate) fn here(metadata: &RelayMetadata) -> Self {
        Self {
            letter_id: metadata.letter_id,
            dispatch_id: metadata.dispatch_id,
            sender_side: metadata.sender_erds.clone(),
            recipient_side: metadata.recipient_erds.clone(),
        }
    }

    /// The ways of a letter that was sent.
    pub(crate) fn of_sent(record: &SentRecord) -> impl Iterator<Item = Self> {
        record.recipients.iter().map(|recipient| Self {
            letter_id: record.letter_id,
            dispatch_id: recipient.dispatch_id,
            sender_side: record.sender.address.domain(),
            recipient_side: recipient.address.domain(),
        })
    }
}

/// Whether an evidence belongs to this way: to this letter and this dispatch, and by the provider
/// that states such events. The sender's states the submission and a relay that failed, the
/// recipient's everything else (EN 319 522-1 §6). [AGT-009]
pub(crate) fn belongs(evidence: &Evidence, way: &Way) -> bool {
    use Event::{RelayFailure, SubmissionAcceptance, SubmissionRejection};
    let by_sender_side =
        matches!(evidence.event, SubmissionAcceptance | SubmissionRejection | RelayFailure);
    let stating = if by_sender_side { &way.sender_side } else { &way.recipient_side };
    evidence.letter_id == way.letter_id
        && evidence.dispatch_id == way.dispatch_id
        && evidence.issuer.domain == *stating
}

/// The answer to a submission: for each recipient, in order, one evidence about exactly what was
/// handed in, by the own provider, and saying what the outcome says. [AGT-004]
pub(crate) fn answers_submission(
    answer: &[Evidence],
    outcome: Taken,
    head: &SubmissionHead,
    own: &Domain,
) -> Result<(), PostError> {
    if answer.len() != head.consignments.len() {
        return Err(PostError::Nonsense { expected: "evidence for every recipient" });
    }
    let event = match outcome {
        Taken::Accepted => Event::SubmissionAcceptance,
        Taken::Rejected => Event::SubmissionRejection,
    };
    let sender = PartyReference::to(&head.sender, None);
    let fits = answer.iter().zip(&head.consignments).all(|(evidence, consignment)| {
        let time = evidence.event_time;
        let handed_in = RelayMetadata::of_submission(head, consignment, own, &sender, time);
        evidence.event == event
            && evidence.issuer.domain == *own
            && about_same_letter(evidence, &handed_in)
    });
    if fits { Ok(()) } else { Err(PostError::Nonsense { expected: "evidence about this letter" }) }
}

/// The answer to what the recipient did: exactly the events that follow from it, about this
/// letter, by the own provider, and of a decision the one that was sent. [AGT-010]
pub(crate) fn answers_recipient(
    answer: &[Evidence],
    events: &[Event],
    metadata: &RelayMetadata,
    decision: Option<Digest>,
) -> Result<(), PostError> {
    let fits = answer.len() == events.len()
        && answer.iter().zip(events).all(|(evidence, event)| {
            evidence.event == *event
                && evidence.issuer.domain == metadata.recipient_erds
                && about_same_letter(evidence, metadata)
                && evidence.decision_sha256.is_none_or(|said| Some(said) == decision)
        });
    if fits { Ok(()) } else { Err(PostError::Nonsense { expected: "evidence about this letter" }) }
}

#[cfg(test)]
mod tests;
