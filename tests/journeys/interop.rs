//! A foreign program reads what we write: OpenSSL.

use crate::steps::{accepted, document, learns, send, text, waits_for};
use sealpost_tests::program::foreign;
use sealpost_tests::{House, Person};
use std::fs;

#[test]
fn openssl_opens_and_verifies_a_basic_letter_with_the_exported_key() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let (file, _) = document(house.folder());
    // Other programs have no keys of the suite hybrid-2026.
    let more = [text(&file), "--suite", "smime-2019"];
    let letter = send(&anna, &["--to", &bert.address], "basic", &more);
    waits_for(&bert, &letter, "opened");
    let folder = house.folder().join("openssl");
    bert.run(&["save", &letter, "--dir", text(&folder), "--as", "smime"]).succeeded();
    let message = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let passphrase = house.folder().join("passphrase");
    fs::write(&passphrase, "correct horse battery").unwrap();
    let key = house.folder().join("key.pem");
    bert.run(&[
        "identity",
        "export-key",
        "--out",
        text(&key),
        "--passphrase-file",
        text(&passphrase),
    ])
    .succeeded();
    let signed = house.folder().join("signed.eml");
    let passin = format!("file:{}", text(&passphrase));
    let decrypt = [
        "cms",
        "-decrypt",
        "-in",
        text(&message),
        "-inkey",
        text(&key),
        "-passin",
        &passin,
        "-out",
        text(&signed),
    ];
    foreign("openssl", decrypt).succeeded();
    let content = house.folder().join("content.eml");
    let root = house.north.root();
    let verify =
        ["cms", "-verify", "-in", text(&signed), "-CAfile", text(&root), "-out", text(&content)];
    foreign("openssl", verify).succeeded();
    let content = fs::read_to_string(content).unwrap();
    assert!(content.contains("kuendigung-lindenweg.pdf"));
}

#[test]
fn openssl_verifies_every_evidence() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = accepted(&anna, &bert);
    let stated = openssl_verifies(&house, &anna, &letter);
    assert_eq!(
        stated,
        [
            "SubmissionAcceptance",
            "RelayAcceptance",
            "NotificationForAcceptance",
            "ConsignmentAcceptance",
            "ContentConsignment",
            "ContentHandover"
        ]
    );
}

/// Verifies each evidence of a letter with OpenSSL and the roots of both providers; the events
/// that they state, in the order of their files.
fn openssl_verifies(house: &House, anna: &Person, letter: &str) -> Vec<String> {
    let folder = house.folder().join(format!("evidence-{letter}"));
    anna.run(&["evidence", letter, "--out", text(&folder)]).succeeded();
    let roots = house.folder().join("roots.pem");
    let both =
        [house.north.root(), house.south.root()].map(|root| fs::read_to_string(root).unwrap());
    fs::write(&roots, both.concat()).unwrap();
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "p7m"));
    files.sort();
    let verified = files.iter().map(|path| {
        let verify =
            ["cms", "-verify", "-inform", "DER", "-in", text(path), "-CAfile", text(&roots)];
        let ran = foreign("openssl", verify).succeeded();
        let stated = ran.stdout.split("http://uri.etsi.org/19522/Event/").nth(1);
        stated.and_then(|rest| rest.split('"').next()).unwrap().to_owned()
    });
    verified.collect()
}

#[test]
fn openssl_verifies_the_evidence_of_what_went_wrong() {
    let mut house = House::built();
    house.north.configure("relay", "give_up_after", "\"5s\"");
    house.south.configure("limits", "letter_octets_max", "200000");
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let to_bert = ["--to", &bert.address];
    let last = |letter: &str| openssl_verifies(&house, &anna, letter).pop().unwrap();

    let refused = send(&anna, &to_bert, "signed", &[]);
    waits_for(&bert, &refused, "waiting");
    bert.run(&["refuse", &refused, "--yes"]).succeeded();
    learns(&anna, &refused, "C.4");
    assert_eq!(last(&refused), "ConsignmentRejection");

    let expired = send(&anna, &to_bert, "signed", &["--deadline", "15s"]);
    learns(&anna, &expired, "C.5");
    assert_eq!(last(&expired), "AcceptanceRejectionExpiry");

    let document = house.folder().join("large.bin");
    fs::write(&document, vec![0xa5; 300_000]).unwrap();
    let turned_away = send(&anna, &to_bert, "basic", &[text(&document)]);
    learns(&anna, &turned_away, "B.2");
    assert_eq!(last(&turned_away), "RelayRejection");

    // Longer than the own provider lets letters wait: the answer is evidence, and the exit code
    // says so.
    let too_long = ["send", "--to", &bert.address, "--subject", "x", "--text", "x"];
    let too_long = anna.run(&[&["--json"], &too_long[..], &["--deadline", "400d"]].concat());
    assert_eq!(too_long.code, 1, "{}{}", too_long.stdout, too_long.stderr);
    let rejected = too_long.json()["letters"][0]["letter_id"].as_str().unwrap().to_owned();
    assert_eq!(openssl_verifies(&house, &anna, &rejected), ["SubmissionRejection"]);

    house.south.stop();
    house.south.start_with(&[("SEALPOST_ABORT_AT", "relay-in.after-blob")]);
    let given_up = send(&anna, &to_bert, "basic", &[]);
    house.south.wait_for_death();
    learns(&anna, &given_up, "B.3");
    assert_eq!(openssl_verifies(&house, &anna, &given_up).pop().unwrap(), "RelayFailure");
}
