//! Whether evidence says what it must: about this letter, on this way, by the provider that may
//! state it. Its signature is verified elsewhere; a signature alone says none of this.

use crate::errors::PostError;
use sealpost_erds::disclosure::PartyReference;
use sealpost_erds::event::Event;
use sealpost_erds::evidence::{Evidence, about_same_letter};
use sealpost_erds::relay::{RELAY_VERSION, RelayMetadata, SubmissionHead};
use sealpost_erds::{Digest, DispatchId, Domain};
use sealpost_letter::SentRecord;
use sealpost_wire::api::Taken;

/// One letter's way to one recipient, as this profile knows it.
pub(crate) struct Way {
    /// What every evidence about it repeats. Submission time and assurance, which only providers
    /// know, are not compared.
    letter: RelayMetadata,
}

impl Way {
    /// The way on which a letter came.
    pub(crate) fn here(metadata: &RelayMetadata) -> Self {
        Self { letter: metadata.clone() }
    }

    /// The ways of a letter that was sent.
    pub(crate) fn of_sent(record: &SentRecord) -> impl Iterator<Item = Self> {
        record.recipients.iter().map(|recipient| Self {
            letter: RelayMetadata {
                version: RELAY_VERSION.to_owned(),
                letter_id: record.letter_id,
                dispatch_id: recipient.dispatch_id,
                mode: record.mode,
                deadline: record.deadline,
                sender_erds: record.sender.address.domain(),
                recipient_erds: recipient.address.domain(),
                sender: PartyReference::to(&record.sender_disclosures, None),
                recipient: PartyReference::to(std::slice::from_ref(&recipient.disclosure), None),
                enveloped: recipient.enveloped,
                body: record.body,
                // Evidence does not repeat it: the content names the objects.
                objects: None,
                content_commitment: record.content_commitment,
                submission_time: record.date,
            },
        })
    }

    /// Names it.
    pub(crate) const fn dispatch_id(&self) -> DispatchId {
        self.letter.dispatch_id
    }
}

/// Whether an evidence belongs to this way: about exactly this letter (its parties, ciphertexts and
/// commitment), and by the provider that states such events. The sender's states the submission and
/// a relay that failed, the recipient's everything else (EN 319 522-1 §6). [AGT-009]
pub(crate) fn belongs(evidence: &Evidence, way: &Way) -> bool {
    use Event::{RelayFailure, SubmissionAcceptance, SubmissionRejection};
    let by_sender_side =
        matches!(evidence.event, SubmissionAcceptance | SubmissionRejection | RelayFailure);
    let letter = &way.letter;
    let stating = if by_sender_side { &letter.sender_erds } else { &letter.recipient_erds };
    about_same_letter(evidence, letter) && evidence.issuer.domain == *stating
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
