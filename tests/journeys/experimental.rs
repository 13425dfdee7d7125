//! An experimental cipher on real letters: who has its plug-in reads, and nobody is worse off for it.

use crate::blind_operator::holds_none;
use crate::documents::is_documented;
use crate::steps::{TEXT, learns, proven, send, send_all, text, waits_for};
use sealpost_tests::needle::from_hexadecimal;
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Needle, Person};
use std::path::{Path, PathBuf};

/// A plug-in as a file, with the digest that its author names.
struct Plugin {
    file: PathBuf,
    sha256: String,
}

/// The example of docs/experimental-ciphers.md. A variant is another module under the same name.
fn plugin(folder: &Path, variant: Option<&str>) -> Plugin {
    let example = include_str!("../../crates/experiment/ciphers/example-chacha20.wat");
    let text = match variant {
        Some(variant) => example.replacen("(module", &format!("(module ${variant}"), 1),
        None => example.to_owned(),
    };
    let module = wat::parse_str(text).unwrap();
    let file = folder.join(format!("{}.wasm", variant.unwrap_or("example")));
    std::fs::write(&file, module).unwrap();
    let mut digest = std::process::Command::new("openssl");
    digest.args(["dgst", "-sha256", "-r"]).arg(&file);
    let sha256 = run(digest).succeeded().stdout.split(' ').next().unwrap().to_owned();
    Plugin { file, sha256 }
}

fn installs(person: &Person, plugin: &Plugin) {
    let asked = ["ciphers", "install", text(&plugin.file), "--sha256", &plugin.sha256];
    let installed = person.json(&asked);
    is_documented(&installed, &["ciphers"]);
    assert_eq!(installed["cipher"]["sha256"], plugin.sha256);
}

/// The letter is here and stays closed; the error names what is missing.
fn lacks(person: &Person, letter: &str, plugin: &Plugin) {
    waits_for(person, letter, "experimental");
    let refused = person.run(&["--json", "show", letter]);
    assert_eq!(refused.code, 2);
    let refused = refused.json();
    is_documented(&refused, &["Errors"]);
    assert_eq!(refused["code"], "cipher-not-installed");
    assert_eq!(refused["experiment"]["sha256"], plugin.sha256);
    assert_eq!(refused["experiment"]["name"], NAME);
    person.run(&["show", letter]).failed_with("cipher-not-installed").failed_with(&plugin.sha256);
}

fn reads(person: &Person, letter: &str, plugin: &Plugin) {
    let shown = person.json(&["show", letter]);
    is_documented(&shown, &["show", "Things that recur"]);
    assert_eq!(shown["content"]["text"].as_str().unwrap().trim_end(), TEXT);
    assert_eq!(shown["experiment"]["sha256"], plugin.sha256);
    let said = person.run(&["show", letter]).succeeded().stdout;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(NAME) && said.contains("does not rest on it"), "{said}");
}

fn dossier_holds(house: &House, person: &Person, letter: &str) {
    let dossier = house.folder().join(format!("{}-{letter}.asice", person.address));
    person.run(&["export", letter, "--out", text(&dossier)]).succeeded();
    let mut verify = ours("sealpost");
    verify.arg("verify").arg(&dossier).arg("--trust").arg(house.trust());
    let said = run(verify).succeeded().stdout;
    assert!(!said.contains(NAME), "nothing of the experiment is needed: {said}");
}

#[test]
fn a_basic_letter_waits_for_the_plug_in_that_it_names_and_for_no_other() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    let (bert, cleo) = (house.southerner("Bert Brandt"), house.southerner("Cleo Conrad"));
    let (example, other) = (plugin(house.folder(), None), plugin(house.folder(), Some("other")));
    assert_eq!(example.sha256, PAGE_SHA256, "as the page says");

    let wrong = ["ciphers", "install", text(&example.file), "--sha256", &other.sha256];
    anna.run(&wrong).failed_with("cipher-other-digest");
    let none = anna.json(&["ciphers", "list"]);
    assert_eq!(none["ciphers"].as_array().unwrap().len(), 0);
    let sends = ["send", "--mode", "basic", "--subject", "x", "--text", "x", "--to", &bert.address];
    anna.run(&[&sends[..], &["--experimental", NAME]].concat()).failed_with("cipher-unknown");
    installs(&anna, &example);
    let listed = anna.json(&["ciphers"]);
    is_documented(&listed, &["ciphers"]);
    assert_eq!(listed["ciphers"][0]["name"], NAME);

    let to = ["--to", &bert.address, "--to", &cleo.address];
    let sent = send_all(&anna, &to, "basic", &["--experimental", NAME]);
    is_documented(&sent, &["send", "Things that recur"]);
    assert_eq!(sent["experiment"]["sha256"], example.sha256);
    let letter = sent["letters"][0]["letter_id"].as_str().unwrap();
    installs(&cleo, &other);
    lacks(&bert, letter, &example);
    lacks(&cleo, letter, &example);
    // The letter lies at its provider as every other.
    let needles = [
        Needle::text("the plug-in's name", NAME),
        Needle::octets("the plug-in's digest", &from_hexadecimal(&example.sha256)),
        Needle::text("the text", TEXT),
    ];
    for provider in [&house.north, &house.south] {
        holds_none(provider, "while the letter is closed", &needles);
    }
    // Other letters come as ever.
    let plain = send(&anna, &["--to", &bert.address], "basic", &[]);
    waits_for(&bert, &plain, "opened");
    assert!(bert.json(&["show", &plain]).get("experiment").is_none());

    installs(&bert, &example);
    reads(&bert, letter, &example);
    let folder = house.folder().join("saved");
    bert.run(&["save", letter, "--dir", text(&folder)]).succeeded();
    dossier_holds(&house, &bert, letter);
    dossier_holds(&house, &anna, letter);
    lacks(&cleo, letter, &example);
    // What was opened stays readable.
    is_documented(&bert.json(&["ciphers", "remove", &example.sha256]), &["ciphers"]);
    reads(&bert, letter, &example);
    let said = anna.run(&[&sends[..], &["--experimental", &example.sha256]].concat());
    let said = said.succeeded().stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("The recipients need this plug-in"), "{said}");
}

#[test]
fn an_accepted_letter_is_handed_over_when_the_plug_in_has_opened_it() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let example = plugin(house.folder(), None);
    installs(&anna, &example);
    let sends = || send(&anna, &["--to", &bert.address], "signed", &["--experimental", NAME]);
    let (one, other) = (sends(), sends());
    for letter in [&one, &other] {
        // The notice is as ever: whoever decides knows what about.
        waits_for(&bert, letter, "waiting");
        let notice = bert.json(&["show", letter]);
        assert!(
            notice["sender"]["address"] == anna.address.as_str() && notice["content"].is_null()
        );
        bert.run(&["accept", letter, "--yes"]).failed_with("cipher-not-installed");
        lacks(&bert, letter, &example);
        bert.run(&["refuse", letter, "--yes"]).failed_with("already-accepted");
        // The acceptance stands, and nobody says that the content arrived.
        learns(&anna, letter, "D.1");
        bert.syncs();
        anna.syncs();
        let events = proven(&anna, letter, 0);
        assert!(events.contains(&"C.3".to_owned()) && !events.contains(&"E.1".to_owned()));
    }
    installs(&bert, &example);
    // The same command goes on where it stopped; or it is shown, and the next synchronisation says so.
    let accepted = bert.json(&["accept", &one, "--yes"]);
    assert_eq!(accepted["state"], "opened");
    reads(&bert, &other, &example);
    bert.syncs();
    for letter in [&one, &other] {
        learns(&anna, letter, "E.1");
        reads(&bert, letter, &example);
        dossier_holds(&house, &anna, letter);
        dossier_holds(&house, &bert, letter);
    }
}

const NAME: &str = "example-chacha20";
/// As docs/experimental-ciphers.md has it.
const PAGE_SHA256: &str = "f4611218fdd0762ef0f93b1ef7b63a9d0bb4bdf3a1c12a49674408facf9b6847";
