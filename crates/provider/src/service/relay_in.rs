//! Relay, receiving side: another provider hands over a letter for one of our people. We take it
//! (B.1) and at once consign it (D.1) or tell the recipient that it waits (C.1); or we turn it
//! away (B.2).
//!
//! The dispatch's identifier makes a repetition recognisable: the same head gets the same answer.

use std::sync::Arc;

use sealpost_erds::delivery::{Received, RelayRejection, Step, receive as take, reject_relay};
use sealpost_erds::disclosure::{CLAIM_IDENTIFIER, PartyReference};
use sealpost_erds::event::Event;
use sealpost_erds::evidence::{about_same_letter, repeats_submission};
use sealpost_erds::relay::{DispatchHead, RelayMetadata};
use sealpost_erds::slip::{RelaySlip, SlipBinding, SlipError};
use sealpost_erds::{Address, Digest, Domain, Octets};
use sealpost_wire::api::{RelayAnswer, Taken};

use super::submission::are_those;
use super::trust::{self, Doubt, PeerEvidence};
use super::{
    Refusal, ServiceError, StoredPart, backoff, compute, notary, objects, reply, time_roots,
};
use crate::provider::Provider;
use crate::store::letters::{
    AnsweredDispatch, Arrival, Arrived, DispatchKey, DispatchRecord, PartName,
};
use crate::store::uploads::Uploader;
use crate::{clock, fault};

/// Takes over or turns away a dispatch of the provider `from`, as its TLS certificate names it.
/// `head_json` are the octets that `head` was read from.
pub async fn receive(
    provider: &Arc<Provider>,
    from: &Domain,
    head_json: &[u8],
    head: DispatchHead,
    parts: Vec<StoredPart>,
) -> Result<RelayAnswer, ServiceError> {
    let now = clock::now_unix();
    let key = DispatchKey {
        dispatch_id: head.metadata.dispatch_id,
        origin: from.clone(),
        head_digest: Digest::of(head_json),
        purge_after: now.saturating_add(backoff::seconds(provider.config.retention_idempotency)),
    };
    if let Some(answered) = provider.store.answered_dispatch(key.dispatch_id).await? {
        return repeat(answered, &key);
    }
    // A provider relays what its own senders submitted, and what is for us. [RIN-001] [RIN-002]
    if head.metadata.sender_erds != *from {
        return Err(Refusal::OtherOrigin.into());
    }
    if head.metadata.recipient_erds != provider.config.domain {
        return Err(Refusal::OtherDestination.into());
    }
    fault::reached("relay-in", "after-blob");
    match judge(provider, from, &head, &parts).await? {
        Ok(accepted) => take_over(provider, key, head, accepted, parts).await,
        Err(rejection) => turn_away(provider, key, &head.metadata, rejection).await,
    }
}

/// Whether the dispatch announces more than this provider takes. Then it is turned away for that,
/// and its parts need not be taken in. [RIN-004]
#[must_use]
pub fn is_too_large(provider: &Provider, head: &DispatchHead) -> bool {
    let octets = head.parts().iter().fold(0_u64, |sum, part| sum.saturating_add(part.octets));
    octets > provider.config.letter_octets_max || objects::are_too_large(provider, &head.objects)
}

/// What a dispatch that is taken over has shown.
struct Acceptable {
    account: i64,
    slip: RelaySlip,
}

/// The rules of this provider. An error is no refusal: then nothing was decided.
async fn judge(
    provider: &Arc<Provider>,
    from: &Domain,
    head: &DispatchHead,
    parts: &[StoredPart],
) -> Result<Result<Acceptable, RelayRejection>, ServiceError> {
    let metadata = &head.metadata;
    if is_too_large(provider, head) {
        return Ok(Err(RelayRejection::TooLarge));
    }
    // [RIN-003]
    if !are_those(parts, &head.parts()) {
        return Ok(Err(RelayRejection::NotEnveloped));
    }
    // [RIN-005]
    if !deadline_is_possible(provider, metadata) {
        return Ok(Err(RelayRejection::DeadlineOutOfRange));
    }
    let (evidence, slip) = evidence_and_slip(provider, from, head).await?;
    let evidence = match evidence {
        Ok(evidence) => evidence,
        Err(Doubt::Failed(_)) => return Ok(Err(RelayRejection::InvalidEvidence)),
        // Turning the letter away would be final, and the evidence may be good.
        Err(Doubt::Indeterminate(shortfall)) => {
            return Err(Refusal::EvidenceIndeterminate(shortfall).into());
        }
    };
    if !is_submission_of(&evidence, metadata) {
        return Ok(Err(RelayRejection::InvalidEvidence));
    }
    refuse_what_may_be_forgotten(provider, &evidence)?;
    let Ok(slip) = slip else { return Ok(Err(RelayRejection::InvalidSlip)) };
    let Some(address) = addressee(provider, metadata, &slip) else {
        return Ok(Err(RelayRejection::InvalidSlip));
    };
    // [RIN-009]
    match provider.store.account(address).await? {
        Some(account) if !account.is_blocked => Ok(Ok(Acceptable { account: account.id, slip })),
        _ => Ok(Err(RelayRejection::UnknownRecipient)),
    }
}

async fn evidence_and_slip(
    provider: &Arc<Provider>,
    from: &Domain,
    head: &DispatchHead,
) -> Result<(Result<PeerEvidence, Doubt>, Result<RelaySlip, SlipError>), ServiceError> {
    let read = || {
        let (issuer, head) = (from.clone(), head.clone());
        compute(provider, move |provider| {
            let binding = SlipBinding::of_metadata(&head.metadata);
            let slip = RelaySlip::open(provider.keys.routing(), &binding, &head.slip);
            (trust::evidence_of(provider, &issuer, head.submission_evidence.0), slip)
        })
    };
    match read().await? {
        (Err(doubt), _) if time_roots::learn(provider, from, &doubt).await => read().await,
        read => Ok(read),
    }
}

/// The evidence is the acceptance of exactly this submission, in every field that our own evidence
/// is going to repeat. [RIN-006]
fn is_submission_of(evidence: &PeerEvidence, metadata: &RelayMetadata) -> bool {
    let evidence = evidence.get();
    evidence.event == Event::SubmissionAcceptance
        && about_same_letter(evidence, metadata)
        && repeats_submission(evidence, metadata)
}

/// A dispatch older than our memory of dispatches could be a letter that was taken, handed over
/// and forgotten: taking it again would double it. [RIN-007]
fn refuse_what_may_be_forgotten(
    provider: &Provider,
    evidence: &PeerEvidence,
) -> Result<(), ServiceError> {
    let memory = backoff::seconds(provider.config.retention_idempotency);
    let submitted = evidence.verified().finding().proven_time.map_or(i64::MIN, |time| time.unix());
    if submitted < clock::now_unix().saturating_sub(memory) {
        return Err(Refusal::DispatchTooOld.into());
    }
    Ok(())
}

/// Not over, and not later than our own senders may ask for.
fn deadline_is_possible(provider: &Provider, metadata: &RelayMetadata) -> bool {
    let now = clock::now_unix();
    let latest = now.saturating_add(backoff::seconds(provider.config.deadline.max));
    metadata.deadline.is_none_or(|deadline| deadline.unix() > now && deadline.unix() <= latest)
}

/// Whose mailbox: the slip says so, and the digest in the metadata (which our evidence repeats)
/// proves that the sender meant the same. It must be the only digest: a second one could later be
/// opened to name somebody else. [RIN-008]
fn addressee(provider: &Provider, metadata: &RelayMetadata, slip: &RelaySlip) -> Option<Address> {
    let fits = reply::is_complete(slip, metadata)
        && slip.recipient.name() == CLAIM_IDENTIFIER
        && PartyReference::to(std::slice::from_ref(&slip.recipient), None)
            .same_party(&metadata.recipient);
    let address = Address::parse(slip.recipient.value()).ok().filter(|_| fits)?;
    (address.domain() == provider.config.domain).then_some(address)
}

async fn take_over(
    provider: &Arc<Provider>,
    key: DispatchKey,
    head: DispatchHead,
    accepted: Acceptable,
    parts: Vec<StoredPart>,
) -> Result<RelayAnswer, ServiceError> {
    let DispatchHead { metadata, objects, slip, submission_evidence } = head;
    // Asked for certain by the transaction; asked here before anything is signed. [RIN-011]
    let names = objects.iter().map(|object| object.sha256).collect();
    let uploader = Uploader::Provider(key.origin.clone());
    if !provider.store.missing_objects(uploader, names).await?.is_empty() {
        // The same dispatch may have taken them a moment ago.
        return match provider.store.answered_dispatch(key.dispatch_id).await? {
            Some(answered) => repeat(answered, &key),
            None => Err(Refusal::ObjectsMissing.into()),
        };
    }
    let (received, arrived) = notary::issue_both(provider, take(metadata.clone()), arrive).await?;
    fault::reached("relay-in", "after-sign");
    let evidence = Octets(received.evidence().octets().to_vec());
    let receipt = reply::receipt(provider, &metadata, &accepted.slip, arrived.evidence(), None);
    let names = metadata.body.iter().map(|_| PartName::Body).chain([PartName::Enveloped]);
    let staged = parts.into_iter().filter_map(StoredPart::into_staged);
    let arrival = Arrival {
        account: accepted.account,
        received,
        arrived,
        slip: slip.0,
        submission_evidence: submission_evidence.0,
        parts: names.zip(staged).collect(),
        objects,
        receipt,
        key: key.clone(),
    };
    match provider.store.take_over(arrival).await? {
        DispatchRecord::New => {
            provider.service.bells.receipt_waits(&key.origin);
            Ok(RelayAnswer { outcome: Taken::Accepted, evidence })
        }
        // The same dispatch came twice at the same time, and the other one was first.
        DispatchRecord::Before(answered) => repeat(answered, &key),
        DispatchRecord::ObjectsMissing => Err(Refusal::ObjectsMissing.into()),
    }
}

/// What follows from taking over, at once: basic letters are consigned, others announced.
fn arrive(received: Received) -> Step<Arrived> {
    match received {
        Received::Basic(received) => {
            let Step { next, evidence } = received.consign();
            Step { next: Arrived::Consigned(next), evidence }
        }
        Received::Consent(received) => {
            let Step { next, evidence } = received.notify();
            Step { next: Arrived::Awaiting(next), evidence }
        }
    }
}

async fn turn_away(
    provider: &Arc<Provider>,
    key: DispatchKey,
    metadata: &RelayMetadata,
    rejection: RelayRejection,
) -> Result<RelayAnswer, ServiceError> {
    let issued = notary::issue(provider, reject_relay(metadata, rejection)).await?;
    fault::reached("relay-in", "after-sign");
    let evidence = Octets(issued.evidence().octets().to_vec());
    match provider.store.turn_away(key.clone(), issued).await? {
        DispatchRecord::New => Ok(RelayAnswer { outcome: Taken::Rejected, evidence }),
        DispatchRecord::Before(answered) => repeat(answered, &key),
        // What is turned away needs none.
        DispatchRecord::ObjectsMissing => Err(Refusal::ObjectsMissing.into()),
    }
}

fn repeat(answered: AnsweredDispatch, key: &DispatchKey) -> Result<RelayAnswer, ServiceError> {
    // [RIN-010]
    if answered.origin != key.origin || answered.head_digest != key.head_digest {
        return Err(Refusal::DispatchIdReused.into());
    }
    Ok(RelayAnswer { outcome: answered.outcome, evidence: Octets(answered.evidence) })
}
