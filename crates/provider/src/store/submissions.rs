//! Submissions: what a sender handed over, and what was answered (A.1, A.2).

use rusqlite::{Connection, OptionalExtension, params};
use sealpost_erds::delivery::Submitted;
use sealpost_erds::relay::PartDigest;
use sealpost_erds::{Digest, DispatchId, Domain, LetterId};
use sealpost_wire::api::Taken;

use super::evidence::{self, Owner};
use super::uploads::{self, Uploader};
use super::{Store, StoreError, Tx};
use crate::blobs::{BlobDigest, Blobs, StagedBlob};
use crate::service::notary::Issued;

/// What a submission was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionRow {
    /// SHA-256 of its head: another head is another submission.
    pub head_digest: Digest,
    /// Whether it was taken.
    pub outcome: Taken,
    /// In the order of the consignments.
    pub evidence: Vec<Vec<u8>>,
}

/// Which submission.
#[derive(Debug, Clone, Copy)]
pub struct SubmissionKey {
    /// Whose.
    pub account: i64,
    /// The idempotency key.
    pub letter_id: LetterId,
    /// What exactly was submitted under it.
    pub head_digest: Digest,
}

/// One letter to one recipient that was taken.
pub struct NewDispatch {
    /// The state and its A.1.
    pub submitted: Issued<Submitted>,
    /// The head of the dispatch, verbatim.
    pub head: Vec<u8>,
    /// Its ciphertexts, in order: the locked body first, if there is one; the objects last.
    pub parts: Vec<BlobDigest>,
}

/// A submission that was taken, whole.
pub struct NewSubmission {
    /// Which.
    pub key: SubmissionKey,
    /// In the order of the consignments.
    pub dispatches: Vec<NewDispatch>,
    /// What was sent before, and is this account's.
    pub objects: Vec<PartDigest>,
    /// Every ciphertext once that came with it.
    pub blobs: Vec<StagedBlob>,
    /// When it was taken: the first try is due at once.
    pub now: i64,
    /// Without an answer until then, each dispatch fails.
    pub give_up_at: i64,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum SubmissionRecord {
    /// It is recorded, and so is the evidence handed in with it.
    New,
    /// It was answered before; nothing was recorded now.
    Before(SubmissionRow),
    /// A dispatch of this identifier is under way already; nothing was recorded.
    DispatchExists,
    /// An object is not here, or not this account's; nothing was recorded.
    ObjectsMissing,
}

impl Store {
    /// What a submission was answered with, if it was.
    pub async fn submission(
        &self,
        account: i64,
        letter_id: LetterId,
    ) -> Result<Option<SubmissionRow>, StoreError> {
        self.read(move |connection| before(connection, account, letter_id)).await
    }

    /// A.1: records the submission, its ciphertext, its evidence and its dispatches.
    pub async fn accept_submission(
        &self,
        submission: NewSubmission,
    ) -> Result<SubmissionRecord, StoreError> {
        self.write("submission", move |tx| {
            let NewSubmission { key, dispatches, objects, blobs, now, give_up_at } = submission;
            let uploader = Uploader::Account(key.account);
            if let Some(row) = before(tx, key.account, key.letter_id)? {
                return Ok(SubmissionRecord::Before(row));
            }
            for dispatch in &dispatches {
                if is_under_way(tx, dispatch.submitted.next().metadata().dispatch_id)? {
                    return Ok(SubmissionRecord::DispatchExists);
                }
            }
            if !uploads::are_here(tx, &uploader, &objects)? {
                return Ok(SubmissionRecord::ObjectsMissing);
            }
            let id = insert(tx, &key, Taken::Accepted, None)?;
            let staged: Vec<BlobDigest> = blobs.iter().map(|blob| *blob.digest()).collect();
            for blob in blobs {
                blob.record(tx)?;
            }
            for dispatch in dispatches {
                evidence::put(
                    tx,
                    key.account,
                    dispatch.submitted.evidence(),
                    None,
                    Owner::Submission(id),
                )?;
                insert_dispatch(tx, id, &dispatch, now, give_up_at)?;
            }
            uploads::claim(tx, &uploader, &objects)?;
            // Each part of each dispatch holds its blob; staging held it until here.
            for digest in staged {
                tx.prepare_cached(
                    "UPDATE blob SET refs = refs - 1 WHERE digest = ?1 AND refs > 1",
                )?
                .execute([digest])?;
            }
            Ok(SubmissionRecord::New)
        })
        .await
    }

    /// A.2: records that and why the submission was refused. Its ciphertext is forgotten.
    pub async fn reject_submission(
        &self,
        key: SubmissionKey,
        refusals: Vec<Issued<()>>,
        purge_after: i64,
    ) -> Result<SubmissionRecord, StoreError> {
        self.write("submission", move |tx| {
            if let Some(row) = before(tx, key.account, key.letter_id)? {
                return Ok(SubmissionRecord::Before(row));
            }
            let id = insert(tx, &key, Taken::Rejected, Some(purge_after))?;
            for refusal in &refusals {
                evidence::put(tx, key.account, refusal.evidence(), None, Owner::Submission(id))?;
            }
            Ok(SubmissionRecord::New)
        })
        .await
    }

    /// The domains that letters or evidence wait for.
    pub async fn waiting_domains(&self) -> Result<Vec<Domain>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT DISTINCT domain FROM dispatch_out UNION SELECT DISTINCT domain FROM receipt_out",
            )?;
            let names: Vec<String> =
                statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(names.iter().filter_map(|name| Domain::parse(name).ok()).collect())
        })
        .await
    }
}

fn before(
    connection: &Connection,
    account: i64,
    letter_id: LetterId,
) -> Result<Option<SubmissionRow>, StoreError> {
    let row: Option<(i64, [u8; 32], String)> = connection
        .prepare_cached(
            "SELECT id, head_digest, outcome FROM submission WHERE account = ?1 AND letter_id = ?2",
        )?
        .query_row(params![account, letter_id.as_array()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((id, head_digest, outcome)) = row else { return Ok(None) };
    Ok(Some(SubmissionRow {
        head_digest: Digest::from_array(head_digest),
        outcome: taken(&outcome),
        evidence: evidence::of_submission(connection, id)?,
    }))
}

fn is_under_way(tx: &Tx<'_>, dispatch_id: DispatchId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM dispatch_out WHERE dispatch_id = ?1)")?
        .query_row([dispatch_id.as_array()], |row| row.get(0))?)
}

fn insert(
    tx: &Tx<'_>,
    key: &SubmissionKey,
    outcome: Taken,
    purge_after: Option<i64>,
) -> Result<i64, StoreError> {
    tx.prepare_cached(
        "INSERT INTO submission (account, letter_id, head_digest, outcome, purge_after)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        key.account,
        key.letter_id.as_array(),
        key.head_digest.as_array(),
        word(outcome),
        purge_after
    ])?;
    Ok(tx.last_insert_rowid())
}

fn insert_dispatch(
    tx: &Tx<'_>,
    submission: i64,
    dispatch: &NewDispatch,
    now: i64,
    give_up_at: i64,
) -> Result<(), StoreError> {
    let metadata = dispatch.submitted.next().metadata();
    tx.prepare_cached(
        "INSERT INTO dispatch_out (dispatch_id, submission, domain, head, next_try_at, give_up_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        metadata.dispatch_id.as_array(),
        submission,
        metadata.recipient_erds.as_str(),
        dispatch.head,
        now,
        give_up_at
    ])?;
    let id = tx.last_insert_rowid();
    for (ordinal, digest) in (0_i64..).zip(&dispatch.parts) {
        if !Blobs::retain(tx, digest)? {
            return Err(StoreError::Unexpected);
        }
        tx.prepare_cached(
            "INSERT INTO dispatch_out_part (dispatch_out, ordinal, digest) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![id, ordinal, digest])?;
    }
    Ok(())
}

/// The word in the database.
pub(super) const fn word(outcome: Taken) -> &'static str {
    match outcome {
        Taken::Accepted => "accepted",
        Taken::Rejected => "rejected",
    }
}

/// The schema allows no third word.
pub(super) fn taken(word: &str) -> Taken {
    if word == "accepted" { Taken::Accepted } else { Taken::Rejected }
}
