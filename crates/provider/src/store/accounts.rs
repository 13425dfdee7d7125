//! Looking up mailboxes.

use rusqlite::{Connection, OptionalExtension, params};
use sealpost_erds::Address;
use sealpost_erds::disclosure::Assurance;

use super::{Store, StoreError};
use crate::limits;

/// A mailbox and its owner.
#[derive(Clone)]
pub struct AccountRow {
    /// The row.
    pub id: i64,
    /// The mailbox.
    pub address: Address,
    /// The owner, as in the certificates.
    pub name: String,
    /// How surely the owner was identified.
    pub assurance: Assurance,
    /// The operator has closed it.
    pub is_blocked: bool,
}

impl Store {
    /// The account of an address.
    pub async fn account(&self, address: Address) -> Result<Option<AccountRow>, StoreError> {
        self.read(move |connection| account_of(connection, &address)).await
    }

    /// The encryption certificates (DER) of an open mailbox that count and are in use at `now`,
    /// newest first.
    pub async fn encryption_certificates(
        &self,
        address: Address,
        now: i64,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(move |connection| {
            let found = connection
                .prepare_cached(
                    "SELECT der FROM certificate JOIN account ON account.id = certificate.account
                     WHERE address = ?1 AND blocked_at IS NULL AND purpose = 'encryption'
                       AND pending = 0 AND revoked_at IS NULL AND not_after > ?2
                     ORDER BY not_after DESC, certificate.rowid DESC LIMIT ?3",
                )?
                .query_map(
                    params![address.as_str(), now, limits::ENCRYPTION_CERTIFICATES_MAX],
                    |row| row.get(0),
                )?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
        .await
    }
}

/// The account of an address, inside any transaction.
pub(crate) fn account_of(
    connection: &Connection,
    address: &Address,
) -> Result<Option<AccountRow>, StoreError> {
    let row: Option<(i64, String, String, bool)> = connection
        .prepare_cached(
            "SELECT id, name, assurance, blocked_at IS NOT NULL FROM account WHERE address = ?1",
        )?
        .query_row([address.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    row.map(|(id, name, assurance, is_blocked)| {
        // The schema allows no other word.
        let assurance = Assurance::parse(&assurance).ok_or(StoreError::Unexpected)?;
        Ok(AccountRow { id, address: address.clone(), name, assurance, is_blocked })
    })
    .transpose()
}
