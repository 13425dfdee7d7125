//! A SignedData in pieces that stay octet for octet as they came: what was stamped once must look the
//! same for ever.

use crate::attributes::{ARCHIVE_TIME_STAMP_V3, Attribute, ObjectIdentifier, SIGNATURE_TIME_STAMP};
use crate::decode::{self, DecodeError};
use crate::limits;
use crate::tlv::{self, Reader};

/// ```text
/// ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT SignedData }
/// SignedData ::= SEQUENCE { version, digestAlgorithms SET OF, encapContentInfo,
///     certificates [0] IMPLICIT SET OF OPTIONAL, crls [1] IMPLICIT SET OF OPTIONAL,
///     signerInfos SET OF }
/// ```
pub(super) struct Parts<'a> {
    outer_type: &'a [u8],
    /// version, digestAlgorithms and encapContentInfo, as they follow one another.
    head: Vec<&'a [u8]>,
    /// eContentType, whole.
    pub(super) content_type: &'a [u8],
    /// The octets of eContent.
    pub(super) content: Option<&'a [u8]>,
    /// CertificateChoices, whole.
    pub(super) certificates: Vec<&'a [u8]>,
    /// RevocationInfoChoice, whole.
    pub(super) crls: Vec<&'a [u8]>,
    /// version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm and signature of the one
    /// SignerInfo, as they follow one another.
    pub(super) signer: Vec<&'a [u8]>,
    /// The octets of the signature.
    pub(super) signature: &'a [u8],
    /// Attribute, whole.
    unsigned: Vec<&'a [u8]>,
}

/// One value of an unsigned attribute.
#[derive(Clone, Copy)]
pub(super) struct UnsignedValue<'a> {
    pub(super) oid: ObjectIdentifier,
    /// attrType and AttributeValue, both whole.
    pub(super) type_der: &'a [u8],
    pub(super) value_der: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, DecodeError> {
        decode::bounded(WHAT, der, limits::MESSAGE_OCTETS_MAX)?;
        tlv::check(der)?;
        let mut content_info = Reader::new(tlv::only(der, tlv::SEQUENCE, "ContentInfo")?);
        let outer_type = content_info.tlv(tlv::OBJECT_IDENTIFIER, "contentType")?.octets;
        let mut explicit = content_info.enter(tlv::context(0), "content")?;
        content_info.finish("ContentInfo")?;
        let mut fields = explicit.enter(tlv::SEQUENCE, WHAT)?;
        explicit.finish("content")?;
        let version = fields.tlv(tlv::INTEGER, "SignedData version")?.octets;
        let digest_algorithms = fields.tlv(tlv::SET, "digestAlgorithms")?.octets;
        let encapsulated = fields.tlv(tlv::SEQUENCE, "encapContentInfo")?;
        let (content_type, content) = read_content(encapsulated.value)?;
        let certificates = fields.optional(tlv::context(0), "certificates")?;
        let crls = fields.optional(tlv::context(1), "crls")?;
        let mut signer_infos = fields.enter(tlv::SET, "signerInfos")?;
        fields.finish(WHAT)?;
        let signer_info = signer_infos.enter(tlv::SEQUENCE, "signerInfos")?;
        if !signer_infos.is_empty() {
            return Err(DecodeError::TooMany { what: "signerInfos", count_max: 1 });
        }
        let (signer, signature, unsigned) = read_signer(signer_info)?;
        Ok(Self {
            outer_type,
            head: vec![version, digest_algorithms, encapsulated.octets],
            content_type,
            content,
            certificates: elements(certificates, limits::CERTIFICATES_MAX, "certificates")?,
            crls: elements(crls, limits::ARCHIVED_CRLS_MAX, "crls")?,
            signer,
            signature,
            unsigned,
        })
    }

    /// Every value of every unsigned attribute, in the order of the message.
    pub(super) fn unsigned_values(&self) -> Result<Vec<UnsignedValue<'a>>, DecodeError> {
        let mut all = Vec::new();
        for attribute in &self.unsigned {
            let mut fields = Reader::new(tlv::only(attribute, tlv::SEQUENCE, "attribute")?);
            let type_der = fields.clone().any("attribute type")?.octets;
            let oid = fields.oid("attribute type")?;
            let mut values = fields.enter(tlv::SET, "attribute values")?;
            fields.finish("attribute")?;
            while !values.is_empty() {
                // [CAD-001]
                if all.len() == limits::ATTRIBUTES_MAX {
                    let count_max = limits::ATTRIBUTES_MAX;
                    return Err(DecodeError::TooMany { what: "attributes", count_max });
                }
                let value_der = values.any("attribute value")?.octets;
                all.push(UnsignedValue { oid, type_der, value_der });
            }
        }
        Ok(all)
    }

    /// The same message with more in it: nothing that was there changes.
    pub(super) fn with(
        &self,
        certificates: &[&[u8]],
        crls: &[&[u8]],
        unsigned: Option<&Attribute>,
    ) -> Vec<u8> {
        let owned = |a: &[&[u8]], b: &[&[u8]]| -> Vec<Vec<u8>> {
            a.iter().chain(b).map(|octets| octets.to_vec()).collect()
        };
        let certificates = owned(&self.certificates, certificates);
        let crls = owned(&self.crls, crls);
        let mut attributes = owned(&self.unsigned, &[]);
        attributes.extend(unsigned.map(Attribute::to_der));
        self.replaced(certificates, crls, attributes)
    }

    /// The same content and signer among these.
    pub(super) fn replaced(
        &self,
        certificates: Vec<Vec<u8>>,
        crls: Vec<Vec<u8>>,
        attributes: Vec<Vec<u8>>,
    ) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |content_info| {
            content_info.raw(self.outer_type);
            content_info.nest(tlv::context(0), |explicit| {
                explicit.nest(tlv::SEQUENCE, |fields| {
                    fields.raw(&self.head.concat());
                    if !certificates.is_empty() {
                        fields.set_of(tlv::context(0), certificates);
                    }
                    if !crls.is_empty() {
                        fields.set_of(tlv::context(1), crls);
                    }
                    fields.nest(tlv::SET, |signers| {
                        signers.nest(tlv::SEQUENCE, |signer| {
                            signer.raw(&self.signer.concat());
                            if !attributes.is_empty() {
                                signer.set_of(tlv::context(1), attributes);
                            }
                        });
                    });
                });
            });
        })
    }
}

impl UnsignedValue<'_> {
    pub(super) fn is_signature_time_stamp(&self) -> bool {
        self.oid == SIGNATURE_TIME_STAMP
    }

    pub(super) fn is_archive_time_stamp(&self) -> bool {
        self.oid == ARCHIVE_TIME_STAMP_V3
    }
}

fn read_content(encapsulated: &[u8]) -> Result<(&[u8], Option<&[u8]>), DecodeError> {
    let mut fields = Reader::new(encapsulated);
    let content_type = fields.tlv(tlv::OBJECT_IDENTIFIER, "eContentType")?.octets;
    let content = match fields.optional(tlv::context(0), "eContent")? {
        Some(explicit) => Some(tlv::only(explicit.value, tlv::OCTET_STRING, "eContent")?),
        None => None,
    };
    fields.finish("encapContentInfo")?;
    Ok((content_type, content))
}

/// The fields of a SignerInfo up to the signature, the signature's octets, and the unsigned attributes.
type SignerParts<'a> = (Vec<&'a [u8]>, &'a [u8], Vec<&'a [u8]>);

fn read_signer(mut fields: Reader<'_>) -> Result<SignerParts<'_>, DecodeError> {
    let mut signer = vec![fields.tlv(tlv::INTEGER, "SignerInfo version")?.octets];
    signer.push(fields.any("sid")?.octets);
    signer.push(fields.tlv(tlv::SEQUENCE, "digestAlgorithm")?.octets);
    let signed = fields.optional(tlv::context(0), "signedAttrs")?;
    signer.extend(signed.map(|signed| signed.octets));
    signer.push(fields.tlv(tlv::SEQUENCE, "signatureAlgorithm")?.octets);
    let signature = fields.tlv(tlv::OCTET_STRING, "signature")?;
    signer.push(signature.octets);
    let unsigned = fields.optional(tlv::context(1), "unsignedAttrs")?;
    fields.finish("SignerInfo")?;
    let unsigned = elements(unsigned, limits::ATTRIBUTES_MAX, "attributes")?;
    Ok((signer, signature.value, unsigned))
}

fn elements<'a>(
    set: Option<tlv::Tlv<'a>>,
    count_max: usize,
    what: &'static str,
) -> Result<Vec<&'a [u8]>, DecodeError> {
    let mut reader = Reader::new(set.map_or(&[], |set| set.value));
    let mut elements = Vec::new();
    while !reader.is_empty() {
        if elements.len() == count_max {
            return Err(DecodeError::TooMany { what, count_max });
        }
        elements.push(reader.any(what)?.octets);
    }
    Ok(elements)
}

const WHAT: &str = "SignedData";
