//! The secret half: the factors, of whatever size.

use core::fmt;

use crypto_bigint::Uint;
use zeroize::Zeroizing;

use super::generate::{check, generate};
use super::trapdoor::Trapdoor;
use super::{Element, L256, L512, L1024, L1536, L2048, L3072, L4096, Modulus, Size};
use crate::CryptoRng;

/// Why octets are no factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactorsError {
    /// Not two factors of one of the sizes.
    Size,
    /// A factor is not 3 modulo 4, or its two highest bits are not set.
    Form,
    /// A factor is not prime.
    NotPrime,
    /// The factors are so close that their product is easily taken apart.
    TooClose,
}

impl FactorsError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size => "factors-size",
            Self::Form => "factors-form",
            Self::NotPrime => "factors-not-prime",
            Self::TooClose => "factors-too-close",
        }
    }
}

impl fmt::Display for FactorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "the factors have another size",
            Self::Form => "a factor does not have the form of a Blum prime",
            Self::NotPrime => "a factor is not prime",
            Self::TooClose => "the factors are too close to each other",
        })
    }
}

impl core::error::Error for FactorsError {}

/// A root came out wrong: a fault in the machine, or somebody who induces one. Nothing was released.
/// The key must not be used before the module has tested itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySuspect;

impl KeySuspect {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "key-suspect"
    }
}

impl fmt::Display for KeySuspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a root came out wrong; the key is suspect")
    }
}

impl core::error::Error for KeySuspect {}

/// The factors of a modulus. No `Debug`, no `Clone`, wiped on drop.
///
/// ```compile_fail,E0277
/// fn leak(factors: &sealpost_cms::blum::Factors) -> String { format!("{factors:?}") }
/// ```
/// ```
/// fn publish(factors: &sealpost_cms::blum::Factors) -> Vec<u8> { factors.modulus().to_octets() }
/// ```
pub struct Factors {
    sized: Sized,
    modulus: Modulus,
}

enum Sized {
    Bits512(Box<Trapdoor<L256, L512>>),
    Bits2048(Box<Trapdoor<L1024, L2048>>),
    Bits3072(Box<Trapdoor<L1536, L3072>>),
    Bits4096(Box<Trapdoor<L2048, L4096>>),
}

macro_rules! through {
    ($sized:expr, $trapdoor:ident => $body:expr) => {
        match $sized {
            Sized::Bits512($trapdoor) => $body,
            Sized::Bits2048($trapdoor) => $body,
            Sized::Bits3072($trapdoor) => $body,
            Sized::Bits4096($trapdoor) => $body,
        }
    };
}

impl Factors {
    /// Fresh factors of a modulus of this size. Takes seconds.
    #[must_use]
    pub fn generate(size: Size, rng: &mut dyn CryptoRng) -> Self {
        let sized = match size {
            Size::Bits512 => Sized::Bits512(fresh(rng)),
            Size::Bits2048 => Sized::Bits2048(fresh(rng)),
            Size::Bits3072 => Sized::Bits3072(fresh(rng)),
            Size::Bits4096 => Sized::Bits4096(fresh(rng)),
        };
        Self::of(sized)
    }

    /// Reads what [`Self::to_octets`] wrote, and checks it as if a stranger had written it.
    pub fn from_octets(octets: &[u8]) -> Result<Self, FactorsError> {
        let size = Size::of_octets(octets.len()).ok_or(FactorsError::Size)?;
        let sized = match size {
            Size::Bits512 => Sized::Bits512(read(octets)?),
            Size::Bits2048 => Sized::Bits2048(read(octets)?),
            Size::Bits3072 => Sized::Bits3072(read(octets)?),
            Size::Bits4096 => Sized::Bits4096(read(octets)?),
        };
        Ok(Self::of(sized))
    }

    /// p and q, big endian, one after the other, for whoever keeps keys under a key.
    #[must_use]
    pub fn to_octets(&self) -> Zeroizing<Vec<u8>> {
        through!(&self.sized, trapdoor => trapdoor.octets())
    }

    /// The product.
    #[must_use]
    pub const fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// The root that [`Modulus::check_root`] takes, checked by it before it is given out. The random
    /// source only blinds; the result does not depend on it.
    pub fn root(&self, element: &Element, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, KeySuspect> {
        if element.octets().len() != self.modulus.size().octets() {
            return Err(KeySuspect);
        }
        through!(&self.sized, trapdoor => trapdoor.root(element.octets(), rng))
    }

    fn of(sized: Sized) -> Self {
        let octets = through!(&sized, trapdoor => trapdoor.modulus_octets());
        let modulus = Modulus::from_octets(&octets).expect("checked factors make a Blum integer");
        Self { sized, modulus }
    }
}

fn fresh<const H: usize, const N: usize>(rng: &mut dyn CryptoRng) -> Box<Trapdoor<H, N>> {
    let (p, q) = generate(rng);
    Box::new(Trapdoor::new(&p, &q).expect("primes that are far apart have no common factor"))
}

fn read<const H: usize, const N: usize>(
    octets: &[u8],
) -> Result<Box<Trapdoor<H, N>>, FactorsError> {
    let (p, q) = octets.split_at(octets.len() / 2);
    let (p, q): (Zeroizing<Uint<H>>, Zeroizing<Uint<H>>) =
        (Zeroizing::new(Uint::from_be_slice(p)), Zeroizing::new(Uint::from_be_slice(q)));
    check(&p, &q)?;
    Trapdoor::new(&p, &q).map(Box::new).ok_or(FactorsError::TooClose)
}

#[cfg(test)]
impl Factors {
    /// Breaks one half, as a fault in the machine would.
    pub(super) fn break_half(&mut self, which: usize) {
        let Sized::Bits512(trapdoor) = &mut self.sized else { panic!("tests break small keys") };
        match which {
            0 => trapdoor.p.exponent = trapdoor.p.exponent.wrapping_add(&Uint::ONE),
            1 => trapdoor.q.exponent = trapdoor.q.exponent.wrapping_add(&Uint::ONE),
            _ => trapdoor.q_inverse = trapdoor.q_inverse.wrapping_sub(&Uint::ONE),
        }
    }
}
