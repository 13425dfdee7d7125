//! What the NIST PKITS suite is signed with, and nothing else: RSA of 2048 bits with SHA-256. Its keys
//! are too short for [`AlgorithmPolicy::current`], which a test of paths is not about.

use super::{AlgorithmPolicy, END_OF_2035, Entry, PolicyId, SignatureAlgorithm};

const SIGNATURES: &[Entry] = &[Entry {
    algorithm: SignatureAlgorithm::RsaPkcs1Sha256,
    rsa_bits_min: 2048,
    until: END_OF_2035,
}];

/// For paths, which ask a policy about signatures only.
pub(crate) fn pkits_2011() -> AlgorithmPolicy {
    let current = AlgorithmPolicy::current();
    AlgorithmPolicy {
        id: PolicyId::built_in("pkits-2011"),
        since: 0,
        entries: SIGNATURES,
        ..current.clone()
    }
}
