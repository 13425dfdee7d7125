//! SIGKILL at every commit step of every transition: no evidence without state, no state without
//! evidence, no letter lost or doubled.

use crate::steps::{learns, proven};
use sealpost_tests::{House, Person, until};

const COMPLETE: [&str; 6] = ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"];

/// Runs a whole signed letter while one provider is told to die at `point`; whoever dies is
/// started again, and people simply repeat what failed.
fn survives(house: &mut House, people: (&Person, &Person), at_north: bool, point: &str) {
    let (anna, bert) = people;
    let fault = [("SEALPOST_ABORT_AT", point)];
    let provider = if at_north { &mut house.north } else { &mut house.south };
    provider.stop();
    provider.start_with(&fault);
    let before = letters(anna);
    // The submission may be cut off; then the next sync hands the same octets in again.
    let send = [
        "send",
        "--to",
        &bert.address,
        "--subject",
        point,
        "--text",
        "x",
        "--mode",
        "signed",
        "--deadline",
        "1d",
    ];
    anna.run(&send);
    let mut died = false;
    let letter = until("the letter", || {
        died |= revive(house) == whom(at_north);
        anna.run(&["sync"]);
        letters(anna).into_iter().find(|letter| !before.contains(letter))
    });
    until("acceptance", || {
        died |= revive(house) == whom(at_north);
        bert.run(&["sync"]);
        anna.run(&["sync"]);
        (bert.run(&["accept", &letter, "--yes"]).code == 0).then_some(())
    });
    until("all evidence", || {
        died |= revive(house) == whom(at_north);
        anna.run(&["sync"]);
        (proven(anna, &letter, 0).len() >= COMPLETE.len()).then_some(())
    });
    assert_eq!(proven(anna, &letter, 0), COMPLETE, "{point}: exactly one evidence of each event");
    died |= revive(house) == whom(at_north);
    assert!(died, "{point}: nobody died there; the point is never reached");
}

fn whom(at_north: bool) -> Option<&'static str> {
    Some(if at_north { "north.example" } else { "south.example" })
}

fn letters(anna: &Person) -> Vec<String> {
    let sent = anna.json(&["sent"]);
    sent["letters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["letter_id"].as_str().unwrap().to_owned())
        .collect()
}

/// Starts whoever has died, and says who it was: only one is told to die.
fn revive(house: &mut House) -> Option<&'static str> {
    let mut died = None;
    for (provider, name) in [(&mut house.north, whom(true)), (&mut house.south, whom(false))] {
        if !provider.runs() {
            provider.wait_for_death();
            provider.start();
            died = name;
        }
    }
    died
}

/// Dies at each step of one transition in turn.
fn at_every_step(at_north: bool, transition: &str, steps: &[&str]) {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    for step in steps {
        survives(&mut house, (&anna, &bert), at_north, &format!("{transition}.{step}"));
    }
    // Nobody holds a letter twice, and each is open.
    let inbox = bert.json(&["inbox", "--all"]);
    let received = inbox["letters"].as_array().unwrap();
    assert_eq!(received.len(), steps.len());
    assert!(received.iter().all(|letter| letter["state"] == "opened"));
}

#[test]
fn the_senders_provider_is_killed_while_it_takes_a_submission() {
    at_every_step(true, "submission", &["after-blob", "after-sign", "in-transaction", "committed"]);
}

#[test]
fn the_senders_provider_is_killed_while_it_relays() {
    at_every_step(true, "relay-out", &["after-sign", "in-transaction", "committed"]);
}

#[test]
fn the_recipients_provider_is_killed_while_it_takes_over() {
    at_every_step(false, "relay-in", &["after-blob", "after-sign", "in-transaction", "committed"]);
}

#[test]
fn the_recipients_provider_is_killed_while_it_sends_evidence() {
    at_every_step(false, "receipt-out", &["after-sign", "in-transaction", "committed"]);
}

#[test]
fn the_senders_provider_is_killed_while_it_receives_evidence() {
    at_every_step(true, "receipt-in", &["after-sign", "in-transaction", "committed"]);
}

#[test]
fn the_recipients_provider_is_killed_during_acceptance() {
    at_every_step(false, "acceptance", &["after-sign", "in-transaction", "committed"]);
}

#[test]
fn the_recipients_provider_is_killed_during_handover() {
    at_every_step(false, "handover", &["after-sign", "in-transaction", "committed"]);
}

#[test]
fn the_recipients_provider_is_killed_during_refusal_and_expiry() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    for (transition, end) in [("refusal", "C.4"), ("expiry", "C.5")] {
        for step in ["after-sign", "in-transaction", "committed"] {
            let point = format!("{transition}.{step}");
            house.south.stop();
            house.south.start_with(&[("SEALPOST_ABORT_AT", &point)]);
            let deadline = if transition == "expiry" { "15s" } else { "1d" };
            let letter = crate::steps::send(
                &anna,
                &["--to", &bert.address],
                "signed",
                &["--deadline", deadline],
            );
            let mut died = false;
            if transition == "refusal" {
                until("refusal", || {
                    died |= revive(&mut house) == whom(false);
                    bert.run(&["sync"]);
                    (bert.run(&["refuse", &letter, "--yes"]).code == 0).then_some(())
                });
            }
            until(end, || {
                died |= revive(&mut house) == whom(false);
                anna.run(&["sync"]);
                proven(&anna, &letter, 0).iter().any(|code| code == end).then_some(())
            });
            assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", end], "{point}");
            died |= revive(&mut house) == whom(false);
            assert!(died, "{point}: nobody died there; the point is never reached");
        }
    }
    let letter = crate::steps::send(&anna, &["--to", &bert.address], "basic", &[]);
    learns(&anna, &letter, "D.1");
}
