//! The skeleton of an AuthEnvelopedData, walked in strict DER without copying: who it is for, where
//! the ciphertext lies, and whether all lengths add up. The head is enough to know that.

use super::{ContentParameters, Slot, read_slots};
use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_DATA};
use crate::decode::{self, DecodeError};
use crate::gcm::TAG_OCTETS;
use crate::limits;
use crate::policy::ContentEncryption;
use crate::tlv::{self, Header, Reader, malformed};

/// What a store and forward provider may know of an encrypted letter: that it is one, for how many
/// recipient keys, and where its ciphertext lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvelopedHead {
    recipient_count: usize,
    ciphertext_offset: u64,
    ciphertext_octets: u64,
}

impl EnvelopedHead {
    /// Proves from the first octets of a message and its whole size that it is AuthEnvelopedData
    /// with AES-256-GCM for at least one recipient, and that its lengths add up to that size.
    ///
    /// `prefix` must reach to the ciphertext: the whole message or its first
    /// [`limits::ENVELOPED_HEAD_OCTETS_MAX`] octets always do. The last 18 octets, the tag, are not
    /// looked at if they are not there.
    pub fn from_prefix(prefix: &[u8], total_octets: u64) -> Result<Self, DecodeError> {
        let skeleton = Skeleton::read(prefix, total_octets)?;
        // Mail of others may have shorter keys; letters have 256 bits. [CMS-238]
        if skeleton.content.algorithm().encryption() != ContentEncryption::Aes256Gcm {
            let what = "content encryption other than AES-256-GCM";
            return Err(DecodeError::Unsupported { what });
        }
        Ok(Self {
            recipient_count: skeleton.slots.len(),
            ciphertext_offset: skeleton.ciphertext_offset,
            ciphertext_octets: skeleton.ciphertext_octets,
        })
    }

    /// How many recipient keys can open it.
    #[must_use]
    pub fn recipient_count(&self) -> usize {
        self.recipient_count
    }

    /// Where the ciphertext begins.
    #[must_use]
    pub fn ciphertext_offset(&self) -> u64 {
        self.ciphertext_offset
    }

    /// How long the ciphertext, and so the plaintext, is.
    #[must_use]
    pub fn ciphertext_octets(&self) -> u64 {
        self.ciphertext_octets
    }
}

pub(super) struct Skeleton<'a> {
    pub(super) slots: Vec<Slot<'a>>,
    pub(super) content: ContentParameters,
    pub(super) ciphertext_offset: u64,
    pub(super) ciphertext_octets: u64,
}

impl<'a> Skeleton<'a> {
    pub(super) fn read(prefix: &'a [u8], total_octets: u64) -> Result<Self, DecodeError> {
        // No octet beyond the message may take part.
        let prefix = match usize::try_from(total_octets) {
            Ok(total) if total < prefix.len() => return Err(malformed(WHAT)),
            _ => prefix,
        };
        let mut walk = Walk { prefix, at: 0 };
        let content_info = walk.enter(tlv::SEQUENCE, "ContentInfo")?;
        // Every length ends exactly where the message does. [CMS-136]
        if content_info != total_octets {
            return Err(malformed("length of ContentInfo"));
        }
        // [CMS-137]
        let outer_type = walk.reader()?.oid("contentType")?;
        decode::refuse_compressed(outer_type)?;
        if outer_type != ID_AUTH_ENVELOPED_DATA {
            return Err(DecodeError::Unsupported { what: "CMS type other than AuthEnvelopedData" });
        }
        walk.skip()?;
        if walk.enter(tlv::context(0), "content")? != total_octets
            || walk.enter(tlv::SEQUENCE, WHAT)? != total_octets
        {
            return Err(malformed("length of AuthEnvelopedData"));
        }
        // RFC 5083 §2.1: version 0. [CMS-138]
        if walk.reader()?.small("version")? != 0 {
            return Err(malformed("CMSVersion"));
        }
        walk.skip()?;
        // Divergence: originatorInfo, which nothing authenticates, is refused by its tag here.
        let recipient_infos = walk.reader()?.tlv(tlv::SET, "recipientInfos")?;
        tlv::check(recipient_infos.octets)?;
        // X.690 §11.6. [CMS-143]
        if !tlv::is_sorted(recipient_infos.value) {
            return Err(DecodeError::NotCanonical { what: "recipientInfos" });
        }
        let slots = read_slots(recipient_infos.value)?;
        walk.skip()?;
        let (content, ciphertext_octets, end) = walk.encrypted_content_info()?;
        let ciphertext_offset = walk.at as u64;
        // Nothing but the tag follows: authAttrs and unauthAttrs are refused. [CMS-139]
        if end.checked_add(MAC_OCTETS) != Some(total_octets) {
            return Err(malformed("octets behind the content"));
        }
        Ok(Self { slots, content, ciphertext_offset, ciphertext_octets })
    }
}

/// A position in the prefix of a message.
struct Walk<'a> {
    prefix: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn reader(&self) -> Result<Reader<'a>, DecodeError> {
        // [CMS-140]
        if self.at >= self.prefix.len() {
            return Err(malformed("head of AuthEnvelopedData"));
        }
        Ok(Reader::new(&self.prefix[self.at..]))
    }

    /// Steps over the element at hand, which lies wholly in the prefix.
    fn skip(&mut self) -> Result<(), DecodeError> {
        self.at += self.reader()?.any(WHAT)?.octets.len();
        Ok(())
    }

    /// Steps over a header and tells where its element ends, be it beyond the prefix.
    fn enter(&mut self, tag: u8, what: &'static str) -> Result<u64, DecodeError> {
        let header = Header::read(self.prefix.get(self.at..).unwrap_or_default(), what)?;
        if header.tag != tag {
            return Err(malformed(what));
        }
        self.at += header.header_octets;
        (self.at as u64).checked_add(header.value_octets).ok_or_else(|| malformed(what))
    }

    /// Steps to the ciphertext; returns its algorithm, its length and its end.
    fn encrypted_content_info(&mut self) -> Result<(ContentParameters, u64, u64), DecodeError> {
        let info_end = self.enter(tlv::SEQUENCE, "authEncryptedContentInfo")?;
        let mut fields = self.reader()?;
        let content_type = fields.oid("contentType")?;
        decode::refuse_compressed(content_type)?;
        if content_type != ID_DATA {
            return Err(DecodeError::Unsupported { what: "enveloped content other than id-data" });
        }
        let algorithm = fields.enter(tlv::SEQUENCE, "contentEncryptionAlgorithm")?;
        let content = ContentParameters::read(algorithm)?;
        content.require_tag()?;
        self.skip()?;
        self.skip()?;
        let end = self.enter(tlv::context_primitive(0), "encryptedContent")?;
        if end != info_end {
            return Err(malformed("length of encryptedContent"));
        }
        let ciphertext_octets = end - self.at as u64;
        // [CMS-141]
        if ciphertext_octets > limits::ENVELOPED_PLAINTEXT_OCTETS_MAX {
            return Err(malformed("size of encryptedContent"));
        }
        Ok((content, ciphertext_octets, end))
    }
}

const WHAT: &str = "AuthEnvelopedData";
/// The tag as OCTET STRING.
const MAC_OCTETS: u64 = TAG_OCTETS as u64 + 2;
