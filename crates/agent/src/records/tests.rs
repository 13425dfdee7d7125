use super::*;
use crate::testing::{address, metadata, vault};
use sealpost_erds::ConsignmentMode;

fn received() -> Received {
    crate::testing::received(metadata(ConsignmentMode::Signed))
}

#[test]
fn records_come_back_as_they_were_written() {
    let place = tempfile::tempdir().unwrap();
    let vault = vault(&place);
    let written = received();
    put(&vault, RECEIVED, &written.name(), &written).unwrap();
    let read: Received = get(&vault, RECEIVED, &written.name()).unwrap().unwrap();
    assert_eq!(*write(&read).unwrap(), *write(&written).unwrap());
    let account = Account {
        address: address("anna@north.example"),
        name: "Anna".to_owned(),
        assurance: Assurance::High,
        endpoint: "127.0.0.1:9".to_owned(),
        root: Octets(vec![1]),
        signature: Octets(vec![2]),
        authentication: Octets(vec![3]),
        encryption: Octets(vec![4]),
        hybrid: None,
        static_dh: None,
        former: Vec::new(),
        unconfirmed: false,
    };
    put(&vault, ACCOUNT, "account", &account).unwrap();
    let read: Account = get(&vault, ACCOUNT, "account").unwrap().unwrap();
    assert_eq!(*write(&read).unwrap(), *write(&account).unwrap());
    let pending = Pending {
        head: Octets(vec![1]),
        parts: vec![Digest::of(b"part")],
        objects: Vec::new(),
        uploaded: false,
        failed: None,
    };
    put(&vault, PENDING, "a", &pending).unwrap();
    let read = list::<Pending>(&vault, PENDING).unwrap();
    assert_eq!((read.len(), read[0].0.as_str()), (1, "a"));
    assert_eq!(read[0].1.parts, pending.parts);
    assert!(get::<Pending>(&vault, PENDING, "b").unwrap().is_none());
}

#[test]
fn a_peer_of_an_earlier_version_is_read() {
    let earlier = br#"{"root":"AQ==","discovery":"Ag=="}"#;
    let peer: Peer = read(earlier).unwrap();
    assert_eq!(peer.root, Octets(vec![1]));
    assert!(peer.for_time.is_empty());
}

#[test]
fn a_record_that_does_not_read_is_an_error_and_never_skipped() {
    let place = tempfile::tempdir().unwrap();
    let vault = vault(&place);
    vault.commit(|tx| tx.put(PENDING, "a", b"{}").map_err(AgentError::from)).unwrap();
    assert_eq!(get::<Pending>(&vault, PENDING, "a").err().unwrap().code(), "archive-unreadable");
    assert_eq!(list::<Pending>(&vault, PENDING).err().unwrap().code(), "archive-unreadable");
}

#[test]
fn evidence_of_one_way_stands_together() {
    let dispatch = DispatchId::from_array([7; 16]);
    let (one, two) = (evidence_name(dispatch, b"one"), evidence_name(dispatch, b"two"));
    assert!(one.starts_with(&dispatch.hex()) && two.starts_with(&dispatch.hex()));
    assert_ne!(one, two);
    assert_eq!(one, evidence_name(dispatch, b"one"), "the same evidence is one record");
}

#[test]
fn a_received_letter_is_a_small_record_whatever_its_size() {
    // Records of all letters are read for a list; ciphertexts lie beside them as bodies.
    assert!(write(&received()).unwrap().len() < 4096);
    // The first version kept a ciphertext in the record.
    let mut old = serde_json::to_value(received()).unwrap();
    old["carried"] = serde_json::json!("AwMD");
    assert!(read::<Received>(&serde_json::to_vec(&old).unwrap()).is_ok());
}
