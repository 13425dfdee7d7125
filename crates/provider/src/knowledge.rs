//! The knowledge budget: what this provider may hold and say, why, and for how long
//! (docs/knowledge-budget.toml). It is part of the binary, so that `knows` explains what it prints.
//!
//! MUST: nothing is held or said that is not in the budget. The tests below compare it with the
//! schema, the log fields and the metrics. [KNO-001] [KNO-002] [KNO-003]

use std::collections::BTreeMap;

use serde::Deserialize;

/// All groups, in the order in which people want to read them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Each with one reason and one lifetime.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
}

/// What is held for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// For the heading.
    pub title: String,
    /// Of whom it speaks.
    pub about: About,
    /// Why it may be held.
    pub basis: Basis,
    /// The same in a sentence.
    pub why: String,
    /// When it goes.
    pub lifetime: String,
    /// `table.column` and its meaning.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Kinds of files with ciphertext.
    #[serde(default)]
    pub blobs: BTreeMap<String, String>,
    /// Fields of a log line.
    #[serde(default)]
    pub log_fields: BTreeMap<String, String>,
    /// Names of metrics.
    #[serde(default)]
    pub metrics: BTreeMap<String, String>,
    /// Labels of metrics.
    #[serde(default)]
    pub metric_labels: BTreeMap<String, String>,
}

/// Of whom a group speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// Of people.
    People,
    /// Of letters.
    Letters,
    /// Of the provider itself.
    Operation,
}

/// Why something may be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// An evidence of EN 319 522 needs it.
    Event,
    /// The service does not work, or nobody can answer for it, without.
    Duty,
}

impl About {
    /// The word in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Letters => "letters",
            Self::Operation => "operation",
        }
    }
}

impl Basis {
    /// The word in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Duty => "duty",
        }
    }
}

impl Budget {
    /// The budget of this release.
    #[must_use]
    pub fn of_this_release() -> Self {
        toml::from_str(TEXT).expect("a test reads the budget that is compiled in")
    }
}

impl Group {
    /// Whether this group speaks of a column of `table`.
    #[must_use]
    pub fn has_column(&self, table: &str, column: &str) -> bool {
        self.columns.contains_key(&format!("{table}.{column}"))
    }

    /// The tables it speaks of.
    #[must_use]
    pub fn tables(&self) -> Vec<&str> {
        let mut tables: Vec<&str> =
            self.columns.keys().filter_map(|column| column.split('.').next()).collect();
        tables.dedup();
        tables
    }
}

const TEXT: &str = include_str!("../../../docs/knowledge-budget.toml");

#[cfg(test)]
mod tests;
