//! `cargo xtask bench`: measures, and writes what it measured to `docs/benchmarks.md`.

use anyhow::{Result, bail};

/// What to measure.
#[derive(clap::Args)]
pub struct Arguments {
    /// The subject: `letter`.
    subject: String,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    bail!("nothing measures '{}' yet", arguments.subject)
}
