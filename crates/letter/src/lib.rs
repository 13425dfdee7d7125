//! What only sender and recipient may hold: content, encryption, notices, opening, dossiers.
//!
//! The path of a letter is a chain of types, and each step consumes the one before:
//!
//! ```text
//! Draft -> Composed -> AwaitingSignature -> Signed -> Timestamped -> Locked -> PreparedSubmission
//! enveloped part -> Carried -> Unverified<SignedMessage> -> Outcome<Notice> | Outcome<Content>
//! locked body               -> Unverified<SignedMessage> -> Outcome<Content>
//! ```
//!
//! This room is synchronous and sans-I/O: clock and random source are parameters, what is long is
//! written to a [`std::io::Write`] of the caller. It holds no private key: signatures and key
//! agreements are asked for and answered. Types that hold user text have no `Display`, and their
//! `Debug` says nothing about it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod binding;
pub mod chunked;
pub mod compose;
pub mod content;
pub mod decision;
pub mod dossier;
pub mod draft;
mod encrypt;
pub mod error;
pub mod fixed;
mod layered;
pub mod limits;
pub mod lock;
mod mime;
pub mod notice;
mod notice_text;
pub mod open;
pub mod padding;
pub mod parties;
pub mod record;
mod signers;
pub mod suite;
#[cfg(test)]
mod tests;

pub use chunked::{ChunkReader, ChunkSealer, ChunkedAttachment};
pub use compose::{AwaitingSignature, Composed, Signed, Timestamped, compose};
pub use content::Content;
pub use draft::{Attachment, Draft, Party, Recipient};
pub use lock::{Embedded, Locked, PreparedSubmission, Routing};
pub use mime::protected;
pub use notice::Notice;
pub use open::{
    Carried, Reader, SignedMessage, open_body, open_carrier, verify_announced_letter,
    verify_letter, verify_notice,
};
pub use record::SentRecord;
pub use signers::Signers;
pub use suite::{LETTER_KEYS, LETTER_SUITES, Suite};
