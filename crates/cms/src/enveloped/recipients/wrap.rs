//! AES key wrap (RFC 3394, RFC 3565 §2.3.2) of content keys.

use aes_kw::{KeyInit, KwAes128, KwAes256};
use zeroize::Zeroizing;

use super::super::{ContentKey, OpenError};
use crate::attributes::{AES128_WRAP, AES256_WRAP};
use crate::gcm::AesKey;
use crate::tlv::{self, Reader};

/// The lengths of a wrapping key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyWrap {
    Aes128,
    /// What we write.
    Aes256,
}

impl KeyWrap {
    /// From the inside of an AlgorithmIdentifier, with absent parameters or NULL.
    pub(super) fn read(inside: &[u8]) -> Option<Self> {
        let mut algorithm = Reader::new(inside);
        let wrap = match algorithm.oid(WHAT).ok()? {
            AES128_WRAP => Self::Aes128,
            AES256_WRAP => Self::Aes256,
            _ => return None,
        };
        algorithm.optional(tlv::NULL, WHAT).ok()?;
        algorithm.is_empty().then_some(wrap)
    }

    /// RFC 3565 §2.3.2: absent parameters.
    pub(super) fn to_der(self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |algorithm| match self {
            Self::Aes128 => algorithm.oid(&AES128_WRAP),
            Self::Aes256 => algorithm.oid(&AES256_WRAP),
        })
    }

    pub(super) const fn key_octets(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes256 => 32,
        }
    }
}

/// Wraps under a key of 16 or 32 octets.
pub(super) fn wrap(kek: AesKey<'_>, content_key: &ContentKey) -> Vec<u8> {
    let key = content_key.octets();
    let mut wrapped = vec![0; key.len() + ADDED_OCTETS];
    let done = match kek {
        AesKey::Aes128(kek) => KwAes128::new(kek.into()).wrap_key(key, &mut wrapped).is_ok(),
        AesKey::Aes256(kek) => KwAes256::new(kek.into()).wrap_key(key, &mut wrapped).is_ok(),
    };
    debug_assert!(done, "whole blocks wrap");
    wrapped
}

/// RFC 3394 §2.2.2, with the same error as a wrong tag. [CMS-147]
pub(super) fn unwrap(kek: &[u8], wrapped: &[u8]) -> Result<ContentKey, OpenError> {
    let octets = wrapped.len().checked_sub(ADDED_OCTETS).ok_or(OpenError::Unauthentic)?;
    let mut key = Zeroizing::new(vec![0; octets]);
    let unwrapped = match AesKey::of(kek).ok_or(OpenError::Unauthentic)? {
        AesKey::Aes128(kek) => KwAes128::new(kek.into()).unwrap_key(wrapped, &mut key).is_ok(),
        AesKey::Aes256(kek) => KwAes256::new(kek.into()).unwrap_key(wrapped, &mut key).is_ok(),
    };
    if !unwrapped {
        return Err(OpenError::Unauthentic);
    }
    ContentKey::from_octets(&key).ok_or(OpenError::Unauthentic)
}

/// Whether octets can be a wrapped content key.
pub(super) fn has_wrapped_length(octets: &[u8]) -> bool {
    [16 + ADDED_OCTETS, 32 + ADDED_OCTETS].contains(&octets.len())
}

const WHAT: &str = "key wrap";
/// RFC 3394 §2.2.1: the integrity check.
const ADDED_OCTETS: usize = 8;
