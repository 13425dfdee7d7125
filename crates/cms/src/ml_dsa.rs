//! ML-DSA-65 (FIPS 204): signatures that a quantum computer does not forge.
//!
//! The pure form with an empty context. What is signed tells its own purpose by its first octets;
//! that is the caller's business. AWS-LC natively, RustCrypto in wasm32, like everything here.

use core::fmt;

use zeroize::Zeroizing;

use crate::CryptoRng;
use crate::backend::{self, Signer, spki_der};
use crate::policy::{KeyKind, SignatureAlgorithm};

/// Octets of a public key (FIPS 204 Table 2).
pub const PUBLIC_KEY_OCTETS: usize = 1952;
/// Octets of a signature (FIPS 204 Table 2).
pub const SIGNATURE_OCTETS: usize = 3309;
/// Octets of the seed that a key is made from (FIPS 204 §6.1).
pub const SEED_OCTETS: usize = 32;

/// A key that signs. No `Debug`, no `Clone`; the seed is wiped on drop.
///
/// ```compile_fail,E0277
/// fn leak(key: &sealpost_cms::ml_dsa::SigningKey) -> String { format!("{key:?}") }
/// ```
/// ```
/// fn publish(key: &sealpost_cms::ml_dsa::SigningKey) -> Vec<u8> { key.public().octets().to_vec() }
/// ```
pub struct SigningKey {
    seed: Zeroizing<[u8; SEED_OCTETS]>,
    signer: Signer,
    public: PublicKey,
}

impl SigningKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; SEED_OCTETS]);
        rng.fill_bytes(&mut seed[..]);
        Self::from_seed(&seed)
    }

    /// The key that belongs to a seed (FIPS 204 §6.1).
    #[must_use]
    pub fn from_seed(seed: &[u8; SEED_OCTETS]) -> Self {
        let signer = Signer::ml_dsa_65(seed).expect("every seed is a key");
        let public =
            PublicKey::from_octets(signer.public()).expect("FIPS 204 Table 2 gives its size");
        Self { seed: Zeroizing::new(*seed), signer, public }
    }

    /// The seed, for whoever keeps keys under a key.
    #[must_use]
    pub const fn seed(&self) -> &Zeroizing<[u8; SEED_OCTETS]> {
        &self.seed
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs. Natively each signature of a message is another one, hedged by AWS-LC's own random
    /// source; in wasm32 it is always the same (FIPS 204 §3.4 allows both).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.signer.sign(SignatureAlgorithm::MlDsa65, message);
        signature.expect("the key is of this kind")
    }
}

/// A key that verifies.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Box<[u8; PUBLIC_KEY_OCTETS]>);

impl PublicKey {
    /// Any octets of the right length are a key (FIPS 204 §7.2).
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        <[u8; PUBLIC_KEY_OCTETS]>::try_from(octets).ok().map(|octets| Self(Box::new(octets)))
    }

    /// The octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; PUBLIC_KEY_OCTETS] {
        &self.0
    }

    /// Whether the holder of this key signed exactly this message. [TAN-010]
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let spki = spki_der(KeyKind::MlDsa65, &self.0[..]);
        backend::verify(SignatureAlgorithm::MlDsa65, &spki, message, signature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(ML-DSA-65)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;

    #[test]
    fn tan_010_a_signature_counts_for_its_message_and_key_alone() {
        let key = SigningKey::generate(&mut rng());
        let other = SigningKey::generate(&mut rng());
        let signature = key.sign(b"message");
        assert_eq!(signature.len(), SIGNATURE_OCTETS);
        assert!(key.public().verifies(b"message", &signature));
        assert!(!key.public().verifies(b"massage", &signature));
        assert!(!other.public().verifies(b"message", &signature));
        assert!(!key.public().verifies(b"message", &[&signature[..], &[0]].concat()));
        assert!(!key.public().verifies(b"message", &signature[1..]));
        for at in (0..signature.len()).step_by(97) {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert!(!key.public().verifies(b"message", &changed), "octet {at}");
        }
    }

    #[test]
    fn a_seed_is_the_whole_key() {
        let key = SigningKey::generate(&mut rng());
        let again = SigningKey::from_seed(key.seed());
        assert!(again.public() == key.public());
        assert!(key.public().verifies(b"message", &again.sign(b"message")));
        assert!(PublicKey::from_octets(key.public().octets()).is_some());
        assert!(PublicKey::from_octets(&[0; PUBLIC_KEY_OCTETS - 1]).is_none());
    }
}
