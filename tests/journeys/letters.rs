//! One letter from beginning to end, in every mode and with every end.

use crate::steps::{document, learns, proven, send, text, waits_for};
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person};
use std::path::Path;

fn verify(dossier: &Path, trust: &Path) -> sealpost_tests::Ran {
    let mut command = ours("sealpost");
    command.args(["--json", "verify"]).arg(dossier).arg("--trust").arg(trust);
    run(command)
}

/// Exports the letter and verifies it with nothing but the roots.
#[track_caller]
fn proves(person: &Person, letter: &str, house: &House, name: &str) -> serde_json::Value {
    let dossier = house.folder().join(name);
    person.run(&["export", letter, "--out", text(&dossier)]).succeeded();
    let ran = verify(&dossier, &house.trust());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran.json()["report"].clone()
}

#[test]
fn a_signed_letter_is_accepted_with_a_signature_and_proven_offline_by_both() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let (file, octets) = document(house.folder());
    let letter = send(&anna, &["--to", &bert.address], "signed", &[text(&file)]);
    let waiting = waits_for(&bert, &letter, "waiting");
    assert_eq!(waiting["sender"]["address"], "anna@north.example");
    assert!(waiting["subject"].is_null(), "the sender did not show the subject");

    let shown = bert.json(&["show", &letter]);
    assert_eq!(shown["signature"]["indication"], "TOTAL-PASSED");
    assert_eq!(shown["sender"]["name"], "Anna Adler");
    assert!(shown["content"].is_null(), "nothing is shown before acceptance");
    let early = house.folder().join("early");
    bert.run(&["save", &letter, "--dir", text(&early)]).failed_with("not-accepted");
    bert.run(&["accept", &letter]).failed_with("--yes");

    bert.run(&["accept", &letter, "--yes"]).succeeded();
    let shown = bert.json(&["show", &letter]);
    assert_eq!(shown["signature"]["indication"], "TOTAL-PASSED");
    assert!(shown["signature"]["proven_time"].is_string());
    assert_eq!(shown["content"]["subject"], crate::steps::SUBJECT);
    let saved = house.folder().join("saved");
    bert.run(&["save", &letter, "--dir", text(&saved), "--as", "parts"]).succeeded();
    assert_eq!(std::fs::read(saved.join("kuendigung-lindenweg.pdf")).unwrap(), octets);

    learns(&anna, &letter, "E.1");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
    let report = proves(&anna, &letter, &house, "anna.asice");
    assert_eq!(report["recipients"][0]["grade"], "handed-over", "{report:#}");
    proves(&bert, &letter, &house, "bert.asice");
    assert_eq!((house.north.stop(), house.south.stop()), (0, 0));
    assert_eq!(
        verify(&house.folder().join("anna.asice"), &house.trust()).code,
        0,
        "no provider is needed"
    );
}

#[test]
fn a_consent_letter_is_accepted_with_the_authentication_key() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "consent", &["--show-subject"]);
    let waiting = waits_for(&bert, &letter, "waiting");
    assert_eq!(waiting["subject"], crate::steps::SUBJECT);
    bert.run(&["accept", &letter, "--yes"]).succeeded();
    learns(&anna, &letter, "E.1");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
    proves(&anna, &letter, &house, "anna.asice");
}

#[test]
fn a_basic_letter_arrives_at_once_and_does_not_tell_when_it_was_fetched() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "basic", &[]);
    let opened = waits_for(&bert, &letter, "opened");
    assert_eq!(opened["subject"], crate::steps::SUBJECT);
    learns(&anna, &letter, "D.1");
    anna.syncs();
    assert_eq!(
        proven(&anna, &letter, 0),
        ["A.1", "B.1", "D.1"],
        "a handover would show when Bert was there"
    );
    let report = proves(&anna, &letter, &house, "anna.asice");
    assert_eq!(report["recipients"][0]["grade"], "made-available", "{report:#}");
    proves(&bert, &letter, &house, "bert.asice");
}

#[test]
fn a_refused_letter_stays_closed_and_the_refusal_is_evidence() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "signed", &[]);
    waits_for(&bert, &letter, "waiting");
    bert.run(&["refuse", &letter, "--yes"]).succeeded();
    bert.run(&["accept", &letter, "--yes"]).failed_with("already-refused");
    learns(&anna, &letter, "C.4");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.4"]);
    let report = proves(&anna, &letter, &house, "anna.asice");
    assert_eq!(report["recipients"][0]["grade"], "refused", "{report:#}");
}

#[test]
fn silence_past_the_deadline_is_evidenced_as_expiry_and_nothing_can_be_accepted() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "signed", &["--deadline", "15s"]);
    waits_for(&bert, &letter, "waiting");
    learns(&anna, &letter, "C.5");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.5"]);
    bert.run(&["accept", &letter, "--yes"]).failed_with("deadline");
    bert.syncs();
    bert.run(&["accept", &letter, "--yes"]).failed_with("deadline-over");
    let report = proves(&anna, &letter, &house, "anna.asice");
    assert_eq!(report["recipients"][0]["grade"], "expired", "{report:#}");
}

#[test]
fn evidence_reaches_a_sender_who_was_away() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "signed", &[]);
    waits_for(&bert, &letter, "waiting");
    // Anna is away; her provider too is down while Bert accepts.
    house.north.kill();
    bert.run(&["accept", &letter, "--yes"]).succeeded();
    house.north.start();
    learns(&anna, &letter, "E.1");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
}

#[test]
fn any_changed_octet_of_a_dossier_is_found() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "basic", &[]);
    learns(&anna, &letter, "D.1");
    let dossier = house.folder().join("anna.asice");
    anna.run(&["export", &letter, "--out", text(&dossier)]).succeeded();
    let good = std::fs::read(&dossier).unwrap();
    let tampered = house.folder().join("tampered.asice");
    for place in [0, good.len() / 5, good.len() / 2, good.len() * 4 / 5, good.len() - 1] {
        let mut octets = good.clone();
        octets[place] ^= 0x20;
        std::fs::write(&tampered, octets).unwrap();
        let ran = verify(&tampered, &house.trust());
        assert_eq!(ran.code, 1, "octet {place}: {}", ran.stdout);
    }
    let empty = house.folder().join("no-anchors");
    std::fs::create_dir(&empty).unwrap();
    std::fs::copy(house.south.root(), empty.join("south.pem")).unwrap();
    assert_eq!(verify(&dossier, &empty).code, 3, "without the sender's root nothing is certain");
}
