//! What a letter is encrypted by: the best that all its recipients read, and never less in silence.

use crate::steps::{document, learns, proves, send, send_all, text, waits_for};
use sealpost_tests::{House, Person};

/// The suite of a person's certificate for it, taken back by his provider.
fn revokes_hybrid(house: &House, person: &Person) {
    let identity = person.json(&["identity"]);
    let certificates = identity["certificates"].as_array().unwrap();
    let hybrid = certificates.iter().find(|it| it["purpose"] == "hybrid-encryption").unwrap();
    house.south.command(&["revoke", hybrid["serial"].as_str().unwrap()]).succeeded();
}

fn suite(person: &Person, verb: &str, letter: &str) -> String {
    person.json(&[verb, letter])["suite"].as_str().unwrap().to_owned()
}

#[test]
fn letters_between_agents_are_hybrid_and_both_sides_say_so() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    for mode in ["basic", "signed"] {
        for (more, expected) in [
            (&[][..], "hybrid-2026"),
            (&["--suite", "hybrid-2026"], "hybrid-2026"),
            (&["--suite", "smime-2019"], "smime-2019"),
            (&["--suite", "static-dh-cbc-hmac"], "static-dh-cbc-hmac"),
        ] {
            let letter = send(&anna, &["--to", &bert.address], mode, more);
            assert_eq!(suite(&anna, "sent", &letter), expected);
            if mode == "signed" {
                waits_for(&bert, &letter, "waiting");
                assert_eq!(suite(&bert, "show", &letter), expected);
                bert.run(&["accept", &letter, "--yes"]).succeeded();
            }
            waits_for(&bert, &letter, "opened");
            assert_eq!(suite(&bert, "show", &letter), expected);
            let shown = bert.run(&["show", &letter]).succeeded().stdout;
            assert!(shown.contains(expected), "{shown}");
        }
    }
}

#[test]
fn agt_042_a_provider_that_hides_the_better_certificate_is_found_out() {
    let house = House::open();
    let (anna, dora) = (house.northerner("Anna Adler"), house.northerner("Dora Deich"));
    let (bert, cleo) = (house.southerner("Bert Brandt"), house.southerner("Cleo Conrad"));
    send(&anna, &["--to", &bert.address], "basic", &[]);
    revokes_hybrid(&house, &bert);
    let sends = ["send", "--to", &bert.address, "--subject", "x", "--text", "x"];
    anna.run(&sends).failed_with("recipient-suite-missing").failed_with("--suite smime-2019");
    assert_eq!(anna.json(&["sent"])["letters"].as_array().unwrap().len(), 1, "nothing was sent");
    anna.run(&[&sends[..], &["--suite", "hybrid-2026"]].concat()).failed_with("suite-not-readable");
    let letter = send(&anna, &["--to", &bert.address], "basic", &["--suite", "smime-2019"]);
    assert_eq!(suite(&anna, "sent", &letter), "smime-2019");
    waits_for(&bert, &letter, "opened");

    // Somebody who never saw another one falls back, and is told; whoever sees each other does so
    // together, and a blind copy does not.
    let to = ["--to", &bert.address, "--bcc", &cleo.address];
    let sent = send_all(&dora, &to, "basic", &[]);
    let suites: Vec<&str> = sent["letters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["suite"].as_str().unwrap())
        .collect();
    assert_eq!(suites, ["smime-2019", "hybrid-2026"]);
}

/// Row C7: selectable, and proven to whoever was not there.
#[test]
fn a_letter_under_fixed_keys_is_accepted_saved_and_proven() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let (file, octets) = document(house.folder());
    let fixed = ["--suite", "static-dh-cbc-hmac"];
    let more = [&[text(&file)], &fixed[..]].concat();
    let to_bert = ["--to", &bert.address];
    let letters = ["basic", "signed"].map(|mode| send(&anna, &to_bert, mode, &more));
    waits_for(&bert, &letters[1], "waiting");
    bert.run(&["accept", &letters[1], "--yes"]).succeeded();
    for letter in &letters {
        waits_for(&bert, letter, "opened");
        let folder = house.folder().join(letter);
        bert.run(&["save", letter, "--dir", text(&folder)]).succeeded();
        assert_eq!(std::fs::read(folder.join(file.file_name().unwrap())).unwrap(), octets);
    }
    learns(&anna, &letters[1], "E.1");
    // The ciphertexts are shown to hold what was signed, with keys that the dossier names.
    for (person, name) in [(&anna, "anna"), (&bert, "bert")] {
        proves(&house, person, &letters[1], name);
    }
}
