//! Certificate requests: who asks holds the key, or a known signer says so of a key that cannot sign.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::issue::{read_certificate_request, read_possession_statement};
use sealpost_fuzz::{agreement_key, hybrid_encryption_key, signing_key};
use std::sync::LazyLock;

static KEYS: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [signing_key("anna signature").spki_der(), agreement_key("bert encryption").spki_der()]
});

static SIGNER: LazyLock<Vec<u8>> = LazyLock::new(|| signing_key("bert signature").spki_der());
static STATED: LazyLock<Vec<u8>> =
    LazyLock::new(|| hybrid_encryption_key("bert hybrid encryption").spki_der());

fuzz_target!(|octets: &[u8]| {
    if let Ok(request) = read_certificate_request(octets) {
        assert!(
            KEYS.iter().any(|key| key == request.spki_der()),
            "possession of a key was proven that nobody has"
        );
    }
    if let Ok(stated) = read_possession_statement(octets, &SIGNER, "bert@south.example") {
        assert_eq!(stated.spki_der(), *STATED, "a statement that its signer never made");
    }
});
