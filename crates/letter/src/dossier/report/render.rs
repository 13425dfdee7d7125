//! A report as text, in the order in which a judge asks: the result, the letter, who, how far and
//! since when, what not, and then part by part why.

use super::words::Words;
use super::{
    CheckResult, DisclosedParty, Judgement, Language, LetterReport, NamedAttachment, PartReport,
    Proof, RecipientReport, Report, Signer, Unproven,
};
use sealpost_cms::text::deceives;
use std::fmt::Write as _;

pub(super) fn report(report: &Report, language: Language) -> String {
    let words = language.words();
    let mut text = Text { out: String::new(), words, language };
    text.head(report);
    if let Some(letter) = &report.letter {
        text.letter(letter);
    }
    text.party(words.sender, report.sender.as_ref());
    for recipient in &report.recipients {
        text.recipient(recipient);
    }
    text.line(0, "");
    text.not_proven(0, &report.not_proven);
    text.line(0, "");
    text.line(0, words.parts);
    for part in &report.parts {
        text.part(part);
    }
    text.out
}

struct Text {
    out: String,
    words: &'static Words,
    language: Language,
}

impl Text {
    fn line(&mut self, depth: usize, content: &str) {
        let indented = format!("{:depth$}{content}", "", depth = depth * 2);
        self.out.push_str(indented.trim_end());
        self.out.push('\n');
    }

    fn entry(&mut self, depth: usize, name: &str, value: &str) {
        self.line(depth, &format!("{name}: {value}"));
    }

    fn head(&mut self, report: &Report) {
        let words = self.words;
        self.line(0, (words.title)(report.subject));
        self.line(0, "");
        let indication = report.overall.indication;
        self.entry(
            0,
            words.result,
            &format!("{} ({})", indication.words(), (words.meaning)(indication)),
        );
        self.reason(1, &report.overall);
        self.entry(0, words.verified_at, &report.verified_at.rfc3339());
        self.entry(0, words.policy, &report.algorithm_policy);
        self.entry(0, words.digest, &report.sha256.hex());
        self.line(0, "");
    }

    fn reason(&mut self, depth: usize, judgement: &Judgement) {
        let words = self.words;
        if let Some(sub) = judgement.sub_indication {
            self.line(depth, &format!("{}: {}", sub.code(), (words.reason)(sub)));
        }
        if let Some(detail) = &judgement.detail {
            self.entry(depth, words.technical, detail);
        }
    }

    fn letter(&mut self, letter: &LetterReport) {
        let words = self.words;
        self.entry(0, words.letter, &letter.letter_id.hex());
        if let Some(perspective) = letter.perspective {
            self.line(1, (words.perspective)(perspective));
        }
        self.entry(1, words.mode, (words.mode_words)(letter.mode));
        if let Some(deadline) = letter.deadline {
            self.entry(1, words.deadline, &deadline.rfc3339());
        }
        let content = match (letter.content_proven, letter.content_proven_time) {
            (false, _) => words.content_unproven.to_owned(),
            (true, None) => words.content_proven.to_owned(),
            (true, Some(time)) => {
                format!("{}, {} {}", words.content_proven, words.since, time.rfc3339())
            }
        };
        self.entry(1, words.content, &content);
        for file in &letter.large_attachments {
            let NamedAttachment { file_name, octets, sha256 } = file;
            let named = format!("{}, {octets}, SHA-256 {}", printable(file_name), sha256.hex());
            self.entry(1, words.large_attachment, &named);
        }
        self.line(0, "");
    }

    fn party(&mut self, role: &str, party: Option<&DisclosedParty>) {
        let words = self.words;
        let address = party.and_then(|party| party.address.as_deref()).map(printable);
        let name = party.and_then(|party| party.name.as_deref()).map(printable);
        let who = match (name, address) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (None, Some(who)) | (Some(who), None) => who,
            (None, None) => words.undisclosed.to_owned(),
        };
        self.entry(0, role, &who);
        if let Some(assurance) = party.and_then(|party| party.assurance) {
            self.line(1, (words.assurance)(assurance));
        }
    }

    fn recipient(&mut self, recipient: &RecipientReport) {
        let words = self.words;
        self.line(0, "");
        self.party(words.recipient, recipient.party.as_ref());
        let since = recipient.since.map(|time| format!(" ({} {})", words.since, time.rfc3339()));
        let grade = (words.grade)(recipient.grade);
        self.entry(1, words.proven_is, &format!("{grade}{}", since.unwrap_or_default()));
        for step in &recipient.steps {
            let (time, event) = (step.proven_time.rfc3339(), (words.event)(step.event));
            let issuer = format!("{} ({})", printable(&step.issuer), step.issuer_domain);
            self.line(2, &format!("{time}  {}  {event}", step.code));
            self.line(3, &format!("{} {issuer}", words.stated_by));
            self.line(3, &step.part);
        }
        if recipient.checks.iter().any(|check| !check.judgement.is_passed()) {
            self.line(1, words.findings);
            self.checks(2, &recipient.checks);
        }
        self.not_proven(1, &recipient.not_proven);
    }

    fn not_proven(&mut self, depth: usize, unproven: &[Unproven]) {
        if unproven.is_empty() {
            return;
        }
        self.line(depth, self.words.not_proven);
        for statement in unproven {
            self.line(depth + 1, &format!("- {}", statement.words(self.language)));
        }
    }

    fn part(&mut self, part: &PartReport) {
        let words = self.words;
        let kind = (words.kind)(part.kind);
        let name = printable(&part.part);
        self.line(1, &format!("{}  {name} ({kind})", part.judgement.indication.words()));
        self.checks(2, &part.checks);
        if let Some(proof) = &part.proof {
            self.proof(proof);
        }
    }

    /// Only the checks that did not pass need words; the others would bury them.
    fn checks(&mut self, depth: usize, checks: &[CheckResult]) {
        for result in checks.iter().filter(|result| !result.judgement.is_passed()) {
            let indication = result.judgement.indication.words();
            let (id, clause) = (result.check.id(), result.check.words(self.language));
            self.line(depth, &format!("{indication}  [{id}] {clause}"));
            self.reason(depth + 1, &result.judgement);
        }
    }

    fn proof(&mut self, proof: &Proof) {
        let words = self.words;
        self.entry(2, words.signed_by, &self.signer(&proof.signer));
        self.entry(2, words.vouched_by, &self.signer(&proof.trust_anchor));
        if let Some(time) = proof.proven_time {
            self.entry(2, words.proven_time, &time.rfc3339());
        }
        if let Some(authority) = &proof.time_stamp_authority {
            self.entry(2, words.time_stamp_by, &self.signer(authority));
        }
        if let Some(time) = proof.claimed_time {
            self.entry(2, words.claimed_time, &time.rfc3339());
        }
        self.entry(2, words.algorithms, &proof.algorithms.join(", "));
        if let Some(time) = proof.revocation_as_of {
            self.entry(2, words.revocation, &time.rfc3339());
        }
    }

    fn signer(&self, signer: &Signer) -> String {
        let mut who: Vec<String> = Vec::new();
        who.extend(signer.organisation.as_deref().map(printable));
        who.extend(signer.domains.iter().map(|domain| printable(domain)));
        who.extend(signer.address.as_deref().map(printable));
        let mut text = who.join(", ");
        let separator = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{separator}{} {}", self.words.certificate, signer.serial);
        text
    }
}

/// Text of others without what could draw a false report on the screen.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !deceives(*c)).collect()
}
