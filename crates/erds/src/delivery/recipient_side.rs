//! Transitions at the recipient's provider: relay (B.1, B.2), notification and decision (C.1 to
//! C.5), consignment (D.1) and handover (E.1).

use super::Step;
use crate::acceptance::{ConsignmentAcceptance, ConsignmentRejection, Decision};
use crate::disclosure::Assurance;
use crate::event::{Event, Reason};
use crate::evidence::EvidenceDraft;
use crate::ids::Digest;
use crate::relay::RelayMetadata;
use sealpost_cms::time::{Deadline, ProvenTime};
use sealpost_cms::verdict::Verified;

/// A dispatch that was taken over; what comes next depends on the consignment mode.
#[derive(Debug, Clone)]
pub enum Received {
    /// It can be consigned at once.
    Basic(ReceivedBasic),
    /// The recipient has to decide first.
    Consent(ReceivedConsent),
}

/// A letter in basic mode that was taken over.
#[derive(Debug, Clone)]
pub struct ReceivedBasic {
    metadata: RelayMetadata,
}

/// A letter in a consent mode that was taken over. It cannot be consigned.
///
/// ```compile_fail,E0599
/// // Invariant 9: without an acceptance there is no consignment.
/// use sealpost_erds::delivery::{Consigned, ReceivedConsent, Step};
/// fn skip_the_acceptance(received: ReceivedConsent) -> Step<Consigned> { received.consign() }
/// ```
///
/// ```
/// use sealpost_erds::delivery::{Consigned, ReceivedBasic, Step};
/// fn basic_mode_needs_none(received: ReceivedBasic) -> Step<Consigned> { received.consign() }
/// ```
#[derive(Debug, Clone)]
pub struct ReceivedConsent {
    metadata: RelayMetadata,
    deadline: Deadline,
}

/// A notice lies in the recipient's mailbox, and he has not decided.
#[derive(Debug, Clone)]
pub struct Awaiting {
    metadata: RelayMetadata,
    deadline: Deadline,
}

/// The recipient accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    metadata: RelayMetadata,
}

/// The recipient refused. An end.
#[derive(Debug, Clone)]
pub struct Refused {
    metadata: RelayMetadata,
}

/// The deadline passed without a decision. An end.
#[derive(Debug, Clone)]
pub struct Expired {
    metadata: RelayMetadata,
}

/// The content (or the share that opens it) is at the recipient's disposal.
#[derive(Debug, Clone)]
pub struct Consigned {
    metadata: RelayMetadata,
}

/// The content crossed to the recipient's agent. An end.
#[derive(Debug, Clone)]
pub struct HandedOver {
    metadata: RelayMetadata,
}

/// Why a dispatch is refused by rule. It becomes evidence (B.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelayRejection {
    /// The submission evidence does not verify, or is about another letter.
    InvalidEvidence,
    /// The parts are not the ciphertexts that the head names.
    NotEnveloped,
    /// The slip cannot be opened or does not fit the metadata.
    InvalidSlip,
    /// Nobody has this address here, or the mailbox is blocked.
    UnknownRecipient,
    /// The parts are larger than this provider takes.
    TooLarge,
    /// The deadline is over already, or later than this provider supports.
    DeadlineOutOfRange,
}

impl RelayRejection {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidEvidence => "invalid-evidence",
            Self::NotEnveloped => "not-enveloped",
            Self::InvalidSlip => "invalid-slip",
            Self::UnknownRecipient => "unknown-recipient",
            Self::TooLarge => "too-large",
            Self::DeadlineOutOfRange => "deadline-out-of-range",
        }
    }

    /// The reason of EN 319 522-2.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::InvalidEvidence => Reason::R_ERDS_MESSAGE_REJECTED_FOR_INVALID_SIGNATURE,
            Self::NotEnveloped | Self::InvalidSlip => Reason::R_ERDS_MESSAGE_REJECTED,
            Self::UnknownRecipient => Reason::UNKNOWN_RECIPIENT,
            Self::TooLarge | Self::DeadlineOutOfRange => Reason::R_ERDS_POLICY_VIOLATION,
        }
    }
}

/// Why a decision does not count. The letter stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefuseDecision {
    /// It is about another letter.
    OtherLetter,
    /// It was made after the deadline.
    AfterDeadline {
        /// The deadline.
        deadline: Deadline,
    },
    /// No time-stamp proves when it was made.
    NoProvenTime,
    /// It was not signed by the recipient.
    OtherSigner,
}

impl RefuseDecision {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherLetter => "decision-for-another-letter",
            Self::AfterDeadline { .. } => "decision-after-deadline",
            Self::NoProvenTime => "decision-without-proven-time",
            Self::OtherSigner => "decision-by-another-signer",
        }
    }
}

/// The deadline has not passed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotYetDue {
    /// When it will.
    pub deadline: Deadline,
}

/// B.1 RelayAcceptance: this provider takes the letter over.
pub fn receive(metadata: RelayMetadata) -> Step<Received> {
    let evidence =
        EvidenceDraft::new(Event::RelayAcceptance, Reason::MESSAGE_SUCCESSFULLY_RELAYED, &metadata)
            .with_external_erds(&metadata.sender_erds);
    let next = match metadata.deadline {
        Some(deadline) if metadata.mode.needs_acceptance() => {
            Received::Consent(ReceivedConsent { metadata, deadline })
        }
        _ => Received::Basic(ReceivedBasic { metadata }),
    };
    Step { next, evidence }
}

/// B.2 RelayRejection: this provider does not take the letter. There is no next state.
pub fn reject_relay(metadata: &RelayMetadata, rejection: RelayRejection) -> Step<()> {
    let evidence = EvidenceDraft::new(Event::RelayRejection, rejection.reason(), metadata)
        .with_external_erds(&metadata.sender_erds)
        .with_fact(rejection.code());
    Step { next: (), evidence }
}

impl ReceivedBasic {
    /// D.1 ContentConsignment: the letter is in the mailbox.
    pub fn consign(self) -> Step<Consigned> {
        let evidence = EvidenceDraft::new(
            Event::ContentConsignment,
            Reason::MESSAGE_CONSIGNED_TO_RECIPIENT,
            &self.metadata,
        );
        Step { next: Consigned { metadata: self.metadata }, evidence }
    }
}

impl ReceivedConsent {
    /// C.1 NotificationForAcceptance: the notice is in the mailbox.
    pub fn notify(self) -> Step<Awaiting> {
        let evidence = EvidenceDraft::new(
            Event::NotificationForAcceptance,
            Reason::NOTIFICATION_FOR_ACCEPTANCE_SENT,
            &self.metadata,
        );
        Step { next: Awaiting { metadata: self.metadata, deadline: self.deadline }, evidence }
    }
}

impl Awaiting {
    /// A letter that the store kept as waiting; nothing if the metadata cannot wait.
    pub fn restore(metadata: RelayMetadata) -> Option<Self> {
        let deadline = metadata.deadline.filter(|_| metadata.mode.needs_acceptance())?;
        Some(Self { metadata, deadline })
    }

    /// The letter.
    pub const fn metadata(&self) -> &RelayMetadata {
        &self.metadata
    }

    /// C.3 ConsignmentAcceptance (EN 319 522-1 §6).
    ///
    /// Late acceptance leaves the letter `Awaiting`, so that the expiry clock and not the arrival
    /// order decides between C.3 and C.5.
    ///
    /// ```compile_fail,E0308
    /// // Invariant 9: a parsed acceptance is not enough, it must be verified.
    /// use sealpost_cms::verdict::Unverified;
    /// use sealpost_erds::acceptance::ConsignmentAcceptance;
    /// use sealpost_erds::{Digest, delivery::Awaiting, disclosure::Assurance};
    /// fn release(letter: Awaiting, acceptance: &Unverified<ConsignmentAcceptance>, sha256: Digest) {
    ///     let _ = letter.accept(acceptance, sha256, "bert@south.example", Assurance::Low);
    /// }
    /// ```
    ///
    /// ```
    /// use sealpost_cms::verdict::Verified;
    /// use sealpost_erds::acceptance::ConsignmentAcceptance;
    /// use sealpost_erds::{Digest, delivery::Awaiting, disclosure::Assurance};
    /// fn release(letter: Awaiting, acceptance: &Verified<ConsignmentAcceptance>, sha256: Digest) {
    ///     let _ = letter.accept(acceptance, sha256, "bert@south.example", Assurance::Low);
    /// }
    /// ```
    pub fn accept(
        self,
        acceptance: &Verified<ConsignmentAcceptance>,
        signed_sha256: Digest,
        mailbox: &str,
        assurance: Assurance,
    ) -> Result<Step<Accepted>, (Self, RefuseDecision)> {
        if let Err(refusal) =
            self.counts(acceptance.get().decision(), acceptance.finding(), mailbox)
        {
            return Err((self, refusal));
        }
        let evidence = EvidenceDraft::new(
            Event::ConsignmentAcceptance,
            Reason::MESSAGE_ACCEPTED_BY_RECIPIENT,
            &self.metadata,
        )
        .with_recipient_assurance(assurance)
        .with_decision(signed_sha256);
        Ok(Step { next: Accepted { metadata: self.metadata }, evidence })
    }

    /// C.4 ConsignmentRejection.
    pub fn refuse(
        self,
        rejection: &Verified<ConsignmentRejection>,
        signed_sha256: Digest,
        mailbox: &str,
        assurance: Assurance,
    ) -> Result<Step<Refused>, (Self, RefuseDecision)> {
        if let Err(refusal) = self.counts(rejection.get().decision(), rejection.finding(), mailbox)
        {
            return Err((self, refusal));
        }
        let evidence = EvidenceDraft::new(
            Event::ConsignmentRejection,
            Reason::MESSAGE_REJECTED_BY_RECIPIENT,
            &self.metadata,
        )
        .with_recipient_assurance(assurance)
        .with_decision(signed_sha256);
        Ok(Step { next: Refused { metadata: self.metadata }, evidence })
    }

    /// C.5 AcceptanceRejectionExpiry. `now` is proven, so that no provider lets a letter expire
    /// early.
    ///
    /// ```compile_fail,E0308
    /// // Invariant 6: a local clock cannot let a letter expire.
    /// use sealpost_cms::time::LocalTime;
    /// fn expire(letter: sealpost_erds::delivery::Awaiting, now: LocalTime) { let _ = letter.expire(now); }
    /// ```
    ///
    /// ```
    /// use sealpost_cms::time::ProvenTime;
    /// fn expire(letter: sealpost_erds::delivery::Awaiting, now: ProvenTime) { let _ = letter.expire(now); }
    /// ```
    pub fn expire(self, now: ProvenTime) -> Result<Step<Expired>, (Self, NotYetDue)> {
        if !now.is_after(self.deadline) {
            let deadline = self.deadline;
            return Err((self, NotYetDue { deadline }));
        }
        let evidence = EvidenceDraft::new(
            Event::AcceptanceRejectionExpiry,
            Reason::MESSAGE_NOT_ACCEPTED_IN_TIME,
            &self.metadata,
        );
        Ok(Step { next: Expired { metadata: self.metadata }, evidence })
    }

    /// Whether a decision counts for this letter: its object, its signer and its time.
    fn counts(
        &self,
        decision: &Decision,
        finding: &sealpost_cms::verdict::Finding,
        mailbox: &str,
    ) -> Result<(), RefuseDecision> {
        // [ACC-010]
        if !decision.is_about(&self.metadata) {
            return Err(RefuseDecision::OtherLetter);
        }
        // [ACC-011]
        if !finding
            .signer
            .email_addresses()
            .iter()
            .any(|address| address.eq_ignore_ascii_case(mailbox))
        {
            return Err(RefuseDecision::OtherSigner);
        }
        // [ACC-012]
        let proven = finding.proven_time.ok_or(RefuseDecision::NoProvenTime)?;
        if proven.is_after(self.deadline) {
            return Err(RefuseDecision::AfterDeadline { deadline: self.deadline });
        }
        Ok(())
    }
}

impl Accepted {
    /// D.1 ContentConsignment: the release share is at the recipient's disposal.
    pub fn consign(self) -> Step<Consigned> {
        let evidence = EvidenceDraft::new(
            Event::ContentConsignment,
            Reason::MESSAGE_CONSIGNED_TO_RECIPIENT,
            &self.metadata,
        );
        Step { next: Consigned { metadata: self.metadata }, evidence }
    }
}

impl Consigned {
    /// A letter that the store kept as consigned. In the consent modes the store must show the
    /// digest of the acceptance that led here.
    pub fn restore(metadata: RelayMetadata, acceptance: Option<Digest>) -> Option<Self> {
        (metadata.mode.needs_acceptance() == acceptance.is_some()).then_some(Self { metadata })
    }

    /// The letter.
    pub const fn metadata(&self) -> &RelayMetadata {
        &self.metadata
    }

    /// E.1 ContentHandover: the recipient's authenticated agent confirmed that the octets arrived.
    pub fn hand_over(self, assurance: Assurance) -> Step<HandedOver> {
        let evidence =
            EvidenceDraft::new(Event::ContentHandover, Reason::MESSAGE_HANDED_OVER, &self.metadata)
                .with_recipient_assurance(assurance);
        Step { next: HandedOver { metadata: self.metadata }, evidence }
    }
}

macro_rules! ends {
    ($($state:ident),*) => {$(
        impl $state {
            /// The letter.
            pub const fn metadata(&self) -> &RelayMetadata {
                &self.metadata
            }
        }
    )*};
}
ends!(Accepted, Refused, Expired, HandedOver, ReceivedBasic, ReceivedConsent);
