//! Where the foreign programs are, and how they are run: at [`NOW`], and with nobody's own settings.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use crate::matrix::No;

/// The hour of `house::NOW`, as libfaketime wants it: each process begins at it, and its clock goes on.
const HOUR: &str = "@2026-11-22 03:12:00";

/// How long a call may take, which takes a tenth of a second on an idle machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The folder in which `cargo xtask` has set up what no package brings.
pub fn peers_folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("SEALPOST_PEERS_DIR") {
        return folder.into();
    }
    // This test lies in `TARGET/PROFILE/deps`.
    let own = std::env::current_exe().expect("a running program has a place");
    let target = own.ancestors().nth(3).expect("cargo puts it three folders deep");
    target.join("peers")
}

/// A program of `cargo xtask`'s, or the sentence that says how to get it.
pub fn set_up(name: &str) -> PathBuf {
    let path = peers_folder().join(name);
    assert!(path.exists(), "{} is missing: {HOW}", path.display());
    path
}

/// A program of the system's, or the sentence that says how to get it.
pub fn installed(name: &str) -> PathBuf {
    let answers = Command::new(name).arg("--version").output().is_ok();
    assert!(answers, "{name} is missing: {HOW}");
    name.into()
}

/// The end of each sentence about what is missing.
const HOW: &str = "`cargo xtask interop` sets up what this test needs and runs it, and so does `cargo xtask test`";

/// A call in a folder, at the hour of the matrix; it ends after [`PATIENCE`].
pub fn call(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("timeout");
    // The watchman keeps the true clock.
    command.arg(PATIENCE.as_secs().to_string()).arg("env").args(at_the_hour()).arg(program);
    command.current_dir(folder);
    command
}

/// A process that goes on from call to call, in a folder and at the hour of the matrix.
pub fn service(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("env");
    command.args(at_the_hour()).arg(program).current_dir(folder);
    command
}

/// The environment of foreign programs.
///
/// The library of faketime is loaded without its wrapper: the wrapper names a semaphore by its process
/// number, and so fails now and then where many processes run.
fn at_the_hour() -> Vec<String> {
    static LIBRARY: LazyLock<PathBuf> = LazyLock::new(libfaketime);
    let library = format!("LD_PRELOAD={}", LIBRARY.display());
    let clock = [library, format!("FAKETIME={HOUR}")];
    // Nobody's own settings, and nothing written into the source tree.
    let rest = ["--unset=PYTHONPATH", "TZ=UTC", "LC_ALL=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1"];
    rest.map(str::to_owned).into_iter().chain(clock).collect()
}

/// Debian keeps it in a folder of the architecture.
fn libfaketime() -> PathBuf {
    let architectures = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut places = architectures.map(|it| it.path().join("faketime/libfaketime.so.1"));
    let place = places.find(|path| path.exists());
    place.unwrap_or_else(|| panic!("libfaketime is missing: {HOW}"))
}

/// Runs it; what it wrote, or its complaint.
pub fn run(mut command: Command) -> Result<Vec<u8>, No> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    if output.status.success() {
        return Ok(output.stdout);
    }
    // What timeout(1) answers for a program that it had to end.
    assert_ne!(output.status.code(), Some(124), "{command:?} took longer than {PATIENCE:?}");
    let complaint = String::from_utf8_lossy(&output.stderr);
    let words = command.get_args().skip(2 + at_the_hour().len()).map(OsStr::to_string_lossy);
    Err(No::Refused(format!("{complaint} by {}", words.collect::<Vec<_>>().join(" "))))
}
