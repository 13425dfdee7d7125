//! Letters to the person.

use super::{
    ContentView, Decided, InboxEntry, LargeView, PersonView, Shown, SignatureView, State, StepView,
    Verdict,
};
use crate::ciphers::CipherView;
use crate::errors::{AgentError, PostError};
use crate::judge::Way;
use crate::layered::Experiment;
use crate::opened::Opening;
use crate::records::{self, CONTENT, Listed, RECEIVED, Received};
use crate::session::{Agent, Trust};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::verdict::{Finding, Outcome};
use sealpost_erds::Address;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::event::Event;
use sealpost_letter::{ChunkedAttachment, Content, SignedMessage, verify_notice};

impl Agent {
    /// Received letters; without `all` those only that wait or can be opened.
    pub fn inbox(&self, all: bool) -> Result<Vec<InboxEntry>, AgentError> {
        let mut entries = Vec::new();
        for (_, mut record) in records::list::<Received>(&self.vault, RECEIVED)? {
            let entry = match self.opening(&mut record)? {
                Opening::Opened(listed) => opened_entry(&record, listed),
                Opening::Closed | Opening::Unverified => self.shown(&record)?.entry,
            };
            let open = matches!(entry.state, State::Waiting | State::Available | State::Unverified);
            let here = matches!(entry.state, State::Opened | State::Experimental);
            if all || open || here {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    /// Letters that wait for a decision. What was accepted is told apart before any evidence is
    /// verified: this is asked at every synchronisation.
    pub(crate) fn waiting(&self) -> Result<Vec<InboxEntry>, AgentError> {
        let mut entries = Vec::new();
        for (_, record) in records::list::<Received>(&self.vault, RECEIVED)? {
            if record.accepted || record.notice.is_none() {
                continue;
            }
            let entry = self.shown(&record)?.entry;
            if entry.state == State::Waiting {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    /// One received letter.
    pub fn show(&self, id: &str) -> Result<Shown, AgentError> {
        let mut record = self.received(id)?;
        self.open_closed(&mut record)?;
        self.shown(&record)
    }

    pub(crate) fn decided(&self, record: &mut Received) -> Result<Decided, AgentError> {
        let steps = self.steps(&Way::here(&record.metadata))?;
        Ok(Decided {
            letter_id: record.metadata.letter_id,
            dispatch_id: record.metadata.dispatch_id,
            state: self.state_after(record, &steps)?,
            steps,
        })
    }

    /// The one received letter whose letter or dispatch identifier begins with `id`.
    pub(crate) fn received(&self, id: &str) -> Result<Received, AgentError> {
        let id = id.to_ascii_lowercase();
        let mut found = records::list::<Received>(&self.vault, RECEIVED)?.into_iter().filter(
            |(name, record)| {
                name.starts_with(&id) || record.metadata.letter_id.hex().starts_with(&id)
            },
        );
        match (found.next(), found.next()) {
            (Some((_, record)), None) => Ok(record),
            (Some(_), Some(_)) => Err(PostError::IdAmbiguous.into()),
            _ => Err(PostError::LetterNotFound.into()),
        }
    }

    /// Where a letter stands, by what is proven.
    pub(crate) fn state(&self, record: &mut Received) -> Result<State, AgentError> {
        let steps = self.steps(&Way::here(&record.metadata))?;
        self.state_after(record, &steps)
    }

    /// The same for whoever has verified the evidence already.
    fn state_after(&self, record: &mut Received, steps: &[StepView]) -> Result<State, AgentError> {
        Ok(match self.opening(record)? {
            Opening::Opened(_) => State::Opened,
            Opening::Unverified => State::Unverified,
            Opening::Closed => self.state_unopened(record, steps),
        })
    }

    fn state_unopened(&self, record: &Received, steps: &[StepView]) -> State {
        let happened = |event| {
            steps.iter().any(|step| step.event == event && step.indication == "TOTAL-PASSED")
        };
        if happened(Event::ConsignmentRejection) {
            State::Refused
        } else if happened(Event::AcceptanceRejectionExpiry) {
            State::Expired
        } else if record.is_closed() {
            State::Experimental
        } else if record.accepted {
            State::Available
        } else if self.notice(record).is_ok() {
            State::Waiting
        } else {
            State::Unverified
        }
    }

    fn shown(&self, record: &Received) -> Result<Shown, AgentError> {
        let metadata = &record.metadata;
        let steps = self.steps(&Way::here(metadata))?;
        let content = self.vault.get(CONTENT, &record.name())?;
        let state = match content {
            Some(_) => State::Opened,
            None => self.state_unopened(record, &steps),
        };
        let mut shown = Shown {
            entry: entry(record, state),
            suite: record.suite,
            recipient_provider: metadata.recipient_erds.as_str().to_owned(),
            signature: nothing(self.policy().id().to_string()),
            decided: decided_at(&steps),
            experiment: None,
            attachments: None,
            recipients: None,
            blind_copy: false,
            content: None,
        };
        let trust = self.trust_in(&metadata.sender_erds)?;
        match content {
            Some(content) => self.show_content(&mut shown, record, content.octets.to_vec(), &trust),
            None => self.show_notice(&mut shown, record, &trust),
        }
        if let Some(sender) = &mut shown.entry.sender {
            sender.assurance = proven_assurance(&steps);
        }
        Ok(shown)
    }

    fn show_content(&self, shown: &mut Shown, record: &Received, signed: Vec<u8>, trust: &Trust) {
        let message = SignedMessage::from_signed_data(signed);
        let outcome = self.judged_content(&message, &record.metadata, record.read_by(), trust);
        shown.signature = signature(&outcome, trust.policy().id().to_string());
        let Outcome::TotalPassed(verified) = outcome else {
            shown.entry.state = State::Unverified;
            return;
        };
        let around = |it: &Experiment| CipherView { digest: it.cipher, name: it.name.clone() };
        shown.experiment = record.experiment.as_ref().map(around);
        let content = verified.get();
        shown.entry.sender = Some(person(&content.from().address, &content.from().name));
        shown.entry.subject = Some(content.subject().to_owned());
        let small = content.attachments().iter().map(|it| it.octets.len() as u64);
        let sizes = small.chain(content.chunked().iter().map(|it| it.octets));
        let count = content.attachments().len() + content.chunked().len();
        shown.attachments = Some((count as u64, sizes.sum()));
        shown.blind_copy = content.is_blind_copy();
        shown.content = Some(self.content_view(content));
    }

    fn show_notice(&self, shown: &mut Shown, record: &Received, trust: &Trust) {
        let Some(notice) = &record.notice else { return };
        let message = SignedMessage::from_signed_data(notice.0.clone());
        let outcome = trust.only(verify_notice(
            &message,
            &self.reader(&record.metadata, record.read_by()),
            &trust.verification(),
        ));
        shown.signature = signature(&outcome, trust.policy().id().to_string());
        let Outcome::TotalPassed(verified) = outcome else {
            shown.entry.state = State::Unverified;
            return;
        };
        let notice = verified.get();
        shown.entry.sender = Some(person(&notice.sender().address, &notice.sender().name));
        shown.entry.subject = notice.subject().map(str::to_owned);
        shown.attachments = Some((u64::from(notice.attachments()), notice.attachments_octets()));
        shown.recipients = notice.visible_recipients().map(<[Address]>::to_vec);
        shown.blind_copy = notice.is_blind_copy();
    }
}

/// What a list says of a letter by its record alone.
fn entry(record: &Received, state: State) -> InboxEntry {
    let metadata = &record.metadata;
    InboxEntry {
        letter_id: metadata.letter_id,
        dispatch_id: metadata.dispatch_id,
        state,
        mode: metadata.mode,
        sender: None,
        sender_provider: metadata.sender_erds.as_str().to_owned(),
        subject: None,
        deadline: metadata.deadline.map(|deadline| deadline.unix()),
        octets: metadata.body.unwrap_or(metadata.enveloped).octets
            + metadata.objects.map_or(0, |objects| objects.octets),
    }
}

fn opened_entry(record: &Received, listed: Listed) -> InboxEntry {
    InboxEntry {
        // A list verifies no evidence.
        sender: Some(person(&listed.sender, &listed.sender_name)),
        subject: Some(listed.subject),
        ..entry(record, State::Opened)
    }
}

/// When a letter was accepted or refused, as proven.
fn decided_at(steps: &[StepView]) -> Option<i64> {
    let decides =
        |event| matches!(event, Event::ConsignmentAcceptance | Event::ConsignmentRejection);
    steps.iter().find(|step| decides(step.event)).and_then(|step| step.proven_time)
}

fn signature<T>(outcome: &Outcome<T>, algorithm_policy: String) -> SignatureView {
    let finding: Option<&Finding> = match outcome {
        Outcome::TotalPassed(verified) => Some(verified.finding()),
        _ => None,
    };
    SignatureView {
        verdict: Verdict::of(outcome),
        proven_time: finding.and_then(|it| it.proven_time).map(|time| time.unix()),
        claimed_time: finding.and_then(|it| it.claimed_time).map(|time| time.unix()),
        trust_anchor: finding.and_then(|it| it.chain.last()).map(Certificate::subject_display),
        algorithm_policy,
    }
}

fn nothing(algorithm_policy: String) -> SignatureView {
    SignatureView {
        verdict: Verdict {
            indication: "INDETERMINATE",
            sub_indication: Some("SIGNED_DATA_NOT_FOUND"),
            detail: None,
        },
        proven_time: None,
        claimed_time: None,
        trust_anchor: None,
        algorithm_policy,
    }
}

/// Somebody whose name a verified signature vouches for.
fn person(address: &Address, name: &str) -> PersonView {
    PersonView { address: address.clone(), name: Some(name.to_owned()), assurance: None }
}

/// How surely the sender is identified, by evidence of his own provider that holds. What the
/// recipient's provider writes beside the letter proves nothing about him. [AGT-027]
fn proven_assurance(steps: &[StepView]) -> Option<Assurance> {
    let accepted = steps.iter().find(|step| {
        step.event == Event::SubmissionAcceptance && step.indication == "TOTAL-PASSED"
    });
    accepted.and_then(|step| step.sender_assurance)
}

impl Agent {
    fn content_view(&self, content: &Content) -> ContentView {
        let large = |it: &ChunkedAttachment| LargeView {
            file_name: it.file_name.clone(),
            media_type: it.media_type.clone(),
            octets: it.octets,
            sha256: it.sha256,
            // What cannot be looked at is not here.
            here: self.octets_here(it).is_ok_and(|octets| {
                octets == it.objects().map(|object| object.octets).sum::<u64>()
            }),
        };
        ContentView {
            date: content.date().unix(),
            to: content.to().to_vec(),
            cc: content.cc().to_vec(),
            subject: content.subject().to_owned(),
            text: content.text().to_owned(),
            attachments: content.attachments().to_vec(),
            large: content.chunked().iter().map(large).collect(),
            mime: content.mime().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{EVIDENCE, Kept, evidence_name};
    use crate::testing::{Provider, meets, metadata, person};
    use sealpost_erds::ConsignmentMode;

    #[test]
    fn agt_027_how_surely_somebody_is_identified_is_shown_on_his_own_providers_word_alone() {
        let place = tempfile::tempdir().unwrap();
        let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
        let bert = person(&place, &south, "bert@south.example");
        meets(&bert, &north);
        let mut metadata = metadata(ConsignmentMode::Signed);
        // The own provider writes what it likes beside the letter.
        metadata.sender.assurance = Some(Assurance::High);
        let keeps = |by: &Provider, event, assurance| {
            let mut evidence = by.states(event, &metadata);
            evidence.sender.assurance = assurance;
            let octets = by.seals(&evidence);
            let name = evidence_name(metadata.dispatch_id, &octets.0);
            records::put(&bert.vault, EVIDENCE, &name, &Kept::of(octets)).unwrap();
            proven_assurance(&bert.steps(&Way::here(&metadata)).unwrap())
        };
        let accepted = Event::SubmissionAcceptance;
        assert_eq!(keeps(&south, Event::NotificationForAcceptance, Some(Assurance::High)), None);
        assert_eq!(keeps(&south, accepted, Some(Assurance::High)), None, "not his provider");
        assert_eq!(keeps(&north, accepted, Some(Assurance::Low)), Some(Assurance::Low));
    }
}
