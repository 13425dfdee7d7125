use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use sealpost_cms::issue::{
    Issuer, Profile, RevokedEntry, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::Crl;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::time::LocalTime;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::Domain;

use super::*;
use crate::clock::system_random;

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

/// One provider's authority.
struct Authority {
    root: Certificate,
    key: SigningKey,
}

impl Authority {
    fn new(organisation: &str) -> Self {
        let key = SigningKey::generate(&mut system_random());
        let validity = Validity { not_before: NOW - 100 * DAY, not_after: NOW + 1000 * DAY };
        // Wide enough for a certificate in the name of another provider.
        let (territory, random) = (Territory::below("example"), &mut system_random());
        let root = self_signed_root(&key, organisation, territory, validity, random).unwrap();
        Self { root, key }
    }

    fn issuer(&self) -> Issuer<'_> {
        Issuer { certificate: &self.root, key: &self.key }
    }

    fn issue_until(&self, profile: Profile<'_>, not_after: i64) -> Certificate {
        let key = SigningKey::generate(&mut system_random());
        let validity = Validity { not_before: NOW - DAY, not_after };
        issue(self.issuer(), profile, &key.spki_der(), validity, &mut system_random()).unwrap()
    }

    fn issue(&self, profile: Profile<'_>) -> Certificate {
        self.issue_until(profile, NOW + DAY)
    }

    fn crl(&self, revoked: &[&Certificate]) -> Crl {
        let entries: Vec<_> = revoked
            .iter()
            .map(|certificate| RevokedEntry { serial: certificate.serial().to_vec(), at: NOW - 60 })
            .collect();
        Crl::from_der(&issue_crl(self.issuer(), 1, NOW - 30, NOW + DAY, &entries).unwrap()).unwrap()
    }
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn login(address: &str) -> Profile<'_> {
    Profile::PersonAuthentication { name: "Anna Example", address, organisation: None }
}

fn server(domain: &str) -> Profile<'_> {
    Profile::Tls { domain, also_dns: &[] }
}

/// We are north; south and west are trusted.
struct House {
    north: Authority,
    south: Authority,
    parties: Parties,
}

impl House {
    fn new() -> Self {
        let (north, south) = (Authority::new("North"), Authority::new("South"));
        let west = Authority::new("West");
        let parties = Parties::new(
            Party::new(domain("north.example"), north.root.clone()),
            vec![
                Party::new(domain("south.example"), south.root.clone()),
                Party::new(domain("west.example"), west.root),
            ],
            Arc::new(AlgorithmPolicy::current().clone()),
        );
        Self { north, south, parties }
    }

    fn identify(&self, shown: &[&Certificate], crl: Option<&Crl>) -> PeerIdentity {
        let shown: Vec<_> = shown
            .iter()
            .map(|certificate| CertificateDer::from(certificate.der().to_vec()))
            .collect();
        self.parties.identify(&shown, crl, LocalTime::from_unix(NOW))
    }

    fn refusal(&self, leaf: &Certificate) -> SubIndication {
        let crl = self.north.crl(&[]);
        match self.identify(&[leaf, &self.south.root], Some(&crl)) {
            PeerIdentity::Unrecognised { why } => why,
            _ => panic!("this certificate must not be believed"),
        }
    }
}

#[test]
fn no_certificate_is_nobody() {
    assert!(matches!(House::new().identify(&[], None), PeerIdentity::Anonymous));
}

#[test]
fn a_login_certificate_of_our_own_is_an_account() {
    let house = House::new();
    let leaf = house.north.issue(login("anna@north.example"));
    match house.identify(&[&leaf], Some(&house.north.crl(&[]))) {
        PeerIdentity::Account { address, certificate } => {
            assert_eq!(address.as_str(), "anna@north.example");
            assert_eq!(certificate.sha256(), leaf.sha256());
        }
        _ => panic!("not recognised"),
    }
}

#[test]
fn a_peer_is_a_provider_by_its_own_root_and_needs_no_revocation_list() {
    let house = House::new();
    let leaf = house.south.issue(server("south.example"));
    let identity = house.identify(&[&leaf], None);
    assert!(
        matches!(identity, PeerIdentity::Provider { domain, .. } if domain.as_str() == "south.example")
    );
    let own = house.north.issue(server("north.example"));
    let identity = house.identify(&[&own], Some(&house.north.crl(&[])));
    assert!(
        matches!(identity, PeerIdentity::Provider { domain, .. } if domain.as_str() == "north.example")
    );
}

#[test]
fn tls_001_a_peer_cannot_make_itself_another_provider() {
    let house = House::new();
    for victim in ["west.example", "north.example"] {
        let leaf = house.south.issue(server(victim));
        assert_eq!(house.refusal(&leaf), SubIndication::NoCertificateChainFound, "{victim}");
    }
    let stranger = house.south.issue(server("east.example"));
    assert_eq!(house.refusal(&stranger), SubIndication::NoCertificateChainFound);
}

#[test]
fn tls_002_a_peer_cannot_make_accounts_of_ours_nor_logins_for_its_own_people() {
    let house = House::new();
    for address in ["anna@north.example", "bert@south.example"] {
        let leaf = house.south.issue(login(address));
        assert_eq!(house.refusal(&leaf), SubIndication::NoCertificateChainFound, "{address}");
    }
    let foreign = house.north.issue(login("bert@south.example"));
    assert_eq!(house.refusal(&foreign), SubIndication::NoCertificateChainFound);
}

#[test]
fn tls_003_a_certificate_counts_only_for_what_it_was_issued() {
    let house = House::new();
    let person = Profile::PersonSignature {
        name: "Anna Example",
        address: "anna@north.example",
        organisation: None,
    };
    let signature = house.north.issue(person);
    assert_eq!(house.refusal(&signature), SubIndication::ChainConstraintsFailure);
    let seal = Profile::ElectronicSeal { organisation: "South", domain: "south.example" };
    let seal = house.south.issue(seal);
    assert_eq!(house.refusal(&seal), SubIndication::ChainConstraintsFailure);
    assert_eq!(house.refusal(&house.south.root.clone()), SubIndication::ChainConstraintsFailure);
}

#[test]
fn expired_and_revoked_are_told_apart_and_without_a_list_no_account_is_believed() {
    let house = House::new();
    let expired = house.north.issue_until(login("anna@north.example"), NOW - 1);
    assert_eq!(house.refusal(&expired), SubIndication::Expired);
    let revoked = house.north.issue(login("anna@north.example"));
    let crl = house.north.crl(&[&revoked]);
    let identity = house.identify(&[&revoked], Some(&crl));
    assert!(matches!(identity, PeerIdentity::Unrecognised { why: SubIndication::Revoked }));
    let identity = house.identify(&[&revoked], None);
    assert!(matches!(identity, PeerIdentity::Unrecognised { why: SubIndication::TryLater }));
}

#[test]
fn octets_that_are_no_certificate_are_refused() {
    let house = House::new();
    let identity = house.parties.identify(
        &[CertificateDer::from(vec![0x30, 0])],
        None,
        LocalTime::from_unix(NOW),
    );
    assert!(matches!(identity, PeerIdentity::Unrecognised { why: SubIndication::FormatFailure }));
}
