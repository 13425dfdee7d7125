//! The letter as everybody but sender and recipient sees it: ciphertext.

use sealpost_cms::decode::DecodeError;
use sealpost_cms::enveloped::{AuthEnveloped, EnvelopedHead};

/// Octets that are proven to be encrypted: an `AuthEnvelopedData` (RFC 5083) with at least one
/// recipient. A clear or merely signed mail does not become an `Enveloped`.
///
/// ```compile_fail,E0451
/// // Invariant 1: there is no way around the check.
/// let letter = sealpost_erds::enveloped::Enveloped { octets: b"Dear Bert".to_vec() };
/// ```
///
/// ```
/// assert!(sealpost_erds::enveloped::Enveloped::from_der(b"Dear Bert".to_vec()).is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Enveloped {
    octets: Vec<u8>,
}

impl Enveloped {
    /// Takes octets that are strict DER AuthEnvelopedData. [ENV-001]
    pub fn from_der(octets: Vec<u8>) -> Result<Self, DecodeError> {
        AuthEnveloped::from_der(&octets)?;
        EnvelopedHead::from_prefix(&octets, octets.len() as u64)?;
        Ok(Self { octets })
    }

    /// The octets, verbatim.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The octets, verbatim.
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }
}

/// Proof for something too long to hold: its beginning and its length are those of an
/// `AuthEnvelopedData`. What follows is counted and hashed while it streams to disk. [ENV-002]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvelopedStream {
    octets: u64,
}

impl EnvelopedStream {
    /// Checks the first octets (up to 64 KiB, or all if there are fewer) of `octets` in total.
    pub fn from_prefix(prefix: &[u8], octets: u64) -> Result<Self, DecodeError> {
        EnvelopedHead::from_prefix(prefix, octets)?;
        Ok(Self { octets })
    }

    /// The length that was checked.
    pub const fn octets(&self) -> u64 {
        self.octets
    }
}
