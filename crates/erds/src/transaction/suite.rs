//! Which algorithms authenticate a transaction.

use sealpost_cms::blum::Size;
use sealpost_cms::ml_dsa;

/// A suite is a value; both ends of a chain keep the one they registered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// The number is a root modulo a Blum integer.
    BbsTanV1,
    /// The root and a signature with ML-DSA-65 over the same transcript. Both must hold.
    BbsTanV1MlDsa65,
    /// The number is a signature with ML-DSA-65 (FIPS 204).
    MlDsa65Chain,
}

impl Suite {
    /// Every suite.
    pub const ALL: [Self; 3] = [Self::BbsTanV1, Self::BbsTanV1MlDsa65, Self::MlDsa65Chain];

    /// The name, as in documents and configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BbsTanV1 => "bbs-tan-v1",
            Self::BbsTanV1MlDsa65 => "bbs-tan-v1+ml-dsa-65",
            Self::MlDsa65Chain => "mldsa65-chain",
        }
    }

    /// The first octet of keys and numbers. Never used again for something else.
    pub(super) const fn octet(self) -> u8 {
        match self {
            Self::BbsTanV1 => 1,
            Self::BbsTanV1MlDsa65 => 2,
            Self::MlDsa65Chain => 3,
        }
    }

    pub(super) fn of_octet(octet: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.octet() == octet)
    }

    /// Whether it rests on a modulus.
    pub(super) const fn has_root(self) -> bool {
        matches!(self, Self::BbsTanV1 | Self::BbsTanV1MlDsa65)
    }

    /// Whether it rests on ML-DSA-65.
    pub(super) const fn has_signature(self) -> bool {
        matches!(self, Self::BbsTanV1MlDsa65 | Self::MlDsa65Chain)
    }

    /// Octets of the value of a number of this suite, under a modulus of `size` if it has one.
    pub(super) const fn value_octets(self, size: Size) -> usize {
        let root = if self.has_root() { size.octets() } else { 0 };
        let signature = if self.has_signature() { ml_dsa::SIGNATURE_OCTETS } else { 0 };
        root + signature
    }
}

/// The sizes that a key in use may have.
pub(super) const STRONG: [Size; 2] = [Size::Bits3072, Size::Bits4096];

/// What states that were stored, and numbers, may hold: in tests also the printed example.
#[cfg(not(test))]
pub(super) const READABLE: [Size; 2] = STRONG;
#[cfg(test)]
pub(super) const READABLE: [Size; 3] = [Size::Bits512, Size::Bits3072, Size::Bits4096];
