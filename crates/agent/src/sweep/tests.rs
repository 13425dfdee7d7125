use super::*;
use crate::system_random;
use crate::testing::{Provider, metadata, person};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::{ConsignmentMode, LetterId, Octets};
use std::fs::File;
use std::path::PathBuf;
use std::time::SystemTime;

/// A profile with bodies of any age.
struct House {
    anna: Agent,
    place: tempfile::TempDir,
}

impl House {
    fn path(&self, part: PartDigest) -> PathBuf {
        self.place.path().join("bodies").join(part.sha256.hex())
    }

    /// A body that was stored so many seconds ago.
    fn keeps(&self, octets: &[u8], age_seconds: u64) -> PartDigest {
        self.anna.vault.bodies().store(octets).unwrap();
        let part = PartDigest::of(octets);
        let then = SystemTime::now() - Duration::from_secs(age_seconds);
        File::options().append(true).open(self.path(part)).unwrap().set_modified(then).unwrap();
        part
    }
}

#[test]
fn old_bodies_that_no_record_names_are_removed_and_no_others() {
    let place = tempfile::tempdir().unwrap();
    let anna = person(&place, &Provider::new("north.example"), "anna@north.example");
    let house = House { anna, place };
    let vault = &house.anna.vault;
    let old = limits::ORPHAN_AGE_SECONDS + 60;
    let orphan = house.keeps(b"orphan", old);
    let young = house.keeps(b"young orphan", old - 120);
    let pending = house.keeps(b"pending", old);
    let record = Pending {
        head: Octets::default(),
        parts: vec![pending.sha256],
        objects: Vec::new(),
        uploaded: false,
        failed: None,
    };
    let letter_id = LetterId::random(&mut system_random());
    records::put(vault, PENDING, &letter_id.hex(), &record).unwrap();
    let (enveloped, body) = (house.keeps(b"enveloped", old), house.keeps(b"body", old));
    let mut received = crate::testing::received(metadata(ConsignmentMode::Signed));
    (received.metadata.enveloped, received.metadata.body) = (enveloped, Some(body));
    records::put(vault, RECEIVED, &received.name(), &received).unwrap();
    // What was sent long ago is still part of a dossier.
    let (sent_enveloped, sent_body) = (house.keeps(b"sent", old), house.keeps(b"sent body", old));
    let mut sent = crate::testing::sent(&mut metadata(ConsignmentMode::Signed));
    (sent.recipients[0].enveloped, sent.body) = (sent_enveloped, Some(sent_body));
    records::put(vault, SENT, &sent.letter_id.hex(), &sent).unwrap();
    let foreign = house.place.path().join("bodies").join("notes.txt");
    std::fs::write(&foreign, b"not ours").unwrap();

    house.anna.sweep_bodies().unwrap();
    assert!(!house.path(orphan).exists());
    for kept in [young, pending, enveloped, body, sent_enveloped, sent_body] {
        assert!(house.path(kept).exists());
    }
    assert!(foreign.exists());
}
