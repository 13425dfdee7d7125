//! Submission: the sender's provider takes a letter (A.1) or refuses it (A.2), for all of its
//! recipients or for none.
//!
//! The letter's identifier is the idempotency key: the same head by the same account gets the
//! same evidence again, another head is refused without any.

use std::sync::Arc;
use std::time::Duration;

use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_erds::delivery::{
    Step, SubmissionRejection, Submitted, accept_submission, reject_submission, sender_reference,
};
use sealpost_erds::disclosure::PartyReference;
use sealpost_erds::relay::{DispatchHead, PartDigest, SubmissionHead};
use sealpost_erds::{Digest, Domain, Octets, objects as erds_objects};
use sealpost_wire::api::{SubmissionAnswer, Taken};

use super::notary::{self, Issued};
use super::{Account, Refusal, ServiceError, StoredPart, backoff, objects};
use crate::config::Span;
use crate::provider::Provider;
use crate::store::submissions::{
    NewDispatch, NewSubmission, SubmissionKey, SubmissionRecord, SubmissionRow,
};
use crate::store::uploads::Uploader;
use crate::{clock, fault};

/// Takes or refuses a submission. `head_json` are the octets that `head` was read from.
pub async fn submit(
    provider: &Arc<Provider>,
    account: &Account,
    head_json: &[u8],
    head: SubmissionHead,
    parts: Vec<StoredPart>,
) -> Result<SubmissionAnswer, ServiceError> {
    let head_digest = Digest::of(head_json);
    // Whether it was answered before is asked by the front door, and for certain by the transaction.
    let key = SubmissionKey { account: account.id, letter_id: head.letter_id, head_digest };
    fault::reached("submission", "after-blob");
    let sender = PartyReference::to(&head.sender, Some(account.assurance));
    let submission = Submission { head, sender, time: ClaimedTime::from_unix(clock::now_unix()) };
    match submission.judge(provider, account, &parts) {
        Ok(()) => {
            // Asked for certain by the transaction; asked here before anything is signed.
            let names = submission.head.objects.iter().map(|object| object.sha256).collect();
            let uploader = Uploader::Account(account.id);
            if !provider.store.missing_objects(uploader, names).await?.is_empty() {
                // The same submission may have taken them since the front door asked.
                let answered = answered_before(provider, &key).await?;
                return answered.ok_or(Refusal::ObjectsMissing.into());
            }
            accept(provider, key, submission, parts).await
        }
        Err(rejection) => reject(provider, key, &submission, rejection).await,
    }
}

/// The answer to a submission that was made before, for the front door: it may ask before it takes
/// in the ciphertext once more.
pub async fn answered_before(
    provider: &Provider,
    key: &SubmissionKey,
) -> Result<Option<SubmissionAnswer>, ServiceError> {
    match provider.store.submission(key.account, key.letter_id).await? {
        None => Ok(None),
        Some(row) => repeat(row, key.head_digest).map(Some),
    }
}

/// Whether the submission announces more than this provider takes. Then it is refused for that, and
/// its parts need not be taken in.
#[must_use]
pub fn is_too_large(provider: &Provider, head: &SubmissionHead) -> bool {
    announced_octets(head) > provider.config.letter_octets_max
        || objects::are_too_large(provider, &head.objects)
}

fn announced_octets(head: &SubmissionHead) -> u64 {
    head.parts().iter().fold(0, |sum, part| sum.saturating_add(part.octets))
}

/// What is judged.
struct Submission {
    head: SubmissionHead,
    sender: PartyReference,
    time: ClaimedTime,
}

impl Submission {
    /// The rules of this provider, each with the refusal that names it.
    fn judge(
        &self,
        provider: &Provider,
        account: &Account,
        parts: &[StoredPart],
    ) -> Result<(), SubmissionRejection> {
        // Nobody submits in another's name. [SUB-001]
        sender_reference(&self.head.sender, account.submitting())?;
        // [SUB-003]
        if is_too_large(provider, &self.head) {
            let config = &provider.config;
            let (octets, octets_max) = match objects::are_too_large(provider, &self.head.objects) {
                true => (erds_objects::total(&self.head.objects), config.objects_octets_max),
                false => (announced_octets(&self.head), config.letter_octets_max),
            };
            return Err(SubmissionRejection::TooLarge { octets, octets_max });
        }
        // [SUB-002]
        if !are_those(parts, &self.head.parts()) {
            return Err(SubmissionRejection::NotEnveloped);
        }
        // [SUB-004]
        let in_range = |deadline: &Deadline| {
            is_in_range(*deadline, self.time.unix(), provider.config.deadline)
        };
        if !self.head.deadline.as_ref().is_none_or(in_range) {
            return Err(SubmissionRejection::DeadlineOutOfRange);
        }
        // [SUB-005]
        let is_trusted = |domain: &Domain| provider.parties.of(domain).is_some();
        if !self.head.consignments.iter().all(|consignment| is_trusted(&consignment.domain)) {
            return Err(SubmissionRejection::UnknownDomain);
        }
        Ok(())
    }

    fn accepted(&self, own: &Domain) -> Vec<Step<Submitted>> {
        let consignments = self.head.consignments.iter();
        consignments
            .map(|consignment| {
                accept_submission(&self.head, consignment, own, &self.sender, self.time)
            })
            .collect()
    }

    fn rejected(&self, own: &Domain, rejection: SubmissionRejection) -> Vec<Step<()>> {
        let consignments = self.head.consignments.iter();
        consignments
            .map(|consignment| {
                reject_submission(&self.head, consignment, own, &self.sender, self.time, rejection)
            })
            .collect()
    }
}

async fn accept(
    provider: &Arc<Provider>,
    key: SubmissionKey,
    submission: Submission,
    parts: Vec<StoredPart>,
) -> Result<SubmissionAnswer, ServiceError> {
    let steps = submission.accepted(&provider.config.domain);
    let issued = notary::issue_all(provider, steps).await?;
    fault::reached("submission", "after-sign");
    let answer = answer(Taken::Accepted, &issued);
    let domains: Vec<Domain> =
        submission.head.consignments.iter().map(|consignment| consignment.domain.clone()).collect();
    let now = clock::now_unix();
    let give_up_at = now.saturating_add(backoff::seconds(provider.config.relay_give_up_after));
    let new = NewSubmission {
        key,
        objects: submission.head.objects.clone(),
        dispatches: dispatches(submission.head, issued),
        blobs: parts.into_iter().filter_map(StoredPart::into_staged).collect(),
        now,
        give_up_at,
    };
    match provider.store.accept_submission(new).await? {
        SubmissionRecord::New => {
            domains.iter().for_each(|domain| provider.service.bells.dispatch_waits(domain));
            Ok(answer)
        }
        // The same submission came twice at the same time, and the other one was first.
        SubmissionRecord::Before(row) => repeat(row, key.head_digest),
        SubmissionRecord::DispatchExists => Err(Refusal::DispatchIdReused.into()),
        SubmissionRecord::ObjectsMissing => Err(Refusal::ObjectsMissing.into()),
    }
}

async fn reject(
    provider: &Arc<Provider>,
    key: SubmissionKey,
    submission: &Submission,
    rejection: SubmissionRejection,
) -> Result<SubmissionAnswer, ServiceError> {
    let steps = submission.rejected(&provider.config.domain, rejection);
    let issued = notary::issue_all(provider, steps).await?;
    fault::reached("submission", "after-sign");
    let answer = answer(Taken::Rejected, &issued);
    let purge_after =
        clock::now_unix().saturating_add(backoff::seconds(provider.config.retention_idempotency));
    match provider.store.reject_submission(key, issued, purge_after).await? {
        SubmissionRecord::New => Ok(answer),
        SubmissionRecord::Before(row) => repeat(row, key.head_digest),
        // A refusal names no dispatch and no object.
        SubmissionRecord::DispatchExists | SubmissionRecord::ObjectsMissing => {
            Err(Refusal::DispatchIdReused.into())
        }
    }
}

/// The dispatch of each recipient: what the other provider will get, made once and kept verbatim.
fn dispatches(head: SubmissionHead, issued: Vec<Issued<Submitted>>) -> Vec<NewDispatch> {
    let body = head.body;
    let consignments = head.consignments.into_iter();
    consignments
        .zip(issued)
        .map(|(consignment, submitted)| {
            let dispatch = DispatchHead {
                metadata: submitted.next().metadata().clone(),
                objects: head.objects.clone(),
                slip: consignment.slip,
                submission_evidence: Octets(submitted.evidence().octets().to_vec()),
            };
            let parts = body.iter().chain([&consignment.enveloped]).chain(&head.objects);
            NewDispatch {
                head: dispatch.to_json(),
                parts: parts.map(|part| *part.sha256.as_array()).collect(),
                submitted,
            }
        })
        .collect()
}

fn repeat(row: SubmissionRow, head_digest: Digest) -> Result<SubmissionAnswer, ServiceError> {
    // [SUB-006]
    if row.head_digest != head_digest {
        return Err(Refusal::LetterIdReused.into());
    }
    let evidence = row.evidence.into_iter().map(Octets).collect();
    Ok(SubmissionAnswer { outcome: row.outcome, evidence })
}

fn answer<S>(outcome: Taken, issued: &[Issued<S>]) -> SubmissionAnswer {
    let octets = |issued: &Issued<S>| Octets(issued.evidence().octets().to_vec());
    SubmissionAnswer { outcome, evidence: issued.iter().map(octets).collect() }
}

/// Whether the parts are the announced ciphertexts, one for one.
pub(super) fn are_those(parts: &[StoredPart], announced: &[PartDigest]) -> bool {
    parts.len() == announced.len()
        && parts
            .iter()
            .zip(announced)
            .all(|(part, announced)| part.is_enveloped() && part.announced() == *announced)
}

fn is_in_range(deadline: Deadline, now: i64, span: Span) -> bool {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    let left = deadline.unix().saturating_sub(now);
    (seconds(span.min)..=seconds(span.max)).contains(&left)
}
