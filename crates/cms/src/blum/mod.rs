//! Square roots modulo a Blum integer: the trapdoor one-way function beneath transaction numbers.
//!
//! A Blum integer is n = p·q with primes p ≡ q ≡ 3 (mod 4). Of every y with Jacobi symbol +1
//! exactly one of y and n − y is a square, and who knows p and q finds its root; to everybody else
//! that is as hard as factoring n. Squaring back is one multiplication.
//!
//! This is arithmetic only. It hashes nothing, so that by itself it signs nothing: whoever lets a
//! stranger choose y gives roots away. What may be a y is the business of the transaction
//! authenticator, one room higher. Nor does it say which sizes are strong enough.
//!
//! Secrets: exponentiation, the test for squares and the recombination run in constant time, over
//! a blinded number; the primes and what is computed from them are wiped on drop. What the
//! arithmetic library copies to the stack meanwhile is beyond our reach.

mod factors;
mod generate;
mod ring;
mod trapdoor;

use core::fmt;

use crypto_bigint::{U256, U512, U1024, U1536, U2048, U3072, U4096};

pub use factors::{Factors, FactorsError, KeySuspect};
use ring::Ring;

/// How large a modulus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    /// 512 bit: for printed examples. Factored in hours.
    Bits512,
    /// 2048 bit: what was common when the scheme was invented; 112 bit of strength.
    Bits2048,
    /// 3072 bit: 128 bit of strength (SP 800-57 Part 1, Table 2).
    Bits3072,
    /// 4096 bit.
    Bits4096,
}

impl Size {
    /// Every size.
    pub const ALL: [Self; 4] = [Self::Bits512, Self::Bits2048, Self::Bits3072, Self::Bits4096];

    /// The size in bits.
    #[must_use]
    pub const fn bits(self) -> usize {
        match self {
            Self::Bits512 => 512,
            Self::Bits2048 => 2048,
            Self::Bits3072 => 3072,
            Self::Bits4096 => 4096,
        }
    }

    /// The size in octets.
    #[must_use]
    pub const fn octets(self) -> usize {
        self.bits() / 8
    }

    fn of_octets(octets: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.octets() == octets)
    }
}

/// Limbs of a number of so many bits, on this machine.
const L256: usize = U256::LIMBS;
const L512: usize = U512::LIMBS;
const L1024: usize = U1024::LIMBS;
const L1536: usize = U1536::LIMBS;
const L2048: usize = U2048::LIMBS;
const L3072: usize = U3072::LIMBS;
const L4096: usize = U4096::LIMBS;

/// Why octets are no modulus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModulusError {
    /// Not of one of the sizes, or its highest bit is not set.
    Size,
    /// No product of two primes that are 3 modulo 4: those are 1 modulo 4.
    NotBlum,
}

impl ModulusError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size => "modulus-size",
            Self::NotBlum => "modulus-not-blum",
        }
    }
}

impl fmt::Display for ModulusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "the modulus has another size",
            Self::NotBlum => "the modulus is no Blum integer",
        })
    }
}

impl core::error::Error for ModulusError {}

/// Why octets are not the root of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotTheRoot {
    /// Another number of octets than the modulus.
    Size,
    /// Zero, or above n/2: the root's negative, or the root plus n.
    Range,
    /// Its Jacobi symbol is not +1: one of the other roots.
    Jacobi,
    /// Its square is neither y nor n − y.
    Square,
}

impl NotTheRoot {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size => "root-size",
            Self::Range => "root-out-of-range",
            Self::Jacobi => "root-jacobi",
            Self::Square => "root-of-another",
        }
    }
}

/// A number below the modulus whose Jacobi symbol is +1, big endian and as long as the modulus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element(Vec<u8>);

impl Element {
    /// The octets, as many as the modulus has.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

/// A modulus that everybody may know.
#[derive(Clone, PartialEq, Eq)]
pub struct Modulus(Sized);

#[derive(Clone, PartialEq, Eq)]
enum Sized {
    Bits512(Box<Ring<L512>>),
    Bits2048(Box<Ring<L2048>>),
    Bits3072(Box<Ring<L3072>>),
    Bits4096(Box<Ring<L4096>>),
}

macro_rules! in_ring {
    ($sized:expr, $ring:ident => $body:expr) => {
        match $sized {
            Sized::Bits512($ring) => $body,
            Sized::Bits2048($ring) => $body,
            Sized::Bits3072($ring) => $body,
            Sized::Bits4096($ring) => $body,
        }
    };
}

impl Modulus {
    /// Reads a modulus, big endian, of exactly one of the sizes.
    ///
    /// Nobody can see from outside whether it really has two prime factors that are 3 modulo 4;
    /// who makes another one weakens only his own key.
    pub fn from_octets(octets: &[u8]) -> Result<Self, ModulusError> {
        // [TAN-001] A modulus has exactly one of the sizes: its highest bit is set.
        let size = Size::of_octets(octets.len()).ok_or(ModulusError::Size)?;
        if octets[0] & 0x80 == 0 {
            return Err(ModulusError::Size);
        }
        // [TAN-002] (4a + 3)(4b + 3) is 1 modulo 4: anything else is no Blum integer.
        if octets.last().is_none_or(|last| last & 3 != 1) {
            return Err(ModulusError::NotBlum);
        }
        Ok(Self(match size {
            Size::Bits512 => Sized::Bits512(Box::new(Ring::new(octets))),
            Size::Bits2048 => Sized::Bits2048(Box::new(Ring::new(octets))),
            Size::Bits3072 => Sized::Bits3072(Box::new(Ring::new(octets))),
            Size::Bits4096 => Sized::Bits4096(Box::new(Ring::new(octets))),
        }))
    }

    /// The modulus, big endian.
    #[must_use]
    pub fn to_octets(&self) -> Vec<u8> {
        in_ring!(&self.0, ring => ring.modulus_octets())
    }

    /// How large it is.
    #[must_use]
    pub const fn size(&self) -> Size {
        match &self.0 {
            Sized::Bits512(_) => Size::Bits512,
            Sized::Bits2048(_) => Size::Bits2048,
            Sized::Bits3072(_) => Size::Bits3072,
            Sized::Bits4096(_) => Size::Bits4096,
        }
    }

    /// Octets that [`Self::element_of_hash`] takes: 128 bit more than the modulus, so that the
    /// remainder is as good as uniform.
    #[must_use]
    pub const fn hash_octets(&self) -> usize {
        self.size().octets() + SURPLUS_OCTETS
    }

    /// The remainder of a hash, if its Jacobi symbol is +1, which is so for every other hash.
    ///
    /// # Panics
    /// If `hash` has not [`Self::hash_octets`] octets.
    #[must_use]
    pub fn element_of_hash(&self, hash: &[u8]) -> Option<Element> {
        assert_eq!(hash.len(), self.hash_octets(), "the hash fills its domain");
        in_ring!(&self.0, ring => ring.element_of_hash(hash)).map(Element)
    }

    /// Octets that are an element already: of the modulus's length, below it, and with Jacobi
    /// symbol +1.
    #[must_use]
    pub fn element(&self, octets: &[u8]) -> Option<Element> {
        let fits = octets.len() == self.size().octets();
        (fits && in_ring!(&self.0, ring => ring.is_element(octets)))
            .then(|| Element(octets.to_vec()))
    }

    /// The square of a random number: where a chain of transaction numbers begins.
    #[must_use]
    pub fn random_square(&self, rng: &mut dyn crate::CryptoRng) -> Element {
        in_ring!(&self.0, ring => Element(ring.random_square(rng)))
    }

    /// Whether `root` is the one root of `element` or of its negative that counts: between 0 and
    /// n/2, with Jacobi symbol +1. There is exactly one, so that nobody can hide a message in the
    /// choice and nobody ever sees two roots of one number, which would betray the factors.
    pub fn check_root(&self, element: &Element, root: &[u8]) -> Result<(), NotTheRoot> {
        if root.len() != self.size().octets() || element.0.len() != root.len() {
            return Err(NotTheRoot::Size);
        }
        in_ring!(&self.0, ring => ring.check_root(&element.0, root))
    }
}

impl fmt::Debug for Modulus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Modulus({} bit)", self.size().bits())
    }
}

const SURPLUS_OCTETS: usize = 16;

#[cfg(test)]
mod tests;
