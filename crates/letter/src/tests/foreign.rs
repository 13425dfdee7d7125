//! The foreign judge: OpenSSL opens and verifies what we make.

use super::house::{House, NOW};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_erds::ConsignmentMode::{Basic, Signed};
use std::path::Path;
use std::process::Command;

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
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
