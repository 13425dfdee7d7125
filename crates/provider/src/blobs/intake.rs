//! Taking ciphertext in: hashed and written as it arrives.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::{BlobDigest, INCOMING, Shared, record};
use crate::observe::meter;
use crate::store::{StoreError, Tx};
use crate::{durable, limits};

/// Ciphertext on its way in. Dropping it forgets the octets.
pub struct Intake {
    shared: Arc<Shared>,
    hash: Context,
    octets: u64,
    octets_max: u64,
    /// Not yet in the file. Up to `INLINE_OCTETS_MAX` octets there is no file at all.
    buffer: Vec<u8>,
    file: Option<Incoming>,
}

/// Why ciphertext was not taken in, sorted by whose fault it is.
#[derive(Debug)]
#[non_exhaustive]
pub enum IntakeError {
    /// The sender sends more than is allowed.
    TooLarge {
        /// The limit it ran into.
        octets_max: u64,
    },
    /// The sender announced another digest.
    OtherDigest,
    /// The disk is full.
    Full,
    /// The disk failed.
    Disk(io::Error),
}

impl IntakeError {
    /// Stable word for API, log and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::OtherDigest => "other-digest",
            Self::Full => "storage-full",
            Self::Disk(_) => "storage-failed",
        }
    }
}

impl From<io::Error> for IntakeError {
    fn from(error: io::Error) -> Self {
        if durable::is_full(&error) { Self::Full } else { Self::Disk(error) }
    }
}

impl fmt::Display for IntakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { octets_max } => write!(f, "more than {octets_max} octets"),
            Self::OtherDigest => f.write_str("the octets do not have the announced digest"),
            Self::Full => f.write_str("the disk is full; nothing was stored"),
            Self::Disk(_) => f.write_str("the disk failed; nothing was stored"),
        }
    }
}

impl std::error::Error for IntakeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disk(error) => Some(error),
            _ => None,
        }
    }
}

impl Intake {
    pub(super) fn new(shared: Arc<Shared>, octets_max: u64) -> Self {
        Self {
            shared,
            hash: Context::new(&SHA256),
            octets: 0,
            octets_max,
            buffer: Vec::new(),
            file: None,
        }
    }

    /// Takes the next octets.
    pub async fn write(&mut self, octets: &[u8]) -> Result<(), IntakeError> {
        self.octets += octets.len() as u64;
        if self.octets > self.octets_max {
            return Err(IntakeError::TooLarge { octets_max: self.octets_max });
        }
        self.hash.update(octets);
        let buffered_max = match self.file {
            None => usize::try_from(limits::INLINE_OCTETS_MAX).unwrap_or(usize::MAX),
            Some(_) => limits::INTAKE_BUFFER_OCTETS,
        };
        if self.buffer.len() + octets.len() > buffered_max {
            self.flush().await?;
        }
        // The pieces of a network body are small; one that is not goes to the file at once.
        if self.file.is_some() && octets.len() > limits::INTAKE_BUFFER_OCTETS {
            return self.append(octets.to_vec()).await;
        }
        self.buffer.extend_from_slice(octets);
        Ok(())
    }

    /// How many octets have come so far.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// The end: checks the announced digest, makes a file durable under its final name. What
    /// comes back is not recorded yet: [`StagedBlob::record`].
    pub async fn finish(mut self, announced: &BlobDigest) -> Result<StagedBlob, IntakeError> {
        let hash = std::mem::replace(&mut self.hash, Context::new(&SHA256));
        let digest: BlobDigest = hash.finish().as_ref().try_into().expect("SHA-256 has 32 octets");
        if digest != *announced {
            return Err(IntakeError::OtherDigest);
        }
        meter::blob_taken_in(self.octets);
        if self.file.is_none() {
            let inline = std::mem::take(&mut self.buffer);
            return Ok(StagedBlob {
                digest,
                octets: self.octets,
                inline: Some(inline),
                hold: None,
            });
        }
        self.flush().await?;
        let Some(incoming) = self.file.take() else {
            return Err(io::Error::other("the file was closed").into());
        };
        incoming.file.sync_data().await?;
        let shared = Arc::clone(&self.shared);
        let hold = tokio::task::spawn_blocking(move || Hold::place(shared, digest, &incoming.path))
            .await
            .map_err(io::Error::other)??;
        meter::blob_file_written();
        Ok(StagedBlob { digest, octets: self.octets, inline: None, hold: Some(hold) })
    }

    /// Moves the buffer into the file, beginning one if there is none.
    async fn flush(&mut self) -> Result<(), IntakeError> {
        if self.file.is_none() {
            self.file = Some(Incoming::create(&self.shared.folder).await?);
        }
        if self.buffer.is_empty() {
            return Ok(());
        }
        let buffer =
            std::mem::replace(&mut self.buffer, Vec::with_capacity(limits::INTAKE_BUFFER_OCTETS));
        self.append(buffer).await
    }

    async fn append(&mut self, octets: Vec<u8>) -> Result<(), IntakeError> {
        if let Some(incoming) = &mut self.file {
            incoming.file.write_all(&octets).await?;
            // tokio's file reports a failed write at the next call; ask now, while it is ours.
            incoming.file.flush().await?;
        }
        Ok(())
    }
}

/// A file in `incoming/` that deletes itself unless it was renamed away.
struct Incoming {
    file: File,
    path: PathBuf,
}

impl Incoming {
    async fn create(folder: &Path) -> io::Result<Self> {
        let random = getrandom::u64().map_err(io::Error::other)?;
        let path = folder.join(INCOMING).join(format!("{random:016x}"));
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&path).await?;
        file.set_max_buf_size(limits::INTAKE_BUFFER_OCTETS);
        Ok(Self { file, path })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Gone already if it was renamed. What cannot be deleted is found by the next sweep.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Ciphertext that is durable (or small enough to become so with its row) but not recorded.
#[must_use = "staged ciphertext is forgotten unless it is recorded"]
pub struct StagedBlob {
    digest: BlobDigest,
    octets: u64,
    inline: Option<Vec<u8>>,
    hold: Option<Hold>,
}

impl StagedBlob {
    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> &BlobDigest {
        &self.digest
    }

    /// Its size.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// Records it, with one holder, in the transaction that makes it part of a letter. Further
    /// holders: [`super::Blobs::retain`].
    pub fn record(self, tx: &Tx<'_>) -> Result<(), StoreError> {
        record(tx, &self.digest, self.octets, self.inline.as_deref())?;
        // The file must outlive the COMMIT, also when the request that sent it is gone.
        if let Some(hold) = self.hold {
            tx.hold(hold);
        }
        Ok(())
    }
}

/// Keeps a staged file from being collected. When it goes, the file is looked at again.
struct Hold {
    shared: Arc<Shared>,
    digest: BlobDigest,
}

impl Hold {
    /// Gives the file its final name, durably. Blocks.
    fn place(shared: Arc<Shared>, digest: BlobDigest, incoming: &Path) -> io::Result<Self> {
        let path = shared.path(&digest);
        durable::create_folder(path.parent().unwrap_or(&shared.folder))?;
        {
            // Under the lock: a collection has deleted the older file of the same octets before,
            // or sees that this one is staged.
            let mut files = shared.files();
            *files.staged.entry(digest).or_insert(0) += 1;
        }
        let hold = Self { shared, digest };
        std::fs::rename(incoming, &path)?;
        durable::sync_folder_of(&path)?;
        Ok(hold)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut files = self.shared.files();
        if let Some(count) = files.staged.get_mut(&self.digest) {
            *count -= 1;
            if *count == 0 {
                files.staged.remove(&self.digest);
            }
        }
        // If its transaction was committed, the next collection finds the row and keeps it.
        files.suspects.insert(self.digest);
    }
}
