//! Who is believed what.

use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{Issuer, Profile, Validity, issue, issue_crl, self_signed_root};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::{ClaimedTime, LocalTime};
use sealpost_cms::tsp::{TimeStampAuthority, token_from_response};
use sealpost_erds::delivery::accept_submission;
use sealpost_erds::directory::{DirectoryAnswer, DirectoryQuery};
use sealpost_erds::disclosure::{Assurance, PartyReference};
use sealpost_erds::evidence::IssuerDetails;
use sealpost_erds::limits::ANSWER_OCTETS;
use sealpost_erds::{Address, Domain};

use super::town::{Letter, QUICK, Town, Wish, change};
use crate::clock;
use crate::service::time_source::TIME_STAMP_POLICY;
use crate::service::trust::{self, Doubt};
use crate::service::{directory, discovery, peers};

/// An authority whose root somebody trusts for time.
struct Outsider {
    root: Certificate,
    key: SigningKey,
    crl: Crl,
    validity: Validity,
}

impl Outsider {
    fn new() -> Self {
        let now = clock::now_unix();
        let validity = Validity { not_before: now - 3600, not_after: now + 86_400 };
        let key = SigningKey::generate(&mut clock::system_random());
        let root =
            self_signed_root(&key, "Outsider", validity, &mut clock::system_random()).unwrap();
        let issuer = Issuer { certificate: &root, key: &key };
        let crl = issue_crl(issuer, 1, now - 60, now + 3600, &[]).unwrap();
        Self { crl: Crl::from_der(&crl).unwrap(), root, key, validity }
    }

    fn certifies(&self, profile: Profile<'_>) -> (SigningKey, Certificate) {
        let key = SigningKey::generate(&mut clock::system_random());
        let issuer = Issuer { certificate: &self.root, key: &self.key };
        let random = &mut clock::system_random();
        let certificate = issue(issuer, profile, &key.spki_der(), self.validity, random).unwrap();
        (key, certificate)
    }

    /// Evidence in the name of a provider, flawless but for who vouches for the seal.
    fn forges(&self, domain: &str, payload: &[u8]) -> Vec<u8> {
        let organisation = "Outsider";
        let (key, seal) = self.certifies(Profile::ElectronicSeal { organisation, domain });
        let (time_key, time) = self.certifies(Profile::TimeStamping { organisation, domain });
        let now = ClaimedTime::from_unix(clock::now_unix());
        let asked = request_signature(ContentRef::of(payload), None, &seal, now, &[]);
        let answer = key.answer(&asked);
        let signature = asked.answered(answer).unwrap();
        let request = signature.time_stamp_request(clock::nonce());
        let authority = TimeStampAuthority {
            certificate: &time,
            chain: &[],
            key: &time_key,
            policy_oid: TIME_STAMP_POLICY,
            crls: std::slice::from_ref(&self.crl),
        };
        let now = LocalTime::from_unix(clock::now_unix());
        let reply = authority.respond(&request.to_der(), clock::serial(), now);
        let token = token_from_response(&reply, &request).unwrap();
        let crls = std::slice::from_ref(&self.crl);
        signature.with_time_stamp(token).attached(payload, &[], crls)
    }
}

#[tokio::test]
async fn tru_001_who_is_trusted_for_time_is_not_trusted_for_seals() {
    let outsider = Outsider::new();
    let mut town = Town::not_started(QUICK).await;
    let config = town.north.folder.join("provider.toml");
    std::fs::write(town.north.folder.join("time.pem"), outsider.root.to_pem()).unwrap();
    let external = &[
        ("authority = \"internal\"", "authority = \"http://127.0.0.1:9/\""),
        ("root = \"\"", "root = \"time.pem\""),
    ];
    change(&config, external, "");
    town.north.start().await;
    town.south.start().await;
    let anna = town.north.person("anna@north.example").await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    let sender = PartyReference::to(&letter.head.sender, Some(Assurance::Low));
    let south = Domain::parse("south.example").unwrap();
    let now = ClaimedTime::from_unix(clock::now_unix());
    let step = accept_submission(&letter.head, &letter.head.consignments[0], &south, &sender, now);
    let issuer = IssuerDetails { domain: south.clone(), organisation: "South".to_owned() };
    let payload = step.evidence.issue(&issuer, now, &mut clock::system_random()).to_json();
    let forged = outsider.forges("south.example", &payload);
    let doubt = trust::evidence_of(town.north.provider(), &south, forged).err().unwrap();
    let Doubt::Failed(shortfall) = doubt else { panic!("{doubt:?}") };
    assert_eq!(shortfall.detail, "the signer's path ends at another root");
}

#[tokio::test]
async fn the_directory_answers_everybody_in_the_same_length_and_dir_010_only_what_it_can_open() {
    let town = Town::new(QUICK).await;
    let (north, south) = (town.north.provider(), town.south.provider());
    let domain = Domain::parse("south.example").unwrap();
    let info = peers::info(north, &domain).await.unwrap();
    assert_eq!(info.discovery.0, discovery::signed(south).await.unwrap());
    let address = Address::parse("nobody@south.example").unwrap();
    let random = &mut clock::system_random();
    let (question, key) =
        DirectoryQuery { address }.seal(&south.keys.routing().public(), random).unwrap();
    // Through the own provider, as an agent asks.
    let sealed = directory::forward(north, &domain, &question).await.unwrap();
    assert_eq!(sealed.len(), ANSWER_OCTETS + 16);
    let answer = DirectoryAnswer::open(key, &sealed).unwrap();
    assert_eq!(answer.encryption_certificate, None);
    assert!(answer.revocation_list.is_some());
    for broken in [vec![0; question.len()], vec![0; 4096], Vec::new()] {
        let error = directory::answer(south, &broken).await.unwrap_err();
        assert_eq!(error.code(), "query-unreadable");
    }
    let nowhere = Domain::parse("nowhere.example").unwrap();
    let error = directory::forward(north, &nowhere, &question).await.unwrap_err();
    assert_eq!(error.code(), "unknown-domain");
}
