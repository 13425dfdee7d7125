//! Requests for keys that cannot sign: whoever registers a signature key states with it that he
//! holds the other key too, in the sense of RFC 9883.
//!
//! The attribute of RFC 9883 §3 names the certificate of the key that signs. Ours is registered in
//! the same act and has none yet, so the request names the address instead (RFC 2985 §5.4.2, an
//! extensionRequest with a subjectAltName), and who reads it says which key must have signed.
//!
//! This proves that the holder of the signature key wants this other key certified for this
//! address, and not that he holds it. A false statement takes letters from the one who made it: they
//! are encrypted for a key that he has not.

use der::asn1::SetOfVec;
use x509_cert::attr::Attribute;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::request::{CertReq, CertReqInfo, ExtensionReq, Version};

use super::profile::mailbox;
use super::{
    IssueError, VerifiedRequest, add, encoded, public_key, signature, signature_algorithm,
};
use crate::decode::{self, DecodeError};
use crate::keys::{DecryptionKey, SigningKey};
use crate::policy::{KeyKind, SignatureAlgorithm};
use crate::{backend, limits};

/// The request for a key that opens, signed by `signer`, for this address.
pub fn possession_statement(
    key: &DecryptionKey,
    signer: &SigningKey,
    address: &str,
) -> Result<Vec<u8>, IssueError> {
    let info = info(&key.spki_der(), address)?;
    let signature = signature(signer, &encoded(&info));
    Ok(encoded(&CertReq { info, algorithm: signature_algorithm(signer), signature }))
}

/// Reads such a request. It must be what [`possession_statement`] writes for this address, for a key
/// that opens and cannot sign, signed with the key `signer_spki_der`. [X509-016]
pub fn read_possession_statement(
    der: &[u8],
    signer_spki_der: &[u8],
    address: &str,
) -> Result<VerifiedRequest, DecodeError> {
    let request: CertReq = decode::strict(WHAT, der, limits::CERTIFICATE_REQUEST_OCTETS_MAX)?;
    let spki_der = encoded(&request.info.public_key);
    let unsupported = DecodeError::Unsupported { what: "possession statement's algorithm" };
    let algorithm = SignatureAlgorithm::from_identifier(&request.algorithm);
    let (Some(algorithm), Some(signer), Some(kind)) =
        (algorithm, KeyKind::of_spki(signer_spki_der), KeyKind::of_spki(&spki_der))
    else {
        return Err(unsupported);
    };
    // A key that can sign proves itself; that somebody states it would be less.
    let opens_only = (kind.agrees() || kind.enciphers()) && !kind.signs();
    if !algorithm.fits(signer) || !opens_only {
        return Err(unsupported);
    }
    let malformed = || DecodeError::Malformed { what: WHAT };
    // The one encoding: nothing else can be asked for beside the address.
    let expected = info(&spki_der, address).map_err(|_| malformed())?;
    let signed = decode::members(WHAT, der)?[0];
    if encoded(&expected) != signed {
        return Err(malformed());
    }
    let octets = request.signature.as_bytes().ok_or_else(malformed)?;
    if !backend::verify(algorithm, signer_spki_der, signed, octets) {
        return Err(DecodeError::Signature { what: WHAT });
    }
    Ok(VerifiedRequest { spki_der })
}

fn info(spki_der: &[u8], address: &str) -> Result<CertReqInfo, IssueError> {
    let mut extensions = Vec::new();
    add(&mut extensions, false, &SubjectAltName(vec![mailbox(address)?]));
    let attribute =
        Attribute::try_from(ExtensionReq(extensions)).map_err(|_| IssueError::Address)?;
    let mut attributes = SetOfVec::new();
    attributes.insert(attribute).map_err(|_| IssueError::Address)?;
    Ok(CertReqInfo {
        version: Version::V1,
        subject: super::name(&[(const_oid::db::rfc4519::CN, COMMON_NAME)])?,
        public_key: public_key(spki_der)?,
        attributes,
    })
}

const WHAT: &str = "possession statement";
/// Who somebody is, is for the authority to say.
const COMMON_NAME: &str = "Sealpost user";

#[cfg(test)]
mod tests {
    use super::super::tests::{ADDRESS, rng};
    use super::*;
    use crate::issue::read_certificate_request;
    use crate::keys::DecryptionScheme;

    fn kem() -> DecryptionKey {
        DecryptionKey::generate_for(DecryptionScheme::MlKem768X25519, &mut rng()).unwrap()
    }

    #[test]
    fn x509_016_a_statement_counts_for_its_signer_its_key_and_its_address() {
        let (key, signer, other) =
            (kem(), SigningKey::generate(&mut rng()), SigningKey::generate(&mut rng()));
        let stated = possession_statement(&key, &signer, ADDRESS).unwrap();
        let read = |der: &[u8], by: &SigningKey, address| {
            read_possession_statement(der, &by.spki_der(), address).map(|it| it.spki_der)
        };
        assert_eq!(read(&stated, &signer, ADDRESS), Ok(key.spki_der()));
        assert!(read(&stated, &other, ADDRESS).is_err());
        assert!(read(&stated, &signer, "carl@north.example").is_err());
        // It is no proof of possession, and is not taken for one; nor the reverse.
        assert!(read_certificate_request(&stated).is_err());
        let ordinary = crate::issue::RequestKey::Signing(&signer);
        let ordinary = crate::issue::certificate_request(ordinary, COMMON_NAME).unwrap();
        assert!(read(&ordinary, &signer, ADDRESS).is_err());
        // A key that signs proves itself.
        let signs = info(&other.spki_der(), ADDRESS).unwrap();
        let by = signature(&signer, &encoded(&signs));
        let signs = CertReq { info: signs, algorithm: signature_algorithm(&signer), signature: by };
        assert!(read(&encoded(&signs), &signer, ADDRESS).is_err());
    }

    #[test]
    fn x509_016_a_flipped_bit_of_a_statement_is_found() {
        let (key, signer) = (kem(), SigningKey::generate(&mut rng()));
        let stated = possession_statement(&key, &signer, ADDRESS).unwrap();
        for at in 0..stated.len() {
            let mut flipped = stated.clone();
            flipped[at] ^= 1;
            let read = read_possession_statement(&flipped, &signer.spki_der(), ADDRESS);
            assert!(read.is_err(), "octet {at}");
        }
    }
}
