//! From provider to provider: dispatches there, evidence back, sealed questions (interface ERDS RI).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use sealpost_erds::relay::DispatchHead;
use sealpost_wire::api::{ReceiptBatch, RelayAnswer};
use sealpost_wire::paths;

use super::auth::Peer;
use super::body::{self, private_json, private_octets};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use super::intake::{Framed, Received, malformed, memory_for_json};
use crate::limits;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::service::{directory, receipts_in, relay_in};

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        verb: Verb::Post,
        path: paths::RELAY_DISPATCHES,
        access: Access::Provider,
        patience: Patience::Stream,
        summary: "Relay a letter",
        about: "The head is the JSON of a DispatchHead; the ciphertexts follow: the locked body \
                first, if there is one, then the enveloped part. The answer holds B.1 or B.2. The \
                same dispatch once more gets the same answer.",
        takes: Content::Octets(
            paths::MEDIA_FRAMED,
            "\"SPF1\", u32be length of the head, the head, the parts",
        ),
        gives: Content::Json(schema_of::<RelayAnswer>),
        problems: &[
            "dispatch-for-another-provider",
            "dispatch-id-reused",
            "dispatch-of-another-provider",
            "dispatch-too-old",
            "evidence-indeterminate",
            "head-too-long",
            "message-too-long",
            "message-too-short",
            "not-framed",
            "storage-full",
            "time-stamp-unavailable",
        ],
        route: || post(dispatch),
    },
    Endpoint {
        verb: Verb::Post,
        path: paths::RELAY_RECEIPTS,
        access: Access::Provider,
        patience: Patience::Short,
        summary: "Give evidence back",
        about: "At most 64 receipts. Each names its way by a reply path that only this provider \
                can open. A receipt that was taken before is taken again without effect.",
        takes: Content::Json(schema_of::<ReceiptBatch>),
        gives: Content::Nothing,
        problems: &["evidence-indeterminate", "storage-full", "too-many"],
        route: || post(receipts),
    },
    Endpoint {
        verb: Verb::Post,
        path: paths::RELAY_LOOKUP,
        access: Access::Provider,
        patience: Patience::Short,
        summary: "Answer a sealed directory query",
        about: "Question and answer are sealed (RFC 9180): the provider that forwards them reads \
                neither, and who asks is not in them.",
        takes: Content::Octets(paths::MEDIA_SEALED, "a sealed DirectoryQuery"),
        gives: Content::Octets(paths::MEDIA_SEALED, "a sealed DirectoryAnswer"),
        problems: &["query-unreadable"],
        route: || post(lookup),
    },
];

async fn dispatch(
    State(provider): State<Arc<Provider>>,
    Peer(domain): Peer,
    request: Request,
) -> Result<Response, Problem> {
    let mut framed = Framed::begin(&provider, request)?;
    let head_json = framed.head().await?;
    let head = DispatchHead::from_json(&head_json).map_err(malformed)?;
    let Received { parts, held } = if relay_in::is_too_large(&provider, &head) {
        // The answer is B.2, and what would follow need not be read for that.
        Received { parts: Vec::new(), held: Vec::new() }
    } else {
        framed.parts(&head.parts()).await?
    };
    let answer = relay_in::receive(&provider, &domain, &head_json, head, parts).await?;
    drop(held);
    Ok(private_json(&answer))
}

async fn receipts(
    State(provider): State<Arc<Provider>>,
    Peer(domain): Peer,
    request: Request,
) -> Result<StatusCode, Problem> {
    let _memory = memory_for_json(&request, limits::RECEIPTS_OCTETS_MAX)?;
    let batch: ReceiptBatch = body::json(request, limits::RECEIPTS_OCTETS_MAX).await?;
    receipts_in::take(&provider, &domain, batch).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn lookup(
    State(provider): State<Arc<Provider>>,
    Peer(_): Peer,
    request: Request,
) -> Result<Response, Problem> {
    let sealed =
        body::octets(request, paths::MEDIA_SEALED, limits::SEALED_QUERY_OCTETS_MAX).await?;
    let answer = directory::answer(&provider, &sealed).await?;
    Ok(private_octets(paths::MEDIA_SEALED, answer))
}
