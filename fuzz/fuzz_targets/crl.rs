//! Revocation lists: every reader of a field, and a path that consults the list.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::path::{Crl, validate_path};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_fuzz::House;
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fuzz_target!(|octets: &[u8]| {
    let Ok(crl) = Crl::from_der(octets) else {
        return;
    };
    assert_eq!(crl.der(), octets, "what was signed is kept verbatim");
    let _ = (crl.this_update(), crl.next_update(), crl.number());
    let (anchors, policy) = (HOUSE.anchors(), AlgorithmPolicy::current());
    let purpose = KeyPurpose::LetterSignature;
    let _ =
        validate_path(HOUSE.signer(), &[], &[crl], HOUSE.now(), purpose, anchors, policy).is_ok();
});
