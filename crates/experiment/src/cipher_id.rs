//! What a plug-in is called: the digest of its module, never its name.

use core::fmt;

use sealpost_cms::kdf::sha256;

/// SHA-256 of a plug-in's module. Names can be given twice, digests cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CipherId([u8; 32]);

impl CipherId {
    /// The id of this module.
    #[must_use]
    pub fn of(module: &[u8]) -> Self {
        Self(sha256(module))
    }

    /// From its octets.
    #[must_use]
    pub const fn from_bytes(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// From 64 hexadecimal digits, as people exchange it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut octets = [0; 32];
        hex::decode_to_slice(text, &mut octets).ok()?;
        Some(Self(octets))
    }

    /// Its octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for CipherId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
