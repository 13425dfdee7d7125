//! A small pool of read-only connections; each read runs on the blocking pool.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::error::StoreError;
use super::sqlite::open_read_only;
use crate::limits;

/// The pool. A permit of the semaphore stands for one connection in the list.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    /// For looks, one after the other. `None` once closed.
    looking: Mutex<Option<Connection>>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let looking = Mutex::new(Some(open_read_only(path)?));
        let connections = (0..limits::READERS_MAX)
            .map(|_| open_read_only(path))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(connections.len())),
            idle: Arc::new(Mutex::new(connections)),
            looking,
        })
    }

    pub(super) async fn read<T, E>(
        &self,
        op: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else {
            return Err(StoreError::Stopping.into());
        };
        let idle = Arc::clone(&self.idle);
        let read = tokio::task::spawn_blocking(move || {
            let connection = take(&idle).ok_or(StoreError::Stopping)?;
            let lease = Lease { connection: Some(connection), idle };
            let answer = lease.connection.as_ref().map_or(Err(StoreError::Stopping.into()), op);
            drop(lease);
            drop(permit);
            answer
        });
        read.await.unwrap_or_else(|_| Err(StoreError::Unexpected.into()))
    }

    pub(super) fn look<T>(
        &self,
        op: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        op(looking.as_ref().ok_or(StoreError::Stopping)?)
    }

    /// No new reads; connections close as the running ones end.
    pub(super) fn close(&self) {
        *self.looking.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.permits.close();
        lock(&self.idle).clear();
    }
}

/// Gives the connection back also when the read panics.
struct Lease {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            lock(&self.idle).push(connection);
        }
    }
}

fn take(idle: &Mutex<Vec<Connection>>) -> Option<Connection> {
    lock(idle).pop()
}

/// The list is only pushed to and popped from: a panic elsewhere cannot leave it half changed.
fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
