//! Keys that open, of all kinds, and the public halves that others seal to.

use zeroize::Zeroizing;

use super::pkcs8::{self, PrivateKey};
use super::signing::refusal;
use super::{AgreementKey, KeyError, random};
use crate::CryptoRng;
use crate::backend::{
    self, Agreement, COMPOSITE_SEED_OCTETS, Composite, Curve, Decapsulation, MlKem, MlKemSeed,
    PublicKey, RsaDecryption, rsa,
};
use crate::enveloped::{KeyAnswer, KeyRequest};
use crate::limits;
use crate::policy::KeyKind;

/// Kinds of decryption keys that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecryptionScheme {
    /// ECDH on P-256.
    P256,
    /// ECDH on P-384.
    P384,
    /// X25519 (RFC 7748).
    X25519,
    /// RSA with 3072 bits. Not in wasm32.
    Rsa3072,
    /// RSA with 4096 bits. Not in wasm32.
    Rsa4096,
    /// ML-KEM-768 (FIPS 203).
    MlKem768,
    /// ML-KEM-1024 (FIPS 203).
    MlKem1024,
    /// ML-KEM-768 and X25519 side by side (draft-ietf-lamps-pq-composite-kem).
    MlKem768X25519,
}

/// Octets that nobody else may know: a shared secret, or a key that was transported. Wiped on drop.
///
/// ```compile_fail,E0277
/// fn show(secret: &sealpost_cms::keys::SecretOctets) -> String { format!("{secret:?}") }
/// ```
/// ```
/// fn use_it(secret: &sealpost_cms::keys::SecretOctets) -> usize { secret.expose().len() }
/// ```
pub struct SecretOctets(Zeroizing<Vec<u8>>);

impl SecretOctets {
    /// From octets that a card or token computed.
    #[must_use]
    pub fn from_octets(octets: Zeroizing<Vec<u8>>) -> Self {
        Self(octets)
    }

    /// The octets. Whoever has them can read what hangs on them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn into_octets(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// What a holder of a decryption key is asked for one recipient slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyQuestion<'a> {
    /// Agree with this ephemeral public key: an uncompressed point or 32 octets of X25519.
    Agree {
        /// The sender's ephemeral public key.
        peer: &'a [u8],
    },
    /// Decapsulate this ciphertext of ML-KEM or the composite.
    Decapsulate {
        /// The ciphertext.
        ciphertext: &'a [u8],
    },
    /// Decrypt with RSAES-OAEP, SHA-256 and MGF1 with SHA-256.
    DecryptOaep {
        /// The ciphertext.
        ciphertext: &'a [u8],
    },
    /// Decrypt a key of that length with RSAES-PKCS1-v1_5.
    DecryptPkcs1 {
        /// The ciphertext.
        ciphertext: &'a [u8],
        /// How long the key must be for the content's cipher.
        octets: usize,
    },
}

/// A key that opens.
///
/// ```compile_fail,E0308
/// fn copy(key: &sealpost_cms::keys::DecryptionKey) -> sealpost_cms::keys::DecryptionKey { key.clone() }
/// ```
/// ```
/// fn publish(key: &sealpost_cms::keys::DecryptionKey) -> Vec<u8> { key.spki_der() }
/// ```
pub struct DecryptionKey {
    kind: KeyKind,
    pkcs8: Zeroizing<Vec<u8>>,
    spki_der: Vec<u8>,
    engine: Engine,
}

enum Engine {
    Agreement(Agreement),
    Kem(Decapsulation),
    Composite(Box<Composite>),
    Rsa(RsaDecryption),
}

impl DecryptionKey {
    /// A fresh key of this kind from the given random source.
    ///
    /// RSA keys AWS-LC draws from its own source, and in wasm32 there are none:
    /// [`KeyError::Unavailable`].
    pub fn generate_for(
        scheme: DecryptionScheme,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, KeyError> {
        let kind = match scheme {
            DecryptionScheme::P256 => KeyKind::P256,
            DecryptionScheme::P384 => KeyKind::P384,
            DecryptionScheme::X25519 => KeyKind::X25519,
            DecryptionScheme::MlKem768 => KeyKind::MlKem768,
            DecryptionScheme::MlKem1024 => KeyKind::MlKem1024,
            DecryptionScheme::MlKem768X25519 => KeyKind::MlKem768X25519,
            DecryptionScheme::Rsa3072 => return Self::generate_rsa(3072),
            DecryptionScheme::Rsa4096 => return Self::generate_rsa(4096),
        };
        loop {
            let secret = random(kind, rng);
            // FIPS 186-5 §A.2.2, "rejection sampling", as for signing keys.
            if let Some(engine) = Engine::new(kind, &secret) {
                return Self::new(kind, secret, engine);
            }
        }
    }

    fn generate_rsa(bits: usize) -> Result<Self, KeyError> {
        let pkcs8 = rsa::generate(bits).ok_or(KeyError::Unavailable)?;
        Self::from_pkcs8_der(&pkcs8)
    }

    /// Reads PKCS#8 as we or OpenSSL write it, of any kind that opens. A public half or an expanded
    /// key that is present must be the secret's own. [CMS-208]
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = PrivateKey::read(der)?;
        if !key.kind.agrees() && !key.kind.enciphers() {
            return Err(KeyError::OtherKind);
        }
        let engine = Engine::new(key.kind, &key.secret).ok_or(refusal(key.kind))?;
        let stated = key.public.is_none_or(|public| public == engine.public());
        let expanded =
            key.expanded.is_none_or(|expanded| is_expanded(key.kind, &key.secret, &expanded));
        if !stated || !expanded {
            return Err(KeyError::Malformed);
        }
        Self::new(key.kind, key.secret, engine)
    }

    fn new(kind: KeyKind, secret: Zeroizing<Vec<u8>>, engine: Engine) -> Result<Self, KeyError> {
        let public = engine.public();
        let spki_der = backend::spki_der(kind, &public);
        let kind = PublicKey::read(&spki_der).ok_or(KeyError::Malformed)?.kind;
        if let KeyKind::Rsa { bits } = kind
            && !(limits::RSA_BITS_MIN..=limits::RSA_BITS_MAX).contains(&bits)
        {
            return Err(KeyError::Size);
        }
        let pkcs8 = match kind {
            KeyKind::Rsa { .. } => secret,
            _ => pkcs8::write(kind, &secret, &public),
        };
        Ok(Self { kind, pkcs8, spki_der, engine })
    }

    /// Writes PKCS#8: elliptic curves with the public half inside, ML-KEM as its seed.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.pkcs8.clone()
    }

    /// The public half as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> Vec<u8> {
        self.spki_der.clone()
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Answers for one recipient slot.
    pub fn answer(&self, request: &KeyRequest) -> Result<KeyAnswer, KeyError> {
        self.answer_question(request.question())
            .map(|secret| KeyAnswer::from_octets(secret.into_octets()))
    }

    /// Answers a question.
    ///
    /// [`KeyError::OtherKind`] if it is for another kind of key, [`KeyError::PeerKey`] if the peer's
    /// key or a ciphertext's length is impossible, [`KeyError::Ciphertext`] if OAEP finds anything
    /// wrong. A changed ciphertext of ML-KEM, the composite or PKCS#1 v1.5 is no error: it gives
    /// another secret, under which nothing opens. [CMS-209]
    pub fn answer_question(&self, question: KeyQuestion<'_>) -> Result<SecretOctets, KeyError> {
        let octets = match (&self.engine, question) {
            (Engine::Agreement(key), KeyQuestion::Agree { peer }) => {
                key.agree(peer).ok_or(KeyError::PeerKey)?
            }
            (Engine::Kem(key), KeyQuestion::Decapsulate { ciphertext }) => {
                Zeroizing::new(key.decapsulate(ciphertext).ok_or(KeyError::PeerKey)?.to_vec())
            }
            (Engine::Composite(key), KeyQuestion::Decapsulate { ciphertext }) => {
                Zeroizing::new(key.decapsulate(ciphertext).ok_or(KeyError::PeerKey)?.to_vec())
            }
            (Engine::Rsa(key), KeyQuestion::DecryptOaep { ciphertext }) => {
                key.decrypt_oaep(ciphertext).ok_or(KeyError::Ciphertext)?
            }
            (Engine::Rsa(key), KeyQuestion::DecryptPkcs1 { ciphertext, octets }) => {
                if octets > limits::TRANSPORTED_KEY_OCTETS_MAX {
                    return Err(KeyError::PeerKey);
                }
                key.decrypt_pkcs1(ciphertext, octets)
            }
            _ => return Err(KeyError::OtherKind),
        };
        Ok(SecretOctets(octets))
    }
}

impl From<AgreementKey> for DecryptionKey {
    fn from(key: AgreementKey) -> Self {
        Self::from_pkcs8_der(&key.to_pkcs8_der()).expect("what we write we read")
    }
}

impl Engine {
    fn new(kind: KeyKind, secret: &[u8]) -> Option<Self> {
        Some(match kind {
            KeyKind::P256 => Self::Agreement(Agreement::new(Curve::P256, secret)?),
            KeyKind::P384 => Self::Agreement(Agreement::new(Curve::P384, secret)?),
            KeyKind::X25519 => Self::Agreement(Agreement::new(Curve::X25519, secret)?),
            KeyKind::MlKem768 => Self::Kem(Decapsulation::new(MlKem::MlKem768, seed(secret)?)?),
            KeyKind::MlKem1024 => Self::Kem(Decapsulation::new(MlKem::MlKem1024, seed(secret)?)?),
            KeyKind::MlKem768X25519 => {
                let seed: &[u8; COMPOSITE_SEED_OCTETS] = secret.try_into().ok()?;
                Self::Composite(Box::new(Composite::new(seed)?))
            }
            KeyKind::Rsa { .. } => Self::Rsa(RsaDecryption::new(secret)?),
            KeyKind::Ed25519 | KeyKind::MlDsa65 => return None,
        })
    }

    fn public(&self) -> Vec<u8> {
        match self {
            Self::Agreement(key) => key.public().to_vec(),
            Self::Kem(key) => key.public().to_vec(),
            Self::Composite(key) => key.public(),
            Self::Rsa(key) => key.public().to_vec(),
        }
    }
}

fn seed(secret: &[u8]) -> Option<&MlKemSeed> {
    secret.try_into().ok()
}

fn is_expanded(kind: KeyKind, secret: &[u8], expanded: &[u8]) -> bool {
    let kem = match kind {
        KeyKind::MlKem768 => MlKem::MlKem768,
        KeyKind::MlKem1024 => MlKem::MlKem1024,
        _ => return false,
    };
    seed(secret)
        .is_some_and(|seed| crate::kdf::ct_eq(&backend::expanded_ml_kem(kem, seed).0, expanded))
}
