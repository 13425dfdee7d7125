//! P-256, P-384, RSA and ML-DSA-65 by AWS-LC.

use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey as UnparsedPoint};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, ML_DSA_65, ML_DSA_65_SIGNING,
    PqdsaKeyPair, UnparsedPublicKey,
};
use zeroize::Zeroizing;

use super::{Point, point_of, public_key_octets};
use crate::attributes::{EC_PUBLIC_KEY, ObjectIdentifier};
use crate::ml_dsa::{PUBLIC_KEY_OCTETS, SEED_OCTETS, SIGNATURE_OCTETS};
use crate::policy::SignatureAlgorithm;

/// A P-256 key that signs.
pub(crate) struct Signer(EcdsaKeyPair);

impl Signer {
    /// `None` if the number is not between 1 and the order or the point is not its own.
    pub(crate) fn new(scalar: &[u8; 32], point: &Point) -> Option<Self> {
        EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            scalar,
            point,
        )
        .ok()
        .map(Self)
    }

    /// DER ECDSA-SHA256. The nonce is AWS-LC's own: made from key, message and its random source.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0
            .sign(&SystemRandom::new(), message)
            .expect("AWS-LC signs with a key that it has checked")
            .as_ref()
            .to_vec()
    }
}

/// A P-256 key that agrees on shared secrets.
pub(crate) struct Agreement {
    private: PrivateKey,
    point: Point,
}

impl Agreement {
    /// `None` if the number is not between 1 and the order.
    pub(crate) fn new(scalar: &[u8; 32]) -> Option<Self> {
        let private = PrivateKey::from_private_key(&ECDH_P256, scalar).ok()?;
        let point = private.compute_public_key().ok()?.as_ref().try_into().ok()?;
        Some(Self { private, point })
    }

    pub(crate) fn point(&self) -> &Point {
        &self.point
    }

    /// The x coordinate both sides arrive at (SEC 1 §3.3.1); `None` if the point is not on the curve.
    pub(crate) fn agree(&self, peer: &Point) -> Option<Zeroizing<[u8; 32]>> {
        let peer = UnparsedPoint::new(&ECDH_P256, peer);
        agreement::agree(&self.private, peer, (), |secret| {
            let mut x = Zeroizing::new([0; 32]);
            if secret.len() != x.len() {
                return Err(());
            }
            x.copy_from_slice(secret);
            Ok(x)
        })
        .ok()
    }
}

/// An ML-DSA-65 key that signs.
pub(crate) struct LatticeSigner(PqdsaKeyPair);

impl LatticeSigner {
    /// The key of a seed, and its public half.
    pub(crate) fn new(seed: &[u8; SEED_OCTETS]) -> (Self, Box<[u8; PUBLIC_KEY_OCTETS]>) {
        let pair = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, seed)
            .expect("any 32 octets are the seed of a key");
        let public = Box::<[u8]>::from(pair.public_key().as_ref())
            .try_into()
            .expect("AWS-LC writes keys of the size of FIPS 204");
        (Self(pair), public)
    }

    /// The pure form with an empty context, hedged with AWS-LC's random source.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; SIGNATURE_OCTETS];
        self.0.sign(message, &mut signature).expect("AWS-LC signs with a key that it made");
        signature
    }
}

pub(crate) fn verify_lattice(
    public: &[u8; PUBLIC_KEY_OCTETS],
    message: &[u8],
    signature: &[u8],
) -> bool {
    UnparsedPublicKey::new(&ML_DSA_65, public).verify(message, signature).is_ok()
}

pub(super) fn verify(
    algorithm: SignatureAlgorithm,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => point_of(spki_der).is_some_and(|point| {
            UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point)
                .verify(message, signature)
                .is_ok()
        }),
        SignatureAlgorithm::EcdsaP384Sha384 => {
            let key = public_key_octets(spki_der, &[EC_PUBLIC_KEY, SECP384R1]);
            key.filter(|point| point.len() == 97 && point[0] == 4).is_some_and(|point| {
                UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_ASN1, point)
                    .verify(message, signature)
                    .is_ok()
            })
        }
        SignatureAlgorithm::RsaPkcs1Sha256 => {
            verify_rsa(&signature::RSA_PKCS1_2048_8192_SHA256, spki_der, message, signature)
        }
        SignatureAlgorithm::RsaPkcs1Sha384 => {
            verify_rsa(&signature::RSA_PKCS1_2048_8192_SHA384, spki_der, message, signature)
        }
        SignatureAlgorithm::RsaPkcs1Sha512 => {
            verify_rsa(&signature::RSA_PKCS1_2048_8192_SHA512, spki_der, message, signature)
        }
        SignatureAlgorithm::RsaPssSha256 => {
            verify_rsa(&signature::RSA_PSS_2048_8192_SHA256, spki_der, message, signature)
        }
    }
}

fn verify_rsa(
    scheme: &'static signature::RsaParameters,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    public_key_octets(spki_der, &[RSA_ENCRYPTION])
        .is_some_and(|key| UnparsedPublicKey::new(scheme, key).verify(message, signature).is_ok())
}

const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
