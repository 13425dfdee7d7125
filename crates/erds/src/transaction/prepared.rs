//! Stored before it leaves: a number can be taken out only against a receipt for its state.

use super::module::Module;
use super::tan::Tan;
use crate::ids::Digest;
use std::fmt;

/// Whoever stores states says with it that exactly these octets are durable: written, synchronised,
/// and read again if the medium is doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageReceipt(Digest);

impl StorageReceipt {
    /// To be made by the store, after the octets are durable.
    pub fn of_durable(octets: &[u8]) -> Self {
        Self(Digest::of(octets))
    }
}

/// The receipt is for other octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotStored;

impl NotStored {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        "tan-state-not-stored"
    }
}

/// What came of an order.
#[derive(Debug)]
pub enum Preparation {
    /// A new number, to be stored before it is used.
    Fresh(Prepared),
    /// The order had a number already: the same again. Nothing changed.
    Again(Module, Tan),
}

/// A number that was made and is not out yet, and the module as it is after it.
///
/// If it cannot be stored, drop it and restore the module from what is stored: whether the state was
/// written is then unknown, and only the store can tell.
///
/// ```compile_fail,E0616
/// use sealpost_erds::transaction::{Module, Prepared, Tan};
/// fn early(prepared: Prepared) -> Tan { prepared.tan }
/// ```
/// ```
/// use sealpost_erds::transaction::{Module, NotStored, Prepared, StorageReceipt, Tan};
/// fn in_time(prepared: Prepared, receipt: &StorageReceipt) -> Option<Tan> {
///     prepared.release(receipt).ok().map(|(_, tan)| tan)
/// }
/// ```
#[must_use = "the number is lost, and its counter with it, unless the state is stored and the number released"]
pub struct Prepared {
    next: Module,
    tan: Tan,
    state: Vec<u8>,
}

impl Prepared {
    pub(super) fn new(next: Module, tan: Tan) -> Self {
        let state = next.state();
        Self { next, tan, state }
    }

    /// What must be durable. It holds the number: guard it like the number until it is out.
    pub fn state(&self) -> &[u8] {
        &self.state
    }

    /// The number, and the module that goes on.
    pub fn release(self, receipt: &StorageReceipt) -> Result<(Module, Tan), (Self, NotStored)> {
        // [TAN-020] A number leaves only when exactly the state that remembers it is durable.
        if *receipt != StorageReceipt::of_durable(&self.state) {
            return Err((self, NotStored));
        }
        Ok((self.next, self.tan))
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the number nor the state that holds it: it is not out yet.
        write!(f, "Prepared({})", self.tan.ctr())
    }
}
