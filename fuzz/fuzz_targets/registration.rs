//! Registration and renewal statements. Nothing verifies but what a person of the seeds signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::verdict::Outcome;
use sealpost_erds::registration::{
    RegistrationStatement, RenewalStatement, verify_registration, verify_renewal,
};
use sealpost_fuzz::{House, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SIGNED: LazyLock<Vec<RegistrationStatement>> =
    LazyLock::new(|| genuine("registration", verified));

fn verified(octets: &[u8]) -> Outcome<RegistrationStatement> {
    verify_registration(octets, &HOUSE.verification(KeyPurpose::LetterSignature))
}

fuzz_target!(init: LazyLock::force(&SIGNED), |octets: &[u8]| {
    if let Ok(statement) = RegistrationStatement::from_json(octets) {
        let again = RegistrationStatement::from_json(&statement.to_json());
        assert_eq!(again, Ok(statement));
    }
    if let Ok(statement) = RenewalStatement::from_json(octets) {
        let again = RenewalStatement::from_json(&statement.to_json());
        assert_eq!(again, Ok(statement));
    }
    // Nobody of the seeds has signed one.
    let renewal = verify_renewal(octets, &HOUSE.verification(KeyPurpose::LetterSignature));
    assert!(!matches!(renewal, Outcome::TotalPassed(_)), "verified, signed by nobody");
    if let Outcome::TotalPassed(statement) = verified(octets) {
        assert!(SIGNED.contains(statement.get()), "verified, signed by nobody");
    }
});
