//! Which algorithms count, since when and until when.
//!
//! A policy denies unless it lists. It is dated, and a verdict names the policy it was made under.
//! End dates are judged at the time of interest: a signature proven to be older than the end of
//! its algorithm stays good (EN 319 102-1 §5.2.8, TS 119 312).

mod choose;
mod encryption;
mod key;
mod signature;
mod suite;
mod tightening;

use const_oid::ObjectIdentifier;

pub use choose::{AtFault, Choice, NoSuite, Obstacle, Partner, Sender, choose};
pub use encryption::{ContentEncryption, Direction, KeyEstablishment};
pub use key::KeyKind;
pub use signature::SignatureAlgorithm;
pub(crate) use signature::pss_algorithm;
pub use suite::{Audience, ContentMac, Protection, SenderKey, Suite, SuiteId};
pub use tightening::{RsaMinimum, Tightening};

use crate::digest::DigestAlgorithm;
use crate::limits;
use crate::verdict::{PolicyId, Shortfall, SubIndication};
use suite::Floors;

/// One permission: this algorithm, with a key of at least this size, until then.
struct Entry {
    algorithm: SignatureAlgorithm,
    rsa_bits_min: usize,
    /// Last second, in Unix time, for which the algorithm counts.
    until: i64,
}

/// One permission to establish keys. Without a last second to encrypt it is there to be read only;
/// letters that exist can always be opened, with keys of at least [`limits::RSA_BITS_MIN`] bits.
struct EstablishmentEntry {
    algorithm: KeyEstablishment,
    rsa_bits_min: usize,
    encrypting_until: Option<i64>,
}

/// One permission to encrypt contents, of the same form.
struct ContentEntry {
    algorithm: ContentEncryption,
    encrypting_until: Option<i64>,
}

/// A dated list of what counts. Everything else is denied.
///
/// What is listed is compiled in. What a provider has published since can only take away from it
/// ([`Tightening`], [`AlgorithmPolicy::tightened`]).
#[derive(Clone)]
pub struct AlgorithmPolicy {
    id: PolicyId,
    since: i64,
    entries: &'static [Entry],
    establishment: &'static [EstablishmentEntry],
    content: &'static [ContentEntry],
    /// Whether a message needs a signature that withstands a quantum computer.
    post_quantum_signature: bool,
    suites: &'static [Suite],
    floors: Floors,
    tightening: Option<Tightening>,
}

impl core::fmt::Debug for AlgorithmPolicy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AlgorithmPolicy({})", self.id)
    }
}

impl AlgorithmPolicy {
    /// The policy of this release.
    pub const fn current() -> &'static Self {
        &SEALPOST_2026_11
    }

    /// As [`Self::current`], and besides contents that nothing but their signature protects against
    /// change: for letters from and to partners who have nothing better, each shown as such.
    pub const fn legacy() -> &'static Self {
        &SEALPOST_2026_11_LEGACY
    }

    /// As [`Self::current`], and besides every message needs a signature that withstands a quantum
    /// computer: beside another, or alone.
    pub const fn post_quantum() -> &'static Self {
        &SEALPOST_2026_11_POST_QUANTUM
    }

    /// The name that findings carry. It names the update too, if there is one.
    pub fn id(&self) -> PolicyId {
        self.id.clone()
    }

    /// When the policy was set down, in Unix seconds.
    pub const fn since(&self) -> i64 {
        self.since
    }

    /// Whether `algorithm` with the key `spki_der` counts at the Unix second `at`; the answer is
    /// the name to report. `CRYPTO_CONSTRAINTS_FAILURE` otherwise.
    pub fn check(
        &self,
        algorithm: SignatureAlgorithm,
        spki_der: &[u8],
        at: i64,
    ) -> Result<String, Shortfall> {
        let Some(key) = KeyKind::of_spki(spki_der) else {
            let detail = format!("{}: public key of an unknown kind", algorithm.name());
            return Err(Shortfall::new(SubIndication::CryptoConstraintsFailure, detail));
        };
        self.check_kind(algorithm, key, at)
    }

    /// The same for a key of which only the kind is known.
    pub fn check_kind(
        &self,
        algorithm: SignatureAlgorithm,
        key: KeyKind,
        at: i64,
    ) -> Result<String, Shortfall> {
        let deny =
            |detail: String| Err(Shortfall::new(SubIndication::CryptoConstraintsFailure, detail));
        let name = algorithm.name();
        // Deny by default. [POL-001]
        let Some(entry) = self.entries.iter().find(|entry| entry.algorithm == algorithm) else {
            return deny(format!("{name} is not in policy {}", self.id));
        };
        // The key must fit the algorithm, or one name would vouch for another. [POL-002]
        if !algorithm.fits(key) {
            return deny(format!("{name} with a key of another kind"));
        }
        let mut label = name.to_owned();
        if let KeyKind::Rsa { bits } = key {
            // [POL-003]
            let bits_min = self.rsa_bits_min(entry.rsa_bits_min, at);
            if bits < bits_min || bits > limits::RSA_BITS_MAX {
                return deny(format!("{name}: {bits} bits of modulus"));
            }
            label = format!("{name}-{bits}");
        }
        // [POL-004]
        let until = self.end_of(name, entry.until);
        if at > until {
            let until = crate::time::format_rfc3339(until);
            return deny(format!("{name} counts until {until} in policy {}", self.id));
        }
        Ok(label)
    }

    /// Whether signatures that have all passed are together what a message needs.
    /// `CRYPTO_CONSTRAINTS_FAILURE` otherwise. [POL-012]
    pub fn check_signers(&self, passed: &[SignatureAlgorithm]) -> Result<(), Shortfall> {
        if self.post_quantum_signature && !passed.iter().any(|it| it.is_post_quantum()) {
            let detail = format!("policy {} requires a post-quantum signature", self.id);
            return Err(Shortfall::new(SubIndication::CryptoConstraintsFailure, detail));
        }
        Ok(())
    }

    /// Whether a content key may be established like this for the key `key` at the Unix second
    /// `at`; the answer is the name to report.
    pub fn check_establishment(
        &self,
        algorithm: KeyEstablishment,
        key: KeyKind,
        direction: Direction,
        at: i64,
    ) -> Result<String, Shortfall> {
        let name = algorithm.name();
        // [POL-007]
        let Some(entry) = self.establishment.iter().find(|entry| entry.algorithm == algorithm)
        else {
            return self.deny(name, "is not listed");
        };
        // [POL-008]
        if !algorithm.fits(key) {
            return self.deny(name, "with a key of another kind");
        }
        let mut label = name.to_owned();
        if let KeyKind::Rsa { bits } = key {
            let bits_min = match direction {
                Direction::Encrypting => self.rsa_bits_min(entry.rsa_bits_min, at),
                Direction::Decrypting => limits::RSA_BITS_MIN,
            };
            // [POL-009]
            if bits < bits_min || bits > limits::RSA_BITS_MAX {
                return self.deny(name, &format!("with {bits} bits of modulus"));
            }
            label = format!("{name}-{bits}");
        }
        self.check_direction(name, direction, entry.encrypting_until, at)?;
        Ok(label)
    }

    /// Whether a content may be encrypted like this at the Unix second `at`; the answer is the name
    /// to report. Whether a reader is protected against change says
    /// [`ContentEncryption::is_authenticated`].
    pub fn check_content(
        &self,
        algorithm: ContentEncryption,
        direction: Direction,
        at: i64,
    ) -> Result<&'static str, Shortfall> {
        let name = algorithm.name();
        // [POL-010]
        let Some(entry) = self.content.iter().find(|entry| entry.algorithm == algorithm) else {
            return self.deny(name, "is not listed");
        };
        self.check_direction(name, direction, entry.encrypting_until, at)?;
        Ok(name)
    }

    /// What is only there to be read is not written, and nothing is past its end. [POL-011]
    fn check_direction(
        &self,
        name: &str,
        direction: Direction,
        until: Option<i64>,
        at: i64,
    ) -> Result<(), Shortfall> {
        match (direction, until) {
            (Direction::Encrypting, None) => self.deny(name, "is only for reading"),
            (Direction::Encrypting, Some(until)) => {
                let until = self.end_of(name, until);
                let ended = || format!("counts until {}", crate::time::format_rfc3339(until));
                if at > until { self.deny(name, &ended()) } else { Ok(()) }
            }
            // Letters that exist can always be opened, whatever was withdrawn since.
            (Direction::Decrypting, _) => Ok(()),
        }
    }

    fn deny<T>(&self, name: &str, why: &str) -> Result<T, Shortfall> {
        let detail = format!("{name} {why} in policy {}", self.id);
        Err(Shortfall::new(SubIndication::CryptoConstraintsFailure, detail))
    }

    /// Whether a digest counts on its own, such as the imprint of a time-stamp or a message digest.
    pub fn check_digest(&self, digest: ObjectIdentifier) -> Result<&'static str, Shortfall> {
        // [POL-005]
        match DigestAlgorithm::from_oid(digest) {
            Some(algorithm) => Ok(algorithm.name()),
            None => Err(Shortfall::new(
                SubIndication::CryptoConstraintsFailure,
                format!("digest {digest} is not in policy {}", self.id),
            )),
        }
    }
}

static SEALPOST_2026_11: AlgorithmPolicy = AlgorithmPolicy {
    id: PolicyId::built_in("sealpost-2026-11"),
    since: SINCE,
    entries: SIGNATURES,
    establishment: ESTABLISHMENT,
    content: AUTHENTICATED,
    post_quantum_signature: false,
    suites: suite::SUITES,
    floors: suite::FLOORS,
    tightening: None,
};

static SEALPOST_2026_11_POST_QUANTUM: AlgorithmPolicy = AlgorithmPolicy {
    id: PolicyId::built_in("sealpost-2026-11-post-quantum"),
    since: SINCE,
    entries: SIGNATURES,
    establishment: ESTABLISHMENT,
    content: AUTHENTICATED,
    post_quantum_signature: true,
    suites: suite::SUITES,
    floors: suite::FLOORS,
    tightening: None,
};

static SEALPOST_2026_11_LEGACY: AlgorithmPolicy = AlgorithmPolicy {
    id: PolicyId::built_in("sealpost-2026-11-legacy"),
    since: SINCE,
    entries: SIGNATURES,
    establishment: ESTABLISHMENT,
    content: AUTHENTICATED_OR_NOT,
    post_quantum_signature: false,
    suites: suite::SUITES,
    floors: suite::FLOORS,
    tightening: None,
};

const SINCE: i64 = 1_793_491_200; // 2026-11-01T00:00:00Z

/// The ends follow TS 119 312 and BSI TR-02102-1: RSA from 3000 bits, PKCS #1 v1.5 on its way out,
/// elliptic curves alone for as long as nobody expects a quantum computer, the rest as far as these
/// documents look ahead.
const SIGNATURES: &[Entry] = &[
    signs(SignatureAlgorithm::EcdsaP256Sha256, END_OF_2035),
    signs(SignatureAlgorithm::EcdsaP384Sha384, END_OF_2035),
    signs(SignatureAlgorithm::Ed25519, END_OF_2035),
    signs(SignatureAlgorithm::MlDsa65, END_OF_2035),
    signs(SignatureAlgorithm::RsaPssSha256, END_OF_2035),
    signs(SignatureAlgorithm::RsaPssSha384, END_OF_2035),
    signs(SignatureAlgorithm::RsaPssSha512, END_OF_2035),
    signs(SignatureAlgorithm::RsaPkcs1Sha256, END_OF_2030),
    signs(SignatureAlgorithm::RsaPkcs1Sha384, END_OF_2030),
    signs(SignatureAlgorithm::RsaPkcs1Sha512, END_OF_2030),
];

/// Alone, what a quantum computer breaks ends earlier here than for signatures: what is recorded
/// today is read then.
const ESTABLISHMENT: &[EstablishmentEntry] = &[
    establishes(KeyEstablishment::MlKem768X25519, Some(END_OF_2035)),
    establishes(KeyEstablishment::MlKem1024, Some(END_OF_2035)),
    establishes(KeyEstablishment::MlKem768, Some(END_OF_2035)),
    establishes(KeyEstablishment::EcdhP256, Some(END_OF_2031)),
    establishes(KeyEstablishment::EcdhP384, Some(END_OF_2031)),
    establishes(KeyEstablishment::X25519, Some(END_OF_2031)),
    establishes(KeyEstablishment::RsaOaepSha256, Some(END_OF_2031)),
    establishes(KeyEstablishment::RsaPkcs1, None),
];

const AUTHENTICATED: &[ContentEntry] = &[
    encrypts(ContentEncryption::Aes256Gcm, END_OF_2035),
    encrypts(ContentEncryption::Aes128Gcm, END_OF_2035),
];

const AUTHENTICATED_OR_NOT: &[ContentEntry] = &[
    encrypts(ContentEncryption::Aes256Gcm, END_OF_2035),
    encrypts(ContentEncryption::Aes128Gcm, END_OF_2035),
    encrypts(ContentEncryption::Aes256Cbc, END_OF_2030),
    encrypts(ContentEncryption::Aes128Cbc, END_OF_2030),
];

const fn encrypts(algorithm: ContentEncryption, until: i64) -> ContentEntry {
    ContentEntry { algorithm, encrypting_until: Some(until) }
}

const fn signs(algorithm: SignatureAlgorithm, until: i64) -> Entry {
    Entry { algorithm, rsa_bits_min: 3072, until }
}

const fn establishes(
    algorithm: KeyEstablishment,
    encrypting_until: Option<i64>,
) -> EstablishmentEntry {
    EstablishmentEntry { algorithm, rsa_bits_min: 3072, encrypting_until }
}

const END_OF_2030: i64 = 1_924_991_999; // 2030-12-31T23:59:59Z
const END_OF_2031: i64 = 1_956_527_999; // 2031-12-31T23:59:59Z
const END_OF_2035: i64 = 2_082_758_399; // 2035-12-31T23:59:59Z

#[cfg(all(test, not(target_arch = "wasm32")))] // RSA exists natively only
pub(crate) mod pkits;
#[cfg(test)]
mod tests;
