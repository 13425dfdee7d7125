//! A letter of Anna's on its way, and the dossier that she makes of it.

use super::world::{PERIOD, Person, World};
use crate::dossier::{DossierParts, Perspective};
use crate::lock::PreparedSubmission;
use sealpost_cms::tsp::{TimeStampRequest, verify_token};
use sealpost_erds::acceptance::{Decision, Verdict, verify_acceptance, verify_rejection};
use sealpost_erds::delivery::{
    Awaiting, Consigned, Received, SubmittingAccount, accept_submission, receive, sender_reference,
};
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::{ConsignmentMode, Digest, DispatchId};

/// How far a recipient lets it come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    HandedOver,
    Refused,
    Expired,
    Waiting,
}

pub(super) struct Letter<'w> {
    pub(super) world: &'w World,
    pub(super) prepared: PreparedSubmission,
    pub(super) body: Option<Vec<u8>>,
    pub(super) ways: Vec<Way<'w>>,
    /// In the order in which it came.
    pub(super) evidence: Vec<Vec<u8>>,
}

/// The letter's way to one recipient.
pub(super) struct Way<'w> {
    pub(super) person: &'w Person,
    pub(super) metadata: RelayMetadata,
    pub(super) enveloped: Vec<u8>,
    pub(super) decision: Option<Vec<u8>>,
}

impl<'w> Letter<'w> {
    pub(super) fn submitted(
        world: &'w World,
        mode: ConsignmentMode,
        to: &[&'w Person],
        time_stamp: bool,
    ) -> Self {
        let (prepared, mut parts) = world.prepare(mode, to, time_stamp);
        let body = prepared.head.body.is_some().then(|| parts.remove(0));
        let account = SubmittingAccount {
            address: &world.anna.address,
            name: world.anna.name,
            assurance: Assurance::Low,
        };
        let sender = sender_reference(&prepared.head.sender, account).unwrap();
        let mut letter = Self { world, body, ways: Vec::new(), evidence: Vec::new(), prepared };
        for ((consignment, person), enveloped) in
            letter.prepared.head.consignments.iter().zip(to).zip(parts)
        {
            let (domain, time) = (&world.north.details.domain, world.claimed());
            let head = &letter.prepared.head;
            let step = accept_submission(head, consignment, domain, &sender, time);
            letter.evidence.push(world.evidence(&world.north, &step.evidence));
            let metadata = step.next.metadata().clone();
            letter.ways.push(Way { person, metadata, enveloped, decision: None });
        }
        letter
    }

    /// The whole way of a letter to one or more people who all take the same course.
    pub(super) fn travelled(
        world: &'w World,
        mode: ConsignmentMode,
        to: &[&'w Person],
        course: Course,
    ) -> Self {
        let mut letter = Self::submitted(world, mode, to, true);
        for index in 0..to.len() {
            letter.travels(index, course);
        }
        letter
    }

    pub(super) fn travels(&mut self, index: usize, course: Course) {
        self.world.passes(2);
        let metadata = self.ways[index].metadata.clone();
        let step = receive(metadata);
        self.states(&step.evidence);
        match step.next {
            Received::Basic(received) => {
                let step = received.consign();
                self.states(&step.evidence);
                if course == Course::HandedOver {
                    self.is_handed_over(step.next);
                }
            }
            Received::Consent(received) => {
                let step = received.notify();
                self.states(&step.evidence);
                self.is_decided(index, step.next, course);
            }
        }
    }

    fn is_decided(&mut self, index: usize, awaiting: Awaiting, course: Course) {
        let world = self.world;
        let person = self.ways[index].person;
        let mailbox = person.address.as_str();
        let (anchors, crls) = (world.anchors(), world.crls());
        world.passes(3600);
        match course {
            Course::Waiting => {}
            Course::HandedOver => {
                let signed = self.decides(index, Verdict::Accepted);
                let verification = world.verification(&anchors, &crls);
                let mode = self.ways[index].metadata.mode;
                let accepted = verify_acceptance(&signed, mode, &verification).passed().unwrap();
                let digest = Digest::of(&signed);
                let step = awaiting.accept(&accepted, digest, mailbox, Assurance::Substantial);
                let Ok(step) = step else { panic!("the acceptance does not count") };
                self.states(&step.evidence);
                let step = step.next.consign();
                self.states(&step.evidence);
                self.is_handed_over(step.next);
            }
            Course::Refused => {
                let signed = self.decides(index, Verdict::Refused);
                let verification = world.verification(&anchors, &crls);
                let mode = self.ways[index].metadata.mode;
                let refused = verify_rejection(&signed, mode, &verification).passed().unwrap();
                let digest = Digest::of(&signed);
                let step = awaiting.refuse(&refused, digest, mailbox, Assurance::Substantial);
                let Ok(step) = step else { panic!("the refusal does not count") };
                self.states(&step.evidence);
            }
            Course::Expired => {
                world.passes(PERIOD);
                let request = TimeStampRequest::new([1; 32], 9);
                let token = world.token(&world.south, &request);
                let verification = world.verification(&anchors, &crls);
                let stamp = verify_token(&token, [1; 32], &verification).passed().unwrap();
                let Ok(step) = awaiting.expire(stamp.proven()) else { panic!("not yet due") };
                self.states(&step.evidence);
            }
        }
    }

    fn is_handed_over(&mut self, consigned: Consigned) {
        self.world.passes(5);
        let step = consigned.hand_over(Assurance::Substantial);
        self.states(&step.evidence);
    }

    /// The recipient's provider states something.
    pub(super) fn states(&mut self, draft: &sealpost_erds::evidence::EvidenceDraft) {
        self.evidence.push(self.world.evidence(&self.world.south, draft));
    }

    fn decides(&mut self, index: usize, verdict: Verdict) -> Vec<u8> {
        let way = &mut self.ways[index];
        let decision = Decision::about(&way.metadata, verdict).unwrap();
        let signer = match way.metadata.mode {
            ConsignmentMode::Signed => &way.person.signing,
            _ => &way.person.authentication,
        };
        let signed = self.world.attached(&self.world.south, signer, &decision.to_json());
        way.decision = Some(signed.clone());
        signed
    }

    pub(super) fn dispatch(&self, index: usize) -> DispatchId {
        self.ways[index].metadata.dispatch_id
    }

    /// Everything that Anna holds.
    pub(super) fn parts(&self) -> DossierParts {
        let record = &self.prepared.record;
        let content = self.prepared.signed_content.clone();
        let mut parts = DossierParts::sent(record, content).unwrap();
        parts.body = self.body.clone();
        parts.evidence = self.evidence.clone();
        parts.revocation_lists = self.world.crls();
        for (recipient, way) in parts.recipients.iter_mut().zip(&self.ways) {
            recipient.enveloped = Some(way.enveloped.clone());
            recipient.decision = way.decision.clone();
        }
        parts
    }

    /// Anna's dossier.
    pub(super) fn dossier(&self) -> Vec<u8> {
        self.world.export(self.parts(), &self.world.north, &self.world.anna)
    }

    /// The only recipient's dossier.
    pub(super) fn dossier_of_recipient(&self) -> Vec<u8> {
        let parts = DossierParts { perspective: Perspective::Recipient, ..self.parts() };
        self.world.export(parts, &self.world.south, self.ways[0].person)
    }
}
