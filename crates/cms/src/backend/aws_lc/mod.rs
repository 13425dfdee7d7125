//! Public-key arithmetic by AWS-LC.

mod agreement;
mod kem;
mod rsa_keys;
mod signature;

pub(crate) use agreement::Agreement;
pub(crate) use kem::{Decapsulation, encapsulate};
pub(crate) use rsa_keys::RsaDecryption;
pub(crate) use signature::Signer;
pub(super) use signature::verify;

/// RSA, which only this back-end has.
pub(crate) mod rsa {
    pub(crate) use super::rsa_keys::{encrypt_oaep, encrypt_pkcs1, generate};
}
