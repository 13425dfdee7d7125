//! Opening AuthEnvelopedData: find the slot, ask the key's holder, unwrap, authenticate, decrypt.

use core::ops::Range;

use aes_kw::{KeyInit, KwAes256};
use zeroize::Zeroizing;

use super::walk::{Agreed, Rid, Skeleton, Slot};
use super::{ContentKey, KeyEncryptionKey, OpenError, WRAPPED_OCTETS, shared_info};
use crate::backend::Point;
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::gcm::{self, TAG_OCTETS};
use crate::kdf::x963_sha256;
use crate::keys::KeyQuestion;
use crate::tlv::{self, malformed};

/// A message in memory: its form is checked, its content is not.
pub struct AuthEnveloped<'a> {
    octets: &'a [u8],
    skeleton: Skeleton<'a>,
    tag: &'a [u8; TAG_OCTETS],
}

/// Whom a slot is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientIdView {
    /// The holder of the certificate with this issuer and serial number, both in DER.
    IssuerSerial {
        /// The issuer's name.
        issuer_der: Vec<u8>,
        /// The serial number as a whole INTEGER.
        serial_der: Vec<u8>,
    },
    /// Everybody who knows the key with this name.
    KekId(Vec<u8>),
    /// A kind of recipient that we do not read.
    Other,
    /// The holder of the certificate with this subject key identifier.
    SubjectKeyIdentifier(Vec<u8>),
}

/// A question to whoever holds an agreement key: "agree with this point".
pub struct KeyRequest {
    point: Point,
    shared_info: Vec<u8>,
    wrapped: [u8; WRAPPED_OCTETS],
}

impl KeyRequest {
    /// The sender's ephemeral public key: an uncompressed point that claims to be on P-256.
    #[must_use]
    pub fn ephemeral_point(&self) -> &[u8; 65] {
        &self.point
    }

    /// The same in the words of all kinds of keys.
    #[must_use]
    pub fn question(&self) -> KeyQuestion<'_> {
        KeyQuestion::Agree { peer: &self.point }
    }
}

/// The answer: the shared secret of the agreement. Wiped on drop.
pub struct KeyAnswer(Zeroizing<Vec<u8>>);

impl KeyAnswer {
    /// From the x coordinate that a card or token computed (SEC 1 §3.3.1).
    #[must_use]
    pub fn from_shared_secret(x: [u8; 32]) -> Self {
        Self(Zeroizing::new(Zeroizing::new(x).to_vec()))
    }

    pub(crate) fn from_agreed(x: Zeroizing<Vec<u8>>) -> Self {
        Self(x)
    }
}

impl<'a> AuthEnveloped<'a> {
    /// Reads a whole message in strict DER. Foreign messages go through [`crate::ber::to_der`] first.
    pub fn from_der(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let skeleton = Skeleton::read(octets, octets.len() as u64)?;
        let (_, mac) = octets.split_at(octets.len() - (TAG_OCTETS + 2));
        let tag = tlv::only(mac, tlv::OCTET_STRING, "mac")?;
        let tag = tag.try_into().map_err(|_| malformed("mac"))?;
        Ok(Self { octets, skeleton, tag })
    }

    /// How many keys can open it.
    #[must_use]
    pub fn recipient_count(&self) -> usize {
        self.skeleton.slots.len()
    }

    /// Whom the slots are for, in the order of the message.
    #[must_use]
    pub fn recipients(&self) -> Vec<RecipientIdView> {
        self.skeleton.slots.iter().map(Slot::view).collect()
    }

    /// The question for the holder of this certificate's key, if a slot is for it.
    #[must_use]
    pub fn key_request(&self, certificate: &Certificate) -> Option<KeyRequest> {
        key_request(&self.skeleton.slots, certificate)
    }

    /// Unwraps the content key with the answer. [CMS-146]
    pub fn content_key(
        &self,
        request: KeyRequest,
        answer: KeyAnswer,
    ) -> Result<ContentKey, OpenError> {
        content_key(&request, &answer)
    }

    /// Unwraps the content key with a key of this name.
    pub fn content_key_from_kek(
        &self,
        id: &[u8],
        kek: &KeyEncryptionKey,
    ) -> Result<ContentKey, OpenError> {
        content_key_from_kek(&self.skeleton.slots, id, kek)
    }

    /// Authenticates all of the content, then decrypts it.
    pub fn open(&self, key: &ContentKey) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let ciphertext = &self.octets[self.ciphertext()];
        let opened =
            gcm::open_detached(key.expose(), &self.skeleton.nonce, &[], ciphertext, self.tag);
        opened.map_err(OpenError::from)
    }

    /// Where the ciphertext lies in the message.
    #[must_use]
    pub fn ciphertext(&self) -> Range<usize> {
        // Both fit: the walk has held them against the length of a slice.
        let start = self.skeleton.ciphertext_offset as usize;
        start..start + self.skeleton.ciphertext_octets as usize
    }
}

/// The question for the holder of this certificate's key, if one of these slots is for it.
pub(crate) fn key_request(slots: &[Slot<'_>], certificate: &Certificate) -> Option<KeyRequest> {
    let agreed = slots.iter().find_map(|slot| match slot {
        Slot::Agreed(agreed) if agreed.rid.names(certificate) => Some(agreed),
        _ => None,
    })?;
    Some(KeyRequest {
        point: agreed.point,
        shared_info: shared_info(agreed.wrap_algorithm, agreed.ukm),
        wrapped: *agreed.wrapped,
    })
}

pub(crate) fn content_key(
    request: &KeyRequest,
    answer: &KeyAnswer,
) -> Result<ContentKey, OpenError> {
    let kek = x963_sha256(&answer.0[..], &request.shared_info);
    unwrap(&kek, &request.wrapped)
}

pub(crate) fn content_key_from_kek(
    slots: &[Slot<'_>],
    id: &[u8],
    kek: &KeyEncryptionKey,
) -> Result<ContentKey, OpenError> {
    let wrapped = slots.iter().find_map(|slot| match slot {
        Slot::KeyEncryption { id: named, wrapped } if *named == id => Some(*wrapped),
        _ => None,
    });
    unwrap(kek.expose(), wrapped.ok_or(OpenError::NotForThisKey)?)
}

impl Slot<'_> {
    pub(crate) fn view(&self) -> RecipientIdView {
        match self {
            Self::Agreed(Agreed { rid: Rid::IssuerSerial { issuer_der, serial_der }, .. }) => {
                RecipientIdView::IssuerSerial {
                    issuer_der: issuer_der.to_vec(),
                    serial_der: serial_der.to_vec(),
                }
            }
            Self::Agreed(Agreed { rid: Rid::SubjectKeyIdentifier(id), .. }) => {
                RecipientIdView::SubjectKeyIdentifier(id.to_vec())
            }
            Self::KeyEncryption { id, .. } => RecipientIdView::KekId(id.to_vec()),
            Self::Other => RecipientIdView::Other,
        }
    }
}

impl Rid<'_> {
    fn names(&self, certificate: &Certificate) -> bool {
        match *self {
            Self::IssuerSerial { issuer_der, serial_der } => {
                certificate.serial_der() == serial_der && certificate.issuer_der() == issuer_der
            }
            Self::SubjectKeyIdentifier(id) => certificate.subject_key_identifier() == Some(id),
        }
    }
}

/// RFC 3394, with the same error as a wrong tag. [CMS-147]
fn unwrap(kek: &[u8; 32], wrapped: &[u8; WRAPPED_OCTETS]) -> Result<ContentKey, OpenError> {
    let mut key = Zeroizing::new([0; 32]);
    KwAes256::new(kek.into())
        .unwrap_key(wrapped, &mut key[..])
        .map_err(|_| OpenError::Unauthentic)?;
    Ok(ContentKey(key))
}
