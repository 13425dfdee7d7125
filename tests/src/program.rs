//! Running the project's programs and foreign ones.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// What a program did.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Its exit code; 255 if a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(255),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Demands exit code 0, and shows what the program said if it is another.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Demands a failure with a stable code somewhere in the output.
    #[track_caller]
    pub fn failed_with(self, code: &str) -> Self {
        assert_ne!(self.code, 0, "it succeeded:\n{}", self.stdout);
        let said = format!("{}{}", self.stdout, self.stderr);
        assert!(said.contains(code), "expected {code} in:\n{said}");
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error} in stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr)
        })
    }
}

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Uses binaries that were built already. Without effect once a program has run.
pub fn use_binaries(folder: PathBuf) {
    let _ = FOLDER.set(folder);
}

/// The folder with the project's binaries; builds them on first use unless
/// `SEALPOST_BIN_DIR` names a folder that has them.
pub fn binaries() -> &'static Path {
    FOLDER.get_or_init(|| match std::env::var_os("SEALPOST_BIN_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => build(),
    })
}

fn build() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(manifest)
        .args([
            "build",
            "--quiet",
            "--message-format=json",
            "-p",
            "sealpost-provider",
            "-p",
            "sealpost-cli",
        ])
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "the binaries do not build");
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let executable = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .find(|path| path.file_stem().is_some_and(|name| name == "sealpost"))
        .expect("cargo names the binary it built");
    executable.parent().expect("a binary lies in a folder").to_owned()
}

/// One of the project's programs, not yet started.
pub fn ours(name: &str) -> Command {
    let mut command = Command::new(binaries().join(name));
    // A person's own profile, locale and proxies must not reach a test.
    for variable in
        ["SEALPOST_HOME", "XDG_DATA_HOME", "LC_ALL", "LC_MESSAGES", "HTTPS_PROXY", "https_proxy"]
    {
        command.env_remove(variable);
    }
    command.env("LANG", "en_GB.UTF-8").stdin(Stdio::null());
    command
}

/// Runs a program to its end.
pub fn run(mut command: Command) -> Ran {
    let shown = format!("{command:?}");
    Ran::of(command.output().unwrap_or_else(|error| panic!("{shown}: {error}")))
}

/// Runs a program to its end with `input` on its standard input.
pub fn run_with_input(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // A program may end before it has read everything; that is its right.
    let _ = child.stdin.take().expect("it was piped").write_all(input);
    Ran::of(child.wait_with_output().expect("the child can be waited for"))
}

/// Runs a foreign program, which must be installed.
#[track_caller]
pub fn foreign<S: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = S>) -> Ran {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null());
    match command.output() {
        Ok(output) => Ran::of(output),
        Err(error) => {
            panic!("{name} must be installed for this test (cargo xtask test does it): {error}")
        }
    }
}
