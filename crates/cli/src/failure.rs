//! Why a command ended without a verdict: what happened and what to do, in the user's language.
//!
//! The stable words are the same in text, in JSON and in documents. Other than the agent's errors,
//! these name the file they are about: they are printed for who typed that name, and never logged.

mod english;
mod german;

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use sealpost_agent::ciphers::CipherView;
use sealpost_agent::{AgentError, Fault, Language};

/// What was tried with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileAct {
    /// Reading it.
    Read,
    /// Writing it.
    Write,
}

/// A failed command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The agent's.
    Agent(AgentError),
    /// The user's: what should be an address is none.
    Address {
        /// What was typed.
        text: String,
    },
    /// The user's: a decision needs a confirmation, and nobody can be asked.
    ConfirmationNeeded,
    /// The user's: the deadline is not ahead.
    DeadlinePast,
    /// The user's: he was asked and did not say yes.
    Declined,
    /// The user's: a file would be overwritten.
    FileExists {
        /// Which.
        path: PathBuf,
    },
    /// The user's: a file is larger than it may be.
    FileTooLarge {
        /// Which.
        path: PathBuf,
        /// Octets at most.
        octets_max: u64,
    },
    /// The user's: a name that a letter cannot carry.
    FileName {
        /// Which file.
        path: PathBuf,
    },
    /// The user's: what should be an invitation is none.
    Invitation,
    /// The user's: a file must be UTF-8 text and is not.
    NotText {
        /// Which; none for stdin.
        path: Option<PathBuf>,
    },
    /// The user's: options that do not go together, beyond what clap knows.
    Options {
        /// Which contradiction.
        conflict: Conflict,
    },
    /// The user's: the first line of a secret's file is empty.
    SecretEmpty {
        /// Which file.
        path: PathBuf,
    },
    /// The user's: a PIN or passphrase is needed, and nobody can be asked.
    SecretNeeded {
        /// The option that would give it.
        option: &'static str,
    },
    /// The user's: no certificates where trust anchors should be.
    TrustEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// The user's: a certificate to be trusted does not read.
    TrustUnreadable {
        /// The file.
        path: PathBuf,
    },
    /// The user's: arguments that make no sense.
    Usage(Misuse),
    /// The machine's: a file could not be read or written.
    File {
        /// What was tried.
        act: FileAct,
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The machine's: the result could not be written.
    Output(io::Error),
    /// The machine's: the terminal could not be asked.
    Terminal(io::Error),
}

/// Arguments that make no sense.
#[derive(Debug)]
pub(crate) struct Misuse {
    /// What is wrong, in English, in the words of the parser.
    pub(crate) english: String,
    /// What is wrong, in German, as a clause.
    pub(crate) german: String,
    /// How to write it.
    pub(crate) usage: String,
    /// What was probably meant.
    pub(crate) guess: Option<String>,
}

/// Options that do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// A deadline, where nothing is accepted.
    BasicWithDeadline,
    /// Something shown before acceptance, where nothing is accepted.
    BasicWithShow,
    /// No time-stamp, where acceptance needs one.
    ConsentWithoutTimeStamp,
}

impl Failure {
    /// Arguments that make no sense, in English and German, and how to write them.
    pub(crate) fn usage(english: &str, german: &str, usage: &str) -> Self {
        Self::Usage(Misuse {
            english: english.to_owned(),
            german: german.to_owned(),
            usage: usage.to_owned(),
            guess: None,
        })
    }

    /// A fault of reading a file.
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { act: FileAct::Read, path: path.to_owned(), source }
    }

    /// A fault of writing a file; one that is there already is a case of its own.
    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::AlreadyExists => Self::FileExists { path: path.to_owned() },
            _ => Self::File { act: FileAct::Write, path: path.to_owned(), source },
        }
    }

    /// The stable word.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Agent(error) => error.code(),
            Self::Address { .. } => "address-malformed",
            Self::ConfirmationNeeded => "confirmation-needed",
            Self::DeadlinePast => "deadline-past",
            Self::Declined => "declined",
            Self::FileExists { .. } => "file-exists",
            Self::FileTooLarge { .. } => "file-too-large",
            Self::FileName { .. } => "file-name-unusable",
            Self::Invitation => "invitation-malformed",
            Self::NotText { .. } => "not-text",
            Self::Options { .. } => "options-conflict",
            Self::SecretEmpty { .. } => "secret-empty",
            Self::SecretNeeded { .. } => "secret-needed",
            Self::TrustEmpty { .. } => "trust-empty",
            Self::TrustUnreadable { .. } => "trust-unreadable",
            Self::Usage(_) => "usage",
            Self::File { act, source, .. } => match (source.kind(), act) {
                (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded, _) => "disk-full",
                (io::ErrorKind::NotFound, FileAct::Read) => "file-missing",
                (io::ErrorKind::PermissionDenied, _) => "permission-denied",
                (_, FileAct::Read) => "file-unreadable",
                (_, FileAct::Write) => "file-unwritable",
            },
            Self::Output(_) => "output-failed",
            Self::Terminal(_) => "terminal-failed",
        }
    }

    /// The code of the provider that refused, and why a signature is not believed.
    pub(crate) fn particulars(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Agent(error) => (error.provider_code(), error.sub_indication()),
            _ => (None, None),
        }
    }

    /// The plug-in that a letter needs and that is not installed.
    pub(crate) fn missing_cipher(&self) -> Option<CipherView> {
        match self {
            Self::Agent(error) => error.missing_cipher(),
            _ => None,
        }
    }

    /// Whose fault it is, as one word.
    pub(crate) fn fault(&self) -> &'static str {
        match self {
            Self::Agent(error) => fault_word(error.fault()),
            Self::File { .. } | Self::Output(_) | Self::Terminal(_) => "machine",
            _ => "user",
        }
    }

    /// What happened, as a sentence.
    pub(crate) fn message(&self, language: Language) -> String {
        self.sentences(language).0
    }

    /// What to do now, as a sentence.
    pub(crate) fn remedy(&self, language: Language) -> String {
        self.sentences(language).1
    }

    fn sentences(&self, language: Language) -> (String, String) {
        match (self, language) {
            (Self::Agent(error), _) => (error.message(language), error.remedy(language).to_owned()),
            (_, Language::English) => english::sentences(self),
            (_, Language::German) => german::sentences(self),
        }
    }
}

fn fault_word(fault: Fault) -> &'static str {
    match fault {
        Fault::User => "user",
        Fault::Machine => "machine",
        Fault::Provider => "provider",
        Fault::Program => "program",
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Agent(error) => Some(error),
            Self::File { source, .. } | Self::Output(source) | Self::Terminal(source) => {
                Some(source)
            }
            _ => None,
        }
    }
}

impl<E: Into<AgentError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Agent(error.into())
    }
}

#[cfg(test)]
mod tests;
