//! The suite static-dh-cbc-hmac: what parses has one encoding of its head, and opens to nothing but
//! what was sealed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::KeyEncryptionKey;
use sealpost_cms::keys::DecryptionKey;
use sealpost_cms::limits::RECIPIENTS_MAX;
use sealpost_cms::static_dh::{LockedMessage, StaticMessage};
use std::sync::LazyLock;

macro_rules! vector {
    ($name:literal) => {
        include_bytes!(concat!("../../crates/cms/vectors/static_dh/", $name))
    };
}

struct Pair {
    anna: Certificate,
    bert: Certificate,
    key: DecryptionKey,
}

static PAIR: LazyLock<Pair> = LazyLock::new(|| Pair {
    anna: Certificate::from_der(vector!("anna.cer")).expect("a certificate"),
    bert: Certificate::from_der(vector!("bert.cer")).expect("a certificate"),
    key: DecryptionKey::from_pkcs8_der(vector!("bert.p8")).expect("a key"),
});

fuzz_target!(|octets: &[u8]| {
    if let Ok(message) = LockedMessage::from_der(octets) {
        assert!((1..=RECIPIENTS_MAX).contains(&message.recipient_count()));
        let kek = KeyEncryptionKey::from_bytes([7; 32]);
        assert!(message.open(b"letter", &kek).is_err(), "opened what nobody sealed");
    }
    let Ok(message) = StaticMessage::from_der(octets) else { return };
    assert!(message.sender().is_none_or(|sender| message.is_from(sender)));
    assert!((1..=RECIPIENTS_MAX).contains(&message.recipient_count()));
    let Pair { anna, bert, key } = &*PAIR;
    let Some(request) = message.key_request(anna, bert) else { return };
    assert!(message.is_from(anna));
    let answer = key.answer(&request).expect("a key on the curve");
    let Ok(key) = message.content_key(&request, &answer) else { return };
    if message.open(&key).is_ok() {
        assert_eq!(octets, vector!("message.p7m"), "opened what nobody sealed");
    }
});
