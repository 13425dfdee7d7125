//! Files that the user names: read with a bound, written without overwriting anything.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::failure::Failure;

/// The octets of a file.
pub(crate) fn read(path: &Path, octets_max: u64) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(Failure::read(path))?;
    read_from(file, octets_max)
        .map_err(Failure::read(path))?
        .ok_or_else(|| Failure::FileTooLarge { path: path.to_owned(), octets_max })
}

/// The text of a file.
pub(crate) fn read_text(path: &Path, octets_max: u64) -> Result<String, Failure> {
    text(read(path, octets_max)?, Some(path))
}

/// The text that comes on stdin.
pub(crate) fn read_stdin(octets_max: u64) -> Result<String, Failure> {
    let path = Path::new("-");
    let octets = read_from(io::stdin().lock(), octets_max).map_err(Failure::read(path))?;
    let too_large = || Failure::FileTooLarge { path: path.to_owned(), octets_max };
    text(octets.ok_or_else(too_large)?, None)
}

/// Writes a new file that only the owner may read, and makes it durable. What could not be written
/// whole is taken away again.
pub(crate) fn write_new(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(Failure::write(path))?;
    let written = file.write_all(octets).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // The file is ours and incomplete; if it stays, the message has named it.
        let _ = fs::remove_file(path);
        Failure::write(path)(error)
    })
}

/// A directory that only the owner may enter, made if it is missing.
pub(crate) fn directory(path: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Failure::write(path))
}

/// `None` if there is more than the bound.
fn read_from(source: impl Read, octets_max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut octets = Vec::new();
    source.take(octets_max.saturating_add(1)).read_to_end(&mut octets)?;
    Ok(Some(octets).filter(|octets| octets.len() as u64 <= octets_max))
}

fn text(octets: Vec<u8>, path: Option<&Path>) -> Result<String, Failure> {
    let text = String::from_utf8(octets)
        .map_err(|_| Failure::NotText { path: path.map(Path::to_owned) })?;
    // The mark that some editors put in front of UTF-8.
    Ok(text.strip_prefix('\u{FEFF}').map_or_else(|| text.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn nothing_is_overwritten_and_others_may_not_read() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("letter.eml");
        write_new(&path, b"first").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(write_new(&path, b"second").unwrap_err().code(), "file-exists");
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn files_are_read_up_to_their_bound() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("text");
        fs::write(&path, "\u{FEFF}gr\u{fc}n").unwrap();
        assert_eq!(read_text(&path, 8).unwrap(), "gr\u{fc}n");
        assert_eq!(read_text(&path, 7).unwrap_err().code(), "file-too-large");
        fs::write(&path, b"\xff\xfe").unwrap();
        assert_eq!(read_text(&path, 8).unwrap_err().code(), "not-text");
        assert_eq!(read(&place.path().join("none"), 8).unwrap_err().code(), "file-missing");
    }
}
