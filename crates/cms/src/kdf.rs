//! Hashes and key derivation: SHA-256 (FIPS 180-4), SHAKE256 (FIPS 202), HMAC (RFC 2104), HKDF
//! (RFC 5869), PBKDF2 (RFC 8018) and the X9.63 derivation that CMS key agreement uses
//! (RFC 5753 §7.1.4, SEC 1 §3.6.1).

use hmac::{KeyInit, Mac};
pub use sha2::{Digest, Sha256};
use sha2::{Sha384, Sha512};
use shake::Shake256;
use shake::digest::{self, ExtendableOutput as _, XofReader as _};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::digest::DigestAlgorithm;

/// SHA-256 in one go.
#[must_use]
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

/// SHAKE256 over the parts one after another, as many octets as `out` has (FIPS 202 §6.2).
pub fn shake256(parts: &[&[u8]], out: &mut [u8]) {
    let mut hash = Shake256::default();
    for part in parts {
        digest::Update::update(&mut hash, part);
    }
    hash.finalize_xof().read(out);
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

/// HKDF with one of our digests (RFC 5869 §2). An empty salt means no salt.
pub(crate) fn hkdf(
    digest: DigestAlgorithm,
    salt: &[u8],
    ikm: &[u8],
    info: &[u8],
    octets: usize,
) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(vec![0; octets]);
    let expanded = match digest {
        DigestAlgorithm::Sha256 => {
            hkdf::Hkdf::<Sha256>::new(Some(salt), ikm).expand(info, &mut out)
        }
        DigestAlgorithm::Sha384 => {
            hkdf::Hkdf::<Sha384>::new(Some(salt), ikm).expand(info, &mut out)
        }
        DigestAlgorithm::Sha512 => {
            hkdf::Hkdf::<Sha512>::new(Some(salt), ikm).expand(info, &mut out)
        }
    };
    expanded.expect("keys have at most one block");
    out
}

/// PBKDF2 with HMAC-SHA256 (RFC 8018 §5.2).
pub(crate) fn pbkdf2_sha256(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    pbkdf2::pbkdf2::<hmac::Hmac<Sha256>>(password, salt, iterations, &mut out[..])
        .expect("HMAC takes keys of any length");
    out
}

/// HMAC-SHA256.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac_sha256_of(key, &[message])
}

/// HMAC-SHA256 of a message in parts.
pub(crate) fn hmac_sha256_of(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = hmac::Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Equality whose duration tells nothing but the lengths.
#[must_use]
pub fn ct_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// X9.63 for a key of at most one block: the first octets of Hash(Z || 00000001 || SharedInfo).
pub(crate) fn x963(
    digest: DigestAlgorithm,
    shared_secret: &[u8],
    shared_info: &[u8],
    octets: usize,
) -> Zeroizing<Vec<u8>> {
    let input = Zeroizing::new([shared_secret, &1u32.to_be_bytes(), shared_info].concat());
    let mut key = Zeroizing::new(digest.of(&input));
    key.truncate(octets);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_and_macs_match_their_standards() {
        // FIPS 180-4 example "abc"; RFC 4231 test case 2; RFC 5869 test cases 1 and 3.
        assert_eq!(
            hex::encode(sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            hex::encode(hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let salt: Vec<u8> = (0..13).collect();
        let info: Vec<u8> = (0xf0..0xfa).collect();
        let mut out = [0; 42];
        hkdf_sha256(&salt, &[0x0b; 22], &info, &mut out);
        assert_eq!(
            hex::encode(out),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        );
        hkdf_sha256(&[], &[0x0b; 22], &[], &mut out);
        assert_eq!(
            hex::encode(out),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        );
    }

    #[test]
    fn passwords_become_keys_and_longer_digests_derive_too() {
        // RFC 7914 §11, test vector 1, first half.
        assert_eq!(
            hex::encode(pbkdf2_sha256(b"passwd", b"salt", 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
        let salt: Vec<u8> = (0..13).collect();
        let one_way = hkdf(DigestAlgorithm::Sha256, &salt, &[0x0b; 22], b"", 32);
        let mut other = [0; 32];
        hkdf_sha256(&salt, &[0x0b; 22], b"", &mut other);
        assert_eq!(&one_way[..], &other);
        for digest in [DigestAlgorithm::Sha384, DigestAlgorithm::Sha512] {
            assert!(hkdf(digest, &salt, &[0x0b; 22], b"", 32) != one_way);
            assert_eq!(x963(digest, b"z", b"info", 16).len(), 16);
        }
    }

    #[test]
    fn shake_fills_whatever_it_is_given() {
        // FIPS 202: SHAKE256 of the empty message; a longer output begins with the shorter one.
        let mut short = [0; 32];
        shake256(&[], &mut short);
        assert_eq!(
            hex::encode(short),
            "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
        );
        let (mut long, mut whole) = ([0; 400], [0; 400]);
        shake256(&[b"ab", b"c"], &mut long);
        shake256(&[b"abc"], &mut whole);
        assert_eq!(long, whole);
    }

    #[test]
    fn comparison_sees_every_octet() {
        assert!(ct_eq(b"same", b"same"));
        assert!(!ct_eq(b"same", b"sane"));
        assert!(!ct_eq(b"same", b"sam"));
    }
}
