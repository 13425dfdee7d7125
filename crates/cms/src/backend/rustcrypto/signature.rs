//! Signatures: ECDSA (FIPS 186-5), Ed25519 (RFC 8032) and ML-DSA (FIPS 204).

use ed25519_dalek::Signer as _;
use ml_dsa::MlDsa65;
use p256::ecdsa::signature::Verifier as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::Agreement;
use crate::backend::Curve;
use crate::policy::SignatureAlgorithm;

/// A key that signs.
pub(crate) struct Signer {
    key: Key,
    public: Vec<u8>,
}

enum Key {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(Box<ed25519_dalek::SigningKey>),
    MlDsa65(Box<ml_dsa::SigningKey<MlDsa65>>),
}

impl Signer {
    /// `None` if the curve signs not, or the number is not between 1 and its order.
    pub(crate) fn ec(curve: Curve, scalar: &[u8]) -> Option<Self> {
        let public = Agreement::new(curve, scalar)?.public().to_vec();
        let key = match curve {
            Curve::P256 => Key::P256(p256::ecdsa::SigningKey::from_slice(scalar).ok()?),
            Curve::P384 => Key::P384(p384::ecdsa::SigningKey::from_slice(scalar).ok()?),
            Curve::X25519 => return None,
        };
        Some(Self { key, public })
    }

    pub(crate) fn ed25519(seed: &[u8; 32]) -> Option<Self> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = key.verifying_key().as_bytes().to_vec();
        Some(Self { key: Key::Ed25519(Box::new(key)), public })
    }

    pub(crate) fn ml_dsa_65(seed: &[u8; 32]) -> Option<Self> {
        let mut octets = ml_dsa::Seed::from(*seed);
        let key = ml_dsa::SigningKey::<MlDsa65>::from_seed(&octets);
        octets.zeroize();
        let public = key.expanded_key().verifying_key().encode().to_vec();
        Some(Self { key: Key::MlDsa65(Box::new(key)), public })
    }

    /// There is no RSA here.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn rsa(_pkcs8_der: &[u8]) -> Option<Self> {
        None
    }

    /// The public key as it stands in a SubjectPublicKeyInfo.
    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The expanded form of an ML-DSA key (FIPS 204 §7.2).
    #[allow(deprecated)] // Its author prefers seeds as well; others write both.
    pub(crate) fn expanded_ml_dsa(&self) -> Option<Zeroizing<Vec<u8>>> {
        let Key::MlDsa65(key) = &self.key else { return None };
        let mut octets = key.expanded_key().to_expanded();
        let expanded = Zeroizing::new(octets.to_vec());
        octets.zeroize();
        Some(expanded)
    }

    /// `None` if the key is of another kind than the algorithm.
    ///
    /// Nothing here is random: ECDSA's nonce is that of RFC 6979, and ML-DSA is the deterministic
    /// variant of FIPS 204 §3.4.
    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
        match (&self.key, algorithm) {
            (Key::P256(key), SignatureAlgorithm::EcdsaP256Sha256) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                Some(signature.as_bytes().to_vec())
            }
            (Key::P384(key), SignatureAlgorithm::EcdsaP384Sha384) => {
                let signature: p384::ecdsa::DerSignature = key.sign(message);
                Some(signature.as_bytes().to_vec())
            }
            (Key::Ed25519(key), SignatureAlgorithm::Ed25519) => {
                Some(key.sign(message).to_bytes().to_vec())
            }
            (Key::MlDsa65(key), SignatureAlgorithm::MlDsa65) => {
                let signature = key.expanded_key().sign_deterministic(message, &[]).ok()?;
                Some(signature.encode().to_vec())
            }
            _ => None,
        }
    }
}

/// The key is known to be of the algorithm's kind, and `public` to have its form. RSA never
/// verifies.
pub(crate) fn verify(
    algorithm: SignatureAlgorithm,
    public: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let verified = match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(public).ok();
            let signature = p256::ecdsa::DerSignature::from_bytes(signature).ok();
            key.zip(signature).map(|(key, signature)| key.verify(message, &signature).is_ok())
        }
        SignatureAlgorithm::EcdsaP384Sha384 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(public).ok();
            let signature = p384::ecdsa::DerSignature::from_bytes(signature).ok();
            key.zip(signature).map(|(key, signature)| key.verify(message, &signature).is_ok())
        }
        SignatureAlgorithm::Ed25519 => verify_ed25519(public, message, signature),
        SignatureAlgorithm::MlDsa65 => verify_ml_dsa(public, message, signature),
        _ => None,
    };
    verified.unwrap_or(false)
}

fn verify_ed25519(public: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(public.try_into().ok()?).ok()?;
    let signature = ed25519_dalek::Signature::from_bytes(signature.try_into().ok()?);
    Some(key.verify_strict(message, &signature).is_ok())
}

fn verify_ml_dsa(public: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let key = ml_dsa::VerifyingKey::<MlDsa65>::decode(&public.try_into().ok()?);
    let signature = ml_dsa::Signature::<MlDsa65>::try_from(signature).ok()?;
    Some(key.verify_with_context(message, &[], &signature))
}
