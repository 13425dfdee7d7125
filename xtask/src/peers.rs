//! Foreign programs of the matrix of interoperability that no package of the system brings: OpenSSL 4
//! and libraries of Python. Set up once, and again when their versions change.
//!
//! They lie in the target folder, where the test looks for them: `TARGET/peers`.

use crate::shell;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The versions of everything, each with the digests of its files.
const REQUIREMENTS: &str = "crates/cms/tests/interop/judge/requirements.txt";

/// Where the test finds them.
pub fn folder() -> PathBuf {
    shell::target_dir().join("peers")
}

/// Sets up what is missing or of another version.
pub fn set_up() -> Result<()> {
    openssl_4()?;
    python()
}

/// The command line of OpenSSL 4, out of the sources that cargo fetched by the lock file; where it lies.
pub fn openssl_4() -> Result<PathBuf> {
    let (folder, version) = (folder().join("openssl-4"), openssl_src::version());
    if is_current(&folder, version) && shell::answers(folder.join("openssl"), &["version"]) {
        return Ok(folder.join("openssl"));
    }
    println!("    building OpenSSL {version} into {}: some minutes, once", folder.display());
    let build = afresh(&folder)?.join("build");
    fs::create_dir(&build)?;
    let mut configure = Command::new("perl");
    configure.arg(openssl_src::source_dir().join("Configure")).current_dir(&build);
    // Its own configuration must not depend on what is on the machine: the test brings one.
    configure.arg("--openssldir=/nonexistent");
    configure.args(["no-shared", "no-tests", "no-docs", "no-dso", "no-module", "no-legacy"]);
    run_logged(&mut configure, &build)?;
    // Not for speed: to be built soon.
    for target in ["build_generated", "apps/openssl"] {
        let mut make = Command::new("make");
        make.current_dir(&build).args(["-s", &format!("-j{}", cores()), "CFLAGS=-O1", target]);
        run_logged(&mut make, &build)?;
    }
    fs::rename(build.join("apps/openssl"), folder.join("openssl"))?;
    // Objects and libraries are never used again.
    fs::remove_dir_all(&build)?;
    has_become(&folder, version)?;
    Ok(folder.join("openssl"))
}

/// pyHanko and what it needs, in an environment of its own.
fn python() -> Result<()> {
    let requirements = shell::root().join(REQUIREMENTS);
    let wanted = fs::read_to_string(&requirements).with_context(|| REQUIREMENTS.to_owned())?;
    let folder = folder().join("python");
    let program = folder.join("bin/python");
    if is_current(&folder, &wanted) && shell::answers(&program, &["-c", "import pyhanko"]) {
        return Ok(());
    }
    println!("    installing pyHanko into {}", folder.display());
    afresh(&folder)?;
    shell::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut install = Command::new(&program);
    // Nothing is run that is not in the list, and nothing of it is built here.
    install.args(["-m", "pip", "install", "-q", "--require-hashes", "--only-binary=:all:", "-r"]);
    shell::run(install.arg(&requirements))?;
    has_become(&folder, &wanted)
}

/// What it was made from, written when it was complete.
const STAMP: &str = "made-from";

fn is_current(folder: &Path, wanted: &str) -> bool {
    fs::read_to_string(folder.join(STAMP)).is_ok_and(|found| found == wanted)
}

fn has_become(folder: &Path, made_from: &str) -> Result<()> {
    Ok(fs::write(folder.join(STAMP), made_from)?)
}

/// An empty folder, whatever was in it.
fn afresh(folder: &Path) -> Result<&Path> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder)
}

/// OpenSSL's build says more than anybody reads; it is shown when it fails.
fn run_logged(command: &mut Command, build: &Path) -> Result<()> {
    let log = build.join("log");
    let file = fs::File::create(&log)?;
    command.stdout(file.try_clone()?).stderr(file);
    shell::run(command).inspect_err(|_| {
        let said = fs::read(&log).unwrap_or_default();
        eprintln!("{}", String::from_utf8_lossy(&said));
    })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
