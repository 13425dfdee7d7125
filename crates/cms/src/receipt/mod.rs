//! Signed receipts of S/MIME (RFC 2634 §2, updated by RFC 5035): "the software of the one who holds
//! this key verified that signature".
//!
//! The sender asks inside of what he signs ([`ReceiptRequest`]); the recipient's program answers once
//! the signature has passed ([`ReceiptDraft`]); the sender holds the answer against what he kept
//! ([`SentMessage`]). A receipt MUST repeat the content identifier and the signature's octets, and hold
//! the digest of the signed attributes: three ties to one signature.
//!
//! A message with two signers gets one receipt all the same (RFC 2634 §2.2.1). It answers the first signer
//! who asks: a message that has passed has no signer who did not. The sender knows both, and finds out
//! which one was answered, since programs that verify one of two signatures answer that one.
//!
//! It says nothing about a person who read something. It is no evidence in the sense of EN 319 522-1,
//! and it tells whoever asked that the address lives: a program asks its user first.

mod draft;
mod matching;
mod request;

pub use draft::{NoReceipt, ReceiptDraft};
pub use matching::{SentMessage, SignedReceipt};
pub use request::{ReceiptRequest, ReceiptsFrom};

use crate::attributes::ObjectIdentifier;
use crate::decode::{self, DecodeError};
use crate::limits;
use crate::signed::SignedContent;
use crate::tlv::{self, Reader};

/// id-aa-receiptRequest (RFC 2634 §2.7).
pub const RECEIPT_REQUEST: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.1");
/// id-ct-receipt (RFC 2634 §2.8).
pub const ID_CT_RECEIPT: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.1");
/// id-aa-msgSigDigest (RFC 2634 §2.10).
pub const MESSAGE_SIGNATURE_DIGEST: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.5");
/// id-aa-mlExpandHistory (RFC 2634 §4.4): a mailing list stands between.
pub const MAILING_LIST_HISTORY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.3");

/// ```text
/// Receipt ::= SEQUENCE { version INTEGER (1), contentType OBJECT IDENTIFIER,
///     signedContentIdentifier OCTET STRING, originatorSignatureValue OCTET STRING }
/// ```
/// RFC 2634 §2.8.
#[derive(Clone, PartialEq, Eq)]
struct Receipt {
    content_type: ObjectIdentifier,
    identifier: Vec<u8>,
    signature: Vec<u8>,
}

impl Receipt {
    fn to_der(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |receipt| {
            receipt.small(1);
            receipt.oid(&self.content_type);
            receipt.element(tlv::OCTET_STRING, &self.identifier);
            receipt.element(tlv::OCTET_STRING, &self.signature);
        })
    }

    fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "Receipt";
        decode::bounded(WHAT, der, limits::RECEIPT_OCTETS_MAX)?;
        tlv::check(der)?;
        let mut fields = Reader::new(tlv::only(der, tlv::SEQUENCE, WHAT)?);
        // RFC 2634 §2.8: the one version there is. [RCP-001]
        if fields.small("Receipt version")? != 1 {
            return Err(DecodeError::Unsupported { what: "version of a receipt" });
        }
        let content_type = fields.oid("contentType")?;
        let identifier = fields.value(tlv::OCTET_STRING, "signedContentIdentifier")?.to_vec();
        let signature = fields.value(tlv::OCTET_STRING, "originatorSignatureValue")?.to_vec();
        fields.finish(WHAT)?;
        Ok(Self { content_type, identifier, signature })
    }
}

/// A message that asks for receipts.
struct Asking {
    request: ReceiptRequest,
    /// One for each signer who asks, in the order of the message.
    ties: Vec<Tie>,
}

/// What a receipt repeats of the one signature that it answers.
#[derive(Clone)]
struct Tie {
    /// The place of the signer in the message.
    signer: usize,
    signature: Vec<u8>,
    /// RFC 2634 §2.4: the digest of the DER of the signed attributes, made with the algorithm that this
    /// signer used for the content.
    digest: Vec<u8>,
}

impl Asking {
    /// RFC 2634 §2.2.1: not all signers need ask, but all who ask, ask the same; else nobody gets a
    /// receipt (§2.3).
    fn of(signed: &SignedContent) -> Result<Self, NoReceipt> {
        let mut asked: Option<&[u8]> = None;
        let mut ties = Vec::new();
        for (signer, by) in signed.signed_by().iter().enumerate() {
            let Some(request) = by.attribute(RECEIPT_REQUEST) else { continue };
            // [RCP-017]
            if asked.is_some_and(|asked| asked != request) {
                return Err(NoReceipt::RequestsDiffer);
            }
            asked = Some(request);
            let unknown = DecodeError::Unsupported { what: "digest of a message" };
            let digest = by.digest.ok_or(NoReceipt::Malformed(unknown))?.of(&by.signed_octets);
            ties.push(Tie { signer, signature: by.signature.clone(), digest });
        }
        let request = asked.ok_or(NoReceipt::NotRequested)?;
        let request = ReceiptRequest::from_der(request).map_err(NoReceipt::Malformed)?;
        Ok(Self { request, ties })
    }
}

#[cfg(test)]
mod tests;
