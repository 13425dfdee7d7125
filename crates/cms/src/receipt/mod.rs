//! Signed receipts of S/MIME (RFC 2634 §2, updated by RFC 5035): "the software of the one who holds
//! this key verified that signature".
//!
//! The sender asks inside of what he signs ([`ReceiptRequest`]); the recipient's program answers once
//! the signature has passed ([`ReceiptDraft`]); the sender holds the answer against what he kept
//! ([`SentMessage`]). A receipt MUST repeat the content identifier and the signature's octets, and hold
//! the digest of the signed attributes: three ties to one signature.
//!
//! It says nothing about a person who read something. It is no evidence in the sense of EN 319 522-1,
//! and it tells whoever asked that the address lives: a program asks its user first.

mod draft;
mod matching;
mod request;

pub use draft::{NoReceipt, ReceiptDraft};
pub use matching::{SentMessage, SignedReceipt};
pub use request::{ReceiptRequest, ReceiptsFrom};

use crate::attributes::{Attribute, MESSAGE_DIGEST, ObjectIdentifier};
use crate::decode::{self, DecodeError};
use crate::digest::DigestAlgorithm;
use crate::limits;
use crate::signed::SignedContent;
use crate::tlv::{self, Reader, Writer};

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

/// RFC 2634 §2.4: the digest of the DER of the signed attributes, made with the algorithm that the
/// signer used for the content; its length tells which one of the SHA-2 family that was.
///
/// Nothing where there are two signers: each has attributes of its own.
fn signature_digest(signed: &SignedContent) -> Option<Vec<u8>> {
    if signed.signers().len() > 1 {
        return None;
    }
    let stated = signed.signed_attribute(MESSAGE_DIGEST)?;
    let octets = tlv::only(stated, tlv::OCTET_STRING, "message-digest").ok()?.len();
    let all = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
    let digest = all.into_iter().find(|digest| digest.octets() == octets)?;
    let mut set = Writer::new();
    set.set_of(tlv::SET, signed.signed_attributes().iter().map(Attribute::to_der).collect());
    Some(digest.of(set.octets()))
}

#[cfg(test)]
mod tests;
