//! Public-key arithmetic: AWS-LC natively, RustCrypto in wasm32.
//!
//! The two do the same, and tests hold them against each other. RSA exists natively only: in wasm32
//! there is no implementation whose private operations are known to be safe, so it neither signs,
//! verifies, encrypts nor decrypts there. ML-KEM keys are expanded from their seeds by RustCrypto
//! on both sides, because AWS-LC's Rust interface reads expanded keys only.
//!
//! No secret leaves this module in the clear but as octets that wipe themselves. Randomness for
//! keys is always the caller's; where AWS-LC insists on its own source for something else, the
//! function says so.

#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
mod composite;
mod ed25519;
mod ml_kem_seed;
#[cfg(any(target_arch = "wasm32", test))]
mod rustcrypto;
mod spki;

#[cfg(not(target_arch = "wasm32"))]
use aws_lc as chosen;
#[cfg(target_arch = "wasm32")]
use rustcrypto as chosen;

use zeroize::Zeroizing;

pub(crate) use chosen::{Agreement, Decapsulation, RsaDecryption, Signer, encapsulate, rsa};
pub(crate) use composite::{COMPOSITE_SEED_OCTETS, Composite, composite_encapsulate};
pub(crate) use ml_kem_seed::expanded as expanded_ml_kem;
pub(crate) use spki::{PublicKey, spki_der};

use crate::policy::{KeyKind, SignatureAlgorithm};

/// An uncompressed point on P-256 (SEC 1 §2.3.3).
pub(crate) type Point = [u8; 65];
/// d and z of FIPS 203 §7.1.
pub(crate) type MlKemSeed = [u8; 64];
/// The secret that ML-KEM and the composite give.
pub(crate) type KemSecret = Zeroizing<[u8; 32]>;

/// Where two parties agree on a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    X25519,
}

impl Curve {
    pub(crate) const fn kind(self) -> KeyKind {
        match self {
            Self::P256 => KeyKind::P256,
            Self::P384 => KeyKind::P384,
            Self::X25519 => KeyKind::X25519,
        }
    }

    pub(crate) const fn secret_octets(self) -> usize {
        match self {
            Self::P256 | Self::X25519 => 32,
            Self::P384 => 48,
        }
    }

    /// Whether octets have the form of a public key: whether it is on the curve, the back-end says.
    /// [CMS-202]
    fn has_form(self, public: &[u8]) -> bool {
        self.kind().octets() == Some(public.len()) && (self == Self::X25519 || public[0] == 4)
    }
}

/// A parameter set of FIPS 203.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MlKem {
    MlKem768,
    MlKem1024,
}

impl MlKem {
    pub(crate) const fn kind(self) -> KeyKind {
        match self {
            Self::MlKem768 => KeyKind::MlKem768,
            Self::MlKem1024 => KeyKind::MlKem1024,
        }
    }

    pub(crate) const fn ciphertext_octets(self) -> usize {
        match self {
            Self::MlKem768 => 1088,
            Self::MlKem1024 => 1568,
        }
    }
}

/// Whether `signature` is one by the holder of `spki_der` over `message`. [CMS-103]
///
/// The key must be of the kind that the algorithm names; ECDSA signatures are strict DER, Ed25519
/// is judged as RFC 8032 §5.1.7 says with small and non-canonical keys refused. RSA never verifies
/// in wasm32.
pub(crate) fn verify(
    algorithm: SignatureAlgorithm,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    verify_by(chosen::verify, algorithm, spki_der, message, signature)
}

pub(crate) type Verify = fn(SignatureAlgorithm, &[u8], &[u8], &[u8]) -> bool;

fn verify_by(
    verify: Verify,
    algorithm: SignatureAlgorithm,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let Some(key) = PublicKey::read(spki_der).filter(|key| key.may_verify(algorithm)) else {
        return false;
    };
    if algorithm == SignatureAlgorithm::Ed25519 && !ed25519::is_strict(key.octets, signature) {
        return false;
    }
    verify(algorithm, key.octets, message, signature)
}

#[cfg(test)]
pub(crate) mod each;
#[cfg(all(test, not(target_arch = "wasm32")))] // they compare two back-ends
mod tests;
