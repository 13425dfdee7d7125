//! From B-T to B-LT and B-LTA, and from one archive time-stamp to the next.

use core::fmt;

use super::index::HashIndex;
use super::parts::{Parts, UnsignedValue};
use crate::CryptoRng;
use crate::attributes::{ARCHIVE_TIME_STAMP_V3, ATS_HASH_INDEX_V3, Attribute};
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::digest::{ContentRef, DigestAlgorithm};
use crate::path::Crl;
use crate::tlv;
use crate::tsp::{TimeStampRequest, stamped_by};

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
    /// Nothing proves yet when a signature existed: B-T comes before B-LTA.
    NoTimeStamp,
    /// There is not one token for each signer.
    NotOneForEach,
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
            Self::NotOneForEach => "archive-not-one-for-each",
        }
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(_) => "the signature or the token cannot be read",
            Self::ContentMissing => "the content's digest is not in hand",
            Self::OtherImprint => "the token is for something else",
            Self::NoTimeStamp => "a signature has no time-stamp yet",
            Self::NotOneForEach => "there is not one token for each signer",
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
    let message = parts.with(&certificates, &crls, &[]);
    // What grew past its bounds nobody would read. [CAD-005]
    Parts::read(&message)?;
    Ok(message)
}

/// Archive time-stamps that are about to be asked for, one for each signer. They cover the message as
/// it is now.
///
/// EN 319 122-1 §5.5.3: an archive time-stamp stands in one SignerInfo, covers that one, and of the
/// rest only what all signers share. So each signer has its own, and nobody's fate hangs on another's.
pub struct ArchiveRequest {
    message: Vec<u8>,
    /// In the order of the message.
    wanted: Vec<Wanted>,
}

/// What one signer lacks.
struct Wanted {
    index: HashIndex,
    request: TimeStampRequest,
}

impl ArchiveRequest {
    /// Over a message with its content inside, or with the content's digests in hand. `digest` is
    /// what the next decades are trusted to; the nonces are taken from `rng`.
    pub fn new(
        signed_data: &[u8],
        content: Option<ContentRef>,
        digest: DigestAlgorithm,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, ArchiveError> {
        let parts = Parts::read(signed_data)?;
        let content =
            content_digest(&parts, content, digest).ok_or(ArchiveError::ContentMissing)?;
        let mut wanted = Vec::new();
        for signer in &parts.signers {
            // An archive time-stamp of one signer proves nothing about the other. [CAD-017]
            if !signer.unsigned_values()?.iter().any(UnsignedValue::is_signature_time_stamp) {
                return Err(ArchiveError::NoTimeStamp);
            }
            let index = HashIndex::over(&parts, signer, digest)?;
            let imprint = index.imprint(&parts, signer, &content);
            let request = TimeStampRequest::with_imprint(imprint, rng.next_u64());
            wanted.push(Wanted { index, request });
        }
        Ok(Self { message: signed_data.to_vec(), wanted })
    }

    /// What the authority is to be sent, one request for each signer. It learns digests and nothing
    /// else.
    pub fn time_stamp_requests(&self) -> impl ExactSizeIterator<Item = &TimeStampRequest> {
        self.wanted.iter().map(|wanted| &wanted.request)
    }

    /// The message with the tokens in it, in the order of the requests: CAdES B-LTA. Tokens are
    /// verified as little as any other is here; [`super::verify_archived`] does that.
    ///
    /// ```text
    /// archive-time-stamp-v3: TimeStampToken, with ats-hash-index-v3 among its unsigned attributes
    /// ```
    pub fn answered(self, tokens: &[Vec<u8>]) -> Result<Vec<u8>, ArchiveError> {
        // Half an archive would be noticed when it is too late to make the other half. [CAD-018]
        if tokens.len() != self.wanted.len() {
            return Err(ArchiveError::NotOneForEach);
        }
        let stamps = self.wanted.into_iter().zip(tokens).map(|(wanted, it)| wanted.answered(it));
        let stamps = stamps.collect::<Result<Vec<_>, _>>()?;
        let message = Parts::read(&self.message)?.with(&[], &[], &stamps);
        tlv::check(&message)?;
        Ok(message)
    }
}

impl Wanted {
    fn answered(self, token: &[u8]) -> Result<Attribute, ArchiveError> {
        // [CAD-006]
        if stamped_by(token)?.0 != *self.request.stamped() {
            return Err(ArchiveError::OtherImprint);
        }
        let token = Parts::read(token)?;
        token.only_signer()?;
        let index = Attribute { oid: ATS_HASH_INDEX_V3, value_der: self.index.der };
        let value_der = token.with(&[], &[], &[index]);
        Ok(Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der })
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
