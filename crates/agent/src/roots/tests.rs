use super::*;
use crate::judge::Way;
use crate::records::{EVIDENCE, Kept, evidence_name};
use crate::testing::{Provider, meets, metadata, person};
use sealpost_erds::ConsignmentMode;
use sealpost_erds::event::Event;

#[test]
fn agt_025_evidence_under_a_former_root_counts_if_it_is_proven_to_be_older_than_the_new_one() {
    let place = tempfile::tempdir().unwrap();
    let anna = person(&place, &Provider::new("north.example"), "anna@north.example");
    let (old, new) = (Provider::new("south.example"), Provider::new("south.example"));
    let metadata = metadata(ConsignmentMode::Basic);
    for provider in [&old, &new] {
        let evidence = provider.seals(&provider.states(Event::ContentConsignment, &metadata));
        let name = evidence_name(metadata.dispatch_id, &evidence.0);
        records::put(&anna.vault, EVIDENCE, &name, &Kept::of(evidence)).unwrap();
    }
    let passed = || {
        let steps = anna.steps(&Way::here(&metadata)).unwrap();
        steps.iter().filter(|step| step.indication == "TOTAL-PASSED").count()
    };
    meets(&anna, &old);
    assert_eq!(passed(), 1, "under the old root alone");
    let confirmed_at = |at: i64| {
        meets(&anna, &old);
        let known: Peer = records::get(&anna.vault, PEER, "south.example").unwrap().unwrap();
        let root = Octets(new.root.der().to_vec());
        let peer = Peer { root, ..replaced(known, at) };
        records::put(&anna.vault, PEER, "south.example", &peer).unwrap();
    };
    let now = crate::testing::now();
    confirmed_at(now + 100);
    assert_eq!(passed(), 2, "what the old root vouched for before stays proven");
    confirmed_at(now - 100);
    assert_eq!(passed(), 1, "what it vouches for since then proves nothing");
}

#[test]
fn a_statement_without_a_proven_time_does_not_count_under_a_former_root() {
    let place = tempfile::tempdir().unwrap();
    let south = Provider::new("south.example");
    let bert = person(&place, &south, "bert@south.example");
    let (old, new) = (Provider::new("north.example"), Provider::new("north.example"));
    meets(&bert, &old);
    for (time_stamp, counts) in [(true, true), (false, false)] {
        let letter = old.delivers(&bert, &south, time_stamp);
        let mut record = letter.is_kept_by(&bert, &letter.content);
        let known: Peer = records::get(&bert.vault, PEER, "north.example").unwrap().unwrap();
        let root = Octets(new.root.der().to_vec());
        let peer = Peer { root, ..replaced(known.clone(), crate::testing::now() + 100) };
        records::put(&bert.vault, PEER, "north.example", &peer).unwrap();
        let state = bert.state(&mut record).unwrap();
        assert_eq!(state == crate::views::State::Opened, counts);
        records::put(&bert.vault, PEER, "north.example", &known).unwrap();
    }
}

#[test]
fn agt_026_only_the_root_whose_digest_the_person_gives_is_believed() {
    let (one, two) = (Provider::new("south.example"), Provider::new("south.example"));
    assert!(is_the_confirmed_one(&one.root, one.root.sha256()).is_ok());
    let error = is_the_confirmed_one(&one.root, two.root.sha256()).err().unwrap();
    assert_eq!(error.code(), "root-not-the-one-confirmed");
}

#[test]
fn the_root_of_the_own_provider_is_not_changed_here() {
    let place = tempfile::tempdir().unwrap();
    let north = Provider::new("north.example");
    let anna = person(&place, &north, "anna@north.example");
    let error = anna.trust_peer(&north.domain, north.root.sha256()).err().unwrap();
    assert_eq!(error.code(), "own-root-is-fixed");
}
