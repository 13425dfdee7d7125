//! The foreign judge: OpenSSL opens and verifies what we make.

use super::house::{House, NOW, rng};
use crate::ChunkSealer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_erds::ConsignmentMode::{Basic, Signed};
use std::path::Path;
use std::process::Command;

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn pem(label: &str, der: &[u8]) -> String {
    let lines: Vec<String> = STANDARD
        .encode(der)
        .as_bytes()
        .chunks(64)
        .map(|l| String::from_utf8_lossy(l).into())
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_opens_and_verifies_a_basic_letter_and_a_notice() {
    let house = House::new();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |name: &str, octets: &[u8]| std::fs::write(folder.join(name), octets).unwrap();
    write("root.pem", house.root.1.to_pem().as_bytes());
    write("bert.pem", house.bert.encryption.1.to_pem().as_bytes());
    write("key.pem", pem("PRIVATE KEY", &house.bert.encryption.0.to_pkcs8_der()).as_bytes());
    let now = NOW.to_string();
    for mode in [Basic, Signed] {
        let draft = house.draft(mode, &[&house.bert], &[&house.cleo], &[]);
        let sent = house.send(&draft).remove(0);
        let carried = sent.to(&house.bert).carried();
        write("letter.der", carried.octets());
        write("letter.eml", &carried.to_mail());
        let keys = ["-recip", "bert.pem", "-inkey", "key.pem"];
        openssl(
            folder,
            &[
                &["cms", "-decrypt", "-inform", "DER", "-in", "letter.der", "-out", "signed"],
                &keys[..],
            ]
            .concat(),
        );
        openssl(
            folder,
            &[&["cms", "-decrypt", "-in", "letter.eml", "-out", "signed2"], &keys[..]].concat(),
        );
        let [signed, again] =
            ["signed", "signed2"].map(|name| std::fs::read(folder.join(name)).unwrap());
        assert!(signed == again);
        openssl(
            folder,
            &[
                "cms", "-verify", "-in", "signed", "-CAfile", "root.pem", "-attime", &now,
                "-binary", "-out", "content",
            ],
        );
        let content = std::fs::read(folder.join("content")).unwrap();
        if mode == Basic {
            let letter = sent.to(&house.bert).letter(&house, &house.bert, None).passed().unwrap();
            assert!(content == letter.get().mime());
        } else {
            assert!(content.windows(26).any(|window| window == b"application/vnd.sealpost.n"));
        }
    }
}

/// What decision 0014 says suffices to read a large attachment without this program.
#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_derives_the_key_of_an_object_and_opens_it() {
    let mut sealer = ChunkSealer::new("film.mp4", "video/mp4", 6, &mut rng()).unwrap();
    let object = sealer.seal(b"a film".to_vec(), &mut rng()).unwrap();
    let attachment = sealer.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("object.der"), object).unwrap();
    let hexadecimal =
        |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    // The first piece, and the last.
    let info = [&b"sealpost/attachment-chunk/v1"[..], &[0; 8], &[1]].concat();
    let (key, info) = (hexadecimal(attachment.key.expose()), hexadecimal(&info));
    let (key, info) = (format!("hexkey:{key}"), format!("hexinfo:{info}"));
    let derive = ["kdf", "-keylen", "32", "-kdfopt", "digest:SHA256", "-kdfopt", &key];
    let derived = openssl(folder, &[&derive[..], &["-kdfopt", &info, "HKDF"]].concat());
    let derived = derived.trim().replace(':', "");
    let decrypt = ["cms", "-decrypt", "-inform", "DER", "-in", "object.der", "-out", "piece"];
    let identifier = hexadecimal(b"sealpost-object");
    let with = ["-secretkeyid", &identifier, "-secretkey", &derived];
    openssl(folder, &[&decrypt[..], &with].concat());
    let piece = std::fs::read(folder.join("piece")).unwrap();
    assert_eq!((&piece[..6], piece.len()), (&b"a film"[..], attachment.chunk_octets as usize));
    assert!(piece[6..].iter().all(|octet| *octet == 0));
}
