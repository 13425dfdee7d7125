//! CMS SignedData (RFC 5652 §5) as CAdES B-B and B-T (EN 319 122-1 §6).
//!
//! A message of ours MUST
//! - be strict DER, with exactly one SignerInfo that names its signer by issuer and serial number,
//! - have signed attributes: content-type, message-digest, signing-time, signing-certificate-v2,
//!   each once and with one value; algorithm protection (RFC 6211) is written and, where present,
//!   must agree,
//! - hold the signer's certificate, unless whoever verifies has it already,
//! - have no unsigned attribute but one signature-time-stamp.
//!
//! Signing asks and is answered: [`request_signature`] makes a [`SignatureRequest`], whoever holds
//! the key answers with a [`SignatureValue`], and the [`Signature`] is written around content that
//! may be in memory, elsewhere, or still streaming. Nothing here holds a private key.

mod build;
mod parse;
mod verify;

pub use build::{
    RequestError, Signature, SignatureRequest, SignatureValue, WrongAnswer, digests_for,
    request_signature, request_signature_with,
};
pub use parse::SignedData;
pub use verify::{
    Verification, verify_attached, verify_detached, verify_detached_content, verify_foreign,
};

pub(crate) use build::digest_algorithm;
pub(crate) use parse::{Dialect, Parsed};
pub(crate) use verify::{Digested, check_signature, format_failure, path_at, verify_flowed};

use crate::attributes::{Attribute, ObjectIdentifier};
pub use crate::digest::{ContentDigester, ContentRef};
pub use crate::limits::Limits;

/// What a signature covers: the content and the signed attributes. It is a claim until it comes
/// inside a [`crate::verdict::Verified`].
#[derive(Clone)]
pub struct SignedContent {
    content: Vec<u8>,
    content_digest: [u8; 32],
    content_type: ObjectIdentifier,
    attributes: Vec<Attribute>,
    signature: Vec<u8>,
    signatures_hold: bool,
}

impl SignedContent {
    /// The content; empty if the signature is detached.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// SHA-256 of the content, attached or detached.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.content_digest
    }

    /// What kind of content the signer says this is.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The DER of a signed attribute's one value.
    #[must_use]
    pub fn signed_attribute(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.attributes.iter().find(|attribute| attribute.oid == oid)?;
        Some(&found.value_der)
    }

    /// Whether the signature verifies with the key of the certificate that it names, whatever is to
    /// be said about that certificate.
    pub(crate) fn signatures_hold(&self) -> bool {
        self.signatures_hold
    }

    /// The signature's octets, over which time-stamps are made.
    #[must_use]
    pub fn signature_value(&self) -> &[u8] {
        &self.signature
    }
}

#[cfg(test)]
mod tests;
