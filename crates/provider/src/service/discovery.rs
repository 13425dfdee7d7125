//! What this provider says of itself (ERDSMetadata, EN 319 522-2 §9), under its electronic seal;
//! and what others have said of themselves, kept for a few minutes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sealpost_cms::time::ClaimedTime;
use sealpost_erds::discovery::{
    DISCOVERY_VERSION, Discovery, EVIDENCE_MODE_PRIVATE, ProviderCertificates, RoutingKeyEntry,
};
use sealpost_erds::{ConsignmentMode, Domain, Octets};

use super::{ServiceError, compute, own_list};
use crate::provider::Provider;
use crate::{clock, limits};

/// Documents that need not be made, or asked for, each time.
#[derive(Default)]
pub struct Documents {
    own: Mutex<Option<Kept>>,
    own_policy: Mutex<Option<Kept>>,
    peers: Mutex<BTreeMap<Domain, Kept>>,
}

#[derive(Clone)]
struct Kept {
    since: Instant,
    octets: Arc<[u8]>,
}

impl Kept {
    fn if_younger(&self, age: Duration) -> Option<Vec<u8>> {
        (self.since.elapsed() < age).then(|| self.octets.to_vec())
    }
}

impl Documents {
    /// The sealed update of the policy, if it was made a moment ago.
    pub(super) fn own_policy(&self) -> Option<Vec<u8>> {
        lock(&self.own_policy).as_ref()?.if_younger(limits::DISCOVERY_RENEWAL)
    }

    pub(super) fn keep_own_policy(&self, octets: &[u8]) {
        *lock(&self.own_policy) = Some(Kept { since: Instant::now(), octets: octets.into() });
    }

    /// What a peer said, if that was a moment ago. Only peers of the configuration get here, so
    /// the number of entries is bounded by theirs.
    pub(super) fn of_peer(&self, domain: &Domain) -> Option<Vec<u8>> {
        lock(&self.peers).get(domain)?.if_younger(limits::PEER_DISCOVERY_KEPT)
    }

    pub(super) fn keep_peer(&self, domain: Domain, octets: &[u8]) {
        let kept = Kept { since: Instant::now(), octets: octets.into() };
        lock(&self.peers).insert(domain, kept);
    }
}

/// The sealed document of this provider, made anew each hour.
pub async fn signed(provider: &Arc<Provider>) -> Result<Vec<u8>, ServiceError> {
    let documents = &provider.service.documents;
    let kept =
        lock(&documents.own).as_ref().and_then(|kept| kept.if_younger(limits::DISCOVERY_RENEWAL));
    if let Some(octets) = kept {
        return Ok(octets);
    }
    let octets = compute(provider, move |provider| {
        let now = ClaimedTime::from_unix(clock::now_unix());
        let payload = describe(provider, now).to_json();
        let signature = provider.service.notary.sign(&payload, now)?;
        Ok::<_, ServiceError>(signature.attached(&payload, &[], &[own_list(provider)?]))
    })
    .await??;
    *lock(&documents.own) = Some(Kept { since: Instant::now(), octets: octets.as_slice().into() });
    Ok(octets)
}

fn describe(provider: &Provider, now: ClaimedTime) -> Discovery {
    let (config, keys) = (&provider.config, &provider.keys);
    let der =
        |certificate: &sealpost_cms::certificate::Certificate| Octets(certificate.der().to_vec());
    let is_internal = provider.service.notary.time().is_internal();
    Discovery {
        version: DISCOVERY_VERSION.to_owned(),
        domain: config.domain.clone(),
        organisation: config.organisation.clone(),
        evidence_mode: EVIDENCE_MODE_PRIVATE.to_owned(),
        consignment_modes: vec![
            ConsignmentMode::Basic,
            ConsignmentMode::Consent,
            ConsignmentMode::Signed,
        ],
        expiry_supported: true,
        scheduled_delivery_supported: false,
        relay_endpoint: config.public_endpoint.clone(),
        certificates: ProviderCertificates {
            electronic_seal: der(&keys.seal().certificate),
            time_stamping: is_internal.then(|| der(&keys.time_stamping().certificate)),
            time_stamping_root: provider.service.notary.time().external_root().map(der),
        },
        routing_key: RoutingKeyEntry::of(&keys.routing().public()),
        log_origin: format!("{}/evidence", config.domain.as_str()),
        letter_octets_max: config.letter_octets_max,
        objects_octets_max: config.objects_octets_max,
        issued: now,
        next_update: ClaimedTime::from_unix(now.unix() + limits::DISCOVERY_VALIDITY_SECONDS),
    }
}

/// Documents are replaced whole: a panic elsewhere leaves an old one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
