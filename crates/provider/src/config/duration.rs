//! Spans of time as an operator writes them: a whole number and one of s, m, h, d.

use std::time::Duration;

/// `"72h"` and the like.
pub fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds_per_unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        _ => return None,
    };
    let number = &text[..text.len() - 1];
    // u64::from_str takes a leading plus; we do not.
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = number.parse::<u64>().ok()?.checked_mul(seconds_per_unit)?;
    (seconds <= SECONDS_MAX).then(|| Duration::from_secs(seconds))
}

/// Ten years: longer spans are slips of the keyboard.
const SECONDS_MAX: u64 = 10 * 366 * 24 * 3600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_a_unit_are_durations_and_nothing_else_is() {
        assert_eq!(parse("2s"), Some(Duration::from_secs(2)));
        assert_eq!(parse("10m"), Some(Duration::from_secs(600)));
        assert_eq!(parse("72h"), Some(Duration::from_secs(72 * 3600)));
        assert_eq!(parse("14d"), Some(Duration::from_secs(14 * 86400)));
        for wrong in [
            "",
            "s",
            "5",
            "5x",
            "+5s",
            "-5s",
            "5 s",
            "1.5h",
            "4000d",
            "99999999999999999999s",
            "5µ",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
