//! Ciphertexts that came before the letter that names them: whose they are, and until when.

use rusqlite::{Connection, OptionalExtension, params};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::{Digest, DispatchId, Domain};

use super::{Store, StoreError, Tx, sql_count};
use crate::blobs::{BlobDigest, Blobs, StagedBlob};
use crate::limits;

/// Who sent an object. Nobody can name another's in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uploader {
    /// An account of ours.
    Account(i64),
    /// Another provider.
    Provider(Domain),
}

impl Uploader {
    fn columns(&self) -> (Option<i64>, Option<&str>) {
        match self {
            Self::Account(id) => (Some(*id), None),
            Self::Provider(domain) => (None, Some(domain.as_str())),
        }
    }
}

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadRecord {
    /// It is here, now or before.
    Kept,
    /// Too many octets of this uploader wait for their letters.
    TooMuch,
}

impl Store {
    /// Which of these have to be sent, because they are not here or not this uploader's.
    pub async fn missing_objects(
        &self,
        uploader: Uploader,
        objects: Vec<Digest>,
    ) -> Result<Vec<Digest>, StoreError> {
        self.read(move |connection| {
            let mut missing = Vec::new();
            for digest in objects {
                if octets_of(connection, &uploader, &digest)?.is_none() {
                    missing.push(digest);
                }
            }
            Ok(missing)
        })
        .await
    }

    /// Records an object that came whole. The same once more changes nothing.
    pub async fn keep_upload(
        &self,
        transition: &'static str,
        uploader: Uploader,
        object: StagedBlob,
        octets_waiting_max: u64,
        forget_after: i64,
    ) -> Result<UploadRecord, StoreError> {
        self.write(transition, move |tx| {
            let digest = *object.digest();
            if octets_of(tx, &uploader, &Digest::from_array(digest))?.is_some() {
                return Ok(UploadRecord::Kept);
            }
            let (account, domain) = uploader.columns();
            let waiting = octets_waiting(tx, &uploader)?;
            // [OBJ-003]
            if waiting.saturating_add(object.octets()) > octets_waiting_max {
                return Ok(UploadRecord::TooMuch);
            }
            object.record(tx)?;
            tx.prepare_cached(
                "INSERT INTO upload (account, domain, digest, forget_after) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![account, domain, digest, forget_after])?;
            Ok(UploadRecord::Kept)
        })
        .await
    }

    /// The digest of an object of a letter in this mailbox, if it has such an object.
    pub async fn letter_object(
        &self,
        account: i64,
        dispatch_id: DispatchId,
        object: Digest,
    ) -> Result<Option<BlobDigest>, StoreError> {
        self.read(move |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT digest FROM letter_object
                     JOIN letter ON letter.id = letter_object.letter
                     WHERE dispatch_id = ?1 AND account = ?2 AND digest = ?3",
                )?
                .query_row(params![dispatch_id.as_array(), account, object.as_array()], |row| {
                    row.get(0)
                })
                .optional()?)
        })
        .await
    }

    /// Deletes objects whose letter has not come in time, a bounded number at once; how many.
    pub async fn forget_uploads(&self, blobs: Blobs, now: i64) -> Result<usize, StoreError> {
        let due = self.read(move |connection| due(connection, now)).await?;
        if due.is_empty() {
            return Ok(0);
        }
        self.write("retention", move |tx| {
            let mut forgotten = 0;
            for (id, digest) in due {
                // A letter may have claimed it since it was looked for.
                let changed =
                    tx.prepare_cached("DELETE FROM upload WHERE id = ?1")?.execute([id])?;
                if changed == 1 {
                    blobs.release(tx, &digest)?;
                    forgotten += 1;
                }
            }
            Ok(forgotten)
        })
        .await
    }
}

/// How many octets of this uploader wait for their letters.
fn octets_waiting(connection: &Connection, uploader: &Uploader) -> Result<u64, StoreError> {
    // Each in the words of its index.
    let octets: i64 = match uploader {
        Uploader::Account(id) => connection
            .prepare_cached(
                "SELECT coalesce(sum(octets), 0) FROM upload
                 JOIN blob ON blob.digest = upload.digest WHERE account = ?1",
            )?
            .query_row([id], |row| row.get(0))?,
        Uploader::Provider(domain) => connection
            .prepare_cached(
                "SELECT coalesce(sum(octets), 0) FROM upload
                 JOIN blob ON blob.digest = upload.digest WHERE domain = ?1",
            )?
            .query_row([domain.as_str()], |row| row.get(0))?,
    };
    Ok(u64::try_from(octets).unwrap_or(u64::MAX))
}

/// Whether all objects that a letter names are here and its sender's, each of the size it names. Asked in
/// the transaction that records the letter. [OBJ-001]
pub(super) fn are_here(
    connection: &Connection,
    uploader: &Uploader,
    objects: &[PartDigest],
) -> Result<bool, StoreError> {
    for object in objects {
        if octets_of(connection, uploader, &object.sha256)? != Some(object.octets) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives the objects of a letter to those who hold them now. Each of them has retained its blob.
pub(super) fn claim(
    tx: &Tx<'_>,
    uploader: &Uploader,
    objects: &[PartDigest],
) -> Result<(), StoreError> {
    let (account, domain) = uploader.columns();
    for object in objects {
        let claimed = tx
            .prepare_cached(
                "DELETE FROM upload WHERE account IS ?1 AND domain IS ?2 AND digest = ?3",
            )?
            .execute(params![account, domain, object.sha256.as_array()])?;
        if claimed == 1 {
            tx.prepare_cached("UPDATE blob SET refs = refs - 1 WHERE digest = ?1 AND refs > 1")?
                .execute([object.sha256.as_array()])?;
        }
    }
    Ok(())
}

/// The size of an object if it is here, and this uploader's. Of another provider's so are those of
/// letters that it relayed before: one letter to several of our people brings its objects once.
fn octets_of(
    connection: &Connection,
    uploader: &Uploader,
    object: &Digest,
) -> Result<Option<u64>, StoreError> {
    let (account, domain) = uploader.columns();
    let octets: Option<i64> = connection
        .prepare_cached(
            "SELECT octets FROM blob WHERE digest = ?1 AND (
                 EXISTS (SELECT 1 FROM upload
                         WHERE upload.digest = ?1 AND account IS ?2 AND domain IS ?3)
                 OR EXISTS (SELECT 1 FROM letter_object
                            JOIN letter ON letter.id = letter_object.letter
                            JOIN dispatch_in ON dispatch_in.dispatch_id = letter.dispatch_id
                            WHERE letter_object.digest = ?1 AND origin_domain = ?3))",
        )?
        .query_row(params![object.as_array(), account, domain], |row| row.get(0))
        .optional()?;
    Ok(octets.and_then(|octets| u64::try_from(octets).ok()))
}

fn due(connection: &Connection, now: i64) -> Result<Vec<(i64, BlobDigest)>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT id, digest FROM upload WHERE forget_after <= ?1 LIMIT ?2")?;
    let found = statement
        .query_map(params![now, sql_count(limits::PURGE_ROWS_MAX)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}
