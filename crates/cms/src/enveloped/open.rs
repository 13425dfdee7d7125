//! Opening AuthEnvelopedData: find the slot, ask the key's holder, unwrap, authenticate, decrypt.

use core::ops::Range;

use zeroize::Zeroizing;

use super::walk::Skeleton;
use super::{
    ContentAlgorithm, ContentKey, KeyAnswer, KeyEncryptionKey, KeyRequest, OpenError, Password,
    RecipientIdView, Slot, recipients,
};
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::gcm::{self, TAG_OCTETS};
use crate::policy::KeyEstablishment;
use crate::tlv::{self, malformed};

/// A message in memory: its form is checked, its content is not.
pub struct AuthEnveloped<'a> {
    octets: &'a [u8],
    skeleton: Skeleton<'a>,
    tag: &'a [u8; TAG_OCTETS],
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

    /// How the content is encrypted.
    #[must_use]
    pub fn content_algorithm(&self) -> ContentAlgorithm {
        self.skeleton.content.algorithm()
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

    /// How holders of certificates' keys come to the content key, in the order of the message;
    /// nothing where a slot is for somebody else.
    #[must_use]
    pub fn establishments(&self) -> Vec<Option<KeyEstablishment>> {
        self.skeleton.slots.iter().map(Slot::establishment).collect()
    }

    /// The question for the holder of this certificate's key, if a slot is for it.
    #[must_use]
    pub fn key_request(&self, certificate: &Certificate) -> Option<KeyRequest> {
        recipients::key_request(&self.skeleton.slots, certificate, self.content_algorithm())
    }

    /// Unwraps the content key with the answer. [CMS-146]
    pub fn content_key(
        &self,
        request: KeyRequest,
        answer: KeyAnswer,
    ) -> Result<ContentKey, OpenError> {
        recipients::content_key(&request, &answer)
    }

    /// Unwraps the content key with a key of this name.
    pub fn content_key_from_kek(
        &self,
        id: &[u8],
        kek: &KeyEncryptionKey,
    ) -> Result<ContentKey, OpenError> {
        recipients::content_key_from_kek(&self.skeleton.slots, id, kek)
    }

    /// Unwraps the content key with a password. Takes about as many seconds as there are slots for
    /// one, at most [`crate::limits::PASSWORD_RECIPIENTS_MAX`].
    pub fn content_key_from_password(&self, password: &Password) -> Result<ContentKey, OpenError> {
        recipients::content_key_from_password(&self.skeleton.slots, password)
    }

    /// Authenticates all of the content, then decrypts it.
    pub fn open(&self, key: &ContentKey) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let ciphertext = &self.octets[self.ciphertext()];
        let content = &self.skeleton.content;
        let key = content.key(key).ok_or(OpenError::Unauthentic)?;
        let opened = gcm::open_detached(key.as_aes(), &content.iv(), &[], ciphertext, self.tag);
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
