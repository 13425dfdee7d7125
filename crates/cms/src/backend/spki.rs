//! Public keys as certificates carry them: SubjectPublicKeyInfo, read strictly.

use crate::attributes::{ObjectIdentifier, RSA_ENCRYPTION, RSASSA_PSS};
use crate::decode::DecodeError;
use crate::policy::{KeyKind, SignatureAlgorithm, pss_algorithm};
use crate::tlv::{self, Reader, malformed};

/// A public key and what it may be used for.
#[derive(Clone, Copy)]
pub(crate) struct PublicKey<'a> {
    pub(crate) kind: KeyKind,
    /// The inside of the BIT STRING.
    pub(crate) octets: &'a [u8],
    only: Only,
}

/// RFC 4055 §3.1: a key with the identifier id-RSASSA-PSS is for nothing else, and its parameters,
/// if there, name the one digest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    Unrestricted,
    AnyPss,
    This(SignatureAlgorithm),
}

impl<'a> PublicKey<'a> {
    /// Identifier, parameters and length must be exactly what the standard of the kind says:
    /// the curve's name for elliptic curves (RFC 5480 §2.1.1), NULL for RSA (RFC 3279 §2.3.1),
    /// nothing at all for the others (RFC 8410 §3, RFC 9881 §4, RFC 9935 §4). [CMS-200]
    pub(crate) fn read(spki_der: &'a [u8]) -> Option<Self> {
        let (mut algorithm, octets) = fields(spki_der).ok()?;
        let oid = algorithm.oid(WHAT).ok()?;
        if oid == RSA_ENCRYPTION || oid == RSASSA_PSS {
            return Self::read_rsa(oid, algorithm, octets);
        }
        let kind = KeyKind::OF_ONE_SIZE.into_iter().find(|kind| {
            let mut algorithm = algorithm.clone();
            let (first, more) = kind.identifiers().split_first().expect("every kind has a name");
            *first == oid
                && more.iter().all(|curve| algorithm.oid(WHAT).is_ok_and(|oid| oid == *curve))
                && algorithm.is_empty()
        })?;
        // SEC 1 §2.3.3: 04 begins an uncompressed point, the one form RFC 5480 demands.
        let is_point = matches!(kind, KeyKind::P256 | KeyKind::P384);
        let fits = kind.octets() == Some(octets.len()) && (!is_point || octets[0] == 4);
        fits.then_some(Self { kind, octets, only: Only::Unrestricted })
    }

    fn read_rsa(
        oid: ObjectIdentifier,
        mut parameters: Reader<'a>,
        octets: &'a [u8],
    ) -> Option<Self> {
        let only = if oid == RSA_ENCRYPTION {
            // Divergence: absent parameters are read as NULL, as everybody does.
            let _null = parameters.optional(tlv::NULL, WHAT).ok()?;
            Only::Unrestricted
        } else if parameters.is_empty() {
            Only::AnyPss
        } else {
            Only::This(pss_algorithm(parameters.tlv(tlv::SEQUENCE, WHAT).ok()?.octets)?)
        };
        let bits = modulus_bits(octets).ok()?;
        parameters.is_empty().then_some(Self { kind: KeyKind::Rsa { bits }, octets, only })
    }

    /// Whether signatures of this algorithm may be by this key. [CMS-201]
    pub(crate) fn may_verify(&self, algorithm: SignatureAlgorithm) -> bool {
        let permitted = match self.only {
            Only::Unrestricted => true,
            Only::AnyPss => algorithm.is_pss(),
            Only::This(one) => algorithm == one,
        };
        permitted && algorithm.fits(self.kind)
    }
}

fn fields(spki_der: &[u8]) -> Result<(Reader<'_>, &[u8]), DecodeError> {
    let mut spki = Reader::new(tlv::only(spki_der, tlv::SEQUENCE, WHAT)?);
    let algorithm = spki.enter(tlv::SEQUENCE, WHAT)?;
    let octets = spki.bit_string(WHAT)?;
    spki.finish(WHAT)?;
    Ok((algorithm, octets))
}

/// ```text
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
/// ```
fn modulus_bits(key: &[u8]) -> Result<usize, DecodeError> {
    let mut fields = Reader::new(tlv::only(key, tlv::SEQUENCE, WHAT)?);
    let modulus = fields.integer(WHAT)?;
    let exponent = fields.integer(WHAT)?;
    fields.finish(WHAT)?;
    let digits = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    match (modulus[0], exponent[0], digits) {
        (..0x80, ..0x80, [first, ..]) => Ok(digits.len() * 8 - first.leading_zeros() as usize),
        _ => Err(malformed(WHAT)),
    }
}

/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
pub(crate) fn spki_der(kind: KeyKind, octets: &[u8]) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |spki| {
        spki.nest(tlv::SEQUENCE, |algorithm| {
            for oid in kind.identifiers() {
                algorithm.oid(oid);
            }
            if matches!(kind, KeyKind::Rsa { .. }) {
                algorithm.element(tlv::NULL, &[]);
            }
        });
        spki.bit_string(octets);
    })
}

const WHAT: &str = "public key";
