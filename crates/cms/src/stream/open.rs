//! Decrypting as it comes: AuthEnvelopedData (RFC 5083) with AES-GCM (RFC 5084).

use std::io::{self, Read};

use super::StreamError;
use super::ber::{BerReader, Pieces};
use super::envelope::{Envelope, EnvelopedHead, Expected, SMALL_OCTETS};
use crate::attributes::ID_AUTH_ENVELOPED_DATA;
use crate::enveloped::{self, ContentKey, OpenError};
use crate::gcm::{Gcm, TAG_OCTETS};
use crate::kdf::ct_eq;
use crate::limits;
use crate::tlv::{self, malformed};

/// A message whose head was read and whose ciphertext comes next.
pub struct SealedReader<R>(Envelope<R>);

impl<R: Read> SealedReader<R> {
    /// Reads the head of a message that any program may have written.
    pub fn new(input: R) -> Result<Self, StreamError> {
        let envelope = Envelope::read(input, &EXPECTED)?;
        envelope.head.content.require_tag()?;
        Ok(Self(envelope))
    }

    /// Who can open it, and how its content is encrypted.
    #[must_use]
    pub fn head(&self) -> &EnvelopedHead {
        &self.0.head
    }

    /// Decrypts. `consume` reads the plaintext while nobody knows whether it is authentic; what it
    /// makes of it is released only if the tag holds, and is dropped otherwise. [CMS-154]
    ///
    /// It must keep to itself what it reads: write it to a file that has no name yet, or that its
    /// drop removes. Whatever it answers, a message that was changed is
    /// [`OpenError::Unauthentic`]: its own errors say nothing about a plaintext that nobody wrote.
    pub fn open<T>(
        self,
        key: &ContentKey,
        consume: impl FnOnce(&mut dyn Read) -> Result<T, StreamError>,
    ) -> Result<T, StreamError> {
        self.open_within(key, limits::ENVELOPED_PLAINTEXT_OCTETS_MAX, consume)
    }

    pub(super) fn open_within<T>(
        self,
        key: &ContentKey,
        octets_max: u64,
        consume: impl FnOnce(&mut dyn Read) -> Result<T, StreamError>,
    ) -> Result<T, StreamError> {
        let Envelope { mut reader, head: EnvelopedHead { content, .. }, ciphertext } = self.0;
        let gcm = enveloped::gcm(&content, key).ok_or(OpenError::Unauthentic)?;
        let mut plaintext = Plaintext {
            reader: &mut reader,
            ciphertext,
            gcm,
            octets_left: octets_max,
            failed: None,
        };
        let consumed = consume(&mut plaintext);
        io::copy(&mut plaintext, &mut io::sink())?;
        let gcm = plaintext.gcm;
        let (attributes, tag) = read_end(reader)?;
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
    /// Octets of plaintext that may still come.
    octets_left: u64,
    /// An error stays: whoever reads on reads it again.
    failed: Option<StreamError>,
}

impl<R: Read> Read for Plaintext<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = &self.failed {
            return Err(error.clone().into());
        }
        let read = self.ciphertext.read(self.reader, into).and_then(|read| {
            // [CMS-156]
            self.octets_left = self
                .octets_left
                .checked_sub(read as u64)
                .ok_or_else(|| malformed("size of encryptedContent"))?;
            Ok(read)
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
const EXPECTED: Expected = Expected {
    content_type: ID_AUTH_ENVELOPED_DATA,
    what: "CMS type other than AuthEnvelopedData",
    // RFC 5083 §2.1.
    versions: &[0],
};
