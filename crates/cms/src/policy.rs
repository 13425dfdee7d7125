//! Which algorithms count, since when and until when.
//!
//! A policy denies unless it lists. It is dated, and a verdict names the policy it was made under.
//! End dates are judged at the time of interest: a signature proven to be older than the end of
//! its algorithm stays good (EN 319 102-1 §5.2.8, TS 119 312).

use const_oid::ObjectIdentifier;
use der::{Decode, Sequence, asn1::UintRef};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};

use crate::limits;
use crate::verdict::{PolicyId, Shortfall, SubIndication};

/// Signature algorithms that we can verify. Whether one counts is for [`AlgorithmPolicy`] to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ECDSA on P-256 with SHA-256 (RFC 5758 §3.2).
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384 (RFC 5758 §3.2).
    EcdsaP384Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 4055 §5).
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384 (RFC 4055 §5).
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 4055 §5).
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and 32 octets of salt (RFC 4055 §3.1).
    RsaPssSha256,
}

impl SignatureAlgorithm {
    /// From the identifier in a certificate, a revocation list or a request. Parameters must be
    /// exactly what the standard says; `None` is "not one of ours".
    pub fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        let absent = identifier.parameters.is_none();
        // RFC 4055 §5: NULL MUST be there for PKCS #1 v1.5; absence is tolerated by §2.1's advice.
        let null = identifier.parameters.as_ref().is_none_or(|p| p.is_null());
        match identifier.oid {
            ECDSA_WITH_SHA_256 if absent => Some(Self::EcdsaP256Sha256),
            ECDSA_WITH_SHA_384 if absent => Some(Self::EcdsaP384Sha384),
            SHA_256_WITH_RSA if null => Some(Self::RsaPkcs1Sha256),
            SHA_384_WITH_RSA if null => Some(Self::RsaPkcs1Sha384),
            SHA_512_WITH_RSA if null => Some(Self::RsaPkcs1Sha512),
            RSASSA_PSS => {
                let given = identifier.parameters.as_ref()?.decode_as::<PssParameters>().ok()?;
                given.is_sha_256().then_some(Self::RsaPssSha256)
            }
            _ => None,
        }
    }

    /// From the two identifiers of a SignerInfo (RFC 5652 §5.3), which must agree. Foreign signers
    /// often write plain rsaEncryption and leave the digest to the other field (RFC 3370 §3.2).
    pub fn from_signer_info(
        signature: &AlgorithmIdentifierOwned,
        digest: &AlgorithmIdentifierOwned,
    ) -> Option<Self> {
        let digest = digest.oid;
        if signature.oid == RSA_ENCRYPTION {
            return match digest {
                ID_SHA_256 => Some(Self::RsaPkcs1Sha256),
                ID_SHA_384 => Some(Self::RsaPkcs1Sha384),
                ID_SHA_512 => Some(Self::RsaPkcs1Sha512),
                _ => None,
            };
        }
        let algorithm = Self::from_identifier(signature)?;
        (algorithm.digest_oid() == digest).then_some(algorithm)
    }

    /// The digest inside the signature.
    pub const fn digest_oid(self) -> ObjectIdentifier {
        match self {
            Self::EcdsaP256Sha256 | Self::RsaPkcs1Sha256 | Self::RsaPssSha256 => ID_SHA_256,
            Self::EcdsaP384Sha384 | Self::RsaPkcs1Sha384 => ID_SHA_384,
            Self::RsaPkcs1Sha512 => ID_SHA_512,
        }
    }

    /// The name in policies, findings and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Self::RsaPkcs1Sha256 => "rsa-pkcs1-sha256",
            Self::RsaPkcs1Sha384 => "rsa-pkcs1-sha384",
            Self::RsaPkcs1Sha512 => "rsa-pkcs1-sha512",
            Self::RsaPssSha256 => "rsa-pss-sha256",
        }
    }
}

/// What kind of public key a SubjectPublicKeyInfo holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// A point on P-256, uncompressed.
    P256,
    /// A point on P-384, uncompressed.
    P384,
    /// RSA with a modulus of so many bits.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
}

impl KeyKind {
    /// Reads the kind from DER; `None` is "not one of ours".
    pub fn of_spki(spki_der: &[u8]) -> Option<Self> {
        let spki = SubjectPublicKeyInfoRef::from_der(spki_der).ok()?;
        let key = spki.subject_public_key.as_bytes()?;
        match spki.algorithm.oid {
            EC_PUBLIC_KEY => {
                let curve = spki.algorithm.parameters?.decode_as::<ObjectIdentifier>().ok()?;
                // SEC 1 §2.3.3: 04 begins an uncompressed point, the one form RFC 5480 demands.
                let uncompressed = key.first() == Some(&0x04);
                match (curve, key.len(), uncompressed) {
                    (SECP_256_R_1, 65, true) => Some(Self::P256),
                    (SECP_384_R_1, 97, true) => Some(Self::P384),
                    _ => None,
                }
            }
            RSA_ENCRYPTION | RSASSA_PSS => {
                let modulus = RsaPublicKey::from_der(key).ok()?.modulus;
                let octets = modulus.as_bytes();
                let unused = octets.first()?.leading_zeros() as usize;
                Some(Self::Rsa { bits: octets.len() * 8 - unused })
            }
            _ => None,
        }
    }
}

/// One permission: this algorithm, with a key of at least this size, until then.
struct Entry {
    algorithm: SignatureAlgorithm,
    rsa_bits_min: usize,
    /// Last second, in Unix time, for which the algorithm counts.
    until: i64,
}

/// A dated list of what counts. Everything else is denied.
pub struct AlgorithmPolicy {
    id: PolicyId,
    since: i64,
    entries: &'static [Entry],
}

impl AlgorithmPolicy {
    /// The policy of this release.
    pub const fn current() -> &'static Self {
        &SEALPOST_2026_11
    }

    /// The name that findings carry.
    pub const fn id(&self) -> PolicyId {
        self.id
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
        let deny =
            |detail: String| Err(Shortfall::new(SubIndication::CryptoConstraintsFailure, detail));
        let name = algorithm.name();
        // Deny by default. [POL-001]
        let Some(entry) = self.entries.iter().find(|entry| entry.algorithm == algorithm) else {
            return deny(format!("{name} is not in policy {}", self.id));
        };
        let Some(key) = KeyKind::of_spki(spki_der) else {
            return deny(format!("{name}: public key of an unknown kind"));
        };
        // The key must fit the algorithm, or one name would vouch for another. [POL-002]
        let label = match (algorithm, key) {
            (SignatureAlgorithm::EcdsaP256Sha256, KeyKind::P256)
            | (SignatureAlgorithm::EcdsaP384Sha384, KeyKind::P384) => name.to_owned(),
            (
                SignatureAlgorithm::RsaPkcs1Sha256
                | SignatureAlgorithm::RsaPkcs1Sha384
                | SignatureAlgorithm::RsaPkcs1Sha512
                | SignatureAlgorithm::RsaPssSha256,
                KeyKind::Rsa { bits },
            ) => {
                // [POL-003]
                if bits < entry.rsa_bits_min || bits > limits::RSA_BITS_MAX {
                    return deny(format!("{name}: {bits} bits of modulus"));
                }
                format!("{name}-{bits}")
            }
            _ => return deny(format!("{name} with a key of another kind")),
        };
        // [POL-004]
        if at > entry.until {
            let until = crate::time::format_rfc3339(entry.until);
            return deny(format!("{name} counts until {until} in policy {}", self.id));
        }
        Ok(label)
    }

    /// Whether a digest counts on its own, such as the imprint of a time-stamp or a message digest.
    pub fn check_digest(&self, digest: ObjectIdentifier) -> Result<&'static str, Shortfall> {
        // [POL-005]
        match digest {
            ID_SHA_256 => Ok("sha256"),
            ID_SHA_384 => Ok("sha384"),
            ID_SHA_512 => Ok("sha512"),
            _ => Err(Shortfall::new(
                SubIndication::CryptoConstraintsFailure,
                format!("digest {digest} is not in policy {}", self.id),
            )),
        }
    }
}

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm      [0] HashAlgorithm      DEFAULT sha1,
///     maskGenAlgorithm   [1] MaskGenAlgorithm   DEFAULT mgf1SHA1,
///     saltLength         [2] INTEGER            DEFAULT 20,
///     trailerField       [3] TrailerField       DEFAULT trailerFieldBC }
/// ```
#[derive(Sequence)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_octets: Option<u8>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

impl PssParameters {
    fn is_sha_256(&self) -> bool {
        let mask_digest = self.mask.as_ref().filter(|mask| mask.oid == ID_MGF_1).and_then(|mask| {
            mask.parameters.as_ref()?.decode_as::<AlgorithmIdentifierOwned>().ok()
        });
        self.hash.as_ref().is_some_and(|hash| hash.oid == ID_SHA_256)
            && mask_digest.is_some_and(|digest| digest.oid == ID_SHA_256)
            && self.salt_octets == Some(32)
            && self.trailer.is_none_or(|trailer| trailer == 1)
    }
}

/// ```text
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
/// ```
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    #[allow(dead_code)]
    public_exponent: UintRef<'a>,
}

/// RSA below 3000 bits and PKCS #1 v1.5 on the way out follow TS 119 312 and BSI TR-02102-1; RSA is
/// here only for foreign time-stamp authorities and their roots.
static SEALPOST_2026_11: AlgorithmPolicy = AlgorithmPolicy {
    id: PolicyId("sealpost-2026-11"),
    since: 1_793_491_200, // 2026-11-01T00:00:00Z
    entries: &[
        Entry {
            algorithm: SignatureAlgorithm::EcdsaP256Sha256,
            rsa_bits_min: 0,
            until: END_OF_2035,
        },
        Entry {
            algorithm: SignatureAlgorithm::EcdsaP384Sha384,
            rsa_bits_min: 0,
            until: END_OF_2035,
        },
        Entry {
            algorithm: SignatureAlgorithm::RsaPssSha256,
            rsa_bits_min: 3072,
            until: END_OF_2035,
        },
        Entry {
            algorithm: SignatureAlgorithm::RsaPkcs1Sha256,
            rsa_bits_min: 3072,
            until: END_OF_2030,
        },
        Entry {
            algorithm: SignatureAlgorithm::RsaPkcs1Sha384,
            rsa_bits_min: 3072,
            until: END_OF_2030,
        },
        Entry {
            algorithm: SignatureAlgorithm::RsaPkcs1Sha512,
            rsa_bits_min: 3072,
            until: END_OF_2030,
        },
    ],
};

const END_OF_2030: i64 = 1_924_991_999; // 2030-12-31T23:59:59Z
const END_OF_2035: i64 = 2_082_758_399; // 2035-12-31T23:59:59Z

const ECDSA_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_WITH_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ID_MGF_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const SHA_256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const SHA_384_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA_512_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP_256_R_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP_384_R_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ID_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ID_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const ID_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKey;
    use crate::testing::rng;
    use der::{
        Encode,
        asn1::{Any, BitString, Null},
    };
    use spki::SubjectPublicKeyInfoOwned;

    const AT: i64 = 1_795_317_120;

    fn rsa_spki(bits: usize) -> Vec<u8> {
        let mut modulus = vec![0xff; bits / 8];
        modulus[bits / 8 - 1] = 0xfd;
        let key = RsaPublicKey {
            modulus: UintRef::new(&modulus).unwrap(),
            public_exponent: UintRef::new(&[1, 0, 1]).unwrap(),
        };
        let algorithm =
            AlgorithmIdentifierOwned { oid: RSA_ENCRYPTION, parameters: Some(Any::null()) };
        let subject_public_key = BitString::from_bytes(&key.to_der().unwrap()).unwrap();
        SubjectPublicKeyInfoOwned { algorithm, subject_public_key }.to_der().unwrap()
    }

    fn denied(algorithm: SignatureAlgorithm, spki: &[u8], at: i64) -> bool {
        let answer = AlgorithmPolicy::current().check(algorithm, spki, at);
        answer.is_err_and(|short| short.sub == SubIndication::CryptoConstraintsFailure)
    }

    #[test]
    fn our_own_algorithm_counts_until_its_end() {
        let spki = SigningKey::generate(&mut rng()).spki_der();
        let policy = AlgorithmPolicy::current();
        let name = policy.check(SignatureAlgorithm::EcdsaP256Sha256, &spki, AT).unwrap();
        assert_eq!(name, "ecdsa-p256-sha256");
        // POL-004
        assert!(!denied(SignatureAlgorithm::EcdsaP256Sha256, &spki, END_OF_2035));
        assert!(denied(SignatureAlgorithm::EcdsaP256Sha256, &spki, END_OF_2035 + 1));
        assert_eq!(crate::time::format_rfc3339(END_OF_2035), "2035-12-31T23:59:59Z");
        assert_eq!(crate::time::format_rfc3339(END_OF_2030), "2030-12-31T23:59:59Z");
        assert_eq!(crate::time::format_rfc3339(policy.since()), "2026-11-01T00:00:00Z");
    }

    #[test]
    fn pol_001_what_is_not_listed_is_denied() {
        let nothing = AlgorithmPolicy { id: PolicyId("nothing"), since: 0, entries: &[] };
        let spki = SigningKey::generate(&mut rng()).spki_der();
        assert!(nothing.check(SignatureAlgorithm::EcdsaP256Sha256, &spki, AT).is_err());
        assert!(denied(SignatureAlgorithm::EcdsaP256Sha256, b"", AT));
    }

    #[test]
    fn pol_002_the_key_must_fit_the_algorithm() {
        let p256 = SigningKey::generate(&mut rng()).spki_der();
        assert!(denied(SignatureAlgorithm::EcdsaP384Sha384, &p256, AT));
        assert!(denied(SignatureAlgorithm::RsaPkcs1Sha256, &p256, AT));
        assert!(denied(SignatureAlgorithm::EcdsaP256Sha256, &rsa_spki(3072), AT));
    }

    #[test]
    fn pol_003_short_and_huge_moduli_are_denied() {
        assert_eq!(KeyKind::of_spki(&rsa_spki(3072)), Some(KeyKind::Rsa { bits: 3072 }));
        let policy = AlgorithmPolicy::current();
        let name = policy.check(SignatureAlgorithm::RsaPssSha256, &rsa_spki(3072), AT);
        assert_eq!(name.unwrap(), "rsa-pss-sha256-3072");
        assert!(denied(SignatureAlgorithm::RsaPkcs1Sha256, &rsa_spki(2048), AT));
        assert!(denied(SignatureAlgorithm::RsaPkcs1Sha256, &rsa_spki(16_384), AT));
    }

    #[test]
    fn pol_005_weak_digests_are_denied() {
        let policy = AlgorithmPolicy::current();
        assert_eq!(policy.check_digest(ID_SHA_256).unwrap(), "sha256");
        let sha1 = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
        assert!(policy.check_digest(sha1).is_err());
    }

    #[test]
    fn identifiers_are_read_with_their_parameters() {
        let read = |oid, parameters| {
            SignatureAlgorithm::from_identifier(&AlgorithmIdentifierOwned { oid, parameters })
        };
        let null = || Some(Any::encode_from(&Null).unwrap());
        assert_eq!(read(ECDSA_WITH_SHA_256, None), Some(SignatureAlgorithm::EcdsaP256Sha256));
        assert_eq!(read(ECDSA_WITH_SHA_256, null()), None);
        assert_eq!(read(SHA_256_WITH_RSA, null()), Some(SignatureAlgorithm::RsaPkcs1Sha256));
        // The defaults of RSASSA-PSS are SHA-1.
        let defaults = Any::from_der(&[0x30, 0]).unwrap();
        assert_eq!(read(RSASSA_PSS, Some(defaults)), None);
        assert_eq!(
            read(RSASSA_PSS, Some(Any::from_der(&PSS_SHA_256).unwrap())),
            Some(SignatureAlgorithm::RsaPssSha256)
        );
        let sha1_with_rsa = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
        assert_eq!(read(sha1_with_rsa, null()), None);
    }

    #[test]
    fn the_two_identifiers_of_a_signer_must_agree() {
        let identifier = |oid| AlgorithmIdentifierOwned { oid, parameters: None };
        let read = |signature, digest| {
            SignatureAlgorithm::from_signer_info(&identifier(signature), &identifier(digest))
        };
        let p256 = Some(SignatureAlgorithm::EcdsaP256Sha256);
        assert_eq!(read(ECDSA_WITH_SHA_256, ID_SHA_256), p256);
        assert_eq!(read(ECDSA_WITH_SHA_256, ID_SHA_512), None);
        assert_eq!(read(RSA_ENCRYPTION, ID_SHA_512), Some(SignatureAlgorithm::RsaPkcs1Sha512));
    }

    /// As OpenSSL 3.0 writes it for `rsa_padding_mode:pss` with SHA-256 and 32 octets of salt.
    const PSS_SHA_256: [u8; 54] = [
        0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
        0x02, 0x01, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
        0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
        0x02, 0x01, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x20,
    ];
}
