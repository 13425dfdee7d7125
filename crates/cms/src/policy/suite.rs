//! Suites: which algorithms go together in one letter, for whom, and until when.

use super::{ContentEncryption, KeyEstablishment, SignatureAlgorithm};

/// Names a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SuiteId {
    /// Classical and post-quantum side by side.
    Hybrid2026,
    /// What modern S/MIME programs read.
    Smime2019,
    /// What ordinary mail clients read.
    SmimeLegacy,
    /// Static Diffie-Hellman, AES-CBC and HMAC.
    StaticDhCbcHmac,
}

impl SuiteId {
    /// All there are.
    pub const ALL: [Self; 4] =
        [Self::Hybrid2026, Self::Smime2019, Self::SmimeLegacy, Self::StaticDhCbcHmac];

    /// The identifier in policies, commands and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hybrid2026 => "hybrid-2026",
            Self::Smime2019 => "smime-2019",
            Self::SmimeLegacy => "smime-legacy",
            Self::StaticDhCbcHmac => "static-dh-cbc-hmac",
        }
    }

    /// The suite with this identifier.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.name() == name)
    }
}

/// What kind of program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Another agent of this protocol.
    Agents,
    /// An S/MIME program that knows nothing of us.
    MailClients,
}

impl Audience {
    /// The name in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::MailClients => "mail-clients",
        }
    }
}

/// What a reader, and a sender, may at least rely on. The order is that of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// Nobody else reads it; a change in the ciphertext may go unnoticed.
    Encrypted,
    /// Besides, a change in the ciphertext is noticed before anything is released.
    Authenticated,
    /// Besides, whoever records it today does not read it with a quantum computer later.
    QuantumResistant,
}

impl Protection {
    /// The name in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Authenticated => "authenticated",
            Self::QuantumResistant => "quantum-resistant",
        }
    }

    /// The protection with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Encrypted, Self::Authenticated, Self::QuantumResistant]
            .into_iter()
            .find(|protection| protection.name() == name)
    }
}

/// Whose key of the sender takes part in establishing the content key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SenderKey {
    /// None that outlives the message.
    Ephemeral,
    /// The one in the sender's own certificate: who gets hold of it reads old messages too.
    Static,
}

/// What protects a content against change whose cipher does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentMac {
    /// HMAC-SHA-256 over the ciphertext, encrypt-then-MAC in the form of RFC 6476 §4.
    HmacSha256,
}

impl ContentMac {
    /// The name in policies and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
        }
    }
}

/// Algorithms that go together.
#[derive(Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its name.
    pub id: SuiteId,
    /// Who reads it.
    pub audiences: &'static [Audience],
    /// What it protects at least, held against the floor of the policy.
    pub protection: Protection,
    /// Ways to establish the content key, best first; one is used for each recipient.
    pub establishment: &'static [KeyEstablishment],
    /// What the sender brings to that.
    pub sender_key: SenderKey,
    /// How the content is encrypted.
    pub content: ContentEncryption,
    /// What is added where that notices no change.
    pub mac: Option<ContentMac>,
    /// Ways to sign, best first. Every algorithm of one way signs, each in a SignerInfo of its own.
    pub signatures: &'static [&'static [SignatureAlgorithm]],
    /// Last second, in Unix time, for which letters are encrypted with the suite.
    pub until: i64,
}

/// What letters protect at least, by who reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Floors {
    pub(super) agents: Protection,
    pub(super) mail_clients: Protection,
}

use KeyEstablishment as Key;
use SignatureAlgorithm as Sign;

/// Best first. The ends are those of the part that ends first; `static-dh-cbc-hmac` stands last
/// because it has no forward secrecy at all.
pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: SuiteId::Hybrid2026,
        audiences: &[Audience::Agents],
        protection: Protection::QuantumResistant,
        establishment: &[Key::MlKem768X25519],
        sender_key: SenderKey::Ephemeral,
        content: ContentEncryption::Aes256Gcm,
        mac: None,
        signatures: &[&[Sign::EcdsaP256Sha256, Sign::MlDsa65]],
        until: super::END_OF_2035,
    },
    Suite {
        id: SuiteId::Smime2019,
        audiences: &[Audience::Agents, Audience::MailClients],
        protection: Protection::Authenticated,
        establishment: &[Key::EcdhP256, Key::X25519],
        sender_key: SenderKey::Ephemeral,
        content: ContentEncryption::Aes256Gcm,
        mac: None,
        signatures: &[&[Sign::EcdsaP256Sha256], &[Sign::Ed25519]],
        until: super::END_OF_2031,
    },
    Suite {
        id: SuiteId::SmimeLegacy,
        audiences: &[Audience::MailClients],
        protection: Protection::Encrypted,
        establishment: &[Key::EcdhP256, Key::RsaOaepSha256, Key::RsaPkcs1],
        sender_key: SenderKey::Ephemeral,
        content: ContentEncryption::Aes256Cbc,
        mac: None,
        signatures: &[&[Sign::EcdsaP256Sha256], &[Sign::RsaPkcs1Sha256]],
        until: super::END_OF_2030,
    },
    Suite {
        id: SuiteId::StaticDhCbcHmac,
        audiences: &[Audience::Agents],
        protection: Protection::Authenticated,
        establishment: &[Key::X25519],
        sender_key: SenderKey::Static,
        content: ContentEncryption::Aes256Cbc,
        mac: Some(ContentMac::HmacSha256),
        signatures: &[&[Sign::EcdsaP256Sha256]],
        until: super::END_OF_2030,
    },
];

/// An agent reads what notices changes, so nothing less is written for one. Ordinary mail clients
/// may read nothing better than AES-CBC, and what they get is shown for what it is.
pub(super) const FLOORS: Floors =
    Floors { agents: Protection::Authenticated, mail_clients: Protection::Encrypted };
