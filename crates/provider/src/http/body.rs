//! Small request bodies: bounded, of the right media type, read whole.

use std::error::Error;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::{self, Kind, Problem};
use crate::server::TooSlow;

/// Reads a body of at most `octets_max` octets.
pub(super) async fn octets(
    request: Request,
    media_type: &str,
    octets_max: usize,
) -> Result<Vec<u8>, Problem> {
    expect_media_type(request.headers(), media_type)?;
    // [HTTP-003] What announces itself as too large is refused before it is read.
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced
        .and_then(|octets| octets.parse().ok())
        .is_some_and(|octets: usize| octets > octets_max)
    {
        return Err(too_large(octets_max as u64));
    }
    let mut pieces = request.into_body().into_data_stream();
    let mut octets = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece: Bytes = piece.map_err(broken)?;
        if octets.len() + piece.len() > octets_max {
            return Err(too_large(octets_max as u64));
        }
        octets.extend_from_slice(&piece);
    }
    Ok(octets)
}

/// Reads JSON of at most `octets_max` octets.
pub(super) async fn json<T: DeserializeOwned>(
    request: Request,
    octets_max: usize,
) -> Result<T, Problem> {
    let octets = octets(request, MEDIA_JSON, octets_max).await?;
    serde_json::from_slice(&octets).map_err(|error| {
        // The place only: the message may quote what was sent.
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::new(problem::MALFORMED).detail(place)
    })
}

/// Refuses a body that says it is something else.
pub(super) fn expect_media_type(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|given| given.split(';').next()).unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Problem::new(UNSUPPORTED_MEDIA_TYPE).member("media_type", wanted))
}

/// The body ended in the middle: too slow, or gone.
pub(super) fn broken(error: axum::Error) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return Problem::new(problem::TOO_SLOW);
        }
        cause = error.source();
    }
    Problem::new(BROKEN_OFF)
}

pub(super) fn too_large(octets_max: u64) -> Problem {
    Problem::new(problem::TOO_LARGE).member("octets_max", octets_max)
}

/// JSON that nobody on the way may keep.
pub(super) fn private_json(answer: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// Octets of a media type, which nobody on the way may keep.
pub(super) fn private_octets(media_type: &'static str, octets: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-store")], octets)
        .into_response()
}

const MEDIA_JSON: &str = "application/json";

/// Another media type than this endpoint takes.
pub(super) const UNSUPPORTED_MEDIA_TYPE: Kind = Kind::new(
    "unsupported-media-type",
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "The body is of another media type than this endpoint takes",
);

/// The connection ended in the middle of the body. Mostly nobody is left to read this.
pub(super) const BROKEN_OFF: Kind =
    Kind::new("broken-off", StatusCode::BAD_REQUEST, "The request ended in the middle");
