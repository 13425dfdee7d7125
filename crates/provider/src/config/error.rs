//! What is wrong with a configuration: where it stands, whose fault it is, what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// Why there is no configuration, sorted by whose matter it is.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file says something that cannot be meant.
    Value {
        /// The file.
        path: PathBuf,
        /// Line, counted from one, if the key stands in the file.
        line: Option<usize>,
        /// `table.key`, or `peer[0].root`.
        key: String,
        /// What is wrong.
        what: String,
        /// What to do.
        advice: String,
    },
    /// The file is not TOML, or has a name we do not know.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, counted from one.
        line: usize,
        /// What the parser says.
        what: String,
    },
    /// The file cannot be read: a matter of the machine.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl ConfigError {
    /// Stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Value { .. } => "config-value",
            Self::Syntax { .. } => "config-syntax",
            Self::Unreadable { .. } => "config-unreadable",
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Value { advice, .. } => advice.clone(),
            Self::Syntax { .. } => "Correct the line; quickstart in an empty folder prints a file with every name explained.".to_owned(),
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "Name the file with --config, or make one with `sealpost-provider quickstart DOMAIN --dir DIR`.".to_owned()
            }
            Self::Unreadable { .. } => "Let the user that runs the provider read the file.".to_owned(),
        }
    }

    pub(super) fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        Self::Syntax { path: path.to_path_buf(), line, what: error.message().to_owned() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { path, line: Some(line), key, what, .. } => {
                write!(f, "{}, line {line}: {key} {what}", path.display())
            }
            Self::Value { path, line: None, key, what, .. } => {
                write!(f, "{}: {key} {what}", path.display())
            }
            Self::Syntax { path, line, what } => {
                write!(f, "{}, line {line}: {what}", path.display())
            }
            Self::Unreadable { path, .. } => write!(f, "{} cannot be read", path.display()),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Finds the line of a key such as `deadline.min` or `peer[1].root`, counted from one.
pub(super) fn line_of(text: &str, key: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut steps = key.split('.').peekable();
    while let Some(step) = steps.next() {
        let (name, index) = match step.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (step, None),
        };
        let (found, value) = table.iter().find(|(key, _)| key.get_ref().as_ref() == name)?;
        let last = steps.peek().is_none();
        match (value.get_ref(), index) {
            (DeValue::Array(list), Some(index)) => {
                let item = list.get(index)?;
                if last {
                    return Some(line_at(text, item.span().start));
                }
                table = item.get_ref().as_table()?;
            }
            (DeValue::Table(inner), None) if !last => table = inner,
            _ if last => return Some(line_at(text, found.span().start)),
            _ => return None,
        }
    }
    None
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
}
