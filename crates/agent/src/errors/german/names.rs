//! German words for what errors name in English: things, records, parts, and what the operating
//! system says.

use std::io::ErrorKind;

use super::super::local::KeystorePart;

/// For what has no German name yet; a test finds it.
pub(in crate::errors) const UNNAMED: &str = "ohne deutschen Namen";

/// What providers answer with and what is verified.
pub(in crate::errors) fn thing(english: &str) -> &'static str {
    match english {
        "notice" => "die Ankündigung",
        "letter" => "der Brief",
        "evidence" => "der Nachweis",
        "evidence about this letter" => "der Nachweis über diesen Brief",
        "evidence for every recipient" => "der Nachweis für jeden Empfänger",
        "discovery document" => "die Selbstauskunft eines Anbieters",
        "time-stamp" => "der Zeitstempel",
        "policy update" => "die Verschärfung der Algorithmenregeln",
        "release share" => "der Schlüsselteil",
        "routing key" => "der Anbieterschlüssel",
        "root certificate" => "das Wurzelzertifikat",
        "certificate" => "das Zertifikat",
        "revocation list" => "die Sperrliste",
        "directory answer" => "die Auskunft des Verzeichnisses",
        "answer of this API" => "die Antwort dieser Schnittstelle",
        "answer of a bounded size" => "die Antwort in zulässiger Größe",
        _ => UNNAMED,
    }
}

/// The kinds of records in the vault.
pub(in crate::errors) fn record(kind: &str) -> &'static str {
    match kind {
        "account" => "Konto",
        "any" => "beliebige Art",
        "asked" => "Anfrage",
        "cipher" => "experimentelles Verfahren",
        "content" => "Inhalt eines Briefs",
        "decision" => "Entscheidung",
        "evidence" => "Nachweis",
        "peer" => "anderer Anbieter",
        "pending" => "wartender Brief",
        "policy" => "Algorithmenregeln",
        "received" => "empfangener Brief",
        "refused" => "zurückgewiesener Brief",
        "renewal" => "Schlüsselwechsel",
        "revocation" => "Sperrlisten",
        "sealed" => "verschlossene Entscheidung",
        "seen" => "gesehene Suite",
        "sent" => "gesendeter Brief",
        "unreadable" => "unlesbarer Nachweis",
        "vault" => "Kopf des Tresors",
        _ => UNNAMED,
    }
}

pub(super) fn part_name(part: KeystorePart) -> &'static str {
    match part {
        KeystorePart::Size => "seine Größe",
        KeystorePart::Form => "seine Form",
        KeystorePart::Checksum => "seine Prüfsumme",
        KeystorePart::Parameters => "die Parameter von scrypt",
        KeystorePart::MasterKey => "der Hauptschlüssel",
        KeystorePart::SignatureKey => "der Signaturschlüssel",
        KeystorePart::AuthenticationKey => "der Anmeldeschlüssel",
        KeystorePart::EncryptionKey => "der Entschlüsselungsschlüssel",
        KeystorePart::HybridSignatureKey => "der hybride Signaturschlüssel",
        KeystorePart::HybridEncryptionKey => "der hybride Entschlüsselungsschlüssel",
        KeystorePart::StaticDhKey => "der feste Entschlüsselungsschlüssel",
    }
}

/// What the operating system says, which it says in English.
pub(in crate::errors) fn cause(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::AlreadyExists => "etwas dieses Namens gibt es schon",
        ErrorKind::BrokenPipe => "die Gegenseite hat geschlossen",
        ErrorKind::FileTooLarge => "die Datei würde zu groß",
        ErrorKind::Interrupted => "der Vorgang wurde unterbrochen",
        ErrorKind::InvalidData => "der Inhalt ist nicht zu gebrauchen",
        ErrorKind::InvalidFilename | ErrorKind::InvalidInput => "der Name ist nicht zulässig",
        ErrorKind::IsADirectory => "es ist ein Verzeichnis",
        ErrorKind::NotADirectory => "ein Teil des Pfads ist kein Verzeichnis",
        ErrorKind::NotConnected => "es besteht keine Verbindung",
        ErrorKind::NotFound => "es gibt nichts dieses Namens",
        ErrorKind::OutOfMemory => "der Arbeitsspeicher reicht nicht",
        ErrorKind::PermissionDenied => "das Zugriffsrecht fehlt",
        ErrorKind::QuotaExceeded => "das Kontingent ist erschöpft",
        ErrorKind::ReadOnlyFilesystem => "das Dateisystem ist schreibgeschützt",
        ErrorKind::ResourceBusy => "es wird gerade benutzt",
        ErrorKind::StorageFull => "der Datenträger ist voll",
        ErrorKind::TimedOut => "es dauerte zu lange",
        ErrorKind::UnexpectedEof => "der Inhalt endet zu früh",
        _ => "das Betriebssystem meldet einen Fehler",
    }
}
