//! Sending: compose, sign, time-stamp, encrypt, store, and only then hand in.
//!
//! What is handed in is stored durably before the network is touched. If the answer is lost, the
//! next synchronisation hands in the same octets again, and the provider answers with the same
//! evidence.

mod fixed;
mod recipients;

use self::recipients::relied_on;
use crate::ciphers::CipherView;
use crate::client::read;
use crate::errors::{AgentError, PostError};
use crate::judge;
use crate::large::{LargeFile, LargeFiles};
use crate::records::{
    self, CONTENT, EVIDENCE, Kept, PENDING, Pending, REFUSED, Refusal, SENT, evidence_name,
};
use crate::session::{Agent, Trust, claimed_now, nonce};
use crate::system_random;
use crate::transfer::Framed;
use crate::views::{Handed, Progress, SendReport, Submitted};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::path::Crl;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_erds::evidence::{Evidence, verify_evidence};
use sealpost_erds::relay::SubmissionHead;
use sealpost_erds::{Digest, Domain, LetterId, Octets};
use sealpost_experiment::Cipher;
use sealpost_letter::chunked::objects_octets;
use sealpost_letter::{
    Composed, Draft, Embedded, PreparedSubmission, Routing, SentRecord, Suite, compose,
};
use sealpost_wire::api::{SubmissionAnswer, Taken};
use sealpost_wire::paths;
use std::collections::BTreeMap;

/// Revocation lists of the recipients' providers, kept for the dossier.
pub(crate) const LISTS: crate::vault::Kind = crate::vault::Kind::new("revocation");

/// What one letter is made with.
#[derive(Clone, Copy)]
struct Preparing<'a> {
    experiment: Option<&'a Cipher>,
    trust: &'a Trust,
    policy: &'a AlgorithmPolicy,
    routing: Routing<'a>,
}

/// A submission whose ciphertexts are stored, and nothing else of it yet.
struct Prepared {
    submission: PreparedSubmission,
    parts: Vec<Digest>,
    lists: Vec<Crl>,
}

impl Prepared {
    /// What is left to know once it is stored: the record, and the octets of its ciphertexts.
    fn stored(self) -> (SentRecord, u64) {
        let head = &self.submission.head;
        let parts = head.parts();
        let octets = parts.iter().chain(&head.objects).map(|part| part.octets).sum();
        (self.submission.record, octets)
    }
}

impl Agent {
    /// Sends a letter: one submission for all To and Cc recipients, one for each blind copy.
    pub fn send(
        &self,
        draft: &Draft,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<SendReport, AgentError> {
        self.send_to_known(draft, &[], progress)
    }

    /// The same for a sender who has recipients' certificates from elsewhere: for them the letter
    /// is encrypted for exactly these, or not sent.
    pub fn send_to_known(
        &self,
        draft: &Draft,
        known: &[Certificate],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<SendReport, AgentError> {
        self.send_with(draft, &[], known, progress)
    }

    /// The same with large files beside the letter.
    pub fn send_with(
        &self,
        draft: &Draft,
        files: &[LargeFile],
        known: &[Certificate],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<SendReport, AgentError> {
        self.wait(self.send_now(draft, files, known, None, progress))
    }

    /// The same with an experimental cipher around the content, inside the encryption that every
    /// letter gets: one that is installed, by its name or digest. Who has not installed it cannot open
    /// the letter.
    pub fn send_within(
        &self,
        cipher: &str,
        draft: &Draft,
        files: &[LargeFile],
        known: &[Certificate],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<SendReport, AgentError> {
        let cipher = self.cipher_named(cipher)?;
        self.wait(self.send_now(draft, files, known, Some(&cipher), progress))
    }

    async fn send_now(
        &self,
        draft: &Draft,
        files: &[LargeFile],
        known: &[Certificate],
        experiment: Option<&Cipher>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<SendReport, AgentError> {
        let (mut prepared, mut large) = (Vec::new(), LargeFiles::new(files));
        let sealed = self
            .seal(
                draft,
                known,
                experiment,
                &mut large,
                progress,
                |submission: PreparedSubmission, parts: Vec<u8>, lists: &[Crl]| {
                    let parts = self.store_parts(&submission, &parts)?;
                    prepared.push(Prepared { submission, parts, lists: lists.to_vec() });
                    Ok(())
                },
            )
            .await;
        // All copies or none, also if this process is killed: what is told to have failed must not
        // be handed in later. [AGT-022]
        if let Err(error) = sealed.and_then(|()| self.keep(&prepared)) {
            self.forget_parts(&prepared);
            self.forget_objects(&large.stored);
            return Err(error);
        }
        // From here on contents and ciphertexts are on disk alone.
        let stored: Vec<(SentRecord, u64)> = prepared.into_iter().map(Prepared::stored).collect();
        let mut letters = Vec::new();
        for (record, octets) in stored {
            progress(Progress::HandingIn);
            // Whatever becomes of one copy, the others are on their own.
            let submitted = self.hand_in(record.letter_id, progress).await;
            let letter = self.outgoing(&record)?;
            letters.push(Handed { letter, submitted, octets });
        }
        let experiment = experiment.map(|cipher| CipherView {
            digest: Digest::from_array(*cipher.id().as_bytes()),
            name: cipher.name().to_owned(),
        });
        Ok(SendReport { letters, experiment })
    }

    /// Composes, signs, time-stamps and encrypts. `take` gets each submission with its ciphertexts,
    /// one after the other, and the revocation lists of the recipients' providers.
    pub(crate) async fn seal<T>(
        &self,
        draft: &Draft,
        known: &[Certificate],
        experiment: Option<&Cipher>,
        large: &mut LargeFiles<'_>,
        progress: &mut dyn FnMut(Progress),
        mut take: T,
    ) -> Result<(), AgentError>
    where
        T: FnMut(PreparedSubmission, Vec<u8>, &[Crl]) -> Result<(), AgentError>,
    {
        // A large file travels beside the letter, where no experiment is around it: whoever asks for one
        // asks for all of the letter. [AGT-075]
        if experiment.is_some() && !large.is_empty() {
            return Err(PostError::Draft { code: "cipher-content-too-large" }.into());
        }
        progress(Progress::Recipients);
        let policy = self.policy_for_encrypting().await?;
        let own = self.peer(&self.domain()).await?;
        large_enough(own.discovery.objects_octets_max, large)?;
        let (mut recipients, mut routing, mut lists) =
            (Vec::new(), BTreeMap::<Domain, _>::new(), Vec::new());
        for address in draft.to.iter().chain(&draft.cc).chain(&draft.bcc) {
            let peer = self.peer(&address.domain()).await?;
            large_enough(peer.discovery.objects_octets_max, large)?;
            let (shown, list) = self.recipient(address, &peer).await?;
            let seen = self.best_seen(address, &shown)?;
            let relied_on = relied_on(known, address, shown, seen, draft.suite)?;
            recipients.extend(self.permitted(relied_on, draft.suite, &policy)?);
            routing.insert(address.domain(), peer.routing_key()?);
            lists.push(list);
        }
        let trust = self.own_trust().await?;
        let refused = |code| AgentError::from(PostError::Draft { code });
        let with_large = match large.is_empty() {
            true => None,
            false => Some(self.with_large(draft, large, progress)?),
        };
        let draft = with_large.as_ref().unwrap_or(draft);
        let composed = compose(draft, &recipients, claimed_now(), &mut system_random())
            .map_err(|error| refused(error.code()))?;
        let own = own.routing_key()?;
        let routing = Routing { own: &own, of: &routing };
        for letter in composed {
            progress(Progress::Encrypting);
            let with = Preparing { experiment, trust: &trust, policy: &policy, routing };
            let (submission, parts) = self.prepare(letter, with).await?;
            take(submission, parts, &lists)?;
        }
        Ok(())
    }

    /// Signs, time-stamps and encrypts one letter.
    async fn prepare(
        &self,
        letter: Composed,
        with: Preparing<'_>,
    ) -> Result<(PreparedSubmission, Vec<u8>), AgentError> {
        let (Preparing { experiment, trust, policy, routing }, suite) = (with, letter.suite());
        let refused = |code| AgentError::from(PostError::Draft { code });
        let asked =
            letter.ask(self.signers(), claimed_now()).map_err(|error| refused(error.code()))?;
        let answers = asked.requests().iter().map(|request| self.sign(request)).collect();
        let signed = asked.answered(answers).map_err(|_| refused("signature-answer-wrong"))?;
        let stamped = match signed.wants_time_stamp() {
            false => signed.without_time_stamp().map_err(|error| refused(error.code()))?,
            true => {
                let mut tokens = Vec::new();
                for request in signed.time_stamp_requests(nonce) {
                    tokens.push(self.time_stamp(&request).await?);
                }
                signed
                    .time_stamped(tokens, &trust.verification())
                    .map_err(|shortfall| PostError::NotVerified { what: "time-stamp", shortfall })?
            }
        };
        let stamped = match experiment {
            Some(cipher) => stamped.within(cipher.clone()),
            None => stamped,
        };
        let stamped = match suite {
            Suite::StaticDhCbcHmac => self.agreed(stamped, policy)?,
            Suite::Smime2019 | Suite::Hybrid2026 => stamped,
        };
        let mut parts = Vec::new();
        let embedded = Embedded { certificates: &[], crls: &trust.crls };
        let locked = stamped
            .lock(embedded, &mut parts, &mut system_random())
            .map_err(|error| refused(error.code()))?;
        let answers =
            locked.notice_signature_requests().map(|request| self.sign(request)).collect();
        let prepared = locked
            .finish(answers, routing, &mut parts, &mut system_random())
            .map_err(|error| refused(error.code()))?;
        Ok((prepared, parts))
    }

    /// Stores the ciphertexts of a submission as bodies. Nothing names them yet.
    fn store_parts(
        &self,
        submission: &PreparedSubmission,
        parts: &[u8],
    ) -> Result<Vec<Digest>, AgentError> {
        let parts = submission.split_parts(parts).ok_or(PostError::Archive)?;
        let bodies = self.vault.bodies();
        let stored = |part| Ok(Digest::from_array(bodies.store(part)?.digest));
        parts.into_iter().map(stored).collect()
    }

    /// Records all submissions of a draft in one transaction.
    fn keep(&self, prepared: &[Prepared]) -> Result<(), AgentError> {
        self.vault.commit(|tx| {
            for Prepared { submission, parts, lists } in prepared {
                let name = submission.record.letter_id.hex();
                let head = Octets(submission.head.to_json());
                let lists: Vec<Octets> =
                    lists.iter().map(|list| Octets(list.der().to_vec())).collect();
                let objects = submission.head.objects.iter().map(|it| it.sha256).collect();
                let parts = parts.clone();
                let pending = Pending { head, parts, objects, uploaded: false, failed: None };
                tx.put(PENDING, &name, &records::write(&pending)?)?;
                tx.put(SENT, &name, &records::write(&submission.record)?)?;
                tx.put(CONTENT, &name, &submission.signed_content)?;
                tx.put(LISTS, &name, &records::write(&lists)?)?;
            }
            Ok::<(), AgentError>(())
        })
    }

    /// Removes ciphertexts that no record names.
    fn forget_parts(&self, prepared: &[Prepared]) {
        for digest in prepared.iter().flat_map(|one| &one.parts) {
            // What stays behind is ciphertext whose keys are gone.
            let _ = self.vault.bodies().remove(digest.as_array());
        }
    }

    /// Hands a stored submission in and keeps the evidence, or why there is none.
    ///
    /// What may get another answer later waits for the next synchronisation. What is refused for
    /// good is not handed in again; the letter stays in the archive, without evidence.
    pub(crate) async fn hand_in(
        &self,
        letter_id: LetterId,
        progress: &mut dyn FnMut(Progress),
    ) -> Submitted {
        let name = letter_id.hex();
        match self.hand_in_now(letter_id, &name, progress).await {
            Ok(Taken::Accepted) => Submitted::Accepted,
            Ok(Taken::Rejected) => Submitted::Rejected,
            Err(AgentError::Post(error)) if error.may_pass() => {
                self.note_why_it_waits(&name, error.why());
                Submitted::Waits(PostError::Waits { cause: Box::new(error) }.into())
            }
            Err(AgentError::Post(error @ PostError::Refused { .. })) => {
                match self.note_refusal(&name, error.why()) {
                    Ok(()) => Submitted::Refused(error.into()),
                    Err(fault) => Submitted::Waits(fault),
                }
            }
            Err(error) => {
                self.note_why_it_waits(&name, error.code());
                Submitted::Waits(error)
            }
        }
    }

    /// The end of waiting, and why: one without the other would be a riddle.
    pub(crate) fn note_refusal(&self, name: &str, code: &str) -> Result<(), AgentError> {
        let pending = records::get::<Pending>(&self.vault, PENDING, name)?;
        let refusal = records::write(&Refusal { code: code.to_owned() })?;
        self.vault.commit(|tx| {
            tx.put(REFUSED, name, &refusal)?;
            tx.delete(PENDING, name)?;
            Ok::<(), AgentError>(())
        })?;
        self.forget_objects(pending.iter().flat_map(|it| &it.objects));
        Ok(())
    }

    /// Only for the person who asks later. Whoever cannot write it down waits all the same.
    fn note_why_it_waits(&self, name: &str, code: &str) {
        let Ok(Some(pending)) = records::get::<Pending>(&self.vault, PENDING, name) else { return };
        if pending.failed.as_deref() != Some(code) {
            let pending = Pending { failed: Some(code.to_owned()), ..pending };
            let _ = records::put(&self.vault, PENDING, name, &pending);
        }
    }

    async fn hand_in_now(
        &self,
        letter_id: LetterId,
        name: &str,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Taken, AgentError> {
        let Some(pending) = records::get::<Pending>(&self.vault, PENDING, name)? else {
            return Ok(Taken::Accepted);
        };
        let head = SubmissionHead::from_json(&pending.head.0).map_err(|_| PostError::Archive)?;
        if head.letter_id != letter_id {
            return Err(PostError::Archive.into());
        }
        let answer = self.submit(name, pending.clone(), &head, progress).await?;
        let believed = self.believed_answer(&answer.evidence).await?;
        judge::answers_submission(&believed, answer.outcome, &head, &self.domain())?;
        let mut kept = Vec::new();
        for (evidence, octets) in believed.iter().zip(&answer.evidence) {
            let record = records::write(&Kept::of(octets.clone()))?;
            kept.push((evidence_name(evidence.dispatch_id, &octets.0), record));
        }
        self.vault.commit(|tx| {
            for (name, octets) in &kept {
                tx.put(EVIDENCE, name, octets)?;
            }
            tx.delete(PENDING, name)?;
            Ok::<(), AgentError>(())
        })?;
        // The sender keeps the file itself; what was sealed of it is the provider's now.
        self.forget_objects(&pending.objects);
        Ok(answer.outcome)
    }
}

impl Agent {
    /// Sends the objects, then the letter. Once the objects were sent, the letter is tried alone: if it
    /// was its answer that got lost, they are the letter's by now and would be asked for once more.
    async fn submit(
        &self,
        name: &str,
        mut pending: Pending,
        head: &SubmissionHead,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<SubmissionAnswer, AgentError> {
        if pending.uploaded {
            match self.submit_alone(&pending).await {
                Err(AgentError::Post(PostError::Refused { code, .. })) if code == MISSING => {}
                other => return other,
            }
        }
        if !head.objects.is_empty() {
            self.upload_objects(&head.objects, progress).await?;
            pending.uploaded = true;
            records::put(&self.vault, PENDING, name, &pending)?;
            progress(Progress::HandingIn);
        }
        self.submit_alone(&pending).await
    }

    async fn submit_alone(&self, pending: &Pending) -> Result<SubmissionAnswer, AgentError> {
        let message = Framed::of(&pending.head.0, &pending.parts, self.vault.bodies())?;
        read(&self.client.upload(paths::SUBMISSIONS, message).await?)
    }
}

/// Whether a provider takes files of these sizes beside a letter, as its discovery document says: asked
/// before hours of sending. [AGT-064]
fn large_enough(octets_max: u64, large: &LargeFiles<'_>) -> Result<(), AgentError> {
    let octets = large.octets()?.into_iter().map(objects_octets).fold(0, u64::saturating_add);
    if octets > octets_max {
        return Err(PostError::Draft { code: "attachments-too-large" }.into());
    }
    Ok(())
}

/// The evidence, if it is TOTAL-PASSED under this trust.
pub(crate) fn believed(evidence: &[u8], trust: &Trust) -> Result<Evidence, AgentError> {
    let outcome = trust.only(verify_evidence(evidence, &trust.verification()));
    let verified = outcome.passed();
    let verified =
        verified.map_err(|shortfall| PostError::NotVerified { what: "evidence", shortfall })?;
    Ok(verified.into_parts().0)
}

/// What a provider says to a letter whose objects it has not.
const MISSING: &str = "objects-missing";

#[cfg(test)]
mod tests;
