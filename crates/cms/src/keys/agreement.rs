//! P-256 keys that agree on keys.

use zeroize::Zeroizing;

use super::pkcs8::{self, PrivateKey};
use super::{KeyError, KeyQuestion, random};
use crate::CryptoRng;
use crate::backend::{self, Agreement, Curve, Point, Signer};
use crate::enveloped::{KeyAnswer, KeyRequest};
use crate::policy::{KeyKind, SignatureAlgorithm};

/// A P-256 key that agrees on keys (ECDH). For other kinds see [`super::DecryptionKey`].
///
/// ```compile_fail,E0308
/// fn copy(key: &sealpost_cms::keys::AgreementKey) -> sealpost_cms::keys::AgreementKey { key.clone() }
/// ```
/// ```
/// fn publish(key: &sealpost_cms::keys::AgreementKey) -> Vec<u8> { key.spki_der() }
/// ```
pub struct AgreementKey {
    scalar: Zeroizing<Vec<u8>>,
    point: Point,
    agreement: Agreement,
}

impl AgreementKey {
    /// A fresh key from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        // FIPS 186-5 §A.2.2, "rejection sampling", as for signing keys.
        loop {
            if let Some(key) = Self::new(random(KeyKind::P256, rng)) {
                return key;
            }
        }
    }

    /// Reads PKCS#8 as we or OpenSSL write it.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = PrivateKey::read(der)?;
        if key.kind != KeyKind::P256 {
            return Err(KeyError::OtherKind);
        }
        let stated = key.public;
        let key = Self::new(key.secret).ok_or(KeyError::Malformed)?;
        if stated.is_some_and(|stated| stated != key.point) {
            return Err(KeyError::Malformed);
        }
        Ok(key)
    }

    fn new(scalar: Zeroizing<Vec<u8>>) -> Option<Self> {
        let agreement = Agreement::new(Curve::P256, &scalar)?;
        let point = agreement.public().try_into().ok()?;
        Some(Self { scalar, point, agreement })
    }

    /// Writes PKCS#8 with the public half inside.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        pkcs8::write(KeyKind::P256, &self.scalar, &self.point)
    }

    /// The public half as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> Vec<u8> {
        backend::spki_der(KeyKind::P256, &self.point)
    }

    /// Agrees with the point in the request.
    pub fn answer(&self, request: &KeyRequest) -> Result<KeyAnswer, KeyError> {
        let KeyQuestion::Agree { peer } = request.question() else {
            return Err(KeyError::OtherKind);
        };
        let point = peer.try_into().map_err(|_| KeyError::OtherKind)?;
        self.agree(point).map(KeyAnswer::from_octets).ok_or(KeyError::PeerKey)
    }

    /// ECDSA with SHA-256, as DER: only the proof of possession in a certificate request uses it
    /// (RFC 2986 §4.2).
    #[must_use]
    pub fn sign_raw(&self, message: &[u8]) -> Vec<u8> {
        Signer::ec(Curve::P256, &self.scalar)
            .and_then(|signer| signer.sign(SignatureAlgorithm::EcdsaP256Sha256, message))
            .expect("the number was checked when the key was made")
    }

    pub(crate) fn agree(&self, peer: &Point) -> Option<Zeroizing<Vec<u8>>> {
        self.agreement.agree(peer)
    }
}
