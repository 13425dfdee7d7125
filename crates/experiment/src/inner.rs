//! Encrypting with an experiment: the result is held until an approved layer is around it.

use core::fmt;

use sealpost_cms::CryptoRng;
use sealpost_cms::enveloped::{ContentKey, RecipientSlot, SealError, seal};
use zeroize::Zeroizing;

use crate::cipher::Cipher;
use crate::layer::{Layer, layer_key, layer_octets};
use crate::limits;
use crate::sandbox::CipherError;

/// A content under an experimental cipher, which can do one thing: go into an approved layer.
///
/// It gives its octets to nobody, so that no letter's confidentiality rests on the experiment.
///
/// ```compile_fail,E0616
/// // Invariant 14: an experiment is only ever inside of an approved layer.
/// fn alone(layer: sealpost_experiment::InnerLayer) -> Vec<u8> { layer.octets.to_vec() }
/// ```
/// ```
/// use sealpost_cms::{CryptoRng, enveloped::{RecipientSlot, SealError}};
/// fn inside(
///     layer: sealpost_experiment::InnerLayer,
///     recipient: RecipientSlot<'_>,
///     rng: &mut dyn CryptoRng,
/// ) -> Result<Vec<u8>, SealError> {
///     layer.enclose(&[recipient], rng)
/// }
/// ```
pub struct InnerLayer {
    content_key: ContentKey,
    octets: Zeroizing<Vec<u8>>,
}

/// Why nothing was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptError {
    /// More than [`limits::INPUT_OCTETS_MAX`].
    TooLarge {
        /// Octets of the content.
        octets: usize,
    },
    /// The cipher gave no answer.
    Cipher(CipherError),
    /// The cipher does not give the content back. The letter would have been lost.
    DoesNotOpen,
}

impl EncryptError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "cipher-content-too-large",
            Self::Cipher(error) => error.code(),
            Self::DoesNotOpen => "cipher-does-not-open",
        }
    }
}

impl fmt::Display for EncryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { octets } => write!(
                f,
                "{octets} octets, an experimental cipher takes at most {}",
                limits::INPUT_OCTETS_MAX
            ),
            Self::Cipher(_) => f.write_str("the experimental cipher gave no answer"),
            Self::DoesNotOpen => {
                f.write_str("the experimental cipher does not open what it sealed")
            }
        }
    }
}

impl core::error::Error for EncryptError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Cipher(error) => Some(error),
            _ => None,
        }
    }
}

impl InnerLayer {
    /// Encrypts a content under a key derived from the content key of the layer around it, and
    /// opens it again, in another instance, before anybody relies on it.
    pub fn encrypt(
        cipher: &Cipher,
        content: &[u8],
        content_key: ContentKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, EncryptError> {
        // [EXP-007]
        if content.len() > limits::INPUT_OCTETS_MAX {
            return Err(EncryptError::TooLarge { octets: content.len() });
        }
        let mut nonce = vec![0; cipher.nonce_octets()];
        rng.fill_bytes(&mut nonce);
        let key = layer_key(cipher, &content_key, &nonce);
        let ciphertext = cipher.seal(&key, &nonce, content).map_err(EncryptError::Cipher)?;
        let opened = cipher.open(&key, &nonce, &ciphertext).map_err(EncryptError::Cipher)?;
        // [EXP-015]
        if opened.as_slice() != content {
            return Err(EncryptError::DoesNotOpen);
        }
        let layer = Layer {
            cipher: cipher.id(),
            name: cipher.name(),
            nonce: &nonce,
            ciphertext: &ciphertext,
        };
        Ok(Self { content_key, octets: Zeroizing::new(layer.to_der()) })
    }

    /// Seals the layer, under the content key it belongs to, into AuthEnvelopedData.
    pub fn enclose(
        self,
        recipients: &[RecipientSlot<'_>],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        seal(&self.octets, recipients, &self.content_key, rng)
    }

    /// How long the layer around a content of so many octets is, before anything runs: whoever pads
    /// what he sends pads the layer, so that its length does not tell that there is one. [EXP-020]
    #[must_use]
    pub fn octets_around(cipher: &Cipher, content_octets: u64) -> u64 {
        let ciphertext = content_octets + cipher.overhead() as u64;
        layer_octets(cipher.name().len() as u64, cipher.nonce_octets() as u64, ciphertext)
    }

    /// Octets that go into the approved layer.
    #[must_use]
    pub fn octet_count(&self) -> usize {
        self.octets.len()
    }
}
