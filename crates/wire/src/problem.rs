//! Problem details (RFC 9457) with stable codes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where problem types begin; the code follows.
pub const TYPE_PREFIX: &str = "urn:sealpost:problem:";

/// What went wrong, for programs (`code`) and people (`title`, `detail`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:sealpost:problem:` and the code (RFC 9457 §3.1.1).
    #[serde(rename = "type")]
    pub kind: String,
    /// The code alone, an extension member (RFC 9457 §3.2).
    // Others than our providers may answer, such as a proxy; they do not know the member.
    #[serde(default)]
    #[schema(required = true)]
    pub code: String,
    /// A sentence that is the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is particular to this occurrence; never a name, an address or a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Problem {
    /// A problem with a stable code.
    pub fn new(code: &str, status: u16, title: impl Into<String>) -> Self {
        Self {
            kind: format!("{TYPE_PREFIX}{code}"),
            code: code.to_owned(),
            title: title.into(),
            status,
            detail: None,
        }
    }

    /// Adds what is particular to this occurrence.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The stable code, or the whole type if it is not one of ours.
    pub fn code(&self) -> &str {
        self.kind.strip_prefix(TYPE_PREFIX).unwrap_or(&self.kind)
    }
}
