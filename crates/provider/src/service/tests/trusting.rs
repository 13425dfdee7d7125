//! Who is believed what.

use sealpost_cms::issue::Profile;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::tsp::token_from_response;
use sealpost_erds::delivery::accept_submission;
use sealpost_erds::directory::{DirectoryAnswer, DirectoryQuery};
use sealpost_erds::disclosure::{Assurance, PartyReference};
use sealpost_erds::event::Event;
use sealpost_erds::evidence::IssuerDetails;
use sealpost_erds::limits::ANSWER_OCTETS;
use sealpost_erds::{Address, Domain};
use sealpost_wire::api::Taken;

use super::clock_tower::ClockTower;
use super::town::{CONSIGNED, House, Letter, QUICK, Town, Wish};
use crate::service::trust::{self, Doubt};
use crate::service::{directory, discovery, peers};
use crate::store::Store;
use crate::{clock, revocation};

/// Evidence in the name of a provider, flawless but for the root that vouches for the seal.
fn forge(tower: &ClockTower, domain: &str, payload: &[u8]) -> Vec<u8> {
    let (key, seal) = tower.certifies(Profile::ElectronicSeal { organisation: "Outsider", domain });
    let now = ClaimedTime::from_unix(clock::now_unix());
    let asked = request_signature(ContentRef::of(payload), None, &seal, now, &[]);
    let answer = key.answer(&asked);
    let signature = asked.answered(answer).unwrap();
    let request = signature.time_stamp_request(clock::nonce());
    let reply = tower.stamps(&request.to_der());
    let token = token_from_response(&reply, &request).unwrap();
    signature.with_time_stamp(token).attached(payload, &[], &[tower.list()])
}

#[tokio::test]
async fn tru_001_who_is_trusted_for_time_is_not_trusted_for_seals() {
    let tower = ClockTower::build("Outsider", true).await;
    let mut town = Town::not_started(QUICK).await;
    tower.rings_for(&town.south);
    town.north.start().await;
    town.south.start().await;
    let anna = town.north.person("anna@north.example").await;
    let south = Domain::parse("south.example").unwrap();
    peers::info(town.north.provider(), &south).await.unwrap();
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    let sender = PartyReference::to(&letter.head.sender, Some(Assurance::Low));
    let now = ClaimedTime::from_unix(clock::now_unix());
    let step = accept_submission(&letter.head, &letter.head.consignments[0], &south, &sender, now);
    let issuer = IssuerDetails { domain: south.clone(), organisation: "South".to_owned() };
    let payload = step.evidence.issue(&issuer, now, &mut clock::system_random()).to_json();
    let forged = forge(&tower, "south.example", &payload);
    let doubt = trust::evidence_of(town.north.provider(), &south, forged).err().unwrap();
    let Doubt::Failed(shortfall) = doubt else { panic!("{doubt:?}") };
    assert_eq!(shortfall.detail, "the signer's path ends at another root");
}

#[tokio::test]
async fn tru_003_two_providers_with_two_authorities_for_time_exchange_letters() {
    let one = ClockTower::build("One", true).await;
    let other = ClockTower::build("Other", true).await;
    let mut town = Town::not_started(QUICK).await;
    one.rings_for(&town.north);
    other.rings_for(&town.south);
    town.north.start().await;
    town.south.start().await;
    let anna = town.north.person("anna@north.example").await;
    town.south.person("bert@south.example").await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    let answer = anna.submits(&letter).await.unwrap();
    assert_eq!(answer.outcome, Taken::Accepted);
    // A.1 on the one's time is believed by South, B.1 and D.1 on the other's by North.
    anna.waits_for(CONSIGNED).await;
    let roots = |house: &House, domain: &str| {
        house.provider().service.time_roots.of(&Domain::parse(domain).unwrap())
    };
    assert_eq!(roots(&town.north, "south.example"), [other.root().clone()]);
    assert_eq!(roots(&town.south, "north.example"), [one.root().clone()]);

    // South takes another authority. What was stamped before is still believed, over a restart.
    let south = Domain::parse("south.example").unwrap();
    let consigned = anna.evidence(Event::ContentConsignment).await.evidence.0;
    drop(anna);
    town.south.stop().await;
    town.north.stop().await;
    let third = ClockTower::build("Third", true).await;
    third.rings_for(&town.south);
    town.north.start().await;
    town.south.start().await;
    assert_eq!(roots(&town.north, "south.example"), [other.root().clone()]);
    assert!(trust::evidence_of(town.north.provider(), &south, consigned).is_ok());
    let carl = town.north.person("carl@north.example").await;
    carl.submits(&Letter::new(&carl, town.south.provider(), &Wish::default())).await.unwrap();
    carl.waits_for(CONSIGNED).await;
    let both = [other.root().clone(), third.root().clone()];
    assert_eq!(roots(&town.north, "south.example"), both);
}

#[tokio::test]
async fn tru_003_an_authority_that_one_provider_has_named_counts_for_no_other() {
    let tower = ClockTower::build("One", true).await;
    let mut town = Town::not_started(QUICK).await;
    tower.rings_for(&town.north);
    town.north.start().await;
    town.south.start().await;
    let (north, south) = (town.north.provider(), town.south.provider());
    let anna = town.north.person("anna@north.example").await;
    let letter = Letter::new(&anna, south, &Wish::default());
    let sender = PartyReference::to(&letter.head.sender, Some(Assurance::Low));
    let now = ClaimedTime::from_unix(clock::now_unix());
    let domain = south.config.domain.clone();
    let consignment = &letter.head.consignments[0];
    let step = accept_submission(&letter.head, consignment, &domain, &sender, now);
    let issuer = IssuerDetails { domain: domain.clone(), organisation: "South".to_owned() };
    let payload = step.evidence.issue(&issuer, now, &mut clock::system_random()).to_json();
    // South's own seal over a time that North's authority has stamped.
    let signature = south.service.notary.sign(&payload, now).unwrap();
    let request = signature.time_stamp_request(clock::nonce());
    let token = token_from_response(&tower.stamps(&request.to_der()), &request).unwrap();
    let list = south.crl().await.unwrap().unwrap();
    let octets = signature.with_time_stamp(token).attached(&payload, &[], &[list]);
    let doubt = trust::evidence_of(north, &domain, octets).err().unwrap();
    let Doubt::Indeterminate(shortfall) = doubt else { panic!("{doubt:?}") };
    assert!(shortfall.detail.starts_with("time-stamp: "), "{}", shortfall.detail);
}

#[tokio::test]
async fn what_another_process_revokes_stands_in_the_next_evidence() {
    let town = Town::new(QUICK).await;
    let (north, (anna, _bert)) = (town.north.provider(), town.anna_and_bert().await);
    let submits = async || {
        let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
        anna.submits(&letter).await.unwrap().evidence.remove(0).0
    };
    let list = || north.crl_here().unwrap().unwrap();
    let is_in = |list: &Crl, evidence: &[u8]| {
        evidence.windows(list.der().len()).any(|octets| octets == list.der())
    };
    let before = list();
    assert!(is_in(&before, &submits().await));
    // As `revoke` does, with a connection of its own.
    let other = Store::open(&north.config.files.database()).unwrap();
    let now = clock::now_unix();
    other.renew_revocation_list(now, revocation::issuing(&north.keys, now)).await.unwrap();
    let evidence = submits().await;
    assert!(list().number() > before.number());
    assert!(is_in(&list(), &evidence) && !is_in(&before, &evidence));
    other.close().await.unwrap();
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
    assert_eq!(sealed.len(), ANSWER_OCTETS + 32 + 16);
    let answer = DirectoryAnswer::open(key, &sealed).unwrap();
    assert!(answer.encryption_certificates.is_empty());
    assert!(answer.revocation_list.is_some());
    for broken in [vec![0; question.len()], vec![0; 4096], Vec::new()] {
        let error = directory::answer(south, &broken).await.unwrap_err();
        assert_eq!(error.code(), "query-unreadable");
    }
    let nowhere = Domain::parse("nowhere.example").unwrap();
    let error = directory::forward(north, &nowhere, &question).await.unwrap_err();
    assert_eq!(error.code(), "unknown-domain");
}
