//! The skeleton of an AuthEnvelopedData, walked in strict DER without copying: who it is for, where
//! the ciphertext lies, and whether all lengths add up. The head is enough to know that.

use super::{KARI_VERSION, KEKRI_VERSION, NONCE_OCTETS, WRAPPED_OCTETS};
use crate::attributes::{
    AES256_GCM, AES256_WRAP, EC_PUBLIC_KEY, ID_AUTH_ENVELOPED_DATA, ID_DATA, PRIME256V1,
    STD_DH_SHA256_KDF,
};
use crate::backend::Point;
use crate::decode::{self, DecodeError};
use crate::gcm::TAG_OCTETS;
use crate::limits;
use crate::tlv::{self, Header, Reader, malformed};

/// What a store and forward provider may know of an encrypted letter: that it is one, for how many
/// recipient keys, and where its ciphertext lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvelopedHead {
    recipient_count: usize,
    ciphertext_offset: u64,
    ciphertext_octets: u64,
}

impl EnvelopedHead {
    /// Proves from the first octets of a message and its whole size that it is AuthEnvelopedData
    /// for at least one recipient, and that its lengths add up to that size.
    ///
    /// `prefix` must reach to the ciphertext: the whole message or its first
    /// [`limits::ENVELOPED_HEAD_OCTETS_MAX`] octets always do. The last 18 octets, the tag, are not
    /// looked at if they are not there.
    pub fn from_prefix(prefix: &[u8], total_octets: u64) -> Result<Self, DecodeError> {
        let skeleton = Skeleton::read(prefix, total_octets)?;
        Ok(Self {
            recipient_count: skeleton.slots.len(),
            ciphertext_offset: skeleton.ciphertext_offset,
            ciphertext_octets: skeleton.ciphertext_octets,
        })
    }

    /// How many recipient keys can open it.
    #[must_use]
    pub fn recipient_count(&self) -> usize {
        self.recipient_count
    }

    /// Where the ciphertext begins.
    #[must_use]
    pub fn ciphertext_offset(&self) -> u64 {
        self.ciphertext_offset
    }

    /// How long the ciphertext, and so the plaintext, is.
    #[must_use]
    pub fn ciphertext_octets(&self) -> u64 {
        self.ciphertext_octets
    }
}

pub(super) struct Skeleton<'a> {
    pub(super) slots: Vec<Slot<'a>>,
    pub(super) nonce: [u8; NONCE_OCTETS],
    pub(super) ciphertext_offset: u64,
    pub(super) ciphertext_octets: u64,
}

/// One key that can open the message.
pub(crate) enum Slot<'a> {
    Agreed(Agreed<'a>),
    KeyEncryption {
        id: &'a [u8],
        wrapped: &'a [u8; WRAPPED_OCTETS],
    },
    /// A kind that others write and we do not read (RFC 5652 §6.2: any may stand beside ours).
    Other,
}

/// One recipient of a key agreement that we understand.
pub(crate) struct Agreed<'a> {
    pub(super) point: Point,
    pub(super) ukm: Option<&'a [u8]>,
    pub(super) wrap_algorithm: &'a [u8],
    pub(super) rid: Rid<'a>,
    pub(super) wrapped: &'a [u8; WRAPPED_OCTETS],
}

/// KeyAgreeRecipientIdentifier (RFC 5652 §6.2.2).
#[derive(Clone, Copy)]
pub(crate) enum Rid<'a> {
    IssuerSerial { issuer_der: &'a [u8], serial_der: &'a [u8] },
    SubjectKeyIdentifier(&'a [u8]),
}

impl<'a> Skeleton<'a> {
    pub(super) fn read(prefix: &'a [u8], total_octets: u64) -> Result<Self, DecodeError> {
        // No octet beyond the message may take part.
        let prefix = match usize::try_from(total_octets) {
            Ok(total) if total < prefix.len() => return Err(malformed(WHAT)),
            _ => prefix,
        };
        let mut walk = Walk { prefix, at: 0 };
        let content_info = walk.enter(tlv::SEQUENCE, "ContentInfo")?;
        // Every length ends exactly where the message does. [CMS-136]
        if content_info != total_octets {
            return Err(malformed("length of ContentInfo"));
        }
        // [CMS-137]
        let outer_type = walk.reader()?.oid("contentType")?;
        decode::refuse_compressed(outer_type)?;
        if outer_type != ID_AUTH_ENVELOPED_DATA {
            return Err(DecodeError::Unsupported { what: "CMS type other than AuthEnvelopedData" });
        }
        walk.skip()?;
        if walk.enter(tlv::context(0), "content")? != total_octets
            || walk.enter(tlv::SEQUENCE, WHAT)? != total_octets
        {
            return Err(malformed("length of AuthEnvelopedData"));
        }
        // RFC 5083 §2.1: version 0. [CMS-138]
        if walk.reader()?.small("version")? != 0 {
            return Err(malformed("CMSVersion"));
        }
        walk.skip()?;
        // Divergence: originatorInfo, which nothing authenticates, is refused by its tag here.
        let recipient_infos = walk.reader()?.tlv(tlv::SET, "recipientInfos")?;
        tlv::check(recipient_infos.octets)?;
        // X.690 §11.6. [CMS-143]
        if !tlv::is_sorted(recipient_infos.value) {
            return Err(DecodeError::NotCanonical { what: "recipientInfos" });
        }
        let slots = read_slots(recipient_infos.value)?;
        walk.skip()?;
        let (nonce, ciphertext_octets, end) = walk.encrypted_content_info()?;
        let ciphertext_offset = walk.at as u64;
        // Nothing but the tag follows: authAttrs and unauthAttrs are refused. [CMS-139]
        if end.checked_add(MAC_OCTETS) != Some(total_octets) {
            return Err(malformed("octets behind the content"));
        }
        Ok(Self { slots, nonce, ciphertext_offset, ciphertext_octets })
    }
}

/// A position in the prefix of a message.
struct Walk<'a> {
    prefix: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn reader(&self) -> Result<Reader<'a>, DecodeError> {
        // [CMS-140]
        if self.at >= self.prefix.len() {
            return Err(malformed("head of AuthEnvelopedData"));
        }
        Ok(Reader::new(&self.prefix[self.at..]))
    }

    /// Steps over the element at hand, which lies wholly in the prefix.
    fn skip(&mut self) -> Result<(), DecodeError> {
        self.at += self.reader()?.any(WHAT)?.octets.len();
        Ok(())
    }

    /// Steps over a header and tells where its element ends, be it beyond the prefix.
    fn enter(&mut self, tag: u8, what: &'static str) -> Result<u64, DecodeError> {
        let header = Header::read(self.prefix.get(self.at..).unwrap_or_default(), what)?;
        if header.tag != tag {
            return Err(malformed(what));
        }
        self.at += header.header_octets;
        (self.at as u64).checked_add(header.value_octets).ok_or_else(|| malformed(what))
    }

    /// Steps to the ciphertext; returns the nonce, the ciphertext's length and its end.
    fn encrypted_content_info(&mut self) -> Result<([u8; NONCE_OCTETS], u64, u64), DecodeError> {
        let info_end = self.enter(tlv::SEQUENCE, "authEncryptedContentInfo")?;
        let mut fields = self.reader()?;
        let content_type = fields.oid("contentType")?;
        decode::refuse_compressed(content_type)?;
        if content_type != ID_DATA {
            return Err(DecodeError::Unsupported { what: "enveloped content other than id-data" });
        }
        let nonce = read_gcm(fields.enter(tlv::SEQUENCE, "contentEncryptionAlgorithm")?)?;
        self.skip()?;
        self.skip()?;
        let end = self.enter(tlv::context_primitive(0), "encryptedContent")?;
        if end != info_end {
            return Err(malformed("length of encryptedContent"));
        }
        let ciphertext_octets = end - self.at as u64;
        // [CMS-141]
        if ciphertext_octets > limits::ENVELOPED_PLAINTEXT_OCTETS_MAX {
            return Err(malformed("size of encryptedContent"));
        }
        Ok((nonce, ciphertext_octets, end))
    }
}

/// RFC 5084 §3.2, narrowed: a nonce of 12 octets, a tag of 16. [CMS-142]
pub(crate) fn read_gcm(mut algorithm: Reader<'_>) -> Result<[u8; NONCE_OCTETS], DecodeError> {
    if algorithm.oid("contentEncryptionAlgorithm")? != AES256_GCM {
        return Err(DecodeError::Unsupported { what: "content encryption other than AES-256-GCM" });
    }
    let mut parameters = algorithm.enter(tlv::SEQUENCE, "GCMParameters")?;
    algorithm.finish("contentEncryptionAlgorithm")?;
    let nonce = parameters.value(tlv::OCTET_STRING, "aes-nonce")?;
    // ICVlen 12 is the DEFAULT and would be absent.
    if usize::from(parameters.small("aes-ICVlen")?) != TAG_OCTETS {
        return Err(DecodeError::Unsupported { what: "GCM tag other than 16 octets" });
    }
    parameters.finish("GCMParameters")?;
    nonce.try_into().map_err(|_| malformed("aes-nonce"))
}

/// The keys that can open a message, from the inside of its recipientInfos.
pub(crate) fn read_slots(recipient_infos: &[u8]) -> Result<Vec<Slot<'_>>, DecodeError> {
    let mut reader = Reader::new(recipient_infos);
    let mut slots = Vec::new();
    while !reader.is_empty() {
        let info = reader.any("recipientInfos")?;
        match info.tag {
            KARI => read_key_agreement(Reader::new(info.value), &mut slots)?,
            KEKRI => slots.push(read_kek(Reader::new(info.value))?),
            tlv::SEQUENCE | PWRI | ORI => slots.push(Slot::Other),
            _ => return Err(malformed("recipientInfos")),
        }
        // [CMS-144]
        if slots.len() > limits::RECIPIENTS_MAX {
            let count_max = limits::RECIPIENTS_MAX;
            return Err(DecodeError::TooMany { what: "recipients", count_max });
        }
    }
    // [CMS-145]
    if slots.is_empty() {
        return Err(malformed("recipientInfos without a recipient"));
    }
    Ok(slots)
}

fn read_key_agreement<'a>(
    mut fields: Reader<'a>,
    slots: &mut Vec<Slot<'a>>,
) -> Result<(), DecodeError> {
    if fields.small("KeyAgreeRecipientInfo version")? != KARI_VERSION {
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
    let ours = read_originator(originator).zip(read_agreement_algorithm(algorithm));
    while !encrypted_keys.is_empty() {
        if slots.len() == limits::RECIPIENTS_MAX {
            let count_max = limits::RECIPIENTS_MAX;
            return Err(DecodeError::TooMany { what: "recipients", count_max });
        }
        let mut one = encrypted_keys.enter(tlv::SEQUENCE, "recipientEncryptedKeys")?;
        let rid = read_rid(one.any("rid")?)?;
        let wrapped = one.value(tlv::OCTET_STRING, "encryptedKey")?;
        one.finish("recipientEncryptedKeys")?;
        slots.push(match (ours, wrapped.try_into()) {
            (Some((point, wrap_algorithm)), Ok(wrapped)) => {
                Slot::Agreed(Agreed { point, ukm, wrap_algorithm, rid, wrapped })
            }
            _ => Slot::Other,
        });
    }
    Ok(())
}

/// The ephemeral point, if it is one on P-256 with absent parameters, NULL or that curve's name.
fn read_originator(originator: &[u8]) -> Option<Point> {
    let mut public_key = Reader::new(tlv::only(originator, tlv::context(1), WHAT).ok()?);
    let mut algorithm = public_key.enter(tlv::SEQUENCE, WHAT).ok()?;
    if algorithm.oid(WHAT).ok()? != EC_PUBLIC_KEY {
        return None;
    }
    let fits = if algorithm.next_is(tlv::OBJECT_IDENTIFIER) {
        algorithm.oid(WHAT).ok()? == PRIME256V1
    } else {
        algorithm.optional(tlv::NULL, WHAT).is_ok()
    };
    let point = public_key.bit_string(WHAT).ok()?;
    let complete = algorithm.is_empty() && public_key.is_empty();
    Point::try_from(point).ok().filter(|point| fits && complete && point[0] == 4)
}

/// The wrap algorithm, if key agreement and wrap are ours.
fn read_agreement_algorithm(mut algorithm: Reader<'_>) -> Option<&[u8]> {
    if algorithm.oid(WHAT).ok()? != STD_DH_SHA256_KDF {
        return None;
    }
    let wrap = algorithm.tlv(tlv::SEQUENCE, WHAT).ok()?;
    (algorithm.is_empty() && is_aes256_wrap(wrap.value)).then_some(wrap.octets)
}

fn is_aes256_wrap(inside: &[u8]) -> bool {
    let mut algorithm = Reader::new(inside);
    algorithm.oid(WHAT).is_ok_and(|oid| oid == AES256_WRAP)
        && algorithm.optional(tlv::NULL, WHAT).is_ok()
        && algorithm.is_empty()
}

/// ```text
/// KeyAgreeRecipientIdentifier ::= CHOICE { issuerAndSerialNumber, rKeyId [0] IMPLICIT SEQUENCE {
///     subjectKeyIdentifier OCTET STRING, … } }
/// ```
fn read_rid(rid: tlv::Tlv<'_>) -> Result<Rid<'_>, DecodeError> {
    let mut fields = Reader::new(rid.value);
    match rid.tag {
        tlv::SEQUENCE => {
            let issuer_der = fields.tlv(tlv::SEQUENCE, "issuer")?.octets;
            let serial_der = fields.tlv(tlv::INTEGER, "serialNumber")?.octets;
            fields.finish("rid")?;
            Ok(Rid::IssuerSerial { issuer_der, serial_der })
        }
        R_KEY_ID => Ok(Rid::SubjectKeyIdentifier(fields.value(tlv::OCTET_STRING, "rKeyId")?)),
        _ => Err(malformed("rid")),
    }
}

fn read_kek(mut fields: Reader<'_>) -> Result<Slot<'_>, DecodeError> {
    if fields.small("KEKRecipientInfo version")? != KEKRI_VERSION {
        return Err(malformed("KEKRecipientInfo version"));
    }
    let mut kek_id = fields.enter(tlv::SEQUENCE, "kekid")?;
    let id = kek_id.value(tlv::OCTET_STRING, "keyIdentifier")?;
    let algorithm = fields.value(tlv::SEQUENCE, "keyEncryptionAlgorithm")?;
    let wrapped = fields.value(tlv::OCTET_STRING, "encryptedKey")?;
    fields.finish("KEKRecipientInfo")?;
    Ok(match wrapped.try_into() {
        Ok(wrapped) if is_aes256_wrap(algorithm) => Slot::KeyEncryption { id, wrapped },
        _ => Slot::Other,
    })
}

const WHAT: &str = "AuthEnvelopedData";
const KARI: u8 = tlv::context(1);
const KEKRI: u8 = tlv::context(2);
const PWRI: u8 = tlv::context(3);
const ORI: u8 = tlv::context(4);
const R_KEY_ID: u8 = tlv::context(0);
/// The tag as OCTET STRING.
const MAC_OCTETS: u64 = TAG_OCTETS as u64 + 2;
