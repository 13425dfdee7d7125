//! The transaction authenticator: one number for one order, made in the sender's security module,
//! checked by the provider with public values alone.
//!
//! BBS-TAN/v1 is a full-domain-hash Rabin-Williams signature over the order and the number before
//! it. The numbers form a chain, so that an order that was lost, repeated, moved or signed by a copy
//! of the module shows. ML-DSA-65 signs the same transcript, beside it or alone, since factoring
//! does not survive quantum computers. Decision 0010 says why it is not the formula that
//! was published: there an interceptor exchanges the order.
//!
//! ```text
//! security module                                      provider
//! prepare(order) -> Prepared --store--> release -> Tan  --->  judge -> Accepted | Repeated | Gap
//!        ^   outbox: not yet acknowledged, at most 64               | Replay | Invalid | Refused
//!        +-- learn(statement, sealed by the provider)  <---         | Equivocation: frozen
//! ```
//!
//! Pure: no clock, no I/O, no random source. States are values; whoever holds them stores the next one
//! before anything that follows from it leaves the process. What this module never does: it sees
//! no content, and no number of it is ever typed by a person.

// A refusal gives the state back by value; a box would save nothing that matters.
#![allow(clippy::result_large_err)]

mod companion;
mod entry;
mod key;
mod module;
mod order;
mod outbox;
mod prepared;
mod refusal;
mod registration;
mod signer;
mod standing;
mod statement;
mod suite;
mod tan;
mod transcript;
mod verdict;
mod verifier;
mod window;

pub use entry::{Entry, Fate, Settled};
pub use key::{KeyError, LegacyKey, PublicKey};
pub use module::{Chaining, KeyLimits, Module};
pub use order::{FeeAccount, Order, OrderDigest, OrderOptions, OrderSalt};
pub use outbox::Learned;
pub use prepared::{NotStored, Preparation, Prepared, StorageReceipt};
pub use refusal::{InvalidTan, LearnError, PrepareError, Refusal, RegistrationError, RepairError};
pub use registration::{Registration, Rotation};
pub use signer::{ModulusSize, TransactionKey};
pub use statement::{ChainStatement, verify_chain_statement};
pub use suite::Suite;
pub use tan::Tan;
pub use transcript::{Anchor, Kid, Link};
pub use verdict::{Acceptance, Conclusion, Equivocation, Verdict};
pub use verifier::{Bridging, Submission, Verifier};
pub use window::WindowVerifier;

#[cfg(test)]
mod tests;
