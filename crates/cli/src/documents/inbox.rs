//! The list of letters to the reader.

use serde::Serialize;

use super::letter::{Mode, State};
use super::{Moment, Person, brief};
use crate::clock;
use crate::page::Page;
use crate::printer::Printer;

/// `sealpost/inbox/1`.
#[derive(Serialize)]
pub(crate) struct Inbox {
    pub(crate) letters: Vec<Entry>,
}

/// One letter in a list.
#[derive(Clone, Serialize)]
pub(crate) struct Entry {
    pub(crate) letter_id: String,
    pub(crate) dispatch_id: String,
    pub(crate) state: State,
    pub(crate) mode: Mode,
    /// Absent as long as the sender's signature is not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sender: Option<Person>,
    pub(crate) sender_provider: String,
    /// Absent if the sender hides it until acceptance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deadline: Option<Moment>,
    pub(crate) octets: u64,
}

impl Inbox {
    /// The list for people, at the time `now`.
    pub(crate) fn text(&self, printer: &Printer, now: i64) -> String {
        let mut page = Page::new(printer.columns());
        let texts = printer.texts();
        if self.letters.is_empty() {
            page.line(texts.inbox_empty);
            return page.into_text();
        }
        let rows: Vec<_> = self.letters.iter().map(|entry| entry.row(printer, now)).collect();
        page.table(&texts.inbox_headings, &rows);
        page.into_text()
    }
}

impl Entry {
    fn row(&self, printer: &Printer, now: i64) -> Vec<String> {
        let texts = printer.texts();
        let unknown = || format!("({})", self.sender_provider);
        let left = self.deadline.filter(|_| self.state == State::Waiting).map(|deadline| {
            let left = clock::remaining(deadline.0, now, printer.language());
            left.unwrap_or_else(|| texts.no_time_left.to_owned())
        });
        vec![
            brief(&self.letter_id),
            (texts.state_word)(self.state).to_owned(),
            left.unwrap_or_default(),
            self.sender.as_ref().map_or_else(unknown, Person::in_full),
            self.subject.clone().unwrap_or_else(|| texts.hidden.to_owned()),
        ]
    }
}
