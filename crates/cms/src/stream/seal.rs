//! Encrypting as it comes: AuthEnvelopedData (RFC 5083) with indefinite lengths.

use std::io::{self, Write};

use super::ber::MARK;
use super::sign::{INDEFINITE_EXPLICIT, INDEFINITE_SEQUENCE, write_piece};
use super::{PIECE_OCTETS, StreamError};
use crate::CryptoRng;
use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_DATA, ObjectIdentifier};
use crate::enveloped::{
    self, ContentAlgorithm, ContentKey, ContentParameters, RecipientSlot, SealError, begin_content,
};
use crate::gcm::Gcm;
use crate::limits;
use crate::tlv;

/// An AuthEnvelopedData under way: what is written is encrypted into it.
pub struct SealingWriter<W: Write> {
    out: W,
    gcm: Gcm,
    /// Octets that may still come.
    octets_left: u64,
    /// Plaintext that does not fill a piece yet.
    piece: Vec<u8>,
}

impl<W: Write> SealingWriter<W> {
    /// Begins a message for these recipients with AES-256-GCM, under a key that seals nothing else.
    pub fn begin(
        out: W,
        recipients: &[RecipientSlot<'_>],
        content_key: &ContentKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StreamError> {
        Self::begin_with(ContentAlgorithm::COMMON, out, recipients, content_key, rng)
    }

    /// As [`Self::begin`], with an algorithm of one's choice that has a tag.
    pub fn begin_with(
        algorithm: ContentAlgorithm,
        out: W,
        recipients: &[RecipientSlot<'_>],
        content_key: &ContentKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StreamError> {
        let octets_max = limits::ENVELOPED_PLAINTEXT_OCTETS_MAX;
        Self::begin_within(octets_max, algorithm, out, recipients, content_key, rng)
    }

    pub(super) fn begin_within(
        octets_max: u64,
        algorithm: ContentAlgorithm,
        mut out: W,
        recipients: &[RecipientSlot<'_>],
        content_key: &ContentKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StreamError> {
        let (content, gcm) = begin_content(algorithm, content_key, rng)?;
        let recipient_infos = enveloped::recipient_infos(recipients, content_key, rng)?;
        // RFC 5083 §2.1: version 0.
        let head = envelope_head(&ID_AUTH_ENVELOPED_DATA, 0, &recipient_infos.der, &content);
        out.write_all(&head)?;
        Ok(Self { out, gcm, octets_left: octets_max, piece: Vec::with_capacity(PIECE_OCTETS) })
    }

    /// Ends the message.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.piece.is_empty() {
            self.seal_piece()?;
        }
        // encryptedContent and authEncryptedContentInfo.
        self.out.write_all(&MARK.repeat(2))?;
        self.out.write_all(&tlv::element(tlv::OCTET_STRING, &self.gcm.tag()))?;
        // AuthEnvelopedData, its explicit tag, and ContentInfo.
        self.out.write_all(&MARK.repeat(3))?;
        Ok(self.out)
    }

    fn seal_piece(&mut self) -> io::Result<()> {
        self.gcm.encrypt(&mut self.piece);
        write_piece(&mut self.out, &self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

/// Everything before the ciphertext of an enveloped message of either type.
pub(super) fn envelope_head(
    content_type: &ObjectIdentifier,
    version: u8,
    recipient_infos: &[u8],
    content: &ContentParameters,
) -> Vec<u8> {
    [
        &INDEFINITE_SEQUENCE[..],
        &tlv::element(tlv::OBJECT_IDENTIFIER, content_type.as_bytes()),
        &INDEFINITE_EXPLICIT,
        &INDEFINITE_SEQUENCE,
        &tlv::element(tlv::INTEGER, &[version]),
        recipient_infos,
        &INDEFINITE_SEQUENCE,
        &tlv::element(tlv::OBJECT_IDENTIFIER, ID_DATA.as_bytes()),
        &content.to_der(),
        &INDEFINITE_EXPLICIT,
    ]
    .concat()
}

/// Takes what fits into the piece, and of what may be written at all. [CMS-160]
pub(super) fn fill(
    piece: &mut Vec<u8>,
    octets_left: &mut u64,
    octets: &[u8],
) -> Result<usize, StreamError> {
    let taken = octets.len().min(PIECE_OCTETS - piece.len());
    *octets_left =
        octets_left.checked_sub(taken as u64).ok_or(StreamError::Seal(SealError::TooLarge))?;
    piece.extend_from_slice(&octets[..taken]);
    Ok(taken)
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let taken = fill(&mut self.piece, &mut self.octets_left, octets)?;
        if self.piece.len() == PIECE_OCTETS {
            self.seal_piece()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
