//! Why the store could not do what it was asked, sorted by whose matter it is.

use std::fmt;
use std::path::PathBuf;

/// No verdict was reached: nothing was written, nothing was answered. All of them are ours.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Too many operations wait already; the caller may try again.
    Busy,
    /// The disk is full; nothing of the operation was done.
    Full,
    /// The provider is shutting down.
    Stopping,
    /// The database was written by a newer release.
    TooNew {
        /// The migration the database has reached.
        found: u32,
        /// The last migration this release knows.
        known: u32,
    },
    /// The database could not be opened.
    Open {
        /// Where it was looked for.
        path: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A statement failed: our program is at fault, or the disk is.
    Statement(rusqlite::Error),
    /// An operation panicked or broke a constraint; it was rolled back. Our program is at fault.
    Unexpected,
}

impl StoreError {
    /// Stable word for API, log and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Full => "storage-full",
            Self::Stopping => "stopping",
            Self::TooNew { .. } => "store-too-new",
            Self::Open { .. } => "store-not-open",
            Self::Statement(_) => "store-failed",
            Self::Unexpected => "store-unexpected",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Statement(error) }
    }
}

/// SQLITE_FULL: SQLite reports ENOSPC and its own page limit by this one code. A used-up quota
/// (EDQUOT) it reports as any fault of the disk.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("too many operations wait for the database; try again"),
            Self::Full => f.write_str("the disk is full; nothing was stored"),
            Self::Stopping => f.write_str("the provider is shutting down"),
            Self::TooNew { found, known } => write!(
                f,
                "the database is at migration {found}, this release knows {known}; use the newer release"
            ),
            Self::Open { path, .. } => {
                write!(f, "the database {} cannot be opened", path.display())
            }
            Self::Statement(_) => f.write_str("the database failed"),
            Self::Unexpected => f.write_str("a database operation failed unexpectedly"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open { source, .. } => Some(source.as_ref()),
            Self::Statement(source) => Some(source),
            _ => None,
        }
    }
}
