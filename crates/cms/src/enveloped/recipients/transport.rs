//! Recipients with RSA keys: OAEP (RFC 3560, RFC 4055 §4.1) is written and read, PKCS#1 v1.5
//! (RFC 3370 §4.2.1) is only read.

use super::{Held, HeldKey, Slot, read_rid, write_rid};
use crate::attributes::{MGF1, ObjectIdentifier, RSA_ENCRYPTION, RSAES_OAEP, SHA256};
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::enveloped::{ContentKey, SealError};
use crate::keys::EncryptionKey;
use crate::limits;
use crate::policy::{KeyEstablishment, KeyKind};
use crate::tlv::{self, Reader, malformed};

/// ```text
/// KeyTransRecipientInfo ::= SEQUENCE { version (0 | 2), rid RecipientIdentifier,
///     keyEncryptionAlgorithm, encryptedKey OCTET STRING }
/// ```
pub(super) fn write(
    certificate: &Certificate,
    by_key_identifier: bool,
    content_key: &ContentKey,
) -> Result<Vec<u8>, SealError> {
    // BSI TR-02102-1 §3.5: what is sealed today must stay so for years. [CMS-222]
    let Some(KeyKind::Rsa { bits: limits::RSA_SEALING_BITS_MIN..=limits::RSA_BITS_MAX }) =
        certificate.key_kind()
    else {
        return Err(SealError::RecipientKey);
    };
    let encrypted = EncryptionKey::from_spki_der(&certificate.spki_der())
        .and_then(|key| key.encrypt_oaep(content_key.octets()))
        .map_err(|_| SealError::RecipientKey)?;
    let rid = write_rid(certificate, by_key_identifier, tlv::context_primitive(0));
    Ok(tlv::nested(tlv::SEQUENCE, |info| {
        info.small(version_for(rid[0]));
        info.raw(&rid);
        info.raw(&oaep_algorithm());
        info.element(tlv::OCTET_STRING, &encrypted);
    }))
}

/// RFC 5652 §6.2.1: 0 with issuer and serial number, 2 with a key identifier.
const fn version_for(rid_tag: u8) -> u8 {
    if rid_tag == tlv::SEQUENCE { 0 } else { 2 }
}

pub(super) fn read(mut fields: Reader<'_>) -> Result<Slot<'_>, DecodeError> {
    let version = fields.small("KeyTransRecipientInfo version")?;
    let rid = fields.any("rid")?;
    if version != version_for(rid.tag) {
        return Err(malformed("KeyTransRecipientInfo version"));
    }
    let rid = read_rid(rid)?;
    let algorithm = fields.enter(tlv::SEQUENCE, "keyEncryptionAlgorithm")?;
    let ciphertext = fields.value(tlv::OCTET_STRING, "encryptedKey")?;
    fields.finish("KeyTransRecipientInfo")?;
    let is_possible = ciphertext.len() <= limits::RSA_BITS_MAX / 8;
    Ok(match read_algorithm(algorithm) {
        Some(establishment) if is_possible => {
            Slot::Held(Held { rid, establishment, key: HeldKey::Transported { ciphertext } })
        }
        _ => Slot::Other,
    })
}

fn read_algorithm(mut algorithm: Reader<'_>) -> Option<KeyEstablishment> {
    let oid = algorithm.oid(WHAT).ok()?;
    if oid == RSA_ENCRYPTION {
        algorithm.optional(tlv::NULL, WHAT).ok()?;
        return algorithm.is_empty().then_some(KeyEstablishment::RsaPkcs1);
    }
    if oid != RSAES_OAEP {
        return None;
    }
    let parameters = algorithm.enter(tlv::SEQUENCE, WHAT).ok()?;
    (algorithm.is_empty() && is_sha256_twice(parameters)?)
        .then_some(KeyEstablishment::RsaOaepSha256)
}

/// ```text
/// RSAES-OAEP-params ::= SEQUENCE { hashFunc [0] DEFAULT sha1, maskGenFunc [1] DEFAULT mgf1SHA1,
///     pSourceFunc [2] DEFAULT pSpecifiedEmpty }
/// ```
/// SHA-256 for both and no label; everything else is not ours.
fn is_sha256_twice(mut parameters: Reader<'_>) -> Option<bool> {
    let is_sha256 = |mut algorithm: Reader<'_>| {
        let is = algorithm.oid(WHAT).ok()? == SHA256;
        algorithm.optional(tlv::NULL, WHAT).ok()?;
        Some(is && algorithm.is_empty())
    };
    let mut hash = parameters.enter(tlv::context(0), WHAT).ok()?;
    let mut mask = parameters.enter(tlv::context(1), WHAT).ok()?;
    let mut mask = mask.enter(tlv::SEQUENCE, WHAT).ok()?;
    let hashes = is_sha256(hash.enter(tlv::SEQUENCE, WHAT).ok()?)?
        && mask.oid(WHAT).ok()? == MGF1
        && is_sha256(mask.enter(tlv::SEQUENCE, WHAT).ok()?)?;
    // X.690 §11.5 leaves a DEFAULT out; some write it all the same.
    let label = match parameters.optional(tlv::context(2), WHAT).ok()? {
        Some(explicit) => {
            let mut source = Reader::new(tlv::only(explicit.value, tlv::SEQUENCE, WHAT).ok()?);
            source.oid(WHAT).ok()? == P_SPECIFIED
                && source.value(tlv::OCTET_STRING, WHAT).ok()?.is_empty()
        }
        None => true,
    };
    Some(hashes && label && parameters.is_empty())
}

/// RFC 4055 §4.1, each digest with NULL as OpenSSL writes it.
fn oaep_algorithm() -> Vec<u8> {
    let sha256 = tlv::nested(tlv::SEQUENCE, |hash| {
        hash.oid(&SHA256);
        hash.element(tlv::NULL, &[]);
    });
    tlv::nested(tlv::SEQUENCE, |algorithm| {
        algorithm.oid(&RSAES_OAEP);
        algorithm.nest(tlv::SEQUENCE, |parameters| {
            parameters.element(tlv::context(0), &sha256);
            parameters.nest(tlv::context(1), |mask| {
                mask.nest(tlv::SEQUENCE, |mask| {
                    mask.oid(&MGF1);
                    mask.raw(&sha256);
                });
            });
        });
    })
}

const WHAT: &str = "KeyTransRecipientInfo";
/// id-pSpecified (RFC 4055 §4.1).
const P_SPECIFIED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.9");
