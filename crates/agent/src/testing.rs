//! Two providers with their authorities, and people with profiles: what tests of this room share.
//! Nobody answers on the network; what a provider would say is made here.

mod kept;
mod letter;

use crate::keystore::{Keystore, Pin, VaultKey};
use crate::profile::Profile;
use crate::records::{self, PEER, Peer};
use crate::session::Agent;
use crate::system_random;
use crate::vault::Vault;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{
    Issuer, Profile as Kind, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_cms::tsp::{TimeStampAuthority, TimeStampRequest, token_from_response};
use sealpost_erds::delivery::{Received, Step, receive};
use sealpost_erds::disclosure::{Assurance, Disclosure, PartyReference};
use sealpost_erds::event::Event;
use sealpost_erds::evidence::{Evidence, IssuerDetails};
use sealpost_erds::relay::{PartDigest, RELAY_VERSION, RelayMetadata};
use sealpost_erds::{Address, ConsignmentMode, Digest, DispatchId, Domain, LetterId, Octets};
use sealpost_wire::api::HybridCertificates;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(crate) use kept::{received, sent};
pub(crate) use letter::Letter;

/// A provider: its root, its seal and its time-stamp authority.
pub(crate) struct Provider {
    pub(crate) domain: Domain,
    pub(crate) root: Certificate,
    key: SigningKey,
    seal: (SigningKey, Certificate),
    time: (SigningKey, Certificate),
    pub(crate) list: Crl,
}

pub(crate) fn now() -> i64 {
    crate::session::now().unix()
}

/// Of roots, so that leaves made a moment later still lie inside.
fn long() -> Validity {
    Validity { not_before: now() - 7200, not_after: now() + 2 * 86_400 }
}

fn validity() -> Validity {
    Validity { not_before: now() - 3600, not_after: now() + 86_400 }
}

impl Provider {
    pub(crate) fn new(domain: &str) -> Self {
        let key = SigningKey::generate(&mut system_random());
        // Wide enough for a seal in the name of another provider.
        let (territory, random) = (Territory::below("example"), &mut system_random());
        let root = self_signed_root(&key, domain, territory, long(), random).unwrap();
        let organisation = "Test Post";
        let seal = certified(&root, &key, Kind::ElectronicSeal { organisation, domain });
        let time = certified(&root, &key, Kind::TimeStamping { organisation, domain });
        let issuer = Issuer { certificate: &root, key: &key };
        let list = issue_crl(issuer, 1, now() - 60, now() + 3600, &[]).unwrap();
        let list = Crl::from_der(&list).unwrap();
        Self { domain: Domain::parse(domain).unwrap(), root, key, seal, time, list }
    }

    pub(crate) fn certifies(&self, profile: Kind<'_>, spki: &[u8]) -> Certificate {
        let issuer = Issuer { certificate: &self.root, key: &self.key };
        issue(issuer, profile, spki, validity(), &mut system_random()).unwrap()
    }

    /// A seal in the name of any domain, under this root.
    pub(crate) fn with_seal_for(mut self, domain: &str) -> Self {
        let organisation = "Test Post";
        self.seal = certified(&self.root, &self.key, Kind::ElectronicSeal { organisation, domain });
        self.domain = Domain::parse(domain).unwrap();
        self
    }

    /// The evidence, signed and time-stamped by this provider.
    pub(crate) fn seals(&self, evidence: &Evidence) -> Octets {
        Octets(self.signs(&evidence.to_json(), (&self.seal.0, &self.seal.1)))
    }

    /// Any text under the provider's seal.
    pub(crate) fn seals_text(&self, text: &[u8]) -> Vec<u8> {
        self.signs(text, (&self.seal.0, &self.seal.1))
    }

    /// Any content in CAdES B-T.
    pub(crate) fn signs(&self, content: &[u8], by: (&SigningKey, &Certificate)) -> Vec<u8> {
        let at = ClaimedTime::from_unix(now());
        let asked = request_signature(ContentRef::of(content), None, by.1, at, &[]);
        let answer = by.0.answer(&asked);
        let signature = asked.answered(answer).unwrap();
        let token = self.stamps(&signature.time_stamp_request(7));
        let lists = std::slice::from_ref(&self.list);
        let certificates = std::slice::from_ref(by.1);
        signature.with_time_stamp(token).attached(content, certificates, lists)
    }

    /// A time-stamp, by this provider's authority.
    pub(crate) fn stamps(&self, query: &TimeStampRequest) -> Vec<u8> {
        let authority = TimeStampAuthority {
            certificate: &self.time.1,
            chain: &[],
            key: &self.time.0,
            policy_oid: "2.25.1397048400.3".parse().unwrap(),
            crls: &[],
        };
        let reply = authority.respond(&query.to_der(), 1, crate::session::now());
        token_from_response(&reply, query).unwrap()
    }

    /// B.1, which tests turn into the event they need.
    pub(crate) fn states(&self, event: Event, metadata: &RelayMetadata) -> Evidence {
        let Step { evidence, next: _ }: Step<Received> = receive(metadata.clone());
        let issuer =
            IssuerDetails { domain: self.domain.clone(), organisation: "Test Post".into() };
        let at = ClaimedTime::from_unix(now());
        let mut evidence = evidence.issue(&issuer, at, &mut system_random());
        evidence.event = event;
        evidence.external_erds = evidence.external_erds.filter(|_| event.names_external_erds());
        evidence.refers_to_recipient = event.refers_to_recipient().then_some(1);
        for recipient in &mut evidence.recipients {
            recipient.assurance = Some(Assurance::Low);
        }
        evidence
    }
}

fn certified(root: &Certificate, key: &SigningKey, profile: Kind<'_>) -> (SigningKey, Certificate) {
    let own = SigningKey::generate(&mut system_random());
    let issuer = Issuer { certificate: root, key };
    let certificate =
        issue(issuer, profile, &own.spki_der(), validity(), &mut system_random()).unwrap();
    (own, certificate)
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A letter from anna@north.example to bert@south.example.
pub(crate) fn metadata(mode: ConsignmentMode) -> RelayMetadata {
    let consent = mode.needs_acceptance();
    let party = |text| Disclosure::identifier(&address(text), &mut system_random());
    RelayMetadata {
        version: RELAY_VERSION.to_owned(),
        letter_id: LetterId::random(&mut system_random()),
        dispatch_id: DispatchId::random(&mut system_random()),
        mode,
        deadline: consent.then(|| Deadline::from_unix(now() + 1000)),
        sender_erds: Domain::parse("north.example").unwrap(),
        recipient_erds: Domain::parse("south.example").unwrap(),
        sender: PartyReference::to(&[party("anna@north.example")], Some(Assurance::Low)),
        recipient: PartyReference::to(&[party("bert@south.example")], None),
        enveloped: PartDigest::of(b"enveloped"),
        body: consent.then(|| PartDigest::of(b"body")),
        objects: None,
        content_commitment: Digest::of(b"commitment"),
        submission_time: ClaimedTime::from_unix(now()),
    }
}

/// A registered person at a provider that nobody can reach.
pub(crate) fn person(place: &TempDir, provider: &Provider, text: &str) -> Agent {
    let profile = Profile::open(place.path()).unwrap();
    let pin = Pin::new(Zeroizing::new("274 913 x".to_owned())).unwrap();
    let keys = Keystore::create(&profile, &pin, &mut system_random()).unwrap();
    let (name, organisation, of) = ("Somebody", None, text);
    let der = |certificate: Certificate| Octets(certificate.der().to_vec());
    let account = crate::records::Account {
        address: address(text),
        name: name.to_owned(),
        assurance: Assurance::Low,
        // Nobody listens on the port of the discard service.
        endpoint: "127.0.0.1:9".to_owned(),
        root: der(provider.root.clone()),
        signature: der(provider.certifies(
            Kind::PersonSignature { name, address: of, organisation },
            &keys.signature_key().spki_der(),
        )),
        authentication: der(provider.certifies(
            Kind::PersonAuthentication { name, address: of, organisation },
            &keys.authentication_key().spki_der(),
        )),
        encryption: der(provider.certifies(
            Kind::PersonEncryption { name, address: of, organisation },
            &keys.encryption_key().spki_der(),
        )),
        hybrid: Some(HybridCertificates {
            signature_certificate: der(provider.certifies(
                Kind::PersonSignature { name, address: of, organisation },
                &keys.hybrid_signature_key().unwrap().spki_der(),
            )),
            encryption_certificate: der(provider.certifies(
                Kind::PersonEncryption { name, address: of, organisation },
                &keys.hybrid_encryption_key().unwrap().spki_der(),
            )),
        }),
        static_dh: Some(der(provider.certifies(
            Kind::PersonEncryption { name, address: of, organisation },
            &keys.static_dh_key().unwrap().spki_der(),
        ))),
        former: Vec::new(),
        unconfirmed: false,
    };
    let vault = Vault::open(&profile, keys.vault_key()).unwrap();
    Agent::assemble(profile, keys, vault, account).unwrap()
}

/// Makes a provider known to a person, as if it had been met.
pub(crate) fn meets(agent: &Agent, provider: &Provider) {
    let peer = Peer {
        root: Octets(provider.root.der().to_vec()),
        discovery: Octets::default(),
        for_time: Vec::new(),
        former: Vec::new(),
    };
    records::put(&agent.vault, PEER, provider.domain.as_str(), &peer).unwrap();
}

/// Two providers, and Bert at the second, who has met both.
pub(crate) fn bert_and_providers(place: &TempDir) -> (Provider, Provider, Agent) {
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let bert = person(place, &south, "bert@south.example");
    meets(&bert, &north);
    meets(&bert, &south);
    (north, south, bert)
}

/// A vault without a person.
pub(crate) fn vault(place: &TempDir) -> Vault {
    Vault::open(&Profile::open(place.path()).unwrap(), VaultKey::of_test(1)).unwrap()
}
