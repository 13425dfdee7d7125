//! Archived signatures: nothing verifies but what was signed, what is put around a message is read
//! again, and nothing inside changes by it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::cades::{ArchiveRequest, Preserved, verify_archived, with_validation_data};
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::digest::DigestAlgorithm;
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{CONTENT, House, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

fn verified(message: &[u8]) -> Outcome<Preserved> {
    verify_archived(message, None, &HOUSE.verification(KeyPurpose::LetterSignature))
}

fuzz_target!(init: the_seeds_verify(), |octets: &[u8]| {
    if let Outcome::TotalPassed(preserved) = verified(octets) {
        assert_eq!(preserved.get().signed().content(), CONTENT, "verified, signed by nobody");
        let proofs = preserved.get().proofs();
        assert!(proofs.is_sorted_by_key(|proof| proof.time), "proofs out of order");
    }
    if let Ok(more) = with_validation_data(octets, std::slice::from_ref(HOUSE.signer()), &[]) {
        let again = with_validation_data(&more, std::slice::from_ref(HOUSE.signer()), &[]);
        assert_eq!(again.as_ref(), Ok(&more), "what is inside is doubled");
    }
    for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        if let Ok(request) = ArchiveRequest::new(octets, None, digest, 1) {
            let stamped = request.time_stamp_request().stamped();
            assert_eq!((stamped.algorithm(), stamped.octets().len()), (digest, digest.octets()));
        }
    }
});

/// Otherwise nothing above would be tried.
fn the_seeds_verify() {
    let archived = genuine("cms_archived", verified);
    assert!(archived.iter().any(|it| it.proofs().len() == 2), "make the seeds again");
}
