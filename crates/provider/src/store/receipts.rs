//! Evidence on its way back to the sender's provider, and evidence that has come back.

use rusqlite::params;
use sealpost_erds::relay::Receipt;
use sealpost_erds::{Digest, DispatchId, Domain, Octets};

use super::evidence::{self, Owner};
use super::{Store, StoreError, Tx, sql_count};
use crate::service::notary::SignedEvidence;

/// Evidence to be sent back.
pub struct NewReceipt {
    /// To which provider.
    pub domain: Domain,
    /// What it is about.
    pub dispatch_id: DispatchId,
    /// Only that provider can open it.
    pub reply_path: Vec<u8>,
    /// The signed evidence.
    pub evidence: Vec<u8>,
    /// Something from the recipient that only the sender can open.
    pub attachment: Option<Vec<u8>>,
    /// When the first try is due.
    pub now: i64,
    /// When to give up.
    pub give_up_at: i64,
}

/// A receipt that can be sent now.
pub struct ReceiptRow {
    /// The row.
    pub id: i64,
    /// How often it was tried in vain.
    pub tries: u32,
    /// What is sent.
    pub receipt: Receipt,
}

/// Evidence that has come back, verified, and whose it is.
pub struct ReturnedEvidence {
    /// The sender's mailbox.
    pub account: i64,
    /// The evidence of the other provider.
    pub evidence: SignedEvidence,
    /// Something that only the sender can open.
    pub attachment: Option<Vec<u8>>,
}

/// Queues a receipt in the transaction of its transition.
pub(super) fn queue(tx: &Tx<'_>, receipt: &NewReceipt) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO receipt_out
             (domain, dispatch_id, reply_path, evidence, attachment, next_try_at, give_up_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        receipt.domain.as_str(),
        receipt.dispatch_id.as_array(),
        receipt.reply_path,
        receipt.evidence,
        receipt.attachment,
        receipt.now,
        receipt.give_up_at,
    ])?;
    Ok(())
}

impl Store {
    /// Receipts for `domain` that are due at `now`, the oldest first.
    pub async fn due_receipts(
        &self,
        domain: Domain,
        now: i64,
        count_max: usize,
        octets_max: usize,
    ) -> Result<Vec<ReceiptRow>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, tries, dispatch_id, reply_path, evidence, attachment FROM receipt_out
                 WHERE domain = ?1 AND next_try_at <= ?2 ORDER BY next_try_at, id LIMIT ?3",
            )?;
            let mut rows = statement.query(params![domain.as_str(), now, sql_count(count_max)])?;
            let (mut due, mut octets) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let (evidence, attachment): (Vec<u8>, Option<Vec<u8>>) = (row.get(4)?, row.get(5)?);
                octets += evidence.len() + attachment.as_ref().map_or(0, Vec::len);
                if octets > octets_max && !due.is_empty() {
                    break;
                }
                due.push(ReceiptRow {
                    id: row.get(0)?,
                    tries: row.get(1)?,
                    receipt: Receipt {
                        dispatch_id: DispatchId::from_array(row.get(2)?),
                        reply_path: Octets(row.get(3)?),
                        evidence: Octets(evidence),
                        attachment: attachment.map(Octets),
                    },
                });
            }
            Ok(due)
        })
        .await
    }

    /// When the next receipt for `domain` is due.
    pub async fn next_receipt_at(&self, domain: Domain) -> Result<Option<i64>, StoreError> {
        self.read(move |connection| {
            Ok(connection
                .prepare_cached("SELECT min(next_try_at) FROM receipt_out WHERE domain = ?1")?
                .query_row([domain.as_str()], |row| row.get(0))?)
        })
        .await
    }

    /// The other provider has them.
    pub async fn receipts_delivered(&self, ids: Vec<i64>) -> Result<(), StoreError> {
        self.write("receipt-out", move |tx| {
            for id in ids {
                tx.prepare_cached("DELETE FROM receipt_out WHERE id = ?1")?.execute([id])?;
            }
            Ok(())
        })
        .await
    }

    /// A try was in vain.
    pub async fn postpone_receipts(
        &self,
        ids: Vec<i64>,
        next_try_at: i64,
    ) -> Result<(), StoreError> {
        self.write("receipt-postponed", move |tx| {
            for id in ids {
                tx.prepare_cached(
                    "UPDATE receipt_out SET tries = tries + 1, next_try_at = ?2 WHERE id = ?1",
                )?
                .execute([id, next_try_at])?;
            }
            Ok(())
        })
        .await
    }

    /// Puts returned evidence into its mailboxes. What was put there before is passed over.
    /// Returns how many were new.
    pub async fn take_receipts(
        &self,
        returned: Vec<ReturnedEvidence>,
        purge_after: i64,
    ) -> Result<usize, StoreError> {
        self.write("receipt-in", move |tx| {
            let mut taken = 0;
            for ReturnedEvidence { account, evidence, attachment } in &returned {
                let digest = Digest::of(evidence.octets());
                let is_new = tx
                    .prepare_cached(
                        "INSERT INTO receipt_in (digest, purge_after) VALUES (?1, ?2)
                         ON CONFLICT (digest) DO NOTHING",
                    )?
                    .execute(params![digest.as_array(), purge_after])?;
                if is_new == 1 {
                    evidence::put(tx, *account, evidence, attachment.as_deref(), Owner::Nobody)?;
                    taken += 1;
                }
            }
            Ok(taken)
        })
        .await
    }
}
