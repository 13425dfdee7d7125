//! ML-KEM (FIPS 203).

use ml_kem::kem::{Decapsulate as _, Encapsulate as _};
use ml_kem::{DecapsulationKey, EncapsulationKey, MlKem768, MlKem1024};
use zeroize::{Zeroize as _, Zeroizing};

use crate::CryptoRng;
use crate::backend::{KemSecret, MlKem, MlKemSeed, expanded_ml_kem};

/// A key that opens what was encapsulated for it.
pub(crate) struct Decapsulation {
    key: Key,
    public: Vec<u8>,
}

enum Key {
    MlKem768(Box<DecapsulationKey<MlKem768>>),
    MlKem1024(Box<DecapsulationKey<MlKem1024>>),
}

impl Decapsulation {
    pub(crate) fn new(kem: MlKem, seed: &MlKemSeed) -> Option<Self> {
        let (_, public) = expanded_ml_kem(kem, seed);
        let mut seed = ml_kem::Seed::from(*seed);
        let key = match kem {
            MlKem::MlKem768 => Key::MlKem768(Box::new(DecapsulationKey::from_seed(seed))),
            MlKem::MlKem1024 => Key::MlKem1024(Box::new(DecapsulationKey::from_seed(seed))),
        };
        seed.zeroize();
        Some(Self { key, public })
    }

    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// `None` only if the length is wrong: a ciphertext that was changed gives another secret
    /// (FIPS 203 §6.3, implicit rejection).
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Option<KemSecret> {
        let secret = match &self.key {
            Key::MlKem768(key) => key.decapsulate(&ciphertext.try_into().ok()?),
            Key::MlKem1024(key) => key.decapsulate(&ciphertext.try_into().ok()?),
        };
        Some(kem_secret(secret.into()))
    }
}

/// A fresh secret for the holder of a public key: ciphertext and secret; `None` if it is no public
/// key (FIPS 203 §7.2, length and modulus).
pub(crate) fn encapsulate(
    kem: MlKem,
    public: &[u8],
    mut rng: &mut dyn CryptoRng,
) -> Option<(Vec<u8>, KemSecret)> {
    Some(match kem {
        MlKem::MlKem768 => {
            let key = EncapsulationKey::<MlKem768>::new(&public.try_into().ok()?).ok()?;
            let (ciphertext, secret) = key.encapsulate_with_rng(&mut rng);
            (ciphertext.to_vec(), kem_secret(secret.into()))
        }
        MlKem::MlKem1024 => {
            let key = EncapsulationKey::<MlKem1024>::new(&public.try_into().ok()?).ok()?;
            let (ciphertext, secret) = key.encapsulate_with_rng(&mut rng);
            (ciphertext.to_vec(), kem_secret(secret.into()))
        }
    })
}

fn kem_secret(mut octets: [u8; 32]) -> KemSecret {
    let secret = Zeroizing::new(octets);
    octets.zeroize();
    secret
}
