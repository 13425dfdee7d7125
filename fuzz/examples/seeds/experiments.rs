//! Plug-ins with experimental ciphers, and layers that they made, as they lie inside an approved one.

use crate::Seeds;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyEncryptionKey, RecipientSlot};
use sealpost_experiment::{CipherId, InnerLayer, Registry};
use sealpost_fuzz::{CONTENT, KEY_ENCRYPTION_KEY, Repeatable};

/// The worked example.
const CHACHA20: &str = include_str!("../../../crates/experiment/ciphers/example-chacha20.wat");

/// The smallest plug-in: it copies.
const COPYING: &str = r#"(module
    (memory (export "memory") 1)
    (data (i32.const 8) "copy")
    (global $free (mut i32) (i32.const 1024))
    (func (export "sealpost_cipher_abi") (result i32) (i32.const 1))
    (func (export "name") (result i64) (i64.const 0x800000004))
    (func (export "key_octets") (result i32) (i32.const 16))
    (func (export "nonce_octets") (result i32) (i32.const 0))
    (func (export "overhead") (result i32) (i32.const 0))
    (func (export "alloc") (param i32) (result i32)
        (global.get $free) (global.set $free (i32.add (global.get $free) (local.get 0))))
    (func $copy (export "seal") (export "open") (param i32 i32 i32 i32 i32) (result i32)
        (memory.copy (local.get 4) (local.get 2) (local.get 3)) (local.get 3)))"#;

pub fn make(seeds: &Seeds) {
    for (name, text) in [("example-chacha20", CHACHA20), ("copy", COPYING)] {
        let module = wat::parse_str(text).expect("the texts are well-formed");
        seeds.put("experiment_module", &format!("{name}.wasm"), &module);
        for (length, content) in [("empty", &b""[..]), ("content", CONTENT)] {
            let layer = layer(&module, content);
            seeds.put("experiment_layer", &format!("{name}_{length}.der"), &layer);
        }
    }
    seeds.put("experiment_layer", "ordinary.eml", CONTENT);
}

fn layer(module: &[u8], content: &[u8]) -> Vec<u8> {
    let (mut registry, mut random) = (Registry::default(), Repeatable::of("experiment"));
    let cipher = registry.install(CipherId::of(module), module).expect("it works");
    let key = || ContentKey::from_bytes([9; 32]);
    let layer = InnerLayer::encrypt(cipher, content, key(), &mut random).expect("it works");
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let slot = RecipientSlot::KeyEncryption { id: b"fuzz", kek: &kek };
    let message = layer.enclose(&[slot], &mut random).expect("there is a recipient");
    let message = AuthEnveloped::from_der(&message).expect("it was sealed here");
    message.open(&key()).expect("it was sealed here").to_vec()
}
