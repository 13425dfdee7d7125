//! Software keys that answer questions.
//!
//! The rest of this room only asks: a [`SignatureRequest`] is answered by whoever holds the key,
//! a card, a token, or one of these. Keys wipe themselves, print nothing and serialise to nothing
//! but PKCS#8 on demand.

use core::fmt;

use zeroize::Zeroizing;

use crate::CryptoRng;
use crate::attributes::{EC_PUBLIC_KEY, PRIME256V1};
use crate::backend::{self, Agreement, Point, Signer};
use crate::decode::DecodeError;
use crate::enveloped::{KeyAnswer, KeyRequest};
use crate::signed::{SignatureRequest, SignatureValue};
use crate::tlv::{self, Reader, Writer};

/// Why a key could not be read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The octets are no P-256 private key in PKCS#8 (RFC 5958, RFC 5915).
    Malformed,
    /// The question holds a point that is not on P-256.
    PeerKey,
}

impl KeyError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "key-malformed",
            Self::PeerKey => "peer-key-off-curve",
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "no P-256 private key in PKCS#8",
            Self::PeerKey => "the other side's key is not on P-256",
        })
    }
}

impl core::error::Error for KeyError {}

/// A P-256 key that signs with ECDSA and SHA-256.
///
/// ```compile_fail,E0277
/// fn leak(key: &sealpost_cms::keys::SigningKey) -> String { format!("{key:?}") }
/// ```
/// ```
/// fn publish(key: &sealpost_cms::keys::SigningKey) -> Vec<u8> { key.spki_der() }
/// ```
pub struct SigningKey {
    secret: Secret,
    signer: Signer,
}

impl SigningKey {
    /// A fresh key from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self::from_secret(Secret::generate(rng).0).expect("a generated number is a key")
    }

    /// Reads PKCS#8 as we or OpenSSL write it.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        Self::from_secret(Secret::from_pkcs8_der(der)?.0).ok_or(KeyError::Malformed)
    }

    /// Writes PKCS#8 with the public half inside.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.secret.to_pkcs8_der()
    }

    /// The public half as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> Vec<u8> {
        backend::spki_of(&self.secret.point)
    }

    /// Signs what the request asks for.
    #[must_use]
    pub fn answer(&self, request: &SignatureRequest) -> SignatureValue {
        SignatureValue::new(self.sign_raw(request.octets_to_sign()))
    }

    /// ECDSA with SHA-256 over a message, as DER.
    #[must_use]
    pub fn sign_raw(&self, message: &[u8]) -> Vec<u8> {
        self.signer.sign(message)
    }

    fn from_secret(secret: Secret) -> Option<Self> {
        let signer = Signer::new(&secret.scalar, &secret.point)?;
        Some(Self { secret, signer })
    }
}

/// A P-256 key that agrees on keys (ECDH).
///
/// ```compile_fail,E0308
/// fn copy(key: &sealpost_cms::keys::AgreementKey) -> sealpost_cms::keys::AgreementKey { key.clone() }
/// ```
/// ```
/// fn publish(key: &sealpost_cms::keys::AgreementKey) -> Vec<u8> { key.spki_der() }
/// ```
pub struct AgreementKey {
    secret: Secret,
    agreement: Agreement,
}

impl AgreementKey {
    /// A fresh key from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let (secret, agreement) = Secret::generate(rng);
        Self { secret, agreement }
    }

    /// Reads PKCS#8 as we or OpenSSL write it.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let (secret, agreement) = Secret::from_pkcs8_der(der)?;
        Ok(Self { secret, agreement })
    }

    /// Writes PKCS#8 with the public half inside.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.secret.to_pkcs8_der()
    }

    /// The public half as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> Vec<u8> {
        backend::spki_of(&self.secret.point)
    }

    /// Agrees with the point in the request.
    pub fn answer(&self, request: &KeyRequest) -> Result<KeyAnswer, KeyError> {
        self.agree(request.ephemeral_point()).map(KeyAnswer::from_agreed).ok_or(KeyError::PeerKey)
    }

    /// ECDSA with SHA-256, as DER: only the proof of possession in a certificate request uses it
    /// (RFC 2986 §4.2).
    #[must_use]
    pub fn sign_raw(&self, message: &[u8]) -> Vec<u8> {
        Signer::new(&self.secret.scalar, &self.secret.point)
            .expect("number and point were checked against each other")
            .sign(message)
    }

    pub(crate) fn point(&self) -> &Point {
        &self.secret.point
    }

    pub(crate) fn agree(&self, peer: &Point) -> Option<Zeroizing<[u8; 32]>> {
        self.agreement.agree(peer)
    }
}

/// The number and its point.
struct Secret {
    scalar: Zeroizing<[u8; 32]>,
    point: Point,
}

impl Secret {
    /// FIPS 186-5 §A.2.2, rejection sampling: draws until the number lies in the order's range.
    fn generate(rng: &mut dyn CryptoRng) -> (Self, Agreement) {
        loop {
            let mut scalar = Zeroizing::new([0; 32]);
            rng.fill_bytes(&mut scalar[..]);
            if let Some(agreement) = Agreement::new(&scalar) {
                return (Self { scalar, point: *agreement.point() }, agreement);
            }
        }
    }

    /// A public half that is present must be the number's own. [CMS-104]
    fn from_pkcs8_der(der: &[u8]) -> Result<(Self, Agreement), KeyError> {
        let (scalar, stated) = read_pkcs8(der).map_err(|_| KeyError::Malformed)?;
        let agreement = Agreement::new(&scalar).ok_or(KeyError::Malformed)?;
        if stated.is_some_and(|stated| stated != *agreement.point()) {
            return Err(KeyError::Malformed);
        }
        Ok((Self { scalar, point: *agreement.point() }, agreement))
    }

    /// ```text
    /// PrivateKeyInfo ::= SEQUENCE { version INTEGER (0), algorithm, privateKey OCTET STRING }
    /// ECPrivateKey ::= SEQUENCE { version INTEGER (1), privateKey OCTET STRING, publicKey [1] BIT STRING }
    /// ```
    fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(Vec::with_capacity(PKCS8_OCTETS));
        key.extend_from_slice(&PKCS8_BEFORE_SCALAR);
        key.extend_from_slice(&self.scalar[..]);
        let mut public = Writer::new();
        public.nest(tlv::context(1), |public| public.bit_string(&self.point));
        key.extend_from_slice(public.octets());
        debug_assert_eq!(key.len(), PKCS8_OCTETS);
        key
    }
}

type ReadKey = (Zeroizing<[u8; 32]>, Option<Point>);

fn read_pkcs8(der: &[u8]) -> Result<ReadKey, DecodeError> {
    let mut outer = Reader::new(tlv::only(der, tlv::SEQUENCE, "private key")?);
    outer.small("private key version").and_then(|version| equal(version, 0))?;
    let mut algorithm = outer.enter(tlv::SEQUENCE, "private key algorithm")?;
    if algorithm.oid("private key algorithm")? != EC_PUBLIC_KEY
        || algorithm.oid("curve")? != PRIME256V1
    {
        return Err(tlv::malformed("private key algorithm"));
    }
    algorithm.finish("private key algorithm")?;
    let inner = outer.value(tlv::OCTET_STRING, "private key")?;

    let mut key = Reader::new(tlv::only(inner, tlv::SEQUENCE, "private key")?);
    key.small("private key version").and_then(|version| equal(version, 1))?;
    let octets = key.value(tlv::OCTET_STRING, "private key")?;
    let mut scalar = Zeroizing::new([0; 32]);
    if octets.len() != scalar.len() {
        return Err(tlv::malformed("private key"));
    }
    scalar.copy_from_slice(octets);
    key.optional(tlv::context(0), "curve")?;
    let public = key.optional(tlv::context(1), "public key")?;
    key.finish("private key")?;
    let point = public
        .map(|public| {
            let mut public = Reader::new(public.value);
            let octets = public.bit_string("public key")?;
            public.finish("public key")?;
            Point::try_from(octets).map_err(|_| tlv::malformed("public key"))
        })
        .transpose()?;
    Ok((scalar, point))
}

fn equal(version: u8, expected: u8) -> Result<(), DecodeError> {
    if version == expected { Ok(()) } else { Err(tlv::malformed("private key version")) }
}

/// Everything before the number: the structure has one size, so that the number is written once
/// into memory that wipes itself.
const PKCS8_BEFORE_SCALAR: [u8; 36] = [
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02,
    0x01, 0x01, 0x04, 0x20,
];
const PKCS8_OCTETS: usize = 138;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::policy::SignatureAlgorithm;
    use crate::testing::{openssl_agrees, rng};

    #[test]
    fn keys_survive_pkcs8() {
        let signing = SigningKey::generate(&mut rng());
        let again = SigningKey::from_pkcs8_der(&signing.to_pkcs8_der()).unwrap();
        assert_eq!(again.spki_der(), signing.spki_der());
        let signature = again.sign_raw(b"message");
        let algorithm = SignatureAlgorithm::EcdsaP256Sha256;
        assert!(backend::verify(algorithm, &signing.spki_der(), b"message", &signature));
        assert!(!backend::verify(algorithm, &signing.spki_der(), b"other", &signature));
        let agreement = AgreementKey::generate(&mut rng());
        let again = AgreementKey::from_pkcs8_der(&agreement.to_pkcs8_der()).unwrap();
        assert_eq!(again.spki_der(), agreement.spki_der());
        let proof = again.sign_raw(b"request");
        assert!(backend::verify(algorithm, &agreement.spki_der(), b"request", &proof));
    }

    #[test]
    fn both_sides_agree_and_points_off_the_curve_do_not() {
        let (one, two) = (AgreementKey::generate(&mut rng()), AgreementKey::generate(&mut rng()));
        assert!(one.agree(two.point()).unwrap() == two.agree(one.point()).unwrap());
        let mut off = *one.point();
        off[64] ^= 1;
        assert!(two.agree(&off).is_none());
        assert!(two.agree(&[0; 65]).is_none());
    }

    #[test]
    fn openssl_reads_our_keys_and_we_read_its() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let key = SigningKey::generate(&mut rng());
        fs::write(path.join("key.der"), &*key.to_pkcs8_der()).unwrap();
        let public = openssl_agrees(path, "pkey -inform DER -in key.der -pubout -outform DER");
        assert_eq!(public, key.spki_der());
        openssl_agrees(path, "pkey -inform DER -in key.der -check -noout");
        let theirs = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER";
        let theirs = openssl_agrees(path, theirs);
        fs::write(path.join("theirs.der"), &theirs).unwrap();
        let pkcs8 = openssl_agrees(path, "pkcs8 -topk8 -nocrypt -in theirs.der -outform DER");
        let public = openssl_agrees(path, "pkey -in theirs.der -pubout -outform DER");
        assert_eq!(SigningKey::from_pkcs8_der(&pkcs8).unwrap().spki_der(), public);
        let p384 = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -outform DER";
        fs::write(path.join("p384.der"), openssl_agrees(path, p384)).unwrap();
        let p384 = openssl_agrees(path, "pkcs8 -topk8 -nocrypt -in p384.der -outform DER");
        assert_eq!(SigningKey::from_pkcs8_der(&p384).err(), Some(KeyError::Malformed));
    }

    #[test]
    fn cms_104_a_number_with_another_ones_point_is_no_key() {
        let (one, two) = (SigningKey::generate(&mut rng()), SigningKey::generate(&mut rng()));
        let mut mixed = one.to_pkcs8_der();
        let at = mixed.len() - 65;
        mixed[at..].copy_from_slice(&two.secret.point);
        assert_eq!(SigningKey::from_pkcs8_der(&mixed).err(), Some(KeyError::Malformed));
        let whole = one.to_pkcs8_der();
        for octets in 0..whole.len() {
            assert!(AgreementKey::from_pkcs8_der(&whole[..octets]).is_err());
        }
        let mut zero = one.to_pkcs8_der();
        zero[36..68].fill(0);
        assert!(SigningKey::from_pkcs8_der(&zero).is_err());
    }
}
