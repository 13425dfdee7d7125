//! The sentences in English.

use std::path::Path;

use super::{Conflict, Failure, FileAct};
use crate::documents::size;
use crate::shown::shown;

/// What happened, and what to do.
pub(super) fn sentences(failure: &Failure) -> (String, String) {
    let (message, remedy) = match failure {
        Failure::Agent(error) => (error.to_string(), "Try again."),
        Failure::Address { text } => {
            (format!("'{}' is no address.", shown(text)), "Write it like anna@north.example.")
        }
        Failure::ConfirmationNeeded => (
            "A decision must be confirmed, and there is no terminal to ask on.".into(),
            "Add --yes if you mean it, or run the command on a terminal.",
        ),
        Failure::DeadlinePast => {
            ("The deadline is not ahead.".into(), "Name a later one, such as --deadline 14d.")
        }
        Failure::Declined => (
            "You did not confirm. Nothing was decided and nobody was told anything.".into(),
            "Run the command again when you have decided; the deadline keeps running.",
        ),
        Failure::Invitation => (
            "This is no invitation.".into(),
            "Copy the whole text that your provider gave you, or name its file as @FILE.",
        ),
        Failure::Options { conflict } => options(*conflict),
        Failure::SecretNeeded { option } => {
            ("A secret is needed, and there is no terminal to ask on.".into(), secret(option))
        }
        Failure::Usage(misuse) => {
            let guess = misuse.guess.as_ref();
            let guess = guess.map_or_else(String::new, |it| format!(" (perhaps '{it}'?)"));
            return (
                sentence(&misuse.english),
                format!("Write: {}{guess}. More: sealpost --help.", misuse.usage),
            );
        }
        Failure::File { act, path, source } => return file(*act, path, source),
        Failure::Output(source) => (
            format!("The result could not be written: {source}."),
            "Free some space or choose another place, then run the command again.",
        ),
        Failure::Terminal(source) => (
            format!("The terminal could not be asked: {source}."),
            "Run the command on a terminal, or use --pin-file and --yes.",
        ),
        Failure::FileExists { .. }
        | Failure::FileName { .. }
        | Failure::FileTooLarge { .. }
        | Failure::NotText { .. }
        | Failure::SecretEmpty { .. }
        | Failure::TrustEmpty { .. }
        | Failure::TrustUnreadable { .. } => return about_a_file(failure),
    };
    (message, remedy.to_owned())
}

/// Failures that name a file of the user's.
fn about_a_file(failure: &Failure) -> (String, String) {
    let (message, remedy) = match failure {
        Failure::FileExists { path } => (
            format!("{} exists already, and nothing is overwritten.", name(path)),
            "Choose another name, or move the old file away.",
        ),
        Failure::FileTooLarge { path, octets_max } => (
            format!("{} is larger than {}.", name(path), size(*octets_max)),
            "Check that this is the right file; if it is, make it smaller.",
        ),
        Failure::FileName { path } => (
            format!("{} has a name that a letter cannot carry.", name(path)),
            "Rename the file, then send it again.",
        ),
        Failure::NotText { path } => (
            match path {
                Some(path) => format!("{} is not UTF-8 text.", name(path)),
                None => "What came on stdin is not UTF-8 text.".into(),
            },
            "Convert it to UTF-8; a document belongs behind the options, as a FILE.",
        ),
        Failure::SecretEmpty { path } => (
            format!("The first line of {} is empty.", name(path)),
            "Write the secret into the first line of the file.",
        ),
        Failure::TrustEmpty { path } => (
            format!("There is no certificate in {}.", name(path)),
            "Put the root certificates that you trust there, as .pem files.",
        ),
        Failure::TrustUnreadable { path } => (
            format!("{} is no certificate that can be read.", name(path)),
            "Take it out of the directory, or replace it by the right PEM file.",
        ),
        other => (other.code().to_owned(), ""),
    };
    (message, remedy.to_owned())
}

fn options(conflict: Conflict) -> (String, &'static str) {
    match conflict {
        Conflict::BasicWithDeadline => (
            "A letter of mode basic is available at once and has no deadline.".into(),
            "Leave --deadline out, or choose --mode consent or --mode signed.",
        ),
        Conflict::BasicWithShow => (
            "A letter of mode basic is available at once; there is no before to show things in."
                .into(),
            "Leave --show-subject and --show-recipients out, or choose another --mode.",
        ),
        Conflict::ConsentWithoutTimeStamp => (
            "A letter that waits for acceptance always has a time-stamp.".into(),
            "Leave --without-time-stamp out, or choose --mode basic.",
        ),
    }
}

fn secret(option: &str) -> &'static str {
    match option {
        "--identity-pin-file" => "Name a file with --identity-pin-file, or use a terminal.",
        "--new-pin-file" => "Name a file with --new-pin-file, or use a terminal.",
        "--passphrase-file" => "Name a file with --passphrase-file, or use a terminal.",
        _ => "Name a file that holds it with --pin-file, or use a terminal.",
    }
}

fn file(act: FileAct, path: &Path, source: &std::io::Error) -> (String, String) {
    let remedy = match (act, source.kind()) {
        (_, std::io::ErrorKind::StorageFull) => "Free some space on this disk, then try again.",
        (FileAct::Read, std::io::ErrorKind::NotFound) => "Check the name.",
        (_, std::io::ErrorKind::PermissionDenied) => "Give yourself access to it.",
        _ => "Check the name and the disk, then try again.",
    };
    let act = match act {
        FileAct::Read => "read",
        FileAct::Write => "written",
    };
    (format!("{} could not be {act}: {source}.", name(path)), remedy.to_owned())
}

fn name(path: &Path) -> String {
    format!("'{}'", shown(&path.to_string_lossy()))
}

/// With a capital in front and a full stop behind.
fn sentence(complaint: &str) -> String {
    let mut letters = complaint.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
