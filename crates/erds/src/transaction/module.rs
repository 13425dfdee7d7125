//! The module that makes numbers: one per key, one after another, never two for one counter.

use super::entry::Entry;
use super::order::OrderDigest;
use super::outbox::Outbox;
use super::prepared::{Preparation, Prepared};
use super::refusal::PrepareError;
use super::registration::Registration;
use super::signer::TransactionKey;
use super::tan::Tan;
use super::transcript::{Kid, Link};
use crate::address::Domain;
use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Digest, Octets};
use crate::limits::{TAN_OUTBOX_MAX, TAN_STATE_OCTETS_MAX, TAN_USES_MAX};
use sealpost_cms::CryptoRng;
use sealpost_cms::blum::KeySuspect;
use sealpost_cms::time::LocalTime;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How numbers hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chaining {
    /// Each number is linked to the one before it.
    Strict,
    /// All numbers of an epoch share a link, so that they may arrive in any order.
    Window,
}

impl Chaining {
    /// The word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Window => "window",
        }
    }
}

/// How long a key may be used, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyLimits {
    not_after: LocalTime,
    uses_max: u64,
}

impl KeyLimits {
    /// More uses than 2²⁰ are not granted: what is proven about the scheme gets weaker with each.
    pub fn new(not_after: LocalTime, uses_max: u64) -> Self {
        Self { not_after, uses_max: uses_max.min(TAN_USES_MAX) }
    }

    /// The last second in which the key may be used.
    pub const fn not_after(&self) -> LocalTime {
        self.not_after
    }

    /// The highest counter.
    pub fn uses_max(&self) -> u64 {
        self.uses_max.min(TAN_USES_MAX)
    }
}

/// The version word of stored states.
const MODULE_VERSION: &str = "sealpost-tan-module/1";

/// A security module's own account of its key. Consumed by every step, so that no state is used twice.
///
/// ```compile_fail,E0308
/// use sealpost_erds::transaction::Module;
/// fn copy(module: &Module) -> Module { module.clone() }
/// ```
/// ```
/// use sealpost_erds::transaction::Module;
/// fn store(module: &Module) -> Vec<u8> { module.state() }
/// ```
pub struct Module {
    pub(super) key: TransactionKey,
    pub(super) state: State,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    version: String,
    pub(super) kid: Kid,
    pub(super) audience: Domain,
    limits: KeyLimits,
    pub(super) chaining: Chaining,
    /// The last counter that was used.
    pub(super) ctr: u64,
    /// What the next number is linked to.
    pub(super) link: Link,
    pub(super) outbox: Outbox,
    suspect: bool,
    retired: bool,
}

impl Module {
    /// A key that begins a chain with a provider: its registration, and number 0, which proves to the
    /// provider that the key is there.
    ///
    /// `certificate` is SHA-256 of the certificate of the person to whom the numbers are to be
    /// attributed.
    pub fn register(
        key: TransactionKey,
        certificate: Digest,
        audience: Domain,
        chaining: Chaining,
        limits: KeyLimits,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Registration, Prepared), KeySuspect> {
        let anchor = key.fresh_anchor(rng);
        let registration =
            Registration::new(key.public(), &anchor, certificate, audience, chaining, limits);
        let link = registration.link();
        let order = registration.order();
        let transcript = key.public().transcript(0, &link, &order, registration.audience());
        let value = key.value(&transcript, rng)?;
        let tan = Tan::new(key.public().suite(), *key.public().kid(), 0, value);
        let state = State {
            version: MODULE_VERSION.to_owned(),
            kid: *key.public().kid(),
            audience: registration.audience().clone(),
            limits: *registration.limits(),
            chaining: registration.chaining(),
            ctr: 0,
            link,
            outbox: Outbox::default(),
            suspect: false,
            retired: false,
        };
        Ok((registration, Prepared::new(Self { key, state }, tan)))
    }

    /// The module as it was stored. States of another key, or that no path leads to, are refused.
    pub fn restore(key: TransactionKey, octets: &[u8]) -> Result<Self, FormatError> {
        let state: State = from_json("module state", octets, TAN_STATE_OCTETS_MAX)?;
        // [TAN-021] A stored state belongs to this key, and its outbox leads up to its counter.
        let fits = state.version == MODULE_VERSION
            && state.kid == *key.public().kid()
            && state.outbox.leads_to(state.chaining, state.ctr, &state.link);
        if !fits {
            return Err(FormatError::new("module state", "of another key, or torn"));
        }
        Ok(Self { key, state })
    }

    /// What is stored.
    pub fn state(&self) -> Vec<u8> {
        to_json(&self.state)
    }

    /// The last counter that was used.
    pub const fn ctr(&self) -> u64 {
        self.state.ctr
    }

    /// The public half of the key.
    pub const fn key(&self) -> &super::PublicKey {
        self.key.public()
    }

    /// What was sent and not acknowledged: every submission carries it.
    pub fn outstanding(&self) -> &[Entry] {
        self.state.outbox.pending()
    }

    /// A number for an order: a new one, or the one that it has already.
    pub fn prepare(
        self,
        order: OrderDigest,
        now: LocalTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Preparation, (Self, PrepareError)> {
        self.prepared(order, now, rng, |_, _| {})
    }

    /// The number that ends an epoch of the window variant. Orders of the epoch that are still on
    /// their way become void.
    pub fn prepare_epoch_change(
        self,
        now: LocalTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Preparation, (Self, PrepareError)> {
        if self.state.chaining != Chaining::Window {
            return Err((self, PrepareError::OtherChaining));
        }
        let order = OrderDigest::epoch_change(&self.state.link);
        self.prepared(order, now, rng, |state, value| state.link = Link::after(value))
    }

    /// The number by which this key names its successor. It is the last one.
    pub fn prepare_rotation(
        self,
        successor: &Registration,
        now: LocalTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Preparation, (Self, PrepareError)> {
        self.prepared(successor.rotation(), now, rng, |state, _| state.retired = true)
    }

    /// After a fault: makes numbers that count for nothing, and clears the suspicion if all are right.
    pub fn self_test(mut self, rng: &mut dyn CryptoRng) -> Result<Self, (Self, KeySuspect)> {
        let result = self.key.self_test(rng);
        self.state.suspect = result.is_err();
        match result {
            Ok(()) => Ok(self),
            Err(suspect) => Err((self, suspect)),
        }
    }

    fn prepared(
        mut self,
        order: OrderDigest,
        now: LocalTime,
        rng: &mut dyn CryptoRng,
        further: fn(&mut State, &[u8]),
    ) -> Result<Preparation, (Self, PrepareError)> {
        // [TAN-022] An order that has a number gets the same again, and one that is void none.
        match self.state.outbox.number_of(&order) {
            Ok(Some(entry)) => {
                let tan = self.tan(entry.ctr, entry.value.0.clone());
                return Ok(Preparation::Again(self, tan));
            }
            Ok(None) => {}
            Err(error) => return Err((self, error)),
        }
        if let Err(error) = self.state.may_make_another(now) {
            return Err((self, error));
        }
        // [TAN-023] A new order gets a new counter: one above the last, whatever became of that.
        let ctr = self.state.ctr + 1;
        let link = self.state.link;
        let transcript = self.key.public().transcript(ctr, &link, &order, &self.state.audience);
        let Ok(value) = self.key.value(&transcript, rng) else {
            // [TAN-024] After a wrong number the key makes none until it is tested.
            self.state.suspect = true;
            return Err((self, PrepareError::KeySuspect));
        };
        self.state.ctr = ctr;
        if self.state.chaining == Chaining::Strict {
            self.state.link = Link::after(&value);
        }
        further(&mut self.state, &value);
        self.state.outbox.sent(Entry { ctr, order, value: Octets(value.clone()) });
        let tan = self.tan(ctr, value);
        Ok(Preparation::Fresh(Prepared::new(self, tan)))
    }

    fn tan(&self, ctr: u64, value: Vec<u8>) -> Tan {
        Tan::new(self.key.public().suite(), *self.key.public().kid(), ctr, value)
    }
}

impl State {
    fn may_make_another(&self, now: LocalTime) -> Result<(), PrepareError> {
        // [TAN-025] No number after the key's time, beyond its uses, or past its successor; and
        // none while 64 wait for an answer.
        if self.suspect {
            Err(PrepareError::KeySuspect)
        } else if self.retired {
            Err(PrepareError::Retired)
        } else if now > self.limits.not_after {
            Err(PrepareError::Expired)
        } else if self.ctr >= self.limits.uses_max() {
            Err(PrepareError::Exhausted)
        } else if self.outbox.pending().len() >= TAN_OUTBOX_MAX {
            Err(PrepareError::OutboxFull)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Module({}, {})", self.key.public().suite().name(), self.state.ctr)
    }
}
