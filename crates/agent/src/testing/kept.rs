//! Records as they lie in a vault.

use super::address;
use crate::records::Received;
use crate::system_random;
use sealpost_erds::Octets;
use sealpost_erds::disclosure::Disclosure;
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::slip::Share;
use sealpost_letter::record::{RECORD_VERSION, SentRecipient};
use sealpost_letter::{Party, SentRecord, Suite};

/// A letter that came and was accepted.
pub(crate) fn received(metadata: RelayMetadata) -> Received {
    Received {
        metadata,
        carrier_key: Share::from_array([1; 32]),
        suite: Suite::Smime2019,
        certificate: None,
        notice: Some(Octets(vec![2])),
        content_key: Some(Share::from_array([4; 32])),
        release_share: Some(Share::from_array([5; 32])),
        decision: Some(Octets(vec![6])),
        accepted: true,
        handed_over: false,
        objects: Vec::new(),
        listed: None,
        experiment: None,
    }
}

/// What Anna keeps of a letter to Bert; the metadata then name the same parties.
pub(crate) fn sent(metadata: &mut RelayMetadata) -> SentRecord {
    let disclosure = |text| Disclosure::identifier(&address(text), &mut system_random());
    let share = || Share::from_array([7; 32]);
    let (anna, bert) = (disclosure("anna@north.example"), disclosure("bert@south.example"));
    metadata.sender.digests = vec![anna.digest()];
    metadata.recipient.digests = vec![bert.digest()];
    SentRecord {
        version: RECORD_VERSION.to_owned(),
        letter_id: metadata.letter_id,
        mode: metadata.mode,
        suite: Suite::Smime2019,
        deadline: metadata.deadline,
        date: metadata.submission_time,
        sender: Party { address: address("anna@north.example"), name: "Anna".to_owned() },
        to: vec![address("bert@south.example")],
        cc: Vec::new(),
        blind_copy: false,
        subject: "Subject".to_owned(),
        reference: None,
        sender_disclosures: vec![anna],
        content_commitment: metadata.content_commitment,
        signed_content: metadata.enveloped,
        body: metadata.body,
        shares: None,
        recipients: vec![SentRecipient {
            address: address("bert@south.example"),
            dispatch_id: metadata.dispatch_id,
            disclosure: bert,
            certificate: Octets::default(),
            enveloped: metadata.enveloped,
            carrier_key: share(),
            content_key: share(),
            reply_key: Some(share()),
        }],
    }
}
