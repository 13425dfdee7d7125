//! MessageImprint: what a token stamps.

use super::request::Refusal;
use crate::digest::DigestAlgorithm;
use crate::signed::digest_algorithm;
use crate::tlv::{self, Reader};

/// A digest and what made it.
///
/// ```text
/// MessageImprint ::= SEQUENCE { hashAlgorithm, hashedMessage OCTET STRING }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    algorithm: DigestAlgorithm,
    octets: Vec<u8>,
}

impl Imprint {
    /// Of octets in memory.
    #[must_use]
    pub fn of(algorithm: DigestAlgorithm, octets: &[u8]) -> Self {
        Self { algorithm, octets: algorithm.of(octets) }
    }

    /// A SHA-256 that was computed elsewhere.
    #[must_use]
    pub fn sha256(digest: [u8; 32]) -> Self {
        Self { algorithm: DigestAlgorithm::Sha256, octets: digest.to_vec() }
    }

    /// What made the digest.
    #[must_use]
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The digest.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |imprint| {
            imprint.raw(&digest_algorithm(self.algorithm));
            imprint.element(tlv::OCTET_STRING, &self.octets);
        })
    }
}

/// A digest of the SHA-2 family with absent or NULL parameters. [TSP-004]
pub(super) fn read(inside: &[u8]) -> Result<Imprint, Refusal> {
    let format = |_| Refusal::BadDataFormat;
    let mut fields = Reader::new(inside);
    let mut algorithm = fields.enter(tlv::SEQUENCE, "hashAlgorithm").map_err(format)?;
    let oid = algorithm.oid("hashAlgorithm").map_err(format)?;
    let digest = DigestAlgorithm::from_oid(oid).ok_or(Refusal::BadAlgorithm)?;
    algorithm.optional(tlv::NULL, "hashAlgorithm").map_err(format)?;
    algorithm.finish("hashAlgorithm").map_err(|_| Refusal::BadAlgorithm)?;
    // RFC 3161 §2.4.2: the length must be the algorithm's. [TSP-005]
    let octets = fields.value(tlv::OCTET_STRING, "hashedMessage").map_err(format)?;
    fields.finish("messageImprint").map_err(format)?;
    if octets.len() != digest.octets() {
        return Err(Refusal::BadDataFormat);
    }
    Ok(Imprint { algorithm: digest, octets: octets.to_vec() })
}
