//! Certificates that were revoked or have ended, and roots that nobody trusts.

use crate::steps::{accepted, proven, text};
use sealpost_tests::otherwise::clock;
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person, Provider, Ran};
use serde_json::json;

/// Longer than a person's certificates hold.
const LATER: &str = "+740d";

fn later(person: &Person, arguments: &[&str]) -> Ran {
    let mut command = person.command(arguments);
    command.envs(clock(LATER));
    run(command)
}

/// Restarts a provider two years later, with a TLS certificate of that time.
fn restart_later(provider: &mut Provider) {
    provider.stop();
    let certificates = provider.folder.join("certificates");
    let tls = certificates.join("tls.pem");
    std::fs::rename(&tls, certificates.join("tls.old")).unwrap();
    let mut quickstart = ours("sealpost-provider");
    quickstart.args(["quickstart", &provider.domain, "--dir", text(&provider.folder)]);
    quickstart.envs(clock(LATER));
    run(quickstart).succeeded();
    let environment = clock(LATER);
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (&**name, &**value)).collect();
    provider.start_with(&environment);
}

#[test]
fn certificates_that_have_ended_stop_people_and_not_the_proof_of_what_was() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = accepted(&anna, &bert);
    let dossier = house.folder().join("anna.asice");
    anna.run(&["export", &letter, "--out", text(&dossier)]).succeeded();

    restart_later(&mut house.north);
    restart_later(&mut house.south);
    later(&anna, &["sync"]).failed_with("certificate-refused").failed_with("EXPIRED");
    // For somebody with new certificates nobody is there: the directory gives no ended certificate.
    let invitation = {
        let mut invite = ours("sealpost-provider");
        invite
            .args(["invite", "carl@north.example", "--name", "Carl", "--config"])
            .arg(house.north.config());
        invite.envs(clock(LATER));
        run(invite).succeeded().stdout.trim().to_owned()
    };
    let carl = Person::new(house.folder(), "carl@north.example");
    later(&carl, &["register", "carl@north.example", "--invitation", &invitation]).succeeded();
    later(&carl, &["send", "--to", &bert.address, "--subject", "x", "--text", "x"])
        .failed_with("[recipient-unknown]");
    assert_eq!(later(&carl, &["--json", "sent"]).json()["letters"].as_array().unwrap().len(), 0);

    let mut verify = ours("sealpost");
    verify.arg("verify").arg(&dossier).arg("--trust").arg(house.trust()).envs(clock(LATER));
    run(verify).succeeded();
}

#[test]
fn a_person_who_was_revoked_is_refused_by_name_of_the_reason() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    house.south.command(&["revoke", &bert.address]).succeeded();
    // The very next request is refused.
    bert.run(&["sync"])
        .failed_with("[provider-refused]")
        .failed_with("certificate-refused, REVOKED");
    anna.run(&["send", "--to", &bert.address, "--subject", "x", "--text", "x"])
        .failed_with("[recipient-unknown]");
    assert_eq!(anna.json(&["sent"])["letters"].as_array().unwrap().len(), 0, "nothing was sent");
}

#[test]
fn a_provider_with_another_root_is_not_believed() {
    let mut house = House::open();
    let anna = house.northerner("Anna Adler");
    house.north.stop();
    // Somebody else answers at the same address, with a root of his own and the same name.
    let elsewhere = house.folder().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let mut impostor = Provider::quickstart(&elsewhere, "north.example", "North Post Ltd");
    impostor.configure("", "listen", &format!("\"{}\"", house.north.endpoint()));
    impostor.port = house.north.port;
    impostor.start();
    anna.run(&["sync"]).failed_with("provider-not-trusted");
    anna.run(&["send", "--to", "bert@south.example", "--subject", "x", "--text", "x"])
        .failed_with("provider-not-trusted");
    // An invitation pins the root, too.
    let mut invitation = None;
    impostor.kill();
    house.north.start();
    invitation.replace(house.north.invites("carl@north.example", "Carl"));
    house.north.stop();
    impostor.start();
    let carl = Person::new(house.folder(), "carl@north.example");
    carl.run(&["register", "carl@north.example", "--invitation", &invitation.unwrap()])
        .failed_with("root-not-the-one-invited-to");
}

#[test]
fn a_new_root_of_a_peer_is_believed_when_the_person_confirms_it() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = accepted(&anna, &bert);
    let before = anna.json(&["trust", "south.example"]);
    assert_eq!((&before["differs"], &before["confirmed"]), (&json!(false), &json!(false)));

    // The other provider begins anew, with new keys under a new root, and the operators tell each
    // other.
    house.north.stop();
    house.south.stop();
    let elsewhere = house.folder().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let mut renewed = Provider::quickstart(&elsewhere, "south.example", "South Post GmbH");
    renewed.configure("", "listen", &format!("\"{}\"", house.south.endpoint()));
    renewed.configure("", "public_endpoint", &format!("\"{}\"", house.south.endpoint()));
    renewed.port = house.south.port;
    renewed.trusts(&house.north);
    let known_to_north = house.north.folder.join("peers").join("south.example.pem");
    std::fs::copy(renewed.root(), known_to_north).unwrap();
    renewed.start();
    house.north.start();
    let cleo = Person::registered(&elsewhere, &renewed, "cleo@south.example", "Cleo Conrad");
    let sends = ["send", "--to", &cleo.address, "--subject", "x", "--text", "x"];
    anna.run(&sends).failed_with("peer-root-changed").failed_with("sealpost trust");

    let told = anna.json(&["trust", "south.example"]);
    assert_eq!((&told["differs"], &told["known"]), (&json!(true), &before["presented"]));
    let old = told["known"]["sha256"].as_str().unwrap();
    let new = told["presented"]["sha256"].as_str().unwrap();
    anna.run(&["trust", "south.example", "--root-sha256", old])
        .failed_with("root-not-the-one-confirmed");
    anna.run(&sends).failed_with("peer-root-changed");
    let text = anna.run(&["trust", "south.example"]).succeeded().stdout;
    assert!(text.contains(old) && text.contains(new), "{text}");
    assert_eq!(anna.json(&["trust", "south.example", "--root-sha256", new])["confirmed"], true);

    accepted(&anna, &cleo);
    // What the old root vouched for before stays proven.
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
    assert_eq!(anna.json(&["trust", "south.example"])["differs"], false);
}
