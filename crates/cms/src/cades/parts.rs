//! A SignedData in pieces that stay octet for octet as they came: what was stamped once must look the
//! same for ever.

use crate::attributes::{ARCHIVE_TIME_STAMP_V3, Attribute, ObjectIdentifier, SIGNATURE_TIME_STAMP};
use crate::decode::{self, DecodeError};
use crate::limits;
use crate::tlv::{self, Reader, malformed};

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
    /// At least one, in the order of the message.
    pub(super) signers: Vec<SignerParts<'a>>,
}

/// One SignerInfo (RFC 5652 §5.3). An archive time-stamp stands in one and covers this one alone.
pub(super) struct SignerParts<'a> {
    /// version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm and signature, as they follow
    /// one another.
    pub(super) fields: Vec<&'a [u8]>,
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
        let signer_infos = fields.tlv(tlv::SET, "signerInfos")?;
        fields.finish(WHAT)?;
        let signers = SignerParts::read_all(signer_infos)?;
        Ok(Self {
            outer_type,
            head: vec![version, digest_algorithms, encapsulated.octets],
            content_type,
            content,
            certificates: elements(certificates, limits::CERTIFICATES_MAX, "certificates")?,
            crls: elements(crls, limits::ARCHIVED_CRLS_MAX, "crls")?,
            signers,
        })
    }

    /// The signer, of a message that has one.
    pub(super) fn only_signer(&self) -> Result<&SignerParts<'a>, DecodeError> {
        match self.signers.as_slice() {
            [signer] => Ok(signer),
            _ => Err(DecodeError::TooMany { what: "signerInfos", count_max: 1 }),
        }
    }

    /// The same message with more in it: nothing that was there changes but the order of sets. Of the
    /// attributes the first is for the first signer, and so on.
    pub(super) fn with(
        &self,
        certificates: &[&[u8]],
        crls: &[&[u8]],
        unsigned: &[Attribute],
    ) -> Vec<u8> {
        let owned = |all: &[&[u8]]| all.iter().map(|octets| octets.to_vec()).collect::<Vec<_>>();
        let certificates = owned(&[&self.certificates, certificates].concat());
        let crls = owned(&[&self.crls, crls].concat());
        let mut attributes: Vec<_> = self.signers.iter().map(|it| owned(&it.unsigned)).collect();
        for (of_signer, attribute) in attributes.iter_mut().zip(unsigned) {
            of_signer.push(attribute.to_der());
        }
        self.replaced(certificates, crls, attributes)
    }

    /// The same content and signers among these; for each signer its unsigned attributes.
    pub(super) fn replaced(
        &self,
        certificates: Vec<Vec<u8>>,
        crls: Vec<Vec<u8>>,
        attributes: Vec<Vec<Vec<u8>>>,
    ) -> Vec<u8> {
        let signers = self.signers.iter().zip(attributes);
        let signers =
            signers.map(|(signer, attributes)| signer.with_unsigned(attributes)).collect();
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
                    fields.set_of(tlv::SET, signers);
                });
            });
        })
    }
}

impl<'a> SignerParts<'a> {
    fn read_all(set: tlv::Tlv<'a>) -> Result<Vec<Self>, DecodeError> {
        // [CAD-015]
        let infos = elements(Some(set), limits::SIGNERS_MAX, "signerInfos")?;
        // A set has nothing twice, and one time-stamp could not be told from the other.
        let repeated = (1..infos.len()).any(|at| infos[..at].contains(&infos[at]));
        if infos.is_empty() || repeated {
            return Err(malformed("signerInfos"));
        }
        let read = |info| Self::read(Reader::new(tlv::only(info, tlv::SEQUENCE, "signerInfos")?));
        infos.into_iter().map(read).collect()
    }

    fn read(mut reader: Reader<'a>) -> Result<Self, DecodeError> {
        let mut fields = vec![reader.tlv(tlv::INTEGER, "SignerInfo version")?.octets];
        fields.push(reader.any("sid")?.octets);
        fields.push(reader.tlv(tlv::SEQUENCE, "digestAlgorithm")?.octets);
        let signed = reader.optional(tlv::context(0), "signedAttrs")?;
        fields.extend(signed.map(|signed| signed.octets));
        fields.push(reader.tlv(tlv::SEQUENCE, "signatureAlgorithm")?.octets);
        let signature = reader.tlv(tlv::OCTET_STRING, "signature")?;
        fields.push(signature.octets);
        let unsigned = reader.optional(tlv::context(1), "unsignedAttrs")?;
        reader.finish("SignerInfo")?;
        let unsigned = elements(unsigned, limits::ATTRIBUTES_MAX, "attributes")?;
        Ok(Self { fields, signature: signature.value, unsigned })
    }

    fn with_unsigned(&self, attributes: Vec<Vec<u8>>) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |signer| {
            signer.raw(&self.fields.concat());
            if !attributes.is_empty() {
                signer.set_of(tlv::context(1), attributes);
            }
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
