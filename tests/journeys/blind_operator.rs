//! The blind operator: every octet that both providers hold is searched while letters are on
//! their way, and again after everything is over.

use crate::steps::{document, learns, send, text, waits_for};
use sealpost_tests::needle::{from_base64, from_hexadecimal};
use sealpost_tests::{House, Needle, Person, Provider, until};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// None of `needles` stands in any file of the provider or in its numbers, in any form.
#[track_caller]
pub fn holds_none(provider: &Provider, when: &str, needles: &[Needle]) {
    let mut held = provider.everything_it_holds();
    held.push(("/metrics".into(), provider.metrics().into_bytes()));
    for needle in needles {
        for (path, octets) in &held {
            let forms = needle.forms_in(octets);
            let (domain, what) = (&provider.domain, &needle.what);
            assert!(forms.is_empty(), "{domain} {when} holds {what} as {forms:?} in {path:?}");
        }
    }
}

/// What a letter says.
fn content() -> [Needle; 4] {
    [
        Needle::text("the subject", "Lindenweg 7"),
        Needle::text("the text", "anbei meine Kündigung"),
        Needle::text("the file's name", "kuendigung-lindenweg"),
        Needle::text("the document", "needle-in-the-document"),
    ]
}

/// Who somebody is: address, name, and each certificate by its key, number and digest.
fn identity(person: &Person, name: &str) -> Vec<Needle> {
    let mut needles =
        vec![Needle::text("the address", &person.address), Needle::text("the name", name)];
    let identity = person.json(&["identity"]);
    for certificate in identity["certificates"].as_array().unwrap() {
        let purpose = certificate["purpose"].as_str().unwrap();
        for field in ["serial", "sha256"] {
            let octets = from_hexadecimal(certificate[field].as_str().unwrap());
            needles.push(Needle::octets(format!("the {field} of {purpose}"), &octets));
        }
    }
    let pem = person.run(&["identity", "certificates"]).succeeded().stdout;
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let certificates = blocks.map(|block| from_base64(block.split("-----").next().unwrap()));
    for certificate in certificates.filter(|octets| contains(octets, person.address.as_bytes())) {
        needles.push(Needle::octets("a public key", public_key(&certificate)));
        needles.push(Needle::octets("a signature of the authority", tail(&certificate, 24)));
    }
    assert_eq!(needles.len(), 2 + 6 * 4, "six certificates");
    needles
}

/// The beginning of the person's key in a certificate.
fn public_key(certificate: &[u8]) -> &[u8] {
    // P-256, a bit string of 66 octets, and an uncompressed point (RFC 5480 §2.1.1, §2.2); the
    // composite of ML-KEM-768 and X25519, and a bit string of 1217 octets; ML-DSA-65, and one of 1953;
    // X25519, and one of 33 (RFC 8410 §3, §4).
    let point: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
    let composite: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x06\x3a\x03\x82\x04\xc1\x00";
    let ml_dsa: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00";
    let x25519: &[u8] = b"\x06\x03\x2b\x65\x6e\x03\x21\x00";
    let found = [point, composite, ml_dsa, x25519].into_iter().find_map(|before| {
        let at = certificate.windows(before.len()).position(|it| it == before)?;
        Some(&certificate[at + before.len()..][..32])
    });
    found.unwrap()
}

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

fn tail(octets: &[u8], length: usize) -> &[u8] {
    &octets[octets.len() - length..]
}

/// What opens a letter and its evidence, out of the sender's dossier: the salts of the parties'
/// disclosures, and the keys of the ciphertext.
fn openers(anna: &Person, letter: &str, folder: &Path) -> Vec<Needle> {
    let path = folder.join(format!("{letter}.asice"));
    anna.run(&["export", letter, "--out", text(&path)]).succeeded();
    let dossier = fs::read(path).unwrap();
    let disclosures = json_part(&dossier, "sealpost-disclosures/1");
    let mut needles = Vec::new();
    let parties = [("sender", &disclosures["sender"]), ("recipient", &disclosures["recipients"])];
    for (party, disclosed) in parties {
        for encoded in texts(disclosed).iter().filter(|text| text.len() > 40) {
            // RFC 9901 §4.2: salt, name, value.
            let Ok(disclosure) = serde_json::from_slice::<Value>(&from_base64(encoded)) else {
                continue;
            };
            let salt = disclosure[0].as_str().unwrap();
            needles.push(Needle::text(format!("a salt of the {party}"), salt));
            needles.push(Needle::octets(format!("a salt of the {party}"), &from_base64(salt)));
        }
    }
    let salts = needles.len();
    assert!(salts >= 4, "sender and recipient are disclosed: {disclosures:#}");
    let opening = json_part(&dossier, "sealpost-opening/1");
    let keys = [&opening["body"], &opening["dispatches"][0]["carrier_key"]]
        .into_iter()
        .chain([&opening["dispatches"][0]["content_key"]]);
    for key in keys.flat_map(texts) {
        needles.push(Needle::octets("a key of the ciphertext", &from_base64(&key)));
    }
    assert!(needles.len() >= salts + 2, "the keys are in the dossier: {opening:#}");
    needles
}

/// The part of a dossier that is the JSON of this version; parts lie there as they are.
fn json_part(dossier: &[u8], version: &str) -> Value {
    let begin = format!("{{\"version\":\"{version}\"").into_bytes();
    let at = dossier.windows(begin.len()).position(|window| window == begin).unwrap();
    serde_json::Deserializer::from_slice(&dossier[at..]).into_iter().next().unwrap().unwrap()
}

/// Every text in a JSON value.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The search finds what is there: in the letter that Bert saved each needle stands, and in the
/// form in which MIME writes it.
fn needles_are_found_where_they_are(bert: &Person, letter: &str, folder: &Path) {
    let saved = folder.join("control");
    bert.run(&["save", letter, "--dir", text(&saved), "--as", "eml"]).succeeded();
    let saved = fs::read(fs::read_dir(saved).unwrap().next().unwrap().unwrap().path()).unwrap();
    // What Bert's program verified stands above what Anna wrote.
    let verified =
        b"Sealpost-Verification: TOTAL-PASSED; policy=sealpost-2026-11\r\nSealpost-Proven-Time: 20";
    assert!(saved.starts_with(verified), "{}", String::from_utf8_lossy(&saved[..100]));
    let [subject, said, name, document] = content();
    assert!(subject.forms_in(&saved).iter().all(|form| form.starts_with("base64 ")));
    assert_eq!(subject.forms_in(&saved).len(), 1, "{}", String::from_utf8_lossy(&saved));
    assert_eq!(said.forms_in(&saved), ["quoted-printable"]);
    assert_eq!(name.forms_in(&saved), ["plain"]);
    assert_eq!(document.forms_in(&saved), ["base64 0", "base64 1", "base64 2"]);
}

#[test]
fn neither_provider_learns_who_writes_to_whom_or_what() {
    let mut house = House::built();
    for provider in [&house.north, &house.south] {
        provider.configure("retention", "after_handover", "\"2s\"");
        provider.configure("retention", "idempotency", "\"2s\"");
    }
    house.north.start();
    house.south.start();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let (file, _) = document(house.folder());
    let (of_anna, of_bert) = (identity(&anna, "Anna Adler"), identity(&bert, "Bert Brandt"));
    // What may be known is found: a search that finds nothing anywhere would prove nothing.
    for (provider, own) in [(&house.north, &of_anna), (&house.south, &of_bert)] {
        let missing: Vec<_> =
            own.iter().filter(|it| it.files_of(provider).is_empty()).map(|it| &it.what).collect();
        let stored = |what: &&&String| !what.starts_with("the sha256");
        assert_eq!(missing.iter().filter(stored).count(), 0, "{}: {missing:?}", provider.domain);
    }

    let mut letters = Vec::new();
    let mut secret = Vec::from(content());
    let fixed = &["--suite", "static-dh-cbc-hmac"][..];
    for (mode, suite) in [("basic", &[][..]), ("basic", fixed), ("consent", &[]), ("signed", fixed)]
        .into_iter()
        .chain([("signed", &[][..])])
    {
        let more = [&[text(&file)], suite].concat();
        letters.push(send(&anna, &["--to", &bert.address], mode, &more));
        secret.extend(openers(&anna, &letters[letters.len() - 1], house.folder()));
        for provider in [&house.north, &house.south] {
            holds_none(provider, "on the way", &secret);
        }
        holds_none(&house.north, "on the way", &of_bert);
        holds_none(&house.south, "on the way", &of_anna);
    }
    for letter in &letters[2..] {
        waits_for(&bert, letter, "waiting");
        holds_none(&house.south, "while it waits", &secret);
        holds_none(&house.south, "while it waits", &of_anna);
        bert.run(&["accept", letter, "--yes"]).succeeded();
        learns(&anna, letter, "E.1");
    }
    for letter in &letters[..2] {
        learns(&anna, letter, "D.1");
    }
    for (provider, other) in [(&house.north, &of_bert), (&house.south, &of_anna)] {
        holds_none(provider, "at the end", &secret);
        holds_none(provider, "at the end", other);
        let numbers = provider.metrics();
        assert!(numbers.contains("sealpost_evidence_total{") && !numbers.contains(".example"));
    }
    for letter in &letters {
        waits_for(&bert, letter, "opened");
        assert!(letters.iter().all(|id| !house.south.metrics().contains(id.as_str())));
    }
    needles_are_found_where_they_are(&bert, &letters[4], house.folder());
    forgotten(&house, &letters, &[&anna, &bert]);
}

/// After handover and retention nothing of a letter is left: not its identifier, not its octets.
fn forgotten(house: &House, letters: &[String], people: &[&Person]) {
    for provider in [&house.north, &house.south] {
        until("retention", || {
            for person in people {
                person.syncs();
            }
            let left = letters.iter().any(|letter| {
                let needle = Needle::octets("the letter", &from_hexadecimal(letter));
                !needle.files_of(provider).is_empty()
            });
            (!left).then_some(())
        });
    }
}

#[test]
fn what_a_provider_says_it_knows_names_only_its_own_people() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let letter = send(&anna, &["--to", &bert.address], "signed", &[]);
    waits_for(&bert, &letter, "waiting");
    let (north, south) = (house.north.knows().to_string(), house.south.knows().to_string());
    assert!(north.contains("anna@north.example") && !north.contains("bert@south.example"));
    assert!(south.contains("bert@south.example") && !south.contains("anna@north.example"));
}

/// The key of a large attachment, out of the content in the sender's dossier.
fn key_of_attachment(anna: &Person, letter: &str, folder: &Path) -> Needle {
    let path = folder.join("large.asice");
    anna.run(&["export", letter, "--out", text(&path)]).succeeded();
    let dossier = fs::read(path).unwrap();
    let after = |octets: &[u8], mark: &[u8]| -> Vec<u8> {
        let at = octets.windows(mark.len()).position(|window| window == mark).unwrap();
        octets[at + mark.len()..].to_vec()
    };
    let part = after(&after(&dossier, b"sealpost-attachments.json"), b"\r\n\r\n");
    let end = part.windows(4).position(|window| window == b"\r\n--").unwrap();
    let lines: String = String::from_utf8(part[..end].to_vec()).unwrap().split("\r\n").collect();
    let manifest: Value = serde_json::from_slice(&from_base64(&lines)).unwrap();
    let key = manifest["attachments"][0]["key"].as_str().unwrap();
    Needle::octets("the key of the attachment", &from_base64(key))
}

#[test]
fn neither_provider_learns_anything_of_a_large_attachment_but_how_many_objects_it_has() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let path = house.folder().join("kuendigung-lindenweg.pdf");
    let octets = b"%PDF-1.4 needle-in-the-document 7f3a912 ".repeat(230_000);
    fs::write(&path, &octets).unwrap();
    let letter = send(&anna, &["--to", &bert.address], "signed", &[text(&path)]);
    let mut secret = Vec::from(content());
    secret.push(key_of_attachment(&anna, &letter, house.folder()));
    waits_for(&bert, &letter, "waiting");
    for provider in [&house.north, &house.south] {
        holds_none(provider, "while it waits", &secret);
    }
    let held = house.south.everything_it_holds();
    let objects: Vec<usize> = held.iter().map(|it| it.1.len()).filter(|it| *it > 4 << 20).collect();
    assert_eq!(objects.len(), 3, "they are there");
    assert!(objects.iter().all(|size| *size == objects[0]), "and all have one size");
    bert.run(&["accept", &letter, "--yes"]).succeeded();
    let folder = house.folder().join("saved");
    bert.run(&["save", &letter, "--dir", text(&folder)]).succeeded();
    assert!(fs::read(folder.join("kuendigung-lindenweg.pdf")).unwrap() == octets);
    learns(&anna, &letter, "E.1");
    for provider in [&house.north, &house.south] {
        holds_none(provider, "at the end", &secret);
    }
}
