//! Experimental ciphers: plug-ins that a person installs without rebuilding anything, run in a
//! sandbox, and used only inside of an approved layer.
//!
//! This room never fetches a plug-in, never runs one that was not installed by its digest, and
//! never gives one a key that anything else depends on. It has no way to write what a plug-in made
//! without an approved suite around it. Whether a cipher is any good, it cannot know: that is why
//! confidentiality never rests on it. See docs/experimental-ciphers.md.
//!
//! The room is synchronous and sans-I/O: files and chance are its callers'.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cipher;
mod cipher_id;
mod inner;
mod layer;
pub mod limits;
mod opened;
mod registry;
mod sandbox;
#[cfg(test)]
mod tests;

pub use cipher::{Cipher, KnownAnswer};
pub use cipher_id::CipherId;
pub use inner::{EncryptError, InnerLayer};
pub use opened::{OpenError, Opened, is_layer, open};
pub use registry::{InstallError, Registry};
pub use sandbox::CipherError;
