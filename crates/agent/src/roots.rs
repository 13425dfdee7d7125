//! A provider's new root: believed when the person confirms it, and never by itself.

use crate::errors::{AgentError, PostError};
use crate::peers::verified;
use crate::records::{self, Former, PEER, Peer};
use crate::session::{Agent, now};
use sealpost_cms::certificate::Certificate;
use sealpost_erds::{Domain, Octets};

/// The root of another provider, as it is known here and as the own provider presents it now.
#[derive(Clone)]
pub struct PeerRoots {
    /// The one that is believed; none of a provider that was never met.
    pub known: Option<Certificate>,
    /// The one that is presented.
    pub presented: Certificate,
}

impl PeerRoots {
    /// Whether another root is presented than the one that is believed.
    pub fn differ(&self) -> bool {
        self.known.as_ref() != Some(&self.presented)
    }
}

impl Agent {
    /// The roots of another provider. Nothing is changed.
    pub fn peer_roots(&self, domain: &Domain) -> Result<PeerRoots, AgentError> {
        let presented = self.wait(self.asked(domain))?.root_certificate;
        self.roots(domain, &presented)
    }

    /// Believes the root that is presented for a domain from now on, if it is the one whose SHA-256
    /// the person has been told on another way. The root before it counts for what it provably
    /// vouched for until now. The roots as they were before.
    pub fn trust_peer(&self, domain: &Domain, sha256: [u8; 32]) -> Result<PeerRoots, AgentError> {
        // The own provider's was confirmed at registration, and the connection rests on it.
        if *domain == self.domain() {
            return Err(PostError::NotPossible("own-root-is-fixed").into());
        }
        let answer = self.wait(self.asked(domain))?;
        let roots = self.roots(domain, &answer.root_certificate)?;
        is_the_confirmed_one(&roots.presented, sha256)?;
        if roots.differ() {
            let presented = verified(&answer, domain, &self.policy())?;
            let known: Option<Peer> = records::get(&self.vault, PEER, domain.as_str())?;
            let peer = presented.kept(answer, known.map(|known| replaced(known, now().unix())));
            records::put(&self.vault, PEER, domain.as_str(), &peer)?;
        }
        Ok(roots)
    }

    fn roots(&self, domain: &Domain, presented: &Octets) -> Result<PeerRoots, AgentError> {
        let presented = Certificate::from_der(&presented.0)
            .map_err(|_| PostError::Nonsense { expected: "root certificate" })?;
        let known: Option<Peer> = records::get(&self.vault, PEER, domain.as_str())?;
        let known = known.map(|known| Certificate::from_der(&known.root.0));
        let known = known.transpose().map_err(|_| PostError::Archive)?;
        Ok(PeerRoots { known, presented })
    }
}

/// What was known, with its root among the former ones.
pub(crate) fn replaced(known: Peer, at: i64) -> Peer {
    let mut former = known.former;
    former.push(Former { root: known.root.clone(), replaced: at });
    Peer { former, ..known }
}

/// The person vouches for the root, not the own provider that presents it. [AGT-026]
fn is_the_confirmed_one(presented: &Certificate, sha256: [u8; 32]) -> Result<(), PostError> {
    match presented.sha256() == sha256 {
        true => Ok(()),
        false => Err(PostError::NotTrusted { code: "root-not-the-one-confirmed" }),
    }
}

#[cfg(test)]
mod tests;
