//! Ciphertext, found by its digest.
//!
//! Small ciphertext lies in the database, in the very transaction that records it (one sync);
//! larger ciphertext in `blobs/<first octet>/<digest>`, streamed in while it is hashed, never
//! whole in memory, durable before the transaction. docs/decisions/0003-small-bodies-inline.md
//!
//! MUST: no row without its octets. A file is durable before its row is committed, and deleted
//! only after the COMMIT that dropped the row.
//! MUST: no octets without a row for longer than until the next start: [`Blobs::sweep`].
//! This module never looks into the octets: whether they are ciphertext is proven before, by the
//! `erds` room.

mod intake;
mod outlet;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

pub use intake::{Intake, IntakeError, StagedBlob};
pub use outlet::BlobReader;

use crate::durable;
use crate::observe::{self, meter};
use crate::store::{Store, StoreError, Tx};

/// SHA-256 of the ciphertext.
pub type BlobDigest = [u8; 32];

/// The folder of large ciphertext, and who is using which of its files. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    files: Mutex<Files>,
}

/// Which files must not go, and which may have to. Held for the length of one rename or unlink
/// together with the look at its row, so that neither happens between the other's two halves.
#[derive(Default)]
struct Files {
    /// Staged by requests whose transaction has not ended: digest and how often.
    staged: BTreeMap<BlobDigest, u32>,
    /// Perhaps without a row: released, or staged and given up.
    suspects: BTreeSet<BlobDigest>,
}

impl Blobs {
    /// Opens the folder, making it if it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        durable::create_folder(folder)?;
        durable::create_folder(&folder.join(INCOMING))?;
        let shared = Shared { folder: folder.to_path_buf(), files: Mutex::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Begins to take in ciphertext of at most `octets_max` octets.
    #[must_use]
    pub fn intake(&self, octets_max: u64) -> Intake {
        Intake::new(Arc::clone(&self.shared), octets_max)
    }

    /// One holder more for a blob that is recorded already. `false` if it is not.
    pub fn retain(tx: &Tx<'_>, digest: &BlobDigest) -> Result<bool, StoreError> {
        let changed = tx
            .prepare_cached("UPDATE blob SET refs = refs + 1 WHERE digest = ?1")?
            .execute([digest])?;
        Ok(changed == 1)
    }

    /// One holder less. The last one takes the row along, and after the COMMIT the file; call
    /// [`Blobs::collect`] some time after. The holder's own row must be gone already.
    pub fn release(&self, tx: &Tx<'_>, digest: &BlobDigest) -> Result<(), StoreError> {
        let row: Option<(i64, bool)> = tx
            .prepare_cached("SELECT refs, inline IS NULL FROM blob WHERE digest = ?1")?
            .query_row([digest], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((refs, in_file)) = row else {
            return Ok(());
        };
        if refs > 1 {
            tx.prepare_cached("UPDATE blob SET refs = refs - 1 WHERE digest = ?1")?
                .execute([digest])?;
            return Ok(());
        }
        tx.prepare_cached("DELETE FROM blob WHERE digest = ?1")?.execute([digest])?;
        if in_file {
            let (shared, digest) = (Arc::clone(&self.shared), *digest);
            tx.after_commit(move || {
                shared.files().suspects.insert(digest);
            });
        }
        Ok(())
    }

    /// Opens recorded ciphertext for reading. `None` if no such blob is recorded.
    pub async fn read(
        &self,
        store: &Store,
        digest: BlobDigest,
    ) -> Result<Option<BlobReader>, ReadError> {
        outlet::open(&self.shared.folder, store, digest).await
    }

    /// Deletes the files of blobs that nobody holds any more. Returns how many went.
    pub async fn collect(&self, store: &Store) -> Result<usize, StoreError> {
        let shared = Arc::clone(&self.shared);
        store
            .read(move |connection| {
                let suspects: Vec<_> = shared.files().suspects.iter().copied().collect();
                let mut deleted = 0;
                for digest in suspects {
                    deleted += usize::from(shared.delete_if_unrecorded(connection, &digest)?);
                }
                Ok(deleted)
            })
            .await
    }

    /// Looks through the whole folder, once, before serving: deletes what a crash has left
    /// (unfinished uploads, files whose transaction never came).
    pub async fn sweep(&self, store: &Store) -> Result<usize, StoreError> {
        let shared = Arc::clone(&self.shared);
        let unfinished = tokio::task::spawn_blocking(move || shared.find_remains())
            .await
            .unwrap_or_else(|_| Err(io::Error::other("the sweep panicked")));
        match unfinished {
            Ok(unfinished) => Ok(unfinished + self.collect(store).await?),
            Err(error) => {
                // Remains cost space, not correctness: the provider starts all the same.
                observe::warn("sweep-failed").detail(&error.kind()).write();
                self.collect(store).await
            }
        }
    }

    /// Every file in the folder with its size, for `knows`.
    pub fn list(&self) -> io::Result<Vec<(PathBuf, u64)>> {
        let mut found = Vec::new();
        for folder in std::fs::read_dir(&self.shared.folder)? {
            let folder = folder?.path();
            if !folder.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(folder)? {
                let file = file?;
                found.push((file.path(), file.metadata()?.len()));
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Why recorded ciphertext could not be opened. Both are ours.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The database did not answer.
    Store(StoreError),
    /// The file is missing or cannot be read.
    File(io::Error),
}

impl ReadError {
    /// Stable word for log and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::File(_) => "blob-unreadable",
        }
    }
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Shared {
    fn files(&self) -> MutexGuard<'_, Files> {
        // Both fields are corrected by the next collection; a panic cannot make them dangerous:
        // an entry too many keeps a file.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, digest: &BlobDigest) -> PathBuf {
        path_in(&self.folder, digest)
    }

    /// The lock is held from the look at the row to the unlink: a request that stages the same
    /// octets meanwhile waits, and then finds the file gone and writes it again.
    fn delete_if_unrecorded(
        &self,
        connection: &Connection,
        digest: &BlobDigest,
    ) -> Result<bool, StoreError> {
        let mut files = self.files();
        if files.staged.contains_key(digest) {
            return Ok(false);
        }
        let recorded: bool = connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM blob WHERE digest = ?1 AND inline IS NULL)",
            )?
            .query_row([digest], |row| row.get(0))?;
        files.suspects.remove(digest);
        if recorded {
            return Ok(false);
        }
        match std::fs::remove_file(self.path(digest)) {
            Ok(()) => {
                meter::blob_file_deleted();
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => {
                files.suspects.insert(*digest);
                observe::warn("blob-not-deleted").detail(&error.kind()).write();
                Ok(false)
            }
        }
    }

    /// Deletes unfinished uploads and suspects every other file.
    fn find_remains(&self) -> io::Result<usize> {
        let mut unfinished = 0;
        for file in std::fs::read_dir(self.folder.join(INCOMING))? {
            std::fs::remove_file(file?.path())?;
            unfinished += 1;
        }
        for folder in std::fs::read_dir(&self.folder)? {
            let folder = folder?.path();
            if !folder.is_dir() || folder.ends_with(INCOMING) {
                continue;
            }
            for file in std::fs::read_dir(folder)? {
                if let Some(digest) = digest_of_name(&file?.file_name().to_string_lossy()) {
                    self.files().suspects.insert(digest);
                }
            }
        }
        Ok(unfinished)
    }
}

fn path_in(folder: &Path, digest: &BlobDigest) -> PathBuf {
    let name = hex::encode(digest);
    folder.join(&name[..2]).join(&name)
}

fn digest_of_name(name: &str) -> Option<BlobDigest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(name, &mut digest).ok()?;
    Some(digest)
}

/// Writes or counts up the row of a blob.
fn record(
    tx: &Tx<'_>,
    digest: &BlobDigest,
    octets: u64,
    inline: Option<&[u8]>,
) -> Result<(), StoreError> {
    let octets = i64::try_from(octets).map_err(|_| StoreError::Full)?;
    tx.prepare_cached(
        "INSERT INTO blob (digest, octets, refs, inline) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (digest) DO UPDATE SET refs = refs + 1",
    )?
    .execute(params![digest, octets, inline])?;
    Ok(())
}

/// Uploads under way; renamed out of here when whole and durable.
const INCOMING: &str = "incoming";
