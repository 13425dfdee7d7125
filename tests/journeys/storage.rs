//! Disks that are full, and letters that are too large.

use crate::steps::{document_to, learns, proven, send, text, waits_for};
use sealpost_tests::otherwise::SmallDisk;
use sealpost_tests::{House, until};
use serde_json::json;

/// A document that compresses to nothing less.
fn large_document(house: &House, octets: usize) -> std::path::PathBuf {
    let path = house.folder().join("large.bin");
    std::fs::write(&path, vec![0xa5; octets]).unwrap();
    path
}

#[test]
fn a_full_disk_at_the_senders_provider_refuses_and_loses_nothing() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    house.north.stop();
    let disk = SmallDisk::start(&mut house.north, 24);
    let first = send(&anna, &["--to", &bert.address], "basic", &[]);
    learns(&anna, &first, "D.1");
    disk.fill();
    let large = large_document(&house, 300_000);
    anna.run(&document_to(&bert, &large)).failed_with("storage-full");
    // What was signed waits here; what is read goes on; nobody holds evidence of what is not.
    let sent = anna.json(&["sent"]);
    let letters = sent["letters"].as_array().unwrap();
    assert_eq!(letters.len(), 2);
    let waiting =
        letters.iter().map(|it| it["letter_id"].as_str().unwrap()).find(|id| *id != first).unwrap();
    assert!(proven(&anna, waiting, 0).is_empty());
    // A provider that takes no letter still gives what waits there.
    let ran = anna.run(&["--json", "sync"]);
    assert_eq!((ran.code, &ran.json()["schema"]), (2, &json!("sealpost/sync/1")), "{}", ran.stderr);
    let expected = json!([{"letter_id": waiting, "state": "waiting", "code": "storage-full"}]);
    assert_eq!(ran.json()["not_handed_in"], expected);
    disk.free();
    until("space", || (anna.run(&["sync"]).code == 0).then_some(()));
    learns(&anna, waiting, "D.1");
    assert_eq!(proven(&anna, waiting, 0), ["A.1", "B.1", "D.1"], "the same letter, once");
    waits_for(&bert, waiting, "opened");
}

#[test]
fn a_full_disk_at_the_recipients_provider_delays_the_letter() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    house.south.stop();
    let disk = SmallDisk::start(&mut house.south, 24);
    disk.fill();
    let large = large_document(&house, 300_000);
    let letter = send(&anna, &["--to", &bert.address], "signed", &[text(&large)]);
    std::thread::sleep(std::time::Duration::from_secs(4));
    anna.syncs();
    assert_eq!(proven(&anna, &letter, 0), ["A.1"], "it waits at the sender's provider");
    disk.free();
    waits_for(&bert, &letter, "waiting");
    disk.fill();
    // Accepting needs room for its evidence.
    bert.run(&["accept", &letter, "--yes"]).failed_with("storage-full");
    disk.free();
    until("acceptance", || (bert.run(&["accept", &letter, "--yes"]).code == 0).then_some(()));
    learns(&anna, &letter, "E.1");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
}

#[test]
fn a_letter_larger_than_the_own_provider_takes_is_refused_for_good() {
    let mut house = House::built();
    house.north.configure("limits", "letter_octets_max", "200000");
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let large = large_document(&house, 4_000_000);
    let arguments = document_to(&bert, &large);
    // Anna can prove that, and why, it was not taken.
    let ran = anna.run(&[&["--json"], &arguments[..]].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let refused = &ran.json()["letters"][0];
    assert_eq!(refused["recipients"][0]["steps"][0]["reason"], "RA05");
    assert_eq!(proven(&anna, refused["letter_id"].as_str().unwrap(), 0), ["A.2"]);
    // It is not tried again.
    assert_eq!(anna.syncs()["handed_in"], 0);
    let letter = send(&anna, &["--to", &bert.address], "basic", &[]);
    learns(&anna, &letter, "D.1");
}

#[test]
fn a_letter_larger_than_the_recipients_provider_takes_is_turned_away_with_evidence() {
    let mut house = House::built();
    house.south.configure("limits", "letter_octets_max", "200000");
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let large = large_document(&house, 400_000);
    let letter = send(&anna, &["--to", &bert.address], "basic", &[text(&large)]);
    learns(&anna, &letter, "B.2");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.2"]);
    let sent = anna.json(&["sent", &letter]);
    assert_eq!(sent["recipients"][0]["steps"][1]["reason"], "RB06");
}
