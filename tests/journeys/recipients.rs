//! Several recipients, and one whom nobody else may see.

use crate::steps::{proven, send_all, text, waits_for};
use sealpost_tests::needle::from_hexadecimal;
use sealpost_tests::{House, Needle, Person, until};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Everything a person's program gives out about a letter: what it shows, the letter as files in
/// every form, each evidence, and the dossier. (What lies in the profile is encrypted: a search
/// there would find nothing in any case.)
fn all_that_is_given(person: &Person, letter: &str, folder: &Path) -> Vec<u8> {
    let folder = folder.join(format!("all-of-{}", person.address));
    let [saved, mail, evidence] = ["saved", "mail", "evidence"].map(|name| folder.join(name));
    let dossier = folder.join("dossier.asice");
    let mut all = person.json(&["show", letter]).to_string().into_bytes();
    for written in [
        &["save", letter, "--dir", text(&saved)][..],
        &["save", letter, "--dir", text(&mail), "--as", "eml"],
        &["evidence", letter, "--out", text(&evidence)],
        &["export", letter, "--out", text(&dossier)],
    ] {
        all.extend(person.json(written).to_string().into_bytes());
    }
    for folder in [&folder, &saved, &mail, &evidence] {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            all.extend(fs::read(entry.path()).unwrap_or_default());
        }
    }
    all
}

#[test]
fn a_blind_recipient_is_invisible_to_all_others() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    let (bert, cleo) = (house.southerner("Bert Brandt"), house.southerner("Cleo Conrad"));
    let dora = house.northerner("Dora Blind");
    let sent = send_all(
        &anna,
        &["--to", &bert.address, "--cc", &cleo.address, "--bcc", &dora.address],
        "signed",
        &["--show-recipients"],
    );
    let letters = sent["letters"].as_array().unwrap();
    assert_eq!(letters.len(), 2, "the blind copy is a letter of its own");
    let (open, blind) =
        (letters[0]["letter_id"].as_str().unwrap(), letters[1]["letter_id"].as_str().unwrap());
    for person in [&bert, &cleo] {
        waits_for(person, open, "waiting");
        person.run(&["accept", open, "--yes"]).succeeded();
        let given = all_that_is_given(person, open, house.folder());
        for seen in [&bert.address, &cleo.address] {
            assert!(Needle::text("a recipient", seen).forms_in(&given).len() > 1, "{seen}");
        }
        for hidden in [
            Needle::text("the blind recipient", "dora@north"),
            Needle::text("the blind recipient", "Dora Blind"),
            Needle::octets("the blind copy", &from_hexadecimal(blind)),
        ] {
            assert!(hidden.forms_in(&given).is_empty(), "{} shows", hidden.what);
        }
        person.run(&["show", blind]).failed_with("letter-not-found");
    }
    waits_for(&dora, blind, "waiting");
    dora.run(&["accept", blind, "--yes"]).succeeded();
    let shown = dora.json(&["show", blind]);
    assert_eq!(shown["blind_copy"], true);
    for (letter, recipient) in [(open, 0), (open, 1), (blind, 0)] {
        until("E.1", || {
            anna.syncs();
            proven(&anna, letter, recipient).iter().any(|code| code == "E.1").then_some(())
        });
    }
}

#[test]
fn of_several_copies_each_says_what_became_of_it() {
    let mut house = House::built();
    // Room for one ciphertext of the document, not for those of both visible recipients.
    house.north.configure("limits", "letter_octets_max", "600000");
    house.north.start();
    house.south.start();
    let anna = house.northerner("Anna Adler");
    let (bert, cleo) = (house.southerner("Bert Brandt"), house.southerner("Cleo Conrad"));
    let dora = house.northerner("Dora Blind");
    let file = house.folder().join("large.bin");
    std::fs::write(&file, vec![0xa5; 300_000]).unwrap();
    let send = ["send", "--to", &bert.address, "--cc", &cleo.address, "--bcc", &dora.address];
    let more = ["--subject", "x", "--text", "x", "--mode", "basic", file.to_str().unwrap()];
    let ran = anna.run(&[["--json"].as_slice(), &send, &more].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let told = ran.json();
    assert_eq!(told["schema"], "sealpost/send/1");
    let (open, blind) = (&told["letters"][0], &told["letters"][1]);
    assert_eq!((&open["accepted"], &blind["accepted"]), (&json!(false), &json!(true)));
    let handed_in = json!({"state": "handed-in"});
    assert_eq!((&open["handing_in"], &blind["handing_in"]), (&handed_in, &handed_in));
    let (open, blind) = (open["letter_id"].as_str().unwrap(), blind["letter_id"].as_str().unwrap());
    waits_for(&dora, blind, "opened");
    // That the other was rejected is proven for both its recipients, and it is not tried again.
    assert_eq!([0, 1].map(|recipient| proven(&anna, open, recipient)), [["A.2"], ["A.2"]]);
    assert_eq!(anna.syncs()["not_handed_in"], json!([]));
}

#[test]
fn a_letter_within_one_provider_has_the_same_evidence() {
    let house = House::open();
    let (anna, dora) = (house.northerner("Anna Adler"), house.northerner("Dora Deich"));
    let sent = send_all(&anna, &["--to", &dora.address], "signed", &[]);
    let letter = sent["letters"][0]["letter_id"].as_str().unwrap();
    waits_for(&dora, letter, "waiting");
    dora.run(&["accept", letter, "--yes"]).succeeded();
    crate::steps::learns(&anna, letter, "E.1");
    assert_eq!(proven(&anna, letter, 0), ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
}

#[test]
fn agt_014_who_has_the_recipients_certificate_sends_for_it_or_not_at_all() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let pem = bert.run(&["identity", "certificates"]).succeeded().stdout;
    let all = house.folder().join("bert.pem");
    std::fs::write(&all, &pem).unwrap();
    let letter = ["--to", &bert.address, "--certificate", all.to_str().unwrap()];
    send_all(&anna, &letter, "basic", &[]);
    // A certificate in Bert's name that is not the one the directory shows.
    let end = "-----END CERTIFICATE-----\n";
    let another = house.folder().join("another.pem");
    std::fs::write(&another, pem.split_inclusive(end).next().unwrap()).unwrap();
    let send = ["send", "--to", &bert.address, "--certificate", another.to_str().unwrap()];
    let refused = anna.run(&[send.as_slice(), &["--subject", "x", "--text", "x"]].concat());
    refused.failed_with("recipient-certificate-differs");
    assert_eq!(anna.json(&["sent"])["letters"].as_array().unwrap().len(), 1);
}
