//! What exactly a number authenticates: key, counter, place in the chain, order and audience.

use super::order::OrderDigest;
use crate::address::Domain;
use crate::ids::Digest;
use crate::limits::TAN_HASH_TRIES_MAX;
use sealpost_cms::blum::{Element, Modulus};
use sealpost_cms::kdf::shake256;
use serde::{Deserialize, Serialize};

/// The name of a key: a digest over all of its public octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kid(Digest);

impl Kid {
    pub(super) const fn new(digest: Digest) -> Self {
        Self(digest)
    }

    /// The digest.
    pub const fn digest(&self) -> &Digest {
        &self.0
    }
}

/// What ties a number to its predecessor: SHA-256 of the whole value before it. In the window
/// variant all numbers of an epoch share the link to the last number of the epoch before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(Digest);

impl Link {
    pub(super) fn after(value: &[u8]) -> Self {
        Self(Digest::of(value))
    }

    /// The digest.
    pub const fn digest(&self) -> &Digest {
        &self.0
    }
}

/// Where a chain begins, s₀: a random square modulo n, or 32 random octets where there is no n.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor(Vec<u8>);

impl Anchor {
    pub(super) const fn new(octets: Vec<u8>) -> Self {
        Self(octets)
    }

    /// The octets.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

/// The octets that are hashed and signed. Made by the key, so that the name in it is the key's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript(Vec<u8>);

impl Transcript {
    pub(super) fn new(
        kid: &Kid,
        ctr: u64,
        link: &Link,
        order: &OrderDigest,
        audience: &Domain,
    ) -> Self {
        Self(length_prefixed(&[
            kid.0.as_array(),
            &ctr.to_be_bytes(),
            link.0.as_array(),
            order.digest().as_array(),
            audience.as_str().as_bytes(),
        ]))
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.0
    }

    /// The number of which a root is asked for: the first of up to 256 hashes with Jacobi symbol
    /// +1. Both ends count for themselves, so the count is not transmitted and cannot be chosen.
    ///
    /// SHAKE256 (FIPS 202) fills the whole range of the modulus. A short hash that is padded
    /// would let forgers combine roots of small numbers. [TAN-013]
    pub(super) fn element(&self, modulus: &Modulus) -> Option<Element> {
        let prefix = length_prefixed(&[LABEL, &self.0]);
        let mut hash = vec![0; modulus.hash_octets()];
        (0..=TAN_HASH_TRIES_MAX).find_map(|count| {
            shake256(&[&prefix, &[count]], &mut hash);
            modulus.element_of_hash(&hash)
        })
    }
}

/// Each part behind its length in four octets, big endian.
pub(super) fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        let length = u32::try_from(part.len()).expect("parts are keys, digests and names");
        octets.extend_from_slice(&length.to_be_bytes());
        octets.extend_from_slice(part);
    }
    octets
}

const LABEL: &[u8] = b"BBS-TAN/v1";
