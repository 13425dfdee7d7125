//! Other providers, and the certificates of people there: asked for through the own provider.

use crate::client::read;
use crate::errors::{AgentError, PostError};
use crate::records::{self, PEER, Peer};
use crate::session::{Agent, Trust};
use crate::system_random;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::hpke::RoutingPublicKey;
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_erds::directory::{DirectoryAnswer, DirectoryQuery};
use sealpost_erds::discovery::{Discovery, verify_discovery};
use sealpost_erds::{Address, Domain};
use sealpost_letter::Recipient;
use sealpost_wire::api::PeerAnswer;
use sealpost_wire::paths;

/// A provider that the own provider vouches for.
pub(crate) struct Known {
    pub(crate) root: Certificate,
    pub(crate) discovery: Discovery,
}

impl Known {
    pub(crate) fn routing_key(&self) -> Result<RoutingPublicKey, AgentError> {
        self.discovery.routing_key.key().map_err(|_| PostError::Nonsense { expected: "routing key" }.into())
    }
}

impl Agent {
    /// The provider of a domain: its root as the own provider configured it, and its discovery
    /// document, verified. A root that changed is an error, never a surprise. [AGT-003]
    pub(crate) async fn peer(&self, domain: &Domain) -> Result<Known, AgentError> {
        let path = paths::fill(paths::PEER, domain.as_str());
        let answer: PeerAnswer = read(&self.client.get(&path).await?)?;
        let known: Option<Peer> = records::get(&self.vault, PEER, domain.as_str())?;
        if known.as_ref().is_some_and(|known| known.root != answer.root_certificate) {
            return Err(PostError::NotTrusted { code: "peer-root-changed" }.into());
        }
        let root = Certificate::from_der(&answer.root_certificate.0)
            .map_err(|_| PostError::Nonsense { expected: "root certificate" })?;
        let mut anchors = TrustAnchors::new();
        anchors.add(root.clone());
        let trust = Trust { anchors, crls: Vec::new() };
        let verification = sealpost_cms::signed::Verification { require_time_stamp: false, ..trust.verification() };
        let discovery = verify_discovery(&answer.discovery.0, domain, &verification)
            .passed()
            .map_err(|shortfall| PostError::NotVerified { what: "discovery document", shortfall })?
            .into_parts()
            .0;
        // Asked at every letter, written (and made durable) only when it has changed.
        if known.is_none_or(|known| known.discovery != answer.discovery) {
            let peer = Peer { root: answer.root_certificate, discovery: answer.discovery };
            records::put(&self.vault, PEER, domain.as_str(), &peer)?;
        }
        Ok(Known { root, discovery })
    }

    /// Trust in the own provider and in every other one met so far.
    pub(crate) fn everybody(&self) -> Result<Trust, AgentError> {
        let mut anchors = TrustAnchors::new();
        anchors.add(self.certificates.root.clone());
        for (_, peer) in records::list::<Peer>(&self.vault, PEER)? {
            anchors.add(Certificate::from_der(&peer.root.0).map_err(|_| PostError::Archive)?);
        }
        Ok(Trust { anchors, crls: Vec::new() })
    }

    /// The recipient behind an address: the question is sealed for his provider.
    pub(crate) async fn recipient(&self, address: &Address, known: &Known) -> Result<(Recipient, Crl), AgentError> {
        let query = DirectoryQuery { address: address.clone() };
        let (sealed, key) = query
            .seal(&known.routing_key()?, &mut system_random())
            .map_err(|_| PostError::Nonsense { expected: "routing key" })?;
        let path = paths::fill(paths::PEER_LOOKUP, address.domain().as_str());
        let answer = self.client.post(&path, paths::MEDIA_SEALED, sealed).await?;
        let answer = DirectoryAnswer::open(key, &answer)
            .map_err(|_| PostError::Nonsense { expected: "directory answer" })?;
        let certificate = answer.encryption_certificate.ok_or(PostError::RecipientUnknown)?;
        let certificate = Certificate::from_der(&certificate.0)
            .map_err(|_| PostError::Nonsense { expected: "certificate" })?;
        let list = answer.revocation_list.unwrap_or_default();
        let crl = Crl::from_der(&list.0).map_err(|_| PostError::Nonsense { expected: "revocation list" })?;
        let mut anchors = TrustAnchors::new();
        anchors.add(known.root.clone());
        let trust = Trust { anchors, crls: vec![crl.clone()] };
        let recipient = Recipient::verified(address.clone(), certificate, &trust.verification())
            .map_err(|error| PostError::Draft { code: error.code() })?;
        Ok((recipient, crl))
    }
}
