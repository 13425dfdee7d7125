//! Three providers: a letter each way, and one that goes on to the third.

use crate::steps::{accepted, proven, text};
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person, Provider};
use std::fs;
use std::path::Path;

const COMPLETE: [&str; 6] = ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"];

/// east.example, in mutual trust with south.example and with nobody else.
fn east_of(house: &mut House) -> Provider {
    let east = Provider::quickstart(house.folder(), "east.example", "East Post SA");
    for (table, key, value) in [
        ("relay", "first_retry", "\"1s\""),
        ("relay", "retry_max", "\"2s\""),
        ("deadline", "min", "\"1s\""),
    ] {
        east.configure(table, key, value);
    }
    east.trusts(&house.south);
    house.south.trusts(&east);
    east
}

fn verified(dossier: &Path, trust: &Path) -> i32 {
    let mut verify = ours("sealpost");
    verify.arg("verify").arg(dossier).arg("--trust").arg(trust);
    run(verify).code
}

#[test]
fn letters_go_between_three_providers_and_each_is_proven_with_the_roots_of_all() {
    let mut house = House::built();
    let mut east = east_of(&mut house);
    house.north.start();
    house.south.start();
    east.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let emil = Person::registered(house.folder(), &east, "emil@east.example", "Emil Ernst");

    let first = accepted(&anna, &bert);
    let second = accepted(&bert, &emil);
    let back = accepted(&emil, &bert);
    for (sender, letter) in [(&anna, &first), (&bert, &second), (&emil, &back)] {
        assert_eq!(proven(sender, letter, 0), COMPLETE);
    }
    // Trust is not handed on: north and east have not exchanged their roots.
    anna.run(&["send", "--to", &emil.address, "--subject", "x", "--text", "x"])
        .failed_with("[provider-refused]")
        .failed_with("unknown-domain");

    let two = house.trust();
    let all = house.folder().join("trust-of-all");
    fs::create_dir(&all).unwrap();
    for provider in [&house.north, &house.south, &east] {
        fs::copy(provider.root(), all.join(format!("{}.pem", provider.domain))).unwrap();
    }
    for (person, letter, name, without_east) in [
        (&anna, &first, "anna-first", 0),
        (&bert, &first, "bert-first", 0),
        (&bert, &second, "bert-second", 3),
        (&emil, &second, "emil-second", 3),
        (&emil, &back, "emil-back", 3),
    ] {
        let dossier = house.folder().join(format!("{name}.asice"));
        person.run(&["export", letter, "--out", text(&dossier)]).succeeded();
        assert_eq!(verified(&dossier, &all), 0, "{name}");
        assert_eq!(verified(&dossier, &two), without_east, "{name}: what east says has no anchor");
    }
}
