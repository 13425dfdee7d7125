//! Suites: which there are, what came of trying them, and what they protect.

mod words;

use sealpost_agent::Language;
use serde::Serialize;

use super::Moment;
use crate::page::{INDENT, Page};
use crate::printer::Printer;

/// `sealpost/suites/1`.
#[derive(Serialize)]
pub(crate) struct Suites {
    /// The algorithm policy in force: the release's, and after `+` the update of the own provider.
    pub(crate) policy: String,
    /// When the update was set down; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Moment>,
    /// Until when this copy of the update counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_update: Option<Moment>,
    /// Whether there must be a newer copy: then nothing is sent.
    pub(crate) out_of_date: bool,
    /// Whether the own keys were looked at; without a profile there are none.
    pub(crate) with_own_keys: bool,
    /// Best first.
    pub(crate) suites: Vec<Suite>,
}

/// One suite.
#[derive(Serialize)]
pub(crate) struct Suite {
    pub(crate) id: &'static str,
    /// `agents`, `mail-clients`.
    pub(crate) readers: Vec<&'static str>,
    /// `encrypted`, `authenticated` or `quantum-resistant`.
    pub(crate) protection: &'static str,
    pub(crate) key_establishment: Vec<&'static str>,
    pub(crate) content: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mac: Option<&'static str>,
    /// Ways to sign; all algorithms of one way sign.
    pub(crate) signatures: Vec<Vec<&'static str>>,
    /// The last second for which letters are encrypted with it.
    pub(crate) until: Moment,
    /// Whether letters are encrypted with it for somebody who can open it.
    pub(crate) encrypts: bool,
    /// Whether without that the sender demands it.
    pub(crate) unasked: bool,
    /// If not, why not, as a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) obstacle: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    /// Whether others can encrypt with it for the own key.
    pub(crate) reaches_you: bool,
}

/// `sealpost/suites-test/1`.
#[derive(Serialize)]
pub(crate) struct Tested {
    /// Whether no answer was wrong.
    pub(crate) right: bool,
    pub(crate) suites: Vec<TestedSuite>,
}

/// One suite that was tried.
#[derive(Serialize)]
pub(crate) struct TestedSuite {
    pub(crate) id: &'static str,
    pub(crate) primitives: Vec<Primitive>,
}

/// One primitive that was tried.
#[derive(Serialize)]
pub(crate) struct Primitive {
    pub(crate) name: &'static str,
    pub(crate) known_from: &'static str,
    /// `right`, `wrong` or `not-here`.
    pub(crate) answer: &'static str,
}

/// `sealpost/suites-explain/1`.
#[derive(Serialize)]
pub(crate) struct Explained {
    pub(crate) id: &'static str,
    /// One paragraph each, in the language of `--lang`.
    pub(crate) paragraphs: Vec<&'static str>,
}

impl Suites {
    /// The list for people.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let (mut page, language) = (Page::new(printer.columns()), printer.language());
        let words = words::of(language);
        page.entries(
            0,
            &[
                (words.policy, Some(self.policy.clone())),
                (words.since, self.since.map(|since| since.in_full(language))),
                (words.next_update, self.next_update.map(|next| next.in_full(language))),
            ],
        );
        if self.out_of_date {
            page.gap().paragraph(words.out_of_date);
        }
        if !self.with_own_keys {
            page.gap().paragraph(words.without_keys);
        }
        for suite in &self.suites {
            suite.put(page.gap(), language);
        }
        page.gap().paragraph(words.more);
        page.indented("sealpost suites explain smime-2019");
        page.into_text()
    }
}

impl Suite {
    fn put(&self, page: &mut Page, language: Language) {
        let words = words::of(language);
        let state = match self.obstacle {
            None if self.unasked => words.encrypts.to_owned(),
            None => words.encrypts_if_demanded.to_owned(),
            Some(code) => (words.obstacle)(code).to_owned(),
        };
        let content = [Some(self.content), self.mac].into_iter().flatten();
        let ways: Vec<String> = self.signatures.iter().map(|way| way.join(" + ")).collect();
        page.line(self.id);
        page.entries(
            INDENT,
            &[
                (words.state, Some(state)),
                (words.detail, self.detail.clone()),
                (words.reaches_you, Some((words.yes_or_no)(self.reaches_you).to_owned())),
                (words.until, Some(self.until.in_full(language))),
                (words.protects, Some((words.protection)(self.protection).to_owned())),
                (words.keys, Some(self.key_establishment.join(", "))),
                (words.content, Some(content.collect::<Vec<_>>().join(" + "))),
                (words.signatures, Some(ways.join(", "))),
            ],
        );
    }
}

/// The same for people.
pub(crate) struct Tests<'a>(pub(crate) &'a Tested);

impl Tests<'_> {
    /// Each primitive, and loudly what is wrong.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let mut page = Page::new(printer.columns());
        let words = words::of(printer.language());
        if !self.0.right {
            page.paragraph(words.wrong).gap();
        }
        for suite in &self.0.suites {
            page.gap().line(suite.id);
            for one in &suite.primitives {
                let answer = (words.answer)(one.answer);
                page.indented(&format!("{answer}: {} ({})", one.name, one.known_from));
            }
        }
        page.gap().paragraph(if self.0.right { words.all_right } else { words.wrong });
        page.into_text()
    }
}

impl Explained {
    /// The words for a suite.
    pub(crate) fn of(suite: &sealpost_agent::policy::Suite, language: Language) -> Self {
        Self { id: suite.id.name(), paragraphs: words::explained(suite.id, language) }
    }

    /// The paragraphs.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let mut page = Page::new(printer.columns());
        page.line(self.id);
        for paragraph in &self.paragraphs {
            page.gap().paragraph(paragraph);
        }
        page.into_text()
    }
}

#[cfg(test)]
mod tests {
    use super::super::letter::tests::printer;
    use super::*;

    #[test]
    fn a_wrong_answer_is_said_first_and_last() {
        let tested = |answer| Tested {
            right: answer != "wrong",
            suites: vec![TestedSuite {
                id: "smime-2019",
                primitives: vec![Primitive { name: "sha256", known_from: "FIPS 180-4", answer }],
            }],
        };
        let printer = printer(Language::English);
        let wrong = tested("wrong");
        let text = Tests(&wrong).text(&printer);
        assert!(text.starts_with("This machine computes wrong"), "{text}");
        assert_eq!(text.matches("This machine computes wrong").count(), 2);
        assert!(text.contains("WRONG: sha256 (FIPS 180-4)"), "{text}");
        let right = tested("right");
        let text = Tests(&right).text(&printer);
        assert!(!text.contains("wrong") && text.contains("right: sha256"), "{text}");
        let absent = tested("not-here");
        assert!(Tests(&absent).text(&printer).contains("not in this version: sha256"));
    }

    #[test]
    fn what_is_not_used_is_said_to_be_so() {
        let suite = Suite {
            id: "smime-legacy",
            readers: vec!["mail-clients"],
            protection: "encrypted",
            key_establishment: vec!["ecdh-p256"],
            content: "aes-256-cbc",
            mac: Some("hmac-sha256"),
            signatures: vec![vec!["ecdsa-p256-sha256"]],
            until: Moment(2_082_758_399),
            encrypts: false,
            unasked: false,
            obstacle: Some("suite-not-written"),
            detail: None,
            reaches_you: false,
        };
        let suites = Suites {
            policy: "sealpost-2026-11".into(),
            since: None,
            next_update: None,
            out_of_date: true,
            with_own_keys: false,
            suites: vec![suite],
        };
        let text = suites.text(&printer(Language::English));
        assert!(text.contains("not yet used for letters"), "{text}");
        assert!(text.contains("aes-256-cbc + hmac-sha256"), "{text}");
        assert!(text.contains("nothing is sent"), "{text}");
        let german = suites.text(&printer(Language::German));
        assert!(german.contains("noch nicht für Briefe verwendet"), "{german}");
    }
}
