//! What kind of public key a certificate holds.

use crate::attributes::{
    EC_PUBLIC_KEY, ED25519, ML_DSA_65, ML_KEM_768, ML_KEM_768_X25519, ML_KEM_1024,
    ObjectIdentifier, PRIME256V1, RSA_ENCRYPTION, SECP384R1, X25519,
};
use crate::backend::PublicKey;

/// What kind of public key a SubjectPublicKeyInfo holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// A point on P-256, uncompressed (RFC 5480 §2.2).
    P256,
    /// A point on P-384, uncompressed (RFC 5480 §2.2).
    P384,
    /// RSA with a modulus of so many bits.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
    /// Ed25519, which only signs (RFC 8410 §4).
    Ed25519,
    /// X25519, which only agrees on keys (RFC 8410 §4).
    X25519,
    /// ML-DSA-65 (RFC 9881 §4).
    MlDsa65,
    /// ML-KEM-768 (RFC 9935 §4).
    MlKem768,
    /// ML-KEM-1024 (RFC 9935 §4).
    MlKem1024,
    /// ML-KEM-768 and X25519 side by side (draft-ietf-lamps-pq-composite-kem §4).
    MlKem768X25519,
}

impl KeyKind {
    /// All but RSA, whose keys have many sizes.
    pub(crate) const OF_ONE_SIZE: [Self; 8] = [
        Self::P256,
        Self::P384,
        Self::Ed25519,
        Self::X25519,
        Self::MlDsa65,
        Self::MlKem768,
        Self::MlKem1024,
        Self::MlKem768X25519,
    ];

    /// Reads the kind from DER; `None` is "not one of ours", be it for a parameter or a length.
    pub fn of_spki(spki_der: &[u8]) -> Option<Self> {
        PublicKey::read(spki_der).map(|key| key.kind)
    }

    /// The name in findings and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::Rsa { .. } => "rsa",
            Self::Ed25519 => "ed25519",
            Self::X25519 => "x25519",
            Self::MlDsa65 => "ml-dsa-65",
            Self::MlKem768 => "ml-kem-768",
            Self::MlKem1024 => "ml-kem-1024",
            Self::MlKem768X25519 => "ml-kem-768-x25519",
        }
    }

    /// Whether such a key can sign.
    pub const fn signs(self) -> bool {
        matches!(self, Self::P256 | Self::P384 | Self::Rsa { .. } | Self::Ed25519 | Self::MlDsa65)
    }

    /// Whether such a key agrees on secrets: its certificate says keyAgreement (RFC 5480 §3,
    /// RFC 8410 §5).
    pub const fn agrees(self) -> bool {
        matches!(self, Self::P256 | Self::P384 | Self::X25519)
    }

    /// Whether keys are encrypted or encapsulated for it: its certificate says keyEncipherment
    /// (RFC 4055 §1.2, RFC 9935 §5).
    pub const fn enciphers(self) -> bool {
        matches!(self, Self::Rsa { .. } | Self::MlKem768 | Self::MlKem1024 | Self::MlKem768X25519)
    }

    /// The algorithm of its SubjectPublicKeyInfo: the identifier, and the curve where there is one.
    pub(crate) const fn identifiers(self) -> &'static [ObjectIdentifier] {
        match self {
            Self::P256 => &[EC_PUBLIC_KEY, PRIME256V1],
            Self::P384 => &[EC_PUBLIC_KEY, SECP384R1],
            Self::Rsa { .. } => &[RSA_ENCRYPTION],
            Self::Ed25519 => &[ED25519],
            Self::X25519 => &[X25519],
            Self::MlDsa65 => &[ML_DSA_65],
            Self::MlKem768 => &[ML_KEM_768],
            Self::MlKem1024 => &[ML_KEM_1024],
            Self::MlKem768X25519 => &[ML_KEM_768_X25519],
        }
    }

    /// Octets of the key itself; RSA has no fixed size.
    pub(crate) const fn octets(self) -> Option<usize> {
        Some(match self {
            Self::P256 => 65,
            Self::P384 => 97,
            Self::Rsa { .. } => return None,
            Self::Ed25519 | Self::X25519 => 32,
            Self::MlDsa65 => 1952,
            Self::MlKem768 => 1184,
            Self::MlKem1024 => 1568,
            Self::MlKem768X25519 => 1184 + 32,
        })
    }
}
