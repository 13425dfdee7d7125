//! Private keys as files: PKCS#8 (RFC 5958), one form for each kind.
//!
//! What OpenSSL 3 writes is read, and what is written here OpenSSL 3 reads, as far as it knows the
//! kind. Post-quantum keys are written as seeds (RFC 9935 §6, RFC 9881 §6); where a file holds the
//! expanded key besides the seed, both must agree, and where it holds no seed it is refused: the
//! expanded form has no check of its own.

use zeroize::Zeroizing;

use super::KeyError;
use crate::attributes::RSA_ENCRYPTION;
use crate::decode::DecodeError;
use crate::policy::KeyKind;
use crate::tlv::{self, Reader, malformed};

/// A private key between file and arithmetic. RSA stays in PKCS#8 throughout.
pub(super) struct PrivateKey {
    /// For RSA the size is not known yet.
    pub(super) kind: KeyKind,
    /// The number, the seed, or for RSA the whole file.
    pub(super) secret: Zeroizing<Vec<u8>>,
    /// What the file says its public half is.
    pub(super) public: Option<Vec<u8>>,
    /// What the file says the seed expands to.
    pub(super) expanded: Option<Zeroizing<Vec<u8>>>,
}

impl PrivateKey {
    pub(super) fn read(der: &[u8]) -> Result<Self, KeyError> {
        read(der).map_err(|_| KeyError::Malformed)?.ok_or(KeyError::WithoutSeed)
    }
}

/// ```text
/// OneAsymmetricKey ::= SEQUENCE { version INTEGER (0..1), privateKeyAlgorithm, privateKey OCTET STRING,
///     attributes [0] OPTIONAL, publicKey [1] IMPLICIT BIT STRING OPTIONAL }
/// ```
/// `None` if there is no seed.
fn read(der: &[u8]) -> Result<Option<PrivateKey>, DecodeError> {
    let mut fields = Reader::new(tlv::only(der, tlv::SEQUENCE, WHAT)?);
    let version = fields.small("private key version")?;
    let mut algorithm = fields.enter(tlv::SEQUENCE, "private key algorithm")?;
    let kind = read_kind(&mut algorithm)?;
    algorithm.finish("private key algorithm")?;
    let inner = fields.value(tlv::OCTET_STRING, WHAT)?;
    let _attributes = fields.optional(tlv::context(0), WHAT)?;
    let public = fields.optional(tlv::context_primitive(1), WHAT)?;
    fields.finish(WHAT)?;
    // RFC 5958 §2: the public half makes it version 2, which is written as 1. [CMS-206]
    if version != u8::from(public.is_some()) {
        return Err(malformed("private key version"));
    }
    let key = match kind {
        KeyKind::P256 | KeyKind::P384 => Some(read_ec(kind, inner)?),
        KeyKind::Ed25519 | KeyKind::X25519 => {
            // RFC 8410 §7: CurvePrivateKey ::= OCTET STRING.
            Some(plain(kind, tlv::only(inner, tlv::OCTET_STRING, WHAT)?)?)
        }
        KeyKind::MlDsa65 | KeyKind::MlKem768 | KeyKind::MlKem1024 => read_seed(kind, inner)?,
        // draft-ietf-lamps-pq-composite-kem §5.3: the octets themselves.
        KeyKind::MlKem768X25519 => Some(plain(kind, inner)?),
        KeyKind::Rsa { .. } => Some(PrivateKey {
            kind,
            secret: Zeroizing::new(der.to_vec()),
            public: None,
            expanded: None,
        }),
    };
    match (key, public) {
        (Some(key), Some(public)) => {
            let (unused, octets) = public.value.split_first().ok_or_else(|| malformed(WHAT))?;
            if *unused != 0 || key.public.as_ref().is_some_and(|stated| stated != octets) {
                return Err(malformed("public key"));
            }
            Ok(Some(PrivateKey { public: Some(octets.to_vec()), ..key }))
        }
        (key, _) => Ok(key),
    }
}

fn read_kind(algorithm: &mut Reader<'_>) -> Result<KeyKind, DecodeError> {
    let oid = algorithm.oid("private key algorithm")?;
    if oid == RSA_ENCRYPTION {
        algorithm.optional(tlv::NULL, "private key algorithm")?;
        return Ok(KeyKind::Rsa { bits: 0 });
    }
    let named: Vec<_> = KeyKind::OF_ONE_SIZE
        .iter()
        .filter(|kind| kind.identifiers().first() == Some(&oid))
        .collect();
    if let [kind] = named[..] {
        return Ok(*kind);
    }
    let curve = algorithm.oid("curve")?;
    let kind = named.into_iter().find(|kind| kind.identifiers().last() == Some(&curve));
    kind.copied().ok_or_else(|| malformed("private key algorithm"))
}

/// ```text
/// ECPrivateKey ::= SEQUENCE { version INTEGER (1), privateKey OCTET STRING,
///     parameters [0] OPTIONAL, publicKey [1] BIT STRING OPTIONAL }
/// ```
/// RFC 5915 §3.
fn read_ec(kind: KeyKind, inner: &[u8]) -> Result<PrivateKey, DecodeError> {
    let mut fields = Reader::new(tlv::only(inner, tlv::SEQUENCE, WHAT)?);
    if fields.small("private key version")? != 1 {
        return Err(malformed("private key version"));
    }
    let key = plain(kind, fields.value(tlv::OCTET_STRING, WHAT)?)?;
    fields.optional(tlv::context(0), "curve")?;
    let public = fields.optional(tlv::context(1), "public key")?;
    fields.finish(WHAT)?;
    let public = match public {
        Some(public) => {
            let mut public = Reader::new(public.value);
            let octets = public.bit_string("public key")?;
            public.finish("public key")?;
            Some(octets.to_vec())
        }
        None => None,
    };
    Ok(PrivateKey { public, ..key })
}

/// ```text
/// ML-KEM-768-PrivateKey ::= CHOICE { seed [0] OCTET STRING (SIZE (64)), expandedKey OCTET STRING,
///     both SEQUENCE { seed OCTET STRING (SIZE (64)), expandedKey OCTET STRING } }
/// ```
/// RFC 9935 §6; the same with 32 octets for ML-DSA (RFC 9881 §6).
fn read_seed(kind: KeyKind, inner: &[u8]) -> Result<Option<PrivateKey>, DecodeError> {
    let mut reader = Reader::new(inner);
    let choice = reader.any(WHAT)?;
    reader.finish(WHAT)?;
    match choice.tag {
        tlv::OCTET_STRING => Ok(None),
        tlv::SEQUENCE => {
            let mut both = Reader::new(choice.value);
            let key = plain(kind, both.value(tlv::OCTET_STRING, WHAT)?)?;
            let expanded = both.value(tlv::OCTET_STRING, WHAT)?;
            both.finish(WHAT)?;
            let expanded = Some(Zeroizing::new(expanded.to_vec()));
            Ok(Some(PrivateKey { expanded, ..key }))
        }
        SEED => plain(kind, choice.value).map(Some),
        _ => Err(malformed(WHAT)),
    }
}

fn plain(kind: KeyKind, octets: &[u8]) -> Result<PrivateKey, DecodeError> {
    if Some(octets.len()) != secret_octets(kind) {
        return Err(malformed(WHAT));
    }
    let secret = Zeroizing::new(octets.to_vec());
    Ok(PrivateKey { kind, secret, public: None, expanded: None })
}

/// How long the number or seed is; RSA has neither.
pub(super) const fn secret_octets(kind: KeyKind) -> Option<usize> {
    Some(match kind {
        KeyKind::P256 | KeyKind::Ed25519 | KeyKind::X25519 | KeyKind::MlDsa65 => 32,
        KeyKind::P384 => 48,
        KeyKind::MlKem768 | KeyKind::MlKem1024 => 64,
        KeyKind::MlKem768X25519 => crate::backend::COMPOSITE_SEED_OCTETS,
        KeyKind::Rsa { .. } => return None,
    })
}

/// Writes all kinds but RSA. The secret is written once, into memory that wipes itself: whatever
/// stands before and behind it is made first, from its length.
pub(super) fn write(kind: KeyKind, secret: &[u8], public: &[u8]) -> Zeroizing<Vec<u8>> {
    let octets = secret.len() as u64;
    let (before, behind) = match kind {
        // RFC 5915 §3, without parameters, which the outer structure has.
        KeyKind::P256 | KeyKind::P384 => {
            let behind = tlv::nested(tlv::context(1), |key| key.bit_string(public));
            let mut before = vec![tlv::INTEGER, 1, 1];
            before.extend(tlv::header(tlv::OCTET_STRING, octets));
            let inside = before.len() as u64 + octets + behind.len() as u64;
            ([tlv::header(tlv::SEQUENCE, inside), before].concat(), behind)
        }
        KeyKind::Ed25519 | KeyKind::X25519 => (tlv::header(tlv::OCTET_STRING, octets), Vec::new()),
        KeyKind::MlDsa65 | KeyKind::MlKem768 | KeyKind::MlKem1024 => {
            (tlv::header(SEED, octets), Vec::new())
        }
        KeyKind::MlKem768X25519 | KeyKind::Rsa { .. } => (Vec::new(), Vec::new()),
    };
    let algorithm = tlv::nested(tlv::SEQUENCE, |algorithm| {
        kind.identifiers().iter().for_each(|oid| algorithm.oid(oid));
    });
    let inner = before.len() as u64 + octets + behind.len() as u64;
    let start =
        [vec![tlv::INTEGER, 1, 0], algorithm, tlv::header(tlv::OCTET_STRING, inner), before]
            .concat();
    let total = start.len() as u64 + octets + behind.len() as u64;
    let start = [tlv::header(tlv::SEQUENCE, total), start].concat();
    let mut der = Zeroizing::new(Vec::with_capacity(start.len() + secret.len() + behind.len()));
    der.extend_from_slice(&start);
    der.extend_from_slice(secret);
    der.extend_from_slice(&behind);
    der
}

const WHAT: &str = "private key";
/// `seed [0] IMPLICIT`.
const SEED: u8 = tlv::context_primitive(0);
