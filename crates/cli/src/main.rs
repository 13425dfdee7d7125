//! The binary `sealpost`: registered mail from the command line. Everything is in the library, so
//! that tests reach it; this file never does more than hand over the arguments.

use std::process::ExitCode;

fn main() -> ExitCode {
    sealpost_cli::run(std::env::args_os().collect())
}
