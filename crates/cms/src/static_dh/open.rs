//! Reading: find the recipient, ask his key with the sender's, hold the code, and only then decrypt.

use zeroize::Zeroizing;

use super::content::{CODE_OCTETS, ContentParameters};
use super::seal::public_key;
use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_DATA};
use crate::cbc::BLOCK_OCTETS;
use crate::certificate::Certificate;
use crate::decode::{self, DecodeError};
use crate::enveloped::{FixedKeys, KeyAnswer, KeyRequest, OpenError, content_key};
use crate::limits;
use crate::tlv::{self, Reader, malformed};

/// A message in memory: its form is checked, its content is not.
pub struct StaticMessage<'a> {
    keys: FixedKeys<'a>,
    content: ContentParameters,
    ciphertext: &'a [u8],
    code: &'a [u8; CODE_OCTETS],
}

impl<'a> StaticMessage<'a> {
    /// Reads a whole message in strict DER.
    pub fn from_der(octets: &'a [u8]) -> Result<Self, DecodeError> {
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
        // RFC 5083 §2.1: version 0.
        if fields.small("version")? != 0 {
            return Err(malformed("CMSVersion"));
        }
        let infos = fields.tlv(tlv::SET, "recipientInfos")?;
        tlv::check(infos.octets)?;
        let keys = FixedKeys::read(infos.value)?;
        let (content, ciphertext) =
            read_encrypted(fields.enter(tlv::SEQUENCE, "authEncryptedContentInfo")?)?;
        let code = fields.value(tlv::OCTET_STRING, "mac")?;
        // Attributes are refused: nothing of ours has them.
        fields.finish(WHAT)?;
        let code = code.try_into().map_err(|_| malformed("mac"))?;
        Ok(Self { keys, content, ciphertext, code })
    }

    /// How many keys besides the sender's can open it.
    #[must_use]
    pub fn recipient_count(&self) -> usize {
        self.keys.count()
    }

    /// Whether the message says that it is from the holder of this certificate. It is true only if
    /// it opens with his key, and then it is from him or from the reader himself.
    #[must_use]
    pub fn is_from(&self, sender: &Certificate) -> bool {
        self.keys.is_from(sender)
    }

    /// The question for the holder of `recipient`, if the message is from `sender` to him. Whether
    /// the sender's certificate holds, the caller has judged.
    #[must_use]
    pub fn key_request(&self, sender: &Certificate, recipient: &Certificate) -> Option<KeyRequest> {
        public_key(recipient)?;
        let peer = public_key(sender).filter(|_| self.is_from(sender))?;
        self.keys.request(&peer, recipient)
    }

    /// Holds the code over all of the ciphertext, then decrypts. Of a wrong key, a changed octet and
    /// another sender's key nobody learns which it was.
    pub fn open(
        &self,
        request: &KeyRequest,
        answer: &KeyAnswer,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let key = content_key(request, answer)?;
        if key.octets().len() != CONTENT_KEY_OCTETS {
            return Err(OpenError::Unauthentic);
        }
        self.content.decrypt(&key, self.ciphertext, self.code)
    }
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
/// RFC 6476 §4.1: authEnc-256 has keys of 256 bits.
const CONTENT_KEY_OCTETS: usize = 32;
