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
        Failure::usage("unexpected argument '--foo' found", "sealpost sync"),
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
fn the_name_of_a_file_cannot_steer_the_terminal() {
    for failure in all() {
        for language in [Language::English, Language::German] {
            assert!(!failure.message(language).chars().any(char::is_control), "{}", failure.code());
        }
    }
}
