//! The rules of delivery: which state follows which, and what evidence says so
//! (EN 319 522-1 §6).
//!
//! Pure: no clock, no I/O. Every transition consumes a state and returns a [`Step`]; whoever
//! stores the next state must store its evidence in the same transaction. States are restored
//! from a store only through the functions named `restore`, which refuse what no path leads to.
//!
//! ```text
//! sender's provider      Submission -> Submitted -> Relayed | RelayFailed        A.1 A.2 B.3
//! recipient's provider   Dispatch   -> ReceivedBasic   -> Consigned -> HandedOver   B.1 D.1 E.1
//!                                   -> ReceivedConsent -> Awaiting -> Accepted -> Consigned
//!                                                                  -> Refused | Expired   C.1-C.5
//! ```

// An act that does not count gives the state back by value; a box would save nothing that matters.
#![allow(clippy::result_large_err)]

mod recipient_side;
mod sender_side;

pub use recipient_side::{
    Accepted, Awaiting, Consigned, Expired, HandedOver, NotYetDue, Received, ReceivedBasic,
    ReceivedConsent, RefuseDecision, Refused, RelayRejection, receive, reject_relay,
};
pub use sender_side::{
    RelayFailed, Relayed, SubmissionRejection, Submitted, SubmittingAccount, accept_submission,
    reject_submission, sender_reference,
};

use crate::evidence::EvidenceDraft;

/// A state change and the evidence that states it. Neither is of use without the other.
///
/// ```compile_fail
/// // Invariant 5: a step that is dropped does not pass the compiler's eye.
/// #![deny(unused_must_use)]
/// use sealpost_erds::delivery::{ReceivedConsent, Step, Awaiting};
/// fn forget(received: ReceivedConsent) { received.notify(); }
/// ```
///
/// ```
/// #![deny(unused_must_use)]
/// use sealpost_erds::delivery::{ReceivedConsent, Step, Awaiting};
/// fn keep(received: ReceivedConsent) -> Step<Awaiting> { received.notify() }
/// ```
#[derive(Debug)]
#[must_use = "a state change without its evidence must not be committed"]
pub struct Step<N> {
    /// The state that holds from now on.
    pub next: N,
    /// What must be issued and stored with it.
    pub evidence: EvidenceDraft,
}

#[cfg(test)]
mod tests;
