//! Handing ciphertext out: a stream, whole letters never in memory.

use std::io::{self, Cursor};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use rusqlite::OptionalExtension;
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::ReaderStream;

use super::{BlobDigest, ReadError, path_in};
use crate::limits;
use crate::store::{Store, StoreError};

/// Recorded ciphertext, open for reading.
pub struct BlobReader {
    digest: BlobDigest,
    octets: u64,
    source: Source,
}

enum Source {
    Inline(Cursor<Vec<u8>>),
    File(Box<File>),
}

impl BlobReader {
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

    /// The octets as a stream of pieces, for a response body.
    #[must_use]
    pub fn into_stream(self) -> ReaderStream<Self> {
        ReaderStream::with_capacity(self, limits::READ_PIECE_OCTETS)
    }
}

impl AsyncRead for BlobReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.source {
            Source::Inline(cursor) => Pin::new(cursor).poll_read(context, buffer),
            Source::File(file) => Pin::new(file.as_mut()).poll_read(context, buffer),
        }
    }
}

pub(super) async fn open(
    folder: &Path,
    store: &Store,
    digest: BlobDigest,
) -> Result<Option<BlobReader>, ReadError> {
    let row: Option<(i64, Option<Vec<u8>>)> = store
        .read(move |connection| {
            connection
                .prepare_cached("SELECT octets, inline FROM blob WHERE digest = ?1")?
                .query_row([digest], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
                .map_err(StoreError::from)
        })
        .await?;
    let Some((octets, inline)) = row else {
        return Ok(None);
    };
    let source = match inline {
        Some(octets) => Source::Inline(Cursor::new(octets)),
        None => Source::File(Box::new(open_file(&path_in(folder, &digest)).await?)),
    };
    Ok(Some(BlobReader { digest, octets: u64::try_from(octets).unwrap_or(0), source }))
}

async fn open_file(path: &Path) -> Result<File, ReadError> {
    let mut file = File::open(path).await.map_err(ReadError::File)?;
    file.set_max_buf_size(limits::READ_PIECE_OCTETS);
    Ok(file)
}
