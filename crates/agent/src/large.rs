//! Large files on their way out: sealed piece by piece into body files, each once for every letter
//! that it goes with, and never whole in memory.

use crate::errors::{AgentError, PostError};
use crate::session::Agent;
use crate::system_random;
use crate::views::{Amount, Progress};
use sealpost_erds::Digest;
use sealpost_letter::{ChunkSealer, ChunkedAttachment, Draft};
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// A file that goes with a letter, read while it is sealed. Larger ones than
/// [`sealpost_letter::limits::CHUNKED_FROM_OCTETS`] should; smaller ones may.
#[derive(Debug, Clone)]
pub struct LargeFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name for the recipients.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
}

/// Large files, and the bodies that were made of them so far: nothing names those before the letter is
/// recorded, so that whoever fails has to remove them.
pub(crate) struct LargeFiles<'f> {
    files: &'f [LargeFile],
    pub(crate) stored: Vec<Digest>,
}

/// What shows that a file was changed: identity, size and time of the last change.
#[derive(PartialEq, Eq)]
struct Stamp {
    inode: u64,
    octets: u64,
    modified: (i64, i64),
}

impl<'f> LargeFiles<'f> {
    pub(crate) const fn new(files: &'f [LargeFile]) -> Self {
        Self { files, stored: Vec::new() }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many octets they have together.
    pub(crate) fn octets(&self) -> Result<Vec<u64>, AgentError> {
        let octets = |file: &LargeFile| Ok(Stamp::of(&open(file)?)?.octets);
        self.files.iter().map(octets).collect()
    }
}

impl Stamp {
    fn of(file: &File) -> Result<Self, AgentError> {
        let metadata: Metadata = file.metadata().map_err(failed)?;
        let modified = (metadata.mtime(), metadata.mtime_nsec());
        Ok(Self { inode: metadata.ino(), octets: metadata.len(), modified })
    }
}

impl Agent {
    /// Seals all files once for each letter that the draft makes, and puts them into it.
    pub(crate) fn with_large(
        &self,
        draft: &Draft,
        large: &mut LargeFiles<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Draft, AgentError> {
        let visible = usize::from(!draft.to.is_empty() || !draft.cc.is_empty());
        let letters = visible + draft.bcc.len();
        let each: u64 = large.octets()?.iter().sum();
        let mut amount = Amount { done: 0, total: each.saturating_mul(letters as u64) };
        let mut chunked = Vec::with_capacity(letters);
        for _ in 0..letters {
            let mut sealed = Vec::with_capacity(large.files.len());
            for file in large.files {
                sealed.push(self.seal_file(file, &mut large.stored, &mut amount, progress)?);
            }
            chunked.push(sealed);
        }
        // The same file for everybody: who changes it between two letters is found here.
        let digests = |letter: &Vec<ChunkedAttachment>| -> Vec<Digest> {
            letter.iter().map(|it| it.sha256).collect()
        };
        if chunked.iter().any(|letter| digests(letter) != digests(&chunked[0])) {
            return Err(CHANGED.into());
        }
        Ok(Draft { chunked, ..draft.clone() })
    }

    /// One file for one letter. A file that changes while it is read is an error and no letter: what
    /// was signed would be nothing that ever existed. [AGT-060]
    fn seal_file(
        &self,
        file: &LargeFile,
        stored: &mut Vec<Digest>,
        amount: &mut Amount,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<ChunkedAttachment, AgentError> {
        let refused = |code| AgentError::from(PostError::Draft { code });
        let mut source = open(file)?;
        let before = Stamp::of(&source)?;
        let LargeFile { file_name, media_type, .. } = file;
        let sealer = ChunkSealer::new(file_name, media_type, before.octets, &mut system_random());
        let mut sealer = sealer.map_err(|error| refused(error.code()))?;
        while let Some(wanted) = sealer.wanted() {
            progress(Progress::Sealing(*amount));
            let mut piece = vec![0; wanted];
            source.read_exact(&mut piece).map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => CHANGED.into(),
                _ => failed(error),
            })?;
            let object = sealer.seal(piece, &mut system_random());
            let object = object.map_err(|error| refused(error.code()))?;
            stored.push(Digest::from_array(self.vault.bodies().store(&object)?.digest));
            amount.done += wanted as u64;
        }
        let one_more = source.read(&mut [0; 1]).map_err(failed)?;
        if one_more > 0 || Stamp::of(&source)? != before || Stamp::of(&open(file)?)? != before {
            return Err(CHANGED.into());
        }
        sealer.finish().ok_or(CHANGED.into())
    }
}

fn open(file: &LargeFile) -> Result<File, AgentError> {
    File::open(&file.path).map_err(failed)
}

fn failed(error: std::io::Error) -> AgentError {
    PostError::File { kind: error.kind() }.into()
}

const CHANGED: PostError = PostError::Draft { code: "attachment-changed" };

#[cfg(test)]
mod tests;
