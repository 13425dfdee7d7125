//! Letters of every suite, size and number of recipients arrive, and no changed bit does.

use super::fixed_keys::{Fixed, agreed};
use super::house::{Delivery, House, Person, Sent, rng};
use super::suites::{hybrid, recipient};
use crate::draft::{Draft, Recipient};
use crate::error::OpenError;
use crate::open::{Carried, Reader, SignedMessage, open_body, verify_letter, verify_notice};
use crate::{Content, Suite, Timestamped, compose};
use proptest::prelude::*;
use sealpost_cms::enveloped::{KeyAnswer, KeyRequest};
use sealpost_cms::keys::DecryptionKey;
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::{Unverified, Verified};
use sealpost_erds::ConsignmentMode;
use sealpost_experiment::Registry;

/// Somebody's key of a suite, and the certificate that letters are encrypted for.
struct Keyed<'a> {
    person: &'a Person,
    recipient: Recipient,
    /// None: the person's own of `smime-2019`.
    key: Option<DecryptionKey>,
}

impl<'a> Keyed<'a> {
    fn of(house: &'a House, person: &'a Person, suite: Suite) -> Self {
        let (recipient, key) = match suite {
            Suite::Smime2019 => (house.recipient(person), None),
            Suite::Hybrid2026 => {
                let (key, recipient) = hybrid(house, person);
                (recipient, Some(key))
            }
            Suite::StaticDhCbcHmac => {
                let Fixed { key, certificate } = Fixed::of(house, person);
                (recipient(house, person, certificate), Some(key))
            }
        };
        Self { person, recipient, key }
    }

    fn answer(&self, request: &KeyRequest) -> KeyAnswer {
        match &self.key {
            Some(key) => key.answer(request).unwrap(),
            None => self.person.encryption.0.answer(request).unwrap(),
        }
    }

    /// Opens a part as the suites have it.
    fn opens(&self, carried: &Carried) -> Result<Unverified<SignedMessage>, OpenError> {
        let certificate = self.recipient.certificate();
        let request = carried.key_request(certificate)?;
        let answer = self.answer(&request);
        let mut key = carried.content_key(request, answer)?;
        if let Some(enclosed) = carried.enclosed(&key)? {
            let request = enclosed.key_request(certificate)?;
            key = enclosed.content_key(&request, &self.answer(&request))?;
        }
        carried.open(&key, &Registry::default())
    }

    /// Reads a letter, in the modes that need acceptance after it.
    fn reads(&self, house: &House, delivery: &Delivery, body: Option<&[u8]>) -> Verified<Content> {
        let (certificate, address) = (self.recipient.certificate(), &self.person.address);
        let reader = Reader { address, certificate, metadata: &delivery.metadata };
        let (verification, message) = (house.verification(), self.opens(&delivery.carried()));
        let message = match body {
            None => message.unwrap(),
            Some(body) => {
                let notice = verify_notice(&message.unwrap(), &reader, &verification).passed();
                let (notice, release) = (notice.unwrap(), delivery.slip.release_share.as_ref());
                let (own, registry) = (notice.get().recipient_share(), Registry::default());
                open_body(body, &delivery.metadata, own, release.unwrap(), &registry).unwrap()
            }
        };
        verify_letter(&message, &reader, &verification).passed().unwrap()
    }
}

fn sent(house: &House, own: &Fixed, draft: &Draft, readers: &[Keyed<'_>]) -> Sent {
    let recipients: Vec<Recipient> = readers.iter().map(|it| it.recipient.clone()).collect();
    let at = ClaimedTime::from_unix(super::house::NOW);
    let composed = compose(draft, &recipients, at, &mut rng()).unwrap().remove(0);
    let suite = composed.suite();
    let chosen = |letter: Timestamped| match suite {
        Suite::StaticDhCbcHmac => {
            let agreed = agreed(&letter, own).unwrap();
            letter.agreed(agreed)
        }
        Suite::Smime2019 | Suite::Hybrid2026 => letter,
    };
    house.sent_as(composed, chosen).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whoever_is_addressed_reads_it_and_no_changed_bit_is_read(
        suite in prop::sample::select(Suite::ALL.to_vec()),
        octets in 0usize..80_000,
        count in 1usize..=3,
        mode in prop::sample::select(vec![ConsignmentMode::Basic, ConsignmentMode::Signed]),
        at in any::<prop::sample::Index>(),
        bit in 0u8..8,
    ) {
        let house = House::new();
        let own = Fixed::of(&house, &house.anna);
        let people = [&house.bert, &house.cleo, &house.dora];
        let readers: Vec<Keyed<'_>> =
            people[..count].iter().map(|person| Keyed::of(&house, person, suite)).collect();
        let mut draft = house.draft(mode, &people[..1], &people[1..count], &[]);
        draft.attachments[0].octets = (0..octets).map(|at| (at * 31 + at / 253) as u8).collect();
        draft.suite = Some(suite);
        let sent = sent(&house, &own, &draft, &readers);
        for reader in &readers {
            let delivery = sent.to(reader.person);
            let letter = reader.reads(&house, delivery, sent.body.as_deref());
            prop_assert_eq!(letter.get().binding().suite(), suite);
            prop_assert!(letter.get().attachments() == draft.attachments);
            let mut inside = delivery.carried().octets().to_vec();
            let place = at.index(inside.len());
            inside[place] ^= 1u8 << bit;
            let changed = Carried::from_octets(inside).and_then(|changed| reader.opens(&changed));
            prop_assert!(changed.is_err(), "octet {} bit {}", place, bit);
        }
    }
}
