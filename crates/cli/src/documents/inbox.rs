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
            (texts.state_word)(self.state, self.mode).to_owned(),
            left.unwrap_or_default(),
            self.sender.as_ref().map_or_else(unknown, Person::in_full),
            self.subject
                .clone()
                .unwrap_or_else(|| self.state.in_place_of_what_is_absent(texts).to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use sealpost_agent::Language;

    use super::super::letter::tests::printer;
    use super::*;

    fn entry(state: State, mode: Mode) -> Entry {
        Entry {
            letter_id: "3f2a".repeat(8),
            dispatch_id: "77aa".repeat(8),
            state,
            mode,
            sender: None,
            sender_provider: "north.example".into(),
            subject: None,
            deadline: None,
            octets: 20_480,
        }
    }

    #[test]
    fn a_letter_that_nobody_had_to_accept_has_arrived_and_was_not_opened() {
        let word = |mode, language| entry(State::Opened, mode).row(&printer(language), 0).remove(1);
        assert_eq!(word(Mode::Basic, Language::English), "arrived");
        assert_eq!(word(Mode::Basic, Language::German), "eingetroffen");
        assert_eq!(word(Mode::Consent, Language::English), "opened");
        assert_eq!(word(Mode::Signed, Language::German), "geöffnet");
    }

    #[test]
    fn only_the_subject_of_a_letter_that_waits_is_hidden_until_acceptance() {
        use State::{Available, Expired, Refused, Unverified, Waiting};
        for language in [Language::English, Language::German] {
            let printer = printer(language);
            let texts = printer.texts();
            for state in [Waiting, Available, Refused, Expired, Unverified] {
                let said = entry(state, Mode::Signed).row(&printer, 0).pop().unwrap();
                let expected = if state == Waiting { texts.hidden } else { texts.not_shown };
                assert_eq!(said, expected, "{state:?}");
            }
        }
    }
}
