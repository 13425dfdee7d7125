//! Discovery documents. Nothing verifies but what the provider of the domain sealed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::verdict::Outcome;
use sealpost_erds::Domain;
use sealpost_erds::discovery::{Discovery, verify_discovery};
use sealpost_fuzz::{House, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SEALED: LazyLock<Vec<Discovery>> =
    LazyLock::new(|| genuine("discovery", |octets| verified("south.example", octets)));

fn verified(domain: &str, octets: &[u8]) -> Outcome<Discovery> {
    let domain = Domain::parse(domain).expect("a domain");
    verify_discovery(octets, &domain, &HOUSE.verification(KeyPurpose::ElectronicSeal))
}

fuzz_target!(init: LazyLock::force(&SEALED), |octets: &[u8]| {
    if let Ok(discovery) = Discovery::from_json(octets) {
        assert_eq!(Discovery::from_json(&discovery.to_json()).as_ref(), Ok(&discovery));
        assert!(discovery.routing_key.key().is_ok(), "read, and without a routing key");
    }
    if let Outcome::TotalPassed(discovery) = verified("south.example", octets) {
        assert!(SEALED.contains(discovery.get()), "verified, sealed by nobody");
    }
    assert!(verified("north.example", octets).passed().is_err(), "sealed for another domain");
});
