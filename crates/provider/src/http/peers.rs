//! What an account may ask its own provider about another one.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use sealpost_erds::Domain;
use sealpost_wire::api::PeerAnswer;
use sealpost_wire::paths;

use super::auth::Owner;
use super::body::{self, private_json, private_octets};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use crate::limits;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::service::{Refusal, directory, peers};

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        verb: Verb::Get,
        path: paths::PEER,
        access: Access::Account,
        patience: Patience::Short,
        summary: "How to reach and believe another provider",
        about: "Its root certificate as it is configured here, and its own sealed discovery \
                document.",
        takes: Content::Nothing,
        gives: Content::Json(schema_of::<PeerAnswer>),
        problems: &["peer-failed", "unknown-domain"],
        route: || get(peer),
    },
    Endpoint {
        verb: Verb::Post,
        path: paths::PEER_LOOKUP,
        access: Access::Account,
        patience: Patience::Short,
        summary: "Ask another provider for somebody's certificates",
        about: "The question is sealed for the other provider, the answer for the one who asks. \
                This provider forwards both and learns the domain only.",
        takes: Content::Octets(paths::MEDIA_SEALED, "a sealed DirectoryQuery"),
        gives: Content::Octets(paths::MEDIA_SEALED, "a sealed DirectoryAnswer"),
        problems: &["peer-failed", "query-unreadable", "unknown-domain"],
        route: || post(lookup),
    },
];

async fn peer(
    State(provider): State<Arc<Provider>>,
    Owner(_): Owner,
    Path(domain): Path<String>,
) -> Result<Response, Problem> {
    let answer = peers::info(&provider, &domain_of(&domain)?).await?;
    Ok(private_json(&answer))
}

async fn lookup(
    State(provider): State<Arc<Provider>>,
    Owner(_): Owner,
    Path(domain): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let domain = domain_of(&domain)?;
    let sealed =
        body::octets(request, paths::MEDIA_SEALED, limits::SEALED_QUERY_OCTETS_MAX).await?;
    let answer = directory::forward(&provider, &domain, &sealed).await?;
    Ok(private_octets(paths::MEDIA_SEALED, answer))
}

/// Something that is no domain is served by nobody.
fn domain_of(text: &str) -> Result<Domain, Problem> {
    Domain::parse(text).map_err(|_| Refusal::UnknownDomain.into())
}
