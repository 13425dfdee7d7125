//! The small authority of a provider: certificates, revocation lists and requests.
//!
//! Each signature is of the kind its key prefers. Nothing here reads a clock or draws randomness of
//! its own.

mod possession;
mod profile;
mod territory;

use core::fmt;
use core::time::Duration;

use const_oid::db::rfc4519;
use der::{
    Decode, Encode, Sequence,
    asn1::{BitString, GeneralizedTime, OctetString, SetOfVec, UtcTime},
};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        Extension, Extensions, ToExtension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CrlNumber, ExtendedKeyUsage, KeyUsage,
            KeyUsages, SubjectAltName, SubjectKeyIdentifier,
        },
    },
    name::Name,
    request::{CertReq, CertReqInfo},
    serial_number::SerialNumber,
    time::Time,
};

pub use possession::{possession_statement, read_possession_statement};
pub use profile::Profile;
pub(crate) use profile::name;
pub use territory::Territory;

use crate::certificate::{Certificate, KeyPurpose};
use crate::decode::{self, DecodeError};
use crate::kdf::sha256;
use crate::keys::{AgreementKey, SigningKey};
use crate::policy::{KeyKind, SignatureAlgorithm};
use crate::{CryptoRng, backend, limits};

/// An authority at work.
#[derive(Clone, Copy)]
pub struct Issuer<'a> {
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// The key that belongs to it.
    pub key: &'a SigningKey,
}

/// From when until when, both seconds included, in Unix time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub not_before: i64,
    /// Last second.
    pub not_after: i64,
}

/// A certificate that no longer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedEntry {
    /// Its serial number, as [`Certificate::serial`] gives it.
    pub serial: Vec<u8>,
    /// Since when, in Unix time.
    pub at: i64,
}

/// The key a request speaks for.
#[derive(Clone, Copy)]
pub enum RequestKey<'a> {
    /// A key that signs.
    Signing(&'a SigningKey),
    /// A key that agrees on keys; it signs only its own request.
    Agreement(&'a AgreementKey),
}

/// A certificate request whose sender holds the private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRequest {
    spki_der: Vec<u8>,
}

impl VerifiedRequest {
    /// The public key. The name in the request is not kept: it is for the authority to say who
    /// somebody is.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }
}

/// Why nothing was issued. Log-safe: the refused text is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueError {
    /// A name is empty, longer than 64 characters or holds control characters.
    Name,
    /// No address of the form `local@domain` in ASCII.
    Address,
    /// No host name.
    Domain,
    /// Not a public key that can serve the purpose.
    Key,
    /// A period that ends before it begins, outlives the issuer or cannot be written.
    Validity,
    /// No serial number of 1 to 20 octets.
    Serial,
    /// The issuer's certificate does not permit that, or its key is another one.
    Issuer,
}

impl IssueError {
    /// Stable word for API, documents and translations.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "name-not-certifiable",
            Self::Address => "address-not-certifiable",
            Self::Domain => "domain-not-certifiable",
            Self::Key => "key-not-certifiable",
            Self::Validity => "validity-not-certifiable",
            Self::Serial => "serial-not-certifiable",
            Self::Issuer => "issuer-not-entitled",
        }
    }
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "a name must have 1 to 64 characters without control characters",
            Self::Address => "an address must read local@domain in ASCII",
            Self::Domain => "a host name must be letters, digits, hyphens and dots",
            Self::Key => "the public key is not of a kind that serves the purpose",
            Self::Validity => "the validity period must lie inside the issuer's",
            Self::Serial => "a serial number must have 1 to 20 octets",
            Self::Issuer => "the issuer's certificate or key does not permit this",
        })
    }
}

impl core::error::Error for IssueError {}

/// Makes a root: it issues leaves only (pathLenConstraint 0), for its territory only
/// (nameConstraints), and signs their revocation lists.
///
/// Whoever trusts several roots trusts each for its own domain, also where nobody is at hand to
/// say which root belongs to which domain: in the verification of a dossier. [X509-012]
pub fn self_signed_root(
    key: &SigningKey,
    organisation: &str,
    territory: Territory<'_>,
    validity: Validity,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, IssueError> {
    let subject = name(&[(rfc4519::O, organisation), (rfc4519::CN, "Root authority")])?;
    let spki_der = key.spki_der();
    let key_identifier = key_identifier(&spki_der)?;
    let mut extensions = Vec::new();
    add(&mut extensions, true, &BasicConstraints { ca: true, path_len_constraint: Some(0) });
    add(&mut extensions, true, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign));
    // RFC 5280 §4.2.1.10: MUST be critical.
    add(&mut extensions, true, &territory.constraints()?);
    add(&mut extensions, false, &SubjectKeyIdentifier(key_identifier));
    signed_certificate(key, subject.clone(), subject, validity, &spki_der, extensions, rng)
}

/// Issues a certificate. Who the subject is and that he holds the key is for the caller to know.
pub fn issue(
    issuer: Issuer<'_>,
    profile: Profile<'_>,
    spki_der: &[u8],
    validity: Validity,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, IssueError> {
    issuer.is_entitled()?;
    // A certificate never outlives its issuer: verification judges the whole path at one time.
    if validity.not_before < issuer.certificate.not_before()
        || validity.not_after > issuer.certificate.not_after()
    {
        return Err(IssueError::Validity);
    }
    // A key of the wrong kind would make a certificate that nobody can use. [X509-014]
    let kind = KeyKind::of_spki(spki_der).filter(|kind| profile.suits(*kind));
    let kind = kind.ok_or(IssueError::Key)?;
    let (subject, names) = profile.subject()?;
    let mut extensions = Vec::new();
    add(&mut extensions, true, &KeyUsage(profile.key_usage(kind)));
    // RFC 3161 §2.3: critical for a time-stamp authority.
    let critical = matches!(profile, Profile::TimeStamping { .. });
    add(&mut extensions, critical, &ExtendedKeyUsage(profile.extended_key_usage().to_vec()));
    // RFC 5280 §4.2.1.6: critical if the subject's name is empty.
    add(&mut extensions, subject.is_empty(), &SubjectAltName(names));
    add(&mut extensions, false, &SubjectKeyIdentifier(key_identifier(spki_der)?));
    add(&mut extensions, false, &issuer.authority_key_identifier()?);
    extensions.extend(profile.capabilities(kind));
    let issuer_name = issuer.certificate.subject().clone();
    signed_certificate(issuer.key, issuer_name, subject, validity, spki_der, extensions, rng)
}

/// Signs the list of all revoked certificates of this issuer (RFC 5280 §5).
pub fn issue_crl(
    issuer: Issuer<'_>,
    number: u64,
    this_update: i64,
    next_update: i64,
    revoked: &[RevokedEntry],
) -> Result<Vec<u8>, IssueError> {
    issuer.is_entitled()?;
    if next_update <= this_update {
        return Err(IssueError::Validity);
    }
    let mut entries = Vec::with_capacity(revoked.len());
    for entry in revoked {
        entries.push(RevokedCert {
            serial_number: serial_number(&entry.serial)?,
            revocation_date: time(entry.at)?,
            crl_entry_extensions: None,
        });
    }
    let mut extensions = Vec::new();
    add(&mut extensions, false, &issuer.authority_key_identifier()?);
    let number = CrlNumber::try_from(number).expect("any u64 is an INTEGER");
    add(&mut extensions, false, &number);
    let tbs_cert_list = TbsCertList {
        version: x509_cert::Version::V2,
        signature: signature_algorithm(issuer.key),
        issuer: issuer.certificate.subject().clone(),
        this_update: time(this_update)?,
        next_update: Some(time(next_update)?),
        // RFC 5280 §5.1.2.6: absent rather than empty.
        revoked_certificates: (!entries.is_empty()).then_some(entries),
        crl_extensions: Some(extensions),
    };
    let signature = signature(issuer.key, &encoded(&tbs_cert_list));
    Ok(encoded(&CertificateList {
        tbs_cert_list,
        signature_algorithm: signature_algorithm(issuer.key),
        signature,
    }))
}

/// Makes a certificate request (RFC 2986), signed with the key itself.
pub fn certificate_request(key: RequestKey<'_>, common_name: &str) -> Result<Vec<u8>, IssueError> {
    let spki_der = match key {
        RequestKey::Signing(key) => key.spki_der(),
        RequestKey::Agreement(key) => key.spki_der(),
    };
    let info = CertReqInfo {
        version: x509_cert::request::Version::V1,
        subject: name(&[(rfc4519::CN, common_name)])?,
        public_key: public_key(&spki_der)?,
        attributes: SetOfVec::new(),
    };
    let octets = encoded(&info);
    let (algorithm, signature) = match key {
        RequestKey::Signing(key) => (signature_algorithm(key), signature(key, &octets)),
        RequestKey::Agreement(key) => {
            (identifier(SignatureAlgorithm::EcdsaP256Sha256), bit_string(&key.sign_raw(&octets)))
        }
    };
    Ok(encoded(&CertReq { info, algorithm, signature }))
}

/// Reads a certificate request and checks that its sender holds the private key.
pub fn read_certificate_request(der: &[u8]) -> Result<VerifiedRequest, DecodeError> {
    const WHAT: &str = "certificate request";
    let request: CertReq = decode::strict(WHAT, der, limits::CERTIFICATE_REQUEST_OCTETS_MAX)?;
    let spki_der = encoded(&request.info.public_key);
    let unsupported = DecodeError::Unsupported { what: "certificate request's algorithm" };
    let algorithm = SignatureAlgorithm::from_identifier(&request.algorithm);
    let kind = KeyKind::of_spki(&spki_der);
    // [X509-010]
    let (Some(algorithm), Some(kind)) = (algorithm, kind) else { return Err(unsupported) };
    if !algorithm.fits(kind) || is_short(kind) {
        return Err(unsupported);
    }
    let signed = decode::members(WHAT, der)?[0];
    let signature = request.signature.as_bytes().ok_or(DecodeError::Malformed { what: WHAT })?;
    // RFC 2986 §3: the signature proves possession of the private key. [X509-011]
    if !backend::verify(algorithm, &spki_der, signed, signature) {
        return Err(DecodeError::Signature { what: WHAT });
    }
    Ok(VerifiedRequest { spki_der })
}

impl Issuer<'_> {
    fn is_entitled(&self) -> Result<(), IssueError> {
        let entitled = self.certificate.allows(KeyPurpose::CertificateSigning)
            && self.certificate.signs_crls()
            && self.certificate.spki_der() == self.key.spki_der();
        if entitled { Ok(()) } else { Err(IssueError::Issuer) }
    }

    fn authority_key_identifier(&self) -> Result<AuthorityKeyIdentifier, IssueError> {
        let identifier =
            self.certificate.subject_key_identifier().ok_or(IssueError::Issuer)?.to_vec();
        Ok(AuthorityKeyIdentifier {
            key_identifier: Some(octet_string(identifier)),
            ..Default::default()
        })
    }
}

/// ```text
/// TBSCertificate ::= SEQUENCE {
///     version         [0] EXPLICIT Version DEFAULT v1,
///     serialNumber        CertificateSerialNumber,
///     signature           AlgorithmIdentifier,
///     issuer              Name,
///     validity            Validity,
///     subject             Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo,
///     extensions      [3] EXPLICIT Extensions OPTIONAL }
/// ```
/// The library's own type cannot be filled in from outside.
#[derive(Sequence)]
struct TbsCertificate {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: x509_cert::Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: x509_cert::time::Validity,
    subject: Name,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Extensions,
}

/// RFC 5280 §4.1.
#[derive(Sequence)]
struct SignedCertificate {
    tbs_certificate: TbsCertificate,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

pub(crate) fn signed_certificate(
    key: &SigningKey,
    issuer: Name,
    subject: Name,
    validity: Validity,
    spki_der: &[u8],
    extensions: Extensions,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, IssueError> {
    if validity.not_after < validity.not_before {
        return Err(IssueError::Validity);
    }
    let tbs_certificate = TbsCertificate {
        version: x509_cert::Version::V3,
        serial_number: random_serial_number(rng),
        signature: signature_algorithm(key),
        issuer,
        validity: x509_cert::time::Validity::new(
            time(validity.not_before)?,
            time(validity.not_after)?,
        ),
        subject,
        subject_public_key_info: public_key(spki_der)?,
        extensions,
    };
    let signature = signature(key, &encoded(&tbs_certificate));
    let signature_algorithm = signature_algorithm(key);
    let certificate = SignedCertificate { tbs_certificate, signature_algorithm, signature };
    // What we make must pass our own reader; names are the only part that could be too long.
    Certificate::from_der(&encoded(&certificate)).map_err(|_| IssueError::Name)
}

/// 126 random bits: beyond guessing and collision (RFC 5280 §4.1.2.2: positive, at most 20 octets).
fn random_serial_number(rng: &mut dyn CryptoRng) -> SerialNumber {
    let mut octets = [0; 16];
    rng.fill_bytes(&mut octets);
    octets[0] = octets[0] & 0x7f | 0x40;
    SerialNumber::new(&octets).expect("16 octets with a positive first one are a serial number")
}

fn serial_number(octets: &[u8]) -> Result<SerialNumber, IssueError> {
    if octets.iter().all(|octet| *octet == 0) {
        return Err(IssueError::Serial);
    }
    SerialNumber::new(octets).map_err(|_| IssueError::Serial)
}

/// RFC 7093 §2 (1): the leftmost 160 bits of SHA-256 of the key's bits.
fn key_identifier(spki_der: &[u8]) -> Result<OctetString, IssueError> {
    let spki = public_key(spki_der)?;
    let bits = spki.subject_public_key.as_bytes().ok_or(IssueError::Key)?;
    Ok(octet_string(sha256(bits)[..20].to_vec()))
}

fn public_key(spki_der: &[u8]) -> Result<SubjectPublicKeyInfoOwned, IssueError> {
    SubjectPublicKeyInfoOwned::from_der(spki_der).map_err(|_| IssueError::Key)
}

fn time(unix: i64) -> Result<Time, IssueError> {
    let seconds = u64::try_from(unix).map_err(|_| IssueError::Validity)?;
    let date_time = der::DateTime::from_unix_duration(Duration::from_secs(seconds))
        .map_err(|_| IssueError::Validity)?;
    // RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050.
    if date_time.year() < 2050 {
        UtcTime::from_date_time(date_time).map(Time::from).map_err(|_| IssueError::Validity)
    } else {
        Ok(Time::from(GeneralizedTime::from_date_time(date_time)))
    }
}

fn signature_algorithm(key: &SigningKey) -> AlgorithmIdentifierOwned {
    identifier(key.algorithm())
}

fn identifier(algorithm: SignatureAlgorithm) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned::from_der(&algorithm.identifier_der())
        .expect("what we write is an AlgorithmIdentifier")
}

/// RSA keys that are too short to sign for years, whatever they are for.
fn is_short(kind: KeyKind) -> bool {
    matches!(kind, KeyKind::Rsa { bits } if bits < limits::RSA_SIGNING_BITS_MIN)
}

fn signature(key: &SigningKey, message: &[u8]) -> BitString {
    bit_string(&key.sign_raw(message))
}

fn bit_string(octets: &[u8]) -> BitString {
    BitString::from_bytes(octets).expect("a signature fits into a BIT STRING")
}

fn octet_string(octets: Vec<u8>) -> OctetString {
    OctetString::new(octets).expect("a short value fits into an OCTET STRING")
}

fn encoded(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("each part was made or read as DER and is bounded")
}

pub(crate) fn add<T>(extensions: &mut Vec<Extension>, critical: bool, value: &T)
where
    T: der::oid::AssociatedOid + Encode,
{
    let extension = (critical, value)
        .to_extension(&Name::default(), &[])
        .expect("each part was made or read as DER and is bounded");
    extensions.push(extension);
}

#[cfg(test)]
mod tests;
