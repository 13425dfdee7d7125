//! The only place of the command line that prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::keys::KeysError;
use crate::quickstart::QuickstartError;
use crate::serve::ServeError;
use crate::store::StoreError;

/// How a verb ended that did not meet a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// The answer is no.
    No,
}

impl Outcome {
    pub(super) fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::No => 1,
        })
    }
}

/// What went wrong (with its causes), under which stable code, and what to do.
pub(super) struct Complaint {
    code: &'static str,
    what: String,
    advice: String,
}

impl Complaint {
    pub(super) fn new(code: &'static str, error: &dyn Error, advice: impl Into<String>) -> Self {
        let mut what = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            what.push_str(": ");
            what.push_str(&error.to_string());
            cause = error.source();
        }
        Self { code, what, advice: advice.into() }
    }

    pub(super) fn plain(
        code: &'static str,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { code, what: what.into(), advice: advice.into() }
    }
}

impl From<ConfigError> for Complaint {
    fn from(error: ConfigError) -> Self {
        Self::new(error.code(), &error, error.advice())
    }
}

impl From<KeysError> for Complaint {
    fn from(error: KeysError) -> Self {
        Self::new(error.code(), &error, error.advice())
    }
}

impl From<QuickstartError> for Complaint {
    fn from(error: QuickstartError) -> Self {
        Self::new(error.code(), &error, error.advice())
    }
}

impl From<ServeError> for Complaint {
    fn from(error: ServeError) -> Self {
        Self::new(error.code(), &error, error.advice())
    }
}

impl From<StoreError> for Complaint {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), &error, "Look at the data folder's disk, owner and free space.")
    }
}

/// Prints a result. A reader that has gone away is no fault.
pub(super) fn result(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Says something that is not the result.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Says what is wrong and what to do.
pub(super) fn complain(complaint: &Complaint) {
    note(&format!("error: {} [{}]", complaint.what, complaint.code));
    note(&format!("  do: {}", complaint.advice));
}

/// The same, as the end of the process.
pub(super) fn fault(complaint: &Complaint) -> ExitCode {
    complain(complaint);
    ExitCode::from(2)
}
