//! Evidence (EN 319 522-2 §8): what a provider states about one event of one letter to one
//! recipient. The native encoding is JSON in CAdES B-T SignedData under the provider's
//! electronic seal; names of parties appear as salted digests only.

mod check;
mod draft;
mod verify;

pub use check::TableViolation;
pub use draft::EvidenceDraft;
pub use verify::{about_same_letter, repeats_submission, verify_evidence};

use crate::address::Domain;
use crate::disclosure::PartyReference;
use crate::event::{Event, Reason};
use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Digest, DispatchId, LetterId, claimed_time, optional_claimed_time};
use crate::limits::EVIDENCE_OCTETS_MAX;
use crate::mode::ConsignmentMode;
use crate::relay::PartDigest;
use sealpost_cms::time::{ClaimedTime, Deadline};
use serde::{Deserialize, Serialize};

/// G02: the version word of our encoding of EN 319 522-2 V1.1.1.
pub const EVIDENCE_VERSION: &str = "sealpost-evidence/1 EN319522v1.1.1";
/// R01: the policy under which a provider in the mode `erds-private` issues evidence.
pub const POLICY_ERDS_PRIVATE: &str = "urn:sealpost:policy:erds-private:1";
/// The only digest algorithm of disclosures (RFC 9901 §4.1.1).
pub const DISCLOSURE_ALGORITHM: &str = "sha-256";

/// The payload of an evidence. Component names of EN 319 522-2 Table 13 stand beside the fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// G02.
    pub version: String,
    /// G01: unique for ever, `hexadecimal@issuer-domain`.
    pub evidence_id: String,
    /// G03.
    pub event: Event,
    /// G04.
    pub reasons: Vec<EventReason>,
    /// G05, as the issuer claims it; the time-stamp over the signature proves it.
    #[serde(with = "claimed_time")]
    pub event_time: ClaimedTime,
    /// R01.
    pub issuer_policies: Vec<String>,
    /// R02.
    pub issuer: IssuerDetails,
    /// M01.
    pub letter_id: LetterId,
    /// This letter's way to this recipient.
    pub dispatch_id: DispatchId,
    /// M02.
    pub user_content: UserContent,
    /// I02 and I10.
    pub sender: PartyReference,
    /// I06 and I12.
    pub recipients: Vec<PartyReference>,
    /// I09: one-based index into `recipients`, in groups C, D and E only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers_to_recipient: Option<u32>,
    /// M03.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_claimed_time")]
    pub submission_time: Option<ClaimedTime>,
    /// M05: the other provider, in group B only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_erds: Option<Domain>,
    /// MD03, repeated so that an expiry can be judged from the evidence alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// SHA-256 of the recipient's signed decision, in C.3 and C.4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_sha256: Option<Digest>,
    /// The algorithm of the digests that stand for parties.
    #[serde(rename = "_sd_alg")]
    pub disclosure_algorithm: String,
}

/// One reason: the URI, and details of which the first is the code of the standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventReason {
    /// URI of EN 319 522-2.
    pub code: Reason,
    /// Code such as `RA01`, then log-safe facts.
    pub details: Vec<String>,
}

/// Who issues the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerDetails {
    /// The provider's domain.
    pub domain: Domain,
    /// The legal name of the provider.
    pub organisation: String,
}

/// M02: the user content as providers can see it, and the commitment that the parties can open.
///
/// ```compile_fail,E0063
/// // Invariant 8: evidence does not rest on the ciphertext alone.
/// use sealpost_erds::{ConsignmentMode, evidence::UserContent, relay::PartDigest};
/// fn about(enveloped: PartDigest) -> UserContent {
///     UserContent { mode: ConsignmentMode::Basic, enveloped, body: None }
/// }
/// ```
///
/// ```
/// use sealpost_erds::{ConsignmentMode, Digest, evidence::UserContent, relay::PartDigest};
/// fn about(enveloped: PartDigest, content_commitment: Digest) -> UserContent {
///     UserContent { mode: ConsignmentMode::Basic, enveloped, body: None, content_commitment }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserContent {
    /// How the letter is consigned.
    pub mode: ConsignmentMode,
    /// The notice, or the whole letter in basic mode.
    pub enveloped: PartDigest,
    /// The locked body of the consent modes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<PartDigest>,
    /// Salted commitment to the signed content: AES-GCM does not commit to its key, so the digest
    /// of the ciphertext alone would not bind what was said.
    pub content_commitment: Digest,
}

impl Evidence {
    /// Reads a payload and checks it against EN 319 522-2 Table 13.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let evidence: Self = from_json("evidence", octets, EVIDENCE_OCTETS_MAX)?;
        evidence
            .check()
            .map_err(|violation| FormatError::new("evidence", violation.to_string()))?;
        Ok(evidence)
    }

    /// The payload that is signed. It is made once; what was signed is stored verbatim.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// The first reason, which every evidence of ours has.
    pub fn reason(&self) -> Option<Reason> {
        self.reasons.first().map(|reason| reason.code)
    }
}

#[cfg(test)]
mod tests;
