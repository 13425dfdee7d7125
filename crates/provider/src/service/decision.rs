//! The recipient decides: acceptance (C.3, and D.1 in the same transaction) or refusal (C.4).
//!
//! The release share leaves only against a verified acceptance: `Awaiting::accept` takes nothing
//! else (invariant 9). What is late leaves the letter waiting, so that the expiry clock and not
//! the order of arrival decides between C.3 and C.5.

use std::sync::Arc;

use sealpost_cms::verdict::Shortfall;
use sealpost_cms::verdict::Verified;
use sealpost_erds::acceptance::{ConsignmentAcceptance, ConsignmentRejection};
use sealpost_erds::delivery::{Awaiting, Step};
use sealpost_erds::event::Event;
use sealpost_erds::slip::RelaySlip;
use sealpost_erds::{Digest, DispatchId, Octets, limits as erds_limits};
use sealpost_wire::api::{DecisionAnswer, DecisionRequest, LetterState};

use super::{Account, Refusal, ServiceError, backoff, compute, notary, own_list, reply, trust};
use crate::provider::Provider;
use crate::store::letters::{Ending, LetterRow, OpenLetter, Written};
use crate::{clock, fault, limits};

/// Accepts a letter: C.3 and D.1, and the release share.
pub async fn accept(
    provider: &Arc<Provider>,
    account: &Account,
    dispatch_id: DispatchId,
    request: DecisionRequest,
) -> Result<DecisionAnswer, ServiceError> {
    check_sizes(&request)?;
    let digest = Digest::of(&request.decision.0);
    let (row, letter) = match find(provider, account, dispatch_id, digest).await? {
        Found::Waiting(row, letter) => (row, letter),
        Found::Decided(row) => return repeat_acceptance(provider, row).await,
    };
    let (acceptance, slip) =
        verified(provider, &letter, request.decision, trust::acceptance).await?;
    let metadata = letter.metadata.clone();
    let awaiting = Awaiting::restore(letter.metadata).ok_or(Refusal::NoDecisionNeeded)?;
    let address = account.address.as_str();
    let accepted = awaiting
        .accept(&acceptance, digest, address, account.assurance)
        .map_err(|(_, refused)| Refusal::DecisionRefused(refused))?;
    let (accepted, consigned) =
        notary::issue_both(provider, accepted, |accepted| accepted.consign()).await?;
    fault::reached("acceptance", "after-sign");
    let (_, accepted) = accepted.into_parts();
    let attachment = request.for_sender.map(|sealed| sealed.0);
    let receipts = [
        reply::receipt(provider, &metadata, &slip, &accepted, attachment),
        reply::receipt(provider, &metadata, &slip, consigned.evidence(), None),
    ];
    let answer = DecisionAnswer {
        evidence: [&accepted, consigned.evidence()].map(|one| Octets(one.octets().to_vec())).into(),
        release_share: release_share(&slip),
    };
    let written = provider
        .store
        .accept_letter(account.id, row.id, digest, accepted, consigned, receipts)
        .await?;
    match written {
        Written::Now => {
            provider.service.bells.receipt_waits(&metadata.sender_erds);
            Ok(answer)
        }
        // Somebody was faster: the same decision once more, another one, or the clock.
        Written::TooLate => match find(provider, account, dispatch_id, digest).await? {
            Found::Decided(row) => repeat_acceptance(provider, row).await,
            Found::Waiting(..) => Err(ServiceError::Internal("letter-state-contradictory")),
        },
    }
}

/// Refuses a letter: C.4, and the letter is gone at once.
pub async fn refuse(
    provider: &Arc<Provider>,
    account: &Account,
    dispatch_id: DispatchId,
    request: DecisionRequest,
) -> Result<DecisionAnswer, ServiceError> {
    check_sizes(&request)?;
    let digest = Digest::of(&request.decision.0);
    let (row, letter) = match find(provider, account, dispatch_id, digest).await? {
        Found::Waiting(row, letter) => (row, letter),
        Found::Decided(row) => return repeat_refusal(provider, row).await,
    };
    let (rejection, slip) = verified(provider, &letter, request.decision, trust::rejection).await?;
    let metadata = letter.metadata.clone();
    let awaiting = Awaiting::restore(letter.metadata).ok_or(Refusal::NoDecisionNeeded)?;
    let address = account.address.as_str();
    let step: Step<_> = awaiting
        .refuse(&rejection, digest, address, account.assurance)
        .map_err(|(_, refused)| Refusal::DecisionRefused(refused))?;
    let refused = notary::issue(provider, step).await?;
    fault::reached("refusal", "after-sign");
    let attachment = request.for_sender.map(|sealed| sealed.0);
    let receipt = reply::receipt(provider, &metadata, &slip, refused.evidence(), attachment);
    let answer = DecisionAnswer {
        evidence: vec![Octets(refused.evidence().octets().to_vec())],
        release_share: None,
    };
    let ending = ending(provider, Some(receipt));
    match provider.store.refuse_letter(account.id, row.id, digest, refused, ending).await? {
        Written::Now => {
            provider.service.bells.receipt_waits(&metadata.sender_erds);
            provider.service.bells.something_was_deleted();
            Ok(answer)
        }
        Written::TooLate => match find(provider, account, dispatch_id, digest).await? {
            Found::Decided(row) => repeat_refusal(provider, row).await,
            Found::Waiting(..) => Err(ServiceError::Internal("letter-state-contradictory")),
        },
    }
}

/// How a letter is wound up that has reached an end.
pub(super) fn ending(
    provider: &Provider,
    receipt: Option<crate::store::receipts::NewReceipt>,
) -> Ending {
    let kept = backoff::seconds(provider.config.retention_after_handover);
    Ending {
        blobs: provider.blobs.clone(),
        purge_after: clock::now_unix().saturating_add(kept),
        receipt,
    }
}

/// Where a letter stands towards a decision.
enum Found {
    /// It can be decided upon.
    Waiting(LetterRow, Box<OpenLetter>),
    /// This very decision was taken before.
    Decided(LetterRow),
}

async fn find(
    provider: &Provider,
    account: &Account,
    dispatch_id: DispatchId,
    digest: Digest,
) -> Result<Found, ServiceError> {
    let row = provider.store.letter(account.id, dispatch_id).await?;
    let mut row = row.ok_or(Refusal::LetterNotFound)?;
    if row.decision_digest == Some(digest) {
        return Ok(Found::Decided(row));
    }
    match (row.state, row.decision_digest, row.open.take()) {
        (LetterState::Awaiting, _, Some(letter)) => Ok(Found::Waiting(row, Box::new(letter))),
        (LetterState::Consigned, None, _) => Err(Refusal::NoDecisionNeeded.into()),
        (state, ..) => Err(Refusal::AlreadyEnded(state).into()),
    }
}

/// Signature, path, revocation, time; and the slip, which the transition needs.
async fn verified<T: Send + 'static>(
    provider: &Arc<Provider>,
    letter: &OpenLetter,
    signed: Octets,
    verify: Verify<T>,
) -> Result<(Verified<T>, RelaySlip), ServiceError> {
    let mode = letter.metadata.mode;
    let letter = OpenLetter {
        metadata: letter.metadata.clone(),
        slip: letter.slip.clone(),
        submission_evidence: Vec::new(),
    };
    compute(provider, move |provider| {
        // Asked of the database each time: a certificate revoked a second ago decides nothing.
        let crl = own_list(provider)?;
        let decision =
            verify(provider, &signed.0, mode, &crl).map_err(Refusal::DecisionNotVerified)?;
        let slip = reply::open_slip(provider.keys.routing(), &letter)
            .map_err(|error| ServiceError::Internal(error.code()))?;
        Ok((decision, slip))
    })
    .await?
}

type Verify<T> = fn(
    &Provider,
    &[u8],
    sealpost_erds::ConsignmentMode,
    &sealpost_cms::path::Crl,
) -> Result<Verified<T>, Shortfall>;

async fn repeat_acceptance(
    provider: &Arc<Provider>,
    row: LetterRow,
) -> Result<DecisionAnswer, ServiceError> {
    const EVENTS: &[Event] = &[Event::ConsignmentAcceptance, Event::ContentConsignment];
    if row.state == LetterState::Refused {
        return Err(Refusal::AlreadyEnded(row.state).into());
    }
    let evidence = provider.store.letter_evidence(row.id, EVENTS).await?;
    // After the handover the slip, and the share in it, is gone; the agent has both.
    let release_share = match row.open {
        None => None,
        Some(letter) => {
            let slip = compute(provider, move |provider| {
                reply::open_slip(provider.keys.routing(), &letter)
            });
            let slip = slip.await?.map_err(|error| ServiceError::Internal(error.code()))?;
            release_share(&slip)
        }
    };
    Ok(DecisionAnswer { evidence: evidence.into_iter().map(Octets).collect(), release_share })
}

async fn repeat_refusal(
    provider: &Provider,
    row: LetterRow,
) -> Result<DecisionAnswer, ServiceError> {
    const EVENTS: &[Event] = &[Event::ConsignmentRejection];
    if row.state != LetterState::Refused {
        return Err(Refusal::AlreadyEnded(row.state).into());
    }
    let evidence = provider.store.letter_evidence(row.id, EVENTS).await?;
    Ok(DecisionAnswer { evidence: evidence.into_iter().map(Octets).collect(), release_share: None })
}

fn release_share(slip: &RelaySlip) -> Option<Octets> {
    slip.release_share.as_ref().map(|share| Octets(share.expose().to_vec()))
}

/// [DCN-001]
fn check_sizes(request: &DecisionRequest) -> Result<(), Refusal> {
    let octets_max = limits::DECISION_ATTACHMENT_OCTETS_MAX;
    let attached = request.for_sender.as_ref().map_or(0, |sealed| sealed.0.len());
    if attached > octets_max || request.decision.0.len() > erds_limits::DECISION_OCTETS_MAX {
        return Err(Refusal::AttachmentTooLarge { octets_max });
    }
    Ok(())
}

/// The two verifications fit [`Verify`].
const _: (Verify<ConsignmentAcceptance>, Verify<ConsignmentRejection>) =
    (trust::acceptance, trust::rejection);
