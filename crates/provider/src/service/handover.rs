//! Handover (E.1): the recipient's agent confirms that the octets arrived. The letter is the
//! recipient's alone from then on; here it is deleted at once.

use std::sync::Arc;

use sealpost_erds::delivery::Consigned;
use sealpost_erds::event::Event;
use sealpost_erds::{DispatchId, Octets};
use sealpost_wire::api::{HandoverAnswer, HandoverRequest, LetterState};

use super::decision::ending;
use super::{Account, Refusal, ServiceError, compute, notary, reply};
use crate::fault;
use crate::provider::Provider;
use crate::store::letters::{LetterRow, OpenLetter, Written};

/// Confirms a handover. E.1 is issued always; in basic mode the sender hears of it only if the
/// recipient wants that (being told shows when somebody was at the machine). In the consent modes
/// the recipient has answered the sender already.
pub async fn confirm(
    provider: &Arc<Provider>,
    account: &Account,
    dispatch_id: DispatchId,
    request: HandoverRequest,
) -> Result<HandoverAnswer, ServiceError> {
    let mut row = find(provider, account, dispatch_id).await?;
    let letter = match (row.state, row.open.take()) {
        (LetterState::Consigned, Some(letter)) => letter,
        (LetterState::HandedOver, _) => return repeat(provider, row).await,
        (LetterState::Awaiting, _) => return Err(Refusal::AwaitsDecision.into()),
        (state, _) => return Err(Refusal::AlreadyEnded(state).into()),
    };
    let metadata = letter.metadata.clone();
    let tell_sender = request.tell_sender || metadata.mode.needs_acceptance();
    let consigned = Consigned::restore(letter.metadata.clone(), row.decision_digest)
        .ok_or(ServiceError::Internal("letter-state-contradictory"))?;
    let handed_over = notary::issue(provider, consigned.hand_over(account.assurance)).await?;
    fault::reached("handover", "after-sign");
    let receipt = if tell_sender {
        let slip = open_slip(provider, letter).await?;
        Some(reply::receipt(provider, &metadata, &slip, handed_over.evidence(), None))
    } else {
        None
    };
    let evidence = Octets(handed_over.evidence().octets().to_vec());
    let ending = ending(provider, receipt);
    match provider.store.hand_over_letter(account.id, row.id, handed_over, ending).await? {
        Written::Now => {
            provider.service.bells.receipt_waits(&metadata.sender_erds);
            provider.service.bells.something_was_deleted();
            Ok(HandoverAnswer { evidence })
        }
        // The same confirmation came twice at the same time.
        Written::TooLate => repeat(provider, find(provider, account, dispatch_id).await?).await,
    }
}

async fn find(
    provider: &Provider,
    account: &Account,
    dispatch_id: DispatchId,
) -> Result<LetterRow, ServiceError> {
    let row = provider.store.letter(account.id, dispatch_id).await?;
    row.ok_or(Refusal::LetterNotFound.into())
}

async fn open_slip(
    provider: &Arc<Provider>,
    letter: OpenLetter,
) -> Result<sealpost_erds::slip::RelaySlip, ServiceError> {
    let slip =
        compute(provider, move |provider| reply::open_slip(provider.keys.routing(), &letter))
            .await?;
    slip.map_err(|error| ServiceError::Internal(error.code()))
}

async fn repeat(provider: &Provider, row: LetterRow) -> Result<HandoverAnswer, ServiceError> {
    let evidence = provider.store.letter_evidence(row.id, &[Event::ContentHandover]).await?;
    let evidence = evidence.into_iter().next().ok_or(Refusal::AlreadyEnded(row.state))?;
    Ok(HandoverAnswer { evidence: Octets(evidence) })
}
