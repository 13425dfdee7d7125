//! What the module sent: not yet acknowledged, and the last that were.

use super::entry::{Entry, Fate, Settled};
use super::module::{Chaining, Module};
use super::order::OrderDigest;
use super::refusal::{LearnError, PrepareError};
use super::statement::{ChainStatement, StatedFate, StatedLast};
use super::transcript::Link;
use super::verifier::Bridging;
use crate::limits::{TAN_HISTORY_MAX, TAN_OUTBOX_MAX};
use sealpost_cms::verdict::Verified;
use serde::{Deserialize, Serialize};

/// Both lists in the order of their counters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outbox {
    pending: Vec<Entry>,
    settled: Vec<Settled>,
}

/// What a provider's statement told.
#[derive(Debug)]
#[must_use = "orders that are void are to be made anew"]
pub struct Learned {
    /// The module that knows it. Store it before the next number.
    pub module: Module,
    /// Orders that were taken.
    pub accepted: Vec<OrderDigest>,
    /// Orders that will never be carried out.
    pub void: Vec<OrderDigest>,
    /// Orders of which the statement no longer says anything; their evidence does.
    pub unknown: Vec<OrderDigest>,
    /// Whether the provider knew numbers of this key that the module did not: it had been set back.
    pub was_set_back: bool,
}

impl Outbox {
    pub(super) fn pending(&self) -> &[Entry] {
        &self.pending
    }

    pub(super) fn sent(&mut self, entry: Entry) {
        self.pending.push(entry);
    }

    pub(super) fn number_of(&self, order: &OrderDigest) -> Result<Option<&Entry>, PrepareError> {
        if let Some(entry) = self.pending.iter().find(|entry| entry.order == *order) {
            return Ok(Some(entry));
        }
        match self.settled.iter().find(|settled| settled.entry.order == *order) {
            Some(Settled { fate: Fate::Void, .. }) => Err(PrepareError::OrderVoid),
            settled => Ok(settled.map(|settled| &settled.entry)),
        }
    }

    /// Whether the lists are in order, bounded, and end where the state says it is.
    pub(super) fn leads_to(&self, chaining: Chaining, ctr: u64, link: &Link) -> bool {
        let counters: Vec<u64> = self.pending.iter().map(|entry| entry.ctr).collect();
        let bounded = self.pending.len() <= TAN_OUTBOX_MAX && self.settled.len() <= TAN_HISTORY_MAX;
        let ascending = counters.windows(2).all(|pair| pair[0] < pair[1]);
        let last = self.pending.last();
        let below = last.is_none_or(|last| last.ctr <= ctr);
        let linked = match chaining {
            Chaining::Strict => {
                last.is_none_or(|last| last.ctr == ctr && last.link() == *link)
                    && counters.windows(2).all(|pair| pair[0] + 1 == pair[1])
            }
            Chaining::Window => true,
        };
        bounded && ascending && below && linked
    }

    fn known(&self, ctr: u64) -> Option<&Entry> {
        let settled = self.settled.iter().map(|settled| &settled.entry);
        self.pending.iter().chain(settled).find(|entry| entry.ctr == ctr)
    }

    fn settle(&mut self, entry: Entry, fate: Fate) {
        self.settled.push(Settled { entry, fate });
        self.settled.sort_by_key(|settled| settled.entry.ctr);
        let surplus = self.settled.len().saturating_sub(TAN_HISTORY_MAX);
        self.settled.drain(..surplus);
    }
}

impl Module {
    /// What the provider sealed about this chain: which orders were taken and which are void, and,
    /// if this module was restored from an old copy, where the chain stands.
    pub fn learn(
        self,
        statement: &Verified<ChainStatement>,
    ) -> Result<Learned, (Self, LearnError)> {
        self.learn_from(statement.get())
    }

    /// The last numbers from `ctr` on, for a provider that was restored from an old copy. `None` if
    /// this module no longer has them all; then the archive of the letters has.
    pub fn bridging_from(&self, ctr: u64) -> Option<Vec<Bridging>> {
        let settled = self.state.outbox.settled.iter().filter(|settled| settled.entry.ctr >= ctr);
        let bridging: Vec<Bridging> = settled.cloned().map(Bridging::from).collect();
        let whole = bridging.iter().zip(ctr..).all(|(bridge, ctr)| bridge.ctr() == ctr);
        (whole && !bridging.is_empty()).then_some(bridging)
    }

    pub(super) fn learn_from(
        mut self,
        statement: &ChainStatement,
    ) -> Result<Learned, (Self, LearnError)> {
        if let Err(error) = self.check(statement) {
            return Err((self, error));
        }
        let last = statement.last.as_ref().filter(|last| last.entry.ctr > self.state.ctr);
        let was_set_back = last.is_some();
        if let Some(last) = last {
            self.state.ctr = last.entry.ctr;
            let ends_epoch = last.entry.order == OrderDigest::epoch_change(&last.link_before);
            self.state.link = match self.state.chaining {
                Chaining::Window if !ends_epoch => last.link_before,
                Chaining::Window | Chaining::Strict => last.entry.link(),
            };
        }
        let (mut accepted, mut void, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for entry in std::mem::take(&mut self.state.outbox.pending) {
            let order = entry.order;
            match statement.settled.iter().find(|fate| fate.ctr == entry.ctr).map(|fate| fate.fate)
            {
                Some(fate) => {
                    if fate == Fate::Accepted {
                        accepted.push(order)
                    } else {
                        void.push(order)
                    }
                    self.state.outbox.settle(entry, fate);
                }
                // The chain is past it, and the statement reaches back no further.
                None if entry.ctr < statement.expected => unknown.push(order),
                None => self.state.outbox.sent(entry),
            }
        }
        Ok(Learned { module: self, accepted, void, unknown, was_set_back })
    }

    fn check(&self, statement: &ChainStatement) -> Result<(), LearnError> {
        // [TAN-026] A statement counts for the chain of this key with this provider.
        if statement.kid != self.state.kid || statement.audience != self.state.audience {
            return Err(LearnError::OtherChain);
        }
        // [TAN-027] What the provider says of our counters is what we made: else there are two of us.
        let contradicts = |stated: &StatedFate| {
            let known = self.state.outbox.known(stated.ctr);
            known.is_some_and(|known| stated.order.is_some_and(|order| order != known.order))
        };
        let StatedLast { entry, link_before } = match &statement.last {
            _ if statement.settled.iter().any(contradicts) => return Err(LearnError::Conflict),
            Some(last) => last,
            None => return Ok(()),
        };
        if self.state.outbox.known(entry.ctr).is_some_and(|known| known != entry) {
            return Err(LearnError::Conflict);
        }
        // [TAN-028] A module that was set back jumps only to a number that its own key made, and only
        // forward.
        let key = self.key.public();
        let transcript = key.transcript(entry.ctr, link_before, &entry.order, &self.state.audience);
        if entry.ctr > self.state.ctr && key.verify(&transcript, &entry.value.0).is_err() {
            return Err(LearnError::NotOurs);
        }
        Ok(())
    }
}
