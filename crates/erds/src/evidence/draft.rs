//! Evidence before it is issued: what a transition states, without identifier and time.

use super::{
    DISCLOSURE_ALGORITHM, EVIDENCE_VERSION, EventReason, Evidence, IssuerDetails,
    POLICY_ERDS_PRIVATE, UserContent,
};
use crate::address::Domain;
use crate::disclosure::Assurance;
use crate::event::{Event, Reason};
use crate::ids::Digest;
use crate::relay::RelayMetadata;
use sealpost_cms::CryptoRng;
use sealpost_cms::time::ClaimedTime;

/// What a transition of [`crate::delivery`] states. The notary gives it identifier, time, seal and
/// time-stamp; nobody else makes evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a state change without its evidence must not be committed"]
pub struct EvidenceDraft {
    event: Event,
    reason: Reason,
    facts: Vec<String>,
    metadata: RelayMetadata,
    recipient_assurance: Option<Assurance>,
    external_erds: Option<Domain>,
    decision_sha256: Option<Digest>,
}

impl EvidenceDraft {
    /// A draft about `metadata`. Only transitions call this.
    pub(crate) fn new(event: Event, reason: Reason, metadata: &RelayMetadata) -> Self {
        Self {
            event,
            reason,
            facts: Vec::new(),
            metadata: metadata.clone(),
            recipient_assurance: None,
            external_erds: None,
            decision_sha256: None,
        }
    }

    /// Adds a log-safe fact to the reason, for example the code of a refusal.
    pub(crate) fn with_fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    pub(crate) fn with_external_erds(mut self, domain: &Domain) -> Self {
        self.external_erds = Some(domain.clone());
        self
    }

    pub(crate) fn with_recipient_assurance(mut self, assurance: Assurance) -> Self {
        self.recipient_assurance = Some(assurance);
        self
    }

    pub(crate) fn with_decision(mut self, decision: Digest) -> Self {
        self.decision_sha256 = Some(decision);
        self
    }

    /// Which event the draft states.
    pub const fn event(&self) -> Event {
        self.event
    }

    /// The letter that the draft is about.
    pub const fn metadata(&self) -> &RelayMetadata {
        &self.metadata
    }

    /// The payload, ready to be signed by `issuer`.
    pub fn issue(
        &self,
        issuer: &IssuerDetails,
        event_time: ClaimedTime,
        rng: &mut dyn CryptoRng,
    ) -> Evidence {
        let mut unique = [0; 16];
        rng.fill_bytes(&mut unique);
        let metadata = &self.metadata;
        let mut recipient = metadata.recipient.clone();
        recipient.assurance = self.recipient_assurance;
        Evidence {
            version: EVIDENCE_VERSION.to_owned(),
            evidence_id: format!("{}@{}", hex::encode(unique), issuer.domain.as_str()),
            event: self.event,
            reasons: vec![EventReason {
                code: self.reason,
                details: std::iter::once(self.reason.code().to_owned())
                    .chain(self.facts.iter().cloned())
                    .collect(),
            }],
            event_time,
            issuer_policies: vec![POLICY_ERDS_PRIVATE.to_owned()],
            issuer: issuer.clone(),
            letter_id: metadata.letter_id,
            dispatch_id: metadata.dispatch_id,
            user_content: UserContent {
                mode: metadata.mode,
                enveloped: metadata.enveloped,
                body: metadata.body,
                content_commitment: metadata.content_commitment,
            },
            sender: metadata.sender.clone(),
            recipients: vec![recipient],
            refers_to_recipient: self.event.refers_to_recipient().then_some(1),
            submission_time: Some(metadata.submission_time),
            external_erds: self.external_erds.clone(),
            deadline: metadata.deadline,
            decision_sha256: self.decision_sha256,
            disclosure_algorithm: DISCLOSURE_ALGORITHM.to_owned(),
        }
    }
}
