//! What somebody else may take away from the policy of a release, and never add.
//!
//! A [`Tightening`] has no way to say "allow": it is asked only after the release has allowed, and
//! can answer nothing but "no longer since then". Whoever publishes one can so refuse, and not
//! weaken.

use std::collections::BTreeMap;

use super::{AlgorithmPolicy, Protection, Suite, SuiteId};
use crate::verdict::{PolicyId, Shortfall, SubIndication};

/// Ends that come earlier, and minima that are higher, than the release has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tightening {
    /// How findings name it, beside the policy of the release.
    pub name: String,
    /// The last second, in Unix time, for which algorithms count, by their names in the policy.
    /// A name that the release does not know is denied already.
    pub algorithm_ends: BTreeMap<String, i64>,
    /// The last second for which suites count, by their identifiers.
    pub suite_ends: BTreeMap<String, i64>,
    /// What letters to agents protect at least.
    pub floor_for_agents: Option<Protection>,
    /// What messages to ordinary mail clients protect at least.
    pub floor_for_mail_clients: Option<Protection>,
    /// A higher minimum for RSA keys.
    pub rsa: Option<RsaMinimum>,
}

/// A minimum for RSA keys, which counts from some time on: signatures that are proven to be older
/// keep theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RsaMinimum {
    /// Bits of the modulus.
    pub bits: usize,
    /// The first second, in Unix time, for which they are needed.
    pub from: i64,
}

impl AlgorithmPolicy {
    /// This policy of a release, and besides everything that `tightening` takes away.
    ///
    /// Only what is compiled in can be tightened: from a policy that was tightened before, another
    /// update would have to lift what the first one forbade.
    ///
    /// ```compile_fail,E0597
    /// # use sealpost_cms::policy::{AlgorithmPolicy, Tightening};
    /// let once = AlgorithmPolicy::current().tightened(Tightening::default());
    /// let twice = once.tightened(Tightening::default());
    /// ```
    /// ```
    /// # use sealpost_cms::policy::{AlgorithmPolicy, Tightening};
    /// let once = AlgorithmPolicy::current().tightened(Tightening::default());
    /// ```
    #[must_use]
    pub fn tightened(&'static self, tightening: Tightening) -> Self {
        let id = PolicyId::effective(&self.id, &tightening.name);
        Self { id, tightening: Some(tightening), ..self.clone() }
    }

    /// The policy of the release alone.
    pub(super) fn of_the_release(&self) -> Self {
        Self { tightening: None, ..self.clone() }
    }

    /// The earlier of the release's end of an algorithm and the update's.
    pub(super) fn end_of(&self, name: &str, end: i64) -> i64 {
        let earlier = self.tightening.as_ref().and_then(|it| it.algorithm_ends.get(name));
        earlier.map_or(end, |earlier| end.min(*earlier))
    }

    /// The last second for which a suite counts: its own end, or the update's if that is earlier.
    pub fn end_of_suite(&self, suite: &Suite) -> i64 {
        let earlier = self.tightening.as_ref().and_then(|it| it.suite_ends.get(suite.id.name()));
        earlier.map_or(suite.until, |earlier| suite.until.min(*earlier))
    }

    /// Bits that an RSA modulus needs at some time: never fewer than the release says.
    pub(super) fn rsa_bits_min(&self, bits_min: usize, at: i64) -> usize {
        match self.tightening.as_ref().and_then(|it| it.rsa) {
            Some(RsaMinimum { bits, from }) if at >= from => bits_min.max(bits),
            _ => bits_min,
        }
    }

    /// Whether something that has no end in the release, such as a digest, counts at `at` by what
    /// the update says. [POL-022]
    pub(crate) fn check_not_withdrawn(&self, name: &str, at: i64) -> Result<(), Shortfall> {
        let end = self.end_of(name, i64::MAX);
        if at <= end {
            return Ok(());
        }
        let until = crate::time::format_rfc3339(end);
        let detail = format!("{name} counts until {until} in policy {}", self.id);
        Err(Shortfall::new(SubIndication::CryptoConstraintsFailure, detail))
    }

    /// The suite of this policy with an identifier.
    pub fn suite(&self, id: SuiteId) -> Option<&'static Suite> {
        self.suites.iter().find(|suite| suite.id == id)
    }
}

#[cfg(test)]
mod tests;
