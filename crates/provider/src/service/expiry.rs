//! Deadlines: a letter that nobody decided on in time ends with C.5, for both sides.
//!
//! Our clock only says when to look; that the deadline has passed is proven by a time-stamp. The
//! grace lets an acceptance through that was signed and stamped in time and is still on its way.

use std::sync::Arc;

use sealpost_cms::time::ProvenTime;
use sealpost_erds::delivery::Awaiting;

use super::decision::ending;
use super::time_source::proven_now;
use super::{ServiceError, backoff, compute, notary, reply};
use crate::observe;
use crate::provider::Provider;
use crate::server::Stopping;
use crate::store::letters::{LetterRow, Written};
use crate::{clock, fault, limits};

/// Lets letters expire until it is told to stop.
pub async fn work(provider: Arc<Provider>, mut stopping: Stopping) {
    loop {
        tokio::select! {
            () = stopping.wait() => return,
            () = tokio::time::sleep(limits::EXPIRY_INTERVAL) => {}
        }
        // Without a proven time nothing expires; it is tried again.
        if let Err(error) = expire_overdue(&provider).await {
            observe::warn("expiry-failed").reason(error.code()).write();
        }
    }
}

/// Lets expire what is overdue. Returns how many letters did.
pub async fn expire_overdue(provider: &Arc<Provider>) -> Result<usize, ServiceError> {
    let grace = backoff::seconds(provider.config.deadline_grace);
    let deadline_before = clock::now_unix().saturating_sub(grace);
    let overdue =
        provider.store.overdue_letters(deadline_before, limits::EXPIRIES_AT_ONCE_MAX).await?;
    if overdue.is_empty() {
        return Ok(0);
    }
    let now = proven_now(provider).await?;
    let mut expired = 0;
    for row in overdue {
        expired += usize::from(expire(provider, row, now).await?);
    }
    Ok(expired)
}

async fn expire(
    provider: &Arc<Provider>,
    row: LetterRow,
    now: ProvenTime,
) -> Result<bool, ServiceError> {
    let Some(letter) = row.open else { return Ok(false) };
    let metadata = letter.metadata.clone();
    let Some(awaiting) = Awaiting::restore(letter.metadata.clone()) else { return Ok(false) };
    let Ok(step) = awaiting.expire(now) else {
        // Our clock is fast. The authority's counts.
        observe::warn("clock-ahead-of-time-stamp").write();
        return Ok(false);
    };
    let expired = notary::issue(provider, step).await?;
    fault::reached("expiry", "after-sign");
    let slip =
        compute(provider, move |provider| reply::open_slip(provider.keys.routing(), &letter))
            .await?;
    let slip = slip.map_err(|error| ServiceError::Internal(error.code()))?;
    let receipt = reply::receipt(provider, &metadata, &slip, expired.evidence(), None);
    let ending = ending(provider, Some(receipt));
    if provider.store.expire_letter(row.id, expired, ending).await? == Written::TooLate {
        // Decided while we were signing; the unsent evidence is forgotten.
        return Ok(false);
    }
    provider.service.bells.receipt_waits(&metadata.sender_erds);
    provider.service.bells.something_was_deleted();
    Ok(true)
}
