//! The only place where the provider reads a clock or a random source. All other rooms get time
//! and randomness as parameters.

use std::time::{SystemTime, UNIX_EPOCH};

use sealpost_cms::CryptoRng;
use sealpost_cms::time::LocalTime;

/// What our own clock says. Nobody else has to believe it.
#[must_use]
pub fn now() -> LocalTime {
    LocalTime::from_unix(now_unix())
}

/// The same as Unix seconds, for the database.
#[must_use]
pub fn now_unix() -> i64 {
    // A clock before 1970 gives 0, which `/readyz` reports as a broken clock.
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

/// Days since 1970-01-01, where a second would say more than is needed.
#[must_use]
pub fn today() -> i64 {
    now_unix() / (24 * 3600)
}

/// The operating system's random source, as the lower rooms take it.
///
/// It panics if the operating system has no random octets to give: no key and no nonce may be made
/// then, and no caller could do anything else.
#[must_use]
pub fn system_random() -> impl CryptoRng {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}

/// A number that nobody can foresee: nonces, jitter.
#[must_use]
pub fn nonce() -> u64 {
    u64::from_le_bytes(random_octets())
}

/// A serial number that never repeats (RFC 3161 §2.4.2): 127 random bits, so that it needs no
/// memory and stays positive.
#[must_use]
pub fn serial() -> u128 {
    u128::from_le_bytes(random_octets()) >> 1
}

/// Octets that nobody can foresee.
#[must_use]
pub fn random_octets<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    getrandom::rand_core::Rng::fill_bytes(&mut system_random(), &mut octets);
    octets
}
