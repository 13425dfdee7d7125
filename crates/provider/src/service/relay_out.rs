//! Relay, sending side: every letter goes to its recipient's provider until that provider answers
//! (B.1, B.2) or the time for it is over (B.3).
//!
//! One worker per domain: its letters do not wait for those of a provider that is down. All of a
//! domain's letters share one kept HTTP/2 connection. Ciphertext streams from the store.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use sealpost_erds::Domain;
use sealpost_erds::delivery::Submitted;
use sealpost_erds::event::Reason;
use sealpost_erds::relay::DispatchHead;
use sealpost_wire::api::{RelayAnswer, Taken};
use sealpost_wire::{framing, paths};
use tokio::task::JoinSet;

use super::bells::Queues;
use super::peer_call::{self, PeerFailure, Sending};
use super::trust;
use super::{ServiceError, backoff, compute, notary, relay_objects, time_roots};
use crate::blobs::BlobReader;
use crate::observe::{self, meter};
use crate::provider::Provider;
use crate::server::Stopping;
use crate::store::dispatches::DispatchRow;
use crate::{clock, fault, limits};

/// Relays to `domain` until it is told to stop. A letter that is on its way then is on its way
/// again after the next start; the other provider recognises it.
pub async fn work(provider: Arc<Provider>, domain: Domain, mut stopping: Stopping) {
    let Queues { dispatches: bell, .. } = provider.service.bells.of(&domain);
    let mut running = Running::new(provider, domain);
    loop {
        let pause = running.start_due().await;
        tokio::select! {
            () = stopping.wait() => return,
            Some(ended) = running.tasks.join_next() => running.ended(ended.ok()).await,
            () = bell.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The letters of one domain that are on their way now.
struct Running {
    provider: Arc<Provider>,
    domain: Domain,
    tasks: JoinSet<(i64, Tried)>,
    ids: BTreeSet<i64>,
    /// Due, and not begun yet.
    ready: VecDeque<i64>,
    /// The last try met silence.
    silent: bool,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// The other provider answered, and the letter has ended here.
    Answered,
    /// Nobody answered.
    Silence,
    /// Something else; it will be tried again.
    Failed,
}

impl Running {
    fn new(provider: Arc<Provider>, domain: Domain) -> Self {
        let (tasks, ids, ready) = (JoinSet::new(), BTreeSet::new(), VecDeque::new());
        Self { provider, domain, tasks, ids, ready, silent: false }
    }

    /// Starts what is due and fits, and says how long to sleep if nothing happens.
    async fn start_due(&mut self) -> Duration {
        let now = clock::now_unix();
        while self.ids.len() < limits::DISPATCHES_AT_ONCE_MAX {
            if self.ready.is_empty() && !self.look(now).await {
                break;
            }
            let Some(id) = self.ready.pop_front() else { break };
            self.ids.insert(id);
            let (provider, domain) = (Arc::clone(&self.provider), self.domain.clone());
            self.tasks.spawn(async move { (id, relay(&provider, &domain, id).await) });
        }
        if self.ids.len() == limits::DISPATCHES_AT_ONCE_MAX {
            // The end of one of them wakes us.
            return limits::QUEUE_LOOK_INTERVAL;
        }
        match self.provider.store.next_dispatch_after(self.domain.clone(), now).await {
            Ok(next) => until(next, now),
            Err(_) => PAUSE_AFTER_FAULT,
        }
    }

    /// Looks for letters that are due and not on their way. `false` if there are none.
    async fn look(&mut self, now: i64) -> bool {
        // Those on their way are due as well: ask for enough to see past them.
        let count_max = limits::DISPATCHES_READY_MAX + self.ids.len();
        let due = self.provider.store.due_dispatches(self.domain.clone(), now, count_max).await;
        match due {
            Ok(due) => self.ready.extend(due.into_iter().filter(|id| !self.ids.contains(id))),
            Err(error) => {
                let line = observe::warn("queue-unreadable").transition("relay-out");
                line.reason(error.code()).write();
            }
        }
        !self.ready.is_empty()
    }

    async fn ended(&mut self, ended: Option<(i64, Tried)>) {
        let Some((id, tried)) = ended else {
            // A panic: which letter it was is not known, so all are looked at again. The other
            // provider recognises those that arrived.
            observe::error("relay-panicked").write();
            self.tasks.abort_all();
            while self.tasks.join_next().await.is_some() {}
            self.ids.clear();
            self.ready.clear();
            return tokio::time::sleep(PAUSE_AFTER_FAULT).await;
        };
        self.ids.remove(&id);
        if tried == Tried::Answered && self.silent {
            // It is back. What waits for later tries need not wait.
            let now = clock::now_unix();
            if let Err(error) =
                self.provider.store.hasten_dispatches(self.domain.clone(), now).await
            {
                observe::warn("queue-not-hastened").reason(error.code()).write();
            }
        }
        self.silent = tried == Tried::Silence;
    }
}

/// How long to sleep until `next`, within bounds.
pub(super) fn until(next: Option<i64>, now: i64) -> Duration {
    let seconds = next.map(|next| u64::try_from(next.saturating_sub(now)).unwrap_or(0));
    let sleep = seconds.map_or(limits::QUEUE_LOOK_INTERVAL, Duration::from_secs);
    // A row that is due and yet was not taken must not make us spin.
    sleep.clamp(Duration::from_millis(100), limits::QUEUE_LOOK_INTERVAL)
}

/// One try, with everything that follows from it.
async fn relay(provider: &Arc<Provider>, domain: &Domain, id: i64) -> Tried {
    let dispatch = match provider.store.dispatch(id).await {
        Ok(Some(dispatch)) => dispatch,
        Ok(None) => return Tried::Failed,
        Err(error) => {
            observe::warn("relay-not-begun").reason(error.code()).write();
            tokio::time::sleep(PAUSE_AFTER_FAULT).await;
            return Tried::Failed;
        }
    };
    let (tries, give_up_at) = (dispatch.tries + 1, dispatch.give_up_at);
    let Ok(head) = DispatchHead::from_json(&dispatch.head) else {
        // We wrote it: a damaged row. It stays for whoever looks into the log.
        observe::error("dispatch-unreadable").write();
        return postpone(provider, id, tries, None).await;
    };
    let parts = head.parts().len();
    let submitted = Submitted::restore(head.metadata);
    let failure = match call(provider, domain, dispatch, parts).await {
        Ok(answer) => match conclude(provider, id, submitted.clone(), answer).await {
            Ok(()) => return Tried::Answered,
            Err(ServiceError::Peer(failure)) => Some(failure),
            // Ours: the answer is not lost, the other provider repeats it. Its B.1 or B.2 is
            // already out there, and a B.3 would contradict it.
            Err(error) => {
                observe::warn("relay-not-concluded").reason(error.code()).write();
                return postpone(provider, id, tries, None).await;
            }
        },
        Err(ServiceError::Peer(failure)) => Some(failure),
        Err(error) => {
            observe::warn("relay-not-begun").reason(error.code()).write();
            None
        }
    };
    if let Some(failure) = failure {
        meter::relay_tried(failure.code());
        observe::warn("relay-try-failed").reason(failure.code()).count(tries as usize).write();
    }
    if clock::now_unix() >= give_up_at {
        return match give_up(provider, id, submitted, failure, tries).await {
            Ok(()) => Tried::Failed,
            Err(error) => {
                observe::warn("relay-not-given-up").reason(error.code()).write();
                postpone(provider, id, tries, None).await
            }
        };
    }
    postpone(provider, id, tries, failure).await
}

/// Sends the objects that the other provider has not, then the dispatch, and reads the answer. Nothing
/// is believed yet. Of its ciphertexts the first `parts` go with it, the others are the objects.
async fn call(
    provider: &Arc<Provider>,
    domain: &Domain,
    mut dispatch: DispatchRow,
    parts: usize,
) -> Result<RelayAnswer, ServiceError> {
    let objects = dispatch.parts.split_off(parts.min(dispatch.parts.len()));
    relay_objects::send(provider, domain, &objects).await?;
    let mut readers = Vec::with_capacity(dispatch.parts.len());
    for digest in dispatch.parts {
        let reader = provider.blobs.read(&provider.store, digest).await?;
        readers.push(reader.ok_or(ServiceError::Internal("dispatch-without-ciphertext"))?);
    }
    let preamble = framing::preamble(&dispatch.head);
    let octets = (preamble.len() + dispatch.head.len()) as u64
        + readers.iter().map(BlobReader::octets).sum::<u64>();
    let opening = [preamble.as_slice(), &dispatch.head].concat();
    let sending = Sending {
        media_type: paths::MEDIA_FRAMED,
        body: reqwest::Body::wrap_stream(framed(opening, readers)),
        octets,
    };
    let answer = peer_call::post(
        provider,
        domain,
        paths::RELAY_DISPATCHES,
        sending,
        limits::RELAY_ANSWER_OCTETS_MAX,
    )
    .await?;
    serde_json::from_slice(&answer).map_err(|_| PeerFailure::Unreadable.into())
}

fn framed(
    opening: Vec<u8>,
    readers: Vec<BlobReader>,
) -> impl Stream<Item = std::io::Result<axum::body::Bytes>> + Send + 'static {
    let opening = stream::once(async move { Ok(axum::body::Bytes::from(opening)) });
    opening.chain(stream::iter(readers).flat_map(BlobReader::into_stream))
}

/// Takes the other provider's answer as the end of the dispatch: its evidence must verify and be
/// about this letter; then the evidence is the sender's, and everything else of the dispatch is
/// deleted.
pub async fn conclude(
    provider: &Arc<Provider>,
    id: i64,
    submitted: Submitted,
    answer: RelayAnswer,
) -> Result<(), ServiceError> {
    let RelayAnswer { outcome, evidence } = answer;
    let issuer = &submitted.metadata().recipient_erds;
    let judge = || {
        let (issuer, octets) = (issuer.clone(), evidence.0.clone());
        compute(provider, move |provider| trust::evidence_of(provider, &issuer, octets))
    };
    let evidence = match judge().await? {
        Err(doubt) if time_roots::learn(provider, issuer, &doubt).await => judge().await?,
        judged => judged,
    };
    let evidence = evidence.map_err(|doubt| {
        observe::warn("relay-evidence-refused").reason(doubt.code()).write();
        PeerFailure::EvidenceRefused
    })?;
    fault::reached("relay-out", "after-sign");
    let purge_after = purge_after(provider);
    let blobs = provider.blobs.clone();
    let about_another = || ServiceError::Peer(PeerFailure::EvidenceRefused);
    match outcome {
        Taken::Accepted => {
            let relayed = notary::relayed(submitted, evidence).ok_or_else(about_another)?;
            provider.store.dispatch_relayed(blobs, id, relayed, purge_after).await?;
            meter::relay_tried("relayed");
        }
        Taken::Rejected => {
            let failed = notary::relay_rejected(submitted, evidence).ok_or_else(about_another)?;
            provider.store.dispatch_failed(blobs, id, failed, purge_after).await?;
            meter::relay_tried("rejected");
        }
    }
    provider.service.bells.something_was_deleted();
    Ok(())
}

/// B.3 RelayFailure. Without a `failure` of the other side it was we who could not send.
async fn give_up(
    provider: &Arc<Provider>,
    id: i64,
    submitted: Submitted,
    failure: Option<PeerFailure>,
    tries: u32,
) -> Result<(), ServiceError> {
    // There is no word for a fault of the sender's own provider; what is true is that the other
    // one was not reached.
    let reason = failure.map_or(Reason::R_ERDS_UNREACHABLE, reason);
    let step = submitted.give_up(reason, tries);
    let failed = notary::issue(provider, step).await?;
    fault::reached("relay-out", "after-sign");
    let blobs = provider.blobs.clone();
    provider.store.dispatch_failed(blobs, id, failed, purge_after(provider)).await?;
    provider.service.bells.something_was_deleted();
    Ok(())
}

/// What the last try met, in the words of EN 319 522-2.
const fn reason(failure: PeerFailure) -> Reason {
    match failure {
        PeerFailure::Unknown => Reason::R_ERDS_NOT_IDENTIFIED,
        PeerFailure::Silence(_) => Reason::R_ERDS_UNREACHABLE,
        PeerFailure::Refused { .. } | PeerFailure::Unreadable | PeerFailure::EvidenceRefused => {
            Reason::R_ERDS_MALFUNCTION
        }
    }
}

async fn postpone(
    provider: &Arc<Provider>,
    id: i64,
    tries: u32,
    failure: Option<PeerFailure>,
) -> Tried {
    let asked = failure.as_ref().and_then(PeerFailure::retry_after);
    let pause = backoff::pause(tries, provider.config.relay_retry, asked, clock::nonce());
    let now = clock::now_unix();
    let next_try_at = now.saturating_add(backoff::seconds(pause));
    if let Err(error) = provider.store.postpone_dispatch(id, now, next_try_at).await {
        // It stays due; a full disk must not turn that into a storm.
        observe::warn("relay-not-postponed").reason(error.code()).write();
        tokio::time::sleep(PAUSE_AFTER_FAULT).await;
    }
    match failure {
        Some(PeerFailure::Silence(_)) => Tried::Silence,
        _ => Tried::Failed,
    }
}

fn purge_after(provider: &Provider) -> i64 {
    clock::now_unix().saturating_add(backoff::seconds(provider.config.retention_idempotency))
}

/// After a fault of our own (a full disk, a busy database).
pub(super) const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(2);
