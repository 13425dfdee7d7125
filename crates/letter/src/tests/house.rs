//! Two domains with a root, a time-stamp authority and persons; letters travel between them.

use crate::draft::{Attachment, Draft, Party, Recipient};
use crate::error::EncryptError;
use crate::lock::{Embedded, PreparedSubmission, Routing};
use crate::mime::read::{self, Entity};
use crate::open::{
    Carried, Reader, SignedMessage, open_body, open_carrier, verify_announced_letter,
    verify_letter, verify_notice,
};
use crate::{Composed, Content, Notice, Signers, Timestamped, compose};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sealpost_cms::attributes::ObjectIdentifier;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::hpke::{RoutingKey, RoutingPublicKey};
use sealpost_cms::issue::{
    Issuer, Profile, RevokedEntry, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::{AgreementKey, SignatureScheme, SigningKey};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{SignatureRequest, SignatureValue, Verification};
use sealpost_cms::time::{ClaimedTime, Deadline, LocalTime};
use sealpost_cms::tsp::{TimeStampAuthority, TimeStampRequest, token_from_response};
use sealpost_cms::verdict::{Outcome, Unverified};
use sealpost_erds::disclosure::{Assurance, PartyReference};
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::slip::{RelaySlip, SlipBinding};
use sealpost_erds::{Address, ConsignmentMode, Domain};
use sealpost_experiment::{Cipher, Registry};
use std::collections::BTreeMap;

/// 2026-11-22T12:00:00Z.
pub(super) const NOW: i64 = 1_795_348_800;

pub(super) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) struct Person {
    pub(super) address: Address,
    pub(super) name: &'static str,
    pub(super) signing: (SigningKey, Certificate),
    /// For the second signature of the suite `hybrid-2026`.
    pub(super) signing_too: (SigningKey, Certificate),
    pub(super) authentication: (SigningKey, Certificate),
    pub(super) encryption: (AgreementKey, Certificate),
}

impl Person {
    pub(super) fn signers(&self) -> Signers<'_> {
        Signers { classic: &self.signing.1, post_quantum: Some(&self.signing_too.1) }
    }

    /// Answers with the key that the question is for.
    pub(super) fn signs(&self, request: &SignatureRequest) -> SignatureValue {
        match request.algorithm().is_post_quantum() {
            true => self.signing_too.0.answer(request),
            false => self.signing.0.answer(request),
        }
    }
}

pub(super) struct House {
    pub(super) root: (SigningKey, Certificate),
    pub(super) tsa: (SigningKey, Certificate),
    pub(super) anchors: TrustAnchors,
    pub(super) crls: Vec<Crl>,
    pub(super) routing_keys: BTreeMap<Domain, RoutingKey>,
    pub(super) routing: BTreeMap<Domain, RoutingPublicKey>,
    pub(super) anna: Person,
    pub(super) bert: Person,
    pub(super) cleo: Person,
    pub(super) dora: Person,
}

impl House {
    pub(super) fn new() -> Self {
        let key = SigningKey::generate(&mut rng());
        let territory = Territory::below("example");
        let certificate =
            self_signed_root(&key, "North and South", territory, validity(), &mut rng()).unwrap();
        let root = (key, certificate);
        let tsa_key = SigningKey::generate(&mut rng());
        let profile =
            Profile::TimeStamping { organisation: "North and South", domain: "north.example" };
        let tsa = (tsa_key, profile);
        let tsa = (certified(&root, tsa.1, &tsa.0.spki_der()), tsa.0);
        let mut anchors = TrustAnchors::new();
        anchors.add(root.1.clone());
        let routing_keys: BTreeMap<Domain, RoutingKey> = ["north.example", "south.example"]
            .map(|domain| (Domain::parse(domain).unwrap(), RoutingKey::generate(&mut rng())))
            .into();
        Self {
            crls: vec![list(&root, &[])],
            routing: routing_keys
                .iter()
                .map(|(domain, key)| (domain.clone(), key.public()))
                .collect(),
            routing_keys,
            anna: person(&root, "anna@north.example", "Anna Ädler"),
            bert: person(&root, "bert@south.example", "Bert Brand"),
            cleo: person(&root, "cleo@south.example", "Cleo Carlsen"),
            dora: person(&root, "dora.secret@south.example", "Dora Dietrich"),
            tsa: (tsa.1, tsa.0),
            root,
            anchors,
        }
    }

    pub(super) fn verification(&self) -> Verification<'_> {
        Verification {
            anchors: &self.anchors,
            certificates: &[],
            crls: &self.crls,
            policy: AlgorithmPolicy::current(),
            now: LocalTime::from_unix(NOW),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: false,
        }
    }

    pub(super) fn recipient(&self, person: &Person) -> Recipient {
        let certificate = person.encryption.1.clone();
        Recipient::verified(person.address.clone(), certificate, &self.verification()).unwrap()
    }

    pub(super) fn draft(
        &self,
        mode: ConsignmentMode,
        to: &[&Person],
        cc: &[&Person],
        bcc: &[&Person],
    ) -> Draft {
        let addresses =
            |persons: &[&Person]| persons.iter().map(|person| person.address.clone()).collect();
        Draft {
            sender: Party { address: self.anna.address.clone(), name: self.anna.name.to_owned() },
            to: addresses(to),
            cc: addresses(cc),
            bcc: addresses(bcc),
            subject: "Kündigung der Wohnung – 契約".to_owned(),
            text: "Sehr geehrter Herr Brand,\n\nhiermit kündige ich.\n.\nFrom here on = nothing.\n"
                .to_owned(),
            attachments: vec![Attachment {
                file_name: "Kündigung Nr 1.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                octets: (0..3000u32).map(|n| (n * 7 % 251) as u8).collect(),
            }],
            chunked: Vec::new(),
            mode,
            deadline: mode.needs_acceptance().then(|| Deadline::from_unix(NOW + 14 * 86_400)),
            show_subject: true,
            show_recipients: true,
            time_stamp: true,
            suite: None,
            reference: Some("Az. 17".to_owned()),
        }
    }

    pub(super) fn compose(&self, draft: &Draft) -> Vec<Composed> {
        let persons = [&self.bert, &self.cleo, &self.dora];
        let is_addressed = |person: &&&Person| {
            [&draft.to, &draft.cc, &draft.bcc]
                .iter()
                .any(|addresses| addresses.contains(&person.address))
        };
        let recipients: Vec<Recipient> =
            persons.iter().filter(is_addressed).map(|person| self.recipient(person)).collect();
        compose(draft, &recipients, ClaimedTime::from_unix(NOW), &mut rng()).unwrap()
    }

    /// Signs, time-stamps, locks and finishes: what the sender's agent does.
    pub(super) fn prepare(&self, composed: Composed) -> (PreparedSubmission, Vec<Vec<u8>>) {
        self.prepare_as(composed, |timestamped| timestamped).unwrap()
    }

    /// The same, with what the sender does before he locks.
    pub(super) fn prepare_as(
        &self,
        composed: Composed,
        chosen: impl FnOnce(Timestamped) -> Timestamped,
    ) -> Result<(PreparedSubmission, Vec<Vec<u8>>), EncryptError> {
        let asked = composed.ask(self.anna.signers(), ClaimedTime::from_unix(NOW)).unwrap();
        let answers = asked.requests().iter().map(|it| self.anna.signs(it)).collect();
        let signed = asked.answered(answers).unwrap();
        let timestamped = if signed.wants_time_stamp() {
            let asked = signed.time_stamp_requests(|| 7);
            let tokens = asked.iter().map(|it| self.token(it)).collect();
            signed.time_stamped(tokens, &self.verification()).unwrap()
        } else {
            signed.without_time_stamp().unwrap()
        };
        let mut out = Vec::new();
        let locked = chosen(timestamped).lock(self.embedded(), &mut out, &mut rng())?;
        let answers =
            locked.notice_signature_requests().map(|request| self.anna.signs(request)).collect();
        let prepared = locked.finish(answers, self.routing(), &mut out, &mut rng())?;
        let parts = prepared.split_parts(&out).unwrap().into_iter().map(<[u8]>::to_vec).collect();
        Ok((prepared, parts))
    }

    pub(super) fn embedded(&self) -> Embedded<'_> {
        Embedded { certificates: std::slice::from_ref(&self.tsa.1), crls: &self.crls }
    }

    pub(super) fn routing(&self) -> Routing<'_> {
        Routing { own: &self.routing[&Domain::parse("north.example").unwrap()], of: &self.routing }
    }

    pub(super) fn token(&self, request: &TimeStampRequest) -> Vec<u8> {
        let authority = TimeStampAuthority {
            certificate: &self.tsa.1,
            chain: &[],
            key: &self.tsa.0,
            policy_oid: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1"),
            crls: &self.crls,
        };
        let response = authority.respond(&request.to_der(), 42, LocalTime::from_unix(NOW));
        token_from_response(&response, request).unwrap()
    }

    /// Sends one draft: all submissions as they reach the recipient's provider.
    pub(super) fn send(&self, draft: &Draft) -> Vec<Sent> {
        let compositions = self.compose(draft);
        compositions.into_iter().map(|composed| self.sent(composed)).collect()
    }

    /// Sends one letter under an experimental cipher.
    pub(super) fn sent_within(
        &self,
        cipher: &Cipher,
        composed: Composed,
    ) -> Result<Sent, EncryptError> {
        self.sent_as(composed, |timestamped| timestamped.within(cipher.clone()))
    }

    /// Sends one letter, with what the sender does before he locks.
    pub(super) fn sent_as(
        &self,
        composed: Composed,
        chosen: impl FnOnce(Timestamped) -> Timestamped,
    ) -> Result<Sent, EncryptError> {
        Ok(Sent::new(self, self.prepare_as(composed, chosen)?))
    }

    /// Sends one letter.
    pub(super) fn sent(&self, composed: Composed) -> Sent {
        Sent::new(self, self.prepare(composed))
    }

    /// The list with this certificate revoked an hour ago.
    pub(super) fn list_revoking(&self, certificate: &Certificate) -> Crl {
        list(&self.root, &[RevokedEntry { serial: certificate.serial().to_vec(), at: NOW - 3600 }])
    }
}

/// A submission as it lies at the recipient's provider.
pub(super) struct Sent {
    pub(super) prepared: PreparedSubmission,
    pub(super) body: Option<Vec<u8>>,
    pub(super) deliveries: Vec<Delivery>,
}

/// What one recipient gets.
#[derive(Clone)]
pub(super) struct Delivery {
    pub(super) metadata: RelayMetadata,
    pub(super) enveloped: Vec<u8>,
    pub(super) slip: RelaySlip,
}

impl Sent {
    fn new(house: &House, (prepared, mut parts): (PreparedSubmission, Vec<Vec<u8>>)) -> Self {
        let head = reread(&prepared);
        let body = head.body.is_some().then(|| parts.remove(0));
        let sender = PartyReference::to(&head.sender, Some(Assurance::Low));
        let north = Domain::parse("north.example").unwrap();
        let deliveries = head
            .consignments
            .iter()
            .zip(parts)
            .map(|(consignment, enveloped)| {
                let time = ClaimedTime::from_unix(NOW);
                let metadata =
                    RelayMetadata::of_submission(&head, consignment, &north, &sender, time);
                let key = &house.routing_keys[&consignment.domain];
                let slip =
                    RelaySlip::open(key, &SlipBinding::of_metadata(&metadata), &consignment.slip)
                        .unwrap();
                Delivery { metadata, enveloped, slip }
            })
            .collect();
        Self { prepared, body, deliveries }
    }

    /// The delivery to a person.
    pub(super) fn to(&self, person: &Person) -> &Delivery {
        let is_his =
            |delivery: &&Delivery| delivery.slip.recipient.value() == person.address.as_str();
        self.deliveries.iter().find(is_his).unwrap()
    }
}

/// The head as the provider reads it.
fn reread(prepared: &PreparedSubmission) -> sealpost_erds::relay::SubmissionHead {
    sealpost_erds::relay::SubmissionHead::from_json(&prepared.head.to_json()).unwrap()
}

impl Delivery {
    pub(super) fn carried(&self) -> Carried {
        open_carrier(&self.enveloped, &self.metadata, &self.slip.carrier_key).unwrap()
    }

    pub(super) fn decrypted_by(&self, person: &Person) -> Unverified<SignedMessage> {
        let carried = self.carried();
        let request = carried.key_request(&person.encryption.1).unwrap();
        let answer = person.encryption.0.answer(&request).unwrap();
        carried.decrypt(request, answer).unwrap()
    }

    pub(super) fn reader<'a>(&'a self, person: &'a Person) -> Reader<'a> {
        Reader {
            address: &person.address,
            certificate: &person.encryption.1,
            metadata: &self.metadata,
        }
    }

    pub(super) fn notice(&self, house: &House, person: &Person) -> Outcome<Notice> {
        verify_notice(&self.decrypted_by(person), &self.reader(person), &house.verification())
    }

    /// The letter as it is read after acceptance, or at once in basic mode.
    pub(super) fn letter(
        &self,
        house: &House,
        person: &Person,
        body: Option<&[u8]>,
    ) -> Outcome<Content> {
        let (reader, verification) = (self.reader(person), house.verification());
        let Some(body) = body else {
            return verify_letter(&self.decrypted_by(person), &reader, &verification);
        };
        let notice = self.notice(house, person).passed().unwrap();
        let release = self.slip.release_share.as_ref().unwrap();
        let message = open_body(
            body,
            &self.metadata,
            notice.get().recipient_share(),
            release,
            &Registry::default(),
        )
        .unwrap();
        verify_announced_letter(&message, &reader, &notice, &verification)
    }
}

pub(super) fn person(
    root: &(SigningKey, Certificate),
    address: &str,
    name: &'static str,
) -> Person {
    let (signing, authentication) =
        (SigningKey::generate(&mut rng()), SigningKey::generate(&mut rng()));
    let encryption = AgreementKey::generate(&mut rng());
    let organisation = None;
    let signature_profile = Profile::PersonSignature { name, address, organisation };
    let authentication_profile = Profile::PersonAuthentication { name, address, organisation };
    let encryption_profile = Profile::PersonEncryption { name, address, organisation };
    let signing_certificate = certified(root, signature_profile, &signing.spki_der());
    let second = SigningKey::generate_for(SignatureScheme::MlDsa65, &mut rng()).unwrap();
    let second_certificate = certified(root, signature_profile, &second.spki_der());
    let authentication_certificate =
        certified(root, authentication_profile, &authentication.spki_der());
    let encryption_certificate = certified(root, encryption_profile, &encryption.spki_der());
    Person {
        address: Address::parse(address).unwrap(),
        name,
        signing: (signing, signing_certificate),
        signing_too: (second, second_certificate),
        authentication: (authentication, authentication_certificate),
        encryption: (encryption, encryption_certificate),
    }
}

pub(super) fn certified(
    root: &(SigningKey, Certificate),
    profile: Profile<'_>,
    spki_der: &[u8],
) -> Certificate {
    let issuer = Issuer { certificate: &root.1, key: &root.0 };
    issue(issuer, profile, spki_der, validity(), &mut rng()).unwrap()
}

fn list(root: &(SigningKey, Certificate), revoked: &[RevokedEntry]) -> Crl {
    let issuer = Issuer { certificate: &root.1, key: &root.0 };
    let list = issue_crl(issuer, 1, NOW - 600, NOW + 86_400, revoked).unwrap();
    Crl::from_der(&list).unwrap()
}

const fn validity() -> Validity {
    Validity { not_before: NOW - 86_400, not_after: NOW + 365 * 86_400 }
}

impl Sent {
    /// What the signature of a letter binds.
    pub(super) fn letter_binding(
        &self,
        house: &House,
        person: &Person,
    ) -> Option<crate::binding::LetterBinding> {
        let letter = self.to(person).letter(house, person, self.body.as_deref()).passed().ok()?;
        Some(letter.get().binding().clone())
    }
}

/// The entity inside a SignedData.
pub(super) fn entity_in(signed_data: &[u8]) -> Entity {
    let start = signed_data.windows(17).position(|window| window == b"MIME-Version: 1.0").unwrap();
    let end = signed_data.windows(4).rposition(|window| window == b"--\r\n").unwrap() + 4;
    read::entity(&signed_data[start..end]).unwrap()
}
