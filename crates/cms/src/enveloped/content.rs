//! How a content is encrypted: the algorithm, its parameters, and the key it is derived from.

use super::{ContentKey, NONCE_OCTETS};
use crate::CryptoRng;
use crate::attributes::{
    AES128_CBC, AES128_GCM, AES256_CBC, AES256_GCM, CEK_HKDF_SHA256, ObjectIdentifier,
};
use crate::cbc::BLOCK_OCTETS;
use crate::decode::DecodeError;
use crate::digest::DigestAlgorithm;
use crate::gcm::TAG_OCTETS;
use crate::kdf;
use crate::policy::ContentEncryption;
use crate::tlv::{self, Reader, malformed};

/// How a content is encrypted, and whether its key is bound to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentAlgorithm {
    encryption: ContentEncryption,
    is_bound: bool,
}

impl ContentAlgorithm {
    /// AES-256-GCM, which every program of S/MIME 4.0 reads: what is used if nobody asks for more.
    pub const COMMON: Self = Self::plain(ContentEncryption::Aes256Gcm);

    /// The content key encrypts the content.
    #[must_use]
    pub const fn plain(encryption: ContentEncryption) -> Self {
        Self { encryption, is_bound: false }
    }

    /// A key derived from content key and algorithm encrypts the content (CEK-HKDF, RFC 9709): who
    /// relabels the ciphertext as one of another algorithm, to have it decrypted without its tag,
    /// gets another key.
    #[must_use]
    pub const fn bound(encryption: ContentEncryption) -> Self {
        Self { encryption, is_bound: true }
    }

    /// The cipher.
    #[must_use]
    pub const fn encryption(self) -> ContentEncryption {
        self.encryption
    }

    /// Whether the key is bound to the algorithm.
    #[must_use]
    pub const fn is_bound(self) -> bool {
        self.is_bound
    }

    /// The name in reports.
    #[must_use]
    pub fn label(self) -> String {
        let name = self.encryption.name();
        if self.is_bound { format!("{name}-cek-hkdf-sha256") } else { name.to_owned() }
    }

    pub(crate) const fn key_octets(self) -> usize {
        self.encryption.key_octets()
    }
}

/// The algorithm of one message, with its nonce or initialisation vector.
#[derive(Clone)]
pub(crate) struct ContentParameters {
    algorithm: ContentAlgorithm,
    /// As many octets as the mode has.
    iv: Vec<u8>,
}

impl ContentParameters {
    pub(crate) fn fresh(algorithm: ContentAlgorithm, rng: &mut dyn CryptoRng) -> Self {
        let octets =
            if algorithm.encryption.is_authenticated() { NONCE_OCTETS } else { BLOCK_OCTETS };
        let mut iv = vec![0; octets];
        rng.fill_bytes(&mut iv);
        Self { algorithm, iv }
    }

    pub(crate) fn algorithm(&self) -> ContentAlgorithm {
        self.algorithm
    }

    /// The nonce of GCM or the initialisation vector of CBC: the caller knows which.
    pub(crate) fn iv<const N: usize>(&self) -> [u8; N] {
        self.iv.as_slice().try_into().expect("the mode that was asked for has such a vector")
    }

    /// Reads the inside of a contentEncryptionAlgorithm.
    pub(crate) fn read(algorithm: Reader<'_>) -> Result<Self, DecodeError> {
        let mut fields = algorithm.clone();
        if fields.oid(WHAT)? != CEK_HKDF_SHA256 {
            return read_plain(algorithm);
        }
        // RFC 9709 §3: the parameters are the algorithm that the derived key is for. It cannot be
        // another derivation. [CMS-220]
        let inner = fields.enter(tlv::SEQUENCE, WHAT)?;
        fields.finish(WHAT)?;
        let mut parameters = read_plain(inner)?;
        parameters.algorithm.is_bound = true;
        Ok(parameters)
    }

    /// RFC 5083 §2: AuthEnvelopedData holds what has a tag of its own. [CMS-228]
    pub(crate) fn require_tag(&self) -> Result<(), DecodeError> {
        match self.algorithm.encryption.is_authenticated() {
            true => Ok(()),
            false => Err(DecodeError::Unsupported { what: "AuthEnvelopedData without a tag" }),
        }
    }

    /// The AlgorithmIdentifier.
    pub(crate) fn to_der(&self) -> Vec<u8> {
        if !self.algorithm.is_bound {
            return self.plain_der();
        }
        tlv::nested(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&CEK_HKDF_SHA256);
            algorithm.raw(&self.plain_der());
        })
    }

    fn plain_der(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&identifier(self.algorithm.encryption));
            if self.algorithm.encryption.is_authenticated() {
                // RFC 5084 §3.2. aes-ICVlen has DEFAULT 12, so 16 is written.
                algorithm.nest(tlv::SEQUENCE, |parameters| {
                    parameters.element(tlv::OCTET_STRING, &self.iv);
                    parameters.small(TAG_OCTETS as u8);
                });
            } else {
                // RFC 3565 §2.3.1: AES-IV.
                algorithm.element(tlv::OCTET_STRING, &self.iv);
            }
        })
    }

    /// The key that encrypts the content; nothing if the content key has not the length that the
    /// algorithm needs. [CMS-221]
    pub(crate) fn key(&self, content_key: &ContentKey) -> Option<ContentKey> {
        let octets = content_key.octets();
        if octets.len() != self.algorithm.key_octets() {
            return None;
        }
        if !self.algorithm.is_bound {
            return ContentKey::from_octets(octets);
        }
        // RFC 9709 §2: the algorithm with its parameters is what the key is derived for.
        let (sha256, info) = (DigestAlgorithm::Sha256, self.plain_der());
        ContentKey::from_octets(&kdf::hkdf(sha256, CEK_HKDF_SALT, octets, &info, octets.len()))
    }
}

/// RFC 5084 §3.2, narrowed: a nonce of 12 octets, a tag of 16. [CMS-142]
fn read_plain(mut algorithm: Reader<'_>) -> Result<ContentParameters, DecodeError> {
    let oid = algorithm.oid(WHAT)?;
    let Some(encryption) = ALL.into_iter().find(|one| identifier(*one) == oid) else {
        return Err(DecodeError::Unsupported { what: "content encryption that is not ours" });
    };
    let iv = if encryption.is_authenticated() {
        let mut parameters = algorithm.enter(tlv::SEQUENCE, "GCMParameters")?;
        let nonce = parameters.value(tlv::OCTET_STRING, "aes-nonce")?;
        // ICVlen 12 is the DEFAULT and would be absent.
        if usize::from(parameters.small("aes-ICVlen")?) != TAG_OCTETS {
            return Err(DecodeError::Unsupported { what: "GCM tag other than 16 octets" });
        }
        parameters.finish("GCMParameters")?;
        nonce
    } else {
        algorithm.value(tlv::OCTET_STRING, "AES-IV")?
    };
    algorithm.finish(WHAT)?;
    let octets = if encryption.is_authenticated() { NONCE_OCTETS } else { BLOCK_OCTETS };
    if iv.len() != octets {
        return Err(malformed("nonce"));
    }
    Ok(ContentParameters { algorithm: ContentAlgorithm::plain(encryption), iv: iv.to_vec() })
}

const fn identifier(encryption: ContentEncryption) -> ObjectIdentifier {
    match encryption {
        ContentEncryption::Aes128Gcm => AES128_GCM,
        ContentEncryption::Aes256Gcm => AES256_GCM,
        ContentEncryption::Aes128Cbc => AES128_CBC,
        ContentEncryption::Aes256Cbc => AES256_CBC,
    }
}

const ALL: [ContentEncryption; 4] = [
    ContentEncryption::Aes128Gcm,
    ContentEncryption::Aes256Gcm,
    ContentEncryption::Aes128Cbc,
    ContentEncryption::Aes256Cbc,
];
const WHAT: &str = "contentEncryptionAlgorithm";
/// RFC 9709 §2.
const CEK_HKDF_SALT: &[u8] = b"The Cryptographic Message Syntax";

#[cfg(test)]
impl ContentParameters {
    /// The same vector under another algorithm of the same mode.
    pub(super) fn relabelled(&self, algorithm: ContentAlgorithm) -> Self {
        Self { algorithm, iv: self.iv.clone() }
    }
}
