//! The recipient's decision: he accepts the letter, or he refuses it.
//!
//! A decision is JSON in CAdES SignedData by the recipient. In the mode `signed` he signs with
//! the key that signs in his name; in `consent` with the key that authenticates him. It says
//! which letter it is about by identifier, digest of the locked body and commitment, so that it
//! can be used for no other.

use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Digest, DispatchId, LetterId};
use crate::limits::DECISION_OCTETS_MAX;
use crate::mode::ConsignmentMode;
use crate::outcome;
use crate::relay::RelayMetadata;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::{SignedContent, Verification, verify_attached};
use sealpost_cms::time::Deadline;
use sealpost_cms::verdict::Outcome;
use serde::{Deserialize, Serialize};

/// The version word of a decision.
pub const DECISION_VERSION: &str = "sealpost-decision/1";

/// What the recipient decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// He accepts the letter and receives the key.
    Accepted,
    /// He refuses it; nobody will open it.
    Refused,
}

/// The statement that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// [`DECISION_VERSION`].
    pub version: String,
    /// What was decided.
    pub verdict: Verdict,
    /// About which letter.
    pub letter_id: LetterId,
    /// On which way.
    pub dispatch_id: DispatchId,
    /// SHA-256 of the locked body.
    pub body_sha256: Digest,
    /// The commitment to the content.
    pub content_commitment: Digest,
    /// The deadline that the recipient saw.
    pub deadline: Deadline,
}

impl Decision {
    /// The statement about a letter that waits, or nothing if the letter needs no decision.
    pub fn about(metadata: &RelayMetadata, verdict: Verdict) -> Option<Self> {
        Some(Self {
            version: DECISION_VERSION.to_owned(),
            verdict,
            letter_id: metadata.letter_id,
            dispatch_id: metadata.dispatch_id,
            body_sha256: metadata.body?.sha256,
            content_commitment: metadata.content_commitment,
            deadline: metadata.deadline?,
        })
    }

    /// Whether the decision is about exactly this letter. [ACC-001]
    pub fn is_about(&self, metadata: &RelayMetadata) -> bool {
        Self::about(metadata, self.verdict).as_ref() == Some(self)
    }

    /// The octets that are signed.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    fn from_signed(content: &SignedContent) -> Result<Self, FormatError> {
        let decision: Self = from_json("decision", content.content(), DECISION_OCTETS_MAX)?;
        if decision.version != DECISION_VERSION {
            return Err(FormatError::new("decision", "unknown version"));
        }
        Ok(decision)
    }
}

/// A decision that accepts. Only reading a signed acceptance makes one.
///
/// ```compile_fail,E0451
/// // Invariant 9: an acceptance cannot be made up.
/// use sealpost_erds::acceptance::{ConsignmentAcceptance, Decision};
/// fn forge(decision: Decision) -> ConsignmentAcceptance { ConsignmentAcceptance { decision } }
/// ```
///
/// ```
/// use sealpost_erds::acceptance::{ConsignmentAcceptance, Decision};
/// fn read(acceptance: &ConsignmentAcceptance) -> &Decision { acceptance.decision() }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsignmentAcceptance {
    decision: Decision,
}

/// A decision that refuses. Only reading a signed refusal makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsignmentRejection {
    decision: Decision,
}

impl ConsignmentAcceptance {
    /// The statement.
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }
}

impl ConsignmentRejection {
    /// The statement.
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }
}

/// Which key decides in a mode: in `signed` the one that signs in the person's name, in `consent`
/// the one that authenticates the person. [ACC-002]
pub const fn deciding_purpose(mode: ConsignmentMode) -> KeyPurpose {
    match mode {
        ConsignmentMode::Signed => KeyPurpose::LetterSignature,
        ConsignmentMode::Basic | ConsignmentMode::Consent => KeyPurpose::Authentication,
    }
}

/// Verifies a signed acceptance for a letter in `mode`. A time-stamp is required: only a proven
/// time can be held against the deadline.
pub fn verify_acceptance(
    signed: &[u8],
    mode: ConsignmentMode,
    verification: &Verification<'_>,
) -> Outcome<ConsignmentAcceptance> {
    verify_decision(signed, mode, verification, |content| {
        let decision = Decision::from_signed(content)?;
        match decision.verdict {
            Verdict::Accepted => Ok(ConsignmentAcceptance { decision }),
            Verdict::Refused => Err(FormatError::new("acceptance", "it refuses")),
        }
    })
}

/// Verifies a signed refusal for a letter in `mode`.
pub fn verify_rejection(
    signed: &[u8],
    mode: ConsignmentMode,
    verification: &Verification<'_>,
) -> Outcome<ConsignmentRejection> {
    verify_decision(signed, mode, verification, |content| {
        let decision = Decision::from_signed(content)?;
        match decision.verdict {
            Verdict::Refused => Ok(ConsignmentRejection { decision }),
            Verdict::Accepted => Err(FormatError::new("refusal", "it accepts")),
        }
    })
}

fn verify_decision<T>(
    signed: &[u8],
    mode: ConsignmentMode,
    verification: &Verification<'_>,
    reader: fn(&SignedContent) -> Result<T, FormatError>,
) -> Outcome<T> {
    if signed.len() > DECISION_OCTETS_MAX {
        return Outcome::malformed("the decision is too large");
    }
    let verification =
        Verification { purpose: deciding_purpose(mode), require_time_stamp: true, ..*verification };
    outcome::read(verify_attached(signed, &verification), reader)
}
