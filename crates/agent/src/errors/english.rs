//! The sentences in English.

use std::io::ErrorKind;

use sealpost_cms::policy::NoSuite;

use super::local::{
    Act, KeystoreError, KeystorePart, ProfileError, ProfileFile, StorageFault, VaultError,
};
use super::refusals::REFUSALS;
use super::remote::PostError;
use super::{Sentences, Words, suites};

pub(super) fn profile(error: &ProfileError) -> Sentences {
    match error {
        ProfileError::NoHome => (
            "It is unknown where your profile is.".into(),
            "Set SEALPOST_HOME to a directory of your own, or set HOME.",
        ),
        ProfileError::InUse { pid } => (
            match pid {
                Some(pid) => {
                    format!("Another sealpost command (process {pid}) uses this profile.")
                }
                None => "Another sealpost command uses this profile.".into(),
            },
            "Wait until it has ended, then try again.",
        ),
        ProfileError::OtherOwner => (
            "The profile directory belongs to another user.".into(),
            "Run the command as its owner, or set SEALPOST_HOME to a directory of your own.",
        ),
        ProfileError::NotPrivate { mode } => (
            format!("Other users may enter the profile directory (mode {mode:04o})."),
            "Look at what is in it, then close it with chmod 700, or choose another directory.",
        ),
        ProfileError::Storage(fault) => storage(fault),
    }
}

pub(super) fn keystore(error: &KeystoreError) -> Sentences {
    match error {
        KeystoreError::PinTooShort { characters_min } => {
            (format!("The PIN has fewer than {characters_min} characters."), "Choose a longer PIN.")
        }
        KeystoreError::PinTooLong { characters_max } => {
            (format!("The PIN has more than {characters_max} characters."), "Choose a shorter PIN.")
        }
        KeystoreError::PinAllEqual => {
            ("The PIN is one character repeated.".into(), "Choose a PIN with different characters.")
        }
        KeystoreError::WrongPin { attempts_left } => (
            format!("The PIN is wrong. After {attempts_left} more wrong PINs the keys are wiped."),
            "Enter the right PIN; it sets the count back.",
        ),
        KeystoreError::Wiped { attempts } => (
            format!("The keys were wiped after {attempts} wrong PINs and cannot be recovered."),
            "Have the certificates revoked, then register again in a new profile.",
        ),
        KeystoreError::AlreadyExists => (
            "This profile has keys already, and keys are never overwritten.".into(),
            "Use them, or set SEALPOST_HOME to a new directory.",
        ),
        KeystoreError::Missing => {
            ("This profile has no keys yet.".into(), "Run sealpost register first.")
        }
        KeystoreError::PassphraseLength { characters_min, characters_max } => (
            format!("The passphrase must have {characters_min} to {characters_max} characters."),
            "Choose another passphrase.",
        ),
        KeystoreError::FormerKeys { sets_max } => (
            format!("The former keys of {sets_max} rotations are still kept."),
            "Run sealpost rotate --forget-former, then rotate.",
        ),
        KeystoreError::Damaged { part } => (
            format!("The keystore is damaged or was changed: {}.", part_name(*part)),
            "Do not try more PINs; restore the whole profile from a backup.",
        ),
        KeystoreError::TooNew { version } => (
            format!("A newer sealpost wrote this keystore (version {version})."),
            "Install the newer version.",
        ),
        KeystoreError::Storage(fault) => storage(fault),
        KeystoreError::Primitive { name } => {
            (format!("A cryptographic primitive refused to work: {name}."), REPORT)
        }
    }
}

pub(super) fn vault(error: &VaultError) -> Sentences {
    match error {
        VaultError::OtherKeystore => (
            "The vault belongs to other keys than this keystore.".into(),
            "Restore keystore and vault from the same backup.",
        ),
        VaultError::RecordTampered { kind } => (
            format!("A stored record of the kind {kind} was changed or is damaged."),
            "Do not rely on this profile; restore it from a backup.",
        ),
        VaultError::BodyTampered => (
            "An encrypted body is not the one that was announced.".into(),
            "Fetch it again; if it is a stored one, restore it from a backup.",
        ),
        VaultError::BodyMissing => (
            "An encrypted body is missing from the profile.".into(),
            "Fetch it again, or restore it from a backup.",
        ),
        VaultError::Damaged(_) => {
            ("The vault's file is damaged.".into(), "Restore the profile from a backup.")
        }
        VaultError::TooNew { version } => (
            format!("A newer sealpost wrote this vault (version {version})."),
            "Install the newer version.",
        ),
        VaultError::Storage(fault) => storage(fault),
        VaultError::Random => (
            "The operating system gives no random octets.".into(),
            "Repair the system's random source; nothing can be encrypted without it.",
        ),
        VaultError::RecordTooLarge { octets, octets_max } => {
            (format!("A record of {octets} octets is over the bound of {octets_max}."), REPORT)
        }
        VaultError::RecordName => ("A record has an unusable name.".into(), REPORT),
        VaultError::BodyTooLarge { octets_max } => (
            format!("The encrypted body is over the bound of {octets_max} octets."),
            "Send or ask for less in one letter.",
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
            "No letter has an identifier that begins so.".into(),
            "List letters with `sealpost inbox --all` or `sealpost sent`.",
        ),
        PostError::IdAmbiguous => {
            ("Several letters have an identifier that begins so.".into(), "Give more digits.")
        }
        PostError::NotRegistered => {
            ("This profile has no account yet.".into(), "Run `sealpost register` first.")
        }
        PostError::AlreadyRegistered => (
            "This profile has an account already.".into(),
            "Use it, or set SEALPOST_HOME to a new directory.",
        ),
        PostError::RecipientUnknown => (
            "A recipient is unknown at his provider.".into(),
            "Check the address; nothing was sent.",
        ),
        PostError::RecipientCertificate { shortfall } => (
            format!("A recipient's certificate does not hold: {shortfall}."),
            "Nothing was sent. If it stays so, the recipient has to ask his operator to revoke it and to invite him again.",
        ),
        PostError::File { kind } => file(*kind),
        PostError::Unreachable => (
            "The provider cannot be reached.".into(),
            "Check the connection and try again; nothing is lost.",
        ),
        PostError::Waits { cause } => (
            format!("{} The letter is stored here and was not handed in yet.", post(cause).0),
            "Run `sealpost sync` later, which hands in the same letter; do not send it again.",
        ),
        PostError::Refused { code, status, sub_indication } => {
            refused(code, *status, sub_indication.as_deref())
        }
        PostError::Nonsense { expected } => (
            format!("The provider's answer is not the {expected} that belongs there."),
            "Try again; if it stays so, tell the operator.",
        ),
        PostError::NotVerified { what, shortfall } => (
            format!("The {what} does not verify: {shortfall}."),
            "Do not rely on it; if this computer's clock is wrong, put it right and try again.",
        ),
        PostError::Archive => (
            "The archive holds a record that this version cannot read.".into(),
            "Use the version that wrote it, or a newer one.",
        ),
    }
}

/// What stands against the suite that came nearest, and what exactly that is.
fn no_suite(none: &NoSuite) -> Sentences {
    let (suite, obstacle) = none.nearest();
    let ((what, remedy), suite) = (suites::words(obstacle).english, suite.name());
    let detail = obstacle.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    (format!("{what} ({suite}{detail})."), remedy)
}

fn reason(error: &PostError, code: &str) -> Sentences {
    let words = Words::of_rule(code).map(|words| words.english);
    let (what, remedy) = words.unwrap_or(match error {
        PostError::NotOpened { .. } => {
            ("What was encrypted does not open", "Ask the sender to send it again.")
        }
        PostError::NotTrusted { .. } => (
            "The provider does not prove who it is",
            "Do not go on; ask the operator on another way.",
        ),
        PostError::Draft { .. } => {
            ("The letter cannot be sent like that", "Mend it and send it again; nothing was sent.")
        }
        _ => ("That is not possible now", "Look at the letter with `sealpost show`."),
    });
    (format!("{what} ({code})."), remedy)
}

fn refused(code: &str, status: u16, sub_indication: Option<&str>) -> Sentences {
    let (what, remedy) = Words::of(REFUSALS, code)
        .map_or(("The provider refused", "Ask its operator what this code means."), |words| {
            words.english
        });
    let said = sub_indication.map_or_else(String::new, |said| format!(", {said}"));
    (format!("{what} ({code}{said}, HTTP {status})."), remedy)
}

fn file(kind: ErrorKind) -> Sentences {
    let remedy = match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "Free some space on this disk, then try again."
        }
        ErrorKind::NotFound => "Check the name.",
        ErrorKind::PermissionDenied => "Give yourself access to it.",
        _ => "Check the name and the disk, then try again.",
    };
    (format!("A file could not be read or written: {kind}."), remedy)
}

fn part_name(part: KeystorePart) -> &'static str {
    match part {
        KeystorePart::Size => "its size",
        KeystorePart::Form => "its form",
        KeystorePart::Checksum => "its checksum",
        KeystorePart::Parameters => "the parameters of scrypt",
        KeystorePart::MasterKey => "the master key",
        KeystorePart::SignatureKey => "the signature key",
        KeystorePart::AuthenticationKey => "the authentication key",
        KeystorePart::EncryptionKey => "the encryption key",
        KeystorePart::HybridSignatureKey => "the hybrid signature key",
        KeystorePart::HybridEncryptionKey => "the hybrid encryption key",
        KeystorePart::StaticDhKey => "the fixed encryption key",
    }
}

fn storage(fault: &StorageFault) -> Sentences {
    let act = match fault.act {
        Act::Open => "open",
        Act::Lock => "lock",
        Act::Read => "read",
        Act::Write => "write",
        Act::Remove => "remove",
        Act::Use => "use",
    };
    let file = match fault.file {
        ProfileFile::Directory => "the profile directory",
        ProfileFile::Lock => "the profile's lock",
        ProfileFile::Keystore => "the keystore",
        ProfileFile::Vault => "the vault",
        ProfileFile::Body => "an encrypted body",
    };
    let remedy = match fault.code() {
        "disk-full" => "Free some space on this disk, then try again; nothing was half written.",
        "permission-denied" => "Give yourself access to the profile directory.",
        "read-only-file-system" => "Mount the file system writable, or choose another directory.",
        _ => "Check the disk and the profile directory, then try again.",
    };
    (format!("It was not possible to {act} {file}."), remedy)
}

const REPORT: &str = "This is a mistake in sealpost: please report it.";
