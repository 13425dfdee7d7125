//! Processes and places: how xtask calls cargo, and where things are kept.
//!
//! Every cargo call gets the same target directory, outside the source tree, so that the demo, the
//! tests and the fuzz targets share what was built.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the workspace's `Cargo.toml`.
///
/// Asked of cargo at run time: checkouts that share a target directory share this binary too.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
    let manifest = manifest.map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().unwrap_or(&manifest).to_path_buf()
}

/// `$XDG_CACHE_HOME`, or `.cache` in the home folder.
fn cache() -> PathBuf {
    if let Some(folder) = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        return PathBuf::from(folder);
    }
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    home.map_or_else(std::env::temp_dir, PathBuf::from).join(".cache")
}

/// `CARGO_TARGET_DIR`, or a folder in the user's cache.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => cache().join("sealpost-target"),
    }
}

/// Where tools that xtask installs for itself live, apart from the user's own `~/.cargo/bin`.
pub fn tools_dir() -> PathBuf {
    cache().join("sealpost-tools")
}

/// A cargo call in the workspace, without debug information: it costs minutes and gigabytes.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).env("CARGO_TARGET_DIR", target_dir());
    // xtask itself runs inside cargo, whose variables would leak into the inner call.
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_PKG_NAME");
    for (name, value) in [("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")] {
        if std::env::var_os("CI").is_some() && std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    command
}

/// Runs with the terminal's own output; an exit code other than 0 is an error that names the call.
pub fn run(command: &mut Command) -> Result<()> {
    let words = in_words(command);
    let status = command.status().with_context(|| format!("`{words}` could not be started"))?;
    if !status.success() {
        bail!("`{words}` ended with {status}");
    }
    Ok(())
}

/// Runs quietly and returns what was written to standard output.
pub fn output_of(command: &mut Command) -> Result<String> {
    let words = in_words(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{words}` could not be started"))?;
    if !output.status.success() {
        bail!("`{words}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{words}` wrote no UTF-8"))
}

/// Whether a program starts and says its version.
pub fn answers(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The call as a person would type it.
pub fn in_words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
