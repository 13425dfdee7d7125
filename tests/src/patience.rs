//! Waiting for what other processes do.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long anything may take. Generous: the machine may be busy elsewhere, and what takes longer
/// than this does not come at all.
const PATIENCE: Duration = Duration::from_secs(90);

/// Between two attempts. Each starts a process or two.
const PAUSE: Duration = Duration::from_millis(200);

/// Repeats until there is an answer.
///
/// # Panics
/// If there is none after a minute and a half.
#[track_caller]
pub fn until<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(PAUSE);
    }
}
