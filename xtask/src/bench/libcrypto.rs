//! The peer for small messages: a few lines of C around libcrypto, doing what `crypto_driver` does.

use crate::shell;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles the peer. It needs a C compiler and OpenSSL's headers (Debian: `libssl-dev`).
pub fn build(folder: &Path) -> Result<PathBuf> {
    let (source, program) = (folder.join("peer.c"), folder.join("peer"));
    fs::write(&source, SOURCE)?;
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-Wall", "-o"]).arg(&program).arg(&source).arg("-lcrypto");
    shell::run(&mut compiler).context("libcrypto is no peer here: install libssl-dev")?;
    Ok(program)
}

const SOURCE: &str = include_str!("libcrypto.c");

/// What one round printed: `case microseconds octets` in every line.
pub struct Small(Vec<(String, f64, u64)>);

impl Small {
    pub fn read(command: &mut Command) -> Result<Self> {
        let text = shell::output_of(command)?;
        let line = |line: &str| {
            let mut words = line.split(' ');
            let mut next = || words.next().context("a line of three words");
            Ok((next()?.to_owned(), next()?.parse()?, next()?.parse()?))
        };
        text.lines().map(line).collect::<Result<_>>().map(Self)
    }

    pub fn cases(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(case, ..)| case.as_str())
    }

    pub fn micros(&self, case: &str) -> Option<f64> {
        self.0.iter().find(|(name, ..)| name == case).map(|(_, micros, _)| *micros)
    }

    pub fn octets(&self, case: &str) -> Option<u64> {
        self.0.iter().find(|(name, ..)| name == case).map(|(.., octets)| *octets)
    }
}

/// A case in words.
pub fn title(case: &str) -> &str {
    match case {
        "seal-1024" => "seal 1 KiB",
        "open-1024" => "open 1 KiB",
        "seal-10240" => "seal 10 KiB",
        "open-10240" => "open 10 KiB",
        "seal-65536" => "seal 64 KiB",
        "open-65536" => "open 64 KiB",
        "recipients-1" => "seal for 1 recipient",
        "recipients-10" => "seal for 10",
        "recipients-100" => "seal for 100",
        "recipients-1000" => "seal for 1000",
        "reader-of-1" => "open as the only recipient",
        "reader-of-10" => "open as the last of 10",
        "reader-of-100" => "open as the last of 100",
        "reader-of-1000" => "open as the last of 1000",
        "stamp" => "reply with a time-stamp",
        "verify-stamp" => "verify a time-stamp",
        other => other,
    }
}

/// What the project has set itself.
pub fn goal(case: &str) -> &'static str {
    match case {
        "seal-10240" => "≤ 0.55×",
        "open-10240" => "≤ 0.6×",
        "recipients-100" | "recipients-1000" => "≤ 0.5×",
        "stamp" => "≤ 0.83×",
        "verify-stamp" => "≤ 0.67×",
        _ => "-",
    }
}
