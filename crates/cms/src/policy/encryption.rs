//! How content keys reach their recipients, and how contents are encrypted under them.

use super::KeyKind;

/// Whether something is being made, which should be good for years, or only read, which was made
/// as it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// We encrypt.
    Encrypting,
    /// We decrypt.
    Decrypting,
}

/// Ways to establish a content key with a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyEstablishment {
    /// ECDH on P-256 (RFC 5753).
    EcdhP256,
    /// ECDH on P-384 (RFC 5753).
    EcdhP384,
    /// X25519 (RFC 8418).
    X25519,
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 3560, RFC 4055 §4.1).
    RsaOaepSha256,
    /// RSAES-PKCS1-v1_5 (RFC 3370 §4.2.1).
    RsaPkcs1,
    /// ML-KEM-768 (RFC 9936).
    MlKem768,
    /// ML-KEM-1024 (RFC 9936).
    MlKem1024,
    /// ML-KEM-768 with X25519 (draft-ietf-lamps-pq-composite-kem).
    MlKem768X25519,
}

impl KeyEstablishment {
    /// The name in policies, findings and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EcdhP256 => "ecdh-p256",
            Self::EcdhP384 => "ecdh-p384",
            Self::X25519 => "x25519",
            Self::RsaOaepSha256 => "rsa-oaep-sha256",
            Self::RsaPkcs1 => "rsa-pkcs1",
            Self::MlKem768 => "ml-kem-768",
            Self::MlKem1024 => "ml-kem-1024",
            Self::MlKem768X25519 => "ml-kem-768-x25519",
        }
    }

    /// What is used for a key of this kind unless something else is agreed; `None` if nothing can
    /// be encrypted for it.
    pub const fn preferred_by(key: KeyKind) -> Option<Self> {
        match key {
            KeyKind::P256 => Some(Self::EcdhP256),
            KeyKind::P384 => Some(Self::EcdhP384),
            KeyKind::X25519 => Some(Self::X25519),
            KeyKind::Rsa { .. } => Some(Self::RsaOaepSha256),
            KeyKind::MlKem768 => Some(Self::MlKem768),
            KeyKind::MlKem1024 => Some(Self::MlKem1024),
            KeyKind::MlKem768X25519 => Some(Self::MlKem768X25519),
            KeyKind::Ed25519 | KeyKind::MlDsa65 => None,
        }
    }

    /// Whether it works with keys of this kind.
    pub const fn fits(self, key: KeyKind) -> bool {
        matches!(
            (self, key),
            (Self::EcdhP256, KeyKind::P256)
                | (Self::EcdhP384, KeyKind::P384)
                | (Self::X25519, KeyKind::X25519)
                | (Self::RsaOaepSha256 | Self::RsaPkcs1, KeyKind::Rsa { .. })
                | (Self::MlKem768, KeyKind::MlKem768)
                | (Self::MlKem1024, KeyKind::MlKem1024)
                | (Self::MlKem768X25519, KeyKind::MlKem768X25519)
        )
    }
}

/// Ways to encrypt a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentEncryption {
    /// AES-128-GCM (RFC 5084).
    Aes128Gcm,
    /// AES-256-GCM (RFC 5084).
    Aes256Gcm,
    /// AES-128-CBC (RFC 3565), unprotected against change.
    Aes128Cbc,
    /// AES-256-CBC (RFC 3565), unprotected against change.
    Aes256Cbc,
}

impl ContentEncryption {
    /// The name in policies, findings and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "aes-128-gcm",
            Self::Aes256Gcm => "aes-256-gcm",
            Self::Aes128Cbc => "aes-128-cbc",
            Self::Aes256Cbc => "aes-256-cbc",
        }
    }

    /// Whether a changed octet is noticed. What is not must be shown as unprotected against change,
    /// and nothing in it may be trusted for its being encrypted.
    pub const fn is_authenticated(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }

    /// Octets of its key.
    pub const fn key_octets(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
        }
    }
}
