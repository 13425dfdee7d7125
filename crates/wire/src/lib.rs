//! How parties speak: the types of the HTTP API under `/v1`, and the framing of ciphertexts.
//!
//! Bytes in, bytes out: this room opens no connection and reads no file. What users wrote never
//! appears here as a type; letters are opaque parts behind a head.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod api;
pub mod framing;
pub mod invitation;
pub mod paths;
pub mod problem;
