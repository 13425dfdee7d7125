//! Every request and answer of the HTTP API that is JSON: what is read is written and read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_erds::format::{from_json, to_json};
use sealpost_wire::{api, problem::Problem};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// What an endpoint takes at most, roughly; the provider's own bounds are smaller.
const OCTETS_MAX: usize = 4 * 1024 * 1024;

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(octets: &[u8]) {
    if let Ok(value) = from_json::<T>("message", octets, OCTETS_MAX) {
        assert_eq!(from_json("message", &to_json(&value), 2 * OCTETS_MAX), Ok(value));
    }
}

fuzz_target!(|octets: &[u8]| {
    reads_back::<api::RegistrationChallenge>(octets);
    reads_back::<api::RegistrationRequest>(octets);
    reads_back::<api::RegistrationAnswer>(octets);
    reads_back::<api::RenewalRequest>(octets);
    reads_back::<api::PeerAnswer>(octets);
    reads_back::<api::SubmissionAnswer>(octets);
    reads_back::<api::MailboxPage>(octets);
    reads_back::<api::MailboxAcknowledgement>(octets);
    reads_back::<api::DecisionRequest>(octets);
    reads_back::<api::DecisionAnswer>(octets);
    reads_back::<api::HandoverRequest>(octets);
    reads_back::<api::HandoverAnswer>(octets);
    reads_back::<api::RelayAnswer>(octets);
    reads_back::<api::ReceiptBatch>(octets);
    reads_back::<Problem>(octets);
});
