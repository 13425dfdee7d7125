//! The provider's side of a strict chain.

use super::entry::{Entry, Fate, Settled};
use super::key::PublicKey;
use super::module::KeyLimits;
use super::order::OrderDigest;
use super::refusal::{InvalidTan, Refusal, RepairError};
use super::standing::Standing;
use super::statement::{ChainStatement, STATEMENT_VERSION, StatedFate, StatedLast};
use super::tan::Tan;
use super::transcript::Link;
use super::verdict::{Acceptance, Equivocation, Verdict};
use crate::address::Domain;
use crate::format::{FormatError, from_json, to_json};
use crate::limits::{
    TAN_BRIDGING_MAX, TAN_HISTORY_MAX, TAN_OUTBOX_MAX, TAN_STATE_OCTETS_MAX, TAN_USES_MAX,
};
use sealpost_cms::time::LocalTime;
use serde::{Deserialize, Serialize};

/// What arrives with an order.
#[derive(Debug, Clone, Copy)]
pub struct Submission<'a> {
    /// The number.
    pub tan: &'a Tan,
    /// The digest of the order that came with it, computed by whoever received the order.
    pub order: OrderDigest,
    /// Earlier numbers that the module has not seen acknowledged.
    pub outstanding: &'a [Entry],
}

/// A number that a provider restored from an old copy is shown, and what had become of its order.
/// Whoever passes `Accepted` has verified the provider's own evidence for that order.
#[derive(Debug, Clone)]
pub struct Bridging(Settled);

impl From<Settled> for Bridging {
    fn from(settled: Settled) -> Self {
        Self(settled)
    }
}

impl Bridging {
    pub(super) const fn ctr(&self) -> u64 {
        self.0.entry.ctr
    }
}

/// The version word of stored states.
const VERIFIER_VERSION: &str = "sealpost-tan-verifier/1";

/// A strict chain, as its provider knows it: public values only. Whoever reads it can forge nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    version: String,
    key: PublicKey,
    audience: Domain,
    limits: KeyLimits,
    /// The last counter that was taken or passed over.
    ctr: u64,
    /// What the first of `settled` is linked to.
    link_before: Link,
    /// The last numbers without a gap, up to `ctr`.
    settled: Vec<Settled>,
    standing: Standing,
}

impl Verifier {
    pub(super) fn begin(key: PublicKey, audience: Domain, limits: KeyLimits, link: Link) -> Self {
        Self {
            version: VERIFIER_VERSION.to_owned(),
            key,
            audience,
            limits,
            ctr: 0,
            link_before: link,
            settled: Vec::new(),
            standing: Standing::Active,
        }
    }

    /// The verifier as it was stored.
    pub fn restore(octets: &[u8]) -> Result<Self, FormatError> {
        let verifier: Self = from_json("chain", octets, TAN_STATE_OCTETS_MAX)?;
        let counters = verifier.settled.iter().rev().map(|settled| settled.entry.ctr);
        let whole = counters.zip((0..=verifier.ctr).rev()).all(|(have, want)| have == want);
        let length = verifier.settled.len();
        let bounded = length <= TAN_HISTORY_MAX && verifier.ctr <= TAN_USES_MAX;
        if verifier.version != VERIFIER_VERSION || !whole || !bounded {
            return Err(FormatError::new("chain", "torn, or of an unknown version"));
        }
        Ok(verifier)
    }

    /// What is stored.
    pub fn state(&self) -> Vec<u8> {
        to_json(self)
    }

    /// The counter that comes next.
    pub const fn expected(&self) -> u64 {
        self.ctr + 1
    }

    /// Whether two numbers for one counter were seen.
    pub const fn is_frozen(&self) -> bool {
        matches!(self.standing, Standing::Frozen(_))
    }

    /// The two numbers for which the account was frozen: evidence, for whoever looks into it.
    pub fn equivocation(&self) -> Option<&(Entry, Entry)> {
        match &self.standing {
            Standing::Frozen(both) => Some(both),
            Standing::Active | Standing::Retired => None,
        }
    }

    /// The provider.
    pub const fn audience(&self) -> &Domain {
        &self.audience
    }

    /// Judges a submission. Nothing changes but by storing the state that the verdict holds.
    pub fn judge(&self, submission: &Submission<'_>, now: LocalTime) -> Verdict<Self> {
        let tan = submission.tan;
        // [TAN-041] The number is by the key of this chain, in its suite.
        if tan.kid() != self.key.kid() || tan.suite() != self.key.suite() {
            return Verdict::Invalid(InvalidTan::OtherKey);
        }
        let entry = tan.entry(submission.order);
        if entry.ctr <= self.ctr {
            return self.look_back_with(&entry, submission.outstanding);
        }
        if let Err(refusal) = self.standing.admits(&self.limits, entry.ctr, now) {
            return Verdict::Refused(refusal);
        }
        let (mut next, void) = match self.caught_up(submission.outstanding, entry.ctr) {
            Ok(caught_up) => caught_up,
            Err(verdict) => return *verdict,
        };
        // [TAN-042] A number counts in its place: one above the last.
        if entry.ctr != next.expected() {
            return Verdict::Gap { expected: next.expected() };
        }
        match next.follow(entry.clone(), Fate::Accepted) {
            Ok(()) => Verdict::Accepted(Acceptance { next, entry, void, burned: Vec::new() }),
            Err(invalid) => Verdict::Invalid(invalid),
        }
    }

    /// Where the chain stands, to be sealed and sent with every answer.
    pub fn statement(&self) -> ChainStatement {
        let before = |at: usize| match at.checked_sub(1) {
            Some(at) => self.settled[at].entry.link(),
            None => self.link_before,
        };
        let last = self.settled.last().map(|settled| StatedLast {
            entry: settled.entry.clone(),
            link_before: before(self.settled.len() - 1),
        });
        let stated = |settled: &Settled| StatedFate {
            ctr: settled.entry.ctr,
            order: Some(settled.entry.order),
            fate: settled.fate,
        };
        ChainStatement {
            version: STATEMENT_VERSION.to_owned(),
            audience: self.audience.clone(),
            kid: *self.key.kid(),
            expected: self.expected(),
            last,
            settled: self.settled.iter().map(stated).collect(),
        }
    }

    /// Follows numbers that were taken before the verifier was restored from an old copy. They
    /// need no trust: each verifies with public values alone.
    pub fn repaired(&self, bridging: &[Bridging]) -> Result<Self, RepairError> {
        if bridging.len() > TAN_BRIDGING_MAX {
            return Err(RepairError::TooMany);
        }
        match self.standing {
            Standing::Frozen(_) => return Err(RepairError::Refused(Refusal::Frozen)),
            Standing::Retired => return Err(RepairError::Refused(Refusal::Retired)),
            Standing::Active => {}
        }
        let mut next = self.clone();
        for Bridging(settled) in bridging {
            // [TAN-043] Bridging numbers follow each other without a gap, and each is genuine.
            if settled.entry.ctr != next.expected() {
                return Err(RepairError::Gap { expected: next.expected() });
            }
            if settled.entry.ctr > next.limits.uses_max() {
                return Err(RepairError::Refused(Refusal::Exhausted));
            }
            next.follow(settled.entry.clone(), settled.fate).map_err(RepairError::Invalid)?;
        }
        Ok(next)
    }

    pub(super) fn retired(self) -> Self {
        Self { standing: Standing::Retired, ..self }
    }

    /// As [`Self::look_back`]; but a number that is not linked to ours may come from a copy that went
    /// its own way, and then what it sent before gives it away.
    fn look_back_with(&self, entry: &Entry, outstanding: &[Entry]) -> Verdict<Self> {
        let verdict = self.look_back(entry);
        if !matches!(verdict, Verdict::Invalid(_)) || outstanding.len() > TAN_OUTBOX_MAX {
            return verdict;
        }
        let betrays = |verdict: &Verdict<Self>| {
            matches!(verdict, Verdict::Equivocation(_) | Verdict::Refused(Refusal::Frozen))
        };
        outstanding.iter().map(|entry| self.look_back(entry)).find(betrays).unwrap_or(verdict)
    }

    /// A counter that was used: the same number, another genuine one, or neither.
    fn look_back(&self, entry: &Entry) -> Verdict<Self> {
        let Some(at) = self.settled.iter().position(|settled| settled.entry.ctr == entry.ctr)
        else {
            return Verdict::Replay;
        };
        let kept = &self.settled[at];
        // [TAN-044] The same counter, order and value: the same answer, whatever it was.
        if kept.entry == *entry {
            return Verdict::Repeated(kept.clone());
        }
        let link = at.checked_sub(1).map_or(self.link_before, |at| self.settled[at].entry.link());
        let transcript = self.key.transcript(entry.ctr, &link, &entry.order, &self.audience);
        // [TAN-045] A second genuine number for a counter freezes the account; both are kept.
        match self.key.verify(&transcript, &entry.value.0) {
            Ok(()) if self.is_frozen() => Verdict::Refused(Refusal::Frozen),
            Ok(()) => {
                let (kept, other) = (kept.entry.clone(), entry.clone());
                let standing = Standing::Frozen(Box::new((kept.clone(), other.clone())));
                let next = Self { standing, ..self.clone() };
                Verdict::Equivocation(Equivocation { next, kept, other })
            }
            Err(invalid) => Verdict::Invalid(invalid),
        }
    }

    /// The verifier after the outstanding numbers below `ctr`, whose orders are void by that.
    fn caught_up(
        &self,
        outstanding: &[Entry],
        ctr: u64,
    ) -> Result<(Self, Vec<Entry>), Box<Verdict<Self>>> {
        // [TAN-046] At most 64 numbers are outstanding.
        if outstanding.len() > TAN_OUTBOX_MAX {
            return Err(Box::new(Verdict::Refused(Refusal::TooManyOutstanding)));
        }
        let (mut next, mut void) = (self.clone(), Vec::new());
        for entry in outstanding.iter().filter(|entry| entry.ctr < ctr) {
            if entry.ctr <= self.ctr {
                match self.look_back(entry) {
                    Verdict::Repeated(_) | Verdict::Replay => continue,
                    other => return Err(Box::new(other)),
                }
            }
            if entry.ctr != next.expected() {
                return Err(Box::new(Verdict::Gap { expected: next.expected() }));
            }
            // [TAN-047] What is passed over is genuine, and void from now on.
            let followed = next.follow(entry.clone(), Fate::Void);
            followed.map_err(|invalid| Box::new(Verdict::Invalid(invalid)))?;
            void.push(entry.clone());
        }
        Ok((next, void))
    }

    fn follow(&mut self, entry: Entry, fate: Fate) -> Result<(), InvalidTan> {
        let link = self.settled.last().map_or(self.link_before, |last| last.entry.link());
        let transcript = self.key.transcript(entry.ctr, &link, &entry.order, &self.audience);
        self.key.verify(&transcript, &entry.value.0)?;
        self.ctr = entry.ctr;
        self.settled.push(Settled { entry, fate });
        if self.settled.len() > TAN_HISTORY_MAX {
            self.link_before = self.settled.remove(0).entry.link();
        }
        Ok(())
    }
}
