//! Objects: ciphertexts that travel beside a letter, each by itself and before it, so that whoever
//! was interrupted asks what is here and sends the rest.
//!
//! An object is an envelope like every other ciphertext (invariant 1), bounded, and named by its
//! SHA-256. It belongs to whoever sent it until a letter of that sender names it, and goes with that
//! letter; without one it goes after [`limits::UPLOAD_MEMORY_SECONDS`].

use sealpost_erds::limits::{OBJECT_OCTETS_MAX, OBJECTS_MAX};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::{Digest, DispatchId, objects};

use super::{Account, PartIntake, Refusal, ServiceError, StoredPart, mailbox};
use crate::blobs::BlobReader;
use crate::provider::Provider;
use crate::store::uploads::{UploadRecord, Uploader};
use crate::{clock, fault, limits};

/// Which of these have to be sent.
pub async fn missing(
    provider: &Provider,
    uploader: Uploader,
    objects: Vec<Digest>,
) -> Result<Vec<Digest>, ServiceError> {
    if objects.len() > OBJECTS_MAX {
        return Err(Refusal::TooMany { count_max: OBJECTS_MAX }.into());
    }
    Ok(provider.store.missing_objects(uploader, objects).await?)
}

/// Whether objects of these sizes are more than this provider takes of one letter.
#[must_use]
pub fn are_too_large(provider: &Provider, objects: &[PartDigest]) -> bool {
    objects::total(objects) > provider.config.objects_octets_max
}

/// Begins to take in one object.
#[must_use]
pub fn intake(provider: &Provider, announced: PartDigest) -> PartIntake {
    PartIntake::bounded(provider, announced, OBJECT_OCTETS_MAX)
}

/// Keeps what came. Durable when this returns.
pub async fn keep(
    provider: &Provider,
    uploader: Uploader,
    part: StoredPart,
) -> Result<(), ServiceError> {
    // [OBJ-002]
    let staged = part.into_staged().ok_or(Refusal::ObjectNotAsNamed)?;
    let (transition, letters) = match uploader {
        Uploader::Account(_) => ("object", limits::UPLOADS_OF_ACCOUNT_LETTERS),
        Uploader::Provider(_) => ("object-in", limits::UPLOADS_OF_PROVIDER_LETTERS),
    };
    fault::reached(transition, "after-blob");
    let octets_waiting_max = provider.config.objects_octets_max.saturating_mul(letters);
    let forget_after = clock::now_unix().saturating_add(limits::UPLOAD_MEMORY_SECONDS);
    let store = &provider.store;
    match store.keep_upload(transition, uploader, staged, octets_waiting_max, forget_after).await? {
        UploadRecord::Kept => Ok(()),
        UploadRecord::TooMuch => Err(Refusal::ObjectsTooMany { octets_waiting_max }.into()),
    }
}

/// An object of a letter, open for reading. As the locked body it may be fetched before the decision:
/// what opens it is in there.
pub async fn of_letter(
    provider: &Provider,
    account: &Account,
    dispatch_id: DispatchId,
    object: Digest,
) -> Result<BlobReader, ServiceError> {
    let digest = provider.store.letter_object(account.id, dispatch_id, object).await?;
    mailbox::ciphertext(provider, account, dispatch_id, digest).await
}
