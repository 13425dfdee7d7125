//! Modules of experimental ciphers: validated, compiled, tried out. What is taken in keeps within
//! its bounds and gives back what it encrypted, and no letter shows what it does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyEncryptionKey, RecipientSlot};
use sealpost_experiment::{CipherId, InnerLayer, Registry, limits, open};
use sealpost_fuzz::{CONTENT, KEY_ENCRYPTION_KEY, Repeatable};

fuzz_target!(|octets: &[u8]| {
    let id = CipherId::of(octets);
    let mut registry = Registry::default();
    let Ok(cipher) = registry.install(id, octets) else {
        return;
    };
    assert!((1..=limits::NAME_OCTETS_MAX).contains(&cipher.name().len()));
    assert!((limits::KEY_OCTETS_MIN..=limits::KEY_OCTETS_MAX).contains(&cipher.key_octets()));
    assert!(cipher.nonce_octets() <= limits::NONCE_OCTETS_MAX);
    assert!(cipher.overhead() <= limits::OVERHEAD_OCTETS_MAX);
    let key = || ContentKey::from_bytes([9; 32]);
    let mut random = Repeatable::of("experiment");
    let Ok(layer) = InnerLayer::encrypt(cipher, CONTENT, key(), &mut random) else {
        return;
    };
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let slot = RecipientSlot::KeyEncryption { id: b"fuzz", kek: &kek };
    let message = layer.enclose(&[slot], &mut random).expect("there is a recipient");
    assert!(!message.windows(CONTENT.len()).any(|it| it == CONTENT), "the content shows");
    let message = AuthEnveloped::from_der(&message).expect("it was sealed here");
    let opened = open(&message, &key(), &registry).expect("it was opened when it was sealed");
    assert_eq!((opened.content.as_slice(), opened.cipher), (CONTENT, Some(id)));
});
