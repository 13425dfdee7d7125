//! The outer form of a message, of whatever recipients it is.

use super::content::{CODE_OCTETS, ContentParameters};
use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_DATA};
use crate::cbc::BLOCK_OCTETS;
use crate::certificate::Certificate;
use crate::decode::{self, DecodeError};
use crate::enveloped::{ContentKey, SealError};
use crate::limits;
use crate::tlv::{self, Reader, malformed};

/// Writes a message; `infos` is the whole SET OF RecipientInfo.
///
/// ```text
/// AuthEnvelopedData ::= SEQUENCE { version (0), originatorInfo [0] IMPLICIT SEQUENCE {
///         certs [0] IMPLICIT SET OF Certificate } OPTIONAL, recipientInfos SET OF RecipientInfo,
///     authEncryptedContentInfo SEQUENCE { contentType, contentEncryptionAlgorithm,
///         encryptedContent [0] IMPLICIT OCTET STRING }, mac OCTET STRING }
/// ```
pub(super) fn write(
    originator: Option<&Certificate>,
    infos: &[u8],
    content: &ContentParameters,
    content_key: &ContentKey,
    plaintext: &[u8],
) -> Result<Vec<u8>, SealError> {
    if plaintext.len() >= limits::MESSAGE_OCTETS_MAX - limits::ENVELOPED_HEAD_OCTETS_MAX {
        return Err(SealError::TooLarge);
    }
    let originator_octets = originator.map_or(0, |certificate| certificate.der().len());
    if originator_octets + infos.len() > limits::ENVELOPED_HEAD_OCTETS_MAX {
        return Err(SealError::TooManyRecipients);
    }
    let (ciphertext, code) = content.encrypt(content_key, plaintext);
    Ok(tlv::nested(tlv::SEQUENCE, |content_info| {
        content_info.oid(&ID_AUTH_ENVELOPED_DATA);
        content_info.nest(tlv::context(0), |explicit| {
            explicit.nest(tlv::SEQUENCE, |fields| {
                fields.small(VERSION);
                if let Some(certificate) = originator {
                    fields.nest(tlv::context(0), |info| {
                        info.element(tlv::context(0), certificate.der());
                    });
                }
                fields.raw(infos);
                fields.nest(tlv::SEQUENCE, |encrypted| {
                    encrypted.oid(&ID_DATA);
                    encrypted.raw(content.der());
                    encrypted.element(tlv::context_primitive(0), &ciphertext);
                });
                fields.element(tlv::OCTET_STRING, &code);
            });
        });
    }))
}

/// A message in memory: its form is checked, its content is not.
pub(super) struct Form<'a> {
    pub(super) originator: Option<Certificate>,
    /// The inside of recipientInfos.
    pub(super) infos: &'a [u8],
    pub(super) content: ContentParameters,
    pub(super) ciphertext: &'a [u8],
    pub(super) code: &'a [u8; CODE_OCTETS],
}

impl<'a> Form<'a> {
    /// Reads a whole message in strict DER.
    pub(super) fn from_der(octets: &'a [u8]) -> Result<Self, DecodeError> {
        if octets.len() > limits::MESSAGE_OCTETS_MAX {
            let octets_max = limits::MESSAGE_OCTETS_MAX;
            return Err(DecodeError::TooLarge { what: WHAT, octets: octets.len(), octets_max });
        }
        let mut content_info = Reader::new(tlv::only(octets, tlv::SEQUENCE, "ContentInfo")?);
        let content_type = content_info.oid("contentType")?;
        decode::refuse_compressed(content_type)?;
        if content_type != ID_AUTH_ENVELOPED_DATA {
            return Err(DecodeError::Unsupported { what: "CMS type other than AuthEnvelopedData" });
        }
        let explicit = content_info.value(tlv::context(0), "content")?;
        content_info.finish("ContentInfo")?;
        let mut fields = Reader::new(tlv::only(explicit, tlv::SEQUENCE, WHAT)?);
        if fields.small("version")? != VERSION {
            return Err(malformed("CMSVersion"));
        }
        let originator = fields.optional(tlv::context(0), "originatorInfo")?;
        let originator = originator.map(|info| read_originator(info.value)).transpose()?;
        let infos = fields.tlv(tlv::SET, "recipientInfos")?;
        tlv::check(infos.octets)?;
        let (content, ciphertext) =
            read_encrypted(fields.enter(tlv::SEQUENCE, "authEncryptedContentInfo")?)?;
        let code = fields.value(tlv::OCTET_STRING, "mac")?;
        // Attributes are refused: nothing of ours has them.
        fields.finish(WHAT)?;
        let code = code.try_into().map_err(|_| malformed("mac"))?;
        Ok(Self { originator, infos: infos.value, content, ciphertext, code })
    }
}

/// RFC 5652 §6.1: one certificate, and no revocation list.
fn read_originator(info: &[u8]) -> Result<Certificate, DecodeError> {
    let mut info = Reader::new(info);
    let certificates = info.value(tlv::context(0), "certs")?;
    info.finish("originatorInfo")?;
    Certificate::from_der(certificates)
}

fn read_encrypted(mut fields: Reader<'_>) -> Result<(ContentParameters, &[u8]), DecodeError> {
    let content_type = fields.oid("contentType")?;
    decode::refuse_compressed(content_type)?;
    if content_type != ID_DATA {
        return Err(DecodeError::Unsupported { what: "enveloped content other than id-data" });
    }
    let algorithm = fields.tlv(tlv::SEQUENCE, "contentEncryptionAlgorithm")?;
    tlv::check(algorithm.octets)?;
    let content = ContentParameters::read(algorithm.octets, Reader::new(algorithm.value))?;
    let ciphertext = fields.value(tlv::context_primitive(0), "encryptedContent")?;
    fields.finish("authEncryptedContentInfo")?;
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_OCTETS) {
        return Err(malformed("encryptedContent"));
    }
    Ok((content, ciphertext))
}

const WHAT: &str = "AuthEnvelopedData";
/// RFC 5083 §2.1.
const VERSION: u8 = 0;
