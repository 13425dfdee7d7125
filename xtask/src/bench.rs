//! `cargo xtask bench SUBJECT`: measures optimised binaries beside a peer doing the same work in the
//! same run, and writes what it measured to `docs/benchmarks.md`.

mod builds;
mod case_files;
mod crypto;
mod driver;
mod figures;
mod journey;
mod letter;
mod libcrypto;
mod machine;
mod page;
mod postfix;
mod smtp;
mod submissions;
mod syncs;

use anyhow::Result;

/// What to measure, and for how long.
#[derive(clap::Args)]
pub struct Arguments {
    /// What is measured.
    subject: Subject,
    /// Letters sent one by one (letter).
    #[arg(long, default_value_t = 200)]
    letters: usize,
    /// Rounds, each beside one of the peer.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// The largest content in MiB (crypto).
    #[arg(long, default_value_t = 1024)]
    largest: u64,
    /// Also times a clean build and the test steps: many minutes (letter).
    #[arg(long)]
    with_build: bool,
    /// Only prints; leaves docs/benchmarks.md as it is.
    #[arg(long)]
    dry_run: bool,
}

/// What can be measured.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Subject {
    /// Letters between two providers, beside Postfix.
    Letter,
    /// CMS, beside OpenSSL; then case files.
    Crypto,
    /// A complete case file checked offline, beside OpenSSL. Part of crypto.
    CaseFiles,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    match arguments.subject {
        Subject::Letter => letter::run(arguments),
        Subject::Crypto => crypto::run(arguments).and_then(|()| case_files::run(arguments)),
        Subject::CaseFiles => case_files::run(arguments),
    }
}
