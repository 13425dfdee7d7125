//! Times that do not compare with each other.
//!
//! A time a time-stamp authority proved, a time somebody claims, our own clock and a deadline mean
//! four different things, so they are four types. Only [`ProvenTime`] can be held against a
//! [`Deadline`]. All count whole seconds of Unix time; nothing here reads a clock.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A text that is no RFC 3339 time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATime;

impl NotATime {
    /// Stable word for API, documents and translations.
    pub const fn code(&self) -> &'static str {
        "not-a-time"
    }
}

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no RFC 3339 time in whole seconds")
    }
}

impl core::error::Error for NotATime {}

macro_rules! unix_seconds {
    ($name:ident) => {
        impl $name {
            /// Seconds since 1970-01-01T00:00:00Z.
            pub const fn unix(self) -> i64 {
                self.0
            }

            /// As RFC 3339 text in UTC, such as `2026-11-22T03:12:00Z`.
            pub fn rfc3339(self) -> String {
                format_rfc3339(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.rfc3339())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.rfc3339())
            }
        }
    };
}

macro_rules! unix_seconds_anybody_may_name {
    ($name:ident) => {
        impl $name {
            /// From seconds since 1970-01-01T00:00:00Z, held inside the years 0000 to 9999 that
            /// RFC 3339 can write.
            pub const fn from_unix(seconds: i64) -> Self {
                Self(clamp(seconds))
            }

            /// From RFC 3339 text. Fractions of a second are refused, not rounded: rounding
            /// would move a time across a deadline.
            pub fn parse_rfc3339(text: &str) -> Result<Self, NotATime> {
                parse_rfc3339(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse_rfc3339(&text).map_err(de::Error::custom)
            }
        }
    };
}

/// A time that a verified time-stamp token proves: the signature existed then.
///
/// There is no public constructor and no `Deserialize`; verification of a token makes it.
///
/// ```compile_fail,E0308
/// // A claim is not a proof, and does not compare with one.
/// fn later(a: sealpost_cms::time::ProvenTime, b: sealpost_cms::time::ClaimedTime) -> bool { a > b }
/// ```
/// ```
/// fn later(a: sealpost_cms::time::ProvenTime, b: sealpost_cms::time::ProvenTime) -> bool { a > b }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvenTime(i64);
unix_seconds!(ProvenTime);

impl ProvenTime {
    /// Only the verification of a time-stamp token may call this.
    pub(crate) const fn from_verified_token(seconds: i64) -> Self {
        Self(clamp(seconds))
    }

    /// Whether the deadline had passed. The deadline's own second still counts as in time.
    pub fn is_after(self, deadline: Deadline) -> bool {
        self.0 > deadline.0
    }
}

/// A time that somebody wrote down, such as the signing-time attribute (RFC 5652 §11.3).
///
/// Deadlines do not take it:
/// ```compile_fail,E0599
/// # use sealpost_cms::time::{ClaimedTime, Deadline};
/// fn late(t: ClaimedTime, d: Deadline) -> bool { t.is_after(d) }
/// ```
/// ```
/// # use sealpost_cms::time::{ProvenTime, Deadline};
/// fn late(t: ProvenTime, d: Deadline) -> bool { t.is_after(d) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimedTime(i64);
unix_seconds!(ClaimedTime);
unix_seconds_anybody_may_name!(ClaimedTime);

/// The clock of the machine that asks. Good for "now", never for evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(i64);
unix_seconds!(LocalTime);
unix_seconds_anybody_may_name!(LocalTime);

/// The last second in which an act still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(i64);
unix_seconds!(Deadline);
unix_seconds_anybody_may_name!(Deadline);

pub(crate) fn format_rfc3339(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(clamp(seconds))
        .expect("clamped to years the calendar knows")
        .format(&Rfc3339)
        .expect("clamped to years RFC 3339 can write")
}

fn parse_rfc3339(text: &str) -> Result<i64, NotATime> {
    // A time is at most "9999-12-31T23:59:59+00:00": longer text is refused before it is read.
    if text.len() > TEXT_OCTETS_MAX {
        return Err(NotATime);
    }
    let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATime)?;
    let moment = moment.checked_to_offset(UtcOffset::UTC).ok_or(NotATime)?;
    if moment.nanosecond() != 0 || clamp(moment.unix_timestamp()) != moment.unix_timestamp() {
        return Err(NotATime);
    }
    Ok(moment.unix_timestamp())
}

const fn clamp(seconds: i64) -> i64 {
    if seconds < YEAR_0000 {
        YEAR_0000
    } else if seconds > YEAR_9999 {
        YEAR_9999
    } else {
        seconds
    }
}

const TEXT_OCTETS_MAX: usize = 40;
const YEAR_0000: i64 = -62_167_219_200;
const YEAR_9999: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_text_returns_to_the_same_second() {
        let time = LocalTime::parse_rfc3339("2026-11-22T03:12:00Z").unwrap();
        assert_eq!(time.unix(), 1_795_317_120);
        assert_eq!(time.rfc3339(), "2026-11-22T03:12:00Z");
        let offset = Deadline::parse_rfc3339("2026-11-22T04:12:00+01:00").unwrap();
        assert_eq!(offset.rfc3339(), "2026-11-22T03:12:00Z");
    }

    #[test]
    fn fractions_and_long_texts_are_refused() {
        assert!(Deadline::parse_rfc3339("2026-11-22T03:12:00.5Z").is_err());
        assert!(Deadline::parse_rfc3339("2026-11-22").is_err());
        assert!(Deadline::parse_rfc3339(&"2".repeat(1000)).is_err());
    }

    #[test]
    fn extreme_seconds_still_have_a_text() {
        assert_eq!(LocalTime::from_unix(i64::MAX).rfc3339(), "9999-12-31T23:59:59Z");
        assert_eq!(LocalTime::from_unix(i64::MIN).rfc3339(), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn the_second_of_the_deadline_is_in_time() {
        let deadline = Deadline::from_unix(100);
        assert!(!ProvenTime::from_verified_token(100).is_after(deadline));
        assert!(ProvenTime::from_verified_token(101).is_after(deadline));
    }
}
