//! Letters under an experimental cipher, inside the encryption that every letter has.

use super::house::{Delivery, House, Person, Sent, rng};
use crate::error::{EncryptError, OpenError};
use crate::open::{SignedMessage, open_body, verify_letter};
use crate::padding::padme;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyEncryptionKey};
use sealpost_cms::verdict::Unverified;
use sealpost_erds::ConsignmentMode::{self, Basic, Consent, Signed};
use sealpost_erds::slip::Share;
use sealpost_experiment::{Cipher, CipherId, InnerLayer, OpenError as LayerError, Registry};

/// The example of docs/experimental-ciphers.md, assembled.
const EXAMPLE: &str = include_str!("../../../experiment/ciphers/example-chacha20.wat");

fn installed(text: &str) -> Registry {
    let module = wat::parse_str(text).unwrap();
    let mut registry = Registry::default();
    registry.install(CipherId::of(&module), &module).unwrap();
    registry
}

fn only(registry: &Registry) -> &Cipher {
    registry.ciphers().next().unwrap()
}

pub(crate) fn example() -> Cipher {
    only(&installed(EXAMPLE)).clone()
}

/// The same cipher in another module: a comment of the text that is a name in the module.
fn namesake() -> Registry {
    installed(&EXAMPLE.replacen("(module", "(module $another", 1))
}

fn send(house: &House, mode: ConsignmentMode, to: &[&Person], cipher: &Cipher) -> Sent {
    let composed = house.compose(&house.draft(mode, to, &[], &[])).remove(0);
    house.sent_within(cipher, composed).unwrap()
}

/// What a reader gets who has these plug-ins: in the consent modes after acceptance.
fn read(
    house: &House,
    sent: &Sent,
    person: &Person,
    registry: &Registry,
) -> Result<Unverified<SignedMessage>, OpenError> {
    let delivery = sent.to(person);
    let Some(body) = &sent.body else {
        return delivery.carried().open(&content_key(delivery, person), registry);
    };
    let notice = delivery.notice(house, person).passed().unwrap();
    let release = delivery.slip.release_share.as_ref().unwrap();
    open_body(body, &delivery.metadata, notice.get().recipient_share(), release, registry)
}

fn content_key(delivery: &Delivery, person: &Person) -> Share {
    let carried = delivery.carried();
    let request = carried.key_request(&person.encryption.1).unwrap();
    let answer = person.encryption.0.answer(&request).unwrap();
    carried.content_key(request, answer).unwrap()
}

#[test]
fn whoever_has_the_plug_in_reads_and_nobody_else() {
    let (house, example) = (House::new(), installed(EXAMPLE));
    let (id, name) = (only(&example).id(), only(&example).name().to_owned());
    for mode in [Basic, Consent, Signed] {
        let sent = send(&house, mode, &[&house.bert, &house.cleo], only(&example));
        for person in [&house.bert, &house.cleo] {
            let message = read(&house, &sent, person, &example).unwrap();
            let reader = sent.to(person).reader(person);
            let letter = verify_letter(&message, &reader, &house.verification()).passed().unwrap();
            assert_eq!(letter.get().subject(), house.draft(mode, &[], &[], &[]).subject);
        }
        // Neither nothing nor another module under the same name stands in.
        assert_eq!(only(&namesake()).name(), name);
        for other in [Registry::default(), namesake()] {
            let error = read(&house, &sent, &house.bert, &other).unwrap_err();
            let missing = LayerError::NotInstalled { cipher: id, name: name.clone() };
            assert_eq!(error, OpenError::Experiment(missing), "{mode:?}");
            assert_eq!(error.code(), "cipher-not-installed");
        }
    }
}

#[test]
fn in_basic_mode_each_recipient_has_a_layer_of_his_own() {
    let (house, example) = (House::new(), installed(EXAMPLE));
    let sent = send(&house, Basic, &[&house.bert, &house.cleo], only(&example));
    let layer = |person: &Person| {
        let (delivery, key) = (sent.to(person), content_key(sent.to(person), person));
        let carried = delivery.carried();
        let message = AuthEnveloped::from_der(carried.octets()).unwrap();
        message.open(&ContentKey::from_bytes(*key.expose())).unwrap().to_vec()
    };
    let (bert, cleo) = (layer(&house.bert), layer(&house.cleo));
    assert!(sealpost_experiment::is_layer(&bert) && sealpost_experiment::is_layer(&cleo));
    assert_eq!(bert.len(), cleo.len());
    let same = bert.iter().zip(&cleo).filter(|(one, other)| one == other).count();
    assert!(same < bert.len() / 16, "{same} of {} octets are the same", bert.len());
}

#[test]
fn exp_021_a_length_does_not_tell_that_there_is_an_experiment() {
    let (house, example) = (House::new(), installed(EXAMPLE));
    let sizes = |sent: &Sent| {
        let delivery = sent.to(&house.bert);
        let octets = |message: &AuthEnveloped<'_>| message.ciphertext().len() as u64;
        match &sent.body {
            Some(body) => octets(&AuthEnveloped::from_der(body).unwrap()),
            None => octets(&AuthEnveloped::from_der(delivery.carried().octets()).unwrap()),
        }
    };
    for mode in [Basic, Signed] {
        for attached in [0, 500, 1000, 4000, 50_000, 65_000, 70_000] {
            let mut draft = house.draft(mode, &[&house.bert], &[], &[]);
            draft.attachments[0].octets = vec![7; attached];
            let with = house.compose(&draft).remove(0);
            let with = sizes(&house.sent_within(only(&example), with).unwrap());
            assert_eq!(padme(with), with, "{mode:?}, {attached} octets");
            if mode == Signed {
                let without = sizes(&house.sent(house.compose(&draft).remove(0)));
                assert!(with >= without && with <= without + without / 8, "{with}, {without}");
            }
        }
    }
}

#[test]
fn what_is_too_large_for_an_experiment_becomes_no_letter() {
    let (house, example) = (House::new(), installed(EXAMPLE));
    for mode in [Basic, Signed] {
        let mut draft = house.draft(mode, &[&house.bert], &[], &[]);
        draft.attachments[0].octets = vec![7; sealpost_experiment::limits::INPUT_OCTETS_MAX];
        let composed = house.compose(&draft).remove(0);
        let refused = house.sent_within(only(&example), composed).err().unwrap();
        assert!(matches!(refused, EncryptError::Experiment(_)), "{refused:?}");
        assert_eq!(refused.code(), "cipher-content-too-large");
    }
}

#[test]
fn an_experiment_within_an_experiment_is_not_looked_at() {
    let (house, example) = (House::new(), installed(EXAMPLE));
    let sent = send(&house, Signed, &[&house.bert], only(&example));
    let (delivery, body) = (sent.to(&house.bert), sent.body.as_ref().unwrap());
    let notice = delivery.notice(&house, &house.bert).passed().unwrap();
    let release = delivery.slip.release_share.as_ref().unwrap();
    let key = crate::encrypt::locked_body_key(
        delivery.metadata.letter_id,
        notice.get().recipient_share(),
        release,
    );
    let id = delivery.metadata.letter_id;
    let outer = AuthEnveloped::from_der(body).unwrap();
    let inside = outer.open(&outer.content_key_from_kek(id.as_array(), &key).unwrap()).unwrap();
    let twice = enclosed_again(&inside, only(&example), id.as_array(), &key);
    let mut metadata = delivery.metadata.clone();
    metadata.body = Some(sealpost_erds::relay::PartDigest::of(&twice));
    let share = notice.get().recipient_share();
    let error = open_body(&twice, &metadata, share, release, &example).unwrap_err();
    assert_eq!(error.code(), "plaintext-malformed");
}

fn enclosed_again(inside: &[u8], cipher: &Cipher, id: &[u8], key: &KeyEncryptionKey) -> Vec<u8> {
    use sealpost_cms::enveloped::RecipientSlot;
    let content_key = ContentKey::generate(&mut rng());
    let layer = InnerLayer::encrypt(cipher, inside, content_key, &mut rng()).unwrap();
    layer.enclose(&[RecipientSlot::KeyEncryption { id, kek: key }], &mut rng()).unwrap()
}
