//! Invitations, certificates of persons, and the revocation list.

use rusqlite::{Connection, OptionalExtension, params};
use sealpost_cms::issue::RevokedEntry;
use sealpost_erds::disclosure::Assurance;

use super::{Store, StoreError, Tx};
use crate::limits;

/// An account that waits for its owner.
#[derive(Clone)]
pub struct Invitation {
    /// SHA-256 of the secret in the invitation; the secret itself is not kept.
    pub token_hash: [u8; 32],
    /// The mailbox.
    pub address: String,
    /// The person, as it will stand in the certificates.
    pub name: String,
    /// Whom the person belongs to.
    pub organisation: Option<String>,
    /// How surely the operator identified the person.
    pub assurance: Assurance,
    /// Unix seconds.
    pub expires_at: i64,
}

/// The current revocation list.
#[derive(Clone)]
pub struct RevocationList {
    /// RFC 5280 §5.2.3: each list has a higher number than the one before.
    pub number: u64,
    /// Unix seconds.
    pub this_update: i64,
    /// Unix seconds.
    pub next_update: i64,
    /// The list.
    pub der: Vec<u8>,
}

/// How the current list compares with the one in hand.
pub enum Newest {
    /// There is none.
    Missing,
    /// It is another.
    Other(RevocationList),
    /// It is that one.
    Same,
}

/// Which certificates are to be revoked.
#[derive(Clone)]
pub enum Revoke {
    /// All of a person.
    Address(String),
    /// One.
    Serial(Vec<u8>),
}

/// RFC 5280 §5.3.1, as far as an operator can say it or an owner's renewal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationReason {
    /// 0
    Unspecified,
    /// 1
    KeyCompromise,
    /// 3
    AffiliationChanged,
    /// 4
    Superseded,
    /// 5
    CessationOfOperation,
}

impl RevocationReason {
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
        }
    }
}

/// Issues a list: number and entries in, DER out.
pub type IssueList =
    Box<dyn FnOnce(u64, &[RevokedEntry]) -> Result<RevocationList, StoreError> + Send>;

impl Store {
    /// Records an invitation. An earlier one for the same address is replaced.
    pub async fn invite(&self, invitation: Invitation) -> Result<(), StoreError> {
        self.write("invitation", move |tx| {
            tx.execute("DELETE FROM invitation WHERE address = ?1", [&invitation.address])?;
            tx.execute(
                "INSERT INTO invitation (token_hash, address, name, organisation, assurance, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    invitation.token_hash,
                    invitation.address,
                    invitation.name,
                    invitation.organisation,
                    invitation.assurance.word(),
                    invitation.expires_at
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Revokes certificates and issues the list that says so, in one transaction. Returns how
    /// many were revoked now; with none, no new list is issued.
    pub async fn revoke(
        &self,
        what: Revoke,
        reason: RevocationReason,
        at: i64,
        issue: IssueList,
    ) -> Result<usize, StoreError> {
        self.write("revocation", move |tx| {
            let changed = match &what {
                Revoke::Address(address) => tx.execute(
                    "UPDATE certificate SET revoked_at = ?2, revoked_reason = ?3
                     WHERE revoked_at IS NULL
                       AND account = (SELECT id FROM account WHERE address = ?1)",
                    params![address, at, reason.number()],
                )?,
                Revoke::Serial(serial) => tx.execute(
                    "UPDATE certificate SET revoked_at = ?2, revoked_reason = ?3
                     WHERE revoked_at IS NULL AND serial = ?1",
                    params![serial, at, reason.number()],
                )?,
            };
            if changed > 0 {
                renew_list(tx, at, issue)?;
            }
            Ok(changed)
        })
        .await
    }

    /// Issues a new revocation list over what is revoked now.
    pub async fn renew_revocation_list(
        &self,
        now: i64,
        issue: IssueList,
    ) -> Result<(), StoreError> {
        self.write("revocation-list", move |tx| renew_list(tx, now, issue)).await
    }

    /// The current revocation list.
    pub async fn revocation_list(&self) -> Result<Option<RevocationList>, StoreError> {
        self.read(current_list).await
    }

    /// The current revocation list, unless it is the one of this number. Blocks for the microseconds
    /// of one look into the page cache: for threads that may block and are about to use the list.
    pub fn revocation_list_other_than(&self, number: Option<u64>) -> Result<Newest, StoreError> {
        self.look(|connection| {
            let newest: Option<i64> = connection
                .prepare_cached("SELECT max(number) FROM revocation_list")?
                .query_row([], |row| row.get(0))?;
            if newest.is_some() && newest == number.map(to_sql) {
                return Ok(Newest::Same);
            }
            Ok(current_list(connection)?.map_or(Newest::Missing, Newest::Other))
        })
    }
}

pub(super) fn renew_list(tx: &Tx<'_>, now: i64, issue: IssueList) -> Result<(), StoreError> {
    let number = current_list(tx)?.map_or(1, |list| list.number + 1);
    // RFC 5280 §3.3: an entry may leave the list once the certificate has expired, but not before
    // one list was issued after that; we keep it for the life of a list longer.
    let mut statement = tx.prepare_cached(
        "SELECT serial, revoked_at FROM certificate
         WHERE revoked_at IS NOT NULL AND not_after > ?1
         ORDER BY serial",
    )?;
    let entries = statement
        .query_map([now - limits::CRL_VALIDITY_SECONDS], |row| {
            Ok(RevokedEntry { serial: row.get(0)?, at: row.get(1)? })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let list = issue(number, &entries)?;
    tx.execute("DELETE FROM revocation_list", [])?;
    tx.execute(
        "INSERT INTO revocation_list (number, this_update, next_update, der) VALUES (?1, ?2, ?3, ?4)",
        params![to_sql(list.number), list.this_update, list.next_update, list.der],
    )?;
    Ok(())
}

fn current_list(connection: &Connection) -> Result<Option<RevocationList>, StoreError> {
    let read = connection
        .query_row(
            "SELECT number, this_update, next_update, der FROM revocation_list
             ORDER BY number DESC LIMIT 1",
            [],
            |row| {
                Ok(RevocationList {
                    number: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
                    this_update: row.get(1)?,
                    next_update: row.get(2)?,
                    der: row.get(3)?,
                })
            },
        )
        .optional()?;
    Ok(read)
}

fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
