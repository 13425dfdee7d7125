//! From a signed content to a submission: locked body, notices, relay slips, head.

use crate::binding::LetterBinding;
use crate::compose::{Consignee, Plan, Timestamped};
use crate::encrypt::{PartKeys, locked_body_key, write_enveloped, write_locked_body};
use crate::error::EncryptError;
use crate::fixed::{self, Agreed, AgreedWith};
use crate::layered::Inside;
use crate::limits::{LETTER_OCTETS_MIN, NOTICE_PLAINTEXT_OCTETS_MIN};
use crate::mime::smime::Encoding;
use crate::notice::write_notice;
use crate::record::{RECORD_VERSION, SentRecipient, SentRecord, Shares};
use crate::signers::Questions;
use crate::suite::Suite;
use sealpost_cms::CryptoRng;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::ContentKey;
use sealpost_cms::hpke::RoutingPublicKey;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{SignatureRequest, SignatureValue};
use sealpost_erds::disclosure::PartyReference;
use sealpost_erds::relay::{PartDigest, SUBMISSION_VERSION, SubmissionHead, SubmittedConsignment};
use sealpost_erds::slip::{RelaySlip, ReplyPath, Share, SlipBinding};
use sealpost_erds::{Domain, LetterId, Octets};
use sealpost_experiment::Cipher;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

/// Keys of the providers that the letter meets.
#[derive(Clone, Copy)]
pub struct Routing<'a> {
    /// The sender's own provider, which alone reads the reply paths.
    pub own: &'a RoutingPublicKey,
    /// The provider of each recipient's domain, which alone reads that recipient's slip.
    pub of: &'a BTreeMap<Domain, RoutingPublicKey>,
}

/// What a signature carries with it, so that it can be verified offline: the chain below the
/// trust anchor and current revocation lists. The signer's own certificate is always carried.
#[derive(Clone, Copy, Default)]
pub struct Embedded<'a> {
    /// Certificates of the signer's chain and of the time-stamp authority.
    pub certificates: &'a [Certificate],
    /// Revocation lists.
    pub crls: &'a [Crl],
}

/// A letter whose body is written, if it has one, and whose notices wait to be signed.
pub struct Locked {
    plan: Plan,
    signers: Vec<Certificate>,
    signed_content: Vec<u8>,
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
    body: Option<LockedBody>,
}

struct LockedBody {
    digest: PartDigest,
    shares: Shares,
    notices: Vec<NoticeDraft>,
}

struct NoticeDraft {
    content: Vec<u8>,
    reply_key: Share,
    questions: Questions,
}

/// All that goes to the sender's provider, but for the parts, which were written out.
#[derive(Clone)]
pub struct PreparedSubmission {
    /// The head. Its parts were written in the order of [`SubmissionHead::parts`].
    pub head: SubmissionHead,
    /// What the sender keeps.
    pub record: SentRecord,
    /// The signed content (SignedData), which the sender keeps beside the record.
    pub signed_content: Vec<u8>,
}

impl Timestamped {
    /// The letter's identifier.
    pub const fn letter_id(&self) -> LetterId {
        self.plan.letter_id
    }

    /// Puts an experimental cipher around the signed content, inside the approved encryption that the
    /// letter gets in any case. Notices stay without: who decides must be able to read them.
    #[must_use]
    pub fn within(mut self, cipher: Cipher) -> Self {
        self.plan.experiment = Some(cipher);
        self
    }

    /// Locks the letter. In the modes that need acceptance the locked body is written to `out`
    /// and the notices are drafted; in basic mode nothing is written yet.
    pub fn lock(
        self,
        embedded: Embedded<'_>,
        out: &mut dyn Write,
        rng: &mut dyn CryptoRng,
    ) -> Result<Locked, EncryptError> {
        let Self { plan, content, signers, signing_time, signatures } = self;
        check_agreed(&plan)?;
        let signature = signatures.together().ok_or(EncryptError::SignatureAnswer)?;
        let mut certificates = signers.clone();
        certificates
            .extend(embedded.certificates.iter().filter(|other| !signers.contains(other)).cloned());
        let crls = embedded.crls.to_vec();
        let signed_content = signature.attached(&content, &certificates, &crls);
        drop(content);
        let body = match plan.mode.needs_acceptance() {
            false => None,
            true => {
                let mut body = lock_body(&plan, &signed_content, out, rng)?;
                for consignee in &plan.consignees {
                    let notice =
                        draft_notice(&plan, consignee, &body, &signers, signing_time, rng)?;
                    body.notices.push(notice);
                }
                Some(body)
            }
        };
        Ok(Locked { plan, signers, signed_content, certificates, crls, body })
    }
}

/// Fixed keys have answered exactly for the suite that uses them, and no experiment is in it. [LET-090]
fn check_agreed(plan: &Plan) -> Result<(), EncryptError> {
    let recipients = match plan.suite {
        Suite::StaticDhCbcHmac => plan.consignees.len(),
        Suite::Smime2019 | Suite::Hybrid2026 => 0,
    };
    if plan.agreed.as_ref().map_or(0, Agreed::len) != recipients {
        return Err(EncryptError::SenderKey);
    }
    match (&plan.agreed, &plan.experiment) {
        (Some(_), Some(_)) => Err(EncryptError::ExperimentSuite),
        _ => Ok(()),
    }
}

fn lock_body(
    plan: &Plan,
    signed_content: &[u8],
    out: &mut dyn Write,
    rng: &mut dyn CryptoRng,
) -> Result<LockedBody, EncryptError> {
    let shares = Shares { recipient: Share::random(rng), release: Share::random(rng) };
    let key = locked_body_key(plan.letter_id, &shares.recipient, &shares.release);
    let digest = match &plan.agreed {
        Some(agreed) => {
            let message =
                fixed::locked_message(agreed, signed_content, plan.letter_id, &shares, rng)?;
            let enclosed = fixed::enclosed_body(&message);
            write_locked_body(&Inside::Signed(enclosed), plan.letter_id, &key, out, rng)?
        }
        None => {
            let (cipher, binary) = (plan.experiment.as_ref(), Encoding::Binary);
            let inside = Inside::of(cipher, signed_content, binary, LETTER_OCTETS_MIN);
            write_locked_body(&inside, plan.letter_id, &key, out, rng)?
        }
    };
    Ok(LockedBody { digest, shares, notices: Vec::with_capacity(plan.consignees.len()) })
}

fn draft_notice(
    plan: &Plan,
    consignee: &Consignee,
    body: &LockedBody,
    signers: &[Certificate],
    signing_time: sealpost_cms::time::ClaimedTime,
    rng: &mut dyn CryptoRng,
) -> Result<NoticeDraft, EncryptError> {
    let reply_key = Share::random(rng);
    let content = write_notice(plan, consignee, body.digest, &body.shares.recipient, &reply_key)
        .map_err(|_| EncryptError::TooLarge)?;
    let key = [consignee.recipient.certificate()];
    let binding = LetterBinding::new(plan.letter_id, plan.suite, key, rng);
    let questions = Questions::about(&content, signers, signing_time, binding.to_attribute())
        .ok_or(EncryptError::SignatureAnswer)?;
    Ok(NoticeDraft { content, reply_key, questions })
}

impl Locked {
    /// The letter's identifier.
    pub const fn letter_id(&self) -> LetterId {
        self.plan.letter_id
    }

    /// The certificates whose keys the notices are to be signed with.
    pub fn signers(&self) -> &[Certificate] {
        &self.signers
    }

    /// What the signers' keys are asked: for each notice one question per signer, none in basic mode.
    /// [`SignatureRequest::algorithm`] says which key is meant.
    pub fn notice_signature_requests(&self) -> impl Iterator<Item = &SignatureRequest> {
        let notices = self.body.iter().flat_map(|body| &body.notices);
        notices.flat_map(|notice| notice.questions.requests())
    }

    /// Takes the answers in the order of the questions, writes the parts for the recipients to
    /// `out`, behind the body that [`Timestamped::lock`] wrote there, and seals the slips.
    pub fn finish(
        self,
        answers: Vec<SignatureValue>,
        routing: Routing<'_>,
        out: &mut dyn Write,
        rng: &mut dyn CryptoRng,
    ) -> Result<PreparedSubmission, EncryptError> {
        let Self { mut plan, signers, signed_content, certificates, crls, body } = self;
        let (body, notices) = match body {
            None => (None, Vec::new()),
            Some(LockedBody { digest, shares, notices }) => (Some((digest, shares)), notices),
        };
        if answers.len() != notices.len() * signers.len() {
            return Err(EncryptError::SignatureAnswer);
        }
        let (mut notices, mut answers) = (notices.into_iter(), answers.into_iter());
        let (body, shares) = body.unzip();
        let release = shares.as_ref().map(|shares| &shares.release);
        let mut head = head(&plan, body);
        let mut recipients = Vec::new();
        let mut agreed = plan.agreed.take().into_iter().flat_map(Agreed::into_each);
        for consignee in &plan.consignees {
            let agreed = agreed.next();
            let (enveloped, keys, reply_key) = match notices.next() {
                None => {
                    let part = Part {
                        signed: &signed_content,
                        octets_min: LETTER_OCTETS_MIN,
                        experiment: plan.experiment.as_ref(),
                        agreed,
                    };
                    let (enveloped, keys) = part.write_for(consignee, out, rng)?;
                    (enveloped, keys, None)
                }
                Some(NoticeDraft { content, reply_key, questions }) => {
                    let own = answers.by_ref().take(signers.len()).collect();
                    let signatures =
                        questions.answered(own).map_err(|_| EncryptError::SignatureAnswer)?;
                    let signature = signatures.together().ok_or(EncryptError::SignatureAnswer)?;
                    let signed = &signature.attached(&content, &certificates, &crls);
                    let octets_min = NOTICE_PLAINTEXT_OCTETS_MIN;
                    let part = Part { signed, octets_min, experiment: None, agreed };
                    let (enveloped, keys) = part.write_for(consignee, out, rng)?;
                    (enveloped, keys, Some(reply_key))
                }
            };
            let slip = slip(&plan, consignee, &keys, release, routing, rng)?;
            let consignment = consignment(&head, consignee, enveloped, &slip, routing, rng)?;
            head.consignments.push(consignment);
            recipients.push(sent_recipient(consignee, enveloped, keys, reply_key));
        }
        Ok(PreparedSubmission {
            head,
            record: record(plan, &signed_content, body, shares, recipients),
            signed_content,
        })
    }
}

/// What one recipient gets.
struct Part<'a> {
    signed: &'a [u8],
    /// The least length of the entity around it.
    octets_min: u64,
    experiment: Option<&'a Cipher>,
    /// In the suite with fixed keys.
    agreed: Option<AgreedWith>,
}

impl Part<'_> {
    fn write_for(
        self,
        consignee: &Consignee,
        out: &mut dyn Write,
        rng: &mut dyn CryptoRng,
    ) -> Result<(PartDigest, PartKeys), EncryptError> {
        let Self { signed, octets_min, experiment, agreed } = self;
        let (certificate, id) = (consignee.recipient.certificate(), consignee.dispatch_id);
        if let Some(agreed) = agreed {
            return fixed::write_enveloped(agreed, signed, octets_min, certificate, id, out, rng);
        }
        let content = Share::random(rng);
        let key = ContentKey::from_bytes(*content.expose());
        let inside = Inside::of(experiment, signed, Encoding::Base64, octets_min);
        let (enveloped, carrier) = write_enveloped(&inside, key, certificate, id, out, rng)?;
        Ok((enveloped, PartKeys { carrier, content }))
    }
}

fn slip(
    plan: &Plan,
    consignee: &Consignee,
    keys: &PartKeys,
    release: Option<&Share>,
    routing: Routing<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<RelaySlip, EncryptError> {
    let mailbox = ReplyPath { mailbox: plan.sender.address.clone() };
    Ok(RelaySlip {
        recipient: consignee.disclosure.clone(),
        carrier_key: keys.carrier.clone(),
        release_share: release.cloned(),
        reply_path: mailbox.seal(routing.own, consignee.dispatch_id, rng)?,
    })
}

fn consignment(
    head: &SubmissionHead,
    consignee: &Consignee,
    enveloped: PartDigest,
    slip: &RelaySlip,
    routing: Routing<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<SubmittedConsignment, EncryptError> {
    let domain = consignee.recipient.address().domain();
    let routing_key = routing.of.get(&domain).ok_or(EncryptError::RoutingKeyMissing)?;
    let mut consignment = SubmittedConsignment {
        dispatch_id: consignee.dispatch_id,
        recipient: PartyReference::to(std::slice::from_ref(&consignee.disclosure), None),
        enveloped,
        slip: Octets::default(),
        domain,
    };
    let binding = SlipBinding::of_submission(head, &consignment);
    consignment.slip = slip.seal(routing_key, &binding, rng)?;
    Ok(consignment)
}

fn sent_recipient(
    consignee: &Consignee,
    enveloped: PartDigest,
    keys: PartKeys,
    reply_key: Option<Share>,
) -> SentRecipient {
    SentRecipient {
        address: consignee.recipient.address().clone(),
        dispatch_id: consignee.dispatch_id,
        disclosure: consignee.disclosure.clone(),
        certificate: Octets(consignee.recipient.certificate().der().to_vec()),
        enveloped,
        carrier_key: keys.carrier,
        content_key: keys.content,
        reply_key,
    }
}

/// The head without its consignments.
fn head(plan: &Plan, body: Option<PartDigest>) -> SubmissionHead {
    SubmissionHead {
        version: SUBMISSION_VERSION.to_owned(),
        letter_id: plan.letter_id,
        mode: plan.mode,
        deadline: plan.deadline,
        content_commitment: plan.content_commitment,
        body,
        objects: plan.objects.clone(),
        sender: plan.sender_disclosures.clone(),
        consignments: Vec::with_capacity(plan.consignees.len()),
    }
}

fn record(
    plan: Plan,
    signed_content: &[u8],
    body: Option<PartDigest>,
    shares: Option<Shares>,
    recipients: Vec<SentRecipient>,
) -> SentRecord {
    SentRecord {
        version: RECORD_VERSION.to_owned(),
        letter_id: plan.letter_id,
        mode: plan.mode,
        suite: plan.suite,
        deadline: plan.deadline,
        date: plan.date,
        sender: plan.sender,
        to: plan.to,
        cc: plan.cc,
        blind_copy: plan.blind_copy,
        subject: plan.subject,
        reference: plan.reference,
        sender_disclosures: plan.sender_disclosures,
        content_commitment: plan.content_commitment,
        signed_content: PartDigest::of(signed_content),
        body,
        shares,
        recipients,
    }
}

impl PreparedSubmission {
    /// Cuts what was written to `out` into the parts of the head, or nothing if the lengths do
    /// not add up.
    pub fn split_parts<'o>(&self, written: &'o [u8]) -> Option<Vec<&'o [u8]>> {
        let mut rest = written;
        let mut parts = Vec::new();
        for part in self.head.parts() {
            let (one, after) = rest.split_at_checked(usize::try_from(part.octets).ok()?)?;
            parts.push(one);
            rest = after;
        }
        rest.is_empty().then_some(parts)
    }
}

impl fmt::Debug for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locked({:?})", self.plan.letter_id)
    }
}

impl fmt::Debug for PreparedSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedSubmission({:?})", self.head.letter_id)
    }
}
