//! Dispatches from one provider to another, and the metadata that both keep.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::hpke::RoutingKey;
use sealpost_erds::evidence::{about_same_letter, verify_evidence};
use sealpost_erds::limits::SEALED_SLIP_OCTETS;
use sealpost_erds::relay::{DispatchHead, RelayMetadata};
use sealpost_erds::slip::{RelaySlip, SlipBinding};
use sealpost_fuzz::{House, read, routing_key};
use sealpost_wire::framing::{frame, split_head, split_parts};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SOUTH: LazyLock<RoutingKey> = LazyLock::new(|| routing_key("south.example"));

fuzz_target!(init: the_seed_is_opened(), |octets: &[u8]| {
    if let Ok(metadata) = RelayMetadata::from_json(octets) {
        assert_eq!(RelayMetadata::from_json(&metadata.to_json()), Ok(metadata));
    }
    let (head, rest) = match split_head(octets) {
        Ok((head, rest)) => (head, Some(rest)),
        Err(_) => (octets, None),
    };
    let Ok(dispatch) = DispatchHead::from_json(head) else {
        return;
    };
    assert_eq!(DispatchHead::from_json(&dispatch.to_json()).as_ref(), Ok(&dispatch));
    assert_eq!(dispatch.slip.0.len(), SEALED_SLIP_OCTETS);
    let lengths = dispatch.parts().into_iter().map(|part| part.octets);
    if let Some(parts) = rest.and_then(|rest| split_parts(rest, lengths).ok()) {
        assert_eq!(frame(head, &parts), octets, "framed otherwise");
    }
    let _ = is_judged(&dispatch);
});

/// What the recipient's provider does before it takes a letter over; whether it could.
fn is_judged(dispatch: &DispatchHead) -> bool {
    let verification = HOUSE.verification(KeyPurpose::ElectronicSeal);
    let evidence = verify_evidence(&dispatch.submission_evidence.0, &verification).passed();
    let proven = evidence.is_ok_and(|it| about_same_letter(it.get(), &dispatch.metadata));
    let binding = SlipBinding::of_metadata(&dispatch.metadata);
    let slip = RelaySlip::open(&SOUTH, &binding, &dispatch.slip);
    proven && slip.is_ok_and(|slip| dispatch.metadata.recipient.is_opened_by(&slip.recipient))
}

/// Otherwise nothing above would be tried.
fn the_seed_is_opened() {
    let seed = DispatchHead::from_json(&read("dispatch/signed.json")).expect("a seed");
    assert!(is_judged(&seed), "make the seeds again");
}
