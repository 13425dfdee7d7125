//! RFC 3161 over HTTP.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::response::Response;
use axum::routing::post;
use sealpost_wire::paths;

use super::auth;
use super::body::{self, private_octets};
use super::endpoint::{Access, Content, Endpoint, Patience, Verb};
use crate::limits;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::service::time_stamp;
use crate::tls::PeerIdentity;

pub(super) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    verb: Verb::Post,
    path: paths::TIME_STAMP,
    access: Access::Anyone,
    patience: Patience::Short,
    summary: "A time-stamp",
    about: "RFC 3161 §3.4. A query that cannot be granted is answered with a rejection in the \
            reply, not with a problem. With an external authority the query is passed on to it, and \
            only for accounts and trusted providers.",
    takes: Content::Octets(paths::MEDIA_TIME_STAMP_QUERY, "TimeStampReq in DER"),
    gives: Content::Octets(paths::MEDIA_TIME_STAMP_REPLY, "TimeStampResp in DER"),
    problems: &["time-stamp-unavailable"],
    route: || post(stamp),
}];

async fn stamp(
    State(provider): State<Arc<Provider>>,
    Extension(identity): Extension<PeerIdentity>,
    request: Request,
) -> Result<Response, Problem> {
    // [HTTP-004] Somebody else's authority may charge for each token, or refuse us for too many.
    if provider.service.notary.time().external_root().is_some() {
        auth::admit_known(&provider, identity).await?;
    }
    let query =
        body::octets(request, paths::MEDIA_TIME_STAMP_QUERY, limits::TIME_STAMP_QUERY_OCTETS_MAX)
            .await?;
    let reply = time_stamp::respond(&provider, &query).await?;
    Ok(private_octets(paths::MEDIA_TIME_STAMP_REPLY, reply))
}
