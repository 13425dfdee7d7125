//! Salted digests with disclosures: evidence names parties without telling who they are.
//!
//! The format is that of RFC 9901 §4.2.1: a disclosure is the base64url text of the JSON array
//! `[salt, name, value]`, and what stands in the evidence is the base64url SHA-256 of that text.
//! The parties keep the disclosures; a provider sees one only for the moment in which it checks
//! it, and a party shows a court just those it chooses.

use crate::address::Address;
use crate::format::FormatError;
use crate::limits::{DISCLOSURE_CHARS_MAX, DISCLOSURE_SALT_OCTETS, PARTY_DIGESTS_MAX};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sealpost_cms::{CryptoRng, kdf};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The claim that carries a party's address (EN 319 522-2 I02, I06).
pub const CLAIM_IDENTIFIER: &str = "identifier";
/// The claim that carries a party's certified name (EN 319 522-2 I01, I05).
pub const CLAIM_NAME: &str = "name";

/// One opened claim about a party. Holds user text: no `Display`, and `Debug` hides the value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Disclosure {
    encoded: String,
    name: String,
    value: String,
}

/// The salted digest of one disclosure, base64url.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisclosureDigest(String);

impl DisclosureDigest {
    /// The base64url text, 43 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Disclosure {
    /// A fresh disclosure with a random salt.
    pub fn new(name: &str, value: &str, rng: &mut dyn CryptoRng) -> Self {
        let mut salt = [0; DISCLOSURE_SALT_OCTETS];
        rng.fill_bytes(&mut salt);
        let array = serde_json::json!([URL_SAFE_NO_PAD.encode(salt), name, value]);
        Self {
            encoded: URL_SAFE_NO_PAD.encode(array.to_string()),
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    /// A disclosure of a party's address.
    pub fn identifier(address: &Address, rng: &mut dyn CryptoRng) -> Self {
        Self::new(CLAIM_IDENTIFIER, address.as_str(), rng)
    }

    /// Reads the base64url text of a disclosure.
    pub fn parse(encoded: &str) -> Result<Self, FormatError> {
        let malformed = |detail| FormatError::new("disclosure", detail);
        if encoded.len() > DISCLOSURE_CHARS_MAX {
            return Err(malformed("too long"));
        }
        let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| malformed("not base64url"))?;
        let (salt, name, value): (String, String, String) = serde_json::from_slice(&json)
            .map_err(|_| malformed("not an array of salt, name and value"))?;
        // RFC 9901 §9.3: a short salt lets anyone guess the value behind the digest. [EVD-001]
        if URL_SAFE_NO_PAD.decode(&salt).map_or(0, |salt| salt.len()) < DISCLOSURE_SALT_OCTETS {
            return Err(malformed("the salt is too short"));
        }
        Ok(Self { encoded: encoded.to_owned(), name, value })
    }

    /// The digest that stands in the evidence.
    pub fn digest(&self) -> DisclosureDigest {
        DisclosureDigest(URL_SAFE_NO_PAD.encode(kdf::sha256(self.encoded.as_bytes())))
    }

    /// The text that is handed on.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// Which claim this is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclosure({})", self.name)
    }
}

impl TryFrom<String> for Disclosure {
    type Error = FormatError;
    fn try_from(encoded: String) -> Result<Self, FormatError> {
        Self::parse(&encoded)
    }
}

impl From<Disclosure> for String {
    fn from(disclosure: Disclosure) -> Self {
        disclosure.encoded
    }
}

/// How surely a party was identified, as the levels of Regulation (EU) 910/2014 Art. 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Assurance {
    /// Limited confidence, for example an invitation by the operator.
    #[serde(rename = "http://eidas.europa.eu/LoA/low")]
    Low,
    /// Substantial confidence.
    #[serde(rename = "http://eidas.europa.eu/LoA/substantial")]
    Substantial,
    /// High confidence.
    #[serde(rename = "http://eidas.europa.eu/LoA/high")]
    High,
}

impl Assurance {
    /// The word for configuration and command lines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Low, Self::Substantial, Self::High].into_iter().find(|level| level.word() == word)
    }
}

/// A party as evidence names it (EN 319 522-2 I02, I06): digests, and how surely it was
/// identified (I10, I12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyReference {
    /// Digests of the disclosures that describe the party (RFC 9901 §4.2.4.1 calls the list `_sd`).
    #[serde(rename = "_sd")]
    pub digests: Vec<DisclosureDigest>,
    /// Identity assurance of the party, if its provider states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

impl PartyReference {
    /// A reference to the party that `disclosures` describe.
    pub fn to(disclosures: &[Disclosure], assurance: Option<Assurance>) -> Self {
        Self { digests: disclosures.iter().map(Disclosure::digest).collect(), assurance }
    }

    /// Whether `disclosure` opens one of the digests.
    pub fn is_opened_by(&self, disclosure: &Disclosure) -> bool {
        self.digests.contains(&disclosure.digest())
    }

    /// The value of claim `name`, if one of `disclosures` opens it here.
    pub fn opened<'d>(&self, name: &str, disclosures: &'d [Disclosure]) -> Option<&'d str> {
        disclosures.iter().find(|d| d.name() == name && self.is_opened_by(d)).map(Disclosure::value)
    }

    /// Whether both name the same digests, whatever assurance each states.
    pub fn same_party(&self, other: &Self) -> bool {
        self.digests == other.digests
    }

    /// At least one digest, at most [`PARTY_DIGESTS_MAX`], each 32 octets in base64url. [EVD-002]
    pub fn is_well_formed(&self) -> bool {
        let is_digest = |d: &DisclosureDigest| {
            URL_SAFE_NO_PAD.decode(&d.0).is_ok_and(|octets| octets.len() == 32)
        };
        (1..=PARTY_DIGESTS_MAX).contains(&self.digests.len()) && self.digests.iter().all(is_digest)
    }
}
