//! RecipientInfos (RFC 5652 §6.2): how a content key reaches those who may open, written and read.
//!
//! Whole messages and streams share this. One message may hold all kinds side by side. What is not
//! ours is passed over, since any kind may stand beside ours; what contradicts its standard is
//! refused, since then nobody could say what stands there.

mod agreement;
mod fixed;
mod kem;
mod password;
mod request;
mod shared;
mod transport;
mod wrap;
mod write;

use zeroize::Zeroizing;

pub(crate) use fixed::{FixedKeys, UKM_OCTETS as FIXED_UKM_OCTETS, write as write_fixed};
pub(crate) use password::PasswordSlot;
pub use request::{KeyAnswer, KeyRequest};
pub(crate) use request::{
    content_key, content_key_from_kek, content_key_from_password, key_request,
};
use wrap::KeyWrap;
pub use write::RecipientSlot;
pub(crate) use write::recipient_infos;
use write::write_rid;

use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::digest::DigestAlgorithm;
use crate::kdf;
use crate::limits;
use crate::policy::KeyEstablishment;
use crate::tlv::{self, Reader, Tlv, malformed};

/// Whom a slot is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientIdView {
    /// The holder of the certificate with this issuer and serial number, both in DER.
    IssuerSerial {
        /// The issuer's name.
        issuer_der: Vec<u8>,
        /// The serial number as a whole INTEGER.
        serial_der: Vec<u8>,
    },
    /// Everybody who knows the key with this name.
    KekId(Vec<u8>),
    /// A kind of recipient that we do not read.
    Other,
    /// Everybody who knows a password.
    Password,
    /// The holder of the certificate with this subject key identifier.
    SubjectKeyIdentifier(Vec<u8>),
}

/// One key that can open the message.
pub(crate) enum Slot<'a> {
    /// For the holder of a certificate's key.
    Held(Held<'a>),
    /// For everybody who knows a key with this name.
    Shared {
        id: &'a [u8],
        wrapped: &'a [u8],
    },
    Password(PasswordSlot<'a>),
    /// A kind that others write and we do not read (RFC 5652 §6.2: any may stand beside ours).
    Other,
}

/// What the holder of a certificate's key needs to open.
pub(crate) struct Held<'a> {
    rid: Rid<'a>,
    establishment: KeyEstablishment,
    key: HeldKey<'a>,
}

enum HeldKey<'a> {
    Agreed { peer: &'a [u8], wrapping: Wrapping<'a>, wrapped: &'a [u8] },
    Encapsulated { ciphertext: &'a [u8], wrapping: Wrapping<'a>, wrapped: &'a [u8] },
    Transported { ciphertext: &'a [u8] },
}

/// How a content key is wrapped under a secret, in the words of the message.
#[derive(Clone, Copy)]
struct Wrapping<'a> {
    kdf: KdfKind,
    ukm: Option<&'a [u8]>,
    wrap: KeyWrap,
    /// AlgorithmIdentifier, whole.
    wrap_algorithm: &'a [u8],
}

/// KeyAgreeRecipientIdentifier and RecipientIdentifier (RFC 5652 §6.2.1, §6.2.2).
#[derive(Clone, Copy)]
pub(crate) enum Rid<'a> {
    IssuerSerial { issuer_der: &'a [u8], serial_der: &'a [u8] },
    SubjectKeyIdentifier(&'a [u8]),
}

/// How a secret becomes a wrapping key.
struct Derivation {
    kdf: KdfKind,
    salt: Vec<u8>,
    info: Vec<u8>,
    wrap: KeyWrap,
}

#[derive(Clone, Copy)]
enum KdfKind {
    /// RFC 5753 §7.1.4.
    X963(DigestAlgorithm),
    /// RFC 8418 §2.2, RFC 9629 §5.
    Hkdf(DigestAlgorithm),
}

impl Derivation {
    fn kek(&self, secret: &[u8]) -> Zeroizing<Vec<u8>> {
        let octets = self.wrap.key_octets();
        match self.kdf {
            KdfKind::X963(digest) => kdf::x963(digest, secret, &self.info, octets),
            KdfKind::Hkdf(digest) => kdf::hkdf(digest, &self.salt, secret, &self.info, octets),
        }
    }
}

impl Slot<'_> {
    /// How the holder of a certificate's key comes to the content key; nothing for other slots.
    pub(crate) const fn establishment(&self) -> Option<KeyEstablishment> {
        match self {
            Self::Held(held) => Some(held.establishment),
            Self::Shared { .. } | Self::Password(_) | Self::Other => None,
        }
    }

    pub(crate) fn view(&self) -> RecipientIdView {
        match self {
            Self::Held(Held { rid: Rid::IssuerSerial { issuer_der, serial_der }, .. }) => {
                RecipientIdView::IssuerSerial {
                    issuer_der: issuer_der.to_vec(),
                    serial_der: serial_der.to_vec(),
                }
            }
            Self::Held(Held { rid: Rid::SubjectKeyIdentifier(id), .. }) => {
                RecipientIdView::SubjectKeyIdentifier(id.to_vec())
            }
            Self::Shared { id, .. } => RecipientIdView::KekId(id.to_vec()),
            Self::Password(_) => RecipientIdView::Password,
            Self::Other => RecipientIdView::Other,
        }
    }
}

impl Rid<'_> {
    fn names(&self, certificate: &Certificate) -> bool {
        match *self {
            Self::IssuerSerial { issuer_der, serial_der } => {
                certificate.serial_der() == serial_der && certificate.issuer_der() == issuer_der
            }
            Self::SubjectKeyIdentifier(id) => certificate.subject_key_identifier() == Some(id),
        }
    }
}

/// The keys that can open a message, from the inside of its recipientInfos.
pub(crate) fn read_slots(recipient_infos: &[u8]) -> Result<Vec<Slot<'_>>, DecodeError> {
    let mut reader = Reader::new(recipient_infos);
    let mut slots = Vec::new();
    while !reader.is_empty() {
        let info = reader.any(WHAT)?;
        let inside = Reader::new(info.value);
        match info.tag {
            tlv::SEQUENCE => slots.push(transport::read(inside)?),
            KARI => agreement::read(inside, &mut slots)?,
            KEKRI => slots.push(shared::read(inside)?),
            PWRI => slots.push(password::read(inside)?),
            ORI => slots.push(kem::read(inside)?),
            _ => return Err(malformed(WHAT)),
        }
        // [CMS-144]
        if slots.len() > limits::RECIPIENTS_MAX {
            return Err(too_many());
        }
    }
    // Each of them costs whoever tries a password a second. [CMS-227]
    let passwords = slots.iter().filter(|slot| matches!(slot, Slot::Password(_))).count();
    if passwords > limits::PASSWORD_RECIPIENTS_MAX {
        let count_max = limits::PASSWORD_RECIPIENTS_MAX;
        return Err(DecodeError::TooMany { what: "recipients with passwords", count_max });
    }
    // [CMS-145]
    if slots.is_empty() {
        return Err(malformed("recipientInfos without a recipient"));
    }
    Ok(slots)
}

fn too_many() -> DecodeError {
    DecodeError::TooMany { what: "recipients", count_max: limits::RECIPIENTS_MAX }
}

/// ```text
/// KeyAgreeRecipientIdentifier ::= CHOICE { issuerAndSerialNumber, rKeyId [0] IMPLICIT SEQUENCE {
///     subjectKeyIdentifier OCTET STRING, … } }
/// ```
fn read_key_agree_rid(rid: Tlv<'_>) -> Result<Rid<'_>, DecodeError> {
    if rid.tag != tlv::context(0) {
        return read_rid(rid).and_then(|rid| match rid {
            Rid::IssuerSerial { .. } => Ok(rid),
            Rid::SubjectKeyIdentifier(_) => Err(malformed("rid")),
        });
    }
    let id = Reader::new(rid.value).value(tlv::OCTET_STRING, "rKeyId")?;
    Ok(Rid::SubjectKeyIdentifier(id))
}

/// ```text
/// RecipientIdentifier ::= CHOICE { issuerAndSerialNumber, subjectKeyIdentifier [0] IMPLICIT OCTET STRING }
/// ```
fn read_rid(rid: Tlv<'_>) -> Result<Rid<'_>, DecodeError> {
    if rid.tag == tlv::context_primitive(0) {
        return Ok(Rid::SubjectKeyIdentifier(rid.value));
    }
    if rid.tag != tlv::SEQUENCE {
        return Err(malformed("rid"));
    }
    let mut fields = Reader::new(rid.value);
    let issuer_der = fields.tlv(tlv::SEQUENCE, "issuer")?.octets;
    let serial_der = fields.tlv(tlv::INTEGER, "serialNumber")?.octets;
    fields.finish("rid")?;
    Ok(Rid::IssuerSerial { issuer_der, serial_der })
}

const WHAT: &str = "recipientInfos";
const KARI: u8 = tlv::context(1);
const KEKRI: u8 = tlv::context(2);
const PWRI: u8 = tlv::context(3);
const ORI: u8 = tlv::context(4);
