//! Messages for recipients of every kind, contents that nothing but a signature protects, and
//! messages with two signers.

use crate::Seeds;
use crate::world::{Keyed, World};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{
    ContentAlgorithm, ContentKey, KeyEncryptionKey, Password, RecipientSlot, seal_with,
};
use sealpost_cms::issue::Profile;
use sealpost_cms::keys::{DecryptionKey, DecryptionScheme, SigningKey};
use sealpost_cms::policy::{AlgorithmPolicy, ContentEncryption};
use sealpost_cms::signed::{ContentRef, Signature, digests_for, request_signature};
use sealpost_cms::stream::{Permission, SigningWriter, UnprotectedWriter};
use sealpost_fuzz::{CONTENT, KEY_ENCRYPTION_KEY};
use std::io::Write as _;

/// A content key that opens every message here, so that a target sees what a change does.
const KEY_ID: &[u8] = &[7; 16];

pub fn make(seeds: &Seeds, world: &World) {
    enveloped(seeds, world);
    unprotected(seeds, world);
    two_signers(seeds, world);
}

fn enveloped(seeds: &Seeds, world: &World) {
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let by_kek = RecipientSlot::KeyEncryption { id: KEY_ID, kek: &kek };
    let holders = [
        ("p384", DecryptionScheme::P384),
        ("x25519", DecryptionScheme::X25519),
        ("rsa", DecryptionScheme::Rsa3072),
        ("ml_kem_768", DecryptionScheme::MlKem768),
        ("ml_kem_1024", DecryptionScheme::MlKem1024),
        ("hybrid", DecryptionScheme::MlKem768X25519),
    ]
    .map(|(name, scheme)| (name, reader(world, scheme)));
    let password = Password::new(b"a password".to_vec().into());
    let mut messages: Vec<(&str, ContentAlgorithm, RecipientSlot<'_>)> = holders
        .iter()
        .map(|(name, holder)| (*name, ContentAlgorithm::COMMON, RecipientSlot::Certificate(holder)))
        .collect();
    let by_agreement = RecipientSlot::Certificate(&world.bert.encryption);
    messages.extend([
        ("password", ContentAlgorithm::COMMON, RecipientSlot::Password(&password)),
        ("aes_128", ContentAlgorithm::plain(ContentEncryption::Aes128Gcm), by_agreement),
        ("bound", ContentAlgorithm::bound(ContentEncryption::Aes256Gcm), by_agreement),
    ]);
    let random = &mut *world.random();
    for (name, algorithm, slot) in messages {
        let key = ContentKey::generate_for(algorithm.encryption(), random);
        let sealed = seal_with(algorithm, CONTENT, &[slot, by_kek], &key, random);
        seeds.put("cms_enveloped", &format!("{name}.der"), &sealed.expect("it is short"));
    }
}

fn unprotected(seeds: &Seeds, world: &World) {
    let signed = world.attached(&world.north, &world.anna.signature, CONTENT);
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let slots = [
        RecipientSlot::KeyEncryption { id: KEY_ID, kek: &kek },
        RecipientSlot::Certificate(&world.bert.encryption),
    ];
    let permission = Permission { policy: AlgorithmPolicy::legacy(), at: world.unix() };
    let random = &mut *world.random();
    for (name, algorithm) in [
        ("cbc.ber", ContentAlgorithm::plain(ContentEncryption::Aes256Cbc)),
        ("cbc_128_bound.ber", ContentAlgorithm::bound(ContentEncryption::Aes128Cbc)),
    ] {
        let key = ContentKey::generate_for(algorithm.encryption(), random);
        let begun =
            UnprotectedWriter::begin(Vec::new(), algorithm, &slots, &key, permission, random);
        let mut writer = begun.expect("the policy lists it");
        writer.write_all(&signed).expect("there is memory");
        seeds.put("cms_enveloped", name, &writer.finish().expect("there is memory"));
    }
}

fn two_signers(seeds: &Seeds, world: &World) {
    let Keyed { key, certificate } = world.anna_of_the_future();
    let old = &world.anna.signature;
    let signs = |content: ContentRef| -> Signature {
        let sign = |certificate: &Certificate, key: &SigningKey| {
            let asked = request_signature(content, None, certificate, world.claimed(), &[]);
            let answer = key.answer(&asked);
            asked.answered(answer).expect("the key is the certificate's")
        };
        let one = sign(&old.certificate, &old.key);
        one.together_with(sign(&certificate, &key)).expect("one content, two keys")
    };
    let signers = [&old.certificate, &certificate];
    let content = ContentRef::with(CONTENT, &digests_for(&signers));
    let crls = std::slice::from_ref(&world.north.crl);
    let whole = signs(content).attached(CONTENT, &[], crls);
    seeds.put("cms_signed", "two_signers.der", &whole);
    seeds.put("cms_foreign", "two_signers.der", &whole);
    let mut writer = SigningWriter::begin_for(Vec::new(), &signers).expect("there is memory");
    writer.write_all(CONTENT).expect("there is memory");
    let unsigned = writer.finish_content().expect("there is memory");
    let both = signs(unsigned.content());
    let streamed = unsigned.finish(&both, &[], crls).expect("it is the same content");
    seeds.put("cms_foreign", "two_signers.ber", &streamed);
}

fn reader(world: &World, scheme: DecryptionScheme) -> Certificate {
    let mut random = world.random();
    let key = DecryptionKey::generate_for(scheme, &mut *random).expect("a native back-end");
    let profile = Profile::PersonEncryption {
        name: "Cleo",
        address: "cleo@south.example",
        organisation: None,
    };
    world.south.root.certifies(profile, &key.spki_der(), &mut random)
}
