//! Whether a key is in use, for both kinds of verifier.

use super::entry::Entry;
use super::module::KeyLimits;
use super::refusal::Refusal;
use sealpost_cms::time::LocalTime;
use serde::{Deserialize, Serialize};

/// Whether a key may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Standing {
    /// In use.
    Active,
    /// Handed over to another key.
    Retired,
    /// Two numbers for one counter were seen; here they are.
    Frozen(Box<(Entry, Entry)>),
}

impl Standing {
    /// [TAN-040] Frozen and retired keys, and keys past their time or uses, are not looked at.
    pub(super) fn admits(
        &self,
        limits: &KeyLimits,
        ctr: u64,
        now: LocalTime,
    ) -> Result<(), Refusal> {
        match self {
            Self::Frozen(_) => Err(Refusal::Frozen),
            Self::Retired => Err(Refusal::Retired),
            Self::Active if now > limits.not_after() => Err(Refusal::Expired),
            Self::Active if ctr > limits.uses_max() => Err(Refusal::Exhausted),
            Self::Active => Ok(()),
        }
    }
}
