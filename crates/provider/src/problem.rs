//! Refusals and faults as the outside sees them: RFC 9457 problem details with stable codes.
//!
//! `type` is `urn:sealpost:problem:<code>`; agents, tests and translations go by the code alone.
//! What we know about our own faults goes to the log, never into the answer.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

use crate::blobs::{IntakeError, ReadError};
use crate::observe::{self, LogSafe};
use crate::store::StoreError;

/// A problem to answer with.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: Kind,
    detail: Option<String>,
    members: Map<String, Value>,
}

/// One row of the table of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Stable word: the same in API, CLI, documentation and translations.
    pub code: &'static str,
    /// RFC 9110 §15.
    pub status: StatusCode,
    /// English, the same for every occurrence.
    pub title: &'static str,
    /// Seconds after which trying again may help.
    pub retry_after: Option<u32>,
}

impl Kind {
    /// A kind that trying again does not help.
    #[must_use]
    pub const fn new(code: &'static str, status: StatusCode, title: &'static str) -> Self {
        Self { code, status, title, retry_after: None }
    }

    /// A kind that passes by itself.
    #[must_use]
    pub const fn passing(
        code: &'static str,
        status: StatusCode,
        title: &'static str,
        retry_after: u32,
    ) -> Self {
        Self { code, status, title, retry_after: Some(retry_after) }
    }
}

impl Problem {
    /// A problem of this kind, without further words.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, detail: None, members: Map::new() }
    }

    /// What is particular about this occurrence. Dropped if the fault is ours (5xx): our
    /// insides are nobody's business.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        if !self.kind.status.is_server_error() {
            self.detail = Some(detail.into());
        }
        self
    }

    /// An extension member (RFC 9457 §3.2), such as a deadline or a limit.
    #[must_use]
    pub fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Its row in the table.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut document = self.members.clone();
        document.insert("type".into(), json!(format!("urn:sealpost:problem:{}", self.kind.code)));
        document.insert("title".into(), json!(self.kind.title));
        document.insert("status".into(), json!(self.kind.status.as_u16()));
        document.insert("code".into(), json!(self.kind.code));
        if let Some(detail) = &self.detail {
            document.insert("detail".into(), json!(detail));
        }
        Value::Object(document)
    }

    /// Logs our own fault and gives the problem that says no more than that.
    pub fn fault(code: &'static str, cause: &impl LogSafe) -> Self {
        observe::error("fault").reason(code).detail(cause).write();
        Self::new(INTERNAL)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> axum::response::Response {
        let mut response = Response::new(Body::from(self.to_json().to_string()));
        *response.status_mut() = self.kind.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.kind.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::new(BUSY),
            StoreError::Full => Self::new(STORAGE_FULL),
            StoreError::Stopping => Self::new(STOPPING),
            other => Self::fault(other.code(), &other),
        }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::TooLarge { octets_max } => {
                Self::new(TOO_LARGE).member("octets_max", octets_max)
            }
            IntakeError::OtherDigest => Self::new(OTHER_DIGEST),
            IntakeError::Full => Self::new(STORAGE_FULL),
            IntakeError::Disk(error) => Self::fault("storage-failed", &error.kind()),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::File(error) => Self::fault("blob-unreadable", &error.kind()),
        }
    }
}

/// The request cannot be understood.
pub const MALFORMED: Kind =
    Kind::new("malformed", StatusCode::BAD_REQUEST, "The request is not well formed");
/// No certificate where one is needed.
pub const UNAUTHENTICATED: Kind = Kind::new(
    "unauthenticated",
    StatusCode::UNAUTHORIZED,
    "This needs a client certificate of this provider or of one it trusts",
);
/// A certificate that proves nothing here; `sub_indication` says why.
pub const CERTIFICATE_REFUSED: Kind = Kind::new(
    "certificate-refused",
    StatusCode::UNAUTHORIZED,
    "The client certificate does not prove who is asking",
);
/// Known, but not for this.
pub const FORBIDDEN: Kind =
    Kind::new("forbidden", StatusCode::FORBIDDEN, "This is not for the one who asks");
/// Nothing there.
pub const NOT_FOUND: Kind =
    Kind::new("not-found", StatusCode::NOT_FOUND, "There is nothing at this address");
/// There is something, but not for this method.
pub const METHOD_NOT_ALLOWED: Kind = Kind::new(
    "method-not-allowed",
    StatusCode::METHOD_NOT_ALLOWED,
    "The address does not know this method",
);
/// Larger than allowed; `octets_max` says how large it may be.
pub const TOO_LARGE: Kind =
    Kind::new("too-large", StatusCode::PAYLOAD_TOO_LARGE, "Larger than this provider accepts");
/// Announced and arrived octets differ.
pub const OTHER_DIGEST: Kind = Kind::new(
    "other-digest",
    StatusCode::UNPROCESSABLE_ENTITY,
    "The octets do not have the announced digest",
);
/// The body stopped arriving.
pub const TOO_SLOW: Kind =
    Kind::new("too-slow", StatusCode::REQUEST_TIMEOUT, "The request stopped arriving");
/// It takes longer than anybody should wait.
pub const TOO_LONG: Kind = Kind::passing(
    "too-long",
    StatusCode::SERVICE_UNAVAILABLE,
    "The answer takes too long; asking once more is safe",
    10,
);
/// Too much at once.
pub const BUSY: Kind = Kind::passing(
    "busy",
    StatusCode::SERVICE_UNAVAILABLE,
    "Too much to do at this moment; nothing was done, try again",
    1,
);
/// Too much of one account at once.
pub const TOO_MANY_REQUESTS: Kind = Kind::passing(
    "too-many-requests",
    StatusCode::TOO_MANY_REQUESTS,
    "Too many requests of this account are worked on already; nothing was done, try again",
    1,
);
/// The disk is full.
pub const STORAGE_FULL: Kind = Kind::passing(
    "storage-full",
    StatusCode::INSUFFICIENT_STORAGE,
    "The provider's disk is full; nothing was done",
    300,
);
/// Shutting down.
pub const STOPPING: Kind = Kind::passing(
    "stopping",
    StatusCode::SERVICE_UNAVAILABLE,
    "The provider is shutting down; nothing was done, try again",
    10,
);
/// Not ready to work.
pub const NOT_READY: Kind =
    Kind::passing("not-ready", StatusCode::SERVICE_UNAVAILABLE, "The provider is not ready", 10);
/// Our fault.
pub const INTERNAL: Kind = Kind::new(
    "internal",
    StatusCode::INTERNAL_SERVER_ERROR,
    "A fault of this provider; it is in its log",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_its_code_in_type_and_member() {
        let problem = Problem::new(TOO_LARGE).detail("part 2").member("octets_max", 100);
        assert_eq!(
            problem.to_json(),
            json!({
                "type": "urn:sealpost:problem:too-large",
                "title": "Larger than this provider accepts",
                "status": 413,
                "code": "too-large",
                "detail": "part 2",
                "octets_max": 100,
            })
        );
    }

    #[test]
    fn our_own_faults_do_not_talk() {
        let problem = Problem::new(INTERNAL).detail("near \"SELECT\": syntax error");
        assert!(problem.to_json().get("detail").is_none());
        let from_store: Problem = StoreError::Statement(rusqlite::Error::InvalidQuery).into();
        assert_eq!(from_store.kind().code, "internal");
    }

    #[test]
    fn a_passing_problem_says_when_to_try_again() {
        let response = Problem::from(StoreError::Busy).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
