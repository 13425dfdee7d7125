//! Writing AuthEnvelopedData: a prefix, the ciphertext as it comes, a suffix.

use core::fmt;

use aes_kw::{KeyInit, KwAes256};

use super::{
    ContentKey, KARI_VERSION, KEKRI_VERSION, KeyEncryptionKey, NONCE_OCTETS, WRAPPED_OCTETS,
    shared_info,
};
use crate::CryptoRng;
use crate::attributes::{
    AES256_GCM, AES256_WRAP, EC_PUBLIC_KEY, ID_AUTH_ENVELOPED_DATA, ID_DATA, STD_DH_SHA256_KDF,
};
use crate::backend::{self, Point};
use crate::certificate::{Certificate, KeyPurpose};
use crate::gcm::{Gcm, TAG_OCTETS};
use crate::kdf::x963_sha256;
use crate::keys::AgreementKey;
use crate::limits;
use crate::tlv::{self, Writer};

/// Who can open what is sealed.
#[derive(Clone, Copy)]
pub enum RecipientSlot<'a> {
    /// The holder of the key in this certificate, which must be for [`KeyPurpose::Encryption`] on
    /// P-256. Whether the certificate counts today is for the caller to have verified.
    KeyAgreement(&'a Certificate),
    /// Everybody who knows this key.
    KeyEncryption {
        /// The name under which they find it.
        id: &'a [u8],
        /// The key.
        kek: &'a KeyEncryptionKey,
    },
}

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// Nobody could open it.
    NoRecipient,
    /// The content has not the size that was announced.
    OtherSize,
    /// A certificate is not for encryption, or its key is not on P-256.
    RecipientKey,
    /// More than [`limits::ENVELOPED_PLAINTEXT_OCTETS_MAX`].
    TooLarge,
    /// More than [`limits::RECIPIENTS_MAX`], or than fit into [`limits::ENVELOPED_HEAD_OCTETS_MAX`].
    TooManyRecipients,
}

impl SealError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRecipient => "no-recipient",
            Self::OtherSize => "other-size",
            Self::RecipientKey => "recipient-key-unusable",
            Self::TooLarge => "too-large",
            Self::TooManyRecipients => "too-many-recipients",
        }
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRecipient => "no recipient could open it",
            Self::OtherSize => "the content has not the size that was announced",
            Self::RecipientKey => "a recipient's certificate is not for encryption",
            Self::TooLarge => "the content is too large",
            Self::TooManyRecipients => "too many recipients for one message",
        })
    }
}

impl core::error::Error for SealError {}

/// Begins to seal a content of exactly `plaintext_octets` under a fresh content key.
///
/// All key-agreement recipients share one fresh ephemeral key (RFC 5753 §3.1.1). The nonce is
/// fresh as well, though one key seals one content anyway.
pub fn seal_framing(
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    plaintext_octets: u64,
    rng: &mut dyn CryptoRng,
) -> Result<Sealer, SealError> {
    // [CMS-133]
    if plaintext_octets > limits::ENVELOPED_PLAINTEXT_OCTETS_MAX {
        return Err(SealError::TooLarge);
    }
    let mut nonce = [0; NONCE_OCTETS];
    rng.fill_bytes(&mut nonce);
    let recipient_infos = recipient_infos(recipients, content_key, rng)?;
    let prefix = prefix(&recipient_infos, &nonce, plaintext_octets);
    if prefix.len() > limits::ENVELOPED_HEAD_OCTETS_MAX {
        return Err(SealError::TooManyRecipients);
    }
    let gcm = Gcm::new(content_key.expose(), &nonce, &[]);
    Ok(Sealer { prefix, gcm, plaintext_octets, sealed_octets: 0 })
}

/// Seals a content in memory.
pub fn seal(
    plaintext: &[u8],
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let mut sealer = seal_framing(recipients, content_key, plaintext.len() as u64, rng)?;
    let mut message = Vec::with_capacity(sealer.prefix.len() + plaintext.len() + SUFFIX_OCTETS);
    message.extend_from_slice(sealer.prefix());
    message.extend_from_slice(plaintext);
    let start = sealer.prefix.len();
    sealer.update(&mut message[start..]);
    message.extend_from_slice(&sealer.finish()?);
    Ok(message)
}

/// A sealing under way: write [`Self::prefix`], then each piece after [`Self::update`], then what
/// [`Self::finish`] gives.
pub struct Sealer {
    prefix: Vec<u8>,
    gcm: Gcm,
    plaintext_octets: u64,
    sealed_octets: u64,
}

impl Sealer {
    /// What stands before the ciphertext.
    #[must_use]
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Encrypts the next piece in place. Pieces may have any length.
    pub fn update(&mut self, octets: &mut [u8]) {
        self.sealed_octets += octets.len() as u64;
        self.gcm.encrypt(octets);
    }

    /// What stands behind the ciphertext: the tag. A content that turned out to have another size
    /// gives [`SealError::OtherSize`], since the prefix has announced it. [CMS-134]
    pub fn finish(self) -> Result<Vec<u8>, SealError> {
        if self.sealed_octets != self.plaintext_octets {
            return Err(SealError::OtherSize);
        }
        Ok(tlv::element(tlv::OCTET_STRING, &self.gcm.tag()))
    }

    /// Octets of the whole message.
    #[must_use]
    pub fn total_octets(&self) -> u64 {
        self.prefix.len() as u64 + self.plaintext_octets + SUFFIX_OCTETS as u64
    }
}

/// ```text
/// AuthEnvelopedData ::= SEQUENCE { version (0), recipientInfos SET OF RecipientInfo,
///     authEncryptedContentInfo SEQUENCE { contentType, contentEncryptionAlgorithm,
///         encryptedContent [0] IMPLICIT OCTET STRING }, mac OCTET STRING }
/// ```
fn prefix(recipient_infos: &[u8], nonce: &[u8; NONCE_OCTETS], ciphertext_octets: u64) -> Vec<u8> {
    let mut encrypted = Writer::new();
    encrypted.oid(&ID_DATA);
    encrypted.raw(&content_encryption(nonce));
    encrypted.header(tlv::context_primitive(0), ciphertext_octets);
    let encrypted_octets = encrypted.octets().len() as u64 + ciphertext_octets;

    let mut fields = Writer::new();
    fields.small(0);
    fields.raw(recipient_infos);
    fields.header(tlv::SEQUENCE, encrypted_octets);
    fields.raw(encrypted.octets());
    let fields_octets = fields.octets().len() as u64 + ciphertext_octets + SUFFIX_OCTETS as u64;

    let fields_header = tlv::header(tlv::SEQUENCE, fields_octets);
    let explicit_octets = fields_header.len() as u64 + fields_octets;
    let content_type = tlv::element(tlv::OBJECT_IDENTIFIER, ID_AUTH_ENVELOPED_DATA.as_bytes());
    let explicit_header = tlv::header(tlv::context(0), explicit_octets);
    let octets = (content_type.len() + explicit_header.len()) as u64 + explicit_octets;
    [
        tlv::header(tlv::SEQUENCE, octets),
        content_type,
        explicit_header,
        fields_header,
        fields.into_octets(),
    ]
    .concat()
}

/// AES-256-GCM with its parameters (RFC 5084 §3.2).
pub(crate) fn content_encryption(nonce: &[u8; NONCE_OCTETS]) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |algorithm| {
        algorithm.oid(&AES256_GCM);
        // aes-ICVlen has DEFAULT 12, so 16 is written.
        algorithm.nest(tlv::SEQUENCE, |parameters| {
            parameters.element(tlv::OCTET_STRING, nonce);
            parameters.small(TAG_OCTETS as u8);
        });
    })
}

/// All recipients, as a SET OF RecipientInfo.
pub(crate) fn recipient_infos(
    recipients: &[RecipientSlot<'_>],
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    // [CMS-132]
    if recipients.is_empty() {
        return Err(SealError::NoRecipient);
    }
    if recipients.len() > limits::RECIPIENTS_MAX {
        return Err(SealError::TooManyRecipients);
    }
    let mut agreed = Vec::new();
    let mut infos = Vec::new();
    for recipient in recipients {
        match recipient {
            RecipientSlot::KeyAgreement(certificate) => agreed.push(*certificate),
            RecipientSlot::KeyEncryption { id, kek } => {
                infos.push(kek_recipient(id, kek, content_key));
            }
        }
    }
    if !agreed.is_empty() {
        infos.push(key_agree_recipient(&agreed, content_key, rng)?);
    }
    let mut set = Writer::new();
    set.set_of(tlv::SET, infos);
    Ok(set.into_octets())
}

/// ```text
/// KeyAgreeRecipientInfo ::= [1] SEQUENCE { version (3), originator [0] EXPLICIT [1] OriginatorPublicKey,
///     keyEncryptionAlgorithm, recipientEncryptedKeys SEQUENCE OF SEQUENCE { rid, encryptedKey } }
/// ```
fn key_agree_recipient(
    certificates: &[&Certificate],
    content_key: &ContentKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let ephemeral = AgreementKey::generate(rng);
    let mut encrypted_keys = Writer::new();
    for certificate in certificates {
        let wrapped = wrap_for(certificate, &ephemeral, content_key)?;
        encrypted_keys.nest(tlv::SEQUENCE, |one| {
            one.raw(&rid(certificate, certificates.len()));
            one.element(tlv::OCTET_STRING, &wrapped);
        });
    }
    Ok(tlv::nested(tlv::context(1), |info| {
        info.small(KARI_VERSION);
        info.nest(tlv::context(0), |originator| {
            originator.nest(tlv::context(1), |public_key| {
                // RFC 5753 §3.1.1: parameters are absent, the curve is the recipient's.
                public_key.nest(tlv::SEQUENCE, |algorithm| algorithm.oid(&EC_PUBLIC_KEY));
                public_key.bit_string(ephemeral.point());
            });
        });
        info.nest(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&STD_DH_SHA256_KDF);
            algorithm.raw(&wrap_algorithm());
        });
        info.element(tlv::SEQUENCE, encrypted_keys.octets());
    }))
}

/// How a recipient is named: by issuer and serial number, which every program reads, or, where many
/// names would be longer than all the rest, by subject key identifier (RFC 5652 §6.2.2).
fn rid(certificate: &Certificate, recipients: usize) -> Vec<u8> {
    match certificate.subject_key_identifier() {
        Some(id) if recipients > NAMED_RECIPIENTS_MAX => {
            tlv::nested(tlv::context(0), |key| key.element(tlv::OCTET_STRING, id))
        }
        _ => tlv::nested(tlv::SEQUENCE, |rid| {
            rid.raw(&certificate.issuer_der());
            rid.raw(&certificate.serial_der());
        }),
    }
}

/// [CMS-135]
fn wrap_for(
    certificate: &Certificate,
    ephemeral: &AgreementKey,
    content_key: &ContentKey,
) -> Result<[u8; WRAPPED_OCTETS], SealError> {
    if !certificate.allows(KeyPurpose::Encryption) {
        return Err(SealError::RecipientKey);
    }
    let point: Point = backend::point_of(&certificate.spki_der()).ok_or(SealError::RecipientKey)?;
    let secret = ephemeral.agree(&point).ok_or(SealError::RecipientKey)?;
    let kek = x963_sha256(&secret[..], &shared_info(&wrap_algorithm(), None));
    Ok(wrap(&kek, content_key))
}

/// ```text
/// KEKRecipientInfo ::= [2] SEQUENCE { version (4), kekid SEQUENCE { keyIdentifier OCTET STRING },
///     keyEncryptionAlgorithm, encryptedKey OCTET STRING }
/// ```
fn kek_recipient(id: &[u8], kek: &KeyEncryptionKey, content_key: &ContentKey) -> Vec<u8> {
    tlv::nested(tlv::context(2), |info| {
        info.small(KEKRI_VERSION);
        info.nest(tlv::SEQUENCE, |kek_id| kek_id.element(tlv::OCTET_STRING, id));
        info.raw(&wrap_algorithm());
        info.element(tlv::OCTET_STRING, &wrap(kek.expose(), content_key));
    })
}

/// RFC 3394.
fn wrap(kek: &[u8; 32], content_key: &ContentKey) -> [u8; WRAPPED_OCTETS] {
    let mut wrapped = [0; WRAPPED_OCTETS];
    KwAes256::new(kek.into())
        .wrap_key(content_key.expose(), &mut wrapped)
        .expect("32 octets wrap into 40");
    wrapped
}

/// RFC 3565 §2.3.2: id-aes256-wrap with absent parameters.
fn wrap_algorithm() -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |algorithm| algorithm.oid(&AES256_WRAP))
}

/// Recipients of one message who are named by issuer and serial number. A letter to a household, a
/// board or both sides of a court case stays below.
const NAMED_RECIPIENTS_MAX: usize = 16;
/// The tag as OCTET STRING.
const SUFFIX_OCTETS: usize = TAG_OCTETS + 2;
