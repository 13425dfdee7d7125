//! The recipients' decisions: signed by them, about this letter, in time, and the very ones that
//! evidence names.

use super::Case;
use crate::dossier::layout::{self, PartKind};
use crate::dossier::report::{Check, Indication, Judgement, Proof, Signer, names};
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::verdict::{Finding, Outcome, SubIndication};
use sealpost_erds::acceptance::{Decision, Verdict, verify_acceptance, verify_rejection};
use sealpost_erds::event::Event;
use sealpost_erds::{ConsignmentMode, Digest, DispatchId};

impl Case<'_> {
    pub(super) fn judge_decisions(&mut self) {
        let decisions = self.names(|kind| match kind {
            PartKind::Decision(dispatch) => Some(dispatch),
            _ => None,
        });
        for (part, dispatch) in decisions {
            let Some(octets) = self.octets(&part) else { continue };
            let Some((decision, finding)) = self.judge_signature(&part, dispatch, octets) else {
                continue;
            };
            self.judge_letter(&part, dispatch, &decision);
            self.judge_named(&part, dispatch, decision.verdict, Digest::of(octets));
            if let Some(finding) = finding {
                self.judge_signer(&part, dispatch, &decision, &finding);
            }
        }
    }

    /// The decision of this recipient, if the dossier has one.
    pub(super) fn has_decision(&self, dispatch: DispatchId) -> Option<bool> {
        let part = layout::decision(dispatch);
        self.container.part(&part)?;
        Some(self.sheet.is_passed(&part))
    }

    /// [DOS-050]
    fn judge_signature(
        &mut self,
        part: &str,
        dispatch: DispatchId,
        octets: &[u8],
    ) -> Option<(Decision, Option<Finding>)> {
        let mode = self.head.as_ref()?.letter.mode;
        let (decision, finding, judgement) = match self.verify(octets, mode) {
            Judged::Believed(decision, finding) => (decision, Some(finding), Judgement::passed()),
            Judged::Doubted(decision, judgement) => (decision, None, judgement),
            Judged::Failed(judgement) => {
                self.sheet.note(part, Check::DECISION_SIGNATURE, judgement);
                return None;
            }
        };
        self.sheet.note(part, Check::DECISION_SIGNATURE, judgement);
        let finding = finding.filter(|finding| self.judge_person(part, finding));
        if let Some(finding) = &finding {
            let disclosed = self.parties.recipient_address(dispatch);
            let signer = Signer::person(&finding.signer, disclosed);
            self.sheet.prove(part, Proof::of(finding, signer));
        }
        Some((decision, finding.map(|finding| *finding)))
    }

    /// A decision says itself which it is; each reader refuses the other.
    fn verify(&self, octets: &[u8], mode: ConsignmentMode) -> Judged {
        let verification = self.basis.verification(&self.crls, KeyPurpose::Authentication);
        let accepted = verify_acceptance(octets, mode, &verification);
        match judged(accepted, |acceptance| acceptance.decision().clone()) {
            Judged::Failed(first) => {
                let refused = verify_rejection(octets, mode, &verification);
                match judged(refused, |rejection| rejection.decision().clone()) {
                    Judged::Failed(_) => Judged::Failed(first),
                    other => other,
                }
            }
            other => other,
        }
    }

    /// [DOS-051]
    fn judge_letter(&mut self, part: &str, dispatch: DispatchId, decision: &Decision) {
        let Some(letter) = self.head.as_ref().map(|head| head.letter) else { return };
        let known = self.first_on_way(dispatch);
        let body = known.and_then(|known| known.evidence.user_content.body);
        let fits = decision.letter_id == letter.letter_id
            && decision.dispatch_id == dispatch
            && decision.content_commitment == letter.content_commitment
            && Some(decision.deadline) == letter.deadline
            && body.is_none_or(|body| body.sha256 == decision.body_sha256);
        let otherwise = "it is about another letter";
        self.sheet.note_fit(part, Check::DECISION_LETTER, fits, otherwise);
    }

    /// [DOS-052]
    fn judge_named(&mut self, part: &str, dispatch: DispatchId, verdict: Verdict, sha256: Digest) {
        let event = match verdict {
            Verdict::Accepted => Event::ConsignmentAcceptance,
            Verdict::Refused => Event::ConsignmentRejection,
        };
        let mut on_way =
            self.evidence.iter().filter(|known| known.evidence.dispatch_id == dispatch);
        let named = on_way.find(|known| known.evidence.event == event);
        let judgement = match named.map(|known| known.evidence.decision_sha256) {
            Some(Some(named)) if named == sha256 => Judgement::passed(),
            Some(_) => {
                Judgement::failed(SubIndication::HashFailure, "evidence names another decision")
            }
            None => Judgement::indeterminate(
                SubIndication::SignedDataNotFound,
                "no evidence names the decision",
            ),
        };
        self.sheet.note(part, Check::DECISION_EVIDENCE, judgement);
    }

    fn judge_signer(
        &mut self,
        part: &str,
        dispatch: DispatchId,
        decision: &Decision,
        finding: &Finding,
    ) {
        // [DOS-053]
        if let Some(address) = self.parties.recipient_address(dispatch) {
            let fits = names(&finding.signer, address);
            let otherwise = "somebody else than the disclosed recipient decided";
            self.sheet.note_fit(part, Check::DECISION_SIGNER, fits, otherwise);
        }
        if let Some(party) = self.parties.recipients.get_mut(&dispatch) {
            party.certify(&finding.signer);
        }
        // [DOS-054]
        let in_time = finding.proven_time.is_some_and(|time| !time.is_after(decision.deadline));
        let judgement = if in_time {
            Judgement::passed()
        } else {
            let late = "it was made after the deadline";
            Judgement::misfit(late)
        };
        self.sheet.note(part, Check::DECISION_TIME, judgement);
    }
}

enum Judged {
    Believed(Decision, Box<Finding>),
    Doubted(Decision, Judgement),
    Failed(Judgement),
}

fn judged<T>(outcome: Outcome<T>, decision: fn(&T) -> Decision) -> Judged {
    match outcome {
        Outcome::TotalPassed(verified) => {
            let (value, finding) = verified.into_parts();
            Judged::Believed(decision(&value), Box::new(finding))
        }
        Outcome::Indeterminate(unverified, shortfall) => {
            let judgement = Judgement::because(Indication::Indeterminate, shortfall);
            Judged::Doubted(decision(unverified.claims()), judgement)
        }
        Outcome::TotalFailed(shortfall) => {
            Judged::Failed(Judgement::because(Indication::TotalFailed, shortfall))
        }
    }
}
