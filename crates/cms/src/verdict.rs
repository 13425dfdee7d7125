//! Verdicts in the terms of EN 319 102-1, and the types that keep them.
//!
//! [`Unverified`] is parsed and not believed; [`Verified`] is believed and keeps the [`Finding`]
//! that says why; [`Outcome`] has the three results of the standard, since a `bool` cannot carry
//! the middle one.

use core::fmt;
use std::borrow::Cow;

use crate::certificate::Certificate;
use crate::signed::SignedContent;
use crate::time::{ClaimedTime, LocalTime, ProvenTime};

/// Why a validation did not end with TOTAL-PASSED (EN 319 102-1 §5.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubIndication {
    /// The octets do not follow the standard they claim.
    FormatFailure,
    /// The signed digest is not the digest of the content.
    HashFailure,
    /// The signature does not verify with the signer's key.
    SigCryptoFailure,
    /// The signer's certificate was revoked when the signature was proven to exist.
    Revoked,
    /// The signature was made after the signer's certificate had expired.
    Expired,
    /// The signature was made before the signer's certificate was valid.
    NotYetValid,
    /// The signature misses a property that the signature policy demands.
    SigConstraintsFailure,
    /// A certificate of the path misses a property that we demand.
    ChainConstraintsFailure,
    /// The path breaks a rule of RFC 5280 §6.
    CertificateChainGeneralFailure,
    /// An algorithm or key size is not permitted at the time of interest.
    CryptoConstraintsFailure,
    /// As above, and nothing proves that the signature is older than the end of the permission.
    CryptoConstraintsFailureNoPoe,
    /// No path leads to a trust anchor.
    NoCertificateChainFound,
    /// The signer's certificate is not in hand.
    NoSigningCertificateFound,
    /// Revoked now, and nothing proves that the signature existed before.
    RevokedNoPoe,
    /// An authority of the path is revoked, and nothing proves that the signature existed before.
    RevokedCaNoPoe,
    /// Outside of the validity period now, and nothing proves that the signature existed inside.
    OutOfBoundsNoPoe,
    /// No proof of existence where one is demanded.
    NoPoe,
    /// Revocation information is missing or stale; with fresh information the verdict may change.
    TryLater,
    /// Time-stamps contradict each other or the signature they cover.
    TimestampOrderFailure,
    /// What was signed is not in hand.
    SignedDataNotFound,
    /// No verdict for another reason.
    Generic,
    /// The signature stands, and what was signed is not what it would have to be about. EN 319 102-1
    /// has no word for it, since it judges signatures and not what they say: a check of the one
    /// who knows the object, which no further information can mend.
    Mismatch,
}

impl SubIndication {
    /// The code of EN 319 102-1, such as `HASH_FAILURE`; [`SubIndication::Mismatch`] alone has one of
    /// our own.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FormatFailure => "FORMAT_FAILURE",
            Self::HashFailure => "HASH_FAILURE",
            Self::SigCryptoFailure => "SIG_CRYPTO_FAILURE",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::SigConstraintsFailure => "SIG_CONSTRAINTS_FAILURE",
            Self::ChainConstraintsFailure => "CHAIN_CONSTRAINTS_FAILURE",
            Self::CertificateChainGeneralFailure => "CERTIFICATE_CHAIN_GENERAL_FAILURE",
            Self::CryptoConstraintsFailure => "CRYPTO_CONSTRAINTS_FAILURE",
            Self::CryptoConstraintsFailureNoPoe => "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            Self::NoCertificateChainFound => "NO_CERTIFICATE_CHAIN_FOUND",
            Self::NoSigningCertificateFound => "NO_SIGNING_CERTIFICATE_FOUND",
            Self::RevokedNoPoe => "REVOKED_NO_POE",
            Self::RevokedCaNoPoe => "REVOKED_CA_NO_POE",
            Self::OutOfBoundsNoPoe => "OUT_OF_BOUNDS_NO_POE",
            Self::NoPoe => "NO_POE",
            Self::TryLater => "TRY_LATER",
            Self::TimestampOrderFailure => "TIMESTAMP_ORDER_FAILURE",
            Self::SignedDataNotFound => "SIGNED_DATA_NOT_FOUND",
            Self::Generic => "GENERIC",
            Self::Mismatch => "SEALPOST_MISMATCH",
        }
    }

    /// Whether EN 319 102-1 §5.1.3 (Table 5) puts this below TOTAL-FAILED, or we do. All others are
    /// INDETERMINATE.
    pub const fn is_total_failure(self) -> bool {
        matches!(
            self,
            Self::FormatFailure
                | Self::HashFailure
                | Self::SigCryptoFailure
                | Self::Revoked
                | Self::Expired
                | Self::NotYetValid
                | Self::Mismatch
        )
    }

    /// What the same finding means when no token proves that the signature existed at the time
    /// it was judged for (EN 319 102-1 §5.3): the signer could be right, so it is no failure.
    pub const fn without_proof_of_existence(self) -> Self {
        match self {
            Self::Revoked => Self::RevokedNoPoe,
            Self::Expired | Self::NotYetValid => Self::OutOfBoundsNoPoe,
            Self::CryptoConstraintsFailure => Self::CryptoConstraintsFailureNoPoe,
            other => other,
        }
    }
}

/// A sub-indication and what exactly fell short. The detail is log-safe: it never holds a name,
/// an address or key material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// The code of EN 319 102-1.
    pub sub: SubIndication,
    /// One sentence part for people, without names.
    pub detail: String,
}

impl Shortfall {
    /// A shortfall with its detail, which must not hold names, addresses or keys.
    pub fn new(sub: SubIndication, detail: impl Into<String>) -> Self {
        Self { sub, detail: detail.into() }
    }

    /// See [`SubIndication::without_proof_of_existence`].
    pub fn without_proof_of_existence(self) -> Self {
        Self { sub: self.sub.without_proof_of_existence(), ..self }
    }
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.sub.code(), self.detail)
    }
}

impl core::error::Error for Shortfall {}

/// Parsed, not believed. What it says are claims until a verification returns a [`Verified`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified<T>(T);

impl<T> Unverified<T> {
    /// Marks a value as not believed. Anybody may do that.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// What the value claims.
    pub fn claims(&self) -> &T {
        &self.0
    }

    /// The claims by value.
    pub fn into_claims(self) -> T {
        self.0
    }
}

/// Believed, with the finding that says why.
///
/// No public constructor, no `Deserialize`: only a verification makes one.
///
/// ```compile_fail,E0451
/// // Invariant 2: nobody but a verification makes a believed value.
/// # fn forge(finding: sealpost_cms::verdict::Finding) -> sealpost_cms::verdict::Verified<u8> {
/// sealpost_cms::verdict::Verified { value: 7, finding }
/// # }
/// ```
/// ```
/// # fn doubt() -> sealpost_cms::verdict::Unverified<u8> {
/// sealpost_cms::verdict::Unverified::new(7)
/// # }
/// ```
#[derive(Clone)]
pub struct Verified<T> {
    value: T,
    finding: Finding,
}

impl<T> Verified<T> {
    /// Only the verifications of this crate call this.
    pub(crate) fn new(value: T, finding: Finding) -> Self {
        Self { value, finding }
    }

    /// The believed value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// Why it is believed.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// Value and finding, for keeping them apart. The value alone is no longer [`Verified`].
    pub fn into_parts(self) -> (T, Finding) {
        (self.value, self.finding)
    }
}

impl Verified<SignedContent> {
    /// Reads the verified octets as something richer, which is then just as verified.
    ///
    /// `read` is a plain function and not a closure: it cannot bring in anything that the
    /// signature does not cover.
    ///
    /// ```compile_fail,E0308
    /// # use sealpost_cms::{verdict::Verified, signed::SignedContent};
    /// fn smuggle(v: Verified<SignedContent>, other: Vec<u8>) -> Option<Verified<Vec<u8>>> {
    ///     v.decode(move |_| Ok::<_, ()>(other.clone())).ok()
    /// }
    /// ```
    /// ```
    /// # use sealpost_cms::{verdict::Verified, signed::SignedContent};
    /// fn read(v: Verified<SignedContent>) -> Option<Verified<Vec<u8>>> {
    ///     v.decode(|signed| Ok::<_, ()>(signed.content().to_vec())).ok()
    /// }
    /// ```
    pub fn decode<U, E>(self, read: fn(&SignedContent) -> Result<U, E>) -> Result<Verified<U>, E> {
        let value = read(&self.value)?;
        Ok(Verified { value, finding: self.finding })
    }
}

/// The three results of EN 319 102-1 §5.1.3.
///
/// ```compile_fail,E0308
/// // Invariant 3: a verdict is no `bool`, which could not carry the middle result.
/// fn release(outcome: sealpost_cms::verdict::Outcome<u8>) -> &'static str {
///     if outcome { "released" } else { "held back" }
/// }
/// ```
/// ```
/// use sealpost_cms::verdict::Outcome;
/// fn release(outcome: Outcome<u8>) -> &'static str {
///     match outcome {
///         Outcome::TotalPassed(_) => "released",
///         Outcome::Indeterminate(..) | Outcome::TotalFailed(_) => "held back",
///     }
/// }
/// ```
#[must_use]
pub enum Outcome<T> {
    /// TOTAL-PASSED: every check was made and passed.
    TotalPassed(Verified<T>),
    /// INDETERMINATE: nothing is wrong for sure, something is missing for certainty.
    Indeterminate(Unverified<T>, Shortfall),
    /// TOTAL-FAILED: a check failed and no further information can mend it. Made by
    /// [`Outcome::fell_short`], [`Outcome::malformed`] and [`Outcome::mismatch`], so that the code
    /// is one that belongs here.
    TotalFailed(Shortfall),
}

impl<T> Outcome<T> {
    /// Sorts a shortfall into INDETERMINATE or TOTAL-FAILED by its sub-indication.
    pub fn fell_short(value: T, shortfall: Shortfall) -> Self {
        if shortfall.sub.is_total_failure() {
            Self::TotalFailed(shortfall)
        } else {
            Self::Indeterminate(Unverified::new(value), shortfall)
        }
    }

    /// TOTAL-FAILED with FORMAT_FAILURE: the octets are not what they should be.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::TotalFailed(Shortfall::new(SubIndication::FormatFailure, detail))
    }

    /// TOTAL-FAILED because what was signed does not fit what it should be about.
    pub fn mismatch(detail: impl Into<String>) -> Self {
        Self::TotalFailed(Shortfall::new(SubIndication::Mismatch, detail))
    }

    /// The verified value, or what fell short.
    pub fn passed(self) -> Result<Verified<T>, Shortfall> {
        match self {
            Self::TotalPassed(verified) => Ok(verified),
            Self::Indeterminate(_, shortfall) | Self::TotalFailed(shortfall) => Err(shortfall),
        }
    }

    /// `TOTAL-PASSED`, `INDETERMINATE` or `TOTAL-FAILED`.
    pub const fn indication(&self) -> &'static str {
        match self {
            Self::TotalPassed(_) => "TOTAL-PASSED",
            Self::Indeterminate(..) => "INDETERMINATE",
            Self::TotalFailed(_) => "TOTAL-FAILED",
        }
    }

    /// What fell short, if anything did.
    pub const fn shortfall(&self) -> Option<&Shortfall> {
        match self {
            Self::TotalPassed(_) => None,
            Self::Indeterminate(_, shortfall) | Self::TotalFailed(shortfall) => Some(shortfall),
        }
    }
}

/// The name of the algorithm policy a verdict was made under: that of the release, and after a `+`
/// that of the update which tightened it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PolicyId(Cow<'static, str>);

impl PolicyId {
    /// The name of a policy that is compiled in.
    pub const fn built_in(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name of such a policy together with an update.
    pub(crate) fn effective(built_in: &Self, update: &str) -> Self {
        Self(Cow::Owned(format!("{built_in}+{update}")))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known about the revocation of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Revocation lists answered for every certificate below the anchor.
    Checked {
        /// Issue time of the oldest list relied on.
        this_update: LocalTime,
    },
    /// The certificate is itself a trust anchor: nobody above it could revoke it.
    NotRequired,
}

/// Why a verified value is believed.
#[derive(Clone)]
pub struct Finding {
    /// The algorithm policy that was applied.
    pub policy: PolicyId,
    /// Whose signature it is; of two signers the first in the message.
    pub signer: Certificate,
    /// Who else signed, if there is more than one signer: each has passed on its own.
    pub cosigners: Vec<Certificate>,
    /// From the signer's certificate to the trust anchor.
    pub chain: Vec<Certificate>,
    /// When the signature provably existed.
    pub proven_time: Option<ProvenTime>,
    /// When the signer says it was made.
    pub claimed_time: Option<ClaimedTime>,
    /// Who proved the time.
    pub time_stamp_authority: Option<Certificate>,
    /// Names of the algorithms relied on, in the policy's words.
    pub algorithms: Vec<String>,
    /// What is known about revocation.
    pub revocation: Revocation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_six_hard_codes_and_our_own_are_total_failures() {
        let short = |sub| Outcome::fell_short((), Shortfall::new(sub, "test")).indication();
        assert_eq!(short(SubIndication::HashFailure), "TOTAL-FAILED");
        assert_eq!(short(SubIndication::Revoked), "TOTAL-FAILED");
        assert_eq!(short(SubIndication::Mismatch), "TOTAL-FAILED");
        assert_eq!(short(SubIndication::SigConstraintsFailure), "INDETERMINATE");
        assert_eq!(short(SubIndication::TimestampOrderFailure), "INDETERMINATE");
        assert_eq!(short(SubIndication::RevokedNoPoe), "INDETERMINATE");
        assert_eq!(short(SubIndication::TryLater), "INDETERMINATE");
        assert_eq!(short(SubIndication::NoCertificateChainFound), "INDETERMINATE");
    }

    #[test]
    fn without_a_proof_of_existence_a_failure_becomes_indeterminate() {
        let weak = Shortfall::new(SubIndication::Expired, "x").without_proof_of_existence();
        assert_eq!(weak.sub.code(), "OUT_OF_BOUNDS_NO_POE");
        assert!(!weak.sub.is_total_failure());
    }
}
