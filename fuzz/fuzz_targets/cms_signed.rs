//! SignedData, strict and tolerant, attached and detached: no input may panic, and both readers
//! agree that what is strict is also tolerable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::kdf::sha256;
use sealpost_cms::signed::{Limits, SignedData, verify_attached, verify_detached};
use sealpost_fuzz::{CONTENT, House};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fuzz_target!(|octets: &[u8]| {
    let strict = SignedData::from_der(octets, Limits::default()).is_ok();
    let tolerant = SignedData::from_ber(octets, Limits::default()).is_ok();
    assert!(tolerant || !strict, "strict DER that the tolerant reader refuses");
    let verification = HOUSE.verification(KeyPurpose::LetterSignature);
    let _ = verify_attached(octets, &verification).indication();
    let _ = verify_detached(octets, sha256(CONTENT), &verification).indication();
});
