//! AuthEnvelopedData: the whole, and its head alone as it is read while a body streams in. Both
//! must see the same recipients, and nothing opens that was changed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::enveloped::{AuthEnveloped, EnvelopedHead, KeyEncryptionKey, RecipientIdView};
use sealpost_fuzz::{CONTENT, House, KEY_ENCRYPTION_KEY};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fuzz_target!(|octets: &[u8]| {
    let total = octets.len() as u64;
    for end in [octets.len() / 2, octets.len()] {
        let _ = EnvelopedHead::from_prefix(&octets[..end], total).is_ok();
    }
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
