//! Header fields under signature and encryption in mail of others: RFC 9788, and the wrapping of
//! RFC 8551 §3.1 that came before it.
//!
//! Letters of this house have one shape and a reader of their own ([`crate::content`]). This is for
//! ordinary mail: a gateway writes it, and reads what other programs wrote.
//!
//! - What is written names in the root of the protected part everything that stands outside: with
//!   encryption `hp="cipher"` and one HP-Outer for each outer field, with a signature alone
//!   `hp="clear"`.
//! - What is read tells of each field what protected it, and holds the outer header against it. It
//!   never picks one of two senders: a difference is a verdict, and whoever shows the mail says so.
//!
//! Nothing here decrypts or verifies. Whether the signature passed, and whether there was encryption,
//! whoever did that says in [`Received`]. Values are raw: encoded words stay encoded.

mod fields;
mod kind;
mod read;
mod write;

use std::{error, fmt};

pub use fields::Field;
pub use kind::{SmimeKind, smime_kind};
pub use read::{Agreement, FieldState, MailHeader, ProtectedField, Received, Wrapping, read};
pub use write::{Composed, Confidentiality, Payload, Protection, protect};

/// Why a mail's header is not written or read. Log-safe: no field is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// Not a header section that can be read, or a field that cannot be written.
    Malformed(&'static str),
    /// A field twice that says one thing only once (RFC 5322 §3.6).
    FieldTwice,
    /// More octets or fields than we look at.
    TooLarge,
    /// A protection that nobody has defined.
    UnknownProtection,
    /// S/MIME of a kind that we do not know.
    UnknownKind,
    /// Compressed data (RFC 3274), which is not read.
    Compressed,
}

impl HeaderError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "mail-header-malformed",
            Self::FieldTwice => "mail-header-field-twice",
            Self::TooLarge => "mail-header-too-large",
            Self::UnknownProtection => "mail-header-protection-unknown",
            Self::UnknownKind => "smime-kind-unknown",
            Self::Compressed => "compressed-data",
        }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "mail header: {what}"),
            Self::FieldTwice => f.write_str("a header field twice"),
            Self::TooLarge => f.write_str("a header section that is too large"),
            Self::UnknownProtection => f.write_str("header protection of an unknown kind"),
            Self::UnknownKind => f.write_str("S/MIME of an unknown kind"),
            Self::Compressed => f.write_str("compressed-data is not read"),
        }
    }
}

impl error::Error for HeaderError {}

/// Fields about the body, which stand with it and are not protected as such (RFC 9788 §1.1.1).
fn is_structural(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "mime-version" || name.starts_with("content-")
}

const HP_OUTER: &str = "HP-Outer";

#[cfg(test)]
mod tests;
