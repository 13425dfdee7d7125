//! Protected header fields of foreign mail: the outer header, a zero octet, the protected part. What is
//! read stays inside its bounds, never mixes inside and outside, and is written and read to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_letter::protected::{
    Agreement, Confidentiality, Field, FieldState, Payload, Protection, Received, Wrapping,
    protect, read, smime_kind,
};

fuzz_target!(|octets: &[u8]| {
    let (outer, payload) = match octets.iter().position(|octet| *octet == 0) {
        Some(end) => (&octets[..end], &octets[end + 1..]),
        None => (octets, octets),
    };
    if let Ok(text) = std::str::from_utf8(outer) {
        let _ = smime_kind(text);
    }
    for (signed, encrypted) in [(true, true), (true, false), (false, true), (false, false)] {
        let Ok(header) = read(&Received { outer, payload, signed, encrypted }) else { continue };
        assert!(header.body().end <= payload.len());
        for field in header.fields() {
            let hidden = [FieldState::EncryptedOnly, FieldState::SignedAndEncrypted];
            assert!(encrypted || !hidden.contains(&field.state), "hidden by nothing");
            assert!(!field.field.value().contains(['\r', '\n']), "two fields in one");
        }
        let unprotected = header.wrapping() == Wrapping::Nothing;
        assert_eq!(unprotected, *header.agreement() == Agreement::Unprotected);
        if !unprotected {
            again(header.fields().iter().map(|field| field.field.clone()).collect());
        }
    }
});

/// What was read can be written, if it is a line of ASCII, and comes back.
fn again(fields: Vec<Field>) {
    let payload = Payload { content_type: "text/plain", structural: &[], body: b"x" };
    let protection = Protection::Encryption(Confidentiality::Baseline);
    let writable = fields.iter().all(|field| Field::new(field.name(), field.value()).is_ok());
    let Ok(composed) = protect(&fields, &payload, protection) else { return };
    let outer: String =
        composed.outer.iter().map(|it| format!("{}: {}\r\n", it.name(), it.value())).collect();
    let (outer, payload) = (outer.as_bytes(), composed.payload.as_slice());
    match read(&Received { outer, payload, signed: true, encrypted: true }) {
        Ok(header) => {
            assert_eq!(header.fields().len(), fields.len());
            assert_eq!(header.agreement(), &Agreement::Agrees);
        }
        Err(error) => assert!(!writable, "our own mail is not read: {}", error.code()),
    }
}
