//! Evidence: the payload against EN 319 522-2 Table 13, and the verdict on signed octets. Nothing
//! verifies but what a provider of the seeds sealed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::verdict::Outcome;
use sealpost_erds::evidence::{Evidence, verify_evidence};
use sealpost_erds::limits::{EVIDENCE_RECIPIENTS_MAX, REASONS_MAX};
use sealpost_fuzz::{House, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SEALED: LazyLock<Vec<Evidence>> = LazyLock::new(|| genuine("evidence", verified));

fn verified(octets: &[u8]) -> Outcome<Evidence> {
    verify_evidence(octets, &HOUSE.verification(KeyPurpose::ElectronicSeal))
}

fuzz_target!(init: LazyLock::force(&SEALED), |octets: &[u8]| {
    if let Ok(evidence) = Evidence::from_json(octets) {
        assert_eq!(Evidence::from_json(&evidence.to_json()).as_ref(), Ok(&evidence));
        assert_eq!(evidence.check(), Ok(()));
        assert!(evidence.reason().is_some() && evidence.reasons.len() <= REASONS_MAX);
        assert!((1..=EVIDENCE_RECIPIENTS_MAX).contains(&evidence.recipients.len()));
    }
    if let Outcome::TotalPassed(evidence) = verified(octets) {
        assert!(SEALED.contains(evidence.get()), "verified, sealed by nobody");
        assert!(evidence.finding().proven_time.is_some(), "evidence without a proven time");
    }
});
