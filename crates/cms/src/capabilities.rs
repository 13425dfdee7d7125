//! SMIMECapabilities: what somebody says his program reads, in a signed attribute
//! (RFC 8551 §2.5.2) or in his certificate (RFC 4262).
//!
//! ```text
//! SMIMECapabilities ::= SEQUENCE OF SMIMECapability
//! SMIMECapability ::= SEQUENCE { capabilityID OBJECT IDENTIFIER, parameters ANY OPTIONAL }
//! ```
//!
//! Best first within each category; what is not known here is kept and means nothing.

use const_oid::ObjectIdentifier;

use crate::attributes::{
    AES256_GCM, AES256_WRAP, AUTH_ENC_256, Attribute, MGF1, ML_KEM_768, ML_KEM_768_X25519,
    ML_KEM_1024, RSA_ENCRYPTION, SHA256, STD_DH_SHA256_KDF, X25519,
};
use crate::decode::DecodeError;
use crate::limits::{CAPABILITIES_MAX, CAPABILITIES_OCTETS_MAX};
use crate::policy::{ContentEncryption, ContentMac, KeyEstablishment};
use crate::tlv::{self, Reader, Writer};

/// id-smimeCapabilities, of the attribute and of the extension alike.
pub const SMIME_CAPABILITIES: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.15");

/// What somebody says his program reads. As believable as the signature around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmimeCapabilities(Vec<Capability>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// Which algorithm.
    pub id: ObjectIdentifier,
    /// The DER of its parameters, if there are any.
    pub parameters_der: Option<Vec<u8>>,
}

impl SmimeCapabilities {
    /// Reads the DER of a SMIMECapabilities. [CAP-001]
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        if der.len() > CAPABILITIES_OCTETS_MAX {
            return Err(DecodeError::TooLarge {
                what: WHAT,
                octets: der.len(),
                octets_max: CAPABILITIES_OCTETS_MAX,
            });
        }
        tlv::check(der)?;
        let mut list = Reader::new(tlv::only(der, tlv::SEQUENCE, WHAT)?);
        let mut capabilities = Vec::new();
        while !list.is_empty() {
            if capabilities.len() == CAPABILITIES_MAX {
                return Err(DecodeError::TooMany { what: WHAT, count_max: CAPABILITIES_MAX });
            }
            let mut one = list.enter(tlv::SEQUENCE, WHAT)?;
            let id = one.oid(WHAT)?;
            let parameters_der = match one.is_empty() {
                true => None,
                false => Some(one.any(WHAT)?.octets.to_vec()),
            };
            one.finish(WHAT)?;
            capabilities.push(Capability { id, parameters_der });
        }
        Ok(Self(capabilities))
    }

    /// The DER.
    pub fn to_der(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |list| {
            for capability in &self.0 {
                list.nest(tlv::SEQUENCE, |one| {
                    one.oid(&capability.id);
                    one.raw(capability.parameters_der.as_deref().unwrap_or_default());
                });
            }
        })
    }

    /// As a signed attribute (RFC 8551 §2.5.2).
    pub fn to_attribute(&self) -> Attribute {
        Attribute { oid: SMIME_CAPABILITIES, value_der: self.to_der() }
    }

    /// For a program that reads these, best first.
    pub fn announcing(contents: &[ContentEncryption], keys: &[KeyEstablishment]) -> Self {
        let contents =
            contents.iter().map(|it| Capability { id: content_oid(*it), parameters_der: None });
        Self(contents.chain(keys.iter().map(|it| key_capability(*it))).collect())
    }

    /// And this code around a cipher that notices no change (RFC 6476 §5).
    #[must_use]
    pub fn and_mac(mut self, mac: ContentMac) -> Self {
        self.0.push(Capability { id: mac_oid(mac), parameters_der: None });
        self
    }

    /// All of them, in order.
    pub fn capabilities(&self) -> &[Capability] {
        &self.0
    }

    /// Whether a content encrypted like this is read: only what is announced is.
    pub fn reads_content(&self, content: ContentEncryption) -> bool {
        self.names(&[content_oid(content)])
    }

    /// Whether a content with this code is read.
    pub fn reads_mac(&self, mac: ContentMac) -> bool {
        self.names(&[mac_oid(mac)])
    }

    /// Whether content keys are taken like this. Many programs announce ciphers alone; then their
    /// keys say how keys come to them.
    pub fn takes_keys_by(&self, establishment: KeyEstablishment) -> bool {
        let announces_any = KEY_OIDS.iter().any(|(_, oids)| self.names(oids));
        let named = KEY_OIDS.iter().filter(|(ways, _)| ways.contains(&establishment));
        !announces_any || named.flat_map(|(_, oids)| *oids).any(|oid| self.names(&[*oid]))
    }

    fn names(&self, oids: &[ObjectIdentifier]) -> bool {
        self.0.iter().any(|capability| oids.contains(&capability.id))
    }
}

const fn content_oid(content: ContentEncryption) -> ObjectIdentifier {
    match content {
        ContentEncryption::Aes128Gcm => AES128_GCM,
        ContentEncryption::Aes256Gcm => AES256_GCM,
        ContentEncryption::Aes128Cbc => AES128_CBC,
        ContentEncryption::Aes256Cbc => AES256_CBC,
    }
}

const fn mac_oid(mac: ContentMac) -> ObjectIdentifier {
    match mac {
        ContentMac::HmacSha256 => AUTH_ENC_256,
    }
}

/// With the parameters that RFC 5753 §8, RFC 8418 §5 and RFC 4055 §4.1 ask for. The post-quantum
/// ones have none (RFC 9936 §5).
fn key_capability(establishment: KeyEstablishment) -> Capability {
    let wrap = || Some(tlv::nested(tlv::SEQUENCE, |wrap| wrap.oid(&AES256_WRAP)));
    let (id, parameters_der) = match establishment {
        KeyEstablishment::EcdhP256 | KeyEstablishment::EcdhP384 => (STD_DH_SHA256_KDF, wrap()),
        KeyEstablishment::X25519 => (STD_DH_HKDF_SHA256, wrap()),
        KeyEstablishment::RsaOaepSha256 => (RSAES_OAEP, Some(oaep_sha256())),
        KeyEstablishment::RsaPkcs1 => (RSA_ENCRYPTION, Some(tlv::element(tlv::NULL, &[]))),
        KeyEstablishment::MlKem768 => (ML_KEM_768, None),
        KeyEstablishment::MlKem1024 => (ML_KEM_1024, None),
        KeyEstablishment::MlKem768X25519 => (ML_KEM_768_X25519, None),
    };
    Capability { id, parameters_der }
}

/// RSAES-OAEP-params with SHA-256 twice and no label (RFC 4055 §4.1).
fn oaep_sha256() -> Vec<u8> {
    let sha256 = |into: &mut Writer| {
        into.nest(tlv::SEQUENCE, |digest| {
            digest.oid(&SHA256);
            digest.element(tlv::NULL, &[]);
        });
    };
    tlv::nested(tlv::SEQUENCE, |parameters| {
        parameters.nest(tlv::context(0), sha256);
        parameters.nest(tlv::context(1), |mask| {
            mask.nest(tlv::SEQUENCE, |mgf1| {
                mgf1.oid(&MGF1);
                sha256(mgf1);
            });
        });
    })
}

/// The ways that are announced by the same identifiers: those of RFC 5753 do not name a curve.
const KEY_OIDS: &[(&[KeyEstablishment], &[ObjectIdentifier])] = &[
    (
        &[KeyEstablishment::EcdhP256, KeyEstablishment::EcdhP384],
        &[STD_DH_SHA256_KDF, STD_DH_SHA384_KDF, STD_DH_SHA512_KDF],
    ),
    (
        &[KeyEstablishment::X25519],
        &[STD_DH_HKDF_SHA256, STD_DH_HKDF_SHA384, STD_DH_HKDF_SHA512, X25519],
    ),
    (&[KeyEstablishment::RsaOaepSha256], &[RSAES_OAEP]),
    (&[KeyEstablishment::RsaPkcs1], &[RSA_ENCRYPTION]),
    (&[KeyEstablishment::MlKem768], &[ML_KEM_768]),
    (&[KeyEstablishment::MlKem1024], &[ML_KEM_1024]),
    (&[KeyEstablishment::MlKem768X25519], &[ML_KEM_768_X25519]),
];

const WHAT: &str = "SMIMECapabilities";
const AES128_GCM: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.6");
const AES128_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
const RSAES_OAEP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.7");
/// dhSinglePass-stdDH-sha384kdf-scheme and -sha512kdf-scheme (RFC 5753 §7.1.4).
const STD_DH_SHA384_KDF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.1.11.2");
const STD_DH_SHA512_KDF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.1.11.3");
/// dhSinglePass-stdDH-hkdf-sha256-scheme and its siblings (RFC 8418 §2.2).
const STD_DH_HKDF_SHA256: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.3.19");
const STD_DH_HKDF_SHA384: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.3.20");
const STD_DH_HKDF_SHA512: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.3.21");

#[cfg(test)]
mod tests {
    use super::*;

    /// As OpenSSL 3.0 writes it by default: AES in three lengths of CBC, and triple DES.
    const OF_OPENSSL: &str = "3033300b060960864801650304012a300b0609608648016503040116\
                              300b0609608648016503040102300a06082a864886f70d0307";

    #[test]
    fn what_others_announce_is_read_and_written_back() {
        let der = hex::decode(OF_OPENSSL).unwrap();
        let read = SmimeCapabilities::from_der(&der).unwrap();
        assert_eq!(read.to_der(), der);
        assert_eq!(read.capabilities().len(), 4);
        assert!(read.reads_content(ContentEncryption::Aes256Cbc));
        assert!(!read.reads_content(ContentEncryption::Aes256Gcm));
        // Nothing is said of keys: the keys themselves say it.
        assert!(read.takes_keys_by(KeyEstablishment::EcdhP256));
        assert!(read.takes_keys_by(KeyEstablishment::RsaOaepSha256));
    }

    #[test]
    fn what_is_announced_is_what_is_read() {
        let contents = [ContentEncryption::Aes256Gcm, ContentEncryption::Aes128Gcm];
        let all = [
            KeyEstablishment::EcdhP256,
            KeyEstablishment::X25519,
            KeyEstablishment::RsaOaepSha256,
            KeyEstablishment::RsaPkcs1,
            KeyEstablishment::MlKem768,
            KeyEstablishment::MlKem1024,
            KeyEstablishment::MlKem768X25519,
        ];
        for way in all {
            let announced = SmimeCapabilities::announcing(&contents, &[way]);
            let read = SmimeCapabilities::from_der(&announced.to_der()).unwrap();
            assert_eq!(read, announced);
            for other in all {
                assert_eq!(read.takes_keys_by(other), other == way, "{way:?} {other:?}");
            }
            assert!(contents.into_iter().all(|content| read.reads_content(content)));
            assert!(!read.reads_content(ContentEncryption::Aes256Cbc));
        }
        let attribute = SmimeCapabilities::announcing(&contents, &all).to_attribute();
        assert_eq!(attribute.oid, SMIME_CAPABILITIES);
    }

    #[test]
    fn cap_001_capabilities_are_bounded_and_der() {
        let one = tlv::nested(tlv::SEQUENCE, |one| one.oid(&AES128_GCM));
        let many = |count: usize| tlv::element(tlv::SEQUENCE, &one.repeat(count));
        assert!(SmimeCapabilities::from_der(&many(0)).is_ok());
        assert!(SmimeCapabilities::from_der(&many(CAPABILITIES_MAX)).is_ok());
        let too_many = SmimeCapabilities::from_der(&many(CAPABILITIES_MAX + 1));
        assert!(matches!(too_many, Err(DecodeError::TooMany { .. })));
        let padded = tlv::element(tlv::OCTET_STRING, &[0; CAPABILITIES_OCTETS_MAX]);
        let large = tlv::nested(tlv::SEQUENCE, |list| {
            list.nest(tlv::SEQUENCE, |one| {
                one.oid(&AES128_GCM);
                one.raw(&padded);
            });
        });
        let large = SmimeCapabilities::from_der(&large);
        assert!(matches!(large, Err(DecodeError::TooLarge { .. })));
        // Two parameters, something after the end, and a list that is none.
        let twice = tlv::nested(tlv::SEQUENCE, |list| {
            list.nest(tlv::SEQUENCE, |one| {
                one.oid(&AES128_GCM);
                one.raw(&[5, 0, 5, 0]);
            });
        });
        assert!(SmimeCapabilities::from_der(&twice).is_err());
        assert!(SmimeCapabilities::from_der(&[&many(1)[..], &[0]].concat()).is_err());
        assert!(SmimeCapabilities::from_der(&[0x31, 0]).is_err());
        assert!(SmimeCapabilities::from_der(&[0x30, 0x80, 0, 0]).is_err());
    }
}
