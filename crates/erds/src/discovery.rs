//! The discovery document: what a provider says of itself (EN 319 522-2 §9, ERDSMetadata), sealed
//! by its electronic seal and served at `/.well-known/sealpost`.

use crate::address::Domain;
use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Octets, claimed_time};
use crate::limits::DISCOVERY_OCTETS_MAX;
use crate::mode::ConsignmentMode;
use crate::outcome;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::hpke::RoutingPublicKey;
use sealpost_cms::signed::{Verification, verify_attached};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::{Outcome, Shortfall, SubIndication};
use serde::{Deserialize, Serialize};

/// The version word.
pub const DISCOVERY_VERSION: &str = "sealpost-discovery/1";
/// The product modes of evidence that exist; see `docs/evidence.md`.
pub const EVIDENCE_MODE_PRIVATE: &str = "erds-private";

/// ERDSMetadata of one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discovery {
    /// [`DISCOVERY_VERSION`].
    pub version: String,
    /// ERDSDomain.
    pub domain: Domain,
    /// ERDSGoverningBody: the legal name.
    pub organisation: String,
    /// Which of the three product modes its evidence is issued in.
    pub evidence_mode: String,
    /// ERDSSupportedConsignmentModes.
    pub consignment_modes: Vec<ConsignmentMode>,
    /// ERDSExpiryDateAndTimeSupport.
    pub expiry_supported: bool,
    /// ERDSScheduledDeliverySupport.
    pub scheduled_delivery_supported: bool,
    /// Where the relay interface is: `host:port`, TLS with the provider's certificate.
    pub relay_endpoint: String,
    /// The certificates in use.
    pub certificates: ProviderCertificates,
    /// The key for which slips and directory queries are sealed.
    pub routing_key: RoutingKeyEntry,
    /// The name under which the provider's transparency log will sign checkpoints.
    pub log_origin: String,
    /// The largest submission it takes.
    pub letter_octets_max: u64,
    /// The largest objects beside one letter that it takes, together; zero if it takes none.
    #[serde(default)]
    pub objects_octets_max: u64,
    /// When this document was made.
    #[serde(with = "claimed_time")]
    pub issued: ClaimedTime,
    /// After this time the document must not be used.
    #[serde(with = "claimed_time")]
    pub next_update: ClaimedTime,
}

/// DER certificates of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderCertificates {
    /// Signs evidence.
    pub electronic_seal: Octets,
    /// Signs time-stamps, if the provider has its own authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_stamping: Option<Octets>,
    /// The root (or the one certificate) of an external time-stamping authority, which whoever
    /// believes this provider believes for time, and for time alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_stamping_root: Option<Octets>,
}

/// An HPKE public key and its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingKeyEntry {
    /// `DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM`.
    pub suite: String,
    /// The 32 octets of the public key.
    pub public_key: Octets,
}

/// The suite of every routing key (RFC 9180 §7).
pub const ROUTING_SUITE: &str = "DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM";

impl RoutingKeyEntry {
    /// The entry for a key.
    pub fn of(key: &RoutingPublicKey) -> Self {
        Self { suite: ROUTING_SUITE.to_owned(), public_key: Octets(key.to_bytes().to_vec()) }
    }

    /// The key, if its suite is known.
    pub fn key(&self) -> Result<RoutingPublicKey, FormatError> {
        let malformed = |detail| FormatError::new("routing key", detail);
        if self.suite != ROUTING_SUITE {
            return Err(malformed("unknown suite"));
        }
        let octets: [u8; 32] =
            self.public_key.0.as_slice().try_into().map_err(|_| malformed("not 32 octets"))?;
        Ok(RoutingPublicKey::from_bytes(octets))
    }
}

impl Discovery {
    /// Reads the document.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let discovery: Self = from_json("discovery document", octets, DISCOVERY_OCTETS_MAX)?;
        if discovery.version != DISCOVERY_VERSION {
            return Err(FormatError::new("discovery document", "unknown version"));
        }
        discovery.routing_key.key()?;
        Ok(discovery)
    }

    /// The JSON text that is sealed.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }
}

/// Verifies a sealed discovery document of `domain`.
pub fn verify_discovery(
    signed: &[u8],
    domain: &Domain,
    verification: &Verification<'_>,
) -> Outcome<Discovery> {
    if signed.len() > DISCOVERY_OCTETS_MAX {
        return Outcome::malformed("the document is too large");
    }
    let now = verification.now.unix();
    let verification = Verification { purpose: KeyPurpose::ElectronicSeal, ..*verification };
    let read = outcome::read(verify_attached(signed, &verification), |content| {
        Discovery::from_json(content.content())
    });
    let Outcome::TotalPassed(discovery) = read else { return read };
    // A document of one provider must not describe another. [DIS-001]
    let sealed_for_domain = discovery
        .finding()
        .signer
        .dns_names()
        .iter()
        .any(|name| name.eq_ignore_ascii_case(domain.as_str()));
    if discovery.get().domain != *domain || !sealed_for_domain {
        return Outcome::mismatch("the discovery document is about another domain");
    }
    // An old document may name keys that are no longer in use. [DIS-002]
    if discovery.get().next_update.unix() < now {
        let expired =
            Shortfall::new(SubIndication::Expired, "the discovery document is out of date");
        return Outcome::fell_short(discovery.into_parts().0, expired);
    }
    Outcome::TotalPassed(discovery)
}
