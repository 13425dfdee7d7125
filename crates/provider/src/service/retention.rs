//! Forgetting: memory whose time is over, files that nobody holds, and what deletions leave in the
//! write-ahead log.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::observe;
use crate::provider::Provider;
use crate::server::Stopping;
use crate::store::StoreError;
use crate::{clock, fault, limits};

/// Forgets until it is told to stop.
pub async fn work(provider: Arc<Provider>, mut stopping: Stopping) {
    let bell = Arc::clone(&provider.service.bells.tidy);
    let interval = interval(&provider);
    // A crash may have come between a deletion and the emptying of the log.
    let mut rung = true;
    let mut erased = Instant::now();
    loop {
        let forgot = tokio::select! {
            () = stopping.wait() => return,
            forgot = forget(&provider, rung) => forgot,
        };
        if let Err(error) = forgot {
            observe::warn("retention-failed").reason(error.code()).write();
        }
        rung = tokio::select! {
            () = stopping.wait() => return,
            () = bell.notified() => true,
            () = tokio::time::sleep(interval) => false,
        };
        // A moment, so that one round serves many deletions and does not burden the writer.
        let next = erased + limits::ERASE_INTERVAL;
        tokio::select! {
            () = stopping.wait() => return,
            () = tokio::time::sleep_until(next), if rung => {}
            () = std::future::ready(()), if !rung => {}
        }
        erased = Instant::now();
    }
}

/// Deletes everything whose time is over, down to the last octet. `even_if_nothing` is for
/// deletions made elsewhere, whose remains are still in the log.
pub async fn forget(provider: &Provider, even_if_nothing: bool) -> Result<(), StoreError> {
    let mut purged = 0;
    // Whole days, and never less than what the operator wrote.
    let mailbox_days = provider.config.retention_mailbox.as_secs().div_ceil(DAY);
    let mailbox_days = i64::try_from(mailbox_days).unwrap_or(i64::MAX);
    loop {
        let mailbox_since_day = clock::today().saturating_sub(mailbox_days);
        let round = provider.store.purge(clock::now_unix(), mailbox_since_day).await?;
        if round.undelivered > 0 {
            observe::error("receipts-given-up").count(round.undelivered).write();
        }
        let uploads = provider.store.forget_uploads(provider.blobs.clone(), clock::now_unix());
        let forgotten = round.total() + uploads.await?;
        if forgotten == 0 {
            break;
        }
        purged += forgotten;
    }
    if purged > 0 {
        fault::reached("retention", "purged");
        observe::info("purged").count(purged).write();
    }
    if purged == 0 && !even_if_nothing {
        return Ok(());
    }
    provider.blobs.collect(&provider.store).await?;
    if !provider.store.erase_deleted().await? {
        // A reader was in the way: once more, soon.
        provider.service.bells.something_was_deleted();
    }
    Ok(())
}

/// At least once a minute, and more often where an operator wants things forgotten sooner.
fn interval(provider: &Provider) -> Duration {
    let config = &provider.config;
    let shortest = config.retention_after_handover.min(config.retention_idempotency);
    (shortest / 2).clamp(Duration::from_secs(1), limits::PURGE_INTERVAL_MAX)
}

const DAY: u64 = 24 * 3600;
