//! What tests share: a random source, a small hierarchy and the foreign judge, OpenSSL.
use rand_core::UnwrapErr;

/// The operating system's random source.
pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}
