//! MIME as this project writes and reads it (RFC 2045, RFC 5322, RFC 8551, RFC 9788).
//!
//! The writer is our own: it needs no clock and no random source, and every header it writes is
//! one that the protected header section needs. The reader finds the structure itself and leaves
//! the decoding of header fields to `mail-parser`; bodies are decoded strictly.

pub(crate) mod names;
pub mod protected;
pub(crate) mod quoted;
pub(crate) mod read;
pub(crate) mod smime;
pub(crate) mod write;

/// The media type of a text that is shown.
pub(crate) const TEXT_MEDIA_TYPE: &str = "text/plain";
/// The only field that would stand outside of the encryption: RFC 9788 §3.2.1 (hcp_baseline).
pub(crate) const OUTER_SUBJECT: &str = "[...]";
