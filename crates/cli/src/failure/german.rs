//! The sentences in German.

use std::path::Path;

use sealpost_agent::Language;

use super::{Conflict, Failure, FileAct};
use crate::documents::size;
use crate::shown::shown;

/// What happened, and what to do.
pub(super) fn sentences(failure: &Failure) -> (String, String) {
    let (message, remedy) = match failure {
        Failure::Agent(error) => (error.to_string(), "Versuchen Sie es erneut."),
        Failure::Address { text } => (
            format!("„{}“ ist keine Adresse.", shown(text)),
            "Schreiben Sie sie wie anna@north.example.",
        ),
        Failure::ConfirmationNeeded => (
            "Eine Entscheidung muss bestätigt werden, und es gibt kein Terminal für die Frage."
                .into(),
            "Setzen Sie --yes hinzu, wenn Sie es so meinen, oder benutzen Sie ein Terminal.",
        ),
        Failure::DeadlinePast => (
            "Die Frist liegt nicht in der Zukunft.".into(),
            "Nennen Sie eine spätere, etwa --deadline 14d.",
        ),
        Failure::Declined => (
            "Sie haben nicht bestätigt. Nichts wurde entschieden, niemand erfuhr etwas.".into(),
            "Rufen Sie den Befehl erneut auf, wenn Sie entschieden haben; die Frist läuft weiter.",
        ),
        Failure::Invitation => (
            "Das ist keine Einladung.".into(),
            "Kopieren Sie den ganzen Text Ihres Anbieters, oder nennen Sie seine Datei als @FILE.",
        ),
        Failure::Options { conflict } => options(*conflict),
        Failure::SecretNeeded { option } => (
            "Ein Geheimnis wird gebraucht, und es gibt kein Terminal für die Frage.".into(),
            secret(option),
        ),
        Failure::Usage(misuse) => {
            let guess = misuse.guess.as_ref();
            let guess = guess.map_or_else(String::new, |it| format!(" (vielleicht „{it}“?)"));
            return (
                format!("Die Angaben ergeben keinen Sinn: {}.", misuse.german),
                format!("Schreiben Sie: {}{guess}. Mehr: sealpost --help.", misuse.usage),
            );
        }
        Failure::File { act, path, source } => return file(*act, path, source),
        Failure::Output(source) => (
            format!("Das Ergebnis konnte nicht geschrieben werden: {}.", cause(source)),
            "Schaffen Sie Platz oder wählen Sie einen anderen Ort, und wiederholen Sie den Befehl.",
        ),
        Failure::Terminal(source) => (
            format!("Die Frage am Terminal scheiterte: {}.", cause(source)),
            "Benutzen Sie ein Terminal, oder --pin-file und --yes.",
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
            format!("{} gibt es schon, und nichts wird überschrieben.", name(path)),
            "Wählen Sie einen anderen Namen, oder verschieben Sie die alte Datei.",
        ),
        Failure::FileTooLarge { path, octets_max } => (
            format!("{} ist größer als {}.", name(path), size(*octets_max)),
            "Prüfen Sie, ob es die richtige Datei ist; wenn ja, verkleinern Sie sie.",
        ),
        Failure::FileName { path } => (
            format!("{} hat einen Namen, den ein Brief nicht tragen kann.", name(path)),
            "Benennen Sie die Datei um, und senden Sie sie erneut.",
        ),
        Failure::NotText { path } => (
            match path {
                Some(path) => format!("{} ist kein UTF-8-Text.", name(path)),
                None => "Was über die Standardeingabe kam, ist kein UTF-8-Text.".into(),
            },
            "Wandeln Sie es in UTF-8 um; ein Dokument gehört als FILE hinter die Optionen.",
        ),
        Failure::SecretEmpty { path } => (
            format!("Die erste Zeile von {} ist leer.", name(path)),
            "Schreiben Sie das Geheimnis in die erste Zeile der Datei.",
        ),
        Failure::TrustEmpty { path } => (
            format!("In {} liegt kein Zertifikat.", name(path)),
            "Legen Sie die Wurzelzertifikate, denen Sie vertrauen, als .pem-Dateien hinein.",
        ),
        Failure::TrustUnreadable { path } => (
            format!("{} ist kein lesbares Zertifikat.", name(path)),
            "Nehmen Sie es aus dem Verzeichnis, oder ersetzen Sie es durch die richtige PEM-Datei.",
        ),
        other => (other.code().to_owned(), ""),
    };
    (message, remedy.to_owned())
}

fn options(conflict: Conflict) -> (String, &'static str) {
    match conflict {
        Conflict::BasicWithDeadline => (
            "Ein Brief der Art basic ist sofort verfügbar und hat keine Frist.".into(),
            "Lassen Sie --deadline weg, oder wählen Sie --mode consent oder --mode signed.",
        ),
        Conflict::BasicWithShow => (
            "Ein Brief der Art basic ist sofort verfügbar; vorher gibt es nichts zu zeigen.".into(),
            "Lassen Sie --show-subject und --show-recipients weg, oder wählen Sie eine andere Art.",
        ),
        Conflict::ConsentWithoutTimeStamp => (
            "Ein Brief, der auf Annahme wartet, hat immer einen Zeitstempel.".into(),
            "Lassen Sie --without-time-stamp weg, oder wählen Sie --mode basic.",
        ),
    }
}

fn secret(option: &str) -> &'static str {
    match option {
        "--identity-pin-file" => {
            "Nennen Sie eine Datei mit --identity-pin-file, oder benutzen Sie ein Terminal."
        }
        "--new-pin-file" => {
            "Nennen Sie eine Datei mit --new-pin-file, oder benutzen Sie ein Terminal."
        }
        "--passphrase-file" => {
            "Nennen Sie eine Datei mit --passphrase-file, oder benutzen Sie ein Terminal."
        }
        _ => "Nennen Sie eine Datei mit --pin-file, oder benutzen Sie ein Terminal.",
    }
}

fn file(act: FileAct, path: &Path, source: &std::io::Error) -> (String, String) {
    let remedy = match (act, source.kind()) {
        (_, std::io::ErrorKind::StorageFull) => {
            "Schaffen Sie Platz auf diesem Datenträger, und versuchen Sie es erneut."
        }
        (FileAct::Read, std::io::ErrorKind::NotFound) => "Prüfen Sie den Namen.",
        (_, std::io::ErrorKind::PermissionDenied) => "Verschaffen Sie sich Zugang dazu.",
        _ => "Prüfen Sie Namen und Datenträger, und versuchen Sie es erneut.",
    };
    let act = match act {
        FileAct::Read => "gelesen",
        FileAct::Write => "geschrieben",
    };
    (format!("{} konnte nicht {act} werden: {}.", name(path), cause(source)), remedy.to_owned())
}

fn cause(source: &std::io::Error) -> String {
    Language::German.cause(source.kind())
}

fn name(path: &Path) -> String {
    format!("„{}“", shown(&path.to_string_lossy()))
}
