//! ML-KEM (FIPS 203).

use aws_lc_rs::kem::{
    Algorithm, AlgorithmId, Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768, ML_KEM_1024,
};
use zeroize::Zeroizing;

use crate::CryptoRng;
use crate::backend::{KemSecret, MlKem, MlKemSeed, expanded_ml_kem};

/// A key that opens what was encapsulated for it.
pub(crate) struct Decapsulation {
    key: DecapsulationKey,
    public: Vec<u8>,
}

impl Decapsulation {
    pub(crate) fn new(kem: MlKem, seed: &MlKemSeed) -> Option<Self> {
        let (secret, public) = expanded_ml_kem(kem, seed);
        let key = DecapsulationKey::new(algorithm(kem), &secret).ok()?;
        Some(Self { key, public })
    }

    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// `None` only if the length is wrong: a ciphertext that was changed gives another secret
    /// (FIPS 203 §6.3, implicit rejection).
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Option<KemSecret> {
        let secret = self.key.decapsulate(Ciphertext::from(ciphertext)).ok()?;
        kem_secret(secret.as_ref())
    }
}

/// A fresh secret for the holder of a public key: ciphertext and secret; `None` if it is no public
/// key (FIPS 203 §7.2, length and modulus).
///
/// AWS-LC draws the randomness of the encapsulation from its own source; the given one is not used.
pub(crate) fn encapsulate(
    kem: MlKem,
    public: &[u8],
    _rng: &mut dyn CryptoRng,
) -> Option<(Vec<u8>, KemSecret)> {
    let key = EncapsulationKey::new(algorithm(kem), public).ok()?;
    let (ciphertext, secret) = key.encapsulate().ok()?;
    Some((ciphertext.as_ref().to_vec(), kem_secret(secret.as_ref())?))
}

fn kem_secret(octets: &[u8]) -> Option<KemSecret> {
    let mut secret = Zeroizing::new([0; 32]);
    if octets.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(octets);
    Some(secret)
}

fn algorithm(kem: MlKem) -> &'static Algorithm<AlgorithmId> {
    match kem {
        MlKem::MlKem768 => &ML_KEM_768,
        MlKem::MlKem1024 => &ML_KEM_1024,
    }
}
