//! `sync`.

use std::thread::sleep;
use std::time::{Duration, Instant};

use sealpost_agent::views::SyncReport;

use super::{identity, stages, views};
use crate::arguments::Sync;
use crate::clock;
use crate::desk::Desk;
use crate::documents::handed_in::NotHandedIn;
use crate::documents::inbox::Inbox;
use crate::documents::{brief, small::Synced};
use crate::failure::Failure;
use crate::limits::PAUSE;
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
        if brought_something(&report) || report.fault.is_some() || left.is_zero() {
            break report;
        }
        progress.step(texts.waiting);
        sleep(left.min(PAUSE));
    };
    drop(progress);
    if report.unreadable > 0 {
        desk.printer.warning(&(texts.unreadable)(report.unreadable));
    }
    // Who never asks for his identity hears of it too.
    let identity = identity::document(agent.identity(), &desk.home()?);
    if let Some(due) = identity.rotation_due(desk.printer) {
        desk.printer.warning(&due);
    }
    Ok(said(report, desk))
}

fn said(report: SyncReport, desk: &Desk<'_>) -> Answer {
    let texts = desk.printer.texts();
    let mut page = Page::new(desk.printer.columns());
    page.line(&(texts.synced)(report.letters_new, report.evidence_new, report.handed_in));
    let failure = report.fault.map(Failure::from);
    let not_handed_in = report.not_handed_in.into_iter().map(|it| NotHandedIn {
        letter_id: it.letter_id.hex(),
        handing_in: views::handing_in(it.handing_in),
    });
    let not_handed_in: Vec<_> = not_handed_in.collect();
    let first = not_handed_in.first().map(|it| &it.handing_in);
    let error = failure.as_ref().map(|failure| desk.printer.reported(failure).about(first));
    let document = Synced {
        letters_new: report.letters_new,
        evidence_new: report.evidence_new,
        handed_in: report.handed_in,
        not_handed_in,
        unreadable: report.unreadable,
        waiting: report.waiting.into_iter().map(views::entry).collect(),
        policy: report.policy,
        error,
    };
    for letter in &document.not_handed_in {
        let words = letter.handing_in.words(desk.printer).unwrap_or_default();
        page.line(&format!("{}: {words}", brief(&letter.letter_id)));
    }
    if let Some(policy) = &document.policy {
        page.line(&(texts.policy_in_force)(policy));
    }
    let mut text = page.into_text();
    if !document.waiting.is_empty() {
        let list = Inbox { letters: document.waiting.clone() };
        text.push_str(&format!("\n{}\n", texts.these_wait));
        text.push_str(&list.text(desk.printer, clock::now()));
    }
    Answer::new("sync", &document, text).failed(failure)
}

fn brought_something(report: &SyncReport) -> bool {
    report.letters_new > 0 || report.evidence_new > 0 || report.handed_in > 0
}
