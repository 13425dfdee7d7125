//! P-256 and ML-DSA-65 by RustCrypto, for wasm32.

use ml_dsa::{Keypair as _, MlDsa65};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use super::{Point, point_of};
use crate::ml_dsa::{PUBLIC_KEY_OCTETS, SEED_OCTETS};
use crate::policy::SignatureAlgorithm;

/// A P-256 key that signs.
pub(crate) struct Signer(SigningKey);

impl Signer {
    /// `None` if the number is not between 1 and the order or the point is not its own.
    pub(crate) fn new(scalar: &[u8; 32], point: &Point) -> Option<Self> {
        let own = Agreement::new(scalar)?;
        let key = SigningKey::from_slice(scalar).ok()?;
        (own.point() == point).then_some(Self(key))
    }

    /// DER ECDSA-SHA256 with the nonce of RFC 6979.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.0.sign(message);
        signature.as_bytes().to_vec()
    }
}

/// A P-256 key that agrees on shared secrets.
pub(crate) struct Agreement {
    secret: SecretKey,
    point: Point,
}

impl Agreement {
    /// `None` if the number is not between 1 and the order.
    pub(crate) fn new(scalar: &[u8; 32]) -> Option<Self> {
        let secret = SecretKey::from_slice(scalar).ok()?;
        let point = secret.public_key().to_sec1_point(false).as_bytes().try_into().ok()?;
        Some(Self { secret, point })
    }

    pub(crate) fn point(&self) -> &Point {
        &self.point
    }

    /// The x coordinate both sides arrive at (SEC 1 §3.3.1); `None` if the point is not on the curve.
    pub(crate) fn agree(&self, peer: &Point) -> Option<Zeroizing<[u8; 32]>> {
        let peer = PublicKey::from_sec1_bytes(peer).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), peer.as_affine());
        let mut x = Zeroizing::new([0; 32]);
        x.copy_from_slice(shared.raw_secret_bytes());
        Some(x)
    }
}

/// An ML-DSA-65 key that signs.
pub(crate) struct LatticeSigner(ml_dsa::SigningKey<MlDsa65>);

impl LatticeSigner {
    /// The key of a seed, and its public half.
    pub(crate) fn new(seed: &[u8; SEED_OCTETS]) -> (Self, Box<[u8; PUBLIC_KEY_OCTETS]>) {
        let key = ml_dsa::SigningKey::from_seed(&(*seed).into());
        let public = Box::new(key.verifying_key().encode().0);
        (Self(key), public)
    }

    /// The pure form with an empty context, deterministic.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.0.expanded_key().sign_deterministic(message, &[]);
        signature.expect("the empty context is short enough").encode().to_vec()
    }
}

pub(crate) fn verify_lattice(
    public: &[u8; PUBLIC_KEY_OCTETS],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = ml_dsa::VerifyingKey::<MlDsa65>::decode(&(*public).into());
    ml_dsa::Signature::try_from(signature)
        .is_ok_and(|signature| key.verify_with_context(message, &[], &signature))
}

pub(super) fn verify(
    algorithm: SignatureAlgorithm,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    if algorithm != SignatureAlgorithm::EcdsaP256Sha256 {
        return false;
    }
    let key = point_of(spki_der).and_then(|point| VerifyingKey::from_sec1_bytes(&point).ok());
    let signature = DerSignature::from_bytes(signature);
    matches!((key, signature), (Some(key), Ok(signature)) if key.verify(message, &signature).is_ok())
}
