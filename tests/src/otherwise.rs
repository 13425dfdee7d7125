//! Processes in a world that is otherwise: with another clock, or on a disk that is small.

use crate::program::ours;
use crate::provider::Provider;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Environment variables that give a process another clock: `+120s`, `-1d`. It keeps running.
pub fn clock(offset: &str) -> [(String, String); 3] {
    let library = clock_library();
    let library = library.to_str().expect("system folders have plain names").to_owned();
    [
        ("LD_PRELOAD".to_owned(), library),
        ("FAKETIME".to_owned(), offset.to_owned()),
        // Timeouts are measured by the monotonic clock, which nobody puts.
        ("FAKETIME_DONT_FAKE_MONOTONIC".to_owned(), "1".to_owned()),
    ]
}

/// The library that stands between a process and its clock.
fn clock_library() -> PathBuf {
    let architectures = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let folders = architectures.map(|entry| entry.path().join("faketime"));
    let mut files = folders.map(|folder| folder.join("libfaketimeMT.so.1"));
    files.find(|file| file.exists()).expect("faketime must be installed (cargo xtask test does it)")
}

/// A provider whose folder lies on a disk of its own that can be filled.
pub struct SmallDisk {
    seen_inside: PathBuf,
}

impl SmallDisk {
    /// Starts a provider that was set up and does not run, on a copy of its folder. What it writes
    /// is gone when it ends.
    pub fn start(provider: &mut Provider, mebibytes: u32) -> Self {
        let folder = provider.folder.clone();
        let copy = folder.with_extension("copy");
        let mut command = Command::new("unshare");
        command.args([own_file_systems(), "sh", "-c"]).arg(
            "cp -a \"$0\" \"$1\" && mount -t tmpfs -o size=$2m tmpfs \"$0\" && cp -a \"$1/.\" \"$0\" \
             && exec \"$3\" serve --config \"$0/provider.toml\"",
        );
        command.arg(&folder).arg(copy).arg(mebibytes.to_string());
        command.arg(ours("sealpost-provider").get_program());
        provider.start_by(command);
        let process = provider.process_id().expect("it was started");
        let inside = folder.strip_prefix("/").expect("folders are absolute");
        Self { seen_inside: Path::new("/proc").join(process.to_string()).join("root").join(inside) }
    }

    /// Writes until nothing goes in any more.
    pub fn fill(&self) {
        let mut file = File::create(self.filler()).expect("the disk takes one more name");
        for octets in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![0x5a; octets]).is_ok() {}
        }
    }

    /// Gives the space back.
    pub fn free(&self) {
        fs::remove_file(self.filler()).expect("it was filled");
    }

    fn filler(&self) -> PathBuf {
        self.seen_inside.join("filler")
    }
}

/// How `unshare` lets a process have file systems of its own: as a user, or as root where users may
/// not. A machine that permits neither cannot show what a full disk does, and must not say it did.
fn own_file_systems() -> &'static str {
    let works = |flags: &&str| {
        let tried = Command::new("unshare").args([*flags, "true"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    ["-Urm", "-m"].into_iter().find(works).expect(
        "this machine permits no file systems of one's own: allow user namespaces \
         (kernel.apparmor_restrict_unprivileged_userns=0), or run as root",
    )
}
