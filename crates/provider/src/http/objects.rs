//! Objects beside a letter: which are missing, one after the other in, one after the other out.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post, put};
use futures_util::StreamExt;
use sealpost_erds::Digest;
use sealpost_erds::limits::OBJECT_OCTETS_MAX;
use sealpost_erds::relay::PartDigest;
use sealpost_wire::api::{ObjectsAnswer, ObjectsQuestion};
use sealpost_wire::paths;

use super::auth::{Owner, Peer};
use super::body::{self, broken, expect_media_type, private_json, too_large};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use super::intake::memory_for_object;
use super::letters::{Route, dispatch_id_of, download, part};
use crate::limits;
use crate::problem::{self, Problem};
use crate::provider::Provider;
use crate::service::objects;
use crate::store::uploads::Uploader;

pub(super) const ENDPOINTS: &[Endpoint] = &[
    question(paths::OBJECTS_MISSING, Access::Account, || post(missing_of_account)),
    upload(paths::OBJECT, Access::Account, || put(put_by_account)),
    part(
        paths::LETTER_OBJECT,
        "An object beside a letter",
        "The letter's content says which objects there are and what opens them. The ETag is \
         the SHA-256.",
        || get(object_of_letter),
    ),
    question(paths::RELAY_OBJECTS_MISSING, Access::Provider, || post(missing_of_peer)),
    upload(paths::RELAY_OBJECT, Access::Provider, || put(put_by_peer)),
];

const fn question(path: &'static str, access: Access, route: Route) -> Endpoint {
    Endpoint {
        verb: Verb::Post,
        path,
        access,
        patience: Patience::Short,
        summary: "Which objects have to be sent",
        about: "Whoever was interrupted asks, and sends the rest. What somebody else has sent is \
                missing.",
        takes: Content::Json(schema_of::<ObjectsQuestion>),
        gives: Content::Json(schema_of::<ObjectsAnswer>),
        problems: &["too-many"],
        route,
    }
}

const fn upload(path: &'static str, access: Access, route: Route) -> Endpoint {
    Endpoint {
        verb: Verb::Put,
        path,
        access,
        patience: Patience::Stream,
        summary: "Send an object",
        about: "A ciphertext that a letter will name, under its SHA-256. The same once more changes \
                nothing. Without its letter it is forgotten after seven days.",
        takes: Content::Octets(paths::MEDIA_CMS, "AuthEnvelopedData (RFC 5083)"),
        gives: Content::Nothing,
        problems: &["object-not-as-named", "objects-too-many", "storage-full"],
        route,
    }
}

async fn missing_of_account(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    request: Request,
) -> Result<Response, Problem> {
    missing(&provider, Uploader::Account(account.id), request).await
}

async fn missing_of_peer(
    State(provider): State<Arc<Provider>>,
    Peer(domain): Peer,
    request: Request,
) -> Result<Response, Problem> {
    missing(&provider, Uploader::Provider(domain), request).await
}

async fn missing(
    provider: &Provider,
    uploader: Uploader,
    request: Request,
) -> Result<Response, Problem> {
    let question: ObjectsQuestion = body::json(request, limits::OBJECTS_JSON_OCTETS_MAX).await?;
    let missing = objects::missing(provider, uploader, question.objects).await?;
    Ok(private_json(&ObjectsAnswer { missing }))
}

async fn put_by_account(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    take(&provider, Uploader::Account(account.id), &sha256, request).await
}

async fn put_by_peer(
    State(provider): State<Arc<Provider>>,
    Peer(domain): Peer,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    take(&provider, Uploader::Provider(domain), &sha256, request).await
}

/// Streams an object to disk while it is hashed. An upload that breaks off leaves nothing.
async fn take(
    provider: &Provider,
    uploader: Uploader,
    sha256: &str,
    request: Request,
) -> Result<StatusCode, Problem> {
    let sha256 = digest_of(sha256)?;
    expect_media_type(request.headers(), paths::MEDIA_CMS)?;
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let octets = announced.and_then(|value| value.to_str().ok()?.parse().ok());
    let octets: u64 = octets.ok_or_else(|| {
        Problem::new(problem::MALFORMED).detail("a Content-Length is needed (RFC 9110 §8.6)")
    })?;
    if octets > OBJECT_OCTETS_MAX {
        return Err(too_large(OBJECT_OCTETS_MAX));
    }
    let _memory = memory_for_object(&request)?;
    let mut intake = objects::intake(provider, PartDigest { sha256, octets });
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        intake.write(&piece.map_err(broken)?).await?;
    }
    objects::keep(provider, uploader, intake.finish().await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn object_of_letter(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    Path((dispatch_id, sha256)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (dispatch_id, sha256) = (dispatch_id_of(&dispatch_id)?, digest_of(&sha256)?);
    Ok(download(objects::of_letter(&provider, &account, dispatch_id, sha256).await?))
}

fn digest_of(text: &str) -> Result<Digest, Problem> {
    Digest::parse(text).ok_or_else(|| Problem::new(problem::NOT_FOUND))
}
