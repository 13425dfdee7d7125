//! What lies inside an approved layer, which the target seals itself: an ordinary content, or a layer
//! of an experimental cipher. Whoever wrote it holds the content key and may have written anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_experiment::{CipherId, OpenError, Registry, open};
use sealpost_fuzz::{KEY_ENCRYPTION_KEY, Repeatable, read};
use std::sync::LazyLock;

static INSTALLED: LazyLock<Registry> = LazyLock::new(|| {
    let module = read("experiment_module/example-chacha20.wasm");
    let mut registry = Registry::default();
    registry.install(CipherId::of(&module), &module).expect("the example works");
    registry
});

fuzz_target!(|octets: &[u8]| {
    let key = || ContentKey::from_bytes([9; 32]);
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let slot = RecipientSlot::KeyEncryption { id: b"fuzz", kek: &kek };
    let message = seal(octets, &[slot], &key(), &mut Repeatable::of("experiment"));
    let message = message.expect("an input is small");
    let message = AuthEnveloped::from_der(&message).expect("it was sealed here");
    let with = open(&message, &key(), &INSTALLED);
    let without = open(&message, &key(), &Registry::default());
    match with {
        Ok(opened) => match opened.cipher {
            None => {
                assert_eq!(opened.content.as_slice(), octets, "an ordinary content is left alone");
                assert!(without.is_ok());
            }
            Some(id) => {
                assert!(INSTALLED.get(id).is_some(), "what is not installed has run");
                assert!(opened.content.len() < octets.len());
                let missing = |error| matches!(error, OpenError::NotInstalled { .. });
                assert!(without.err().is_some_and(missing));
            }
        },
        Err(OpenError::NotInstalled { cipher, name }) => {
            assert!(INSTALLED.get(cipher).is_none());
            let safe = |octet: u8| octet.is_ascii_graphic() && !octet.is_ascii_uppercase();
            assert!(!name.is_empty() && name.bytes().all(safe), "a name that is not safe to show");
        }
        Err(error) => assert!(!matches!(error, OpenError::Enveloped(_)), "it was sealed here"),
    }
});
