//! Evidence for the accounts of this provider: what waits in a mailbox, and what answers a
//! repeated request.

use rusqlite::params;
use sealpost_erds::DispatchId;
use sealpost_erds::event::Event;

use super::{Store, StoreError, Tx, sql_count};
use crate::clock;
use crate::limits;
use crate::service::notary::SignedEvidence;

/// Evidence in a mailbox.
pub struct WaitingEvidence {
    /// For the acknowledgement.
    pub id: i64,
    /// Which letter it is about.
    pub dispatch_id: DispatchId,
    /// The signed evidence.
    pub evidence: Vec<u8>,
    /// Something that only the account can open.
    pub attachment: Option<Vec<u8>>,
}

/// What an evidence belongs to: it outlives its acknowledgement for as long as that is kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    Submission(i64),
    Letter(i64),
    Nobody,
}

/// Puts evidence into a mailbox.
pub(super) fn put(
    tx: &Tx<'_>,
    account: i64,
    evidence: &SignedEvidence,
    attachment: Option<&[u8]>,
    owner: Owner,
) -> Result<(), StoreError> {
    let (submission, letter) = match owner {
        Owner::Submission(id) => (Some(id), None),
        Owner::Letter(id) => (None, Some(id)),
        Owner::Nobody => (None, None),
    };
    tx.prepare_cached(
        "INSERT INTO evidence
             (account, dispatch_id, event, evidence, attachment, waits, submission, letter, arrived_day)
         VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8)",
    )?
    .execute(params![
        account,
        evidence.dispatch_id().as_array(),
        evidence.event().name(),
        evidence.octets(),
        attachment,
        submission,
        letter,
        // Days only: the mailbox does not need to know when somebody wrote.
        clock::today(),
    ])?;
    Ok(())
}

/// The evidence that answered a submission, in the order of its consignments.
pub(super) fn of_submission(
    connection: &rusqlite::Connection,
    submission: i64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    // Evidence that came later about the same letter (B.1 and so on) belongs to nobody.
    let mut statement = connection
        .prepare_cached("SELECT evidence FROM evidence WHERE submission = ?1 ORDER BY id")?;
    let found = statement.query_map([submission], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The evidence of one of `events` about a letter, in the order in which it was issued.
pub(super) fn of_letter(
    connection: &rusqlite::Connection,
    letter: i64,
    events: &[Event],
) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT event, evidence FROM evidence WHERE letter = ?1 ORDER BY id")?;
    let mut rows = statement.query([letter])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let event: String = row.get(0)?;
        if events.iter().any(|wanted| wanted.name() == event) {
            found.push(row.get(1)?);
        }
    }
    Ok(found)
}

/// An owner goes: what was acknowledged goes along, the rest waits on by itself.
pub(super) fn disown(tx: &Tx<'_>, owner: Owner) -> Result<(), StoreError> {
    let (column, id) = match owner {
        Owner::Submission(id) => ("submission", id),
        Owner::Letter(id) => ("letter", id),
        Owner::Nobody => return Ok(()),
    };
    tx.prepare_cached(&format!("DELETE FROM evidence WHERE {column} = ?1 AND waits = 0"))?
        .execute([id])?;
    tx.prepare_cached(&format!("UPDATE evidence SET {column} = NULL WHERE {column} = ?1"))?
        .execute([id])?;
    Ok(())
}

impl Store {
    /// The oldest evidence that waits for an account, and whether there is more.
    pub async fn waiting_evidence(
        &self,
        account: i64,
    ) -> Result<(Vec<WaitingEvidence>, bool), StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, dispatch_id, evidence, attachment FROM evidence
                 WHERE account = ?1 AND waits = 1 ORDER BY id LIMIT ?2",
            )?;
            let mut rows =
                statement.query(params![account, sql_count(limits::MAILBOX_PAGE_MAX + 1)])?;
            let (mut found, mut octets) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let (evidence, attachment): (Vec<u8>, Option<Vec<u8>>) = (row.get(2)?, row.get(3)?);
                octets += evidence.len() + attachment.as_ref().map_or(0, Vec::len);
                let is_full = found.len() == limits::MAILBOX_PAGE_MAX
                    || (octets > limits::MAILBOX_PAGE_OCTETS_MAX && !found.is_empty());
                if is_full {
                    return Ok((found, true));
                }
                found.push(WaitingEvidence {
                    id: row.get(0)?,
                    dispatch_id: DispatchId::from_array(row.get(1)?),
                    evidence,
                    attachment,
                });
            }
            Ok((found, false))
        })
        .await
    }

    /// The agent has these. What still answers a repeated request is kept, but waits no longer.
    /// Unknown numbers, and those of others, are passed over.
    pub async fn acknowledge(&self, account: i64, ids: Vec<i64>) -> Result<usize, StoreError> {
        self.write("acknowledgement", move |tx| {
            let mut acknowledged = 0;
            for id in ids {
                acknowledged += tx
                    .prepare_cached(
                        "DELETE FROM evidence WHERE id = ?1 AND account = ?2 AND waits = 1
                         AND submission IS NULL AND letter IS NULL",
                    )?
                    .execute([id, account])?;
                acknowledged += tx
                    .prepare_cached(
                        "UPDATE evidence SET waits = 0, attachment = NULL
                         WHERE id = ?1 AND account = ?2 AND waits = 1",
                    )?
                    .execute([id, account])?;
            }
            Ok(acknowledged)
        })
        .await
    }
}
