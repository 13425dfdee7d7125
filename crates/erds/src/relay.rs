//! Submission and relay: what the sender hands to its provider, and what that provider relays to
//! the recipient's provider (EN 319 522-2 §6, MD01-MD15).
//!
//! Nothing here names a person. The recipient is in the sealed slip, the sender in the reply path
//! that only its own provider can open; both stand here as salted digests only.

use crate::address::Domain;
use crate::disclosure::{Disclosure, PartyReference};
use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Digest, DispatchId, LetterId, Octets, claimed_time};
use crate::limits::{
    CONSIGNMENTS_MAX, DISPATCH_HEAD_OCTETS_MAX, SEALED_SLIP_OCTETS, SUBMISSION_HEAD_OCTETS_MAX,
};
use crate::mode::ConsignmentMode;
use crate::objects;
use sealpost_cms::time::{ClaimedTime, Deadline};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The version word of [`SubmissionHead`].
pub const SUBMISSION_VERSION: &str = "sealpost-submission/1";
/// The version word of [`RelayMetadata`] and [`DispatchHead`] (MD01).
pub const RELAY_VERSION: &str = "sealpost-relay/1";

/// One ciphertext: its SHA-256 and its length in octets (padded by the sender).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartDigest {
    /// SHA-256 of the octets.
    pub sha256: Digest,
    /// How many octets.
    pub octets: u64,
}

impl PartDigest {
    /// The description of `octets`.
    pub fn of(octets: &[u8]) -> Self {
        Self { sha256: Digest::of(octets), octets: octets.len() as u64 }
    }
}

/// What the sender asks its provider to do with one letter, for one or more recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmissionHead {
    /// [`SUBMISSION_VERSION`].
    pub version: String,
    /// The letter; also the idempotency key of the submission.
    pub letter_id: LetterId,
    /// The consignment mode that the sender wants (MD06).
    pub mode: ConsignmentMode,
    /// Until when the recipient may accept (MD03); present exactly in the consent modes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// Salted commitment to the signed content.
    pub content_commitment: Digest,
    /// The locked body; present exactly in the consent modes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<PartDigest>,
    /// Ciphertexts that were uploaded before, one by one; they are everybody's who receives the letter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<PartDigest>,
    /// The sender's disclosures. The provider checks them against the account and forgets them.
    pub sender: Vec<Disclosure>,
    /// One per recipient.
    pub consignments: Vec<SubmittedConsignment>,
}

/// The part of a submission that concerns one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmittedConsignment {
    /// Names this letter's way to this recipient.
    pub dispatch_id: DispatchId,
    /// The recipient's provider: all that the sender's provider learns about the recipient.
    pub domain: Domain,
    /// Salted digests that stand for the recipient.
    pub recipient: PartyReference,
    /// The notice, or the whole letter in basic mode, encrypted.
    pub enveloped: PartDigest,
    /// The [`crate::slip::RelaySlip`], sealed for the recipient's provider.
    pub slip: Octets,
}

impl SubmissionHead {
    /// Reads and checks the head of a submission.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let head: Self = from_json("submission", octets, SUBMISSION_HEAD_OCTETS_MAX)?;
        head.check()?;
        Ok(head)
    }

    /// The JSON text.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// The parts in the order in which they follow the head: body first, then one per recipient.
    pub fn parts(&self) -> Vec<PartDigest> {
        self.body.iter().copied().chain(self.consignments.iter().map(|c| c.enveloped)).collect()
    }

    fn check(&self) -> Result<(), FormatError> {
        let refuse = |detail: &str| Err(FormatError::new("submission", detail));
        if self.version != SUBMISSION_VERSION {
            return refuse("unknown version");
        }
        if self.consignments.is_empty() || self.consignments.len() > CONSIGNMENTS_MAX {
            return refuse("no recipient, or too many");
        }
        // Invariant of the modes: a locked body and a deadline exist exactly where the recipient
        // has to accept. [REL-001]
        let consent = self.mode.needs_acceptance();
        if consent != self.body.is_some() || consent != self.deadline.is_some() {
            return refuse("body and deadline belong to the consent modes, and to them only");
        }
        objects::check(&self.objects)?;
        let mut seen = HashSet::new();
        for consignment in &self.consignments {
            if !seen.insert(consignment.dispatch_id) {
                return refuse("the same dispatch twice");
            }
            if !consignment.recipient.is_well_formed() {
                return refuse("a recipient without well-formed digests");
            }
            // A slip of another size would say something about the address inside. [REL-002]
            if consignment.slip.0.len() != SEALED_SLIP_OCTETS {
                return refuse("a slip of the wrong size");
            }
        }
        if !PartyReference::to(&self.sender, None).is_well_formed() {
            return refuse("a sender without disclosures");
        }
        Ok(())
    }
}

/// What both providers know of one letter to one recipient, and what every evidence about it
/// repeats (EN 319 522-2 §6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayMetadata {
    /// MD01.
    pub version: String,
    /// MD11.
    pub letter_id: LetterId,
    /// This letter's way to this recipient.
    pub dispatch_id: DispatchId,
    /// MD06.
    pub mode: ConsignmentMode,
    /// MD03.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// The provider that took the submission.
    pub sender_erds: Domain,
    /// The provider that consigns.
    pub recipient_erds: Domain,
    /// MD08, as digests.
    pub sender: PartyReference,
    /// MD10, as digests.
    pub recipient: PartyReference,
    /// MD14: the notice, or the whole letter in basic mode.
    pub enveloped: PartDigest,
    /// MD14: the locked body of the consent modes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<PartDigest>,
    /// What stands for the objects beside the letter, if there are any ([`objects::summary`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<PartDigest>,
    /// Salted commitment to the signed content.
    pub content_commitment: Digest,
    /// When the submission was accepted, as the sender's provider claims (M03).
    #[serde(with = "claimed_time")]
    pub submission_time: ClaimedTime,
}

impl RelayMetadata {
    /// The metadata of one recipient of a submission. `sender` carries the assurance that the
    /// sender's provider states.
    pub fn of_submission(
        head: &SubmissionHead,
        consignment: &SubmittedConsignment,
        sender_erds: &Domain,
        sender: &PartyReference,
        submission_time: ClaimedTime,
    ) -> Self {
        Self {
            version: RELAY_VERSION.to_owned(),
            letter_id: head.letter_id,
            dispatch_id: consignment.dispatch_id,
            mode: head.mode,
            deadline: head.deadline,
            sender_erds: sender_erds.clone(),
            recipient_erds: consignment.domain.clone(),
            sender: sender.clone(),
            recipient: consignment.recipient.clone(),
            enveloped: consignment.enveloped,
            body: head.body,
            objects: objects::summary(&head.objects),
            content_commitment: head.content_commitment,
            submission_time,
        }
    }

    /// Reads metadata that a store kept.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let metadata: Self = from_json("relay metadata", octets, DISPATCH_HEAD_OCTETS_MAX)?;
        metadata.check()?;
        Ok(metadata)
    }

    /// The JSON text for a store.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    fn check(&self) -> Result<(), FormatError> {
        let refuse = |detail: &str| Err(FormatError::new("relay metadata", detail));
        if self.version != RELAY_VERSION {
            return refuse("unknown version");
        }
        let consent = self.mode.needs_acceptance();
        if consent != self.body.is_some() || consent != self.deadline.is_some() {
            return refuse("body and deadline belong to the consent modes, and to them only");
        }
        if !self.sender.is_well_formed() || !self.recipient.is_well_formed() {
            return refuse("a party without well-formed digests");
        }
        Ok(())
    }
}

/// What the sender's provider relays for one recipient: the ERD dispatch (EN 319 522-1 §5). The
/// parts (body first, then the enveloped part) follow the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DispatchHead {
    /// What the letter is.
    pub metadata: RelayMetadata,
    /// The objects that the metadata stand for; they were handed over before, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<PartDigest>,
    /// The sealed [`crate::slip::RelaySlip`].
    pub slip: Octets,
    /// The signed SubmissionAcceptance.
    pub submission_evidence: Octets,
}

impl DispatchHead {
    /// Reads and checks the head of a dispatch.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let head: Self = from_json("dispatch", octets, DISPATCH_HEAD_OCTETS_MAX)?;
        head.metadata.check()?;
        if head.slip.0.len() != SEALED_SLIP_OCTETS {
            return Err(FormatError::new("dispatch", "a slip of the wrong size"));
        }
        // The slip binds what stands for the list, and so the list. [REL-005]
        objects::check(&head.objects)?;
        if objects::summary(&head.objects) != head.metadata.objects {
            return Err(FormatError::new("dispatch", "other objects than the metadata stand for"));
        }
        Ok(head)
    }

    /// The JSON text.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// The parts in the order in which they follow the head.
    pub fn parts(&self) -> Vec<PartDigest> {
        self.metadata.body.iter().copied().chain([self.metadata.enveloped]).collect()
    }
}

/// Evidence on its way back to the sender: the ERD receipt (EN 319 522-1 §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The [`crate::slip::ReplyPath`], sealed by the sender for its own provider.
    pub reply_path: Octets,
    /// Which dispatch the evidence is about; binds the reply path.
    pub dispatch_id: DispatchId,
    /// The signed evidence.
    pub evidence: Octets,
    /// Something from the recipient that only the sender can open, for example the acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Octets>,
}
