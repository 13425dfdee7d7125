//! The ciphers that a person has installed. Nothing else ever runs, and nothing is fetched.

use core::fmt;
use std::collections::BTreeMap;

use crate::cipher::Cipher;
use crate::cipher_id::CipherId;
use crate::limits;
use crate::sandbox::CipherError;

/// Why a plug-in was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallError {
    /// The plug-in's author is at fault: it speaks another version of the table of exports.
    AbiVersion {
        /// The version that it says.
        got: i32,
    },
    /// It does not open what it sealed itself.
    DoesNotOpen,
    /// An export is missing or has another type.
    Export {
        /// Which.
        what: &'static str,
    },
    /// It did not get through its first calls.
    Failed(CipherError),
    /// It wants functions of the host, of which there are none.
    Imports,
    /// It is no WebAssembly 1.0 without floating point, or larger in one of its parts than allowed.
    Malformed,
    /// Its name is missing, too long, or has other characters than `a-z0-9.-`.
    Name,
    /// A number that it says of itself is out of range.
    OutOfRange {
        /// Which.
        what: &'static str,
    },
    /// More than [`limits::MODULE_OCTETS_MAX`].
    TooLarge {
        /// Octets of the module.
        octets: usize,
    },
    /// The person is at fault: this is not the module that was asked for.
    OtherDigest {
        /// What it is.
        got: CipherId,
    },
    /// [`limits::CIPHERS_MAX`] are installed.
    TooMany,
}

impl InstallError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AbiVersion { .. } => "cipher-abi-version",
            Self::DoesNotOpen => "cipher-does-not-open",
            Self::Export { .. } => "cipher-export",
            Self::Failed(error) => error.code(),
            Self::Imports => "cipher-imports",
            Self::Malformed => "cipher-malformed",
            Self::Name => "cipher-name",
            Self::OutOfRange { .. } => "cipher-out-of-range",
            Self::TooLarge { .. } => "cipher-too-large",
            Self::OtherDigest { .. } => "cipher-other-digest",
            Self::TooMany => "cipher-too-many",
        }
    }
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AbiVersion { got } => write!(f, "the plug-in speaks version {got}, not 1"),
            Self::DoesNotOpen => f.write_str("the plug-in does not open what it sealed"),
            Self::Export { what } => write!(f, "the plug-in lacks a fitting export '{what}'"),
            Self::Failed(_) => f.write_str("the plug-in did not get through its first calls"),
            Self::Imports => f.write_str("the plug-in wants functions of the host"),
            Self::Malformed => f.write_str("not a module of WebAssembly 1.0 without floats"),
            Self::Name => f.write_str("the plug-in's name is not of a-z, 0-9, '.' and '-'"),
            Self::OutOfRange { what } => write!(f, "the plug-in's '{what}' is out of range"),
            Self::TooLarge { octets } => {
                write!(f, "{octets} octets, at most {} are read", limits::MODULE_OCTETS_MAX)
            }
            Self::OtherDigest { got } => write!(f, "another plug-in: its digest is {got}"),
            Self::TooMany => write!(f, "{} plug-ins are installed", limits::CIPHERS_MAX),
        }
    }
}

impl core::error::Error for InstallError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}

/// Installed ciphers by their digest; empty at first.
#[derive(Debug, Default)]
pub struct Registry {
    ciphers: BTreeMap<CipherId, Cipher>,
}

impl Registry {
    /// Takes in the module with this digest, which a person has named. To install it again is nothing new.
    pub fn install(&mut self, wanted: CipherId, module: &[u8]) -> Result<&Cipher, InstallError> {
        let id = CipherId::of(module);
        // Names can be given twice; what runs is what the person has named. [EXP-001]
        if id != wanted {
            return Err(InstallError::OtherDigest { got: id });
        }
        if !self.ciphers.contains_key(&id) && self.ciphers.len() >= limits::CIPHERS_MAX {
            return Err(InstallError::TooMany);
        }
        let cipher = Cipher::load(module)?;
        Ok(self.ciphers.entry(id).insert_entry(cipher).into_mut())
    }

    /// Takes one out again. Letters that need it cannot be read then.
    pub fn remove(&mut self, id: CipherId) -> bool {
        self.ciphers.remove(&id).is_some()
    }

    /// The cipher with this digest, if it was installed.
    #[must_use]
    pub fn get(&self, id: CipherId) -> Option<&Cipher> {
        self.ciphers.get(&id)
    }

    /// All that are installed.
    pub fn ciphers(&self) -> impl Iterator<Item = &Cipher> {
        self.ciphers.values()
    }
}
