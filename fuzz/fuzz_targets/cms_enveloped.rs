//! AuthEnvelopedData: the whole, its head alone as it is read while a body streams in, and the
//! whole in pieces. All must see the same recipients, and nothing opens that was changed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::enveloped::{AuthEnveloped, EnvelopedHead, KeyEncryptionKey, RecipientIdView};
use sealpost_cms::stream::SealedReader;
use sealpost_fuzz::{CONTENT, House, KEY_ENCRYPTION_KEY};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fuzz_target!(|octets: &[u8]| {
    let total = octets.len() as u64;
    for end in [octets.len() / 2, octets.len()] {
        let _ = EnvelopedHead::from_prefix(&octets[..end], total).is_ok();
    }
    let streamed = streamed(octets);
    let Ok(enveloped) = AuthEnveloped::from_der(octets) else {
        return;
    };
    let recipients = enveloped.recipients();
    assert_eq!(recipients.len(), enveloped.recipient_count());
    assert!(!recipients.is_empty(), "encrypted for nobody");
    assert!(enveloped.ciphertext().end <= octets.len());
    if let Ok(head) = EnvelopedHead::from_prefix(octets, total) {
        assert_eq!(head.recipient_count(), recipients.len());
        assert_eq!(head.ciphertext_offset(), enveloped.ciphertext().start as u64);
    }
    let _ = enveloped.key_request(HOUSE.reader()).is_some();
    assert_eq!(streamed, Some(recipients.clone()), "what is DER is BER");
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    for recipient in &recipients {
        let RecipientIdView::KekId(id) = recipient else {
            continue;
        };
        if let Ok(key) = enveloped.content_key_from_kek(id, &kek)
            && let Ok(content) = enveloped.open(&key)
        {
            assert_eq!(content.as_slice(), CONTENT, "a changed message opened");
        }
    }
});

/// Opens in pieces what the known key opens; whom the message is for, if its head reads.
fn streamed(octets: &[u8]) -> Option<Vec<RecipientIdView>> {
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let recipients = SealedReader::new(octets).ok()?.recipients();
    for recipient in &recipients {
        let RecipientIdView::KekId(id) = recipient else {
            continue;
        };
        let reader = SealedReader::new(octets).expect("it read before");
        let Ok(key) = reader.content_key_from_kek(id, &kek) else {
            continue;
        };
        let opened = reader.open(&key, |plaintext| {
            let mut content = Vec::new();
            plaintext.read_to_end(&mut content)?;
            Ok(content)
        });
        if let Ok(content) = opened {
            assert_eq!(content, CONTENT, "a changed message opened in pieces");
        }
    }
    Some(recipients)
}
