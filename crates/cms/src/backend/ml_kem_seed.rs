//! ML-KEM keys out of their seeds (FIPS 203 §7.1, ML-KEM.KeyGen_internal).

#[allow(deprecated)] // Its author prefers seeds as well; AWS-LC reads this form alone.
use ml_kem::ExpandedKeyEncoding as _;
use ml_kem::kem::KeyExport as _;
use ml_kem::{DecapsulationKey, MlKem768, MlKem1024};
use zeroize::{Zeroize as _, Zeroizing};

use super::{MlKem, MlKemSeed};

/// The expanded private key and the public key of a seed.
#[allow(deprecated)]
pub(crate) fn expanded(kem: MlKem, seed: &MlKemSeed) -> (Zeroizing<Vec<u8>>, Vec<u8>) {
    let mut seed = ml_kem::Seed::from(*seed);
    let pair = match kem {
        MlKem::MlKem768 => {
            let key = DecapsulationKey::<MlKem768>::from_seed(seed);
            let mut octets = key.to_expanded_bytes();
            let secret = Zeroizing::new(octets.to_vec());
            octets.zeroize();
            (secret, key.encapsulation_key().to_bytes().to_vec())
        }
        MlKem::MlKem1024 => {
            let key = DecapsulationKey::<MlKem1024>::from_seed(seed);
            let mut octets = key.to_expanded_bytes();
            let secret = Zeroizing::new(octets.to_vec());
            octets.zeroize();
            (secret, key.encapsulation_key().to_bytes().to_vec())
        }
    };
    seed.zeroize();
    pair
}
