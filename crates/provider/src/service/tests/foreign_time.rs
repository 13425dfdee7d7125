//! An external authority for time that does not put its revocation list into its tokens.

use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::path::TrustAnchors;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_erds::ConsignmentMode;
use sealpost_erds::acceptance::Verdict;
use sealpost_erds::evidence::verify_evidence;
use sealpost_wire::api::{SubmissionAnswer, Taken};

use super::clock_tower::ClockTower;
use super::town::{House, Letter, QUICK, Town, Wish, until};
use crate::clock;
use crate::service::{ServiceError, decision};

/// A town whose both providers take their time from one tower, which publishes a list.
async fn town_under(tower: &ClockTower) -> Town {
    let mut town = Town::not_started(QUICK).await;
    for house in [&town.north, &town.south] {
        tower.rings_with_list_for(house, &tower.list_url());
    }
    town.north.start().await;
    town.south.start().await;
    town
}

/// Somebody new at North writes a letter.
async fn writes(town: &Town, who: &str) -> Result<SubmissionAnswer, ServiceError> {
    let sender = town.north.person(who).await;
    sender.submits(&Letter::new(&sender, town.south.provider(), &Wish::default())).await
}

/// Asks for the list once more, as the worker does in its time.
async fn renews(house: &House) -> bool {
    let provider = house.provider();
    provider.service.notary.time().list().unwrap().renew(&provider.store).await
}

/// What a stranger finds who has the two roots and no net.
fn stranger(town: &Town, tower: &ClockTower, evidence: &[u8]) -> &'static str {
    let mut anchors = TrustAnchors::new();
    anchors.add(town.north.provider().keys.root().clone());
    anchors.add(tower.root().clone());
    let verification = Verification {
        anchors: &anchors,
        certificates: &[],
        crls: &[],
        policy: AlgorithmPolicy::current(),
        now: clock::now(),
        purpose: KeyPurpose::ElectronicSeal,
        require_time_stamp: true,
    };
    verify_evidence(evidence, &verification).indication()
}

#[tokio::test]
async fn a_tokens_list_comes_from_the_authoritys_server_and_goes_into_the_evidence() {
    let tower = ClockTower::build("Tower", false).await;
    let town = town_under(&tower).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = Wish { mode: ConsignmentMode::Signed, ..Wish::default() };
    let letter = Letter::new(&anna, town.south.provider(), &wish);
    let answer = anna.submits(&letter).await.unwrap();
    assert_eq!(answer.outcome, Taken::Accepted);
    assert_eq!(stranger(&town, &tower, &answer.evidence[0].0), "TOTAL-PASSED");

    // A decision rests on a token that the recipient got through his provider.
    until("the letter waits", async || !bert.mailbox().await.letters.is_empty()).await;
    let metadata = bert.mailbox().await.letters.remove(0).metadata;
    let signed = bert.decides(&metadata, Verdict::Accepted).await;
    let south = town.south.provider();
    decision::accept(south, &bert.account, letter.dispatch_id(), signed).await.unwrap();
}

#[tokio::test]
async fn without_a_list_there_is_no_evidence() {
    let tower = ClockTower::build("Tower", false).await;
    let mut town = Town::not_started(QUICK).await;
    tower.rings_for(&town.north);
    town.north.start().await;
    town.south.start().await;
    let error = writes(&town, "anna@north.example").await.unwrap_err();
    assert_eq!(error.code(), "time-stamp-unavailable");
    assert_eq!(town.north.count("submission").await, 0);
}

#[tokio::test]
async fn a_revoked_authority_gives_no_time() {
    let tower = ClockTower::build("Tower", false).await;
    let town = town_under(&tower).await;
    writes(&town, "anna@north.example").await.unwrap();
    tower.publishes(2, &[tower.certificate()]);
    assert!(renews(&town.north).await);
    let error = writes(&town, "bela@north.example").await.unwrap_err();
    assert_eq!(error.code(), "time-stamp-unavailable");
    assert_eq!(town.north.count("submission").await, 1, "nothing was kept of the second one");
}

#[tokio::test]
async fn tml_001_only_a_newer_list_of_the_authority_itself_takes_a_lists_place() {
    let tower = ClockTower::build("Tower", false).await;
    let namesake = ClockTower::build("Tower", false).await;
    let town = town_under(&tower).await;
    let current = || town.north.provider().service.notary.time().list().unwrap().current().unwrap();
    tower.publishes(7, &[]);
    assert!(renews(&town.north).await);
    assert_eq!(current().number(), Some(7));
    // Older, by somebody else of that name, garbage, nothing, far too much.
    tower.publishes(6, &[tower.certificate()]);
    assert!(renews(&town.north).await);
    assert_eq!(current().number(), Some(7));
    namesake.publishes(8, &[tower.certificate()]);
    tower.gives_for_a_list(namesake.list().der());
    assert!(renews(&town.north).await);
    assert_eq!(current().number(), Some(7));
    for octets in [&b"garbage"[..], b"", &[0x30; 70_000]] {
        tower.gives_for_a_list(octets);
        assert!(!renews(&town.north).await);
    }
    writes(&town, "anna@north.example").await.unwrap();
    tower.publishes(9, &[]);
    assert!(renews(&town.north).await);
    assert_eq!(current().number(), Some(9));
}

#[tokio::test]
async fn a_list_outlives_a_restart_and_the_authoritys_server() {
    let tower = ClockTower::build("Tower", false).await;
    let mut town = town_under(&tower).await;
    town.north.stop().await;
    tower.gives_for_a_list(b"gone");
    town.north.start().await;
    let answer = writes(&town, "anna@north.example").await.unwrap();
    assert_eq!(stranger(&town, &tower, &answer.evidence[0].0), "TOTAL-PASSED");
}

#[tokio::test]
async fn a_list_may_lie_in_a_file() {
    let tower = ClockTower::build("Tower", false).await;
    let mut town = Town::not_started(QUICK).await;
    std::fs::write(town.north.folder.join("time.crl"), tower.list().der()).unwrap();
    tower.rings_with_list_for(&town.north, "time.crl");
    town.north.start().await;
    town.south.start().await;
    let answer = writes(&town, "anna@north.example").await.unwrap();
    assert_eq!(stranger(&town, &tower, &answer.evidence[0].0), "TOTAL-PASSED");
}
