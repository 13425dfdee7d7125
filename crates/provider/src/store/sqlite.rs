//! The embedded database: SQLite in WAL mode behind one writer thread and a few readers.
//! docs/decisions/0002-rusqlite-one-writer.md

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::migrations;
use super::readers::Readers;
use super::writer::{Tx, Writer};
use crate::limits;

/// The open database. Clones share the writer and the readers.
#[derive(Clone)]
pub struct Store {
    writer: Writer,
    readers: Arc<Readers>,
}

impl Store {
    /// Opens, creates or migrates the database file and starts the writer.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path).map_err(|error| opening(path, error))?;
        let mut connection = open_writable(path).map_err(|error| opening(path, error))?;
        migrations::run(&mut connection)?;
        let readers = Readers::open(path)?;
        let writer = Writer::start(connection).map_err(|error| opening(path, error))?;
        Ok(Self { writer, readers: Arc::new(readers) })
    }

    pub(super) async fn write<T, E>(
        &self,
        transition: &'static str,
        op: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.write(transition, op).await
    }

    pub(super) async fn read<T, E>(
        &self,
        op: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.readers.read(op).await
    }

    pub(super) fn look<T>(
        &self,
        op: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.readers.look(op)
    }

    pub(super) async fn erase_deleted(&self) -> Result<bool, StoreError> {
        self.writer.checkpoint().await
    }

    pub(super) async fn is_writable(&self) -> bool {
        let probe = |tx: &Tx<'_>| {
            // The number that the schema has already: one page goes through the log onto the disk,
            // and nothing has changed.
            let number: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
            tx.pragma_update(None, "user_version", number)?;
            Ok::<_, StoreError>(())
        };
        self.writer.write("probe", probe).await.is_ok()
    }

    pub(super) async fn close(&self) -> Result<(), StoreError> {
        self.readers.close();
        self.writer.close().await
    }
}

/// The file is made before SQLite sees it, because SQLite would make it readable to others; the
/// log files inherit its mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map(drop)
}

fn open_writable(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(limits::DATABASE_LOCK_WAIT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A COMMIT returns only after the log is on the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Deleted content is overwritten with zeros: what was purged must not be found again.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "wal_autocheckpoint", limits::WAL_CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "cache_size", -limits::PAGE_CACHE_KIBIBYTES)?;
    connection.set_prepared_statement_cache_capacity(limits::STATEMENTS_CACHED_MAX);
    Ok(connection)
}

/// A connection that cannot write, whatever statement it is given.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(limits::DATABASE_LOCK_WAIT)?;
        connection.pragma_update(None, "query_only", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "cache_size", -limits::PAGE_CACHE_KIBIBYTES)?;
        connection.set_prepared_statement_cache_capacity(limits::STATEMENTS_CACHED_MAX);
        Ok(connection)
    };
    open().map_err(|error| opening(path, error))
}

fn opening(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Open { path: path.to_path_buf(), source: Box::new(error) }
}
