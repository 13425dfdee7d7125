//! Why a service did not do what it was asked. Refusals by rule become evidence (A.2, B.2) and are
//! no errors; here is what leaves no trace.

use axum::http::StatusCode;
use sealpost_cms::verdict::Shortfall;
use sealpost_erds::delivery::RefuseDecision;
use sealpost_wire::api::LetterState;

use super::peer_call::PeerFailure;
use crate::blobs::ReadError;
use crate::observe;
use crate::problem::{self, Kind, Problem};
use crate::store::StoreError;

/// No answer, sorted by whose fault it is.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServiceError {
    /// The one who asks cannot have this.
    Refused(Refusal),
    /// Another provider, on whose answer ours depends, did not give one.
    Peer(PeerFailure),
    /// The external time-stamping authority does not answer; nothing was done, since no event may
    /// be dated by anything but a proven time.
    TimeStampUnavailable,
    /// Our seal's certificate, or that of our own time-stamping authority, has ended or not begun.
    OwnCertificateNotValid,
    /// The database.
    Store(StoreError),
    /// Stored ciphertext.
    Read(ReadError),
    /// Our program, by a word for the log.
    Internal(&'static str),
}

/// What the one who asks has to change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The letter's identifier was used for another submission.
    LetterIdReused,
    /// The dispatch's identifier was used for another letter.
    DispatchIdReused,
    /// A provider relays for somebody else.
    OtherOrigin,
    /// The dispatch is for another provider.
    OtherDestination,
    /// Older than we remember: a repetition could not be told from a new letter.
    DispatchTooOld,
    /// The submission evidence may be good, but that cannot be decided now.
    EvidenceIndeterminate(Shortfall),
    /// There is no such letter in this mailbox, or it is over and forgotten.
    LetterNotFound,
    /// The letter has no such part, or has it no longer.
    PartNotFound,
    /// An object that is no envelope, or has another digest than its name.
    ObjectNotAsNamed,
    /// Too much was sent whose letters have not come.
    ObjectsTooMany {
        /// How many octets may wait.
        octets_waiting_max: u64,
    },
    /// The letter names objects that are not here.
    ObjectsMissing,
    /// The decision's signature does not hold.
    DecisionNotVerified(Shortfall),
    /// The decision holds, but does not count for this letter.
    DecisionRefused(RefuseDecision),
    /// The letter needs no decision.
    NoDecisionNeeded,
    /// The letter was decided upon before, or is over.
    AlreadyEnded(LetterState),
    /// The letter cannot be handed over before it was accepted.
    AwaitsDecision,
    /// No trusted provider serves this domain.
    UnknownDomain,
    /// The configuration has no update of the algorithm policy.
    PolicyNotPublished,
    /// A sealed question that does not open here.
    QueryUnreadable,
    /// More than one request may hold.
    TooMany {
        /// How many it may.
        count_max: usize,
    },
    /// What accompanies a decision is too large.
    AttachmentTooLarge {
        /// How large it may be.
        octets_max: usize,
    },
}

impl Refusal {
    /// The stable code, the same word in API, command line and documentation.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind().code
    }

    const fn kind(&self) -> Kind {
        match self {
            Self::LetterIdReused => Kind::new(
                "letter-id-reused",
                StatusCode::CONFLICT,
                "This letter identifier was used for another submission",
            ),
            Self::DispatchIdReused => Kind::new(
                "dispatch-id-reused",
                StatusCode::CONFLICT,
                "This dispatch identifier was used for another letter",
            ),
            Self::OtherOrigin => Kind::new(
                "dispatch-of-another-provider",
                StatusCode::FORBIDDEN,
                "A provider relays the letters of its own senders only",
            ),
            Self::PolicyNotPublished => POLICY_NOT_PUBLISHED,
            Self::OtherDestination => OTHER_DESTINATION,
            Self::DispatchTooOld => Kind::new(
                "dispatch-too-old",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The submission is older than this provider remembers",
            ),
            Self::EvidenceIndeterminate(_) => Kind::passing(
                "evidence-indeterminate",
                StatusCode::UNPROCESSABLE_ENTITY,
                "Whether the evidence holds cannot be decided now",
                60,
            ),
            Self::LetterNotFound => LETTER_NOT_FOUND,
            Self::PartNotFound => PART_NOT_FOUND,
            Self::ObjectNotAsNamed => OBJECT_NOT_AS_NAMED,
            Self::ObjectsTooMany { .. } => OBJECTS_TOO_MANY,
            Self::ObjectsMissing => OBJECTS_MISSING,
            Self::DecisionNotVerified(_) => Kind::new(
                "decision-not-verified",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The signature of the decision does not hold",
            ),
            Self::DecisionRefused(refused) => decision_kind(refused),
            Self::NoDecisionNeeded => Kind::new(
                "letter-needs-no-decision",
                StatusCode::CONFLICT,
                "The letter can be fetched without a decision",
            ),
            Self::AlreadyEnded(state) => ended_kind(*state),
            Self::AwaitsDecision => Kind::new(
                "letter-awaits-decision",
                StatusCode::CONFLICT,
                "The letter has to be accepted first",
            ),
            Self::UnknownDomain => Kind::new(
                "unknown-domain",
                StatusCode::NOT_FOUND,
                "No provider that is trusted here serves this domain",
            ),
            Self::QueryUnreadable => Kind::new(
                "query-unreadable",
                StatusCode::BAD_REQUEST,
                "The question was not sealed for this provider",
            ),
            Self::TooMany { .. } => {
                Kind::new("too-many", StatusCode::BAD_REQUEST, "More than one request may hold")
            }
            Self::AttachmentTooLarge { .. } => Kind::new(
                "attachment-too-large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "What accompanies the decision is too large",
            ),
        }
    }
}

const fn decision_kind(refused: &RefuseDecision) -> Kind {
    let (status, title) = match refused {
        RefuseDecision::AfterDeadline { .. } => {
            (StatusCode::CONFLICT, "The decision was made after the deadline")
        }
        RefuseDecision::OtherLetter => {
            (StatusCode::UNPROCESSABLE_ENTITY, "The decision is about another letter")
        }
        RefuseDecision::NoProvenTime => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Nothing proves when the decision was made")
        }
        RefuseDecision::OtherSigner => {
            (StatusCode::UNPROCESSABLE_ENTITY, "The decision was signed by somebody else")
        }
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "The decision does not count for this letter"),
    };
    Kind::new(refused.code(), status, title)
}

const fn ended_kind(state: LetterState) -> Kind {
    let (code, title) = match state {
        LetterState::Awaiting => ("letter-awaits-decision", "The letter has to be accepted first"),
        LetterState::Consigned => {
            ("letter-accepted-already", "The letter was accepted by another decision")
        }
        LetterState::HandedOver => ("letter-handed-over", "The letter was handed over"),
        LetterState::Refused => ("letter-refused-already", "The letter was refused"),
        LetterState::Expired => ("letter-expired", "The deadline passed without a decision"),
    };
    Kind::new(code, StatusCode::CONFLICT, title)
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ReadError> for ServiceError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<PeerFailure> for ServiceError {
    fn from(failure: PeerFailure) -> Self {
        Self::Peer(failure)
    }
}

impl ServiceError {
    /// Stable word for API, log and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Peer(failure) => failure.code(),
            Self::TimeStampUnavailable => TIME_STAMP_UNAVAILABLE.code,
            Self::OwnCertificateNotValid => OWN_CERTIFICATE_NOT_VALID.code,
            Self::Store(error) => error.code(),
            Self::Read(error) => error.code(),
            Self::Internal(code) => code,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.kind());
        match refusal {
            Refusal::EvidenceIndeterminate(shortfall) | Refusal::DecisionNotVerified(shortfall) => {
                problem.member("sub_indication", shortfall.sub.code()).detail(shortfall.detail)
            }
            Refusal::DecisionRefused(RefuseDecision::AfterDeadline { deadline }) => {
                problem.member("deadline", deadline.rfc3339())
            }
            Refusal::TooMany { count_max } => problem.member("count_max", count_max),
            Refusal::ObjectsTooMany { octets_waiting_max } => {
                problem.member("octets_max", octets_waiting_max)
            }
            Refusal::AttachmentTooLarge { octets_max } => problem.member("octets_max", octets_max),
            _ => problem,
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Refused(refusal) => refusal.into(),
            ServiceError::Peer(failure) => {
                observe::warn("peer-failed").reason(failure.code()).write();
                Self::new(PEER_FAILED).member("peer_code", failure.code())
            }
            ServiceError::TimeStampUnavailable => Self::new(TIME_STAMP_UNAVAILABLE),
            ServiceError::OwnCertificateNotValid => Self::new(OWN_CERTIFICATE_NOT_VALID),
            ServiceError::Store(error) => error.into(),
            ServiceError::Read(error) => error.into(),
            ServiceError::Internal(code) => {
                observe::error("fault").reason(code).write();
                Self::new(problem::INTERNAL)
            }
        }
    }
}

/// There is nothing to follow but the release's policy, and what was published before.
const POLICY_NOT_PUBLISHED: Kind = Kind::new(
    "policy-not-published",
    StatusCode::NOT_FOUND,
    "This provider publishes no update of the algorithm policy",
);

const OTHER_DESTINATION: Kind = Kind::new(
    "dispatch-for-another-provider",
    StatusCode::MISDIRECTED_REQUEST,
    "The letter is for another provider",
);

/// What came is no object, or another one.
const OBJECT_NOT_AS_NAMED: Kind = Kind::new(
    "object-not-as-named",
    StatusCode::UNPROCESSABLE_ENTITY,
    "The octets are no envelope, or have another digest than their name",
);

/// Whoever never hands in what he announced takes room from others.
const OBJECTS_TOO_MANY: Kind = Kind::passing(
    "objects-too-many",
    StatusCode::TOO_MANY_REQUESTS,
    "Too much was sent before its letters; hand those in first",
    60,
);

/// The one who sends them knows what to do.
const OBJECTS_MISSING: Kind = Kind::passing(
    "objects-missing",
    StatusCode::CONFLICT,
    "The letter names objects that are not here; nothing was done, send them first",
    1,
);

/// What is not in this mailbox does not exist for its owner.
const LETTER_NOT_FOUND: Kind =
    Kind::new("letter-not-found", StatusCode::NOT_FOUND, "There is no such letter in this mailbox");

/// A letter of basic mode has no locked body, one without large attachments no objects.
const PART_NOT_FOUND: Kind =
    Kind::new("part-not-found", StatusCode::NOT_FOUND, "The letter has no such part here");

/// No time, no evidence; no evidence, no event.
pub const TIME_STAMP_UNAVAILABLE: Kind = Kind::passing(
    "time-stamp-unavailable",
    StatusCode::SERVICE_UNAVAILABLE,
    "The time-stamping authority does not answer; nothing was done, try again",
    15,
);

/// The operator has to renew a certificate. Nothing is lost: agents and peers try again.
pub const OWN_CERTIFICATE_NOT_VALID: Kind = Kind::passing(
    "own-certificate-not-valid",
    StatusCode::SERVICE_UNAVAILABLE,
    "A certificate of this provider has ended; nothing was done, try again",
    300,
);

/// Another provider did not answer; `peer_code` says how.
pub const PEER_FAILED: Kind =
    Kind::passing("peer-failed", StatusCode::BAD_GATEWAY, "The other provider gave no answer", 30);
