use super::*;
use crate::testing::{Provider, address, person};
use sealpost_erds::ConsignmentMode;
use sealpost_letter::Party;
use std::fs;
use std::io::Write as _;
use tempfile::TempDir;

/// What somebody does to a file while it is read.
type Act = fn(&std::path::Path);

const OCTETS: usize = (4 << 20) + 100;

fn draft() -> Draft {
    Draft {
        sender: Party { address: address("anna@north.example"), name: "Anna".to_owned() },
        to: vec![address("bert@south.example")],
        cc: Vec::new(),
        bcc: vec![address("cora@south.example")],
        subject: String::new(),
        text: String::new(),
        attachments: Vec::new(),
        chunked: Vec::new(),
        mode: ConsignmentMode::Basic,
        deadline: None,
        show_subject: false,
        show_recipients: false,
        time_stamp: false,
        suite: None,
        reference: None,
    }
}

fn anna(place: &TempDir) -> Agent {
    person(place, &Provider::new("north.example"), "anna@north.example")
}

/// A file of more than one piece, in a folder of its own.
fn film(folder: &TempDir) -> LargeFile {
    let path = folder.path().join("film.mp4");
    fs::write(&path, vec![7; OCTETS]).unwrap();
    LargeFile { path, file_name: "film.mp4".to_owned(), media_type: "video/mp4".to_owned() }
}

#[test]
fn a_file_is_sealed_once_for_each_letter_and_lies_in_bodies() {
    let (place, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (anna, files) = (anna(&place), [film(&folder)]);
    let mut large = LargeFiles::new(&files);
    let mut seen = Vec::new();
    let draft = anna.with_large(&draft(), &mut large, &mut |stage| seen.push(stage)).unwrap();
    let [one, two] = &draft.chunked[..] else { panic!("two letters") };
    assert_eq!(one[0].sha256, two[0].sha256);
    assert!(one[0].key != two[0].key && one[0].objects != two[0].objects, "not to be linked");
    assert_eq!(large.stored.len(), 4);
    assert!(large.stored.iter().all(|it| anna.vault.bodies().contains(it.as_array()).unwrap()));
    let total = 2 * OCTETS as u64;
    assert_eq!(seen[0], Progress::Sealing(Amount { done: 0, total }));
    assert_eq!(seen[1], Progress::Sealing(Amount { done: 4 << 20, total }));
    anna.forget_objects(&large.stored);
    assert!(anna.vault.bodies().digests().unwrap().is_empty());
}

#[test]
fn agt_060_a_file_that_changes_while_it_is_read_is_not_sent() {
    let (place, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let anna = anna(&place);
    // Changed at the beginning, in the middle, and between the two letters.
    for when in [0, 1, 2] {
        let acts: [(&str, Act); 4] = [
            ("it grows", |path| {
                fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"x").unwrap();
            }),
            ("it shrinks", |path| {
                fs::OpenOptions::new().write(true).open(path).unwrap().set_len(100).unwrap();
            }),
            ("it is written to", |path| fs::write(path, vec![8; OCTETS]).unwrap()),
            ("another takes its place", |path| {
                let new = path.with_extension("new");
                fs::write(&new, vec![9; OCTETS]).unwrap();
                fs::rename(new, path).unwrap();
            }),
        ];
        for (what, act) in acts {
            let files = [film(&folder)];
            let (mut large, mut count) = (LargeFiles::new(&files), 0);
            let sealed = anna.with_large(&draft(), &mut large, &mut |_| {
                if count == when {
                    act(&files[0].path);
                }
                count += 1;
            });
            let code = sealed.err().map(|error| error.code());
            assert_eq!(code, Some("attachment-changed"), "{what} at {when}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_said_before_anything_is_sealed() {
    let (place, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let anna = anna(&place);
    let files = [film(&folder), LargeFile { path: folder.path().join("none"), ..film(&folder) }];
    let mut large = LargeFiles::new(&files);
    let error = anna.with_large(&draft(), &mut large, &mut |_| ()).err().unwrap();
    assert_eq!(error.code(), "file-missing");
    assert!(large.stored.is_empty());
}
