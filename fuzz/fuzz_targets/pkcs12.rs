//! PKCS#12 files: as they come, and with a code that is right around whatever it is, so that what
//! stands behind the code is reached. What is read has keys, and they are the certificates'.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::kdf::{hmac_sha256, sha256};
use sealpost_cms::pkcs12::{KeyFile, read};
use sealpost_fuzz::{PASSWORD, seeds};

fuzz_target!(init: the_seeds_are_read(), |octets: &[u8]| {
    for file in [read(octets, PASSWORD), read(&under_code(octets), PASSWORD)].into_iter().flatten() {
        check(&file);
    }
});

fn check(file: &KeyFile) {
    assert!(!file.entries.is_empty(), "a key file without a key");
    for entry in &file.entries {
        let signs = entry.signing_key().map(|key| key.spki_der());
        let opens = entry.decryption_key().map(|key| key.spki_der());
        let public = signs.or(opens).expect("a key of a kind that is known");
        assert!(entry.certificates().iter().all(|certificate| certificate.spki_der() == public));
    }
}

/// RFC 7292 §4 and appendix B.2, with one iteration.
fn under_code(safe: &[u8]) -> Vec<u8> {
    let password: Vec<u8> = PASSWORD.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    let filled = |octets: &[u8]| octets.iter().copied().cycle().take(64).collect::<Vec<_>>();
    let key = sha256(&[vec![3; 64], filled(SALT), filled(&password)].concat());
    let mac = hmac_sha256(&key, safe);
    let data = element(0x30, &[DATA, &element(0xa0, &element(0x04, safe))].concat());
    let digest_info = element(0x30, &[SHA256, &element(0x04, &mac)].concat());
    let mac_data = element(0x30, &[digest_info, element(0x04, SALT), vec![2, 1, 1]].concat());
    element(0x30, &[vec![2, 1, 3], data, mac_data].concat())
}

fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len();
    let header = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        0x100..0x1_0000 => vec![tag, 0x82, (length >> 8) as u8, length as u8],
        _ => vec![tag, 0x83, (length >> 16) as u8, (length >> 8) as u8, length as u8],
    };
    [header, value.to_vec()].concat()
}

const SALT: &[u8] = b"saltsalt";
/// id-data, and SHA-256 with its NULL.
const DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const SHA256: &[u8] = &[0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0];

/// Otherwise nothing above would be tried.
fn the_seeds_are_read() {
    let all = seeds("pkcs12");
    let whole = all.iter().filter(|seed| read(seed, PASSWORD).is_ok()).count();
    let inside = all.iter().filter(|seed| read(&under_code(seed), PASSWORD).is_ok()).count();
    assert!(whole >= 2 && inside >= 2, "make the seeds again");
}
