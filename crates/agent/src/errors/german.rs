//! The sentences in German.

mod names;

use std::io::ErrorKind;

use sealpost_cms::policy::NoSuite;
use sealpost_cms::verdict::Shortfall;
use sealpost_letter::dossier;

use super::local::{Act, KeystoreError, ProfileError, ProfileFile, StorageFault, VaultError};
use super::refusals::REFUSALS;
use super::remote::PostError;
use super::{Sentences, Words, suites};
use names::part_name;

#[cfg(test)]
pub(super) use names::UNNAMED;
pub(super) use names::{cause, record, thing};

pub(super) fn profile(error: &ProfileError) -> Sentences {
    match error {
        ProfileError::NoHome => (
            "Es ist unbekannt, wo Ihr Profil liegt.".into(),
            "Setzen Sie SEALPOST_HOME auf ein eigenes Verzeichnis, oder setzen Sie HOME.",
        ),
        ProfileError::InUse { pid } => (
            match pid {
                Some(pid) => {
                    format!("Ein anderer sealpost-Befehl (Prozess {pid}) benutzt dieses Profil.")
                }
                None => "Ein anderer sealpost-Befehl benutzt dieses Profil.".into(),
            },
            "Warten Sie, bis er beendet ist, und versuchen Sie es dann erneut.",
        ),
        ProfileError::OtherOwner => (
            "Das Profilverzeichnis gehört einem anderen Benutzer.".into(),
            "Führen Sie den Befehl als dieser Benutzer aus, oder setzen Sie SEALPOST_HOME auf ein eigenes Verzeichnis.",
        ),
        ProfileError::NotPrivate { mode } => (
            format!("Andere Benutzer haben Zugang zum Profilverzeichnis (Modus {mode:04o})."),
            "Prüfen Sie seinen Inhalt und schließen Sie es mit chmod 700, oder wählen Sie ein anderes Verzeichnis.",
        ),
        ProfileError::Storage(fault) => storage(fault),
    }
}

pub(super) fn keystore(error: &KeystoreError) -> Sentences {
    match error {
        KeystoreError::PinTooShort { characters_min } => (
            format!("Die PIN hat weniger als {characters_min} Zeichen."),
            "Wählen Sie eine längere PIN.",
        ),
        KeystoreError::PinTooLong { characters_max } => (
            format!("Die PIN hat mehr als {characters_max} Zeichen."),
            "Wählen Sie eine kürzere PIN.",
        ),
        KeystoreError::PinAllEqual => (
            "Die PIN wiederholt nur ein Zeichen.".into(),
            "Wählen Sie eine PIN mit verschiedenen Zeichen.",
        ),
        KeystoreError::WrongPin { attempts_left } => (
            format!(
                "Die PIN ist falsch. Nach {attempts_left} weiteren falschen PINs werden die Schlüssel gelöscht."
            ),
            "Geben Sie die richtige PIN ein; sie setzt die Zählung zurück.",
        ),
        KeystoreError::Wiped { attempts } => (
            format!(
                "Die Schlüssel wurden nach {attempts} falschen PINs gelöscht und sind nicht wiederherstellbar."
            ),
            "Lassen Sie die Zertifikate sperren und registrieren Sie sich in einem neuen Profil.",
        ),
        KeystoreError::AlreadyExists => (
            "Dieses Profil hat bereits Schlüssel, und Schlüssel werden nie überschrieben.".into(),
            "Benutzen Sie diese, oder setzen Sie SEALPOST_HOME auf ein neues Verzeichnis.",
        ),
        KeystoreError::Missing => (
            "Dieses Profil hat noch keine Schlüssel.".into(),
            "Führen Sie zuerst sealpost register aus.",
        ),
        KeystoreError::PassphraseLength { characters_min, characters_max } => (
            format!("Die Passphrase muss {characters_min} bis {characters_max} Zeichen haben."),
            "Wählen Sie eine andere Passphrase.",
        ),
        KeystoreError::FormerKeys { sets_max } => (
            format!("Die früheren Schlüssel von {sets_max} Schlüsselwechseln sind noch da."),
            "Führen Sie sealpost rotate --forget-former aus und wechseln Sie dann.",
        ),
        KeystoreError::Damaged { part } => (
            format!(
                "Der Schlüsselspeicher ist beschädigt oder wurde verändert: {}.",
                part_name(*part)
            ),
            "Versuchen Sie keine weiteren PINs; stellen Sie das ganze Profil aus einer Sicherung wieder her.",
        ),
        KeystoreError::TooNew { version } => (
            format!(
                "Ein neueres sealpost hat diesen Schlüsselspeicher geschrieben (Version {version})."
            ),
            "Installieren Sie die neuere Version.",
        ),
        KeystoreError::Storage(fault) => storage(fault),
        KeystoreError::Primitive { name } => {
            (format!("Ein kryptographischer Baustein versagte: {name}."), REPORT)
        }
    }
}

pub(super) fn vault(error: &VaultError) -> Sentences {
    match error {
        VaultError::OtherKeystore => (
            "Der Tresor gehört zu anderen Schlüsseln als dieser Schlüsselspeicher.".into(),
            "Stellen Sie Schlüsselspeicher und Tresor aus derselben Sicherung wieder her.",
        ),
        VaultError::RecordTampered { kind } => (
            format!(
                "Ein gespeicherter Eintrag ({}) wurde verändert oder ist beschädigt.",
                record(kind)
            ),
            "Verlassen Sie sich nicht auf dieses Profil; stellen Sie es aus einer Sicherung wieder her.",
        ),
        VaultError::BodyTampered => (
            "Ein verschlüsselter Inhalt ist nicht der angekündigte.".into(),
            "Holen Sie ihn erneut; war er gespeichert, stellen Sie ihn aus einer Sicherung wieder her.",
        ),
        VaultError::BodyMissing => (
            "Ein verschlüsselter Inhalt fehlt im Profil.".into(),
            "Holen Sie ihn erneut, oder stellen Sie ihn aus einer Sicherung wieder her.",
        ),
        VaultError::Damaged(_) => (
            "Die Datei des Tresors ist beschädigt.".into(),
            "Stellen Sie das Profil aus einer Sicherung wieder her.",
        ),
        VaultError::TooNew { version } => (
            format!("Ein neueres sealpost hat diesen Tresor geschrieben (Version {version})."),
            "Installieren Sie die neuere Version.",
        ),
        VaultError::Storage(fault) => storage(fault),
        VaultError::Random => (
            "Das Betriebssystem liefert keine Zufallszahlen.".into(),
            "Reparieren Sie die Zufallsquelle des Systems; ohne sie kann nichts verschlüsselt werden.",
        ),
        VaultError::RecordTooLarge { octets, octets_max } => (
            format!("Ein Eintrag von {octets} Oktetten überschreitet die Grenze von {octets_max}."),
            REPORT,
        ),
        VaultError::RecordName => ("Ein Eintrag hat einen unbrauchbaren Namen.".into(), REPORT),
        VaultError::BodyTooLarge { octets_max } => (
            format!(
                "Der verschlüsselte Inhalt überschreitet die Grenze von {octets_max} Oktetten."
            ),
            "Senden oder verlangen Sie weniger in einem Brief.",
        ),
    }
}

pub(super) fn post(error: &PostError) -> Sentences {
    match error {
        PostError::NotPossible(code)
        | PostError::Draft { code }
        | PostError::Policy { code }
        | PostError::NotTrusted { code }
        | PostError::NotOpened { code } => reason(error, code),
        PostError::NoSuite { none } => no_suite(none),
        PostError::CipherMissing { cipher, name } => {
            let (what, remedy) = reason(error, error.code());
            (format!("{} ({name}, SHA-256 {}).", what.trim_end_matches('.'), cipher.hex()), remedy)
        }
        PostError::LetterNotFound => (
            "Kein Brief hat eine Kennung, die so beginnt.".into(),
            "`sealpost inbox --all` und `sealpost sent` zeigen die Briefe.",
        ),
        PostError::IdAmbiguous => (
            "Mehrere Briefe haben eine Kennung, die so beginnt.".into(),
            "Geben Sie mehr Stellen an.",
        ),
        PostError::NotRegistered => (
            "Dieses Profil hat noch kein Konto.".into(),
            "Rufen Sie zuerst `sealpost register` auf.",
        ),
        PostError::AlreadyRegistered => (
            "Dieses Profil hat schon ein Konto.".into(),
            "Benutzen Sie es, oder setzen Sie SEALPOST_HOME auf ein neues Verzeichnis.",
        ),
        PostError::RecipientUnknown => (
            "Ein Empfänger ist bei seinem Anbieter unbekannt.".into(),
            "Prüfen Sie die Adresse; es wurde nichts gesendet.",
        ),
        PostError::RecipientCertificate { shortfall } => (
            format!("Das Zertifikat eines Empfängers gilt nicht: {}.", reason_of(shortfall)),
            "Es wurde nichts gesendet. Bleibt es so, muss der Empfänger seinen Betreiber bitten, es zu sperren und ihn neu einzuladen.",
        ),
        PostError::File { kind } => file(*kind),
        PostError::Unreachable => (
            "Der Anbieter ist nicht erreichbar.".into(),
            "Prüfen Sie die Verbindung und versuchen Sie es erneut; nichts ist verloren.",
        ),
        PostError::Waits { cause } => (
            format!(
                "{} Der Brief liegt hier bereit und wurde noch nicht eingeliefert.",
                post(cause).0
            ),
            "Rufen Sie später `sealpost sync` auf, das denselben Brief einliefert; senden Sie ihn nicht noch einmal.",
        ),
        PostError::Refused { code, status, sub_indication } => {
            refused(code, *status, sub_indication.as_deref())
        }
        PostError::Nonsense { expected } => (
            format!("Der Anbieter antwortet anders als vorgesehen; erwartet: {}.", thing(expected)),
            "Versuchen Sie es erneut; bleibt es so, sagen Sie es dem Betreiber.",
        ),
        PostError::NotVerified { what, shortfall } => (
            format!("Die Prüfung scheiterte ({}): {}.", thing(what), reason_of(shortfall)),
            "Verlassen Sie sich nicht darauf; geht die Uhr dieses Rechners falsch, stellen Sie sie und versuchen Sie es erneut.",
        ),
        PostError::Archive => (
            "Das Archiv enthält einen Eintrag, den diese Version nicht lesen kann.".into(),
            "Benutzen Sie die Version, die ihn schrieb, oder eine neuere.",
        ),
    }
}

/// What stands against the suite that came nearest, and what exactly that is.
fn no_suite(none: &NoSuite) -> Sentences {
    let (suite, obstacle) = none.nearest();
    let ((what, remedy), suite) = (suites::words(obstacle).german, suite.name());
    let detail = obstacle.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    (format!("{what} ({suite}{detail})."), remedy)
}

fn reason(error: &PostError, code: &str) -> Sentences {
    let words = Words::of_rule(code).map(|words| words.german);
    let (what, remedy) = words.unwrap_or(match error {
        PostError::NotOpened { .. } => (
            "Das Verschlüsselte lässt sich nicht öffnen",
            "Bitten Sie den Absender, es erneut zu senden.",
        ),
        PostError::NotTrusted { .. } => (
            "Der Anbieter weist sich nicht aus",
            "Brechen Sie ab und fragen Sie den Betreiber auf anderem Weg.",
        ),
        PostError::Draft { .. } => (
            "So kann der Brief nicht gesendet werden",
            "Ändern Sie ihn und senden Sie ihn erneut; es wurde nichts gesendet.",
        ),
        _ => ("Das ist jetzt nicht möglich", "Sehen Sie den Brief mit `sealpost show` an."),
    });
    (format!("{what} ({code})."), remedy)
}

fn refused(code: &str, status: u16, sub_indication: Option<&str>) -> Sentences {
    let (what, remedy) = Words::of(REFUSALS, code).map_or(
        ("Der Anbieter weist das zurück", "Fragen Sie seinen Betreiber, was dieser Code bedeutet."),
        |words| words.german,
    );
    let said = sub_indication.map_or_else(String::new, |said| format!(", {said}"));
    (format!("{what} ({code}{said}, HTTP {status})."), remedy)
}

fn file(kind: ErrorKind) -> Sentences {
    let remedy = match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "Schaffen Sie Platz auf diesem Datenträger, und versuchen Sie es erneut."
        }
        ErrorKind::NotFound => "Prüfen Sie den Namen.",
        ErrorKind::PermissionDenied => "Verschaffen Sie sich Zugang dazu.",
        _ => "Prüfen Sie Namen und Datenträger, und versuchen Sie es erneut.",
    };
    (format!("Eine Datei ließ sich nicht lesen oder schreiben: {}.", cause(kind)), remedy)
}

/// Why something does not verify. The detail is left out: it is in English.
fn reason_of(shortfall: &Shortfall) -> String {
    format!("{} ({})", dossier::Language::German.reason(shortfall.sub), shortfall.sub.code())
}

fn storage(fault: &StorageFault) -> Sentences {
    let file = match fault.file {
        ProfileFile::Directory => "Das Profilverzeichnis",
        ProfileFile::Lock => "Die Sperre des Profils",
        ProfileFile::Keystore => "Der Schlüsselspeicher",
        ProfileFile::Vault => "Der Tresor",
        ProfileFile::Body => "Ein verschlüsselter Inhalt",
    };
    let act = match fault.act {
        Act::Open => "geöffnet",
        Act::Lock => "gesperrt",
        Act::Read => "gelesen",
        Act::Write => "geschrieben",
        Act::Remove => "entfernt",
        Act::Use => "benutzt",
    };
    let remedy = match fault.code() {
        "disk-full" => {
            "Schaffen Sie Platz auf diesem Datenträger und versuchen Sie es erneut; nichts wurde halb geschrieben."
        }
        "permission-denied" => "Verschaffen Sie sich Zugriff auf das Profilverzeichnis.",
        "read-only-file-system" => {
            "Binden Sie das Dateisystem beschreibbar ein, oder wählen Sie ein anderes Verzeichnis."
        }
        _ => "Prüfen Sie den Datenträger und das Profilverzeichnis und versuchen Sie es erneut.",
    };
    (format!("{file} konnte nicht {act} werden."), remedy)
}

const REPORT: &str = "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.";
