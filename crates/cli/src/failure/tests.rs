use super::*;

fn all() -> Vec<Failure> {
    let path = || PathBuf::from("a\u{1b}[2J.pdf");
    let file = |act, kind: io::ErrorKind| Failure::File { act, path: path(), source: kind.into() };
    vec![
        Failure::Address { text: "a\u{1b}[2J".into() },
        Failure::FileName { path: path() },
        Failure::Invitation,
        Failure::ConfirmationNeeded,
        Failure::DeadlinePast,
        Failure::Declined,
        Failure::FileExists { path: path() },
        Failure::FileTooLarge { path: path(), octets_max: 1 },
        Failure::NotText { path: Some(path()) },
        Failure::NotText { path: None },
        Failure::Options { conflict: Conflict::BasicWithDeadline },
        Failure::Options { conflict: Conflict::BasicWithShow },
        Failure::Options { conflict: Conflict::ConsentWithoutTimeStamp },
        Failure::SecretEmpty { path: path() },
        Failure::SecretNeeded { option: "--pin-file" },
        Failure::SecretNeeded { option: "--new-pin-file" },
        Failure::SecretNeeded { option: "--identity-pin-file" },
        Failure::SecretNeeded { option: "--passphrase-file" },
        Failure::TrustEmpty { path: path() },
        Failure::TrustUnreadable { path: path() },
        Failure::usage(
            "unexpected argument '--foo' found",
            "„--foo“ ist unbekannt",
            "sealpost sync",
        ),
        file(FileAct::Read, io::ErrorKind::NotFound),
        file(FileAct::Read, io::ErrorKind::PermissionDenied),
        file(FileAct::Write, io::ErrorKind::StorageFull),
        file(FileAct::Write, io::ErrorKind::Other),
        Failure::Output(io::ErrorKind::StorageFull.into()),
        Failure::Terminal(io::ErrorKind::NotConnected.into()),
    ]
}

#[test]
fn every_failure_says_what_happened_and_what_to_do_in_both_languages() {
    for failure in all() {
        let code = failure.code();
        for language in [Language::English, Language::German] {
            assert!(failure.message(language).ends_with('.'), "{code}");
            assert!(failure.remedy(language).ends_with('.'), "{code}");
        }
        assert_ne!(failure.message(Language::English), failure.message(Language::German), "{code}");
        assert_ne!(failure.remedy(Language::English), failure.remedy(Language::German), "{code}");
        assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        assert!(["user", "machine", "program"].contains(&failure.fault()));
    }
}

#[test]
fn what_the_operating_system_says_is_said_in_german_too() {
    let missing = Failure::read(Path::new("a.pdf"))(io::ErrorKind::NotFound.into());
    let said = missing.message(Language::German);
    assert_eq!(said, "„a.pdf“ konnte nicht gelesen werden: es gibt nichts dieses Namens.");
    for failure in all() {
        let said = failure.message(Language::German);
        for english in ["not found", "storage space", "denied", "other error", "argument"] {
            assert!(!said.contains(english), "{said}");
        }
    }
}

#[test]
fn a_size_is_told_as_people_say_it() {
    let failure = Failure::FileTooLarge { path: "a.pdf".into(), octets_max: 62_914_560 };
    assert!(failure.message(Language::English).contains("62 MB"));
    assert!(failure.message(Language::German).contains("62 MB"));
}

#[test]
fn the_name_of_a_file_cannot_steer_the_terminal() {
    for failure in all() {
        for language in [Language::English, Language::German] {
            assert!(!failure.message(language).chars().any(char::is_control), "{}", failure.code());
        }
    }
}
