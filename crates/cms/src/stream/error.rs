//! What can go wrong while octets flow.

use core::fmt;
use std::io;

use crate::decode::DecodeError;
use crate::enveloped::{OpenError, SealError};
use crate::verdict::Shortfall;

/// Why a stream ended early. Nothing of what flowed is released.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamError {
    /// The message is not what it should be.
    Form(DecodeError),
    /// Not for this key, or changed.
    Open(OpenError),
    /// The algorithm policy does not list it.
    Denied(Shortfall),
    /// It cannot be sealed like this.
    Seal(SealError),
    /// The source or the sink failed.
    Io(io::ErrorKind),
}

impl StreamError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(error) => error.code(),
            Self::Open(error) => error.code(),
            Self::Denied(_) => "denied-by-policy",
            Self::Seal(error) => error.code(),
            Self::Io(_) => "stream-broken",
        }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
            Self::Denied(shortfall) => shortfall.fmt(f),
            Self::Seal(error) => error.fmt(f),
            Self::Io(kind) => write!(f, "reading or writing failed: {kind}"),
        }
    }
}

impl core::error::Error for StreamError {}

impl From<DecodeError> for StreamError {
    fn from(error: DecodeError) -> Self {
        Self::Form(error)
    }
}

impl From<OpenError> for StreamError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<SealError> for StreamError {
    fn from(error: SealError) -> Self {
        Self::Seal(error)
    }
}

/// One reader stands in another, and only [`io::Error`] passes between them: what was said inside
/// is unpacked outside.
impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        match error.into_inner().and_then(|inner| inner.downcast::<Self>().ok()) {
            Some(said) => *said,
            None => Self::Io(kind),
        }
    }
}

impl From<StreamError> for io::Error {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Io(kind) => kind.into(),
            said => Self::new(io::ErrorKind::InvalidData, said),
        }
    }
}
