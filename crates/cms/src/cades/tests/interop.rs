//! The other judge: OpenSSL reads what we archive, and the imprint is computed once more from the
//! positions that `openssl asn1parse` gives and with `openssl dgst`, by none of our own code.

use std::fs;
use std::path::Path;

use super::*;
use crate::testing::{openssl, openssl_agrees};

/// One element as `openssl asn1parse` lists it.
#[derive(Clone, Copy)]
struct Listed {
    at: usize,
    depth: usize,
    header: usize,
    length: usize,
}

impl Listed {
    fn whole<'a>(&self, octets: &'a [u8]) -> &'a [u8] {
        &octets[self.at..self.at + self.header + self.length]
    }

    fn inside<'a>(&self, octets: &'a [u8]) -> &'a [u8] {
        &octets[self.at + self.header..self.at + self.header + self.length]
    }
}

/// The children of the element at `path`, each step counting from 0.
fn children(folder: &Path, octets: &[u8], path: &[usize]) -> Vec<Listed> {
    fs::write(folder.join("parsed.der"), octets).unwrap();
    let text = openssl_agrees(folder, "asn1parse -inform DER -in parsed.der");
    let text = String::from_utf8(text).unwrap();
    // A content that is shown may break the line.
    let lines = text.lines().filter(|line| line.contains(":d=") && line.contains("hl="));
    let listed: Vec<Listed> = lines.map(listed).collect();
    let mut parent = listed[0];
    let below = |parent: Listed| -> Vec<Listed> {
        let end = parent.at + parent.header + parent.length;
        let inside =
            |it: &&Listed| it.depth == parent.depth + 1 && it.at > parent.at && it.at < end;
        listed.iter().filter(inside).copied().collect()
    };
    for step in path {
        parent = below(parent)[*step];
    }
    below(parent)
}

/// `  15:d=2  hl=4 l= 100 cons: SEQUENCE`.
fn listed(line: &str) -> Listed {
    let number = |after: &str| -> usize {
        let rest = line.split(after).nth(1).unwrap().trim_start();
        rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let at = line.split(':').next().unwrap().trim().parse().unwrap();
    Listed { at, depth: number(":d="), header: number("hl="), length: number(" l=") }
}

fn dgst(folder: &Path, digest: &str, octets: &[u8]) -> Vec<u8> {
    fs::write(folder.join("hashed"), octets).unwrap();
    openssl_agrees(folder, &format!("dgst -{digest} -binary hashed"))
}

/// SignedData: version, digestAlgorithms, encapContentInfo, certificates, crls, signerInfos.
const SIGNED_DATA: [usize; 2] = [1, 0];

/// Type and value of every unsigned attribute of the signer.
fn unsigned(folder: &Path, octets: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let fields = children(folder, octets, &SIGNED_DATA).len();
    let signer = [&SIGNED_DATA[..], &[fields - 1, 0]].concat();
    let last = children(folder, octets, &signer).len() - 1;
    let attributes = [&signer[..], &[last]].concat();
    (0..children(folder, octets, &attributes).len())
        .map(|number| {
            let attribute = [&attributes[..], &[number]].concat();
            let oid = children(folder, octets, &attribute)[0];
            let value = children(folder, octets, &[&attribute[..], &[1]].concat())[0];
            (oid.whole(octets).to_vec(), value.whole(octets).to_vec())
        })
        .collect()
}

/// DER of 0.4.0.1733.2.4 and 0.4.0.19122.1.5, as EN 319 122-1 names them.
const ARCHIVE_TIME_STAMP: [u8; 8] = [6, 6, 4, 0, 0x8d, 0x45, 2, 4];
const HASH_INDEX: [u8; 9] = [6, 7, 4, 0, 0x81, 0x95, 0x32, 1, 5];

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_computes_the_same_index_and_the_same_imprint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("root.pem"), HOUSE.root.to_pem()).unwrap();
    let digests = [
        (DigestAlgorithm::Sha256, "sha256"),
        (DigestAlgorithm::Sha384, "sha384"),
        (DigestAlgorithm::Sha512, "sha512"),
    ];
    for (digest, name) in digests {
        let message = WORLD.archives(&WORLD.long_term(), &around(FIRST), 1, digest, FIRST);
        let fields = children(path, &message, &SIGNED_DATA);
        assert_eq!(fields.len(), 6);
        let content_type = children(path, &message, &[1, 0, 2])[0].whole(&message);
        let signer = children(path, &message, &[1, 0, 5, 0]);
        let signer = &signer[..signer.len() - 1];
        let attributes = unsigned(path, &message);
        let stamp = attributes.iter().find(|(oid, _)| *oid == ARCHIVE_TIME_STAMP).unwrap();
        let index = unsigned(path, &stamp.1);
        let index = &index.iter().find(|(oid, _)| *oid == HASH_INDEX).unwrap().1;

        let entries = |number: usize| -> Vec<Vec<u8>> {
            let entries = children(path, index, &[number]);
            entries.iter().map(|entry| entry.inside(index).to_vec()).collect()
        };
        let hashed = |set: usize| -> Vec<Vec<u8>> {
            let elements = children(path, &message, &[1, 0, set]);
            elements.iter().map(|element| dgst(path, name, element.whole(&message))).collect()
        };
        assert_eq!(entries(1), hashed(3), "certificates");
        assert_eq!(entries(2), hashed(4), "revocation lists");
        let before = attributes.iter().filter(|(oid, _)| *oid != ARCHIVE_TIME_STAMP);
        let before: Vec<_> =
            before.map(|(oid, value)| dgst(path, name, &[&oid[..], value].concat())).collect();
        assert_eq!(entries(3), before, "unsigned attributes");

        let mut stamped = content_type.to_vec();
        stamped.extend(dgst(path, name, CONTENT));
        signer.iter().for_each(|field| stamped.extend_from_slice(field.whole(&message)));
        stamped.extend_from_slice(index);
        let imprint = hex::encode(dgst(path, name, &stamped));
        fs::write(path.join("token.der"), &stamp.1).unwrap();
        let verify =
            format!("ts -verify -token_in -in token.der -CAfile root.pem -attime {FIRST} -digest");
        openssl_agrees(path, &format!("{verify} {imprint}"));
        let other = hex::encode(dgst(path, name, b"other"));
        assert!(!openssl(path, &format!("{verify} {other}")).status.success());
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_still_verifies_the_signature_inside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("root.pem"), HOUSE.root.to_pem()).unwrap();
    let verify = format!("cms -verify -binary -cades -inform DER -CAfile root.pem -attime {NOW}");
    for message in [WORLD.long_term(), WORLD.archived(), WORLD.renewed()] {
        fs::write(path.join("a.p7m"), message).unwrap();
        assert_eq!(openssl_agrees(path, &format!("{verify} -in a.p7m")), CONTENT);
        openssl_agrees(path, &format!("{verify} -crl_check -in a.p7m"));
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_archive_what_openssl_signs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    fs::write(path.join("content"), CONTENT).unwrap();
    let sign = "cms -sign -binary -nodetach -md sha256 -cades -outform DER -in content \
                -signer anna.pem -inkey anna.key";
    let message = openssl_agrees(path, sign);
    // Nobody but the holder of the octets puts a time-stamp in: EN 319 122-1 §5.3.
    let parts = crate::cades::parts::Parts::read(&message).unwrap();
    let imprint =
        crate::tsp::Imprint::of(DigestAlgorithm::Sha256, parts.only_signer().unwrap().signature);
    let request = TimeStampRequest::with_imprint(imprint, 7);
    let value_der = WORLD.tsa[0].stamps(&request, NOW);
    let oid = crate::attributes::SIGNATURE_TIME_STAMP;
    let stamped = parts.with(&[], &[], &[crate::attributes::Attribute { oid, value_der }]);
    let stamped = with_validation_data(&stamped, &[], &HOUSE.crls).unwrap();
    let archived = WORLD.archives(&stamped, &around(FIRST), 1, DigestAlgorithm::Sha256, FIRST);
    let verified = at(&archived, LATER).passed().unwrap();
    assert_eq!(verified.get().level(), Level::Archived);
    assert_eq!(verified.get().signed().content(), CONTENT);
}
