//! The public half of a transaction key.

use super::companion;
use super::order::OrderDigest;
use super::refusal::InvalidTan;
use super::suite::{READABLE, STRONG, Suite};
use super::transcript::{Anchor, Kid, Link, Transcript, length_prefixed};
use crate::address::Domain;
use crate::ids::{Digest, Octets};
use sealpost_cms::blum::{Modulus, ModulusError, Size};
use sealpost_cms::ml_dsa;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why octets are no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The first octet names no suite.
    UnknownSuite,
    /// Not the length of a key of that suite.
    Length,
    /// The modulus is too small to be used.
    TooSmall,
    /// The modulus is none.
    Modulus(ModulusError),
}

impl KeyError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownSuite => "transaction-suite-unknown",
            Self::Length => "transaction-key-length",
            Self::TooSmall => "transaction-key-too-small",
            Self::Modulus(error) => error.code(),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownSuite => "no suite that this program knows",
            Self::Length => "not the length of a transaction key",
            Self::TooSmall => "a modulus below 3072 bit is not used",
            Self::Modulus(_) => "the modulus is none",
        })
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Modulus(error) => Some(error),
            _ => None,
        }
    }
}

/// A key that verifies numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Octets", into = "Octets")]
pub struct PublicKey {
    parts: PublicParts,
    kid: Kid,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PublicParts {
    Root(Modulus),
    Both(Modulus, ml_dsa::PublicKey),
    Signature(ml_dsa::PublicKey),
}

impl PublicKey {
    /// Reads the octet of the suite, the modulus, and the key of ML-DSA-65, as the suite has them.
    /// There is one encoding: lengths are fixed by suite and size.
    pub fn from_octets(octets: &[u8]) -> Result<Self, KeyError> {
        Self::read(octets, &STRONG)
    }

    /// The encoding.
    pub fn to_octets(&self) -> Vec<u8> {
        let mut octets = vec![self.suite().octet()];
        if let Some(modulus) = self.modulus() {
            octets.extend_from_slice(&modulus.to_octets());
        }
        if let Some(companion) = self.companion() {
            octets.extend_from_slice(companion.octets());
        }
        octets
    }

    /// The suite.
    pub const fn suite(&self) -> Suite {
        match &self.parts {
            PublicParts::Root(_) => Suite::BbsTanV1,
            PublicParts::Both(..) => Suite::BbsTanV1MlDsa65,
            PublicParts::Signature(_) => Suite::MlDsa65Chain,
        }
    }

    /// The key's name. For `bbs-tan-v1` SHA-256 of the modulus.
    pub const fn kid(&self) -> &Kid {
        &self.kid
    }

    /// An anchor that fits this key: an element of the modulus, or 32 octets.
    pub fn anchor(&self, octets: &[u8]) -> Option<Anchor> {
        let fits = match self.modulus() {
            // [TAN-014] An anchor lies below the modulus and has Jacobi symbol +1.
            Some(modulus) => modulus.element(octets).is_some(),
            None => octets.len() == ANCHOR_OCTETS,
        };
        fits.then(|| Anchor::new(octets.to_vec()))
    }

    pub(super) fn of_modulus(modulus: Modulus) -> Self {
        Self::of(PublicParts::Root(modulus))
    }

    pub(super) fn of_both(modulus: Modulus, companion: ml_dsa::PublicKey) -> Self {
        Self::of(PublicParts::Both(modulus, companion))
    }

    pub(super) fn of_signature(companion: ml_dsa::PublicKey) -> Self {
        Self::of(PublicParts::Signature(companion))
    }

    pub(super) fn transcript(
        &self,
        ctr: u64,
        link: &Link,
        order: &OrderDigest,
        audience: &Domain,
    ) -> Transcript {
        Transcript::new(&self.kid, ctr, link, order, audience)
    }

    /// Whether `value` is the number of this transcript.
    pub(super) fn verify(&self, transcript: &Transcript, value: &[u8]) -> Result<(), InvalidTan> {
        let root_octets = self.modulus().map_or(0, |modulus| modulus.size().octets());
        if value.len() != self.suite().value_octets(self.size()) {
            return Err(InvalidTan::Length);
        }
        let (root, signature) = value.split_at(root_octets);
        if let Some(modulus) = self.modulus() {
            let element = transcript.element(modulus).ok_or(InvalidTan::NoElement)?;
            modulus.check_root(&element, root).map_err(InvalidTan::Root)?;
        }
        // [TAN-015] Root and signature must both hold: breaking one of the two breaks nothing.
        if let Some(companion) = self.companion()
            && !companion::verifies(companion, self.suite(), transcript, signature)
        {
            return Err(InvalidTan::Signature);
        }
        Ok(())
    }

    pub(super) const fn modulus(&self) -> Option<&Modulus> {
        match &self.parts {
            PublicParts::Root(modulus) | PublicParts::Both(modulus, _) => Some(modulus),
            PublicParts::Signature(_) => None,
        }
    }

    const fn companion(&self) -> Option<&ml_dsa::PublicKey> {
        match &self.parts {
            PublicParts::Both(_, companion) | PublicParts::Signature(companion) => Some(companion),
            PublicParts::Root(_) => None,
        }
    }

    const fn size(&self) -> Size {
        match self.modulus() {
            Some(modulus) => modulus.size(),
            None => Size::Bits3072, // Not looked at: the suite has no root.
        }
    }

    fn of(parts: PublicParts) -> Self {
        let kid = match &parts {
            PublicParts::Root(modulus) => Digest::of(&modulus.to_octets()),
            PublicParts::Both(modulus, companion) => Digest::of(&length_prefixed(&[
                Suite::BbsTanV1MlDsa65.name().as_bytes(),
                &modulus.to_octets(),
                companion.octets(),
            ])),
            PublicParts::Signature(companion) => Digest::of(&length_prefixed(&[
                Suite::MlDsa65Chain.name().as_bytes(),
                companion.octets(),
            ])),
        };
        Self { parts, kid: Kid::new(kid) }
    }

    fn read(octets: &[u8], sizes: &[Size]) -> Result<Self, KeyError> {
        let (&suite, rest) = octets.split_first().ok_or(KeyError::UnknownSuite)?;
        let suite = Suite::of_octet(suite).ok_or(KeyError::UnknownSuite)?;
        let companion_octets = if suite.has_signature() { ml_dsa::PUBLIC_KEY_OCTETS } else { 0 };
        let split = rest.len().checked_sub(companion_octets).ok_or(KeyError::Length)?;
        let (modulus, companion) = rest.split_at(split);
        if !suite.has_root() {
            let companion = ml_dsa::PublicKey::from_octets(companion);
            let whole = companion.filter(|_| modulus.is_empty()).ok_or(KeyError::Length)?;
            return Ok(Self::of_signature(whole));
        }
        let size = Size::ALL.into_iter().find(|size| size.octets() == modulus.len());
        let size = size.ok_or(KeyError::Length)?;
        // [TAN-011] A modulus in use has 3072 or 4096 bit.
        if !sizes.contains(&size) {
            return Err(KeyError::TooSmall);
        }
        let modulus = Modulus::from_octets(modulus).map_err(KeyError::Modulus)?;
        Ok(match ml_dsa::PublicKey::from_octets(companion) {
            Some(companion) => Self::of_both(modulus, companion),
            None => Self::of_modulus(modulus),
        })
    }
}

impl TryFrom<Octets> for PublicKey {
    type Error = KeyError;
    fn try_from(octets: Octets) -> Result<Self, KeyError> {
        Self::read(&octets.0, &READABLE)
    }
}

impl From<PublicKey> for Octets {
    fn from(key: PublicKey) -> Self {
        Self(key.to_octets())
    }
}

/// A key of 2048 bit from before: good to read old evidence, and for nothing else. It registers
/// nothing and begins no chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyKey(PublicKey);

impl LegacyKey {
    /// Reads a key of `bbs-tan-v1` with 2048 bit.
    pub fn from_octets(octets: &[u8]) -> Result<Self, KeyError> {
        let key = PublicKey::read(octets, &[Size::Bits2048])?;
        // [TAN-032] Only keys of the suite and size of then: all others are in use, and read as such.
        match key.suite() {
            Suite::BbsTanV1 => Ok(Self(key)),
            Suite::BbsTanV1MlDsa65 | Suite::MlDsa65Chain => Err(KeyError::UnknownSuite),
        }
    }

    /// Whether `value` was the number of this order in its place.
    pub fn verify(
        &self,
        ctr: u64,
        link: &Link,
        order: &OrderDigest,
        audience: &Domain,
        value: &[u8],
    ) -> Result<(), InvalidTan> {
        self.0.verify(&self.0.transcript(ctr, link, order, audience), value)
    }
}

/// Octets of an anchor where there is no modulus.
pub(super) const ANCHOR_OCTETS: usize = 32;
