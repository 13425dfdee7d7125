//! Signing as it comes: SignedData with indefinite lengths (RFC 5652 §5.1, X.690 §8.1.3.6).

use std::io::{self, Write};

use super::PIECE_OCTETS;
use super::ber::{CONSTRUCTED, MARK};
use crate::attributes::{ID_DATA, ID_SIGNED_DATA};
use crate::certificate::Certificate;
use crate::digest::{ContentDigester, ContentRef, DigestAlgorithm};
use crate::path::Crl;
use crate::signed::{Signature, digest_algorithm, digests_for};
use crate::tlv::{self, Writer};

/// A SignedData under way: what is written becomes its content.
pub struct SigningWriter<W: Write> {
    out: W,
    digester: ContentDigester,
    /// What the message says it was digested with.
    announced: Vec<DigestAlgorithm>,
    /// Octets that do not fill a piece yet.
    piece: Vec<u8>,
}

impl<W: Write> SigningWriter<W> {
    /// Begins a message with a content of type id-data that this signer will sign.
    pub fn begin(out: W, signer: &Certificate) -> io::Result<Self> {
        Self::begin_for(out, &[signer])
    }

    /// As [`Self::begin`], for signers who will sign together: see
    /// [`Signature::together_with`].
    pub fn begin_for(mut out: W, signers: &[&Certificate]) -> io::Result<Self> {
        let wanted = digests_for(signers);
        // A key that does not sign is told so when it is asked to.
        let announced =
            if wanted.is_empty() { vec![DigestAlgorithm::Sha256] } else { wanted.clone() };
        let mut digest_algorithms = Writer::new();
        let identifiers = announced.iter().map(|digest| digest_algorithm(*digest));
        digest_algorithms.set_of(tlv::SET, identifiers.collect());
        let head = [
            &INDEFINITE_SEQUENCE[..],
            &tlv::element(tlv::OBJECT_IDENTIFIER, ID_SIGNED_DATA.as_bytes()),
            &INDEFINITE_EXPLICIT,
            &INDEFINITE_SEQUENCE,
            // RFC 5652 §5.1: version 1 for id-data signed by issuerAndSerialNumber.
            &tlv::element(tlv::INTEGER, &[1]),
            digest_algorithms.octets(),
            &INDEFINITE_SEQUENCE,
            &tlv::element(tlv::OBJECT_IDENTIFIER, ID_DATA.as_bytes()),
            &INDEFINITE_EXPLICIT,
            &INDEFINITE_STRING,
        ];
        out.write_all(&head.concat())?;
        let piece = Vec::with_capacity(PIECE_OCTETS);
        Ok(Self { out, digester: ContentDigester::new(&wanted), announced, piece })
    }

    /// Ends the content. What is left to do is to have it signed.
    pub fn finish_content(mut self) -> io::Result<UnsignedWriter<W>> {
        if !self.piece.is_empty() {
            write_piece(&mut self.out, &self.piece)?;
        }
        // The string, its explicit tag, and encapContentInfo.
        self.out.write_all(&MARK.repeat(3))?;
        let Self { out, announced, .. } = self;
        Ok(UnsignedWriter { out, content: self.digester.finish(), announced })
    }
}

impl<W: Write> Write for SigningWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let taken = if self.piece.is_empty() && octets.len() >= PIECE_OCTETS {
            write_piece(&mut self.out, &octets[..PIECE_OCTETS])?;
            PIECE_OCTETS
        } else {
            let taken = octets.len().min(PIECE_OCTETS - self.piece.len());
            self.piece.extend_from_slice(&octets[..taken]);
            if self.piece.len() == PIECE_OCTETS {
                write_piece(&mut self.out, &self.piece)?;
                self.piece.clear();
            }
            taken
        };
        self.digester.update(&octets[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A SignedData whose content is written and whose signature is not.
pub struct UnsignedWriter<W: Write> {
    out: W,
    content: ContentRef,
    announced: Vec<DigestAlgorithm>,
}

impl<W: Write> UnsignedWriter<W> {
    /// What is to be signed.
    #[must_use]
    pub fn content(&self) -> ContentRef {
        self.content
    }

    /// Ends the message. A signature over another content, or one that goes with another digest than
    /// the head of the message announces, is refused: [`io::ErrorKind::InvalidInput`].
    pub fn finish(
        mut self,
        signature: &Signature,
        certificates: &[Certificate],
        crls: &[Crl],
    ) -> io::Result<W> {
        // [CMS-159]
        let is_announced = signature.digests().all(|digest| self.announced.contains(&digest));
        if signature.content() != self.content || !is_announced {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.out.write_all(&signature.streamed_tail(certificates, crls))?;
        // SignedData, its explicit tag, and ContentInfo.
        self.out.write_all(&MARK.repeat(3))?;
        Ok(self.out)
    }
}

/// One piece of a string in pieces (X.690 §8.7.3).
pub(super) fn write_piece(out: &mut impl Write, octets: &[u8]) -> io::Result<()> {
    out.write_all(&tlv::header(tlv::OCTET_STRING, octets.len() as u64))?;
    out.write_all(octets)
}

pub(super) const INDEFINITE_SEQUENCE: [u8; 2] = [tlv::SEQUENCE, INDEFINITE];
/// `[0]`, which is every EXPLICIT tag of ContentInfo and, IMPLICIT, the string encryptedContent.
pub(super) const INDEFINITE_EXPLICIT: [u8; 2] = [tlv::context(0), INDEFINITE];
const INDEFINITE_STRING: [u8; 2] = [tlv::OCTET_STRING | CONSTRUCTED, INDEFINITE];
/// X.690 §8.1.3.6.1.
const INDEFINITE: u8 = 0x80;
