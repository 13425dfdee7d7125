//! The recipient's side: whether to answer, and with what.

use core::fmt;

use super::{
    Asking, ID_CT_RECEIPT, MAILING_LIST_HISTORY, MESSAGE_SIGNATURE_DIGEST, Receipt, ReceiptsFrom,
    Tie,
};
use crate::attributes::Attribute;
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::signed::{ContentRef, SignatureRequest, SignedContent, digests_for, request_signature};
use crate::time::ClaimedTime;
use crate::verdict::Verified;

/// Why there is no receipt to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoReceipt {
    /// Nobody asked.
    NotRequested,
    /// Others were asked.
    NotAsked,
    /// The message is itself a receipt: nobody acknowledges acknowledgements (RFC 2634 §2.3).
    IsReceipt,
    /// The signers ask for different things (RFC 2634 §2.3).
    RequestsDiffer,
    /// Only those were asked to whom the message came directly.
    ThroughMailingList,
    /// The request cannot be read.
    Malformed(DecodeError),
}

impl NoReceipt {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotRequested => "receipt-not-requested",
            Self::NotAsked => "receipt-asked-of-others",
            Self::IsReceipt => "receipt-for-receipt",
            Self::RequestsDiffer => "receipt-requests-differ",
            Self::ThroughMailingList => "receipt-not-first-tier",
            Self::Malformed(_) => "receipt-request-malformed",
        }
    }
}

impl fmt::Display for NoReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRequested => "no receipt was asked for",
            Self::NotAsked => "a receipt was asked of others",
            Self::IsReceipt => "the message is itself a receipt",
            Self::RequestsDiffer => "the signers ask for different receipts",
            Self::ThroughMailingList => "the message came through a mailing list",
            Self::Malformed(_) => "the request for a receipt cannot be read",
        })
    }
}

impl core::error::Error for NoReceipt {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            _ => None,
        }
    }
}

/// A receipt that is not signed yet.
pub struct ReceiptDraft {
    content: Vec<u8>,
    tie: Tie,
    to: Vec<String>,
}

impl ReceiptDraft {
    /// A receipt for a message whose signature has passed; one that has not has no [`Verified`]
    /// (RFC 2634 §2.4). Of two signers it answers the first who asks. `address` is the recipient's own.
    pub fn new(original: &Verified<SignedContent>, address: &str) -> Result<Self, NoReceipt> {
        let signed = original.get();
        // [RCP-007]
        if signed.content_type() == ID_CT_RECEIPT {
            return Err(NoReceipt::IsReceipt);
        }
        let Asking { request, ties } = Asking::of(signed)?;
        // [RCP-008]
        if !request.asks(address) {
            return Err(NoReceipt::NotAsked);
        }
        let through_list =
            signed.signed_by().iter().any(|by| by.attribute(MAILING_LIST_HISTORY).is_some());
        // [RCP-009]
        if *request.from() == ReceiptsFrom::FirstTier && through_list {
            return Err(NoReceipt::ThroughMailingList);
        }
        // RFC 2634 §2.2.1: one receipt, hence for one of them.
        let tie = ties.into_iter().next().expect("who is asked was asked by somebody");
        let receipt = Receipt {
            content_type: signed.content_type(),
            identifier: request.identifier().to_vec(),
            signature: tie.signature.clone(),
        };
        Ok(Self { content: receipt.to_der(), tie, to: request.to().to_vec() })
    }

    /// Where the receipt is to be sent.
    #[must_use]
    pub fn to(&self) -> &[String] {
        &self.to
    }

    /// What is signed: put it into [`crate::signed::Signature::attached`].
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Asks for the signature over it. It holds no request of its own.
    #[must_use]
    pub fn request_signature(&self, signer: &Certificate, at: ClaimedTime) -> SignatureRequest {
        let tie = Attribute::octets(MESSAGE_SIGNATURE_DIGEST, &self.tie.digest);
        let content = ContentRef::with(&self.content, &digests_for(&[signer]));
        request_signature(content, Some(ID_CT_RECEIPT), signer, at, &[tie])
    }
}
