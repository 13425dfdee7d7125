//! The HTTP API: one table of endpoints, and nothing that is not in it.
//!
//! MUST: the router is built from [`endpoints`] alone, and each row says who may call. There is no
//! endpoint that forgot to ask. [HTTP-001]
//! MUST: every body is bounded and must keep arriving, every request ends, and only so many are
//! worked on at the same time, until their answers have been read; the next one is told `busy`
//! ([`places`]). [HTTP-002]
//! MUST: what goes wrong is answered as a problem document with a stable code (RFC 9457).

pub mod auth;
mod body;
mod discovery;
pub mod endpoint;
mod held;
mod intake;
mod letters;
mod mailbox;
mod objects;
pub mod openapi;
mod peers;
mod places;
mod registrations;
mod relay;
mod status;
mod submissions;
mod time_stamp;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

pub use endpoint::{Access, Endpoint};

use crate::problem::{self, Problem};
use crate::provider::Provider;
use endpoint::Patience;
use held::HeldBody;
use places::Places;

/// Every endpoint of the house.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    [
        discovery::ENDPOINTS,
        registrations::ENDPOINTS,
        time_stamp::ENDPOINTS,
        peers::ENDPOINTS,
        objects::ENDPOINTS,
        submissions::ENDPOINTS,
        mailbox::ENDPOINTS,
        letters::ENDPOINTS,
        relay::ENDPOINTS,
        status::ENDPOINTS,
    ]
    .into_iter()
    .flatten()
}

/// The router over all endpoints, each behind its gate.
pub fn router(provider: &Arc<Provider>) -> Router {
    let places = Places::new(provider.config.requests_of_account_max);
    let memory = intake::IntakeMemory::new();
    let mut router = Router::new();
    for endpoint in endpoints() {
        let gate = Gate {
            provider: Arc::clone(provider),
            places: places.clone(),
            memory: memory.clone(),
            endpoint,
        };
        let route = (endpoint.route)().layer(from_fn_with_state(gate, enter));
        router = router.route(endpoint.path, route);
    }
    router
        .fallback(async || Problem::new(problem::NOT_FOUND))
        .method_not_allowed_fallback(async || Problem::new(problem::METHOD_NOT_ALLOWED))
        .with_state(Arc::clone(provider))
}

/// What every request passes before its endpoint sees it.
#[derive(Clone)]
struct Gate {
    provider: Arc<Provider>,
    places: Places,
    memory: intake::IntakeMemory,
    endpoint: &'static Endpoint,
}

async fn enter(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    // The operator's questions are answered when nothing else is.
    let slot = match gate.endpoint.patience {
        Patience::Operation => None,
        Patience::Short | Patience::Stream => match gate.places.take(request.extensions().get()) {
            Ok(slot) => Some(slot),
            Err(problem) => return problem.into_response(),
        },
    };
    if let Err(problem) =
        auth::admit(&gate.provider, gate.endpoint.access, request.extensions_mut()).await
    {
        return problem.into_response();
    }
    request.extensions_mut().insert(gate.memory.clone());
    let answer = tokio::time::timeout(gate.endpoint.patience.longest(), next.run(request)).await;
    let answer = answer.unwrap_or_else(|_| Problem::new(problem::TOO_LONG).into_response());
    answer.map(|body| Body::new(HeldBody::new(body, slot)))
}
