//! Synchronising: what waits at the provider becomes records in the vault, and only then is
//! acknowledged.

use crate::client::read;
use crate::errors::{AgentError, PostError, VaultError};
use crate::judge::{self, Way};
use crate::limits;
use crate::opened::Opening;
use crate::outbox::believed;
use crate::policy::is_about_policy;
use crate::records::{
    self, CONTENT, DECISION, EVIDENCE, Kept, PEER, PENDING, Peer, Pending, RECEIVED, ReadBy,
    Received, SEALED, SENT, UNREADABLE, evidence_name,
};
use crate::session::{Agent, Trust};
use crate::views::{HandingIn, NotHandedIn, Progress, SyncReport};
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_erds::acceptance::{verify_acceptance, verify_rejection};
use sealpost_erds::event::Event;
use sealpost_erds::evidence::Evidence;
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::slip::Share;
use sealpost_erds::{ConsignmentMode, Digest, Domain, LetterId, Octets};
use sealpost_letter::decision::open_from_recipient;
use sealpost_letter::{Reader, SentRecord, open_carrier};
use sealpost_wire::api::{
    HandoverAnswer, HandoverRequest, MailboxAcknowledgement, MailboxLetter, MailboxPage,
};
use sealpost_wire::paths;
use std::collections::HashSet;

mod keys;

/// What came with an evidence.
enum Attached {
    /// Nothing, or nothing that belongs to it.
    Nothing,
    /// Something that can be judged only when the evidence is believed.
    NotYet,
    /// The recipient's decision, which the evidence names.
    Decision(Vec<u8>),
}

impl Agent {
    /// Hands in what waits here and fetches what waits there. Repeatable at any time.
    pub fn sync(&self, progress: &mut dyn FnMut(Progress)) -> Result<SyncReport, AgentError> {
        self.wait(self.sync_now(progress))
    }

    async fn sync_now(&self, progress: &mut dyn FnMut(Progress)) -> Result<SyncReport, AgentError> {
        let mut report = SyncReport::default();
        self.meet(&self.domain()).await?;
        let mut refused = None;
        match self.renew_policy().await {
            Ok(policy) => report.policy = policy,
            // What comes is judged by what was in force before, and nothing is sealed.
            Err(error) if is_about_policy(&error) => refused = Some(error),
            Err(error) => return Err(error),
        }
        self.hand_in_all(&mut report, progress).await?;
        self.sweep_bodies()?;
        self.read_again(&mut report).await?;
        let mut acknowledged = HashSet::new();
        for _ in 0..limits::MAILBOX_PAGES_MAX {
            progress(Progress::Fetching);
            let page: MailboxPage = read(&self.client.get(paths::MAILBOX).await?)?;
            report.unreadable = 0;
            for letter in &page.letters {
                match self.take_letter(letter, progress).await {
                    Ok(arrival) => {
                        report.letters_new += u64::from(arrival.new);
                        report.unreadable += u64::from(!arrival.verified);
                    }
                    // One letter that cannot be read must not keep the others from being read.
                    Err(error) if is_about_one(&error) => report.unreadable += 1,
                    Err(error) => return Err(error),
                }
            }
            let mut ids = Vec::new();
            for item in &page.evidence {
                match self.take_evidence(&item.evidence, item.attachment.as_ref()).await {
                    Ok(new) => report.evidence_new += u64::from(new),
                    // It stays at the provider.
                    Err(error) if is_about_one(&error) => continue,
                    Err(error) => return Err(error),
                }
                ids.push(item.id);
            }
            if !brings_new(&ids, &mut acknowledged) {
                break;
            }
            let question = MailboxAcknowledgement { ids };
            let body = serde_json::to_vec(&question).map_err(|_| PostError::Archive)?;
            self.client.post(paths::MAILBOX_ACKNOWLEDGEMENT, "application/json", body).await?;
            if !page.more {
                break;
            }
        }
        report.waiting = self.waiting()?;
        report.fault = report.fault.or(refused);
        Ok(report)
    }

    /// Hands in all that waits here. One letter that is not taken does not hold up the others, and
    /// a provider that takes none may still have something to fetch: both are told in the report.
    async fn hand_in_all(
        &self,
        report: &mut SyncReport,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), AgentError> {
        let mut none_is_taken: Option<String> = None;
        for (name, _) in records::list::<Pending>(&self.vault, PENDING)? {
            let letter_id = LetterId::parse(&name).ok_or(PostError::Archive)?;
            if none_is_taken.is_some() {
                let handing_in = HandingIn::Waiting { code: none_is_taken.clone() };
                report.not_handed_in.push(NotHandedIn { letter_id, handing_in });
                continue;
            }
            progress(Progress::HandingIn);
            let submitted = self.hand_in(letter_id, progress).await;
            let handing_in = submitted.handing_in();
            let Some(fault) = submitted.into_fault() else {
                report.handed_in += 1;
                continue;
            };
            if !is_about_one(&fault) {
                let answers = matches!(&fault, AgentError::Post(error) if error.is_refusal());
                if !answers {
                    return Err(fault);
                }
                none_is_taken = Some(fault.why().to_owned());
            }
            report.not_handed_in.push(NotHandedIn { letter_id, handing_in });
            report.fault.get_or_insert(fault);
        }
        Ok(())
    }

    /// Stores one evidence verbatim; whether it is new. What does not verify is stored too and
    /// shown as what it is; what does not read is kept for a version that can read it.
    pub(crate) async fn take_evidence(
        &self,
        octets: &Octets,
        attachment: Option<&Octets>,
    ) -> Result<bool, AgentError> {
        let whole = Kept { evidence: octets.clone(), attachment: attachment.cloned() };
        let whole = records::write(&whole)?;
        let Some(claims) = claims(&octets.0) else {
            let name = Digest::of(&octets.0).hex();
            self.vault.commit(|tx| tx.put(UNREADABLE, &name, &whole).map_err(AgentError::from))?;
            return Ok(false);
        };
        match self.meet(&claims.issuer.domain).await {
            // Nobody vouches for the issuer: it is kept, and shown as INDETERMINATE.
            Err(AgentError::Post(PostError::Refused { status: 400..=499, .. })) => {}
            other => other?,
        }
        let decision = match attachment {
            Some(sealed) => self.decision_of(octets, &claims, sealed).await?,
            None => Attached::Nothing,
        };
        let name = evidence_name(claims.dispatch_id, &octets.0);
        let new = self.vault.get(EVIDENCE, &name)?.is_none();
        let kept = records::write(&Kept::of(octets.clone()))?;
        self.vault.commit(|tx| {
            tx.put(EVIDENCE, &name, &kept)?;
            match &decision {
                Attached::Decision(decision) => {
                    tx.put(DECISION, &claims.dispatch_id.hex(), decision)?;
                    tx.delete(SEALED, &name)?;
                }
                // The provider deletes its copy as soon as it is told that this one is safe.
                Attached::NotYet => {
                    tx.put(SEALED, &name, &whole)?;
                }
                Attached::Nothing => {
                    tx.delete(SEALED, &name)?;
                }
            }
            Ok::<(), AgentError>(())
        })?;
        Ok(new)
    }

    /// Evidence that an earlier version could not read is read again, and what came with evidence
    /// that was not believed is judged again. [AGT-028]
    async fn read_again(&self, report: &mut SyncReport) -> Result<(), AgentError> {
        for (name, kept) in records::list::<Kept>(&self.vault, UNREADABLE)? {
            if claims(&kept.evidence.0).is_some() {
                let new = self.take_evidence(&kept.evidence, kept.attachment.as_ref()).await?;
                report.evidence_new += u64::from(new);
                self.vault.commit(|tx| tx.delete(UNREADABLE, &name).map_err(AgentError::from))?;
            }
        }
        let sealed = records::list::<Kept>(&self.vault, SEALED)?;
        for (_, kept) in sealed.into_iter().take(limits::SEALED_AGAIN_MAX) {
            self.take_evidence(&kept.evidence, kept.attachment.as_ref()).await?;
        }
        Ok(())
    }

    /// The evidence, if it is TOTAL-PASSED for the provider of this domain. What that provider says
    /// of itself, such as whose time-stamps it uses, may have changed since it was met: it is
    /// asked once more before its evidence is doubted.
    pub(crate) async fn believed_now(
        &self,
        evidence: &[u8],
        domain: &Domain,
    ) -> Result<Evidence, AgentError> {
        match believed(evidence, &self.trust_in(domain)?) {
            Err(AgentError::Post(PostError::NotVerified { .. })) => {
                // Whoever cannot be asked is judged by what is known.
                let _ = self.peer(domain).await;
                believed(evidence, &self.trust_in(domain)?)
            }
            other => other,
        }
    }

    /// All evidence of an answer of the own provider, or none of it.
    pub(crate) async fn believed_answer(
        &self,
        answer: &[Octets],
    ) -> Result<Vec<Evidence>, AgentError> {
        let domain = self.domain();
        let mut believed = Vec::new();
        for evidence in answer {
            believed.push(self.believed_now(&evidence.0, &domain).await?);
        }
        Ok(believed)
    }

    /// Knows the root of a domain's provider, asking the own provider if it must.
    pub(crate) async fn meet(&self, domain: &Domain) -> Result<(), AgentError> {
        if records::get::<Peer>(&self.vault, PEER, domain.as_str())?.is_none() {
            self.peer(domain).await?;
        }
        Ok(())
    }

    /// The recipient's signed decision, opened with the reply key that only he and we have. It is
    /// kept if evidence that holds names its digest, and if its own signature holds. [AGT-005]
    async fn decision_of(
        &self,
        signed: &Octets,
        claims: &Evidence,
        sealed: &Octets,
    ) -> Result<Attached, AgentError> {
        let Some(record) = self.sent_record(claims.letter_id)? else {
            return Ok(Attached::Nothing);
        };
        let Some(recipient) = record.recipient(claims.dispatch_id) else {
            return Ok(Attached::Nothing);
        };
        let Some(key) = &recipient.reply_key else { return Ok(Attached::Nothing) };
        let domain = recipient.address.domain();
        let evidence = match self.believed_now(&signed.0, &domain).await {
            Ok(evidence) => evidence,
            Err(AgentError::Post(PostError::NotVerified { shortfall, .. })) => {
                let forged = shortfall.sub.is_total_failure();
                return Ok(if forged { Attached::Nothing } else { Attached::NotYet });
            }
            Err(error) => return Err(error),
        };
        let Ok(decision) = open_from_recipient(&sealed.0, claims.dispatch_id, key) else {
            return Ok(Attached::Nothing);
        };
        let trust = self.trust_in(&domain)?;
        let way = Way::of_sent(&record).find(|way| way.dispatch_id() == claims.dispatch_id);
        let belongs = way.is_some_and(|way| judge::belongs(&evidence, &way));
        Ok(match belongs && is_the_decision(&decision, &evidence, record.mode, &trust) {
            true => Attached::Decision(decision),
            false => Attached::Nothing,
        })
    }

    pub(crate) fn sent_record(
        &self,
        letter_id: LetterId,
    ) -> Result<Option<SentRecord>, AgentError> {
        records::get(&self.vault, SENT, &letter_id.hex())
    }

    /// Fetches, opens and stores a letter, if it is not here yet.
    pub(crate) async fn take_letter(
        &self,
        letter: &MailboxLetter,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Arrival, AgentError> {
        let name = letter.metadata.dispatch_id.hex();
        let known: Option<Received> = records::get(&self.vault, RECEIVED, &name)?;
        let (mut record, new) = match known {
            Some(record) => (record, false),
            None => (self.fetch(letter).await?, true),
        };
        self.open_if_installed_since(&mut record)?;
        // Nobody but the reader can say that a letter arrived whole. One whose content does not
        // verify stays at the provider, as one that was accepted would; each synchronisation
        // verifies it again. [AGT-024]
        let verified = match record.handed_over {
            true => true,
            false => match self.opening(&mut record)? {
                Opening::Closed => !record.is_closed(),
                Opening::Unverified => false,
                // Also if an earlier confirmation did not get through.
                Opening::Opened(_) => {
                    self.confirm_opened(&mut record, progress).await?;
                    true
                }
            },
        };
        Ok(Arrival { new, verified })
    }

    /// Fetches what travels beside an opened letter and confirms the handover. In the modes that need acceptance the sender is
    /// told: he knows of the acceptance anyway. In basic mode it would show when we were here.
    pub(crate) async fn confirm_opened(
        &self,
        record: &mut Received,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), AgentError> {
        self.fetch_objects(record, progress).await?;
        let tell_sender = record.metadata.mode.needs_acceptance();
        match self.confirm(&record.metadata, tell_sender).await {
            // The provider has confirmed and forgotten it: then its evidence came on another way.
            Err(AgentError::Post(PostError::Refused { status: 404 | 409, .. })) => {}
            other => other?,
        }
        record.handed_over = true;
        records::put(&self.vault, RECEIVED, &record.name(), record)
    }

    async fn fetch(&self, letter: &MailboxLetter) -> Result<Received, AgentError> {
        let metadata = &letter.metadata;
        if metadata.recipient_erds != self.domain() {
            return Err(PostError::Nonsense { expected: "letter" }.into());
        }
        self.meet(&metadata.sender_erds).await?;
        let (dispatch_id, announced) = (metadata.dispatch_id, metadata.enveloped);
        let enveloped = self.ciphertext(paths::LETTER_ENVELOPED, dispatch_id, announced).await?;
        let not_opened = |code| AgentError::from(PostError::NotOpened { code });
        let carrier_key =
            Share::try_from(letter.carrier_key.clone()).map_err(|_| not_opened("carrier-key"))?;
        let carried = open_carrier(&enveloped, metadata, &carrier_key)
            .map_err(|error| not_opened(error.code()))?;
        drop(enveloped);
        let (content_key, by) = self.content_key(&carried, &metadata.sender_erds)?;
        let basic = metadata.mode == ConsignmentMode::Basic;
        let (message, experiment) = self.revealed(&carried, &content_key, basic)?;
        let signed_data = message.as_ref().map(|message| message.claims().signed_data());
        let record = Received {
            metadata: metadata.clone(),
            carrier_key,
            suite: by.suite,
            certificate: by.certificate,
            notice: signed_data.filter(|_| !basic).map(|signed| Octets(signed.to_vec())),
            content_key: Some(content_key),
            release_share: None,
            decision: None,
            accepted: false,
            handed_over: false,
            objects: Vec::new(),
            listed: match &message {
                Some(message) if basic => self.listed(message, metadata, by)?,
                _ => None,
            },
            experiment,
        };
        let octets = records::write(&record)?;
        let submission = records::write(&Kept::of(letter.submission_evidence.clone()))?;
        let submission_name = evidence_name(metadata.dispatch_id, &letter.submission_evidence.0);
        self.vault.commit(|tx| {
            tx.put(RECEIVED, &record.name(), &octets)?;
            tx.put(EVIDENCE, &submission_name, &submission)?;
            if let Some(signed_data) = signed_data.filter(|_| basic) {
                tx.put(CONTENT, &record.name(), signed_data)?;
            }
            Ok::<(), AgentError>(())
        })?;
        Ok(record)
    }

    /// Tells the provider that the letter arrived, and keeps its evidence (E.1).
    pub(crate) async fn confirm(
        &self,
        metadata: &RelayMetadata,
        tell_sender: bool,
    ) -> Result<(), AgentError> {
        let path = paths::fill(paths::LETTER_HANDOVER, &metadata.dispatch_id.hex());
        let answer: HandoverAnswer =
            self.client.post_json(&path, &HandoverRequest { tell_sender }).await?;
        self.keep_answer(metadata, &[answer.evidence], &[Event::ContentHandover], None).await
    }

    /// Keeps evidence that came as an answer, if it holds and says what the answer must say.
    pub(crate) async fn keep_answer(
        &self,
        metadata: &RelayMetadata,
        answer: &[Octets],
        events: &[Event],
        decision: Option<Digest>,
    ) -> Result<(), AgentError> {
        let believed = self.believed_answer(answer).await?;
        judge::answers_recipient(&believed, events, metadata, decision)?;
        for evidence in answer {
            let name = evidence_name(metadata.dispatch_id, &evidence.0);
            records::put(&self.vault, EVIDENCE, &name, &Kept::of(evidence.clone()))?;
        }
        Ok(())
    }

    /// Who reads a received letter: with the certificate that it was encrypted for.
    pub(crate) fn reader<'a>(&'a self, metadata: &'a RelayMetadata, by: ReadBy) -> Reader<'a> {
        let certificate = self.certificates.of_reader(by);
        Reader {
            address: &self.account.address,
            certificate: certificate.unwrap_or(&self.certificates.encryption),
            metadata,
        }
    }
}

/// What became of one letter of the mailbox.
pub(crate) struct Arrival {
    pub(crate) new: bool,
    /// Whether its content verifies, as far as it is here.
    pub(crate) verified: bool,
}

/// What an evidence says, unverified.
pub(crate) fn claims(signed: &[u8]) -> Option<Evidence> {
    let read = SignedData::from_der(signed, Limits::default()).ok()?;
    Evidence::from_json(read.claims().content()?).ok()
}

/// Whether a decision is the one that the evidence names, signed by the recipient.
fn is_the_decision(
    decision: &[u8],
    evidence: &Evidence,
    mode: ConsignmentMode,
    trust: &Trust,
) -> bool {
    if evidence.decision_sha256 != Some(Digest::of(decision)) {
        return false;
    }
    let verification = trust.verification();
    match evidence.event {
        Event::ConsignmentAcceptance => {
            trust.only(verify_acceptance(decision, mode, &verification)).passed().is_ok()
        }
        Event::ConsignmentRejection => {
            trust.only(verify_rejection(decision, mode, &verification)).passed().is_ok()
        }
        _ => false,
    }
}

/// Whether a page names anything that was not acknowledged before: one that does not would come
/// for ever. [AGT-011]
fn brings_new(ids: &[i64], acknowledged: &mut HashSet<i64>) -> bool {
    let before = acknowledged.len();
    acknowledged.extend(ids);
    acknowledged.len() > before
}

/// Whether an error is about one letter or one evidence, so that the others can be gone on with.
/// A fault of this computer is about all of them.
fn is_about_one(error: &AgentError) -> bool {
    match error {
        AgentError::Post(error) => !error.concerns_all(),
        AgentError::Vault(error) => matches!(
            error,
            VaultError::BodyTampered
                | VaultError::BodyMissing
                | VaultError::BodyTooLarge { .. }
                | VaultError::RecordTooLarge { .. }
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
