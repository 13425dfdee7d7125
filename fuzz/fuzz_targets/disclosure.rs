//! Disclosures and the digests that stand for parties.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_erds::disclosure::{Disclosure, PartyReference};
use sealpost_erds::format::{from_json, to_json};
use sealpost_erds::limits::{DISCLOSURE_CHARS_MAX, PARTY_DIGESTS_MAX};

fuzz_target!(|octets: &[u8]| {
    if let Ok(party) = from_json::<PartyReference>("party", octets, octets.len()) {
        let again = from_json("party", &to_json(&party), usize::MAX);
        assert_eq!(again.as_ref(), Ok(&party));
        assert!(!party.is_well_formed() || party.digests.len() <= PARTY_DIGESTS_MAX);
        assert!(party.same_party(&party));
    }
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let Ok(disclosure) = Disclosure::parse(text) else {
        return;
    };
    assert_eq!(disclosure.encoded(), text, "what was digested is kept verbatim");
    assert!(text.len() <= DISCLOSURE_CHARS_MAX);
    let party = PartyReference::to(std::slice::from_ref(&disclosure), None);
    assert!(party.is_well_formed() && party.is_opened_by(&disclosure));
    let opened = party.opened(disclosure.name(), std::slice::from_ref(&disclosure));
    assert_eq!(opened, Some(disclosure.value()));
    assert!(
        disclosure.value().is_empty() || !format!("{disclosure:?}").contains(text),
        "a disclosure in a log"
    );
});
