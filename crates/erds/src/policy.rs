//! The update of the algorithm policy that a provider publishes for its people: what no longer
//! counts, and since when. JSON in CAdES B-B under the provider's electronic seal.
//!
//! An update can only tighten what a release allows: it becomes a [`Tightening`], which has no word
//! for allowing (decision 0012). Updates replace each other in the order of their `since`; an
//! older one never comes back.

use crate::address::Domain;
use crate::format::{FormatError, from_json, to_json};
use crate::ids::claimed_time;
use crate::limits::{
    POLICY_ENDS_MAX, POLICY_NAME_CHARS_MAX, POLICY_OCTETS_MAX, POLICY_UPDATE_OCTETS_MAX,
};
use crate::outcome;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::limits::CLOCK_TOLERANCE_SECONDS;
use sealpost_cms::policy::{AlgorithmPolicy, Protection, RsaMinimum, Tightening};
use sealpost_cms::signed::{Limits, SignedData, Verification, verify_attached};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::Outcome;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version word.
pub const POLICY_VERSION: &str = "sealpost-policy/1";

/// An update, as it is sealed. A field that is not known makes it another text than it would be
/// written as, and so is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyUpdate {
    /// [`POLICY_VERSION`].
    pub version: String,
    /// Whose people follow it.
    pub domain: Domain,
    /// How the operator calls it: lower-case letters, digits, dots and hyphens.
    pub id: String,
    /// When it was set down. The one with the latest counts.
    #[serde(with = "claimed_time")]
    pub since: ClaimedTime,
    /// After this there must be a newer copy: who has none encrypts nothing.
    #[serde(with = "claimed_time")]
    pub next_update: ClaimedTime,
    /// What it takes away.
    #[serde(flatten)]
    pub restrictions: Restrictions,
}

/// What an update takes away, as operators write it and as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Restrictions {
    /// Algorithms that end earlier than in the release, in the order of their names.
    #[serde(default)]
    pub algorithms: Vec<End>,
    /// Suites that end earlier, in the same order.
    #[serde(default)]
    pub suites: Vec<End>,
    /// What letters to agents protect at least: `encrypted`, `authenticated`, `quantum-resistant`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_for_agents: Option<String>,
    /// The same for messages to ordinary mail clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_for_mail_clients: Option<String>,
    /// Longer RSA keys than the release asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rsa: Option<Rsa>,
}

/// The end of an algorithm or a suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Its name in the policy, such as `ecdh-p256` or `smime-legacy`.
    pub name: String,
    /// The last second for which it counts.
    #[serde(with = "claimed_time")]
    pub until: ClaimedTime,
}

/// A minimum for RSA keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rsa {
    /// Bits of the modulus.
    pub bits_min: u32,
    /// The first second for which they are needed.
    #[serde(with = "claimed_time")]
    pub from: ClaimedTime,
}

/// Why an update does not take the place of the one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyRefusal {
    /// It is older than the one that is known.
    RolledBack,
    /// It says something else than the known one under the same date.
    Changed,
    /// It is dated in the future by the clock of this machine.
    FromTheFuture,
    /// There must be a newer copy of it.
    OutOfDate,
}

impl PolicyRefusal {
    /// The stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RolledBack => "policy-rolled-back",
            Self::Changed => "policy-changed",
            Self::FromTheFuture => "policy-from-the-future",
            Self::OutOfDate => "policy-out-of-date",
        }
    }
}

impl fmt::Display for PolicyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for PolicyRefusal {}

impl PolicyUpdate {
    /// Reads an update. It must be in the one form that [`Self::to_json`] writes. [UPD-001]
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let update: Self = from_json(WHAT, octets, POLICY_UPDATE_OCTETS_MAX)?;
        if update.version != POLICY_VERSION {
            return Err(malformed("unknown version"));
        }
        is_name(&update.id, '.')?;
        update.restrictions.tightening(String::new())?;
        if update.to_json() != octets {
            return Err(malformed("not in the one form that it is written in"));
        }
        Ok(update)
    }

    /// The JSON text that is sealed: the fields in their order, without white space.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// How findings name it. Two updates of one provider never share a `since`.
    pub fn name(&self) -> String {
        format!("{}/{}@{}", self.domain.as_str(), self.id, self.since.rfc3339())
    }

    /// What is left of the release's policy. [UPD-002]
    pub fn effective(
        &self,
        release: &'static AlgorithmPolicy,
    ) -> Result<AlgorithmPolicy, FormatError> {
        Ok(release.tightened(self.restrictions.tightening(self.name())?))
    }

    /// Whether it takes the place of the one that is known. The same once more is no mistake, and
    /// takes it if it counts longer.
    pub fn replaces(&self, known: Option<&Self>, now: i64) -> Result<bool, PolicyRefusal> {
        // What is dated ahead would lock out all that come before that date. [UPD-003]
        if self.since.unix() > now.saturating_add(CLOCK_TOLERANCE_SECONDS) {
            return Err(PolicyRefusal::FromTheFuture);
        }
        // [UPD-004]
        if self.is_out_of_date(now) {
            return Err(PolicyRefusal::OutOfDate);
        }
        let Some(known) = known else { return Ok(true) };
        // Dates only go forward: nobody brings back what was withdrawn by showing an old update.
        // [UPD-005]
        if self.since < known.since {
            return Err(PolicyRefusal::RolledBack);
        }
        if self.since > known.since {
            return Ok(true);
        }
        let renewed = Self { next_update: self.next_update, ..known.clone() };
        if renewed != *self {
            return Err(PolicyRefusal::Changed);
        }
        Ok(self.next_update > known.next_update)
    }

    /// Whether there must be a newer copy by now. It restricts all the same: only what it may have
    /// missed is unknown.
    pub fn is_out_of_date(&self, now: i64) -> bool {
        self.next_update.unix() < now
    }
}

impl Restrictions {
    /// What it takes away from a policy, under a name for findings. Names that this release does
    /// not know are denied by it already, so they are no mistake. [UPD-006]
    pub fn tightening(&self, name: String) -> Result<Tightening, FormatError> {
        let floor = |floor: &Option<String>| {
            let known = floor.as_deref().map(Protection::of_name);
            // A floor that is not understood cannot be kept.
            if known == Some(None) {
                Err(malformed("a floor that is not known"))
            } else {
                Ok(known.flatten())
            }
        };
        let ends = |ends: &[End]| {
            if ends.len() > POLICY_ENDS_MAX {
                return Err(malformed("too many ends"));
            }
            if ends.windows(2).any(|pair| pair[0].name >= pair[1].name) {
                return Err(malformed("ends that are not in the order of their names, or twice"));
            }
            let each = ends.iter().map(|end| {
                is_name(&end.name, '-')?;
                Ok((end.name.clone(), end.until.unix()))
            });
            each.collect()
        };
        let rsa = self.rsa.map(|rsa| RsaMinimum {
            bits: usize::try_from(rsa.bits_min).unwrap_or(usize::MAX),
            from: rsa.from.unix(),
        });
        Ok(Tightening {
            name,
            algorithm_ends: ends(&self.algorithms)?,
            suite_ends: ends(&self.suites)?,
            floor_for_agents: floor(&self.floor_for_agents)?,
            floor_for_mail_clients: floor(&self.floor_for_mail_clients)?,
            rsa,
        })
    }
}

/// Verifies a sealed update of `domain`. Whether it takes effect says [`PolicyUpdate::replaces`].
pub fn verify_policy_update(
    signed: &[u8],
    domain: &Domain,
    verification: &Verification<'_>,
) -> Outcome<PolicyUpdate> {
    if signed.len() > POLICY_OCTETS_MAX {
        return Outcome::malformed("the policy update is too large");
    }
    let verification = Verification { purpose: KeyPurpose::ElectronicSeal, ..*verification };
    let read = outcome::read(verify_attached(signed, &verification), |content| {
        PolicyUpdate::from_json(content.content())
    });
    let Outcome::TotalPassed(update) = read else { return read };
    // One provider does not tighten the policy of another's people. [UPD-007]
    let names = update.finding().signer.dns_names();
    let sealed_for_domain = names.iter().any(|name| name.eq_ignore_ascii_case(domain.as_str()));
    if update.get().domain != *domain || !sealed_for_domain {
        return Outcome::mismatch("the policy update is of another provider");
    }
    Outcome::TotalPassed(update)
}

/// What a sealed update says. Nothing is believed: for one that was verified before, or to learn of
/// which domain it claims to be.
pub fn claimed_policy_update(signed: &[u8]) -> Result<PolicyUpdate, FormatError> {
    let limits = Limits { octets_max: POLICY_OCTETS_MAX };
    let read = SignedData::from_der(signed, limits).map_err(|_| malformed("no SignedData"))?;
    let content = read.claims().content().ok_or_else(|| malformed("nothing inside"))?;
    PolicyUpdate::from_json(content)
}

fn is_name(name: &str, also: char) -> Result<(), FormatError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == also;
    match !name.is_empty() && name.len() <= POLICY_NAME_CHARS_MAX && name.chars().all(fits) {
        true => Ok(()),
        false => Err(malformed("a name of other characters or another length than names have")),
    }
}

fn malformed(detail: &str) -> FormatError {
    FormatError::new(WHAT, detail)
}

const WHAT: &str = "policy update";

#[cfg(test)]
mod tests;
