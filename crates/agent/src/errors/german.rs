//! The sentences in German.

use super::Sentences;
use super::local::{
    Act, KeystoreError, KeystorePart, ProfileError, ProfileFile, StorageFault, VaultError,
};

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
            (format!("Ein kryptographischer Baustein verweigerte den Dienst: {name}."), REPORT)
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
                "Ein gespeicherter Eintrag der Art {kind} wurde verändert oder ist beschädigt."
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

fn part_name(part: KeystorePart) -> &'static str {
    match part {
        KeystorePart::Size => "seine Größe",
        KeystorePart::Form => "seine Form",
        KeystorePart::Checksum => "seine Prüfsumme",
        KeystorePart::Parameters => "die Parameter von scrypt",
        KeystorePart::MasterKey => "der Hauptschlüssel",
        KeystorePart::SignatureKey => "der Signaturschlüssel",
        KeystorePart::AuthenticationKey => "der Anmeldeschlüssel",
        KeystorePart::EncryptionKey => "der Entschlüsselungsschlüssel",
    }
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
