//! Messages that are wrong in one place and right in all others: signed by Anna's own key.

use crate::attributes::{
    Attribute, CMS_ALGORITHM_PROTECTION, CONTENT_TYPE, ECDSA_WITH_SHA256, ID_DATA, ID_SIGNED_DATA,
    MESSAGE_DIGEST, ObjectIdentifier, SHA256, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use crate::kdf::sha256;
use crate::testing::{HOUSE, NOW};
use crate::tlv::{self, Writer};

/// All parts of a SignedData; each may be replaced before [`Self::message`] signs them.
#[derive(Clone)]
pub(super) struct Forge {
    pub(super) outer_type: ObjectIdentifier,
    pub(super) version: u8,
    pub(super) digest_algorithms: Vec<Vec<u8>>,
    pub(super) content_type: ObjectIdentifier,
    pub(super) content: Option<Vec<u8>>,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) crls: Vec<Vec<u8>>,
    pub(super) signer_version: u8,
    pub(super) sid: Vec<u8>,
    pub(super) digest_algorithm: Vec<u8>,
    /// Attributes in DER; `None` leaves them out and signs the content.
    pub(super) signed: Option<Vec<Vec<u8>>>,
    pub(super) signature_algorithm: Vec<u8>,
    pub(super) unsigned: Vec<Vec<u8>>,
    pub(super) signers: usize,
    pub(super) sorted: bool,
}

pub(super) fn algorithm(oid: &ObjectIdentifier) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |algorithm| algorithm.oid(oid))
}

pub(super) fn attribute(oid: ObjectIdentifier, value_der: Vec<u8>) -> Vec<u8> {
    Attribute { oid, value_der }.to_der()
}

pub(super) fn ess(certificate_digest: &[u8]) -> Vec<u8> {
    let id = tlv::element(tlv::SEQUENCE, &tlv::element(tlv::OCTET_STRING, certificate_digest));
    tlv::element(tlv::SEQUENCE, &tlv::element(tlv::SEQUENCE, &id))
}

pub(super) fn protection(digest: &[u8], signature: &[u8]) -> Vec<u8> {
    let signature = [&[tlv::context(1)], &signature[1..]].concat();
    tlv::element(tlv::SEQUENCE, &[digest, &signature].concat())
}

impl Forge {
    pub(super) fn new(content: &[u8]) -> Self {
        let (digest, signature) = (algorithm(&SHA256), algorithm(&ECDSA_WITH_SHA256));
        let oid = |oid: ObjectIdentifier| tlv::element(tlv::OBJECT_IDENTIFIER, oid.as_bytes());
        let octets = |octets: &[u8]| tlv::element(tlv::OCTET_STRING, octets);
        let signed = vec![
            attribute(CONTENT_TYPE, oid(ID_DATA)),
            attribute(MESSAGE_DIGEST, octets(&sha256(content))),
            attribute(SIGNING_TIME, crate::asn1_time::time_der(NOW)),
            attribute(SIGNING_CERTIFICATE_V2, ess(&HOUSE.anna.sha256())),
            attribute(CMS_ALGORITHM_PROTECTION, protection(&digest, &signature)),
        ];
        let sid = [HOUSE.anna.issuer_der(), HOUSE.anna.serial_der()].concat();
        Self {
            outer_type: ID_SIGNED_DATA,
            version: 1,
            digest_algorithms: vec![digest.clone()],
            content_type: ID_DATA,
            content: Some(content.to_vec()),
            certificates: vec![HOUSE.anna.der().to_vec()],
            crls: Vec::new(),
            signer_version: 1,
            sid: tlv::element(tlv::SEQUENCE, &sid),
            digest_algorithm: digest,
            signed: Some(signed),
            signature_algorithm: signature,
            unsigned: Vec::new(),
            signers: 1,
            sorted: true,
        }
    }

    /// Replaces the attribute of this type, or removes it.
    pub(super) fn with(mut self, oid: ObjectIdentifier, value_der: Option<Vec<u8>>) -> Self {
        let start = tlv::element(tlv::OBJECT_IDENTIFIER, oid.as_bytes());
        let signed = self.signed.as_mut().unwrap();
        signed.retain(|attribute| !attribute[2..].starts_with(&start));
        signed.extend(value_der.map(|value_der| attribute(oid, value_der)));
        self
    }

    fn set(&self, tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
        elements.sort();
        if !self.sorted {
            elements.reverse();
        }
        tlv::element(tag, &elements.concat())
    }

    pub(super) fn message(&self) -> Vec<u8> {
        let to_sign = match &self.signed {
            Some(signed) => {
                let mut sorted = signed.clone();
                sorted.sort();
                tlv::element(tlv::SET, &sorted.concat())
            }
            None => self.content.clone().unwrap_or_default(),
        };
        let signer_info = tlv::nested(tlv::SEQUENCE, |info| {
            info.small(self.signer_version);
            info.raw(&self.sid);
            info.raw(&self.digest_algorithm);
            if let Some(signed) = &self.signed {
                info.raw(&self.set(tlv::context(0), signed.clone()));
            }
            info.raw(&self.signature_algorithm);
            info.element(tlv::OCTET_STRING, &HOUSE.anna_key.sign_raw(&to_sign));
            if !self.unsigned.is_empty() {
                info.raw(&self.set(tlv::context(1), self.unsigned.clone()));
            }
        });
        let mut content = Writer::new();
        content.oid(&self.content_type);
        if let Some(octets) = &self.content {
            content.nest(tlv::context(0), |explicit| explicit.element(tlv::OCTET_STRING, octets));
        }
        let signed_data = tlv::nested(tlv::SEQUENCE, |fields| {
            fields.small(self.version);
            fields.raw(&self.set(tlv::SET, self.digest_algorithms.clone()));
            fields.element(tlv::SEQUENCE, content.octets());
            if !self.certificates.is_empty() {
                fields.raw(&self.set(tlv::context(0), self.certificates.clone()));
            }
            if !self.crls.is_empty() {
                fields.raw(&self.set(tlv::context(1), self.crls.clone()));
            }
            fields.element(tlv::SET, &signer_info.repeat(self.signers));
        });
        tlv::nested(tlv::SEQUENCE, |content_info| {
            content_info.oid(&self.outer_type);
            content_info.element(tlv::context(0), &signed_data);
        })
    }
}
