//! Contents of letters. An input that begins as DER is taken for SignedData and verifies only if
//! the sender of the seeds signed it. Any other is a MIME entity that the target signs itself, so
//! that what reads MIME is reached; whatever it reads must be safe to show and to store.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::attributes::SEALPOST_LETTER_BINDING;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::kdf::sha256;
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{House, genuine, read};
use sealpost_letter::binding::LetterBinding;
use sealpost_letter::limits::{ATTACHMENTS_MAX, FILE_NAME_OCTETS_MAX, RECIPIENTS_MAX};
use sealpost_letter::{Attachment, Content, open::verify_letter_signature};
use std::collections::HashSet;
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SIGNED: LazyLock<Vec<Content>> = LazyLock::new(|| genuine("content", verified));
static BINDING: LazyLock<LetterBinding> = LazyLock::new(|| {
    let seed = SignedData::from_der(&read("content/letter.p7m"), Limits::default());
    let seed = seed.expect("a seed").into_claims();
    let der = seed.signed_attribute(SEALPOST_LETTER_BINDING).expect("every letter is bound");
    LetterBinding::from_der(der).expect("a binding")
});

fn verified(octets: &[u8]) -> Outcome<Content> {
    verify_letter_signature(octets, &HOUSE.verification(KeyPurpose::LetterSignature))
}

fuzz_target!(init: the_seed_is_read(), |octets: &[u8]| {
    if octets.starts_with(&[0x30]) {
        match verified(octets) {
            Outcome::TotalPassed(content) => {
                assert!(SIGNED.contains(content.get()), "verified, signed by nobody");
            }
            Outcome::Indeterminate(content, _) => is_safe(content.claims()),
            Outcome::TotalFailed(_) => {}
        }
        return;
    }
    let signed = HOUSE.signs(octets, &[BINDING.to_attribute()]);
    if let Outcome::TotalPassed(content) = verified(&signed) {
        let content = content.get();
        assert_eq!(content.mime(), octets, "what was signed is kept verbatim");
        assert_eq!(content.commitment(), BINDING.commitment(&sha256(octets)));
        assert_eq!(content.from().address.as_str(), "anna@north.example", "somebody else's letter");
        is_safe(content);
    }
});

/// Otherwise nothing that follows would be tried.
fn the_seed_is_read() {
    let signed = HOUSE.signs(&read("content/letter.eml"), &[BINDING.to_attribute()]);
    assert!(SIGNED.len() > 1 && verified(&signed).passed().is_ok(), "make the seeds again");
}

fn is_safe(content: &Content) {
    assert!(is_line(content.subject()) && is_line(&content.from().name));
    assert!(content.to().len() + content.cc().len() <= RECIPIENTS_MAX);
    assert!(content.attachments().len() <= ATTACHMENTS_MAX);
    let mut names = HashSet::new();
    for attachment in content.attachments() {
        is_storable(attachment);
        assert!(names.insert(attachment.file_name.to_lowercase()), "two files of one name");
    }
    let _ = content.date().rfc3339();
    assert!(!format!("{content:?}").contains("Hiermit"), "a letter in a log");
}

fn is_storable(attachment: &Attachment) {
    let name = &attachment.file_name;
    assert!(is_line(name) && (1..=FILE_NAME_OCTETS_MAX).contains(&name.len()));
    assert!(!name.starts_with('.') && !name.contains(['/', '\\', ':']), "a path, not a name");
    assert!(attachment.media_type.is_ascii() && is_line(&attachment.media_type));
}

fn is_line(text: &str) -> bool {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.contains(|c: char| c.is_control() || turns(c))
}
