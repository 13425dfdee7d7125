//! Registration by relayed, certified identity: somebody whose identity another trusted issuer
//! already certified proves it to a new provider by signing a fresh statement with that identity.

use crate::address::{Address, Domain};
use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Digest, Octets, claimed_time};
use crate::limits::REGISTRATION_OCTETS_MAX;
use crate::outcome;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::{Verification, verify_attached};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::Outcome;
use serde::{Deserialize, Serialize};

/// The version word.
pub const REGISTRATION_VERSION: &str = "sealpost-registration/1";

/// What the certified identity signs: it wants this address at this provider with these keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationStatement {
    /// [`REGISTRATION_VERSION`].
    pub version: String,
    /// The provider at which the account is to be.
    pub provider: Domain,
    /// The address wanted.
    pub address: Address,
    /// The provider's challenge; it makes the statement fresh and usable once.
    pub challenge: Octets,
    /// [`RegistrationStatement::digest_of_requests`] over all certificate requests.
    pub requests_sha256: Digest,
    /// When it was signed, as the signer claims.
    #[serde(with = "claimed_time")]
    pub signed_at: ClaimedTime,
}

impl RegistrationStatement {
    /// Reads the statement.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let statement: Self = from_json("registration statement", octets, REGISTRATION_OCTETS_MAX)?;
        if statement.version != REGISTRATION_VERSION {
            return Err(FormatError::new("registration statement", "unknown version"));
        }
        Ok(statement)
    }

    /// The octets that are signed.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// SHA-256 over the SHA-256 of each certificate request, in the order signature,
    /// authentication, encryption, then those of the suite `hybrid-2026` and that of
    /// `static-dh-cbc-hmac` if there are any.
    pub fn digest_of_requests(requests: &[&[u8]]) -> Digest {
        let digests: Vec<[u8; 32]> =
            requests.iter().map(|request| *Digest::of(request).as_array()).collect();
        Digest::of(&digests.concat())
    }
}

/// The version word of a renewal.
pub const RENEWAL_VERSION: &str = "sealpost-renewal/1";

/// What a person with a mailbox signs with the present signature key: these new keys are hers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewalStatement {
    /// [`RENEWAL_VERSION`].
    pub version: String,
    /// The provider that has certified her.
    pub provider: Domain,
    /// The account.
    pub address: Address,
    /// [`RegistrationStatement::digest_of_requests`] over all certificate requests.
    pub requests_sha256: Digest,
    /// When it was signed, as the signer claims.
    #[serde(with = "claimed_time")]
    pub signed_at: ClaimedTime,
}

impl RenewalStatement {
    /// Reads the statement.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let statement: Self = from_json("renewal statement", octets, REGISTRATION_OCTETS_MAX)?;
        if statement.version != RENEWAL_VERSION {
            return Err(FormatError::new("renewal statement", "unknown version"));
        }
        Ok(statement)
    }

    /// The octets that are signed.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }
}

/// Verifies a signed renewal statement against the provider's own root.
pub fn verify_renewal(signed: &[u8], verification: &Verification<'_>) -> Outcome<RenewalStatement> {
    let verification = Verification { purpose: KeyPurpose::LetterSignature, ..*verification };
    outcome::read(verify_attached(signed, &verification), |content| {
        RenewalStatement::from_json(content.content())
    })
}

/// Verifies a signed registration statement against the issuers that the provider trusts for
/// identities.
pub fn verify_registration(
    signed: &[u8],
    verification: &Verification<'_>,
) -> Outcome<RegistrationStatement> {
    let verification = Verification { purpose: KeyPurpose::LetterSignature, ..*verification };
    outcome::read(verify_attached(signed, &verification), |content| {
        RegistrationStatement::from_json(content.content())
    })
}
