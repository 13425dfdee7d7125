//! A foreign program reads what we write: OpenSSL.

use crate::steps::{document, learns, send, text, waits_for};
use sealpost_tests::House;
use sealpost_tests::program::foreign;
use std::fs;

#[test]
fn openssl_opens_and_verifies_a_basic_letter_with_the_exported_key() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let (file, _) = document(house.folder());
    let letter = send(&anna, &["--to", &bert.address], "basic", &[text(&file)]);
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
    let letter = send(&anna, &["--to", &bert.address], "signed", &[]);
    waits_for(&bert, &letter, "waiting");
    bert.run(&["accept", &letter, "--yes"]).succeeded();
    learns(&anna, &letter, "E.1");
    let folder = house.folder().join("evidence");
    anna.run(&["evidence", &letter, "--out", text(&folder)]).succeeded();
    let roots = house.folder().join("roots.pem");
    let both =
        [house.north.root(), house.south.root()].map(|root| fs::read_to_string(root).unwrap());
    fs::write(&roots, both.concat()).unwrap();
    let mut verified = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "p7m") {
            let verify =
                ["cms", "-verify", "-inform", "DER", "-in", text(&path), "-CAfile", text(&roots)];
            let ran = foreign("openssl", verify).succeeded();
            assert!(ran.stdout.contains("http://uri.etsi.org/19522/Event/"));
            verified += 1;
        }
    }
    assert_eq!(verified, 6);
}
