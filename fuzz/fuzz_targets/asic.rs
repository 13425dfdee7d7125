//! Dossiers and single evidence, judged with nothing but anchors.
//!
//! An input that begins as ZIP is taken for a dossier, one that begins as DER for an evidence. In
//! any other the first octet names a part of a good dossier, which the rest replaces, with
//! checksum and digest made to fit. Nothing passes that does not say what a seed says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_cms::time::LocalTime;
use sealpost_fuzz::archive::{MANIFEST_SIGNATURE, Part, parts, with_part};
use sealpost_fuzz::{House, NOW, contents, read, seeds};
use sealpost_letter::dossier::{Language, Report, verify_dossier, verify_single};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);
static DOSSIERS: LazyLock<Vec<Vec<Part>>> = LazyLock::new(|| {
    let dossiers = seeds("asic").into_iter().filter(|seed| seed.starts_with(b"PK"));
    dossiers.map(|dossier| listed(&dossier)).collect()
});
static BASE: LazyLock<Vec<Part>> = LazyLock::new(|| parts(&read("asic/basic.asice")));
static EVIDENCE: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| contents("asic"));

/// The parts whose every octet is signed.
fn listed(dossier: &[u8]) -> Vec<Part> {
    parts(dossier).into_iter().filter(|part| part.name != MANIFEST_SIGNATURE).collect()
}

fn judge(verify: fn(&[u8], &House) -> Report, octets: &[u8]) -> bool {
    let report = verify(octets, &HOUSE);
    for language in [Language::English, Language::German] {
        let text = report.render(language);
        let controls = |c: char| c.is_control() && c != '\n';
        assert!(!text.is_empty() && !text.contains(controls), "a report that moves the cursor");
    }
    assert!(!report.to_json().is_empty());
    let passed = report.overall.is_passed();
    assert_eq!(passed, report.exit_code() == 0);
    passed
}

fn whole(octets: &[u8], house: &House) -> Report {
    let now = LocalTime::from_unix(NOW);
    verify_dossier(octets, house.anchors(), AlgorithmPolicy::current(), now)
}

fn single(octets: &[u8], house: &House) -> Report {
    let now = LocalTime::from_unix(NOW);
    verify_single(octets, house.anchors(), AlgorithmPolicy::current(), now)
}

fuzz_target!(init: the_seeds_pass(), |octets: &[u8]| {
    if octets.starts_with(&[0x30]) {
        if judge(single, octets) {
            let signed = SignedData::from_der(octets, Limits::default()).expect("it verified");
            let content = signed.claims().content().expect("it verified").to_vec();
            assert!(EVIDENCE.contains(&content), "verified, sealed by nobody");
        }
    } else if octets.starts_with(b"PK") {
        dossier(octets);
    } else if let Some((index, rest)) = octets.split_first()
        && usize::from(*index) < BASE.len()
    {
        dossier(&with_part(&BASE, usize::from(*index), rest));
    }
});

/// Otherwise nothing that follows would be tried.
fn the_seeds_pass() {
    for dossier in ["asic/basic.asice", "asic/accepted.asice", "asic/expired.asice"] {
        assert!(judge(whole, &read(dossier)), "{dossier} does not pass; make the seeds again");
    }
    assert!(judge(single, &read("asic/evidence.p7m")), "make the seeds again");
    let first = with_part(&BASE, 0, &BASE[0].octets);
    assert!(first == read("asic/basic.asice"), "the container is written in another way");
}

fn dossier(octets: &[u8]) {
    if judge(whole, octets) {
        assert!(DOSSIERS.contains(&listed(octets)), "verified, put together by nobody");
    }
}
