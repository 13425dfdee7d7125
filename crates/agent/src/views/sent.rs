//! Letters from the person, and the evidence about letters.

use super::{HandingIn, OutgoingView, RecipientView, StepView};
use crate::errors::{AgentError, PostError};
use crate::inbox::claims;
use crate::judge::{self, Way};
use crate::records::{self, EVIDENCE, Kept, PENDING, Pending, REFUSED, Refusal, SENT};
use crate::session::{Agent, Trust};
use sealpost_cms::verdict::Outcome;
use sealpost_erds::Domain;
use sealpost_erds::evidence::{Evidence, verify_evidence};
use sealpost_letter::SentRecord;

impl Agent {
    /// All sent letters, or one.
    pub fn sent(&self, id: Option<&str>) -> Result<Vec<OutgoingView>, AgentError> {
        let mut letters = Vec::new();
        for (_, record) in records::list::<SentRecord>(&self.vault, SENT)? {
            let dispatches = record.recipients.iter().map(|to| to.dispatch_id.hex());
            let mut names = dispatches.chain([record.letter_id.hex()]);
            if id.is_none_or(|id| names.any(|name| name.starts_with(&id.to_ascii_lowercase()))) {
                letters.push(self.outgoing(&record)?);
            }
        }
        match (id, letters.len()) {
            (Some(_), 0) => Err(PostError::LetterNotFound.into()),
            (Some(_), 2..) => Err(PostError::IdAmbiguous.into()),
            _ => {
                letters.sort_by_key(|letter| letter.date);
                Ok(letters)
            }
        }
    }

    /// All evidence about the letter whose identifier begins with `id`, sent or received.
    pub fn evidence(&self, id: &str) -> Result<Vec<StepView>, AgentError> {
        match self.sent(Some(id)) {
            Ok(letters) => {
                let recipients = letters.into_iter().flat_map(|letter| letter.recipients);
                Ok(recipients.flat_map(|recipient| recipient.steps).collect())
            }
            Err(AgentError::Post(PostError::LetterNotFound)) => {
                self.steps(&Way::here(&self.received(id)?.metadata))
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn outgoing(&self, record: &SentRecord) -> Result<OutgoingView, AgentError> {
        let recipients = record.recipients.iter().zip(Way::of_sent(record)).map(|(to, way)| {
            Ok::<_, AgentError>(RecipientView {
                address: to.address.clone(),
                dispatch_id: to.dispatch_id,
                steps: self.steps(&way)?,
            })
        });
        let recipients = recipients.collect::<Result<Vec<_>, _>>()?;
        Ok(OutgoingView {
            handing_in: self.handing_in(record, &recipients)?,
            letter_id: record.letter_id,
            mode: record.mode,
            suite: record.suite,
            subject: record.subject.clone(),
            reference: record.reference.clone(),
            date: record.date.unix(),
            deadline: record.deadline.map(|deadline| deadline.unix()),
            blind_copy: record.blind_copy,
            recipients,
        })
    }

    /// Whether a letter was handed in, by what is kept. Evidence and the end of waiting are one
    /// transaction: what neither waits nor has evidence was refused.
    fn handing_in(
        &self,
        record: &SentRecord,
        recipients: &[RecipientView],
    ) -> Result<HandingIn, AgentError> {
        let name = record.letter_id.hex();
        if let Some(pending) = records::get::<Pending>(&self.vault, PENDING, &name)? {
            return Ok(HandingIn::Waiting { code: pending.failed });
        }
        if recipients.iter().any(|recipient| !recipient.steps.is_empty()) {
            return Ok(HandingIn::HandedIn);
        }
        let refusal = records::get::<Refusal>(&self.vault, REFUSED, &name)?;
        Ok(HandingIn::Refused { code: refusal.map(|refusal| refusal.code) })
    }

    /// All evidence about one way, each verified now, in the order of proven times.
    pub(crate) fn steps(&self, way: &Way) -> Result<Vec<StepView>, AgentError> {
        let kept =
            records::list_beginning::<Kept>(&self.vault, EVIDENCE, &way.dispatch_id().hex())?;
        let mut trusts: Vec<(Domain, Trust)> = Vec::new();
        let mut steps = Vec::new();
        for evidence in kept.into_iter().map(|kept| kept.evidence.0) {
            let Some(claims) = claims(&evidence) else { continue };
            let issuer = &claims.issuer.domain;
            if trusts.iter().all(|(domain, _)| domain != issuer) {
                trusts.push((issuer.clone(), self.trust_in(issuer)?));
            }
            let trust = trusts.iter().find(|(domain, _)| domain == issuer);
            steps.extend(trust.map(|(_, trust)| step(&claims, evidence, way, trust)));
        }
        steps.sort_by_key(|step| (step.proven_time, step.event));
        Ok(steps)
    }
}

fn step(claims: &Evidence, octets: Vec<u8>, way: &Way, trust: &Trust) -> StepView {
    let outcome = trust.only(verify_evidence(&octets, &trust.verification()));
    let (indication, holds) = match &outcome {
        // A good signature under the statement of somebody who may not make it, or about another
        // letter, proves nothing here.
        Outcome::TotalPassed(verified) if !judge::belongs(verified.get(), way) => {
            ("TOTAL-FAILED", None)
        }
        Outcome::TotalPassed(verified) => (outcome.indication(), Some(verified)),
        _ => (outcome.indication(), None),
    };
    let proven_time = holds.and_then(|verified| verified.finding().proven_time);
    StepView {
        event: claims.event,
        issuer: claims.issuer.domain.as_str().to_owned(),
        proven_time: proven_time.map(|time| time.unix()),
        reason: claims.reason().map(|reason| (reason.code(), reason.name())),
        indication,
        dispatch_id: way.dispatch_id(),
        sender_assurance: holds.and_then(|verified| verified.get().sender.assurance),
        octets,
    }
}
