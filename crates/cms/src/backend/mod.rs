//! Public-key arithmetic: AWS-LC natively, RustCrypto in wasm32.
//!
//! The two do the same on P-256 and for ML-DSA-65. P-384 and RSA, needed only to read foreign time-stamps and their
//! roots, exist natively and never verify in wasm32. No secret leaves this module in the clear but
//! as octets that wipe themselves.

#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
#[cfg(any(target_arch = "wasm32", test))]
mod rustcrypto;

#[cfg(not(target_arch = "wasm32"))]
use aws_lc as chosen;
#[cfg(target_arch = "wasm32")]
use rustcrypto as chosen;

pub(crate) use chosen::{Agreement, LatticeSigner, Signer, verify_lattice};

use crate::attributes::{EC_PUBLIC_KEY, PRIME256V1};
use crate::policy::SignatureAlgorithm;
use crate::tlv::{self, Reader};

/// An uncompressed point on P-256 (SEC 1 §2.3.3).
pub(crate) type Point = [u8; 65];

/// Whether `signature` is one by the holder of `spki_der` over `message`. [CMS-103]
///
/// The key must be of the kind that the algorithm names; ECDSA signatures are strict DER.
pub(crate) fn verify(
    algorithm: SignatureAlgorithm,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    chosen::verify(algorithm, spki_der, message, signature)
}

/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING }
/// ```
pub(crate) fn spki_of(point: &Point) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |spki| {
        spki.nest(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&EC_PUBLIC_KEY);
            algorithm.oid(&PRIME256V1);
        });
        spki.bit_string(point);
    })
}

/// The point in a P-256 SubjectPublicKeyInfo (RFC 5480 §2.1.1: named curve, §2.2: uncompressed).
pub(crate) fn point_of(spki_der: &[u8]) -> Option<Point> {
    public_key_octets(spki_der, &[EC_PUBLIC_KEY, PRIME256V1])?
        .try_into()
        .ok()
        .filter(is_uncompressed)
}

fn is_uncompressed(point: &Point) -> bool {
    point[0] == 4
}

/// The key in a SubjectPublicKeyInfo whose algorithm is exactly these object identifiers.
fn public_key_octets<'a>(
    spki_der: &'a [u8],
    identifiers: &[crate::attributes::ObjectIdentifier],
) -> Option<&'a [u8]> {
    let read = || {
        let mut spki = Reader::new(tlv::only(spki_der, tlv::SEQUENCE, "public key")?);
        let mut algorithm = spki.enter(tlv::SEQUENCE, "public key algorithm")?;
        for identifier in identifiers {
            if algorithm.oid("public key algorithm")? != *identifier {
                return Err(tlv::malformed("public key algorithm"));
            }
        }
        let octets = spki.bit_string("public key")?;
        spki.finish("public key")?;
        Ok((algorithm, octets))
    };
    let (rest, octets) = read().ok()?;
    // RSA has NULL where elliptic curves have the curve's name.
    let mut rest = rest;
    let _null = rest.optional(tlv::NULL, "public key algorithm").ok()?;
    rest.is_empty().then_some(octets)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::testing::rng;
    use rand_core::Rng;

    const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::EcdsaP256Sha256;

    fn scalar() -> [u8; 32] {
        let mut scalar = [0; 32];
        rng().fill_bytes(&mut scalar);
        scalar
    }

    #[test]
    fn both_backends_make_the_same_points_and_secrets() {
        for _ in 0..20 {
            let (one, two) = (scalar(), scalar());
            let native = [&one, &two].map(|scalar| aws_lc::Agreement::new(scalar).unwrap());
            let portable = [&one, &two].map(|scalar| rustcrypto::Agreement::new(scalar).unwrap());
            assert_eq!(native[0].point(), portable[0].point());
            let secret = native[0].agree(portable[1].point()).unwrap();
            assert!(secret == portable[1].agree(native[0].point()).unwrap());
        }
    }

    #[test]
    fn cms_103_each_backend_verifies_the_other_and_neither_a_changed_octet() {
        let scalar = scalar();
        let point = *aws_lc::Agreement::new(&scalar).unwrap().point();
        let spki = spki_of(&point);
        assert_eq!(point_of(&spki), Some(point));
        let both = [
            aws_lc::Signer::new(&scalar, &point).unwrap().sign(b"message"),
            rustcrypto::Signer::new(&scalar, &point).unwrap().sign(b"message"),
        ];
        for verify in [aws_lc::verify, rustcrypto::verify] {
            for signature in &both {
                assert!(verify(ALGORITHM, &spki, b"message", signature));
                assert!(!verify(ALGORITHM, &spki, b"other", signature));
                assert!(!verify(SignatureAlgorithm::EcdsaP384Sha384, &spki, b"message", signature));
                assert!(!verify(SignatureAlgorithm::RsaPkcs1Sha256, &spki, b"message", signature));
                for at in 0..signature.len() {
                    let mut changed = signature.clone();
                    changed[at] ^= 1;
                    assert!(!verify(ALGORITHM, &spki, b"message", &changed), "octet {at}");
                }
                let longer = [&signature[..], &[0]].concat();
                assert!(!verify(ALGORITHM, &spki, b"message", &longer));
            }
        }
    }

    #[test]
    fn both_backends_make_the_same_lattice_keys_and_verify_each_other() {
        let seed = scalar();
        let (native, public) = aws_lc::LatticeSigner::new(&seed);
        let (portable, again) = rustcrypto::LatticeSigner::new(&seed);
        assert_eq!(public, again);
        for signature in [native.sign(b"message"), portable.sign(b"message")] {
            for verify in [aws_lc::verify_lattice, rustcrypto::verify_lattice] {
                assert!(verify(&public, b"message", &signature));
                assert!(!verify(&public, b"massage", &signature));
                let mut changed = signature.clone();
                changed[100] ^= 1;
                assert!(!verify(&public, b"message", &changed));
            }
        }
    }

    #[test]
    fn both_backends_refuse_the_same_keys() {
        let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
        let order: [u8; 32] = hex::decode(order).unwrap().try_into().unwrap();
        for wrong in [[0; 32], order, [0xff; 32]] {
            assert!(aws_lc::Agreement::new(&wrong).is_none());
            assert!(rustcrypto::Agreement::new(&wrong).is_none());
        }
        let scalar = scalar();
        let mut other = *aws_lc::Agreement::new(&scalar).unwrap().point();
        other[40] ^= 1;
        assert!(aws_lc::Signer::new(&scalar, &other).is_none());
        assert!(rustcrypto::Signer::new(&scalar, &other).is_none());
        assert!(aws_lc::Agreement::new(&scalar).unwrap().agree(&other).is_none());
        assert!(rustcrypto::Agreement::new(&scalar).unwrap().agree(&other).is_none());
        let mut compressed = spki_of(&other);
        let at = compressed.len() - 65;
        compressed[at] = 2;
        assert_eq!(point_of(&compressed), None);
    }
}
