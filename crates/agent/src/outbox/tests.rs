use super::*;
use crate::testing::{Provider, metadata, person};
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::relay::{RelayMetadata, SUBMISSION_VERSION};
use sealpost_erds::{Address, ConsignmentMode};
use sealpost_letter::record::RECORD_VERSION;
use sealpost_letter::{Party, SentRecord, Suite};

fn prepared(about: &RelayMetadata, signed_content: Vec<u8>) -> Prepared {
    let address = Address::parse("anna@north.example").unwrap();
    let record = SentRecord {
        version: RECORD_VERSION.to_owned(),
        letter_id: about.letter_id,
        mode: about.mode,
        suite: Suite::Smime2019,
        deadline: None,
        date: ClaimedTime::from_unix(0),
        sender: Party { address, name: "Anna".to_owned() },
        to: Vec::new(),
        cc: Vec::new(),
        blind_copy: false,
        subject: "Subject".to_owned(),
        reference: None,
        sender_disclosures: Vec::new(),
        content_commitment: about.content_commitment,
        signed_content: about.enveloped,
        body: None,
        shares: None,
        recipients: Vec::new(),
    };
    let head = SubmissionHead {
        version: SUBMISSION_VERSION.to_owned(),
        letter_id: about.letter_id,
        mode: about.mode,
        deadline: None,
        content_commitment: about.content_commitment,
        body: None,
        objects: Vec::new(),
        sender: Vec::new(),
        consignments: Vec::new(),
    };
    let submission = PreparedSubmission { head, record, signed_content };
    Prepared { submission, parts: Vec::new(), lists: Vec::new() }
}

#[test]
fn agt_022_of_a_letter_with_blind_copies_all_submissions_are_recorded_or_none() {
    let place = tempfile::tempdir().unwrap();
    let anna = person(&place, &Provider::new("north.example"), "anna@north.example");
    let (one, two) = (metadata(ConsignmentMode::Basic), metadata(ConsignmentMode::Basic));
    let pending = || records::list::<Pending>(&anna.vault, PENDING).unwrap().len();
    let too_large = vec![0; crate::limits::RECORD_OCTETS_MAX + 1];
    let failed = anna.keep(&[prepared(&one, vec![1]), prepared(&two, too_large)]);
    assert_eq!(failed.unwrap_err().code(), "vault-record-too-large");
    assert_eq!(pending(), 0, "what is told to have failed is not handed in later");
    anna.keep(&[prepared(&one, vec![1]), prepared(&two, vec![2])]).unwrap();
    assert_eq!(pending(), 2);
}

#[test]
fn agt_064_a_file_that_a_provider_would_not_take_is_named_before_anything_is_sent() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("film.mp4");
    std::fs::write(&path, vec![7; 9 << 20]).unwrap();
    let (file_name, media_type) = ("film.mp4".to_owned(), "video/mp4".to_owned());
    let files = [LargeFile { path, file_name, media_type }];
    let judged = |octets_max| large_enough(octets_max, &LargeFiles::new(&files)).err();
    assert!(judged(objects_octets(9 << 20)).is_none());
    assert_eq!(judged(objects_octets(9 << 20) - 1).unwrap().code(), "attachments-too-large");
    assert_eq!(judged(0).unwrap().code(), "attachments-too-large", "one that takes none");
    assert!(large_enough(0, &LargeFiles::new(&[])).is_ok());
}
