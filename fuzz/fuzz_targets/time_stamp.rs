//! Time-stamp requests, responses and tokens: nothing verifies but what the authority stamped.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::kdf::sha256;
use sealpost_cms::tsp::{TimeStamp, TimeStampRequest, token_from_response, verify_token};
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{CONTENT, House, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static STAMPS: LazyLock<Vec<TimeStamp>> = LazyLock::new(|| genuine("time_stamp", verified));

fn verified(token: &[u8]) -> Outcome<TimeStamp> {
    verify_token(token, sha256(CONTENT), &HOUSE.verification(KeyPurpose::TimeStamping))
}

fn check(token: &[u8]) {
    if let Outcome::TotalPassed(stamp) = verified(token) {
        let same = |other: &TimeStamp| {
            (other.serial(), other.claimed()) == (stamp.get().serial(), stamp.get().claimed())
        };
        assert!(STAMPS.iter().any(same), "verified, stamped by nobody");
    }
}

fuzz_target!(init: LazyLock::force(&STAMPS), |octets: &[u8]| {
    if let Ok(request) = TimeStampRequest::from_der(octets) {
        let again = TimeStampRequest::from_der(&request.to_der()).expect("our own request is read");
        assert_eq!(again.imprint(), request.imprint());
    }
    if let Ok(token) = token_from_response(octets, &TimeStampRequest::new(sha256(CONTENT), 1)) {
        check(&token);
    }
    check(octets);
    let verification = HOUSE.verification(KeyPurpose::TimeStamping);
    let other = verify_token(octets, sha256(b"another content"), &verification);
    assert!(other.passed().is_err(), "a token over another content");
});
