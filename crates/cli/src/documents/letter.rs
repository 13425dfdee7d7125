//! One letter to the reader: what is known before acceptance, and everything after it.

use serde::Serialize;

use super::ciphers::Cipher;
use super::{Moment, Person, Verdict, size};
use crate::clock;
use crate::page::{INDENT, Page};
use crate::printer::Printer;
use crate::texts::Texts;

/// Where a received letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// It waits for acceptance.
    Waiting,
    /// It may be opened and was not fetched yet.
    Available,
    /// Its content is here, verified. Letters of mode basic come so far by themselves.
    Opened,
    /// It is here, under an experimental cipher that is not installed or does not open it.
    Experimental,
    /// The reader refused it.
    Refused,
    /// The deadline passed without a decision.
    Expired,
    /// What came does not verify.
    Unverified,
}

impl State {
    /// What stands in place of a subject or of recipients that are absent. Only while a letter waits
    /// is it the sender who hides them, and only then would accepting show them.
    pub(super) fn in_place_of_what_is_absent(self, texts: &Texts) -> &'static str {
        match self {
            Self::Waiting => texts.hidden,
            _ => texts.not_shown,
        }
    }
}

/// How it is consigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// At once.
    Basic,
    /// After acceptance.
    Consent,
    /// After acceptance with a signature.
    Signed,
}

/// `sealpost/show/1`.
#[derive(Clone, Serialize)]
pub(crate) struct Letter {
    pub(crate) letter_id: String,
    pub(crate) dispatch_id: String,
    pub(crate) state: State,
    pub(crate) mode: Mode,
    /// What it was encrypted by, such as `hybrid-2026`.
    pub(crate) suite: &'static str,
    /// The experimental cipher that was around the content, inside the suite's encryption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) experiment: Option<Cipher>,
    /// Who signed; verified exactly if `signature` is TOTAL-PASSED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sender: Option<Person>,
    pub(crate) sender_provider: String,
    pub(crate) recipient_provider: String,
    pub(crate) signature: Signature,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deadline: Option<Moment>,
    /// When it was decided about, as proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decided: Option<Moment>,
    /// Octets of what is to be fetched or was fetched.
    pub(crate) octets: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attachments: Option<Attachments>,
    /// Absent if the sender hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// The visible recipients; absent if the sender hides them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recipients: Option<Vec<String>>,
    pub(crate) blind_copy: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<Content>,
}

/// The signature of the sender, over the notice or the content.
#[derive(Clone, Serialize)]
pub(crate) struct Signature {
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    /// Since when it provably exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proven_time: Option<Moment>,
    /// When the signer says it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) claimed_time: Option<Moment>,
    /// Who vouches for the signer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trust_anchor: Option<String>,
    pub(crate) algorithm_policy: String,
}

/// How many documents, and how large they are together.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Attachments {
    pub(crate) count: u64,
    pub(crate) octets: u64,
}

/// What the sender wrote; only of a letter whose signature is TOTAL-PASSED.
#[derive(Clone, Serialize)]
pub(crate) struct Content {
    /// The date in the letter, as the sender wrote it.
    pub(crate) date: Moment,
    pub(crate) to: Vec<String>,
    pub(crate) cc: Vec<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) attachments: Vec<Attachment>,
}

/// One document.
#[derive(Clone, Serialize)]
pub(crate) struct Attachment {
    pub(crate) file_name: String,
    pub(crate) media_type: String,
    pub(crate) octets: u64,
    /// SHA-256 of a large one, which travels beside the letter; the sender has signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// Whether all of a large one is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) here: Option<bool>,
}

impl Letter {
    /// The letter for people, at the time `now`.
    pub(crate) fn text(&self, printer: &Printer, now: i64) -> String {
        let mut page = Page::new(printer.columns());
        page.line((printer.texts().state_title)(self.state, self.mode)).gap();
        match &self.content {
            Some(content) => self.opened(&mut page, content, printer),
            None => self.closed(&mut page, printer, now),
        }
        page.into_text()
    }

    fn closed(&self, page: &mut Page, printer: &Printer, now: i64) {
        let texts = printer.texts();
        let attachments = self
            .attachments
            .map(|attachments| format!("{} ({})", attachments.count, size(attachments.octets)));
        let absent = self.state.in_place_of_what_is_absent(texts);
        let hidden = |value: Option<String>| value.unwrap_or_else(|| absent.to_owned());
        let recipients = self.recipients.as_ref().map(|recipients| recipients.join(", "));
        page.entries(
            INDENT,
            &[
                (texts.from, self.sender.as_ref().map(Person::in_full)),
                (texts.identified, self.assurance(printer)),
                (texts.by_provider, Some(self.sender_provider.clone())),
                (texts.subject, Some(hidden(self.subject.clone()))),
                (texts.recipients, Some(hidden(recipients))),
                (texts.blind_copy, self.blind_copy.then(|| texts.blind_copy_meaning.to_owned())),
                (texts.documents, attachments),
                (texts.size, Some(size(self.octets))),
                (texts.mode, Some((texts.mode_meaning)(self.mode).to_owned())),
                (texts.suite, Some(self.suite.to_owned())),
                (
                    texts.deadline,
                    self.deadline.map(|deadline| deadline.in_full(printer.language())),
                ),
                (texts.remaining, self.remaining(printer, now)),
                (texts.decided, self.decided.map(|time| time.in_full(printer.language()))),
                (texts.letter, Some(self.letter_id.clone())),
            ],
        );
        self.signature(page.gap(), printer);
        if self.state == State::Waiting {
            page.gap().paragraph((texts.accepting_means)(self.mode));
            page.gap().line(texts.to_decide);
            let id = super::brief(&self.letter_id);
            page.indented(&format!("sealpost accept {id}"));
            page.indented(&format!("sealpost refuse {id}"));
        }
    }

    fn opened(&self, page: &mut Page, content: &Content, printer: &Printer) {
        let texts = printer.texts();
        self.signature(page, printer);
        let several =
            |addresses: &[String]| Some(addresses.join(", ")).filter(|all| !all.is_empty());
        page.gap().entries(
            INDENT,
            &[
                (texts.from, self.sender.as_ref().map(Person::in_full)),
                (texts.identified, self.assurance(printer)),
                (texts.to, several(&content.to)),
                (texts.cc, several(&content.cc)),
                (texts.blind_copy, self.blind_copy.then(|| texts.blind_copy_meaning.to_owned())),
                (texts.date, Some(content.date.in_full(printer.language()))),
                (texts.subject, Some(content.subject.clone())),
                (texts.suite, Some(self.suite.to_owned())),
                (texts.experiment, self.experiment.as_ref().map(Cipher::in_full)),
                (texts.letter, Some(self.letter_id.clone())),
            ],
        );
        if self.experiment.is_some() {
            page.gap().paragraph(texts.experiment_meaning);
        }
        page.gap().quote(&content.text);
        if content.attachments.is_empty() {
            return;
        }
        page.gap().line(texts.documents_title);
        for document in &content.attachments {
            let (name, kind) = (&document.file_name, &document.media_type);
            let missing = match document.here {
                Some(false) => format!("  {}", texts.not_here_yet),
                _ => String::new(),
            };
            page.indented(&format!("{name}  {}  {kind}{missing}", size(document.octets)));
        }
        page.gap().line(texts.to_save);
        page.indented(&format!("sealpost save {} --dir DIR", super::brief(&self.letter_id)));
    }

    fn signature(&self, page: &mut Page, printer: &Printer) {
        let (texts, signature) = (printer.texts(), &self.signature);
        let language = printer.language();
        page.line(texts.signature_title).entries(
            INDENT,
            &[
                (texts.result, Some(signature.verdict.words())),
                (
                    texts.signed_by,
                    self.sender.as_ref().filter(|_| self.is_verified()).map(Person::in_full),
                ),
                (texts.vouched_by, signature.trust_anchor.clone()),
                (texts.proven_time, signature.proven_time.map(|time| time.in_full(language))),
                (texts.claimed_time, signature.claimed_time.map(|time| time.in_full(language))),
                (texts.policy, Some(signature.algorithm_policy.clone())),
            ],
        );
        if !self.is_verified() {
            page.gap().paragraph(texts.not_verified);
        }
    }

    fn is_verified(&self) -> bool {
        self.signature.verdict.indication == "TOTAL-PASSED"
    }

    fn assurance(&self, printer: &Printer) -> Option<String> {
        let word = self.sender.as_ref()?.assurance?;
        Some((printer.texts().assurance)(word).to_owned())
    }

    fn remaining(&self, printer: &Printer, now: i64) -> Option<String> {
        let deadline = self.deadline.filter(|_| self.state == State::Waiting)?;
        let left = clock::remaining(deadline.0, now, printer.language());
        Some(left.unwrap_or_else(|| printer.texts().no_time_left.to_owned()))
    }
}

#[cfg(test)]
pub(super) mod tests;
