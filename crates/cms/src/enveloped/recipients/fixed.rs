//! Recipients by agreement of two fixed keys: the one in the sender's certificate and the one in the
//! recipient's. X25519 with HKDF as in RFC 8418, the originator named by his certificate
//! (RFC 5652 §6.2.2), as RFC 6278 has it for other curves.

use super::wrap::{KeyWrap, has_wrapped_length, wrap};
use super::{
    Derivation, KdfKind, KeyRequest, Rid, Wrapping, agreement, read_key_agree_rid, read_rid,
    too_many,
};
use super::{KARI, write_rid};
use crate::attributes::STD_DH_HKDF_SHA256;
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::digest::DigestAlgorithm;
use crate::enveloped::{ContentKey, KeyAnswer, SealError};
use crate::gcm::AesKey;
use crate::limits;
use crate::tlv::{self, Reader, Writer, malformed};

/// Keying material of the sender. Two fixed keys agree on the same secret for ever, so this is what
/// makes the wrapping key one of the message (RFC 6278 §3: it MUST be there).
pub(crate) const UKM_OCTETS: usize = 64;

/// Wraps a content key for each recipient, with the answers of the sender's key in their order.
///
/// ```text
/// KeyAgreeRecipientInfo ::= [1] SEQUENCE { version (3), originator [0] EXPLICIT IssuerAndSerialNumber,
///     ukm [1] EXPLICIT OCTET STRING, keyEncryptionAlgorithm,
///     recipientEncryptedKeys SEQUENCE OF SEQUENCE { rid, encryptedKey } }
/// ```
pub(crate) fn write(
    sender: &Certificate,
    recipients: &[&Certificate],
    answers: &[KeyAnswer],
    ukm: &[u8; UKM_OCTETS],
    content_key: &ContentKey,
) -> Result<Vec<u8>, SealError> {
    let derivation = derivation(ukm);
    let mut encrypted_keys = Writer::new();
    for (recipient, answer) in recipients.iter().zip(answers) {
        let kek = derivation.kek(&answer.0);
        let kek = AesKey::of(&kek).ok_or(SealError::RecipientKey)?;
        encrypted_keys.nest(tlv::SEQUENCE, |one| {
            one.raw(&write_rid(recipient, false, tlv::context(0)));
            one.element(tlv::OCTET_STRING, &wrap(kek, content_key));
        });
    }
    Ok(tlv::nested(KARI, |info| {
        info.small(VERSION);
        info.nest(tlv::context(0), |originator| {
            originator.raw(&write_rid(sender, false, tlv::context_primitive(0)));
        });
        info.nest(tlv::context(1), |explicit| explicit.element(tlv::OCTET_STRING, ukm));
        info.nest(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&STD_DH_HKDF_SHA256);
            algorithm.raw(&KeyWrap::Aes256.to_der());
        });
        info.element(tlv::SEQUENCE, encrypted_keys.octets());
    }))
}

/// What a message holds for all recipients of one sender.
pub(crate) struct FixedKeys<'a> {
    originator: Rid<'a>,
    ukm: &'a [u8],
    wrapped: Vec<(Rid<'a>, &'a [u8])>,
}

impl<'a> FixedKeys<'a> {
    /// Reads the inside of recipientInfos: exactly one agreement of fixed keys, as this room writes it.
    pub(crate) fn read(recipient_infos: &'a [u8]) -> Result<Self, DecodeError> {
        let mut infos = Reader::new(recipient_infos);
        let mut fields = infos.enter(KARI, WHAT)?;
        infos.finish(WHAT)?;
        if fields.small("KeyAgreeRecipientInfo version")? != VERSION {
            return Err(malformed("KeyAgreeRecipientInfo version"));
        }
        let mut originator = fields.enter(tlv::context(0), "originator")?;
        let named = read_rid(originator.any("originator")?)?;
        originator.finish("originator")?;
        let ukm = fields.value(tlv::context(1), "ukm")?;
        let ukm = tlv::only(ukm, tlv::OCTET_STRING, "ukm")?;
        // A shorter one could repeat, and with it the wrapping key. [CMS-240]
        if ukm.len() != UKM_OCTETS {
            return Err(malformed("ukm"));
        }
        let mut algorithm = fields.enter(tlv::SEQUENCE, "keyEncryptionAlgorithm")?;
        let scheme = algorithm.oid("keyEncryptionAlgorithm")?;
        let wrap_algorithm = algorithm.tlv(tlv::SEQUENCE, "keyEncryptionAlgorithm")?;
        algorithm.finish("keyEncryptionAlgorithm")?;
        if scheme != STD_DH_HKDF_SHA256 || wrap_algorithm.octets != KeyWrap::Aes256.to_der() {
            return Err(DecodeError::Unsupported { what: "key agreement of fixed keys" });
        }
        let wrapped = read_wrapped(fields.enter(tlv::SEQUENCE, "recipientEncryptedKeys")?)?;
        fields.finish(WHAT)?;
        Ok(Self { originator: named, ukm, wrapped })
    }

    /// How many recipients can open the message.
    pub(crate) fn count(&self) -> usize {
        self.wrapped.len()
    }

    /// Whether it is this certificate that the sender's key stands in.
    pub(crate) fn is_from(&self, sender: &Certificate) -> bool {
        self.originator.names(sender)
    }

    /// The question for the key of `holder`, who is a recipient, if the message is for him.
    pub(crate) fn request(&self, sender_key: &[u8], holder: &Certificate) -> Option<KeyRequest> {
        let (_, wrapped) = self.wrapped.iter().find(|(rid, _)| rid.names(holder))?;
        Some(KeyRequest::agreed(sender_key, derivation(self.ukm), wrapped))
    }
}

fn read_wrapped<'a>(mut keys: Reader<'a>) -> Result<Vec<(Rid<'a>, &'a [u8])>, DecodeError> {
    let mut wrapped = Vec::new();
    while !keys.is_empty() {
        if wrapped.len() == limits::RECIPIENTS_MAX {
            return Err(too_many());
        }
        let mut one = keys.enter(tlv::SEQUENCE, "recipientEncryptedKeys")?;
        let rid = read_key_agree_rid(one.any("rid")?)?;
        let key = one.value(tlv::OCTET_STRING, "encryptedKey")?;
        one.finish("recipientEncryptedKeys")?;
        if !has_wrapped_length(key) {
            return Err(malformed("encryptedKey"));
        }
        wrapped.push((rid, key));
    }
    if wrapped.is_empty() { Err(malformed("recipientEncryptedKeys")) } else { Ok(wrapped) }
}

fn derivation(ukm: &[u8]) -> Derivation {
    let kdf = KdfKind::Hkdf(DigestAlgorithm::Sha256);
    let wrap = KeyWrap::Aes256;
    let wrap_algorithm = &wrap.to_der();
    agreement::derivation(Wrapping { kdf, ukm: Some(ukm), wrap, wrap_algorithm })
}

const WHAT: &str = "KeyAgreeRecipientInfo of fixed keys";
/// RFC 5652 §6.2.2.
const VERSION: u8 = 3;
