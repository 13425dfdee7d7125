//! Thousands of random steps over a network that loses, repeats and reorders, with crashes at both
//! ends, against a model that only counts.

use super::*;
use std::collections::BTreeMap;

/// A small repeatable source of chance for the steps; keys use the real one.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// A submission on its way.
#[derive(Clone)]
struct Letter {
    tan: Tan,
    order: OrderDigest,
    outstanding: Vec<Entry>,
}

/// Both kinds of verifier, told apart only where they differ.
enum Provider {
    Strict(Verifier),
    Window(WindowVerifier),
}

/// Both ends, the network between them, and what really happened.
struct World {
    dice: Dice,
    module: Option<Module>,
    stored: Vec<u8>,
    provider: Provider,
    letters: Vec<Letter>,
    statements: Vec<ChainStatement>,
    clock: i64,
    /// Whether the provider has stopped crashing.
    reliable: bool,
    orders: u64,
    /// Counter -> the order that was carried out under it.
    carried_out: BTreeMap<u64, OrderDigest>,
    /// Order -> what the provider settled.
    settled: BTreeMap<OrderDigest, Fate>,
    /// Order -> what the module was told.
    told: BTreeMap<OrderDigest, Fate>,
}

impl World {
    fn new(seed: u64, chaining: Chaining) -> Self {
        let (module, provider) = match chaining {
            Chaining::Strict => {
                let (module, verifier) = chain(ROOT);
                (module, Provider::Strict(verifier))
            }
            Chaining::Window => {
                let (module, verifier) = window(ROOT);
                (module, Provider::Window(verifier))
            }
        };
        Self {
            dice: Dice::new(seed),
            stored: module.state(),
            module: Some(module),
            provider,
            letters: Vec::new(),
            statements: Vec::new(),
            clock: NOW,
            reliable: false,
            orders: 0,
            carried_out: BTreeMap::new(),
            settled: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    fn now(&self) -> LocalTime {
        LocalTime::from_unix(self.clock)
    }

    fn step(&mut self) {
        match self.dice.roll(12) {
            0..=3 => self.order(),
            4 => self.send_again(),
            5..=7 => self.deliver(),
            8..=9 => self.answer(),
            10 => self.lose(),
            _ => self.clock += 600,
        }
    }

    /// A new order; sometimes the module crashes before or after its state is durable.
    fn order(&mut self) {
        self.orders += 1;
        let order = order(self.orders);
        let module = self.module.take().unwrap();
        let prepared = match module.prepare(order, self.now(), &mut rng()) {
            Ok(Preparation::Fresh(prepared)) => prepared,
            Ok(Preparation::Again(..)) => panic!("orders are fresh"),
            Err((module, error)) => {
                assert_eq!(error, PrepareError::OutboxFull);
                self.module = Some(module);
                return;
            }
        };
        let crash = self.dice.roll(20);
        if crash == 0 {
            return self.restart();
        }
        self.stored = prepared.state().to_vec();
        if crash == 1 {
            return self.restart();
        }
        let (module, tan) = release(prepared);
        let outstanding = module.outstanding().to_vec();
        self.module = Some(module);
        self.letters.push(Letter { tan, order, outstanding });
    }

    fn restart(&mut self) {
        self.module = Some(Module::restore(key(ROOT), &self.stored).unwrap());
    }

    fn send_again(&mut self) {
        let module = self.module.take().unwrap();
        let outstanding = module.outstanding().to_vec();
        let at = self.dice.roll(outstanding.len().max(1));
        let Some(entry) = outstanding.get(at) else {
            self.module = Some(module);
            return;
        };
        let (module, tan) = number(module, entry.order);
        assert_eq!((tan.ctr(), tan.value()), (entry.ctr, &entry.value.0[..]));
        self.module = Some(module);
        self.letters.push(Letter { tan, order: entry.order, outstanding: outstanding.clone() });
    }

    /// Any letter arrives, whichever was sent first; sometimes it arrives once more.
    fn deliver(&mut self) {
        if self.letters.is_empty() {
            return;
        }
        let at = self.dice.roll(self.letters.len());
        let letter = self.letters[at].clone();
        if self.dice.roll(4) != 0 {
            self.letters.swap_remove(at);
        }
        let Letter { tan, order, outstanding } = &letter;
        let submission = Submission { tan, order: *order, outstanding };
        match &self.provider {
            Provider::Strict(verifier) => {
                let verdict = verifier.judge(&submission, self.now());
                let next = self.record(verdict, *order);
                if let Some(next) = next {
                    self.provider = Provider::Strict(Verifier::restore(&next.state()).unwrap());
                }
            }
            Provider::Window(verifier) => {
                let verdict = verifier.judge(&submission, self.now());
                let next = self.record(verdict, *order);
                if let Some(next) = next {
                    let next = WindowVerifier::restore(&next.state()).unwrap();
                    self.provider = Provider::Window(next);
                }
            }
        }
        let statement = match &self.provider {
            Provider::Strict(verifier) => verifier.statement(),
            Provider::Window(verifier) => verifier.statement(),
        };
        self.statements.push(statement);
    }

    fn record<V>(&mut self, verdict: Verdict<V>, order: OrderDigest) -> Option<V> {
        match verdict {
            Verdict::Accepted(Acceptance { next, entry, void, .. }) => {
                // Sometimes the provider crashes here: nothing was stored, nothing happened.
                if !self.reliable && self.dice.roll(20) == 0 {
                    return None;
                }
                let twice = self.carried_out.insert(entry.ctr, order);
                assert_eq!(twice, None, "two orders under counter {}", entry.ctr);
                assert_eq!(self.settled.insert(order, Fate::Accepted), None);
                for passed in void {
                    assert_eq!(self.settled.insert(passed.order, Fate::Void), None);
                }
                Some(next)
            }
            Verdict::Repeated(settled) => {
                assert_eq!(self.settled.get(&order), Some(&settled.fate), "another answer");
                None
            }
            Verdict::Gap { .. } | Verdict::Replay | Verdict::Refused(Refusal::Burned) => None,
            other => panic!("{}", other.code()),
        }
    }

    /// Any statement arrives, old ones too.
    fn answer(&mut self) {
        if self.statements.is_empty() {
            return;
        }
        let at = self.dice.roll(self.statements.len());
        let statement = self.statements.swap_remove(at);
        self.learn(&statement);
    }

    fn learn(&mut self, statement: &ChainStatement) {
        let learned = self.module.take().unwrap().learn_from(statement).unwrap();
        assert!(!learned.was_set_back && learned.unknown.is_empty());
        for order in learned.accepted {
            assert_eq!(self.settled.get(&order), Some(&Fate::Accepted));
            assert_eq!(self.told.insert(order, Fate::Accepted), None);
        }
        for order in learned.void {
            assert_ne!(self.settled.get(&order), Some(&Fate::Accepted), "carried out and void");
            assert_eq!(self.told.insert(order, Fate::Void), None);
        }
        self.stored = learned.module.state();
        self.module = Some(learned.module);
    }

    fn lose(&mut self) {
        if !self.letters.is_empty() {
            let at = self.dice.roll(self.letters.len());
            self.letters.swap_remove(at);
        }
        if !self.statements.is_empty() {
            let at = self.dice.roll(self.statements.len());
            self.statements.swap_remove(at);
        }
    }

    /// The network works again: everything that waits is sent in order, and answered.
    fn drain(&mut self) {
        self.letters.clear();
        self.statements.clear();
        self.reliable = true;
        for _ in 0..2 {
            for entry in self.module.as_ref().unwrap().outstanding().to_vec() {
                let tan = Tan::new(
                    Suite::BbsTanV1,
                    *key(ROOT).public().kid(),
                    entry.ctr,
                    entry.value.0.clone(),
                );
                self.letters.push(Letter { tan, order: entry.order, outstanding: Vec::new() });
                while !self.letters.is_empty() {
                    self.deliver();
                }
            }
            if let Some(statement) = self.statements.pop() {
                self.learn(&statement);
            }
            self.statements.clear();
        }
        // Under the window a burned counter is told only if its memory still reaches so far.
        assert!(self.module.as_ref().unwrap().outstanding().is_empty(), "an order was lost");
        for (order, fate) in &self.settled {
            assert_eq!(self.told.get(order), Some(fate), "settled and not told");
        }
    }
}

#[test]
fn no_order_is_lost_doubled_or_forgotten_on_a_strict_chain() {
    for seed in 1..=4 {
        let mut world = World::new(seed, Chaining::Strict);
        for _ in 0..1000 {
            world.step();
        }
        world.drain();
        assert!(world.carried_out.len() > 50, "seed {seed}: {}", world.carried_out.len());
    }
}

#[test]
fn no_order_is_lost_doubled_or_forgotten_in_the_window() {
    for seed in 1..=4 {
        let mut world = World::new(seed, Chaining::Window);
        for _ in 0..1000 {
            world.step();
        }
        world.drain();
        assert!(world.carried_out.len() > 50, "seed {seed}: {}", world.carried_out.len());
    }
}

#[test]
fn two_copies_of_a_module_never_have_two_orders_under_one_counter() {
    for seed in 1..=40 {
        let mut dice = Dice::new(seed);
        let (module, mut verifier) = chain(ROOT);
        let mut modules = [Some(copy(&module)), Some(module)];
        let (mut carried_out, mut orders) = (BTreeMap::new(), 0);
        for _ in 0..60 {
            let which = dice.roll(2);
            orders += 1;
            let order = order(orders);
            let (module, tan) = number(modules[which].take().unwrap(), order);
            let outstanding = module.outstanding().to_vec();
            let submission = Submission { tan: &tan, order, outstanding: &outstanding };
            match verifier.judge(&submission, now()) {
                Verdict::Accepted(acceptance) => {
                    assert_eq!(carried_out.insert(tan.ctr(), order), None);
                    verifier = acceptance.next;
                }
                Verdict::Equivocation(seen) => verifier = seen.next,
                Verdict::Refused(Refusal::Frozen) => {}
                other => panic!("{}", other.code()),
            }
            modules[which] = Some(module);
        }
        assert!(verifier.is_frozen(), "seed {seed}: both copies were used");
    }
}

#[test]
fn both_ends_recover_from_old_copies_again_and_again() {
    for seed in 1..=4 {
        let mut dice = Dice::new(seed);
        let (mut module, mut verifier) = chain(ROOT);
        let (mut modules, mut verifiers) = (vec![copy(&module).state()], vec![verifier.clone()]);
        // What the agent keeps with its letters.
        let mut archive: Vec<Settled> = Vec::new();
        for at in 1..120 {
            match dice.roll(8) {
                0 => {
                    let stored = &modules[dice.roll(modules.len())];
                    module = Module::restore(key(ROOT), stored).unwrap();
                    module = module.learn_from(&verifier.statement()).unwrap().module;
                }
                1 => {
                    let backup = &verifiers[dice.roll(verifiers.len())];
                    let missing = archive.iter().filter(|it| it.entry.ctr >= backup.expected());
                    let bridging: Vec<Bridging> = missing.cloned().map(Bridging::from).collect();
                    let repaired = backup.repaired(&bridging).unwrap();
                    assert_eq!(repaired.state(), verifier.state(), "nothing is different");
                    verifier = repaired;
                }
                _ => {}
            }
            let (next, tan) = number(module, order(at));
            assert_eq!(tan.ctr(), verifier.expected(), "no counter is left out or used twice");
            verifier = taken(&verifier, &tan, order(at));
            archive.push(Settled { entry: entry(&tan, order(at)), fate: Fate::Accepted });
            module = next.learn_from(&verifier.statement()).unwrap().module;
            modules.push(module.state());
            verifiers.push(verifier.clone());
        }
    }
}
