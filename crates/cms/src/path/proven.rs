//! What was computed once and holds for ever: that this chain of certificates keeps the rules of
//! RFC 5280 §6, and that this key has signed this list.
//!
//! The parts of one case file, and the requests of one account, lead over the same few certificates and
//! lists again and again. Only what depends on nothing but the octets is kept here, and only if it holds. Time,
//! policy, purpose and revocation are judged every time.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::kdf::{Digest, Sha256};
use crate::limits;

/// Digests of statements that were found to hold. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Proven(Arc<Mutex<HashSet<[u8; 32]>>>);

/// A statement about octets, by its SHA-256.
pub(super) struct Statement([u8; 32]);

impl Statement {
    /// `what` is said of `parts`. Each has its length before it, so that no two statements are made of the
    /// same octets.
    pub(super) fn new<'a>(what: &'a str, parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in core::iter::once(what.as_bytes()).chain(parts) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl Proven {
    /// Whether the statement holds, asking `check` only if that is not known.
    pub(super) fn holds<E>(
        &self,
        statement: &Statement,
        check: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        if self.lock().contains(&statement.0) {
            return Ok(());
        }
        // Not under the lock: others need not wait for a signature.
        check()?;
        let mut known = self.lock();
        // Who has seen so many begins anew; it costs time and nothing else.
        if known.len() >= limits::PROVEN_MAX {
            known.clear();
        }
        known.insert(statement.0);
        Ok(())
    }

    /// Every statement in it holds, wherever a thread ended that held the lock.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<[u8; 32]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    #[test]
    fn what_holds_is_computed_once_and_what_does_not_every_time() {
        let (proven, asked) = (Proven::default(), Cell::new(0));
        let ask = |statement: &Statement, answer: Result<(), ()>| {
            proven.holds(statement, || {
                asked.set(asked.get() + 1);
                answer
            })
        };
        let statement = Statement::new("chain", [b"leaf".as_slice(), b"anchor"]);
        for _ in 0..3 {
            assert_eq!(ask(&statement, Err(())), Err(()));
        }
        assert_eq!((ask(&statement, Ok(())), asked.get()), (Ok(()), 4));
        assert_eq!((ask(&statement, Err(())), asked.get()), (Ok(()), 4));
        // Clones know it, too.
        assert_eq!(proven.clone().holds(&statement, || Err(())), Ok(()));
        // The same octets otherwise divided are another statement.
        for other in [
            Statement::new("chain", [b"leafa".as_slice(), b"nchor"]),
            Statement::new("chain", [b"leafanchor".as_slice()]),
            Statement::new("chain", [b"anchor".as_slice(), b"leaf"]),
            Statement::new("list", [b"leaf".as_slice(), b"anchor"]),
            Statement::new("chainleaf", [b"anchor".as_slice()]),
        ] {
            assert_eq!(ask(&other, Err(())), Err(()));
        }
    }

    #[test]
    fn no_more_is_kept_than_the_bound() {
        let proven = Proven::default();
        for number in 0..2 * limits::PROVEN_MAX as u64 + 7 {
            let statement = Statement::new("n", [number.to_be_bytes().as_slice()]);
            proven.holds(&statement, || Ok::<(), ()>(())).unwrap();
            assert!(proven.lock().len() <= limits::PROVEN_MAX);
        }
    }
}
