//! The lock of a profile: whoever holds it is the only one.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::{FILE_MODE, NO_FOLLOW};
use crate::errors::{Act, ProfileError, ProfileFile, StorageFault};

/// The lock goes with the open file.
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock as soon as nobody else holds it, but waits no longer than `patience`.
    /// `told` hears once, and not of the blink of an eye, that somebody is waited for.
    pub(super) fn take(
        path: &Path,
        patience: Duration,
        told: &mut dyn FnMut(Option<u32>),
    ) -> Result<Self, ProfileError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .custom_flags(NO_FOLLOW)
            .open(path)
            .map_err(failed(Act::Open))?;
        let (began, mut silent) = (Instant::now(), true);
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(rustix::io::Errno::WOULDBLOCK) => {}
                Err(error) => return Err(failed(Act::Lock)(error.into())),
            }
            let waited = began.elapsed();
            if waited >= patience {
                return Err(ProfileError::InUse { pid: holder(&mut file) });
            }
            if silent && waited >= BLINK {
                told(holder(&mut file));
                silent = false;
            }
            sleep(PAUSE.min(patience - waited));
        }
        let lock = Self { file };
        lock.note_holder().map_err(failed(Act::Write))?;
        Ok(lock)
    }

    fn note_holder(&self) -> io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{}", std::process::id())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A child that another thread has just forked holds a copy of this open file until it
        // executes its program, and closing ours would leave the profile locked as long. Unlocking
        // one copy unlocks all (flock(2)); if it fails, closing does what it can.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// The process that wrote itself into the lock file; only a hint for the message.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(PID_OCTETS_MAX).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn failed(act: Act) -> impl FnOnce(io::Error) -> ProfileError {
    move |source| ProfileError::Storage(StorageFault { file: ProfileFile::Lock, act, source })
}

/// Between two tries: nobody notices a delay of this length.
const PAUSE: Duration = Duration::from_millis(50);
/// Who waits no longer than this need not hear of it.
const BLINK: Duration = Duration::from_millis(500);
/// Octets; a process number is shorter.
const PID_OCTETS_MAX: u64 = 16;
