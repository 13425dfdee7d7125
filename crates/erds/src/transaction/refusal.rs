//! Why a number is not made, not believed, or not let in. Each word is the same everywhere.

use sealpost_cms::blum::NotTheRoot;
use std::fmt;

/// Why a value is not the number of its transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTan {
    /// Made with another key, or for another suite.
    OtherKey,
    /// Not the length of a value of this key.
    Length,
    /// Not the root.
    Root(NotTheRoot),
    /// The companion does not sign this.
    Signature,
    /// None of 256 hashes had Jacobi symbol +1, which does not happen.
    NoElement,
}

impl InvalidTan {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherKey => "tan-of-another-key",
            Self::Length => "tan-length",
            Self::Root(root) => root.code(),
            Self::Signature => "tan-companion-signature",
            Self::NoElement => "tan-without-element",
        }
    }
}

/// Why the module makes no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepareError {
    /// 64 numbers wait for an answer. Synchronise; if the provider is gone for good, register anew
    /// with the user authenticated.
    OutboxFull,
    /// The order was passed over before and will not be carried out: order anew.
    OrderVoid,
    /// The key's time is over: rotate.
    Expired,
    /// The key has made as many numbers as it may: rotate.
    Exhausted,
    /// The key has handed over to another.
    Retired,
    /// Not a module of this chaining.
    OtherChaining,
    /// A number came out wrong, now or earlier: test the module.
    KeySuspect,
}

impl PrepareError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OutboxFull => "tan-outbox-full",
            Self::OrderVoid => "order-void",
            Self::Expired => "tan-key-expired",
            Self::Exhausted => "tan-key-exhausted",
            Self::Retired => "tan-key-retired",
            Self::OtherChaining => "tan-other-chaining",
            Self::KeySuspect => "key-suspect",
        }
    }
}

/// Why the verifier does not even look at a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The list of unacknowledged numbers is longer than a module may keep.
    TooManyOutstanding,
    /// The counter was skipped for too long and is burned.
    Burned,
    /// An epoch ends only behind its last number.
    EpochPassed,
    /// The key's time is over.
    Expired,
    /// The key has made as many numbers as it may.
    Exhausted,
    /// The key has handed over to another.
    Retired,
    /// Two numbers for one counter were seen: the account is closed until somebody looks.
    Frozen,
}

impl Refusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyOutstanding => "tan-too-many-outstanding",
            Self::Burned => "tan-counter-burned",
            Self::EpochPassed => "tan-epoch-passed",
            Self::Expired => "tan-key-expired",
            Self::Exhausted => "tan-key-exhausted",
            Self::Retired => "tan-key-retired",
            Self::Frozen => "tan-account-frozen",
        }
    }
}

/// Why a provider's statement changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LearnError {
    /// Of another provider, or about another key.
    OtherChain,
    /// Its last number was not made with this key.
    NotOurs,
    /// The provider has another order or value under one of our counters: there is a second module.
    Conflict,
}

impl LearnError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherChain => "tan-statement-of-another-chain",
            Self::NotOurs => "tan-statement-not-ours",
            Self::Conflict => "tan-statement-conflict",
        }
    }
}

/// Why a registration is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistrationError {
    /// For another provider.
    OtherAudience,
    /// For the other kind of chain.
    OtherChaining,
    /// The anchor does not fit the key.
    Anchor,
    /// Over before it begins.
    Expired,
    /// Number 0 does not prove that the key is there.
    Proof(InvalidTan),
    /// The old key did not name this one.
    NotNamed,
}

impl RegistrationError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherAudience => "tan-registration-other-audience",
            Self::OtherChaining => "tan-other-chaining",
            Self::Anchor => "tan-registration-anchor",
            Self::Expired => "tan-key-expired",
            Self::Proof(_) => "tan-registration-proof",
            Self::NotNamed => "tan-rotation-not-named",
        }
    }
}

/// Why bridging numbers do not repair a verifier. It stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepairError {
    /// More at once than is looked at.
    TooMany,
    /// One is missing.
    Gap {
        /// Which.
        expected: u64,
    },
    /// One is not genuine.
    Invalid(InvalidTan),
    /// The key is not in use.
    Refused(Refusal),
}

impl RepairError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooMany => "tan-too-many-bridging",
            Self::Gap { .. } => "tan-gap",
            Self::Invalid(invalid) => invalid.code(),
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

macro_rules! says_its_code {
    ($($name:ident),+) => {
        $(
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.code())
                }
            }
            impl std::error::Error for $name {}
        )+
    };
}
says_its_code!(InvalidTan, PrepareError, Refusal, LearnError, RegistrationError, RepairError);
