//! Relayed, certified identity: another provider identified the person, its certificate says so,
//! and the person signed that it wants this address here with these keys.

use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::kdf::sha256;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::Verification;
use sealpost_cms::verdict::{Shortfall, SubIndication, Verified};
use sealpost_erds::limits::REGISTRATION_OCTETS_MAX;
use sealpost_erds::registration::{RegistrationStatement, verify_registration};
use sealpost_erds::{Address, Digest, Domain};
use sealpost_wire::paths;

use super::super::peer_call::read_bounded;
use super::{RegistrationError, challenge};
use crate::peer_client::PeerClient;
use crate::provider::Provider;
use crate::{clock, limits};

/// What a verified statement gives.
pub(super) struct Identity {
    /// The person, as the other provider certified it.
    pub(super) name: String,
    /// The challenge that was signed.
    pub(super) challenge: Vec<u8>,
    /// Unix seconds.
    pub(super) challenge_ends_at: i64,
    /// SHA-256 over who it is elsewhere and here, and the requests, which nobody can guess: it names
    /// nobody.
    pub(super) with_keys: [u8; 32],
}

/// Verifies a signed statement against the trusted issuers of identities.
pub(super) async fn verify(
    provider: &Provider,
    address: &Address,
    signed: &[u8],
    requests: Digest,
) -> Result<Identity, RegistrationError> {
    if signed.len() > REGISTRATION_OCTETS_MAX {
        return Err(RegistrationError::identity(
            SubIndication::FormatFailure,
            "the statement is too large",
        ));
    }
    let verified =
        by_any_issuer(provider, signed).await.map_err(RegistrationError::IdentityNotVerified)?;
    let statement = verified.get();
    let about_this = statement.provider == provider.config.domain
        && statement.address == *address
        && statement.requests_sha256 == requests;
    if !about_this {
        // [REG-007] Signed for another provider, another address or other keys.
        return Err(RegistrationError::identity(
            SubIndication::SigConstraintsFailure,
            "the statement is about another provider, another address or other keys",
        ));
    }
    let key = provider.keys.challenge_key();
    let challenge_ends_at = challenge::end_of(key, &statement.challenge.0, clock::now_unix())
        .ok_or(RegistrationError::ChallengeStale)?;
    // Exactly one, of the issuer's domain: `by_issuer` saw to that.
    let elsewhere = verified.finding().signer.email_addresses().concat();
    // An address holds no space.
    let both = format!("{elsewhere} {}", address.as_str());
    let with_keys = sha256(&[LABEL, requests.as_array(), both.as_bytes()].concat());
    let name = verified.finding().signer.common_name().ok_or_else(|| {
        RegistrationError::identity(
            SubIndication::ChainConstraintsFailure,
            "the identity's certificate names nobody",
        )
    })?;
    let challenge = statement.challenge.0.clone();
    Ok(Identity { name, challenge, challenge_ends_at, with_keys })
}

/// The verdict of the issuer whose root the path leads to; of several failures the one that says
/// most.
async fn by_any_issuer(
    provider: &Provider,
    signed: &[u8],
) -> Result<Verified<RegistrationStatement>, Shortfall> {
    let mut nearest = Shortfall::new(
        SubIndication::NoCertificateChainFound,
        "no trusted issuer of identities has certified this one",
    );
    for domain in &provider.config.identity_issuers {
        match by_issuer(provider, domain, signed).await {
            Ok(verified) => return Ok(verified),
            Err(shortfall) if shortfall.sub == SubIndication::NoCertificateChainFound => {}
            Err(shortfall) => nearest = shortfall,
        }
    }
    Err(nearest)
}

async fn by_issuer(
    provider: &Provider,
    domain: &Domain,
    signed: &[u8],
) -> Result<Verified<RegistrationStatement>, Shortfall> {
    let unknown =
        || Shortfall::new(SubIndication::NoCertificateChainFound, "the issuer is no peer");
    let party = provider.parties.of(domain).ok_or_else(unknown)?;
    let verify = |crls: &[Crl]| {
        let verification = Verification {
            anchors: party.anchors(),
            certificates: &[],
            crls,
            policy: &provider.config.policy,
            now: clock::now(),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: false,
        };
        verify_registration(signed, &verification).passed()
    };
    // A stranger's statement must not make us call somebody: only one that would hold does.
    match verify(&[]) {
        Err(shortfall) if shortfall.sub != SubIndication::TryLater => return Err(shortfall),
        _ => {}
    }
    // [REG-011] The list that came along may be from before the revocation; the newest decides.
    let newest = match provider.peers.of(domain) {
        Some(peer) => newest_list(peer).await,
        None => None,
    };
    let verified = verify(newest.as_slice())?;
    // [REG-008] A provider certifies people of its own domain and nobody else.
    match verified.finding().signer.email_addresses().as_slice() {
        [address] if Address::parse(address).is_ok_and(|address| address.domain() == *domain) => {
            Ok(verified)
        }
        _ => Err(Shortfall::new(
            SubIndication::ChainConstraintsFailure,
            "the identity's certificate does not name one address of its issuer's domain",
        )),
    }
}

/// The issuer's newest revocation list. Without one the list in the statement has to do.
async fn newest_list(peer: &PeerClient) -> Option<Crl> {
    // The time counts for head and body together: a slow peer must not hold up the applicant.
    let der = tokio::time::timeout(limits::REVOCATION_LIST_PATIENCE, async {
        let asked = peer.request(reqwest::Method::GET, paths::REVOCATION_LIST).send();
        let answer = asked.await.ok()?.error_for_status().ok()?;
        read_bounded(answer, limits::REVOCATION_LIST_OCTETS_MAX).await.ok()
    });
    Crl::from_der(&der.await.ok()??).ok()
}

/// Separates this digest from those of invitations and challenges.
const LABEL: &[u8] = b"sealpost/registered-identity/v1";
