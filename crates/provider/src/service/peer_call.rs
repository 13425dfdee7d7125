//! One call to another provider: bounded in time and size, with a failure that says what to do
//! about it.

use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Body, Method, Response};
use sealpost_erds::Domain;

use crate::peer_client::PeerSilence;
use crate::provider::Provider;

/// Why another provider's answer cannot be used. All of these may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeerFailure {
    /// It is no longer trusted here.
    Unknown,
    /// There was no answer.
    Silence(PeerSilence),
    /// It answered that it would not.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The answer is longer than any answer may be, or not what was asked for.
    Unreadable,
    /// The evidence in the answer does not hold, or is about something else.
    EvidenceRefused,
}

impl PeerFailure {
    /// Stable word for log and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "peer-unknown",
            Self::Silence(silence) => silence.code(),
            Self::Refused { .. } => "peer-refused",
            Self::Unreadable => "peer-answer-unreadable",
            Self::EvidenceRefused => "peer-evidence-refused",
        }
    }

    /// What it asked us to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether what was sent is to blame (RFC 9110 §15.5), rather than the moment or the sender.
    #[must_use]
    pub const fn blames_content(&self) -> bool {
        matches!(self, Self::Refused { status: 400 | 413 | 422, .. })
    }
}

/// What is sent.
pub struct Sending {
    /// Its media type.
    pub media_type: &'static str,
    /// The octets, whole or as a stream.
    pub body: Body,
    /// How many.
    pub octets: u64,
}

/// Sends and waits for an answer of at most `answer_octets_max` octets.
pub async fn post(
    provider: &Provider,
    domain: &Domain,
    path: &str,
    sending: Sending,
    answer_octets_max: usize,
) -> Result<Vec<u8>, PeerFailure> {
    call(provider, domain, Method::POST, path, sending, answer_octets_max).await
}

/// Sends what has a name of its own; the answer is empty.
pub async fn put(
    provider: &Provider,
    domain: &Domain,
    path: &str,
    sending: Sending,
) -> Result<(), PeerFailure> {
    call(provider, domain, Method::PUT, path, sending, 0).await.map(drop)
}

async fn call(
    provider: &Provider,
    domain: &Domain,
    method: Method,
    path: &str,
    sending: Sending,
    answer_octets_max: usize,
) -> Result<Vec<u8>, PeerFailure> {
    let client = provider.peers.of(domain).ok_or(PeerFailure::Unknown)?;
    let patience = patience(sending.octets);
    let request = client
        .request(method, path)
        .header(CONTENT_TYPE, sending.media_type)
        .header(CONTENT_LENGTH, sending.octets)
        .body(sending.body);
    within(patience, request, answer_octets_max).await
}

/// Asks for a document of at most `answer_octets_max` octets.
pub async fn get(
    provider: &Provider,
    domain: &Domain,
    path: &str,
    answer_octets_max: usize,
) -> Result<Vec<u8>, PeerFailure> {
    let client = provider.peers.of(domain).ok_or(PeerFailure::Unknown)?;
    within(patience(0), client.request(Method::GET, path), answer_octets_max).await
}

/// The body of a response, if it is not longer than `octets_max`.
pub async fn read_bounded(
    mut response: Response,
    octets_max: usize,
) -> Result<Vec<u8>, PeerFailure> {
    let mut octets = Vec::new();
    let silence = |error: reqwest::Error| PeerFailure::Silence(PeerSilence::of(&error));
    while let Some(piece) = response.chunk().await.map_err(silence)? {
        if octets.len() + piece.len() > octets_max {
            return Err(PeerFailure::Unreadable);
        }
        octets.extend_from_slice(&piece);
    }
    Ok(octets)
}

async fn within(
    patience: Duration,
    request: reqwest::RequestBuilder,
    answer_octets_max: usize,
) -> Result<Vec<u8>, PeerFailure> {
    let call = async {
        let response =
            request.send().await.map_err(|error| PeerFailure::Silence(PeerSilence::of(&error)))?;
        if !response.status().is_success() {
            return Err(PeerFailure::Refused {
                status: response.status().as_u16(),
                retry_after: retry_after(&response),
            });
        }
        read_bounded(response, answer_octets_max).await
    };
    let timed_out = |_| PeerFailure::Silence(PeerSilence::TimedOut);
    tokio::time::timeout(patience, call).await.map_err(timed_out)?
}

/// RFC 9110 §10.2.3, the form in seconds; nobody of ours sends dates.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    text.parse().ok().map(Duration::from_secs)
}

/// A peer that takes the octets more slowly than this does not take them.
fn patience(octets: u64) -> Duration {
    ANSWER_PATIENCE + Duration::from_secs(octets / OCTETS_PER_SECOND_MIN)
}

/// The other provider has to sync, sign and perhaps ask its time-stamping authority.
const ANSWER_PATIENCE: Duration = Duration::from_secs(90);
/// A slow line of the year 2005.
const OCTETS_PER_SECOND_MIN: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_refusals_blame_what_was_sent() {
        let refused = |status| PeerFailure::Refused { status, retry_after: None };
        assert!(refused(400).blames_content());
        assert!(refused(422).blames_content());
        assert!(!refused(403).blames_content());
        assert!(!refused(503).blames_content());
        assert!(!PeerFailure::Silence(PeerSilence::TimedOut).blames_content());
    }

    #[test]
    fn large_letters_are_given_more_time() {
        assert_eq!(patience(0), Duration::from_secs(90));
        assert_eq!(patience(64 * 1024 * 1024), Duration::from_secs(90 + 1024));
    }
}
