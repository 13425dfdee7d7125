//! Anna's letter to Bert on its way, and the dossier that she makes of it.

use crate::world::World;
use sealpost_cms::time::Deadline;
use sealpost_cms::tsp::{TimeStampRequest, verify_token};
use sealpost_erds::ConsignmentMode;
use sealpost_erds::Digest;
use sealpost_erds::Octets;
use sealpost_erds::acceptance::{Decision, Verdict, verify_acceptance, verify_rejection};
use sealpost_erds::delivery::{
    Awaiting, Consigned, Received, SubmittingAccount, accept_submission, receive, sender_reference,
};
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::evidence::EvidenceDraft;
use sealpost_erds::relay::{DispatchHead, RelayMetadata};
use sealpost_letter::dossier::{DossierDraft, DossierParts};
use sealpost_letter::{
    Attachment, Draft, Embedded, Party, PreparedSubmission, Recipient, Routing, Signers, compose,
};

/// How the recipient takes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Course {
    HandedOver,
    Refused,
    Expired,
}

/// How long the recipient may take, in seconds.
const PERIOD: i64 = 3 * 86_400;

pub struct Letter<'w> {
    world: &'w World,
    pub prepared: PreparedSubmission,
    /// As the submission carries them: the body first, in the modes that have one.
    pub parts: Vec<Vec<u8>>,
    pub metadata: RelayMetadata,
    pub evidence: Vec<Vec<u8>>,
    pub decision: Option<Vec<u8>>,
}

impl<'w> Letter<'w> {
    pub fn travelled(world: &'w World, mode: ConsignmentMode, course: Course) -> Self {
        world.restart();
        let (prepared, parts) = prepare(world, mode);
        let account = SubmittingAccount {
            address: &world.anna.address,
            name: world.anna.name,
            assurance: Assurance::Low,
        };
        let head = &prepared.head;
        let sender = sender_reference(&head.sender, account).expect("it is her account");
        let domain = &world.north.details.domain;
        let step = accept_submission(head, &head.consignments[0], domain, &sender, world.claimed());
        let evidence = vec![world.evidence(&world.north, &step.evidence)];
        let metadata = step.next.metadata().clone();
        let mut letter = Self { world, prepared, parts, metadata, evidence, decision: None };
        letter.travels(course);
        letter
    }

    fn travels(&mut self, course: Course) {
        self.world.passes(2);
        let step = receive(self.metadata.clone());
        self.states(&step.evidence);
        match step.next {
            Received::Basic(received) => {
                let step = received.consign();
                self.states(&step.evidence);
                self.is_handed_over(step.next);
            }
            Received::Consent(received) => {
                let step = received.notify();
                self.states(&step.evidence);
                self.world.passes(3600);
                self.is_decided(step.next, course);
            }
        }
    }

    fn is_decided(&mut self, awaiting: Awaiting, course: Course) {
        let world = self.world;
        let (mode, mailbox) = (self.metadata.mode, world.bert.address.as_str());
        if course == Course::Expired {
            return self.expires(awaiting);
        }
        let accepts = course == Course::HandedOver;
        let verdict = if accepts { Verdict::Accepted } else { Verdict::Refused };
        let signed = self.decides(verdict);
        let (digest, assurance) = (Digest::of(&signed), Assurance::Substantial);
        if accepts {
            let accepted = verify_acceptance(&signed, mode, &world.verification()).passed();
            let accepted = accepted.expect("he accepts");
            let step = awaiting.accept(&accepted, digest, mailbox, assurance);
            let step = step.expect("it counts");
            self.states(&step.evidence);
            let step = step.next.consign();
            self.states(&step.evidence);
            self.is_handed_over(step.next);
        } else {
            let refused = verify_rejection(&signed, mode, &world.verification()).passed();
            let refused = refused.expect("he refuses");
            let step = awaiting.refuse(&refused, digest, mailbox, assurance);
            self.states(&step.expect("it counts").evidence);
        }
        self.decision = Some(signed);
    }

    fn expires(&mut self, awaiting: Awaiting) {
        let world = self.world;
        world.passes(PERIOD);
        let token = world.token(&world.south, &TimeStampRequest::new([1; 32], 9));
        let stamp = verify_token(&token, [1; 32], &world.verification()).passed();
        let step = awaiting.expire(stamp.expect("a good token").proven());
        self.states(&step.expect("it is late").evidence);
    }

    fn is_handed_over(&mut self, consigned: Consigned) {
        self.world.passes(5);
        let step = consigned.hand_over(Assurance::Substantial);
        self.states(&step.evidence);
    }

    /// The recipient's provider states something.
    fn states(&mut self, draft: &EvidenceDraft) {
        self.evidence.push(self.world.evidence(&self.world.south, draft));
    }

    fn decides(&self, verdict: Verdict) -> Vec<u8> {
        let decision = Decision::about(&self.metadata, verdict).expect("there is a choice");
        let bert = &self.world.bert;
        let signer = match self.metadata.mode {
            ConsignmentMode::Signed => &bert.signature,
            _ => &bert.authentication,
        };
        self.world.attached(&self.world.south, signer, &decision.to_json())
    }

    /// What the sender's provider relays, without the parts.
    pub fn dispatch(&self) -> DispatchHead {
        DispatchHead {
            metadata: self.metadata.clone(),
            objects: self.prepared.head.objects.clone(),
            slip: self.prepared.head.consignments[0].slip.clone(),
            submission_evidence: Octets(self.evidence[0].clone()),
        }
    }

    /// The notice, or the whole letter in basic mode, as it travelled.
    pub fn enveloped(&self) -> &[u8] {
        self.parts.last().expect("every letter has one")
    }

    /// Anna's dossier.
    pub fn dossier(&self) -> Vec<u8> {
        let (world, anna) = (self.world, &self.world.anna.signature);
        let content = self.prepared.signed_content.clone();
        let mut parts = DossierParts::sent(&self.prepared.record, content).expect("it is hers");
        parts.body = (self.parts.len() > 1).then(|| self.parts[0].clone());
        parts.evidence = self.evidence.clone();
        parts.revocation_lists = world.crls.clone();
        parts.recipients[0].enveloped = Some(self.enveloped().to_vec());
        parts.recipients[0].decision = self.decision.clone();
        let draft = DossierDraft::new(parts).expect("she holds everything");
        let signature = world.stamped(&world.north, anna, draft.manifest());
        let certificates = std::slice::from_ref(&anna.certificate);
        let crls = std::slice::from_ref(&world.north.crl);
        draft.finish(&signature, certificates, crls).expect("it is small")
    }
}

/// Composes, signs, time-stamps, locks: what the sender's agent does.
fn prepare(world: &World, mode: ConsignmentMode) -> (PreparedSubmission, Vec<Vec<u8>>) {
    let (anna, verification) = (&world.anna.signature, world.verification());
    let (address, certificate) = (world.bert.address.clone(), world.bert.encryption.clone());
    let recipient = Recipient::verified(address, certificate, &verification).ok();
    let recipients = [recipient.expect("a good certificate")];
    let random = &mut *world.random();
    let composed = compose(&draft(world, mode), &recipients, world.claimed(), random);
    let composed = composed.expect("a good draft").remove(0);
    let signers = Signers { classic: &anna.certificate, post_quantum: None };
    let asked = composed.ask(signers, world.claimed()).expect("it is her letter");
    let answer = anna.key.answer(&asked.requests()[0]);
    let signed = asked.answered(vec![answer]).expect("it is her key");
    let token = world.token(&world.north, &signed.time_stamp_requests(|| 7)[0]);
    let signed = signed.time_stamped(vec![token], &verification).expect("a good token");
    let embedded = Embedded { certificates: &[], crls: std::slice::from_ref(&world.north.crl) };
    let mut out = Vec::new();
    let locked = signed.lock(embedded, &mut out, random).expect("it is small");
    let questions = locked.notice_signature_requests();
    let answers = questions.map(|request| anna.key.answer(request)).collect();
    let (north, south) = (world.north.routing.public(), world.south.routing.public());
    let of = [(world.south.details.domain.clone(), south)].into();
    let routing = Routing { own: &north, of: &of };
    let prepared = locked.finish(answers, routing, &mut out, random).expect("it is small");
    let parts = prepared.split_parts(&out).expect("they add up");
    let parts = parts.into_iter().map(<[u8]>::to_vec).collect();
    (prepared, parts)
}

fn draft(world: &World, mode: ConsignmentMode) -> Draft {
    let deadline = || Deadline::from_unix(world.unix() + PERIOD);
    Draft {
        sender: Party { address: world.anna.address.clone(), name: world.anna.name.to_owned() },
        to: vec![world.bert.address.clone()],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Kündigung der Wohnung".to_owned(),
        text: "Sehr geehrter Herr Brand,\n\nhiermit kündige ich.\n".to_owned(),
        attachments: vec![Attachment {
            file_name: "Kündigung.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            octets: b"%PDF-1.7\n%%EOF\n".to_vec(),
        }],
        chunked: Vec::new(),
        mode,
        deadline: mode.needs_acceptance().then(deadline),
        show_subject: true,
        show_recipients: true,
        time_stamp: true,
        suite: None,
        reference: None,
    }
}
