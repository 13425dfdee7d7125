//! Decrypting as it comes: AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084).

use std::io::{self, Read};

use super::StreamError;
use super::ber::{BerReader, Pieces};
use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_DATA};
use crate::certificate::Certificate;
use crate::decode::{self, DecodeError};
use crate::enveloped::{
    self, ContentKey, KeyAnswer, KeyEncryptionKey, KeyRequest, NONCE_OCTETS, OpenError,
    RecipientIdView,
};
use crate::gcm::{Gcm, TAG_OCTETS};
use crate::kdf::ct_eq;
use crate::limits;
use crate::tlv::{self, Reader, malformed};

/// A message whose head was read and whose ciphertext comes next.
pub struct SealedReader<R> {
    reader: BerReader<R>,
    /// The inside of the SET OF RecipientInfo, in DER.
    recipient_infos: Vec<u8>,
    nonce: [u8; NONCE_OCTETS],
    ciphertext: Pieces,
    octets: u64,
}

impl<R: Read> SealedReader<R> {
    /// Reads the head of a message that any program may have written.
    pub fn new(input: R) -> Result<Self, StreamError> {
        let mut reader = BerReader::new(input);
        reader.enter(tlv::SEQUENCE, "ContentInfo")?;
        let content_type = reader.element(tlv::OBJECT_IDENTIFIER, SMALL_OCTETS, "contentType")?;
        // [CMS-153]
        let outer_type = Reader::new(&content_type).oid("contentType")?;
        decode::refuse_compressed(outer_type)?;
        if outer_type != ID_AUTH_ENVELOPED_DATA {
            let what = "CMS type other than AuthEnvelopedData";
            return Err(DecodeError::Unsupported { what }.into());
        }
        reader.enter(tlv::context(0), "content")?;
        reader.enter(tlv::SEQUENCE, WHAT)?;
        let version = reader.element(tlv::INTEGER, SMALL_OCTETS, "version")?;
        // RFC 5083 §2.1: version 0.
        if Reader::new(&version).small("version")? != 0 {
            return Err(malformed("CMSVersion").into());
        }
        // Divergence: originatorInfo, which nothing authenticates, is refused by its tag here.
        let set = reader.element(tlv::SET, limits::STREAM_PART_OCTETS_MAX, "recipientInfos")?;
        let recipient_infos = tlv::only(&set, tlv::SET, "recipientInfos")?.to_vec();
        enveloped::read_slots(&recipient_infos)?;
        reader.enter(tlv::SEQUENCE, "authEncryptedContentInfo")?;
        let content_type = reader.element(tlv::OBJECT_IDENTIFIER, SMALL_OCTETS, "contentType")?;
        let inner_type = Reader::new(&content_type).oid("contentType")?;
        decode::refuse_compressed(inner_type)?;
        if inner_type != ID_DATA {
            let what = "enveloped content other than id-data";
            return Err(DecodeError::Unsupported { what }.into());
        }
        let algorithm = reader.element(tlv::SEQUENCE, SMALL_OCTETS, ALGORITHM)?;
        let nonce =
            enveloped::read_gcm(Reader::new(tlv::only(&algorithm, tlv::SEQUENCE, ALGORITHM)?))?;
        let ciphertext = reader.string(tlv::context_primitive(0), "encryptedContent")?;
        Ok(Self { reader, recipient_infos, nonce, ciphertext, octets: 0 })
    }

    /// Whom the slots are for, in the order of the message.
    #[must_use]
    pub fn recipients(&self) -> Vec<RecipientIdView> {
        self.slots().iter().map(enveloped::Slot::view).collect()
    }

    /// The question for the holder of this certificate's key, if a slot is for it.
    #[must_use]
    pub fn key_request(&self, certificate: &Certificate) -> Option<KeyRequest> {
        enveloped::key_request(&self.slots(), certificate)
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

    /// Decrypts. `consume` reads the plaintext while nobody knows whether it is authentic; what it
    /// makes of it is released only if the tag holds, and is dropped otherwise. [CMS-154]
    ///
    /// It must keep to itself what it reads: write it to a file that has no name yet, or that its
    /// drop removes. Whatever it answers, a message that was changed is
    /// [`OpenError::Unauthentic`]: its own errors say nothing about a plaintext that nobody wrote.
    pub fn open<T>(
        mut self,
        key: &ContentKey,
        consume: impl FnOnce(&mut dyn Read) -> Result<T, StreamError>,
    ) -> Result<T, StreamError> {
        let mut plaintext = Plaintext {
            reader: &mut self.reader,
            ciphertext: self.ciphertext,
            gcm: Gcm::new(key.expose(), &self.nonce, &[]),
            octets: self.octets,
            failed: None,
        };
        let consumed = consume(&mut plaintext);
        io::copy(&mut plaintext, &mut io::sink())?;
        let gcm = plaintext.gcm;
        let (attributes, tag) = read_end(self.reader)?;
        let computed = match &attributes {
            None => gcm.tag(),
            // RFC 5083 §2.2: as a SET OF, not with the tag they are sent with. [CMS-155]
            Some(sent) => {
                let value = tlv::only(sent, tlv::context(1), "authAttrs")?;
                gcm.tag_with_late_aad(&tlv::element(tlv::SET, value))
            }
        };
        if !ct_eq(&computed, &tag) {
            return Err(OpenError::Unauthentic.into());
        }
        consumed
    }

    /// As if so many octets had been decrypted already.
    #[cfg(test)]
    pub(super) fn pretend_octets(&mut self, octets: u64) {
        self.octets = octets;
    }

    fn slots(&self) -> Vec<enveloped::Slot<'_>> {
        enveloped::read_slots(&self.recipient_infos).expect("they were read once before")
    }
}

/// What stands behind the ciphertext: authenticated attributes, if any, and the tag.
fn read_end<R: Read>(
    mut reader: BerReader<R>,
) -> Result<(Option<Vec<u8>>, [u8; TAG_OCTETS]), StreamError> {
    let part_max = limits::STREAM_PART_OCTETS_MAX;
    reader.leave("authEncryptedContentInfo")?;
    let attributes = reader.optional(tlv::context(1), part_max, "authAttrs")?;
    let mac = reader.element(tlv::OCTET_STRING, SMALL_OCTETS, "mac")?;
    let mac = tlv::only(&mac, tlv::OCTET_STRING, "mac")?;
    let tag = mac.try_into().map_err(|_| malformed("mac"))?;
    // Nothing authenticates these, so nobody looks at them.
    reader.optional(tlv::context(2), part_max, "unauthAttrs")?;
    reader.leave(WHAT)?;
    reader.leave("content")?;
    reader.leave("ContentInfo")?;
    reader.finish()?;
    Ok((attributes, tag))
}

/// Plaintext of unknown authenticity.
struct Plaintext<'a, R> {
    reader: &'a mut BerReader<R>,
    ciphertext: Pieces,
    gcm: Gcm,
    octets: u64,
    /// An error stays: whoever reads on reads it again.
    failed: Option<StreamError>,
}

impl<R: Read> Read for Plaintext<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        let read = self.ciphertext.read(self.reader, into).and_then(|read| {
            self.octets += read as u64;
            // [CMS-156]
            match self.octets > limits::ENVELOPED_PLAINTEXT_OCTETS_MAX {
                true => Err(malformed("size of encryptedContent").into()),
                false => Ok(read),
            }
        });
        match read {
            Ok(read) => {
                self.gcm.decrypt(&mut into[..read]);
                Ok(read)
            }
            Err(error) => {
                self.failed = Some(error.clone());
                Err(error.into())
            }
        }
    }
}

const WHAT: &str = "AuthEnvelopedData";
const ALGORITHM: &str = "contentEncryptionAlgorithm";
/// Octets of a version, an algorithm or a tag.
const SMALL_OCTETS: usize = 1024;
