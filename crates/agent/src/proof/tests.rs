use super::*;
use crate::testing::{Provider, meets, metadata, person};
use sealpost_erds::event::Event;
use std::path::PathBuf;
use tempfile::TempDir;

fn trust(place: &TempDir, providers: &[&Provider]) -> PathBuf {
    let folder = place.path().join("trust");
    fs::create_dir_all(&folder).unwrap();
    for (number, provider) in providers.iter().enumerate() {
        fs::write(folder.join(format!("{number}.pem")), provider.root.to_pem()).unwrap();
    }
    folder
}

fn file(place: &TempDir, octets: &[u8]) -> PathBuf {
    let path = place.path().join("file");
    fs::write(&path, octets).unwrap();
    path
}

#[test]
fn one_evidence_is_verified_offline_and_every_damage_to_it_is_found() {
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let metadata = metadata(ConsignmentMode::Basic);
    let good = south.seals(&south.states(Event::ContentConsignment, &metadata)).0;
    let folder = trust(&place, &[&south]);
    let code =
        |octets: &[u8]| verify_file(&file(&place, octets), &folder, None).unwrap().exit_code();
    assert_eq!(code(&good), 0);
    // Truncated and bit-flipped CMS, wherever it is hit.
    for cut in [1, good.len() / 3, good.len() - 1] {
        assert_eq!(code(&good[..cut]), 1, "cut at {cut}");
    }
    for at in (0..good.len()).step_by(good.len() / 40) {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        assert_ne!(code(&flipped), 0, "octet {at}");
    }
    let foreign = tempfile::tempdir().unwrap();
    let folder = trust(&foreign, &[&north]);
    let report = verify_file(&file(&place, &good), &folder, None).unwrap();
    assert_eq!(report.exit_code(), 3, "the issuer's root is not among the anchors");
}

#[test]
fn garbage_is_a_verdict_and_not_a_fault() {
    let place = tempfile::tempdir().unwrap();
    let folder = trust(&place, &[&Provider::new("north.example")]);
    for garbage in [&b""[..], b"0", b"PK\x03\x04", b"\x30\x82\xff\xff", &[0xff; 4096]] {
        let report = verify_file(&file(&place, garbage), &folder, None).unwrap();
        assert_eq!(report.exit_code(), 1, "{garbage:02x?}");
    }
}

#[test]
fn without_usable_anchors_nothing_is_judged() {
    let place = tempfile::tempdir().unwrap();
    let file = file(&place, b"0");
    let fault = |trust: &Path| verify_file(&file, trust, None).err().unwrap();
    let code = |trust: &Path| fault(trust).error.code();
    let folder = place.path().join("trust");
    assert_eq!(code(&folder), "file-missing");
    fs::create_dir(&folder).unwrap();
    assert_eq!(code(&folder), "no-trust-anchors");
    fs::write(folder.join("notes.txt"), "no certificate, and not asked").unwrap();
    assert_eq!(code(&folder), "no-trust-anchors");
    let text = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n";
    fs::write(folder.join("broken.pem"), text).unwrap();
    assert_eq!(code(&folder), "trust-anchor-unreadable");
    fs::write(folder.join("broken.pem"), [0xff, 0xfe]).unwrap();
    assert_eq!(code(&folder), "trust-anchor-unreadable");
    assert_eq!(fault(&folder).file, folder.join("broken.pem"), "the one of many is named");
    let missing = place.path().join("missing");
    let trusted = trust(&place, &[]);
    fs::remove_file(folder.join("broken.pem")).unwrap();
    fs::write(trusted.join("a.pem"), Provider::new("a.example").root.to_pem()).unwrap();
    assert_eq!(verify_file(&missing, &trusted, None).err().unwrap().error.code(), "file-missing");
}

#[test]
fn only_what_is_believed_here_is_put_into_a_dossier_and_the_rest_is_counted() {
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let anna = person(&place, &north, "anna@north.example");
    meets(&anna, &north);
    meets(&anna, &south);
    let metadata = metadata(ConsignmentMode::Basic);
    let good = south.seals(&south.states(Event::ContentConsignment, &metadata));
    // By somebody who may not state it, and one that was changed.
    let wrong = north.seals(&north.states(Event::ContentHandover, &metadata));
    let mut broken = south.seals(&south.states(Event::ContentHandover, &metadata));
    let last = broken.0.len() - 1;
    broken.0[last] ^= 1;
    for evidence in [&good, &wrong, &broken] {
        anna.wait(anna.take_evidence(evidence, None)).unwrap();
    }
    let (evidence, left_out) = anna.proving(&Way::here(&metadata)).unwrap();
    assert_eq!(evidence, [good.0]);
    assert_eq!(left_out, 2);
}

#[test]
fn what_has_no_end_is_read_up_to_the_bound() {
    let endless = Path::new("/dev/zero");
    assert_eq!(read_bounded(endless, 1000).unwrap(), None);
    let place = tempfile::tempdir().unwrap();
    let small = file(&place, b"1234");
    assert_eq!(read_bounded(&small, 4).unwrap().as_deref(), Some(&b"1234"[..]));
    assert_eq!(read_bounded(&small, 3).unwrap(), None);
    assert_eq!(
        verify_file(&small, endless, None).err().unwrap().error.code(),
        "trust-anchor-unreadable"
    );
}

#[test]
fn agt_034_a_file_with_a_providers_update_makes_the_judgement_stricter() {
    use sealpost_cms::time::ClaimedTime;
    use sealpost_erds::policy::{End, POLICY_VERSION, PolicyUpdate, Restrictions};
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let metadata = metadata(ConsignmentMode::Basic);
    let evidence = south.seals(&south.states(Event::ContentConsignment, &metadata)).0;
    let (file, folder) = (file(&place, &evidence), trust(&place, &[&south, &north]));
    let time = ClaimedTime::from_unix;
    let update = |ended: i64, next_update: i64| PolicyUpdate {
        version: POLICY_VERSION.to_owned(),
        domain: north.domain.clone(),
        id: "1".to_owned(),
        since: time(now().unix() - 7200),
        next_update: time(next_update),
        restrictions: Restrictions {
            algorithms: vec![End { name: "sha256".to_owned(), until: time(ended) }],
            ..Restrictions::default()
        },
    };
    let path = place.path().join("policy.p7m");
    let judged = |sealed: &[u8]| {
        fs::write(&path, sealed).unwrap();
        verify_file(&file, &folder, Some(&path))
    };
    let (hour, later) = (3600, now().unix() + 3600);
    let sealed = |ended, next| north.seals_text(&update(now().unix() + ended, next).to_json());
    let alone = verify_file(&file, &folder, None).unwrap();
    assert_eq!((alone.exit_code(), alone.algorithm_policy.as_str()), (0, "sealpost-2026-11"));
    let stricter = judged(&sealed(-hour, later)).unwrap();
    assert_ne!(stricter.exit_code(), 0);
    assert!(stricter.algorithm_policy.starts_with("sealpost-2026-11+north.example/1@"));
    assert_eq!(judged(&sealed(hour, later)).unwrap().exit_code(), 0, "it counts from later on");
    let code = |sealed: &[u8]| judged(sealed).err().unwrap().error.code();
    assert_eq!(code(&sealed(-hour, now().unix() - 1)), "policy-out-of-date");
    assert_eq!(code(b"no update"), "policy-file-unreadable");
    let mut flipped = sealed(-hour, later);
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    assert_eq!(code(&flipped), "not-verified");
}
