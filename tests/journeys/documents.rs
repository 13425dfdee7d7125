//! The JSON that programs read is the JSON that the page describes: each field that a real answer
//! holds stands in the section of its verb.

use crate::steps::{document, learns, send_all, text, waits_for};
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person};
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../docs/json.md");

/// What every document may use, whatever the verb.
const SHARED: &str = "Things that recur";

/// The words in backticks of the sections whose heading names one of `headings`.
fn documented(headings: &[&str]) -> BTreeSet<&'static str> {
    let mut words = BTreeSet::new();
    for section in PAGE.split("\n## ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap();
        if headings.iter().any(|it| heading == *it || heading.contains(&format!("`{it}`"))) {
            words.extend(body.split('`').skip(1).step_by(2));
        }
    }
    words
}

/// The names of all fields, at any depth.
fn fields(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            found.extend(entries.keys().cloned());
            entries.values().for_each(|entry| fields(entry, found));
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, found)),
        _ => {}
    }
}

#[track_caller]
pub fn is_documented(document: &Value, headings: &[&str]) {
    let words = documented(headings);
    let schema = document["schema"].as_str().unwrap();
    assert!(words.contains(schema) || PAGE.contains(&format!("`{schema}`")), "{schema}");
    let mut found = BTreeSet::new();
    fields(document, &mut found);
    found.remove("schema");
    let missing: Vec<_> = found.iter().filter(|name| !words.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "{schema}: not on the page: {missing:?}");
}

#[test]
fn every_field_of_every_document_stands_on_the_page() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    let bert = Person::new(house.folder(), "bert@south.example");
    let invitation = house.south.invites(&bert.address, "Bert Brandt");
    let registered = bert.json(&["register", &bert.address, "--invitation", &invitation]);
    is_documented(&registered, &["register", SHARED]);
    is_documented(&bert.json(&["identity", "show"]), &["register", SHARED]);
    is_documented(&bert.json(&["identity", "certificates"]), &["identity certificates"]);

    let (file, _) = document(house.folder());
    let to = ["--to", &bert.address, "--cc", &anna.address];
    let more = ["--reference", "7/2026", "--show-subject", "--show-recipients", text(&file)];
    let sent = send_all(&anna, &to, "signed", &more);
    is_documented(&sent, &["send", SHARED]);
    let letter = sent["letters"][0]["letter_id"].as_str().unwrap();
    waits_for(&bert, letter, "waiting");
    is_documented(&bert.syncs(), &["sync", "inbox", SHARED]);
    is_documented(&bert.json(&["inbox"]), &["inbox", SHARED]);
    is_documented(&bert.json(&["show", letter]), &["show", SHARED]);
    is_documented(&bert.json(&["accept", letter, "--yes"]), &["accept", SHARED]);
    is_documented(&bert.json(&["show", letter]), &["show", SHARED]);
    let saved = house.folder().join("saved");
    is_documented(&bert.json(&["save", letter, "--dir", text(&saved)]), &["save"]);

    learns(&anna, letter, "E.1");
    is_documented(&anna.json(&["sent"]), &["sent", "send", SHARED]);
    is_documented(&anna.json(&["sent", letter]), &["sent", "send", SHARED]);
    let evidence = house.folder().join("evidence");
    let written = anna.json(&["evidence", letter, "--out", text(&evidence)]);
    is_documented(&written, &["evidence", SHARED]);
    let dossier = house.folder().join("anna.asice");
    is_documented(&anna.json(&["export", letter, "--out", text(&dossier)]), &["export"]);
    // As it is, and with an octet changed: then there are reasons to be told.
    let mut octets = std::fs::read(&dossier).unwrap();
    let middle = octets.len() / 2;
    for expected in [0, 1] {
        let mut verify = ours("sealpost");
        verify.args(["--json", "verify"]).arg(&dossier).arg("--trust").arg(house.trust());
        let ran = run(verify);
        assert_eq!(ran.code, expected);
        is_documented(&ran.json(), &["verify"]);
        octets[middle] ^= 1;
        std::fs::write(&dossier, &octets).unwrap();
    }
    is_documented(&anna.json(&["suites"]), &["suites"]);
    is_documented(&anna.json(&["suites", "test"]), &["suites"]);
    is_documented(&anna.json(&["suites", "explain", "smime-2019"]), &["suites"]);
    let nothing = anna.run(&["--json", "show", "ffff"]);
    is_documented(&nothing.json(), &["Errors"]);
}
