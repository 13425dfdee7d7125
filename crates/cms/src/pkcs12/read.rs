//! Reading: the code first, then what it covers.

use zeroize::Zeroizing;

use super::{Entry, KeyFile, Pkcs12Error, oid, password};
use crate::attributes::{ID_DATA, ObjectIdentifier};
use crate::ber;
use crate::certificate::Certificate;
use crate::decode::{self, DecodeError};
use crate::digest::DigestAlgorithm;
use crate::kdf::ct_eq;
use crate::keys::{DecryptionKey, KeyError, SigningKey};
use crate::limits;
use crate::tlv::{self, Reader, malformed};

/// Reads a file under its password.
///
/// ```text
/// PFX ::= SEQUENCE { version INTEGER (3), authSafe ContentInfo, macData MacData OPTIONAL }
/// ```
/// Divergence: at least one private key must be inside, and every key and certificate must be one
/// that we read: half of somebody's keys is not what was asked for.
pub fn read(octets: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    // [PFX-001]
    decode::bounded(WHAT, octets, limits::PKCS12_OCTETS_MAX)?;
    // [PFX-002]
    if password.len() > limits::PKCS12_PASSWORD_OCTETS_MAX {
        return Err(Pkcs12Error::Password);
    }
    let der = Zeroizing::new(ber::to_der(octets)?);
    tlv::check(&der)?;
    let mut fields = Reader::new(tlv::only(&der, tlv::SEQUENCE, WHAT)?);
    // RFC 7292 §4. [PFX-003]
    if fields.small("PFX version")? != 3 {
        return Err(DecodeError::Unsupported { what: "version of a PKCS#12 file" }.into());
    }
    let (content_type, content) = content_info(fields.enter(tlv::SEQUENCE, "authSafe")?)?;
    // RFC 7292 §3.1: signed instead of protected by a password; whose signature would count? [PFX-004]
    if content_type != ID_DATA {
        return Err(DecodeError::Unsupported { what: "PKCS#12 without a password" }.into());
    }
    let authenticated = tlv::only(content, tlv::OCTET_STRING, "authSafe")?;
    let mut opening = Opening { password, iterations: limits::PKCS12_ITERATIONS_MAX };
    // [PFX-005]
    if fields.is_empty() {
        return Err(Pkcs12Error::Unprotected);
    }
    opening.check_mac(fields.enter(tlv::SEQUENCE, "macData")?, authenticated)?;
    fields.finish(WHAT)?;
    opening.open(authenticated)
}

/// One file being opened.
struct Opening<'a> {
    password: &'a str,
    /// How many iterations we are still willing to compute.
    iterations: u32,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    keys: Vec<Zeroizing<Vec<u8>>>,
    certificates: Vec<Certificate>,
}

impl Opening<'_> {
    /// The sum is bounded, not each: a file may have many parts. [PFX-006]
    fn spend(&mut self, iterations: u32) -> Result<u32, Pkcs12Error> {
        let iterations_max = limits::PKCS12_ITERATIONS_MAX;
        let refused = Pkcs12Error::TooManyIterations { iterations_max };
        self.iterations = self.iterations.checked_sub(iterations).ok_or(refused)?;
        Ok(iterations)
    }

    /// ```text
    /// MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
    /// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
    /// ```
    fn check_mac(
        &mut self,
        mut fields: Reader<'_>,
        authenticated: &[u8],
    ) -> Result<(), Pkcs12Error> {
        let mut digest_info = fields.enter(tlv::SEQUENCE, "mac")?;
        let mut algorithm = digest_info.enter(tlv::SEQUENCE, "mac algorithm")?;
        let stated = digest_info.value(tlv::OCTET_STRING, "mac")?;
        digest_info.finish("mac")?;
        let salt = fields.value(tlv::OCTET_STRING, "macSalt")?;
        let iterations = if fields.is_empty() { 1 } else { count(&mut fields)? };
        fields.finish("macData")?;
        let oid = algorithm.oid("mac algorithm")?;
        let computed = if oid == oid::PBMAC1 {
            self.pbmac1(algorithm, authenticated)?
        } else {
            let digest = digest(oid)?;
            parameters_end(algorithm)?;
            let iterations = self.spend(iterations)?;
            let key = password::mac_key(digest, self.password, salt, iterations);
            password::hmac(digest, &key, authenticated)
        };
        // [PFX-007]
        if ct_eq(&computed, stated) { Ok(()) } else { Err(Pkcs12Error::PasswordOrChanged) }
    }

    /// ```text
    /// PBMAC1-params ::= SEQUENCE { keyDerivationFunc, messageAuthScheme }
    /// ```
    /// RFC 9879 §4: salt and iterations of MacData do not count, and PBKDF2 must name its length.
    fn pbmac1(
        &mut self,
        mut algorithm: Reader<'_>,
        authenticated: &[u8],
    ) -> Result<Vec<u8>, Pkcs12Error> {
        let mut parameters = algorithm.enter(tlv::SEQUENCE, "PBMAC1")?;
        algorithm.finish("PBMAC1")?;
        let derivation = Pbkdf2::read(parameters.enter(tlv::SEQUENCE, "PBKDF2")?)?;
        let digest = hmac_digest(parameters.enter(tlv::SEQUENCE, "PBMAC1")?)?;
        parameters.finish("PBMAC1")?;
        // [PFX-008]
        let octets = derivation.octets.ok_or_else(|| malformed("PBMAC1 without a key length"))?;
        let key = self.derive(&derivation, octets)?;
        Ok(password::hmac(digest, &key, authenticated))
    }

    fn derive(
        &mut self,
        derivation: &Pbkdf2<'_>,
        octets: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let Pbkdf2 { digest, salt, iterations, .. } = *derivation;
        // Each block of key costs all iterations again.
        let blocks = u32::try_from(octets.div_ceil(digest.octets())).unwrap_or(u32::MAX);
        self.spend(iterations.saturating_mul(blocks))?;
        Ok(password::pbkdf2(digest, self.password.as_bytes(), salt, iterations, octets))
    }

    /// ```text
    /// AuthenticatedSafe ::= SEQUENCE OF ContentInfo
    /// ```
    fn open(&mut self, authenticated: &[u8]) -> Result<KeyFile, Pkcs12Error> {
        let der = Zeroizing::new(ber::to_der(authenticated)?);
        tlv::check(&der)?;
        let mut safes = Reader::new(tlv::only(&der, tlv::SEQUENCE, "AuthenticatedSafe")?);
        let mut found = Found::default();
        let mut count = 0;
        while !safes.is_empty() {
            count += 1;
            // [PFX-009]
            if count > limits::PKCS12_SAFES_MAX {
                let count_max = limits::PKCS12_SAFES_MAX;
                return Err(DecodeError::TooMany { what: "parts of a key file", count_max }.into());
            }
            let (oid, content) = content_info(safes.enter(tlv::SEQUENCE, "ContentInfo")?)?;
            match oid {
                ID_DATA => {
                    let contents = tlv::only(content, tlv::OCTET_STRING, "SafeContents")?;
                    self.bags(contents, false, &mut found)?;
                }
                oid::ENCRYPTED_DATA => {
                    let contents = self.encrypted_data(content)?;
                    self.bags(&contents, true, &mut found)?;
                }
                _ => {
                    let what = "part of a key file that is encrypted for a certificate";
                    return Err(DecodeError::Unsupported { what }.into());
                }
            }
        }
        sorted(found)
    }

    /// ```text
    /// EncryptedData ::= SEQUENCE { version INTEGER (0), encryptedContentInfo SEQUENCE {
    ///     contentType, contentEncryptionAlgorithm, encryptedContent [0] IMPLICIT OCTET STRING } }
    /// ```
    /// RFC 5652 §8.
    fn encrypted_data(&mut self, content: &[u8]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let mut fields = Reader::new(tlv::only(content, tlv::SEQUENCE, "EncryptedData")?);
        if fields.small("EncryptedData version")? != 0 {
            return Err(malformed("EncryptedData version").into());
        }
        let mut info = fields.enter(tlv::SEQUENCE, "EncryptedData")?;
        fields.finish("EncryptedData")?;
        if info.oid("contentType")? != ID_DATA {
            return Err(malformed("contentType").into());
        }
        let algorithm = info.enter(tlv::SEQUENCE, "contentEncryptionAlgorithm")?;
        let octets = info.value(tlv::context_primitive(0), "encryptedContent")?;
        info.finish("EncryptedData")?;
        self.decrypt(algorithm, octets)
    }

    /// ```text
    /// PBES2-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme }
    /// ```
    fn decrypt(
        &mut self,
        mut algorithm: Reader<'_>,
        octets: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let oid = algorithm.oid("encryption algorithm")?;
        // [PFX-010]
        if oid != oid::PBES2 {
            return Err(refuse(oid));
        }
        let mut parameters = algorithm.enter(tlv::SEQUENCE, "PBES2")?;
        algorithm.finish("PBES2")?;
        let derivation = Pbkdf2::read(parameters.enter(tlv::SEQUENCE, "PBKDF2")?)?;
        let mut scheme = parameters.enter(tlv::SEQUENCE, "encryptionScheme")?;
        parameters.finish("PBES2")?;
        let oid = scheme.oid("encryptionScheme")?;
        if oid != oid::AES256_CBC {
            return Err(refuse(oid));
        }
        let iv = scheme.value(tlv::OCTET_STRING, "initialisation vector")?;
        scheme.finish("encryptionScheme")?;
        let iv = iv.try_into().map_err(|_| malformed("initialisation vector"))?;
        // RFC 8018 appendix B.2.5: the key of AES-256 has 32 octets, whatever else is said.
        if derivation.octets.is_some_and(|octets| octets != AES_256_KEY_OCTETS) {
            return Err(malformed("key length").into());
        }
        let key = self.derive(&derivation, AES_256_KEY_OCTETS)?;
        // The code was right, so whoever wrote this used two passwords, or none that fits.
        password::decrypt(&key, iv, octets).ok_or(Pkcs12Error::PasswordOrChanged)
    }

    /// ```text
    /// SafeContents ::= SEQUENCE OF SafeBag
    /// SafeBag ::= SEQUENCE { bagId, bagValue [0] EXPLICIT ANY, bagAttributes SET OF OPTIONAL }
    /// ```
    fn bags(
        &mut self,
        contents: &[u8],
        encrypted: bool,
        found: &mut Found,
    ) -> Result<(), Pkcs12Error> {
        let der = Zeroizing::new(ber::to_der(contents)?);
        tlv::check(&der)?;
        let mut bags = Reader::new(tlv::only(&der, tlv::SEQUENCE, "SafeContents")?);
        while !bags.is_empty() {
            let mut bag = bags.enter(tlv::SEQUENCE, "SafeBag")?;
            let oid = bag.oid("bagId")?;
            let value = bag.value(tlv::context(0), "bagValue")?;
            let _attributes = bag.optional(tlv::SET, "bagAttributes")?;
            bag.finish("SafeBag")?;
            match oid {
                oid::CERTIFICATE_BAG => found.add_certificate(value)?,
                oid::SHROUDED_KEY_BAG => {
                    let key = self.shrouded(value)?;
                    found.add_key(key)?;
                }
                oid::KEY_BAG if encrypted => found.add_key(Zeroizing::new(value.to_vec()))?,
                // A key in the clear, whatever protects it from change. [PFX-011]
                oid::KEY_BAG => return Err(Pkcs12Error::Unprotected),
                // [PFX-012]
                _ => {
                    let what = "part of a key file that is no key and no certificate";
                    return Err(DecodeError::Unsupported { what }.into());
                }
            }
        }
        Ok(())
    }

    /// ```text
    /// EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm, encryptedData OCTET STRING }
    /// ```
    fn shrouded(&mut self, value: &[u8]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let mut fields = Reader::new(tlv::only(value, tlv::SEQUENCE, "EncryptedPrivateKeyInfo")?);
        let algorithm = fields.enter(tlv::SEQUENCE, "encryptionAlgorithm")?;
        let octets = fields.value(tlv::OCTET_STRING, "encryptedData")?;
        fields.finish("EncryptedPrivateKeyInfo")?;
        self.decrypt(algorithm, octets)
    }
}

impl Found {
    fn add_key(&mut self, pkcs8: Zeroizing<Vec<u8>>) -> Result<(), Pkcs12Error> {
        // [PFX-013]
        if self.keys.len() == limits::PKCS12_KEYS_MAX {
            let count_max = limits::PKCS12_KEYS_MAX;
            return Err(DecodeError::TooMany { what: "keys in one file", count_max }.into());
        }
        self.keys.push(pkcs8);
        Ok(())
    }

    /// ```text
    /// CertBag ::= SEQUENCE { certId, certValue [0] EXPLICIT OCTET STRING }
    /// ```
    fn add_certificate(&mut self, value: &[u8]) -> Result<(), Pkcs12Error> {
        let mut fields = Reader::new(tlv::only(value, tlv::SEQUENCE, "CertBag")?);
        if fields.oid("certId")? != oid::X509_CERTIFICATE {
            let what = "certificate that is not X.509";
            return Err(DecodeError::Unsupported { what }.into());
        }
        let explicit = fields.value(tlv::context(0), "certValue")?;
        fields.finish("CertBag")?;
        let der = tlv::only(explicit, tlv::OCTET_STRING, "certValue")?;
        // [PFX-014]
        if self.certificates.len() == limits::CERTIFICATES_MAX {
            let count_max = limits::CERTIFICATES_MAX;
            return Err(DecodeError::TooMany { what: "certificates", count_max }.into());
        }
        let certificate = Certificate::from_der(der)?;
        if !self.certificates.contains(&certificate) {
            self.certificates.push(certificate);
        }
        Ok(())
    }
}

/// Each key with its certificates, and the rest.
fn sorted(found: Found) -> Result<KeyFile, Pkcs12Error> {
    // [PFX-015]
    if found.keys.is_empty() {
        return Err(malformed("key file without a key").into());
    }
    let mut others = found.certificates;
    let mut entries: Vec<Entry> = Vec::new();
    for pkcs8 in found.keys {
        let spki_der = public_half(&pkcs8).map_err(Pkcs12Error::Key)?;
        let is_its = |certificate: &Certificate| certificate.spki_der() == spki_der;
        let (certificates, rest) = others.into_iter().partition(is_its);
        others = rest;
        entries.push(Entry { pkcs8, certificates });
    }
    Ok(KeyFile { entries, others })
}

/// Whether it is a key of ours is found out now, and not when it is needed. [PFX-016]
pub(super) fn public_half(pkcs8: &[u8]) -> Result<Vec<u8>, KeyError> {
    match SigningKey::from_pkcs8_der(pkcs8) {
        Ok(key) => Ok(key.spki_der()),
        // RSA that is too short to sign for years may still open what exists.
        Err(KeyError::OtherKind | KeyError::Size) => {
            DecryptionKey::from_pkcs8_der(pkcs8).map(|key| key.spki_der())
        }
        Err(error) => Err(error),
    }
}

/// ```text
/// PBKDF2-params ::= SEQUENCE { salt CHOICE { specified OCTET STRING, … }, iterationCount INTEGER,
///     keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT hmacWithSHA1 }
/// ```
struct Pbkdf2<'a> {
    digest: DigestAlgorithm,
    salt: &'a [u8],
    iterations: u32,
    octets: Option<usize>,
}

impl<'a> Pbkdf2<'a> {
    fn read(mut algorithm: Reader<'a>) -> Result<Self, Pkcs12Error> {
        if algorithm.oid("keyDerivationFunc")? != oid::PBKDF2 {
            return Err(Pkcs12Error::UnknownAlgorithm);
        }
        let mut fields = algorithm.enter(tlv::SEQUENCE, "PBKDF2")?;
        algorithm.finish("PBKDF2")?;
        let salt = fields.value(tlv::OCTET_STRING, "salt")?;
        let iterations = count(&mut fields)?;
        let octets = if fields.next_is(tlv::INTEGER) {
            // Longer keys than the longest digest nobody needs. [PFX-017]
            let octets = count(&mut fields)? as usize;
            if octets > DigestAlgorithm::Sha512.octets() {
                return Err(malformed("key length").into());
            }
            Some(octets)
        } else {
            None
        };
        if fields.is_empty() {
            return Err(Pkcs12Error::Legacy { algorithm: "HMAC with SHA-1" });
        }
        let digest = hmac_digest(fields.enter(tlv::SEQUENCE, "prf")?)?;
        fields.finish("PBKDF2")?;
        Ok(Self { digest, salt, iterations, octets })
    }
}

/// A positive INTEGER below 2^31: iterations and lengths.
fn count(fields: &mut Reader<'_>) -> Result<u32, DecodeError> {
    let octets = fields.integer("count")?;
    let number = octets.iter().fold(0u64, |number, octet| number << 8 | u64::from(*octet));
    let is_positive = octets.len() <= 4 && octets[0] < 0x80 && number > 0;
    u32::try_from(number).ok().filter(|_| is_positive).ok_or_else(|| malformed("count"))
}

fn content_info(mut fields: Reader<'_>) -> Result<(ObjectIdentifier, &[u8]), DecodeError> {
    let oid = fields.oid("contentType")?;
    let content = fields.value(tlv::context(0), "content")?;
    fields.finish("ContentInfo")?;
    Ok((oid, content))
}

fn digest(oid: ObjectIdentifier) -> Result<DigestAlgorithm, Pkcs12Error> {
    DigestAlgorithm::from_oid(oid).ok_or_else(|| refuse(oid))
}

fn hmac_digest(mut algorithm: Reader<'_>) -> Result<DigestAlgorithm, Pkcs12Error> {
    let oid = algorithm.oid("HMAC")?;
    parameters_end(algorithm)?;
    match oid {
        oid::HMAC_SHA256 => Ok(DigestAlgorithm::Sha256),
        oid::HMAC_SHA384 => Ok(DigestAlgorithm::Sha384),
        oid::HMAC_SHA512 => Ok(DigestAlgorithm::Sha512),
        _ => Err(refuse(oid)),
    }
}

/// NULL or nothing.
fn parameters_end(mut algorithm: Reader<'_>) -> Result<(), DecodeError> {
    algorithm.optional(tlv::NULL, "parameters")?;
    algorithm.finish("parameters")
}

/// Why an algorithm is not used: it is broken, or nobody here knows it. [PFX-018]
fn refuse(oid: ObjectIdentifier) -> Pkcs12Error {
    const NAMES: [&str; 6] = [
        "RC4 with 128 bits",
        "RC4 with 40 bits",
        "3DES with three keys",
        "3DES with two keys",
        "RC2 with 128 bits",
        "RC2 with 40 bits",
    ];
    let named = match oid {
        oid::SHA1 | oid::HMAC_SHA1 => Some("HMAC with SHA-1"),
        oid::MD5 => Some("HMAC with MD5"),
        oid::DES3_CBC => Some("3DES"),
        oid::RC2_CBC => Some("RC2"),
        oid::DES_CBC => Some("DES"),
        _ if oid.parent() == Some(oid::PKCS12_PBE) => {
            let last = oid.arcs().last().unwrap_or_default() as usize;
            last.checked_sub(1).and_then(|number| NAMES.get(number).copied())
        }
        _ => None,
    };
    named.map_or(Pkcs12Error::UnknownAlgorithm, |algorithm| Pkcs12Error::Legacy { algorithm })
}

const WHAT: &str = "PFX";
const AES_256_KEY_OCTETS: usize = 32;
