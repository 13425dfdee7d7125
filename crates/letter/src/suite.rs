//! The suites of letters between Sealpost agents: which keys a letter is encrypted for.
//!
//! A letter has one suite, the best that all its recipients can read. It stands in the sender's
//! record and in everything that is said of the letter: nobody falls back without knowing.

use sealpost_cms::certificate::Certificate;
use sealpost_cms::policy::{KeyKind, SuiteId};
use serde::{Deserialize, Serialize};

/// A suite, in the order of preference: a later one is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Suite {
    /// X25519 with fixed keys on both sides, AES-CBC and HMAC (RFC 6476). It has no forward secrecy
    /// towards the sender's key, so that nobody gets it who has not asked for it.
    #[serde(rename = "static-dh-cbc-hmac")]
    StaticDhCbcHmac,
    /// ECDH on P-256 (RFC 5753): what other S/MIME programs read.
    #[serde(rename = "smime-2019")]
    Smime2019,
    /// ML-KEM-768 and X25519 side by side (RFC 9629, draft-ietf-lamps-pq-composite-kem): whoever
    /// records a letter today needs more than a quantum computer to read it.
    #[serde(rename = "hybrid-2026")]
    Hybrid2026,
}

impl Suite {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::StaticDhCbcHmac, Self::Smime2019, Self::Hybrid2026];

    /// Whether a letter may get it without that its sender has asked for it.
    pub const fn is_given_unasked(self) -> bool {
        match self {
            Self::StaticDhCbcHmac => false,
            Self::Smime2019 | Self::Hybrid2026 => true,
        }
    }

    /// What the algorithm policy calls it.
    pub const fn in_policy(self) -> SuiteId {
        match self {
            Self::StaticDhCbcHmac => SuiteId::StaticDhCbcHmac,
            Self::Smime2019 => SuiteId::Smime2019,
            Self::Hybrid2026 => SuiteId::Hybrid2026,
        }
    }

    /// The stable name.
    pub const fn id(self) -> &'static str {
        self.in_policy().name()
    }

    /// The suite of this name.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.id() == id)
    }

    /// The kind of key that a letter is encrypted for.
    pub const fn key(self) -> KeyKind {
        match self {
            Self::StaticDhCbcHmac => KeyKind::X25519,
            Self::Smime2019 => KeyKind::P256,
            Self::Hybrid2026 => KeyKind::MlKem768X25519,
        }
    }

    /// The suite that a certificate for encryption is for; none of a kind of key that no suite
    /// has.
    pub fn of(certificate: &Certificate) -> Option<Self> {
        let kind = certificate.key_kind()?;
        Self::ALL.into_iter().find(|suite| suite.key() == kind)
    }

    /// The suite of records that were written when there was no other.
    pub const fn of_earlier_records() -> Self {
        Self::Smime2019
    }
}

/// The suites that letters are written in. The other one of the policy is known, and its keys and
/// primitives are there; no letter is encrypted with it.
pub const LETTER_SUITES: &[SuiteId] =
    &[Suite::ALL[0].in_policy(), Suite::ALL[1].in_policy(), Suite::ALL[2].in_policy()];

/// The kinds of keys that letters are encrypted for, of all that these suites know.
pub const LETTER_KEYS: &[KeyKind] =
    &[Suite::ALL[0].key(), Suite::ALL[1].key(), Suite::ALL[2].key()];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_has_one_name_in_every_document() {
        for suite in Suite::ALL {
            assert_eq!(Suite::parse(suite.id()), Some(suite));
            assert!(LETTER_SUITES.contains(&suite.in_policy()));
            assert!(LETTER_KEYS.contains(&suite.key()));
            assert_eq!(serde_json::to_string(&suite).unwrap(), format!("{:?}", suite.id()));
        }
        assert_eq!(Suite::parse("smime-legacy"), None);
        assert!(Suite::Hybrid2026 > Suite::Smime2019);
        assert!(
            Suite::ALL.iter().all(|suite| suite.is_given_unasked() == (*suite >= Suite::Smime2019))
        );
    }
}
