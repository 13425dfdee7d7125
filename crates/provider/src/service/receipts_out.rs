//! Evidence on its way back to the sender's provider, in batches, until that provider has it. The
//! receiver recognises what it has already.

use std::sync::Arc;
use std::time::Duration;

use sealpost_erds::Domain;
use sealpost_wire::api::ReceiptBatch;
use sealpost_wire::paths;

use super::backoff;
use super::bells::Queues;
use super::peer_call::{self, PeerFailure, Sending};
use super::relay_out::{PAUSE_AFTER_FAULT, until};
use crate::observe::{self, meter};
use crate::provider::Provider;
use crate::server::Stopping;
use crate::store::StoreError;
use crate::store::receipts::ReceiptRow;
use crate::{clock, fault, limits};

/// Sends receipts to `domain` until it is told to stop. A batch that is on its way then is on its
/// way again after the next start; the receiver recognises it.
pub async fn work(provider: Arc<Provider>, domain: Domain, mut stopping: Stopping) {
    let Queues { receipts: bell, .. } = provider.service.bells.of(&domain);
    loop {
        let sent = tokio::select! {
            () = stopping.wait() => return,
            sent = send_due(&provider, &domain) => sent,
        };
        let pause = match sent {
            // There may be more.
            Ok(sent) if sent > 0 => Duration::ZERO,
            Ok(_) => match provider.store.next_receipt_at(domain.clone()).await {
                Ok(next) => until(next, clock::now_unix()),
                Err(_) => PAUSE_AFTER_FAULT,
            },
            Err(error) => {
                observe::warn("queue-failed")
                    .transition("receipt-out")
                    .reason(error.code())
                    .write();
                PAUSE_AFTER_FAULT
            }
        };
        if pause.is_zero() {
            continue;
        }
        tokio::select! {
            () = stopping.wait() => return,
            () = bell.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Tries one batch. Returns how many receipts were looked at.
async fn send_due(provider: &Arc<Provider>, domain: &Domain) -> Result<usize, StoreError> {
    let due = provider
        .store
        .due_receipts(
            domain.clone(),
            clock::now_unix(),
            limits::RECEIPTS_BATCH_MAX,
            limits::RECEIPTS_BATCH_OCTETS_MAX,
        )
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let count = due.len();
    match send(provider, domain, &due).await {
        Ok(()) => delivered(provider, &due).await?,
        // One of them cannot be taken: find out which, so that it does not hold up the others.
        Err(failure) if failure.blames_content() && count > 1 => {
            for receipt in due {
                let single = std::slice::from_ref(&receipt);
                match send(provider, domain, single).await {
                    Ok(()) => delivered(provider, single).await?,
                    Err(failure) => postpone(provider, single, failure).await?,
                }
            }
        }
        Err(failure) => postpone(provider, &due, failure).await?,
    }
    Ok(count)
}

async fn send(
    provider: &Provider,
    domain: &Domain,
    rows: &[ReceiptRow],
) -> Result<(), PeerFailure> {
    let batch = ReceiptBatch { receipts: rows.iter().map(|row| row.receipt.clone()).collect() };
    let json = serde_json::to_vec(&batch).map_err(|_| PeerFailure::Unreadable)?;
    let sending = Sending { media_type: MEDIA_JSON, octets: json.len() as u64, body: json.into() };
    let sent =
        peer_call::post(provider, domain, paths::RELAY_RECEIPTS, sending, ACCEPTED_OCTETS_MAX)
            .await;
    match &sent {
        Ok(_) => meter::receipts_tried("delivered"),
        Err(failure) => meter::receipts_tried(failure.code()),
    }
    sent.map(drop)
}

async fn delivered(provider: &Provider, rows: &[ReceiptRow]) -> Result<(), StoreError> {
    fault::reached("receipt-out", "after-sign");
    provider.store.receipts_delivered(rows.iter().map(|row| row.id).collect()).await?;
    provider.service.bells.something_was_deleted();
    Ok(())
}

async fn postpone(
    provider: &Provider,
    rows: &[ReceiptRow],
    failure: PeerFailure,
) -> Result<(), StoreError> {
    // One pause for the batch: what failed together is tried together.
    let tries = rows.iter().map(|row| row.tries).min().unwrap_or(0) + 1;
    let span = provider.config.relay_retry;
    let pause = backoff::pause(tries, span, failure.retry_after(), clock::nonce());
    observe::warn("receipts-try-failed").reason(failure.code()).count(tries as usize).write();
    let next_try_at = clock::now_unix().saturating_add(backoff::seconds(pause));
    provider.store.postpone_receipts(rows.iter().map(|row| row.id).collect(), next_try_at).await
}

/// RFC 8259 §11.
const MEDIA_JSON: &str = "application/json";
/// The answer to a batch says nothing but that it was taken.
const ACCEPTED_OCTETS_MAX: usize = 4096;
