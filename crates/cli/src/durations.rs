//! A deadline as people type it: a span from now, or a moment.

use std::str::FromStr;

use jiff::Timestamp;

/// `14d`, `12h`, `30m`, `20s`, `2w`, or RFC 3339 such as `2026-12-24T18:00:00+01:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeadlineText {
    /// So many seconds from now.
    After {
        /// More than none.
        seconds: i64,
    },
    /// A moment, in seconds of Unix time.
    At {
        /// Seconds of Unix time.
        unix: i64,
    },
}

impl DeadlineText {
    /// The moment in seconds of Unix time, for who reads the text at `now`.
    pub(crate) fn unix(self, now: i64) -> i64 {
        match self {
            Self::After { seconds } => now.saturating_add(seconds),
            Self::At { unix } => unix,
        }
    }
}

impl FromStr for DeadlineText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match span(text) {
            Some(Span::Seconds(seconds)) => Ok(Self::After { seconds }),
            Some(Span::None) => Err("a deadline lies at least one second ahead".into()),
            Some(Span::TooLong) => Err("a deadline lies at most ten years ahead".into()),
            None => moment(text),
        }
    }
}

enum Span {
    Seconds(i64),
    None,
    TooLong,
}

/// Digits and one letter; `None` if the text has another form.
fn span(text: &str) -> Option<Span> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    let seconds_each: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse::<i64>().ok().and_then(|number| number.checked_mul(seconds_each));
    Some(match seconds {
        Some(0) => Span::None,
        Some(seconds) if seconds <= SECONDS_MAX => Span::Seconds(seconds),
        _ => Span::TooLong,
    })
}

/// RFC 3339 in whole seconds: it must name its zone, and a fraction could not be kept.
fn moment(text: &str) -> Result<DeadlineText, String> {
    let form = "write 14d, 12h, 30m or 20s, or a moment such as 2026-12-24T18:00:00+01:00";
    let has_date_and_time = text.as_bytes().get(10).is_some_and(|b| matches!(b, b'T' | b't'));
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"-+:.TtZz".contains(&b));
    let read: Timestamp =
        text.parse().ok().filter(|_| has_date_and_time && plain).ok_or_else(|| form.to_owned())?;
    if read.subsec_nanosecond() != 0 {
        return Err("a deadline has whole seconds".into());
    }
    Ok(DeadlineText::At { unix: read.as_second() })
}

/// Seconds; ten years. What is longer is a slip of the finger.
const SECONDS_MAX: i64 = 10 * 366 * 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    fn unix(text: &str) -> Result<i64, String> {
        text.parse::<DeadlineText>().map(|deadline| deadline.unix(1_000))
    }

    #[test]
    fn spans_count_from_now() {
        assert_eq!(unix("20s"), Ok(1_020));
        assert_eq!(unix("30m"), Ok(1_000 + 1_800));
        assert_eq!(unix("12h"), Ok(1_000 + 43_200));
        assert_eq!(unix("14d"), Ok(1_000 + 1_209_600));
        assert_eq!(unix("2w"), unix("14d"));
    }

    #[test]
    fn moments_are_read_with_their_zone() {
        assert_eq!(unix("1970-01-02T00:00:00Z"), Ok(86_400));
        assert_eq!(unix("1970-01-02T01:00:00+01:00"), Ok(86_400));
        assert_eq!(unix("2026-12-24T18:00:00+01:00"), unix("2026-12-24T17:00:00Z"));
    }

    #[test]
    fn what_is_no_deadline_is_refused_with_its_reason() {
        for text in [
            "",
            "d",
            "14",
            "14 d",
            "-1d",
            "1.5d",
            "14D",
            "soon",
            "2026-12-24",
            "2026-12-24T18:00:00",
        ] {
            assert!(unix(text).unwrap_err().contains("14d"), "{text}");
        }
        assert!(unix("0s").unwrap_err().contains("one second"));
        assert!(unix("999999999999w").unwrap_err().contains("ten years"));
        assert!(unix("99999999999999999999d").unwrap_err().contains("ten years"));
        assert!(unix("2026-12-24T18:00:00.5Z").unwrap_err().contains("whole seconds"));
        assert!(unix("2026-12-24T18:00:00+01:00[Europe/Berlin]").is_err());
    }
}
