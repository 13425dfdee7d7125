//! Submissions: framing, head and parts. What is taken is written again as the same message.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::disclosure::{Assurance, PartyReference};
use sealpost_erds::limits::{CONSIGNMENTS_MAX, SEALED_SLIP_OCTETS};
use sealpost_erds::relay::{RelayMetadata, SubmissionHead};
use sealpost_erds::{Domain, enveloped::Enveloped};
use sealpost_fuzz::NOW;
use sealpost_wire::framing::{frame, split_head, split_parts};

fuzz_target!(|octets: &[u8]| {
    let (head, rest) = match split_head(octets) {
        Ok((head, rest)) => (head, Some(rest)),
        Err(_) => (octets, None),
    };
    let Ok(submission) = SubmissionHead::from_json(head) else {
        return;
    };
    assert_eq!(SubmissionHead::from_json(&submission.to_json()).as_ref(), Ok(&submission));
    check(&submission);
    let lengths = submission.parts().into_iter().map(|part| part.octets);
    if let Some(parts) = rest.and_then(|rest| split_parts(rest, lengths).ok()) {
        assert_eq!(parts.len(), submission.parts().len());
        assert_eq!(frame(head, &parts), octets, "framed otherwise");
        for part in parts {
            let _ = Enveloped::from_der(part.to_vec()).is_ok();
        }
    }
});

fn check(submission: &SubmissionHead) {
    assert!((1..=CONSIGNMENTS_MAX).contains(&submission.consignments.len()));
    assert_eq!(submission.mode.needs_acceptance(), submission.body.is_some());
    let north = Domain::parse("north.example").expect("a domain");
    let sender = PartyReference::to(&submission.sender, Some(Assurance::Low));
    for consignment in &submission.consignments {
        assert_eq!(consignment.slip.0.len(), SEALED_SLIP_OCTETS);
        let time = ClaimedTime::from_unix(NOW);
        let metadata = RelayMetadata::of_submission(submission, consignment, &north, &sender, time);
        let again = RelayMetadata::from_json(&metadata.to_json());
        assert_eq!(again, Ok(metadata), "taken, and not fit to be relayed");
    }
}
