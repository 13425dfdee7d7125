//! Opening a mailbox, and new keys for it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use sealpost_wire::api::{
    RegistrationAnswer, RegistrationChallenge, RegistrationRequest, RenewalRequest,
};
use sealpost_wire::paths;

use super::auth::Owner;
use super::body::{self, private_json};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use crate::limits;
use crate::problem::{self, Problem};
use crate::provider::Provider;
use crate::service::registration::{self, renewal};
use crate::tls::PeerIdentity;

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
    Endpoint {
        verb: Verb::Post,
        path: paths::ACCOUNT_CERTIFICATES,
        access: Access::Account,
        patience: Patience::Short,
        summary: "Certificates for new keys",
        about: "Requests as at registration, and a statement about all of them that the present \
                signature key has signed. Name, organisation, address and assurance stay. The same \
                requests get the same certificates again. They are not in use until \
                `/v1/account/certificates/confirmation`.",
        takes: Content::Json(schema_of::<RenewalRequest>),
        gives: Content::Json(schema_of::<RegistrationAnswer>),
        problems: &[
            "keys-not-distinct",
            "not-certifiable",
            "renewal-ended",
            "renewal-not-signed",
            "renewal-too-often",
            "request-not-self-signed",
            "storage-full",
        ],
        route: || post(renew),
    },
    Endpoint {
        verb: Verb::Post,
        path: paths::ACCOUNT_CERTIFICATES_CONFIRMATION,
        access: Access::Account,
        patience: Patience::Short,
        summary: "The new keys are in use",
        about: "Asked with the new authentication certificate. From then on the directory shows \
                the new encryption certificates, and all former certificates of the account are \
                revoked. Asked again, the answer is the same.",
        takes: Content::Nothing,
        gives: Content::Nothing,
        problems: &["renewal-not-by-new-key", "storage-full"],
        route: || post(confirm_renewal),
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

async fn renew(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    request: Request,
) -> Result<Response, Problem> {
    let request: RenewalRequest = body::json(request, limits::JSON_OCTETS_MAX).await?;
    let answer = renewal::renew(&provider, &account, &request).await?;
    Ok(private_json(&answer))
}

async fn confirm_renewal(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    Extension(identity): Extension<PeerIdentity>,
) -> Result<StatusCode, Problem> {
    let PeerIdentity::Account { certificate, .. } = identity else {
        return Err(Problem::new(problem::INTERNAL));
    };
    renewal::confirm(&provider, &account, &certificate).await?;
    Ok(StatusCode::NO_CONTENT)
}
