//! Two providers with a root, a seal and a time-stamp authority each, and their people.

use sealpost_cms::attributes::ObjectIdentifier;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::issue::{
    Issuer, Profile, RevokedEntry, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::{AgreementKey, DecryptionKey, SignatureScheme, SigningKey};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{ContentRef, Signature, Verification, digests_for, request_signature};
use sealpost_cms::time::{ClaimedTime, LocalTime};
use sealpost_cms::tsp::{TimeStampAuthority, TimeStampRequest, token_from_response};
use sealpost_erds::evidence::{EvidenceDraft, IssuerDetails};
use sealpost_erds::{Address, Domain};
use sealpost_fuzz::{
    NOW, Repeatable, agreement_key, hybrid_encryption_key, routing_key, signing_key,
};
use std::cell::{Cell, RefCell};

/// When the first letter is sent: everything is over long before [`NOW`].
const START: i64 = NOW - 20 * DAY;
const DAY: i64 = 86_400;
const VALIDITY: Validity = Validity { not_before: START - DAY, not_after: NOW + 3650 * DAY };

pub struct Keyed {
    pub key: SigningKey,
    pub certificate: Certificate,
}

pub struct Provider {
    pub details: IssuerDetails,
    pub root: Keyed,
    pub seal: Keyed,
    pub tsa: Keyed,
    pub crl: Crl,
    pub routing: RoutingKey,
}

pub struct Person {
    pub address: Address,
    pub name: &'static str,
    pub signature: Keyed,
    pub authentication: Keyed,
    pub encryption_key: AgreementKey,
    pub encryption: Certificate,
    pub hybrid_encryption_key: DecryptionKey,
    pub hybrid_encryption: Certificate,
}

pub struct World {
    pub north: Provider,
    pub south: Provider,
    pub anna: Person,
    pub bert: Person,
    pub anchors: TrustAnchors,
    pub crls: Vec<Crl>,
    clock: Cell<i64>,
    random: RefCell<Repeatable>,
}

impl World {
    pub fn new() -> Self {
        let mut random = Repeatable::of("world");
        let north = Provider::new("north", "North Post GmbH", &mut random);
        let south = Provider::new("south", "Südpost AG", &mut random);
        let mut anchors = TrustAnchors::new();
        anchors.add(north.root.certificate.clone());
        anchors.add(south.root.certificate.clone());
        Self {
            anna: Person::new(&north, "anna@north.example", "Anna Ädler", &mut random),
            bert: Person::new(&south, "bert@south.example", "Bert Brand", &mut random),
            crls: vec![north.crl.clone(), south.crl.clone()],
            anchors,
            north,
            south,
            clock: Cell::new(START),
            random: RefCell::new(random),
        }
    }

    pub fn restart(&self) {
        self.clock.set(START);
    }

    pub fn passes(&self, seconds: i64) {
        self.clock.set(self.clock.get() + seconds);
    }

    pub fn unix(&self) -> i64 {
        self.clock.get()
    }

    pub fn claimed(&self) -> ClaimedTime {
        ClaimedTime::from_unix(self.unix())
    }

    /// A source that goes on where the last one ended.
    pub fn random(&self) -> std::cell::RefMut<'_, Repeatable> {
        self.random.borrow_mut()
    }

    pub fn verification(&self) -> Verification<'_> {
        Verification {
            anchors: &self.anchors,
            certificates: &[],
            crls: &self.crls,
            policy: AlgorithmPolicy::current(),
            now: LocalTime::from_unix(self.unix()),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: false,
        }
    }

    /// The reply of a provider's time-stamp authority.
    pub fn stamps(&self, provider: &Provider, request: &TimeStampRequest) -> Vec<u8> {
        let authority = TimeStampAuthority {
            certificate: &provider.tsa.certificate,
            chain: &[],
            key: &provider.tsa.key,
            policy_oid: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1"),
            crls: &[],
        };
        authority.respond(&request.to_der(), 42, LocalTime::from_unix(self.unix()))
    }

    pub fn token(&self, provider: &Provider, request: &TimeStampRequest) -> Vec<u8> {
        token_from_response(&self.stamps(provider, request), request).expect("it was granted")
    }

    /// Anna with a key that quantum computers do not break, beside her own.
    pub fn anna_of_the_future(&self) -> Keyed {
        let mut random = self.random();
        let key = SigningKey::generate_for(SignatureScheme::MlDsa65, &mut *random);
        let key = key.expect("every back-end has it");
        let profile = Profile::PersonSignature {
            name: self.anna.name,
            address: "anna@north.example",
            organisation: None,
        };
        let certificate = self.north.root.certifies(profile, &key.spki_der(), &mut random);
        Keyed { key, certificate }
    }

    /// A signature without time-stamp.
    pub fn signature(&self, signer: &Keyed, content: &[u8]) -> Signature {
        let content = ContentRef::with(content, &digests_for(&[&signer.certificate]));
        let request = request_signature(content, None, &signer.certificate, self.claimed(), &[]);
        let answer = signer.key.answer(&request);
        request.answered(answer).expect("the key is the certificate's")
    }

    /// A signature with a time-stamp of `provider`.
    pub fn stamped(&self, provider: &Provider, signer: &Keyed, content: &[u8]) -> Signature {
        let signature = self.signature(signer, content);
        let token = self.token(provider, &signature.time_stamp_request(7));
        signature.with_time_stamp(token)
    }

    /// Content, signature, time-stamp.
    pub fn attached(&self, provider: &Provider, signer: &Keyed, content: &[u8]) -> Vec<u8> {
        let signature = self.stamped(provider, signer, content);
        let certificates = std::slice::from_ref(&signer.certificate);
        signature.attached(content, certificates, std::slice::from_ref(&provider.crl))
    }

    /// The evidence of a draft, sealed by `provider`.
    pub fn evidence(&self, provider: &Provider, draft: &EvidenceDraft) -> Vec<u8> {
        let evidence = draft.issue(&provider.details, self.claimed(), &mut *self.random());
        self.attached(provider, &provider.seal, &evidence.to_json())
    }
}

impl Provider {
    fn new(name: &str, organisation: &str, random: &mut Repeatable) -> Self {
        let domain = &format!("{name}.example");
        let key = signing_key(&format!("{name} root"));
        let territory = Territory::of(domain);
        let certificate =
            self_signed_root(&key, organisation, territory, VALIDITY, random).expect("a good name");
        let root = Keyed { key, certificate };
        let mut issued = |purpose: &str, profile: Profile<'_>| {
            let key = signing_key(&format!("{name} {purpose}"));
            let certificate = certified(&root, profile, &key.spki_der(), random);
            Keyed { key, certificate }
        };
        let seal = issued("seal", Profile::ElectronicSeal { organisation, domain });
        let tsa = issued("time-stamping", Profile::TimeStamping { organisation, domain });
        let domain = Domain::parse(domain).expect("a domain");
        Self {
            details: IssuerDetails { domain, organisation: organisation.to_owned() },
            crl: root.revokes(&[]),
            routing: routing_key(&format!("{name}.example")),
            root,
            seal,
            tsa,
        }
    }
}

impl Keyed {
    /// A certificate of this authority.
    pub fn certifies(
        &self,
        profile: Profile<'_>,
        spki_der: &[u8],
        random: &mut Repeatable,
    ) -> Certificate {
        certified(self, profile, spki_der, random)
    }

    /// The list of an authority.
    pub fn revokes(&self, revoked: &[RevokedEntry]) -> Crl {
        let issuer = Issuer { certificate: &self.certificate, key: &self.key };
        let list = issue_crl(issuer, 1, START - 600, NOW + 3650 * DAY, revoked);
        Crl::from_der(&list.expect("a good issuer")).expect("our own list is read")
    }
}

impl Person {
    fn new(
        provider: &Provider,
        address: &'static str,
        name: &'static str,
        random: &mut Repeatable,
    ) -> Self {
        let (root, organisation) = (&provider.root, None);
        let who = address.split('@').next().unwrap_or_default();
        let mut signing = |purpose: &str, profile: Profile<'_>| {
            let key = signing_key(&format!("{who} {purpose}"));
            let certificate = certified(root, profile, &key.spki_der(), random);
            Keyed { key, certificate }
        };
        let signature =
            signing("signature", Profile::PersonSignature { name, address, organisation });
        let authentication = signing(
            "authentication",
            Profile::PersonAuthentication { name, address, organisation },
        );
        let encryption_key = agreement_key(&format!("{who} encryption"));
        let profile = Profile::PersonEncryption { name, address, organisation };
        let encryption = certified(root, profile, &encryption_key.spki_der(), random);
        let hybrid_encryption_key = hybrid_encryption_key(&format!("{who} hybrid encryption"));
        let hybrid_encryption = certified(root, profile, &hybrid_encryption_key.spki_der(), random);
        let address = Address::parse(address).expect("an address");
        Self {
            address,
            name,
            signature,
            authentication,
            encryption_key,
            encryption,
            hybrid_encryption_key,
            hybrid_encryption,
        }
    }
}

fn certified(
    root: &Keyed,
    profile: Profile<'_>,
    spki_der: &[u8],
    random: &mut Repeatable,
) -> Certificate {
    let issuer = Issuer { certificate: &root.certificate, key: &root.key };
    issue(issuer, profile, spki_der, VALIDITY, random).expect("a good profile")
}
