//! Notices. An input that begins as DER is taken for SignedData and verifies only if the sender of
//! the seeds signed it. Any other is a MIME entity that the target signs itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::attributes::SEALPOST_LETTER_BINDING;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{House, genuine, read};
use sealpost_letter::binding::LetterBinding;
use sealpost_letter::limits::{RECIPIENTS_MAX, SUBJECT_OCTETS_MAX};
use sealpost_letter::{Notice, open::verify_notice_signature};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SIGNED: LazyLock<Vec<Notice>> = LazyLock::new(|| genuine("notice", verified));
static BINDING: LazyLock<LetterBinding> = LazyLock::new(|| {
    let seed = SignedData::from_der(&read("notice/notice.p7m"), Limits::default());
    let seed = seed.expect("a seed").into_claims();
    let der = seed.signed_attribute(SEALPOST_LETTER_BINDING).expect("every notice is bound");
    LetterBinding::from_der(der).expect("a binding")
});

fn verified(octets: &[u8]) -> Outcome<Notice> {
    verify_notice_signature(octets, &HOUSE.verification(KeyPurpose::LetterSignature))
}

fuzz_target!(init: the_seed_is_read(), |octets: &[u8]| {
    if octets.starts_with(&[0x30]) {
        match verified(octets) {
            Outcome::TotalPassed(notice) => {
                assert!(SIGNED.contains(notice.get()), "verified, signed by nobody");
            }
            Outcome::Indeterminate(notice, _) => is_safe(notice.claims()),
            Outcome::TotalFailed(_) => {}
        }
        return;
    }
    let signed = HOUSE.signs(octets, &[BINDING.to_attribute()]);
    if let Outcome::TotalPassed(notice) = verified(&signed) {
        let notice = notice.get();
        assert_eq!(notice.sender().address.as_str(), "anna@north.example", "not the signer");
        assert_eq!(notice.letter_id(), BINDING.letter_id(), "a notice of another letter");
        is_safe(notice);
    }
});

/// Otherwise nothing that follows would be tried.
fn the_seed_is_read() {
    let signed = HOUSE.signs(&read("notice/notice.eml"), &[BINDING.to_attribute()]);
    assert!(!SIGNED.is_empty() && verified(&signed).passed().is_ok(), "make the seeds again");
}

fn is_safe(notice: &Notice) {
    assert!(notice.mode().needs_acceptance());
    assert!(notice.binding().recipient_count() == 1);
    assert!(notice.visible_recipients().is_none_or(|visible| visible.len() <= RECIPIENTS_MAX));
    let subject = notice.subject().unwrap_or_default();
    assert!(subject.len() <= SUBJECT_OCTETS_MAX && !subject.contains(char::is_control));
    assert!(!notice.sender().name.contains(char::is_control));
    let _ = (notice.date().rfc3339(), notice.deadline().rfc3339());
}
