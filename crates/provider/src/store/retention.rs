//! Deleting what is no longer needed. Each operation takes a bounded number of rows, so that it
//! never holds the writer for long; the caller repeats it until nothing is left.

use rusqlite::{Connection, params};

use super::evidence::{self, Owner};
use super::{Store, StoreError, Tx, sql_count};
use crate::limits;

/// How many rows went, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Memory of submissions.
    pub submissions: usize,
    /// Memory of finished letters.
    pub letters: usize,
    /// Memory of answers to dispatches.
    pub answers: usize,
    /// Memory of receipts taken.
    pub receipts: usize,
    /// Evidence that nobody fetched in all the time there was.
    pub evidence: usize,
    /// Receipts that could not be delivered in all the time there was.
    pub undelivered: usize,
}

impl Purged {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> usize {
        self.submissions
            + self.letters
            + self.answers
            + self.receipts
            + self.evidence
            + self.undelivered
    }
}

impl Store {
    /// Deletes what may go at `now`, and evidence that has waited since before `mailbox_since_day`,
    /// up to [`limits::PURGE_ROWS_MAX`] rows of each kind.
    pub async fn purge(&self, now: i64, mailbox_since_day: i64) -> Result<Purged, StoreError> {
        // Most of the time there is nothing, and then the writer is left alone.
        if !self.read(move |db| anything_due(db, now, mailbox_since_day)).await? {
            return Ok(Purged::default());
        }
        self.write("retention", move |tx| {
            let submissions =
                due(tx, "SELECT id FROM submission WHERE purge_after <= ?1 LIMIT ?2", now)?;
            for &id in &submissions {
                evidence::disown(tx, Owner::Submission(id))?;
                tx.prepare_cached("DELETE FROM submission WHERE id = ?1")?.execute([id])?;
            }
            let letters = due(tx, "SELECT id FROM letter WHERE purge_after <= ?1 LIMIT ?2", now)?;
            for &id in &letters {
                evidence::disown(tx, Owner::Letter(id))?;
                tx.prepare_cached("DELETE FROM letter WHERE id = ?1")?.execute([id])?;
            }
            Ok(Purged {
                submissions: submissions.len(),
                letters: letters.len(),
                // The answer to a dispatch is remembered at least as long as its letter.
                answers: delete(
                    tx,
                    "DELETE FROM dispatch_in WHERE dispatch_id IN
                         (SELECT dispatch_id FROM dispatch_in WHERE purge_after <= ?1
                          AND NOT EXISTS (SELECT 1 FROM letter
                                          WHERE letter.dispatch_id = dispatch_in.dispatch_id)
                          LIMIT ?2)",
                    now,
                )?,
                receipts: delete(
                    tx,
                    "DELETE FROM receipt_in WHERE digest IN
                         (SELECT digest FROM receipt_in WHERE purge_after <= ?1 LIMIT ?2)",
                    now,
                )?,
                evidence: delete(
                    tx,
                    // What still answers a repetition goes with its submission or letter.
                    "DELETE FROM evidence WHERE id IN
                         (SELECT id FROM evidence WHERE arrived_day < ?1
                          AND submission IS NULL AND letter IS NULL
                          LIMIT ?2)",
                    mailbox_since_day,
                )?,
                undelivered: delete(
                    tx,
                    "DELETE FROM receipt_out WHERE id IN
                         (SELECT id FROM receipt_out WHERE give_up_at <= ?1 LIMIT ?2)",
                    now,
                )?,
            })
        })
        .await
    }
}

fn anything_due(db: &Connection, now: i64, mailbox_since_day: i64) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM submission WHERE purge_after <= ?1)
                 OR EXISTS (SELECT 1 FROM letter WHERE purge_after <= ?1)
                 OR EXISTS (SELECT 1 FROM dispatch_in WHERE purge_after <= ?1
                            AND NOT EXISTS (SELECT 1 FROM letter
                                            WHERE letter.dispatch_id = dispatch_in.dispatch_id))
                 OR EXISTS (SELECT 1 FROM receipt_in WHERE purge_after <= ?1)
                 OR EXISTS (SELECT 1 FROM evidence WHERE arrived_day < ?2
                            AND submission IS NULL AND letter IS NULL)
                 OR EXISTS (SELECT 1 FROM receipt_out WHERE give_up_at <= ?1)",
        )?
        .query_row([now, mailbox_since_day], |row| row.get(0))?)
}

fn due(tx: &Tx<'_>, sql: &str, at: i64) -> Result<Vec<i64>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let found = statement
        .query_map(params![at, sql_count(limits::PURGE_ROWS_MAX)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn delete(tx: &Tx<'_>, sql: &str, at: i64) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached(sql)?.execute(params![at, sql_count(limits::PURGE_ROWS_MAX)])?)
}
