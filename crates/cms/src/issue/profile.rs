//! What each kind of certificate says about its subject and its key.

use core::net::IpAddr;

use const_oid::{ObjectIdentifier, db::rfc4519};
use der::{
    Decode,
    asn1::{Any, Ia5String, OctetString, Utf8StringRef},
    flagset::FlagSet,
};
use x509_cert::{
    attr::AttributeTypeAndValue,
    ext::{
        Extension,
        pkix::{KeyUsages, name::GeneralName},
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

use super::{IssueError, encoded, is_short, octet_string};
use crate::capabilities::{SMIME_CAPABILITIES, SmimeCapabilities};
use crate::certificate::{
    CLIENT_AUTH, DOCUMENT_SIGNING, EMAIL_PROTECTION, SERVER_AUTH, TIME_STAMPING,
};
use crate::limits;
use crate::policy::{ContentEncryption, ContentMac, KeyEstablishment, KeyKind};

/// What a certificate is issued for.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Profile<'a> {
    /// A provider seals evidence.
    ElectronicSeal {
        /// The legal person.
        organisation: &'a str,
        /// The provider's domain.
        domain: &'a str,
    },
    /// A provider's time-stamp authority.
    TimeStamping {
        /// The legal person.
        organisation: &'a str,
        /// The provider's domain.
        domain: &'a str,
    },
    /// A provider's server, which also calls other providers with it.
    Tls {
        /// The provider's domain.
        domain: &'a str,
        /// Further host names and IP addresses.
        also_dns: &'a [&'a str],
    },
    /// A person signs letters.
    PersonSignature {
        /// The person's name.
        name: &'a str,
        /// The person's address.
        address: &'a str,
        /// Whom the person belongs to.
        organisation: Option<&'a str>,
    },
    /// A person's agent logs in.
    PersonAuthentication {
        /// The person's name.
        name: &'a str,
        /// The person's address.
        address: &'a str,
        /// Whom the person belongs to.
        organisation: Option<&'a str>,
    },
    /// Letters are encrypted for a person.
    PersonEncryption {
        /// The person's name.
        name: &'a str,
        /// The person's address.
        address: &'a str,
        /// Whom the person belongs to.
        organisation: Option<&'a str>,
    },
}

impl Profile<'_> {
    pub(super) fn subject(&self) -> Result<(Name, Vec<GeneralName>), IssueError> {
        match *self {
            Self::ElectronicSeal { organisation, domain } => {
                let subject = [(rfc4519::O, organisation), (rfc4519::CN, organisation)];
                Ok((name(&subject)?, vec![host(domain)?]))
            }
            Self::TimeStamping { organisation, domain } => {
                let subject = [(rfc4519::O, organisation), (rfc4519::CN, "Time-stamp authority")];
                Ok((name(&subject)?, vec![host(domain)?]))
            }
            Self::Tls { domain, also_dns } => {
                let mut hosts = vec![host(domain)?];
                for also in also_dns {
                    hosts.push(host(also)?);
                }
                // A common name holds 64 characters, a domain up to 253: the long one stands in
                // the alternative names only, where RFC 9525 §2 looks anyway.
                let subject = name(&[(rfc4519::CN, domain)]).unwrap_or_default();
                Ok((subject, hosts))
            }
            Self::PersonSignature { name: person, address, organisation }
            | Self::PersonAuthentication { name: person, address, organisation }
            | Self::PersonEncryption { name: person, address, organisation } => {
                let belongs = organisation.map(|organisation| (rfc4519::O, organisation));
                let subject: Vec<_> = belongs.into_iter().chain([(rfc4519::CN, person)]).collect();
                Ok((name(&subject)?, vec![mailbox(address)?]))
            }
        }
    }

    /// Whether a key of this kind can do what the certificate is for.
    pub(super) fn suits(&self, kind: KeyKind) -> bool {
        let opens = kind.agrees() || kind.enciphers();
        let wanted = if let Self::PersonEncryption { .. } = self { opens } else { kind.signs() };
        wanted && !is_short(kind)
    }

    /// RFC 5280 §4.2.1.3 with what RFC 5480 §3, RFC 8410 §5, RFC 9881 §5 and RFC 9935 §5 permit for
    /// the kind of key.
    pub(super) fn key_usage(&self, kind: KeyKind) -> FlagSet<KeyUsages> {
        match self {
            Self::ElectronicSeal { .. }
            | Self::TimeStamping { .. }
            | Self::Tls { .. }
            | Self::PersonAuthentication { .. } => KeyUsages::DigitalSignature.into(),
            // contentCommitment: the person stands by what is signed (eIDAS, EN 319 412-2 §4.3.2).
            Self::PersonSignature { .. } => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
            Self::PersonEncryption { .. } if kind.agrees() => KeyUsages::KeyAgreement.into(),
            Self::PersonEncryption { .. } => KeyUsages::KeyEncipherment.into(),
        }
    }

    /// What the holder of an encryption key reads (RFC 4262): it spares programs that know nothing of
    /// us from guessing a lesser cipher.
    pub(super) fn capabilities(&self, kind: KeyKind) -> Option<Extension> {
        let Self::PersonEncryption { .. } = self else { return None };
        let way = KeyEstablishment::preferred_by(kind)?;
        let announced = SmimeCapabilities::announcing(&[ContentEncryption::Aes256Gcm], &[way]);
        // The suite of fixed keys is for keys of this kind alone.
        let announced = match way {
            KeyEstablishment::X25519 => announced.and_mac(ContentMac::HmacSha256),
            _ => announced,
        };
        let extn_value = OctetString::new(announced.to_der()).expect("a hundred octets");
        Some(Extension { extn_id: SMIME_CAPABILITIES, critical: false, extn_value })
    }

    pub(super) fn extended_key_usage(&self) -> &'static [ObjectIdentifier] {
        match self {
            // emailProtection too, because `openssl cms -verify` asks for it unless told otherwise.
            Self::ElectronicSeal { .. } => &[EMAIL_PROTECTION, DOCUMENT_SIGNING],
            Self::TimeStamping { .. } => &[TIME_STAMPING],
            Self::Tls { .. } => &[SERVER_AUTH, CLIENT_AUTH],
            Self::PersonAuthentication { .. } => &[CLIENT_AUTH],
            Self::PersonSignature { .. } | Self::PersonEncryption { .. } => &[EMAIL_PROTECTION],
        }
    }
}

/// One attribute per relative name, in UTF-8 (RFC 5280 §4.1.2.4).
pub(crate) fn name(attributes: &[(ObjectIdentifier, &str)]) -> Result<Name, IssueError> {
    let mut sequence = RdnSequence::default();
    for (oid, text) in attributes {
        if text.trim().is_empty()
            || text.chars().count() > limits::NAME_CHARACTERS_MAX
            || text.chars().any(char::is_control)
        {
            return Err(IssueError::Name);
        }
        let text = Utf8StringRef::new(*text).map_err(|_| IssueError::Name)?;
        let value = Any::encode_from(&text).map_err(|_| IssueError::Name)?;
        let attribute = AttributeTypeAndValue { oid: *oid, value };
        let relative = RelativeDistinguishedName::try_from(vec![attribute]);
        sequence.push(relative.map_err(|_| IssueError::Name)?);
    }
    Name::from_der(&encoded(&sequence)).map_err(|_| IssueError::Name)
}

/// RFC 8550 §3 with rfc822Name, which is ASCII.
pub(super) fn mailbox(address: &str) -> Result<GeneralName, IssueError> {
    let (local, domain) = address.rsplit_once('@').ok_or(IssueError::Address)?;
    let printable = local.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'@');
    if local.is_empty() || !printable || address.len() > limits::ADDRESS_OCTETS_MAX {
        return Err(IssueError::Address);
    }
    check_host(domain).map_err(|_| IssueError::Address)?;
    Ia5String::new(address).map(GeneralName::Rfc822Name).map_err(|_| IssueError::Address)
}

pub(super) fn host(host: &str) -> Result<GeneralName, IssueError> {
    let octets = match host.parse() {
        Ok(IpAddr::V4(ip)) => ip.octets().to_vec(),
        Ok(IpAddr::V6(ip)) => ip.octets().to_vec(),
        Err(_) => {
            check_host(host)?;
            let host = Ia5String::new(host).map_err(|_| IssueError::Domain)?;
            return Ok(GeneralName::DnsName(host));
        }
    };
    Ok(GeneralName::IpAddress(octet_string(octets)))
}

/// RFC 1123 §2.1: labels of 1 to 63 letters, digits and inner hyphens; 253 octets in all.
pub(super) fn check_host(host: &str) -> Result<(), IssueError> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() <= 253 && host.split('.').all(label) { Ok(()) } else { Err(IssueError::Domain) }
}
