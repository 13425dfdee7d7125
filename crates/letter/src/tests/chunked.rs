//! Letters with large attachments: named in the signed content, announced, and bound to one letter.

use super::forgeries::Forge;
use super::house::{House, NOW, rng};
use crate::chunked::{CHUNKED_MEDIA_TYPE, ChunkReader, ChunkSealer, ChunkedAttachment};
use crate::compose;
use crate::draft::Draft;
use crate::error::ComposeError;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::ConsignmentMode::{Basic, Signed};
use sealpost_erds::relay::{PartDigest, RelayMetadata};

fn sealed(file: &[u8]) -> (ChunkedAttachment, Vec<u8>) {
    let octets = file.len() as u64;
    let mut sealer = ChunkSealer::new("film.bin", "video/mp4", octets, &mut rng()).unwrap();
    let object = sealer.seal(file.to_vec(), &mut rng()).unwrap();
    (sealer.finish().unwrap(), object)
}

fn refusal(house: &House, draft: &Draft) -> Option<ComposeError> {
    let recipients = [house.recipient(&house.bert), house.recipient(&house.cleo)];
    compose(draft, &recipients, ClaimedTime::from_unix(NOW), &mut rng()).err()
}

#[test]
fn a_large_attachment_is_announced_signed_and_read_with_what_the_content_says() {
    let house = House::new();
    let (attachment, object) = sealed(b"a film");
    let chunked = vec![vec![attachment.clone()]];
    let draft = Draft { chunked, ..house.draft(Signed, &[&house.bert], &[], &[]) };
    let sent = house.send(&draft).remove(0);
    assert_eq!(sent.prepared.head.objects, [PartDigest::of(&object)]);
    let delivery = sent.to(&house.bert);
    let notice = delivery.notice(&house, &house.bert).passed().unwrap();
    assert_eq!((notice.get().attachments(), notice.get().attachments_octets()), (2, 3006));
    let letter = delivery.letter(&house, &house.bert, sent.body.as_deref()).passed().unwrap();
    assert_eq!(letter.get().chunked(), [attachment]);
    let mut reader = ChunkReader::new(&letter.get().chunked()[0]);
    assert_eq!(reader.open(&object).unwrap().as_slice(), b"a film");
    assert_eq!(reader.finish(), Ok(()));
    // Neither name nor key is in what the providers have.
    let head = sent.prepared.head.to_json();
    assert!(!head.windows(8).any(|window| window == b"film.bin"));
}

#[test]
fn a_large_attachment_has_a_name_that_no_other_has() {
    let house = House::new();
    let mut draft = house.draft(Basic, &[&house.bert], &[], &[]);
    draft.attachments[0].file_name = "film.bin".to_owned();
    draft.chunked = vec![vec![sealed(b"one").0, sealed(b"two").0]];
    let sent = house.send(&draft).remove(0);
    let letter = sent.to(&house.bert).letter(&house, &house.bert, None).passed().unwrap();
    let names: Vec<&str> = letter.get().chunked().iter().map(|it| it.file_name.as_str()).collect();
    assert_eq!(names, ["film (2).bin", "film (3).bin"]);
}

#[test]
fn let_085_no_object_stands_in_two_letters() {
    let house = House::new();
    let (one, two) = (sealed(b"a film").0, sealed(b"a film").0);
    let draft =
        |chunked| Draft { chunked, ..house.draft(Basic, &[&house.bert], &[], &[&house.cleo]) };
    let letters = Some(ComposeError::ChunkedLetters);
    assert_eq!(refusal(&house, &draft(vec![vec![one.clone()], vec![one.clone()]])), letters);
    assert_eq!(
        refusal(&house, &draft(vec![vec![one.clone()]])),
        letters,
        "one list for two letters"
    );
    assert_eq!(refusal(&house, &draft(vec![vec![one.clone()], vec![two]])), None);
    let broken = ChunkedAttachment { octets: 0, ..one };
    assert_eq!(refusal(&house, &draft(vec![vec![broken], vec![]])), Some(ComposeError::Chunked));
}

#[test]
fn let_086_the_list_of_large_attachments_stands_at_its_place_alone() {
    let mut forge = Forge::letter_with(vec![vec![sealed(b"a film").0]]);
    assert_eq!(forge.read_letter(), Ok(()));
    let list = forge.entity.parts.len() - 2;
    assert_eq!(forge.entity.parts[list].media_type, CHUNKED_MEDIA_TYPE);
    forge.entity.parts.swap(0, list);
    assert!(forge.read_letter().unwrap_err().contains("reserved media type"));
    forge.entity.parts.swap(0, list);
    forge.entity.parts[list].octets = b"{}".to_vec();
    assert!(forge.read_letter().unwrap_err().contains("list of attachments"));
}

#[test]
fn let_087_what_was_relayed_is_what_the_sender_signed_for() {
    let house = House::new();
    let chunked = vec![vec![sealed(b"a film").0]];
    let draft = Draft { chunked, ..house.draft(Basic, &[&house.bert], &[], &[]) };
    let sent = house.send(&draft).remove(0);
    let delivery = sent.to(&house.bert);
    assert!(delivery.letter(&house, &house.bert, None).passed().is_ok());
    for objects in [None, Some(PartDigest::of(b"another"))] {
        let metadata = RelayMetadata { objects, ..delivery.metadata.clone() };
        let other = super::house::Delivery { metadata, ..delivery.clone() };
        let said = other.letter(&house, &house.bert, None).passed().err().unwrap();
        assert!(said.detail.starts_with("other-objects"), "{}", said.detail);
    }
}
