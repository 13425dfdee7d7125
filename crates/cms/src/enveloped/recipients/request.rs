//! Asking whoever can unwrap a content key, and what the answer gives.

use zeroize::Zeroizing;

use super::{Derivation, HeldKey, Slot, agreement, kem, wrap};
use crate::certificate::Certificate;
use crate::enveloped::{ContentAlgorithm, ContentKey, KeyEncryptionKey, OpenError, Password};
use crate::keys::KeyQuestion;
use crate::policy::{ContentEncryption, KeyEstablishment};

/// A question to whoever holds the key of a certificate: see [`KeyRequest::question`].
pub struct KeyRequest {
    establishment: KeyEstablishment,
    /// An ephemeral public key, an encapsulation, or an encrypted content key.
    asked: Vec<u8>,
    /// How the answer unwraps the content key; nothing if it is that key.
    wrapped: Option<(Derivation, Vec<u8>)>,
    /// Octets of the content key.
    key_octets: usize,
}

impl KeyRequest {
    /// Of an agreement with this fixed X25519 key.
    pub(super) fn agreed(peer: &[u8], derivation: Derivation, wrapped: &[u8]) -> Self {
        Self {
            establishment: KeyEstablishment::X25519,
            asked: peer.to_vec(),
            wrapped: Some((derivation, wrapped.to_vec())),
            key_octets: ContentEncryption::Aes256Cbc.key_octets(),
        }
    }

    /// What the holder is asked.
    #[must_use]
    pub fn question(&self) -> KeyQuestion<'_> {
        match self.establishment {
            KeyEstablishment::EcdhP256 | KeyEstablishment::EcdhP384 | KeyEstablishment::X25519 => {
                KeyQuestion::Agree { peer: &self.asked }
            }
            KeyEstablishment::MlKem768
            | KeyEstablishment::MlKem1024
            | KeyEstablishment::MlKem768X25519 => {
                KeyQuestion::Decapsulate { ciphertext: &self.asked }
            }
            KeyEstablishment::RsaOaepSha256 => KeyQuestion::DecryptOaep { ciphertext: &self.asked },
            KeyEstablishment::RsaPkcs1 => {
                KeyQuestion::DecryptPkcs1 { ciphertext: &self.asked, octets: self.key_octets }
            }
        }
    }

    /// How the key was established: for [`crate::policy::AlgorithmPolicy::check_establishment`].
    #[must_use]
    pub fn establishment(&self) -> KeyEstablishment {
        self.establishment
    }
}

/// The answer: a shared secret, or the content key itself. Wiped on drop.
pub struct KeyAnswer(pub(super) Zeroizing<Vec<u8>>);

impl KeyAnswer {
    /// From the x coordinate that a card or token computed (SEC 1 §3.3.1).
    #[must_use]
    pub fn from_shared_secret(x: [u8; 32]) -> Self {
        Self(Zeroizing::new(Zeroizing::new(x).to_vec()))
    }

    /// From whatever a card or token answered to [`KeyRequest::question`].
    #[must_use]
    pub fn from_octets(octets: Zeroizing<Vec<u8>>) -> Self {
        Self(octets)
    }
}

/// The question for the holder of this certificate's key, if one of these slots is for it.
pub(crate) fn key_request(
    slots: &[Slot<'_>],
    certificate: &Certificate,
    content: ContentAlgorithm,
) -> Option<KeyRequest> {
    let kind = certificate.key_kind()?;
    let held = slots.iter().find_map(|slot| match slot {
        // Another kind of key than the certificate's could not answer. [CMS-226]
        Slot::Held(held) if held.establishment.fits(kind) && held.rid.names(certificate) => {
            Some(held)
        }
        _ => None,
    })?;
    let (asked, wrapped) = match held.key {
        HeldKey::Agreed { peer, wrapping, wrapped } => {
            (peer, Some((agreement::derivation(wrapping), wrapped)))
        }
        HeldKey::Encapsulated { ciphertext, wrapping, wrapped } => {
            (ciphertext, Some((kem::derivation(wrapping), wrapped)))
        }
        HeldKey::Transported { ciphertext } => (ciphertext, None),
    };
    Some(KeyRequest {
        establishment: held.establishment,
        asked: asked.to_vec(),
        wrapped: wrapped.map(|(derivation, wrapped)| (derivation, wrapped.to_vec())),
        key_octets: content.key_octets(),
    })
}

/// Whatever is wrong with the answer looks like a wrong tag. A transported key is taken as it is:
/// if it is another one, the content's tag is what fails.
pub(crate) fn content_key(
    request: &KeyRequest,
    answer: &KeyAnswer,
) -> Result<ContentKey, OpenError> {
    match &request.wrapped {
        Some((derivation, wrapped)) => wrap::unwrap(&derivation.kek(&answer.0), wrapped),
        None => ContentKey::from_octets(&answer.0).ok_or(OpenError::Unauthentic),
    }
}

pub(crate) fn content_key_from_kek(
    slots: &[Slot<'_>],
    id: &[u8],
    kek: &KeyEncryptionKey,
) -> Result<ContentKey, OpenError> {
    let wrapped = slots.iter().find_map(|slot| match slot {
        Slot::Shared { id: named, wrapped } if *named == id => Some(*wrapped),
        _ => None,
    });
    wrap::unwrap(kek.expose(), wrapped.ok_or(OpenError::NotForThisKey)?)
}

/// Tries the password with every slot for one: nothing in them says which password it is.
pub(crate) fn content_key_from_password(
    slots: &[Slot<'_>],
    password: &Password,
) -> Result<ContentKey, OpenError> {
    let mut wrong = OpenError::NotForThisKey;
    for slot in slots {
        if let Slot::Password(slot) = slot {
            if let Some(key) = slot.unwrap(password) {
                return Ok(key);
            }
            wrong = OpenError::Unauthentic;
        }
    }
    Err(wrong)
}
