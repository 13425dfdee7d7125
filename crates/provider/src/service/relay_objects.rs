//! Objects on their way to another provider: asked what it has, and then one by one what it has not.
//! A try that was interrupted is gone on with by the next one, after a restart too.

use std::sync::Arc;

use sealpost_erds::{Digest, Domain};
use sealpost_wire::api::{ObjectsAnswer, ObjectsQuestion};
use sealpost_wire::paths;

use super::ServiceError;
use super::peer_call::{self, PeerFailure, Sending};
use crate::blobs::BlobDigest;
use crate::limits;
use crate::provider::Provider;

/// Sends what is missing there.
pub(super) async fn send(
    provider: &Arc<Provider>,
    domain: &Domain,
    objects: &[BlobDigest],
) -> Result<(), ServiceError> {
    if objects.is_empty() {
        return Ok(());
    }
    for digest in missing(provider, domain, objects).await? {
        // It may ask for what it needs and for nothing else.
        if objects.contains(digest.as_array()) {
            send_one(provider, domain, digest).await?;
        }
    }
    Ok(())
}

async fn missing(
    provider: &Provider,
    domain: &Domain,
    objects: &[BlobDigest],
) -> Result<Vec<Digest>, ServiceError> {
    let objects = objects.iter().map(|digest| Digest::from_array(*digest)).collect();
    let question = serde_json::to_vec(&ObjectsQuestion { objects })
        .map_err(|_| ServiceError::Internal("question-unwritable"))?;
    let sending = Sending {
        media_type: "application/json",
        octets: question.len() as u64,
        body: question.into(),
    };
    let path = paths::RELAY_OBJECTS_MISSING;
    let answer =
        peer_call::post(provider, domain, path, sending, limits::OBJECTS_JSON_OCTETS_MAX).await?;
    let answer: ObjectsAnswer =
        serde_json::from_slice(&answer).map_err(|_| PeerFailure::Unreadable)?;
    Ok(answer.missing)
}

async fn send_one(
    provider: &Provider,
    domain: &Domain,
    digest: Digest,
) -> Result<(), ServiceError> {
    let reader = provider.blobs.read(&provider.store, *digest.as_array()).await?;
    let reader = reader.ok_or(ServiceError::Internal("dispatch-without-ciphertext"))?;
    let sending = Sending {
        media_type: paths::MEDIA_CMS,
        octets: reader.octets(),
        body: reqwest::Body::wrap_stream(reader.into_stream()),
    };
    let path = paths::fill(paths::RELAY_OBJECT, &digest.hex());
    // No answer but the status.
    peer_call::put(provider, domain, &path, sending).await?;
    Ok(())
}
