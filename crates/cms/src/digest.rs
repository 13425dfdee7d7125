//! Digests of a content: which ones there are, and all that are wanted in one pass.

use const_oid::ObjectIdentifier;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::attributes::{SHA256, SHA384, SHA512};

/// A digest of FIPS 180-4 that signatures go with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// From its object identifier (RFC 5754 §2); `None` is "not one of ours".
    #[must_use]
    pub const fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        match oid {
            SHA256 => Some(Self::Sha256),
            SHA384 => Some(Self::Sha384),
            SHA512 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => SHA256,
            Self::Sha384 => SHA384,
            Self::Sha512 => SHA512,
        }
    }

    /// Its length.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The name in policies, findings and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The digest of octets in memory.
    #[must_use]
    pub fn of(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha384 => Sha384::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
        }
    }
}

/// A content by its digests and size: the content itself may be anywhere.
///
/// SHA-256 is always there, since by it contents are named in this house; others only where a
/// signature goes with them (see [`crate::policy::SignatureAlgorithm::digest`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRef {
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// How many octets it has.
    pub octets: u64,
    sha384: Option<[u8; 48]>,
    sha512: Option<[u8; 64]>,
}

impl ContentRef {
    /// Of octets in memory, with SHA-256 alone.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        Self::with(content, &[])
    }

    /// Of octets in memory, with these digests besides SHA-256.
    #[must_use]
    pub fn with(content: &[u8], wanted: &[DigestAlgorithm]) -> Self {
        let mut digester = ContentDigester::new(wanted);
        digester.update(content);
        digester.finish()
    }

    /// From a SHA-256 that was computed elsewhere.
    #[must_use]
    pub const fn from_sha256(digest: [u8; 32], octets: u64) -> Self {
        Self { digest, octets, sha384: None, sha512: None }
    }

    /// One of the digests, if it was computed.
    #[must_use]
    pub fn get(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        match algorithm {
            DigestAlgorithm::Sha256 => Some(&self.digest),
            DigestAlgorithm::Sha384 => self.sha384.as_ref().map(<[u8; 48]>::as_slice),
            DigestAlgorithm::Sha512 => self.sha512.as_ref().map(<[u8; 64]>::as_slice),
        }
    }
}

/// Digests a content as it passes by, once for all signatures that will cover it.
#[derive(Clone)]
pub struct ContentDigester {
    octets: u64,
    sha256: Sha256,
    sha384: Option<Sha384>,
    sha512: Option<Sha512>,
}

impl ContentDigester {
    /// Begins, with these digests besides SHA-256.
    #[must_use]
    pub fn new(wanted: &[DigestAlgorithm]) -> Self {
        Self {
            octets: 0,
            sha256: Sha256::new(),
            sha384: wanted.contains(&DigestAlgorithm::Sha384).then(Sha384::new),
            sha512: wanted.contains(&DigestAlgorithm::Sha512).then(Sha512::new),
        }
    }

    /// Takes the next piece. Pieces may have any length.
    pub fn update(&mut self, octets: &[u8]) {
        self.octets += octets.len() as u64;
        self.sha256.update(octets);
        if let Some(sha384) = &mut self.sha384 {
            sha384.update(octets);
        }
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(octets);
        }
    }

    /// Ends.
    #[must_use]
    pub fn finish(self) -> ContentRef {
        ContentRef {
            digest: self.sha256.finalize().into(),
            octets: self.octets,
            sha384: self.sha384.map(|sha384| sha384.finalize().into()),
            sha512: self.sha512.map(|sha512| sha512.finalize().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_give_what_the_whole_gives_and_only_what_was_wanted() {
        let all = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
        let content = b"It is hereby certified.";
        let mut digester = ContentDigester::new(&all);
        content.chunks(7).for_each(|piece| digester.update(piece));
        let digests = digester.finish();
        assert_eq!(digests, ContentRef::with(content, &all));
        assert_eq!(digests.octets, 23);
        for algorithm in all {
            assert_eq!(digests.get(algorithm), Some(&algorithm.of(content)[..]));
            assert_eq!(algorithm.of(content).len(), algorithm.octets());
            assert_eq!(DigestAlgorithm::from_oid(algorithm.oid()), Some(algorithm));
        }
        let plain = ContentRef::of(content);
        assert_eq!(plain, ContentRef::from_sha256(digests.digest, 23));
        assert_eq!(plain.get(DigestAlgorithm::Sha256), Some(&digests.digest[..]));
        assert_eq!(plain.get(DigestAlgorithm::Sha512), None);
    }

    #[test]
    fn fips_180_4_examples() {
        // "abc".
        assert!(
            hex::encode(DigestAlgorithm::Sha384.of(b"abc")).starts_with("cb00753f45a35e8bb5a03d69")
        );
        assert!(
            hex::encode(DigestAlgorithm::Sha512.of(b"abc")).starts_with("ddaf35a193617abacc417349")
        );
    }
}
