//! A provider publishes a stricter algorithm policy: what is refused then, what stays proven, and
//! which policies are not believed.

use crate::steps::{learns, proven, send, text, waits_for};
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Provider};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Restarts a provider with this update, or with none.
fn publishes(provider: &mut Provider, update: &str) {
    let config = fs::read_to_string(provider.config()).unwrap();
    let without = config.split("\n[policy]").next().unwrap();
    let table = if update.is_empty() { String::new() } else { format!("\n[policy]\n{update}\n") };
    provider.stop();
    fs::write(provider.config(), format!("{without}{table}")).unwrap();
    provider.start();
}

fn ends(id: &str, since: &str, algorithm: &str) -> String {
    format!(
        "id = \"{id}\"\nsince = \"{since}\"\n\
         algorithms = [{{ name = \"{algorithm}\", until = \"2026-01-01T00:00:00Z\" }}]"
    )
}

/// What `/v1/policy` gives, fetched by a foreign program.
fn fetched(provider: &Provider, to: &Path) {
    let answer = to.with_extension("http");
    let mut ask = Command::new("openssl");
    ask.args(["s_client", "-quiet", "-ign_eof", "-verify_return_error", "-connect"]);
    ask.arg(provider.endpoint()).args(["-servername", &provider.domain, "-CAfile"]);
    ask.arg(provider.root()).stdin(Stdio::piped()).stdout(File::create(&answer).unwrap());
    let mut asking = ask.stderr(Stdio::null()).spawn().expect("openssl is installed");
    let request = format!(
        "GET /v1/policy HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        provider.endpoint()
    );
    asking.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    asking.wait().unwrap();
    let answer = fs::read(&answer).unwrap();
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..head]));
    fs::write(to, &answer[head..]).unwrap();
}

#[test]
fn a_provider_withdraws_what_a_letter_needs_and_the_older_letter_stays_proven() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "consent", &[]);
    waits_for(&bert, &letter, "waiting");
    bert.run(&["accept", &letter, "--yes"]).succeeded();
    learns(&anna, &letter, "E.1");
    assert!(anna.syncs()["policy"].is_null(), "nothing was published");
    let before = anna.json(&["suites"]);
    assert_eq!(before["policy"], "sealpost-2026-11");
    assert_eq!(before["suites"][0]["encrypts"], true, "{before:#}");

    publishes(&mut house.north, &ends("1", "2026-02-01T00:00:00Z", "ml-kem-768-x25519"));
    let again = ["send", "--to", &bert.address, "--subject", "Again", "--text", "Text"];
    let refused = anna.run(&again).failed_with("suite-withdrawn");
    let policy = "sealpost-2026-11+north.example/1@2026-02-01T00:00:00Z";
    let said = format!(
        "hybrid-2026: ml-kem-768-x25519 counts until 2026-01-01T00:00:00Z in policy {policy}"
    );
    assert!(refused.stderr.contains(&said), "{}", refused.stderr);
    assert_eq!(anna.json(&["sent"])["letters"].as_array().unwrap().len(), 1, "nothing was kept");
    let after = anna.json(&["suites"]);
    assert_eq!(
        (&after["policy"], &after["suites"][0]["encrypts"]),
        (&policy.into(), &false.into())
    );
    assert_eq!(after["suites"][0]["obstacle"], "suite-withdrawn");
    // A lesser suite is used when the sender says so, and never in silence. AGT-035
    let demanded = [&again[..], &["--suite", "smime-2019"]].concat();
    anna.run(&demanded).succeeded();
    // What was is proven all the same, online and offline, and bert still reads it.
    assert_eq!(proven(&anna, &letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
    assert_eq!(bert.json(&["show", &letter])["signature"]["indication"], "TOTAL-PASSED");
    let (dossier, update) = (house.folder().join("anna.asice"), house.folder().join("policy.p7m"));
    anna.run(&["export", &letter, "--out", text(&dossier)]).succeeded();
    fetched(&house.north, &update);
    let verify = |more: &[&str]| {
        let mut command = ours("sealpost");
        command.args(["--json", "verify"]).arg(&dossier).arg("--trust").arg(house.trust());
        run({
            command.args(more);
            command
        })
    };
    let alone = verify(&[]).succeeded().json();
    assert_eq!(alone["report"]["algorithm_policy"], "sealpost-2026-11");
    let stricter = verify(&["--policy", text(&update)]).succeeded().json();
    assert_eq!(stricter["report"]["algorithm_policy"], policy);
    // Somebody who never sent anything hears of it when he fetches his mail.
    let carl = house.northerner("Carl Conrad");
    assert_eq!(carl.json(&["suites"])["policy"], policy, "from his registration on");

    // An older one is not believed, and mail is fetched all the same.
    publishes(&mut house.north, &ends("0", "2026-01-01T00:00:00Z", "rsa-pkcs1-sha256"));
    let rolled_back = anna.run(&["--json", "sync"]).failed_with("policy-rolled-back");
    assert_eq!(rolled_back.code, 2);
    anna.run(&again).failed_with("policy-rolled-back");
    // One that is no longer published stays in force. AGT-030
    publishes(&mut house.north, "");
    anna.run(&again).failed_with("suite-withdrawn");
    // The operator takes it back with a newer one.
    publishes(&mut house.north, "id = \"2\"\nsince = \"2026-03-01T00:00:00Z\"");
    let lifted = anna.syncs()["policy"].clone();
    assert_eq!(lifted, "sealpost-2026-11+north.example/2@2026-03-01T00:00:00Z");
    anna.run(&again).succeeded();
}

#[test]
fn a_policy_that_would_silence_the_provider_itself_is_refused_before_it_serves() {
    let house = House::built();
    let config = fs::read_to_string(house.north.config()).unwrap();
    let update = ends("1", "2026-02-01T00:00:00Z", "ecdsa-p256-sha256");
    fs::write(house.north.config(), format!("{config}\n[policy]\n{update}\n")).unwrap();
    house.north.command(&["check-config"]).failed_with("key-withdrawn-by-policy");
}
