//! Accepting and refusing. The signed decision is stored before it is sent; whatever is
//! interrupted goes on with the same decision.

use crate::errors::{AgentError, PostError};
use crate::records::{self, RECEIVED, Received};
use crate::session::{Agent, claimed_now, nonce};
use crate::system_random;
use crate::views::{Decided, Progress, State};
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_cms::verdict::Verified;
use sealpost_erds::acceptance::{Decision, Verdict};
use sealpost_erds::event::Event;
use sealpost_erds::slip::Share;
use sealpost_erds::{ConsignmentMode, Digest, Octets};
use sealpost_letter::decision::{PendingDecision, encrypt_for_sender};
use sealpost_letter::{Embedded, Notice, SignedMessage, verify_notice};
use sealpost_wire::api::{DecisionAnswer, DecisionRequest};
use sealpost_wire::paths;

impl Agent {
    /// Accepts a letter with a signature, fetches and opens it.
    pub fn accept(
        &self,
        id: &str,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Decided, AgentError> {
        let mut record = self.received(id)?;
        match self.state(&mut record)? {
            State::Waiting | State::Available => {}
            // It was accepted before; what it needed may have been installed since.
            State::Experimental if record.notice.is_some() => {}
            State::Experimental => {
                self.open_closed(&mut record)?;
                self.wait(self.confirm_opened(&mut record, progress))?;
                return self.decided(&mut record);
            }
            State::Opened if record.handed_over => return self.decided(&mut record),
            // It was opened, and the confirmation did not get through.
            State::Opened => {
                self.wait(self.confirm_opened(&mut record, progress))?;
                return self.decided(&mut record);
            }
            other => return Err(PostError::NotPossible(other.refusal()).into()),
        }
        self.wait(self.accept_now(record, progress))
    }

    /// Refuses a letter with a signature.
    pub fn refuse(
        &self,
        id: &str,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Decided, AgentError> {
        let mut record = self.received(id)?;
        match self.state(&mut record)? {
            State::Waiting => {}
            State::Refused => return self.decided(&mut record),
            State::Experimental if record.notice.is_none() => {
                return Err(PostError::NotPossible("no-decision-needed").into());
            }
            other => return Err(PostError::NotPossible(other.refusal()).into()),
        }
        self.wait(async {
            progress(Progress::Signing);
            let (mut record, notice) = self.signed(record, Verdict::Refused).await?;
            let answer = self.post_decision(&mut record, &notice, paths::LETTER_REFUSAL).await?;
            self.keep_decided(&record, &answer, &[Event::ConsignmentRejection]).await?;
            record.accepted = false;
            records::put(&self.vault, RECEIVED, &record.name(), &record)?;
            self.decided(&mut record)
        })
    }

    async fn accept_now(
        &self,
        record: Received,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Decided, AgentError> {
        progress(Progress::Signing);
        let (mut record, notice) = self.signed(record, Verdict::Accepted).await?;
        if record.release_share.is_none() {
            let answer = self.post_decision(&mut record, &notice, paths::LETTER_ACCEPTANCE).await?;
            let events = [Event::ConsignmentAcceptance, Event::ContentConsignment];
            self.keep_decided(&record, &answer, &events).await?;
            let share =
                answer.release_share.ok_or(PostError::Nonsense { expected: "release share" })?;
            let share = Share::try_from(share)
                .map_err(|_| PostError::Nonsense { expected: "release share" })?;
            record.release_share = Some(share);
            record.accepted = true;
            records::put(&self.vault, RECEIVED, &record.name(), &record)?;
        }
        progress(Progress::Fetching);
        self.open_letter(&mut record, &notice, progress).await?;
        self.decided(&mut record)
    }

    /// Fetches the body if it is not here yet, opens and verifies it, and confirms the handover.
    async fn open_letter(
        &self,
        record: &mut Received,
        notice: &Verified<Notice>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), AgentError> {
        let metadata = &record.metadata;
        let announced = metadata.body.ok_or(PostError::Archive)?;
        let body = self.ciphertext(paths::LETTER_BODY, metadata.dispatch_id, announced).await?;
        self.open_accepted(record, notice, &body)?;
        self.confirm_opened(record, progress).await
    }

    /// The record with its signed decision, made now unless it was made before.
    async fn signed(
        &self,
        mut record: Received,
        verdict: Verdict,
    ) -> Result<(Received, Verified<Notice>), AgentError> {
        let notice = self.notice(&record)?;
        if let Some(decision) = &record.decision {
            goes_on_with(&decision.0, verdict)?;
            return Ok((record, notice));
        }
        let signs_in_name = record.metadata.mode == ConsignmentMode::Signed;
        let (certificate, key) = match signs_in_name {
            true => (&self.certificates.signature, self.keys.signature_key()),
            false => (&self.certificates.authentication, self.keys.authentication_key()),
        };
        let refused = |code| AgentError::from(PostError::NotPossible(code));
        let asked =
            PendingDecision::about(&notice, &record.metadata, verdict, certificate, claimed_now())
                .map_err(|error| refused(error.code()))?;
        let answer = key.answer(asked.request());
        let signed = asked.answered(answer).map_err(|error| refused(error.code()))?;
        let token = self.time_stamp(&signed.time_stamp_request(nonce())).await?;
        // The provider may have changed its time-stamping authority.
        self.peer(&self.domain()).await?;
        let trust = self.own_trust().await?;
        let embedded = Embedded { certificates: &[], crls: &trust.crls };
        let decision = signed
            .time_stamped(token, &trust.verification(), embedded)
            .map_err(|shortfall| PostError::NotVerified { what: "time-stamp", shortfall })?;
        record.decision = Some(Octets(decision));
        records::put(&self.vault, RECEIVED, &record.name(), &record)?;
        Ok((record, notice))
    }

    /// The notice as it was stored, verified again.
    pub(crate) fn notice(&self, record: &Received) -> Result<Verified<Notice>, AgentError> {
        let signed = record.notice.clone().ok_or(PostError::NotPossible("no-decision-needed"))?;
        let message = SignedMessage::from_signed_data(signed.0);
        let trust = self.trust_in(&record.metadata.sender_erds)?;
        trust
            .only(verify_notice(
                &message,
                &self.reader(&record.metadata, record.read_by()),
                &trust.verification(),
            ))
            .passed()
            .map_err(|shortfall| PostError::NotVerified { what: "notice", shortfall }.into())
    }

    /// Sends the signed decision. One that the provider says does not count is made anew the next
    /// time; any other fate of it leaves it as it is.
    async fn post_decision(
        &self,
        record: &mut Received,
        notice: &Verified<Notice>,
        template: &str,
    ) -> Result<DecisionAnswer, AgentError> {
        let decision = record.decision.clone().ok_or(PostError::Archive)?;
        let dispatch_id = record.metadata.dispatch_id;
        let sealed = encrypt_for_sender(
            &decision.0,
            dispatch_id,
            notice.get().reply_key(),
            &mut system_random(),
        )
        .map_err(|error| PostError::Draft { code: error.code() })?;
        let question = DecisionRequest { decision, for_sender: Some(Octets(sealed)) };
        let path = paths::fill(template, &dispatch_id.hex());
        let answer = self.client.post_json(&path, &question).await;
        if let Err(AgentError::Post(PostError::Refused { code, .. })) = &answer
            && code.starts_with("decision-")
        {
            record.decision = None;
            records::put(&self.vault, RECEIVED, &record.name(), record)?;
        }
        answer
    }

    /// Keeps the evidence of a decision, if it is about the decision that was sent.
    async fn keep_decided(
        &self,
        record: &Received,
        answer: &DecisionAnswer,
        events: &[Event],
    ) -> Result<(), AgentError> {
        let sent = record.decision.as_ref().map(|decision| Digest::of(&decision.0));
        self.keep_answer(&record.metadata, &answer.evidence, events, sent).await
    }
}

/// A decision that was signed may have reached the provider even if no answer came back: nobody
/// signs the opposite beside it. [AGT-012]
fn goes_on_with(signed: &[u8], wanted: Verdict) -> Result<(), PostError> {
    let read = SignedData::from_der(signed, Limits::default()).map_err(|_| PostError::Archive)?;
    let content = read.claims().content().ok_or(PostError::Archive)?;
    let decision: Decision = serde_json::from_slice(content).map_err(|_| PostError::Archive)?;
    match decision.verdict {
        verdict if verdict == wanted => Ok(()),
        Verdict::Accepted => Err(PostError::NotPossible("acceptance-under-way")),
        Verdict::Refused => Err(PostError::NotPossible("refusal-under-way")),
    }
}

#[cfg(test)]
mod tests;
