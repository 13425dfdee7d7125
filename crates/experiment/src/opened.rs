//! Opening an approved layer, and the experiment in it if there is one.

use core::fmt;

use sealpost_cms::decode::DecodeError;
use sealpost_cms::enveloped::{self, AuthEnveloped, ContentKey};
use zeroize::Zeroizing;

use crate::cipher_id::CipherId;
use crate::layer::{Layer, layer_key};
use crate::registry::Registry;
use crate::sandbox::CipherError;

/// What was inside. Decrypted is not verified: it says nothing about the sender.
pub struct Opened {
    /// The content, with no layer around it any more.
    pub content: Zeroizing<Vec<u8>>,
    /// The experimental cipher that was around it, if one was.
    pub cipher: Option<CipherId>,
}

/// Why nothing was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The approved layer does not open; nothing inside was looked at.
    Enveloped(enveloped::OpenError),
    /// The sender's program is at fault: the layer inside is not what it says to be.
    Malformed(DecodeError),
    /// The sender's program is at fault: the layer does not fit the cipher that it names.
    OtherCipher,
    /// The reader has not installed this cipher. Nothing was fetched and nothing ran.
    NotInstalled {
        /// What is missing.
        cipher: CipherId,
        /// What the sender calls it.
        name: String,
    },
    /// The cipher gave no answer.
    Cipher(CipherError),
}

impl OpenError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Enveloped(error) => error.code(),
            Self::Malformed(error) => error.code(),
            Self::OtherCipher => "cipher-other",
            Self::NotInstalled { .. } => "cipher-not-installed",
            Self::Cipher(error) => error.code(),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enveloped(_) => f.write_str("the approved layer does not open"),
            Self::Malformed(_) => f.write_str("the experimental layer cannot be read"),
            Self::OtherCipher => f.write_str("the experimental layer does not fit its cipher"),
            Self::NotInstalled { cipher, name } => {
                write!(f, "the experimental cipher '{name}' is not installed: {cipher}")
            }
            Self::Cipher(_) => f.write_str("the experimental cipher gave no answer"),
        }
    }
}

impl core::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Enveloped(error) => Some(error),
            Self::Malformed(error) => Some(error),
            Self::Cipher(error) => Some(error),
            Self::OtherCipher | Self::NotInstalled { .. } => None,
        }
    }
}

/// Whether what an approved layer held says that it is an experimental layer.
#[must_use]
pub fn is_layer(octets: &[u8]) -> bool {
    Layer::is_claimed(octets)
}

/// Opens a message, and one experimental layer in it. An ordinary message is opened as ever.
///
/// The approved layer is authenticated to its last octet before a plug-in sees anything: whoever
/// wants to feed one must hold the content key.
pub fn open(
    message: &AuthEnveloped<'_>,
    content_key: &ContentKey,
    registry: &Registry,
) -> Result<Opened, OpenError> {
    let octets = message.open(content_key).map_err(OpenError::Enveloped)?;
    if !Layer::is_claimed(&octets) {
        return Ok(Opened { content: octets, cipher: None });
    }
    let layer = Layer::from_der(&octets).map_err(OpenError::Malformed)?;
    let Some(cipher) = registry.get(layer.cipher) else {
        // Deny by default: what is not installed is named, so that a person can decide. [EXP-016]
        return Err(OpenError::NotInstalled { cipher: layer.cipher, name: layer.name.to_owned() });
    };
    // [EXP-017]
    if layer.name != cipher.name() || layer.nonce.len() != cipher.nonce_octets() {
        return Err(OpenError::OtherCipher);
    }
    let key = layer_key(cipher, content_key, layer.nonce);
    let content = cipher.open(&key, layer.nonce, layer.ciphertext).map_err(OpenError::Cipher)?;
    Ok(Opened { content, cipher: Some(cipher.id()) })
}
