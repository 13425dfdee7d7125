//! The same content under a key-encryption key that whoever shall read it puts together himself
//! (RFC 5652 §6.2.3): a body that lies locked until its recipient accepts it.

use zeroize::Zeroizing;

use super::content::ContentParameters;
use super::form::{self, Form};
use super::seal::check_suite;
use crate::CryptoRng;
use crate::decode::DecodeError;
use crate::enveloped::{
    ContentKey, KeyEncryptionKey, OpenError, RecipientSlot, SealError, Slot, content_key_from_kek,
    read_slots, recipient_infos,
};
use crate::policy::Choice;

/// Seals a content under a fresh content key, and that one under `kek`, which `id` names. `choice` is
/// the word of the policy that this suite counts today.
pub fn seal_locked(
    choice: &Choice,
    id: &[u8],
    kek: &KeyEncryptionKey,
    plaintext: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    check_suite(choice)?;
    let content_key = ContentKey::generate(rng);
    let slot = RecipientSlot::KeyEncryption { id, kek };
    let infos = recipient_infos(&[slot], &content_key, rng)?;
    let content = ContentParameters::fresh(rng);
    form::write(None, &infos.der, &content, &content_key, plaintext)
}

/// A message in memory: its form is checked, its content is not.
pub struct LockedMessage<'a> {
    slots: Vec<Slot<'a>>,
    form: Form<'a>,
}

impl<'a> LockedMessage<'a> {
    /// Reads a whole message in strict DER.
    pub fn from_der(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let form = Form::from_der(octets)?;
        Ok(Self { slots: read_slots(form.infos)?, form })
    }

    /// How many keys can open it.
    #[must_use]
    pub fn recipient_count(&self) -> usize {
        self.slots.len()
    }

    /// Holds the code over all of the ciphertext, then decrypts.
    pub fn open(&self, id: &[u8], kek: &KeyEncryptionKey) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let content_key = content_key_from_kek(&self.slots, id, kek)?;
        self.form.content.decrypt(&content_key, self.form.ciphertext, self.form.code)
    }
}
