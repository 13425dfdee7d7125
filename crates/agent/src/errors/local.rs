//! Errors of what lies on this computer: profile, keystore, vault.

use std::error::Error;
use std::fmt;
use std::io;

use super::{Fault, Sentences, english};

/// A file of the profile, without its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileFile {
    /// The profile directory itself.
    Directory,
    /// The lock.
    Lock,
    /// `keystore.json`.
    Keystore,
    /// `vault.redb`.
    Vault,
    /// A file under `bodies`.
    Body,
}

/// What was tried with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Opening or creating it.
    Open,
    /// Locking it.
    Lock,
    /// Reading it.
    Read,
    /// Writing it or making it durable.
    Write,
    /// Removing it.
    Remove,
    /// Reading or writing records in it.
    Use,
}

/// A part of the keystore that can be found damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeystorePart {
    /// The file is too large to be one of ours.
    Size,
    /// It is no JSON, or fields are missing or unknown.
    Form,
    /// Checksum and fields do not fit.
    Checksum,
    /// scrypt's parameters are outside what we ever write.
    Parameters,
    /// The wrapped master key.
    MasterKey,
    /// The wrapped signature key.
    SignatureKey,
    /// The wrapped authentication key.
    AuthenticationKey,
    /// The wrapped encryption key.
    EncryptionKey,
    /// The wrapped signature key of the suite `hybrid-2026`.
    HybridSignatureKey,
    /// The wrapped encryption key of the suite `hybrid-2026`.
    HybridEncryptionKey,
    /// The wrapped fixed key of the suite `static-dh-cbc-hmac`.
    StaticDhKey,
}

/// The file system refused.
#[derive(Debug)]
pub struct StorageFault {
    /// Which file.
    pub file: ProfileFile,
    /// What was tried.
    pub act: Act,
    /// What the operating system said.
    pub source: io::Error,
}

impl StorageFault {
    /// The stable word for this fault.
    pub fn code(&self) -> &'static str {
        match self.source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "disk-full",
            io::ErrorKind::PermissionDenied => "permission-denied",
            io::ErrorKind::ReadOnlyFilesystem => "read-only-file-system",
            _ => "storage-failed",
        }
    }
}

/// Why a profile was not opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProfileError {
    /// No environment variable says where profiles live.
    NoHome,
    /// Another command works with this profile.
    InUse {
        /// Its process id, if it could be read.
        pid: Option<u32>,
    },
    /// The directory belongs to another user.
    OtherOwner,
    /// Other users may enter the directory, and it is not empty.
    NotPrivate {
        /// Its permission bits.
        mode: u32,
    },
    /// The file system refused.
    Storage(StorageFault),
}

/// Why the keystore did not open, or did not do what it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeystoreError {
    /// Too few characters for a PIN.
    PinTooShort {
        /// Characters at least.
        characters_min: usize,
    },
    /// Too many characters for a PIN.
    PinTooLong {
        /// Characters at most.
        characters_max: usize,
    },
    /// One character repeated.
    PinAllEqual,
    /// Not the PIN. The attempt is counted.
    WrongPin {
        /// How many more wrong PINs until the keys are wiped.
        attempts_left: u32,
    },
    /// The keys were wiped after too many wrong PINs and are gone for good.
    Wiped {
        /// How many wrong PINs that took.
        attempts: u32,
    },
    /// There is a keystore already; keys are never overwritten.
    AlreadyExists,
    /// There is none yet.
    Missing,
    /// Too short or too long a passphrase for an exported key.
    PassphraseLength {
        /// Characters at least.
        characters_min: usize,
        /// Characters at most.
        characters_max: usize,
    },
    /// So many sets of former keys are kept that another rotation would add one too many.
    FormerKeys {
        /// Sets at most.
        sets_max: usize,
    },
    /// The file is not what was written: bit rot, a partial copy, or tampering.
    Damaged {
        /// Which part does not fit.
        part: KeystorePart,
    },
    /// A newer program wrote it.
    TooNew {
        /// The version found.
        version: u32,
    },
    /// The file system refused.
    Storage(StorageFault),
    /// Our own mistake: a primitive refused parameters that are constants.
    Primitive {
        /// Which.
        name: &'static str,
    },
}

/// Why the vault gave or kept nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum VaultError {
    /// The vault belongs to other keys than the keystore beside it.
    OtherKeystore,
    /// A record is not what was written: tampering or bit rot.
    RecordTampered {
        /// The kind of record.
        kind: &'static str,
    },
    /// A body is not what was written, or not what was announced.
    BodyTampered,
    /// A body that a record names is not there.
    BodyMissing,
    /// The database file is damaged.
    Damaged(Box<redb::Error>),
    /// A newer program wrote the vault.
    TooNew {
        /// The version found.
        version: u32,
    },
    /// The file system refused.
    Storage(StorageFault),
    /// The operating system has no random octets.
    Random,
    /// Our own mistake: larger than a record may be.
    RecordTooLarge {
        /// Octets it has.
        octets: usize,
        /// Octets at most.
        octets_max: usize,
    },
    /// Our own mistake: an empty or too long record name.
    RecordName,
    /// Larger than a body may be.
    BodyTooLarge {
        /// Octets at most.
        octets_max: u64,
    },
}

impl ProfileError {
    /// The stable word for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoHome => "profile-no-home",
            Self::InUse { .. } => "profile-in-use",
            Self::OtherOwner => "profile-other-owner",
            Self::NotPrivate { .. } => "profile-not-private",
            Self::Storage(fault) => fault.code(),
        }
    }

    /// Who has to act.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Storage(_) => Fault::Machine,
            _ => Fault::User,
        }
    }
}

impl KeystoreError {
    /// The stable word for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PinTooShort { .. } => "pin-too-short",
            Self::PinTooLong { .. } => "pin-too-long",
            Self::PinAllEqual => "pin-all-equal",
            Self::WrongPin { .. } => "pin-wrong",
            Self::Wiped { .. } => "keystore-wiped",
            Self::AlreadyExists => "keystore-exists",
            Self::Missing => "keystore-missing",
            Self::PassphraseLength { .. } => "passphrase-length",
            Self::FormerKeys { .. } => "former-keys-kept",
            Self::Damaged { .. } => "keystore-damaged",
            Self::TooNew { .. } => "keystore-too-new",
            Self::Storage(fault) => fault.code(),
            Self::Primitive { .. } => "keystore-primitive",
        }
    }

    /// Who has to act.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Damaged { .. } | Self::Storage(_) => Fault::Machine,
            Self::Primitive { .. } => Fault::Program,
            _ => Fault::User,
        }
    }
}

impl VaultError {
    /// The stable word for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherKeystore => "vault-other-keystore",
            Self::RecordTampered { .. } => "vault-record-tampered",
            Self::BodyTampered => "body-tampered",
            Self::BodyMissing => "body-missing",
            Self::Damaged(_) => "vault-damaged",
            Self::TooNew { .. } => "vault-too-new",
            Self::Storage(fault) => fault.code(),
            Self::Random => "no-random-source",
            Self::RecordTooLarge { .. } => "vault-record-too-large",
            Self::RecordName => "vault-record-name",
            Self::BodyTooLarge { .. } => "body-too-large",
        }
    }

    /// Who has to act.
    pub fn fault(&self) -> Fault {
        match self {
            Self::OtherKeystore | Self::TooNew { .. } | Self::BodyTooLarge { .. } => Fault::User,
            Self::RecordTooLarge { .. } | Self::RecordName => Fault::Program,
            _ => Fault::Machine,
        }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(english::profile(self), f)
    }
}

impl fmt::Display for KeystoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(english::keystore(self), f)
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(english::vault(self), f)
    }
}

fn display((message, _): Sentences, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&message)
}

impl Error for ProfileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(fault) => Some(&fault.source),
            _ => None,
        }
    }
}

impl Error for KeystoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(fault) => Some(&fault.source),
            _ => None,
        }
    }
}

impl Error for VaultError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(fault) => Some(&fault.source),
            Self::Damaged(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}
