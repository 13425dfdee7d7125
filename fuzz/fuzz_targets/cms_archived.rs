//! Archived signatures: nothing verifies but what was signed, what is put around a message is read
//! again, and nothing inside changes by it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::cades::{ArchiveRequest, Preserved, verify_archived, with_validation_data};
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::digest::DigestAlgorithm;
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{CONTENT, House, Repeatable, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fn verified(message: &[u8]) -> Outcome<Preserved> {
    verify_archived(message, None, &HOUSE.verification(KeyPurpose::LetterSignature))
}

fuzz_target!(init: the_seeds_verify(), |octets: &[u8]| {
    if let Outcome::TotalPassed(preserved) = verified(octets) {
        assert_eq!(preserved.get().signed().content(), CONTENT, "verified, signed by nobody");
        let signers = preserved.get().signers();
        assert_eq!(signers.len(), preserved.get().signed().signers().len(), "one is not reported");
        for signer in signers {
            assert!(signer.level() >= preserved.get().level(), "one is weaker than the whole");
            assert!(signer.proofs().is_sorted_by_key(|proof| proof.time), "proofs out of order");
        }
    }
    if let Ok(more) = with_validation_data(octets, std::slice::from_ref(HOUSE.signer()), &[]) {
        let again = with_validation_data(&more, std::slice::from_ref(HOUSE.signer()), &[]);
        assert_eq!(again.as_ref(), Ok(&more), "what is inside is doubled");
    }
    for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        let asked = ArchiveRequest::new(octets, None, digest, &mut Repeatable::of("nonces"));
        for request in asked.iter().flat_map(ArchiveRequest::time_stamp_requests) {
            let stamped = request.stamped();
            assert_eq!((stamped.algorithm(), stamped.octets().len()), (digest, digest.octets()));
        }
    }
});

/// Otherwise nothing above would be tried.
fn the_seeds_verify() {
    let archived = genuine("cms_archived", verified);
    for signers in [1, 2] {
        let renewed = |it: &Preserved| {
            it.signers().len() == signers && it.signers().iter().all(|it| it.proofs().len() == 2)
        };
        assert!(archived.iter().any(renewed), "make the seeds again");
    }
}
