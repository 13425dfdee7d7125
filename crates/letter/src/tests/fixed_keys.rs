//! Letters of the suite `static-dh-cbc-hmac`: under the fixed keys of sender and recipient.

use super::house::{Delivery, House, Person, Sent, certified, rng};
use super::suites::recipient;
use crate::draft::{Draft, Recipient};
use crate::error::{ComposeError, EncryptError, OpenError};
use crate::fixed::{Agreed, AgreedWith, Enclosed};
use crate::layered::Inside;
use crate::mime::smime::{Encoding, Kind, Wrapped};
use crate::open::{Reader, SignedMessage, open_body, verify_letter, verify_notice};
use crate::{Composed, Suite, Timestamped, compose};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{ContentKey, KeyAnswer};
use sealpost_cms::issue::Profile;
use sealpost_cms::keys::{DecryptionKey, DecryptionScheme, KeyQuestion};
use sealpost_cms::policy::{AlgorithmPolicy, Audience, Choice, KeyKind, Partner, Sender, choose};
use sealpost_cms::static_dh::SealRequest;
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::Unverified;
use sealpost_erds::ConsignmentMode::{self, Basic, Consent, Signed};
use sealpost_erds::slip::Share;
use sealpost_experiment::Registry;

const NOW: ClaimedTime = ClaimedTime::from_unix(super::house::NOW);
const FIXED: Suite = Suite::StaticDhCbcHmac;

/// A person's fixed key, certified.
pub(super) struct Fixed {
    pub(super) key: DecryptionKey,
    pub(super) certificate: Certificate,
}

impl Fixed {
    pub(super) fn of(house: &House, person: &Person) -> Self {
        Self::named(house, person.name, person.address.as_str())
    }

    fn named(house: &House, name: &str, address: &str) -> Self {
        let key = DecryptionKey::generate_for(DecryptionScheme::X25519, &mut rng()).unwrap();
        let profile = Profile::PersonEncryption { name, address, organisation: None };
        let certificate = certified(&house.root, profile, &key.spki_der());
        Self { key, certificate }
    }
}

/// The word of the release's policy.
fn choice() -> Choice {
    let (own, his) = ([KeyKind::P256, KeyKind::X25519], [KeyKind::X25519]);
    let sender = Sender { keys: &own, writes: &[FIXED.in_policy()] };
    let partner = Partner { audience: Audience::Agents, keys: &his, capabilities: None };
    choose(AlgorithmPolicy::current(), sender, partner, super::house::NOW).unwrap()
}

/// What the sender's key answers for a letter.
pub(super) fn agreed(letter: &Timestamped, own: &Fixed) -> Result<Agreed, EncryptError> {
    let asked = letter.agreement(&choice(), &own.certificate)?;
    let answers = asked.questions().map(|question| answered(own, question)).collect();
    asked.answered(answers)
}

fn answered(by: &Fixed, question: KeyQuestion<'_>) -> KeyAnswer {
    let secret = by.key.answer_question(question).unwrap();
    KeyAnswer::from_octets(secret.expose().to_vec().into())
}

/// What somebody's key has answered for one reader.
fn agreed_with(by: &Fixed, reader: &Fixed) -> AgreedWith {
    let request = SealRequest::new(&choice(), &by.certificate, &[&reader.certificate]).unwrap();
    let answer = answered(by, request.questions().next().unwrap());
    AgreedWith::new(request, answer)
}

/// Anna, who writes, and those who read, with their fixed keys.
struct World {
    house: House,
    anna: Fixed,
    bert: Fixed,
    cleo: Fixed,
}

impl World {
    fn new() -> Self {
        let house = House::new();
        let [anna, bert, cleo] =
            [&house.anna, &house.bert, &house.cleo].map(|person| Fixed::of(&house, person));
        Self { house, anna, bert, cleo }
    }

    fn recipients(&self) -> Vec<Recipient> {
        let bert = recipient(&self.house, &self.house.bert, self.bert.certificate.clone());
        let cleo = recipient(&self.house, &self.house.cleo, self.cleo.certificate.clone());
        vec![bert, cleo]
    }

    fn draft(&self, mode: ConsignmentMode) -> Draft {
        let draft = self.house.draft(mode, &[&self.house.bert], &[&self.house.cleo], &[]);
        Draft { suite: Some(FIXED), ..draft }
    }

    fn composed(&self, mode: ConsignmentMode) -> Composed {
        compose(&self.draft(mode), &self.recipients(), NOW, &mut rng()).unwrap().remove(0)
    }

    fn send(&self, mode: ConsignmentMode) -> Sent {
        let agreed = |letter: Timestamped| {
            let agreed = agreed(&letter, &self.anna).unwrap();
            letter.agreed(agreed)
        };
        self.house.sent_as(self.composed(mode), agreed).unwrap()
    }

    fn enclosed(&self, delivery: &Delivery, reader: &Fixed) -> Enclosed {
        let carried = delivery.carried();
        let request = carried.key_request(&reader.certificate).unwrap();
        let answer = reader.key.answer(&request).unwrap();
        let envelope = carried.content_key(request, answer).unwrap();
        carried.enclosed(&envelope).unwrap().expect("a message under fixed keys")
    }

    /// What a reader finds in his part, with the key that opens it for ever.
    fn opened(&self, delivery: &Delivery, reader: &Fixed) -> (Share, Unverified<SignedMessage>) {
        let enclosed = self.enclosed(delivery, reader);
        assert_eq!(enclosed.sender(), &self.anna.certificate);
        let request = enclosed.key_request(&reader.certificate).unwrap();
        let key = enclosed.content_key(&request, &reader.key.answer(&request).unwrap()).unwrap();
        let message = delivery.carried().open(&key, &Registry::default()).unwrap();
        (key, message)
    }
}

#[test]
fn in_every_mode_each_recipient_reads_with_his_fixed_key_and_the_senders() {
    let world = World::new();
    let house = &world.house;
    for mode in [Basic, Consent, Signed] {
        let sent = world.send(mode);
        assert_eq!(sent.prepared.record.suite, FIXED);
        for (person, fixed) in [(&house.bert, &world.bert), (&house.cleo, &world.cleo)] {
            let delivery = sent.to(person);
            let (key, message) = world.opened(delivery, fixed);
            // What the sender keeps for a judge is the same key.
            let kept = sent.prepared.record.recipient(delivery.metadata.dispatch_id).unwrap();
            assert_eq!(kept.content_key, key);
            let reader = Reader {
                address: &person.address,
                certificate: &fixed.certificate,
                metadata: &delivery.metadata,
            };
            let verification = house.verification();
            let message = match &sent.body {
                None => message,
                Some(body) => {
                    let notice = verify_notice(&message, &reader, &verification).passed().unwrap();
                    let (own, release) =
                        (notice.get().recipient_share(), &delivery.slip.release_share);
                    let release = release.as_ref().unwrap();
                    let registry = Registry::default();
                    open_body(body, &delivery.metadata, own, release, &registry).unwrap()
                }
            };
            let letter = verify_letter(&message, &reader, &verification).passed().unwrap();
            assert_eq!(letter.get().binding().suite(), FIXED);
            assert_eq!(letter.get().attachments(), world.draft(mode).attachments);
        }
    }
}

#[test]
fn nobody_gets_the_suite_unasked() {
    let world = World::new();
    let house = &world.house;
    let ordinary = [house.recipient(&house.bert), house.recipient(&house.cleo)];
    let suite = |draft: &Draft, recipients: &[Recipient]| {
        compose(draft, recipients, NOW, &mut rng()).map(|letters| letters[0].suite())
    };
    let (asked, unasked) = (world.draft(Basic), Draft { suite: None, ..world.draft(Basic) });
    let both = [world.recipients(), ordinary.to_vec()].concat();
    assert_eq!(suite(&unasked, &both), Ok(Suite::Smime2019));
    assert_eq!(suite(&asked, &both), Ok(FIXED));
    assert_eq!(suite(&unasked, &world.recipients()), Err(ComposeError::NoCommonSuite));
    assert_eq!(suite(&asked, &ordinary), Err(ComposeError::NoCommonSuite));
}

#[test]
fn whoever_has_the_carrier_key_learns_nothing_of_the_sender() {
    let world = World::new();
    let certificate = &world.anna.certificate;
    let told = [
        certificate.der(),
        certificate.serial(),
        &certificate.spki_der()[12..],
        b"anna@north.example".as_slice(),
        "Anna Ädler".as_bytes(),
    ];
    for mode in [Basic, Signed] {
        let sent = world.send(mode);
        let delivery = sent.to(&world.house.bert);
        let carried = delivery.carried();
        let seen = [carried.octets(), sent.body.as_deref().unwrap_or_default()].concat();
        for secret in told {
            assert!(!seen.windows(secret.len()).any(|octets| octets == secret));
        }
    }
}

#[test]
fn the_length_of_a_part_says_nothing_of_who_wrote_it() {
    let world = World::new();
    let (house, bert) = (&world.house, &world.bert);
    let written = |sender: &Fixed| {
        let with = agreed_with(sender, bert);
        let (id, mut out) = (sealpost_erds::DispatchId::random(&mut rng()), Vec::new());
        let (signed, octets_min) = ([7; 9000], 4096);
        let (certificate, rng) = (&bert.certificate, &mut rng());
        crate::fixed::write_enveloped(with, &signed, octets_min, certificate, id, &mut out, rng)
            .unwrap();
        out.len()
    };
    let short = Fixed::named(house, "A", "a@north.example");
    let long =
        Fixed::named(house, &"Anna ".repeat(12), &format!("{}@north.example", "a".repeat(60)));
    assert!(long.certificate.der().len() > short.certificate.der().len() + 100);
    assert_eq!(written(&short), written(&long));
}

#[test]
fn let_088_let_090_only_the_senders_own_key_and_only_in_this_suite() {
    let world = World::new();
    let house = &world.house;
    // Nothing was asked.
    let locked = house.sent_as(world.composed(Signed), |letter| letter);
    assert_eq!(locked.err().unwrap().code(), "sender-key");
    // Somebody else's key.
    house
        .sent_as(world.composed(Signed), |letter| {
            assert_eq!(agreed(&letter, &world.bert).err().unwrap().code(), "sender-key");
            let asked = letter.agreement(&choice(), &world.anna.certificate).unwrap();
            assert_eq!(asked.answered(Vec::new()).err().unwrap().code(), "sender-key");
            let agreed = agreed(&letter, &world.anna).unwrap();
            letter.agreed(agreed)
        })
        .unwrap();
    // A letter of another suite, and one under an experimental cipher.
    let ordinary = house.compose(&house.draft(Basic, &[&house.bert], &[], &[])).remove(0);
    house
        .sent_as(ordinary, |letter| {
            assert_eq!(agreed(&letter, &world.anna).err().unwrap().code(), "sender-key");
            letter
        })
        .unwrap();
    let layered = house.sent_as(world.composed(Signed), |letter| {
        let agreed = agreed(&letter, &world.anna).unwrap();
        letter.agreed(agreed).within(super::experimental::example())
    });
    assert_eq!(layered.err().unwrap().code(), "cipher-not-in-suite");
}

#[test]
fn let_089_what_one_signed_is_not_taken_from_the_fixed_key_of_another() {
    let world = World::new();
    let house = &world.house;
    // Cleo encrypts to Bert what Anna signed for him.
    let signed = world.send(Basic).prepared.signed_content;
    let with = agreed_with(&world.cleo, &world.bert);
    let mut delivery = world.send(Basic).to(&house.bert).clone();
    let (id, mut out) = (delivery.metadata.dispatch_id, Vec::new());
    let (certificate, rng) = (&world.bert.certificate, &mut rng());
    let (digest, keys) =
        crate::fixed::write_enveloped(with, &signed, 4096, certificate, id, &mut out, rng).unwrap();
    (delivery.enveloped, delivery.metadata.enveloped) = (out, digest);
    delivery.slip.carrier_key = keys.carrier;
    let opened = delivery.carried().open(&keys.content, &Registry::default());
    assert_eq!(opened.err(), Some(OpenError::Sender));
    assert_eq!(world.enclosed(&delivery, &world.bert).sender(), &world.cleo.certificate);
}

#[test]
fn let_092_a_second_recipient_inside_is_refused() {
    let world = World::new();
    let house = &world.house;
    let signed = world.send(Basic).prepared.signed_content;
    let to = [&world.bert.certificate, &world.cleo.certificate];
    let request = SealRequest::new(&choice(), &world.anna.certificate, &to).unwrap();
    let answers: Vec<_> = request.questions().map(|it| answered(&world.anna, it)).collect();
    let content = Share::random(&mut rng());
    let key = ContentKey::from_bytes(*content.expose());
    let message = request.seal(&answers, &key, &signed, &mut rng()).unwrap();
    let enclosed = Wrapped::of(Kind::AuthEnvelopedData, &message, Encoding::Binary, 4096);
    let mut delivery = world.send(Basic).to(&house.bert).clone();
    let (key, id) = (crate::fixed::envelope_key(&content), delivery.metadata.dispatch_id);
    let (inside, mut out) = (Inside::Signed(enclosed), Vec::new());
    let certificate = &world.bert.certificate;
    let (digest, carrier) =
        crate::encrypt::write_enveloped(&inside, key, certificate, id, &mut out, &mut rng())
            .unwrap();
    (delivery.enveloped, delivery.metadata.enveloped) = (out, digest);
    delivery.slip.carrier_key = carrier;
    let opened = delivery.carried().open(&content, &Registry::default());
    assert_eq!(opened.err(), Some(OpenError::RecipientCount { count: 2 }));
}

#[test]
fn a_wrong_key_opens_nothing() {
    let world = World::new();
    let sent = world.send(Basic);
    let delivery = sent.to(&world.house.bert);
    let enclosed = world.enclosed(delivery, &world.bert);
    let foreign = enclosed.key_request(&world.cleo.certificate).err();
    assert_eq!(foreign, Some(OpenError::NotForReader));
    let carried = delivery.carried();
    for key in [[0; 32], [3; 32]] {
        let opened = carried.open(&Share::from_array(key), &Registry::default());
        assert_eq!(opened.err(), Some(OpenError::Unauthentic));
    }
    // An ordinary letter holds no message under fixed keys.
    let house = &world.house;
    let ordinary = house.send(&house.draft(Basic, &[&house.bert], &[], &[])).remove(0);
    let carried = ordinary.to(&house.bert).carried();
    assert!(carried.enclosed(&Share::from_array([0; 32])).unwrap().is_none());
}
