//! Reading: find the recipient, ask his key with the sender's, hold the code, and only then decrypt.

use zeroize::Zeroizing;

use super::form::Form;
use super::seal::public_key;
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::enveloped::{ContentKey, FixedKeys, KeyAnswer, KeyRequest, OpenError, content_key};
use crate::tlv::malformed;

/// A message in memory: its form is checked, its content is not.
pub struct StaticMessage<'a> {
    keys: FixedKeys<'a>,
    form: Form<'a>,
}

impl<'a> StaticMessage<'a> {
    /// Reads a whole message in strict DER.
    pub fn from_der(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let form = Form::from_der(octets)?;
        let keys = FixedKeys::read(form.infos)?;
        // A certificate of somebody else beside the sender's name would be for another reader to
        // stumble over. [CMS-244]
        if form.originator.as_ref().is_some_and(|sender| !keys.is_from(sender)) {
            return Err(malformed("originatorInfo"));
        }
        Ok(Self { keys, form })
    }

    /// How many keys besides the sender's can open it.
    #[must_use]
    pub fn recipient_count(&self) -> usize {
        self.keys.count()
    }

    /// The sender's certificate, if the message holds it. Nobody has judged it yet, and the code does
    /// not cover it.
    #[must_use]
    pub fn sender(&self) -> Option<&Certificate> {
        self.form.originator.as_ref()
    }

    /// Whether the message says that it is from the holder of this certificate. It is true only if
    /// it opens with his key, and then it is from him or from the reader himself.
    #[must_use]
    pub fn is_from(&self, sender: &Certificate) -> bool {
        self.keys.is_from(sender)
    }

    /// The question for the holder of `recipient`, if the message is from `sender` to him. Whether
    /// the sender's certificate holds, the caller has judged.
    #[must_use]
    pub fn key_request(&self, sender: &Certificate, recipient: &Certificate) -> Option<KeyRequest> {
        public_key(recipient)?;
        let peer = public_key(sender).filter(|_| self.is_from(sender))?;
        self.keys.request(&peer, recipient)
    }

    /// The content key, out of the answer. Whether it is right, [`Self::open`] finds.
    pub fn content_key(
        &self,
        request: &KeyRequest,
        answer: &KeyAnswer,
    ) -> Result<ContentKey, OpenError> {
        content_key(request, answer)
    }

    /// Holds the code over all of the ciphertext, then decrypts. Of a wrong key, a changed octet and
    /// another sender's key nobody learns which it was.
    pub fn open(&self, content_key: &ContentKey) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.form.content.decrypt(content_key, self.form.ciphertext, self.form.code)
    }
}
