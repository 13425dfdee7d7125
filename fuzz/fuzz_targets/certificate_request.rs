//! Certificate requests: who asks holds the key, and what is asked for is one P-256 key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::issue::read_certificate_request;
use sealpost_fuzz::{agreement_key, signing_key};
use std::sync::LazyLock;

static KEYS: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [signing_key("anna signature").spki_der(), agreement_key("bert encryption").spki_der()]
});

fuzz_target!(|octets: &[u8]| {
    if let Ok(request) = read_certificate_request(octets) {
        assert!(
            KEYS.iter().any(|key| key == request.spki_der()),
            "possession of a key was proven that nobody has"
        );
    }
});
