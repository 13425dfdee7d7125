//! The sentences in English.

use super::Sentences;
use super::local::{
    Act, KeystoreError, KeystorePart, ProfileError, ProfileFile, StorageFault, VaultError,
};

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
