//! Writers that encrypt what is written to them, and one that counts and hashes.

use crate::error::EncryptError;
use crate::layered::{self, Inside};
use crate::mime::smime::Wrapped;
use sealpost_cms::CryptoRng;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{
    ContentKey, KeyEncryptionKey, RecipientSlot, SealError, Sealer, seal_framing,
};
use sealpost_cms::kdf::{self, Digest as _, Sha256};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::slip::Share;
use sealpost_erds::{Digest, DispatchId, LetterId};
use std::io::{self, Write};

/// The key-encryption key of a locked body: neither share alone tells anything about it.
pub(crate) fn locked_body_key(
    letter_id: LetterId,
    recipient: &Share,
    release: &Share,
) -> KeyEncryptionKey {
    key_of_shares(letter_id, recipient, release, b"sealpost/locked-body/v1")
}

/// The same for a message inside of the body.
pub(crate) fn inner_body_key(
    letter_id: LetterId,
    recipient: &Share,
    release: &Share,
) -> KeyEncryptionKey {
    key_of_shares(letter_id, recipient, release, b"sealpost/fixed-key-body/v1")
}

fn key_of_shares(
    letter_id: LetterId,
    recipient: &Share,
    release: &Share,
    label: &[u8],
) -> KeyEncryptionKey {
    let mut shares = zeroize::Zeroizing::new([0; 64]);
    shares[..32].copy_from_slice(recipient.expose());
    shares[32..].copy_from_slice(release.expose());
    let mut key = zeroize::Zeroizing::new([0; 32]);
    kdf::hkdf_sha256(letter_id.as_array(), &shares[..], label, &mut key[..]);
    KeyEncryptionKey::from_bytes(*key)
}

/// Writes a locked body: its only recipient is who has both shares.
pub(crate) fn write_locked_body(
    inside: &Inside<'_>,
    letter_id: LetterId,
    key: &KeyEncryptionKey,
    out: &mut dyn Write,
    rng: &mut dyn CryptoRng,
) -> Result<PartDigest, EncryptError> {
    let slot = RecipientSlot::KeyEncryption { id: letter_id.as_array(), kek: key };
    let message = Message::begin(inside, &[slot], ContentKey::generate(rng), rng)?;
    let mut metered = Metered::new(out);
    message.write_to(&mut metered)?;
    Ok(metered.digest())
}

/// Keys of one part for one recipient.
pub(crate) struct PartKeys {
    /// Opens the outer layer.
    pub(crate) carrier: Share,
    /// Opens the inner layer.
    pub(crate) content: Share,
}

/// Writes the part for one recipient: an S/MIME message for his certificate, and around it a
/// layer that names nobody. The answer has the carrier key, which opens that layer. [LET-060]
pub(crate) fn write_enveloped(
    inside: &Inside<'_>,
    content_key: ContentKey,
    certificate: &Certificate,
    dispatch_id: DispatchId,
    out: &mut dyn Write,
    rng: &mut dyn CryptoRng,
) -> Result<(PartDigest, Share), EncryptError> {
    let inner = [RecipientSlot::Certificate(certificate)];
    let inner = Message::begin(inside, &inner, content_key, rng)?;
    let carrier_key = Share::random(rng);
    let kek = KeyEncryptionKey::from_bytes(*carrier_key.expose());
    let outer = [RecipientSlot::KeyEncryption { id: dispatch_id.as_array(), kek: &kek }];
    let outer = seal_framing(&outer, &ContentKey::generate(rng), inner.total_octets(), rng)
        .map_err(refused)?;

    let mut metered = Metered::new(out);
    let mut carrier = EncryptingWriter::begin(outer, &mut metered)?;
    inner.write_to(&mut carrier)?;
    carrier.finish()?;
    Ok((metered.digest(), carrier_key))
}

/// What it means for a letter that a message cannot be encrypted.
pub(crate) fn refused(error: SealError) -> EncryptError {
    match error {
        SealError::RecipientKey => EncryptError::RecipientKey,
        SealError::SenderKey | SealError::OtherSuite => EncryptError::SenderKey,
        _ => EncryptError::TooLarge,
    }
}

/// An enveloped message whose length is known, not yet written.
enum Message<'a> {
    /// The signed content itself: encrypted piece by piece.
    Signed(Box<Sealer>, &'a Wrapped<'a>),
    /// An experimental layer: whole in memory, enclosed in the approved one.
    Layered(Vec<u8>),
}

impl<'a> Message<'a> {
    fn begin(
        inside: &'a Inside<'_>,
        recipients: &[RecipientSlot<'_>],
        content_key: ContentKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, EncryptError> {
        match inside {
            Inside::Signed(wrapped) => {
                let sealer = seal_framing(recipients, &content_key, wrapped.octets(), rng);
                Ok(Self::Signed(Box::new(sealer.map_err(refused)?), wrapped))
            }
            Inside::Layered(wrapped, cipher) => {
                layered::enclosed(wrapped, cipher, content_key, recipients, rng).map(Self::Layered)
            }
        }
    }

    fn total_octets(&self) -> u64 {
        match self {
            Self::Signed(sealer, _) => sealer.total_octets(),
            Self::Layered(octets) => octets.len() as u64,
        }
    }

    fn write_to(self, out: &mut dyn Write) -> Result<(), EncryptError> {
        match self {
            Self::Signed(sealer, wrapped) => {
                let mut writer = EncryptingWriter::begin(*sealer, out)?;
                wrapped.write_to(&mut writer)?;
                writer.finish()
            }
            Self::Layered(octets) => Ok(out.write_all(&octets)?),
        }
    }
}

/// Encrypts and passes on.
struct EncryptingWriter<'w> {
    sealer: Sealer,
    out: &'w mut dyn Write,
    buffer: Vec<u8>,
}

impl<'w> EncryptingWriter<'w> {
    fn begin(sealer: Sealer, out: &'w mut dyn Write) -> io::Result<Self> {
        out.write_all(sealer.prefix())?;
        Ok(Self { sealer, out, buffer: Vec::new() })
    }

    fn finish(self) -> Result<(), EncryptError> {
        Ok(self.out.write_all(&self.sealer.finish().map_err(refused)?)?)
    }
}

impl Write for EncryptingWriter<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let octets = &octets[..octets.len().min(CHUNK_OCTETS)];
        self.buffer.clear();
        self.buffer.extend_from_slice(octets);
        self.sealer.update(&mut self.buffer);
        self.out.write_all(&self.buffer)?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Counts and hashes what passes.
pub(crate) struct Metered<'w> {
    out: &'w mut dyn Write,
    hash: Sha256,
    octets: u64,
}

impl<'w> Metered<'w> {
    pub(crate) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, hash: Sha256::new(), octets: 0 }
    }

    pub(crate) fn digest(self) -> PartDigest {
        PartDigest { sha256: Digest::from_array(self.hash.finalize().into()), octets: self.octets }
    }
}

impl Write for Metered<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.out.write_all(octets)?;
        self.hash.update(octets);
        self.octets += octets.len() as u64;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Octets that are encrypted at once: what fits into a processor's cache.
const CHUNK_OCTETS: usize = 64 * 1024;
