//! What the targets for CMS read: certificates, lists, keys, signatures, envelopes, tokens.

use crate::Seeds;
use crate::world::World;
use sealpost_cms::capabilities::SmimeCapabilities;
use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_cms::issue::{RequestKey, RevokedEntry, certificate_request, possession_statement};
use sealpost_cms::kdf::sha256;
use sealpost_cms::policy::{ContentEncryption, KeyEstablishment};
use sealpost_cms::tsp::TimeStampRequest;
use sealpost_fuzz::{CONTENT, KEY_ENCRYPTION_KEY};

pub fn make(seeds: &Seeds, world: &World) {
    certificates(seeds, world);
    signatures(seeds, world);
    envelopes(seeds, world);
}

fn certificates(seeds: &Seeds, world: &World) {
    let (north, south) = (&world.north, &world.south);
    for (name, certificate) in [
        ("north_root", &north.root.certificate),
        ("north_seal", &north.seal.certificate),
        ("north_tsa", &north.tsa.certificate),
        ("south_root", &south.root.certificate),
        ("anna_signature", &world.anna.signature.certificate),
        ("bert_authentication", &world.bert.authentication.certificate),
        ("bert_encryption", &world.bert.encryption),
        ("bert_hybrid_encryption", &world.bert.hybrid_encryption),
    ] {
        seeds.put("certificate", &format!("{name}.der"), certificate.der());
    }
    seeds.put("certificate", "north_root.pem", north.root.certificate.to_pem().as_bytes());
    let serial = world.anna.signature.certificate.serial().to_vec();
    let revoked = north.root.revokes(&[RevokedEntry { serial, at: world.unix() }]);
    for (name, crl) in [("north", &north.crl), ("south", &south.crl), ("revoked", &revoked)] {
        seeds.put("crl", &format!("{name}.der"), crl.der());
    }
    let signature = RequestKey::Signing(&world.anna.signature.key);
    let encryption = RequestKey::Agreement(&world.bert.encryption_key);
    for (name, key) in [("signature.der", signature), ("encryption.der", encryption)] {
        let request = certificate_request(key, "anna@north.example").expect("a good name");
        seeds.put("certificate_request", name, &request);
    }
    let (contents, keys) = ([ContentEncryption::Aes256Gcm], [KeyEstablishment::EcdhP256]);
    let announced = SmimeCapabilities::announcing(&contents, &keys).to_der();
    seeds.put("capabilities", "ours.der", &announced);
    seeds.put("capabilities", "openssl.der", OPENSSL_CAPABILITIES);
    let (kem, signer) = (&world.bert.hybrid_encryption_key, &world.bert.signature.key);
    let stated = possession_statement(kem, signer, world.bert.address.as_str());
    seeds.put("certificate_request", "possession.der", &stated.expect("a good address"));
    seeds.put("private_key", "hybrid.der", &kem.to_pkcs8_der());
    seeds.put("private_key", "signing.der", &world.anna.signature.key.to_pkcs8_der());
    seeds.put("private_key", "agreement.der", &world.bert.encryption_key.to_pkcs8_der());
}

fn signatures(seeds: &Seeds, world: &World) {
    let (north, anna) = (&world.north, &world.anna.signature);
    let certificates = std::slice::from_ref(&anna.certificate);
    let plain = world.signature(anna, CONTENT);
    let stamped = world.stamped(north, anna, CONTENT);
    seeds.put("cms_signed", "attached.der", &plain.attached(CONTENT, certificates, &[]));
    seeds.put("cms_signed", "detached.der", &plain.detached(certificates, &[]));
    seeds.put("cms_signed", "stamped.der", &world.attached(north, anna, CONTENT));
    seeds.put("cms_signed", "stamped_detached.der", &stamped.detached(certificates, &[]));
    seeds.put("cms_foreign", "ours.der", &world.attached(north, anna, CONTENT));
    let request = TimeStampRequest::new(sha256(CONTENT), 1);
    seeds.put("time_stamp", "request.der", &request.to_der());
    seeds.put("time_stamp", "response.der", &world.stamps(north, &request));
    seeds.put("time_stamp", "token.der", &world.token(north, &request));
}

fn envelopes(seeds: &Seeds, world: &World) {
    let vector = include_bytes!("../../../crates/cms/vectors/static_dh/message.p7m");
    seeds.put("cms_static", "message.der", vector);
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let by_kek = RecipientSlot::KeyEncryption { id: &[7; 16], kek: &kek };
    let by_agreement = RecipientSlot::Certificate(&world.bert.encryption);
    let random = &mut *world.random();
    for (name, slots) in [
        ("key_agreement.der", vec![by_agreement]),
        ("key_encryption.der", vec![by_kek]),
        ("both.der", vec![by_agreement, by_kek]),
    ] {
        let key = ContentKey::generate(random);
        let octets = seal(CONTENT, &slots, &key, random).expect("it is short");
        seeds.put("cms_enveloped", name, &octets);
        let total = (octets.len() as u64).to_be_bytes();
        seeds.put("enveloped_head", name, &[total.as_slice(), &octets].concat());
    }
    let key = ContentKey::generate(random);
    let octets = seal(&[0; 70_000], &[by_kek], &key, random).expect("it is short");
    let total = (octets.len() as u64).to_be_bytes();
    seeds.put("enveloped_head", "beginning.der", &[total.as_slice(), &octets[..400]].concat());
}

/// As OpenSSL 3.0 announces by default: AES in three lengths of CBC, and triple DES.
const OPENSSL_CAPABILITIES: &[u8] = b"\x30\x33\
    \x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2a\
    \x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x16\
    \x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x02\
    \x30\x0a\x06\x08\x2a\x86\x48\x86\xf7\x0d\x03\x07";
