//! A plug-in that works, ways to break each of its parts, and letters to send with it.

mod example;
mod hostile;
mod letters;
mod modules;

use rand_core::UnwrapErr;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyEncryptionKey, RecipientSlot};

use crate::{Cipher, EncryptError, InnerLayer, InstallError, OpenError, Opened, Registry};

pub(super) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// The module of a text in WebAssembly's text format.
pub(super) fn assembled(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A toy cipher, in parts: XOR with the first octet of the key. Parts named in `instead` are
/// replaced, and under a new name added.
pub(super) fn module(instead: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = TOY.to_vec();
    for (name, text) in instead {
        match parts.iter_mut().find(|(part, _)| part == name) {
            Some(part) => part.1 = text,
            None => parts.push((name, text)),
        }
    }
    let texts: Vec<&str> = parts.into_iter().map(|(_, text)| text).collect();
    assembled(&format!("(module\n{}\n)", texts.join("\n")))
}

pub(super) fn installed(module: &[u8]) -> Result<Cipher, InstallError> {
    Cipher::load(module)
}

/// A letter under this cipher, in an approved layer that [`kek`] opens.
pub(super) fn letter(cipher: &Cipher, content: &[u8]) -> Result<Vec<u8>, EncryptError> {
    let layer = InnerLayer::encrypt(cipher, content, ContentKey::generate(&mut rng()), &mut rng())?;
    Ok(layer.enclose(&[slot(&kek())], &mut rng()).unwrap())
}

/// What Bert reads with these ciphers installed.
pub(super) fn read(message: &[u8], registry: &Registry) -> Result<Opened, OpenError> {
    let message = AuthEnveloped::from_der(message).unwrap();
    let key = message.content_key_from_kek(KEK_ID, &kek()).unwrap();
    crate::open(&message, &key, registry)
}

pub(super) fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes([7; 32])
}

pub(super) fn slot(kek: &KeyEncryptionKey) -> RecipientSlot<'_> {
    RecipientSlot::KeyEncryption { id: KEK_ID, kek }
}

pub(super) const KEK_ID: &[u8] = b"bert";
pub(super) const TEXT: &[u8] = b"Dear Bert, it is hereby certified that the lease ends in May.";

/// The parts, in the order of the table of exports.
const TOY: [(&str, &str); 11] = [
    ("memory", r#"(memory (export "memory") 1)"#),
    ("abi", r#"(func (export "sealpost_cipher_abi") (result i32) (i32.const 1))"#),
    (
        "name",
        r#"(data (i32.const 8) "toy") (func (export "name") (result i64) (i64.const 0x800000003))"#,
    ),
    ("key_octets", r#"(func (export "key_octets") (result i32) (i32.const 32))"#),
    ("nonce_octets", r#"(func (export "nonce_octets") (result i32) (i32.const 12))"#),
    ("overhead", r#"(func (export "overhead") (result i32) (i32.const 0))"#),
    ("free", "(global $free (mut i32) (i32.const 1024))"),
    (
        "alloc",
        r#"(func (export "alloc") (param $octets i32) (result i32)
            (local $room i32)
            (local.set $room (global.get $free))
            (global.set $free (i32.add (local.get $room) (local.get $octets)))
            (if (i32.gt_u (global.get $free) (i32.shl (memory.size) (i32.const 16)))
                (then (drop (memory.grow (i32.add (i32.const 1)
                    (i32.shr_u (local.get $octets) (i32.const 16)))))))
            (local.get $room))"#,
    ),
    ("seal", r#"(export "seal" (func $xor))"#),
    ("open", r#"(export "open" (func $xor))"#),
    (
        "xor",
        r#"(func $xor (param $key i32) (param $nonce i32) (param $input i32) (param $octets i32)
            (param $output i32) (result i32)
            (local $at i32)
            (block $end (loop $next
                (br_if $end (i32.ge_u (local.get $at) (local.get $octets)))
                (i32.store8 (i32.add (local.get $output) (local.get $at))
                    (i32.xor (i32.load8_u (local.get $key))
                        (i32.load8_u (i32.add (local.get $input) (local.get $at)))))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next)))
            (local.get $octets))"#,
    ),
];
