//! Putting the report together.

use super::evidence::KnownEvidence;
use super::recipients::Counted;
use super::sheet::Sheet;
use super::{Basis, Case};
use crate::dossier::container::ContainerError;
use crate::dossier::layout::{CONTENT, OPENING, PartKind};
use crate::dossier::report::{
    Check, CheckResult, Judgement, LetterReport, NamedAttachment, PartReport, REPORT_VERSION,
    RecipientReport, Report, Subject, Unproven,
};
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::Digest;

/// The name under which the container itself is reported.
const CONTAINER: &str = "container";

/// The report on octets that are no container in canonical form: nothing inside is judged.
pub(super) fn broken_container(octets: &[u8], basis: &Basis<'_>, error: &ContainerError) -> Report {
    let judgement = Judgement::failed(SubIndication::FormatFailure, error.to_string());
    let check = CheckResult { check: Check::CONTAINER, judgement: judgement.clone() };
    let container = PartReport {
        part: CONTAINER.to_owned(),
        kind: Some(PartKind::MediaType),
        judgement: judgement.clone(),
        checks: vec![check],
        proof: None,
    };
    Report {
        overall: judgement,
        not_proven: vec![Unproven::CONTENT, Unproven::SUBMISSION, Unproven::READING],
        parts: vec![container],
        ..empty(Subject::Dossier, octets, basis)
    }
}

/// The report on one evidence.
pub(super) fn single(
    octets: &[u8],
    basis: &Basis<'_>,
    sheet: Sheet,
    known: Option<KnownEvidence>,
) -> Report {
    let parts = sheet.into_parts();
    let recipients = known.iter().map(|known| {
        let counted = Counted::of(std::iter::once(known));
        RecipientReport {
            dispatch_id: known.evidence.dispatch_id,
            party: None,
            grade: counted.grade_alone(),
            since: known.proven_time,
            steps: counted.steps(),
            checks: Vec::new(),
            not_proven: vec![Unproven::RECIPIENT],
        }
    });
    Report {
        overall: Judgement::worst(parts.iter().map(|part| &part.judgement)),
        letter: known.as_ref().map(|known| letter(&known.facts())),
        recipients: recipients.collect(),
        not_proven: vec![
            Unproven::LETTER,
            Unproven::CONTENT,
            Unproven::SENDER,
            Unproven::ISSUER_ENTITLED,
            Unproven::READING,
            Unproven::QUALIFIED,
        ],
        parts,
        ..empty(Subject::Evidence, octets, basis)
    }
}

fn letter(facts: &crate::dossier::model::LetterFacts) -> LetterReport {
    LetterReport {
        letter_id: facts.letter_id,
        mode: facts.mode,
        deadline: facts.deadline,
        content_commitment: facts.content_commitment,
        perspective: None,
        content_proven: false,
        content_proven_time: None,
        large_attachments: Vec::new(),
    }
}

fn empty(subject: Subject, octets: &[u8], basis: &Basis<'_>) -> Report {
    Report {
        version: REPORT_VERSION,
        subject,
        sha256: Digest::of(octets),
        verified_at: basis.now,
        algorithm_policy: basis.policy.id().to_string(),
        overall: Judgement::passed(),
        letter: None,
        sender: None,
        recipients: Vec::new(),
        not_proven: Vec::new(),
        parts: Vec::new(),
    }
}

impl Case<'_> {
    pub(super) fn into_report(self, octets: &[u8]) -> Report {
        let recipients = self.recipients();
        let proven = self.sheet.is_passed(CONTENT) && self.content.is_some();
        let letter = self.head.as_ref().map(|head| LetterReport {
            perspective: Some(head.perspective),
            content_proven: proven,
            content_proven_time: self
                .content
                .as_ref()
                .and_then(|c| c.proven_time)
                .filter(|_| proven),
            large_attachments: self.named_attachments(proven),
            ..letter(&head.letter)
        });
        let sender = self.parties.sender.report();
        let not_proven = self.not_proven_at_all(proven);
        let parts = self.sheet.into_parts();
        let findings = recipients.iter().flat_map(|recipient| &recipient.checks);
        let judgements = parts.iter().map(|part| &part.judgement);
        let mut overall = Judgement::worst(judgements.chain(findings.map(|f| &f.judgement)));
        if overall.is_passed() && recipients.is_empty() {
            let nothing = "the dossier holds no evidence";
            overall = Judgement::indeterminate(SubIndication::SignedDataNotFound, nothing);
        }
        Report {
            overall,
            letter,
            sender,
            recipients,
            not_proven,
            parts,
            ..empty(Subject::Dossier, octets, &self.basis)
        }
    }

    /// [DOS-047] Of a file that is not here nothing is said but what its sender has signed.
    fn named_attachments(&self, content_proven: bool) -> Vec<NamedAttachment> {
        let content = self.content.as_ref().filter(|_| content_proven);
        let named = content.into_iter().flat_map(|known| known.content.chunked());
        let named = named.map(|it| NamedAttachment {
            file_name: it.file_name.clone(),
            octets: it.octets,
            sha256: it.sha256,
        });
        named.collect()
    }

    fn not_proven_at_all(&self, content_proven: bool) -> Vec<Unproven> {
        let mut unproven = Vec::new();
        if !content_proven {
            unproven.push(Unproven::CONTENT);
        }
        if self.content.as_ref().is_none_or(|content| content.proven_time.is_none()) {
            unproven.push(Unproven::CONTENT_TIME);
        }
        let opened = self.opened.iter().any(|(part, _)| part == CONTENT);
        if !opened || !self.sheet.stands(OPENING) {
            unproven.push(Unproven::TRANSPORT);
        }
        if !self.named_attachments(content_proven).is_empty() {
            unproven.push(Unproven::LARGE_ATTACHMENTS);
        }
        if self.parties.sender_address().is_none() {
            unproven.extend([Unproven::SENDER, Unproven::ISSUER_ENTITLED]);
        }
        unproven.extend([Unproven::READING, Unproven::QUALIFIED]);
        unproven
    }
}
