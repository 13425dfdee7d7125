//! What shows that work goes on: only on a terminal, and only when it takes more than a second.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sealpost_agent::views::Amount;

use crate::documents::size;
use crate::printer::{Printer, can_show_progress};

/// A spinner with the present step and the time so far. It disappears when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    ended: Option<Sender<()>>,
    watcher: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to count the second. `what` says in the user's words what is being done.
    pub(crate) fn begin(printer: &Printer, what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(spinner());
        bar.set_message(what);
        if printer.is_quiet() || !can_show_progress() {
            return Self { bar, ended: None, watcher: None };
        }
        let (ended, waiting) = mpsc::channel();
        let shown = bar.clone();
        let watcher = std::thread::spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(TICK);
            }
        });
        Self { bar, ended: Some(ended), watcher: Some(watcher) }
    }

    /// Says what is being done now.
    pub(crate) fn step(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// The same of something large, with how far it has come.
    pub(crate) fn amount(&self, what: &'static str, amount: Amount) {
        let Amount { done, total } = amount;
        self.bar.set_message(format!("{what}: {} / {}", size(done), size(total)));
    }
}

impl Progress {
    /// Says what is being done now, and how much of it is done.
    pub(crate) fn share(&self, what: &'static str, done: u64, of: u64) {
        let percent = done.saturating_mul(100) / of.max(1);
        self.bar.set_message(format!("{what} {percent} %"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // The watcher ends before the line is cleared, so that it draws nothing afterwards.
        drop(self.ended.take());
        if let Some(watcher) = self.watcher.take() {
            // A panic there would have cost no more than the picture.
            let _ = watcher.join();
        }
        self.bar.finish_and_clear();
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg} ({elapsed})").expect("the template is constant")
}

/// What ends sooner needs no picture.
const PATIENCE: Duration = Duration::from_secs(1);
/// Often enough to look alive.
const TICK: Duration = Duration::from_millis(120);
