//! Relay slips and reply paths. The first octet of an input says what the rest is: something
//! sealed, or the plaintext that the target seals itself, since no mutation finds a GCM tag.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::hpke::{RoutingKey, seal};
use sealpost_erds::Octets;
use sealpost_erds::limits::{REPLY_PATH_OCTETS, SLIP_OCTETS};
use sealpost_erds::slip::{RelaySlip, ReplyPath};
use sealpost_fuzz::{Repeatable, Way, padded, routing_key};
use std::sync::LazyLock;

static KEY: LazyLock<RoutingKey> = LazyLock::new(|| routing_key("south.example"));
const SLIP: &[u8] = b"sealpost/relay-slip/v2";
const REPLY_PATH: &[u8] = b"sealpost/reply-path/v1";

fuzz_target!(|octets: &[u8]| {
    let Some((kind, rest)) = octets.split_first() else {
        return;
    };
    let way = Way::new();
    let (binding, dispatch) = (way.binding_octets(), way.dispatch_id.as_array());
    match kind {
        0 => open_slip(&way, rest.to_vec()),
        1 => open_reply_path(&way, rest.to_vec()),
        2 => open_slip(&way, sealed(SLIP, &binding, rest)),
        3 => open_reply_path(&way, sealed(REPLY_PATH, dispatch, rest)),
        4 => {
            if let Some(plaintext) = padded(rest, SLIP_OCTETS) {
                open_slip(&way, sealed(SLIP, &binding, &plaintext));
            }
        }
        5 => {
            if let Some(plaintext) = padded(rest, REPLY_PATH_OCTETS) {
                open_reply_path(&way, sealed(REPLY_PATH, dispatch, &plaintext));
            }
        }
        _ => {}
    }
});

fn random() -> Repeatable {
    Repeatable::of("slip")
}

fn sealed(info: &[u8], binding: &[u8], plaintext: &[u8]) -> Vec<u8> {
    seal(&KEY.public(), info, binding, plaintext, &mut random()).expect("the key is not degenerate")
}

fn open_slip(way: &Way, octets: Vec<u8>) {
    let binding = way.binding();
    if let Ok(slip) = RelaySlip::open(&KEY, &binding, &Octets(octets)) {
        let again = slip.seal(&KEY.public(), &binding, &mut random()).expect("it fitted before");
        assert_eq!(RelaySlip::open(&KEY, &binding, &again), Ok(slip));
    }
}

fn open_reply_path(way: &Way, octets: Vec<u8>) {
    if let Ok(path) = ReplyPath::open(&KEY, way.dispatch_id, &Octets(octets)) {
        let again = path.seal(&KEY.public(), way.dispatch_id, &mut random());
        let again = again.expect("it fitted before");
        assert_eq!(ReplyPath::open(&KEY, way.dispatch_id, &again), Ok(path));
    }
}
