//! AuthEnvelopedData: the whole, its head alone as it is read while a body streams in, and the
//! whole in pieces. All must see the same recipients, and nothing opens that was changed. And
//! EnvelopedData: of what was changed nothing comes out that was not signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::enveloped::{AuthEnveloped, EnvelopedHead, KeyEncryptionKey, RecipientIdView};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::stream::{self, Permission, SealedReader, UnprotectedReader};
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{CONTENT, House, KEY_ENCRYPTION_KEY, NOW};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fuzz_target!(|octets: &[u8]| {
    let total = octets.len() as u64;
    for end in [octets.len() / 2, octets.len()] {
        let _ = EnvelopedHead::from_prefix(&octets[..end], total).is_ok();
    }
    unprotected(octets);
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
    let recipients = SealedReader::new(octets).ok()?.head().recipients();
    for recipient in &recipients {
        let RecipientIdView::KekId(id) = recipient else {
            continue;
        };
        let reader = SealedReader::new(octets).expect("it read before");
        let Ok(key) = reader.head().content_key_from_kek(id, &kek) else {
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

/// Opens what has no tag with the known key: what comes out is what somebody signed.
fn unprotected(octets: &[u8]) {
    let kek = KeyEncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    let permission = Permission { policy: AlgorithmPolicy::legacy(), at: NOW };
    let Ok(reader) = UnprotectedReader::new(octets, permission) else {
        return;
    };
    let by_default = Permission { policy: AlgorithmPolicy::current(), at: NOW };
    assert!(UnprotectedReader::new(octets, by_default).is_err(), "read under any policy");
    let _ = reader.head().key_request(HOUSE.reader()).is_some();
    let id = reader.head().recipients().into_iter().find_map(|recipient| match recipient {
        RecipientIdView::KekId(id) => Some(id),
        _ => None,
    });
    let Some(Ok(key)) = id.map(|id| reader.head().content_key_from_kek(&id, &kek)) else {
        return;
    };
    let verification = HOUSE.verification(KeyPurpose::LetterSignature);
    let opened = reader.open_signed(&key, |plaintext| {
        stream::verify(plaintext, Vec::new(), u64::MAX, &verification)
    });
    let Ok(opened) = opened else {
        return;
    };
    let content = match opened.into_outcome() {
        Outcome::TotalPassed(verified) => verified.into_parts().0.into_sink(),
        Outcome::Indeterminate(claims, _) => claims.into_claims().into_sink(),
        Outcome::TotalFailed(_) => return,
    };
    assert_eq!(content, CONTENT, "released, signed by nobody");
}
