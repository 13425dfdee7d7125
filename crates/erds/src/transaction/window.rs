//! The provider's side of the window variant, for senders whose orders overtake each other.
//!
//! All numbers of an epoch share one link, the digest of the last number of the epoch before. A
//! bitmap says which of the 64 counters above the base were used; a counter that was skipped for
//! a day is burned, and its order void. An epoch ends with a number that says so.

use super::entry::{Entry, Fate, Settled};
use super::key::PublicKey;
use super::module::KeyLimits;
use super::order::OrderDigest;
use super::refusal::{InvalidTan, Refusal};
use super::standing::Standing;
use super::statement::{ChainStatement, STATEMENT_VERSION, StatedFate, StatedLast};
use super::transcript::Link;
use super::verdict::{Acceptance, Equivocation, Verdict};
use super::verifier::Submission;
use crate::address::Domain;
use crate::format::{FormatError, from_json, to_json};
use crate::limits::{
    TAN_BURN_SECONDS, TAN_FATES_MAX, TAN_HISTORY_MAX, TAN_STATE_OCTETS_MAX, TAN_USES_MAX,
    TAN_WINDOW,
};
use sealpost_cms::time::LocalTime;
use serde::{Deserialize, Serialize};

/// The version word of stored states.
const WINDOW_VERSION: &str = "sealpost-tan-window/1";

/// A chain whose numbers may arrive in any order within a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowVerifier {
    version: String,
    key: PublicKey,
    audience: Domain,
    limits: KeyLimits,
    /// What the numbers of this epoch are linked to.
    seed: Link,
    /// Every counter up to here was used or burned.
    base: u64,
    /// Bit i: whether counter base + 1 + i was used or burned.
    taken: u64,
    /// Counters below a used one that did not come yet, and since when.
    skipped: Vec<Skipped>,
    /// The last numbers that were taken, with what they are linked to.
    used: Vec<Used>,
    /// The last counters that were burned.
    burned: Vec<u64>,
    standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Skipped {
    ctr: u64,
    since: LocalTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Used {
    entry: Entry,
    seed: Link,
}

impl WindowVerifier {
    pub(super) fn begin(key: PublicKey, audience: Domain, limits: KeyLimits, seed: Link) -> Self {
        Self {
            version: WINDOW_VERSION.to_owned(),
            key,
            audience,
            limits,
            seed,
            base: 0,
            taken: 0,
            skipped: Vec::new(),
            used: Vec::new(),
            burned: Vec::new(),
            standing: Standing::Active,
        }
    }

    /// The verifier as it was stored.
    pub fn restore(octets: &[u8]) -> Result<Self, FormatError> {
        let verifier: Self = from_json("window", octets, TAN_STATE_OCTETS_MAX)?;
        let bounded = verifier.used.len() <= TAN_HISTORY_MAX
            && verifier.burned.len() <= TAN_HISTORY_MAX
            && verifier.skipped.len() < TAN_WINDOW as usize
            && verifier.base <= TAN_USES_MAX;
        let torn = || FormatError::new("window", "torn, or of an unknown version");
        if verifier.version != WINDOW_VERSION || !bounded || verifier.taken & 1 == 1 {
            return Err(torn());
        }
        let inside = |ctr: u64| !verifier.is_taken(ctr) && ctr - verifier.base <= TAN_WINDOW;
        let ascending = verifier.skipped.windows(2).all(|pair| pair[0].ctr < pair[1].ctr);
        if !ascending || !verifier.skipped.iter().all(|skipped| inside(skipped.ctr)) {
            return Err(torn());
        }
        Ok(verifier)
    }

    /// What is stored.
    pub fn state(&self) -> Vec<u8> {
        to_json(self)
    }

    /// Every counter up to here was used or burned.
    pub const fn base(&self) -> u64 {
        self.base
    }

    /// Whether two numbers for one counter were seen.
    pub const fn is_frozen(&self) -> bool {
        matches!(self.standing, Standing::Frozen(_))
    }

    /// Judges a submission. `outstanding` is not looked at: each number comes with its own order.
    pub fn judge(&self, submission: &Submission<'_>, now: LocalTime) -> Verdict<Self> {
        let tan = submission.tan;
        if tan.kid() != self.key.kid() || tan.suite() != self.key.suite() {
            return Verdict::Invalid(InvalidTan::OtherKey);
        }
        let entry = tan.entry(submission.order);
        if let Some(used) = self.used.iter().find(|used| used.entry.ctr == entry.ctr) {
            return self.look_back(used, &entry);
        }
        let (next, burned) = self.after_burning(now);
        // [TAN-050] A counter at or below the base is never used again.
        if entry.ctr <= next.base {
            let given_up = next.burned.contains(&entry.ctr);
            return if given_up { Verdict::Refused(Refusal::Burned) } else { Verdict::Replay };
        }
        if next.is_taken(entry.ctr) {
            return Verdict::Refused(Refusal::Burned);
        }
        if let Err(refusal) = next.standing.admits(&next.limits, entry.ctr, now) {
            return Verdict::Refused(refusal);
        }
        // [TAN-051] Nothing counts that is more than 64 counters ahead of the base.
        if entry.ctr > next.base + TAN_WINDOW {
            return Verdict::Gap { expected: next.base + 1 };
        }
        let transcript = next.key.transcript(entry.ctr, &next.seed, &entry.order, &next.audience);
        if let Err(invalid) = next.key.verify(&transcript, &entry.value.0) {
            return Verdict::Invalid(invalid);
        }
        next.taking(entry, burned, now)
    }

    /// The verifier after giving up what was skipped for a day, and which counters that were. Their
    /// orders are void.
    pub fn after_burning(&self, now: LocalTime) -> (Self, Vec<u64>) {
        let mut next = self.clone();
        // [TAN-052] A counter that was skipped a day ago is burned.
        let over = |skipped: &Skipped| now.unix() - skipped.since.unix() >= TAN_BURN_SECONDS;
        let burned: Vec<u64> =
            next.skipped.iter().filter(|it| over(it)).map(|skipped| skipped.ctr).collect();
        next.burn(&burned);
        (next, burned)
    }

    /// Where the chain stands, to be sealed and sent with every answer.
    pub fn statement(&self) -> ChainStatement {
        let highest = self.used.iter().max_by_key(|used| used.entry.ctr);
        let taken = self.used.iter().map(|used| StatedFate {
            ctr: used.entry.ctr,
            order: Some(used.entry.order),
            fate: Fate::Accepted,
        });
        let burned = |&ctr: &u64| StatedFate { ctr, order: None, fate: Fate::Void };
        let mut settled: Vec<StatedFate> = taken.chain(self.burned.iter().map(burned)).collect();
        settled.sort_by_key(|stated| stated.ctr);
        debug_assert!(settled.len() <= TAN_FATES_MAX);
        ChainStatement {
            version: STATEMENT_VERSION.to_owned(),
            audience: self.audience.clone(),
            kid: *self.key.kid(),
            expected: self.base + 1,
            last: highest
                .map(|used| StatedLast { entry: used.entry.clone(), link_before: used.seed }),
            settled,
        }
    }

    fn look_back(&self, used: &Used, entry: &Entry) -> Verdict<Self> {
        if used.entry == *entry {
            let settled = Settled { entry: used.entry.clone(), fate: Fate::Accepted };
            return Verdict::Repeated(settled);
        }
        let transcript = self.key.transcript(entry.ctr, &used.seed, &entry.order, &self.audience);
        // [TAN-053] In the window too, a second genuine number for a counter freezes the account.
        match self.key.verify(&transcript, &entry.value.0) {
            Ok(()) if self.is_frozen() => Verdict::Refused(Refusal::Frozen),
            Ok(()) => {
                let (kept, other) = (used.entry.clone(), entry.clone());
                let standing = Standing::Frozen(Box::new((kept.clone(), other.clone())));
                let next = Self { standing, ..self.clone() };
                Verdict::Equivocation(Equivocation { next, kept, other })
            }
            Err(invalid) => Verdict::Invalid(invalid),
        }
    }

    /// Takes a genuine number inside the window.
    fn taking(mut self, entry: Entry, mut burned: Vec<u64>, now: LocalTime) -> Verdict<Self> {
        let ends_epoch = entry.order == OrderDigest::epoch_change(&self.seed);
        let highest = self.base + u64::from(u64::BITS - self.taken.leading_zeros());
        // [TAN-054] The number that ends an epoch is its last: none above it was used.
        if ends_epoch && entry.ctr < highest {
            return Verdict::Refused(Refusal::EpochPassed);
        }
        self.used.push(Used { entry: entry.clone(), seed: self.seed });
        if self.used.len() > TAN_HISTORY_MAX {
            self.used.remove(0);
        }
        for ctr in self.base + 1..entry.ctr {
            if !self.is_taken(ctr) && !self.skipped.iter().any(|skipped| skipped.ctr == ctr) {
                self.skipped.push(Skipped { ctr, since: now });
            }
        }
        self.skipped.retain(|skipped| skipped.ctr != entry.ctr);
        if ends_epoch {
            // Numbers of the old epoch that are still on their way come too late.
            let late: Vec<u64> = self.skipped.iter().map(|skipped| skipped.ctr).collect();
            self.burn(&late);
            burned.extend(late);
            self.seed = entry.link();
        }
        self.mark(entry.ctr);
        Verdict::Accepted(Acceptance { next: self, entry, void: Vec::new(), burned })
    }

    fn burn(&mut self, counters: &[u64]) {
        self.skipped.retain(|skipped| !counters.contains(&skipped.ctr));
        self.burned.extend_from_slice(counters);
        let surplus = self.burned.len().saturating_sub(TAN_HISTORY_MAX);
        self.burned.drain(..surplus);
        for &ctr in counters {
            self.mark(ctr);
        }
    }

    fn is_taken(&self, ctr: u64) -> bool {
        match ctr.checked_sub(self.base + 1) {
            None => true,
            Some(bit) => bit < TAN_WINDOW && self.taken >> bit & 1 == 1,
        }
    }

    /// Marks a counter inside the window, and moves the base over all that are marked.
    fn mark(&mut self, ctr: u64) {
        self.taken |= 1 << (ctr - self.base - 1);
        let over = self.taken.trailing_ones();
        self.base += u64::from(over);
        self.taken = self.taken.checked_shr(over).unwrap_or(0);
    }
}
