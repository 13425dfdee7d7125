//! Signatures: ECDSA (FIPS 186-5), Ed25519 (RFC 8032), RSA (RFC 8017) and ML-DSA (FIPS 204).

use aws_lc_rs::encoding::AsRawBytes as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, ML_DSA_65_SIGNING, PqdsaKeyPair,
    UnparsedPublicKey, VerificationAlgorithm,
};
use zeroize::Zeroizing;

use super::rsa_keys;
use crate::backend::{Agreement, Curve};
use crate::policy::SignatureAlgorithm;

/// A key that signs.
pub(crate) struct Signer {
    key: Key,
    public: Vec<u8>,
}

enum Key {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    MlDsa65(PqdsaKeyPair),
    Rsa(rsa::KeyPair),
}

impl Signer {
    /// `None` if the curve signs not, or the number is not between 1 and its order.
    pub(crate) fn ec(curve: Curve, scalar: &[u8]) -> Option<Self> {
        let public = Agreement::new(curve, scalar)?.public().to_vec();
        let pair = |algorithm: &'static EcdsaSigningAlgorithm| {
            EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, &public).ok()
        };
        let key = match curve {
            Curve::P256 => Key::P256(pair(&ECDSA_P256_SHA256_ASN1_SIGNING)?),
            Curve::P384 => Key::P384(pair(&ECDSA_P384_SHA384_ASN1_SIGNING)?),
            Curve::X25519 => return None,
        };
        Some(Self { key, public })
    }

    pub(crate) fn ed25519(seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = pair.public_key().as_ref().to_vec();
        Some(Self { key: Key::Ed25519(pair), public })
    }

    pub(crate) fn ml_dsa_65(seed: &[u8; 32]) -> Option<Self> {
        let pair = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, seed).ok()?;
        let public = pair.public_key().as_ref().to_vec();
        Some(Self { key: Key::MlDsa65(pair), public })
    }

    /// From PKCS#8. Numbers are checked against each other by AWS-LC; the size is for the caller.
    pub(crate) fn rsa(pkcs8_der: &[u8]) -> Option<Self> {
        let pair = rsa::KeyPair::from_pkcs8(pkcs8_der).ok()?;
        let public = pair.public_key().as_ref().to_vec();
        Some(Self { key: Key::Rsa(pair), public })
    }

    /// The public key as it stands in a SubjectPublicKeyInfo.
    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The expanded form of an ML-DSA key (FIPS 204 §7.2).
    pub(crate) fn expanded_ml_dsa(&self) -> Option<Zeroizing<Vec<u8>>> {
        let Key::MlDsa65(pair) = &self.key else { return None };
        let octets = pair.private_key().as_raw_bytes().ok()?;
        Some(Zeroizing::new(octets.as_ref().to_vec()))
    }

    /// `None` if the key is of another kind than the algorithm.
    ///
    /// Whatever a signature needs to be random, ECDSA's nonce, the salt of PSS and the hedge of
    /// ML-DSA (FIPS 204 §3.4), is from AWS-LC's own source. Ed25519 needs nothing.
    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
        match (&self.key, algorithm) {
            (Key::P256(pair), SignatureAlgorithm::EcdsaP256Sha256)
            | (Key::P384(pair), SignatureAlgorithm::EcdsaP384Sha384) => {
                Some(pair.sign(&SystemRandom::new(), message).ok()?.as_ref().to_vec())
            }
            (Key::Ed25519(pair), SignatureAlgorithm::Ed25519) => {
                Some(pair.try_sign(message).ok()?.as_ref().to_vec())
            }
            (Key::MlDsa65(pair), SignatureAlgorithm::MlDsa65) => {
                let mut octets = vec![0; ML_DSA_65_SIGNING.signature_len()];
                pair.sign(message, &mut octets).ok()?;
                Some(octets)
            }
            (Key::Rsa(pair), algorithm) => rsa_keys::sign(pair, algorithm, message),
            _ => None,
        }
    }
}

/// The key is known to be of the algorithm's kind, and `public` to have its form.
pub(crate) fn verify(
    algorithm: SignatureAlgorithm,
    public: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    UnparsedPublicKey::new(verification(algorithm), public).verify(message, signature).is_ok()
}

fn verification(algorithm: SignatureAlgorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
        SignatureAlgorithm::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
        SignatureAlgorithm::Ed25519 => &signature::ED25519,
        SignatureAlgorithm::MlDsa65 => &signature::ML_DSA_65,
        SignatureAlgorithm::RsaPkcs1Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        SignatureAlgorithm::RsaPkcs1Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        SignatureAlgorithm::RsaPkcs1Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        SignatureAlgorithm::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        SignatureAlgorithm::RsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
        SignatureAlgorithm::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
    }
}
