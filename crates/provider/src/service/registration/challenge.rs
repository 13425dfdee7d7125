//! Challenges that need no memory: an end, a random number, and our authentication code over both.
//!
//! Whoever signs one proves that he signs now and for us. Nothing is stored until it is used;
//! then its digest is, until its end, so that it is not used twice.

use sealpost_cms::CryptoRng;
use sealpost_cms::kdf::{ct_eq, hmac_sha256};

use crate::limits;

/// A challenge that ends [`limits::CHALLENGE_VALIDITY_SECONDS`] from now.
#[must_use]
pub fn issue(key: &[u8; 32], now: i64, rng: &mut dyn CryptoRng) -> Vec<u8> {
    let mut challenge = Vec::with_capacity(CHALLENGE_OCTETS);
    challenge.extend_from_slice(&(now + limits::CHALLENGE_VALIDITY_SECONDS).to_be_bytes());
    let mut nonce = [0; NONCE_OCTETS];
    rng.fill_bytes(&mut nonce);
    challenge.extend_from_slice(&nonce);
    let code = hmac_sha256(key, &challenge);
    challenge.extend_from_slice(&code);
    challenge
}

/// Until when a challenge is good, if it is ours and still is.
#[must_use]
pub fn end_of(key: &[u8; 32], challenge: &[u8], now: i64) -> Option<i64> {
    // [REG-009] Ours, whole, and not past its end; nor from the future, should the clock have
    // been set back.
    let (signed, code) = challenge.split_at_checked(SIGNED_OCTETS)?;
    if !ct_eq(code, &hmac_sha256(key, signed)) {
        return None;
    }
    let end = i64::from_be_bytes(*signed.first_chunk()?);
    (now..=now + limits::CHALLENGE_VALIDITY_SECONDS).contains(&end).then_some(end)
}

const NONCE_OCTETS: usize = 16;
const SIGNED_OCTETS: usize = 8 + NONCE_OCTETS;
const CHALLENGE_OCTETS: usize = SIGNED_OCTETS + 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::system_random;

    const KEY: [u8; 32] = [7; 32];
    const NOW: i64 = 1_800_000_000;

    #[test]
    fn reg_009_a_challenge_is_good_for_ten_minutes_and_only_whole() {
        let challenge = issue(&KEY, NOW, &mut system_random());
        let end = NOW + limits::CHALLENGE_VALIDITY_SECONDS;
        assert_eq!(end_of(&KEY, &challenge, NOW), Some(end));
        assert_eq!(end_of(&KEY, &challenge, end), Some(end));
        assert_eq!(end_of(&KEY, &challenge, end + 1), None, "past its end");
        assert_eq!(end_of(&KEY, &challenge, NOW - 1), None, "from the future");
        assert_eq!(end_of(&[8; 32], &challenge, NOW), None, "somebody else's");
        for position in 0..challenge.len() {
            let mut other = challenge.clone();
            other[position] ^= 1;
            assert_eq!(end_of(&KEY, &other, NOW), None, "octet {position}");
            assert_eq!(end_of(&KEY, &challenge[..position], NOW), None);
        }
    }

    #[test]
    fn no_two_challenges_are_the_same() {
        assert_ne!(issue(&KEY, NOW, &mut system_random()), issue(&KEY, NOW, &mut system_random()));
    }
}
