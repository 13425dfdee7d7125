//! The experiment inside the approved layer: what a letter shows, who opens it, what is refused.

use sealpost_cms::enveloped::{self, AuthEnveloped, ContentKey, SealError, seal};

use super::hostile::{doing_nothing, telling};
use super::{TEXT, installed, kek, letter, module, read, rng, slot};
use crate::layer::{Layer, layer_key};
use crate::{CipherError, CipherId, EncryptError, InnerLayer, OpenError, Registry, limits};

fn registry(module: &[u8]) -> Registry {
    let mut registry = Registry::default();
    registry.install(CipherId::of(module), module).unwrap();
    registry
}

fn only(registry: &Registry) -> &crate::Cipher {
    registry.ciphers().next().unwrap()
}

/// These octets in an approved layer.
fn enclosed(octets: &[u8]) -> Vec<u8> {
    let key = ContentKey::generate(&mut rng());
    seal(octets, &[slot(&kek())], &key, &mut rng()).unwrap()
}

fn holds(message: &[u8], octets: &[u8]) -> bool {
    memchr::memmem::find(message, octets).is_some()
}

#[test]
fn bert_opens_with_the_cipher_and_anybody_without_learns_which_one() {
    let toy = registry(&module(&[]));
    let message = letter(only(&toy), TEXT).unwrap();
    let opened = read(&message, &toy).unwrap();
    assert_eq!((&**opened.content, opened.cipher), (TEXT, Some(only(&toy).id())));
    // [EXP-016] Nothing is installed by itself, and another plug-in does not stand in.
    for other in [Registry::default(), registry(&doing_nothing())] {
        let error = read(&message, &other).err().unwrap();
        let (cipher, name) = (only(&toy).id(), "toy".to_owned());
        assert_eq!(error, OpenError::NotInstalled { cipher, name });
        assert_eq!(error.code(), "cipher-not-installed");
        assert!(error.to_string().contains(&cipher.to_string()), "{error}");
    }
}

#[test]
fn an_ordinary_letter_opens_as_ever() {
    for content in [TEXT, b"", b"\x30\x00", b"\x30\x03\x06\x01\x2a", &[0x30, 0x80]] {
        let opened = read(&enclosed(content), &registry(&module(&[]))).unwrap();
        assert_eq!((&**opened.content, opened.cipher), (content, None));
    }
}

#[test]
fn a_cipher_that_does_nothing_takes_nothing_away() {
    let nothing = registry(&doing_nothing());
    let key = ContentKey::generate(&mut rng());
    let layer = InnerLayer::encrypt(only(&nothing), TEXT, key, &mut rng()).unwrap();
    assert!(layer.octet_count() > TEXT.len());
    let message = layer.enclose(&[slot(&kek())], &mut rng()).unwrap();
    assert!(!holds(&message, TEXT) && !holds(&message, &TEXT[..8]));
    assert!(!holds(&message, b"toy") && !holds(&message, only(&nothing).id().as_bytes()));
    assert_eq!(&**read(&message, &nothing).unwrap().content, TEXT);
}

#[test]
fn exp_013_a_cipher_that_tells_its_key_tells_no_other() {
    let (cipher, nonce) = (installed(&telling()).unwrap(), [3; 12]);
    let content_key = || ContentKey::from_bytes([9; 32]);
    let key = layer_key(&cipher, &content_key(), &nonce);
    // RFC 5869 with the label, the module's digest and the nonce, computed by another way:
    // T(1) = HMAC(PRK, info || 1).
    let prk = sealpost_cms::kdf::hmac_sha256(&[0; 32], &[9; 32]);
    let info =
        [&b"sealpost/experimental-cipher/v1"[..], cipher.id().as_bytes(), &nonce, &[1]].concat();
    assert_eq!(key.as_slice(), sealpost_cms::kdf::hmac_sha256(&prk, &info));
    // Another letter, another nonce, another module: another key.
    let toy = installed(&module(&[])).unwrap();
    for other in [
        layer_key(&cipher, &ContentKey::from_bytes([8; 32]), &nonce),
        layer_key(&cipher, &content_key(), &[4; 12]),
        layer_key(&toy, &content_key(), &nonce),
    ] {
        assert_ne!(key, other);
    }
    assert_ne!(key.as_slice(), content_key().expose());
    // And what it tells stays inside.
    let sealed = cipher.seal(&key, &nonce, TEXT).unwrap();
    assert!(holds(&sealed, &key), "the cipher tells its key");
    let layer = InnerLayer::encrypt(&cipher, TEXT, content_key(), &mut rng()).unwrap();
    let message = layer.enclose(&[slot(&kek())], &mut rng()).unwrap();
    for key in [key.as_slice(), content_key().expose(), kek().expose()] {
        assert!(!holds(&message, key));
    }
}

#[test]
fn exp_020_how_long_a_layer_is_is_known_before_anything_runs() {
    let cipher = installed(&telling()).unwrap();
    let borders = [0, 1, 127, 128, 255, 256, 65_535, 65_536].map(|border| border..border + 6);
    for octets in borders.into_iter().flatten().chain([70, 200, 65_400, 65_500]) {
        let content = vec![7; octets];
        let key = ContentKey::from_bytes([9; 32]);
        let layer = InnerLayer::encrypt(&cipher, &content, key, &mut rng()).unwrap();
        let told = InnerLayer::octets_around(&cipher, octets as u64);
        assert_eq!(told, layer.octet_count() as u64, "{octets}");
    }
}

#[test]
fn exp_007_what_is_too_large_is_refused_before_anything_runs() {
    let content = vec![0; limits::INPUT_OCTETS_MAX + 1];
    let error = letter(&installed(&module(&[])).unwrap(), &content).unwrap_err();
    assert_eq!(error, EncryptError::TooLarge { octets: content.len() });
}

#[test]
fn exp_015_a_letter_that_nobody_could_open_is_not_made() {
    // It opens what it was tried with, and loses what is longer.
    let losing = r#"(func (export "open") (param i32 i32 i32 i32 i32) (result i32)
        (if (i32.le_u (local.get 3) (i32.const 1000)) (then (return
            (call $xor (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))))
        (local.get 3))"#;
    let cipher = installed(&module(&[("open", losing)])).unwrap();
    assert!(letter(&cipher, &[1; 1000]).is_ok());
    assert_eq!(letter(&cipher, &[1; 1001]), Err(EncryptError::DoesNotOpen));
}

#[test]
fn a_changed_letter_never_reaches_a_cipher() {
    let toy = registry(&module(&[]));
    let message = letter(only(&toy), TEXT).unwrap();
    let start = AuthEnveloped::from_der(&message).unwrap().ciphertext().start;
    for at in start..message.len() - 18 {
        let mut changed = message.clone();
        changed[at] ^= 1;
        let error = read(&changed, &toy).err().unwrap();
        assert_eq!(error, OpenError::Enveloped(enveloped::OpenError::Unauthentic), "octet {at}");
    }
}

#[test]
fn an_approved_layer_without_a_recipient_is_not_made() {
    let layer = InnerLayer::encrypt(
        &installed(&module(&[])).unwrap(),
        TEXT,
        ContentKey::generate(&mut rng()),
        &mut rng(),
    );
    assert_eq!(layer.unwrap().enclose(&[], &mut rng()), Err(SealError::NoRecipient));
}

#[test]
fn exp_014_a_layer_has_one_form() {
    let toy = registry(&module(&[]));
    let cipher = only(&toy).id();
    let layer = Layer { cipher, name: "toy", nonce: &[5; 12], ciphertext: b"abc" }.to_der();
    assert!(read(&enclosed(&layer), &toy).is_ok());
    let (oid_end, explicit) = (11, 13);
    assert_eq!(layer[explicit..explicit + 1], [0x30], "the layer begins here");
    let changed = |at: usize, octet: u8| {
        let mut layer = layer.clone();
        layer[at] = octet;
        read(&enclosed(&layer), &toy).err().map(|error| error.code())
    };
    assert_eq!(changed(oid_end, 0xa1), Some("malformed"), "another tag");
    assert_eq!(changed(explicit + 4, 2), Some("unsupported"), "another version");
    let name = layer.windows(3).position(|it| it == b"toy").unwrap();
    assert_eq!(changed(name, b'T'), Some("malformed"), "no name of ours");
    assert_eq!(changed(name, 0x1b), Some("malformed"), "no name of ours");
    let longer = [&layer[..], &[0]].concat();
    assert_eq!(read(&enclosed(&longer), &toy).err().unwrap().code(), "trailing-octets");
    for end in oid_end..layer.len() {
        let error = read(&enclosed(&layer[..end]), &toy).err().unwrap();
        assert_eq!(error.code(), "malformed", "cut off at {end}");
    }
    let long = Layer { cipher, name: "toy", nonce: &[5; 65], ciphertext: b"abc" }.to_der();
    assert_eq!(read(&enclosed(&long), &toy).err().unwrap().code(), "malformed");
}

#[test]
fn exp_017_a_layer_fits_its_cipher() {
    let toy = registry(&module(&[]));
    let cipher = only(&toy).id();
    for (name, nonce) in [("tow", &[5; 12][..]), ("toy", &[5; 11]), ("toy", &[])] {
        let layer = Layer { cipher, name, nonce, ciphertext: b"abc" }.to_der();
        assert_eq!(read(&enclosed(&layer), &toy).err(), Some(OpenError::OtherCipher), "{name}");
    }
}

#[test]
fn what_a_cipher_refuses_to_open_is_no_content() {
    // Shorter than the overhead that the cipher says.
    let telling = registry(&telling());
    let cipher = only(&telling).id();
    let layer = Layer { cipher, name: "toy", nonce: &[0; 12], ciphertext: &[1; 31] };
    let error = read(&enclosed(&layer.to_der()), &telling).err();
    assert_eq!(error, Some(OpenError::Cipher(CipherError::Refused)));
    // What the cipher itself does not know: it opens nothing of exactly 77 octets.
    let open = r#"(func (export "open") (param i32 i32 i32 i32 i32) (result i32)
        (if (i32.eq (local.get 3) (i32.const 77)) (then (return (i32.const -1))))
        (call $xor (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))"#;
    let picky = registry(&module(&[("open", open)]));
    let cipher = only(&picky).id();
    for (octets, wanted) in [(76, None), (77, Some(OpenError::Cipher(CipherError::Refused)))] {
        let ciphertext = &vec![1; octets];
        let layer = Layer { cipher, name: "toy", nonce: &[0; 12], ciphertext };
        assert_eq!(read(&enclosed(&layer.to_der()), &picky).err(), wanted);
    }
    assert_eq!(letter(only(&picky), &[1; 77]), Err(EncryptError::Cipher(CipherError::Refused)));
}
