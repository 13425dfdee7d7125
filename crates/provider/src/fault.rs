//! Death on demand: the test of "killed at every commit step".
//!
//! `SEALPOST_ABORT_AT="submission.committed"` (or `"submission.committed:3"` for the third time)
//! makes a debug build kill itself with SIGKILL when that step is reached: no destructor runs, no
//! buffer is flushed, exactly as when the power fails. A release build contains none of this.

/// Every transition and the steps at which it can be made to die, in their order: for tests that
/// try each. `in-transaction` and `committed` are the writer's.
pub const POINTS: &[(&str, &[&str])] = &[
    ("object", &["after-blob", "in-transaction", "committed"]),
    ("object-in", &["after-blob", "in-transaction", "committed"]),
    ("submission", &["after-blob", "after-sign", "in-transaction", "committed"]),
    ("relay-out", &["after-sign", "in-transaction", "committed"]),
    ("relay-in", &["after-blob", "after-sign", "in-transaction", "committed"]),
    ("receipt-out", &["after-sign", "in-transaction", "committed"]),
    ("receipt-in", &["after-sign", "in-transaction", "committed"]),
    ("acceptance", &["after-sign", "in-transaction", "committed"]),
    ("refusal", &["after-sign", "in-transaction", "committed"]),
    ("handover", &["after-sign", "in-transaction", "committed"]),
    ("expiry", &["after-sign", "in-transaction", "committed"]),
    ("renewal", &["in-transaction", "committed"]),
    ("renewal-confirmation", &["in-transaction", "committed"]),
    ("retention", &["in-transaction", "committed", "purged"]),
];

/// Says that `step` of `transition` has been reached.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn reached(_transition: &'static str, _step: &'static str) {}

/// Says that `step` of `transition` has been reached. Does not return if the test wants to see
/// the process die here.
#[cfg(debug_assertions)]
pub fn reached(transition: &'static str, step: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: OnceLock<Option<Wanted>> = OnceLock::new();
    static SEEN: AtomicU64 = AtomicU64::new(0);

    let Some(wanted) = WANTED.get_or_init(|| {
        std::env::var("SEALPOST_ABORT_AT").ok().and_then(|text| Wanted::parse(&text))
    }) else {
        return;
    };
    if wanted.transition != transition || wanted.step != step {
        return;
    }
    if SEEN.fetch_add(1, Ordering::SeqCst) + 1 == wanted.time {
        die();
    }
}

#[cfg(debug_assertions)]
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    transition: String,
    step: String,
    /// Counted from one.
    time: u64,
}

#[cfg(debug_assertions)]
impl Wanted {
    fn parse(text: &str) -> Option<Self> {
        let (point, time) = match text.split_once(':') {
            Some((point, time)) => (point, time.parse().ok()?),
            None => (text, 1),
        };
        let (transition, step) = point.split_once('.')?;
        Some(Self { transition: transition.to_owned(), step: step.to_owned(), time })
    }
}

#[cfg(debug_assertions)]
fn die() -> ! {
    // SIGKILL cannot be refused for the own process; the loop is for the type.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::Wanted;

    #[test]
    fn a_point_is_transition_step_and_count() {
        let third = Wanted::parse("submission.committed:3").unwrap();
        assert_eq!(
            (third.transition.as_str(), third.step.as_str(), third.time),
            ("submission", "committed", 3)
        );
        assert_eq!(Wanted::parse("relay.in-transaction").unwrap().time, 1);
        assert_eq!(Wanted::parse("nonsense"), None);
    }
}
