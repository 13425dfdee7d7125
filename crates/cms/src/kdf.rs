//! Hashes and key derivation: SHA-256 (FIPS 180-4), HMAC (RFC 2104), HKDF (RFC 5869) and the
//! X9.63 derivation that CMS key agreement uses (RFC 5753 §7.1.4, SEC 1 §3.6.1).

use hmac::{KeyInit, Mac};
pub use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// SHA-256 in one go.
#[must_use]
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

/// HKDF-SHA256, extract and expand (RFC 5869 §2). An empty salt means no salt.
///
/// # Panics
/// If `out` is longer than 255 × 32 octets, which RFC 5869 §2.3 cannot give.
pub fn hkdf_sha256(salt: &[u8], ikm: &[u8], info: &[u8], out: &mut [u8]) {
    hkdf::Hkdf::<Sha256>::new(Some(salt), ikm)
        .expand(info, out)
        .expect("the caller asks for at most 255 blocks");
}

/// HMAC-SHA256.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = hmac::Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Equality whose duration tells nothing but the lengths.
#[must_use]
pub fn ct_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// X9.63 with SHA-256 for one block of key: SHA-256(Z || 00000001 || SharedInfo).
pub(crate) fn x963_sha256(shared_secret: &[u8], shared_info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut hash = Sha256::new();
    hash.update(shared_secret);
    hash.update(1u32.to_be_bytes());
    hash.update(shared_info);
    Zeroizing::new(hash.finalize().into())
}
