//! Writing letters and evidence to files, on the person's explicit wish.

use crate::errors::{AgentError, PostError, VaultError};
use crate::limits::{ENDING_OCTETS_MAX, NAMES_MAX, STEM_OCTETS_MAX};
use crate::profile::Aside;
use crate::records::Received;
use crate::session::Agent;
use crate::treacherous::is_treacherous;
use crate::views::{ContentView, SignatureView, State};
use sealpost_cms::time::LocalTime;
use sealpost_letter::chunked::{ChunkError, ChunkReader};
use sealpost_letter::{ChunkedAttachment, open_carrier};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// In what form a letter is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveAs {
    /// One file for mail programs.
    Mail,
    /// The text and each document as files.
    Parts,
    /// The encrypted S/MIME message, as it came.
    Smime,
}

/// What is saved is a letter in clear: for its owner only.
const OWNER_ONLY: u32 = 0o600;

impl Agent {
    /// Saves a received letter to a folder; the files written. Never overwrites.
    pub fn save(&self, id: &str, folder: &Path, form: SaveAs) -> Result<Vec<PathBuf>, AgentError> {
        let record = self.received(id)?;
        fs::create_dir_all(folder).map_err(|error| PostError::File { kind: error.kind() })?;
        let stem = format!("letter-{}", &record.metadata.letter_id.hex()[..8]);
        if form == SaveAs::Smime {
            return Ok(vec![write_new(folder, &stem, "eml", &self.smime(&record)?)?]);
        }
        let shown = self.show(id)?;
        let Some(content) = shown.content else {
            return Err(PostError::NotPossible(match shown.entry.state {
                State::Opened => "not-verified",
                other => other.refusal(),
            })
            .into());
        };
        match form {
            SaveAs::Mail => {
                let mail = [verification(&shown.signature).as_bytes(), &content.mime].concat();
                let mut written = vec![write_new(folder, &stem, "eml", &mail)?];
                self.save_large(&record, folder, &mut written)?;
                Ok(written)
            }
            _ => {
                let mut written = parts(folder, &stem, &content)?;
                self.save_large(&record, folder, &mut written)?;
                Ok(written)
            }
        }
    }

    /// Large attachments, piece by piece: each is checked before it is written, and the file gets its
    /// name when it is whole and the one that was signed. What is not so leaves nothing. [AGT-063]
    fn save_large(
        &self,
        record: &Received,
        folder: &Path,
        written: &mut Vec<PathBuf>,
    ) -> Result<(), AgentError> {
        if record.metadata.objects.is_none() {
            return Ok(());
        }
        let content = self.verified_content(record)?;
        for attachment in content.get().chunked() {
            let (stem, ending) = safe_name(&attachment.file_name);
            let file = self.save_one(attachment, folder)?;
            written.push(publish_new(file, folder, &stem, &ending)?);
        }
        Ok(())
    }

    fn save_one(&self, attachment: &ChunkedAttachment, folder: &Path) -> Result<Aside, AgentError> {
        let aside = Aside::create(&folder.join("attachment")).map_err(failed)?;
        let not_opened = |error: ChunkError| PostError::NotOpened { code: error.code() };
        let mut reader = ChunkReader::new(attachment);
        while let Some(object) = reader.next_object() {
            let octets = match self.vault.bodies().read(object.sha256.as_array()) {
                Err(VaultError::BodyMissing) => return Err(NOT_HERE.into()),
                other => other?,
            };
            let piece = reader.open(&octets).map_err(not_opened)?;
            aside.file().write_all(&piece).map_err(failed)?;
        }
        reader.finish().map_err(not_opened)?;
        Ok(aside)
    }

    /// The S/MIME message that `openssl cms -decrypt` reads with the exported key: what arrived,
    /// freed of the layer it travelled in.
    fn smime(&self, record: &Received) -> Result<Vec<u8>, AgentError> {
        let metadata = &record.metadata;
        let enveloped = self.vault.bodies().read(metadata.enveloped.sha256.as_array())?;
        let carried = open_carrier(&enveloped, metadata, &record.carrier_key)
            .map_err(|error| PostError::NotOpened { code: error.code() })?;
        Ok(carried.to_mail())
    }
}

/// What was verified about a letter, as header fields of its mail. A content that has such fields
/// of its own is not read (LET-036). Like all that is saved, they prove nothing by themselves.
fn verification(signature: &SignatureView) -> String {
    let SignatureView { verdict, proven_time, algorithm_policy, .. } = signature;
    let time = proven_time.map(|time| LocalTime::from_unix(time).rfc3339());
    format!(
        "Sealpost-Verification: {}; policy={algorithm_policy}\r\nSealpost-Proven-Time: {}\r\n",
        verdict.indication,
        time.as_deref().unwrap_or("none"),
    )
}

fn parts(folder: &Path, stem: &str, content: &ContentView) -> Result<Vec<PathBuf>, AgentError> {
    let mut written = vec![write_new(folder, stem, "txt", content.text.as_bytes())?];
    for attachment in &content.attachments {
        let (stem, ending) = safe_name(&attachment.file_name);
        written.push(write_new(folder, &stem, &ending, &attachment.octets)?);
    }
    Ok(written)
}

/// A sender's file name as stem and ending of a name that stays in its folder, shows itself, and
/// steers no terminal: no folders, no leading dot, no control or formatting characters, not too
/// long for a file system. [AGT-013]
fn safe_name(file_name: &str) -> (String, String) {
    let last = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = |letter: char| if is_treacherous(letter) { '_' } else { letter };
    let shown: String = last.trim_start_matches(['.', ' ']).chars().map(seen).collect();
    let (stem, ending) = shown.rsplit_once('.').unwrap_or((shown.as_str(), ""));
    let cut = |text: &str, octets_max: usize| {
        let mut end = text.len().min(octets_max);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].trim_end().to_owned()
    };
    let stem = cut(stem, STEM_OCTETS_MAX);
    (if stem.is_empty() { "document".to_owned() } else { stem }, cut(ending, ENDING_OCTETS_MAX))
}

/// Gives a file that is whole a name that no file has yet.
fn publish_new(
    aside: Aside,
    folder: &Path,
    stem: &str,
    ending: &str,
) -> Result<PathBuf, AgentError> {
    let mut aside = aside;
    for path in names(folder, stem, ending) {
        match aside.publish_new(&path) {
            Ok(()) => return Ok(path),
            Err((unpublished, error)) if error.kind() == ErrorKind::AlreadyExists => {
                aside = unpublished;
            }
            Err((_, error)) => return Err(failed(error)),
        }
    }
    Err(failed(ErrorKind::AlreadyExists.into()))
}

/// The names that are tried: with `-2`, `-3` … if it must be.
fn names(folder: &Path, stem: &str, ending: &str) -> impl Iterator<Item = PathBuf> {
    let ending = if ending.is_empty() { String::new() } else { format!(".{ending}") };
    (1..=NAMES_MAX).map(move |number| match number {
        1 => folder.join(format!("{stem}{ending}")),
        _ => folder.join(format!("{stem}-{number}{ending}")),
    })
}

fn failed(error: std::io::Error) -> AgentError {
    PostError::File { kind: error.kind() }.into()
}

/// Its objects were not all fetched yet.
const NOT_HERE: PostError = PostError::NotOpened { code: "attachment-not-here" };

/// Writes a file that did not exist, with `-2`, `-3` … in its name if it must.
pub fn write_new(
    folder: &Path,
    stem: &str,
    ending: &str,
    octets: &[u8],
) -> Result<PathBuf, AgentError> {
    for path in names(folder, stem, ending) {
        match OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&path) {
            Ok(mut file) => {
                if let Err(error) = file.write_all(octets).and_then(|()| file.sync_all()) {
                    // Half a document is worse than none.
                    let _ = fs::remove_file(&path);
                    return Err(PostError::File { kind: error.kind() }.into());
                }
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(PostError::File { kind: error.kind() }.into()),
        }
    }
    Err(PostError::File { kind: ErrorKind::AlreadyExists }.into())
}

#[cfg(test)]
mod tests;
