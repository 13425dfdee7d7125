//! One row of the table of endpoints: who may call it, what it takes and gives, and which function
//! answers. Router, OpenAPI document and the test of access rights all read it.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::MethodRouter;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::limits;
use crate::provider::Provider;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, also without a certificate.
    Anyone,
    /// The owner of an open mailbox here.
    Account,
    /// A provider that is trusted by configuration, or this one itself.
    Provider,
    /// The source addresses that the configuration lists.
    Operator,
}

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// The operator's own: quick, and not counted among the requests that are worked on.
    Operation,
    /// A small body, a few database operations, a signature, perhaps a call to somebody else.
    Short,
    /// Ciphertext comes in.
    Stream,
}

impl Patience {
    pub(super) const fn longest(self) -> Duration {
        match self {
            Self::Operation => limits::OPERATION_PATIENCE,
            Self::Short => limits::REQUEST_PATIENCE,
            Self::Stream => limits::UPLOAD_PATIENCE,
        }
    }
}

/// The methods of this API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// RFC 9110 §9.3.1.
    Get,
    /// RFC 9110 §9.3.3.
    Post,
    /// RFC 9110 §9.3.4: the same once more changes nothing.
    Put,
}

/// A body.
#[derive(Clone, Copy)]
pub enum Content {
    /// None.
    Nothing,
    /// JSON of a type of the `wire` room.
    Json(fn() -> NamedSchema),
    /// JSON that is described in words only.
    SomeJson(&'static str),
    /// Anything else: media type, and what it holds.
    Octets(&'static str, &'static str),
}

/// A schema with its name and those it refers to.
pub struct NamedSchema {
    /// Its name.
    pub name: String,
    /// Itself and all it needs.
    pub all: Vec<(String, RefOr<Schema>)>,
}

/// The schema of a type of the `wire` room.
#[must_use]
pub fn schema_of<T: ToSchema>() -> NamedSchema {
    let name = T::name().into_owned();
    let mut all = vec![(name.clone(), T::schema())];
    T::schemas(&mut all);
    NamedSchema { name, all }
}

/// One endpoint.
pub struct Endpoint {
    /// Its method.
    pub verb: Verb,
    /// Its path; a constant of the `wire` room.
    pub path: &'static str,
    /// Who may call.
    pub access: Access,
    /// How long it may take.
    pub patience: Patience,
    /// One line.
    pub summary: &'static str,
    /// What else one has to know.
    pub about: &'static str,
    /// The request's body.
    pub takes: Content,
    /// The body of the answer with status 200.
    pub gives: Content,
    /// Codes of its own, beside those that every endpoint has.
    pub problems: &'static [&'static str],
    /// Who answers.
    pub route: fn() -> MethodRouter<Arc<Provider>>,
}
