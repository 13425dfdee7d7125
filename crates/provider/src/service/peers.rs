//! What one of our people needs to write to somebody elsewhere: the other provider's root, as our
//! operator has configured it, and that provider's sealed discovery document.

use std::sync::Arc;

use sealpost_erds::{Domain, Octets, limits as erds_limits};
use sealpost_wire::api::PeerAnswer;
use sealpost_wire::paths;

use super::peer_call::{self, PeerFailure};
use super::{Refusal, ServiceError, compute, discovery, time_roots, trust};
use crate::observe;
use crate::provider::Provider;

/// Root and discovery document of the provider of `domain`.
pub async fn info(provider: &Arc<Provider>, domain: &Domain) -> Result<PeerAnswer, ServiceError> {
    let party = provider.parties.of(domain).ok_or(Refusal::UnknownDomain)?;
    let root = party.anchors().iter().next().ok_or(Refusal::UnknownDomain)?;
    let root_certificate = Octets(root.der().to_vec());
    let document = if *domain == provider.config.domain {
        discovery::signed(provider).await?
    } else {
        of_peer(provider, domain).await?
    };
    Ok(PeerAnswer { domain: domain.clone(), root_certificate, discovery: Octets(document) })
}

/// The agent verifies the document by itself; we do so too, so that nothing false is kept.
pub(super) async fn of_peer(
    provider: &Arc<Provider>,
    domain: &Domain,
) -> Result<Vec<u8>, ServiceError> {
    if let Some(kept) = provider.service.documents.of_peer(domain) {
        return Ok(kept);
    }
    let octets =
        peer_call::get(provider, domain, paths::DISCOVERY, erds_limits::DISCOVERY_OCTETS_MAX)
            .await?;
    let (asked, judged) = (domain.clone(), octets.clone());
    let verdict = compute(provider, move |provider| {
        let party = provider.parties.of(&asked)?;
        Some(trust::discovery_of(provider, party, &judged))
    })
    .await?;
    match verdict {
        Some(Ok(verified)) => {
            time_roots::note(provider, verified.get()).await;
            provider.service.documents.keep_peer(domain.clone(), &octets);
            Ok(octets)
        }
        Some(Err(shortfall)) => {
            observe::warn("discovery-not-verified").reason(shortfall.sub.code()).write();
            Err(PeerFailure::Unreadable.into())
        }
        None => Err(Refusal::UnknownDomain.into()),
    }
}
