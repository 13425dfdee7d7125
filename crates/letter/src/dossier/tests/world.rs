//! Two providers with a root, a seal and a time-stamp authority each, and their people. The clock
//! is moved by hand.

use crate::chunked::ChunkedAttachment;
use crate::dossier::container::{self, Container, Part};
use crate::dossier::layout::{MANIFEST, MANIFEST_SIGNATURE};
use crate::dossier::manifest::{Manifest, covers};
use crate::dossier::{DossierDraft, DossierParts, Indication, Report, verify_dossier};
use crate::draft::{Attachment, Draft, Party, Recipient};
use crate::lock::{Embedded, PreparedSubmission, Routing};
use crate::{Signers, compose};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sealpost_cms::attributes::ObjectIdentifier;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::issue::{
    Issuer, Profile, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::{AgreementKey, SigningKey};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{ContentRef, Signature, Verification, request_signature};
use sealpost_cms::time::{ClaimedTime, Deadline, LocalTime};
use sealpost_cms::tsp::{TimeStampAuthority, TimeStampRequest, token_from_response};
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::evidence::{Evidence, EvidenceDraft, IssuerDetails};
use sealpost_erds::{Address, ConsignmentMode, Domain};
use sealpost_experiment::Cipher;
use std::cell::Cell;
use std::collections::BTreeMap;

/// 2026-11-22T12:00:00Z.
pub(super) const NOW: i64 = 1_795_348_800;
/// How long a recipient may take.
pub(super) const PERIOD: i64 = 14 * 86_400;

pub(super) type Keyed = (SigningKey, Certificate);

pub(super) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(super) struct Provider {
    pub(super) details: IssuerDetails,
    pub(super) root: Keyed,
    pub(super) seal: Keyed,
    pub(super) tsa: Keyed,
    pub(super) crl: Crl,
    pub(super) routing: RoutingKey,
}

pub(super) struct Person {
    pub(super) address: Address,
    pub(super) name: &'static str,
    pub(super) signing: Keyed,
    pub(super) authentication: Keyed,
    pub(super) encryption: (AgreementKey, Certificate),
}

pub(super) struct World {
    pub(super) north: Provider,
    pub(super) south: Provider,
    pub(super) anna: Person,
    pub(super) bert: Person,
    pub(super) cleo: Person,
    pub(super) clock: Cell<i64>,
    /// Of authorities beside the two.
    pub(super) more_anchors: Vec<Certificate>,
    pub(super) more_crls: Vec<Crl>,
    /// What travels beside the next letter.
    pub(super) chunked: Vec<Vec<ChunkedAttachment>>,
    /// Around the content of the next letter.
    pub(super) experiment: Option<Cipher>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with_north_under(root("North Post GmbH", Territory::of("north.example")))
    }

    pub(super) fn with_north_under(root: Keyed) -> Self {
        let north = Provider::under(root, "North Post GmbH", "north.example");
        let south = Provider::new("Südpost AG", "south.example");
        Self {
            anna: Person::new(&north, "anna@north.example", "Anna Ädler"),
            bert: Person::new(&south, "bert@south.example", "Bert Brand"),
            cleo: Person::new(&south, "cleo@south.example", "Cleo Carlsen"),
            north,
            south,
            clock: Cell::new(NOW),
            more_anchors: Vec::new(),
            more_crls: Vec::new(),
            chunked: Vec::new(),
            experiment: None,
        }
    }

    pub(super) fn anchors(&self) -> TrustAnchors {
        let mut anchors = TrustAnchors::new();
        anchors.add(self.north.root.1.clone());
        anchors.add(self.south.root.1.clone());
        for anchor in &self.more_anchors {
            anchors.add(anchor.clone());
        }
        anchors
    }

    /// What a judge finds out, long after.
    pub(super) fn judge(&self, dossier: &[u8]) -> Report {
        self.judge_after(5, dossier)
    }

    pub(super) fn judge_after(&self, years: i64, dossier: &[u8]) -> Report {
        let years_later = LocalTime::from_unix(NOW + years * 365 * 86_400);
        let report =
            verify_dossier(dossier, &self.anchors(), AlgorithmPolicy::current(), years_later);
        assert_paired(&report);
        report
    }

    pub(super) fn passes(&self, seconds: i64) {
        self.clock.set(self.clock.get() + seconds);
    }

    pub(super) fn claimed(&self) -> ClaimedTime {
        ClaimedTime::from_unix(self.clock.get())
    }

    pub(super) fn crls(&self) -> Vec<Crl> {
        let own = [self.north.crl.clone(), self.south.crl.clone()];
        own.into_iter().chain(self.more_crls.iter().cloned()).collect()
    }

    pub(super) fn verification<'a>(
        &self,
        anchors: &'a TrustAnchors,
        crls: &'a [Crl],
    ) -> Verification<'a> {
        Verification {
            anchors,
            certificates: &[],
            crls,
            policy: AlgorithmPolicy::current(),
            now: LocalTime::from_unix(self.clock.get()),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: false,
        }
    }

    pub(super) fn token(&self, provider: &Provider, request: &TimeStampRequest) -> Vec<u8> {
        let authority = TimeStampAuthority {
            certificate: &provider.tsa.1,
            chain: &[],
            key: &provider.tsa.0,
            policy_oid: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1"),
            crls: std::slice::from_ref(&provider.crl),
        };
        let now = LocalTime::from_unix(self.clock.get());
        let response = authority.respond(&request.to_der(), 42, now);
        token_from_response(&response, request).unwrap()
    }

    /// A time-stamped signature of `signer`, who belongs to `provider`.
    pub(super) fn signature(
        &self,
        provider: &Provider,
        signer: &Keyed,
        content: &[u8],
    ) -> Signature {
        let request =
            request_signature(ContentRef::of(content), None, &signer.1, self.claimed(), &[]);
        let answer = signer.0.answer(&request);
        let signature = request.answered(answer).unwrap();
        let token = self.token(provider, &signature.time_stamp_request(7));
        signature.with_time_stamp(token)
    }

    pub(super) fn attached(&self, provider: &Provider, signer: &Keyed, content: &[u8]) -> Vec<u8> {
        let signature = self.signature(provider, signer, content);
        signature.attached(
            content,
            std::slice::from_ref(&signer.1),
            std::slice::from_ref(&provider.crl),
        )
    }

    /// The evidence of a draft, sealed by `provider`.
    pub(super) fn evidence(&self, provider: &Provider, draft: &EvidenceDraft) -> Vec<u8> {
        self.seal(provider, &draft.issue(&provider.details, self.claimed(), &mut rng()))
    }

    /// Any payload, sealed by `provider`.
    pub(super) fn seal(&self, provider: &Provider, evidence: &Evidence) -> Vec<u8> {
        self.attached(provider, &provider.seal, &evidence.to_json())
    }

    /// Exports as `person`, who belongs to `provider`.
    pub(super) fn export(
        &self,
        parts: DossierParts,
        provider: &Provider,
        person: &Person,
    ) -> Vec<u8> {
        let draft = DossierDraft::new(parts).unwrap();
        let request = draft.signature_request(&person.signing.1, self.claimed());
        let answer = person.signing.0.answer(&request);
        let signature = request.answered(answer).unwrap();
        let token = self.token(provider, &signature.time_stamp_request(8));
        let signature = signature.with_time_stamp(token);
        let certificates = std::slice::from_ref(&person.signing.1);
        draft.finish(&signature, certificates, std::slice::from_ref(&provider.crl)).unwrap()
    }

    /// Lets Anna herself change the parts of a dossier and sign it again.
    pub(super) fn resigned(&self, dossier: &[u8], change: impl FnOnce(&mut Vec<Part>)) -> Vec<u8> {
        let mut parts = parts_of(dossier);
        parts.retain(|part| covers(&part.name));
        change(&mut parts);
        let manifest = Manifest::of(&parts).to_xml();
        let signature = self.signature(&self.north, &self.anna.signing, &manifest);
        let certificates = std::slice::from_ref(&self.anna.signing.1);
        let signature = signature.detached(certificates, std::slice::from_ref(&self.north.crl));
        parts.push(Part { name: MANIFEST.to_owned(), octets: manifest });
        parts.push(Part { name: MANIFEST_SIGNATURE.to_owned(), octets: signature });
        container::write(parts).unwrap()
    }

    /// Anna's letter to these people, as it reaches her provider: the submission and its parts.
    pub(super) fn prepare(
        &self,
        mode: ConsignmentMode,
        to: &[&Person],
        time_stamp: bool,
    ) -> (PreparedSubmission, Vec<Vec<u8>>) {
        let (anchors, crls) = (self.anchors(), self.crls());
        let verification = self.verification(&anchors, &crls);
        let recipients: Vec<_> = to
            .iter()
            .map(|person| {
                let certificate = person.encryption.1.clone();
                Recipient::verified(person.address.clone(), certificate, &verification).unwrap()
            })
            .collect();
        let draft = self.draft(mode, to, time_stamp);
        let composed = compose(&draft, &recipients, self.claimed(), &mut rng()).unwrap().remove(0);
        let asked = composed
            .ask(Signers { classic: &self.anna.signing.1, post_quantum: None }, self.claimed())
            .unwrap();
        let answer = self.anna.signing.0.answer(&asked.requests()[0]);
        let signed = asked.answered(vec![answer]).unwrap();
        let signed = if signed.wants_time_stamp() {
            let token = self.token(&self.north, &signed.time_stamp_requests(|| 7)[0]);
            signed.time_stamped(vec![token], &verification).unwrap()
        } else {
            signed.without_time_stamp().unwrap()
        };
        let embedded = Embedded { certificates: &[], crls: std::slice::from_ref(&self.north.crl) };
        let mut out = Vec::new();
        let signed = match &self.experiment {
            Some(cipher) => signed.within(cipher.clone()),
            None => signed,
        };
        let locked = signed.lock(embedded, &mut out, &mut rng()).unwrap();
        let questions = locked.notice_signature_requests();
        let answers = questions.map(|request| self.anna.signing.0.answer(request)).collect();
        let own = self.north.routing.public();
        let of = BTreeMap::from([(self.south.details.domain.clone(), self.south.routing.public())]);
        let routing = Routing { own: &own, of: &of };
        let prepared = locked.finish(answers, routing, &mut out, &mut rng()).unwrap();
        let parts = prepared.split_parts(&out).unwrap().into_iter().map(<[u8]>::to_vec).collect();
        (prepared, parts)
    }

    fn draft(&self, mode: ConsignmentMode, to: &[&Person], time_stamp: bool) -> Draft {
        Draft {
            sender: Party { address: self.anna.address.clone(), name: self.anna.name.to_owned() },
            to: to.iter().map(|person| person.address.clone()).collect(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: "Kündigung".to_owned(),
            text: "Hiermit kündige ich.\n".to_owned(),
            attachments: vec![Attachment {
                file_name: "Kündigung.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                octets: vec![0x25; 300],
            }],
            chunked: self.chunked.clone(),
            mode,
            deadline: mode.needs_acceptance().then(|| Deadline::from_unix(NOW + PERIOD)),
            show_subject: true,
            show_recipients: true,
            time_stamp,
            suite: None,
            reference: None,
        }
    }
}

/// EN 319 102-1 §5.1.3: each code belongs to one indication. What the standard has no code for
/// has none.
fn assert_paired(report: &Report) {
    let own = report.recipients.iter().flat_map(|recipient| &recipient.checks);
    for check in report.parts.iter().flat_map(|part| &part.checks).chain(own) {
        let judgement = &check.judgement;
        let code = judgement.sub_indication;
        let fits = match judgement.indication {
            Indication::TotalPassed => code.is_none(),
            Indication::Indeterminate => code.is_some_and(|code| !code.is_total_failure()),
            Indication::TotalFailed => code.is_none_or(SubIndication::is_total_failure),
        };
        assert!(fits, "{}: {judgement:?}", check.check.id());
        assert_ne!(code, Some(SubIndication::Mismatch), "{}", check.check.id());
    }
}

/// Lets anybody change the parts of a dossier.
pub(super) fn rebuilt(dossier: &[u8], change: impl FnOnce(&mut Vec<Part>)) -> Vec<u8> {
    let mut parts = parts_of(dossier);
    change(&mut parts);
    container::write(parts).unwrap()
}

/// The parts but for the media type, which writing adds.
pub(super) fn parts_of(dossier: &[u8]) -> Vec<Part> {
    let container = Container::read(dossier).unwrap();
    let parts = container.parts().iter().skip(1);
    parts.map(|part| Part { name: part.name.to_owned(), octets: part.octets.to_vec() }).collect()
}

impl Provider {
    pub(super) fn new(organisation: &str, domain: &str) -> Self {
        Self::under(root(organisation, Territory::of(domain)), organisation, domain)
    }

    /// A provider that somebody's root vouches for.
    pub(super) fn under(root: Keyed, organisation: &str, domain: &str) -> Self {
        let signing = |profile: Profile<'_>| {
            let key = SigningKey::generate(&mut rng());
            let certificate = certified(&root, profile, &key.spki_der());
            (key, certificate)
        };
        let seal = signing(Profile::ElectronicSeal { organisation, domain });
        let tsa = signing(Profile::TimeStamping { organisation, domain });
        let issuer = Issuer { certificate: &root.1, key: &root.0 };
        let list = issue_crl(issuer, 1, NOW - 600, NOW + 60 * 86_400, &[]).unwrap();
        let domain = Domain::parse(domain).unwrap();
        Self {
            details: IssuerDetails { domain, organisation: organisation.to_owned() },
            crl: Crl::from_der(&list).unwrap(),
            routing: RoutingKey::generate(&mut rng()),
            root,
            seal,
            tsa,
        }
    }
}

pub(super) fn root(organisation: &str, territory: Territory<'_>) -> Keyed {
    let key = SigningKey::generate(&mut rng());
    let root = self_signed_root(&key, organisation, territory, validity(20), &mut rng());
    (key, root.unwrap())
}

impl Person {
    pub(super) fn new(provider: &Provider, address: &str, name: &'static str) -> Self {
        let (signing, authentication) =
            (SigningKey::generate(&mut rng()), SigningKey::generate(&mut rng()));
        let encryption = AgreementKey::generate(&mut rng());
        let (root, organisation) = (&provider.root, None);
        let profile = Profile::PersonSignature { name, address, organisation };
        let signing_certificate = certified(root, profile, &signing.spki_der());
        let profile = Profile::PersonAuthentication { name, address, organisation };
        let authentication_certificate = certified(root, profile, &authentication.spki_der());
        let profile = Profile::PersonEncryption { name, address, organisation };
        let encryption_certificate = certified(root, profile, &encryption.spki_der());
        Self {
            address: Address::parse(address).unwrap(),
            name,
            signing: (signing, signing_certificate),
            authentication: (authentication, authentication_certificate),
            encryption: (encryption, encryption_certificate),
        }
    }
}

pub(super) fn certified(root: &Keyed, profile: Profile<'_>, spki_der: &[u8]) -> Certificate {
    let issuer = Issuer { certificate: &root.1, key: &root.0 };
    // A time-stamp proves something for as long as its authority's certificate lasts.
    let years = if matches!(profile, Profile::TimeStamping { .. }) { 10 } else { 1 };
    issue(issuer, profile, spki_der, validity(years), &mut rng()).unwrap()
}

const fn validity(years: i64) -> Validity {
    Validity { not_before: NOW - 86_400, not_after: NOW + years * 365 * 86_400 }
}
