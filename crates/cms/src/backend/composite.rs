//! ML-KEM-768 and X25519 side by side: id-MLKEM768-X25519-SHA3-256 of
//! draft-ietf-lamps-pq-composite-kem, which is also the combination of X-Wing.
//!
//! Whoever breaks one of the two learns nothing. Keys and ciphertexts are the plain concatenation
//! of both, ML-KEM first; the private key is the ML-KEM seed and the X25519 number.

use sha3::{Digest, Sha3_256};
use zeroize::Zeroizing;

use super::{Agreement, Curve, Decapsulation, KemSecret, MlKem, MlKemSeed, encapsulate};
use crate::CryptoRng;

/// Octets of the private key.
pub(crate) const COMPOSITE_SEED_OCTETS: usize = ML_KEM_SEED_OCTETS + 32;

/// A composite key that opens.
pub(crate) struct Composite {
    ml_kem: Decapsulation,
    x25519: Agreement,
}

impl Composite {
    pub(crate) fn new(seed: &[u8; COMPOSITE_SEED_OCTETS]) -> Option<Self> {
        let (ml_kem, x25519) = seed.split_at(ML_KEM_SEED_OCTETS);
        let mut ml_kem_seed: Zeroizing<MlKemSeed> = Zeroizing::new([0; ML_KEM_SEED_OCTETS]);
        ml_kem_seed.copy_from_slice(ml_kem);
        Some(Self {
            ml_kem: Decapsulation::new(MlKem::MlKem768, &ml_kem_seed)?,
            x25519: Agreement::new(Curve::X25519, x25519)?,
        })
    }

    pub(crate) fn public(&self) -> Vec<u8> {
        [self.ml_kem.public(), self.x25519.public()].concat()
    }

    /// `None` if the length is wrong or the X25519 half is a point of small order, which anybody
    /// can see. A ciphertext that was changed gives another secret (FIPS 203 §6.3).
    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Option<KemSecret> {
        let (ml_kem, x25519) = ciphertext.split_at_checked(MlKem::MlKem768.ciphertext_octets())?;
        let traditional = self.x25519.agree(x25519)?;
        let post_quantum = self.ml_kem.decapsulate(ml_kem)?;
        Some(combine(&post_quantum, &traditional, x25519, self.x25519.public()))
    }
}

/// A fresh secret for the holder of a composite key: ciphertext and secret.
///
/// The ephemeral X25519 key is from the given random source; for the ML-KEM half see
/// [`encapsulate`].
pub(crate) fn composite_encapsulate(
    public: &[u8],
    rng: &mut dyn CryptoRng,
) -> Option<(Vec<u8>, KemSecret)> {
    let ml_kem_octets = MlKem::MlKem768.kind().octets()?;
    let (ml_kem, x25519) = public.split_at_checked(ml_kem_octets)?;
    let mut number = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut number[..]);
    let ephemeral = Agreement::new(Curve::X25519, &number[..])?;
    let traditional = ephemeral.agree(x25519)?;
    let (mut ciphertext, post_quantum) = encapsulate(MlKem::MlKem768, ml_kem, rng)?;
    let secret = combine(&post_quantum, &traditional, ephemeral.public(), x25519);
    ciphertext.extend_from_slice(ephemeral.public());
    Some((ciphertext, secret))
}

/// draft-ietf-lamps-pq-composite-kem §3.4:
/// SHA3-256(mlkemSS || tradSS || tradCT || tradPK || Label). The ML-KEM ciphertext need not be in
/// it: nobody finds two for one secret.
fn combine(
    post_quantum: &[u8; 32],
    traditional: &[u8],
    ephemeral: &[u8],
    public: &[u8],
) -> KemSecret {
    let mut hash = Sha3_256::new();
    for part in [post_quantum, traditional, ephemeral, public, LABEL] {
        hash.update(part);
    }
    Zeroizing::new(hash.finalize().into())
}

const ML_KEM_SEED_OCTETS: usize = 64;
/// `\.//^\`, drawn by the authors of X-Wing.
const LABEL: &[u8] = &[0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c];
