//! The notary: gives a step its evidence, signed by the electronic seal and time-stamped.
//!
//! `EvidenceDraft` -> JSON payload -> CAdES B-T (EN 319 122-1) with the seal's certificate and the
//! current revocation list inside, so that the evidence can be judged alone.
//!
//! MUST: [`Issued`] and [`SignedEvidence`] are made here and nowhere else; the store takes nothing
//! less, so that no state is committed without its evidence.
//! MUST: the event time is taken when the evidence is made, after whatever there was to wait for.
//! Without a proven time there is no evidence and so no event.
//! MUST: nothing is signed by a certificate that does not count at that moment: nobody could
//! believe it, and it would stand beside a state all the same. [CER-001]

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{ContentRef, Signature, request_signature};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::tsp::TimeStampRequest;
use sealpost_erds::DispatchId;
use sealpost_erds::delivery::{RelayFailed, Relayed, Step, Submitted};
use sealpost_erds::event::Event;
use sealpost_erds::evidence::{EvidenceDraft, IssuerDetails};

use super::time_source::TimeSource;
use super::trust::PeerEvidence;
use super::{ServiceError, compute, own_list};
use crate::config::Config;
use crate::keys::{KeyPair, ProviderKeys};
use crate::observe::{self, meter};
use crate::provider::Provider;
use crate::{clock, limits};

/// Signed evidence: our own, or that of a peer after it was verified.
pub struct SignedEvidence {
    event: Event,
    dispatch_id: DispatchId,
    octets: Vec<u8>,
}

impl SignedEvidence {
    /// What it states.
    #[must_use]
    pub const fn event(&self) -> Event {
        self.event
    }

    /// What it is about.
    #[must_use]
    pub const fn dispatch_id(&self) -> DispatchId {
        self.dispatch_id
    }

    /// The SignedData, verbatim.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl From<PeerEvidence> for SignedEvidence {
    fn from(peer: PeerEvidence) -> Self {
        let (event, dispatch_id) = (peer.get().event, peer.get().dispatch_id);
        Self { event, dispatch_id, octets: peer.into_octets() }
    }
}

/// A state and the signed evidence that states it.
///
/// ```compile_fail,E0451
/// // Invariant 5: nobody but the notary pairs a state with evidence.
/// use sealpost_provider::service::notary::{Issued, SignedEvidence};
/// fn forge<S>(next: S, evidence: SignedEvidence) -> Issued<S> { Issued { next, evidence } }
/// ```
/// ```
/// use sealpost_provider::service::notary::{Issued, SignedEvidence};
/// fn take_apart<S>(issued: Issued<S>) -> (S, SignedEvidence) { issued.into_parts() }
/// ```
#[must_use = "a state that was signed for must be committed, or the evidence must not leave"]
pub struct Issued<S> {
    next: S,
    evidence: SignedEvidence,
}

impl<S> Issued<S> {
    /// The state.
    pub const fn next(&self) -> &S {
        &self.next
    }

    /// Its evidence.
    pub const fn evidence(&self) -> &SignedEvidence {
        &self.evidence
    }

    /// Both.
    pub fn into_parts(self) -> (S, SignedEvidence) {
        (self.next, self.evidence)
    }
}

/// The issuer's name, seal and clock.
pub struct Notary {
    issuer: IssuerDetails,
    keys: Arc<ProviderKeys>,
    time: TimeSource,
}

impl Notary {
    /// The notary of this provider.
    pub fn new(config: &Config, keys: &Arc<ProviderKeys>, time: TimeSource) -> Self {
        Self {
            issuer: IssuerDetails {
                domain: config.domain.clone(),
                organisation: config.organisation.clone(),
            },
            keys: Arc::clone(keys),
            time,
        }
    }

    /// Who says what time it is.
    #[must_use]
    pub const fn time(&self) -> &TimeSource {
        &self.time
    }

    /// Whether what is signed now can be believed.
    pub(super) fn may_sign(&self, now: i64) -> Result<(), ServiceError> {
        let is_good = |pair: &KeyPair| {
            (pair.certificate.not_before()..=pair.certificate.not_after()).contains(&now)
        };
        // An external authority's certificate is judged with each of its tokens.
        let time_is_good = !self.time.is_internal() || is_good(self.keys.time_stamping());
        if is_good(self.keys.seal()) && time_is_good {
            return Ok(());
        }
        observe::error("own-certificate-not-valid").write();
        Err(ServiceError::OwnCertificateNotValid)
    }

    /// Payload and seal, now. What is missing is the proof of when.
    fn seal(&self, draft: &EvidenceDraft) -> Result<Unstamped, ServiceError> {
        let now = ClaimedTime::from_unix(clock::now_unix());
        let payload = draft.issue(&self.issuer, now, &mut clock::system_random()).to_json();
        let signature = self.sign(&payload, now)?;
        let request = signature.time_stamp_request(clock::nonce());
        let (event, dispatch_id) = (draft.event(), draft.metadata().dispatch_id);
        Ok(Unstamped { event, dispatch_id, payload, signature, request, sealed_at: now })
    }

    /// The seal over octets, without a time-stamp: for documents that state no event.
    pub(super) fn sign(&self, payload: &[u8], now: ClaimedTime) -> Result<Signature, ServiceError> {
        self.may_sign(now.unix())?;
        let seal = self.keys.seal();
        let asked = request_signature(ContentRef::of(payload), None, &seal.certificate, now, &[]);
        let answer = seal.key.answer(&asked);
        asked.answered(answer).map_err(|error| ServiceError::Internal(error.code()))
    }
}

/// Sealed, not yet proven to have existed at any time.
struct Unstamped {
    event: Event,
    dispatch_id: DispatchId,
    payload: Vec<u8>,
    signature: Signature,
    request: TimeStampRequest,
    sealed_at: ClaimedTime,
}

impl Unstamped {
    fn stamped(self, token: Vec<u8>, crl: &Crl) -> SignedEvidence {
        let signature = self.signature.with_time_stamp(token);
        // The signer's certificate is always inside.
        let octets = signature.attached(&self.payload, &[], std::slice::from_ref(crl));
        meter::evidence_issued(self.event.name());
        SignedEvidence { event: self.event, dispatch_id: self.dispatch_id, octets }
    }
}

/// Issues the evidence of one step.
pub async fn issue<N>(provider: &Arc<Provider>, step: Step<N>) -> Result<Issued<N>, ServiceError> {
    let Step { next, evidence } = step;
    let mut signed = sign_all(provider, vec![evidence]).await?;
    let evidence = signed.pop().ok_or(ServiceError::Internal("evidence-missing"))?;
    Ok(Issued { next, evidence })
}

/// Issues the evidence of many steps that are committed together.
pub async fn issue_all<N>(
    provider: &Arc<Provider>,
    steps: Vec<Step<N>>,
) -> Result<Vec<Issued<N>>, ServiceError> {
    let (states, drafts): (Vec<N>, Vec<EvidenceDraft>) =
        steps.into_iter().map(|step| (step.next, step.evidence)).unzip();
    let signed = sign_all(provider, drafts).await?;
    let pairs = states.into_iter().zip(signed);
    Ok(pairs.map(|(next, evidence)| Issued { next, evidence }).collect())
}

/// Issues the evidence of two steps of which the second follows from the first at once; both are
/// committed together.
pub async fn issue_both<A: Clone, B>(
    provider: &Arc<Provider>,
    first: Step<A>,
    then: impl FnOnce(A) -> Step<B>,
) -> Result<(Issued<A>, Issued<B>), ServiceError> {
    let second = then(first.next.clone());
    let signed = sign_all(provider, vec![first.evidence, second.evidence]).await?;
    let mut signed = signed.into_iter();
    match (signed.next(), signed.next()) {
        (Some(one), Some(two)) => Ok((
            Issued { next: first.next, evidence: one },
            Issued { next: second.next, evidence: two },
        )),
        _ => Err(ServiceError::Internal("evidence-missing")),
    }
}

/// A peer's B.1 is the evidence of our own transition; nothing if it is about something else.
pub fn relayed(submitted: Submitted, peer: PeerEvidence) -> Option<Issued<Relayed>> {
    let next = submitted.relayed(peer.verified()).ok()?;
    Some(Issued { next, evidence: peer.into() })
}

/// As [`relayed`], for B.2.
pub fn relay_rejected(submitted: Submitted, peer: PeerEvidence) -> Option<Issued<RelayFailed>> {
    let next = submitted.relay_rejected(peer.verified()).ok()?;
    Some(Issued { next, evidence: peer.into() })
}

async fn sign_all(
    provider: &Arc<Provider>,
    drafts: Vec<EvidenceDraft>,
) -> Result<Vec<SignedEvidence>, ServiceError> {
    if provider.service.notary.time.is_internal() {
        return compute(provider, move |provider| {
            let crl = own_list(provider)?;
            drafts.iter().map(|draft| sign_here(provider, draft, &crl)).collect()
        })
        .await?;
    }
    let crl = provider.crl().await?.ok_or(ServiceError::Internal("revocation-list-missing"))?;
    stream::iter(drafts)
        .map(|draft| sign_with_external_time(provider, draft, &crl))
        .buffered(limits::TIME_STAMPS_AT_ONCE_MAX)
        .try_collect()
        .await
}

/// Seal and time-stamp by keys of our own, in one go.
fn sign_here(
    provider: &Provider,
    draft: &EvidenceDraft,
    crl: &Crl,
) -> Result<SignedEvidence, ServiceError> {
    let notary = &provider.service.notary;
    let unstamped = notary.seal(draft)?;
    let token = notary.time.token_here(&unstamped.request, crl)?;
    Ok(unstamped.stamped(token, crl))
}

async fn sign_with_external_time(
    provider: &Arc<Provider>,
    draft: EvidenceDraft,
    crl: &Crl,
) -> Result<SignedEvidence, ServiceError> {
    let unstamped =
        compute(provider, move |provider| provider.service.notary.seal(&draft)).await??;
    let (token, proven) =
        provider.service.notary.time.token(provider, &unstamped.request, crl).await?;
    // An evidence whose claimed and proven times lie apart is refused by everybody (EVD-031).
    let drift = (proven.unix() - unstamped.sealed_at.unix()).abs();
    if drift > sealpost_erds::limits::EVENT_TIME_DRIFT_SECONDS_MAX {
        observe::error("clock-apart-from-time-stamp").write();
        return Err(ServiceError::TimeStampUnavailable);
    }
    Ok(unstamped.stamped(token, crl))
}
