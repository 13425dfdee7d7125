//! `sync`.

use std::thread::sleep;
use std::time::{Duration, Instant};

use sealpost_agent::views::SyncReport;

use super::{stages, views};
use crate::arguments::Sync;
use crate::clock;
use crate::desk::Desk;
use crate::documents::inbox::Inbox;
use crate::documents::small::Synced;
use crate::failure::Failure;
use crate::page::Page;
use crate::printer::Answer;
use crate::progress::Progress;

/// Fetches, and with `--wait` goes on until something new came.
pub(super) fn perform(asked: &Sync, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, texts.fetching);
    let (began, patience) = (Instant::now(), Duration::from_secs(asked.wait));
    let report = loop {
        let report = agent.sync(&mut stages(&progress, texts))?;
        let left = patience.saturating_sub(began.elapsed());
        if brought_something(&report) || left.is_zero() {
            break report;
        }
        progress.step(texts.waiting);
        sleep(left.min(PAUSE));
    };
    drop(progress);
    if report.unreadable > 0 {
        desk.printer.warning(&(texts.unreadable)(report.unreadable));
    }
    Ok(said(report, desk))
}

fn said(report: SyncReport, desk: &Desk<'_>) -> Answer {
    let texts = desk.printer.texts();
    let mut page = Page::new(desk.printer.columns());
    page.line(&(texts.synced)(report.letters_new, report.evidence_new, report.handed_in));
    let document = Synced {
        letters_new: report.letters_new,
        evidence_new: report.evidence_new,
        handed_in: report.handed_in,
        unreadable: report.unreadable,
        waiting: report.waiting.into_iter().map(views::entry).collect(),
    };
    let mut text = page.into_text();
    if !document.waiting.is_empty() {
        let list = Inbox { letters: document.waiting.clone() };
        text.push_str(&format!("\n{}\n", texts.these_wait));
        text.push_str(&list.text(desk.printer, clock::now()));
    }
    Answer::new("sync", &document, text)
}

fn brought_something(report: &SyncReport) -> bool {
    report.letters_new > 0 || report.evidence_new > 0 || report.handed_in > 0
}

/// Between two questions to the provider: soon enough for people, seldom enough for providers.
const PAUSE: Duration = Duration::from_secs(2);
