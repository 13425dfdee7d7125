//! Time-stamp requests, responses and tokens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::kdf::sha256;
use sealpost_cms::tsp::{TimeStampRequest, token_from_response, verify_token};
use sealpost_fuzz::{CONTENT, House};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fuzz_target!(|octets: &[u8]| {
    if let Ok(request) = TimeStampRequest::from_der(octets) {
        let again = TimeStampRequest::from_der(&request.to_der()).expect("our own request is read");
        assert_eq!(again.imprint(), request.imprint());
    }
    let imprint = sha256(CONTENT);
    let verification = HOUSE.verification(KeyPurpose::TimeStamping);
    if let Ok(token) = token_from_response(octets, &TimeStampRequest::new(imprint, 1)) {
        let _ = verify_token(&token, imprint, &verification).indication();
    }
    let _ = verify_token(octets, imprint, &verification).indication();
});
