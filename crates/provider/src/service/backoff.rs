//! How long to wait before the next try: twice as long each time, up to a bound, and by chance
//! somewhere in between, so that a provider that comes back is not met by everybody at once.

use std::time::Duration;

use crate::config::Span;

/// The pause after `tries` tries in vain (the one just made included). `chance` is uniform over
/// all 64-bit numbers; `asked` is what the other side asked for (Retry-After).
pub fn pause(tries: u32, span: Span, asked: Option<Duration>, chance: u64) -> Duration {
    let doublings = tries.saturating_sub(1).min(DOUBLINGS_MAX);
    let longest = span.min.saturating_mul(1 << doublings).min(span.max);
    let spread = longest.saturating_sub(span.min);
    let millis = u64::try_from(spread.as_millis()).unwrap_or(u64::MAX - 1);
    let jittered = span.min + Duration::from_millis(chance % (millis + 1));
    // Asked for more: we wait. But nobody can park a letter until its time is over.
    jittered.max(asked.unwrap_or_default().min(span.max))
}

/// Whole seconds from now, rounded up: the database counts in seconds.
pub fn seconds(pause: Duration) -> i64 {
    let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
    i64::try_from(seconds).unwrap_or(i64::MAX / 2)
}

/// 2^20 times the first pause is past any bound an operator may set.
const DOUBLINGS_MAX: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span { min: Duration::from_secs(2), max: Duration::from_secs(900) };

    #[test]
    fn the_pause_doubles_up_to_its_bound_and_is_spread_by_chance() {
        assert_eq!(pause(1, SPAN, None, u64::MAX), Duration::from_secs(2));
        assert_eq!(pause(2, SPAN, None, 0), Duration::from_secs(2));
        assert_eq!(pause(2, SPAN, None, 2_000), Duration::from_secs(4));
        for tries in 1..100 {
            for chance in [0, 1, 77_777_777, u64::MAX] {
                let pause = pause(tries, SPAN, None, chance);
                assert!(pause >= SPAN.min && pause <= SPAN.max, "{tries} {pause:?}");
            }
        }
    }

    #[test]
    fn what_the_other_side_asks_for_counts_within_the_bound() {
        assert_eq!(pause(1, SPAN, Some(Duration::from_secs(30)), 0), Duration::from_secs(30));
        assert_eq!(pause(1, SPAN, Some(Duration::from_secs(86_400)), 0), SPAN.max);
    }

    #[test]
    fn parts_of_a_second_round_up() {
        assert_eq!(seconds(Duration::from_millis(2_001)), 3);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
    }
}
