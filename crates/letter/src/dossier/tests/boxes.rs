//! The container by itself, and as a foreign program reads it.

use crate::dossier::container::{Container, ContainerError, MEDIA_TYPE, Part, write};
use crate::dossier::layout::{MANIFEST, MANIFEST_SIGNATURE};
use crate::dossier::limits::PARTS_MAX;
use std::io::{Cursor, Read as _};

fn part(name: &str, octets: &[u8]) -> Part {
    Part { name: name.to_owned(), octets: octets.to_vec() }
}

fn parts(more: &[(&str, &[u8])]) -> Vec<Part> {
    let mut parts: Vec<_> = more.iter().map(|(name, octets)| part(name, octets)).collect();
    parts.push(part(MANIFEST_SIGNATURE, b"signature"));
    parts.push(part(MANIFEST, b"<manifest/>"));
    parts
}

fn small() -> Vec<u8> {
    write(parts(&[("letter/content.eml", b"Dear Bert"), ("README.txt", b"")])).unwrap()
}

#[test]
fn dos_001_a_container_is_read_back_part_by_part() {
    let octets = small();
    let container = Container::read(&octets).unwrap();
    let read: Vec<_> =
        container.parts().iter().map(|part| (part.name, part.octets, part.intact)).collect();
    assert_eq!(
        read,
        [
            ("mimetype", MEDIA_TYPE.as_bytes(), true),
            (MANIFEST, b"<manifest/>".as_slice(), true),
            (MANIFEST_SIGNATURE, b"signature", true),
            ("README.txt", b"", true),
            ("letter/content.eml", b"Dear Bert", true),
        ]
    );
    // EN 319 162-1 §A.1: a program finds the media type at a fixed place.
    assert_eq!(&octets[30..38], b"mimetype");
    assert_eq!(&octets[38..38 + MEDIA_TYPE.len()], MEDIA_TYPE.as_bytes());
}

#[test]
fn a_foreign_program_reads_the_same_parts() {
    let mut archive = zip::ZipArchive::new(Cursor::new(small())).unwrap();
    assert_eq!(archive.len(), 5);
    let mut text = String::new();
    archive.by_name("letter/content.eml").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "Dear Bert");
}

#[test]
fn dos_001_every_changed_octet_is_found_and_its_part_is_named() {
    let octets = small();
    let container = Container::read(&octets).unwrap();
    let ranges: Vec<_> = container
        .parts()
        .iter()
        .map(|part| {
            let begin = part.octets.as_ptr() as usize - octets.as_ptr() as usize;
            (part.name.to_owned(), begin..begin + part.octets.len())
        })
        .collect();
    for at in 0..octets.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut changed = octets.clone();
            changed[at] ^= flip;
            let owner = ranges.iter().find(|(_, range)| range.contains(&at)).map(|(name, _)| name);
            match Container::read(&changed) {
                Ok(read) => {
                    let broken: Vec<_> = read.parts().iter().filter(|part| !part.intact).collect();
                    assert_eq!(broken.len(), 1, "octet {at}");
                    assert_eq!(Some(broken[0].name), owner.map(String::as_str), "octet {at}");
                }
                Err(_) => assert!(owner.is_none_or(|name| name == "mimetype"), "octet {at}"),
            }
        }
    }
}

#[test]
fn dos_001_nothing_stands_before_between_or_behind_the_parts() {
    let octets = small();
    for (label, changed) in [
        ("behind", [octets.as_slice(), b"x"].concat()),
        ("before", [b"x", octets.as_slice()].concat()),
        ("shortened", octets[..octets.len() - 1].to_vec()),
        ("twice", [octets.as_slice(), octets.as_slice()].concat()),
        ("empty", Vec::new()),
        ("comment", {
            let mut commented = octets.clone();
            let end = commented.len();
            commented[end - 2] = 1;
            commented.push(b'!');
            commented
        }),
    ] {
        assert!(Container::read(&changed).is_err(), "{label}");
    }
    for end in 0..octets.len() {
        assert!(Container::read(&octets[..end]).is_err(), "{end}");
    }
}

#[test]
fn dos_008_names_are_plain_unique_and_few() {
    for name in [
        "",
        "/etc/passwd",
        "../up",
        "a/../b",
        "a//b",
        "a/",
        ".hidden",
        "a\\b",
        "a b",
        "ü",
        "a/.",
        "C:x",
    ] {
        let refused = write(parts(&[(name, b"")]));
        assert_eq!(refused, Err(ContainerError::Name), "{name}");
    }
    assert_eq!(write(parts(&[(&"n".repeat(129), b"")])), Err(ContainerError::Name));
    assert_eq!(write(parts(&[("a", b""), ("a", b"")])), Err(ContainerError::Order));
    assert_eq!(write(parts(&[("mimetype", b"text/plain")])), Err(ContainerError::Order));
    assert_eq!(
        write(vec![part(MANIFEST, b"")]),
        Err(ContainerError::Missing { part: MANIFEST_SIGNATURE })
    );
    let many: Vec<_> = (0..PARTS_MAX).map(|n| part(&format!("n{n}"), b"")).collect();
    assert_eq!(write(many), Err(ContainerError::TooManyParts));
}

#[test]
fn a_container_of_another_program_is_refused_where_it_departs() {
    use zip::write::SimpleFileOptions;
    let ours = small();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for part in Container::read(&ours).unwrap().parts() {
        writer.start_file(part.name, stored.unix_permissions(0o600)).unwrap();
        std::io::Write::write_all(&mut writer, part.octets).unwrap();
    }
    let octets = writer.finish().unwrap().into_inner();
    let error = Container::read(&octets).err().unwrap();
    assert_eq!(error.code(), "container-structure");
}
