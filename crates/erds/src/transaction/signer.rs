//! The secret half of a transaction key, as a security module in software holds it.

use super::companion;
use super::key::{ANCHOR_OCTETS, PublicKey};
use super::order::OrderDigest;
use super::suite::{READABLE, Suite};
use super::transcript::{Anchor, Kid, Link, Transcript};
use crate::address::Domain;
use crate::ids::Digest;
use sealpost_cms::CryptoRng;
use sealpost_cms::blum::{Factors, FactorsError, KeySuspect, Size};
use sealpost_cms::ml_dsa::{SEED_OCTETS, SigningKey};
use zeroize::Zeroizing;

/// How large the modulus of a new key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModulusSize {
    /// 3072 bit.
    Bits3072,
    /// 4096 bit.
    Bits4096,
}

/// A key that makes numbers. No `Debug`, no `Clone`; its secrets are wiped on drop.
///
/// It is made in the module and stays there; two modules never share one. It makes numbers only
/// through [`super::Module`], which remembers what it made.
///
/// ```compile_fail,E0277
/// fn leak(key: &sealpost_erds::transaction::TransactionKey) -> String { format!("{key:?}") }
/// ```
/// ```
/// fn publish(key: &sealpost_erds::transaction::TransactionKey) -> Vec<u8> { key.public().to_octets() }
/// ```
pub struct TransactionKey {
    parts: SecretParts,
    public: PublicKey,
}

enum SecretParts {
    Root(Factors),
    Both(Factors, SigningKey),
    Signature(SigningKey),
}

impl TransactionKey {
    /// A fresh key. Takes seconds where there is a modulus; `size` is not looked at where there is none.
    pub fn generate(suite: Suite, size: ModulusSize, rng: &mut dyn CryptoRng) -> Self {
        let size = match size {
            ModulusSize::Bits3072 => Size::Bits3072,
            ModulusSize::Bits4096 => Size::Bits4096,
        };
        Self::of(match suite {
            Suite::BbsTanV1 => SecretParts::Root(Factors::generate(size, rng)),
            Suite::BbsTanV1MlDsa65 => {
                SecretParts::Both(Factors::generate(size, rng), SigningKey::generate(rng))
            }
            Suite::MlDsa65Chain => SecretParts::Signature(SigningKey::generate(rng)),
        })
    }

    /// Reads what [`Self::to_octets`] wrote.
    pub fn from_octets(octets: &[u8]) -> Result<Self, FactorsError> {
        let (&suite, rest) = octets.split_first().ok_or(FactorsError::Size)?;
        let suite = Suite::of_octet(suite).ok_or(FactorsError::Size)?;
        let seed_octets = if suite.has_signature() { SEED_OCTETS } else { 0 };
        let split = rest.len().checked_sub(seed_octets).ok_or(FactorsError::Size)?;
        let (factors, seed) = rest.split_at(split);
        let signing = <&[u8; SEED_OCTETS]>::try_from(seed).ok().map(SigningKey::from_seed);
        let read = |octets: &[u8]| {
            // [TAN-019] A key of a size that is not used any more makes no numbers.
            match READABLE.into_iter().any(|size| size.octets() == octets.len()) {
                true => Factors::from_octets(octets),
                false => Err(FactorsError::Size),
            }
        };
        let parts = match (suite.has_root(), signing) {
            (true, None) => SecretParts::Root(read(factors)?),
            (true, Some(signing)) => SecretParts::Both(read(factors)?, signing),
            (false, Some(signing)) if factors.is_empty() => SecretParts::Signature(signing),
            (false, _) => return Err(FactorsError::Size),
        };
        Ok(Self::of(parts))
    }

    /// The octet of the suite, the factors and the seed, for whoever keeps keys under a key.
    pub fn to_octets(&self) -> Zeroizing<Vec<u8>> {
        let mut octets =
            Zeroizing::new(Vec::with_capacity(1 + Size::Bits4096.octets() + SEED_OCTETS));
        octets.push(self.public.suite().octet());
        if let SecretParts::Root(factors) | SecretParts::Both(factors, _) = &self.parts {
            octets.extend_from_slice(&factors.to_octets());
        }
        if let SecretParts::Both(_, signing) | SecretParts::Signature(signing) = &self.parts {
            octets.extend_from_slice(&signing.seed()[..]);
        }
        octets
    }

    /// The public half.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A fresh place for a chain to begin.
    pub(super) fn fresh_anchor(&self, rng: &mut dyn CryptoRng) -> Anchor {
        match self.public.modulus() {
            Some(modulus) => Anchor::new(modulus.random_square(rng).octets().to_vec()),
            None => {
                let mut octets = vec![0; ANCHOR_OCTETS];
                rng.fill_bytes(&mut octets);
                Anchor::new(octets)
            }
        }
    }

    /// The number of a transcript, verified with the public half before it is given out: neither a
    /// fault in the root nor one in the signature leaves. [TAN-016]
    pub(super) fn value(
        &self,
        transcript: &Transcript,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, KeySuspect> {
        let mut value = Vec::new();
        if let SecretParts::Root(factors) | SecretParts::Both(factors, _) = &self.parts {
            let element = transcript.element(factors.modulus()).ok_or(KeySuspect)?;
            value.extend_from_slice(&factors.root(&element, rng)?);
        }
        if let SecretParts::Both(_, signing) | SecretParts::Signature(signing) = &self.parts {
            value.extend_from_slice(&companion::sign(signing, self.public.suite(), transcript));
        }
        self.public.verify(transcript, &value).map_err(|_| KeySuspect)?;
        Ok(value)
    }

    /// Makes and verifies numbers over transcripts that belong to no key, no order and no provider,
    /// and forgets them. [TAN-017]
    pub(super) fn self_test(&self, rng: &mut dyn CryptoRng) -> Result<(), KeySuspect> {
        let nobody = Domain::parse("self-test.invalid").map_err(|_| KeySuspect)?;
        let link = Link::after(b"sealpost/tan-self-test/v1");
        let no_key = Kid::new(Digest::from_array([0; 32]));
        for count in 0..SELF_TESTS {
            let order = OrderDigest::self_test(count);
            self.value(&Transcript::new(&no_key, 0, &link, &order, &nobody), rng)?;
        }
        Ok(())
    }

    fn of(parts: SecretParts) -> Self {
        let public = match &parts {
            SecretParts::Root(factors) => PublicKey::of_modulus(factors.modulus().clone()),
            SecretParts::Both(factors, signing) => {
                PublicKey::of_both(factors.modulus().clone(), signing.public().clone())
            }
            SecretParts::Signature(signing) => PublicKey::of_signature(signing.public().clone()),
        };
        Self { parts, public }
    }
}

#[cfg(test)]
impl TransactionKey {
    /// This public key with the secrets of another: every number comes out wrong, as after a fault.
    pub(super) fn broken(self, other: &Self) -> Self {
        let other = Self::from_octets(&other.to_octets()).expect("a key");
        Self { parts: other.parts, public: self.public }
    }
}

/// Numbers made by one self-test: enough that a fault that comes and goes shows.
const SELF_TESTS: u8 = 8;
