//! What results look like: the fields of the JSON documents (docs/json.md), and the same as text.
//!
//! These types are ours alone, so that the documented schemas change only on purpose. They hold
//! user text; none implements `Display`, and text is made of them on a [`crate::page::Page`].

pub(crate) mod ciphers;
pub(crate) mod evidence;
pub(crate) mod handed_in;
pub(crate) mod identity;
pub(crate) mod inbox;
pub(crate) mod letter;
pub(crate) mod outgoing;
pub(crate) mod small;
pub(crate) mod suites;
pub(crate) mod trust;

use sealpost_agent::Language;
use serde::{Serialize, Serializer};

use crate::clock;

/// A time in whole seconds; RFC 3339 in UTC in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// Local time and UTC.
    pub(crate) fn in_full(self, language: Language) -> String {
        clock::local_and_utc(self.0, language)
    }

    /// Local date and time, to the minute.
    pub(crate) fn short(self) -> String {
        clock::short(self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&clock::utc(self.0))
    }
}

/// Someone with an address, and what is known besides.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Person {
    pub(crate) address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// `low`, `substantial` or `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assurance: Option<&'static str>,
}

impl Person {
    /// Name and address, or what there is of it.
    pub(crate) fn in_full(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} <{}>", self.address),
            None => self.address.clone(),
        }
    }
}

/// A result in the terms of EN 319 102-1.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    /// `TOTAL-PASSED`, `INDETERMINATE` or `TOTAL-FAILED`.
    pub(crate) indication: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_indication: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

impl Verdict {
    /// The words of the standard in one line.
    pub(crate) fn words(&self) -> String {
        let mut words = self.indication.to_owned();
        if let Some(sub) = self.sub_indication {
            words.push_str(&format!(" ({sub})"));
        }
        if let Some(detail) = &self.detail {
            words.push_str(&format!(": {detail}"));
        }
        words
    }
}

/// A size for people: three digits and a unit of 1000, or octets below that.
pub(crate) fn size(octets: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if octets < 1000 {
        return format!("{octets} B");
    }
    let mut thousands = octets;
    let mut unit = 0;
    while thousands >= 1_000_000 && unit + 1 < UNITS.len() {
        thousands /= 1000;
        unit += 1;
    }
    let (whole, tenth) = (thousands / 1000, thousands % 1000 / 100);
    match whole {
        0..=9 => format!("{whole}.{tenth} {}", UNITS[unit]),
        _ => format!("{whole} {}", UNITS[unit]),
    }
}

/// The first digits of an identifier, as people type them.
pub(crate) fn brief(id: &str) -> String {
    id.chars().take(BRIEF_DIGITS).collect()
}

/// Digits; four would do for few letters, eight still do for many.
const BRIEF_DIGITS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_and_never_zero() {
        let sizes = [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (10_240, "10 kB")];
        for (octets, text) in sizes {
            assert_eq!(size(octets), text);
        }
        assert_eq!(size(999_999), "999 kB");
        assert_eq!(size(1_500_000), "1.5 MB");
        assert_eq!(size(60 * 1024 * 1024), "62 MB");
        assert!(size(u64::MAX).ends_with(" TB"));
    }

    #[test]
    fn a_verdict_is_one_line() {
        let verdict = Verdict {
            indication: "INDETERMINATE",
            sub_indication: Some("TRY_LATER"),
            detail: Some("no list".into()),
        };
        assert_eq!(verdict.words(), "INDETERMINATE (TRY_LATER): no list");
    }
}
