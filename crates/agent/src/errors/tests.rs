use std::io;

use super::*;

fn all() -> Vec<AgentError> {
    let full = || StorageFault {
        file: ProfileFile::Vault,
        act: Act::Write,
        source: io::ErrorKind::StorageFull.into(),
    };
    vec![
        ProfileError::NoHome.into(),
        ProfileError::InUse { pid: Some(7) }.into(),
        ProfileError::InUse { pid: None }.into(),
        ProfileError::OtherOwner.into(),
        ProfileError::NotPrivate { mode: 0o755 }.into(),
        ProfileError::Storage(full()).into(),
        KeystoreError::PinTooShort { characters_min: 6 }.into(),
        KeystoreError::PinTooLong { characters_max: 64 }.into(),
        KeystoreError::PinAllEqual.into(),
        KeystoreError::WrongPin { attempts_left: 9 }.into(),
        KeystoreError::Wiped { attempts: 10 }.into(),
        KeystoreError::AlreadyExists.into(),
        KeystoreError::Missing.into(),
        KeystoreError::PassphraseLength { characters_min: 12, characters_max: 256 }.into(),
        KeystoreError::Damaged { part: KeystorePart::Checksum }.into(),
        KeystoreError::TooNew { version: 2 }.into(),
        KeystoreError::Storage(full()).into(),
        KeystoreError::Primitive { name: "scrypt" }.into(),
        VaultError::OtherKeystore.into(),
        VaultError::RecordTampered { kind: "letter" }.into(),
        VaultError::BodyTampered.into(),
        VaultError::BodyMissing.into(),
        VaultError::Damaged(Box::new(redb::Error::PreviousIo)).into(),
        VaultError::TooNew { version: 2 }.into(),
        VaultError::Storage(full()).into(),
        VaultError::Random.into(),
        VaultError::RecordTooLarge { octets: 2, octets_max: 1 }.into(),
        VaultError::RecordName.into(),
        VaultError::BodyTooLarge { octets_max: 1 }.into(),
    ]
}

#[test]
fn every_error_says_what_happened_and_what_to_do_in_both_languages() {
    for error in all() {
        for language in [Language::English, Language::German] {
            assert!(error.message(language).ends_with('.'), "{}", error.code());
            assert!(error.remedy(language).ends_with('.'), "{}", error.code());
        }
        assert_ne!(error.message(Language::English), error.message(Language::German));
        assert_ne!(error.remedy(Language::English), error.remedy(Language::German));
        assert!(error.code().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
    }
}

#[test]
fn a_full_disk_has_one_word_wherever_it_happens() {
    let full: Vec<_> = all().into_iter().filter(|error| error.code() == "disk-full").collect();
    assert_eq!(full.len(), 3);
    assert!(full.iter().all(|error| error.fault() == Fault::Machine));
}

#[test]
fn the_language_follows_the_locale() {
    assert_eq!(Language::of_locale("de_AT.UTF-8"), Language::German);
    assert_eq!(Language::of_locale("de"), Language::German);
    assert_eq!(Language::of_locale("den_CA"), Language::English);
    assert_eq!(Language::of_locale("C"), Language::English);
}
