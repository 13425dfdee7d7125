//! CMS AuthEnvelopedData (RFC 5083) with AES-GCM (RFC 5084).
//!
//! A message of ours MUST
//! - be strict DER with definite lengths, known before the first octet of content,
//! - have 1 to [`crate::limits::RECIPIENTS_MAX`] recipients, of any kinds side by side: see
//!   [`RecipientSlot`],
//! - hold id-data, a 12-octet nonce and a 16-octet tag, and no attributes.
//!
//! Nothing is released that was not authenticated, and a wrong key looks like a changed octet.
//! This says nothing about the sender: whoever holds the content key could have made the message.
//! Signatures are inside.

mod content;
mod open;
mod recipients;
mod seal;
mod walk;

use core::fmt;

use zeroize::Zeroizing;

pub use content::ContentAlgorithm;
pub use open::AuthEnveloped;
pub use recipients::{KeyAnswer, KeyRequest, RecipientIdView, RecipientSlot};
pub use seal::{SealError, Sealer, seal, seal_framing, seal_framing_with, seal_with};
pub use walk::EnvelopedHead;

pub(crate) use content::ContentParameters;
pub(crate) use recipients::{
    FIXED_UKM_OCTETS, FixedKeys, Slot, content_key, content_key_from_kek,
    content_key_from_password, key_request, read_slots, recipient_infos, write_fixed,
};
pub(crate) use seal::begin_content;

use crate::CryptoRng;
use crate::gcm::{AesKey, Gcm, Unauthentic};
use crate::policy::ContentEncryption;

/// The key of one content: 16 or 32 octets. Wiped on drop; it seals one content only.
///
/// ```compile_fail,E0308
/// fn copy(key: &sealpost_cms::enveloped::ContentKey) -> sealpost_cms::enveloped::ContentKey { key.clone() }
/// ```
/// ```
/// fn share(key: &sealpost_cms::enveloped::ContentKey) -> [u8; 32] { *key.expose() }
/// ```
pub struct ContentKey {
    octets: Zeroizing<[u8; 32]>,
    /// 16 or 32.
    length: usize,
}

impl ContentKey {
    /// A fresh key for AES-256 from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self::generate_for(ContentEncryption::Aes256Gcm, rng)
    }

    /// A fresh key of the length that a cipher needs, from the given random source.
    #[must_use]
    pub fn generate_for(encryption: ContentEncryption, rng: &mut dyn CryptoRng) -> Self {
        let mut key = Self { octets: Zeroizing::new([0; 32]), length: encryption.key_octets() };
        rng.fill_bytes(&mut key.octets[..key.length]);
        key
    }

    /// From octets that were kept elsewhere, for AES-256.
    #[must_use]
    pub fn from_bytes(octets: [u8; 32]) -> Self {
        Self { octets: Zeroizing::new(octets), length: 32 }
    }

    pub(crate) fn from_octets(octets: &[u8]) -> Option<Self> {
        AesKey::of(octets)?;
        let mut key = Self { octets: Zeroizing::new([0; 32]), length: octets.len() };
        key.octets[..octets.len()].copy_from_slice(octets);
        Some(key)
    }

    /// The octets. Whoever has them can read and forge the content. Of a key for AES-128 it is the
    /// first half, and zeros the other: [`Self::octets`] tells them apart.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.octets
    }

    /// As many octets as the key has, 16 or 32: as secret as [`Self::expose`].
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets[..self.length]
    }

    pub(crate) fn as_aes(&self) -> AesKey<'_> {
        AesKey::of(self.octets()).expect("no other length is ever made")
    }
}

/// What encrypts or decrypts a content with GCM; nothing if the key has not the length for it.
pub(crate) fn gcm(parameters: &ContentParameters, content_key: &ContentKey) -> Option<Gcm> {
    let key = parameters.key(content_key)?;
    Some(Gcm::new(key.as_aes(), &parameters.iv(), &[]))
}

/// A password that wraps content keys. Wiped on drop.
///
/// ```compile_fail,E0277
/// fn show(password: &sealpost_cms::enveloped::Password) -> String { format!("{password:?}") }
/// ```
/// ```
/// use sealpost_cms::enveloped::Password;
/// fn take(line: String) -> Password { Password::new(line.into_bytes().into()) }
/// ```
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// From what was typed, in UTF-8.
    #[must_use]
    pub fn new(octets: Zeroizing<Vec<u8>>) -> Self {
        Self(octets)
    }

    fn expose(&self) -> &[u8] {
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

fn random(rng: &mut dyn CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut octets = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut octets[..]);
    octets
}

/// SP 800-38D §8.2: 96 bits.
pub(crate) const NONCE_OCTETS: usize = 12;

#[cfg(test)]
mod tests;
