//! What a provider states of a chain, under its electronic seal: the answer to every submission.

use super::entry::{Entry, Fate};
use super::order::OrderDigest;
use super::transcript::{Kid, Link};
use crate::address::Domain;
use crate::format::{FormatError, from_json, to_json};
use crate::limits::{TAN_FATES_MAX, TAN_STATEMENT_OCTETS_MAX};
use crate::outcome;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::{Verification, verify_attached};
use sealpost_cms::verdict::Outcome;
use serde::{Deserialize, Serialize};

/// The version word.
pub(super) const STATEMENT_VERSION: &str = "sealpost-tan-chain/1";

/// Where the chain of a key stands, as its provider sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainStatement {
    /// `sealpost-tan-chain/1`.
    pub version: String,
    /// The provider.
    pub audience: Domain,
    /// The key.
    pub kid: Kid,
    /// The counter that the provider waits for.
    pub expected: u64,
    /// The highest number that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<StatedLast>,
    /// What became of the last orders, in the order of their counters.
    pub settled: Vec<StatedFate>,
}

/// A number with what it takes to verify it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedLast {
    /// The number.
    pub entry: Entry,
    /// What it is linked to.
    pub link_before: Link,
}

/// What became of one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedFate {
    /// The counter.
    pub ctr: u64,
    /// The order, if its number ever came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderDigest>,
    /// What became of it.
    pub fate: Fate,
}

impl ChainStatement {
    /// Reads the statement.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let statement: Self = from_json("chain statement", octets, TAN_STATEMENT_OCTETS_MAX)?;
        if statement.version != STATEMENT_VERSION || statement.settled.len() > TAN_FATES_MAX {
            return Err(FormatError::new("chain statement", "unknown version, or too long"));
        }
        Ok(statement)
    }

    /// The octets that are signed.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }
}

/// Verifies a sealed statement. Only the seal of the provider that it names counts.
pub fn verify_chain_statement(
    signed: &[u8],
    verification: &Verification<'_>,
) -> Outcome<ChainStatement> {
    let verification = Verification { purpose: KeyPurpose::ElectronicSeal, ..*verification };
    let read = outcome::read(verify_attached(signed, &verification), |content| {
        ChainStatement::from_json(content.content())
    });
    let Outcome::TotalPassed(statement) = read else { return read };
    let audience = statement.get().audience.as_str();
    // [TAN-029] The seal names the provider that the statement is by.
    let names = statement.finding().signer.dns_names();
    if !names.iter().any(|name| name.eq_ignore_ascii_case(audience)) {
        return Outcome::mismatch("the seal certificate does not name the statement's provider");
    }
    Outcome::TotalPassed(statement)
}
