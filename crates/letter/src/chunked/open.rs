//! Objects become a file again: each is authentic before an octet of it is handed out, and the whole
//! is what the sender signed before anybody may call it by its name.

use super::{ChunkedAttachment, KEY_IDENTIFIER};
use crate::limits::CHUNK_OCTETS;
use crate::open::one_recipient;
use sealpost_cms::kdf::{Digest as _, Sha256};
use sealpost_erds::Digest;
use sealpost_erds::relay::PartDigest;
use std::{error, fmt};
use zeroize::Zeroizing;

/// Reads the objects of one attachment in order. What [`Self::open`] hands out is authentic, and
/// still a part only: it belongs into a temporary file until [`Self::finish`] has succeeded.
pub struct ChunkReader<'a> {
    attachment: &'a ChunkedAttachment,
    hash: Sha256,
    opened: usize,
}

/// Why an attachment is not there. The number is that of the object, from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChunkError {
    /// Not the object that the sender signed for: another digest.
    Other {
        /// Which.
        number: usize,
    },
    /// The object that was signed for, and no object of ours.
    Malformed {
        /// Which.
        number: usize,
    },
    /// It does not open with the key of this place.
    Unauthentic {
        /// Which.
        number: usize,
    },
    /// Another length than a piece, or something else than zeros behind the end of the file.
    Padding {
        /// Which.
        number: usize,
    },
    /// An object more than there are.
    TooMany,
    /// An object is missing.
    Missing {
        /// Which.
        number: usize,
    },
    /// All objects were there, and they are not the file that was signed for.
    OtherFile,
}

impl<'a> ChunkReader<'a> {
    /// Begins with the first object.
    pub fn new(attachment: &'a ChunkedAttachment) -> Self {
        Self { attachment, hash: Sha256::new(), opened: 0 }
    }

    /// As if so many objects were opened, for tests of what lies behind many.
    #[cfg(test)]
    pub(super) fn behind(mut self, objects: usize) -> Self {
        self.opened = objects;
        self
    }

    /// The object that comes next. Nothing after the last.
    pub fn next_object(&self) -> Option<PartDigest> {
        let sha256 = *self.attachment.objects.get(self.opened)?;
        Some(PartDigest { sha256, octets: self.attachment.object_octets })
    }

    /// Opens the next object: the octets of the file that it holds, none if it is padding. Nothing
    /// is handed out that is not the object which was signed for, at its place. [LET-082]
    pub fn open(&mut self, object: &[u8]) -> Result<Zeroizing<Vec<u8>>, ChunkError> {
        let number = self.opened;
        let announced = self.next_object().ok_or(ChunkError::TooMany)?;
        if PartDigest::of(object) != announced {
            return Err(ChunkError::Other { number });
        }
        let message = one_recipient(object).map_err(|_| ChunkError::Malformed { number })?;
        let is_last = number + 1 == self.attachment.objects.len();
        let key = ChunkedAttachment::key_at(&self.attachment.key, number, is_last);
        let unauthentic = |_| ChunkError::Unauthentic { number };
        let key = message.content_key_from_kek(KEY_IDENTIFIER, &key).map_err(unauthentic)?;
        let mut piece = message.open(&key).map_err(unauthentic)?;
        let before = number as u64 * CHUNK_OCTETS as u64;
        let left = self.attachment.octets.saturating_sub(before).min(CHUNK_OCTETS as u64);
        let left = usize::try_from(left).unwrap_or(CHUNK_OCTETS);
        // What would hide behind the end of the file is not covered by its digest. [LET-083]
        if piece.len() != CHUNK_OCTETS || piece[left..].iter().any(|octet| *octet != 0) {
            return Err(ChunkError::Padding { number });
        }
        piece.truncate(left);
        self.hash.update(&piece[..]);
        self.opened += 1;
        Ok(piece)
    }

    /// The end: all objects were there, and together they are the file. [LET-084]
    pub fn finish(self) -> Result<(), ChunkError> {
        if self.opened < self.attachment.objects.len() {
            return Err(ChunkError::Missing { number: self.opened });
        }
        if Digest::from_array(self.hash.finalize().into()) != self.attachment.sha256 {
            return Err(ChunkError::OtherFile);
        }
        Ok(())
    }
}

impl ChunkError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Other { .. } => "attachment-object-differs",
            Self::Malformed { .. } => "attachment-object-malformed",
            Self::Unauthentic { .. } => "attachment-object-unauthentic",
            Self::Padding { .. } => "attachment-object-padding",
            Self::TooMany => "attachment-objects-too-many",
            Self::Missing { .. } => "attachment-object-missing",
            Self::OtherFile => "attachment-differs",
        }
    }
}

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other { number } => write!(f, "object {number} is not the one that was signed"),
            Self::Malformed { number } => write!(f, "object {number} is no object of a letter"),
            Self::Unauthentic { number } => write!(f, "object {number} does not open at its place"),
            Self::Padding { number } => write!(f, "object {number} is padded wrongly"),
            Self::TooMany => f.write_str("an object more than there are"),
            Self::Missing { number } => write!(f, "object {number} is missing"),
            Self::OtherFile => f.write_str("the objects are not the file that was signed"),
        }
    }
}

impl error::Error for ChunkError {}

impl fmt::Debug for ChunkReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChunkReader({} of {} objects)", self.opened, self.attachment.objects.len())
    }
}
