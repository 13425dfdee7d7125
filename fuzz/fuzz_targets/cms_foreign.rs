//! CMS of foreign programs: BER is rewritten once and stays as it is, nothing verifies but what was
//! signed, and what flows by in pieces gets the verdict of the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::ber::to_der;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::{Limits, SignedData, verify_foreign};
use sealpost_cms::stream;
use sealpost_cms::verdict::Outcome;
use sealpost_fuzz::{House, contents, genuine};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static SIGNED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| contents("cms_foreign"));

fuzz_target!(init: the_seeds_verify(), |octets: &[u8]| {
    let der = to_der(octets);
    if let Ok(der) = &der {
        assert!(der.len() <= 2 * octets.len(), "rewriting makes messages grow");
    }
    if let Ok(signed) = SignedData::from_ber(octets, Limits::default()) {
        let der = der.expect("a reader of BER begins by rewriting it");
        assert_eq!(to_der(&der).as_ref(), Ok(&der), "rewritten twice, written otherwise");
        assert!(signed.claims().content().is_none_or(|content| content.len() <= der.len()));
    }
    for purpose in [KeyPurpose::LetterSignature, KeyPurpose::ElectronicSeal] {
        let verification = HOUSE.verification(purpose);
        let whole = verify_foreign(octets, &verification);
        if let Ok(streamed) = stream::verify(octets, Vec::new(), u64::MAX, &verification) {
            assert_eq!(streamed.indication(), whole.indication(), "two verdicts on one message");
            assert!(streamed.shortfall() == whole.shortfall(), "two reasons for one verdict");
            if let Outcome::TotalPassed(streamed) = streamed {
                let content = streamed.into_parts().0.into_sink();
                assert!(SIGNED.contains(&content), "streamed, signed by nobody");
            }
        }
        if let Outcome::TotalPassed(content) = whole {
            let content = content.get().content();
            assert!(SIGNED.iter().any(|signed| signed == content), "verified, signed by nobody");
        }
    }
});

/// Otherwise nothing above would be tried.
fn the_seeds_verify() {
    let verification = HOUSE.verification(KeyPurpose::LetterSignature);
    let verified = genuine("cms_foreign", |octets| verify_foreign(octets, &verification));
    assert!(verified.len() >= 3, "attached, streamed, ours: make the seeds again");
}
