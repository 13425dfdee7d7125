//! A letter as it would come from another person.

use super::{Provider, address};
use crate::records::{self, CONTENT, RECEIVED, Received};
use crate::session::{Agent, Trust, claimed_now};
use crate::system_random;
use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::issue::Profile as Kind;
use sealpost_cms::keys::SigningKey;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_erds::disclosure::{Assurance, PartyReference};
use sealpost_erds::relay::{PartDigest, RelayMetadata};
use sealpost_erds::slip::{RelaySlip, Share, SlipBinding};
use sealpost_erds::{ConsignmentMode, Octets};
use sealpost_experiment::Cipher;
use sealpost_letter::{
    Carried, ChunkedAttachment, Draft, Embedded, Party, Recipient, Routing, Signers, Suite,
    compose, open_carrier,
};
use sealpost_wire::api::{LetterState, MailboxLetter};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A letter of basic mode from anna@north.example.
pub(crate) struct Letter {
    pub(crate) metadata: RelayMetadata,
    /// What Anna signed.
    pub(crate) content: Vec<u8>,
    /// What travels.
    pub(crate) enveloped: Vec<u8>,
    carrier_key: Share,
}

/// What a sender may choose.
enum Chosen<'a> {
    Nothing,
    Experiment(Cipher),
    FixedKey(&'a Agent),
}

impl Chosen<'_> {
    const fn suite(&self) -> Option<Suite> {
        match self {
            Self::Nothing | Self::Experiment(_) => None,
            Self::FixedKey(_) => Some(Suite::StaticDhCbcHmac),
        }
    }
}

impl Provider {
    /// Anna, a customer of this provider, writes to somebody at another.
    pub(crate) fn delivers(&self, to: &Agent, at: &Self, time_stamp: bool) -> Letter {
        self.delivers_with(to, at, time_stamp, Vec::new())
    }

    /// The same with large attachments.
    pub(crate) fn delivers_with(
        &self,
        to: &Agent,
        at: &Self,
        time_stamp: bool,
        chunked: Vec<Vec<ChunkedAttachment>>,
    ) -> Letter {
        self.writes(to, at, time_stamp, chunked, Chosen::Nothing)
    }

    /// The same under an experimental cipher.
    pub(crate) fn delivers_within(&self, to: &Agent, at: &Self, cipher: Cipher) -> Letter {
        self.writes(to, at, true, Vec::new(), Chosen::Experiment(cipher))
    }

    /// The same under fixed keys, of which one is somebody's.
    pub(crate) fn delivers_from(&self, by: &Agent, to: &Agent, at: &Self) -> Letter {
        self.writes(to, at, true, Vec::new(), Chosen::FixedKey(by))
    }

    fn writes(
        &self,
        to: &Agent,
        at: &Self,
        time_stamp: bool,
        chunked: Vec<Vec<ChunkedAttachment>>,
        chosen: Chosen<'_>,
    ) -> Letter {
        let (name, organisation, rng) = ("Anna", None, &mut system_random());
        let key = SigningKey::generate(rng);
        let profile = Kind::PersonSignature { name, address: "anna@north.example", organisation };
        let certificate = self.certifies(profile, &key.spki_der());
        let draft = draft(name, to, chunked, time_stamp, chosen.suite());
        let release = Arc::new(AlgorithmPolicy::current().clone());
        let there = Trust::new(Some(at.root.clone()), Vec::new(), vec![at.list.clone()], &release);
        let suite = chosen.suite().unwrap_or(Suite::Smime2019);
        let encryption = to.certificates.encryption_in(suite).next().unwrap().clone();
        let recipient = Recipient::verified(draft.to[0].clone(), encryption, &there.verification());
        let composed =
            compose(&draft, &[recipient.unwrap()], claimed_now(), rng).unwrap().remove(0);
        let asked = composed
            .ask(Signers { classic: &certificate, post_quantum: None }, claimed_now())
            .unwrap();
        let answer = key.answer(&asked.requests()[0]);
        let signed = asked.answered(vec![answer]).unwrap();
        let here =
            Trust::new(Some(self.root.clone()), Vec::new(), vec![self.list.clone()], &release);
        let stamped = match time_stamp {
            true => {
                let token = self.stamps(&signed.time_stamp_requests(|| 7)[0]);
                signed.time_stamped(vec![token], &here.verification()).unwrap()
            }
            false => signed.without_time_stamp().unwrap(),
        };
        let stamped = match chosen {
            Chosen::Nothing => stamped,
            Chosen::Experiment(cipher) => stamped.within(cipher),
            Chosen::FixedKey(of) => of.agreed(stamped, &release).unwrap(),
        };
        let lists = std::slice::from_ref(&self.list);
        let (mut parts, embedded) = (Vec::new(), Embedded { certificates: &[], crls: lists });
        let locked = stamped.lock(embedded, &mut parts, rng).unwrap();
        let (own, routing) = (RoutingKey::generate(rng), RoutingKey::generate(rng));
        let of = BTreeMap::from([(at.domain.clone(), routing.public())]);
        let keys = Routing { own: &own.public(), of: &of };
        let submission = locked.finish(Vec::new(), keys, &mut parts, rng).unwrap();
        let (head, sender) = (&submission.head, &submission.head.sender);
        let sender = PartyReference::to(sender, Some(Assurance::Low));
        let consignment = &head.consignments[0];
        let metadata =
            RelayMetadata::of_submission(head, consignment, &self.domain, &sender, claimed_now());
        let binding = SlipBinding::of_metadata(&metadata);
        let slip = RelaySlip::open(&routing, &binding, &consignment.slip).unwrap();
        let content = submission.signed_content.to_vec();
        Letter { metadata, content, enveloped: parts, carrier_key: slip.carrier_key }
    }
}

/// What Anna writes.
fn draft(
    name: &str,
    to: &Agent,
    chunked: Vec<Vec<ChunkedAttachment>>,
    time_stamp: bool,
    suite: Option<Suite>,
) -> Draft {
    Draft {
        sender: Party { address: address("anna@north.example"), name: name.to_owned() },
        to: vec![to.account.address.clone()],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Subject".to_owned(),
        text: "Text".to_owned(),
        attachments: Vec::new(),
        chunked,
        mode: ConsignmentMode::Basic,
        deadline: None,
        show_subject: false,
        show_recipients: false,
        time_stamp,
        suite,
        reference: None,
    }
}

impl Letter {
    /// The same letter with anything else inside its encryption.
    pub(crate) fn holding(mut self, inside: &[u8], reader: &Agent) -> Self {
        let rng = &mut system_random();
        let slot = RecipientSlot::Certificate(&reader.certificates.encryption);
        let inner = seal(inside, &[slot], &ContentKey::generate(rng), rng).unwrap();
        let kek = KeyEncryptionKey::from_bytes(*self.carrier_key.expose());
        let id = self.metadata.dispatch_id;
        let slot = RecipientSlot::KeyEncryption { id: id.as_array(), kek: &kek };
        self.enveloped = seal(&inner, &[slot], &ContentKey::generate(rng), rng).unwrap();
        self.metadata.enveloped = PartDigest::of(&self.enveloped);
        self
    }

    /// The letter without the layer that it travels in.
    pub(crate) fn carried(&self) -> Carried {
        open_carrier(&self.enveloped, &self.metadata, &self.carrier_key).unwrap()
    }

    /// The letter as it lies in a vault: fetched, decrypted, and not confirmed.
    pub(crate) fn is_kept_by(&self, reader: &Agent, content: &[u8]) -> Received {
        let record = Received {
            metadata: self.metadata.clone(),
            carrier_key: self.carrier_key.clone(),
            suite: Suite::Smime2019,
            certificate: None,
            notice: None,
            content_key: None,
            release_share: None,
            decision: None,
            accepted: false,
            handed_over: false,
            objects: Vec::new(),
            listed: None,
            experiment: None,
        };
        records::put(&reader.vault, RECEIVED, &record.name(), &record).unwrap();
        let put = |content| reader.vault.commit(|tx| tx.put(CONTENT, &record.name(), content));
        put(content).unwrap();
        record
    }

    /// The letter as it lies in the mailbox.
    pub(crate) fn in_mailbox(&self) -> MailboxLetter {
        MailboxLetter {
            metadata: self.metadata.clone(),
            state: LetterState::Consigned,
            carrier_key: Octets(self.carrier_key.expose().to_vec()),
            submission_evidence: Octets::default(),
        }
    }
}
