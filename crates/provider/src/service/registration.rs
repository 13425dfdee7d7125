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
mod keys;
pub mod renewal;

use sealpost_cms::kdf::sha256;
use sealpost_erds::{Address, Octets};
use sealpost_wire::api::{RegistrationAnswer, RegistrationChallenge, RegistrationRequest};

pub use error::{RegistrationError, Which};

use crate::provider::Provider;
use crate::store::registrations::{
    NewRegistration, ProofKind, ProofStanding, RegistrationRecord, Repetition,
};
use crate::{clock, limits};
use keys::{Asked, Person, RequestedKeys};

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
    let keys = RequestedKeys::read(&Asked::of(&request))?;
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
