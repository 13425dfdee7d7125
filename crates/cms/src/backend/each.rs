//! The back-ends one by one, for tests that hold all of them against the same vectors. In wasm32 there
//! is one, and it computes with other word sizes than on the machine of its authors.

use super::*;

/// Every [`verify`] there is, with the checks that all share.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) const VERIFIERS: [Verify; 2] = [
    |algorithm, spki, message, signature| {
        verify_by(aws_lc::verify, algorithm, spki, message, signature)
    },
    |algorithm, spki, message, signature| {
        verify_by(rustcrypto::verify, algorithm, spki, message, signature)
    },
];
#[cfg(target_arch = "wasm32")]
pub(crate) const VERIFIERS: [Verify; 1] = [verify];

pub(crate) fn portable_agreement(curve: Curve, secret: &[u8]) -> rustcrypto::Agreement {
    rustcrypto::Agreement::new(curve, secret).unwrap()
}

pub(crate) fn portable_decapsulation(kem: MlKem, seed: &MlKemSeed) -> rustcrypto::Decapsulation {
    rustcrypto::Decapsulation::new(kem, seed).unwrap()
}

pub(crate) fn portable_encapsulate(
    kem: MlKem,
    public: &[u8],
    rng: &mut dyn crate::CryptoRng,
) -> Option<(Vec<u8>, KemSecret)> {
    rustcrypto::encapsulate(kem, public, rng)
}

pub(crate) fn portable_ml_dsa(seed: &[u8; 32]) -> rustcrypto::Signer {
    rustcrypto::Signer::ml_dsa_65(seed).unwrap()
}
