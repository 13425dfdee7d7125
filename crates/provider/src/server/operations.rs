//! The operator's endpoints: alive, ready, numbers.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::RemoteAddress;
use crate::observe::{health, meter};
use crate::problem::{self, Problem};
use crate::provider::Provider;

/// The process answers.
pub async fn alive() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "alive" }))
}

/// The process can do its work.
pub async fn ready(State(provider): State<Arc<Provider>>) -> Response {
    let readiness = health::look(&provider).await;
    if readiness.is_ready() {
        return Json(readiness.to_json()).into_response();
    }
    Problem::new(problem::NOT_READY).member("checks", readiness.to_json()).into_response()
}

/// The numbers, for the source addresses that may read them.
pub async fn numbers(
    State(provider): State<Arc<Provider>>,
    Extension(RemoteAddress(remote)): Extension<RemoteAddress>,
) -> Response {
    // An IPv4 caller on a socket for both arrives as a mapped IPv6 address.
    let source = remote.ip().to_canonical();
    if !provider.config.metrics_allow.contains(&source) {
        return Problem::new(problem::FORBIDDEN).into_response();
    }
    let text = meter::start().render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
