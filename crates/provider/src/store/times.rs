//! External authorities for time: the roots that providers have named in their discovery documents,
//! and the revocation list of our own one.

use rusqlite::{OptionalExtension, params};
use sealpost_erds::Domain;

use super::{Store, StoreError, sql_count};
use crate::limits;

impl Store {
    /// All roots (DER) with the domain of the provider that named them, the oldest first.
    pub async fn time_roots(&self) -> Result<Vec<(Domain, Vec<u8>)>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT domain, der FROM time_root ORDER BY number")?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let domain: String = row.get(0)?;
                // Only what was a domain went in.
                let domain = Domain::parse(&domain).map_err(|_| StoreError::Unexpected)?;
                found.push((domain, row.get(1)?));
            }
            Ok(found)
        })
        .await
    }

    /// Records a root that a provider has named, and forgets those that are past the bound.
    pub async fn keep_time_root(&self, domain: Domain, der: Vec<u8>) -> Result<(), StoreError> {
        self.write("time-root", move |tx| {
            tx.execute(
                "INSERT INTO time_root (domain, der) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![domain.as_str(), der],
            )?;
            tx.execute(
                "DELETE FROM time_root WHERE domain = ?1 AND number NOT IN
                     (SELECT number FROM time_root WHERE domain = ?1 ORDER BY number DESC LIMIT ?2)",
                params![domain.as_str(), sql_count(limits::TIME_ROOTS_MAX)],
            )?;
            Ok(())
        })
        .await
    }

    /// The revocation list (DER) of the external authority, as it was last kept.
    pub async fn time_stamp_list(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached("SELECT der FROM time_stamp_list WHERE only = 1")?
                .query_row([], |row| row.get(0))
                .optional()?;
            Ok(found)
        })
        .await
    }

    /// Keeps it in place of the one before.
    pub async fn keep_time_stamp_list(&self, der: Vec<u8>) -> Result<(), StoreError> {
        self.write("time-stamp-list", move |tx| {
            tx.execute(
                "INSERT INTO time_stamp_list (only, der) VALUES (1, ?1)
                 ON CONFLICT (only) DO UPDATE SET der = excluded.der",
                [der],
            )?;
            Ok(())
        })
        .await
    }
}
