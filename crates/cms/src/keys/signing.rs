//! Keys that sign.

use zeroize::Zeroizing;

use super::pkcs8::{self, PrivateKey};
use super::{KeyError, random};
use crate::CryptoRng;
use crate::backend::{self, Curve, PublicKey, Signer, rsa};
use crate::limits;
use crate::policy::{KeyKind, SignatureAlgorithm};
use crate::signed::{SignatureRequest, SignatureValue};

/// Kinds of signing keys that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// ECDSA on P-256 with SHA-256.
    P256,
    /// ECDSA on P-384 with SHA-384.
    P384,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// RSA with 3072 bits: PSS unless asked otherwise. Not in wasm32.
    Rsa3072,
    /// RSA with 4096 bits: PSS unless asked otherwise. Not in wasm32.
    Rsa4096,
    /// ML-DSA-65 (FIPS 204), pure and with an empty context.
    MlDsa65,
}

/// A key that signs.
///
/// ```compile_fail,E0277
/// fn leak(key: &sealpost_cms::keys::SigningKey) -> String { format!("{key:?}") }
/// ```
/// ```
/// fn publish(key: &sealpost_cms::keys::SigningKey) -> Vec<u8> { key.spki_der() }
/// ```
pub struct SigningKey {
    pkcs8: Zeroizing<Vec<u8>>,
    spki_der: Vec<u8>,
    signer: Signer,
    algorithm: SignatureAlgorithm,
}

impl SigningKey {
    /// A fresh P-256 key from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self::generate_for(SignatureScheme::P256, rng).expect("every back-end has P-256")
    }

    /// A fresh key of this kind from the given random source.
    ///
    /// RSA keys AWS-LC draws from its own source, and in wasm32 there are none:
    /// [`KeyError::Unavailable`].
    pub fn generate_for(
        scheme: SignatureScheme,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, KeyError> {
        let kind = match scheme {
            SignatureScheme::P256 => KeyKind::P256,
            SignatureScheme::P384 => KeyKind::P384,
            SignatureScheme::Ed25519 => KeyKind::Ed25519,
            SignatureScheme::MlDsa65 => KeyKind::MlDsa65,
            SignatureScheme::Rsa3072 => return Self::generate_rsa(3072),
            SignatureScheme::Rsa4096 => return Self::generate_rsa(4096),
        };
        loop {
            let secret = random(kind, rng);
            // FIPS 186-5 §A.2.2, "rejection sampling": draws until the number lies in the
            // order's range. A seed always does.
            if let Some(signer) = signer(kind, &secret) {
                return Self::new(kind, secret, signer);
            }
        }
    }

    fn generate_rsa(bits: usize) -> Result<Self, KeyError> {
        let pkcs8 = rsa::generate(bits).ok_or(KeyError::Unavailable)?;
        Self::from_pkcs8_der(&pkcs8)
    }

    /// Reads PKCS#8 as we or OpenSSL write it, of any kind that signs. A public half or an expanded
    /// key that is present must be the secret's own. [CMS-104]
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = PrivateKey::read(der)?;
        if !key.kind.signs() {
            return Err(KeyError::OtherKind);
        }
        let signer = signer(key.kind, &key.secret).ok_or(refusal(key.kind))?;
        let stated = key.public.is_none_or(|public| public == signer.public());
        let expanded = key.expanded.is_none_or(|expanded| {
            signer.expanded_ml_dsa().is_some_and(|own| crate::kdf::ct_eq(&own, &expanded))
        });
        if !stated || !expanded {
            return Err(KeyError::Malformed);
        }
        Self::new(key.kind, key.secret, signer)
    }

    fn new(kind: KeyKind, secret: Zeroizing<Vec<u8>>, signer: Signer) -> Result<Self, KeyError> {
        let spki_der = backend::spki_der(kind, signer.public());
        let kind = PublicKey::read(&spki_der).ok_or(KeyError::Malformed)?.kind;
        // BSI TR-02102-1 §5.3.1: what signs today must hold for years. [CMS-207]
        if let KeyKind::Rsa { bits } = kind
            && !(limits::RSA_SIGNING_BITS_MIN..=limits::RSA_BITS_MAX).contains(&bits)
        {
            return Err(KeyError::Size);
        }
        let algorithm = SignatureAlgorithm::preferred_by(kind).ok_or(KeyError::OtherKind)?;
        let pkcs8 = match kind {
            KeyKind::Rsa { .. } => secret,
            _ => pkcs8::write(kind, &secret, signer.public()),
        };
        Ok(Self { pkcs8, spki_der, signer, algorithm })
    }

    /// Writes PKCS#8: elliptic curves with the public half inside, ML-DSA as its seed.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.pkcs8.clone()
    }

    /// The public half as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> Vec<u8> {
        self.spki_der.clone()
    }

    /// What it signs with unless asked for something else.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Signs what the request asks for. A request for a key of another kind gets a signature of
    /// this kind, which [`SignatureRequest::answered`] does not take.
    #[must_use]
    pub fn answer(&self, request: &SignatureRequest) -> SignatureValue {
        let octets = request.octets_to_sign();
        let signature = self.sign_with(request.algorithm(), octets);
        SignatureValue::new(signature.unwrap_or_else(|_| self.sign_raw(octets)))
    }

    /// A signature over a message with [`Self::algorithm`]: ECDSA as DER, the others as they are.
    #[must_use]
    pub fn sign_raw(&self, message: &[u8]) -> Vec<u8> {
        self.signer
            .sign(self.algorithm, message)
            .expect("the algorithm is the key's own, and the key was checked when it was made")
    }

    /// A signature over a message with an algorithm of one's choice, which must fit the key.
    pub fn sign_with(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        self.signer.sign(algorithm, message).ok_or(KeyError::OtherKind)
    }
}

fn signer(kind: KeyKind, secret: &[u8]) -> Option<Signer> {
    match kind {
        KeyKind::P256 => Signer::ec(Curve::P256, secret),
        KeyKind::P384 => Signer::ec(Curve::P384, secret),
        KeyKind::Ed25519 => Signer::ed25519(secret.try_into().ok()?),
        KeyKind::MlDsa65 => Signer::ml_dsa_65(secret.try_into().ok()?),
        KeyKind::Rsa { .. } => Signer::rsa(secret),
        _ => None,
    }
}

/// Why a key of this kind could not be made.
pub(super) fn refusal(kind: KeyKind) -> KeyError {
    let is_rsa = matches!(kind, KeyKind::Rsa { .. });
    if is_rsa && cfg!(target_arch = "wasm32") { KeyError::Unavailable } else { KeyError::Malformed }
}
