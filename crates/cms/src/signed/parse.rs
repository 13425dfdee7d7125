//! Reading SignedData (RFC 5652 §5): from octets to fields, nothing believed.

use crate::attributes::{Attribute, ID_DATA, ID_SIGNED_DATA, ObjectIdentifier};
use crate::ber;
use crate::certificate::Certificate;
use crate::decode::{self, DecodeError};
use crate::digest::DigestAlgorithm;
use crate::limits::{self, Limits};
use crate::path::Crl;
use crate::tlv::{self, Reader, Tlv, malformed};
use crate::verdict::Unverified;

/// A SignedData that parses. Nothing in it is believed: `verify_attached` and its siblings do that.
#[derive(Clone)]
pub struct SignedData {
    der: Vec<u8>,
    content: Option<Vec<u8>>,
    content_type: ObjectIdentifier,
    certificates: Vec<Certificate>,
    /// Where among them the one stands that each signer names.
    signers: Vec<Option<usize>>,
    attributes: Vec<Attribute>,
}

impl SignedData {
    /// Reads strict DER, as we write it.
    ///
    /// ```compile_fail,E0061
    /// // Invariant 12: nothing is read without a bound.
    /// fn read(octets: &[u8]) { let _ = sealpost_cms::signed::SignedData::from_der(octets); }
    /// ```
    /// ```
    /// use sealpost_cms::signed::{Limits, SignedData};
    /// fn read(octets: &[u8]) { let _ = SignedData::from_der(octets, Limits::default()); }
    /// ```
    pub fn from_der(octets: &[u8], limits: Limits) -> Result<Unverified<Self>, DecodeError> {
        decode::bounded(WHAT, octets, limits.octets_max)?;
        Self::read(octets.to_vec(), Dialect::Ours)
    }

    /// Reads what foreign programs write: BER is rewritten as DER, sets may have any order. For
    /// its verdict see [`super::verify_foreign`].
    pub fn from_ber(octets: &[u8], limits: Limits) -> Result<Unverified<Self>, DecodeError> {
        decode::bounded(WHAT, octets, limits.octets_max)?;
        Self::read(ber::to_der(octets)?, Dialect::Foreign)
    }

    fn read(der: Vec<u8>, dialect: Dialect) -> Result<Unverified<Self>, DecodeError> {
        let parsed = Parsed::read(&der, dialect)?;
        let content = parsed.content.map(<[u8]>::to_vec);
        let content_type = parsed.content_type;
        let attributes = parsed.common_attributes();
        let certificates = parsed.certificates;
        let named = |signer: &SignerInfo<'_>| {
            certificates.iter().position(|certificate| signer.sid.names(certificate))
        };
        let signers = parsed.signers.iter().map(named).collect();
        Ok(Unverified::new(Self { der, content, content_type, certificates, signers, attributes }))
    }

    /// The message in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The content, if it is inside.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// What kind of content it says it is.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The certificates that came along.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificate that each signer names, if it came along. Whether the signature is by its key,
    /// nobody has looked.
    pub fn signer_certificates(&self) -> impl Iterator<Item = Option<&Certificate>> {
        self.signers.iter().map(|place| place.map(|place| &self.certificates[place]))
    }

    /// The DER of a signed attribute's one value, if all signers say the same.
    #[must_use]
    pub fn signed_attribute(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.attributes.iter().find(|attribute| attribute.oid == oid)?;
        Some(&found.value_der)
    }
}

/// Whose rules the octets must follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Every MUST of the module header.
    Ours,
    /// RFC 5652 with one or two signers and signed attributes: foreign signers and time-stamp
    /// authorities.
    Foreign,
}

/// The fields of a SignedData.
pub(crate) struct Parsed<'a> {
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) content: Option<&'a [u8]>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) crls: Vec<Crl>,
    /// At least one, in the order of the message.
    pub(crate) signers: Vec<SignerInfo<'a>>,
    pub(crate) dialect: Dialect,
}

/// The fields of one SignerInfo.
pub(crate) struct SignerInfo<'a> {
    version: u8,
    pub(crate) sid: SignerId<'a>,
    /// AlgorithmIdentifier, whole.
    pub(crate) digest_algorithm: &'a [u8],
    /// What was signed: the signed attributes as SET OF in DER (RFC 5652 §5.4).
    pub(crate) signed_octets: Vec<u8>,
    pub(crate) signed_attributes: Vec<Attribute>,
    /// AlgorithmIdentifier, whole.
    pub(crate) signature_algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
    pub(crate) unsigned_attributes: Vec<Attribute>,
}

impl SignerInfo<'_> {
    /// What the signature goes with, if it is known here.
    pub(crate) fn digest(&self) -> Option<DigestAlgorithm> {
        let mut fields = Reader::new(self.digest_algorithm).enter(tlv::SEQUENCE, WHAT).ok()?;
        DigestAlgorithm::from_oid(fields.oid(WHAT).ok()?)
    }

    pub(crate) fn signed(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.signed_attributes.iter().find(|attribute| attribute.oid == oid)?;
        Some(&found.value_der)
    }

    pub(crate) fn unsigned(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let found = self.unsigned_attributes.iter().find(|attribute| attribute.oid == oid)?;
        Some(&found.value_der)
    }
}

/// SignerIdentifier (RFC 5652 §5.3).
#[derive(Clone, Copy)]
pub(crate) enum SignerId<'a> {
    IssuerSerial { issuer_der: &'a [u8], serial_der: &'a [u8] },
    SubjectKeyIdentifier(&'a [u8]),
}

impl SignerId<'_> {
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match *self {
            Self::IssuerSerial { issuer_der, serial_der } => {
                certificate.serial_der() == serial_der && certificate.issuer_der() == issuer_der
            }
            Self::SubjectKeyIdentifier(identifier) => {
                certificate.subject_key_identifier() == Some(identifier)
            }
        }
    }
}

impl<'a> Parsed<'a> {
    pub(crate) fn read(octets: &'a [u8], dialect: Dialect) -> Result<Self, DecodeError> {
        decode::bounded(WHAT, octets, limits::MESSAGE_OCTETS_MAX)?;
        tlv::check(octets)?;
        let mut content_info = Reader::new(tlv::only(octets, tlv::SEQUENCE, "ContentInfo")?);
        // RFC 5652 §5.1: the outer type says what is inside. [CMS-107]
        let outer_type = content_info.oid("contentType")?;
        decode::refuse_compressed(outer_type)?;
        if outer_type != ID_SIGNED_DATA {
            return Err(DecodeError::Unsupported { what: "CMS type other than SignedData" });
        }
        let mut explicit = content_info.enter(tlv::context(0), "content")?;
        content_info.finish("ContentInfo")?;
        let mut fields = explicit.enter(tlv::SEQUENCE, "SignedData")?;
        explicit.finish("content")?;

        let version = fields.small("SignedData version")?;
        let digest_algorithms = fields.value(tlv::SET, "digestAlgorithms")?;
        let (content_type, content) =
            read_content(fields.enter(tlv::SEQUENCE, "encapContentInfo")?)?;
        let certificates = fields.optional(tlv::context(0), "certificates")?;
        let crls = fields.optional(tlv::context(1), "crls")?;
        let signer_infos = fields.value(tlv::SET, "signerInfos")?;
        fields.finish("SignedData")?;

        let signers = SignerInfo::read_all(signer_infos, dialect)?;
        check_versions(version, &signers, content_type, [certificates, crls])?;
        check_digest_algorithms(digest_algorithms, &signers, dialect)?;
        let certificates = read_certificates(certificates, dialect)?;
        let crls = read_crls(crls, dialect)?;
        Ok(Self { content_type, content, certificates, crls, signers, dialect })
    }

    /// Signed attributes that all signers have, with the same value: what one of them says alone
    /// is not what the message says.
    pub(crate) fn common_attributes(&self) -> Vec<Attribute> {
        let Some((first, more)) = self.signers.split_first() else { return Vec::new() };
        let is_common =
            |one: &&Attribute| more.iter().all(|other| other.signed_attributes.contains(one));
        first.signed_attributes.iter().filter(is_common).cloned().collect()
    }
}

/// ```text
/// EncapsulatedContentInfo ::= SEQUENCE { eContentType, eContent [0] EXPLICIT OCTET STRING OPTIONAL }
/// ```
fn read_content<'a>(
    mut fields: Reader<'a>,
) -> Result<(ObjectIdentifier, Option<&'a [u8]>), DecodeError> {
    let content_type = fields.oid("eContentType")?;
    decode::refuse_compressed(content_type)?;
    let content = match fields.optional(tlv::context(0), "eContent")? {
        Some(explicit) => Some(tlv::only(explicit.value, tlv::OCTET_STRING, "eContent")?),
        None => None,
    };
    fields.finish("encapContentInfo")?;
    Ok((content_type, content))
}

/// RFC 5652 §5.1 and §5.3: versions follow from what is inside. [CMS-108]
fn check_versions(
    version: u8,
    signers: &[SignerInfo<'_>],
    content_type: ObjectIdentifier,
    sets: [Option<Tlv<'_>>; 2],
) -> Result<(), DecodeError> {
    let [certificates, crls] = sets;
    let has = |set: Option<Tlv<'_>>, tag| set.is_some_and(|set| holds_tag(set.value, tag));
    let is_by_key =
        |signer: &SignerInfo<'_>| matches!(signer.sid, SignerId::SubjectKeyIdentifier(_));
    let by_key = signers.iter().any(is_by_key);
    let expected = if has(certificates, OTHER_CERTIFICATE) || has(crls, OTHER_REVOCATION) {
        5
    } else if has(certificates, ATTRIBUTE_CERTIFICATE_V2) {
        4
    } else if has(certificates, ATTRIBUTE_CERTIFICATE_V1) || by_key || content_type != ID_DATA {
        3
    } else {
        1
    };
    let signers_fit =
        signers.iter().all(|signer| signer.version == if is_by_key(signer) { 3 } else { 1 });
    if version != expected || !signers_fit {
        return Err(malformed("CMSVersion"));
    }
    Ok(())
}

fn holds_tag(set: &[u8], tag: u8) -> bool {
    let mut reader = Reader::new(set);
    while let Ok(element) = reader.any(WHAT) {
        if element.tag == tag {
            return true;
        }
    }
    false
}

/// RFC 5652 §5.1: the digest of every signer is announced; ours announce no other. [CMS-109]
fn check_digest_algorithms(
    announced: &[u8],
    signers: &[SignerInfo<'_>],
    dialect: Dialect,
) -> Result<(), DecodeError> {
    check_order(announced, dialect, "digestAlgorithms")?;
    let mut reader = Reader::new(announced);
    let mut found = vec![false; signers.len()];
    while !reader.is_empty() {
        let algorithm = reader.tlv(tlv::SEQUENCE, "digestAlgorithms")?;
        let is_used = signers.iter().any(|signer| signer.digest_algorithm == algorithm.octets);
        if dialect == Dialect::Ours && !is_used {
            return Err(malformed("digestAlgorithms"));
        }
        for (signer, found) in signers.iter().zip(&mut found) {
            let used = Reader::new(signer.digest_algorithm).value(tlv::SEQUENCE, WHAT)?;
            *found |= same_algorithm(algorithm.value, used);
        }
    }
    if found.contains(&false) { Err(malformed("digestAlgorithms")) } else { Ok(()) }
}

/// Whether two AlgorithmIdentifiers, given by their insides, are the same. Absent parameters and
/// NULL are (RFC 5754 §2).
pub(crate) fn same_algorithm(a: &[u8], b: &[u8]) -> bool {
    let bare = |inside: &'_ [u8]| inside.strip_suffix(&[tlv::NULL, 0]).unwrap_or(inside).to_vec();
    bare(a) == bare(b)
}

fn read_certificates(
    set: Option<Tlv<'_>>,
    dialect: Dialect,
) -> Result<Vec<Certificate>, DecodeError> {
    let Some(set) = set else { return Ok(Vec::new()) };
    check_order(set.value, dialect, "certificates")?;
    let mut reader = Reader::new(set.value);
    let mut certificates = Vec::new();
    while !reader.is_empty() {
        let one = reader.any("certificates")?;
        // [CMS-110]
        if certificates.len() == limits::CERTIFICATES_MAX {
            let count_max = limits::CERTIFICATES_MAX;
            return Err(DecodeError::TooMany { what: "certificates", count_max });
        }
        match (Certificate::from_der(one.octets), dialect) {
            (Ok(certificate), _) => certificates.push(certificate),
            // What we cannot read cannot help; foreign messages carry old roots and other forms.
            (Err(_), Dialect::Foreign) => {}
            (Err(error), Dialect::Ours) => return Err(error),
        }
    }
    Ok(certificates)
}

fn read_crls(set: Option<Tlv<'_>>, dialect: Dialect) -> Result<Vec<Crl>, DecodeError> {
    let Some(set) = set else { return Ok(Vec::new()) };
    check_order(set.value, dialect, "crls")?;
    let mut reader = Reader::new(set.value);
    let mut crls = Vec::new();
    while !reader.is_empty() {
        let one = reader.any("crls")?;
        // [CMS-111]
        if crls.len() == limits::CRLS_MAX {
            return Err(DecodeError::TooMany { what: "crls", count_max: limits::CRLS_MAX });
        }
        match (Crl::from_der(one.octets), dialect) {
            (Ok(crl), _) => crls.push(crl),
            (Err(_), Dialect::Foreign) => {}
            (Err(error), Dialect::Ours) => return Err(error),
        }
    }
    Ok(crls)
}

/// X.690 §11.6: what we write is sorted. [CMS-112]
fn check_order(set: &[u8], dialect: Dialect, what: &'static str) -> Result<(), DecodeError> {
    if dialect == Dialect::Foreign || tlv::is_sorted(set) {
        Ok(())
    } else {
        Err(DecodeError::NotCanonical { what })
    }
}

impl<'a> SignerInfo<'a> {
    /// One signer, or two: more than one key of a party and its successor nobody needs. The same one
    /// does not sign twice. [CMS-113]
    fn read_all(set: &'a [u8], dialect: Dialect) -> Result<Vec<Self>, DecodeError> {
        check_order(set, dialect, "signerInfos")?;
        let mut reader = Reader::new(set);
        let mut signers: Vec<Self> = Vec::new();
        let mut seen: Vec<&[u8]> = Vec::new();
        while !reader.is_empty() {
            if signers.len() == limits::SIGNERS_MAX {
                let count_max = limits::SIGNERS_MAX;
                return Err(DecodeError::TooMany { what: "signerInfos", count_max });
            }
            let signer_info = reader.tlv(tlv::SEQUENCE, "signerInfos")?;
            if seen.contains(&signer_info.octets) {
                return Err(malformed("signer that comes twice"));
            }
            seen.push(signer_info.octets);
            signers.push(Self::read(Reader::new(signer_info.value), dialect)?);
        }
        if signers.is_empty() { Err(malformed("signerInfos")) } else { Ok(signers) }
    }

    fn read(mut fields: Reader<'a>, dialect: Dialect) -> Result<Self, DecodeError> {
        let version = fields.small("SignerInfo version")?;
        let sid = read_signer_id(fields.any("sid")?, dialect)?;
        let digest_algorithm = fields.tlv(tlv::SEQUENCE, "digestAlgorithm")?.octets;
        // Without signed attributes, somebody could pass attributes off as a content that was
        // signed (RFC 5652 §5.4 hashes either). Divergence: they are mandatory. [CMS-114]
        let signed = fields
            .optional(tlv::context(0), "signedAttrs")?
            .ok_or(DecodeError::Unsupported { what: "signature without signed attributes" })?;
        let signature_algorithm = fields.tlv(tlv::SEQUENCE, "signatureAlgorithm")?.octets;
        let signature = fields.value(tlv::OCTET_STRING, "signature")?;
        let unsigned = fields.optional(tlv::context(1), "unsignedAttrs")?;
        fields.finish("SignerInfo")?;

        check_order(signed.value, dialect, "signedAttrs")?;
        let signed_attributes = read_attributes(signed.value, Repeats::Refused)?;
        let unsigned_attributes = match unsigned {
            Some(unsigned) => {
                check_order(unsigned.value, dialect, "unsignedAttrs")?;
                let repeats =
                    if dialect == Dialect::Ours { Repeats::Refused } else { Repeats::Skipped };
                read_attributes(unsigned.value, repeats)?
            }
            None => Vec::new(),
        };
        Ok(Self {
            version,
            sid,
            digest_algorithm,
            signed_octets: as_signed(signed.value)?,
            signed_attributes,
            signature_algorithm,
            signature,
            unsigned_attributes,
        })
    }
}

/// RFC 5652 §5.4: what is signed is the DER of the SET OF, sorted whatever the message does.
fn as_signed(attributes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    if tlv::is_sorted(attributes) {
        return Ok(tlv::element(tlv::SET, attributes));
    }
    let mut reader = Reader::new(attributes);
    let mut elements = Vec::new();
    while !reader.is_empty() {
        elements.push(reader.any("signedAttrs")?.octets.to_vec());
    }
    elements.sort();
    Ok(tlv::element(tlv::SET, &elements.concat()))
}

/// ```text
/// SignerIdentifier ::= CHOICE { issuerAndSerialNumber, subjectKeyIdentifier [0] }
/// ```
fn read_signer_id<'a>(sid: Tlv<'a>, dialect: Dialect) -> Result<SignerId<'a>, DecodeError> {
    if sid.tag == tlv::context_primitive(0) && dialect == Dialect::Foreign {
        return Ok(SignerId::SubjectKeyIdentifier(sid.value));
    }
    if sid.tag != tlv::SEQUENCE {
        return Err(malformed("sid"));
    }
    let mut fields = Reader::new(sid.value);
    let issuer_der = fields.tlv(tlv::SEQUENCE, "issuer")?.octets;
    let serial_der = fields.tlv(tlv::INTEGER, "serialNumber")?.octets;
    fields.finish("sid")?;
    Ok(SignerId::IssuerSerial { issuer_der, serial_der })
}

/// What becomes of an attribute that comes again, or with several values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    Refused,
    Skipped,
}

/// RFC 5652 §5.3 and §11: each attribute once, each with one value. [CMS-115]
fn read_attributes(set: &[u8], repeats: Repeats) -> Result<Vec<Attribute>, DecodeError> {
    let mut reader = Reader::new(set);
    let mut attributes: Vec<Attribute> = Vec::new();
    while !reader.is_empty() {
        if attributes.len() == limits::ATTRIBUTES_MAX {
            let count_max = limits::ATTRIBUTES_MAX;
            return Err(DecodeError::TooMany { what: "attributes", count_max });
        }
        let mut attribute = reader.enter(tlv::SEQUENCE, "attribute")?;
        let oid = attribute.oid("attribute type")?;
        let mut values = attribute.enter(tlv::SET, "attribute values")?;
        attribute.finish("attribute")?;
        let value_der = values.any("attribute value")?.octets.to_vec();
        let again = attributes.iter().any(|before| before.oid == oid);
        match (again || !values.is_empty(), repeats) {
            (false, _) => attributes.push(Attribute { oid, value_der }),
            (true, Repeats::Skipped) => {}
            (true, Repeats::Refused) => {
                return Err(malformed("attribute that comes twice or with two values"));
            }
        }
    }
    Ok(attributes)
}

const WHAT: &str = "SignedData";
/// CertificateChoices and RevocationInfoChoice (RFC 5652 §10.2.1, §10.2.2).
const ATTRIBUTE_CERTIFICATE_V1: u8 = tlv::context(1);
const ATTRIBUTE_CERTIFICATE_V2: u8 = tlv::context(2);
const OTHER_CERTIFICATE: u8 = tlv::context(3);
const OTHER_REVOCATION: u8 = tlv::context(1);
