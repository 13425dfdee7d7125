//! A transaction number on the wire.

use super::entry::Entry;
use super::order::OrderDigest;
use super::suite::{READABLE, Suite};
use super::transcript::Kid;
use crate::format::FormatError;
use crate::ids::{Digest, Octets};
use sealpost_cms::blum::Size;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One number: for which key, which place in its chain, and the value that only the key makes.
///
/// ```text
/// suite (1) || kid (32) || counter (8, big endian) || value (fixed by suite and size)
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Octets", into = "Octets")]
pub struct Tan {
    suite: Suite,
    kid: Kid,
    ctr: u64,
    value: Vec<u8>,
}

impl Tan {
    /// Reads the octets. Whether the number is genuine, only its chain can say.
    pub fn from_octets(octets: &[u8]) -> Result<Self, FormatError> {
        let malformed = |detail| FormatError::new("transaction number", detail);
        let head = octets.split_first_chunk::<HEAD_OCTETS>();
        let (head, value) = head.ok_or_else(|| malformed("it ends too early"))?;
        let suite = Suite::of_octet(head[0]).ok_or_else(|| malformed("unknown suite"))?;
        // [TAN-018] The length is one that the suite has: octets behind the value are refused.
        let fits = |size: Size| suite.value_octets(size) == value.len();
        if !READABLE.into_iter().any(fits) {
            return Err(malformed("not the length of a value of its suite"));
        }
        let (mut kid, mut ctr) = ([0; 32], [0; 8]);
        kid.copy_from_slice(&head[1..33]);
        ctr.copy_from_slice(&head[33..]);
        let kid = Kid::new(Digest::from_array(kid));
        Ok(Self { suite, kid, ctr: u64::from_be_bytes(ctr), value: value.to_vec() })
    }

    /// The octets.
    pub fn to_octets(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(HEAD_OCTETS + self.value.len());
        octets.push(self.suite.octet());
        octets.extend_from_slice(self.kid.digest().as_array());
        octets.extend_from_slice(&self.ctr.to_be_bytes());
        octets.extend_from_slice(&self.value);
        octets
    }

    /// The suite it says it is of.
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The key it says it is of.
    pub const fn kid(&self) -> &Kid {
        &self.kid
    }

    /// Its place in the chain.
    pub const fn ctr(&self) -> u64 {
        self.ctr
    }

    /// The value.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Eight digits with which a person compares two displays. They authenticate nothing: whoever
    /// can show a number can show its digits.
    pub fn comparison_digits(&self) -> String {
        let digest = Digest::of(&self.value);
        let (first, _) = digest.as_array().split_first_chunk::<8>().expect("32 octets hold 8");
        format!("{:08}", u64::from_be_bytes(*first) % 100_000_000)
    }

    pub(super) fn new(suite: Suite, kid: Kid, ctr: u64, value: Vec<u8>) -> Self {
        Self { suite, kid, ctr, value }
    }

    /// The number together with what it is said to be about.
    pub(super) fn entry(&self, order: OrderDigest) -> Entry {
        Entry { ctr: self.ctr, order, value: Octets(self.value.clone()) }
    }
}

impl fmt::Debug for Tan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tan({}, {})", self.suite.name(), self.ctr)
    }
}

impl TryFrom<Octets> for Tan {
    type Error = FormatError;
    fn try_from(octets: Octets) -> Result<Self, FormatError> {
        Self::from_octets(&octets.0)
    }
}

impl From<Tan> for Octets {
    fn from(tan: Tan) -> Self {
        Self(tan.to_octets())
    }
}

/// Suite, name of the key, counter.
const HEAD_OCTETS: usize = 1 + 32 + 8;
