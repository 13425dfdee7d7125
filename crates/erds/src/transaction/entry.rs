//! What both ends remember of a number.

use super::order::OrderDigest;
use super::transcript::Link;
use crate::ids::Octets;
use serde::{Deserialize, Serialize};

/// A number that was made, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its place in the chain.
    pub ctr: u64,
    /// The order.
    pub order: OrderDigest,
    /// The value of the number.
    pub value: Octets,
}

impl Entry {
    pub(super) fn link(&self) -> Link {
        Link::after(&self.value.0)
    }
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// The provider took it.
    Accepted,
    /// Its number came, or was passed over, without the order. It will never be carried out; who
    /// still wants it orders anew.
    Void,
}

impl Fate {
    /// The word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Void => "void",
        }
    }
}

/// A number and what became of its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The number.
    pub entry: Entry,
    /// What became of it.
    pub fate: Fate,
}
