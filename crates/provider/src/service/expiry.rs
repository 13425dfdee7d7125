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
use crate::store::StoreError;
use crate::store::letters::{LetterRow, Overdue, Written};
use crate::{clock, fault, limits};

/// Lets letters expire until it is told to stop. What is not committed then is begun again after
/// the next start.
pub async fn work(provider: Arc<Provider>, mut stopping: Stopping) {
    loop {
        tokio::select! {
            () = stopping.wait() => return,
            () = tokio::time::sleep(limits::EXPIRY_INTERVAL) => {}
        }
        let expired = tokio::select! {
            () = stopping.wait() => return,
            expired = expire_overdue(&provider) => expired,
        };
        // Without a proven time nothing expires; it is tried again.
        if let Err(error) = expired {
            observe::warn("expiry-failed").reason(error.code()).write();
        }
    }
}

/// Lets expire what is overdue. Returns how many letters did. A letter that cannot expire does not
/// hold up those after it.
pub async fn expire_overdue(provider: &Arc<Provider>) -> Result<usize, ServiceError> {
    let grace = backoff::seconds(provider.config.deadline_grace);
    let deadline_before = clock::now_unix().saturating_sub(grace);
    let (mut after, mut expired) = (Overdue::FIRST, 0);
    let (mut stuck, mut reason) = (0, "");
    loop {
        let store = &provider.store;
        let overdue =
            store.overdue_letters(deadline_before, after, limits::EXPIRIES_AT_ONCE_MAX).await?;
        let Some((last, _)) = overdue.last() else { break };
        after = *last;
        let now = proven_now(provider).await?;
        for (_, row) in overdue {
            match expire(provider, row, now).await {
                Ok(true) => expired += 1,
                Ok(false) => {}
                Err(error) if is_of_this_letter(&error) => {
                    stuck += 1;
                    reason = error.code();
                }
                Err(error) => return Err(error),
            }
        }
    }
    if stuck > 0 {
        observe::error("letters-cannot-expire").reason(reason).count(stuck).write();
    }
    Ok(expired)
}

/// A damaged row or a fault with this letter; what is full, busy or away is so for all of them.
fn is_of_this_letter(error: &ServiceError) -> bool {
    matches!(
        error,
        ServiceError::Internal(_)
            | ServiceError::Store(StoreError::Unexpected | StoreError::Statement(_))
    )
}

async fn expire(
    provider: &Arc<Provider>,
    row: Result<LetterRow, StoreError>,
    now: ProvenTime,
) -> Result<bool, ServiceError> {
    let LetterRow { id, open, .. } = row?;
    let letter = open.ok_or(ServiceError::Internal("letter-without-contents"))?;
    let metadata = letter.metadata.clone();
    let Some(awaiting) = Awaiting::restore(letter.metadata.clone()) else {
        return Err(ServiceError::Internal("letter-needs-no-decision"));
    };
    let Ok(step) = awaiting.expire(now) else {
        // Our clock is fast. The authority's counts.
        observe::warn("clock-ahead-of-time-stamp").write();
        return Ok(false);
    };
    // Before anything is signed: evidence that is not committed must not be made again and again.
    let slip =
        compute(provider, move |provider| reply::open_slip(provider.keys.routing(), &letter))
            .await?;
    let expired = notary::issue(provider, step).await?;
    fault::reached("expiry", "after-sign");
    let receipt = match slip {
        Ok(slip) => Some(reply::receipt(provider, &metadata, &slip, expired.evidence(), None)),
        // The way back to the sender is lost with the slip. The deadline counts all the same, and
        // the recipient is told.
        Err(error) => {
            observe::error("expired-without-receipt").reason(error.code()).write();
            None
        }
    };
    let ending = ending(provider, receipt);
    if provider.store.expire_letter(id, expired, ending).await? == Written::TooLate {
        // Decided while we were signing; the unsent evidence is forgotten.
        return Ok(false);
    }
    provider.service.bells.receipt_waits(&metadata.sender_erds);
    provider.service.bells.something_was_deleted();
    Ok(true)
}
