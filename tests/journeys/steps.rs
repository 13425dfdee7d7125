//! What people do in every journey.

use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person, until};
use serde_json::Value;
use std::path::{Path, PathBuf};

pub const SUBJECT: &str = "Kündigung der Wohnung Lindenweg 7";
pub const TEXT: &str = "Sehr geehrter Herr Brandt, anbei meine Kündigung.";

/// A document whose name and octets are easy to find where they must not be. The phrase has 40
/// octets, so that its repetitions begin at every place in a group of three, as base64 counts.
pub fn document(folder: &Path) -> (PathBuf, Vec<u8>) {
    let path = folder.join("kuendigung-lindenweg.pdf");
    let octets = b"%PDF-1.4 needle-in-the-document 7f3a912 ".repeat(200);
    std::fs::write(&path, &octets).unwrap();
    (path, octets)
}

/// Sends a letter and returns its identifier.
#[track_caller]
pub fn send(from: &Person, to: &[&str], mode: &str, more: &[&str]) -> String {
    let sent = send_all(from, to, mode, more);
    sent["letters"][0]["letter_id"].as_str().unwrap().to_owned()
}

/// Sends a letter and returns the whole answer.
#[track_caller]
pub fn send_all(from: &Person, to: &[&str], mode: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["send", "--subject", SUBJECT, "--text", TEXT, "--mode", mode];
    if mode != "basic" && !more.contains(&"--deadline") {
        arguments.extend(["--deadline", "14d"]);
    }
    arguments.extend(to);
    arguments.extend(more);
    from.json(&arguments)
}

/// Syncs until a letter is in `state`.
#[track_caller]
pub fn waits_for(person: &Person, letter: &str, state: &str) -> Value {
    until(state, || {
        person.syncs();
        let inbox = person.json(&["inbox", "--all"]);
        inbox["letters"]
            .as_array()?
            .iter()
            .find(|it| it["letter_id"] == letter && it["state"] == state)
            .cloned()
    })
}

/// The codes of the evidence that the sender holds about one recipient, proven ones only.
#[track_caller]
pub fn proven(sender: &Person, letter: &str, recipient: usize) -> Vec<String> {
    let sent = sender.json(&["sent", letter]);
    let steps = sent["recipients"][recipient]["steps"].as_array().cloned().unwrap_or_default();
    assert!(steps.iter().all(|step| step["indication"] == "TOTAL-PASSED"), "{steps:#?}");
    steps.iter().map(|step| step["code"].as_str().unwrap().to_owned()).collect()
}

/// Syncs until the sender holds evidence of an event.
#[track_caller]
pub fn learns(sender: &Person, letter: &str, code: &str) {
    until(code, || {
        sender.syncs();
        proven(sender, letter, 0).iter().any(|it| it == code).then_some(())
    });
}

/// Path as text; test folders have plain names.
/// A signed letter, accepted, until its sender knows.
pub fn accepted(from: &Person, to: &Person) -> String {
    let letter = send(from, &["--to", &to.address], "signed", &[]);
    waits_for(to, &letter, "waiting");
    to.run(&["accept", &letter, "--yes"]).succeeded();
    learns(from, &letter, "E.1");
    letter
}

/// How to send a document of which only the size matters.
pub fn document_to<'a>(to: &'a Person, document: &'a Path) -> Vec<&'a str> {
    let command = ["send", "--mode", "basic", "--subject", "x", "--text", "x", "--to"];
    [&command[..], &[&to.address, text(document)]].concat()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A third person verifies somebody's dossier of a letter with the trust anchors alone.
#[track_caller]
pub fn proves(house: &House, person: &Person, letter: &str, name: &str) {
    let dossier = house.folder().join(format!("{name}.asice"));
    person.run(&["export", letter, "--out", text(&dossier)]).succeeded();
    let mut verify = ours("sealpost");
    verify.arg("verify").arg(&dossier).arg("--trust").arg(house.trust());
    let verified = run(verify).succeeded().stdout;
    assert!(verified.contains("TOTAL-PASSED"), "{name}: {verified}");
}
