//! Asking the recipient's provider for a recipient's certificates, through the own provider.
//!
//! The question is sealed for the recipient's provider and the answer for the one who asked. The
//! own provider forwards both and learns the domain only; the recipient's provider learns the
//! address asked for and not who asks. The relaying idea and the sealing of answers are those of
//! RFC 9458; the messages are our own because nothing of HTTP needs to be carried.

use crate::address::Address;
use crate::format::{FormatError, from_json, to_json};
use crate::ids::Octets;
use crate::limits::{ANSWER_OCTETS, DIRECTORY_CERTIFICATES_MAX, QUERY_OCTETS};
use crate::slip::{SlipError, pad, unpad, unusable_key};
use sealpost_cms::CryptoRng;
use sealpost_cms::hpke::{ResponseKey, RoutingKey, RoutingPublicKey, open_query, seal_query};
use serde::{Deserialize, Serialize};

const QUERY_INFO: &[u8] = b"sealpost/directory-query/v1";

/// Who is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryQuery {
    /// The address.
    pub address: Address,
}

/// What the directory says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryAnswer {
    /// The recipient's encryption certificates (DER), one for each kind of key; none if nobody has
    /// this address here.
    pub encryption_certificates: Vec<Octets>,
    /// The newest revocation list of the issuer (DER).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_list: Option<Octets>,
}

impl DirectoryQuery {
    /// Seals the question; the returned key opens the answer.
    pub fn seal(
        &self,
        key: &RoutingPublicKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Vec<u8>, ResponseKey), FormatError> {
        let plaintext = pad("directory query", to_json(self), QUERY_OCTETS)?;
        seal_query(key, QUERY_INFO, &plaintext, rng).map_err(|_| unusable_key())
    }

    /// Opens a question at the recipient's provider.
    pub fn open(key: &RoutingKey, sealed: &[u8]) -> Result<(Self, ResponseKey), SlipError> {
        let (plaintext, response_key) =
            open_query(key, QUERY_INFO, sealed).map_err(|_| SlipError::CannotOpen)?;
        let json = unpad("directory query", &plaintext).map_err(SlipError::Malformed)?;
        let query =
            from_json("directory query", json, QUERY_OCTETS).map_err(SlipError::Malformed)?;
        Ok((query, response_key))
    }
}

impl DirectoryAnswer {
    /// Seals the answer for the one who asked.
    pub fn seal(&self, key: ResponseKey, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, FormatError> {
        Ok(key.seal(&pad("directory answer", to_json(self), ANSWER_OCTETS)?, rng))
    }

    /// Opens the answer.
    pub fn open(key: ResponseKey, sealed: &[u8]) -> Result<Self, SlipError> {
        let plaintext = key.open(sealed).map_err(|_| SlipError::CannotOpen)?;
        let json = unpad("directory answer", &plaintext).map_err(SlipError::Malformed)?;
        let answer: Self =
            from_json("directory answer", json, ANSWER_OCTETS).map_err(SlipError::Malformed)?;
        // [DIR-011]
        if answer.encryption_certificates.len() > DIRECTORY_CERTIFICATES_MAX {
            let many = FormatError::new("directory answer", "too many certificates");
            return Err(SlipError::Malformed(many));
        }
        Ok(answer)
    }
}
