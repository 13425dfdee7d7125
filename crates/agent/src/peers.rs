//! Other providers, and the certificates of people there: asked for through the own provider.

use crate::client::read;
use crate::errors::{AgentError, PostError};
use crate::records::{self, PEER, Peer};
use crate::session::{Agent, Trust};
use crate::system_random;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::hpke::RoutingPublicKey;
use sealpost_cms::path::Crl;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_erds::directory::{DirectoryAnswer, DirectoryQuery};
use sealpost_erds::discovery::{Discovery, verify_discovery};
use sealpost_erds::{Address, Domain, Octets};
use sealpost_letter::error::RecipientError;
use sealpost_letter::{Recipient, Suite};
use sealpost_wire::api::PeerAnswer;
use sealpost_wire::paths;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A provider that the own provider vouches for.
pub(crate) struct Known {
    pub(crate) root: Certificate,
    pub(crate) discovery: Discovery,
}

impl Known {
    pub(crate) fn routing_key(&self) -> Result<RoutingPublicKey, AgentError> {
        self.discovery
            .routing_key
            .key()
            .map_err(|_| PostError::Nonsense { expected: "routing key" }.into())
    }

    /// What is kept of the provider, beside what was known of it.
    pub(crate) fn kept(&self, answer: PeerAnswer, known: Option<Peer>) -> Peer {
        let PeerAnswer { root_certificate: root, discovery, .. } = answer;
        let (mut for_time, former) = known.map(|it| (it.for_time, it.former)).unwrap_or_default();
        let named = self.discovery.certificates.time_stamping_root.clone();
        for_time.extend(named.filter(|named| !for_time.contains(named)));
        Peer { root, discovery, for_time, former }
    }
}

/// The root and the discovery document that it vouches for.
pub(crate) fn verified(
    answer: &PeerAnswer,
    domain: &Domain,
    policy: &Arc<AlgorithmPolicy>,
) -> Result<Known, AgentError> {
    let root = Certificate::from_der(&answer.root_certificate.0)
        .map_err(|_| PostError::Nonsense { expected: "root certificate" })?;
    let trust = Trust::new(Some(root.clone()), Vec::new(), Vec::new(), policy);
    let verification = Verification { require_time_stamp: false, ..trust.verification() };
    let discovery = verify_discovery(&answer.discovery.0, domain, &verification)
        .passed()
        .map_err(|shortfall| PostError::NotVerified { what: "discovery document", shortfall })?
        .into_parts()
        .0;
    Ok(Known { root, discovery })
}

impl Agent {
    /// The provider of a domain: its root as the own provider configured it, and its discovery
    /// document, verified.
    pub(crate) async fn peer(&self, domain: &Domain) -> Result<Known, AgentError> {
        let answer = self.asked(domain).await?;
        let known: Option<Peer> = records::get(&self.vault, PEER, domain.as_str())?;
        let own = Octets(self.certificates.root.der().to_vec());
        let expected = match known.as_ref() {
            Some(known) => Some(&known.root),
            None => (*domain == self.domain()).then_some(&own),
        };
        is_the_root_known(expected, &answer.root_certificate)?;
        let presented = verified(&answer, domain, &self.policy())?;
        // Asked at every letter, written (and made durable) only when it has changed.
        if known.as_ref().is_none_or(|known| known.discovery != answer.discovery) {
            let peer = presented.kept(answer, known);
            records::put(&self.vault, PEER, domain.as_str(), &peer)?;
        }
        Ok(presented)
    }

    /// What the own provider says of a domain; nothing of it is believed yet.
    pub(crate) async fn asked(&self, domain: &Domain) -> Result<PeerAnswer, AgentError> {
        let path = paths::fill(paths::PEER, domain.as_str());
        read(&self.client.get(&path).await?)
    }

    /// Whom to believe about a domain. Of a domain that was never met nothing is believed.
    pub(crate) fn trust_in(&self, domain: &Domain) -> Result<Trust, AgentError> {
        let peer: Option<Peer> = records::get(&self.vault, PEER, domain.as_str())?;
        let read =
            |octets: &Octets| Certificate::from_der(&octets.0).map_err(|_| PostError::Archive);
        let root = match (*domain == self.domain(), &peer) {
            (true, _) => Some(self.certificates.root.clone()),
            (false, Some(peer)) => Some(read(&peer.root)?),
            (false, None) => None,
        };
        let for_time =
            peer.iter().flat_map(|peer| &peer.for_time).map(read).collect::<Result<_, _>>()?;
        let former = peer.iter().flat_map(|peer| &peer.former);
        let former = former.map(|former| Ok((read(&former.root)?, former.replaced)));
        let former = former.collect::<Result<_, PostError>>()?;
        Ok(Trust::new(root, for_time, Vec::new(), &self.policy()).with_former(former))
    }

    /// The recipient behind an address, once for each suite that he reads: the question is sealed
    /// for his provider.
    pub(crate) async fn recipient(
        &self,
        address: &Address,
        known: &Known,
    ) -> Result<(Vec<Recipient>, Crl), AgentError> {
        let query = DirectoryQuery { address: address.clone() };
        let (sealed, key) = query
            .seal(&known.routing_key()?, &mut system_random())
            .map_err(|_| PostError::Nonsense { expected: "routing key" })?;
        let path = paths::fill(paths::PEER_LOOKUP, address.domain().as_str());
        let answer = self.client.post(&path, paths::MEDIA_SEALED, sealed).await?;
        let answer = DirectoryAnswer::open(key, &answer)
            .map_err(|_| PostError::Nonsense { expected: "directory answer" })?;
        let certificates = of_known_suites(&answer.encryption_certificates)?;
        let list = answer.revocation_list.unwrap_or_default();
        let crl = Crl::from_der(&list.0)
            .map_err(|_| PostError::Nonsense { expected: "revocation list" })?;
        let (root, lists) = (known.root.clone(), vec![crl.clone()]);
        let trust = Trust::new(Some(root), Vec::new(), lists, &self.policy());
        let verified = |certificate| {
            Recipient::verified(address.clone(), certificate, &trust.verification()).map_err(
                |error| match error {
                    RecipientError::Certificate(shortfall) => {
                        PostError::RecipientCertificate { shortfall }
                    }
                    other => PostError::Draft { code: other.code() },
                },
            )
        };
        // One that does not hold is an error, and no reason to fall back to another.
        let recipients = certificates.into_iter().map(verified).collect::<Result<_, _>>()?;
        Ok((recipients, crl))
    }
}

/// The certificates whose suites we know, at least one and at most one of each. Those of suites to
/// come are for programs to come. [AGT-041]
fn of_known_suites(answered: &[Octets]) -> Result<Vec<Certificate>, PostError> {
    let nonsense = || PostError::Nonsense { expected: "certificate" };
    let (mut suites, mut certificates) = (BTreeSet::new(), Vec::new());
    for der in answered {
        let certificate = Certificate::from_der(&der.0).map_err(|_| nonsense())?;
        match Suite::of(&certificate) {
            Some(suite) if !suites.insert(suite) => return Err(nonsense()),
            Some(_) => certificates.push(certificate),
            None => {}
        }
    }
    if certificates.is_empty() { Err(PostError::RecipientUnknown) } else { Ok(certificates) }
}

/// The root that was met first stays the root: one that changed is an error, never a surprise.
/// [AGT-003]
fn is_the_root_known(known: Option<&Octets>, answered: &Octets) -> Result<(), PostError> {
    match known {
        Some(known) if known != answered => {
            Err(PostError::NotTrusted { code: "peer-root-changed" })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
