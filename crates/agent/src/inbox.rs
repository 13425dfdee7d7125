//! Synchronising: what waits at the provider becomes records in the vault, and only then is
//! acknowledged.

use crate::client::read;
use crate::errors::{AgentError, PostError};
use crate::records::{
    self, CONTENT, DECISION, EVIDENCE, Kept, PENDING, PEER, Peer, Pending, RECEIVED, Received, SENT, evidence_name,
};
use crate::session::{Agent, Trust};
use crate::views::{Progress, State, SyncReport};
use sealpost_cms::enveloped::AuthEnveloped;
use sealpost_cms::signed::{Limits, SignedData, Verification};
use sealpost_cms::verdict::Unverified;
use sealpost_erds::acceptance::{verify_acceptance, verify_rejection};
use sealpost_erds::evidence::Evidence;
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::slip::Share;
use sealpost_erds::{ConsignmentMode, Digest, DispatchId, Domain, LetterId, Octets};
use sealpost_letter::decision::open_from_recipient;
use sealpost_letter::{Carried, Reader, SentRecord, SignedMessage, open_carrier, verify_letter};
use sealpost_wire::api::{
    HandoverAnswer, HandoverRequest, MailboxAcknowledgement, MailboxEvidence, MailboxLetter, MailboxPage,
};
use sealpost_wire::paths;

impl Agent {
    /// Hands in what waits here and fetches what waits there. Repeatable at any time.
    pub fn sync(&self, progress: &mut dyn FnMut(Progress)) -> Result<SyncReport, AgentError> {
        self.wait(self.sync_now(progress))
    }

    async fn sync_now(&self, progress: &mut dyn FnMut(Progress)) -> Result<SyncReport, AgentError> {
        let mut report = SyncReport::default();
        for (name, _) in records::list::<Pending>(&self.vault, PENDING)? {
            progress(Progress::HandingIn);
            let letter_id = LetterId::parse(&name).ok_or(PostError::Archive)?;
            self.hand_in(letter_id).await?;
            report.handed_in += 1;
        }
        loop {
            progress(Progress::Fetching);
            let page: MailboxPage = read(&self.client.get(paths::MAILBOX).await?)?;
            for letter in &page.letters {
                match self.take_letter(letter).await {
                    Ok(new) => report.letters_new += u64::from(new),
                    // One letter that cannot be read must not keep the others from being read.
                    Err(AgentError::Post(PostError::NotOpened { .. } | PostError::NotVerified { .. })) => {
                        report.unreadable += 1;
                    }
                    Err(error) => return Err(error),
                }
            }
            let mut ids = Vec::new();
            for item in &page.evidence {
                report.evidence_new += u64::from(self.take_evidence(item).await?);
                ids.push(item.id);
            }
            if !ids.is_empty() {
                let question = MailboxAcknowledgement { ids };
                let body = serde_json::to_vec(&question).map_err(|_| PostError::Archive)?;
                self.client.post(paths::MAILBOX_ACKNOWLEDGEMENT, "application/json", body).await?;
            }
            if !page.more {
                break;
            }
        }
        report.waiting = self.waiting()?;
        Ok(report)
    }

    /// Stores one evidence verbatim; whether it is new. What does not verify is stored too and
    /// shown as what it is.
    async fn take_evidence(&self, item: &MailboxEvidence) -> Result<bool, AgentError> {
        let Some(claims) = claims(&item.evidence.0) else { return Ok(false) };
        self.meet(&claims.issuer.domain).await?;
        let decision = item.attachment.as_ref().and_then(|it| self.decision_of(&claims, it).ok().flatten());
        let name = evidence_name(claims.dispatch_id, &item.evidence.0);
        let new = self.vault.get(EVIDENCE, &name)?.is_none();
        let kept = records::write(&Kept { evidence: item.evidence.clone() })?;
        self.vault.commit(|tx| {
            tx.put(EVIDENCE, &name, &kept)?;
            if let Some(decision) = &decision {
                tx.put(DECISION, &claims.dispatch_id.hex(), decision)?;
            }
            Ok::<(), AgentError>(())
        })?;
        Ok(new)
    }

    /// Knows the root of a domain's provider, asking the own provider if it must.
    pub(crate) async fn meet(&self, domain: &Domain) -> Result<(), AgentError> {
        let known = *domain == self.domain() || records::get::<Peer>(&self.vault, PEER, domain.as_str())?.is_some();
        if !known {
            self.peer(domain).await?;
        }
        Ok(())
    }

    /// The recipient's signed decision, opened with the reply key that only he and we have, and
    /// held against the digest in the evidence. [AGT-005]
    fn decision_of(&self, evidence: &Evidence, sealed: &Octets) -> Result<Option<Vec<u8>>, AgentError> {
        let Some(record) = self.sent_record(evidence.letter_id)? else { return Ok(None) };
        let Some(key) = record.recipient(evidence.dispatch_id).and_then(|to| to.reply_key.clone()) else {
            return Ok(None);
        };
        let decision = open_from_recipient(&sealed.0, evidence.dispatch_id, &key)
            .map_err(|error| PostError::NotOpened { code: error.code() })?;
        if evidence.decision_sha256 != Some(Digest::of(&decision)) {
            return Ok(None);
        }
        let trust = self.everybody()?;
        let mode = record.mode;
        let accepts = verify_acceptance(&decision, mode, &trust.verification()).passed().is_ok();
        let refuses = verify_rejection(&decision, mode, &trust.verification()).passed().is_ok();
        Ok((accepts || refuses).then_some(decision))
    }

    pub(crate) fn sent_record(&self, letter_id: LetterId) -> Result<Option<SentRecord>, AgentError> {
        records::get(&self.vault, SENT, &letter_id.hex())
    }

    /// Fetches, opens and stores a letter; whether it is new.
    async fn take_letter(&self, letter: &MailboxLetter) -> Result<bool, AgentError> {
        let metadata = &letter.metadata;
        let name = metadata.dispatch_id.hex();
        let known: Option<Received> = records::get(&self.vault, RECEIVED, &name)?;
        let (record, new) = match known {
            Some(record) => (record, false),
            None => (self.fetch(letter).await?, true),
        };
        // What is opened here is confirmed, also if an earlier confirmation did not get through.
        if !record.handed_over && self.vault.get(CONTENT, &name)?.is_some() {
            self.confirm_opened(record).await?;
        }
        Ok(new)
    }

    /// Confirms the handover of an opened letter. In the modes that need acceptance the sender is
    /// told: he knows of the acceptance anyway. In basic mode it would show when we were here.
    pub(crate) async fn confirm_opened(&self, mut record: Received) -> Result<(), AgentError> {
        let tell_sender = record.metadata.mode.needs_acceptance();
        self.confirm(record.metadata.dispatch_id, tell_sender).await?;
        record.handed_over = true;
        records::put(&self.vault, RECEIVED, &record.name(), &record)
    }

    async fn fetch(&self, letter: &MailboxLetter) -> Result<Received, AgentError> {
        let metadata = &letter.metadata;
        self.meet(&metadata.sender_erds).await?;
        let path = paths::fill(paths::LETTER_ENVELOPED, &metadata.dispatch_id.hex());
        let enveloped = self.client.get(&path).await?;
        self.vault.bodies().store(&enveloped)?;
        let not_opened = |code| AgentError::from(PostError::NotOpened { code });
        let carrier_key = Share::try_from(letter.carrier_key.clone()).map_err(|_| not_opened("carrier-key"))?;
        let carried = open_carrier(&enveloped, metadata, &carrier_key).map_err(|error| not_opened(error.code()))?;
        let (message, content_key) = self.decrypt(&carried)?;
        let signed_data = message.claims().signed_data().to_vec();
        let basic = metadata.mode == ConsignmentMode::Basic;
        let record = Received {
            metadata: metadata.clone(),
            carrier_key,
            notice: (!basic).then(|| Octets(signed_data.clone())),
            carried: Octets(carried.octets().to_vec()),
            content_key: Some(content_key),
            release_share: None,
            decision: None,
            accepted: false,
            handed_over: false,
        };
        let octets = records::write(&record)?;
        let submission = records::write(&Kept { evidence: letter.submission_evidence.clone() })?;
        let submission_name = evidence_name(metadata.dispatch_id, &letter.submission_evidence.0);
        self.vault.commit(|tx| {
            tx.put(RECEIVED, &record.name(), &octets)?;
            tx.put(EVIDENCE, &submission_name, &submission)?;
            if basic {
                tx.put(CONTENT, &record.name(), &signed_data)?;
            }
            Ok::<(), AgentError>(())
        })?;
        Ok(record)
    }

    /// Decrypts with the encryption key; also the content key, for a dossier.
    fn decrypt(&self, carried: &Carried) -> Result<(Unverified<SignedMessage>, Share), AgentError> {
        let not_opened = |code| AgentError::from(PostError::NotOpened { code });
        let certificate = &self.certificates.encryption;
        let key = self.keys.encryption_key();
        let ask = || carried.key_request(certificate).map_err(|error| not_opened(error.code()));
        let request = ask()?;
        let answer = key.answer(&request).map_err(|error| not_opened(error.code()))?;
        let message = carried.decrypt(request, answer).map_err(|error| not_opened(error.code()))?;
        let request = ask()?;
        let answer = key.answer(&request).map_err(|error| not_opened(error.code()))?;
        let content_key = AuthEnveloped::from_der(carried.octets())
            .ok()
            .and_then(|enveloped| enveloped.content_key(request, answer).ok())
            .map(|key| Share::from_array(*key.expose()))
            .ok_or_else(|| not_opened("content-key"))?;
        Ok((message, content_key))
    }

    /// Tells the provider that the letter arrived, and keeps its evidence (E.1).
    pub(crate) async fn confirm(&self, dispatch_id: DispatchId, tell_sender: bool) -> Result<(), AgentError> {
        let path = paths::fill(paths::LETTER_HANDOVER, &dispatch_id.hex());
        let answer: HandoverAnswer = self.client.post_json(&path, &HandoverRequest { tell_sender }).await?;
        self.keep_evidence(dispatch_id, &[answer.evidence])
    }

    /// Keeps evidence that came as an answer.
    pub(crate) fn keep_evidence(&self, dispatch_id: DispatchId, evidence: &[Octets]) -> Result<(), AgentError> {
        for evidence in evidence {
            let name = evidence_name(dispatch_id, &evidence.0);
            records::put(&self.vault, EVIDENCE, &name, &Kept { evidence: evidence.clone() })?;
        }
        Ok(())
    }

    /// Who reads a received letter.
    pub(crate) fn reader<'a>(&'a self, metadata: &'a RelayMetadata) -> Reader<'a> {
        Reader { address: &self.account.address, certificate: &self.certificates.encryption, metadata }
    }

    /// Whether a body opens to a letter for us; the signed content.
    pub(crate) fn verified_content(
        &self,
        message: &Unverified<SignedMessage>,
        metadata: &RelayMetadata,
        trust: &Trust,
    ) -> Result<(), AgentError> {
        let verification = Verification { require_time_stamp: false, ..trust.verification() };
        let outcome = verify_letter(message, &self.reader(metadata), &verification);
        outcome.passed().map(|_| ()).map_err(|shortfall| PostError::NotVerified { what: "letter", shortfall }.into())
    }
}

/// What an evidence says, unverified.
pub(crate) fn claims(signed: &[u8]) -> Option<Evidence> {
    let read = SignedData::from_der(signed, Limits::default()).ok()?;
    Evidence::from_json(read.claims().content()?).ok()
}
