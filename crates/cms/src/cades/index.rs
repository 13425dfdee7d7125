//! ATSHashIndexV3 and what an archive time-stamp stamps (EN 319 122-1 §5.5.2, §5.5.3).

use super::parts::{Parts, SignerParts, UnsignedValue};
use crate::attributes::ATS_HASH_INDEX_V3;
use crate::decode::DecodeError;
use crate::digest::DigestAlgorithm;
use crate::limits;
use crate::signed::digest_algorithm;
use crate::tlv::{self, Reader, Writer};
use crate::tsp::Imprint;

/// Which certificates, revocation lists and unsigned attributes a time-stamp covers, by digest.
///
/// ```text
/// ATSHashIndexV3 ::= SEQUENCE { hashIndAlgorithm AlgorithmIdentifier,
///     certificatesHashIndex SEQUENCE OF OCTET STRING, crlsHashIndex SEQUENCE OF OCTET STRING,
///     unsignedAttrValuesHashIndex SEQUENCE OF OCTET STRING }
/// ```
pub(super) struct HashIndex {
    pub(super) algorithm: DigestAlgorithm,
    /// The whole structure: it is stamped as it is written.
    pub(super) der: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    values: Vec<Vec<u8>>,
}

impl HashIndex {
    /// Of everything that is in the message now: what all signers share, and what stands in this one.
    pub(super) fn over(
        parts: &Parts<'_>,
        signer: &SignerParts<'_>,
        algorithm: DigestAlgorithm,
    ) -> Result<Self, DecodeError> {
        let digests = |all: &[&[u8]]| all.iter().map(|octets| algorithm.of(octets)).collect();
        let values = signer.unsigned_values()?;
        let mut index = Self {
            algorithm,
            der: Vec::new(),
            certificates: digests(&parts.certificates),
            crls: digests(&parts.crls),
            values: values.iter().map(|value| digest_of(algorithm, value)).collect(),
        };
        index.der = tlv::nested(tlv::SEQUENCE, |fields| {
            fields.raw(&digest_algorithm(algorithm));
            for list in [&index.certificates, &index.crls, &index.values] {
                fields.nest(tlv::SEQUENCE, |entries| {
                    list.iter().for_each(|digest| entries.element(tlv::OCTET_STRING, digest));
                });
            }
        });
        Ok(index)
    }

    /// The one in the unsigned attributes of a token; `None` if there is not exactly one. RFC 3161
    /// §2.4.2: nobody signs a token but the authority, and of two indexes nobody could say which one
    /// counts. [CAD-016]
    pub(super) fn of_token(token: &Parts<'_>) -> Result<Option<Self>, DecodeError> {
        let values = token.only_signer()?.unsigned_values()?;
        let mut found = values.iter().filter(|value| value.oid == ATS_HASH_INDEX_V3);
        match (found.next(), found.next()) {
            (Some(value), None) => Self::read(value.value_der).map(Some),
            _ => Ok(None),
        }
    }

    fn read(der: &[u8]) -> Result<Self, DecodeError> {
        let mut fields = Reader::new(tlv::only(der, tlv::SEQUENCE, WHAT)?);
        let mut identifier = fields.enter(tlv::SEQUENCE, "hashIndAlgorithm")?;
        let oid = identifier.oid("hashIndAlgorithm")?;
        identifier.optional(tlv::NULL, "hashIndAlgorithm")?;
        identifier.finish("hashIndAlgorithm")?;
        let algorithm = DigestAlgorithm::from_oid(oid)
            .ok_or(DecodeError::Unsupported { what: "digest of a hash index" })?;
        let certificates = entries(&mut fields, limits::CERTIFICATES_MAX)?;
        let crls = entries(&mut fields, limits::ARCHIVED_CRLS_MAX)?;
        let values = entries(&mut fields, limits::ATTRIBUTES_MAX)?;
        fields.finish(WHAT)?;
        Ok(Self { algorithm, der: der.to_vec(), certificates, crls, values })
    }

    pub(super) fn covers_certificate(&self, der: &[u8]) -> bool {
        self.certificates.contains(&self.algorithm.of(der))
    }

    pub(super) fn covers_crl(&self, der: &[u8]) -> bool {
        self.crls.contains(&self.algorithm.of(der))
    }

    /// How many unsigned attribute values it covers.
    pub(super) fn covered_values(&self) -> usize {
        self.values.len()
    }

    pub(super) fn covers_value(&self, value: &UnsignedValue<'_>) -> bool {
        self.values.contains(&digest_of(self.algorithm, value))
    }

    /// EN 319 122-1 §5.5.2: no other hash value shall be included. An entry without its element says
    /// that something was taken out of the message, or put in its place. [CAD-003]
    pub(super) fn finds_all_in(
        &self,
        parts: &Parts<'_>,
        signer: &SignerParts<'_>,
    ) -> Result<bool, DecodeError> {
        let present = Self::over(parts, signer, self.algorithm)?;
        let holds = |all: &[Vec<u8>], wanted: &[Vec<u8>]| wanted.iter().all(|it| all.contains(it));
        Ok(holds(&present.certificates, &self.certificates)
            && holds(&present.crls, &self.crls)
            && holds(&present.values, &self.values))
    }

    /// What the time-stamp stamps, in this order: the content's type, the content's digest, the fields
    /// of the SignerInfo up to its signature, this index.
    pub(super) fn imprint(
        &self,
        parts: &Parts<'_>,
        signer: &SignerParts<'_>,
        content_digest: &[u8],
    ) -> Imprint {
        let mut stamped = Writer::new();
        stamped.raw(parts.content_type);
        stamped.raw(content_digest);
        signer.fields.iter().for_each(|field| stamped.raw(field));
        stamped.raw(&self.der);
        Imprint::of(self.algorithm, stamped.octets())
    }
}

/// EN 319 122-1 §5.5.2: type and value, both encoded whole, one digest for each value.
fn digest_of(algorithm: DigestAlgorithm, value: &UnsignedValue<'_>) -> Vec<u8> {
    algorithm.of(&[value.type_der, value.value_der].concat())
}

fn entries(fields: &mut Reader<'_>, count_max: usize) -> Result<Vec<Vec<u8>>, DecodeError> {
    let mut reader = fields.enter(tlv::SEQUENCE, WHAT)?;
    let mut entries = Vec::new();
    while !reader.is_empty() {
        // [CAD-004]
        if entries.len() == count_max {
            return Err(DecodeError::TooMany { what: "entries of a hash index", count_max });
        }
        entries.push(reader.value(tlv::OCTET_STRING, WHAT)?.to_vec());
    }
    Ok(entries)
}

const WHAT: &str = "ATSHashIndexV3";
