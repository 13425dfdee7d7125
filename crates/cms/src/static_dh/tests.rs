//! Two fixed keys, one code, and nothing decrypted before it was right.

use super::*;
use crate::certificate::Certificate;
use crate::enveloped::{AuthEnveloped, ContentKey, KeyEncryptionKey, OpenError, SealError};
use crate::keys::{DecryptionKey, DecryptionScheme};
use crate::policy::{AlgorithmPolicy, Audience, Choice, KeyKind, Partner, Sender, SuiteId, choose};
use crate::testing::{HOLDERS, Holder, NOW, rng};
use crate::tlv;

/// The word of the release's policy, for somebody who has this suite alone.
fn choice(suite: SuiteId) -> Choice {
    let keys = [KeyKind::P256, KeyKind::X25519, KeyKind::MlDsa65];
    let sender = Sender { keys: &keys, writes: &[suite] };
    let keys = [KeyKind::X25519];
    let partner = Partner { audience: Audience::Agents, keys: &keys, capabilities: None };
    choose(AlgorithmPolicy::current(), sender, partner, NOW).unwrap()
}

fn holder(name: &str) -> Holder {
    Holder::new(name, DecryptionScheme::X25519)
}

fn sealed(sender: &Holder, recipients: &[&Holder], plaintext: &[u8]) -> Vec<u8> {
    let to: Vec<&Certificate> = recipients.iter().map(|it| &it.certificate).collect();
    let word = choice(SuiteId::StaticDhCbcHmac);
    let asked = SealRequest::new(&word, &sender.certificate, &to).unwrap();
    let answer = |question| sender.key.answer_question(question).unwrap().into_octets();
    let answers: Vec<_> = asked
        .questions()
        .map(|question| crate::enveloped::KeyAnswer::from_octets(answer(question)))
        .collect();
    asked.seal(&answers, &ContentKey::generate(&mut rng()), plaintext, &mut rng()).unwrap()
}

fn opened(message: &[u8], sender: &Certificate, by: &Holder) -> Result<Vec<u8>, OpenError> {
    opened_with(message, sender, &by.certificate, &by.key)
}

fn opened_with(
    message: &[u8],
    sender: &Certificate,
    recipient: &Certificate,
    key: &DecryptionKey,
) -> Result<Vec<u8>, OpenError> {
    let message = StaticMessage::from_der(message).map_err(|_| OpenError::Unauthentic)?;
    let request = message.key_request(sender, recipient).ok_or(OpenError::NotForThisKey)?;
    let answer = key.answer(&request).unwrap();
    let key = message.content_key(&request, &answer)?;
    message.open(&key).map(|plaintext| plaintext.to_vec())
}

#[test]
fn every_recipient_opens_contents_of_every_length() {
    let (anna, bert, cleo) = (holder("anna"), holder("bert"), holder("cleo"));
    for octets in (0..=33).chain([1000, 65_536]) {
        let plaintext = vec![0x5a; octets];
        let message = sealed(&anna, &[&bert, &cleo], &plaintext);
        assert_eq!(StaticMessage::from_der(&message).unwrap().recipient_count(), 2);
        for recipient in [&bert, &cleo] {
            assert_eq!(opened(&message, &anna.certificate, recipient), Ok(plaintext.clone()));
        }
        // Anna herself is no recipient, and somebody else is not the sender.
        let stranger = Err(OpenError::NotForThisKey);
        assert_eq!(opened(&message, &anna.certificate, &anna), stranger);
        assert_eq!(opened(&message, &cleo.certificate, &bert), stranger);
    }
}

#[test]
fn a_program_that_shares_nothing_with_us_writes_what_we_read() {
    macro_rules! file {
        ($name:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/static_dh/", $name))
        };
    }
    let certificate = |der: &[u8]| Certificate::from_der(der).unwrap();
    let (anna, bert) = (certificate(file!("anna.cer")), certificate(file!("bert.cer")));
    let key = DecryptionKey::from_pkcs8_der(file!("bert.p8")).unwrap();
    let plaintext = opened_with(file!("message.p7m"), &anna, &bert, &key);
    assert_eq!(plaintext.unwrap(), b"A letter under two fixed keys.\r\n");
}

#[test]
fn cms_240_cms_241_cms_242_every_changed_bit_is_found() {
    let (anna, bert) = (holder("anna"), holder("bert"));
    let message = sealed(&anna, &[&bert], b"Registered mail");
    for at in 0..message.len() {
        for bit in 0..8 {
            let mut changed = message.clone();
            changed[at] ^= 1 << bit;
            let opened = opened(&changed, &anna.certificate, &bert);
            // The code does not cover the certificate that only shows the way to the sender's key.
            let shown = StaticMessage::from_der(&changed).ok();
            let shown = shown.as_ref().and_then(StaticMessage::sender);
            assert!(opened.is_err() || shown != Some(&anna.certificate), "octet {at}, bit {bit}");
        }
    }
    for octets in 0..message.len() {
        assert!(StaticMessage::from_der(&message[..octets]).is_err(), "{octets}");
    }
    assert!(StaticMessage::from_der(&[&message[..], &[0]].concat()).is_err());
}

#[test]
fn cms_242_another_key_a_wrong_code_and_a_wrong_padding_are_one_error() {
    let (anna, bert) = (holder("anna"), holder("bert"));
    let message = sealed(&anna, &[&bert], b"Registered mail");
    let mut wrong_code = message.clone();
    *wrong_code.last_mut().unwrap() ^= 1;
    assert_eq!(opened(&wrong_code, &anna.certificate, &bert), Err(OpenError::Unauthentic));
    let other_key = holder("bert");
    let with_other = opened_with(&message, &anna.certificate, &bert.certificate, &other_key.key);
    assert_eq!(with_other, Err(OpenError::Unauthentic));
    // A block whose padding is wrong, under a code that is right: only who has the keys makes it.
    let content = content::ContentParameters::fresh(&mut rng());
    let key = ContentKey::generate(&mut rng());
    let (ciphertext, _) = content.encrypt(&key, &[0; 32]);
    let cut = &ciphertext[..32];
    let code = content.code_over(&key, cut);
    assert_eq!(content.decrypt(&key, cut, &code).err(), Some(OpenError::Unauthentic));
}

#[test]
fn two_messages_share_no_key_though_their_senders_and_readers_do() {
    let (anna, bert) = (holder("anna"), holder("bert"));
    let [one, two] = [(); 2].map(|()| sealed(&anna, &[&bert], b"The same"));
    let wrapped = |message: &[u8]| {
        let read = StaticMessage::from_der(message).unwrap();
        let request = read.key_request(&anna.certificate, &bert.certificate).unwrap();
        let answer = bert.key.answer(&request).unwrap();
        *read.content_key(&request, &answer).unwrap().expose()
    };
    assert_ne!(wrapped(&one), wrapped(&two));
    assert_ne!(one, two);
}

#[test]
fn cms_243_only_the_policys_word_and_fitting_keys_seal() {
    let (anna, bert) = (holder("anna"), holder("bert"));
    let refused = |choice: &Choice, sender: &Holder, to: &[&Certificate]| {
        SealRequest::new(choice, &sender.certificate, to).err()
    };
    let (word, to) = (choice(SuiteId::StaticDhCbcHmac), [&bert.certificate]);
    assert_eq!(refused(&word, &anna, &to), None);
    assert_eq!(refused(&choice(SuiteId::Smime2019), &anna, &to), Some(SealError::OtherSuite));
    assert_eq!(refused(&word, &anna, &[]), Some(SealError::NoRecipient));
    let p256 = HOLDERS.iter().find(|it| it.name == "p256").unwrap();
    assert_eq!(refused(&word, p256, &to), Some(SealError::SenderKey));
    let other = [&bert.certificate, &p256.certificate];
    assert_eq!(refused(&word, &anna, &other), Some(SealError::RecipientKey));
    let asked = SealRequest::new(&word, &anna.certificate, &to).unwrap();
    assert_eq!(
        asked.seal(&[], &ContentKey::generate(&mut rng()), b"", &mut rng()).err(),
        Some(SealError::SenderKey)
    );
}

#[test]
fn it_is_no_message_with_a_tag_and_the_other_way_round() {
    let (anna, bert) = (holder("anna"), holder("bert"));
    let ours = sealed(&anna, &[&bert], b"Registered mail");
    assert!(AuthEnveloped::from_der(&ours).is_err());
    let key = ContentKey::generate(&mut rng());
    let slot = [crate::enveloped::RecipientSlot::Certificate(&bert.certificate)];
    let with_tag = crate::enveloped::seal(b"", &slot, &key, &mut rng()).unwrap();
    assert!(StaticMessage::from_der(&with_tag).is_err());
}

#[test]
fn cms_244_a_message_shows_its_senders_certificate_and_nobody_elses() {
    let (anna, bert, cleo) = (holder("anna"), holder("bert"), holder("cleo"));
    let message = sealed(&anna, &[&bert], b"Registered mail");
    let read = StaticMessage::from_der(&message).unwrap();
    assert_eq!(read.sender(), Some(&anna.certificate));
    // The same recipients beside somebody else's certificate.
    let form = form::Form::from_der(&message).unwrap();
    let (infos, key) = (tlv::element(tlv::SET, form.infos), ContentKey::generate(&mut rng()));
    let beside = |sender: &Certificate| {
        form::write(Some(sender), &infos, &form.content, &key, b"Registered mail").unwrap()
    };
    assert!(StaticMessage::from_der(&beside(&anna.certificate)).is_ok());
    assert!(StaticMessage::from_der(&beside(&cleo.certificate)).is_err());
}

#[test]
fn a_locked_body_opens_with_its_key_and_every_changed_bit_is_found() {
    let (id, kek) = (b"letter", KeyEncryptionKey::generate(&mut rng()));
    let word = choice(SuiteId::StaticDhCbcHmac);
    for octets in [0, 15, 16, 65_536] {
        let body = seal_locked(&word, id, &kek, &vec![7; octets], &mut rng()).unwrap();
        let read = LockedMessage::from_der(&body).unwrap();
        assert_eq!(read.recipient_count(), 1);
        assert_eq!(read.open(id, &kek).unwrap().len(), octets);
        let other = KeyEncryptionKey::generate(&mut rng());
        assert_eq!(read.open(id, &other).err(), Some(OpenError::Unauthentic));
        assert_eq!(read.open(b"other", &kek).err(), Some(OpenError::NotForThisKey));
    }
    let body = seal_locked(&word, id, &kek, b"Registered mail", &mut rng()).unwrap();
    for bit in 0..body.len() * 8 {
        let mut changed = body.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let opened = LockedMessage::from_der(&changed).ok().and_then(|it| it.open(id, &kek).ok());
        assert!(opened.is_none(), "bit {bit}");
    }
    let refused = seal_locked(&choice(SuiteId::Smime2019), id, &kek, b"", &mut rng());
    assert_eq!(refused.err(), Some(SealError::OtherSuite));
    // It is none of the other messages.
    assert!(StaticMessage::from_der(&body).is_err());
    assert!(AuthEnveloped::from_der(&body).is_err());
}
