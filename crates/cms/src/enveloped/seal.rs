//! Writing AuthEnvelopedData: a prefix, the ciphertext as it comes, a suffix.

use core::fmt;

use super::{ContentAlgorithm, ContentKey, ContentParameters, RecipientSlot, gcm, recipient_infos};
use crate::CryptoRng;
use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_DATA};
use crate::gcm::{Gcm, TAG_OCTETS};
use crate::limits;
use crate::tlv::{self, Writer};

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// Nobody could open it.
    NoRecipient,
    /// The content has not the size that was announced.
    OtherSize,
    /// The content key has not the length that the cipher needs, or the cipher has no tag.
    ContentKey,
    /// The policy has chosen another suite.
    OtherSuite,
    /// The sender's certificate is not for encryption, or its key is of another kind than the suite
    /// needs; or there is not one answer for each question.
    SenderKey,
    /// A certificate is not for encryption, or its key is of a kind or size that nothing is sealed
    /// for.
    RecipientKey,
    /// More than [`limits::ENVELOPED_PLAINTEXT_OCTETS_MAX`].
    TooLarge,
    /// More than [`limits::RECIPIENTS_MAX`], or than fit into [`limits::ENVELOPED_HEAD_OCTETS_MAX`].
    TooManyRecipients,
}

impl SealError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRecipient => "no-recipient",
            Self::OtherSize => "other-size",
            Self::ContentKey => "content-key-unfit",
            Self::OtherSuite => "other-suite",
            Self::SenderKey => "sender-key-unusable",
            Self::RecipientKey => "recipient-key-unusable",
            Self::TooLarge => "too-large",
            Self::TooManyRecipients => "too-many-recipients",
        }
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRecipient => "no recipient could open it",
            Self::OtherSize => "the content has not the size that was announced",
            Self::ContentKey => "the content key does not fit the cipher",
            Self::OtherSuite => "the policy has chosen another suite",
            Self::SenderKey => "the sender's key does not fit the suite",
            Self::RecipientKey => "a recipient's certificate is not for encryption",
            Self::TooLarge => "the content is too large",
            Self::TooManyRecipients => "too many recipients for one message",
        })
    }
}

impl core::error::Error for SealError {}

/// Begins to seal a content of exactly `plaintext_octets` with AES-256-GCM, under a fresh content key.
pub fn seal_framing(
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    plaintext_octets: u64,
    rng: &mut dyn CryptoRng,
) -> Result<Sealer, SealError> {
    seal_framing_with(ContentAlgorithm::COMMON, recipients, content_key, plaintext_octets, rng)
}

/// As [`seal_framing`], with an algorithm of one's choice that has a tag.
///
/// Recipients with keys on one curve share one fresh ephemeral key (RFC 5753 §3.1.1). The nonce is
/// fresh as well, though one key seals one content anyway.
pub fn seal_framing_with(
    algorithm: ContentAlgorithm,
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    plaintext_octets: u64,
    rng: &mut dyn CryptoRng,
) -> Result<Sealer, SealError> {
    // [CMS-133]
    if plaintext_octets > limits::ENVELOPED_PLAINTEXT_OCTETS_MAX {
        return Err(SealError::TooLarge);
    }
    let (content, gcm) = begin_content(algorithm, content_key, rng)?;
    let recipient_infos = recipient_infos(recipients, content_key, rng)?;
    let prefix = prefix(&recipient_infos.der, &content, plaintext_octets);
    if prefix.len() > limits::ENVELOPED_HEAD_OCTETS_MAX {
        return Err(SealError::TooManyRecipients);
    }
    Ok(Sealer { prefix, gcm, plaintext_octets, sealed_octets: 0 })
}

/// A fresh nonce and what encrypts with it. [CMS-229]
pub(crate) fn begin_content(
    algorithm: ContentAlgorithm,
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<(ContentParameters, Gcm), SealError> {
    if !algorithm.encryption().is_authenticated() {
        return Err(SealError::ContentKey);
    }
    let content = ContentParameters::fresh(algorithm, rng);
    let gcm = gcm(&content, content_key).ok_or(SealError::ContentKey)?;
    Ok((content, gcm))
}

/// Seals a content in memory with AES-256-GCM.
pub fn seal(
    plaintext: &[u8],
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    seal_with(ContentAlgorithm::COMMON, plaintext, recipients, content_key, rng)
}

/// As [`seal`], with an algorithm of one's choice that has a tag.
pub fn seal_with(
    algorithm: ContentAlgorithm,
    plaintext: &[u8],
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let octets = plaintext.len() as u64;
    let mut sealer = seal_framing_with(algorithm, recipients, content_key, octets, rng)?;
    let mut message = Vec::with_capacity(sealer.prefix.len() + plaintext.len() + SUFFIX_OCTETS);
    message.extend_from_slice(sealer.prefix());
    message.extend_from_slice(plaintext);
    let start = sealer.prefix.len();
    sealer.update(&mut message[start..]);
    message.extend_from_slice(&sealer.finish()?);
    Ok(message)
}

/// A sealing under way: write [`Self::prefix`], then each piece after [`Self::update`], then what
/// [`Self::finish`] gives.
pub struct Sealer {
    prefix: Vec<u8>,
    gcm: Gcm,
    plaintext_octets: u64,
    sealed_octets: u64,
}

impl Sealer {
    /// What stands before the ciphertext.
    #[must_use]
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Encrypts the next piece in place. Pieces may have any length.
    pub fn update(&mut self, octets: &mut [u8]) {
        self.sealed_octets += octets.len() as u64;
        self.gcm.encrypt(octets);
    }

    /// What stands behind the ciphertext: the tag. A content that turned out to have another size
    /// gives [`SealError::OtherSize`], since the prefix has announced it. [CMS-134]
    pub fn finish(self) -> Result<Vec<u8>, SealError> {
        if self.sealed_octets != self.plaintext_octets {
            return Err(SealError::OtherSize);
        }
        Ok(tlv::element(tlv::OCTET_STRING, &self.gcm.tag()))
    }

    /// Octets of the whole message.
    #[must_use]
    pub fn total_octets(&self) -> u64 {
        self.prefix.len() as u64 + self.plaintext_octets + SUFFIX_OCTETS as u64
    }
}

/// ```text
/// AuthEnvelopedData ::= SEQUENCE { version (0), recipientInfos SET OF RecipientInfo,
///     authEncryptedContentInfo SEQUENCE { contentType, contentEncryptionAlgorithm,
///         encryptedContent [0] IMPLICIT OCTET STRING }, mac OCTET STRING }
/// ```
fn prefix(recipient_infos: &[u8], content: &ContentParameters, ciphertext_octets: u64) -> Vec<u8> {
    let mut encrypted = Writer::new();
    encrypted.oid(&ID_DATA);
    encrypted.raw(&content.to_der());
    encrypted.header(tlv::context_primitive(0), ciphertext_octets);
    let encrypted_octets = encrypted.octets().len() as u64 + ciphertext_octets;

    let mut fields = Writer::new();
    fields.small(0);
    fields.raw(recipient_infos);
    fields.header(tlv::SEQUENCE, encrypted_octets);
    fields.raw(encrypted.octets());
    let fields_octets = fields.octets().len() as u64 + ciphertext_octets + SUFFIX_OCTETS as u64;

    let fields_header = tlv::header(tlv::SEQUENCE, fields_octets);
    let explicit_octets = fields_header.len() as u64 + fields_octets;
    let content_type = tlv::element(tlv::OBJECT_IDENTIFIER, ID_AUTH_ENVELOPED_DATA.as_bytes());
    let explicit_header = tlv::header(tlv::context(0), explicit_octets);
    let octets = (content_type.len() + explicit_header.len()) as u64 + explicit_octets;
    [
        tlv::header(tlv::SEQUENCE, octets),
        content_type,
        explicit_header,
        fields_header,
        fields.into_octets(),
    ]
    .concat()
}

/// The tag as OCTET STRING.
const SUFFIX_OCTETS: usize = TAG_OCTETS + 2;
