use std::collections::BTreeSet;
use std::io;

use sealpost_cms::policy::{NoSuite, Obstacle, Protection, SuiteId};
use sealpost_cms::verdict::{Shortfall, SubIndication};
use sealpost_erds::Digest;

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
        VaultError::RecordTampered { kind: "received" }.into(),
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
    .into_iter()
    .chain(posts().into_iter().map(AgentError::from))
    .collect()
}

fn posts() -> Vec<PostError> {
    let shortfall = || Shortfall::new(SubIndication::Revoked, "the certificate was revoked");
    let file = |kind: io::ErrorKind| PostError::File { kind };
    let refused = |code: &str| PostError::Refused {
        code: code.to_owned(),
        status: 409,
        sub_indication: Some("REVOKED".to_owned()),
    };
    let mut posts = vec![
        PostError::LetterNotFound,
        PostError::IdAmbiguous,
        PostError::NotRegistered,
        PostError::AlreadyRegistered,
        PostError::RecipientUnknown,
        PostError::CipherMissing { cipher: Digest::of(b"module"), name: "xor".to_owned() },
        PostError::RecipientCertificate { shortfall: shortfall() },
        file(io::ErrorKind::StorageFull),
        file(io::ErrorKind::NotFound),
        file(io::ErrorKind::PermissionDenied),
        file(io::ErrorKind::Other),
        PostError::Unreachable,
        PostError::Waits { cause: Box::new(PostError::Unreachable) },
        refused("unknown"),
        PostError::Archive,
        PostError::NotPossible("unheard-of"),
        PostError::Draft { code: "unheard-of" },
        PostError::NotTrusted { code: "unheard-of" },
        PostError::NotOpened { code: "unheard-of" },
    ];
    posts.extend(obstacles().map(|obstacle| {
        let obstacles = vec![(SuiteId::Smime2019, obstacle)];
        PostError::NoSuite { none: Box::new(NoSuite { obstacles }) }
    }));
    posts.extend(suites::UPDATES.iter().map(|words| PostError::Policy { code: words.code }));
    let reasons = reasons();
    let reasons = reasons.iter().chain(rotation::ROTATION);
    posts.extend(reasons.map(|words| PostError::NotPossible(words.code)));
    posts.extend(refusals::REFUSALS.iter().map(|words| refused(words.code)));
    for what in ["notice", "letter", "evidence", "discovery document", "time-stamp", "certificate"]
    {
        posts.push(PostError::NotVerified { what, shortfall: shortfall() });
    }
    let answers = [
        "answer of this API",
        "answer of a bounded size",
        "evidence about this letter",
        "evidence for every recipient",
        "release share",
        "routing key",
        "root certificate",
        "revocation list",
        "directory answer",
    ];
    posts.extend(answers.map(|expected| PostError::Nonsense { expected }));
    posts
}

fn obstacles() -> impl Iterator<Item = Obstacle> {
    let detail = || "ecdh-p256 counts until 2026-01-01T00:00:00Z in policy p".to_owned();
    let (protection, floor) = (Protection::Encrypted, Protection::Authenticated);
    [
        Obstacle::OtherAudience,
        Obstacle::NotWritten,
        Obstacle::RecipientKey,
        Obstacle::NotAnnounced,
        Obstacle::BelowFloor { protection, floor },
        Obstacle::OwnKey,
        Obstacle::Ended { detail: detail() },
        Obstacle::Withdrawn { detail: detail() },
    ]
    .into_iter()
}

#[test]
fn every_obstacle_to_a_suite_has_words_of_its_own() {
    let mut said = BTreeSet::new();
    for obstacle in obstacles() {
        assert_eq!(suites::words(&obstacle).code, obstacle.code());
        said.insert(suites::words(&obstacle).english);
    }
    assert_eq!(said.len(), suites::OBSTACLES.len());
}

/// The rules of letters, of verification and of trust.
fn reasons() -> Vec<Words> {
    [reasons::REASONS, attachments::ATTACHMENTS, ciphers::CIPHERS, suites::OF_LETTERS].concat()
}

/// All words in quotation marks in a source file that have the form of a code.
fn codes_in(source: &str) -> BTreeSet<String> {
    let is_code = |word: &&str| {
        word.contains('-') && word.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-')
    };
    source.split('"').skip(1).step_by(2).filter(is_code).map(str::to_owned).collect()
}

fn assert_worded(codes: &BTreeSet<String>, table: &[Words], but: &[&str]) {
    assert!(codes.len() > 5, "the source is read");
    for code in codes.iter().filter(|code| !but.contains(&code.as_str())) {
        assert!(Words::of(table, code).is_some(), "{code} has no words");
    }
}

#[test]
fn every_code_of_a_providers_api_has_words_in_both_languages() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating.md");
    let text = std::fs::read_to_string(folder).unwrap();
    let table = text.split("## Error codes of the API").nth(1).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|line| line.split('|').nth(1));
    let codes: BTreeSet<String> =
        cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    // What only providers say to each other.
    let between_providers =
        ["dispatch-for-another-provider", "dispatch-of-another-provider", "dispatch-too-old"];
    assert_worded(&codes, refusals::REFUSALS, &between_providers);
}

#[test]
fn every_rule_about_letters_has_words_in_both_languages() {
    let source = include_str!("../../../letter/src/error.rs");
    // What opening finds about a signed content becomes a sub-indication of a verdict.
    let but = [
        "other-letter",
        "reader-not-bound",
        "reader-other-suite",
        "other-content",
        "parties-disagree",
        "sender-disclosure",
        "recipient-disclosure",
        "other-dispatch",
        "other-mode",
        "other-deadline",
        "other-body",
        "other-objects",
        "other-releaser",
        "not-as-announced",
        "signatures-not-of-suite",
        "recipient-certificate",
    ];
    assert_worded(&codes_in(source), &reasons(), &but);
    let attachments = include_str!("../../../letter/src/chunked/open.rs");
    assert_worded(&codes_in(attachments), &reasons(), &[]);
}

#[test]
fn every_code_of_an_experimental_cipher_has_words_in_both_languages() {
    let sources = [
        include_str!("../../../experiment/src/inner.rs"),
        include_str!("../../../experiment/src/opened.rs"),
        include_str!("../../../experiment/src/registry.rs"),
        include_str!("../../../experiment/src/sandbox.rs"),
    ];
    let codes: BTreeSet<String> = sources.into_iter().flat_map(codes_in).collect();
    assert_eq!(codes.len(), 19, "the sources are read: {codes:?}");
    assert_worded(&codes, ciphers::CIPHERS, &[]);
}

#[test]
fn every_code_that_the_agent_itself_gives_has_words_in_both_languages() {
    let mut codes = BTreeSet::new();
    for (path, text) in sources() {
        // The errors have words of their own, and none is another's default.
        if !path.components().any(|part| part.as_os_str() == "errors") {
            codes.extend(codes_in(text.split("#[cfg(test)]").next().unwrap()));
        }
    }
    assert!(codes.contains("recipient-certificate-differs"), "the sources are read");
    // What did not verify, the beginning of the codes of decisions, and what certificates are for.
    let mut but = vec!["time-stamp", "decision-", "hybrid-signature", "hybrid-encryption"];
    but.extend(["objects-missing", "static-dh"]);
    // What the provider says of a rotation.
    but.extend(["renewal-ended", "renewal-not-signed"]);
    but.extend(rotation::ROTATION.iter().map(|words| words.code));
    assert_worded(&codes, &reasons(), &but);
}

/// Only a provider's own certificate is renewed by its operator: a person moves to new keys, or is
/// invited anew.
#[test]
fn nobody_is_told_to_have_certificates_renewed() {
    for error in all() {
        let english = error.remedy(Language::English);
        let german = error.remedy(Language::German);
        assert!(!english.contains("renew") && !english.contains("new certificates"), "{english}");
        assert!(!german.contains("erneuern") && !german.contains("neue Zertifikate"), "{german}");
    }
}

#[test]
fn each_code_has_one_row_of_words() {
    for table in [&reasons()[..], refusals::REFUSALS, rotation::ROTATION] {
        let codes: BTreeSet<_> = table.iter().map(|words| words.code).collect();
        assert_eq!(codes.len(), table.len());
    }
}

#[test]
fn a_letter_that_waits_says_why_and_that_it_must_not_be_sent_again() {
    let waits = PostError::Waits { cause: Box::new(PostError::Unreachable) };
    assert_eq!(waits.code(), "provider-unreachable");
    assert_eq!(waits.fault(), Fault::Provider);
    let error = AgentError::from(waits);
    assert!(error.remedy(Language::English).contains("sealpost sync"));
    assert!(error.remedy(Language::German).contains("sealpost sync"));
}

#[test]
fn what_may_pass_is_told_from_what_is_refused_for_good() {
    let refused =
        |status| PostError::Refused { code: "x".to_owned(), status, sub_indication: None };
    assert!([401, 403, 408, 429, 500, 502, 503, 507].map(refused).iter().all(PostError::may_pass));
    assert!(![400, 404, 409, 413, 415, 422].map(refused).iter().any(PostError::may_pass));
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
        assert!(!format!("{error}").chars().any(char::is_control));
    }
}

/// The crate's own sources without its tests.
fn sources() -> Vec<(std::path::PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") && !path.to_string_lossy().contains("testing") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

/// The words in quotation marks behind each `mark` in the crate's own sources.
fn quoted_behind(mark: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in sources() {
        let behind = text.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(behind.map(str::to_owned));
    }
    found
}

#[test]
fn whatever_an_error_names_has_a_german_name() {
    for mark in ["expected: \"", "what: \""] {
        let named = quoted_behind(mark);
        assert!(named.len() > 3, "the sources are read");
        for name in named {
            assert_ne!(german::thing(&name), german::UNNAMED, "{name}");
        }
    }
    for kind in quoted_behind("Kind::new(\"") {
        assert_ne!(german::record(&kind), german::UNNAMED, "{kind}");
    }
}

#[test]
fn a_german_sentence_holds_no_english_one() {
    for error in all() {
        let said = error.message(Language::German);
        for english in
            ["the certificate was revoked", "no storage space", "not found", " of ", " the "]
        {
            assert!(!said.contains(english), "{said}");
        }
    }
    let error = AgentError::from(PostError::RecipientCertificate {
        shortfall: Shortfall::new(SubIndication::Revoked, "the certificate was revoked"),
    });
    let said = error.message(Language::German);
    assert!(said.ends_with("gilt nicht: das Zertifikat war gesperrt (REVOKED)."), "{said}");
}

/// The glossary's German words: a provider takes in or turns away, the recipient accepts or refuses.
#[test]
fn one_act_has_one_word_in_german() {
    for error in all() {
        let said =
            format!("{} {}", error.message(Language::German), error.remedy(Language::German));
        let lower = said.to_lowercase();
        assert!(!lower.contains("verweiger"), "{said}");
        assert!(!(said.contains("Anbieter") && lower.contains("annimmt")), "{said}");
    }
}

#[test]
fn a_full_disk_has_one_word_wherever_it_happens() {
    let full: Vec<_> = all().into_iter().filter(|error| error.code() == "disk-full").collect();
    assert_eq!(full.len(), 4);
    assert!(full.iter().all(|error| error.fault() == Fault::Machine));
}

#[test]
fn the_language_follows_the_locale() {
    assert_eq!(Language::of_locale("de_AT.UTF-8"), Language::German);
    assert_eq!(Language::of_locale("de"), Language::German);
    assert_eq!(Language::of_locale("den_CA"), Language::English);
    assert_eq!(Language::of_locale("C"), Language::English);
}
