//! Registration: keys born at the user become certificates of this provider.
//!
//! Two ways to be believed: an invitation by the operator, or a certified identity of another
//! provider that the operator trusts for that. The person's name comes from the invitation or
//! from the verified certificate, never from what the applicant writes.
//!
//! MUST: a proof (token or challenge) works once; the same requests with the same proof get
//! the same certificates again, so that a lost answer costs nothing. A challenge ends after minutes:
//! the same requests by the same identity are recognised for a month, whatever challenge it signs.
//! MUST: no certificate for a key whose holder did not sign for it, or, where it cannot sign, whom
//! the holder of the signature key does not say he has it.

pub mod challenge;
mod error;
mod identity;

use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{
    self, IssueError, Profile, Validity, read_certificate_request, read_possession_statement,
};
use sealpost_cms::kdf::sha256;
use sealpost_cms::policy::KeyKind;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::registration::RegistrationStatement;
use sealpost_erds::{Address, Digest, Octets};
use sealpost_wire::api::{
    HybridCertificates, HybridRequests, RegistrationAnswer, RegistrationChallenge,
    RegistrationRequest,
};

pub use error::{RegistrationError, Which};
use std::collections::BTreeSet;

use crate::provider::Provider;
use crate::store::registrations::{
    NewCertificate, NewRegistration, ProofKind, ProofStanding, Purpose, RegisteredAccount,
    RegistrationRecord, Repetition, UsedProof,
};
use crate::{clock, limits};

/// A fresh challenge for a registration by certified identity.
#[must_use]
pub fn challenge(provider: &Provider) -> RegistrationChallenge {
    let challenge = challenge::issue(
        provider.keys.challenge_key(),
        clock::now_unix(),
        &mut clock::system_random(),
    );
    RegistrationChallenge { challenge: Octets(challenge) }
}

/// Opens a mailbox, or gives a mailbox whose certificates are revoked new ones.
pub async fn register(
    provider: &Provider,
    request: RegistrationRequest,
) -> Result<RegistrationAnswer, RegistrationError> {
    // [REG-002] Certificates of ours name addresses of ours.
    if request.address.domain() != provider.config.domain {
        return Err(RegistrationError::OtherDomain);
    }
    let keys = RequestedKeys::read(&request)?;
    // [REG-001] One reason to be believed: with two it would be open which one counted.
    match (&request.invitation, &request.identity) {
        (Some(token), None) => by_invitation(provider, &request.address, token, &keys).await,
        (None, Some(signed)) => by_identity(provider, &request.address, &signed.0, &keys).await,
        _ => Err(RegistrationError::OneProof),
    }
}

async fn by_invitation(
    provider: &Provider,
    address: &Address,
    token: &str,
    keys: &RequestedKeys,
) -> Result<RegistrationAnswer, RegistrationError> {
    let now = clock::now_unix();
    let proof_hash = sha256(token.as_bytes());
    let invitation = match provider.store.proof(proof_hash, now).await? {
        ProofStanding::Used(used) => {
            return keys.again(provider, address, used).ok_or(RegistrationError::InvitationUsed);
        }
        ProofStanding::Unknown => return Err(RegistrationError::InvitationUnknown),
        ProofStanding::Invited(invitation) => invitation,
    };
    // [REG-005] The operator invited one person to one address.
    if invitation.address != address.as_str() {
        return Err(RegistrationError::InvitationUnknown);
    }
    if invitation.expires_at < now {
        return Err(RegistrationError::InvitationExpired);
    }
    let person = Person {
        address,
        name: &invitation.name,
        organisation: invitation.organisation.as_deref(),
        assurance: invitation.assurance,
    };
    let issued = keys.certify(provider, &person, now)?;
    let new = NewRegistration {
        proof_hash,
        kind: ProofKind::Invitation,
        forget_after: invitation.expires_at + limits::INVITATION_MEMORY_SECONDS,
        ..issued.registration(&person, keys, now)
    };
    // [REG-006] Used up in the transaction that opens the mailbox.
    match provider.store.register(new).await? {
        RegistrationRecord::New => Ok(issued.answer(provider, &person)),
        RegistrationRecord::Used(used) => {
            keys.again(provider, address, used).ok_or(RegistrationError::InvitationUsed)
        }
        RegistrationRecord::NotInvited => Err(RegistrationError::InvitationUnknown),
        RegistrationRecord::AddressTaken => Err(RegistrationError::AddressTaken),
    }
}

async fn by_identity(
    provider: &Provider,
    address: &Address,
    signed: &[u8],
    keys: &RequestedKeys,
) -> Result<RegistrationAnswer, RegistrationError> {
    let identity = identity::verify(provider, address, signed, keys.digest).await?;
    let now = clock::now_unix();
    let proof_hash = sha256(&identity.challenge);
    if let ProofStanding::Used(used) = provider.store.proof(proof_hash, now).await? {
        // [REG-010] A challenge is good for one registration.
        return keys.again(provider, address, used).ok_or(RegistrationError::ChallengeStale);
    }
    let person = Person {
        address,
        name: &identity.name,
        organisation: None,
        assurance: provider.config.identity_assurance,
    };
    let issued = keys.certify(provider, &person, now)?;
    let new = NewRegistration {
        proof_hash,
        kind: ProofKind::Identity,
        forget_after: identity.challenge_ends_at,
        repetition: Some(Repetition {
            hash: identity.with_keys,
            forget_after: now + limits::REGISTRATION_MEMORY_SECONDS,
        }),
        ..issued.registration(&person, keys, now)
    };
    match provider.store.register(new).await? {
        RegistrationRecord::New => Ok(issued.answer(provider, &person)),
        RegistrationRecord::Used(used) => {
            keys.again(provider, address, used).ok_or(RegistrationError::ChallengeStale)
        }
        RegistrationRecord::NotInvited | RegistrationRecord::AddressTaken => {
            // [REG-012] By this identity with these keys, when the answer was lost and its challenge
            // has ended since. Nothing is registered, and so no challenge used up.
            match provider.store.proof(identity.with_keys, now).await? {
                ProofStanding::Used(used) => keys.again(provider, address, used),
                ProofStanding::Unknown | ProofStanding::Invited(_) => None,
            }
            .ok_or(RegistrationError::AddressTaken)
        }
    }
}

/// Who is certified.
struct Person<'a> {
    address: &'a Address,
    name: &'a str,
    organisation: Option<&'a str>,
    assurance: Assurance,
}

/// Public keys whose holder signed for each.
struct RequestedKeys {
    signature: Vec<u8>,
    authentication: Vec<u8>,
    encryption: Vec<u8>,
    /// Of the suite `hybrid-2026`.
    hybrid: Option<HybridKeys>,
    /// Over the requests, as a statement repeats it.
    digest: Digest,
}

impl RequestedKeys {
    fn read(request: &RegistrationRequest) -> Result<Self, RegistrationError> {
        // [REG-003] RFC 2986: the signature proves possession of the key.
        let read = |der: &Octets, which| {
            read_certificate_request(&der.0)
                .map(|request| request.spki_der().to_vec())
                .map_err(|_| RegistrationError::RequestNotSelfSigned(which))
        };
        let signature = read(&request.signature_request, Which::Signature)?;
        let hybrid = request.hybrid.as_ref();
        let hybrid = hybrid
            .map(|requests| HybridKeys::read(requests, &signature, &request.address))
            .transpose()?;
        let keys = Self {
            authentication: read(&request.authentication_request, Which::Authentication)?,
            encryption: read(&request.encryption_request, Which::Encryption)?,
            signature,
            hybrid,
            digest: digest_of(request),
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
        [&self.signature, &self.authentication, &self.encryption].into_iter().chain(hybrid)
    }

    fn certify(
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
        })
    }

    /// The answer that was given before, if this is the same registration once more.
    fn again(
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
    /// A key that cannot sign is asked for by the holder of the signature key that is registered with
    /// it, for this address (RFC 9883 §1). Whoever says so of a key that he has not gets letters
    /// that he cannot open, and nobody else does: a letter names its readers beside their keys.
    /// [REG-014]
    fn read(
        requests: &HybridRequests,
        signature: &[u8],
        address: &Address,
    ) -> Result<Self, RegistrationError> {
        let not_proven = RegistrationError::RequestNotSelfSigned;
        let signs = read_certificate_request(&requests.signature_request.0)
            .map_err(|_| not_proven(Which::HybridSignature))?;
        let stated =
            read_possession_statement(&requests.encryption_request.0, signature, address.as_str())
                .map_err(|_| not_proven(Which::HybridEncryption))?;
        let kinds = [signs.spki_der(), stated.spki_der()].map(KeyKind::of_spki);
        if kinds != [Some(KeyKind::MlDsa65), Some(KeyKind::MlKem768X25519)] {
            return Err(RegistrationError::NotCertifiable(IssueError::Key));
        }
        Ok(Self { signature: signs.spki_der().to_vec(), encryption: stated.spki_der().to_vec() })
    }
}

fn digest_of(request: &RegistrationRequest) -> Digest {
    let mut requests = vec![
        request.signature_request.0.as_slice(),
        &request.authentication_request.0,
        &request.encryption_request.0,
    ];
    if let Some(hybrid) = &request.hybrid {
        requests.extend([&hybrid.signature_request.0[..], &hybrid.encryption_request.0]);
    }
    RegistrationStatement::digest_of_requests(&requests)
}

/// The certificates of one person.
struct Issued {
    signature: Certificate,
    authentication: Certificate,
    encryption: Certificate,
    hybrid: Option<IssuedHybrid>,
}

/// Those of the suite `hybrid-2026`.
struct IssuedHybrid {
    signature: Certificate,
    encryption: Certificate,
}

impl Issued {
    fn registration(&self, person: &Person<'_>, keys: &RequestedKeys, now: i64) -> NewRegistration {
        let row = |purpose, certificate: &Certificate| NewCertificate {
            serial: certificate.serial().to_vec(),
            purpose,
            der: certificate.der().to_vec(),
            not_after: certificate.not_after(),
        };
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
            certificates: [
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
            .collect(),
            now,
        }
    }

    fn answer(&self, provider: &Provider, person: &Person<'_>) -> RegistrationAnswer {
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
