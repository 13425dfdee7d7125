//! What the sender keeps of a letter that was sent, for his encrypted archive.

use crate::draft::Party;
use crate::suite::Suite;
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_erds::disclosure::Disclosure;
use sealpost_erds::relay::PartDigest;
use sealpost_erds::slip::Share;
use sealpost_erds::{Address, ConsignmentMode, Digest, DispatchId, LetterId, Octets};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version word of [`SentRecord`].
pub const RECORD_VERSION: &str = "sealpost-sent/1";

/// One letter as its sender knows it: one per submission, so a blind copy has its own. Holds user
/// text and keys: it belongs into an encrypted archive only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentRecord {
    /// [`RECORD_VERSION`].
    pub version: String,
    /// The letter.
    pub letter_id: LetterId,
    /// How it is consigned.
    pub mode: ConsignmentMode,
    /// What it was encrypted by.
    #[serde(default = "Suite::of_earlier_records")]
    pub suite: Suite,
    /// Until when it may be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// The date in the letter.
    pub date: ClaimedTime,
    /// Who sent it.
    pub sender: Party,
    /// Recipients whom all may see.
    pub to: Vec<Address>,
    /// Recipients of copies whom all may see.
    pub cc: Vec<Address>,
    /// Whether this is the copy of one blind recipient.
    pub blind_copy: bool,
    /// The subject.
    pub subject: String,
    /// The sender's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What opens the sender's digests in evidence.
    pub sender_disclosures: Vec<Disclosure>,
    /// What evidence commits to.
    pub content_commitment: Digest,
    /// The signed content, which is kept beside this record.
    pub signed_content: PartDigest,
    /// The locked body of the modes that need acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<PartDigest>,
    /// Both halves of the body's key, in the modes that need acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
    /// Who received this content.
    pub recipients: Vec<SentRecipient>,
}

/// Both halves of the key of a locked body.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// In the notice.
    pub recipient: Share,
    /// With the recipient's provider.
    pub release: Share,
}

/// One recipient of a sent letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentRecipient {
    /// The address.
    pub address: Address,
    /// The letter's way to this recipient; evidence names it.
    pub dispatch_id: DispatchId,
    /// Opens the recipient's digest in evidence.
    pub disclosure: Disclosure,
    /// The certificate that was encrypted for (DER).
    pub certificate: Octets,
    /// What travelled: the notice, or the letter in basic mode.
    pub enveloped: PartDigest,
    /// Opens its outer layer.
    pub carrier_key: Share,
    /// Opens its inner layer.
    pub content_key: Share,
    /// Opens what the recipient sends back, in the modes that need acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_key: Option<Share>,
}

impl SentRecord {
    /// The recipient of one dispatch.
    pub fn recipient(&self, dispatch_id: DispatchId) -> Option<&SentRecipient> {
        self.recipients.iter().find(|recipient| recipient.dispatch_id == dispatch_id)
    }
}

impl fmt::Debug for SentRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentRecord").field("letter_id", &self.letter_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for SentRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentRecipient")
            .field("dispatch_id", &self.dispatch_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shares(…)")
    }
}
