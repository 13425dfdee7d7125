//! The schema, as numbered steps. A step that was released never changes again.

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;
use crate::clock;

/// The steps in order; step n makes the database version n.
const STEPS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
];

/// Brings the database to the version of this release, each step in one transaction.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
             number INTEGER PRIMARY KEY,
             applied_at INTEGER NOT NULL
         ) STRICT",
    )?;
    let known = u32::try_from(STEPS.len()).expect("a handful of migrations");
    loop {
        // IMMEDIATE: two processes that start together do one step after the other.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: u32 =
            transaction.query_row("SELECT coalesce(max(number), 0) FROM migration", [], |row| {
                row.get(0)
            })?;
        if found > known {
            return Err(StoreError::TooNew { found, known });
        }
        let Some(step) = STEPS.get(found as usize) else {
            return Ok(());
        };
        transaction.execute_batch(step)?;
        transaction.execute(
            "INSERT INTO migration (number, applied_at) VALUES (?1, ?2)",
            (found + 1, clock::now_unix()),
        )?;
        transaction.commit()?;
    }
}
