//! The profile: the one directory that holds all a person's agent keeps.
//!
//! - Directories are 0700 and files 0600; a directory that others may enter is refused.
//! - Whoever holds a [`Profile`] holds its exclusive lock, so two commands never write at once. The
//!   second waits a while for the first; the kernel releases the lock when a process dies, however
//!   it dies.
//! - A file changes as a whole: written aside, flushed, renamed, directory flushed.
//! - Never: a name or an address in a file name.

mod lock;

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::OFlags;

use crate::errors::{Act, ProfileError, ProfileFile, StorageFault};
use crate::limits;
use lock::Lock;

/// A profile directory, locked for this process as long as any clone of this value lives.
#[derive(Clone)]
pub struct Profile {
    locked: Arc<Locked>,
}

struct Locked {
    directory: PathBuf,
    _lock: Lock,
}

impl Profile {
    /// Where the profile of this user is: `SEALPOST_HOME`, else `sealpost` under the XDG data
    /// directory. Nothing is created.
    pub fn locate() -> Result<PathBuf, ProfileError> {
        locate_by(|name| env::var_os(name))
    }

    /// Opens the profile, creating its directory if there is none, and locks it. Of another command
    /// that uses it, it waits a while for the end.
    pub fn open(directory: &Path) -> Result<Self, ProfileError> {
        Self::open_waiting(directory, &mut |_| {})
    }

    /// The same, and `told` hears for whom it waits if that takes longer than a moment: the other
    /// process, if it has left its number. The end of patience is an error that names it too.
    pub fn open_waiting(
        directory: &Path,
        told: &mut dyn FnMut(Option<u32>),
    ) -> Result<Self, ProfileError> {
        let patience = Duration::from_secs(limits::PROFILE_WAIT_SECONDS_MAX);
        Self::open_within(directory, patience, told)
    }

    fn open_within(
        directory: &Path,
        patience: Duration,
        told: &mut dyn FnMut(Option<u32>),
    ) -> Result<Self, ProfileError> {
        let directory = std::path::absolute(directory).map_err(failed(Act::Open))?;
        private_directory(&directory)?;
        let lock = Lock::take(&directory.join(LOCK_FILE), patience, told)?;
        sweep_leftovers(&directory).map_err(failed(Act::Write))?;
        Ok(Self { locked: Arc::new(Locked { directory, _lock: lock }) })
    }

    /// As [`Self::open`], without waiting.
    #[cfg(test)]
    pub(crate) fn open_at_once(directory: &Path) -> Result<Self, ProfileError> {
        Self::open_within(directory, Duration::ZERO, &mut |_| {})
    }

    /// The directory, for messages on the owner's own terminal. A path can hold the owner's name:
    /// it never reaches a log.
    pub fn directory(&self) -> &Path {
        &self.locked.directory
    }

    /// The path of a file or folder directly inside the profile.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.locked.directory.join(name)
    }

    /// A folder inside the profile, created 0700 if missing.
    pub(crate) fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.path(name);
        match DirBuilder::new().mode(DIRECTORY_MODE).create(&folder) {
            Ok(()) => flush_directory(self.directory())?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(folder)
    }
}

/// Replaces `path` by `octets` as a whole: readers see the old file or the new one, and after this
/// returns the new one survives a power cut. Mode 0600.
pub fn write_private(path: &Path, octets: &[u8]) -> io::Result<()> {
    let aside = Aside::create(path)?;
    aside.file().write_all(octets)?;
    aside.publish(path)
}

/// As [`write_private`], and overwrites the octets of the file that was replaced, unless another
/// hard link still needs them.
///
/// File systems that copy on write and drives that level wear may keep the old octets elsewhere;
/// this is what a program can do without their help.
pub(crate) fn replace_and_erase(path: &Path, octets: &[u8]) -> io::Result<()> {
    let old = OpenOptions::new().write(true).custom_flags(NO_FOLLOW).open(path)?;
    write_private(path, octets)?;
    let left = old.metadata()?;
    if left.nlink() == 0 {
        let zeros = vec![0; usize::try_from(left.len()).unwrap_or(0)];
        (&old).write_all(&zeros)?;
        old.sync_all()?;
    }
    Ok(())
}

/// Reads a whole file of at most `octets_max` octets; `None` if there is none.
pub(crate) fn read_bounded(path: &Path, octets_max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match OpenOptions::new().read(true).custom_flags(NO_FOLLOW).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // In one piece, as far as the size of a file can be relied on.
    let expected = file.metadata()?.len().min(octets_max);
    let mut octets = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    file.take(octets_max + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > octets_max {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(octets))
}

/// A file that is being written beside its place and that nobody sees before it is complete.
/// Dropped unpublished, it is removed.
pub(crate) struct Aside {
    file: File,
    path: PathBuf,
    published: bool,
}

impl Aside {
    /// Opens a new file beside `place`.
    pub(crate) fn create(place: &Path) -> io::Result<Self> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let mut name = OsString::from(ASIDE_PREFIX);
        name.push(place.file_name().unwrap_or_default());
        name.push(format!(".{}{ASIDE_SUFFIX}", hex::encode(random)));
        let path = place.with_file_name(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&path)?;
        Ok(Self { file, path, published: false })
    }

    /// The open file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// As [`Self::publish`], but never in the place of another file; then this one comes back.
    pub(crate) fn publish_new(mut self, place: &Path) -> Result<(), (Self, io::Error)> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        let published = self
            .file
            .sync_all()
            .and_then(|()| Ok(renameat_with(CWD, &self.path, CWD, place, RenameFlags::NOREPLACE)?));
        if let Err(error) = published {
            return Err((self, error));
        }
        self.published = true;
        flush_directory(directory_of(place)).map_err(|error| (self, error))
    }

    /// Makes the file durable and gives it its name, then makes the name durable.
    pub(crate) fn publish(mut self, place: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, place)?;
        self.published = true;
        flush_directory(directory_of(place))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.published {
            // Nothing is lost if this fails: the next `Profile::open` sweeps what is left aside.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes names created, changed or removed in `directory` durable.
pub(crate) fn flush_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Removes what a killed process left aside in `directory`.
pub(crate) fn sweep_leftovers(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(ASIDE_PREFIX.as_bytes()) && name.ends_with(ASIDE_SUFFIX.as_bytes()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn directory_of(place: &Path) -> &Path {
    match place.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn locate_by(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, ProfileError> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(home) = set("SEALPOST_HOME") {
        return Ok(home);
    }
    // XDG Base Directory: a relative path is invalid and to be ignored.
    if let Some(shared) = set("XDG_DATA_HOME").filter(|path| path.is_absolute()) {
        return Ok(shared.join("sealpost"));
    }
    let home = set("HOME").filter(|path| path.is_absolute()).ok_or(ProfileError::NoHome)?;
    Ok(home.join(".local/share/sealpost"))
}

/// Creates the directory 0700, or checks that the one there is ours and closed to others. An empty
/// directory of ours is closed; one with foreign files in it is never touched.
fn private_directory(directory: &Path) -> Result<(), ProfileError> {
    DirBuilder::new()
        .recursive(true)
        .mode(DIRECTORY_MODE)
        .create(directory)
        .map_err(failed(Act::Write))?;
    let found = fs::metadata(directory).map_err(failed(Act::Open))?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(ProfileError::OtherOwner);
    }
    if found.mode() & OPEN_TO_OTHERS == 0 {
        return Ok(());
    }
    let empty = fs::read_dir(directory).map_err(failed(Act::Read))?.next().is_none();
    if !empty {
        return Err(ProfileError::NotPrivate { mode: found.mode() & 0o777 });
    }
    let closed = fs::Permissions::from_mode(DIRECTORY_MODE);
    fs::set_permissions(directory, closed).map_err(failed(Act::Write))
}

fn failed(act: Act) -> impl FnOnce(io::Error) -> ProfileError {
    move |source| ProfileError::Storage(StorageFault { file: ProfileFile::Directory, act, source })
}

const LOCK_FILE: &str = "lock";
const ASIDE_PREFIX: &str = ".";
const ASIDE_SUFFIX: &str = ".new";
const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
const OPEN_TO_OTHERS: u32 = 0o077;
const NO_FOLLOW: i32 = OFlags::NOFOLLOW.bits() as i32;

#[cfg(test)]
mod tests;
