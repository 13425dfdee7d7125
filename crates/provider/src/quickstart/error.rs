//! Why quickstart stopped, sorted by whose matter it is.

use std::fmt;
use std::io;
use std::path::PathBuf;

use sealpost_cms::issue::IssueError;

use crate::config::ConfigError;
use crate::keys::KeysError;
use crate::store::StoreError;

/// Why quickstart stopped. What it had written by then stays and is kept by the next run.
#[derive(Debug)]
#[non_exhaustive]
pub enum QuickstartError {
    /// The operator's: this is no domain.
    NoDomain {
        /// What was given.
        text: String,
    },
    /// The operator's: the folder belongs to another domain.
    OtherDomain {
        /// The folder.
        folder: PathBuf,
        /// Its domain.
        is: String,
    },
    /// The operator's: the root is there, its key is not.
    RootKeyMissing {
        /// Where the key should be.
        path: PathBuf,
    },
    /// The configuration that is there, or would be written, is wrong.
    Config(ConfigError),
    /// The keys that are there cannot be used.
    Keys(KeysError),
    /// No certificate can be issued with these names.
    Issue(IssueError),
    /// The machine's: a file cannot be written.
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Ours, or the disk's: the database.
    Store(StoreError),
}

impl QuickstartError {
    /// Stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoDomain { .. } => "no-domain",
            Self::OtherDomain { .. } => "other-domain",
            Self::RootKeyMissing { .. } => "root-key-missing",
            Self::Config(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::Issue(error) => error.code(),
            Self::Write { .. } => "not-written",
            Self::Store(error) => error.code(),
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::NoDomain { .. } => "Write a name with at least two labels, such as north.example.".into(),
            Self::OtherDomain { .. } => "Choose another folder: one provider serves one domain.".into(),
            Self::RootKeyMissing { .. } => "Restore the key from your backup. Quickstart never makes a second root: every peer and every evidence relies on the first.".into(),
            Self::Config(error) => error.advice(),
            Self::Keys(error) => error.advice(),
            Self::Issue(_) => "Give a shorter --organisation without control characters.".into(),
            Self::Write { .. } => "Look at the folder's owner and at the free space, then run the same command again.".into(),
            Self::Store(_) => "Look at the folder's owner and at the free space; is another process using the database?".into(),
        }
    }
}

impl fmt::Display for QuickstartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDomain { text } => write!(f, "{text:?} is no domain name"),
            Self::OtherDomain { folder, is } => {
                write!(f, "{} belongs to the domain {is}", folder.display())
            }
            Self::RootKeyMissing { path } => {
                write!(f, "the root's certificate is there, but its key {} is not", path.display())
            }
            Self::Config(error) => error.fmt(f),
            Self::Keys(error) => error.fmt(f),
            Self::Issue(_) => f.write_str("no certificate can be issued"),
            Self::Write { path, .. } => write!(f, "{} cannot be written", path.display()),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for QuickstartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Config(error) => error.source(),
            Self::Keys(error) => error.source(),
            Self::Issue(error) => Some(error),
            Self::Write { source, .. } => Some(source),
            Self::Store(error) => error.source(),
            _ => None,
        }
    }
}

impl From<ConfigError> for QuickstartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<KeysError> for QuickstartError {
    fn from(error: KeysError) -> Self {
        Self::Keys(error)
    }
}

impl From<IssueError> for QuickstartError {
    fn from(error: IssueError) -> Self {
        Self::Issue(error)
    }
}

impl From<StoreError> for QuickstartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
