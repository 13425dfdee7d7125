//! Whose certificate is it? Each party's certificates count only under that party's own root.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::{Crl, TrustAnchors, validate_path};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::time::LocalTime;
use sealpost_cms::verdict::{Shortfall, SubIndication};
use sealpost_erds::address::{Address, Domain};

/// Who is at the other end of a connection. Found out once per connection, put into the extensions
/// of every request on it.
#[derive(Clone)]
pub enum PeerIdentity {
    /// No certificate was shown.
    Anonymous,
    /// One of our own accounts, by a certificate of our own authority. Whether the account still
    /// exists and the certificate was revoked since, the database says at each request.
    Account {
        /// The address in the certificate.
        address: Address,
        /// The certificate.
        certificate: Certificate,
    },
    /// Another provider (or our own, sending to itself).
    Provider {
        /// Its domain.
        domain: Domain,
        /// When its certificate ends, Unix seconds.
        not_after: i64,
    },
    /// A certificate was shown that proves nothing here.
    Unrecognised {
        /// Why, in the terms of EN 319 102-1.
        why: SubIndication,
    },
}

/// A provider and the root that is trusted for its domain and for no other.
#[derive(Clone)]
pub struct Party {
    domain: Domain,
    anchors: TrustAnchors,
}

impl Party {
    /// Trusts `root` for `domain`.
    #[must_use]
    pub fn new(domain: Domain, root: Certificate) -> Self {
        let mut anchors = TrustAnchors::new();
        anchors.add(root);
        Self { domain, anchors }
    }

    /// Its domain.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Its root, as anchor.
    #[must_use]
    pub fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }
}

/// All that a certificate can stand for.
pub struct Parties {
    own: Party,
    peers: Vec<Party>,
    policy: Arc<AlgorithmPolicy>,
}

impl Parties {
    /// The own party issues the accounts; peers are providers only.
    #[must_use]
    pub fn new(own: Party, peers: Vec<Party>, policy: Arc<AlgorithmPolicy>) -> Self {
        Self { own, peers, policy }
    }

    /// The party of this domain: a peer, or ourselves.
    #[must_use]
    pub fn of(&self, domain: &Domain) -> Option<&Party> {
        std::iter::once(&self.own).chain(&self.peers).find(|party| party.domain == *domain)
    }

    /// Judges the certificates a client has shown. `own_crl` is our current revocation list.
    #[must_use]
    pub fn identify(
        &self,
        shown: &[CertificateDer<'_>],
        own_crl: Option<&Crl>,
        now: LocalTime,
    ) -> PeerIdentity {
        let Some((leaf, above)) = shown.split_first() else {
            return PeerIdentity::Anonymous;
        };
        let unreadable = PeerIdentity::Unrecognised { why: SubIndication::FormatFailure };
        let Ok(leaf) = Certificate::from_der(leaf) else {
            return unreadable;
        };
        let Ok(above) =
            above.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()
        else {
            return unreadable;
        };
        let identity = match Named::by(&leaf) {
            Some(Named::Person(address)) => self.account(address, &leaf, &above, own_crl, now),
            Some(Named::Provider(domain)) => self.provider(domain, &leaf, &above, own_crl, now),
            // A certificate that names nobody, or several parties at once.
            None => Err(SubIndication::ChainConstraintsFailure),
        };
        identity.unwrap_or_else(|why| PeerIdentity::Unrecognised { why })
    }

    fn account(
        &self,
        address: Address,
        leaf: &Certificate,
        above: &[Certificate],
        own_crl: Option<&Crl>,
        now: LocalTime,
    ) -> Result<PeerIdentity, SubIndication> {
        // Our authority issues for our domain only; should it ever not, this still holds.
        if address.domain() != self.own.domain {
            return Err(SubIndication::NoCertificateChainFound);
        }
        let crls: Vec<Crl> = own_crl.cloned().into_iter().collect();
        self.validate(leaf, above, &crls, now, KeyPurpose::Authentication, &self.own)
            .map_err(|shortfall| shortfall.sub)?;
        Ok(PeerIdentity::Account { address, certificate: leaf.clone() })
    }

    fn provider(
        &self,
        domain: Domain,
        leaf: &Certificate,
        above: &[Certificate],
        own_crl: Option<&Crl>,
        now: LocalTime,
    ) -> Result<PeerIdentity, SubIndication> {
        let party = self.of(&domain).ok_or(SubIndication::NoCertificateChainFound)?;
        let crls: Vec<Crl> = if party.domain == self.own.domain {
            own_crl.cloned().into_iter().collect()
        } else {
            Vec::new()
        };
        match self.validate(leaf, above, &crls, now, KeyPurpose::Tls, party) {
            Ok(()) => {}
            // A path is judged for revocation last: without a list at hand this says that all
            // else holds. A peer that wants its TLS key distrusted at once tells the operator,
            // who takes its root out of the configuration.
            Err(shortfall) if shortfall.sub == SubIndication::TryLater && crls.is_empty() => {}
            Err(shortfall) => return Err(shortfall.sub),
        }
        Ok(PeerIdentity::Provider { domain, not_after: leaf.not_after() })
    }

    fn validate(
        &self,
        leaf: &Certificate,
        above: &[Certificate],
        crls: &[Crl],
        now: LocalTime,
        purpose: KeyPurpose,
        party: &Party,
    ) -> Result<(), Shortfall> {
        let policy = &self.policy;
        validate_path(leaf, above, crls, now.unix(), purpose, &party.anchors, policy).map(drop)
    }
}

/// Whom a certificate names. Nothing is believed yet.
enum Named {
    Person(Address),
    Provider(Domain),
}

impl Named {
    /// Exactly one party, or none. A provider's certificate may name further hosts, but the first
    /// name is its domain (our profile puts it there) and no address stands beside it. [TLS-003]
    fn by(leaf: &Certificate) -> Option<Self> {
        match leaf.email_addresses().as_slice() {
            [] => Domain::parse(leaf.dns_names().first()?).ok().map(Self::Provider),
            [address] if leaf.dns_names().is_empty() => {
                Address::parse(address).ok().map(Self::Person)
            }
            _ => None,
        }
    }
}
