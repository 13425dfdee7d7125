//! What the agent tells its person: plain values, verified where they say so.

use crate::errors::{AgentError, PostError};
use crate::inbox::claims;
use crate::judge::{self, Way};
use crate::records::{self, CONTENT, EVIDENCE, Kept, RECEIVED, Received, SENT};
use crate::session::{Agent, Trust};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::signed::Verification;
use sealpost_cms::verdict::{Finding, Outcome};
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::event::Event;
use sealpost_erds::evidence::{Evidence, verify_evidence};
use sealpost_erds::{Address, ConsignmentMode, DispatchId, Domain, LetterId};
use sealpost_letter::{
    Attachment, Content, SentRecord, SignedMessage, verify_letter, verify_notice,
};

/// What the agent is at, for a progress display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Asks for recipients' certificates.
    Recipients,
    /// Signs, time-stamps and encrypts.
    Encrypting,
    /// Hands a letter in.
    HandingIn,
    /// Fetches letters and evidence.
    Fetching,
    /// Signs a decision.
    Signing,
}

/// Where a received letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for acceptance.
    Waiting,
    /// It may be opened and was not fetched yet.
    Available,
    /// It was opened here.
    Opened,
    /// The person refused it.
    Refused,
    /// The deadline passed without a decision.
    Expired,
    /// What came does not verify.
    Unverified,
}

impl State {
    /// The stable code of an act that this state does not allow.
    pub(crate) const fn refusal(self) -> &'static str {
        match self {
            Self::Waiting => "not-accepted",
            Self::Available => "already-accepted",
            Self::Opened => "already-opened",
            Self::Refused => "already-refused",
            Self::Expired => "deadline-over",
            Self::Unverified => "not-verified",
        }
    }
}

/// A result in the terms of EN 319 102-1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `TOTAL-PASSED`, `INDETERMINATE` or `TOTAL-FAILED`.
    pub indication: &'static str,
    /// The sub-indication, unless it passed.
    pub sub_indication: Option<&'static str>,
    /// Why, unless it passed; names nobody.
    pub detail: Option<String>,
}

impl Verdict {
    fn of<T>(outcome: &Outcome<T>) -> Self {
        let shortfall = outcome.shortfall();
        Self {
            indication: outcome.indication(),
            sub_indication: shortfall.map(|shortfall| shortfall.sub.code()),
            detail: shortfall.map(|shortfall| shortfall.detail.clone()),
        }
    }
}

/// A signature and when it provably existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureView {
    /// The verdict.
    pub verdict: Verdict,
    /// Since when it provably exists, in Unix seconds.
    pub proven_time: Option<i64>,
    /// When the signer says it was made.
    pub claimed_time: Option<i64>,
    /// The trust anchor's subject.
    pub trust_anchor: Option<String>,
    /// The algorithm policy applied.
    pub algorithm_policy: &'static str,
}

/// Somebody with an address, and a name if a certificate vouches for it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonView {
    /// The address.
    pub address: Address,
    /// The certified name.
    pub name: Option<String>,
    /// How surely his provider identified him.
    pub assurance: Option<Assurance>,
}

/// One proven event.
#[derive(Debug, Clone)]
pub struct StepView {
    /// The event.
    pub event: Event,
    /// The issuer's domain.
    pub issuer: String,
    /// When it provably had happened, in Unix seconds.
    pub proven_time: Option<i64>,
    /// The reason's code and name in the standard.
    pub reason: Option<(&'static str, &'static str)>,
    /// The verdict on the evidence.
    pub indication: &'static str,
    /// The way that it is about.
    pub dispatch_id: DispatchId,
    /// The signed octets.
    pub octets: Vec<u8>,
}

/// One recipient of a sent letter.
#[derive(Clone)]
pub struct RecipientView {
    /// The address.
    pub address: Address,
    /// The letter's way to him.
    pub dispatch_id: DispatchId,
    /// What is proven, in the order of proven times.
    pub steps: Vec<StepView>,
}

/// A letter as its sender knows it.
#[derive(Clone)]
pub struct OutgoingView {
    /// The letter.
    pub letter_id: LetterId,
    /// How it is consigned.
    pub mode: ConsignmentMode,
    /// The subject.
    pub subject: String,
    /// The sender's own reference.
    pub reference: Option<String>,
    /// The date in the letter, in Unix seconds.
    pub date: i64,
    /// Until when it may be accepted.
    pub deadline: Option<i64>,
    /// Whether it is one blind recipient's copy.
    pub blind_copy: bool,
    /// Its recipients.
    pub recipients: Vec<RecipientView>,
}

/// What became of one submission.
#[derive(Clone)]
pub struct Handed {
    /// The letter.
    pub letter: OutgoingView,
    /// Whether the provider took it.
    pub accepted: bool,
    /// Octets handed in.
    pub octets: u64,
}

/// What became of a draft.
#[derive(Clone)]
pub struct SendReport {
    /// One per submission.
    pub letters: Vec<Handed>,
}

/// What a synchronisation brought.
#[derive(Clone, Default)]
pub struct SyncReport {
    /// Letters that came.
    pub letters_new: u64,
    /// Evidence that came.
    pub evidence_new: u64,
    /// Letters that were handed in only now.
    pub handed_in: u64,
    /// Letters that cannot be opened or do not verify; they stay at the provider.
    pub unreadable: u64,
    /// Letters that wait for a decision.
    pub waiting: Vec<InboxEntry>,
}

/// One received letter in a list.
#[derive(Clone)]
pub struct InboxEntry {
    /// The letter.
    pub letter_id: LetterId,
    /// Its way here.
    pub dispatch_id: DispatchId,
    /// Where it stands.
    pub state: State,
    /// How it is consigned.
    pub mode: ConsignmentMode,
    /// Who signed, if that is verified.
    pub sender: Option<PersonView>,
    /// The sender's provider.
    pub sender_provider: String,
    /// The subject, if it may be seen.
    pub subject: Option<String>,
    /// Until when it may be accepted.
    pub deadline: Option<i64>,
    /// Octets of ciphertext.
    pub octets: u64,
}

/// One received letter.
#[derive(Clone)]
pub struct Shown {
    /// As in the list.
    pub entry: InboxEntry,
    /// The own provider.
    pub recipient_provider: String,
    /// The signature over notice or content.
    pub signature: SignatureView,
    /// When it was decided about, as proven.
    pub decided: Option<i64>,
    /// Number and octets of the documents, if known.
    pub attachments: Option<(u64, u64)>,
    /// Visible recipients, if they may be seen.
    pub recipients: Option<Vec<Address>>,
    /// Whether it is a blind copy.
    pub blind_copy: bool,
    /// The content, only if its signature is TOTAL-PASSED.
    pub content: Option<ContentView>,
}

/// A verified content.
#[derive(Clone)]
pub struct ContentView {
    /// The date in the letter.
    pub date: i64,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Documents.
    pub attachments: Vec<Attachment>,
    /// The whole content as it was signed, for a mail program.
    pub mime: Vec<u8>,
}

/// What became of a decision.
#[derive(Clone)]
pub struct Decided {
    /// The letter.
    pub letter_id: LetterId,
    /// Its way here.
    pub dispatch_id: DispatchId,
    /// Where it stands now.
    pub state: State,
    /// What is proven.
    pub steps: Vec<StepView>,
}

/// Who the person is.
#[derive(Clone)]
pub struct IdentityView {
    /// The person.
    pub person: PersonView,
    /// The organisation in the certificate.
    pub organisation: Option<String>,
    /// The provider.
    pub provider: String,
    /// Signature, authentication and encryption certificate, and the root.
    pub certificates: [(&'static str, Certificate); 3],
    /// The root that issued them.
    pub root: Certificate,
}

impl Agent {
    /// Who the person is.
    pub fn identity(&self) -> IdentityView {
        let account = &self.account;
        IdentityView {
            person: PersonView {
                address: account.address.clone(),
                name: Some(account.name.clone()),
                assurance: Some(account.assurance),
            },
            organisation: self.certificates.signature.organisation(),
            provider: self.domain().as_str().to_owned(),
            certificates: [
                ("signature", self.certificates.signature.clone()),
                ("authentication", self.certificates.authentication.clone()),
                ("encryption", self.certificates.encryption.clone()),
            ],
            root: self.certificates.root.clone(),
        }
    }

    /// Received letters; without `all` those only that wait or can be opened.
    pub fn inbox(&self, all: bool) -> Result<Vec<InboxEntry>, AgentError> {
        let mut entries = Vec::new();
        for (_, record) in records::list::<Received>(&self.vault, RECEIVED)? {
            let entry = self.shown(&record)?.entry;
            let open = matches!(entry.state, State::Waiting | State::Available | State::Unverified);
            if all || open || entry.state == State::Opened {
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
        self.shown(&self.received(id)?)
    }

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
        Ok(OutgoingView {
            letter_id: record.letter_id,
            mode: record.mode,
            subject: record.subject.clone(),
            reference: record.reference.clone(),
            date: record.date.unix(),
            deadline: record.deadline.map(|deadline| deadline.unix()),
            blind_copy: record.blind_copy,
            recipients: recipients.collect::<Result<_, _>>()?,
        })
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

    pub(crate) fn decided(&self, record: &Received) -> Result<Decided, AgentError> {
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
    pub(crate) fn state(&self, record: &Received) -> Result<State, AgentError> {
        self.state_after(record, &self.steps(&Way::here(&record.metadata))?)
    }

    /// The same for whoever has verified the evidence already.
    fn state_after(&self, record: &Received, steps: &[StepView]) -> Result<State, AgentError> {
        if self.vault.get(CONTENT, &record.name())?.is_some() {
            return Ok(State::Opened);
        }
        let happened = |event| {
            steps.iter().any(|step| step.event == event && step.indication == "TOTAL-PASSED")
        };
        Ok(if happened(Event::ConsignmentRejection) {
            State::Refused
        } else if happened(Event::AcceptanceRejectionExpiry) {
            State::Expired
        } else if record.accepted {
            State::Available
        } else if self.notice(record).is_ok() {
            State::Waiting
        } else {
            State::Unverified
        })
    }

    fn shown(&self, record: &Received) -> Result<Shown, AgentError> {
        let metadata = &record.metadata;
        let steps = self.steps(&Way::here(metadata))?;
        let mut shown = Shown {
            entry: InboxEntry {
                letter_id: metadata.letter_id,
                dispatch_id: metadata.dispatch_id,
                state: self.state_after(record, &steps)?,
                mode: metadata.mode,
                sender: None,
                sender_provider: metadata.sender_erds.as_str().to_owned(),
                subject: None,
                deadline: metadata.deadline.map(|deadline| deadline.unix()),
                octets: metadata.body.unwrap_or(metadata.enveloped).octets,
            },
            recipient_provider: metadata.recipient_erds.as_str().to_owned(),
            signature: nothing(),
            decided: decided_at(&steps),
            attachments: None,
            recipients: None,
            blind_copy: false,
            content: None,
        };
        let trust = self.trust_in(&metadata.sender_erds)?;
        match self.vault.get(CONTENT, &record.name())? {
            Some(content) => self.show_content(&mut shown, record, content.octets.to_vec(), &trust),
            None => self.show_notice(&mut shown, record, &trust),
        }
        Ok(shown)
    }

    fn show_content(&self, shown: &mut Shown, record: &Received, signed: Vec<u8>, trust: &Trust) {
        let message = SignedMessage::from_signed_data(signed);
        let verification = Verification { require_time_stamp: false, ..trust.verification() };
        let outcome =
            trust.only(verify_letter(&message, &self.reader(&record.metadata), &verification));
        shown.signature = signature(&outcome);
        let Outcome::TotalPassed(verified) = outcome else {
            shown.entry.state = State::Unverified;
            return;
        };
        let content = verified.get();
        shown.entry.sender = Some(person(&content.from().address, &content.from().name, record));
        shown.entry.subject = Some(content.subject().to_owned());
        let sizes = content.attachments().iter().map(|it| it.octets.len() as u64);
        shown.attachments = Some((content.attachments().len() as u64, sizes.sum()));
        shown.blind_copy = content.is_blind_copy();
        shown.content = Some(content_view(content));
    }

    fn show_notice(&self, shown: &mut Shown, record: &Received, trust: &Trust) {
        let Some(notice) = &record.notice else { return };
        let message = SignedMessage::from_signed_data(notice.0.clone());
        let outcome = trust.only(verify_notice(
            &message,
            &self.reader(&record.metadata),
            &trust.verification(),
        ));
        shown.signature = signature(&outcome);
        let Outcome::TotalPassed(verified) = outcome else {
            shown.entry.state = State::Unverified;
            return;
        };
        let notice = verified.get();
        shown.entry.sender = Some(person(&notice.sender().address, &notice.sender().name, record));
        shown.entry.subject = notice.subject().map(str::to_owned);
        shown.attachments = Some((u64::from(notice.attachments()), notice.attachments_octets()));
        shown.recipients = notice.visible_recipients().map(<[Address]>::to_vec);
        shown.blind_copy = notice.is_blind_copy();
    }
}

/// When a letter was accepted or refused, as proven.
fn decided_at(steps: &[StepView]) -> Option<i64> {
    let decides =
        |event| matches!(event, Event::ConsignmentAcceptance | Event::ConsignmentRejection);
    steps.iter().find(|step| decides(step.event)).and_then(|step| step.proven_time)
}

fn step(claims: &Evidence, octets: Vec<u8>, way: &Way, trust: &Trust) -> StepView {
    let outcome = trust.only(verify_evidence(&octets, &trust.verification()));
    let (indication, proven_time) = match &outcome {
        // A good signature under the statement of somebody who may not make it, or about another
        // letter, proves nothing here.
        Outcome::TotalPassed(verified) if !judge::belongs(verified.get(), way) => {
            ("TOTAL-FAILED", None)
        }
        Outcome::TotalPassed(verified) => {
            (outcome.indication(), verified.finding().proven_time.map(|time| time.unix()))
        }
        _ => (outcome.indication(), None),
    };
    StepView {
        event: claims.event,
        issuer: claims.issuer.domain.as_str().to_owned(),
        proven_time,
        reason: claims.reason().map(|reason| (reason.code(), reason.name())),
        indication,
        dispatch_id: way.dispatch_id(),
        octets,
    }
}

fn signature<T>(outcome: &Outcome<T>) -> SignatureView {
    let finding: Option<&Finding> = match outcome {
        Outcome::TotalPassed(verified) => Some(verified.finding()),
        _ => None,
    };
    SignatureView {
        verdict: Verdict::of(outcome),
        proven_time: finding.and_then(|it| it.proven_time).map(|time| time.unix()),
        claimed_time: finding.and_then(|it| it.claimed_time).map(|time| time.unix()),
        trust_anchor: finding.and_then(|it| it.chain.last()).map(Certificate::subject_display),
        algorithm_policy: sealpost_cms::policy::AlgorithmPolicy::current().id().0,
    }
}

fn nothing() -> SignatureView {
    SignatureView {
        verdict: Verdict {
            indication: "INDETERMINATE",
            sub_indication: Some("SIGNED_DATA_NOT_FOUND"),
            detail: None,
        },
        proven_time: None,
        claimed_time: None,
        trust_anchor: None,
        algorithm_policy: sealpost_cms::policy::AlgorithmPolicy::current().id().0,
    }
}

fn person(address: &Address, name: &str, record: &Received) -> PersonView {
    PersonView {
        address: address.clone(),
        name: Some(name.to_owned()),
        assurance: record.metadata.sender.assurance,
    }
}

fn content_view(content: &Content) -> ContentView {
    ContentView {
        date: content.date().unix(),
        to: content.to().to_vec(),
        cc: content.cc().to_vec(),
        subject: content.subject().to_owned(),
        text: content.text().to_owned(),
        attachments: content.attachments().to_vec(),
        mime: content.mime().to_vec(),
    }
}
