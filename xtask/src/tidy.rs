//! `cargo xtask tidy`: the house rules without the rest of the tests.

use crate::shell;
use anyhow::Result;

/// Only the house rules.
#[derive(clap::Args)]
pub struct Arguments {
    /// Writes the generated table `docs/checks.tsv` instead of judging it.
    #[arg(long)]
    write: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut command = shell::cargo();
    command.args(["test", "--quiet", "--locked", "--package", "sealpost-tests", "--test", "tidy"]);
    if arguments.write {
        command.env("SEALPOST_TIDY_WRITE", "1");
    }
    shell::run(&mut command)
}
