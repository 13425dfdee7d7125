//! CMS that does not fit into memory: what is signed or sealed flows through in pieces.
//!
//! The rest of this room reads and writes whole messages. Here a content of any size passes
//! between a [`std::io::Read`] and a [`std::io::Write`] of the caller, in a bounded amount of memory:
//!
//! - [`SigningWriter`] signs in one pass. Sizes are not known before the end, so it writes BER with
//!   indefinite lengths and a content in pieces (X.690 §8.1.3.6, RFC 5652 §5.1), as every S/MIME
//!   program reads it. A [`crate::signed::Signature`] whose content is at hand twice gives strict DER.
//! - [`SealingWriter`] encrypts in one pass, likewise.
//! - [`SealedReader`] decrypts. What it decrypts is handed to a consumer *before* the tag is known
//!   and comes back to the caller only after it: see [`SealedReader::open`].
//! - [`UnprotectedWriter`] and [`UnprotectedReader`] are for partners whose encryption notices no
//!   change: nothing of it is released but what a signature inside of it protects. Either reader shows an
//!   [`EnvelopedHead`] first, with which the content key is unwrapped.
//! - [`verify`] reads a SignedData, gives its content to a sink, and releases the sink only inside
//!   of a verdict.
//!
//! MUST: what the caller gets back was authenticated to its last octet (EFAIL: no decryption oracle,
//! no half of a message). MUST: nothing but content grows with the message; certificates, lists and
//! recipients are bounded as in memory.

mod ber;
mod envelope;
mod error;
mod open;
mod seal;
mod sign;
mod unprotected;
mod verify;

pub use envelope::EnvelopedHead;
pub use error::StreamError;
pub use open::SealedReader;
pub use seal::SealingWriter;
pub use sign::{SigningWriter, UnsignedWriter};
pub use unprotected::{
    NOT_AUTHENTICATED, Permission, Unprotected, UnprotectedReader, UnprotectedWriter,
};
pub use verify::{Streamed, verify};

/// Octets handled at once. Large enough that headers and calls cost nothing beside hashing, small
/// enough for the second cache of any processor.
const PIECE_OCTETS: usize = 64 * 1024;

#[cfg(test)]
mod tests;
