//! The head of an AuthEnvelopedData whose rest has not arrived. The first eight octets of an input
//! are the length that the sender claims.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::enveloped::EnvelopedHead;
use sealpost_cms::limits::{ENVELOPED_HEAD_OCTETS_MAX, RECIPIENTS_MAX};
use sealpost_erds::enveloped::{Enveloped, EnvelopedStream};

fuzz_target!(|octets: &[u8]| {
    let Some((total, prefix)) = octets.split_first_chunk::<8>() else {
        return;
    };
    let total = u64::from_be_bytes(*total);
    let stream = EnvelopedStream::from_prefix(prefix, total);
    let Ok(head) = EnvelopedHead::from_prefix(prefix, total) else {
        assert!(stream.is_err(), "a stream that has no head");
        return;
    };
    assert_eq!(stream.map(|stream| stream.octets()), Ok(total));
    assert!((1..=RECIPIENTS_MAX).contains(&head.recipient_count()));
    let (offset, ciphertext) = (head.ciphertext_offset(), head.ciphertext_octets());
    assert!(offset <= ENVELOPED_HEAD_OCTETS_MAX as u64);
    assert!(offset.checked_add(ciphertext).is_some_and(|end| end < total), "longer than the whole");
    // Another total is another message; more or less of the ciphertext is the same head.
    assert!(EnvelopedHead::from_prefix(prefix, total.wrapping_add(1)).is_err());
    if let Some(shorter) = usize::try_from(offset).ok().and_then(|offset| prefix.get(..offset)) {
        let again = EnvelopedHead::from_prefix(shorter, total).expect("the head is all there");
        assert_eq!(again.ciphertext_octets(), ciphertext);
    }
    if prefix.len() as u64 != total {
        assert!(Enveloped::from_der(prefix.to_vec()).is_err(), "a whole of another length");
    }
});
