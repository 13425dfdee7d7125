//! Large attachments: beside the letter, in pieces that travel one by one.
//!
//! ```text
//! signed content
//!   text, small attachments
//!   sealpost-attachments.json   name, size, SHA-256 and key of each large attachment,
//!                               SHA-256 of each of its objects, in order
//!   sealpost.json               the parties
//!
//! object n  = AuthEnvelopedData(piece n of 4 MiB; the last ones padded with zeros)
//! its key   = HKDF-SHA-256(key of the attachment, n, whether it is the last)
//! ```
//!
//! The signature covers the digest of each object, so that order, number and octets are signed. Each
//! object also opens at its own place alone, as in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, "Online
//! Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015), though with a key
//! for each place and not a nonce: no key encrypts twice, and every object is CMS that others read too.
//!
//! All objects of all letters have one size: those who carry them learn how many there are, and not
//! where one attachment ends and the next begins. docs/decisions/0014-chunked-attachments.md

mod open;
mod seal;
#[cfg(test)]
mod tests;

pub use open::{ChunkError, ChunkReader};
pub use seal::ChunkSealer;

use crate::limits::{
    ATTACHMENT_OCTETS_MAX, ATTACHMENTS_MAX, CHUNK_OCTETS, CHUNKED_MANIFEST_OCTETS_MAX,
};
use crate::mime::names;
use crate::padding::padme;
use sealpost_cms::enveloped::KeyEncryptionKey;
use sealpost_cms::kdf;
use sealpost_erds::format::{FormatError, from_json, to_json};
use sealpost_erds::limits::{OBJECT_OCTETS_MAX, OBJECTS_MAX};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::slip::Share;
use sealpost_erds::{Digest, objects};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// The media type of the part that names large attachments. Attachments cannot have it.
pub const CHUNKED_MEDIA_TYPE: &str = "application/vnd.sealpost.attachments+json";
/// The file name of the part.
pub const CHUNKED_FILE_NAME: &str = "sealpost-attachments.json";
/// The version word of [`ChunkedManifest`].
pub const CHUNKED_VERSION: &str = "sealpost-attachments/1";

/// The large attachments of one letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChunkedManifest {
    /// [`CHUNKED_VERSION`].
    pub version: String,
    /// At least one.
    pub attachments: Vec<ChunkedAttachment>,
}

/// One large attachment: what it is, and the objects that it is in. Holds its key and its name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChunkedAttachment {
    /// The file's name without folders.
    pub file_name: String,
    /// The media type, such as `video/mp4`.
    pub media_type: String,
    /// Octets of the file.
    pub octets: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// 256 random bits, of this attachment in this letter alone.
    pub key: Share,
    /// Octets of a piece: [`CHUNK_OCTETS`].
    pub chunk_octets: u64,
    /// Octets of each object.
    pub object_octets: u64,
    /// SHA-256 of each object, in order.
    pub objects: Vec<Digest>,
}

impl ChunkedManifest {
    /// The manifest of these attachments.
    pub fn of(attachments: Vec<ChunkedAttachment>) -> Self {
        Self { version: CHUNKED_VERSION.to_owned(), attachments }
    }

    /// The JSON text.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// Reads and checks the part.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let manifest: Self = from_json(OBJECT, octets, CHUNKED_MANIFEST_OCTETS_MAX)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Whoever reads it can rely on all of it: bounded pieces, as many as the size needs, safe names,
    /// no object and no key twice. [LET-080]
    fn check(&self) -> Result<(), FormatError> {
        let refuse = |detail: &str| Err(FormatError::new(OBJECT, detail));
        if self.version != CHUNKED_VERSION {
            return refuse("unknown version");
        }
        if self.attachments.is_empty() || self.attachments.len() > ATTACHMENTS_MAX {
            return refuse("no attachment, or too many");
        }
        for attachment in &self.attachments {
            attachment.check()?;
        }
        let keys: Vec<&Share> = self.attachments.iter().map(|it| &it.key).collect();
        if keys.iter().enumerate().any(|(index, key)| keys[..index].contains(key)) {
            return refuse("a key twice");
        }
        objects::check(&self.objects())
    }

    /// All objects, in the order in which a head names them.
    pub fn objects(&self) -> Vec<PartDigest> {
        self.attachments.iter().flat_map(ChunkedAttachment::objects).collect()
    }
}

impl ChunkedAttachment {
    /// Its objects, in order.
    pub fn objects(&self) -> impl Iterator<Item = PartDigest> {
        let octets = self.object_octets;
        self.objects.iter().map(move |sha256| PartDigest { sha256: *sha256, octets })
    }

    fn check(&self) -> Result<(), FormatError> {
        let refuse = |detail: &str| Err(FormatError::new(OBJECT, detail));
        if !names::is_file_name(&self.file_name)
            || !names::is_attachable_media_type(&self.media_type)
        {
            return refuse("a file name or media type that no attachment has");
        }
        if self.chunk_octets != CHUNK_OCTETS as u64 || self.object_octets > OBJECT_OCTETS_MAX {
            return refuse("pieces of another size");
        }
        if self.octets == 0 || self.octets > ATTACHMENT_OCTETS_MAX {
            return refuse("a size that no attachment has");
        }
        if self.objects.len() != chunks(self.octets) || self.objects.len() > OBJECTS_MAX {
            return refuse("not as many objects as the size needs");
        }
        Ok(())
    }

    /// The key of one place: nobody who moves an object, or cuts the last ones off, has an object
    /// that opens. [LET-081]
    fn key_at(key: &Share, number: usize, is_last: bool) -> KeyEncryptionKey {
        let mut info = [0; PLACE_INFO.len() + 9];
        let (label, place) = info.split_at_mut(PLACE_INFO.len());
        label.copy_from_slice(PLACE_INFO);
        place[..8].copy_from_slice(&(number as u64).to_be_bytes());
        place[8] = is_last.into();
        let mut octets = Zeroizing::new([0; 32]);
        kdf::hkdf_sha256(b"", key.expose(), &info, &mut octets[..]);
        KeyEncryptionKey::from_bytes(*octets)
    }
}

/// In how many pieces a file of so many octets travels, padding included: the size is rounded up to
/// one of few ([`padme`]) and then to whole pieces.
pub fn chunks(octets: u64) -> usize {
    usize::try_from(padme(octets).div_ceil(CHUNK_OCTETS as u64)).unwrap_or(usize::MAX)
}

/// How many octets of objects a file of so many octets becomes, at most.
pub fn objects_octets(octets: u64) -> u64 {
    (chunks(octets) as u64).saturating_mul(OBJECT_OCTETS_MAX)
}

/// The files have names and the keys are secret: neither goes into a log.
impl fmt::Debug for ChunkedAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChunkedAttachment({} octets in {} objects)", self.octets, self.objects.len())
    }
}

const OBJECT: &str = "list of attachments";
/// What the key of a place is derived for.
const PLACE_INFO: &[u8] = b"sealpost/attachment-chunk/v1";
/// Names the key-encryption key in each object, and tells nothing: it is the same in all (RFC 5652
/// §6.2.3).
const KEY_IDENTIFIER: &[u8] = b"sealpost-object";
