//! What goes wrong, and what people are told.

use crate::steps::{learns, proven, send, text, waits_for};
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person, until};
use serde_json::json;
use std::process::Stdio;

#[test]
fn a_peer_that_is_down_is_named_before_anything_is_sent() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    // Anna has met the other provider; then it goes away.
    let first = send(&anna, &["--to", &bert.address], "basic", &[]);
    learns(&anna, &first, "D.1");
    // The sender's provider still has the discovery document; the directory cannot be asked.
    house.south.kill();
    anna.run(&["send", "--to", &bert.address, "--subject", "x", "--text", "x", "--mode", "basic"])
        .failed_with("provider-refused");
}

#[test]
fn a_letter_whose_peer_dies_after_the_directory_answered_waits_and_is_relayed_later() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    house.south.stop();
    // The peer answers look-ups and dies when the letter itself arrives.
    house.south.start_with(&[("SEALPOST_ABORT_AT", "relay-in.after-blob")]);
    let letter = send(&anna, &["--to", &bert.address], "basic", &[]);
    house.south.wait_for_death();
    std::thread::sleep(std::time::Duration::from_secs(3));
    anna.syncs();
    assert_eq!(proven(&anna, &letter, 0), ["A.1"], "the letter waits at its provider");
    house.south.start();
    learns(&anna, &letter, "D.1");
    waits_for(&bert, &letter, "opened");
}

#[test]
fn a_letter_whose_peer_never_comes_back_is_given_up_with_evidence() {
    let mut house = House::built();
    house.north.configure("relay", "give_up_after", "\"5s\"");
    house.north.start();
    house.south.start_with(&[("SEALPOST_ABORT_AT", "relay-in.after-blob")]);
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "basic", &[]);
    house.south.wait_for_death();
    learns(&anna, &letter, "B.3");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.3"]);
    let sent = anna.json(&["sent", &letter]);
    assert_eq!(sent["recipients"][0]["steps"][1]["reason"], "RB09");
}

#[test]
fn nobody_of_that_name_is_an_error_before_anything_is_sent() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    anna.run(&["send", "--to", "nobody@south.example", "--subject", "x", "--text", "x"])
        .failed_with("recipient-unknown");
    anna.run(&["send", "--to", "bert@west.example", "--subject", "x", "--text", "x"])
        .failed_with("provider-refused");
    let sent = anna.json(&["sent"]);
    assert_eq!(sent["letters"].as_array().unwrap().len(), 0);
}

#[test]
fn a_wrong_pin_counts_down_and_a_profile_without_account_says_so() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    let wrong = house.folder().join("wrong.pin");
    std::fs::write(&wrong, "000 111 y").unwrap();
    let mut command = ours("sealpost");
    command.arg("--home").arg(&anna.home).arg("--pin-file").arg(&wrong).arg("inbox");
    run(command).failed_with("[pin-wrong]").failed_with("After 9 more wrong PINs");
    anna.run(&["inbox"]).succeeded();
    let nobody = Person::new(house.folder(), "nobody@north.example");
    nobody.run(&["inbox"]).failed_with("[keystore-missing]");
}

#[test]
fn an_invitation_counts_once_and_for_its_address_only() {
    let house = House::open();
    let invitation = house.north.invites("anna@north.example", "Anna Adler");
    let carl = Person::new(house.folder(), "carl@north.example");
    carl.run(&["register", "carl@north.example", "--invitation", &invitation])
        .failed_with("invitation-for-another-address");
    let anna = Person::new(house.folder(), "anna@north.example");
    anna.run(&["register", "anna@north.example", "--invitation", &invitation]).succeeded();
    let second = Person::new(house.folder(), "second");
    second
        .run(&["register", "anna@north.example", "--invitation", &invitation])
        .failed_with("invitation-used");
}

#[test]
fn a_revoked_person_can_neither_send_nor_be_written_to() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    house.south.command(&["revoke", &bert.address]).succeeded();
    anna.run(&["send", "--to", &bert.address, "--subject", "x", "--text", "x"])
        .failed_with("[recipient-unknown]");
    bert.run(&["sync"])
        .failed_with("[provider-refused]")
        .failed_with("certificate-refused, REVOKED");
    bert.run(&["send", "--to", &anna.address, "--subject", "x", "--text", "x"])
        .failed_with("certificate-refused, REVOKED");
    assert_eq!(bert.json(&["sent"])["letters"].as_array().unwrap().len(), 0);
}

#[test]
fn a_certified_identity_registers_at_another_provider() {
    let house = House::built();
    house.south.configure("registration", "identity_issuers", "[\"north.example\"]");
    let mut house = house;
    house.north.start();
    house.south.start();
    let anna = house.northerner("Anna Adler");
    let abroad = Person::new(house.folder(), "anna@south.example");
    let endpoint = house.south.endpoint();
    let root = house.south.root();
    abroad
        .run(&[
            "register",
            "anna@south.example",
            "--provider",
            &endpoint,
            "--root",
            text(&root),
            "--identity-from",
            text(&anna.home),
            "--identity-pin-file",
            text(&anna.pin_file),
        ])
        .succeeded();
    let identity = abroad.json(&["identity"]);
    assert_eq!(identity["name"], "Anna Adler");
    let letter = send(&anna, &["--to", "anna@south.example"], "signed", &[]);
    waits_for(&abroad, &letter, "waiting");
}

#[test]
fn a_repeated_submission_gives_the_same_evidence() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    house.north.stop();
    // The provider commits and dies before the answer leaves it.
    house.north.start_with(&[("SEALPOST_ABORT_AT", "submission.committed")]);
    let ran = anna.run(&["--json", "send", "--to", &bert.address, "--subject", "x", "--text", "x"]);
    assert_eq!((ran.code, &ran.json()["error"]["code"]), (2, &json!("provider-unreachable")));
    let waiting = json!({"state": "waiting", "code": "provider-unreachable"});
    assert_eq!(ran.json()["letters"][0]["handing_in"], waiting);
    assert_eq!(anna.json(&["sent"])["letters"][0]["handing_in"], waiting);
    house.north.wait_for_death();
    house.north.start();
    let letter = until("the letter", || {
        anna.run(&["sync"]);
        let sent = anna.json(&["sent"]);
        let letter = sent["letters"][0]["letter_id"].as_str()?.to_owned();
        (!proven(&anna, &letter, 0).is_empty()).then_some(letter)
    });
    learns(&anna, &letter, "C.1");
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1"], "one evidence of each event");
    assert_eq!(anna.json(&["sent"])["letters"][0]["handing_in"], json!({"state": "handed-in"}));
}

#[test]
fn a_letter_that_became_too_large_while_it_waited_is_rejected_by_evidence() {
    let mut house = House::open();
    let (anna, dora) = (house.northerner("Anna Adler"), house.northerner("Dora Deich"));
    house.north.stop();
    house.north.start_with(&[("SEALPOST_ABORT_AT", "submission.after-blob")]);
    let file = house.folder().join("large.bin");
    std::fs::write(&file, vec![0xa5; 300_000]).unwrap();
    let letter = ["send", "--to", &dora.address, "--subject", "x", "--text", "x", text(&file)];
    anna.run(&letter).failed_with("provider-unreachable");
    house.north.wait_for_death();
    // When the provider comes back, it takes no letter of this size any more.
    house.north.configure("limits", "letter_octets_max", "200000");
    house.north.start();
    let to_anna = send(&dora, &["--to", &anna.address], "signed", &[]);
    learns(&dora, &to_anna, "C.1");
    let told = anna.syncs();
    assert_eq!(told["handed_in"], 1);
    assert_eq!(told["not_handed_in"], json!([]));
    assert_eq!(told["waiting"].as_array().unwrap().len(), 1, "Dora's letter was fetched");
    let sent = anna.json(&["sent"])["letters"][0]["letter_id"].as_str().unwrap().to_owned();
    assert_eq!(proven(&anna, &sent, 0), ["A.2"]);
    assert_eq!(anna.syncs()["handed_in"], 0, "it is not tried again");
}

#[test]
fn a_command_waits_for_another_that_uses_the_profile_but_not_for_ever() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    let busy_for = |seconds: &str| {
        let mut command = anna.command(&["sync", "--wait", seconds]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    until("a command that waits", || {
        let mut other = busy_for("4");
        let ran = anna.run(&["inbox"]).succeeded();
        other.wait().unwrap();
        ran.stderr.contains("Waiting for another sealpost command").then_some(())
    });
    let mut other = busy_for("600");
    until("a command that gives up", || {
        let ran = anna.run(&["inbox"]);
        (ran.code == 2 && ran.stderr.contains("profile-in-use")).then_some(())
    });
    other.kill().unwrap();
    other.wait().unwrap();
    anna.run(&["inbox"]).succeeded();
}
