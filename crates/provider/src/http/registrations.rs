//! Opening a mailbox.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use sealpost_wire::api::{RegistrationAnswer, RegistrationChallenge, RegistrationRequest};
use sealpost_wire::paths;

use super::body::{self, private_json};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use crate::limits;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::service::registration;

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        verb: Verb::Get,
        path: paths::REGISTRATION_CHALLENGE,
        access: Access::Anyone,
        patience: Patience::Short,
        summary: "A challenge for a registration by certified identity",
        about: "Good for ten minutes and for one registration.",
        takes: Content::Nothing,
        gives: Content::Json(schema_of::<RegistrationChallenge>),
        problems: &[],
        route: || get(challenge),
    },
    Endpoint {
        verb: Verb::Post,
        path: paths::REGISTRATIONS,
        access: Access::Anyone,
        patience: Patience::Short,
        summary: "Open a mailbox",
        about: "Three certificate requests (PKCS#10, RFC 2986), and either the token of an \
                invitation or a statement signed with an identity that a trusted provider \
                certified. The name in the certificates comes from the invitation or from that \
                identity's certificate. The same requests with the same proof get the same \
                certificates again.",
        takes: Content::Json(schema_of::<RegistrationRequest>),
        gives: Content::Json(schema_of::<RegistrationAnswer>),
        problems: &[
            "address-taken",
            "challenge-stale",
            "identity-not-verified",
            "invitation-expired",
            "invitation-unknown",
            "invitation-used",
            "keys-not-distinct",
            "not-certifiable",
            "one-proof",
            "other-domain",
            "request-not-self-signed",
            "storage-full",
        ],
        route: || post(register),
    },
];

async fn challenge(State(provider): State<Arc<Provider>>) -> Response {
    private_json(&registration::challenge(&provider))
}

async fn register(
    State(provider): State<Arc<Provider>>,
    request: Request,
) -> Result<Response, Problem> {
    let request: RegistrationRequest = body::json(request, limits::JSON_OCTETS_MAX).await?;
    let answer = registration::register(&provider, request).await?;
    Ok(private_json(&answer))
}
