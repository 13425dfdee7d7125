//! Attributes (RFC 5652 §5.3) and the object identifiers this room knows.
//!
//! An [`Attribute`] here has exactly one value: every attribute we sign or believe is
//! single-valued, so a set of values is refused when it is read.

use crate::tlv::{self, Writer};
pub use const_oid::ObjectIdentifier;

/// One signed attribute with its single value.
///
/// ```text
/// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The attribute's type.
    pub oid: ObjectIdentifier,
    /// The DER of the value alone, without the SET around it.
    pub value_der: Vec<u8>,
}

impl Attribute {
    /// An attribute whose value is one OCTET STRING.
    #[must_use]
    pub fn octets(oid: ObjectIdentifier, octets: &[u8]) -> Self {
        Self { oid, value_der: tlv::element(tlv::OCTET_STRING, octets) }
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let mut attribute = Writer::new();
        attribute.oid(&self.oid);
        attribute.element(tlv::SET, &self.value_der);
        tlv::element(tlv::SEQUENCE, attribute.octets())
    }
}

/// id-data (RFC 5652 §4).
pub const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
/// id-signedData (RFC 5652 §5.1).
pub const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// id-ct-authEnvelopedData (RFC 5083 §2.1).
pub const ID_AUTH_ENVELOPED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.23");
/// id-ct-TSTInfo (RFC 3161 §2.4.2).
pub const ID_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// id-contentType (RFC 5652 §11.1).
pub const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
/// id-messageDigest (RFC 5652 §11.2).
pub const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// id-signingTime (RFC 5652 §11.3).
pub const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
/// id-aa-signingCertificateV2 (RFC 5035 §3).
pub const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// id-aa-CMSAlgorithmProtect (RFC 6211 §2).
pub const CMS_ALGORITHM_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");
/// id-aa-signatureTimeStampToken (RFC 3161 appendix A, EN 319 122-1 §5.3).
pub const SIGNATURE_TIME_STAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// id-sealpost-letter-binding: our own signed attribute, in the private arc 2.25.1397048400.
pub const SEALPOST_LETTER_BINDING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.25.1397048400.1");
/// id-sealpost-profile: names the rules a message of ours follows.
pub const SEALPOST_PROFILE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.1397048400.2");

pub(crate) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
pub(crate) const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
pub(crate) const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(crate) const PRIME256V1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
pub(crate) const ECDSA_WITH_SHA256: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
pub(crate) const AES256_GCM: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.46");
pub(crate) const AES256_WRAP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.45");
/// dhSinglePass-stdDH-sha256kdf-scheme (RFC 5753 §7.1.4).
pub(crate) const STD_DH_SHA256_KDF: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.132.1.11.1");
