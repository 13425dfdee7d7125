//! The provider's own keys: loaded once, checked, never shown.
//!
//! Nothing here implements `Debug` or `Clone`, and no function gives a private key away except to
//! the TLS library. Key files must be readable by their owner alone; a key that does not belong to
//! the certificate beside it is refused before anything is served.

mod fit;
mod pem;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::issue::Issuer;
use sealpost_cms::kdf::hkdf_sha256;
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::TrustAnchors;
use zeroize::Zeroizing;

pub use fit::check_files;
pub(crate) use pem::{
    routing_key_from_pem, routing_key_to_pem, signing_key_from_pem, signing_key_to_pem,
};

use crate::config::Files;
use crate::{durable, limits};

/// A certificate and the key that belongs to it.
pub struct KeyPair {
    /// The certificate.
    pub certificate: Certificate,
    /// Its key.
    pub key: SigningKey,
}

/// Everything the provider signs, opens and identifies itself with.
///
/// ```compile_fail,E0277
/// fn leak(keys: &sealpost_provider::keys::ProviderKeys) -> String { format!("{keys:?}") }
/// ```
/// ```
/// fn publish(keys: &sealpost_provider::keys::ProviderKeys) -> String { keys.root().to_pem() }
/// ```
pub struct ProviderKeys {
    authority: KeyPair,
    seal: KeyPair,
    time_stamping: KeyPair,
    tls: KeyPair,
    routing: RoutingKey,
    /// Derived, so that it survives a restart and needs no file.
    challenge: Zeroizing<[u8; 32]>,
}

impl ProviderKeys {
    /// Loads and checks all of them.
    pub fn load(files: &Files) -> Result<Self, KeysError> {
        let routing = load_routing(&files.key("routing"))?;
        let mut challenge = Zeroizing::new([0; 32]);
        hkdf_sha256(&[], &routing.to_bytes()[..], CHALLENGE_LABEL, &mut challenge[..]);
        Ok(Self {
            authority: load_pair(files, "ca", "root", KeyPurpose::CertificateSigning)?,
            seal: load_pair(files, "seal", "seal", KeyPurpose::ElectronicSeal)?,
            time_stamping: load_pair(
                files,
                "time-stamping",
                "time-stamping",
                KeyPurpose::TimeStamping,
            )?,
            tls: load_pair(files, "tls", "tls", KeyPurpose::Tls)?,
            routing,
            challenge,
        })
    }

    /// The root that peers and agents trust.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        &self.authority.certificate
    }

    /// The root as the only anchor.
    #[must_use]
    pub fn anchors(&self) -> TrustAnchors {
        let mut anchors = TrustAnchors::new();
        anchors.add(self.root().clone());
        anchors
    }

    /// The authority at work: for issuing certificates and revocation lists.
    #[must_use]
    pub fn issuer(&self) -> Issuer<'_> {
        Issuer { certificate: &self.authority.certificate, key: &self.authority.key }
    }

    /// The electronic seal under every evidence.
    #[must_use]
    pub fn seal(&self) -> &KeyPair {
        &self.seal
    }

    /// The time-stamping authority.
    #[must_use]
    pub fn time_stamping(&self) -> &KeyPair {
        &self.time_stamping
    }

    /// The TLS certificate.
    #[must_use]
    pub fn tls_certificate(&self) -> &Certificate {
        &self.tls.certificate
    }

    /// The key that opens what is sealed to this provider.
    #[must_use]
    pub fn routing(&self) -> &RoutingKey {
        &self.routing
    }

    /// The key of the authentication codes in registration challenges.
    #[must_use]
    pub fn challenge_key(&self) -> &[u8; 32] {
        &self.challenge
    }

    /// Chain and key in the form the TLS library takes.
    #[must_use]
    pub fn tls_identity(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let chain = vec![CertificateDer::from(self.tls.certificate.der().to_vec())];
        let key = PrivatePkcs8KeyDer::from(self.tls.key.to_pkcs8_der().to_vec());
        (chain, key.into())
    }

    /// When the certificates end that were issued to the provider itself: name and Unix seconds.
    #[must_use]
    pub fn ends(&self) -> [(&'static str, i64); 4] {
        [
            ("root", &self.authority),
            ("seal", &self.seal),
            ("time-stamping", &self.time_stamping),
            ("tls", &self.tls),
        ]
        .map(|(name, pair)| (name, pair.certificate.not_after()))
    }

    /// The earliest of these ends.
    #[must_use]
    pub fn first_not_after(&self) -> i64 {
        self.ends().into_iter().map(|(_, end)| end).min().unwrap_or(i64::MIN)
    }
}

/// Why the keys cannot be used. All of them are the operator's to mend.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeysError {
    /// The file cannot be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Others than the owner may read the key.
    OpenToOthers {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Not what the file should hold.
    Malformed {
        /// Which.
        path: PathBuf,
        /// What it should be.
        wanted: &'static str,
    },
    /// Key and certificate do not belong together.
    Mismatch {
        /// The key's file.
        key: PathBuf,
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// The certificate was issued for something else.
    Purpose {
        /// The certificate's file.
        path: PathBuf,
    },
    /// The certificate names something else than the configuration does.
    OtherName {
        /// The certificate's file.
        path: PathBuf,
        /// What in the configuration.
        key: &'static str,
    },
    /// The certificate was not issued by the root.
    OtherRoot {
        /// The certificate's file.
        path: PathBuf,
    },
    /// The policy that the provider publishes has withdrawn what its own key signs with.
    Withdrawn {
        /// The certificate's file.
        path: PathBuf,
        /// What has ended, and when.
        detail: String,
    },
}

impl KeysError {
    /// Stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "key-unreadable",
            Self::OpenToOthers { .. } => "key-open-to-others",
            Self::Malformed { .. } => "key-malformed",
            Self::Mismatch { .. } => "key-of-other-certificate",
            Self::Purpose { .. } => "certificate-of-other-purpose",
            Self::OtherName { .. } => "certificate-of-other-name",
            Self::OtherRoot { .. } => "certificate-of-other-root",
            Self::Withdrawn { .. } => "key-withdrawn-by-policy",
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "Restore it from your backup; if there never was one, run quickstart again: it writes what is missing and changes nothing else.".into()
            }
            Self::Unreadable { .. } => "Let the user that runs the provider read it.".into(),
            Self::OpenToOthers { path, .. } => format!(
                "Run `chmod 600 {}`, and think about who may have read it.",
                path.display()
            ),
            Self::OtherName { key, .. } => format!(
                "Put {key} in provider.toml back to what it was; another one needs a provider of its own, with a root of its own."
            ),
            Self::OtherRoot { .. } => {
                "Restore the file from your backup, or move it away and run quickstart again.".into()
            }
            Self::Withdrawn { .. } => {
                "Give the provider keys of another kind first, or take the end out of [policy] again.".into()
            }
            Self::Malformed { .. } | Self::Mismatch { .. } | Self::Purpose { .. } => {
                "Restore the file from your backup.".into()
            }
        }
    }
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, .. } => write!(f, "{} cannot be read", path.display()),
            Self::OpenToOthers { path, mode } => {
                write!(
                    f,
                    "{} has mode {mode:o}: others than its owner may read or write it",
                    path.display()
                )
            }
            Self::Malformed { path, wanted } => write!(f, "{} holds no {wanted}", path.display()),
            Self::Mismatch { key, certificate } => write!(
                f,
                "the key in {} does not belong to the certificate in {}",
                key.display(),
                certificate.display()
            ),
            Self::Purpose { path } => {
                write!(f, "the certificate in {} was issued for another purpose", path.display())
            }
            Self::OtherName { path, key } => write!(
                f,
                "the certificate in {} does not name the {key} of the configuration",
                path.display()
            ),
            Self::OtherRoot { path } => {
                write!(f, "the certificate in {} was not issued by root.pem", path.display())
            }
            Self::Withdrawn { path, detail } => write!(
                f,
                "the key of the certificate in {} does not count any more: {detail}",
                path.display()
            ),
        }
    }
}

impl std::error::Error for KeysError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Reads a certificate that stands alone in a PEM file.
pub fn load_certificate(path: &Path) -> Result<Certificate, KeysError> {
    let octets = read(path)?;
    let text = std::str::from_utf8(&octets).ok();
    text.and_then(|text| Certificate::from_pem(text).ok()).ok_or_else(|| KeysError::Malformed {
        path: path.to_path_buf(),
        wanted: "single certificate in PEM",
    })
}

/// Reads a signing key from a file that is closed to others.
pub fn load_signing_key(path: &Path) -> Result<SigningKey, KeysError> {
    signing_key_from_pem(&read_secret(path)?).ok_or_else(|| KeysError::Malformed {
        path: path.to_path_buf(),
        wanted: "P-256 private key (PKCS#8, PEM)",
    })
}

/// Reads the routing key from a file that is closed to others.
pub fn load_routing(path: &Path) -> Result<RoutingKey, KeysError> {
    routing_key_from_pem(&read_secret(path)?).ok_or_else(|| KeysError::Malformed {
        path: path.to_path_buf(),
        wanted: "X25519 private key (PKCS#8, PEM)",
    })
}

/// Loads a key and its certificate and checks that they belong together.
pub fn load_pair(
    files: &Files,
    key_name: &str,
    certificate_name: &str,
    purpose: KeyPurpose,
) -> Result<KeyPair, KeysError> {
    let (key_path, certificate_path) = (files.key(key_name), files.certificate(certificate_name));
    let key = load_signing_key(&key_path)?;
    let certificate = load_certificate(&certificate_path)?;
    if certificate.spki_der() != key.spki_der() {
        return Err(KeysError::Mismatch { key: key_path, certificate: certificate_path });
    }
    if !certificate.allows(purpose) {
        return Err(KeysError::Purpose { path: certificate_path });
    }
    Ok(KeyPair { certificate, key })
}

fn read(path: &Path) -> Result<Vec<u8>, KeysError> {
    durable::read_bounded(path, limits::KEY_FILE_OCTETS_MAX)
        .map_err(|source| KeysError::Unreadable { path: path.to_path_buf(), source })
}

fn read_secret(path: &Path) -> Result<Zeroizing<String>, KeysError> {
    let unreadable = |source| KeysError::Unreadable { path: path.to_path_buf(), source };
    if let Some(mode) = durable::mode_if_open_to_others(path).map_err(unreadable)? {
        return Err(KeysError::OpenToOthers { path: path.to_path_buf(), mode });
    }
    let octets = Zeroizing::new(read(path)?);
    let text = std::str::from_utf8(&octets).map_err(|_| KeysError::Malformed {
        path: path.to_path_buf(),
        wanted: "private key in PEM",
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Separates this use of the routing key from sealing (RFC 5869 §3.2).
const CHALLENGE_LABEL: &[u8] = b"sealpost/registration-challenge/v1";
