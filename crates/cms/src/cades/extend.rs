//! From B-T to B-LT and B-LTA, and from one archive time-stamp to the next.

use core::fmt;

use super::index::HashIndex;
use super::parts::Parts;
use crate::attributes::{ARCHIVE_TIME_STAMP_V3, ATS_HASH_INDEX_V3, Attribute};
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::digest::{ContentRef, DigestAlgorithm};
use crate::path::Crl;
use crate::tlv;
use crate::tsp::{Imprint, TimeStampRequest, stamped_by};

/// Why no archive time-stamp was asked for or taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The message or the token cannot be read.
    Malformed(DecodeError),
    /// The content is neither inside nor given with the digest that is to be stamped.
    ContentMissing,
    /// The token stamps something else.
    OtherImprint,
    /// Nothing proves yet when the signature existed: B-T comes before B-LTA.
    NoTimeStamp,
}

impl ArchiveError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "archive-malformed",
            Self::ContentMissing => "archive-content-missing",
            Self::OtherImprint => "archive-other-imprint",
            Self::NoTimeStamp => "archive-no-time-stamp",
        }
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(_) => "the signature or the token cannot be read",
            Self::ContentMissing => "the content's digest is not in hand",
            Self::OtherImprint => "the token is for something else",
            Self::NoTimeStamp => "the signature has no time-stamp yet",
        })
    }
}

impl core::error::Error for ArchiveError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DecodeError> for ArchiveError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

/// The same message with validation data beside what it holds (EN 319 122-1 §6.3, B-LT): whoever
/// verifies it later needs nothing else but the trust anchors. What is inside already is not doubled.
///
/// Certificates and lists of the signer and of every time-stamp's authority belong here. Whether they
/// suffice, [`super::verify_archived`] says by its level.
pub fn with_validation_data(
    signed_data: &[u8],
    certificates: &[Certificate],
    crls: &[Crl],
) -> Result<Vec<u8>, DecodeError> {
    let parts = Parts::read(signed_data)?;
    let certificates: Vec<_> = certificates.iter().map(Certificate::der).collect();
    let crls: Vec<_> = crls.iter().map(Crl::der).collect();
    let message = parts.with(&certificates, &crls, None);
    // What grew past its bounds nobody would read. [CAD-005]
    Parts::read(&message)?;
    Ok(message)
}

/// An archive time-stamp that is about to be asked for. It covers the message as it is now.
pub struct ArchiveRequest {
    message: Vec<u8>,
    index: HashIndex,
    imprint: Imprint,
    request: TimeStampRequest,
}

impl ArchiveRequest {
    /// Over a message with its content inside, or with the content's digests in hand. `digest` is
    /// what the next decades are trusted to. The nonce must be fresh: 64 random bits.
    pub fn new(
        signed_data: &[u8],
        content: Option<ContentRef>,
        digest: DigestAlgorithm,
        nonce: u64,
    ) -> Result<Self, ArchiveError> {
        let parts = Parts::read(signed_data)?;
        let values = parts.unsigned_values()?;
        if !values.iter().any(|value| value.is_signature_time_stamp()) {
            return Err(ArchiveError::NoTimeStamp);
        }
        let content_digest =
            content_digest(&parts, content, digest).ok_or(ArchiveError::ContentMissing)?;
        let index = HashIndex::over(&parts, digest)?;
        let imprint = index.imprint(&parts, &content_digest);
        let request = TimeStampRequest::with_imprint(imprint.clone(), nonce);
        Ok(Self { message: signed_data.to_vec(), index, imprint, request })
    }

    /// What the authority is to be sent. It learns a digest and nothing else.
    #[must_use]
    pub fn time_stamp_request(&self) -> &TimeStampRequest {
        &self.request
    }

    /// The message with the token in it: CAdES B-LTA. The token is verified as little as any other
    /// is here; [`super::verify_archived`] does that.
    ///
    /// ```text
    /// archive-time-stamp-v3: TimeStampToken, with ats-hash-index-v3 among its unsigned attributes
    /// ```
    pub fn answered(self, token: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        // [CAD-006]
        if stamped_by(token)?.0 != self.imprint {
            return Err(ArchiveError::OtherImprint);
        }
        let index = Attribute { oid: ATS_HASH_INDEX_V3, value_der: self.index.der };
        let token = Parts::read(token)?.with(&[], &[], Some(&index));
        let stamp = Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der: token };
        let message = Parts::read(&self.message)?.with(&[], &[], Some(&stamp));
        tlv::check(&message)?;
        Ok(message)
    }
}

/// The digest of the content, from the content inside or the digests in hand.
pub(super) fn content_digest(
    parts: &Parts<'_>,
    content: Option<ContentRef>,
    digest: DigestAlgorithm,
) -> Option<Vec<u8>> {
    match (parts.content, content) {
        (Some(inside), _) => Some(digest.of(inside)),
        (None, Some(content)) => content.get(digest).map(<[u8]>::to_vec),
        (None, None) => None,
    }
}
