//! `cargo xtask interop`: the matrix of interoperability alone, and its page.

use crate::{peers, setup, shell};
use anyhow::Result;

/// Who reads whom: tries everything with every foreign program.
#[derive(clap::Args)]
pub struct Arguments {
    /// Writes what came of it into `docs/interoperability.md` instead of judging the page.
    #[arg(long)]
    write: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    setup::foreign_programs()?;
    peers::set_up()?;
    let mut command = shell::cargo();
    command.args(["test", "--locked", "--package", "sealpost-cms", "--test", "interop"]);
    command.env("SEALPOST_PEERS_DIR", peers::folder());
    if arguments.write {
        command.env("SEALPOST_INTEROP_WRITE", "1");
    }
    shell::run(&mut command)
}
