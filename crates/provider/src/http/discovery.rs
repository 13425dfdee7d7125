//! What everybody may know about this provider.

use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sealpost_wire::paths;

use super::endpoint::{Access, Content, Endpoint, Patience, Verb};
use super::openapi;
use crate::problem::{self, Problem};
use crate::provider::Provider;
use crate::service::{discovery, policy};

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        verb: Verb::Get,
        path: paths::DISCOVERY,
        access: Access::Anyone,
        patience: Patience::Short,
        summary: "The sealed discovery document",
        about: "ERDSMetadata (EN 319 522-3) as JSON in CAdES B-B, sealed by this provider: its \
                certificates, its routing key, what it supports. It states no event and bears no \
                time-stamp.",
        takes: Content::Nothing,
        gives: Content::Octets(paths::MEDIA_CMS, "SignedData (RFC 5652) around JSON"),
        problems: &[],
        route: || get(document),
    },
    Endpoint {
        verb: Verb::Get,
        path: paths::OPENAPI,
        access: Access::Anyone,
        patience: Patience::Short,
        summary: "This document",
        about: "",
        takes: Content::Nothing,
        gives: Content::SomeJson("OpenAPI 3.1"),
        problems: &[],
        route: || get(description),
    },
    Endpoint {
        verb: Verb::Get,
        path: paths::ROOT,
        access: Access::Anyone,
        patience: Patience::Short,
        summary: "The root certificate",
        about: "For convenience only: whoever fetches it here must compare its SHA-256 with what \
                the operator said by another way.",
        takes: Content::Nothing,
        gives: Content::Octets(paths::MEDIA_PEM, "one certificate in PEM"),
        problems: &[],
        route: || get(root),
    },
    Endpoint {
        verb: Verb::Get,
        path: paths::REVOCATION_LIST,
        access: Access::Anyone,
        patience: Patience::Short,
        summary: "The newest revocation list",
        about: "Signed by the root (RFC 5280 §5).",
        takes: Content::Nothing,
        gives: Content::Octets(paths::MEDIA_REVOCATION_LIST, "CertificateList in DER"),
        problems: &[],
        route: || get(revocation_list),
    },
    Endpoint {
        verb: Verb::Get,
        path: paths::POLICY,
        access: Access::Anyone,
        patience: Patience::Short,
        summary: "The newest update of the algorithm policy",
        about: "What ends earlier than the releases of agents have it, as JSON in CAdES B-B, sealed \
                by this provider. It can only tighten: see docs/cryptography.md.",
        takes: Content::Nothing,
        gives: Content::Octets(paths::MEDIA_CMS, "SignedData (RFC 5652) around JSON"),
        problems: &["policy-not-published"],
        route: || get(policy_update),
    },
];

async fn policy_update(State(provider): State<Arc<Provider>>) -> Result<Response, Problem> {
    // A cached copy would keep an update from taking effect.
    Ok(public(paths::MEDIA_CMS, "no-cache", policy::signed(&provider).await?))
}

async fn document(State(provider): State<Arc<Provider>>) -> Result<Response, Problem> {
    let document = discovery::signed(&provider).await?;
    Ok(public(paths::MEDIA_CMS, "max-age=300", document))
}

async fn description() -> Response {
    // The same for everybody, as long as the process lives: made once, and never copied.
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| openapi::document_json().into());
    public("application/json", "max-age=3600", DOCUMENT.clone())
}

async fn root(State(provider): State<Arc<Provider>>) -> Response {
    public(paths::MEDIA_PEM, "max-age=3600", provider.keys.root().to_pem().into_bytes())
}

async fn revocation_list(State(provider): State<Arc<Provider>>) -> Result<Response, Problem> {
    // Made before serving and renewed while serving: there always is one.
    let list =
        provider.store.revocation_list().await?.ok_or_else(|| Problem::new(problem::NOT_READY))?;
    Ok(public(paths::MEDIA_REVOCATION_LIST, "no-cache", list.der))
}

fn public(media_type: &'static str, cache: &'static str, octets: impl Into<Bytes>) -> Response {
    let octets: Bytes = octets.into();
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)], octets).into_response()
}
