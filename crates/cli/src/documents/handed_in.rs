//! What became of handing letters in.

use serde::Serialize;

use super::ciphers::Cipher;
use super::outgoing::Outgoing;
use super::{brief, size};
use crate::page::{INDENT, Page};
use crate::printer::{Printer, Reported};

/// Whether a letter was handed in. Of what followed, its evidence tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(crate) enum HandingIn {
    /// The provider answered with evidence.
    HandedIn,
    /// It waits here; the next `sync` hands it in.
    Waiting {
        /// Why it was not handed in before.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// The provider refused it for good, without evidence.
    Refused {
        /// Why.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
}

/// `sealpost/send/1`: one letter for all visible recipients, one for each blind copy.
#[derive(Serialize)]
pub(crate) struct HandedIn {
    pub(crate) letters: Vec<HandedInLetter>,
    /// The experimental cipher around each, which its recipients need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) experiment: Option<Cipher>,
    /// Why the first of those that were not handed in was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Reported>,
}

/// One letter, and whether it was handed in.
#[derive(Serialize)]
pub(crate) struct HandedInLetter {
    #[serde(flatten)]
    pub(crate) letter: Outgoing,
    /// Whether the provider took it (A.1).
    pub(crate) accepted: bool,
    /// Octets that were handed in, or are to be.
    pub(crate) octets: u64,
}

/// One letter that `sync` could not hand in.
#[derive(Clone, Serialize)]
pub(crate) struct NotHandedIn {
    pub(crate) letter_id: String,
    #[serde(flatten)]
    pub(crate) handing_in: HandingIn,
}

impl HandingIn {
    /// For people, with the code; nothing of a letter that was handed in.
    pub(crate) fn words(&self, printer: &Printer) -> Option<String> {
        let texts = printer.texts();
        let (words, code) = match self {
            Self::HandedIn => return None,
            Self::Waiting { code } => (texts.waits_here, code),
            Self::Refused { code } => (texts.refused_for_good, code),
        };
        Some(match code {
            Some(code) => format!("{words} ({code})"),
            None => words.to_owned(),
        })
    }

    /// The same in a word or two.
    pub(crate) fn brief(&self, printer: &Printer) -> Option<&'static str> {
        let texts = printer.texts();
        match self {
            Self::HandedIn => None,
            Self::Waiting { .. } => Some(texts.waits_here_brief),
            Self::Refused { .. } => Some(texts.refused_for_good_brief),
        }
    }
}

impl HandedIn {
    /// What became of the submission, for people.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let mut page = Page::new(printer.columns());
        for letter in &self.letters {
            letter.put(&mut page, printer);
        }
        if let Some(cipher) = &self.experiment {
            page.gap().paragraph(&(printer.texts().experiment_needed)(&cipher.in_full()));
        }
        page.into_text()
    }
}

impl HandedInLetter {
    fn put(&self, page: &mut Page, printer: &Printer) {
        let (letter, texts) = (&self.letter, printer.texts());
        page.gap().line(match (&letter.handing_in, self.accepted) {
            (_, true) => texts.handed_in,
            (HandingIn::HandedIn, false) => texts.handed_back,
            (HandingIn::Waiting { .. }, false) => texts.not_handed_in_yet,
            (HandingIn::Refused { .. }, false) => texts.not_taken,
        });
        let addresses: Vec<&str> = letter.recipients.iter().map(|it| it.address.as_str()).collect();
        page.entries(
            INDENT,
            &[
                (texts.letter, Some(letter.letter_id.clone())),
                (texts.to, Some(addresses.join(", "))),
                (texts.blind_copy, letter.is_blind_copy().then(|| texts.blind_copy_of.to_owned())),
                (texts.subject, Some(letter.subject.clone())),
                (texts.mode, Some((texts.mode_meaning)(letter.mode).to_owned())),
                (texts.suite, Some(letter.suite.to_owned())),
                (texts.deadline, letter.deadline.map(|time| time.in_full(printer.language()))),
                (texts.size, Some(size(self.octets))),
                (texts.handing_in_title, letter.handing_in.words(printer)),
            ],
        );
        for step in letter.recipients.first().into_iter().flat_map(|it| &it.steps) {
            step.put(page, printer);
        }
        match &letter.handing_in {
            HandingIn::HandedIn if self.accepted => {
                page.line(texts.what_next).indented("sealpost sync");
                page.indented(&format!("sealpost sent {}", brief(&letter.letter_id)));
            }
            HandingIn::Waiting { .. } => {
                page.line(texts.to_hand_in).indented("sealpost sync");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use sealpost_agent::Language;

    use super::super::letter::tests::printer;
    use super::super::outgoing::tests::letter;
    use super::*;

    fn told(accepted: bool, handing_in: HandingIn) -> HandedIn {
        let letter = Outgoing { handing_in, ..letter() };
        let letters = vec![HandedInLetter { letter, accepted, octets: 20_480 }];
        HandedIn { letters, experiment: None, error: None }
    }

    fn code(code: &str) -> Option<String> {
        Some(code.to_owned())
    }

    #[test]
    fn a_submission_says_whether_it_was_taken_and_what_comes_next() {
        let english = printer(Language::English);
        let text = told(true, HandingIn::HandedIn).text(&english);
        assert!(
            text.contains("Your provider took the letter")
                && text.contains("sealpost sent 3f2a3f2a")
        );
        let text = told(false, HandingIn::HandedIn).text(&english);
        assert!(text.contains("It was not sent") && !text.contains("sealpost sync"));
        let text = told(false, HandingIn::Waiting { code: code("busy") }).text(&english);
        assert!(text.contains("(busy)") && text.contains("sealpost sync"), "{text}");
        let text = told(false, HandingIn::Refused { code: code("too-large") }).text(&english);
        assert!(text.contains("(too-large)") && !text.contains("sealpost sync"), "{text}");
    }

    #[test]
    fn who_sends_is_told_that_the_recipient_needs_the_plug_in() {
        let cipher = Cipher { name: "xor".into(), sha256: "ab".repeat(32) };
        let with = HandedIn { experiment: Some(cipher.clone()), ..told(true, HandingIn::HandedIn) };
        for language in [Language::English, Language::German] {
            let text = with.text(&printer(language));
            assert!(text.contains("xor") && text.contains(&cipher.sha256), "{text}");
        }
        let json = serde_json::to_value(&with).unwrap();
        assert_eq!(json["experiment"]["name"], "xor");
        let json = serde_json::to_value(told(true, HandingIn::HandedIn)).unwrap();
        assert!(json.get("experiment").is_none());
    }

    #[test]
    fn programs_get_state_and_code() {
        let waiting = told(false, HandingIn::Waiting { code: code("busy") });
        let json = serde_json::to_value(&waiting).unwrap();
        let expected = serde_json::json!({"state": "waiting", "code": "busy"});
        assert_eq!(json["letters"][0]["handing_in"], expected);
        let json = serde_json::to_value(told(true, HandingIn::HandedIn)).unwrap();
        assert_eq!(json["letters"][0]["handing_in"], serde_json::json!({"state": "handed-in"}));
        assert!(json.get("error").is_none());
        let entry =
            NotHandedIn { letter_id: "3f".into(), handing_in: HandingIn::Refused { code: None } };
        let expected = serde_json::json!({"letter_id": "3f", "state": "refused"});
        assert_eq!(serde_json::to_value(entry).unwrap(), expected);
    }
}
