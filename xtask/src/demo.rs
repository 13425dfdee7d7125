//! `cargo xtask demo`: a registered letter between two providers on this machine.

use anyhow::{Result, bail};
use std::path::PathBuf;

/// What the demo sends, and what it leaves behind.
#[derive(clap::Args)]
pub struct Arguments {
    /// The document to send (default: a PDF that the demo makes).
    #[arg(long)]
    file: Option<PathBuf>,
    /// Leaves both providers running and prints commands to try.
    #[arg(long)]
    keep: bool,
    /// Keeps everything made: letters, each evidence, dossiers, trust anchors.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Arguments {
    /// The shortest run that still shows every step, as a test.
    pub fn smoke() -> Self {
        Self { file: None, keep: false, out: None }
    }
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let Arguments { file: _, keep: _, out: _ } = arguments;
    bail!("the demo is not written yet")
}
