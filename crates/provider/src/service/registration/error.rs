//! Why nobody was registered.

use std::fmt;

use axum::http::StatusCode;
use sealpost_cms::issue::IssueError;
use sealpost_cms::verdict::{Shortfall, SubIndication};

use crate::problem::{Kind, Problem};
use crate::store::StoreError;

/// Which of the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// For the key that signs.
    Signature,
    /// For the key that authenticates.
    Authentication,
    /// For the key that letters are encrypted for.
    Encryption,
    /// For the key that signs letters of the suite `hybrid-2026` beside the other.
    HybridSignature,
    /// For the key that letters of the suite `hybrid-2026` are encrypted for.
    HybridEncryption,
    /// For the fixed key of the suite `static-dh-cbc-hmac`.
    StaticDh,
}

/// Why nobody was registered: the applicant's matter first, ours last.
#[derive(Debug)]
#[non_exhaustive]
pub enum RegistrationError {
    /// Somebody has the address.
    AddressTaken,
    /// The challenge is not ours, has ended, or was used.
    ChallengeStale,
    /// The identity is not what it would have to be.
    IdentityNotVerified(Shortfall),
    /// The invitation has ended.
    InvitationExpired,
    /// No such invitation for this address.
    InvitationUnknown,
    /// The invitation was used with other keys.
    InvitationUsed,
    /// The same key twice.
    KeysNotDistinct,
    /// The name or the key cannot stand in a certificate.
    NotCertifiable(IssueError),
    /// Neither an invitation nor an identity, or both.
    OneProof,
    /// The address is not at this provider.
    OtherDomain,
    /// The request does not prove that its sender holds the key.
    RequestNotSelfSigned(Which),
    /// Certificates for these keys were given and have been revoked or have ended since.
    RenewalEnded,
    /// The present signature key does not vouch for the new keys.
    RenewalNotSigned(Shortfall),
    /// A new authentication key waits, and another one asks.
    RenewalNotByNewKey,
    /// More often than anybody needs.
    RenewalTooOften,
    /// The database.
    Store(StoreError),
}

impl RegistrationError {
    /// An identity that does not count, for this reason.
    pub(super) fn identity(sub: SubIndication, detail: &'static str) -> Self {
        Self::IdentityNotVerified(Shortfall::new(sub, detail))
    }

    const fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::AddressTaken => ADDRESS_TAKEN,
            Self::ChallengeStale => CHALLENGE_STALE,
            Self::IdentityNotVerified(_) => IDENTITY_NOT_VERIFIED,
            Self::InvitationExpired => INVITATION_EXPIRED,
            Self::InvitationUnknown => INVITATION_UNKNOWN,
            Self::InvitationUsed => INVITATION_USED,
            Self::KeysNotDistinct => KEYS_NOT_DISTINCT,
            Self::NotCertifiable(_) => NOT_CERTIFIABLE,
            Self::OneProof => ONE_PROOF,
            Self::OtherDomain => OTHER_DOMAIN,
            Self::RequestNotSelfSigned(_) => REQUEST_NOT_SELF_SIGNED,
            Self::RenewalEnded => RENEWAL_ENDED,
            Self::RenewalNotSigned(_) => RENEWAL_NOT_SIGNED,
            Self::RenewalNotByNewKey => RENEWAL_NOT_BY_NEW_KEY,
            Self::RenewalTooOften => RENEWAL_TOO_OFTEN,
            Self::Store(_) => return None,
        })
    }

    /// Stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match (self, self.kind()) {
            (Self::Store(error), _) => error.code(),
            (_, Some(kind)) => kind.code,
            (_, None) => "internal",
        }
    }
}

impl fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().map_or("the database did not answer", |kind| kind.title))
    }
}

impl std::error::Error for RegistrationError {}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<RegistrationError> for Problem {
    fn from(error: RegistrationError) -> Self {
        let Some(kind) = error.kind() else {
            return match error {
                RegistrationError::Store(error) => error.into(),
                _ => Self::new(crate::problem::INTERNAL),
            };
        };
        let problem = Self::new(kind);
        match error {
            RegistrationError::IdentityNotVerified(shortfall)
            | RegistrationError::RenewalNotSigned(shortfall) => {
                problem.member("sub_indication", shortfall.sub.code()).detail(shortfall.detail)
            }
            RegistrationError::NotCertifiable(error) => problem.detail(error.to_string()),
            RegistrationError::RequestNotSelfSigned(which) => problem.detail(match which {
                Which::Signature => "signature_request",
                Which::Authentication => "authentication_request",
                Which::Encryption => "encryption_request",
                Which::HybridSignature => "hybrid.signature_request",
                Which::HybridEncryption => "hybrid.encryption_request",
                Which::StaticDh => "static_dh_request",
            }),
            _ => problem,
        }
    }
}

const ADDRESS_TAKEN: Kind =
    Kind::new("address-taken", StatusCode::CONFLICT, "Somebody has this address");
const CHALLENGE_STALE: Kind = Kind::new(
    "challenge-stale",
    StatusCode::CONFLICT,
    "The challenge is not one of ours, has ended, or was used; ask for a new one",
);
const IDENTITY_NOT_VERIFIED: Kind = Kind::new(
    "identity-not-verified",
    StatusCode::FORBIDDEN,
    "The identity does not prove who asks; sub_indication says why",
);
const INVITATION_EXPIRED: Kind = Kind::new(
    "invitation-expired",
    StatusCode::FORBIDDEN,
    "The invitation has ended; ask the operator for a new one",
);
const INVITATION_UNKNOWN: Kind = Kind::new(
    "invitation-unknown",
    StatusCode::FORBIDDEN,
    "There is no such invitation for this address",
);
const INVITATION_USED: Kind =
    Kind::new("invitation-used", StatusCode::FORBIDDEN, "The invitation was used with other keys");
const KEYS_NOT_DISTINCT: Kind = Kind::new(
    "keys-not-distinct",
    StatusCode::UNPROCESSABLE_ENTITY,
    "Signature, authentication and encryption need different keys",
);
const NOT_CERTIFIABLE: Kind = Kind::new(
    "not-certifiable",
    StatusCode::UNPROCESSABLE_ENTITY,
    "This cannot stand in a certificate",
);
const ONE_PROOF: Kind =
    Kind::new("one-proof", StatusCode::BAD_REQUEST, "Give either an invitation or an identity");
const OTHER_DOMAIN: Kind =
    Kind::new("other-domain", StatusCode::FORBIDDEN, "The address is not at this provider");
const REQUEST_NOT_SELF_SIGNED: Kind = Kind::new(
    "request-not-self-signed",
    StatusCode::UNPROCESSABLE_ENTITY,
    "The certificate request does not prove that its sender holds the key",
);
const RENEWAL_ENDED: Kind = Kind::new(
    "renewal-ended",
    StatusCode::CONFLICT,
    "The certificates for these keys were revoked or have ended; ask with new keys",
);
const RENEWAL_NOT_BY_NEW_KEY: Kind = Kind::new(
    "renewal-not-by-new-key",
    StatusCode::CONFLICT,
    "Only the new authentication key confirms that the new keys are in use",
);
const RENEWAL_NOT_SIGNED: Kind = Kind::new(
    "renewal-not-signed",
    StatusCode::FORBIDDEN,
    "The present signature key does not vouch for the new keys; sub_indication says why",
);
const RENEWAL_TOO_OFTEN: Kind = Kind::new(
    "renewal-too-often",
    StatusCode::TOO_MANY_REQUESTS,
    "New certificates were asked for too often; wait a month",
);
