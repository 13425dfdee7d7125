//! A small world for tests: two providers with their authorities, and two people.

use crate::address::{Address, Domain};
use crate::disclosure::{Assurance, Disclosure, PartyReference};
use crate::evidence::{EvidenceDraft, IssuerDetails};
use crate::ids::{Digest, DispatchId, LetterId};
use crate::mode::ConsignmentMode;
use crate::relay::{PartDigest, RELAY_VERSION, RelayMetadata};
use rand_core::UnwrapErr;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::issue::{
    Issuer, Profile, RevokedEntry, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::{SignatureScheme, SigningKey};
use sealpost_cms::limits::CRL_OCTETS_MAX;
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{ContentRef, Verification, digests_for, request_signature};
use sealpost_cms::time::{ClaimedTime, Deadline, LocalTime};
use sealpost_cms::tsp::{TimeStampAuthority, token_from_response};

/// A moment in the life of every certificate here: 2026-11-22T10:00:00Z.
pub(crate) const NOW: i64 = 1_795_341_600;

pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// Somebody who signs.
pub(crate) struct Signer {
    pub key: SigningKey,
    pub certificate: Certificate,
}

/// One provider and its people.
pub(crate) struct World {
    pub root: Signer,
    pub seal: Signer,
    pub tsa: Signer,
    pub crl: Crl,
    pub anchors: TrustAnchors,
    pub domain: Domain,
}

impl World {
    pub(crate) fn new(domain: &str) -> Self {
        let key = SigningKey::generate(&mut rng());
        let validity = Validity { not_before: NOW - 86_400, not_after: NOW + 10 * 86_400 };
        // Wide enough for a seal in the name of another provider.
        let territory = Territory::below("example");
        let certificate =
            self_signed_root(&key, "Provider Ltd", territory, validity, &mut rng()).unwrap();
        let root = Signer { key, certificate };
        let organisation = "Provider Ltd";
        let seal = signer(&root, Profile::ElectronicSeal { organisation, domain });
        let tsa = signer(&root, Profile::TimeStamping { organisation, domain });
        let issuer = Issuer { certificate: &root.certificate, key: &root.key };
        let crl = issue_crl(issuer, 1, NOW - 60, NOW + 5 * 86_400, &[]).unwrap();
        let mut anchors = TrustAnchors::new();
        anchors.add(root.certificate.clone());
        let crl = Crl::from_der(&crl).unwrap();
        Self { root, seal, tsa, crl, anchors, domain: Domain::parse(domain).unwrap() }
    }

    /// Another seal of this provider, with a key of this kind.
    pub(crate) fn seal_of_kind(&self, scheme: SignatureScheme) -> Signer {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let profile =
            Profile::ElectronicSeal { organisation: "Provider Ltd", domain: self.domain.as_str() };
        certified(&self.root, profile, key)
    }

    pub(crate) fn person(&self, address: &str, purpose: KeyPurpose) -> Signer {
        let (name, organisation) = ("Somebody", None);
        let profile = match purpose {
            KeyPurpose::Authentication => {
                Profile::PersonAuthentication { name, address, organisation }
            }
            _ => Profile::PersonSignature { name, address, organisation },
        };
        signer(&self.root, profile)
    }

    /// Signs `content`, with a time-stamp made at `at`.
    pub(crate) fn sign(&self, content: &[u8], by: &Signer, at: i64) -> Vec<u8> {
        let request = request_signature(
            ContentRef::with(content, &digests_for(&[&by.certificate])),
            None,
            &by.certificate,
            ClaimedTime::from_unix(at),
            &[],
        );
        let answer = by.key.answer(&request);
        let signature = request.answered(answer).unwrap();
        let query = signature.time_stamp_request(7);
        let authority = TimeStampAuthority {
            certificate: &self.tsa.certificate,
            chain: &[],
            key: &self.tsa.key,
            policy_oid: "2.25.1397048400.9".parse().unwrap(),
            crls: std::slice::from_ref(&self.crl),
        };
        let response = authority.respond(&query.to_der(), 1, LocalTime::from_unix(at));
        let token = token_from_response(&response, &query).unwrap();
        signature.with_time_stamp(token).attached(
            content,
            std::slice::from_ref(&by.certificate),
            std::slice::from_ref(&self.crl),
        )
    }

    /// From now on the revocation list is almost as long as any may be.
    pub(crate) fn has_revoked_many(&mut self) {
        let entry = |number: u32| RevokedEntry {
            serial: [&[0x40; 16][..], &number.to_be_bytes()].concat(),
            at: NOW,
        };
        let revoked: Vec<_> = (0..26_000).map(entry).collect();
        let issuer = Issuer { certificate: &self.root.certificate, key: &self.root.key };
        let list = issue_crl(issuer, 2, NOW - 60, NOW + 5 * 86_400, &revoked).unwrap();
        assert!(list.len() > CRL_OCTETS_MAX / 10 * 9, "{} octets", list.len());
        self.crl = Crl::from_der(&list).unwrap();
    }

    pub(crate) fn verification(&self) -> Verification<'_> {
        Verification {
            anchors: &self.anchors,
            certificates: &[],
            crls: &[],
            policy: AlgorithmPolicy::current(),
            now: LocalTime::from_unix(NOW + 3600),
            purpose: KeyPurpose::ElectronicSeal,
            require_time_stamp: true,
        }
    }

    pub(crate) fn issuer(&self) -> IssuerDetails {
        IssuerDetails { domain: self.domain.clone(), organisation: "Provider Ltd".to_owned() }
    }

    /// The draft as signed evidence.
    pub(crate) fn issue(&self, draft: &EvidenceDraft, at: i64) -> Vec<u8> {
        let evidence = draft.issue(&self.issuer(), ClaimedTime::from_unix(at), &mut rng());
        self.sign(&evidence.to_json(), &self.seal, at)
    }
}

fn signer(root: &Signer, profile: Profile<'_>) -> Signer {
    certified(root, profile, SigningKey::generate(&mut rng()))
}

fn certified(root: &Signer, profile: Profile<'_>, key: SigningKey) -> Signer {
    let issuer = Issuer { certificate: &root.certificate, key: &root.key };
    let validity = Validity { not_before: NOW - 86_400, not_after: NOW + 9 * 86_400 };
    let certificate = issue(issuer, profile, &key.spki_der(), validity, &mut rng()).unwrap();
    Signer { key, certificate }
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A letter from anna@north.example to bert@south.example.
pub(crate) fn metadata(mode: ConsignmentMode) -> RelayMetadata {
    let consent = mode.needs_acceptance();
    let party = |text: &str| Disclosure::identifier(&address(text), &mut rng());
    RelayMetadata {
        version: RELAY_VERSION.to_owned(),
        letter_id: LetterId::random(&mut rng()),
        dispatch_id: DispatchId::random(&mut rng()),
        mode,
        deadline: consent.then(|| Deadline::from_unix(NOW + 100)),
        sender_erds: Domain::parse("north.example").unwrap(),
        recipient_erds: Domain::parse("south.example").unwrap(),
        sender: PartyReference::to(&[party("anna@north.example")], Some(Assurance::Substantial)),
        recipient: PartyReference::to(&[party("bert@south.example")], None),
        enveloped: PartDigest::of(b"enveloped"),
        body: consent.then(|| PartDigest::of(b"body")),
        objects: None,
        content_commitment: Digest::of(b"commitment"),
        submission_time: ClaimedTime::from_unix(NOW),
    }
}
