//! A file becomes objects: piece by piece, each sealed when it is complete.

use super::{ChunkedAttachment, KEY_IDENTIFIER, chunks};
use crate::draft::Attachment;
use crate::error::{ComposeError, EncryptError};
use crate::limits::{ATTACHMENT_OCTETS_MAX, CHUNK_OCTETS};
use crate::mime::names;
use sealpost_cms::CryptoRng;
use sealpost_cms::enveloped::{ContentKey, RecipientSlot, seal};
use sealpost_cms::kdf::{Digest as _, Sha256};
use sealpost_erds::Digest;
use sealpost_erds::slip::Share;
use std::fmt;

/// Seals one file of a known size. Ask [`Self::wanted`], read so many octets, give them to
/// [`Self::seal`], store what comes back; at the end [`Self::finish`].
pub struct ChunkSealer {
    attachment: ChunkedAttachment,
    hash: Sha256,
    sealed: usize,
}

impl ChunkSealer {
    /// Begins a file of `octets` octets under the safe part of its name.
    pub fn new(
        file_name: &str,
        media_type: &str,
        octets: u64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, ComposeError> {
        let named = Attachment::named(file_name, media_type, Vec::new());
        let Attachment { file_name, media_type, .. } = named.ok_or(ComposeError::FileName)?;
        if !names::is_attachable_media_type(&media_type) {
            return Err(ComposeError::MediaType);
        }
        if octets == 0 || octets > ATTACHMENT_OCTETS_MAX {
            let octets_max = usize::try_from(ATTACHMENT_OCTETS_MAX).unwrap_or(usize::MAX);
            return Err(ComposeError::TooLarge { octets_max });
        }
        let attachment = ChunkedAttachment {
            file_name,
            media_type,
            octets,
            sha256: Digest::of(b""),
            key: Share::random(rng),
            chunk_octets: CHUNK_OCTETS as u64,
            object_octets: 0,
            objects: Vec::with_capacity(chunks(octets)),
        };
        Ok(Self { attachment, hash: Sha256::new(), sealed: 0 })
    }

    /// How many octets of the file the next piece holds: none where it is padding alone. Nothing once
    /// all pieces are sealed.
    pub fn wanted(&self) -> Option<usize> {
        let before = self.sealed as u64 * CHUNK_OCTETS as u64;
        let left = self.attachment.octets.saturating_sub(before).min(CHUNK_OCTETS as u64);
        (self.sealed < chunks(self.attachment.octets)).then(|| usize::try_from(left).unwrap_or(0))
    }

    /// Seals the next piece: as many octets as were wanted. The object comes back.
    pub fn seal(
        &mut self,
        mut piece: Vec<u8>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, EncryptError> {
        if self.wanted() != Some(piece.len()) {
            return Err(EncryptError::TooLarge);
        }
        self.hash.update(&piece);
        piece.resize(CHUNK_OCTETS, 0);
        let is_last = self.sealed + 1 == chunks(self.attachment.octets);
        let key = ChunkedAttachment::key_at(&self.attachment.key, self.sealed, is_last);
        let slot = RecipientSlot::KeyEncryption { id: KEY_IDENTIFIER, kek: &key };
        let object = seal(&piece, &[slot], &ContentKey::generate(rng), rng);
        let object = object.map_err(crate::encrypt::refused)?;
        self.attachment.object_octets = object.len() as u64;
        self.attachment.objects.push(Digest::of(&object));
        self.sealed += 1;
        Ok(object)
    }

    /// As if so many pieces were sealed, for tests of what lies behind many.
    #[cfg(test)]
    pub(super) fn behind(mut self, pieces: usize) -> Self {
        self.attachment.objects = vec![Digest::of(b"before"); pieces];
        self.sealed = pieces;
        self
    }

    /// What the signed content says of the file, once all pieces are sealed.
    pub fn finish(mut self) -> Option<ChunkedAttachment> {
        if self.wanted().is_some() {
            return None;
        }
        self.attachment.sha256 = Digest::from_array(self.hash.finalize().into());
        Some(self.attachment)
    }
}

impl fmt::Debug for ChunkSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attachment.fmt(f)
    }
}
