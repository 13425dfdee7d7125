//! The open half of cryptography: DER, X.509, CMS signatures and envelopes, time-stamp tokens,
//! revocation, algorithm policy and verdicts.
//!
//! This room is synchronous and sans-I/O. It owns no clock, no random source, no socket and no
//! file: all of them are parameters. It never holds a private key of its own; whoever asks for a
//! signature gets a request to answer ([`signed::SignatureRequest`], [`enveloped::KeyRequest`]).
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod asn1_time;
pub mod attributes;
mod backend;
pub mod ber;
pub mod blum;
pub mod cades;
pub mod capabilities;
mod cbc;
pub mod certificate;
pub mod decode;
pub mod digest;
pub mod enveloped;
pub mod gcm;
pub mod hpke;
pub mod issue;
pub mod kdf;
pub mod keys;
pub mod known_answers;
pub mod limits;
pub mod ml_dsa;
pub mod path;
pub mod pkcs12;
pub mod policy;
pub mod receipt;
#[cfg(test)]
mod samples;
pub mod signed;
pub mod static_dh;
pub mod stream;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
mod tlv;
pub mod tsp;
pub mod verdict;
#[cfg(test)]
mod wycheproof;

pub use rand_core::CryptoRng;
