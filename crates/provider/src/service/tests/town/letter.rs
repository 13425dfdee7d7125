//! Letters as their senders make them, and what a test wants to vary.

use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_cms::time::Deadline;
use sealpost_erds::disclosure::{Disclosure, PartyReference};
use sealpost_erds::relay::{PartDigest, SUBMISSION_VERSION, SubmissionHead, SubmittedConsignment};
use sealpost_erds::slip::{RelaySlip, ReplyPath, Share, SlipBinding};
use sealpost_erds::{Address, ConsignmentMode, Digest, DispatchId, LetterId, Octets};

use super::person::Person;
use crate::clock;
use crate::provider::Provider;
use crate::service::{PartIntake, StoredPart};

/// A letter as its sender makes it.
#[derive(Clone)]
pub struct Letter {
    pub head: SubmissionHead,
    pub parts: Vec<Vec<u8>>,
    /// What travels beside it.
    pub objects: Vec<Vec<u8>>,
    /// One per recipient, for looking for them where they must not be.
    pub release_shares: Vec<[u8; 32]>,
    pub carrier_keys: Vec<[u8; 32]>,
    pub disclosures: Vec<Disclosure>,
}

/// What a test wants to vary.
pub struct Wish<'a> {
    pub mode: ConsignmentMode,
    pub deadline_in: i64,
    pub octets: usize,
    pub to: &'a [&'a str],
    /// Whose name stands in the sender's disclosure, if not the sender's own.
    pub in_the_name_of: Option<&'a str>,
    /// How many objects travel beside it.
    pub objects: usize,
    /// Leave the release share out of the slip.
    pub forgets_share: bool,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Self {
            mode: ConsignmentMode::Basic,
            deadline_in: 3600,
            octets: 5000,
            to: &["bert@south.example"],
            in_the_name_of: None,
            objects: 0,
            forgets_share: false,
        }
    }
}

impl Letter {
    /// A letter from a person, by whose own provider the reply path is sealed. `routing` are the
    /// providers of the recipients.
    pub fn new(from: &Person, routing: &Provider, wish: &Wish<'_>) -> Self {
        let random = &mut clock::system_random();
        let consent = wish.mode.needs_acceptance();
        let sender = match wish.in_the_name_of {
            Some(name) => Address::parse(name).unwrap(),
            None => from.account.address.clone(),
        };
        let disclosures = vec![Disclosure::identifier(&sender, random)];
        let letter_id = LetterId::random(random);
        let content_commitment = Digest::of(&clock::random_octets::<32>());
        let mut parts = Vec::new();
        let body = consent.then(|| {
            parts.push(ciphertext(wish.octets));
            PartDigest::of(&parts[0])
        });
        let objects: Vec<Vec<u8>> = (0..wish.objects).map(|_| ciphertext(OBJECT_OCTETS)).collect();
        let mut letter = Self {
            head: SubmissionHead {
                version: SUBMISSION_VERSION.to_owned(),
                letter_id,
                mode: wish.mode,
                deadline: consent
                    .then(|| Deadline::from_unix(clock::now_unix() + wish.deadline_in)),
                content_commitment,
                body,
                objects: objects.iter().map(|object| PartDigest::of(object)).collect(),
                sender: disclosures.clone(),
                consignments: Vec::new(),
            },
            parts,
            objects,
            release_shares: Vec::new(),
            carrier_keys: Vec::new(),
            disclosures,
        };
        for address in wish.to {
            letter.add(from, routing, wish, &Address::parse(address).unwrap());
        }
        letter
    }

    fn add(&mut self, from: &Person, routing: &Provider, wish: &Wish<'_>, to: &Address) {
        let random = &mut clock::system_random();
        let consent = wish.mode.needs_acceptance();
        let dispatch_id = DispatchId::random(random);
        let enveloped = ciphertext(if consent { 3000 } else { wish.octets });
        let digest = PartDigest::of(&enveloped);
        let (carrier_key, release_share) = (Share::random(random), Share::random(random));
        let recipient = Disclosure::identifier(to, random);
        let path = ReplyPath { mailbox: from.account.address.clone() };
        let own_key = from.provider.keys.routing().public();
        self.carrier_keys.push(*carrier_key.expose());
        self.release_shares.push(*release_share.expose());
        self.disclosures.push(recipient.clone());
        let slip = RelaySlip {
            recipient: recipient.clone(),
            carrier_key,
            release_share: (consent && !wish.forgets_share).then_some(release_share),
            reply_path: path.seal(&own_key, dispatch_id, random).unwrap(),
        };
        let mut consignment = SubmittedConsignment {
            dispatch_id,
            domain: to.domain(),
            recipient: PartyReference::to(&[recipient], None),
            enveloped: digest,
            slip: Octets::default(),
        };
        let binding = SlipBinding::of_submission(&self.head, &consignment);
        consignment.slip = slip.seal(&routing.keys.routing().public(), &binding, random).unwrap();
        self.head.consignments.push(consignment);
        self.parts.push(enveloped);
    }

    /// The parts as the front door would have taken them in.
    pub async fn stored_parts(&self, provider: &Provider) -> Vec<StoredPart> {
        let mut stored = Vec::new();
        for (announced, octets) in self.head.parts().into_iter().zip(&self.parts) {
            stored.push(stored_part(provider, announced, octets).await);
        }
        stored
    }

    pub fn dispatch_id(&self) -> DispatchId {
        self.head.consignments[0].dispatch_id
    }
}

pub async fn stored_part(provider: &Provider, announced: PartDigest, octets: &[u8]) -> StoredPart {
    let mut intake = PartIntake::begin(provider, announced);
    for piece in octets.chunks(7000) {
        intake.write(piece).await.unwrap();
    }
    intake.finish().await.unwrap()
}

/// Octets in an object: more than lies in the database.
const OBJECT_OCTETS: usize = 70_000;

/// Something that is encrypted, for nobody in particular.
pub fn ciphertext(octets: usize) -> Vec<u8> {
    let random = &mut clock::system_random();
    let kek = KeyEncryptionKey::generate(random);
    let slots = [RecipientSlot::KeyEncryption { id: b"nobody", kek: &kek }];
    seal(&vec![b'x'; octets], &slots, &ContentKey::generate(random), random).unwrap()
}
