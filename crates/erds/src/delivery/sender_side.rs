//! Transitions at the sender's provider: submission (A.1, A.2) and relay failure (B.3).

use super::Step;
use crate::address::{Address, Domain};
use crate::disclosure::{Assurance, CLAIM_IDENTIFIER, CLAIM_NAME, Disclosure, PartyReference};
use crate::event::{Event, Reason};
use crate::evidence::{Evidence, EvidenceDraft, about_same_letter, repeats_submission};
use crate::relay::{RelayMetadata, SubmissionHead, SubmittedConsignment};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::Verified;

/// A submission that was taken, for one recipient; it waits to be relayed.
#[derive(Debug, Clone)]
pub struct Submitted {
    metadata: RelayMetadata,
}

/// A letter that the recipient's provider has taken over.
#[derive(Debug, Clone)]
pub struct Relayed {
    metadata: RelayMetadata,
}

/// A letter that could not be relayed.
#[derive(Debug, Clone)]
pub struct RelayFailed {
    metadata: RelayMetadata,
}

/// Why a submission is refused by rule. It becomes evidence (A.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmissionRejection {
    /// The sender's disclosures do not describe the account that submits.
    SenderMismatch,
    /// A part is no ciphertext, or not the one that the head names.
    NotEnveloped,
    /// The parts are larger than this provider takes.
    TooLarge {
        /// How large.
        octets: u64,
        /// How large at most.
        octets_max: u64,
    },
    /// The deadline is sooner or later than this provider supports.
    DeadlineOutOfRange,
    /// No trusted provider serves a recipient's domain.
    UnknownDomain,
}

impl SubmissionRejection {
    /// The stable code, the same word in API, command line and documentation.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SenderMismatch => "sender-mismatch",
            Self::NotEnveloped => "not-enveloped",
            Self::TooLarge { .. } => "too-large",
            Self::DeadlineOutOfRange => "deadline-out-of-range",
            Self::UnknownDomain => "unknown-domain",
        }
    }

    /// The reason of EN 319 522-2.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::NotEnveloped => Reason::INVALID_MESSAGE_FORMAT,
            Self::SenderMismatch
            | Self::TooLarge { .. }
            | Self::DeadlineOutOfRange
            | Self::UnknownDomain => Reason::S_ERDS_POLICY_VIOLATION,
        }
    }
}

/// The account that submits, as its provider knows it.
#[derive(Debug, Clone, Copy)]
pub struct SubmittingAccount<'a> {
    /// Its address.
    pub address: &'a Address,
    /// The name in its certificates.
    pub name: &'a str,
    /// How surely the provider identified it.
    pub assurance: Assurance,
}

/// Checks that the sender's disclosures describe the account, and makes the reference that stands
/// in relay metadata and evidence.
///
/// Exactly one identifier, at most one name, nothing else, and every one of them true: a second
/// digest that nobody checked could later be opened to name somebody else. [REL-003]
pub fn sender_reference(
    disclosures: &[Disclosure],
    account: SubmittingAccount<'_>,
) -> Result<PartyReference, SubmissionRejection> {
    let claims = |name: &str| disclosures.iter().filter(|it| it.name() == name).count();
    let is_true = |disclosure: &Disclosure| match disclosure.name() {
        CLAIM_IDENTIFIER => disclosure.value() == account.address.as_str(),
        CLAIM_NAME => disclosure.value() == account.name,
        _ => false,
    };
    let describes =
        claims(CLAIM_IDENTIFIER) == 1 && claims(CLAIM_NAME) <= 1 && disclosures.iter().all(is_true);
    match describes {
        true => Ok(PartyReference::to(disclosures, Some(account.assurance))),
        false => Err(SubmissionRejection::SenderMismatch),
    }
}

/// A.1 SubmissionAcceptance for one recipient of a submission.
pub fn accept_submission(
    head: &SubmissionHead,
    consignment: &SubmittedConsignment,
    sender_erds: &Domain,
    sender: &PartyReference,
    submission_time: ClaimedTime,
) -> Step<Submitted> {
    let metadata =
        RelayMetadata::of_submission(head, consignment, sender_erds, sender, submission_time);
    let evidence =
        EvidenceDraft::new(Event::SubmissionAcceptance, Reason::MESSAGE_ACCEPTED, &metadata);
    Step { next: Submitted { metadata }, evidence }
}

/// A.2 SubmissionRejection for one recipient of a submission. There is no next state.
pub fn reject_submission(
    head: &SubmissionHead,
    consignment: &SubmittedConsignment,
    sender_erds: &Domain,
    sender: &PartyReference,
    submission_time: ClaimedTime,
    rejection: SubmissionRejection,
) -> Step<()> {
    let metadata =
        RelayMetadata::of_submission(head, consignment, sender_erds, sender, submission_time);
    let evidence = EvidenceDraft::new(Event::SubmissionRejection, rejection.reason(), &metadata)
        .with_fact(rejection.code());
    Step { next: (), evidence }
}

impl Submitted {
    /// A submission that the store kept.
    pub const fn restore(metadata: RelayMetadata) -> Self {
        Self { metadata }
    }

    /// What is relayed.
    pub const fn metadata(&self) -> &RelayMetadata {
        &self.metadata
    }

    /// The recipient's provider has taken the letter over: its evidence says so (B.1), ours would
    /// add nothing. Gives the state back if the evidence is about something else.
    pub fn relayed(self, evidence: &Verified<Evidence>) -> Result<Relayed, Self> {
        let fits = evidence.get().event == Event::RelayAcceptance
            && evidence.get().issuer.domain == self.metadata.recipient_erds
            && about_same_letter(evidence.get(), &self.metadata)
            && repeats_submission(evidence.get(), &self.metadata);
        if fits { Ok(Relayed { metadata: self.metadata }) } else { Err(self) }
    }

    /// The recipient's provider refused the letter (B.2); the letter ends here.
    pub fn relay_rejected(self, evidence: &Verified<Evidence>) -> Result<RelayFailed, Self> {
        let fits = evidence.get().event == Event::RelayRejection
            && evidence.get().issuer.domain == self.metadata.recipient_erds
            && about_same_letter(evidence.get(), &self.metadata)
            && repeats_submission(evidence.get(), &self.metadata);
        if fits { Ok(RelayFailed { metadata: self.metadata }) } else { Err(self) }
    }

    /// B.3 RelayFailure: no answer of the recipient's provider within the time allowed.
    pub fn give_up(self, reason: Reason, attempts: u32) -> Step<RelayFailed> {
        let evidence = EvidenceDraft::new(Event::RelayFailure, reason, &self.metadata)
            .with_external_erds(&self.metadata.recipient_erds)
            .with_fact(format!("attempts={attempts}"));
        Step { next: RelayFailed { metadata: self.metadata }, evidence }
    }
}

impl Relayed {
    /// What was relayed.
    pub const fn metadata(&self) -> &RelayMetadata {
        &self.metadata
    }
}

impl RelayFailed {
    /// What was not relayed.
    pub const fn metadata(&self) -> &RelayMetadata {
        &self.metadata
    }
}
