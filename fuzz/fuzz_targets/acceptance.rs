//! Decisions of recipients. Nothing is an acceptance and a refusal, and nothing verifies but what
//! a recipient of the seeds signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_erds::ConsignmentMode;
use sealpost_erds::acceptance::{Decision, Verdict, verify_acceptance, verify_rejection};
use sealpost_fuzz::{House, contents, read};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SIGNED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| contents("acceptance"));

/// Otherwise nothing that follows would be tried.
fn the_seeds_verify() {
    let verification = HOUSE.verification(KeyPurpose::Authentication);
    let accepted = read("acceptance/accepted.p7m");
    let accepted = verify_acceptance(&accepted, ConsignmentMode::Signed, &verification);
    let refused = read("acceptance/refused.p7m");
    let refused = verify_rejection(&refused, ConsignmentMode::Consent, &verification);
    let both = accepted.passed().is_ok() && refused.passed().is_ok();
    assert!(both, "make the seeds again");
}

fn is_signed(decision: &Decision, verdict: Verdict) -> bool {
    decision.verdict == verdict && SIGNED.contains(&decision.to_json())
}

fuzz_target!(init: the_seeds_verify(), |octets: &[u8]| {
    let verification = HOUSE.verification(KeyPurpose::Authentication);
    for mode in [ConsignmentMode::Basic, ConsignmentMode::Consent, ConsignmentMode::Signed] {
        let accepted = verify_acceptance(octets, mode, &verification).passed();
        let refused = verify_rejection(octets, mode, &verification).passed();
        assert!(accepted.is_err() || refused.is_err(), "accepted and refused at once");
        if let Ok(accepted) = accepted {
            assert!(is_signed(accepted.get().decision(), Verdict::Accepted));
            assert!(accepted.finding().proven_time.is_some());
        }
        if let Ok(refused) = refused {
            assert!(is_signed(refused.get().decision(), Verdict::Refused));
            assert!(refused.finding().proven_time.is_some());
        }
    }
});
