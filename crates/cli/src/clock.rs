//! Times for people: in their own time zone, beside the same in UTC, and how long that still is.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use sealpost_agent::Language;

/// Now, in seconds of Unix time, by the clock of this machine.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// RFC 3339 in UTC, such as `2026-11-22T03:12:00Z`.
pub(crate) fn utc(unix: i64) -> String {
    moment(unix).to_string()
}

/// The local time with its distance from UTC, then the same in UTC.
pub(crate) fn local_and_utc(unix: i64, language: Language) -> String {
    in_zone(unix, TimeZone::system(), language)
}

/// The local date and time without a zone, for lists.
pub(crate) fn short(unix: i64) -> String {
    moment(unix).to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn in_zone(unix: i64, zone: TimeZone, language: Language) -> String {
    let there = moment(unix).to_zoned(zone);
    let local = match language {
        Language::English => {
            format!(
                "{} {} {}",
                there.day(),
                MONTHS[month_index(&there)].0,
                there.strftime("%Y, %H:%M:%S")
            )
        }
        Language::German => {
            format!(
                "{}. {} {} Uhr",
                there.day(),
                MONTHS[month_index(&there)].1,
                there.strftime("%Y, %H:%M:%S")
            )
        }
    };
    format!("{local} (UTC{}) = {}", there.strftime("%:z"), utc(unix))
}

/// How long from `now` until `then` in the two largest units; `None` if it is over.
pub(crate) fn remaining(then: i64, now: i64, language: Language) -> Option<String> {
    // The deadline's own second still counts.
    let seconds = then.checked_sub(now).filter(|left| *left >= 0)?;
    let (first, rest) = largest_unit(seconds, language);
    let Some((second, _)) = rest.map(|rest| largest_unit(rest, language)) else {
        return Some(first);
    };
    let and = match language {
        Language::English => "and",
        Language::German => "und",
    };
    Some(format!("{first} {and} {second}"))
}

/// The largest unit with its word, and what is left for the next smaller one.
fn largest_unit(seconds: i64, language: Language) -> (String, Option<i64>) {
    let unit = UNITS.iter().find(|unit| seconds >= unit.seconds).unwrap_or(&UNITS[UNITS.len() - 1]);
    let count = seconds / unit.seconds;
    let words = match language {
        Language::English => unit.english,
        Language::German => unit.german,
    };
    let word = if count == 1 { words.0 } else { words.1 };
    let rest = seconds % unit.seconds;
    let next_smaller = UNITS.iter().map(|other| other.seconds).find(|other| *other < unit.seconds);
    (
        format!("{count} {word}"),
        Some(rest).filter(|rest| next_smaller.is_some_and(|next| *rest >= next)),
    )
}

fn moment(unix: i64) -> Timestamp {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(unix.clamp(first, last)).expect("clamped to what a timestamp holds")
}

fn month_index(there: &Zoned) -> usize {
    usize::try_from(there.month() - 1).unwrap_or(0)
}

struct Unit {
    seconds: i64,
    english: (&'static str, &'static str),
    german: (&'static str, &'static str),
}

const UNITS: [Unit; 4] = [
    Unit { seconds: 86_400, english: ("day", "days"), german: ("Tag", "Tage") },
    Unit { seconds: 3_600, english: ("hour", "hours"), german: ("Stunde", "Stunden") },
    Unit { seconds: 60, english: ("minute", "minutes"), german: ("Minute", "Minuten") },
    Unit { seconds: 1, english: ("second", "seconds"), german: ("Sekunde", "Sekunden") },
];

/// English and German.
const MONTHS: [(&str, &str); 12] = [
    ("January", "Januar"),
    ("February", "Februar"),
    ("March", "März"),
    ("April", "April"),
    ("May", "Mai"),
    ("June", "Juni"),
    ("July", "Juli"),
    ("August", "August"),
    ("September", "September"),
    ("October", "Oktober"),
    ("November", "November"),
    ("December", "Dezember"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_locally_and_in_utc() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let unix = 1_795_326_300;
        assert_eq!(utc(unix), "2026-11-22T05:45:00Z");
        assert_eq!(
            in_zone(unix, zone.clone(), Language::English),
            "22 November 2026, 06:45:00 (UTC+01:00) = 2026-11-22T05:45:00Z"
        );
        assert_eq!(
            in_zone(unix, zone, Language::German),
            "22. November 2026, 06:45:00 Uhr (UTC+01:00) = 2026-11-22T05:45:00Z"
        );
    }

    #[test]
    fn what_remains_is_said_in_two_units() {
        let left = |seconds: i64, language| remaining(1_000 + seconds, 1_000, language);
        assert_eq!(left(0, Language::English).unwrap(), "0 seconds");
        assert_eq!(left(1, Language::English).unwrap(), "1 second");
        assert_eq!(left(90, Language::English).unwrap(), "1 minute and 30 seconds");
        assert_eq!(left(86_400, Language::German).unwrap(), "1 Tag");
        assert_eq!(left(2 * 86_400 + 3_700, Language::German).unwrap(), "2 Tage und 1 Stunde");
        assert_eq!(left(86_400 + 59, Language::English).unwrap(), "1 day");
        assert_eq!(left(-1, Language::English), None);
    }

    #[test]
    fn absurd_times_are_no_panic() {
        assert!(utc(i64::MAX).starts_with("9999-"));
        assert!(utc(i64::MIN).starts_with("-009999-"));
        assert_eq!(remaining(i64::MAX, i64::MIN, Language::English), None);
    }
}
