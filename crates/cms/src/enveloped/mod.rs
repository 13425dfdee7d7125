//! CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084).
//!
//! A message of ours MUST
//! - be strict DER with definite lengths, known before the first octet of content,
//! - have 1 to [`crate::limits::RECIPIENTS_MAX`] recipients: P-256 key agreement
//!   (dhSinglePass-stdDH-sha256kdf, RFC 5753) or a key-encryption key, both with AES-256 wrap,
//! - hold id-data, a 12-octet nonce and a 16-octet tag, and no attributes.
//!
//! Nothing is released that was not authenticated, and a wrong key looks like a changed octet.
//! This says nothing about the sender: whoever holds the content key could have made the message.
//! Signatures are inside.

mod open;
mod seal;
mod walk;

use core::fmt;

use zeroize::Zeroizing;

pub use open::{AuthEnveloped, KeyAnswer, KeyRequest, RecipientIdView};
pub use seal::{RecipientSlot, SealError, Sealer, seal, seal_framing};
pub use walk::EnvelopedHead;

pub(crate) use open::{content_key, content_key_from_kek, key_request};
pub(crate) use seal::{content_encryption, recipient_infos};
pub(crate) use walk::{Slot, read_gcm, read_slots};

use crate::CryptoRng;
use crate::gcm::Unauthentic;
use crate::tlv;

/// The key of one content. Wiped on drop; it seals one content only.
///
/// ```compile_fail,E0308
/// fn copy(key: &sealpost_cms::enveloped::ContentKey) -> sealpost_cms::enveloped::ContentKey { key.clone() }
/// ```
/// ```
/// fn share(key: &sealpost_cms::enveloped::ContentKey) -> [u8; 32] { *key.expose() }
/// ```
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    /// A fresh key from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(random(rng))
    }

    /// From octets that were kept elsewhere.
    #[must_use]
    pub fn from_bytes(octets: [u8; 32]) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// The octets. Whoever has them can read and forge the content.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A key that two parties know and that wraps content keys. Wiped on drop.
///
/// ```compile_fail,E0277
/// fn show(key: &sealpost_cms::enveloped::KeyEncryptionKey) -> String { format!("{key:?}") }
/// ```
/// ```
/// fn share(key: &sealpost_cms::enveloped::KeyEncryptionKey) -> [u8; 32] { *key.expose() }
/// ```
pub struct KeyEncryptionKey(Zeroizing<[u8; 32]>);

impl KeyEncryptionKey {
    /// A fresh key from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(random(rng))
    }

    /// From octets that were kept elsewhere.
    #[must_use]
    pub fn from_bytes(octets: [u8; 32]) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// The octets. Whoever has them can read what was wrapped.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Why nothing was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// No recipient slot is for this key.
    NotForThisKey,
    /// Wrong key or changed octets. Whether unwrapping or the tag failed, nobody learns.
    Unauthentic,
}

impl OpenError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotForThisKey => "not-for-this-key",
            Self::Unauthentic => "unauthentic",
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotForThisKey => "not encrypted for this key",
            Self::Unauthentic => "wrong key or changed octets",
        })
    }
}

impl core::error::Error for OpenError {}

impl From<Unauthentic> for OpenError {
    fn from(_: Unauthentic) -> Self {
        Self::Unauthentic
    }
}

/// ```text
/// ECC-CMS-SharedInfo ::= SEQUENCE { keyInfo AlgorithmIdentifier, entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL,
///     suppPubInfo [2] EXPLICIT OCTET STRING }
/// ```
/// RFC 5753 §7.2: `suppPubInfo` is the size of the wrapping key in bits.
fn shared_info(wrap_algorithm: &[u8], ukm: Option<&[u8]>) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |info| {
        info.raw(wrap_algorithm);
        if let Some(ukm) = ukm {
            info.nest(tlv::context(0), |entity| entity.element(tlv::OCTET_STRING, ukm));
        }
        info.nest(tlv::context(2), |bits| {
            bits.element(tlv::OCTET_STRING, &256u32.to_be_bytes());
        });
    })
}

fn random(rng: &mut dyn CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut octets = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut octets[..]);
    octets
}

/// AES key wrap adds 8 octets (RFC 3394 §2.2.1).
const WRAPPED_OCTETS: usize = 40;
pub(crate) const NONCE_OCTETS: usize = 12;
/// Version of KeyAgreeRecipientInfo (RFC 5652 §6.2.2).
const KARI_VERSION: u8 = 3;
/// Version of KEKRecipientInfo (RFC 5652 §6.2.3).
const KEKRI_VERSION: u8 = 4;

#[cfg(test)]
mod tests;
