//! Files that are there after a power failure, or not there at all.
//!
//! Temporary file in the same folder, write, fsync, rename (or link, where nothing may be
//! overwritten), fsync of the folder. Modes are 0600 and 0700: everything the provider writes is
//! for its own user alone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The bits that let anybody but the owner read or write.
const OTHERS: u32 = 0o077;

/// Writes a file that must not exist yet; `AlreadyExists` if it does. Never overwrites.
pub fn create_new(path: &Path, octets: &[u8]) -> io::Result<()> {
    let temporary = write_temporary(path, octets)?;
    // link(2) is atomic and refuses to replace, rename(2) is atomic and replaces.
    let linked = std::fs::hard_link(&temporary, path);
    let _ = std::fs::remove_file(&temporary);
    linked?;
    sync_folder_of(path)
}

/// Writes a file, replacing an older one in one step.
pub fn replace(path: &Path, octets: &[u8]) -> io::Result<()> {
    let temporary = write_temporary(path, octets)?;
    if let Err(error) = std::fs::rename(&temporary, path) {
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    sync_folder_of(path)
}

/// Makes a folder (and its parents) with mode 0700; an existing one is left as it is.
pub fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    sync_folder_of(path)
}

/// fsync of a folder: a rename is durable only after it.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// fsync of the folder that holds `path`.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    sync_folder(folder_of(path))
}

/// The mode of a file, if anybody but its owner may read or write it.
pub fn mode_if_open_to_others(path: &Path) -> io::Result<Option<u32>> {
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    Ok((mode & OTHERS != 0).then_some(mode))
}

/// Reads a file that must not be longer than `octets_max`.
pub fn read_bounded(path: &Path, octets_max: u64) -> io::Result<Vec<u8>> {
    use std::io::Read;
    let mut octets = Vec::new();
    File::open(path)?.take(octets_max + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > octets_max {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("larger than {octets_max} octets"),
        ));
    }
    Ok(octets)
}

/// Whether this error says that the disk (or the quota) is full.
#[must_use]
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn write_temporary(path: &Path, octets: &[u8]) -> io::Result<PathBuf> {
    let temporary = temporary_beside(path)?;
    let written = (|| {
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
        file.write_all(octets)?;
        file.sync_all()
    })();
    if let Err(error) = written {
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(temporary)
}

/// A name in the same folder that no other writer uses, not even one that died: random.
fn temporary_beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let random = getrandom::u64().map_err(io::Error::other)?;
    Ok(folder_of(path).join(format!(".{name}.{random:016x}.tmp")))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_private_and_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.key");
        create_new(&path, b"one").unwrap();
        assert_eq!(mode_if_open_to_others(&path).unwrap(), None);
        let again = create_new(&path, b"two").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        replace(&path, b"three").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"three");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }

    #[test]
    fn a_file_that_others_may_read_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create_new(&path, b"x").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(mode_if_open_to_others(&path).unwrap(), Some(0o640));
    }

    #[test]
    fn reading_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big");
        create_new(&path, &[0; 11]).unwrap();
        assert_eq!(read_bounded(&path, 11).unwrap().len(), 11);
        assert_eq!(read_bounded(&path, 10).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
