//! X.509 certificates (RFC 5280 §4), read strictly and kept verbatim.

use core::fmt;
use std::sync::Arc;

use const_oid::{ObjectIdentifier, db::rfc4519};
use der::{
    Decode, Encode,
    asn1::{Any, Ia5StringRef, PrintableStringRef, Utf8StringRef},
    oid::AssociatedOid,
};
use x509_cert::{
    ext::{
        Extension, Extensions,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName,
            SubjectKeyIdentifier, name::GeneralName,
        },
    },
    name::Name,
};

use crate::capabilities::{SMIME_CAPABILITIES, SmimeCapabilities};
use crate::decode::{self, DecodeError};
use crate::kdf::sha256;
use crate::limits;
use crate::policy::KeyKind;

/// What a key is for. One certificate serves one purpose, and each purpose is named explicitly:
/// `anyExtendedKeyUsage` and absent usages count for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// A person signs letters and acceptances (RFC 8550 §4.4: emailProtection).
    LetterSignature,
    /// A person proves to a provider who is calling (clientAuth).
    Authentication,
    /// Letters are encrypted for a person (keyAgreement or keyEncipherment, whichever the kind of
    /// key needs, and emailProtection).
    Encryption,
    /// A provider seals evidence (RFC 9336: documentSigning).
    ElectronicSeal,
    /// A time-stamp authority (RFC 3161 §2.3: timeStamping, critical and alone).
    TimeStamping,
    /// An authority that issues certificates.
    CertificateSigning,
    /// A server of a provider (serverAuth).
    Tls,
}

impl KeyPurpose {
    /// Stable word for reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LetterSignature => "letter-signature",
            Self::Authentication => "authentication",
            Self::Encryption => "encryption",
            Self::ElectronicSeal => "electronic-seal",
            Self::TimeStamping => "time-stamping",
            Self::CertificateSigning => "certificate-signing",
            Self::Tls => "tls",
        }
    }
}

/// A certificate: parsed, not believed. [`crate::path::validate_path`] says whether it counts.
///
/// Cloning is cheap. It holds names, so it has no `Display`, and its `Debug` shows a digest only.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    x509: x509_cert::Certificate,
    usages: Usages,
    /// `None` is "not one of ours", which is no reason not to read the rest.
    kind: Option<KeyKind>,
}

/// The extensions we understand, decoded once.
#[derive(Default)]
struct Usages {
    basic: Option<BasicConstraints>,
    key: Option<KeyUsage>,
    extended: Vec<ObjectIdentifier>,
    extended_is_critical: bool,
    names: Vec<GeneralName>,
    subject_key: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads one certificate in strict DER.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let x509: x509_cert::Certificate =
            decode::strict(WHAT, der, limits::CERTIFICATE_OCTETS_MAX)?;
        check_form(&x509)?;
        let usages = Usages::read(x509.tbs_certificate().extensions())?;
        let kind = KeyKind::of_spki(&encoded(x509.tbs_certificate().subject_public_key_info()));
        Ok(Self(Arc::new(Parsed { der: der.to_vec(), x509, usages, kind })))
    }

    /// Reads a PEM text that holds exactly one certificate.
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        let mut certificates = Self::many_from_pem(pem)?;
        match (certificates.pop(), certificates.is_empty()) {
            (Some(certificate), true) => Ok(certificate),
            _ => Err(DecodeError::TooMany { what: "certificates in one PEM text", count_max: 1 }),
        }
    }

    /// Reads all certificates of a PEM text in their order; text between them is skipped, an empty
    /// list is refused.
    pub fn many_from_pem(pem: &str) -> Result<Vec<Self>, DecodeError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let malformed = DecodeError::Malformed { what: "PEM text with certificates" };
        decode::bounded("PEM text", pem.as_bytes(), limits::PEM_OCTETS_MAX)?;
        let mut certificates = Vec::new();
        let mut rest = pem;
        while let Some(begin) = rest.find(BEGIN) {
            if certificates.len() == limits::CERTIFICATES_MAX {
                let count_max = limits::CERTIFICATES_MAX;
                return Err(DecodeError::TooMany {
                    what: "certificates in one PEM text",
                    count_max,
                });
            }
            let Some(end) = rest[begin..].find(END).map(|end| begin + end + END.len()) else {
                return Err(malformed);
            };
            let (_, der) = der::pem::decode_vec(&rest.as_bytes()[begin..end])
                .map_err(|_| malformed.clone())?;
            certificates.push(Self::from_der(&der)?);
            rest = &rest[end..];
        }
        if certificates.is_empty() { Err(malformed) } else { Ok(certificates) }
    }

    /// The octets as they came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// As PEM text (RFC 7468 §5).
    pub fn to_pem(&self) -> String {
        der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, &self.0.der)
            .expect("the label is valid and a bounded certificate fits into memory")
    }

    /// The subject's common name, made fit to show.
    pub fn common_name(&self) -> Option<String> {
        attribute(self.subject(), rfc4519::CN)
    }

    /// The subject's organisation, made fit to show.
    pub fn organisation(&self) -> Option<String> {
        attribute(self.subject(), rfc4519::O)
    }

    /// The addresses that the issuer vouches for (rfc822Name; RFC 8550 §3). Addresses in the
    /// subject's name are not looked at.
    pub fn email_addresses(&self) -> Vec<String> {
        let address = |name: &GeneralName| match name {
            GeneralName::Rfc822Name(address) => Some(legible(address.as_str())),
            _ => None,
        };
        self.0.usages.names.iter().filter_map(address).collect()
    }

    /// The host names that the issuer vouches for (dNSName).
    pub fn dns_names(&self) -> Vec<String> {
        let host = |name: &GeneralName| match name {
            GeneralName::DnsName(host) => Some(legible(host.as_str())),
            _ => None,
        };
        self.0.usages.names.iter().filter_map(host).collect()
    }

    /// The issuer's name as RFC 4514 text, made fit to show.
    pub fn issuer_display(&self) -> String {
        legible(&self.issuer().to_string())
    }

    /// The subject's name as RFC 4514 text, made fit to show.
    pub fn subject_display(&self) -> String {
        legible(&self.subject().to_string())
    }

    /// The issuer's name in DER, for issuerAndSerialNumber (RFC 5652 §10.2.4).
    pub fn issuer_der(&self) -> Vec<u8> {
        encoded(self.issuer())
    }

    /// The serial number, big-endian and without leading zeros.
    pub fn serial(&self) -> &[u8] {
        self.0.x509.tbs_certificate().serial_number().as_bytes()
    }

    /// The serial number as a whole DER INTEGER.
    pub fn serial_der(&self) -> Vec<u8> {
        encoded(self.0.x509.tbs_certificate().serial_number())
    }

    /// The serial number in lower-case hexadecimal.
    pub fn serial_hex(&self) -> String {
        hexadecimal(self.serial())
    }

    /// The subject key identifier, if the issuer gave one.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.usages.subject_key.as_deref()
    }

    /// The public key (SubjectPublicKeyInfo) in DER.
    pub fn spki_der(&self) -> Vec<u8> {
        encoded(self.0.x509.tbs_certificate().subject_public_key_info())
    }

    /// What kind of public key it is; `None` is "not one of ours".
    pub fn key_kind(&self) -> Option<KeyKind> {
        self.0.kind
    }

    /// What the holder's program reads, as the certificate says (RFC 4262); `None` if it says
    /// nothing of it.
    pub fn smime_capabilities(&self) -> Result<Option<SmimeCapabilities>, DecodeError> {
        let extensions = self.0.x509.tbs_certificate().extensions();
        let mut extensions = extensions.into_iter().flatten();
        let stated = extensions.find(|extension| extension.extn_id == SMIME_CAPABILITIES);
        stated.map(|it| SmimeCapabilities::from_der(it.extn_value.as_bytes())).transpose()
    }

    /// SHA-256 of the public key, which survives a renewal of the certificate.
    pub fn spki_sha256(&self) -> [u8; 32] {
        sha256(&self.spki_der())
    }

    /// SHA-256 of the whole certificate, its fingerprint.
    pub fn sha256(&self) -> [u8; 32] {
        sha256(&self.0.der)
    }

    /// First second of validity, Unix time.
    pub fn not_before(&self) -> i64 {
        unix(self.0.x509.tbs_certificate().validity().not_before)
    }

    /// Last second of validity, Unix time (RFC 5280 §4.1.2.5: inclusive).
    pub fn not_after(&self) -> i64 {
        unix(self.0.x509.tbs_certificate().validity().not_after)
    }

    /// Whether basicConstraints say that this is an authority.
    pub fn is_ca(&self) -> bool {
        self.0.usages.basic.as_ref().is_some_and(|basic| basic.ca)
    }

    /// Whether the issuer permits this purpose, by keyUsage and extendedKeyUsage together.
    pub fn allows(&self, purpose: KeyPurpose) -> bool {
        let usages = &self.0.usages;
        let Some(key) = usages.key else { return false };
        // Usages that the kind of key cannot have count for nothing (RFC 8410 §5, RFC 9881 §5,
        // RFC 9935 §5). [X509-015]
        let kind = self.0.kind;
        let can_sign = kind.is_none_or(KeyKind::signs);
        let signs = can_sign && (key.digital_signature() || key.non_repudiation());
        let opens = kind.is_some_and(|kind| {
            (kind.agrees() && key.key_agreement()) || (kind.enciphers() && key.key_encipherment())
        });
        let extended = |wanted| usages.extended.contains(&wanted);
        match purpose {
            // A letter is signed by somebody with an address; a seal has none and stays a seal.
            KeyPurpose::LetterSignature => {
                signs && extended(EMAIL_PROTECTION) && self.is_a_persons()
            }
            // A person has an address; a server that calls other servers has none.
            KeyPurpose::Authentication => {
                can_sign && key.digital_signature() && extended(CLIENT_AUTH) && self.is_a_persons()
            }
            KeyPurpose::Encryption => opens && extended(EMAIL_PROTECTION) && self.is_a_persons(),
            KeyPurpose::ElectronicSeal => signs && extended(DOCUMENT_SIGNING) && !self.is_ca(),
            // RFC 3161 §2.3: the extension MUST be critical and timeStamping its only member.
            KeyPurpose::TimeStamping => {
                signs
                    && usages.extended == [TIME_STAMPING]
                    && usages.extended_is_critical
                    && !self.is_ca()
            }
            KeyPurpose::CertificateSigning => can_sign && self.is_ca() && key.key_cert_sign(),
            KeyPurpose::Tls => {
                can_sign && key.digital_signature() && extended(SERVER_AUTH) && !self.is_ca()
            }
        }
    }

    fn is_a_persons(&self) -> bool {
        !self.is_ca() && !self.email_addresses().is_empty()
    }

    /// Whether no critical extension is beyond us (RFC 5280 §4.2). Paths are judged by `certval`,
    /// which asks the same; this is for a certificate without a path.
    pub(crate) fn critical_extensions_are_understood(&self) -> bool {
        let understood =
            [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID, SubjectAltName::OID];
        let extensions = self.0.x509.tbs_certificate().extensions();
        extensions
            .into_iter()
            .flatten()
            .all(|extension| !extension.critical || understood.contains(&extension.extn_id))
    }

    /// Whether this authority may sign revocation lists (RFC 5280 §6.3.3 (f)).
    pub(crate) fn signs_crls(&self) -> bool {
        self.0.usages.key.is_some_and(|key| key.crl_sign())
    }

    /// Whether an authority with this certificate may stand above a key for `purpose`: authorities
    /// that carry extendedKeyUsage are bound to it.
    pub(crate) fn permits_below(&self, purpose: KeyPurpose) -> bool {
        let wanted = match purpose {
            KeyPurpose::LetterSignature | KeyPurpose::Encryption => EMAIL_PROTECTION,
            KeyPurpose::Authentication => CLIENT_AUTH,
            KeyPurpose::ElectronicSeal => DOCUMENT_SIGNING,
            KeyPurpose::TimeStamping => TIME_STAMPING,
            KeyPurpose::Tls => SERVER_AUTH,
            KeyPurpose::CertificateSigning => return true,
        };
        let extended = &self.0.usages.extended;
        extended.is_empty() || extended.contains(&wanted) || extended.contains(&ANY_USAGE)
    }

    /// Whether `issuer` may have issued this certificate, by name and key identifiers alone.
    pub(crate) fn names_as_issuer(&self, issuer: &Self) -> bool {
        let keys_agree = match (&self.0.usages.authority_key, &issuer.0.usages.subject_key) {
            (Some(wanted), Some(offered)) => wanted == offered,
            _ => true,
        };
        keys_agree && same_name(self.issuer(), issuer.subject())
    }

    /// Whether an authority certifies a key of its own with it (RFC 5280 §6.1).
    pub(crate) fn is_self_issued(&self) -> bool {
        same_name(self.issuer(), self.subject())
    }

    pub(crate) fn x509(&self) -> &x509_cert::Certificate {
        &self.0.x509
    }

    pub(crate) fn issuer(&self) -> &Name {
        self.0.x509.tbs_certificate().issuer()
    }

    /// Whether both are certificates of one party: the same name and the same addresses or hosts.
    pub(crate) fn names_the_same_as(&self, other: &Self) -> bool {
        self.subject() == other.subject()
            && self.email_addresses() == other.email_addresses()
            && self.dns_names() == other.dns_names()
    }

    pub(crate) fn subject(&self) -> &Name {
        self.0.x509.tbs_certificate().subject()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", hexadecimal(&self.sha256()[..8]))
    }
}

impl Usages {
    fn read(extensions: Option<&Extensions>) -> Result<Self, DecodeError> {
        let mut usages = Self::default();
        for extension in extensions.into_iter().flatten() {
            match extension.extn_id {
                BasicConstraints::OID => usages.basic = Some(value(extension)?),
                KeyUsage::OID => usages.key = Some(value(extension)?),
                ExtendedKeyUsage::OID => {
                    usages.extended = value::<ExtendedKeyUsage>(extension)?.0;
                    usages.extended_is_critical = extension.critical;
                }
                SubjectAltName::OID => usages.names = value::<SubjectAltName>(extension)?.0,
                SubjectKeyIdentifier::OID => {
                    let identifier = value::<SubjectKeyIdentifier>(extension)?;
                    usages.subject_key = Some(identifier.0.as_bytes().to_vec());
                }
                AuthorityKeyIdentifier::OID => {
                    let identifier = value::<AuthorityKeyIdentifier>(extension)?;
                    usages.authority_key =
                        identifier.key_identifier.map(|key| key.as_bytes().to_vec());
                }
                _ => {}
            }
        }
        Ok(usages)
    }
}

/// The rules of RFC 5280 §4.1 that the syntax alone does not enforce.
fn check_form(x509: &x509_cert::Certificate) -> Result<(), DecodeError> {
    let tbs = x509.tbs_certificate();
    // RFC 5280 §4.1.2.1: extensions need version 3, and nothing without extensions says what its
    // key is for. [X509-001]
    if tbs.version() != x509_cert::Version::V3 {
        return Err(DecodeError::Unsupported { what: "certificate of version 1 or 2" });
    }
    // RFC 5280 §4.1.1.2: the algorithm inside MUST be the one outside. [X509-002]
    if tbs.signature() != x509.signature_algorithm() {
        return Err(DecodeError::Malformed { what: "certificate's signature algorithm" });
    }
    // RFC 5280 §4.1.2.2: serial numbers are positive. [X509-003]
    let serial = tbs.serial_number().as_bytes();
    let is_negative = serial.first().is_some_and(|first| first & 0x80 != 0);
    if is_negative || serial.iter().all(|octet| *octet == 0) {
        return Err(DecodeError::Malformed { what: "certificate's serial number" });
    }
    // RFC 5280 §4.1.2.4: the issuer's name MUST NOT be empty. [X509-004]
    if tbs.issuer().is_empty() {
        return Err(DecodeError::Malformed { what: "certificate's issuer" });
    }
    check_extensions(tbs.extensions())
}

/// RFC 5280 §4.2: no extension twice; and no more than we are willing to look at.
pub(crate) fn check_extensions(extensions: Option<&Extensions>) -> Result<(), DecodeError> {
    let Some(extensions) = extensions else { return Ok(()) };
    // [X509-005]
    if extensions.len() > limits::EXTENSIONS_MAX {
        return Err(DecodeError::TooMany { what: "extensions", count_max: limits::EXTENSIONS_MAX });
    }
    for (index, extension) in extensions.iter().enumerate() {
        // [X509-006]
        if extensions[..index].iter().any(|before| before.extn_id == extension.extn_id) {
            return Err(DecodeError::Malformed { what: "extension that occurs twice" });
        }
    }
    Ok(())
}

/// The value of an extension we understand. It must be DER as well. [X509-007]
fn value<'a, T>(extension: &'a Extension) -> Result<T, DecodeError>
where
    T: Decode<'a, Error = der::Error> + Encode,
{
    decode::strict("extension", extension.extn_value.as_bytes(), limits::CERTIFICATE_OCTETS_MAX)
}

fn attribute(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    let found = name.iter().find(|attribute| attribute.oid == oid)?;
    text(&found.value).map(|text| legible(&text))
}

fn text(value: &Any) -> Option<String> {
    let printable = |text: PrintableStringRef<'_>| text.as_str().to_owned();
    value
        .decode_as::<Utf8StringRef<'_>>()
        .map(|text| text.as_str().to_owned())
        .or_else(|_| value.decode_as::<PrintableStringRef<'_>>().map(printable))
        .or_else(|_| value.decode_as::<Ia5StringRef<'_>>().map(|text| text.as_str().to_owned()))
        .ok()
}

/// A name may come from anybody: what moves a terminal's cursor or turns the direction of writing
/// is replaced, so that nobody can show another name than the one certified.
fn legible(text: &str) -> String {
    text.chars().map(|c| if crate::text::deceives(c) { '\u{fffd}' } else { c }).collect()
}

fn encoded(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("it was decoded from canonical DER")
}

/// Whether two names are one for a path: RFC 5280 §7.1 looks neither at case, nor at the number of
/// blanks, nor at the kind of string. Whoever is named so still has to have signed.
pub(crate) fn same_name(one: &Name, other: &Name) -> bool {
    certval::compare_names(one, other)
}

pub(crate) fn unix(time: x509_cert::time::Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

const WHAT: &str = "certificate";

pub(crate) const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
pub(crate) const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
pub(crate) const EMAIL_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
pub(crate) const TIME_STAMPING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
const ANY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

#[cfg(test)]
mod tests;
