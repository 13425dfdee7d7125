//! Reading JSON objects of this room: bounded, strict, and with an error that names the object.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// The octets are not the object they should be. The party that made them is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    /// Which object was expected, for example `evidence`.
    pub object: &'static str,
    /// What is wrong with it; never quotes the input, which may hold names.
    pub detail: String,
}

impl FormatError {
    /// An error about `object`.
    pub fn new(object: &'static str, detail: impl Into<String>) -> Self {
        Self { object, detail: detail.into() }
    }

    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "malformed"
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed {}: {}", self.object, self.detail)
    }
}

impl std::error::Error for FormatError {}

/// Reads a JSON object of at most `octets_max` octets.
pub fn from_json<T: DeserializeOwned>(
    object: &'static str,
    octets: &[u8],
    octets_max: usize,
) -> Result<T, FormatError> {
    if octets.len() > octets_max {
        return Err(FormatError::new(
            object,
            format!("{} octets where at most {octets_max} are allowed", octets.len()),
        ));
    }
    // serde_json bounds nesting at 128 levels. Its message may quote a field value, so only the
    // class and the place of the error are passed on.
    serde_json::from_slice(octets).map_err(|error| {
        let class = match error.classify() {
            serde_json::error::Category::Data => "a field is missing, unknown or of the wrong kind",
            serde_json::error::Category::Eof => "it ends too early",
            serde_json::error::Category::Io | serde_json::error::Category::Syntax => "not JSON",
        };
        FormatError::new(
            object,
            format!("{class} (line {}, column {})", error.line(), error.column()),
        )
    })
}

/// Writes an object as compact JSON.
pub fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("the types of this room have string keys and finite numbers")
}
