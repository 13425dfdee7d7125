//! The keys that somebody asks certificates for, and the certificates that he gets: the same at a
//! registration and at a renewal.

use std::collections::BTreeSet;

use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{
    self, IssueError, Profile, Validity, read_certificate_request, read_possession_statement,
};
use sealpost_cms::policy::KeyKind;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::{Address, Digest, Octets};
use sealpost_wire::api::{
    CertificateRequests, HybridCertificates, HybridRequests, RegistrationAnswer,
    RegistrationRequest,
};

use super::error::{RegistrationError, Which};
use crate::provider::Provider;
use crate::store::registrations::{
    NewCertificate, NewRegistration, ProofKind, Purpose, RegisteredAccount, UsedProof,
};
use crate::{clock, limits};

/// Certificate requests, for one address.
pub(super) struct Asked<'a> {
    pub(super) address: &'a Address,
    pub(super) requests: CertificateRequests<'a>,
}

impl<'a> Asked<'a> {
    /// Those of a registration.
    pub(super) fn of(request: &'a RegistrationRequest) -> Self {
        let requests = CertificateRequests {
            signature: &request.signature_request,
            authentication: &request.authentication_request,
            encryption: &request.encryption_request,
            hybrid: request.hybrid.as_ref(),
            static_dh: request.static_dh_request.as_ref(),
        };
        Self { address: &request.address, requests }
    }
}

/// Who is certified.
pub(super) struct Person<'a> {
    pub(super) address: &'a Address,
    pub(super) name: &'a str,
    pub(super) organisation: Option<&'a str>,
    pub(super) assurance: Assurance,
}

/// Public keys whose holder signed for each.
pub(super) struct RequestedKeys {
    signature: Vec<u8>,
    authentication: Vec<u8>,
    encryption: Vec<u8>,
    /// Of the suite `hybrid-2026`.
    hybrid: Option<HybridKeys>,
    /// Of the suite `static-dh-cbc-hmac`.
    static_dh: Option<Vec<u8>>,
    /// Over the requests, as a statement repeats it.
    pub(super) digest: Digest,
}

impl RequestedKeys {
    pub(super) fn read(asked: &Asked<'_>) -> Result<Self, RegistrationError> {
        // [REG-003] RFC 2986: the signature proves possession of the key.
        let read = |der: &Octets, which| {
            read_certificate_request(&der.0)
                .map(|request| request.spki_der().to_vec())
                .map_err(|_| RegistrationError::RequestNotSelfSigned(which))
        };
        let Asked { address, requests } = asked;
        let signature = read(requests.signature, Which::Signature)?;
        let hybrid = requests.hybrid;
        let hybrid =
            hybrid.map(|requests| HybridKeys::read(requests, &signature, address)).transpose()?;
        let static_dh = requests.static_dh;
        let static_dh = static_dh
            .map(|request| stated(request, &signature, address, Which::StaticDh, FIXED))
            .transpose()?;
        let keys = Self {
            authentication: read(requests.authentication, Which::Authentication)?,
            encryption: read(requests.encryption, Which::Encryption)?,
            signature,
            hybrid,
            static_dh,
            digest: requests.digest(),
        };
        // [REG-004] A key for two purposes could be made to sign one thing as another.
        let distinct: BTreeSet<&Vec<u8>> = keys.all().collect();
        if distinct.len() != keys.all().count() {
            return Err(RegistrationError::KeysNotDistinct);
        }
        Ok(keys)
    }

    fn all(&self) -> impl Iterator<Item = &Vec<u8>> {
        let hybrid = self.hybrid.iter().flat_map(|hybrid| [&hybrid.signature, &hybrid.encryption]);
        [&self.signature, &self.authentication, &self.encryption]
            .into_iter()
            .chain(hybrid)
            .chain(&self.static_dh)
    }

    pub(super) fn certify(
        &self,
        provider: &Provider,
        person: &Person<'_>,
        now: i64,
    ) -> Result<Issued, RegistrationError> {
        let Person { name, organisation, .. } = *person;
        let address = person.address.as_str();
        let signature = Profile::PersonSignature { name, address, organisation };
        let encryption = Profile::PersonEncryption { name, address, organisation };
        let issue = |profile, spki_der: &[u8]| {
            let (issuer, validity) = (provider.keys.issuer(), validity(provider.keys.root(), now));
            issue::issue(issuer, profile, spki_der, validity, &mut clock::system_random())
                .map_err(RegistrationError::NotCertifiable)
        };
        Ok(Issued {
            signature: issue(signature, &self.signature)?,
            authentication: issue(
                Profile::PersonAuthentication { name, address, organisation },
                &self.authentication,
            )?,
            encryption: issue(encryption, &self.encryption)?,
            hybrid: match &self.hybrid {
                Some(keys) => Some(IssuedHybrid {
                    signature: issue(signature, &keys.signature)?,
                    encryption: issue(encryption, &keys.encryption)?,
                }),
                None => None,
            },
            static_dh: self.static_dh.as_ref().map(|key| issue(encryption, key)).transpose()?,
        })
    }

    /// The answer that was given before, if this is the same registration once more.
    pub(super) fn again(
        &self,
        provider: &Provider,
        address: &Address,
        used: UsedProof,
    ) -> Option<RegistrationAnswer> {
        let RegisteredAccount { address: registered, name, assurance, certificates } = used.account;
        if used.requests_hash != self.digest || registered != *address {
            return None;
        }
        let certificates: Vec<Certificate> =
            certificates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
        let of = |spki_der: &Vec<u8>| {
            certificates.iter().find(|certificate| certificate.spki_der() == *spki_der).cloned()
        };
        let issued = Issued {
            signature: of(&self.signature)?,
            authentication: of(&self.authentication)?,
            encryption: of(&self.encryption)?,
            hybrid: match &self.hybrid {
                Some(keys) => Some(IssuedHybrid {
                    signature: of(&keys.signature)?,
                    encryption: of(&keys.encryption)?,
                }),
                None => None,
            },
            static_dh: match &self.static_dh {
                Some(key) => Some(of(key)?),
                None => None,
            },
        };
        Some(
            issued
                .answer(provider, &Person { address, name: &name, organisation: None, assurance }),
        )
    }
}

/// Public keys of the suite `hybrid-2026`.
struct HybridKeys {
    signature: Vec<u8>,
    encryption: Vec<u8>,
}

impl HybridKeys {
    fn read(
        requests: &HybridRequests,
        signature: &[u8],
        address: &Address,
    ) -> Result<Self, RegistrationError> {
        let signs = read_certificate_request(&requests.signature_request.0)
            .map_err(|_| RegistrationError::RequestNotSelfSigned(Which::HybridSignature))?;
        if KeyKind::of_spki(signs.spki_der()) != Some(KeyKind::MlDsa65) {
            return Err(RegistrationError::NotCertifiable(IssueError::Key));
        }
        let (request, which) = (&requests.encryption_request, Which::HybridEncryption);
        let encryption = stated(request, signature, address, which, KeyKind::MlKem768X25519)?;
        Ok(Self { signature: signs.spki_der().to_vec(), encryption })
    }
}

/// A key that cannot sign is asked for by the holder of the signature key that is registered with it,
/// for this address (RFC 9883 §1). Whoever says so of a key that he has not gets letters that he cannot
/// open, and nobody else does: a letter names its readers beside their keys. [REG-014]
fn stated(
    request: &Octets,
    signature: &[u8],
    address: &Address,
    which: Which,
    kind: KeyKind,
) -> Result<Vec<u8>, RegistrationError> {
    let stated = read_possession_statement(&request.0, signature, address.as_str())
        .map_err(|_| RegistrationError::RequestNotSelfSigned(which))?;
    match KeyKind::of_spki(stated.spki_der()) == Some(kind) {
        true => Ok(stated.spki_der().to_vec()),
        false => Err(RegistrationError::NotCertifiable(IssueError::Key)),
    }
}

/// The key of the suite `static-dh-cbc-hmac`.
const FIXED: KeyKind = KeyKind::X25519;

/// The certificates of one person.
pub(super) struct Issued {
    signature: Certificate,
    authentication: Certificate,
    encryption: Certificate,
    hybrid: Option<IssuedHybrid>,
    static_dh: Option<Certificate>,
}

/// Those of the suite `hybrid-2026`.
struct IssuedHybrid {
    signature: Certificate,
    encryption: Certificate,
}

impl Issued {
    pub(super) fn registration(
        &self,
        person: &Person<'_>,
        keys: &RequestedKeys,
        now: i64,
    ) -> NewRegistration {
        NewRegistration {
            proof_hash: [0; 32],
            kind: ProofKind::Invitation,
            requests_hash: keys.digest,
            forget_after: now,
            repetition: None,
            address: person.address.clone(),
            name: person.name.to_owned(),
            organisation: person.organisation.map(str::to_owned),
            assurance: person.assurance,
            certificates: self.rows(),
            now,
        }
    }

    /// As the database keeps them.
    pub(super) fn rows(&self) -> Vec<NewCertificate> {
        let row = |purpose, certificate: &Certificate| NewCertificate {
            serial: certificate.serial().to_vec(),
            purpose,
            der: certificate.der().to_vec(),
            not_after: certificate.not_after(),
        };
        [
            row(Purpose::Signature, &self.signature),
            row(Purpose::Authentication, &self.authentication),
            row(Purpose::Encryption, &self.encryption),
        ]
        .into_iter()
        .chain(self.hybrid.iter().flat_map(|hybrid| {
            [
                row(Purpose::Signature, &hybrid.signature),
                row(Purpose::Encryption, &hybrid.encryption),
            ]
        }))
        .chain(self.static_dh.iter().map(|it| row(Purpose::Encryption, it)))
        .collect()
    }

    pub(super) fn answer(&self, provider: &Provider, person: &Person<'_>) -> RegistrationAnswer {
        let der = |certificate: &Certificate| Octets(certificate.der().to_vec());
        RegistrationAnswer {
            address: person.address.clone(),
            name: person.name.to_owned(),
            assurance: person.assurance,
            signature_certificate: der(&self.signature),
            authentication_certificate: der(&self.authentication),
            encryption_certificate: der(&self.encryption),
            hybrid: self.hybrid.as_ref().map(|hybrid| HybridCertificates {
                signature_certificate: der(&hybrid.signature),
                encryption_certificate: der(&hybrid.encryption),
            }),
            static_dh_certificate: self.static_dh.as_ref().map(der),
            root_certificate: der(provider.keys.root()),
        }
    }
}

/// Two years, but never longer than the root, and never from before the root.
fn validity(root: &Certificate, now: i64) -> Validity {
    Validity {
        not_before: (now - limits::CERTIFICATE_BACKDATE_SECONDS).max(root.not_before()),
        not_after: (now + limits::PERSON_VALIDITY_SECONDS).min(root.not_after()),
    }
}
