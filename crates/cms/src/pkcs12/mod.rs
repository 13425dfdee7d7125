//! Keys with their certificates in one file under a password: PKCS#12 (RFC 7292).
//!
//! Written is one form: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC (RFC 8018) inside, HMAC-SHA256 by
//! RFC 7292 appendix B around, which every program of the last years reads. Read are the same with any
//! digest of the SHA-2 family, and PBMAC1 (RFC 9879, before that RFC 9579).
//!
//! A file MUST have a code under the password, and nothing inside is looked at before that code holds:
//! a wrong password and a changed file are one error. RC2, 3DES and RC4, with which older programs
//! wrote, are refused by name: their keys are as good as open. What a password protects is as strong as
//! the password; the iterations only make guessing dearer.
//!
//! Whose certificate belongs to which key, the keys themselves say. The file's own labels and names are
//! not authenticated by anybody but whoever knew the password, and so not used.

mod password;
mod read;
mod write;

use core::fmt;

use zeroize::Zeroizing;

pub use read::read;
pub use write::{Iterations, write};

use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::keys::{DecryptionKey, KeyError, SigningKey};

/// A private key of a file and the certificates that have its public half.
///
/// ```compile_fail,E0277
/// fn leak(entry: &sealpost_cms::pkcs12::Entry) -> String { format!("{entry:?}") }
/// ```
/// ```
/// fn whose(entry: &sealpost_cms::pkcs12::Entry) -> usize { entry.certificates().len() }
/// ```
pub struct Entry {
    pkcs8: Zeroizing<Vec<u8>>,
    certificates: Vec<Certificate>,
}

impl Entry {
    /// The key as one that signs; [`KeyError::OtherKind`] if it does not.
    pub fn signing_key(&self) -> Result<SigningKey, KeyError> {
        SigningKey::from_pkcs8_der(&self.pkcs8)
    }

    /// The key as one that opens; [`KeyError::OtherKind`] if it does not.
    pub fn decryption_key(&self) -> Result<DecryptionKey, KeyError> {
        DecryptionKey::from_pkcs8_der(&self.pkcs8)
    }

    /// The certificates with exactly this key.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

/// What a file holds.
pub struct KeyFile {
    /// The private keys, each of a kind that this program knows.
    pub entries: Vec<Entry>,
    /// All other certificates: those of authorities, mostly. Nothing is believed of them.
    pub others: Vec<Certificate>,
}

/// Why a file was not read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pkcs12Error {
    /// No PKCS#12 as we read it.
    Malformed(DecodeError),
    /// The password is wrong, or the file was changed: nobody can say which.
    PasswordOrChanged,
    /// The file is not protected by a password, or its contents are not.
    Unprotected,
    /// Encrypted or protected by an algorithm of former times; named, for the person to export again.
    Legacy {
        /// The algorithm.
        algorithm: &'static str,
    },
    /// Encrypted or protected by an algorithm that we do not know.
    UnknownAlgorithm,
    /// More iterations in all than we are willing to compute.
    TooManyIterations {
        /// How many at most.
        iterations_max: u32,
    },
    /// A password that is empty or too long for a file of ours.
    Password,
    /// A key of a kind or size that we do not use.
    Key(KeyError),
    /// A certificate given for a key has another key.
    OtherCertificate,
}

impl Pkcs12Error {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "pkcs12-malformed",
            Self::PasswordOrChanged => "pkcs12-password-or-changed",
            Self::Unprotected => "pkcs12-unprotected",
            Self::Legacy { .. } => "pkcs12-legacy-algorithm",
            Self::UnknownAlgorithm => "pkcs12-unknown-algorithm",
            Self::TooManyIterations { .. } => "pkcs12-too-many-iterations",
            Self::Password => "pkcs12-password-unfit",
            Self::Key(_) => "pkcs12-key-refused",
            Self::OtherCertificate => "pkcs12-other-certificate",
        }
    }
}

impl fmt::Display for Pkcs12Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(_) => f.write_str("not a PKCS#12 file that can be read"),
            Self::PasswordOrChanged => {
                f.write_str("the password is wrong, or the file was changed")
            }
            Self::Unprotected => f.write_str("a file or a part of it without a password"),
            Self::Legacy { algorithm } => {
                write!(f, "protected by {algorithm}, which is broken: export it again with AES-256")
            }
            Self::UnknownAlgorithm => f.write_str("protected by an algorithm that is not known"),
            Self::TooManyIterations { iterations_max } => {
                write!(f, "more than {iterations_max} iterations")
            }
            Self::Password => f.write_str("a password that is empty or too long"),
            Self::Key(_) => f.write_str("a private key of a kind or size that is not used"),
            Self::OtherCertificate => f.write_str("a certificate with another key"),
        }
    }
}

impl core::error::Error for Pkcs12Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            Self::Key(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DecodeError> for Pkcs12Error {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

/// Object identifiers of RFC 7292 appendix D, RFC 8018 appendix C and RFC 2985 §5.
mod oid {
    use crate::attributes::ObjectIdentifier;

    pub(super) const ENCRYPTED_DATA: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
    pub(super) const KEY_BAG: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
    pub(super) const SHROUDED_KEY_BAG: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
    pub(super) const CERTIFICATE_BAG: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
    pub(super) const X509_CERTIFICATE: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
    pub(super) const LOCAL_KEY_ID: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");
    pub(super) const PBES2: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
    pub(super) const PBKDF2: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
    pub(super) const PBMAC1: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");
    pub(super) const AES256_CBC: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
    pub(super) const HMAC_SHA1: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.7");
    pub(super) const HMAC_SHA256: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
    pub(super) const HMAC_SHA384: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.10");
    pub(super) const HMAC_SHA512: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.11");
    pub(super) const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
    pub(super) const MD5: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
    pub(super) const DES3_CBC: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.3.7");
    pub(super) const RC2_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.3.2");
    pub(super) const DES_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.7");
    /// RFC 7292 appendix C: pbeWithSHAAnd128BitRC4 and its five siblings are .1 to .6 below it.
    pub(super) const PKCS12_PBE: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1");
}

#[cfg(test)]
mod tests;
