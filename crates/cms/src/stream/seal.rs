//! Encrypting as it comes: AuthEnvelopedData (RFC 5083) with indefinite lengths.

use std::io::{self, Write};

use super::ber::MARK;
use super::sign::{INDEFINITE_EXPLICIT, INDEFINITE_SEQUENCE, write_piece};
use super::{PIECE_OCTETS, StreamError};
use crate::CryptoRng;
use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_DATA};
use crate::enveloped::{self, ContentKey, NONCE_OCTETS, RecipientSlot};
use crate::gcm::Gcm;
use crate::limits;
use crate::tlv;

/// An AuthEnvelopedData under way: what is written is encrypted into it.
pub struct SealingWriter<W: Write> {
    out: W,
    gcm: Gcm,
    octets: u64,
    /// Plaintext that does not fill a piece yet.
    piece: Vec<u8>,
}

impl<W: Write> SealingWriter<W> {
    /// Begins a message for these recipients, under a key that seals nothing else.
    pub fn begin(
        mut out: W,
        recipients: &[RecipientSlot<'_>],
        content_key: &ContentKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StreamError> {
        let mut nonce = [0; NONCE_OCTETS];
        rng.fill_bytes(&mut nonce);
        let recipient_infos = enveloped::recipient_infos(recipients, content_key, rng)?;
        let head = [
            &INDEFINITE_SEQUENCE[..],
            &tlv::element(tlv::OBJECT_IDENTIFIER, ID_AUTH_ENVELOPED_DATA.as_bytes()),
            &INDEFINITE_EXPLICIT,
            &INDEFINITE_SEQUENCE,
            // RFC 5083 §2.1: version 0.
            &tlv::element(tlv::INTEGER, &[0]),
            &recipient_infos,
            &INDEFINITE_SEQUENCE,
            &tlv::element(tlv::OBJECT_IDENTIFIER, ID_DATA.as_bytes()),
            &enveloped::content_encryption(&nonce),
            &INDEFINITE_EXPLICIT,
        ];
        out.write_all(&head.concat())?;
        let gcm = Gcm::new(content_key.expose(), &nonce, &[]);
        Ok(Self { out, gcm, octets: 0, piece: Vec::with_capacity(PIECE_OCTETS) })
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

    /// As if so many octets had been encrypted already.
    #[cfg(test)]
    pub(super) fn pretend_octets(&mut self, octets: u64) {
        self.octets = octets;
    }

    fn seal_piece(&mut self) -> io::Result<()> {
        self.gcm.encrypt(&mut self.piece);
        write_piece(&mut self.out, &self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let taken = octets.len().min(PIECE_OCTETS - self.piece.len());
        self.octets += taken as u64;
        // [CMS-160]
        if self.octets > limits::ENVELOPED_PLAINTEXT_OCTETS_MAX {
            return Err(StreamError::Seal(enveloped::SealError::TooLarge).into());
        }
        self.piece.extend_from_slice(&octets[..taken]);
        if self.piece.len() == PIECE_OCTETS {
            self.seal_piece()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
