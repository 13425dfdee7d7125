//! Letters from the reader, on their way.

use serde::Serialize;

use super::handed_in::HandingIn;
use super::letter::Mode;
use super::{Moment, brief};
use crate::page::{INDENT, Page};
use crate::printer::Printer;

/// One event that evidence proves.
#[derive(Clone, Serialize)]
pub(crate) struct Step {
    /// The event's name in EN 319 522-1.
    pub(crate) event: String,
    /// Its letter code, for people.
    pub(crate) code: String,
    /// Absent if the evidence is not TOTAL-PASSED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proven_time: Option<Moment>,
    /// The domain of the provider that states it.
    pub(crate) issuer: String,
    /// Why, by the code of EN 319 522-2; such as `RB10`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The name of that reason in the standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_name: Option<String>,
    /// `TOTAL-PASSED`, `INDETERMINATE` or `TOTAL-FAILED`.
    pub(crate) indication: &'static str,
}

/// One recipient of one letter.
#[derive(Clone, Serialize)]
pub(crate) struct Dispatch {
    pub(crate) address: String,
    pub(crate) dispatch_id: String,
    pub(crate) blind_copy: bool,
    /// The last event on the letter's way to this recipient, by its code; absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<String>,
    /// What is proven, in the order of proven times.
    pub(crate) steps: Vec<Step>,
}

/// One letter as its sender knows it.
#[derive(Clone, Serialize)]
pub(crate) struct Outgoing {
    pub(crate) letter_id: String,
    pub(crate) mode: Mode,
    /// What it was encrypted by, such as `hybrid-2026`.
    pub(crate) suite: &'static str,
    pub(crate) subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    pub(crate) date: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deadline: Option<Moment>,
    pub(crate) handing_in: HandingIn,
    pub(crate) recipients: Vec<Dispatch>,
}

/// `sealpost/sent/1` without an id.
#[derive(Serialize)]
pub(crate) struct SentList {
    pub(crate) letters: Vec<Outgoing>,
}

impl SentList {
    /// The list for people.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let (mut page, texts) = (Page::new(printer.columns()), printer.texts());
        if self.letters.is_empty() {
            page.line(texts.sent_empty);
            return page.into_text();
        }
        let rows: Vec<Vec<String>> = self
            .letters
            .iter()
            .flat_map(|letter| {
                letter.recipients.iter().map(|recipient| {
                    vec![
                        brief(&letter.letter_id),
                        letter.date.short(),
                        recipient.address.clone(),
                        letter.reached(recipient, printer).to_owned(),
                        letter.subject.clone(),
                    ]
                })
            })
            .collect();
        page.table(&texts.sent_headings, &rows);
        page.into_text()
    }
}

impl Outgoing {
    /// The timeline for people.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let (mut page, texts) = (Page::new(printer.columns()), printer.texts());
        page.line(texts.sent_title).entries(
            INDENT,
            &[
                (texts.letter, Some(self.letter_id.clone())),
                (texts.subject, Some(self.subject.clone())),
                (texts.reference, self.reference.clone()),
                (texts.date, Some(self.date.in_full(printer.language()))),
                (texts.mode, Some((texts.mode_meaning)(self.mode).to_owned())),
                (texts.suite, Some(self.suite.to_owned())),
                (
                    texts.deadline,
                    self.deadline.map(|deadline| deadline.in_full(printer.language())),
                ),
                (texts.handing_in_title, self.handing_in.words(printer)),
            ],
        );
        for recipient in &self.recipients {
            page.gap().line(&match recipient.blind_copy {
                true => format!("{} ({})", recipient.address, texts.blind_copy_of),
                false => recipient.address.clone(),
            });
            if recipient.steps.is_empty() {
                page.indented(texts.no_event);
            }
            for step in &recipient.steps {
                step.put(&mut page, printer);
            }
        }
        page.into_text()
    }

    /// How far it came to a recipient, in a word or two.
    fn reached(&self, recipient: &Dispatch, printer: &Printer) -> &'static str {
        let texts = printer.texts();
        match &recipient.last {
            Some(code) => (texts.reached)(code),
            None => self.handing_in.brief(printer).unwrap_or(texts.no_event),
        }
    }

    pub(crate) fn is_blind_copy(&self) -> bool {
        self.recipients.iter().any(|recipient| recipient.blind_copy)
    }
}

impl Step {
    /// Puts the step onto a page.
    pub(crate) fn put(&self, page: &mut Page, printer: &Printer) {
        let texts = printer.texts();
        let time = match self.proven_time {
            Some(time) => time.in_full(printer.language()),
            None => format!("{} ({})", texts.not_proven, self.indication),
        };
        page.indented(&format!("{}  {}", self.code, (texts.event)(&self.code)));
        page.indented(&format!("     {time}"));
        page.indented(&format!("     {}: {}", texts.stated_by, self.issuer));
        if let (Some(code), Some(name)) = (&self.reason, &self.reason_name) {
            let meaning = (texts.reason_meaning)(code);
            if !meaning.is_empty() {
                page.indented(&format!("     {}: {meaning} ({code} {name})", texts.reason));
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use sealpost_agent::Language;

    use super::super::letter::tests::printer;
    use super::*;

    fn step(code: &str, event: &str, time: Option<i64>) -> Step {
        Step {
            event: event.into(),
            code: code.into(),
            proven_time: time.map(Moment),
            issuer: "north.example".into(),
            reason: Some("RB10".into()).filter(|_| code == "B.2"),
            reason_name: Some("UnknownRecipient".into()).filter(|_| code == "B.2"),
            indication: if time.is_some() { "TOTAL-PASSED" } else { "INDETERMINATE" },
        }
    }

    pub(crate) fn letter() -> Outgoing {
        let dispatch = |address: &str, blind_copy, steps: Vec<Step>| Dispatch {
            address: address.into(),
            dispatch_id: "77aa".repeat(8),
            blind_copy,
            last: steps.last().map(|step| step.code.clone()),
            steps,
        };
        Outgoing {
            letter_id: "3f2a".repeat(8),
            mode: Mode::Signed,
            suite: "hybrid-2026",
            subject: "Notice".into(),
            reference: Some("4711".into()),
            date: Moment(1_795_326_300),
            deadline: Some(Moment(1_795_926_300)),
            handing_in: HandingIn::HandedIn,
            recipients: vec![
                dispatch(
                    "bert@south.example",
                    false,
                    vec![
                        step("A.1", "SubmissionAcceptance", Some(1_795_326_301)),
                        step("B.2", "RelayRejection", None),
                    ],
                ),
                dispatch("cara@west.example", true, vec![]),
            ],
        }
    }

    #[test]
    fn a_timeline_names_each_event_its_time_and_who_states_it() {
        let text = letter().text(&printer(Language::English));
        for needed in [
            "A.1  the sender's provider took the letter",
            "2026-11-22T05:45:01Z",
            "Stated by: north.example",
            "not proven (INDETERMINATE)",
            "Reason: the recipient's provider knows nobody with this address (RB10 UnknownRecipient)",
            "cara@west.example (blind copy)",
            "nothing is proven yet",
            "4711",
        ] {
            assert!(text.contains(needed), "{needed} is not in\n{text}");
        }
        assert!(letter().text(&printer(Language::German)).contains("Bezeugt von: north.example"));
    }

    #[test]
    fn the_list_has_one_row_per_recipient() {
        let text = SentList { letters: vec![letter()] }.text(&printer(Language::English));
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].starts_with("3f2a3f2a") && rows[0].contains("NOT RELAYED"));
        assert!(rows[1].contains("nothing is proven yet"));
        let waiting = HandingIn::Waiting { code: Some("provider-unreachable".into()) };
        let waiting = Outgoing { handing_in: waiting, ..letter() };
        let title = waiting.text(&printer(Language::English));
        assert!(title.contains("waits here, not handed in yet (provider-unreachable)"), "{title}");
        let text = SentList { letters: vec![waiting] }.text(&printer(Language::English));
        assert!(text.lines().nth(2).unwrap().contains("WAITS HERE"), "{text}");
        let refused = HandingIn::Refused { code: Some("too-large".into()) };
        let refused = Outgoing { handing_in: refused, ..letter() };
        let text = SentList { letters: vec![refused] }.text(&printer(Language::English));
        assert!(text.lines().nth(2).unwrap().contains("NOT TAKEN"), "{text}");
        let empty = SentList { letters: vec![] }.text(&printer(Language::German));
        assert_eq!(empty, "Sie haben keine Briefe verschickt.\n");
    }
}
