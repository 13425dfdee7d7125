//! Nobody to say what time it is, and clocks that go wrong.

use crate::steps::{accepted, learns, proven, send, text};
use sealpost_tests::authority::Authority;
use sealpost_tests::otherwise::clock;
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person, Provider, Ran, until};

const BASIC: [&str; 7] =
    ["--subject", "x", "--text", "x", "--mode", "basic", "--without-time-stamp"];

/// A house where both providers ask the same foreign authority for the time.
fn house_with(authority: impl FnOnce(&std::path::Path) -> Authority) -> (House, Authority) {
    let house = House::built();
    let authority = authority(house.folder());
    for provider in [&house.north, &house.south] {
        takes_time_from(provider, &authority);
    }
    (house, authority)
}

fn takes_time_from(provider: &Provider, authority: &Authority) {
    provider.configure("time_stamp", "authority", &format!("\"{}\"", authority.url()));
    let root = format!("\"{}\"", text(&authority.certificate()));
    provider.configure("time_stamp", "root", &root);
}

/// Runs a verb on a machine whose clock is off.
fn at_another_time(person: &Person, offset: &str, arguments: &[&str]) -> Ran {
    let mut command = person.command(arguments);
    command.envs(clock(offset));
    run(command)
}

/// This moment, as documents write it.
fn now() -> String {
    let date = std::process::Command::new("date").args(["-u", "+%FT%TZ"]).output().unwrap();
    String::from_utf8(date.stdout).unwrap().trim().to_owned()
}

#[test]
fn without_an_authority_for_time_nothing_happens_and_nothing_is_dated_back() {
    let (mut house, authority) = house_with(Authority::new);
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let to_bert = ["send", "--to", &bert.address];
    // A letter that needs a time-stamp of its own is not even stored.
    let needs_time = [&to_bert[..], &["--subject", "x", "--text", "x"]].concat();
    anna.run(&needs_time).failed_with("time-stamp-unavailable");
    assert_eq!(anna.json(&["sent"])["letters"].as_array().unwrap().len(), 0);
    // One that needs none is signed and waits, since no evidence can be given for it.
    anna.run(&[&to_bert[..], &BASIC].concat()).failed_with("time-stamp-unavailable");
    let sent = anna.json(&["sent"]);
    let letter = sent["letters"][0]["letter_id"].as_str().unwrap().to_owned();
    assert!(proven(&anna, &letter, 0).is_empty(), "nothing was committed");
    anna.run(&["sync"]).failed_with("time-stamp-unavailable");
    let down_until = now();

    authority.open();
    until("the authority", || (anna.run(&["sync"]).code == 0).then_some(()));
    learns(&anna, &letter, "D.1");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "D.1"]);
    let sent = anna.json(&["sent", &letter]);
    for step in sent["recipients"][0]["steps"].as_array().unwrap() {
        let proven_time = step["proven_time"].as_str().unwrap();
        assert!(proven_time >= down_until.as_str(), "{proven_time} is before {down_until}");
    }
    // The whole way in signed mode, on foreign time.
    accepted(&anna, &bert);
}

#[test]
fn two_providers_that_take_their_time_from_two_authorities_exchange_letters() {
    let mut house = House::built();
    let one = Authority::named(house.folder(), "one");
    let other = Authority::named(house.folder(), "other");
    takes_time_from(&house.north, &one);
    takes_time_from(&house.south, &other);
    one.open();
    other.open();
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    for (sender, recipient) in [(&anna, &bert), (&bert, &anna)] {
        let letter = accepted(sender, recipient);
        assert_eq!(proven(sender, &letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
    }
}

#[test]
fn an_authority_under_a_root_is_believed_by_its_revocation_list_and_not_once_that_names_it() {
    let mut house = House::built();
    let authority = Authority::under_a_root(house.folder());
    authority.open();
    let quoted = |text: &str| format!("\"{text}\"");
    for provider in [&house.north, &house.south] {
        provider.configure("time_stamp", "authority", &quoted(&authority.url()));
        provider.configure("time_stamp", "root", &quoted(text(&authority.root())));
        let nowhere = quoted(&format!("{}nothing", authority.url()));
        provider.configure("time_stamp", "revocation_list", &nowhere);
        assert_eq!(provider.command(&["check-config"]).code, 1);
        provider.configure("time_stamp", "revocation_list", &quoted(&authority.list_url()));
        provider.command(&["check-config"]).succeeded();
    }
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = accepted(&anna, &bert);

    // Whoever has the roots needs nothing else, and no net.
    let dossier = house.folder().join("proof.sealpost");
    anna.run(&["export", &letter, "--out", text(&dossier)]).succeeded();
    let trust = house.trust();
    std::fs::copy(authority.root(), trust.join("time.pem")).unwrap();
    let mut verify = ours("sealpost");
    verify.arg("verify").arg(&dossier).arg("--trust").arg(&trust);
    run(verify).succeeded();

    authority.revoke();
    house.north.stop();
    house.north.start();
    let refused = anna.run(&[&["send", "--to", &bert.address], &BASIC[..]].concat());
    refused.failed_with("time-stamp-unavailable");
    let log = house.north.log();
    let line = log.lines().find(|line| line.contains("time-stamp-not-verified")).unwrap();
    assert!(line.contains("REVOKED"), "{line}");
}

#[test]
fn a_provider_whose_clock_is_off_gives_no_evidence() {
    for offset in ["+120s", "-120s"] {
        let (mut house, authority) = house_with(Authority::new);
        authority.open();
        let wrong = clock(offset);
        let wrong: Vec<(&str, &str)> =
            wrong.iter().map(|(name, value)| (&**name, &**value)).collect();
        house.north.start_with(&wrong);
        house.south.start();
        let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
        let refused = anna.run(&[&["send", "--to", &bert.address], &BASIC[..]].concat());
        refused.failed_with("time-stamp-unavailable");
        assert!(house.north.log().contains("clock-apart-from-time-stamp"), "{offset}");
        let sent = anna.json(&["sent"]);
        let letter = sent["letters"][0]["letter_id"].as_str().unwrap().to_owned();
        assert!(proven(&anna, &letter, 0).is_empty(), "{offset}: nothing is dated back or ahead");
        // The clock is put right.
        house.north.stop();
        house.north.start();
        until("the right time", || (anna.run(&["sync"]).code == 0).then_some(()));
        learns(&anna, &letter, "D.1");
    }
}

/// Nine days later: longer than a revocation list is valid, so that whatever proves the letter has
/// to rest on the lists of its own time.
#[test]
fn evidence_reaches_a_sender_who_was_away_for_longer_than_a_revocation_list_is_valid() {
    const LATER: &str = "+9d";
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "signed", &[]);
    crate::steps::waits_for(&bert, &letter, "waiting");
    // The sender and her provider are away while Bert accepts.
    house.north.stop();
    bert.run(&["accept", &letter, "--yes"]).succeeded();
    let in_time = now();
    house.south.stop();

    let later = clock(LATER);
    let later: Vec<(&str, &str)> = later.iter().map(|(name, value)| (&**name, &**value)).collect();
    house.south.start_with(&later);
    house.north.start_with(&later);
    let sent = until("E.1", || {
        at_another_time(&anna, LATER, &["sync"]).succeeded();
        let sent = at_another_time(&anna, LATER, &["--json", "sent", &letter]).succeeded().json();
        let steps = sent["recipients"][0]["steps"].as_array()?;
        steps.iter().any(|step| step["code"] == "E.1").then(|| sent.clone())
    });
    let steps = sent["recipients"][0]["steps"].as_array().unwrap();
    let codes: Vec<_> = steps.iter().map(|step| step["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
    for step in steps {
        assert_eq!(step["indication"], "TOTAL-PASSED", "{step}");
        assert!(step["proven_time"].as_str().unwrap() <= in_time.as_str(), "{step}");
    }
    let dossier = house.folder().join("anna.asice");
    at_another_time(&anna, LATER, &["export", &letter, "--out", text(&dossier)]).succeeded();
    let mut verify = ours("sealpost");
    verify.arg("verify").arg(&dossier).arg("--trust").arg(house.trust()).envs(later);
    run(verify).succeeded();
}

#[test]
fn a_person_whose_clock_is_far_off_is_told_to_put_it_right() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    for offset in ["-2d", "+500d"] {
        at_another_time(&anna, offset, &["sync"]).failed_with("provider-certificate-not-valid-now");
    }
    // Two minutes do not matter.
    for offset in ["-120s", "+120s"] {
        at_another_time(&anna, offset, &["sync"]).succeeded();
    }
}
