//! Submission: the sender hands a letter over (interface ERDS MSI).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use sealpost_erds::Digest;
use sealpost_erds::relay::SubmissionHead;
use sealpost_wire::api::SubmissionAnswer;
use sealpost_wire::paths;

use super::auth::Owner;
use super::body::private_json;
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use super::intake::{Framed, Received, malformed};
use crate::problem::Problem;
use crate::provider::Provider;
use crate::service::submission;
use crate::store::submissions::SubmissionKey;

pub(super) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    verb: Verb::Post,
    path: paths::SUBMISSIONS,
    access: Access::Account,
    patience: Patience::Stream,
    summary: "Submit a letter",
    about: "The head is the JSON of a SubmissionHead; the ciphertexts follow in the order of its \
            `parts`: the locked body first, then one enveloped part per recipient. The answer \
            holds signed evidence: A.1 for each recipient, or A.2 saying why nothing was taken; a \
            letter that the head announces as too large is answered with A.2 before it is read. \
            The letter's identifier is the idempotency key: the same head gets the same evidence \
            again, another head is refused.",
    takes: Content::Octets(
        paths::MEDIA_FRAMED,
        "\"SPF1\", u32be length of the head, the head, the parts",
    ),
    gives: Content::Json(schema_of::<SubmissionAnswer>),
    problems: &[
        "dispatch-id-reused",
        "head-too-long",
        "letter-id-reused",
        "message-too-long",
        "message-too-short",
        "not-framed",
        "storage-full",
        "time-stamp-unavailable",
    ],
    route: || post(submit),
}];

async fn submit(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    request: Request,
) -> Result<Response, Problem> {
    let mut framed = Framed::begin(&provider, request)?;
    let head_json = framed.head().await?;
    let head = SubmissionHead::from_json(&head_json);
    let head = head.map_err(|error| framed.too_large().unwrap_or_else(|| malformed(error)))?;
    let is_too_large = submission::is_too_large(&provider, &head);
    let (letter_id, head_digest) = (head.letter_id, Digest::of(&head_json));
    let key = SubmissionKey { account: account.id, letter_id, head_digest };
    if let Some(answer) = submission::answered_before(&provider, &key).await? {
        // The sender may still be sending: read to the end, keep nothing.
        if !is_too_large {
            framed.discard().await?;
        }
        return Ok(private_json(&answer));
    }
    let Received { parts, held } = if is_too_large {
        // The answer is A.2 (EN 319 522-1 §6), and what would follow need not be read for that.
        Received { parts: Vec::new(), held: Vec::new() }
    } else {
        framed.parts(&head.parts()).await?
    };
    let answer = submission::submit(&provider, &account, &head_json, head, parts).await?;
    drop(held);
    Ok(private_json(&answer))
}
