//! Updates of the algorithm policy. One form each; nothing is allowed that the release denies; and
//! nothing verifies but what the provider of the domain sealed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::policy::{AlgorithmPolicy, Audience, KeyKind, SignatureAlgorithm};
use sealpost_cms::verdict::Outcome;
use sealpost_erds::Domain;
use sealpost_erds::policy::{PolicyUpdate, claimed_policy_update, verify_policy_update};
use sealpost_fuzz::{House, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SEALED: LazyLock<Vec<PolicyUpdate>> =
    LazyLock::new(|| genuine("policy", |octets| verified("south.example", octets)));

const TIMES: [i64; 4] = [0, 1_800_000_000, 2_000_000_000, i64::MAX];

fn verified(domain: &str, octets: &[u8]) -> Outcome<PolicyUpdate> {
    let domain = Domain::parse(domain).expect("a domain");
    verify_policy_update(octets, &domain, &HOUSE.verification(KeyPurpose::ElectronicSeal))
}

fuzz_target!(init: LazyLock::force(&SEALED), |octets: &[u8]| {
    if let Ok(update) = PolicyUpdate::from_json(octets) {
        assert_eq!(update.to_json(), octets, "one form");
        let release = AlgorithmPolicy::current();
        let effective = update.effective(release).expect("what is read tightens");
        for at in TIMES {
            let allows = |policy: &AlgorithmPolicy| {
                policy.check_kind(SignatureAlgorithm::EcdsaP256Sha256, KeyKind::P256, at).is_ok()
            };
            assert!(allows(release) || !allows(&effective), "an update allows");
            for suite in release.suites() {
                assert!(effective.end_of_suite(suite) <= suite.until, "an update postpones");
            }
            let _ = update.replaces(Some(&update), at).is_ok_and(|new| !new);
        }
        for audience in [Audience::Agents, Audience::MailClients] {
            assert!(effective.floor(audience) >= release.floor(audience), "an update lowers");
        }
    }
    let _ = claimed_policy_update(octets).is_ok();
    if let Outcome::TotalPassed(update) = verified("south.example", octets) {
        assert!(SEALED.contains(update.get()), "verified, sealed by nobody");
    }
    assert!(verified("north.example", octets).passed().is_err(), "sealed for another domain");
});
