//! Recipients with keys that encapsulate (RFC 9629): ML-KEM-768 and -1024 (RFC 9936) and
//! ML-KEM-768 with X25519 (draft-ietf-lamps-pq-composite-kem).

use super::wrap::{KeyWrap, has_wrapped_length, wrap};
use super::{Derivation, Held, HeldKey, KdfKind, Slot, Wrapping, read_rid, write_rid};
use crate::CryptoRng;
use crate::attributes::{
    HKDF_SHA256, HKDF_SHA384, HKDF_SHA512, ML_KEM_768, ML_KEM_768_X25519, ML_KEM_1024, ORI_KEM,
    ObjectIdentifier,
};
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::digest::DigestAlgorithm;
use crate::enveloped::{ContentKey, SealError};
use crate::gcm::AesKey;
use crate::keys::EncryptionKey;
use crate::policy::KeyEstablishment;
use crate::tlv::{self, Reader, malformed};

/// ```text
/// OtherRecipientInfo ::= [4] SEQUENCE { oriType OBJECT IDENTIFIER, oriValue KEMRecipientInfo }
/// KEMRecipientInfo ::= SEQUENCE { version (0), rid RecipientIdentifier, kem AlgorithmIdentifier,
///     kemct OCTET STRING, kdf AlgorithmIdentifier, kekLength INTEGER (1..65535),
///     ukm [0] EXPLICIT OCTET STRING OPTIONAL, wrap AlgorithmIdentifier, encryptedKey OCTET STRING }
/// ```
pub(super) fn write(
    certificate: &Certificate,
    by_key_identifier: bool,
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let refused = |_| SealError::RecipientKey;
    let key = EncryptionKey::from_spki_der(&certificate.spki_der()).map_err(refused)?;
    let established = key.establish(rng).map_err(refused)?;
    // RFC 9936 §2.2.2: HKDF with SHA-256, and a wrap as strong as the key.
    let wrap_algorithm = KeyWrap::Aes256.to_der();
    let kdf = KdfKind::Hkdf(DigestAlgorithm::Sha256);
    let derivation = derivation(Wrapping {
        kdf,
        ukm: None,
        wrap: KeyWrap::Aes256,
        wrap_algorithm: &wrap_algorithm,
    });
    let kek = derivation.kek(established.secret.expose());
    let wrapped = wrap(AesKey::of(&kek).ok_or(SealError::RecipientKey)?, content_key);
    Ok(tlv::nested(tlv::context(4), |other| {
        other.oid(&ORI_KEM);
        other.nest(tlv::SEQUENCE, |info| {
            info.small(0);
            info.raw(&write_rid(certificate, by_key_identifier, tlv::context_primitive(0)));
            info.nest(tlv::SEQUENCE, |kem| kem.oid(&key.kind().identifiers()[0]));
            info.element(tlv::OCTET_STRING, &established.public);
            info.nest(tlv::SEQUENCE, |kdf| kdf.oid(&HKDF_SHA256));
            info.small(KeyWrap::Aes256.key_octets() as u8);
            info.raw(&wrap_algorithm);
            info.element(tlv::OCTET_STRING, &wrapped);
        });
    }))
}

/// Reads the inside of an OtherRecipientInfo; other types of it are [`Slot::Other`].
pub(super) fn read(mut other: Reader<'_>) -> Result<Slot<'_>, DecodeError> {
    // Whoever defines an oriType decides what it holds: of others nothing is expected.
    if other.clone().oid(WHAT).ok() != Some(ORI_KEM) {
        return Ok(Slot::Other);
    }
    other.oid(WHAT)?;
    let mut fields = other.enter(tlv::SEQUENCE, WHAT)?;
    other.finish(WHAT)?;
    // RFC 9629 §3: version 0. [CMS-223]
    if fields.small("KEMRecipientInfo version")? != 0 {
        return Err(malformed("KEMRecipientInfo version"));
    }
    let rid = read_rid(fields.any("rid")?)?;
    let kem = fields.enter(tlv::SEQUENCE, "kem")?;
    let ciphertext = fields.value(tlv::OCTET_STRING, "kemct")?;
    let kdf = fields.enter(tlv::SEQUENCE, "kdf")?;
    let kek_octets = fields.integer("kekLength")?;
    let ukm = match fields.optional(tlv::context(0), "ukm")? {
        Some(explicit) => Some(tlv::only(explicit.value, tlv::OCTET_STRING, "ukm")?),
        None => None,
    };
    let wrap_algorithm = fields.tlv(tlv::SEQUENCE, "wrap")?;
    let wrapped = fields.value(tlv::OCTET_STRING, "encryptedKey")?;
    fields.finish(WHAT)?;
    let ours = || {
        let establishment = read_kem(kem)?;
        let kdf = read_kdf(kdf)?;
        // RFC 9936 §2.2.2: no shorter wrap for these keys; kekLength says the same. [CMS-224]
        let wrap = KeyWrap::read(wrap_algorithm.value).filter(|it| *it == KeyWrap::Aes256)?;
        (kek_octets == [wrap.key_octets() as u8]).then_some((establishment, kdf, wrap))
    };
    Ok(match ours() {
        Some((establishment, kdf, wrap)) if has_wrapped_length(wrapped) => Slot::Held(Held {
            rid,
            establishment,
            key: HeldKey::Encapsulated {
                ciphertext,
                wrapping: Wrapping { kdf, ukm, wrap, wrap_algorithm: wrap_algorithm.octets },
                wrapped,
            },
        }),
        _ => Slot::Other,
    })
}

/// RFC 9936 §2.1: parameters are absent.
fn read_kem(mut algorithm: Reader<'_>) -> Option<KeyEstablishment> {
    let establishment = match algorithm.oid(WHAT).ok()? {
        ML_KEM_768 => KeyEstablishment::MlKem768,
        ML_KEM_1024 => KeyEstablishment::MlKem1024,
        ML_KEM_768_X25519 => KeyEstablishment::MlKem768X25519,
        _ => return None,
    };
    algorithm.is_empty().then_some(establishment)
}

/// RFC 8619 §2: parameters are absent.
fn read_kdf(mut algorithm: Reader<'_>) -> Option<KdfKind> {
    let oid: ObjectIdentifier = algorithm.oid(WHAT).ok()?;
    let digest = match oid {
        HKDF_SHA256 => DigestAlgorithm::Sha256,
        HKDF_SHA384 => DigestAlgorithm::Sha384,
        HKDF_SHA512 => DigestAlgorithm::Sha512,
        _ => return None,
    };
    algorithm.is_empty().then_some(KdfKind::Hkdf(digest))
}

/// ```text
/// CMSORIforKEMOtherInfo ::= SEQUENCE { wrap AlgorithmIdentifier, kekLength INTEGER (1..65535),
///     ukm [0] EXPLICIT OCTET STRING OPTIONAL }
/// ```
/// RFC 9629 §5. There is no salt (RFC 9936 §2.2.1).
pub(super) fn derivation(wrapping: Wrapping<'_>) -> Derivation {
    let Wrapping { kdf, ukm, wrap, wrap_algorithm } = wrapping;
    let info = tlv::nested(tlv::SEQUENCE, |info| {
        info.raw(wrap_algorithm);
        info.small(wrap.key_octets() as u8);
        if let Some(ukm) = ukm {
            info.nest(tlv::context(0), |explicit| explicit.element(tlv::OCTET_STRING, ukm));
        }
    });
    Derivation { kdf, salt: Vec::new(), info, wrap }
}

const WHAT: &str = "KEMRecipientInfo";
