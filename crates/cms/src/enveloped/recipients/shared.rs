//! Recipients who share a key-encryption key with the sender (RFC 5652 §6.2.3).

use super::Slot;
use super::wrap::{KeyWrap, has_wrapped_length, wrap};
use crate::decode::DecodeError;
use crate::enveloped::{ContentKey, KeyEncryptionKey};
use crate::gcm::AesKey;
use crate::tlv::{self, Reader, malformed};

/// ```text
/// KEKRecipientInfo ::= [2] SEQUENCE { version (4), kekid SEQUENCE { keyIdentifier OCTET STRING },
///     keyEncryptionAlgorithm, encryptedKey OCTET STRING }
/// ```
pub(super) fn write(id: &[u8], kek: &KeyEncryptionKey, content_key: &ContentKey) -> Vec<u8> {
    tlv::nested(tlv::context(2), |info| {
        info.small(VERSION);
        info.nest(tlv::SEQUENCE, |kek_id| kek_id.element(tlv::OCTET_STRING, id));
        info.raw(&KeyWrap::Aes256.to_der());
        info.element(tlv::OCTET_STRING, &wrap(AesKey::Aes256(kek.expose()), content_key));
    })
}

pub(super) fn read(mut fields: Reader<'_>) -> Result<Slot<'_>, DecodeError> {
    if fields.small("KEKRecipientInfo version")? != VERSION {
        return Err(malformed("KEKRecipientInfo version"));
    }
    let mut kek_id = fields.enter(tlv::SEQUENCE, "kekid")?;
    let id = kek_id.value(tlv::OCTET_STRING, "keyIdentifier")?;
    let algorithm = fields.value(tlv::SEQUENCE, "keyEncryptionAlgorithm")?;
    let wrapped = fields.value(tlv::OCTET_STRING, "encryptedKey")?;
    fields.finish("KEKRecipientInfo")?;
    Ok(match KeyWrap::read(algorithm) {
        Some(KeyWrap::Aes256) if has_wrapped_length(wrapped) => Slot::Shared { id, wrapped },
        _ => Slot::Other,
    })
}

/// RFC 5652 §6.2.3.
const VERSION: u8 = 4;
