//! A person with a profile, who uses the command line.

use crate::program::{Ran, ours, run, run_with_input};
use crate::provider::Provider;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everybody's PIN in tests.
pub const PIN: &str = "274 913 x";

/// Somebody with an address.
pub struct Person {
    /// The address.
    pub address: String,
    /// The profile folder.
    pub home: PathBuf,
    /// A file with the PIN.
    pub pin_file: PathBuf,
}

impl Person {
    /// A person with nothing but a PIN in mind.
    pub fn new(parent: &Path, address: &str) -> Self {
        let home = parent.join(address);
        let pin_file = parent.join(format!("{address}.pin"));
        write_private(&pin_file, PIN);
        Self { address: address.to_owned(), home, pin_file }
    }

    /// A person who was invited by `provider` and has registered.
    pub fn registered(parent: &Path, provider: &Provider, address: &str, name: &str) -> Self {
        let person = Self::new(parent, address);
        let invitation = provider.invites(address, name);
        person.run(&["register", address, "--invitation", &invitation]).succeeded();
        person
    }

    /// The command line of this person, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = ours("sealpost");
        command.arg("--home").arg(&self.home).arg("--pin-file").arg(&self.pin_file).args(arguments);
        command
    }

    /// Runs a verb.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        run(self.command(arguments))
    }

    /// Runs a verb with `input` on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        run_with_input(self.command(arguments), input)
    }

    /// Runs a verb with `--json`, demands success and reads the answer.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> =
            ["--json"].into_iter().chain(arguments.iter().copied()).collect();
        self.run(&arguments).succeeded().json()
    }

    /// Fetches what waits.
    #[track_caller]
    pub fn syncs(&self) -> Value {
        self.json(&["sync"])
    }
}

/// A file that only its owner may read.
fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, text).expect("test folders are writable");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
}
