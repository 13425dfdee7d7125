//! Letters on their way to another provider, and how that ends (B.1, B.2, B.3).

use rusqlite::{OptionalExtension, params};
use sealpost_erds::Domain;
use sealpost_erds::delivery::{RelayFailed, Relayed};

use super::evidence::{self, Owner};
use super::{Store, StoreError, Tx, sql_count};
use crate::blobs::{BlobDigest, Blobs};
use crate::service::notary::{Issued, SignedEvidence};

/// A dispatch that can be tried now.
pub struct DispatchRow {
    /// The head, verbatim.
    pub head: Vec<u8>,
    /// Its ciphertexts, in order.
    pub parts: Vec<BlobDigest>,
    /// How often it was tried in vain.
    pub tries: u32,
    /// When to give up, Unix time.
    pub give_up_at: i64,
}

impl Store {
    /// Dispatches to `domain` that are due (or to be given up) at `now`, the longest waiting
    /// first.
    pub async fn due_dispatches(
        &self,
        domain: Domain,
        now: i64,
        count_max: usize,
    ) -> Result<Vec<i64>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM dispatch_out
                 WHERE domain = ?1 AND next_try_at <= ?2 ORDER BY next_try_at LIMIT ?3",
            )?;
            let due = statement
                .query_map(params![domain.as_str(), now, sql_count(count_max)], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(due)
        })
        .await
    }

    /// A dispatch that has not ended.
    pub async fn dispatch(&self, id: i64) -> Result<Option<DispatchRow>, StoreError> {
        self.read(move |connection| {
            let row: Option<(Vec<u8>, u32, i64)> = connection
                .prepare_cached("SELECT head, tries, give_up_at FROM dispatch_out WHERE id = ?1")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?;
            let Some((head, tries, give_up_at)) = row else { return Ok(None) };
            let parts = connection
                .prepare_cached(
                    "SELECT digest FROM dispatch_out_part WHERE dispatch_out = ?1 ORDER BY ordinal",
                )?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(Some(DispatchRow { head, parts, tries, give_up_at }))
        })
        .await
    }

    /// When the next dispatch to `domain` is due, of those that are not due at `now`.
    pub async fn next_dispatch_after(
        &self,
        domain: Domain,
        now: i64,
    ) -> Result<Option<i64>, StoreError> {
        self.read(move |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT min(next_try_at) FROM dispatch_out
                     WHERE domain = ?1 AND next_try_at > ?2",
                )?
                .query_row(params![domain.as_str(), now], |row| row.get(0))?)
        })
        .await
    }

    /// A try at `now` was in vain. The next one is not later than the time to give up, as long as
    /// that is to come: once it is over, whatever keeps the dispatch from ending is waited for.
    pub async fn postpone_dispatch(
        &self,
        id: i64,
        now: i64,
        next_try_at: i64,
    ) -> Result<(), StoreError> {
        self.write("relay-postponed", move |tx| {
            tx.prepare_cached(
                "UPDATE dispatch_out SET tries = tries + 1,
                     next_try_at = iif(give_up_at > ?2, min(?3, give_up_at), ?3)
                 WHERE id = ?1",
            )?
            .execute([id, now, next_try_at])?;
            Ok(())
        })
        .await
    }

    /// A peer that was silent has answered again: what waits for it need not wait longer.
    pub async fn hasten_dispatches(&self, domain: Domain, now: i64) -> Result<usize, StoreError> {
        self.write("relay-hastened", move |tx| {
            Ok(tx
                .prepare_cached(
                    "UPDATE dispatch_out SET next_try_at = ?2 WHERE domain = ?1 AND next_try_at > ?2",
                )?
                .execute(params![domain.as_str(), now])?)
        })
        .await
    }

    /// B.1: the letter is the other provider's. Evidence into the sender's mailbox, everything
    /// else of the dispatch deleted. `false` if it had ended before.
    pub async fn dispatch_relayed(
        &self,
        blobs: Blobs,
        id: i64,
        relayed: Issued<Relayed>,
        purge_after: i64,
    ) -> Result<bool, StoreError> {
        self.end_dispatch(blobs, id, relayed.into_parts().1, purge_after).await
    }

    /// B.2 or B.3: the letter is nobody's. Otherwise as [`Store::dispatch_relayed`].
    pub async fn dispatch_failed(
        &self,
        blobs: Blobs,
        id: i64,
        failed: Issued<RelayFailed>,
        purge_after: i64,
    ) -> Result<bool, StoreError> {
        self.end_dispatch(blobs, id, failed.into_parts().1, purge_after).await
    }

    async fn end_dispatch(
        &self,
        blobs: Blobs,
        id: i64,
        evidence: SignedEvidence,
        purge_after: i64,
    ) -> Result<bool, StoreError> {
        self.write("relay-out", move |tx| {
            let row: Option<(i64, i64)> = tx
                .prepare_cached(
                    "SELECT submission.id, submission.account FROM dispatch_out
                     JOIN submission ON submission.id = dispatch_out.submission
                     WHERE dispatch_out.id = ?1",
                )?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((submission, account)) = row else { return Ok(false) };
            evidence::put(tx, account, &evidence, None, Owner::Nobody)?;
            delete(tx, &blobs, id)?;
            tx.prepare_cached(
                "UPDATE submission SET purge_after = ?2
                 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM dispatch_out WHERE submission = ?1)",
            )?
            .execute([submission, purge_after])?;
            Ok(true)
        })
        .await
    }
}

fn delete(tx: &Tx<'_>, blobs: &Blobs, id: i64) -> Result<(), StoreError> {
    let parts: Vec<BlobDigest> = tx
        .prepare_cached("SELECT digest FROM dispatch_out_part WHERE dispatch_out = ?1")?
        .query_map([id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    // The parts go along by the foreign key.
    tx.prepare_cached("DELETE FROM dispatch_out WHERE id = ?1")?.execute([id])?;
    for digest in parts {
        blobs.release(tx, &digest)?;
    }
    Ok(())
}
