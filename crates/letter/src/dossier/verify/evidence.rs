//! The evidence: each by itself, and all about the same letter.

use super::anchors::anchor_of;
use super::sheet::Sheet;
use super::{Basis, Case, summary};
use crate::dossier::layout::{HEAD, PartKind, evidence_suffix};
use crate::dossier::model::LetterFacts;
use crate::dossier::report::{Check, Indication, Judgement, Proof, Report, Signer};
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::TrustAnchors;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::{LocalTime, ProvenTime};
use sealpost_cms::verdict::{Outcome, SubIndication};
use sealpost_erds::evidence::{Evidence, verify_evidence};
use sealpost_erds::{Digest, DispatchId};

/// An evidence that reads and is not TOTAL-FAILED by itself.
pub(super) struct KnownEvidence {
    pub(super) part: String,
    pub(super) evidence: Evidence,
    /// Present exactly if the evidence is TOTAL-PASSED by itself and its anchor speaks for its
    /// issuer.
    pub(super) proven_time: Option<ProvenTime>,
    /// The trust anchor of the seal, if the evidence is TOTAL-PASSED by itself.
    pub(super) anchor: Option<Digest>,
    /// The legal person in the certificate of the seal. What the payload says is the provider's
    /// own word.
    pub(super) sealer: String,
}

impl KnownEvidence {
    /// What the evidence says about the whole letter.
    pub(super) const fn facts(&self) -> LetterFacts {
        LetterFacts {
            letter_id: self.evidence.letter_id,
            mode: self.evidence.user_content.mode,
            deadline: self.evidence.deadline,
            content_commitment: self.evidence.user_content.content_commitment,
        }
    }

    /// Whether both describe one letter from one sender. [DOS-033]
    fn same_letter(&self, other: &Self) -> bool {
        self.evidence.user_content.body == other.evidence.user_content.body
            && self.evidence.sender.same_party(&other.evidence.sender)
            && same_if_stated(self.evidence.sender.assurance, other.evidence.sender.assurance)
            && same_if_stated(self.evidence.submission_time, other.evidence.submission_time)
    }

    /// Whether both describe one way to one recipient.
    fn same_way(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.evidence, &other.evidence);
        ours.user_content.enveloped == theirs.user_content.enveloped
            && ours.recipients.len() == theirs.recipients.len()
            && ours.recipients.iter().zip(&theirs.recipients).all(|(a, b)| a.same_party(b))
    }
}

/// Verifies one evidence alone.
pub fn verify_single(
    octets: &[u8],
    anchors: &TrustAnchors,
    policy: &AlgorithmPolicy,
    now: LocalTime,
) -> Report {
    let basis = Basis { anchors, policy, now };
    let mut sheet = Sheet::single(SINGLE);
    let verification = basis.verification(&[], KeyPurpose::ElectronicSeal);
    let known = judge(&mut sheet, SINGLE, octets, &verification);
    summary::single(octets, &basis, sheet, known)
}

/// The name of the part in the report on a single evidence.
const SINGLE: &str = "evidence";

/// Judges an evidence by itself. [DOS-030]
fn judge(
    sheet: &mut Sheet,
    part: &str,
    octets: &[u8],
    verification: &Verification<'_>,
) -> Option<KnownEvidence> {
    let (evidence, finding, judgement) = match verify_evidence(octets, verification) {
        Outcome::TotalPassed(verified) => {
            let (evidence, finding) = verified.into_parts();
            sheet.prove(part, Proof::of(&finding, Signer::legal_person(&finding.signer)));
            (Some(evidence), Some(finding), Judgement::passed())
        }
        Outcome::Indeterminate(unverified, shortfall) => {
            let judgement = Judgement::because(Indication::Indeterminate, shortfall);
            (Some(unverified.into_claims()), None, judgement)
        }
        Outcome::TotalFailed(shortfall) => {
            (None, None, Judgement::because(Indication::TotalFailed, shortfall))
        }
    };
    sheet.note(part, Check::EVIDENCE, judgement);
    evidence.map(|evidence| KnownEvidence {
        part: part.to_owned(),
        evidence,
        proven_time: finding.as_ref().and_then(|finding| finding.proven_time),
        anchor: finding.as_ref().and_then(|finding| anchor_of(&finding.chain)),
        sealer: finding.and_then(|finding| sealer(&finding.signer)).unwrap_or_default(),
    })
}

/// Some events do not state everything.
fn same_if_stated<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

fn sealer(certificate: &Certificate) -> Option<String> {
    certificate.organisation().or_else(|| certificate.common_name())
}

impl Case<'_> {
    pub(super) fn judge_evidence(&mut self) {
        for (part, ()) in self.names(|kind| (kind == PartKind::Evidence).then_some(())) {
            let Some(octets) = self.octets(&part) else { continue };
            let verification = self.basis.verification(&self.crls, KeyPurpose::ElectronicSeal);
            let known = judge(&mut self.sheet, &part, octets, &verification);
            self.evidence.extend(known);
        }
        let known = std::mem::take(&mut self.evidence);
        let misnamed = !known.is_empty() && !known.iter().any(|known| self.names_letter(known));
        for known in known {
            self.judge_subject(&known);
            if self.sheet.stands(&known.part) {
                self.evidence.push(known);
            }
        }
        if misnamed && self.head.is_some() {
            let otherwise = "no evidence is about the letter that it names";
            self.sheet.note_fit(HEAD, Check::EVIDENCE_LETTER, false, otherwise);
        }
        self.evidence.sort_by_key(|known| known.proven_time.is_none());
        self.judge_agreement();
    }

    fn names_letter(&self, known: &KnownEvidence) -> bool {
        self.head.as_ref().is_some_and(|head| head.letter == known.facts())
    }

    /// What one evidence is about.
    fn judge_subject(&mut self, known: &KnownEvidence) {
        let suffix = evidence_suffix(known.evidence.event, known.evidence.dispatch_id);
        // [DOS-031] People read the names.
        let fits = known.part.ends_with(&format!("-{suffix}"));
        let otherwise = "the name of the file says something else";
        self.sheet.note_fit(&known.part, Check::EVIDENCE_NAME, fits, otherwise);
        // [DOS-032]
        let Some(letter) = self.head.as_ref().map(|head| head.letter) else {
            let missing = "the head of the dossier does not say which letter it is about";
            let judgement = Judgement::indeterminate(SubIndication::SignedDataNotFound, missing);
            return self.sheet.note(&known.part, Check::EVIDENCE_LETTER, judgement);
        };
        let facts = known.facts();
        let one_recipient = known.evidence.recipients.len() == 1;
        let otherwise = if facts.letter_id == letter.letter_id {
            "it describes the letter otherwise: mode, deadline, content or number of recipients"
        } else {
            "it is about another letter"
        };
        let fits = facts == letter && one_recipient;
        self.sheet.note_fit(&known.part, Check::EVIDENCE_LETTER, fits, otherwise);
    }

    /// All evidence must agree with the first about the letter, and with the first about its way.
    fn judge_agreement(&mut self) {
        let Some(first) = self.evidence.first() else { return };
        let mut results = Vec::new();
        for known in &self.evidence {
            let on_way = self.first_on_way(known.evidence.dispatch_id);
            let agrees =
                known.same_letter(first) && on_way.is_some_and(|other| known.same_way(other));
            results.push((known.part.clone(), agrees));
        }
        for (part, agrees) in results {
            let otherwise = "other evidence describes sender, recipient or ciphertext otherwise";
            self.sheet.note_fit(&part, Check::EVIDENCE_AGREEMENT, agrees, otherwise);
        }
        let Self { evidence, sheet, .. } = self;
        evidence.retain(|known| sheet.stands(&known.part));
    }

    /// The first evidence about a way; those that are TOTAL-PASSED come first.
    pub(super) fn first_on_way(&self, dispatch: DispatchId) -> Option<&KnownEvidence> {
        self.evidence.iter().find(|known| known.evidence.dispatch_id == dispatch)
    }
}
