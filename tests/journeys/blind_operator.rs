//! The blind operator: every octet that both providers hold is searched while letters are on
//! their way, and again after everything is over.

use crate::steps::{SUBJECT, TEXT, document, learns, send, text, waits_for};
use sealpost_tests::{House, Provider, until};

/// None of `needles` stands in any file of the provider, plain or in base64 or hexadecimal.
#[track_caller]
fn holds_none(provider: &Provider, when: &str, needles: &[(&str, &str)]) {
    for (what, needle) in needles {
        for form in [needle.to_string(), hex(needle.as_bytes())] {
            let files = provider.files_with(form.as_bytes());
            assert!(files.is_empty(), "{} {when} holds {what} in {files:?}", provider.domain);
        }
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn neither_provider_learns_who_writes_to_whom_or_what() {
    let mut house = House::built();
    for provider in [&house.north, &house.south] {
        provider.configure("retention", "after_handover", "\"2s\"");
        provider.configure("retention", "idempotency", "\"2s\"");
    }
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let (file, _) = document(house.folder());
    let secret = [
        ("the subject", SUBJECT),
        ("the text", TEXT),
        ("the file's name", "kuendigung-lindenweg"),
        ("the document", "needle-in-the-document"),
    ];
    let of_bert = [
        ("the recipient's address", "bert@south.example"),
        ("the recipient's name", "Bert Brandt"),
    ];
    let of_anna =
        [("the sender's address", "anna@north.example"), ("the sender's name", "Anna Adler")];

    let mut letters = Vec::new();
    for mode in ["basic", "consent", "signed"] {
        letters.push(send(&anna, &["--to", &bert.address], mode, &[text(&file)]));
        for provider in [&house.north, &house.south] {
            holds_none(provider, "on the way", &secret);
        }
        holds_none(&house.north, "on the way", &of_bert);
        holds_none(&house.south, "on the way", &of_anna);
    }
    for letter in &letters[1..] {
        waits_for(&bert, letter, "waiting");
        holds_none(&house.south, "while it waits", &of_anna);
        bert.run(&["accept", letter, "--yes"]).succeeded();
        learns(&anna, letter, "E.1");
    }
    learns(&anna, &letters[0], "D.1");
    for (provider, other) in [(&house.north, &of_bert), (&house.south, &of_anna)] {
        holds_none(provider, "at the end", &secret);
        holds_none(provider, "at the end", other);
    }
    forgotten(&house, &letters, &[&anna, &bert]);
}

/// After handover and retention nothing of a letter is left: not its identifier, not its octets.
fn forgotten(house: &House, letters: &[String], people: &[&sealpost_tests::Person]) {
    let binary = |letter: &str| -> Vec<u8> {
        (0..letter.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&letter[at..at + 2], 16).unwrap())
            .collect()
    };
    for provider in [&house.north, &house.south] {
        until("retention", || {
            for person in people {
                person.syncs();
            }
            let left = letters.iter().any(|letter| {
                !provider.files_with(&binary(letter)).is_empty()
                    || !provider.files_with(letter.as_bytes()).is_empty()
            });
            (!left).then_some(())
        });
    }
}

#[test]
fn what_a_provider_says_it_knows_names_only_its_own_people() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "signed", &[]);
    waits_for(&bert, &letter, "waiting");
    let (north, south) = (house.north.knows().to_string(), house.south.knows().to_string());
    assert!(north.contains("anna@north.example") && !north.contains("bert@south.example"));
    assert!(south.contains("bert@south.example") && !south.contains("anna@north.example"));
}
