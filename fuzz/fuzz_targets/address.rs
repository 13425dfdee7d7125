//! Addresses and domain names: one spelling each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_erds::limits::ADDRESS_OCTETS_MAX;
use sealpost_erds::{Address, Digest, DispatchId, Domain};

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    if let Ok(domain) = Domain::parse(text) {
        assert_eq!(domain.as_str(), text.to_ascii_lowercase());
        assert_eq!(Domain::parse(domain.as_str()).as_ref(), Ok(&domain));
    }
    if let Ok(address) = Address::parse(text) {
        assert_eq!(address.as_str(), text.to_ascii_lowercase());
        assert_eq!(Address::parse(address.as_str()).as_ref(), Ok(&address));
        assert!(address.as_str().is_ascii() && address.as_str().len() <= ADDRESS_OCTETS_MAX);
        let joined = format!("{}@{}", address.local_part(), address.domain().as_str());
        assert_eq!(joined, address.as_str());
        assert!(!address.as_str().contains(|c: char| c.is_control() || c == ' ' || c == '"'));
    }
    if let Some(digest) = Digest::parse(text) {
        assert_eq!(digest.hex(), text.to_ascii_lowercase());
    }
    if let Some(dispatch) = DispatchId::parse(text) {
        assert_eq!(dispatch.hex(), text.to_ascii_lowercase());
    }
});
