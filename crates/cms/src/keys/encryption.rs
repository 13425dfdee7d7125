//! Public halves, to seal to.

use super::{DecryptionKey, DecryptionScheme, KeyError, KeyQuestion, SecretOctets};
use crate::CryptoRng;
use crate::backend::{self, MlKem, PublicKey, rsa};
use crate::policy::KeyKind;

/// The public half of somebody's [`DecryptionKey`], as a certificate shows it. Whether the
/// certificate counts is for the caller to have verified.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptionKey {
    kind: KeyKind,
    spki_der: Vec<u8>,
    octets: Vec<u8>,
}

/// A fresh secret that only the other side will have too.
pub struct Established {
    /// What the other side needs for it: an ephemeral public key or a ciphertext.
    pub public: Vec<u8>,
    /// The secret: an x coordinate, or what a KEM gives.
    pub secret: SecretOctets,
}

impl EncryptionKey {
    /// Reads a SubjectPublicKeyInfo.
    pub fn from_spki_der(spki_der: &[u8]) -> Result<Self, KeyError> {
        let key = PublicKey::read(spki_der).ok_or(KeyError::Malformed)?;
        if !key.kind.agrees() && !key.kind.enciphers() {
            return Err(KeyError::OtherKind);
        }
        let (kind, octets) = (key.kind, key.octets.to_vec());
        Ok(Self { kind, spki_der: spki_der.to_vec(), octets })
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Establishes a secret: with a fresh ephemeral key on the same curve, or by encapsulation. RSA
    /// transports keys instead of establishing secrets: [`KeyError::OtherKind`].
    ///
    /// Ephemeral keys are from the given random source. Natively AWS-LC draws the randomness of
    /// ML-KEM's encapsulation from its own.
    pub fn establish(&self, rng: &mut dyn CryptoRng) -> Result<Established, KeyError> {
        let curve = |scheme, rng: &mut dyn CryptoRng| {
            let ephemeral = DecryptionKey::generate_for(scheme, rng)?;
            let secret = ephemeral.answer_question(KeyQuestion::Agree { peer: &self.octets })?;
            let spki_der = ephemeral.spki_der();
            let public = PublicKey::read(&spki_der).ok_or(KeyError::Malformed)?.octets.to_vec();
            Ok(Established { public, secret })
        };
        let encapsulated = match self.kind {
            KeyKind::P256 => return curve(DecryptionScheme::P256, rng),
            KeyKind::P384 => return curve(DecryptionScheme::P384, rng),
            KeyKind::X25519 => return curve(DecryptionScheme::X25519, rng),
            KeyKind::MlKem768 => backend::encapsulate(MlKem::MlKem768, &self.octets, rng),
            KeyKind::MlKem1024 => backend::encapsulate(MlKem::MlKem1024, &self.octets, rng),
            KeyKind::MlKem768X25519 => backend::composite_encapsulate(&self.octets, rng),
            _ => return Err(KeyError::OtherKind),
        };
        let (public, secret) = encapsulated.ok_or(KeyError::PeerKey)?;
        let secret = SecretOctets::from_octets(secret.to_vec().into());
        Ok(Established { public, secret })
    }

    /// Transports a key with RSAES-OAEP, SHA-256 and MGF1 with SHA-256 (RFC 8017 §7.1). AWS-LC draws
    /// the seed from its own random source.
    pub fn encrypt_oaep(&self, key: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.check_rsa()?;
        rsa::encrypt_oaep(&self.spki_der, key).ok_or(KeyError::PeerKey)
    }

    /// Transports a key with RSAES-PKCS1-v1_5 (RFC 8017 §7.2), for nobody who reads anything else.
    /// The policy of this release lists it for reading only. AWS-LC draws the padding from its own
    /// random source.
    pub fn encrypt_pkcs1(&self, key: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.check_rsa()?;
        rsa::encrypt_pkcs1(&self.spki_der, key).ok_or(KeyError::PeerKey)
    }

    fn check_rsa(&self) -> Result<(), KeyError> {
        match self.kind {
            KeyKind::Rsa { .. } if cfg!(target_arch = "wasm32") => Err(KeyError::Unavailable),
            KeyKind::Rsa { .. } => Ok(()),
            _ => Err(KeyError::OtherKind),
        }
    }
}
