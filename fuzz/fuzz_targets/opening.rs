//! Opening what arrived. The first octet of an input says what the rest is: a part as it travels,
//! or plaintext that the target encrypts itself, since no mutation finds a GCM tag.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_cms::kdf::hkdf_sha256;
use sealpost_cms::verdict::Unverified;
use sealpost_erds::Address;
use sealpost_erds::relay::{PartDigest, RelayMetadata};
use sealpost_erds::slip::Share;
use sealpost_experiment::Registry;
use sealpost_fuzz::{House, Repeatable, read};
use sealpost_letter::decision::{encrypt_for_sender, open_from_recipient};
use sealpost_letter::{
    Carried, Reader, SignedMessage, open_body, open_carrier, verify_letter, verify_notice,
};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static METADATA: LazyLock<RelayMetadata> = LazyLock::new(|| {
    RelayMetadata::from_json(&read("dispatch/metadata.json")).expect("a seed of a consent mode")
});

fuzz_target!(|octets: &[u8]| {
    let Some((kind, rest)) = octets.split_first() else {
        return;
    };
    match kind {
        0 => part_as_it_travels(rest),
        1 => body(rest),
        2 => carrier(rest),
        3 => message(rest),
        4 => reply(rest),
        _ => {}
    }
});

fn random() -> Repeatable {
    Repeatable::of("opening")
}

fn share(octet: u8) -> Share {
    Share::from_array([octet; 32])
}

/// The metadata, but about these octets.
fn metadata(octets: &[u8]) -> RelayMetadata {
    let digest = PartDigest::of(octets);
    RelayMetadata { enveloped: digest, body: Some(digest), ..METADATA.clone() }
}

fn part_as_it_travels(octets: &[u8]) {
    let metadata = metadata(octets);
    assert!(open_carrier(octets, &metadata, &share(1)).is_err(), "opened without its key");
    assert!(
        open_body(octets, &metadata, &share(1), &share(2), &Registry::default()).is_err(),
        "opened without its key"
    );
    assert!(open_carrier(octets, &METADATA, &share(1)).is_err(), "not what evidence describes");
    assert!(open_from_recipient(octets, metadata.dispatch_id, &share(3)).is_err());
    if let Ok(carried) = Carried::from_octets(octets.to_vec()) {
        assert_eq!(carried.octets(), octets);
        assert!(carried.to_mail().is_ascii());
    }
}

/// A locked body with this plaintext.
fn body(plaintext: &[u8]) {
    let (recipient, release) = (share(1), share(2));
    let mut key = [0; 32];
    let shares = [*recipient.expose(), *release.expose()].concat();
    hkdf_sha256(METADATA.letter_id.as_array(), &shares, b"sealpost/locked-body/v1", &mut key);
    let octets = with_key(plaintext, METADATA.letter_id.as_array(), key);
    if let Ok(message) =
        open_body(&octets, &metadata(&octets), &recipient, &release, &Registry::default())
    {
        is_judged(&message);
    }
    let metadata = metadata(&octets);
    assert!(
        open_body(&octets, &metadata, &release, &recipient, &Registry::default()).is_err(),
        "the halves swapped"
    );
}

/// The outer layer with this inside.
fn carrier(plaintext: &[u8]) {
    let octets = with_key(plaintext, METADATA.dispatch_id.as_array(), [1; 32]);
    if let Ok(carried) = open_carrier(&octets, &metadata(&octets), &share(1)) {
        assert_eq!(carried.octets(), plaintext);
        decrypt(&carried);
    }
}

/// An inner message for the reader with this plaintext.
fn message(plaintext: &[u8]) {
    let slot = RecipientSlot::Certificate(HOUSE.reader());
    let content_key = ContentKey::generate(&mut random());
    let octets = seal(plaintext, &[slot], &content_key, &mut random()).expect("it is short");
    decrypt(&Carried::from_octets(octets).expect("our own message is read"));
}

fn decrypt(carried: &Carried) {
    let Ok(request) = carried.key_request(HOUSE.reader()) else {
        return;
    };
    let Ok(answer) = HOUSE.reader_key().answer(&request) else {
        return;
    };
    if let Ok(message) = carried.decrypt(request, answer) {
        is_judged(&message);
    }
}

/// Nobody signed about this metadata, so nothing passes.
fn is_judged(message: &Unverified<SignedMessage>) {
    let address = Address::parse("bert@south.example").expect("an address");
    let metadata =
        RelayMetadata { letter_id: sealpost_fuzz::Way::new().letter_id, ..METADATA.clone() };
    let reader = Reader { address: &address, certificate: HOUSE.reader(), metadata: &metadata };
    let verification = HOUSE.verification(KeyPurpose::LetterSignature);
    assert!(verify_letter(message, &reader, &verification).passed().is_err(), "another letter");
    assert!(verify_notice(message, &reader, &verification).passed().is_err(), "another letter");
}

/// What goes back to the sender.
fn reply(plaintext: &[u8]) {
    let dispatch = METADATA.dispatch_id;
    if let Ok(octets) = encrypt_for_sender(plaintext, dispatch, &share(3), &mut random()) {
        assert_eq!(open_from_recipient(&octets, dispatch, &share(3)).as_deref(), Ok(plaintext));
        assert!(open_from_recipient(&octets, dispatch, &share(4)).is_err());
    }
}

fn with_key(plaintext: &[u8], id: &[u8], key: [u8; 32]) -> Vec<u8> {
    let kek = KeyEncryptionKey::from_bytes(key);
    let slot = RecipientSlot::KeyEncryption { id, kek: &kek };
    let content_key = ContentKey::generate(&mut random());
    seal(plaintext, &[slot], &content_key, &mut random()).expect("it is short")
}
