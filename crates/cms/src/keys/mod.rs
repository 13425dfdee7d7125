//! Software keys that answer questions.
//!
//! The rest of this room only asks: a [`crate::signed::SignatureRequest`] or a [`KeyQuestion`] is
//! answered by whoever holds the key, a card, a token, or one of these. Keys wipe themselves, print
//! nothing and serialise to nothing but PKCS#8 on demand.

mod agreement;
mod decryption;
mod encryption;
mod pkcs8;
mod signing;

use core::fmt;

use zeroize::Zeroizing;

pub use agreement::AgreementKey;
pub use decryption::{DecryptionKey, DecryptionScheme, KeyQuestion, SecretOctets};
pub use encryption::{EncryptionKey, Established};
pub use signing::{SignatureScheme, SigningKey};

use crate::CryptoRng;
use crate::policy::KeyKind;

/// Why a key could not be read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The octets are no private key in PKCS#8 (RFC 5958), or no public key, or their parts
    /// contradict each other.
    Malformed,
    /// A key of another kind than the question, the algorithm or the caller asks for.
    OtherKind,
    /// An RSA key of a size that is not used: too short for its purpose, or too long for anybody.
    Size,
    /// A post-quantum key without its seed.
    WithoutSeed,
    /// This program has no such keys: RSA in wasm32.
    Unavailable,
    /// The question holds a point that is not on the curve, a point of small order, or something of
    /// the wrong length.
    PeerKey,
    /// What was to be decrypted was not encrypted for this key.
    Ciphertext,
}

impl KeyError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "key-malformed",
            Self::OtherKind => "key-of-another-kind",
            Self::Size => "key-size-refused",
            Self::WithoutSeed => "key-without-seed",
            Self::Unavailable => "key-kind-unavailable",
            Self::PeerKey => "peer-key-off-curve",
            Self::Ciphertext => "ciphertext-not-for-this-key",
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "no key that can be read, or one that contradicts itself",
            Self::OtherKind => "a key of another kind",
            Self::Size => "an RSA key of a size that is not used",
            Self::WithoutSeed => "a post-quantum key without its seed",
            Self::Unavailable => "keys of this kind do not exist in this program",
            Self::PeerKey => "the other side's key is not one of this kind",
            Self::Ciphertext => "the ciphertext is not for this key",
        })
    }
}

impl core::error::Error for KeyError {}

/// A number or seed for a key of this kind, from the given random source. Whether a number lies in
/// the order's range is for the caller to see.
fn random(kind: KeyKind, rng: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
    let octets = pkcs8::secret_octets(kind).unwrap_or_default();
    let mut secret = Zeroizing::new(vec![0; octets]);
    rng.fill_bytes(&mut secret);
    secret
}

#[cfg(test)]
mod tests;
