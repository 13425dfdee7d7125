//! One letter in the mailbox: its ciphertexts, the decision about it, its arrival.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use sealpost_erds::DispatchId;
use sealpost_erds::acceptance::Verdict;
use sealpost_wire::api::{DecisionAnswer, DecisionRequest, HandoverAnswer, HandoverRequest};
use sealpost_wire::paths;

use super::auth::Owner;
use super::body::{self, private_json};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use crate::blobs::BlobReader;
use crate::limits;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::service::mailbox::{self, Part};
use crate::service::{Refusal, decision, handover};

pub(super) const ENDPOINTS: &[Endpoint] = &[
    part(
        paths::LETTER_ENVELOPED,
        "The enveloped part",
        "The notice, or the whole letter in basic mode. The ETag is the SHA-256 that the evidence \
         names.",
        || get(enveloped),
    ),
    part(
        paths::LETTER_BODY,
        "The locked body",
        "May be fetched before the decision; it opens with the release share only. The ETag is the \
         SHA-256 that the evidence names.",
        || get(locked_body),
    ),
    decision_on(
        paths::LETTER_ACCEPTANCE,
        "Accept",
        "A signed and time-stamped decision. The answer holds C.3, D.1 and the release share. The \
         same decision once more gets the same answer.",
        || {
            post(|provider, owner, id, request| {
                decide(Verdict::Accepted, provider, owner, id, request)
            })
        },
    ),
    decision_on(
        paths::LETTER_REFUSAL,
        "Refuse",
        "A signed and time-stamped decision. The answer holds C.4; nobody will open the letter.",
        || {
            post(|provider, owner, id, request| {
                decide(Verdict::Refused, provider, owner, id, request)
            })
        },
    ),
    Endpoint {
        verb: Verb::Post,
        path: paths::LETTER_HANDOVER,
        access: Access::Account,
        patience: Patience::Short,
        summary: "Confirm that the letter arrived",
        about: "The agent holds all octets durably. The answer is E.1. In basic mode the owner \
                says whether the sender is told.",
        takes: Content::Json(schema_of::<HandoverRequest>),
        gives: Content::Json(schema_of::<HandoverAnswer>),
        problems: &[
            "letter-awaits-decision",
            "letter-expired",
            "letter-handed-over",
            "letter-not-found",
            "letter-refused-already",
            "storage-full",
            "time-stamp-unavailable",
        ],
        route: || post(hand_over),
    },
];

pub(super) type Route = fn() -> axum::routing::MethodRouter<Arc<Provider>>;

/// A ciphertext of a letter to its owner: each is fetched alike.
pub(super) const fn part(
    path: &'static str,
    summary: &'static str,
    about: &'static str,
    route: Route,
) -> Endpoint {
    Endpoint {
        verb: Verb::Get,
        path,
        access: Access::Account,
        patience: Patience::Short,
        summary,
        about,
        takes: Content::Nothing,
        gives: Content::Octets(paths::MEDIA_CMS, "AuthEnvelopedData (RFC 5083)"),
        problems: &[
            "letter-expired",
            "letter-handed-over",
            "letter-not-found",
            "letter-refused-already",
            "part-not-found",
        ],
        route,
    }
}

const fn decision_on(
    path: &'static str,
    summary: &'static str,
    about: &'static str,
    route: Route,
) -> Endpoint {
    Endpoint {
        verb: Verb::Post,
        path,
        access: Access::Account,
        patience: Patience::Short,
        summary,
        about,
        takes: Content::Json(schema_of::<DecisionRequest>),
        gives: Content::Json(schema_of::<DecisionAnswer>),
        problems: &[
            "attachment-too-large",
            "decision-after-deadline",
            "decision-by-another-signer",
            "decision-for-another-letter",
            "decision-not-verified",
            "decision-without-proven-time",
            "letter-accepted-already",
            "letter-expired",
            "letter-handed-over",
            "letter-needs-no-decision",
            "letter-not-found",
            "letter-refused-already",
            "storage-full",
            "time-stamp-unavailable",
        ],
        route,
    }
}

async fn enveloped(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    Path(dispatch_id): Path<String>,
) -> Result<Response, Problem> {
    let dispatch_id = dispatch_id_of(&dispatch_id)?;
    let found = mailbox::part(&provider, &account, dispatch_id, Part::Enveloped).await?;
    Ok(download(found))
}

async fn locked_body(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    Path(dispatch_id): Path<String>,
) -> Result<Response, Problem> {
    let dispatch_id = dispatch_id_of(&dispatch_id)?;
    let found = mailbox::part(&provider, &account, dispatch_id, Part::Body).await?;
    Ok(download(found))
}

/// Streams a part; whole letters are never in memory.
pub(super) fn download(found: BlobReader) -> Response {
    let headers = [
        (header::CONTENT_TYPE, paths::MEDIA_CMS.to_owned()),
        (header::CONTENT_LENGTH, found.octets().to_string()),
        // RFC 9110 §8.8.3, a strong validator: the digest of the octets themselves.
        (header::ETAG, format!("\"{}\"", hex::encode(found.digest()))),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(found.into_stream())).into_response()
}

/// What is posted to an address is judged as that decision, whatever the signed statement says.
async fn decide(
    verdict: Verdict,
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    Path(dispatch_id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let dispatch_id = dispatch_id_of(&dispatch_id)?;
    let signed: DecisionRequest = body::json(request, limits::DECISION_JSON_OCTETS_MAX).await?;
    let answer = match verdict {
        Verdict::Accepted => decision::accept(&provider, &account, dispatch_id, signed).await?,
        Verdict::Refused => decision::refuse(&provider, &account, dispatch_id, signed).await?,
    };
    Ok(private_json(&answer))
}

async fn hand_over(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    Path(dispatch_id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let dispatch_id = dispatch_id_of(&dispatch_id)?;
    let confirmation: HandoverRequest = body::json(request, limits::JSON_OCTETS_MAX).await?;
    let answer = handover::confirm(&provider, &account, dispatch_id, confirmation).await?;
    Ok(private_json(&answer))
}

/// Something that is no identifier names no letter.
pub(super) fn dispatch_id_of(text: &str) -> Result<DispatchId, Problem> {
    DispatchId::parse(text).ok_or_else(|| Refusal::LetterNotFound.into())
}
