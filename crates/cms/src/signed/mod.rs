//! CMS SignedData (RFC 5652 §5) as CAdES B-B and B-T (EN 319 122-1 §6).
//!
//! A message of ours MUST
//! - be strict DER, with one SignerInfo or two that name their signers by issuer and serial number;
//!   two are keys of one and the same party, such as an old kind of key beside a new one, and say
//!   the same about the content,
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
mod judge;
mod parse;
mod report;
mod verify;

pub use build::{
    NotTogether, RequestError, Signature, SignatureRequest, SignatureValue, WrongAnswer,
    digests_for, request_signature, request_signature_with,
};
pub use parse::SignedData;
pub use report::SignerReport;
pub use verify::{
    Verification, verify_attached, verify_detached, verify_detached_content, verify_foreign,
};

pub(crate) use build::digest_algorithm;
pub(crate) use judge::{
    Digested, JudgedSigner, Signer, check_signature, claimed_time, format_failure, path_at,
    path_for,
};
pub(crate) use parse::{Dialect, Parsed, SignerInfo};
pub(crate) use verify::{content_of, together, verify_flowed};

use crate::attributes::{Attribute, ObjectIdentifier};
use crate::digest::DigestAlgorithm;
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
    signed_by: Vec<SignedBy>,
    signers: Vec<SignerReport>,
}

/// What one signer signed beside the content, and the signature: a claim like the rest.
#[derive(Clone)]
pub(crate) struct SignedBy {
    /// The octets of the signature.
    pub(crate) signature: Vec<u8>,
    /// The digest that goes with it, if it is known here.
    pub(crate) digest: Option<DigestAlgorithm>,
    /// The SET OF Attribute in DER, as it was signed (RFC 5652 §5.4).
    pub(crate) signed_octets: Vec<u8>,
    pub(crate) attributes: Vec<Attribute>,
}

impl SignedBy {
    /// The DER of a signed attribute's one value.
    pub(crate) fn attribute(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.attributes.iter().find(|attribute| attribute.oid == oid)?;
        Some(&found.value_der)
    }
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

    /// Each signer of the message and what came of it, in the order of the message. In a verdict
    /// that is TOTAL-PASSED all have passed.
    #[must_use]
    pub fn signers(&self) -> &[SignerReport] {
        &self.signers
    }

    /// The DER of a signed attribute's one value, if all signers say the same.
    #[must_use]
    pub fn signed_attribute(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.attributes.iter().find(|attribute| attribute.oid == oid)?;
        Some(&found.value_der)
    }

    /// In the order of [`Self::signers`].
    pub(crate) fn signed_by(&self) -> &[SignedBy] {
        &self.signed_by
    }

    /// Whether every signature verifies with the key of the certificate that it names, whatever is
    /// to be said about those certificates.
    pub(crate) fn signatures_hold(&self) -> bool {
        !self.signers.is_empty() && self.signers.iter().all(SignerReport::holds)
    }
}

#[cfg(test)]
mod tests;
