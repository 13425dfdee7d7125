//! What waits for an account (interface ERDS MERI).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use sealpost_wire::api::{MailboxAcknowledgement, MailboxPage};
use sealpost_wire::paths;

use super::auth::Owner;
use super::body::{self, private_json};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb, schema_of};
use crate::limits;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::service::mailbox;

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        verb: Verb::Get,
        path: paths::MAILBOX,
        access: Access::Account,
        patience: Patience::Short,
        summary: "What waits",
        about: "Letters that wait for a decision or can be fetched, and evidence that the agent \
                has not acknowledged. If `more` is true, acknowledge and ask again.",
        takes: Content::Nothing,
        gives: Content::Json(schema_of::<MailboxPage>),
        problems: &[],
        route: || get(page),
    },
    Endpoint {
        verb: Verb::Post,
        path: paths::MAILBOX_ACKNOWLEDGEMENT,
        access: Access::Account,
        patience: Patience::Short,
        summary: "Acknowledge evidence",
        about: "The agent has stored this evidence durably; the provider may delete it. Unknown \
                identifiers are ignored.",
        takes: Content::Json(schema_of::<MailboxAcknowledgement>),
        gives: Content::Nothing,
        problems: &["storage-full", "too-many"],
        route: || post(acknowledge),
    },
];

async fn page(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
) -> Result<Response, Problem> {
    Ok(private_json(&mailbox::page(&provider, &account).await?))
}

async fn acknowledge(
    State(provider): State<Arc<Provider>>,
    Owner(account): Owner,
    request: Request,
) -> Result<StatusCode, Problem> {
    let MailboxAcknowledgement { ids } = body::json(request, limits::JSON_OCTETS_MAX).await?;
    mailbox::acknowledge(&provider, &account, &ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
