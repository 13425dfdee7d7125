//! TimeStampReq, from both sides.

use super::imprint::{self, Imprint};
use crate::attributes::ObjectIdentifier;
use crate::decode::{self, DecodeError};
use crate::limits;
use crate::tlv::{self, Reader, Writer, malformed};

/// ```text
/// TimeStampReq ::= SEQUENCE { version INTEGER (1), messageImprint, reqPolicy OBJECT IDENTIFIER OPTIONAL,
///     nonce INTEGER OPTIONAL, certReq BOOLEAN DEFAULT FALSE, extensions [0] IMPLICIT OPTIONAL }
/// MessageImprint ::= SEQUENCE { hashAlgorithm, hashedMessage OCTET STRING }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TimeStampRequest {
    imprint: Imprint,
    /// MessageImprint as it came: the answer repeats it octet for octet.
    imprint_der: Vec<u8>,
    policy: Option<ObjectIdentifier>,
    /// The content of the INTEGER.
    nonce: Option<Vec<u8>>,
    wants_certificates: bool,
}

/// PKIFailureInfo (RFC 3161 §2.4.2), as far as a request can be at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    BadAlgorithm,
    BadRequest,
    BadDataFormat,
    UnacceptedPolicy,
    UnacceptedExtension,
}

impl Refusal {
    pub(super) const fn bit(self) -> u8 {
        match self {
            Self::BadAlgorithm => 0,
            Self::BadRequest => 2,
            Self::BadDataFormat => 5,
            Self::UnacceptedPolicy => 15,
            Self::UnacceptedExtension => 16,
        }
    }
}

impl TimeStampRequest {
    /// Asks for a time-stamp over a SHA-256 digest. The nonce must be fresh: 64 random bits.
    #[must_use]
    pub fn new(imprint: [u8; 32], nonce: u64) -> Self {
        Self::with_imprint(Imprint::sha256(imprint), nonce)
    }

    /// As [`Self::new`], over a digest of one's choice: archives outlive algorithms.
    #[must_use]
    pub fn with_imprint(imprint: Imprint, nonce: u64) -> Self {
        let imprint_der = imprint.to_der();
        let mut integer = Writer::new();
        integer.unsigned(&nonce.to_be_bytes());
        let nonce = integer.octets()[2..].to_vec();
        Self { imprint, imprint_der, policy: None, nonce: Some(nonce), wants_certificates: true }
    }

    /// The request in DER, to be sent as `application/timestamp-query`.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |request| {
            request.small(1);
            request.raw(&self.imprint_der);
            if let Some(policy) = &self.policy {
                request.oid(policy);
            }
            if let Some(nonce) = &self.nonce {
                request.element(tlv::INTEGER, nonce);
            }
            if self.wants_certificates {
                request.element(tlv::BOOLEAN, &[0xff]);
            }
        })
    }

    /// Reads a request with an imprint of the SHA-2 family and no extensions.
    pub fn from_der(octets: &[u8]) -> Result<Self, DecodeError> {
        Self::read(octets).map_err(|refusal| match refusal {
            Refusal::BadAlgorithm => DecodeError::Unsupported { what: "digest of a time-stamp" },
            Refusal::UnacceptedExtension | Refusal::UnacceptedPolicy => {
                DecodeError::Unsupported { what: "extension of a time-stamp request" }
            }
            Refusal::BadRequest => {
                DecodeError::Unsupported { what: "version of a time-stamp request" }
            }
            Refusal::BadDataFormat => malformed(WHAT),
        })
    }

    /// The SHA-256 to be stamped, which all requests of ours but those of archives have. For another
    /// digest these are zeros, of which nobody knows a preimage and for which no token passes; see
    /// [`Self::stamped`].
    #[must_use]
    pub fn imprint(&self) -> [u8; 32] {
        self.imprint.octets().try_into().unwrap_or_default()
    }

    /// The digest to be stamped, whatever made it.
    #[must_use]
    pub fn stamped(&self) -> &Imprint {
        &self.imprint
    }

    pub(super) fn imprint_der(&self) -> &[u8] {
        &self.imprint_der
    }

    pub(super) fn policy(&self) -> Option<ObjectIdentifier> {
        self.policy
    }

    pub(super) fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    pub(super) fn wants_certificates(&self) -> bool {
        self.wants_certificates
    }

    pub(super) fn read(octets: &[u8]) -> Result<Self, Refusal> {
        let format = |_| Refusal::BadDataFormat;
        decode::bounded(WHAT, octets, limits::TIME_STAMP_REQUEST_OCTETS_MAX).map_err(format)?;
        tlv::check(octets).map_err(format)?;
        let fields = tlv::only(octets, tlv::SEQUENCE, WHAT).map_err(format)?;
        let mut fields = Reader::new(fields);
        // RFC 3161 §2.4.1: version 1. [TSP-001]
        if fields.integer("version").map_err(format)? != [1] {
            return Err(Refusal::BadRequest);
        }
        let imprint_tlv = fields.tlv(tlv::SEQUENCE, "messageImprint").map_err(format)?;
        let imprint = imprint::read(imprint_tlv.value)?;
        let policy = if fields.next_is(tlv::OBJECT_IDENTIFIER) {
            Some(fields.oid("reqPolicy").map_err(format)?)
        } else {
            None
        };
        let nonce = fields.optional(tlv::INTEGER, "nonce").map_err(format)?;
        // The answer repeats the nonce, and is not to grow with it. [TSP-002]
        if nonce.is_some_and(|n| n.value.len() > limits::TIME_STAMP_INTEGER_OCTETS_MAX) {
            return Err(Refusal::BadDataFormat);
        }
        // X.690 §11.5: FALSE is the DEFAULT and not written.
        let certificates = fields.optional(tlv::BOOLEAN, "certReq").map_err(format)?;
        if certificates.is_some_and(|flag| flag.value != [0xff]) {
            return Err(Refusal::BadDataFormat);
        }
        // RFC 3161 §2.4.1: extensions that are not recognised are refused, critical or not. [TSP-003]
        if fields.optional(tlv::context(0), "extensions").map_err(format)?.is_some() {
            return Err(Refusal::UnacceptedExtension);
        }
        fields.finish(WHAT).map_err(format)?;
        Ok(Self {
            imprint,
            imprint_der: imprint_tlv.octets.to_vec(),
            policy,
            nonce: nonce.map(|nonce| nonce.value.to_vec()),
            wants_certificates: certificates.is_some(),
        })
    }
}

const WHAT: &str = "TimeStampReq";
