//! Recipients by key agreement: P-256 and P-384 (RFC 5753), X25519 (RFC 8418).

use super::wrap::{KeyWrap, has_wrapped_length, wrap};
use super::{
    Derivation, Held, HeldKey, KdfKind, Rid, Slot, Wrapping, read_key_agree_rid, too_many,
    write_rid,
};
use crate::CryptoRng;
use crate::attributes::{
    EC_PUBLIC_KEY, ObjectIdentifier, PRIME256V1, SECP384R1, STD_DH_HKDF_SHA256, STD_DH_HKDF_SHA384,
    STD_DH_HKDF_SHA512, STD_DH_SHA256_KDF, STD_DH_SHA384_KDF, STD_DH_SHA512_KDF, X25519,
};
use crate::backend::PublicKey;
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::digest::DigestAlgorithm;
use crate::enveloped::{ContentKey, SealError};
use crate::gcm::AesKey;
use crate::keys::{DecryptionKey, DecryptionScheme, KeyQuestion};
use crate::limits;
use crate::policy::{KeyEstablishment, KeyKind};
use crate::tlv::{self, Reader, Writer, malformed};

/// The curves, in the order in which they are written.
pub(super) const CURVES: [KeyKind; 3] = [KeyKind::P256, KeyKind::P384, KeyKind::X25519];

/// ```text
/// KeyAgreeRecipientInfo ::= [1] SEQUENCE { version (3), originator [0] EXPLICIT [1] OriginatorPublicKey,
///     ukm [1] EXPLICIT OCTET STRING OPTIONAL, keyEncryptionAlgorithm,
///     recipientEncryptedKeys SEQUENCE OF SEQUENCE { rid, encryptedKey } }
/// ```
/// One for all recipients with keys on one curve: they share a fresh ephemeral key (RFC 5753 §3.1.1).
pub(super) fn write(
    curve: KeyKind,
    certificates: &[&Certificate],
    by_key_identifier: bool,
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let (scheme, oid, kdf) = scheme_of(curve).ok_or(SealError::RecipientKey)?;
    let ephemeral =
        DecryptionKey::generate_for(scheme, rng).map_err(|_| SealError::RecipientKey)?;
    let wrap_algorithm = &KeyWrap::Aes256.to_der();
    let derivation = derivation(Wrapping { kdf, ukm: None, wrap: KeyWrap::Aes256, wrap_algorithm });
    let mut encrypted_keys = Writer::new();
    for certificate in certificates {
        let wrapped = wrap_for(certificate, &ephemeral, &derivation, content_key)?;
        encrypted_keys.nest(tlv::SEQUENCE, |one| {
            one.raw(&write_rid(certificate, by_key_identifier, tlv::context(0)));
            one.element(tlv::OCTET_STRING, &wrapped);
        });
    }
    let spki_der = ephemeral.spki_der();
    let public = PublicKey::read(&spki_der).ok_or(SealError::RecipientKey)?;
    Ok(tlv::nested(tlv::context(1), |info| {
        info.small(VERSION);
        info.nest(tlv::context(0), |originator| {
            originator.nest(tlv::context(1), |public_key| {
                // RFC 5753 §3.1.1: parameters are absent, the curve is the recipient's.
                public_key.nest(tlv::SEQUENCE, |algorithm| algorithm.oid(&curve.identifiers()[0]));
                public_key.bit_string(public.octets);
            });
        });
        info.nest(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&oid);
            algorithm.raw(&KeyWrap::Aes256.to_der());
        });
        info.element(tlv::SEQUENCE, encrypted_keys.octets());
    }))
}

fn wrap_for(
    certificate: &Certificate,
    ephemeral: &DecryptionKey,
    derivation: &Derivation,
    content_key: &ContentKey,
) -> Result<Vec<u8>, SealError> {
    let spki_der = certificate.spki_der();
    let peer = PublicKey::read(&spki_der).ok_or(SealError::RecipientKey)?.octets;
    let secret = ephemeral
        .answer_question(KeyQuestion::Agree { peer })
        .map_err(|_| SealError::RecipientKey)?;
    let kek = derivation.kek(secret.expose());
    let kek = AesKey::of(&kek).ok_or(SealError::RecipientKey)?;
    Ok(wrap(kek, content_key))
}

/// What we write for a curve.
fn scheme_of(curve: KeyKind) -> Option<(DecryptionScheme, ObjectIdentifier, KdfKind)> {
    Some(match curve {
        KeyKind::P256 => {
            let kdf = KdfKind::X963(DigestAlgorithm::Sha256);
            (DecryptionScheme::P256, STD_DH_SHA256_KDF, kdf)
        }
        // RFC 5753 §8: the digest is as strong as the curve.
        KeyKind::P384 => {
            let kdf = KdfKind::X963(DigestAlgorithm::Sha384);
            (DecryptionScheme::P384, STD_DH_SHA384_KDF, kdf)
        }
        KeyKind::X25519 => {
            let kdf = KdfKind::Hkdf(DigestAlgorithm::Sha256);
            (DecryptionScheme::X25519, STD_DH_HKDF_SHA256, kdf)
        }
        _ => return None,
    })
}

/// ```text
/// ECC-CMS-SharedInfo ::= SEQUENCE { keyInfo AlgorithmIdentifier, entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL,
///     suppPubInfo [2] EXPLICIT OCTET STRING }
/// ```
/// RFC 5753 §7.2: `suppPubInfo` is the size of the wrapping key in bits.
fn shared_info(wrap_algorithm: &[u8], wrap: KeyWrap, ukm: Option<&[u8]>) -> Vec<u8> {
    let bits = (wrap.key_octets() * 8) as u32;
    tlv::nested(tlv::SEQUENCE, |info| {
        info.raw(wrap_algorithm);
        if let Some(ukm) = ukm {
            info.nest(tlv::context(0), |entity| entity.element(tlv::OCTET_STRING, ukm));
        }
        info.nest(tlv::context(2), |size| size.element(tlv::OCTET_STRING, &bits.to_be_bytes()));
    })
}

/// One slot for each recipient; what is not ours is [`Slot::Other`].
pub(super) fn read<'a>(
    mut fields: Reader<'a>,
    slots: &mut Vec<Slot<'a>>,
) -> Result<(), DecodeError> {
    if fields.small("KeyAgreeRecipientInfo version")? != VERSION {
        return Err(malformed("KeyAgreeRecipientInfo version"));
    }
    let originator = fields.value(tlv::context(0), "originator")?;
    let ukm = match fields.optional(tlv::context(1), "ukm")? {
        Some(explicit) => Some(tlv::only(explicit.value, tlv::OCTET_STRING, "ukm")?),
        None => None,
    };
    let algorithm = fields.enter(tlv::SEQUENCE, "keyEncryptionAlgorithm")?;
    let mut encrypted_keys = fields.enter(tlv::SEQUENCE, "recipientEncryptedKeys")?;
    fields.finish("KeyAgreeRecipientInfo")?;
    let ours = read_ours(originator, algorithm, ukm);
    while !encrypted_keys.is_empty() {
        if slots.len() == limits::RECIPIENTS_MAX {
            return Err(too_many());
        }
        let mut one = encrypted_keys.enter(tlv::SEQUENCE, "recipientEncryptedKeys")?;
        let rid = read_key_agree_rid(one.any("rid")?)?;
        let wrapped = one.value(tlv::OCTET_STRING, "encryptedKey")?;
        one.finish("recipientEncryptedKeys")?;
        slots.push(slot(ours.as_ref(), rid, wrapped));
    }
    Ok(())
}

fn slot<'a>(ours: Option<&Ours<'a>>, rid: Rid<'a>, wrapped: &'a [u8]) -> Slot<'a> {
    match ours {
        Some(ours) if has_wrapped_length(wrapped) => Slot::Held(Held {
            rid,
            establishment: ours.establishment,
            key: HeldKey::Agreed { peer: ours.peer, wrapping: ours.wrapping, wrapped },
        }),
        _ => Slot::Other,
    }
}

/// What all recipients of one agreement share.
struct Ours<'a> {
    establishment: KeyEstablishment,
    peer: &'a [u8],
    wrapping: Wrapping<'a>,
}

fn read_ours<'a>(
    originator: &'a [u8],
    mut algorithm: Reader<'a>,
    ukm: Option<&'a [u8]>,
) -> Option<Ours<'a>> {
    let (establishment, peer) = read_originator(originator)?;
    let is_x25519 = establishment == KeyEstablishment::X25519;
    let kdf = match algorithm.oid(WHAT).ok()? {
        STD_DH_SHA256_KDF => KdfKind::X963(DigestAlgorithm::Sha256),
        STD_DH_SHA384_KDF => KdfKind::X963(DigestAlgorithm::Sha384),
        STD_DH_SHA512_KDF => KdfKind::X963(DigestAlgorithm::Sha512),
        // RFC 8418 §2.2 has them for X25519 alone.
        STD_DH_HKDF_SHA256 if is_x25519 => KdfKind::Hkdf(DigestAlgorithm::Sha256),
        STD_DH_HKDF_SHA384 if is_x25519 => KdfKind::Hkdf(DigestAlgorithm::Sha384),
        STD_DH_HKDF_SHA512 if is_x25519 => KdfKind::Hkdf(DigestAlgorithm::Sha512),
        _ => return None,
    };
    let wrap_algorithm = algorithm.tlv(tlv::SEQUENCE, WHAT).ok()?;
    let wrap = KeyWrap::read(wrap_algorithm.value)?;
    let wrapping = Wrapping { kdf, ukm, wrap, wrap_algorithm: wrap_algorithm.octets };
    algorithm.is_empty().then_some(Ours { establishment, peer, wrapping })
}

/// The ephemeral key. Points are uncompressed, with absent parameters, NULL or their curve's name;
/// X25519 has no parameters (RFC 8418 §3).
fn read_originator(originator: &[u8]) -> Option<(KeyEstablishment, &[u8])> {
    let mut public_key = Reader::new(tlv::only(originator, tlv::context(1), WHAT).ok()?);
    let mut algorithm = public_key.enter(tlv::SEQUENCE, WHAT).ok()?;
    let octets = public_key.bit_string(WHAT).ok()?;
    let oid = algorithm.oid(WHAT).ok()?;
    let fits = |kind: KeyKind| kind.octets() == Some(octets.len());
    if oid == X25519 {
        let complete = algorithm.is_empty() && public_key.is_empty();
        return (complete && fits(KeyKind::X25519)).then_some((KeyEstablishment::X25519, octets));
    }
    if oid != EC_PUBLIC_KEY || octets.first() != Some(&4) {
        return None;
    }
    let (curve, establishment) = if fits(KeyKind::P256) {
        (PRIME256V1, KeyEstablishment::EcdhP256)
    } else if fits(KeyKind::P384) {
        (SECP384R1, KeyEstablishment::EcdhP384)
    } else {
        return None;
    };
    if algorithm.next_is(tlv::OBJECT_IDENTIFIER) {
        if algorithm.oid(WHAT).ok()? != curve {
            return None;
        }
    } else {
        algorithm.optional(tlv::NULL, WHAT).ok()?;
    }
    (algorithm.is_empty() && public_key.is_empty()).then_some((establishment, octets))
}

/// How the answer becomes the wrapping key.
pub(super) fn derivation(wrapping: Wrapping<'_>) -> Derivation {
    let Wrapping { kdf, ukm, wrap, wrap_algorithm } = wrapping;
    // RFC 8418 §2.2: keying material of the sender is the salt as well. X9.63 has none.
    let salt = ukm.unwrap_or_default().to_vec();
    Derivation { kdf, salt, info: shared_info(wrap_algorithm, wrap, ukm), wrap }
}

const WHAT: &str = "KeyAgreeRecipientInfo";
/// RFC 5652 §6.2.2.
const VERSION: u8 = 3;
