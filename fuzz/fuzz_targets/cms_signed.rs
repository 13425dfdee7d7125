//! SignedData, strict and tolerant, attached and detached: no input may panic, both readers agree
//! that what is strict is also tolerable, and nothing verifies but what was signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::kdf::sha256;
use sealpost_cms::signed::{Limits, SignedData, verify_attached, verify_detached};
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{CONTENT, House, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fuzz_target!(init: the_seeds_verify(), |octets: &[u8]| {
    let strict = SignedData::from_der(octets, Limits::default()).is_ok();
    let tolerant = SignedData::from_ber(octets, Limits::default()).is_ok();
    assert!(tolerant || !strict, "strict DER that the tolerant reader refuses");
    let verification = HOUSE.verification(KeyPurpose::LetterSignature);
    if let Outcome::TotalPassed(content) = verify_attached(octets, &verification) {
        assert_eq!(content.get().content(), CONTENT, "verified, signed by nobody");
    }
    let outcome = verify_detached(octets, sha256(CONTENT), &verification);
    assert!(strict || outcome.passed().is_err(), "verified without strict DER");
    let other = verify_detached(octets, sha256(b"another content"), &verification);
    assert!(other.passed().is_err(), "verified over another content");
});

/// Otherwise nothing above would be tried.
fn the_seeds_verify() {
    let verification = HOUSE.verification(KeyPurpose::LetterSignature);
    let attached = genuine("cms_signed", |octets| verify_attached(octets, &verification));
    let detached = |octets: &[u8]| verify_detached(octets, sha256(CONTENT), &verification);
    assert!(attached.len() >= 2 && genuine("cms_signed", detached).len() >= 2);
}
