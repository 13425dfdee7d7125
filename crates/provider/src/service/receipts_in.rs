//! Evidence that comes back from a recipient's provider: by a path that our sender sealed for us
//! and that nobody else can open, into the sender's mailbox.

use std::sync::Arc;

use sealpost_erds::Domain;
use sealpost_erds::event::Event;
use sealpost_erds::relay::Receipt;
use sealpost_erds::slip::ReplyPath;
use sealpost_wire::api::ReceiptBatch;

use super::notary::SignedEvidence;
use super::trust::{self, Doubt, PeerEvidence};
use super::{Refusal, ServiceError, backoff, compute, time_roots};
use crate::observe;
use crate::provider::Provider;
use crate::store::receipts::ReturnedEvidence;
use crate::{clock, fault, limits};

/// Takes a batch of the provider `from`, as its TLS certificate names it: all of it or nothing.
///
/// A receipt that can never be of use (false evidence, a path that does not open, a mailbox that
/// is gone) is dropped and the batch taken all the same: repeating it would not help anybody.
pub async fn take(
    provider: &Arc<Provider>,
    from: &Domain,
    batch: ReceiptBatch,
) -> Result<(), ServiceError> {
    // [RCI-001]
    if batch.receipts.len() > limits::RECEIPTS_BATCH_MAX {
        return Err(Refusal::TooMany { count_max: limits::RECEIPTS_BATCH_MAX }.into());
    }
    let batch = Arc::new(batch);
    let mut judged = judge_all(provider, from, &batch).await?;
    // One of them stands for all: they come from the same provider.
    let doubt = judged.iter().find_map(|judged| match judged {
        Err(Unusable::Undecided(doubt)) => Some(doubt),
        _ => None,
    });
    if let Some(doubt) = doubt
        && time_roots::learn(provider, from, doubt).await
    {
        judged = judge_all(provider, from, &batch).await?;
    }
    let mut returned = Vec::with_capacity(judged.len());
    for receipt in judged {
        match receipt {
            Ok(receipt) => returned.extend(in_mailbox(provider, receipt).await?),
            // It may be good: the other side is to try again.
            Err(Unusable::Undecided(doubt)) => {
                return Err(Refusal::EvidenceIndeterminate(doubt.into_shortfall()).into());
            }
            Err(Unusable::Dropped(code)) => observe::warn("receipt-dropped").reason(code).write(),
        }
    }
    fault::reached("receipt-in", "after-sign");
    if returned.is_empty() {
        return Ok(());
    }
    // The other side repeats a receipt until it hears our answer, or gives up; what it may set for
    // that is not known here, so it counts as long as we would repeat one ourselves.
    let config = &provider.config;
    let memory = config.retention_idempotency.max(config.relay_receipts_give_up_after);
    let purge_after = clock::now_unix().saturating_add(backoff::seconds(memory));
    provider.store.take_receipts(returned, purge_after).await?;
    Ok(())
}

/// Evidence that holds and the path it came by.
struct Judged {
    path: ReplyPath,
    evidence: PeerEvidence,
    attachment: Option<Vec<u8>>,
}

/// Why a receipt is not put into a mailbox.
enum Unusable {
    Dropped(&'static str),
    Undecided(Doubt),
}

async fn judge_all(
    provider: &Arc<Provider>,
    from: &Domain,
    batch: &Arc<ReceiptBatch>,
) -> Result<Vec<Result<Judged, Unusable>>, ServiceError> {
    let (issuer, batch) = (from.clone(), Arc::clone(batch));
    compute(provider, move |provider| {
        batch.receipts.iter().map(|receipt| judge(provider, &issuer, receipt)).collect()
    })
    .await
}

fn judge(provider: &Provider, issuer: &Domain, receipt: &Receipt) -> Result<Judged, Unusable> {
    let Receipt { reply_path, dispatch_id, evidence, attachment } = receipt.clone();
    // The path first: it is the cheaper check.
    let path = ReplyPath::open(provider.keys.routing(), dispatch_id, &reply_path)
        .map_err(|error| Unusable::Dropped(error.code()))?;
    // [RCI-002]
    let is_too_large =
        |octets: &sealpost_erds::Octets| octets.0.len() > limits::DECISION_ATTACHMENT_OCTETS_MAX;
    if attachment.as_ref().is_some_and(is_too_large) {
        return Err(Unusable::Dropped("attachment-too-large"));
    }
    let evidence =
        trust::evidence_of(provider, issuer, evidence.0).map_err(|doubt| match doubt {
            Doubt::Failed(shortfall) => Unusable::Dropped(shortfall.sub.code()),
            doubt @ Doubt::Indeterminate(_) => Unusable::Undecided(doubt),
        })?;
    // About the dispatch that the path is bound to, and of the kinds that come this way. [RCI-003]
    let says = evidence.get();
    if says.dispatch_id != dispatch_id || !comes_back(says.event) {
        return Err(Unusable::Dropped("evidence-about-something-else"));
    }
    Ok(Judged { path, evidence, attachment: attachment.map(|octets| octets.0) })
}

/// What a recipient's provider states after it has taken a letter over.
fn comes_back(event: Event) -> bool {
    event.refers_to_recipient()
}

async fn in_mailbox(
    provider: &Provider,
    judged: Judged,
) -> Result<Option<ReturnedEvidence>, ServiceError> {
    let Judged { path, evidence, attachment } = judged;
    // A blocked account still gets what belongs to it.
    let Some(account) = provider.store.account(path.mailbox).await? else {
        observe::warn("receipt-dropped").reason("mailbox-gone").write();
        return Ok(None);
    };
    let evidence = SignedEvidence::from(evidence);
    Ok(Some(ReturnedEvidence { account: account.id, evidence, attachment }))
}
