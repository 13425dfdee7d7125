//! What waits for an account (interface ERDS MERI): letters to decide on or to fetch, evidence to
//! keep.

use std::sync::Arc;

use sealpost_erds::{DispatchId, Octets};
use sealpost_wire::api::{MailboxEvidence, MailboxLetter, MailboxPage};

use super::{Account, Refusal, ServiceError, compute, reply};
use crate::blobs::{BlobDigest, BlobReader};
use crate::limits;
use crate::observe;
use crate::provider::Provider;
use crate::store::evidence::WaitingEvidence;
use crate::store::letters::LetterRow;

pub use crate::store::letters::PartName as Part;

/// The mailbox: letters, and the oldest evidence that was not acknowledged.
///
/// The carrier key of a letter lies in its sealed slip and is taken out for each answer; it is
/// stored nowhere.
pub async fn page(
    provider: &Arc<Provider>,
    account: &Account,
) -> Result<MailboxPage, ServiceError> {
    let (evidence, more) = provider.store.waiting_evidence(account.id).await?;
    let rows = provider.store.open_letters(account.id).await?;
    let letters = if rows.is_empty() {
        Vec::new()
    } else {
        let shown = |provider: &Provider, rows: Vec<LetterRow>| {
            rows.into_iter().filter_map(|row| show(provider, row)).collect()
        };
        compute(provider, move |provider| shown(provider, rows)).await?
    };
    Ok(MailboxPage { letters, evidence: evidence.into_iter().map(item).collect(), more })
}

/// The agent has stored these durably; they wait no longer.
pub async fn acknowledge(
    provider: &Provider,
    account: &Account,
    ids: &[i64],
) -> Result<(), ServiceError> {
    if ids.len() > limits::ACKNOWLEDGED_MAX {
        return Err(Refusal::TooMany { count_max: limits::ACKNOWLEDGED_MAX }.into());
    }
    if ids.is_empty() {
        return Ok(());
    }
    provider.store.acknowledge(account.id, ids.to_vec()).await?;
    provider.service.bells.something_was_deleted();
    Ok(())
}

/// A ciphertext of a letter, open for reading. The locked body may be fetched before the decision:
/// nobody opens it without the release share.
pub async fn part(
    provider: &Provider,
    account: &Account,
    dispatch_id: DispatchId,
    part: Part,
) -> Result<BlobReader, ServiceError> {
    let digest = provider.store.letter_part(account.id, dispatch_id, part).await?;
    ciphertext(provider, account, dispatch_id, digest).await
}

/// The ciphertext with the digest that was found for a letter, or why there was none.
pub(super) async fn ciphertext(
    provider: &Provider,
    account: &Account,
    dispatch_id: DispatchId,
    digest: Option<BlobDigest>,
) -> Result<BlobReader, ServiceError> {
    let store = &provider.store;
    let Some(digest) = digest else {
        let letter = store.letter(account.id, dispatch_id).await?;
        return Err(match letter {
            None => Refusal::LetterNotFound,
            Some(LetterRow { open: None, state, .. }) => Refusal::AlreadyEnded(state),
            Some(_) => Refusal::PartNotFound,
        }
        .into());
    };
    // Between the two looks the letter may have ended.
    let reader = provider.blobs.read(store, digest).await?;
    reader.ok_or(Refusal::PartNotFound.into())
}

fn show(provider: &Provider, row: LetterRow) -> Option<MailboxLetter> {
    let letter = row.open?;
    match reply::open_slip(provider.keys.routing(), &letter) {
        Ok(slip) => Some(MailboxLetter {
            metadata: letter.metadata,
            state: row.state,
            carrier_key: Octets(slip.carrier_key.expose().to_vec()),
            submission_evidence: Octets(letter.submission_evidence),
        }),
        Err(error) => {
            // It opened on arrival: the routing key was replaced, or the row is damaged.
            observe::error("slip-does-not-open").reason(error.code()).write();
            None
        }
    }
}

fn item(waiting: WaitingEvidence) -> MailboxEvidence {
    MailboxEvidence {
        id: waiting.id,
        dispatch_id: waiting.dispatch_id,
        evidence: Octets(waiting.evidence),
        attachment: waiting.attachment.map(Octets),
    }
}
