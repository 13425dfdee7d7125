//! Public-key arithmetic by RustCrypto, for wasm32. There is no RSA.

mod agreement;
mod kem;
#[cfg(target_arch = "wasm32")]
mod no_rsa;
mod signature;

pub(crate) use agreement::Agreement;
pub(crate) use kem::{Decapsulation, encapsulate};
pub(crate) use signature::Signer;
pub(super) use signature::verify;

#[cfg(target_arch = "wasm32")]
pub(crate) use no_rsa::RsaDecryption;

/// RSA, which this back-end has not.
#[cfg(target_arch = "wasm32")]
pub(crate) mod rsa {
    pub(crate) use super::no_rsa::{encrypt_oaep, encrypt_pkcs1, generate};
}
