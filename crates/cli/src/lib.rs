//! The command line `sealpost`: what a person types becomes a question to the agent, and the
//! agent's answer becomes text or JSON.
//!
//! - A result goes to stdout, once and whole; everything else goes to stderr. [`printer`] is the
//!   only place that writes to either.
//! - Text that others chose is printed through [`shown`] alone, so that it cannot steer a terminal.
//! - Never: a prompt outside a terminal, a PIN in an argument or in the environment, a decision
//!   that nobody confirmed.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod arguments;
mod clock;
mod desk;
mod documents;
mod durations;
mod exit;
mod failure;
mod files;
mod fingerprint;
mod letter_name;
mod limits;
mod page;
mod pin;
mod printer;
mod progress;
mod question;
mod shown;
mod texts;
mod verbs;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::Understood;
use exit::Exit;
use printer::Printer;

/// Does what the arguments (the program's own name first) say, and returns the exit code.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let manners = arguments::manners(&arguments);
    let printer = Printer::new(manners);
    let exit = match arguments::understand(arguments) {
        Understood::Command(command) => verbs::perform(*command, &printer),
        Understood::Help(text) => Ok(printer::Answer::help(text)),
        Understood::Refused(failure) => Err(failure),
    };
    let exit = match exit.and_then(|answer| printer.answer(answer)) {
        Ok(exit) => exit,
        Err(failure) => printer.failure(&failure),
    };
    exit.into()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
