//! Somebody moves to new keys: old letters stay what they are, new ones go to the new keys, and
//! whatever interrupts it, the next try finishes it.

use crate::steps::{accepted, learns, proves, send, text, waits_for};
use sealpost_tests::otherwise::clock;
use sealpost_tests::program::{foreign, run};
use sealpost_tests::{House, Person, Provider};
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// The certificates in use, by serial number.
fn serials(identity: &Value) -> Vec<String> {
    let certificates = identity["certificates"].as_array().unwrap();
    certificates.iter().map(|it| it["serial"].as_str().unwrap().to_owned()).collect()
}

/// The letter is shown as opened, and its dossier proves it to a stranger.
#[track_caller]
fn shows(person: &Person, letter: &str) {
    assert_eq!(person.json(&["show", letter])["state"], "opened");
}

/// One certificate of those that `identity certificates` prints.
fn certificate(person: &Person, to: &Path, place: usize) {
    let all = person.run(&["identity", "certificates"]).succeeded().stdout;
    let end = "-----END CERTIFICATE-----\n";
    std::fs::write(to, format!("{}{end}", all.split(end).nth(place).unwrap())).unwrap();
}

#[test]
fn old_letters_stay_what_they_are_with_the_former_keys_and_without() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let to_bert = ["--to", &bert.address];
    let accepted_before = accepted(&anna, &bert);
    let basic = send(&anna, &to_bert, "basic", &[]);
    waits_for(&bert, &basic, "opened");
    let undecided = send(&anna, &to_bert, "signed", &[]);
    waits_for(&bert, &undecided, "waiting");
    let by_bert = accepted(&bert, &anna);
    // Encrypted for the key of now, and at Bert's provider: he does not know of it yet.
    let under_way = send(&anna, &to_bert, "signed", &[]);
    let lesser = send(&anna, &to_bert, "basic", &["--suite", "smime-2019"]);
    learns(&anna, &lesser, "D.1");
    learns(&anna, &under_way, "C.1");
    let before = bert.json(&["identity"]);
    assert_eq!(
        (&before["rotation"]["due"], &before["rotation"]["former_keys"]),
        (&false.into(), &0.into())
    );

    let rotated = bert.json(&["rotate"]);
    assert_eq!(rotated["schema"], "sealpost/rotate/1");
    assert_eq!(
        (&rotated["resumed"], &rotated["rotation"]["under_way"]),
        (&false.into(), &false.into())
    );
    assert_eq!(rotated["rotation"]["former_keys"], 1);
    assert!(rotated["records"].as_u64().unwrap() > 10, "{}", rotated["records"]);
    assert_eq!((&rotated["name"], &rotated["assurance"]), (&before["name"], &before["assurance"]));
    let (old, new) = (serials(&before), serials(&rotated));
    assert!(new.len() == 6 && new.iter().all(|serial| !old.contains(serial)));

    // What was here, what waited for a decision, and what was under way to the former keys.
    for letter in [&accepted_before, &basic] {
        shows(&bert, letter);
    }
    bert.run(&["accept", &undecided, "--yes"]).succeeded();
    waits_for(&bert, &under_way, "waiting");
    bert.run(&["accept", &under_way, "--yes"]).succeeded();
    waits_for(&bert, &lesser, "opened");
    for (letter, name) in [
        (&accepted_before, "accepted before"),
        (&undecided, "accepted after"),
        (&under_way, "under way"),
    ] {
        proves(&house, &bert, letter, &format!("bert {name}"));
        learns(&anna, letter, "E.1");
        proves(&house, &anna, letter, &format!("anna {name}"));
    }
    proves(&house, &bert, &basic, "bert basic");
    proves(&house, &bert, &by_bert, "bert by bert");
    proves(&house, &anna, &by_bert, "anna by bert");

    // Without the former keys everything that is here stays.
    let forgotten = bert.json(&["rotate", "--forget-former"]);
    assert_eq!(
        (&forgotten["forgotten"], &forgotten["rotation"]["former_keys"]),
        (&1.into(), &0.into())
    );
    for letter in [&accepted_before, &basic, &undecided, &under_way, &lesser] {
        shows(&bert, letter);
    }
    proves(&house, &bert, &under_way, "bert after forgetting");
}

#[test]
fn new_letters_go_to_the_new_keys_and_an_old_certificate_is_found_out() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let former = house.folder().join("former.pem");
    certificate(&bert, &former, 2);
    let first = serials(&bert.json(&["identity"]));
    let second = serials(&bert.json(&["rotate"]));
    // New letters, both ways.
    let to_new_keys = accepted(&anna, &bert);
    assert_eq!(bert.json(&["show", &to_new_keys])["suite"], "hybrid-2026");
    let by_new_keys = accepted(&bert, &anna);
    proves(&house, &bert, &to_new_keys, "bert to new keys");
    proves(&house, &anna, &by_new_keys, "anna by new keys");
    // Whoever has the former certificate from elsewhere is told before anything is sent.
    let count = anna.json(&["sent"])["letters"].as_array().unwrap().len();
    let send_for = ["send", "--to", &bert.address, "--subject", "x", "--text", "x"];
    anna.run(&[&send_for[..], &["--certificate", text(&former)]].concat())
        .failed_with("recipient-certificate-differs");
    assert_eq!(anna.json(&["sent"])["letters"].as_array().unwrap().len(), count);
    certificate(&bert, &former, 2);
    let certified = ["--to", &bert.address, "--certificate", text(&former)];
    let certified = send(&anna, &certified, "basic", &[]);
    waits_for(&bert, &certified, "opened");

    // And once more.
    let again = bert.json(&["rotate"]);
    assert!(
        serials(&again).iter().all(|serial| !second.contains(serial) && !first.contains(serial))
    );
    shows(&bert, &to_new_keys);
    let last = send(&anna, &["--to", &bert.address], "basic", &[]);
    waits_for(&bert, &last, "opened");
}

/// Starts `rotate` and kills it after a while; whether it had ended before.
fn rotates_and_dies(person: &Person, after: Duration) -> bool {
    let mut command = person.command(&["rotate"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = std::time::Instant::now();
    while began.elapsed() < after {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    false
}

#[test]
fn whatever_interrupts_it_the_next_try_goes_on() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = accepted(&anna, &bert);
    let under_way = send(&anna, &["--to", &bert.address], "basic", &[]);
    learns(&anna, &under_way, "D.1");
    let first = serials(&bert.json(&["identity"]));

    // Signed with the former key, and the provider died before it knew of that.
    let decided = send(&anna, &["--to", &bert.address], "signed", &[]);
    waits_for(&bert, &decided, "waiting");
    house.south.stop();
    house.south.start_with(&[("SEALPOST_ABORT_AT", "acceptance.after-sign")]);
    assert_ne!(bert.run(&["accept", &decided, "--yes"]).code, 0);
    house.south.wait_for_death();
    house.south.start();

    // The provider is not there: nothing has changed but that new keys are ready.
    house.south.stop();
    bert.run(&["rotate"]).failed_with("provider-unreachable");
    let identity = bert.run(&["identity", "--json"]).succeeded();
    assert!(identity.stderr.contains("sealpost rotate"), "{}", identity.stderr);
    assert_eq!(identity.json()["rotation"]["under_way"], true);
    assert_eq!(serials(&identity.json()), first);
    bert.run(&["rotate", "--forget-former"]).failed_with("rotation-under-way");
    shows(&bert, &letter);

    // It dies as it records the certificates, and as it puts them into use.
    for point in ["renewal.in-transaction", "renewal.committed"] {
        house.south.start_with(&[("SEALPOST_ABORT_AT", point)]);
        assert_ne!(bert.run(&["rotate"]).code, 0, "{point}");
        house.south.wait_for_death();
        shows(&bert, &letter);
    }
    for point in ["renewal-confirmation.in-transaction", "renewal-confirmation.committed"] {
        house.south.start_with(&[("SEALPOST_ABORT_AT", point)]);
        assert_ne!(bert.run(&["rotate"]).code, 0, "{point}");
        house.south.wait_for_death();
        shows(&bert, &letter);
    }
    house.south.start();
    assert!(bert.run(&["sync"]).succeeded().stderr.contains("sealpost rotate"));
    let rotated = bert.json(&["rotate"]);
    assert_eq!(
        (&rotated["resumed"], &rotated["rotation"]["under_way"]),
        (&true.into(), &false.into())
    );
    let second = serials(&rotated);
    assert!(second.iter().all(|serial| !first.contains(serial)));
    // However often it was asked for: one set of new certificates.
    let knows = house.south.knows().to_string();
    assert!(second.iter().all(|serial| knows.contains(serial)));
    waits_for(&bert, &under_way, "opened");
    shows(&bert, &letter);
    // It was accepted at its time, which a time-stamp proves.
    bert.run(&["accept", &decided, "--yes"]).succeeded();
    learns(&anna, &decided, "E.1");
    proves(&house, &anna, &decided, "anna decided before");
}

#[test]
fn an_agent_that_is_killed_at_one_moment_after_another_loses_nothing() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = accepted(&anna, &bert);
    let first = serials(&bert.json(&["identity"]));
    let mut kills = 0;
    for pause in 1.. {
        if rotates_and_dies(&bert, Duration::from_millis(150 * pause)) {
            break;
        }
        kills += 1;
        shows(&bert, &letter);
    }
    assert!(kills > 2, "it was killed {kills} times only");
    let second = serials(&bert.json(&["identity"]));
    assert!(second.iter().all(|serial| !first.contains(serial)));
    let after = accepted(&anna, &bert);
    shows(&bert, &after);
    proves(&house, &bert, &letter, "after everything");
}

/// What the first release would have left: a keystore without the keys of later suites, with a checksum
/// that fits.
fn as_version_1(person: &Person) {
    let file = person.home.join("keystore.json");
    let mut whole = std::fs::read_to_string(&file).unwrap();
    // No text in it holds a space.
    whole.retain(|character| !character.is_whitespace());
    let keystore = whole.split_once("\"keystore\":").unwrap().1;
    let keystore = keystore.strip_suffix('}').unwrap();
    let mut earlier = keystore.replacen("\"version\":4", "\"version\":1", 1);
    for (key, end) in [(",\"hybrid\":", "}}"), (",\"static_dh\":", "}")] {
        let begin = earlier.find(key).unwrap();
        let after = begin + earlier[begin..].find(end).unwrap() + end.len();
        earlier.replace_range(begin..after, "");
    }
    let plain = person.home.with_extension("plain");
    std::fs::write(&plain, &earlier).unwrap();
    let digest = foreign("openssl", ["dgst", "-sha256", "-r", text(&plain)]).succeeded().stdout;
    let checksum = digest.split(' ').next().unwrap();
    let whole = format!("{{\"checksum\":\"{checksum}\",\"keystore\":{earlier}}}");
    std::fs::write(&file, whole).unwrap();
}

/// Somebody whose keys were made by a release before hybrid-2026.
fn of_an_earlier_release(house: &mut House, name: &str, address: &str) -> Person {
    let invitation = house.south.invites(address, name);
    let person = Person::new(house.folder(), address);
    let register = ["register", address, "--invitation", &invitation];
    house.south.stop();
    person.run(&register).failed_with("provider-unreachable");
    as_version_1(&person);
    house.south.start();
    person.run(&register).succeeded();
    person
}

fn renews(provider: &Provider) -> bool {
    provider.metrics().contains("/v1/account/certificates")
}

#[test]
fn a_profile_of_an_earlier_release_gets_the_keys_of_hybrid_2026() {
    let mut house = House::open();
    let anna = house.northerner("Anna Adler");
    let carl = of_an_earlier_release(&mut house, "Carl Cramer", "carl@south.example");
    assert_eq!(serials(&carl.json(&["identity"])).len(), 3);
    let to_carl = ["--to", &carl.address];
    let before = send(&anna, &to_carl, "basic", &[]);
    waits_for(&carl, &before, "opened");
    assert_eq!(carl.json(&["show", &before])["suite"], "smime-2019");
    assert!(!renews(&house.south));

    assert_eq!(serials(&carl.json(&["rotate"])).len(), 6);
    assert!(renews(&house.south));
    let after = send(&anna, &to_carl, "basic", &[]);
    waits_for(&carl, &after, "opened");
    assert_eq!(carl.json(&["show", &after])["suite"], "hybrid-2026");
    let shown = carl.json(&["show", &before]);
    assert_eq!((&shown["suite"], &shown["state"]), (&"smime-2019".into(), &"opened".into()));
    proves(&house, &carl, &before, "carl before");
    let sent = send(&carl, &["--to", &anna.address], "basic", &[]);
    waits_for(&anna, &sent, "opened");
    assert_eq!(anna.json(&["show", &sent])["suite"], "hybrid-2026");
}

#[test]
fn a_month_before_the_end_the_owner_is_told() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    let identity = |days: &str| {
        let mut command = anna.command(&["identity", "--json"]);
        command.envs(clock(days));
        run(command).succeeded()
    };
    let early = identity("+690d");
    assert_eq!(early.json()["rotation"]["due"], false);
    assert!(!early.stderr.contains("rotate"), "{}", early.stderr);
    let due = identity("+705d");
    assert_eq!(due.json()["rotation"]["due"], true);
    assert!(due.stderr.contains("Run sealpost rotate before"), "{}", due.stderr);
}
