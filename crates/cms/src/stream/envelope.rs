//! The head of an enveloped message of either type, as it comes: who can open it, and how its
//! content is encrypted.

use std::io::Read;

use super::StreamError;
use super::ber::{BerReader, Pieces};
use crate::attributes::{ID_DATA, ObjectIdentifier};
use crate::certificate::Certificate;
use crate::decode::{self, DecodeError};
use crate::enveloped::{
    self, ContentAlgorithm, ContentKey, ContentParameters, KeyAnswer, KeyEncryptionKey, KeyRequest,
    OpenError, Password, RecipientIdView, Slot,
};
use crate::limits;
use crate::tlv::{self, Reader, malformed};

/// Who can open an enveloped message of either type, and how its content is encrypted. Nothing
/// authenticates that before the content was opened.
pub struct EnvelopedHead {
    /// The inside of the SET OF RecipientInfo, in DER.
    recipient_infos: Vec<u8>,
    pub(super) content: ContentParameters,
}

/// A message whose head was read and whose ciphertext comes next.
pub(super) struct Envelope<R> {
    pub(super) reader: BerReader<R>,
    pub(super) head: EnvelopedHead,
    pub(super) ciphertext: Pieces,
}

/// What an envelope must say about itself.
pub(super) struct Expected {
    pub(super) content_type: ObjectIdentifier,
    pub(super) what: &'static str,
    pub(super) versions: &'static [u8],
}

impl<R: Read> Envelope<R> {
    /// Reads the head of a message that any program may have written.
    pub(super) fn read(input: R, expected: &Expected) -> Result<Self, StreamError> {
        let mut reader = BerReader::new(input);
        reader.enter(tlv::SEQUENCE, "ContentInfo")?;
        let content_type = reader.element(tlv::OBJECT_IDENTIFIER, SMALL_OCTETS, "contentType")?;
        // [CMS-153]
        let outer_type = Reader::new(&content_type).oid("contentType")?;
        decode::refuse_compressed(outer_type)?;
        if outer_type != expected.content_type {
            return Err(DecodeError::Unsupported { what: expected.what }.into());
        }
        reader.enter(tlv::context(0), "content")?;
        reader.enter(tlv::SEQUENCE, "enveloped message")?;
        let version = reader.element(tlv::INTEGER, SMALL_OCTETS, "version")?;
        if !expected.versions.contains(&Reader::new(&version).small("version")?) {
            return Err(malformed("CMSVersion").into());
        }
        // Divergence: originatorInfo, which nothing authenticates, is refused by its tag here.
        let set = reader.element(tlv::SET, limits::STREAM_PART_OCTETS_MAX, "recipientInfos")?;
        let recipient_infos = tlv::only(&set, tlv::SET, "recipientInfos")?.to_vec();
        enveloped::read_slots(&recipient_infos)?;
        reader.enter(tlv::SEQUENCE, "encryptedContentInfo")?;
        let content_type = reader.element(tlv::OBJECT_IDENTIFIER, SMALL_OCTETS, "contentType")?;
        let inner_type = Reader::new(&content_type).oid("contentType")?;
        decode::refuse_compressed(inner_type)?;
        if inner_type != ID_DATA {
            let what = "enveloped content other than id-data";
            return Err(DecodeError::Unsupported { what }.into());
        }
        let algorithm = reader.element(tlv::SEQUENCE, SMALL_OCTETS, ALGORITHM)?;
        let algorithm = Reader::new(tlv::only(&algorithm, tlv::SEQUENCE, ALGORITHM)?);
        let content = ContentParameters::read(algorithm)?;
        let ciphertext = reader.string(tlv::context_primitive(0), "encryptedContent")?;
        Ok(Self { reader, head: EnvelopedHead { recipient_infos, content }, ciphertext })
    }
}

impl EnvelopedHead {
    /// How the content is encrypted.
    #[must_use]
    pub fn content_algorithm(&self) -> ContentAlgorithm {
        self.content.algorithm()
    }

    /// Whom the slots are for, in the order of the message.
    #[must_use]
    pub fn recipients(&self) -> Vec<RecipientIdView> {
        self.slots().iter().map(Slot::view).collect()
    }

    /// The question for the holder of this certificate's key, if a slot is for it.
    #[must_use]
    pub fn key_request(&self, certificate: &Certificate) -> Option<KeyRequest> {
        enveloped::key_request(&self.slots(), certificate, self.content_algorithm())
    }

    /// Unwraps the content key with the answer.
    pub fn content_key(
        &self,
        request: &KeyRequest,
        answer: &KeyAnswer,
    ) -> Result<ContentKey, OpenError> {
        enveloped::content_key(request, answer)
    }

    /// Unwraps the content key with a key of this name.
    pub fn content_key_from_kek(
        &self,
        id: &[u8],
        kek: &KeyEncryptionKey,
    ) -> Result<ContentKey, OpenError> {
        enveloped::content_key_from_kek(&self.slots(), id, kek)
    }

    /// Unwraps the content key with a password: see
    /// [`crate::enveloped::AuthEnveloped::content_key_from_password`].
    pub fn content_key_from_password(&self, password: &Password) -> Result<ContentKey, OpenError> {
        enveloped::content_key_from_password(&self.slots(), password)
    }

    fn slots(&self) -> Vec<Slot<'_>> {
        enveloped::read_slots(&self.recipient_infos).expect("they were read once before")
    }
}

const ALGORITHM: &str = "contentEncryptionAlgorithm";
/// Octets of a version, an algorithm or a tag.
pub(super) const SMALL_OCTETS: usize = 1024;
