//! Renewal: a person with a mailbox moves to new keys.
//!
//! Two acts. The first certifies the new keys; for everybody else nothing changes yet: the directory
//! goes on with the former certificates and those count. The second, which the new authentication
//! key asks for, puts the new certificates in their place and revokes the former ones as superseded
//! (RFC 5280 §5.3.1), in one transaction. In between the agent has made the switch, so that no letter
//! is encrypted for a key that its owner might not yet hold, and a rotation that is never finished
//! costs nobody anything.
//!
//! Revoked, and not left to run out: the agent has wiped the former private keys, so whoever still
//! signs with one has stolen it. Nothing that is under way is lost by that: letters and decisions
//! carry a time-stamp from before, and the agent keeps the former decryption keys.
//!
//! MUST: the present signature key vouches for the new keys, all of them. Who holds the
//! authentication key alone gets no certificate.
//! MUST: what was certified does not grow: same name, organisation, address and assurance.

use std::sync::Arc;

use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::kdf::sha256;
use sealpost_cms::signed::Verification;
use sealpost_cms::verdict::{Shortfall, SubIndication, Verified};
use sealpost_erds::Digest;
use sealpost_erds::limits::REGISTRATION_OCTETS_MAX;
use sealpost_erds::registration::{RenewalStatement, verify_renewal};
use sealpost_wire::api::{CertificateRequests, RegistrationAnswer, RenewalRequest};

use super::RegistrationError;
use super::keys::{Asked, Person, RequestedKeys};
use crate::provider::Provider;
use crate::service::Account;
use crate::store::registrations::ProofStanding;
use crate::store::renewals::{Confirmation, NewRenewal, RenewalRecord};
use crate::{clock, limits, revocation};

/// Certifies new keys of an account. The same requests get the same certificates again.
pub async fn renew(
    provider: &Arc<Provider>,
    account: &Account,
    request: &RenewalRequest,
) -> Result<RegistrationAnswer, RegistrationError> {
    let address = &account.address;
    let requests = CertificateRequests {
        signature: &request.signature_request,
        authentication: &request.authentication_request,
        encryption: &request.encryption_request,
        hybrid: Some(&request.hybrid),
        static_dh: request.static_dh_request.as_ref(),
    };
    let keys = RequestedKeys::read(&Asked { address, requests })?;
    let memory = sha256(&[LABEL, keys.digest.as_array(), address.as_str().as_bytes()].concat());
    let now = clock::now_unix();
    // [REG-020] The same once more, perhaps when the key that vouched for it is revoked already.
    if let ProofStanding::Used(known) = provider.store.proof(memory, now).await? {
        return keys.again(provider, address, known).ok_or(RegistrationError::RenewalEnded);
    }
    let signer = statement(provider, account, &request.statement.0, keys.digest).await?;
    let signer = &signer.finding().signer;
    let name = signer.common_name().ok_or_else(|| {
        not_signed(SubIndication::ChainConstraintsFailure, "the certificate names nobody")
    })?;
    let organisation = signer.organisation();
    // [REG-017] What the present certificate says, and the assurance of the account.
    let person = Person {
        address,
        name: &name,
        organisation: organisation.as_deref(),
        assurance: account.assurance,
    };
    let issued = keys.certify(provider, &person, now)?;
    let new = NewRenewal {
        account: account.id,
        memory,
        requests_hash: keys.digest,
        forget_after: now + limits::REGISTRATION_MEMORY_SECONDS,
        signer: signer.der().to_vec(),
        certificates: issued.rows(),
        now,
    };
    match provider.store.renew(new, revocation::issuing(&provider.keys, now)).await? {
        RenewalRecord::New => Ok(issued.answer(provider, &person)),
        RenewalRecord::Known(known) => {
            keys.again(provider, address, known).ok_or(RegistrationError::RenewalEnded)
        }
        RenewalRecord::NotTheSigner => Err(not_signed(
            SubIndication::Revoked,
            "the signature certificate is not the present one of this account",
        )),
        RenewalRecord::TooMany => Err(RegistrationError::RenewalTooOften),
    }
}

/// Puts the new certificates in the place of the former ones. Asked again, it says so again.
pub async fn confirm(
    provider: &Arc<Provider>,
    account: &Account,
    shown: &Certificate,
) -> Result<(), RegistrationError> {
    let now = clock::now_unix();
    let issuing = revocation::issuing(&provider.keys, now);
    let shown = shown.der().to_vec();
    match provider.store.confirm_renewal(account.id, shown, now, issuing).await? {
        Confirmation::Now | Confirmation::Before => Ok(()),
        Confirmation::NotTheNewKey => Err(RegistrationError::RenewalNotByNewKey),
    }
}

/// The statement of the person, by whose certificate it was signed.
async fn statement(
    provider: &Arc<Provider>,
    account: &Account,
    signed: &[u8],
    requests: Digest,
) -> Result<Verified<RenewalStatement>, RegistrationError> {
    if signed.len() > REGISTRATION_OCTETS_MAX {
        return Err(not_signed(SubIndication::FormatFailure, "the statement is too large"));
    }
    let party = provider.parties.of(&provider.config.domain).ok_or_else(|| {
        not_signed(SubIndication::NoCertificateChainFound, "this provider does not know itself")
    })?;
    let crl = provider.crl().await?;
    let verification = Verification {
        anchors: party.anchors(),
        certificates: &[],
        crls: crl.as_slice(),
        policy: &provider.config.policy,
        now: clock::now(),
        purpose: KeyPurpose::LetterSignature,
        require_time_stamp: false,
    };
    // [REG-015] By the key that signs in the person's name; whether it is this account's present
    // one, the database says in the transaction that records the new ones.
    let verified = verify_renewal(signed, &verification)
        .passed()
        .map_err(RegistrationError::RenewalNotSigned)?;
    let statement = verified.get();
    let about_this = statement.provider == provider.config.domain
        && statement.address == account.address
        && statement.requests_sha256 == requests;
    if !about_this {
        // [REG-016] Signed for another provider, another address or other keys.
        return Err(not_signed(
            SubIndication::SigConstraintsFailure,
            "the statement is about another provider, another address or other keys",
        ));
    }
    Ok(verified)
}

fn not_signed(sub: SubIndication, detail: &'static str) -> RegistrationError {
    RegistrationError::RenewalNotSigned(Shortfall::new(sub, detail))
}

/// Separates this digest from those of invitations, challenges and identities.
const LABEL: &[u8] = b"sealpost/renewal/v1";
