//! New certificates for somebody who has a mailbox: recorded as pending, then put in the place of
//! the former ones.

use rusqlite::{OptionalExtension, params};
use sealpost_erds::Digest;

use super::people::{IssueList, RevocationReason, renew_list};
use super::registrations::{NewCertificate, UsedProof, insert_certificate, used_proof};
use super::{Store, StoreError, Tx};
use crate::limits;

/// Certificates for new keys of an account.
pub struct NewRenewal {
    /// Whose.
    pub account: i64,
    /// SHA-256 of what a repetition is known by.
    pub memory: [u8; 32],
    /// SHA-256 over the requests.
    pub requests_hash: Digest,
    /// How long a repetition is recognised.
    pub forget_after: i64,
    /// The signature certificate (DER) that vouches for the new keys.
    pub signer: Vec<u8>,
    /// For each purpose one or more.
    pub certificates: Vec<NewCertificate>,
    /// Unix seconds.
    pub now: i64,
}

/// What became of it. Everything but `New` has recorded nothing.
pub enum RenewalRecord {
    /// It is recorded.
    New,
    /// It was recorded before.
    Known(UsedProof),
    /// Who vouches is not this account's present signature certificate.
    NotTheSigner,
    /// It was asked for too often.
    TooMany,
}

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// The new certificates have taken the place of the former ones.
    Now,
    /// They had before.
    Before,
    /// Who asks does not show one of the new certificates, and there are such.
    NotTheNewKey,
}

impl Store {
    /// Records certificates that are not in use yet, in place of others that are not, in one
    /// transaction.
    pub async fn renew(
        &self,
        new: NewRenewal,
        issue: IssueList,
    ) -> Result<RenewalRecord, StoreError> {
        self.write("renewal", move |tx| {
            if let Some(known) = used_proof(tx, &new.memory, new.now)? {
                return Ok(RenewalRecord::Known(known));
            }
            if !is_present_signer(tx, &new)? {
                return Ok(RenewalRecord::NotTheSigner);
            }
            // [REG-018] Each one lengthens the revocation list for years.
            if remembered(tx, new.account)? >= limits::RENEWALS_REMEMBERED_MAX {
                return Ok(RenewalRecord::TooMany);
            }
            let dropped = tx.execute(
                "UPDATE certificate SET revoked_at = ?2, revoked_reason = ?3
                 WHERE account = ?1 AND pending = 1 AND revoked_at IS NULL",
                params![new.account, new.now, RevocationReason::Superseded.number()],
            )?;
            for certificate in &new.certificates {
                insert_certificate(tx, new.account, certificate, true)?;
            }
            tx.execute(
                "INSERT INTO registration (proof_hash, account, requests_hash, forget_after)
                 VALUES (?1, ?2, ?3, ?4)",
                params![new.memory, new.account, new.requests_hash.as_array(), new.forget_after],
            )?;
            if dropped > 0 {
                renew_list(tx, new.now, issue)?;
            }
            Ok(RenewalRecord::New)
        })
        .await
    }

    /// Puts the pending certificates into use and revokes the others as superseded, if one of the
    /// new ones was shown. All of it in one transaction, with the list that says so.
    pub async fn confirm_renewal(
        &self,
        account: i64,
        shown: Vec<u8>,
        now: i64,
        issue: IssueList,
    ) -> Result<Confirmation, StoreError> {
        self.write("renewal-confirmation", move |tx| {
            // [REG-019] Only who holds the new authentication key can say that the switch is made.
            let shown_is_pending: Option<bool> = tx
                .prepare_cached(
                    "SELECT pending FROM certificate
                     WHERE account = ?1 AND purpose = 'authentication' AND der = ?2
                       AND revoked_at IS NULL",
                )?
                .query_row(params![account, shown], |row| row.get(0))
                .optional()?;
            match shown_is_pending {
                Some(true) => {}
                Some(false) if !has_pending(tx, account)? => return Ok(Confirmation::Before),
                _ => return Ok(Confirmation::NotTheNewKey),
            }
            tx.execute(
                "UPDATE certificate SET revoked_at = ?2, revoked_reason = ?3
                 WHERE account = ?1 AND pending = 0 AND revoked_at IS NULL",
                params![account, now, RevocationReason::Superseded.number()],
            )?;
            tx.execute(
                "UPDATE certificate SET pending = 0
                 WHERE account = ?1 AND pending = 1 AND revoked_at IS NULL",
                [account],
            )?;
            renew_list(tx, now, issue)?;
            Ok(Confirmation::Now)
        })
        .await
    }
}

fn is_present_signer(tx: &Tx<'_>, new: &NewRenewal) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM certificate
                 WHERE account = ?1 AND purpose = 'signature' AND der = ?2
                   AND pending = 0 AND revoked_at IS NULL AND not_after > ?3)",
        )?
        .query_row(params![new.account, new.signer, new.now], |row| row.get(0))?)
}

/// How many registrations and renewals of an account are remembered.
fn remembered(tx: &Tx<'_>, account: i64) -> Result<u32, StoreError> {
    Ok(tx
        .prepare_cached("SELECT count(*) FROM registration WHERE account = ?1")?
        .query_row([account], |row| row.get(0))?)
}

fn has_pending(tx: &Tx<'_>, account: i64) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM certificate
                 WHERE account = ?1 AND pending = 1 AND revoked_at IS NULL)",
        )?
        .query_row([account], |row| row.get(0))?)
}
