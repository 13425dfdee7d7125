//! What a verifier says of a number.

use super::entry::{Entry, Settled};
use super::refusal::{InvalidTan, Refusal};

/// The verdict over a submission. `V` is the kind of verifier that goes on from it.
#[derive(Debug)]
#[must_use = "a verdict may hold a state that is to be stored"]
pub enum Verdict<V> {
    /// Genuine, and the next in its place: carry the order out.
    Accepted(Acceptance<V>),
    /// The same as before: give the same answer as before.
    Repeated(Settled),
    /// Two genuine numbers for one counter: the module was copied or set back.
    Equivocation(Equivocation<V>),
    /// Numbers between the last one and this are missing. Synchronise, then ask again.
    Gap {
        /// The first that is missing.
        expected: u64,
    },
    /// A counter from long ago, or that was never to be used again.
    Replay,
    /// Not genuine.
    Invalid(InvalidTan),
    /// Not looked at.
    Refused(Refusal),
}

/// A number that was taken.
#[derive(Debug)]
pub struct Acceptance<V> {
    /// The verifier after it. Store it in one transaction with the order and its evidence.
    pub next: V,
    /// The number.
    pub entry: Entry,
    /// Numbers that were passed over on the way to it: their orders are void, say so to the sender.
    pub void: Vec<Entry>,
    /// Counters that were given up on the way, of which no number ever came.
    pub burned: Vec<u64>,
}

/// Two genuine numbers under one counter. Both are evidence.
#[derive(Debug)]
pub struct Equivocation<V> {
    /// The verifier after it: frozen.
    pub next: V,
    /// The number that came first.
    pub kept: Entry,
    /// The one that contradicts it.
    pub other: Entry,
}

/// The three results that a verdict can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// The holder of the key made this order here.
    TotalPassed,
    /// More numbers are needed to tell.
    Indeterminate,
    /// No order.
    TotalFailed,
}

impl<V> Verdict<V> {
    /// Which of the three results.
    pub const fn conclusion(&self) -> Conclusion {
        match self {
            Self::Accepted(_) | Self::Repeated(_) => Conclusion::TotalPassed,
            Self::Gap { .. } => Conclusion::Indeterminate,
            Self::Equivocation(_) | Self::Replay | Self::Invalid(_) | Self::Refused(_) => {
                Conclusion::TotalFailed
            }
        }
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "tan-accepted",
            Self::Repeated(_) => "tan-repeated",
            Self::Equivocation(_) => "tan-equivocation",
            Self::Gap { .. } => "tan-gap",
            Self::Replay => "tan-replay",
            Self::Invalid(invalid) => invalid.code(),
            Self::Refused(refusal) => refusal.code(),
        }
    }
}
