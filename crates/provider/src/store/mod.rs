//! What the provider remembers: one database, one writer, every change one transaction.
//!
//! This file knows no letter and no person. The operations of the house live in files of their
//! own beside it (`people.rs`, …), each a few lines of SQL inside [`Store::write`] or
//! [`Store::read`]. PostgreSQL is to become the second variant of [`Store`]: two databases are two
//! variants, not a trait.
//!
//! MUST: no answer leaves [`Store::write`] before its COMMIT is on the disk.
//! MUST: an operation that refuses or fails leaves nothing behind, and does not hurt the others
//! that share its COMMIT.
//! MUST: a COMMIT of unknown outcome ends the process; restarting reads what is true.

pub mod accounts;
pub mod dispatches;
pub mod error;
pub mod evidence;
pub mod knows;
pub mod letters;
mod migrations;
pub mod people;
mod readers;
pub mod receipts;
pub mod registrations;
pub mod renewals;
pub mod retention;
pub mod sqlite;
pub mod submissions;
mod times;
pub mod uploads;
mod writer;

use std::path::Path;

use rusqlite::Connection;

pub use error::StoreError;
pub use writer::Tx;

/// The provider's database. Cheap to clone: all clones share one writer.
#[derive(Clone)]
pub enum Store {
    /// The embedded default: SQLite in the data folder.
    Sqlite(sqlite::Store),
}

impl Store {
    /// Opens (and creates or migrates) the database at `path`. Blocks: call it before serving.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        sqlite::Store::open(path).map(Self::Sqlite)
    }

    /// Runs `op` in a transaction of its own as far as `op` can tell; in truth everything that
    /// waits shares one COMMIT and so one sync. The answer comes after that COMMIT.
    ///
    /// `transition` names the operation in metrics and as a fault point: a debug build can be
    /// killed at `<transition>.in-transaction` and at `<transition>.committed`.
    ///
    /// If the future is dropped while `op` waits, `op` runs all the same.
    pub async fn write<T, E>(
        &self,
        transition: &'static str,
        op: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let Self::Sqlite(store) = self;
        store.write(transition, op).await
    }

    /// Runs `op` on a read-only connection. It sees everything committed before it began.
    pub async fn read<T, E>(
        &self,
        op: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let Self::Sqlite(store) = self;
        store.read(op).await
    }

    /// Runs `op` on a read-only connection of its own, on this very thread, which may block. For what
    /// takes microseconds and is followed by work on the same thread: the way to another thread and
    /// back costs more.
    pub fn look<T>(
        &self,
        op: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Self::Sqlite(store) = self;
        store.look(op)
    }

    /// Makes deleted octets vanish from the write-ahead log too. Call it after purging.
    /// `false` means that a reader was in the way; the next call will do it.
    pub async fn erase_deleted(&self) -> Result<bool, StoreError> {
        let Self::Sqlite(store) = self;
        store.erase_deleted().await
    }

    /// Whether a page can be written and made durable. For `/readyz`.
    pub async fn is_writable(&self) -> bool {
        let Self::Sqlite(store) = self;
        store.is_writable().await
    }

    /// Commits what waits, empties the write-ahead log and ends the writer. Later writes get
    /// [`StoreError::Stopping`].
    pub async fn close(&self) -> Result<(), StoreError> {
        let Self::Sqlite(store) = self;
        store.close().await
    }
}

/// A bound of ours as SQL takes it.
fn sql_count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod plans;
#[cfg(test)]
mod tests;
