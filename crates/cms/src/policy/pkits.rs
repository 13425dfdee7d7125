//! What the NIST PKITS suite is signed with, and nothing else: RSA of 2048 bits with SHA-256. Its keys
//! are too short for [`AlgorithmPolicy::current`], which a test of paths is not about.

use super::{AlgorithmPolicy, END_OF_2035, Entry, PolicyId, SignatureAlgorithm};

pub(crate) static PKITS_2011: AlgorithmPolicy = AlgorithmPolicy {
    id: PolicyId("pkits-2011"),
    post_quantum_signature: false,
    since: 0,
    entries: &[Entry {
        algorithm: SignatureAlgorithm::RsaPkcs1Sha256,
        rsa_bits_min: 2048,
        until: END_OF_2035,
    }],
    establishment: &[],
    content: &[],
};
