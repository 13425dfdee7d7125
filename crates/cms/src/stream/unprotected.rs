//! EnvelopedData (RFC 5652 §6) with AES-CBC (RFC 3565): for partners who read and write nothing else.
//!
//! Nothing in such a message notices a change, and whoever changes it can make its reader's program
//! send the plaintext away (EFAIL). Therefore
//! - it is written and read only under an [`AlgorithmPolicy`] that lists it, which the policy of this
//!   release does not: see [`AlgorithmPolicy::legacy`],
//! - what is decrypted is released only as the content of a signature that verifies, inside of that
//!   signature's verdict, and labelled as [`NOT_AUTHENTICATED`],
//! - a wrong padding, a wrong key, a changed octet and a signature that does not verify are one
//!   error.
//!
//! How long it takes until that error is said does depend on how far the plaintext could be read, as
//! it does for every program that decrypts before it verifies. Messages are therefore opened at
//! their recipient's, never on behalf of somebody who could measure it.

use std::io::{self, Read, Write};

use subtle::Choice;
use zeroize::Zeroizing;

use super::ber::{BerReader, MARK, Pieces};
use super::envelope::{Envelope, EnvelopedHead, Expected};
use super::seal::{envelope_head, fill};
use super::sign::write_piece;
use super::{PIECE_OCTETS, StreamError, Streamed};
use crate::CryptoRng;
use crate::attributes::ID_ENVELOPED_DATA;
use crate::cbc::{self, BLOCK_OCTETS, CbcDecryptor, CbcEncryptor};
use crate::decode::DecodeError;
use crate::enveloped::{
    self, ContentAlgorithm, ContentKey, ContentParameters, OpenError, RecipientSlot, SealError,
};
use crate::limits;
use crate::policy::{AlgorithmPolicy, Direction};
use crate::tlv::{self, malformed};
use crate::verdict::{Outcome, Verified};

/// The label of a content that nothing but its signature protects against change.
pub const NOT_AUTHENTICATED: &str = "not-authenticated";

/// A policy that may list what is not authenticated, and the Unix second it is asked for.
#[derive(Clone, Copy)]
pub struct Permission<'a> {
    /// The policy.
    pub policy: &'a AlgorithmPolicy,
    /// The Unix second.
    pub at: i64,
}

impl Permission<'_> {
    /// Deny by default, here as everywhere. [CMS-230]
    fn check(self, algorithm: ContentAlgorithm, direction: Direction) -> Result<(), StreamError> {
        let listed = self.policy.check_content(algorithm.encryption(), direction, self.at);
        listed.map(drop).map_err(StreamError::Denied)
    }
}

/// An EnvelopedData under way: what is written is encrypted into it.
pub struct UnprotectedWriter<W: Write> {
    out: W,
    mode: CbcEncryptor,
    octets_left: u64,
    /// Plaintext that does not fill a piece yet.
    piece: Vec<u8>,
}

impl<W: Write> UnprotectedWriter<W> {
    /// Begins a message for these recipients, under a key that seals nothing else. What is written
    /// into it should be a signed message: nothing else is ever released by our own reader.
    pub fn begin(
        mut out: W,
        algorithm: ContentAlgorithm,
        recipients: &[RecipientSlot<'_>],
        content_key: &ContentKey,
        permission: Permission<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StreamError> {
        permission.check(algorithm, Direction::Encrypting)?;
        if algorithm.encryption().is_authenticated() {
            return Err(SealError::ContentKey.into());
        }
        let content = ContentParameters::fresh(algorithm, rng);
        let key = content.key(content_key).ok_or(SealError::ContentKey)?;
        let mode = CbcEncryptor::new(key.as_aes(), &content.iv());
        let infos = enveloped::recipient_infos(recipients, content_key, rng)?;
        let version = infos.enveloped_version;
        out.write_all(&envelope_head(&ID_ENVELOPED_DATA, version, &infos.der, &content))?;
        let octets_left = limits::ENVELOPED_PLAINTEXT_OCTETS_MAX;
        Ok(Self { out, mode, octets_left, piece: Vec::with_capacity(PIECE_OCTETS) })
    }

    /// Ends the message.
    pub fn finish(mut self) -> io::Result<W> {
        cbc::pad(&mut self.piece);
        self.encrypt_piece()?;
        // encryptedContent, encryptedContentInfo, EnvelopedData, its explicit tag, ContentInfo.
        self.out.write_all(&MARK.repeat(5))?;
        Ok(self.out)
    }

    fn encrypt_piece(&mut self) -> io::Result<()> {
        self.mode.encrypt(&mut self.piece);
        write_piece(&mut self.out, &self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

impl<W: Write> Write for UnprotectedWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let taken = fill(&mut self.piece, &mut self.octets_left, octets)?;
        if self.piece.len() == PIECE_OCTETS {
            self.encrypt_piece()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What a signature protects and the encryption around it does not.
pub struct Unprotected<S> {
    outcome: Outcome<Streamed<S>>,
    algorithm: ContentAlgorithm,
}

impl<S> Unprotected<S> {
    /// What is to be shown beside the verdict: [`NOT_AUTHENTICATED`].
    #[must_use]
    pub const fn label(&self) -> &'static str {
        NOT_AUTHENTICATED
    }

    /// How the content was encrypted.
    #[must_use]
    pub const fn algorithm(&self) -> ContentAlgorithm {
        self.algorithm
    }

    /// The verdict on the signature, which verifies in any case; its signer may be unknown. Among
    /// the algorithms of a finding is the one of the encryption, with the label.
    pub fn into_outcome(self) -> Outcome<Streamed<S>> {
        self.outcome
    }
}

/// A message whose head was read and whose ciphertext comes next.
pub struct UnprotectedReader<R>(Envelope<R>);

impl<R: Read> UnprotectedReader<R> {
    /// Reads the head of a message that any program may have written.
    pub fn new(input: R, permission: Permission<'_>) -> Result<Self, StreamError> {
        let envelope = Envelope::read(input, &EXPECTED)?;
        let algorithm = envelope.head.content_algorithm();
        // RFC 5083 §1: what has a tag has a type of its own. [CMS-231]
        if algorithm.encryption().is_authenticated() {
            return Err(DecodeError::Unsupported { what: "EnvelopedData with a tag" }.into());
        }
        permission.check(algorithm, Direction::Decrypting)?;
        Ok(Self(envelope))
    }

    /// Who can open it, and how its content is encrypted.
    #[must_use]
    pub fn head(&self) -> &EnvelopedHead {
        &self.0.head
    }

    /// Decrypts. `judge` reads the plaintext, which anybody may have changed, and has what is signed
    /// in it verified by [`super::verify`]. Only if that signature verifies its verdict is released,
    /// and with it the sink that holds the signed content and nothing around it; everything else
    /// that can be wrong is [`OpenError::Unauthentic`]. [CMS-232]
    ///
    /// It must keep to itself what it reads, as in [`super::SealedReader::open`].
    pub fn open_signed<S>(
        self,
        key: &ContentKey,
        judge: impl FnOnce(&mut dyn Read) -> Result<Outcome<Streamed<S>>, StreamError>,
    ) -> Result<Unprotected<S>, StreamError> {
        let Envelope { mut reader, head: EnvelopedHead { content, .. }, ciphertext } = self.0;
        let derived = content.key(key).ok_or(OpenError::Unauthentic)?;
        let mut plaintext = Plaintext {
            reader: &mut reader,
            ciphertext,
            mode: CbcDecryptor::new(derived.as_aes(), &content.iv()),
            held: Vec::new(),
            ready: Zeroizing::new(Vec::new()),
            taken: 0,
            octets_left: limits::ENVELOPED_PLAINTEXT_OCTETS_MAX + BLOCK_OCTETS as u64,
            padding: None,
            failed: None,
        };
        let judged = judge(&mut plaintext);
        // What the ciphertext itself lacks, anybody can see: that is no secret.
        io::copy(&mut plaintext, &mut io::sink())?;
        let padding = plaintext.padding.unwrap_or(Choice::from(0));
        read_end(reader)?;
        released(judged, padding, content.algorithm())
    }
}

fn released<S>(
    judged: Result<Outcome<Streamed<S>>, StreamError>,
    padding: Choice,
    algorithm: ContentAlgorithm,
) -> Result<Unprotected<S>, StreamError> {
    let outcome = match judged {
        Ok(Outcome::TotalPassed(verified)) => {
            let (streamed, mut finding) = verified.into_parts();
            finding.algorithms.push(format!("{} {NOT_AUTHENTICATED}", algorithm.label()));
            Some(Outcome::TotalPassed(Verified::new(streamed, finding)))
        }
        Ok(Outcome::Indeterminate(unverified, shortfall))
            if unverified.claims().signed().signatures_hold() =>
        {
            Some(Outcome::Indeterminate(unverified, shortfall))
        }
        _ => None,
    };
    match outcome {
        Some(outcome) if bool::from(padding) => Ok(Unprotected { outcome, algorithm }),
        _ => Err(OpenError::Unauthentic.into()),
    }
}

/// What stands behind the ciphertext.
fn read_end<R: Read>(mut reader: BerReader<R>) -> Result<(), StreamError> {
    reader.leave("encryptedContentInfo")?;
    // Nothing authenticates these, so nobody looks at them.
    reader.optional(tlv::context(1), limits::STREAM_PART_OCTETS_MAX, "unprotectedAttrs")?;
    reader.leave("EnvelopedData")?;
    reader.leave("content")?;
    reader.leave("ContentInfo")?;
    reader.finish()
}

/// Plaintext that anybody may have changed.
struct Plaintext<'a, R> {
    reader: &'a mut BerReader<R>,
    ciphertext: Pieces,
    mode: CbcDecryptor,
    /// Ciphertext; the last block waits until it is known to be the last.
    held: Vec<u8>,
    /// Plaintext, of which so many octets were taken.
    ready: Zeroizing<Vec<u8>>,
    taken: usize,
    octets_left: u64,
    /// Whether the padding is right; nothing before the end.
    padding: Option<Choice>,
    /// An error stays: whoever reads on reads it again.
    failed: Option<StreamError>,
}

impl<R: Read> Plaintext<'_, R> {
    fn refill(&mut self) -> Result<(), StreamError> {
        let start = self.held.len();
        self.held.resize(start + PIECE_OCTETS, 0);
        let read = self.ciphertext.read(self.reader, &mut self.held[start..])?;
        self.held.truncate(start + read);
        let too_large = || malformed("size of encryptedContent");
        self.octets_left = self.octets_left.checked_sub(read as u64).ok_or_else(too_large)?;
        self.ready.clear();
        self.taken = 0;
        if read == 0 {
            return self.last_block();
        }
        let whole = (self.held.len() - 1) / BLOCK_OCTETS * BLOCK_OCTETS;
        self.ready.extend(self.held.drain(..whole));
        self.mode.decrypt(&mut self.ready);
        Ok(())
    }

    /// Its padding is taken off if it is right. If not, nobody is told before the end.
    fn last_block(&mut self) -> Result<(), StreamError> {
        let last: Result<[u8; BLOCK_OCTETS], _> = self.held.as_slice().try_into();
        let mut last = Zeroizing::new(last.map_err(|_| malformed("length of encryptedContent"))?);
        self.mode.decrypt(&mut last[..]);
        let (octets, right) = cbc::unpadded(&last);
        self.ready.extend_from_slice(&last[..octets]);
        self.padding = Some(right);
        Ok(())
    }
}

impl<R: Read> Read for Plaintext<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.len() && self.padding.is_none() {
            if let Some(error) = &self.failed {
                return Err(error.clone().into());
            }
            if let Err(error) = self.refill() {
                self.failed = Some(error.clone());
                return Err(error.into());
            }
        }
        let waiting = &self.ready[self.taken..];
        let octets = waiting.len().min(into.len());
        into[..octets].copy_from_slice(&waiting[..octets]);
        self.taken += octets;
        Ok(octets)
    }
}

const EXPECTED: Expected = Expected {
    content_type: ID_ENVELOPED_DATA,
    what: "CMS type other than EnvelopedData",
    // RFC 5652 §6.1; 4 goes with an originatorInfo.
    versions: &[0, 2, 3],
};
