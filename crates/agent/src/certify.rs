//! Certificates for keys that were born here: the requests, and whether what came is what was asked.

use crate::errors::{AgentError, PostError};
use crate::keystore::KeySet;
use crate::session::Trust;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::issue::{RequestKey, certificate_request, possession_statement};
use sealpost_cms::path::Crl;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_erds::{Address, Octets};
use sealpost_wire::api::{HybridRequests, RegistrationAnswer};
use std::sync::Arc;

/// Certificate requests for one set of keys.
pub(crate) struct Requests {
    pub(crate) signature: Octets,
    pub(crate) authentication: Octets,
    pub(crate) encryption: Octets,
    /// Of the suite `hybrid-2026`.
    pub(crate) hybrid: Option<HybridRequests>,
    /// Of the suite `static-dh-cbc-hmac`.
    pub(crate) static_dh: Option<Octets>,
}

/// Requests for all keys of a set. The key that cannot sign is vouched for by the one that signs in the
/// person's name.
pub(crate) fn requests(keys: &KeySet, address: &Address) -> Result<Requests, AgentError> {
    let request =
        |key| certificate_request(key, "Sealpost user").map(Octets).map_err(|_| PostError::Archive);
    let stated = |key| {
        possession_statement(key, &keys.signature, address.as_str())
            .map(Octets)
            .map_err(|_| PostError::Archive)
    };
    let hybrid = keys.hybrid.as_ref().map(|hybrid| {
        Ok::<_, PostError>(HybridRequests {
            signature_request: request(RequestKey::Signing(&hybrid.signature))?,
            encryption_request: stated(&hybrid.encryption)?,
        })
    });
    Ok(Requests {
        signature: request(RequestKey::Signing(&keys.signature))?,
        authentication: request(RequestKey::Signing(&keys.authentication))?,
        encryption: request(RequestKey::Agreement(&keys.encryption))?,
        hybrid: hybrid.transpose()?,
        static_dh: keys.static_dh.as_ref().map(stated).transpose()?,
    })
}

/// Whether an answer holds a certificate for each key of a set, and no other.
pub(crate) fn are_ours(
    keys: &KeySet,
    answer: &RegistrationAnswer,
    address: &Address,
    root: &Certificate,
    list: &Crl,
) -> Result<(), AgentError> {
    let ours = |certificate: &Octets, spki: Vec<u8>, purpose| {
        is_ours(&certificate.0, &spki, purpose, address, root, list)
    };
    let (signs, opens) = (KeyPurpose::LetterSignature, KeyPurpose::Encryption);
    ours(&answer.signature_certificate, keys.signature.spki_der(), signs)?;
    let authenticates = KeyPurpose::Authentication;
    ours(&answer.authentication_certificate, keys.authentication.spki_der(), authenticates)?;
    ours(&answer.encryption_certificate, keys.encryption.spki_der(), opens)?;
    // What was asked for and is not given would be a suite that is silently missing.
    match (&keys.hybrid, &answer.hybrid) {
        (Some(keys), Some(given)) => {
            ours(&given.signature_certificate, keys.signature.spki_der(), signs)?;
            ours(&given.encryption_certificate, keys.encryption.spki_der(), opens)?;
        }
        (None, None) => {}
        _ => return Err(PostError::NotTrusted { code: "certificates-not-ours" }.into()),
    }
    match (&keys.static_dh, &answer.static_dh_certificate) {
        (Some(key), Some(given)) => ours(given, key.spki_der(), opens),
        (None, None) => Ok(()),
        _ => Err(PostError::NotTrusted { code: "certificates-not-ours" }.into()),
    }
}

/// A certificate of ours holds our key and our address, is for the purpose it was asked for, and
/// was issued under the root we know. [AGT-002]
pub(crate) fn is_ours(
    octets: &[u8],
    spki: &[u8],
    purpose: KeyPurpose,
    address: &Address,
    root: &Certificate,
    list: &Crl,
) -> Result<(), AgentError> {
    let wrong = || AgentError::from(PostError::NotTrusted { code: "certificates-not-ours" });
    let certificate = Certificate::from_der(octets).map_err(|_| wrong())?;
    let addresses = certificate.email_addresses();
    let names_us = addresses.len() == 1 && addresses[0].eq_ignore_ascii_case(address.as_str());
    if certificate.spki_der() != spki || !names_us {
        return Err(wrong());
    }
    let release = Arc::new(AlgorithmPolicy::current().clone());
    let trust = Trust::new(Some(root.clone()), Vec::new(), vec![list.clone()], &release);
    trust
        .certificate(&certificate, purpose)
        .map_err(|shortfall| PostError::NotVerified { what: "certificate", shortfall })?;
    Ok(())
}
