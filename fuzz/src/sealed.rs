//! What is sealed for a provider, written here a second time after its documentation: a target
//! that seals arbitrary plaintext reaches what reads it.

use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_erds::disclosure::PartyReference;
use sealpost_erds::relay::{PartDigest, RELAY_VERSION, RelayMetadata};
use sealpost_erds::slip::SlipBinding;
use sealpost_erds::{ConsignmentMode, Digest, DispatchId, Domain, LetterId};

/// One letter's way, the same for all seeds.
pub struct Way {
    /// The letter.
    pub letter_id: LetterId,
    /// The way.
    pub dispatch_id: DispatchId,
    enveloped: PartDigest,
    body: PartDigest,
    content_commitment: Digest,
}

impl Way {
    /// The only one.
    pub fn new() -> Self {
        let part = |octet| PartDigest { sha256: Digest::from_array([octet; 32]), octets: 4096 };
        Self {
            letter_id: LetterId::from_array([1; 16]),
            dispatch_id: DispatchId::from_array([2; 16]),
            enveloped: part(3),
            body: part(4),
            content_commitment: Digest::from_array([5; 32]),
        }
    }

    /// What a slip is bound to.
    pub fn binding(&self) -> SlipBinding {
        let domain = Domain::parse("south.example").expect("a domain");
        let nobody = PartyReference { digests: Vec::new(), assurance: None };
        SlipBinding::of_metadata(&RelayMetadata {
            version: RELAY_VERSION.to_owned(),
            letter_id: self.letter_id,
            dispatch_id: self.dispatch_id,
            mode: ConsignmentMode::Signed,
            deadline: Some(Deadline::from_unix(6)),
            sender_erds: domain.clone(),
            recipient_erds: domain,
            sender: nobody.clone(),
            recipient: nobody,
            enveloped: self.enveloped,
            body: Some(self.body),
            objects: None,
            content_commitment: self.content_commitment,
            submission_time: ClaimedTime::from_unix(0),
        })
    }

    /// The same as octets.
    pub fn binding_octets(&self) -> Vec<u8> {
        [
            self.letter_id.as_array().as_slice(),
            self.dispatch_id.as_array(),
            // Mode `signed`; a deadline.
            &[2, 1, 0, 0, 0, 0, 0, 0, 0, 6],
            self.enveloped.sha256.as_array(),
            &[1],
            self.body.sha256.as_array(),
            self.content_commitment.as_array(),
            // Two parties without digests.
            &[0; 16],
        ]
        .concat()
    }
}

impl Default for Way {
    fn default() -> Self {
        Self::new()
    }
}

/// Length, content, zeros: the plaintext of everything that is sealed in a fixed size.
pub fn padded(content: &[u8], octets: usize) -> Option<Vec<u8>> {
    let mut padded = u32::try_from(content.len()).ok()?.to_be_bytes().to_vec();
    padded.extend_from_slice(content);
    (padded.len() <= octets).then(|| {
        padded.resize(octets, 0);
        padded
    })
}
