//! Signature algorithms and how they are named in certificates and messages.

use der::{Decode, Sequence};
use spki::AlgorithmIdentifierOwned;

use super::KeyKind;
use crate::attributes::{
    ECDSA_WITH_SHA256, ECDSA_WITH_SHA384, ED25519, MGF1, ML_DSA_65, ObjectIdentifier,
    RSA_ENCRYPTION, RSASSA_PSS, SHA256, SHA256_WITH_RSA, SHA384, SHA384_WITH_RSA, SHA512,
    SHA512_WITH_RSA,
};
use crate::digest::DigestAlgorithm;
use crate::tlv;

/// Signature algorithms that we can make and verify. Whether one counts is for
/// [`super::AlgorithmPolicy`] to say.
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
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and 48 octets of salt (RFC 4055 §3.1).
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and 64 octets of salt (RFC 4055 §3.1).
    RsaPssSha512,
    /// Ed25519, pure (RFC 8410 §3, RFC 8419).
    Ed25519,
    /// ML-DSA-65, pure and with an empty context (RFC 9881 §3, RFC 9882).
    MlDsa65,
}

impl SignatureAlgorithm {
    /// From the identifier in a certificate, a revocation list or a request. Parameters must be
    /// exactly what the standard says; `None` is "not one of ours".
    pub fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        let absent = identifier.parameters.is_none();
        // RFC 4055 §5: NULL MUST be there for PKCS #1 v1.5; absence is tolerated by §2.1's advice.
        let null = identifier.parameters.as_ref().is_none_or(|p| p.is_null());
        match identifier.oid {
            ECDSA_WITH_SHA256 if absent => Some(Self::EcdsaP256Sha256),
            ECDSA_WITH_SHA384 if absent => Some(Self::EcdsaP384Sha384),
            SHA256_WITH_RSA if null => Some(Self::RsaPkcs1Sha256),
            SHA384_WITH_RSA if null => Some(Self::RsaPkcs1Sha384),
            SHA512_WITH_RSA if null => Some(Self::RsaPkcs1Sha512),
            // RFC 8410 §3, RFC 9881 §3: parameters MUST be absent. [POL-006]
            ED25519 if absent => Some(Self::Ed25519),
            ML_DSA_65 if absent => Some(Self::MlDsa65),
            RSASSA_PSS => {
                identifier.parameters.as_ref()?.decode_as::<PssParameters>().ok()?.algorithm()
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
                SHA256 => Some(Self::RsaPkcs1Sha256),
                SHA384 => Some(Self::RsaPkcs1Sha384),
                SHA512 => Some(Self::RsaPkcs1Sha512),
                _ => None,
            };
        }
        let algorithm = Self::from_identifier(signature)?;
        // RFC 9882 §3.3 lets ML-DSA-65 go with any digest of 192 bits of strength; RFC 8419 §2.3
        // ties Ed25519 to SHA-512.
        let also = algorithm == Self::MlDsa65 && digest == SHA384;
        (also || algorithm.digest_oid() == digest).then_some(algorithm)
    }

    /// The AlgorithmIdentifier in DER, for certificates and messages alike.
    pub fn identifier_der(self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |identifier| {
            let (oid, rsa) = match self {
                Self::EcdsaP256Sha256 => (ECDSA_WITH_SHA256, false),
                Self::EcdsaP384Sha384 => (ECDSA_WITH_SHA384, false),
                Self::Ed25519 => (ED25519, false),
                Self::MlDsa65 => (ML_DSA_65, false),
                Self::RsaPkcs1Sha256 => (SHA256_WITH_RSA, true),
                Self::RsaPkcs1Sha384 => (SHA384_WITH_RSA, true),
                Self::RsaPkcs1Sha512 => (SHA512_WITH_RSA, true),
                Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => {
                    identifier.oid(&RSASSA_PSS);
                    identifier.raw(&pss_parameters(self.digest()));
                    return;
                }
            };
            identifier.oid(&oid);
            if rsa {
                identifier.element(tlv::NULL, &[]);
            }
        })
    }

    /// What a key of this kind signs with unless somebody asks for something else; `None` if such a
    /// key does not sign.
    pub const fn preferred_by(key: KeyKind) -> Option<Self> {
        match key {
            KeyKind::P256 => Some(Self::EcdsaP256Sha256),
            KeyKind::P384 => Some(Self::EcdsaP384Sha384),
            KeyKind::Ed25519 => Some(Self::Ed25519),
            KeyKind::MlDsa65 => Some(Self::MlDsa65),
            KeyKind::Rsa { .. } => Some(Self::RsaPssSha256),
            _ => None,
        }
    }

    /// Whether keys of this kind make such signatures.
    pub const fn fits(self, key: KeyKind) -> bool {
        matches!(
            (self, key),
            (Self::EcdsaP256Sha256, KeyKind::P256)
                | (Self::EcdsaP384Sha384, KeyKind::P384)
                | (Self::Ed25519, KeyKind::Ed25519)
                | (Self::MlDsa65, KeyKind::MlDsa65)
        ) || (matches!(key, KeyKind::Rsa { .. }) && (self.is_pss() || self.is_pkcs1()))
    }

    /// Whether a quantum computer does not help to forge it.
    pub const fn is_post_quantum(self) -> bool {
        matches!(self, Self::MlDsa65)
    }

    /// The digest of the content that goes with it in a SignerInfo: the one inside the signature,
    /// and SHA-512 for the two that sign messages whole (RFC 8419 §2.3, RFC 9882 §3.3).
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::EcdsaP256Sha256 | Self::RsaPkcs1Sha256 | Self::RsaPssSha256 => {
                DigestAlgorithm::Sha256
            }
            Self::EcdsaP384Sha384 | Self::RsaPkcs1Sha384 | Self::RsaPssSha384 => {
                DigestAlgorithm::Sha384
            }
            Self::RsaPkcs1Sha512 | Self::RsaPssSha512 | Self::Ed25519 | Self::MlDsa65 => {
                DigestAlgorithm::Sha512
            }
        }
    }

    /// [`Self::digest`] by its object identifier.
    pub const fn digest_oid(self) -> ObjectIdentifier {
        self.digest().oid()
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
            Self::RsaPssSha384 => "rsa-pss-sha384",
            Self::RsaPssSha512 => "rsa-pss-sha512",
            Self::Ed25519 => "ed25519",
            Self::MlDsa65 => "ml-dsa-65",
        }
    }

    pub(crate) const fn is_pss(self) -> bool {
        matches!(self, Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512)
    }

    const fn is_pkcs1(self) -> bool {
        matches!(self, Self::RsaPkcs1Sha256 | Self::RsaPkcs1Sha384 | Self::RsaPkcs1Sha512)
    }
}

/// The algorithm whose parameters these are.
pub(crate) fn pss_algorithm(parameters_der: &[u8]) -> Option<SignatureAlgorithm> {
    PssParameters::from_der(parameters_der).ok()?.algorithm()
}

/// As OpenSSL writes them: each digest with NULL, the trailer at its DEFAULT.
fn pss_parameters(digest: DigestAlgorithm) -> Vec<u8> {
    let hash = tlv::nested(tlv::SEQUENCE, |hash| {
        hash.oid(&digest.oid());
        hash.element(tlv::NULL, &[]);
    });
    tlv::nested(tlv::SEQUENCE, |parameters| {
        parameters.element(tlv::context(0), &hash);
        parameters.nest(tlv::context(1), |mask| {
            mask.nest(tlv::SEQUENCE, |mask| {
                mask.oid(&MGF1);
                mask.raw(&hash);
            });
        });
        parameters.nest(tlv::context(2), |salt| salt.small(digest.octets() as u8));
    })
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
    /// One digest for both uses, and a salt of its length: everything else weakens or surprises.
    fn algorithm(&self) -> Option<SignatureAlgorithm> {
        let digest = DigestAlgorithm::from_oid(self.hash.as_ref()?.oid)?;
        let mask = self.mask.as_ref().filter(|mask| mask.oid == MGF1)?;
        let masked = mask.parameters.as_ref()?.decode_as::<AlgorithmIdentifierOwned>().ok()?;
        let plain = masked.oid == digest.oid()
            && self.salt_octets.map(usize::from) == Some(digest.octets())
            && self.trailer.is_none_or(|trailer| trailer == 1);
        plain.then_some(match digest {
            DigestAlgorithm::Sha256 => SignatureAlgorithm::RsaPssSha256,
            DigestAlgorithm::Sha384 => SignatureAlgorithm::RsaPssSha384,
            DigestAlgorithm::Sha512 => SignatureAlgorithm::RsaPssSha512,
        })
    }
}
