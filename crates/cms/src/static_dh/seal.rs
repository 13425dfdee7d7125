//! Writing: the sender's key is asked once for each recipient, then the message is made.

use super::content::ContentParameters;
use super::form;
use crate::CryptoRng;
use crate::backend::PublicKey;
use crate::certificate::{Certificate, KeyPurpose};
use crate::enveloped::{ContentKey, FIXED_UKM_OCTETS, KeyAnswer, SealError, write_fixed};
use crate::keys::KeyQuestion;
use crate::limits;
use crate::policy::{Choice, KeyKind, SuiteId};
use crate::tlv;

/// What the sender's key is asked before a message can be made.
pub struct SealRequest {
    sender: Certificate,
    recipients: Vec<Certificate>,
    /// The recipients' public keys, in their order.
    peers: Vec<Vec<u8>>,
}

impl SealRequest {
    /// Begins a message from the holder of `sender` to the holders of `recipients`, all of them
    /// certificates for encryption with X25519 keys. `choice` is the word of the policy that this
    /// suite counts today. [CMS-243]
    pub fn new(
        choice: &Choice,
        sender: &Certificate,
        recipients: &[&Certificate],
    ) -> Result<Self, SealError> {
        check_suite(choice)?;
        if !has_fixed_key(sender) {
            return Err(SealError::SenderKey);
        }
        if recipients.is_empty() {
            return Err(SealError::NoRecipient);
        }
        if recipients.len() > limits::RECIPIENTS_MAX {
            return Err(SealError::TooManyRecipients);
        }
        let peers = recipients.iter().map(|one| public_key(one).ok_or(SealError::RecipientKey));
        Ok(Self {
            sender: sender.clone(),
            peers: peers.collect::<Result<_, _>>()?,
            recipients: recipients.iter().map(|one| (*one).clone()).collect(),
        })
    }

    /// What the sender's key is asked, one question for each recipient.
    pub fn questions(&self) -> impl Iterator<Item = KeyQuestion<'_>> {
        self.peers.iter().map(|peer| KeyQuestion::Agree { peer })
    }

    /// Makes the message, with one answer for each question, under a content key that was never used.
    /// The sender's certificate is inside, so that a reader finds his key.
    pub fn seal(
        self,
        answers: &[KeyAnswer],
        content_key: &ContentKey,
        plaintext: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        if answers.len() != self.peers.len() {
            return Err(SealError::SenderKey);
        }
        let mut ukm = [0; FIXED_UKM_OCTETS];
        rng.fill_bytes(&mut ukm);
        let recipients: Vec<&Certificate> = self.recipients.iter().collect();
        let info = write_fixed(&self.sender, &recipients, answers, &ukm, content_key)?;
        let content = ContentParameters::fresh(rng);
        let infos = tlv::element(tlv::SET, &info);
        form::write(Some(&self.sender), &infos, &content, content_key, plaintext)
    }
}

/// Whether the policy has chosen this suite.
pub(super) fn check_suite(choice: &Choice) -> Result<(), SealError> {
    match choice.suite.id {
        SuiteId::StaticDhCbcHmac => Ok(()),
        _ => Err(SealError::OtherSuite),
    }
}

/// The X25519 key of a certificate for encryption.
pub(super) fn public_key(certificate: &Certificate) -> Option<Vec<u8>> {
    let spki_der = certificate.spki_der();
    let key = PublicKey::read(&spki_der)?.octets.to_vec();
    has_fixed_key(certificate).then_some(key)
}

fn has_fixed_key(certificate: &Certificate) -> bool {
    certificate.key_kind() == Some(KeyKind::X25519) && certificate.allows(KeyPurpose::Encryption)
}
