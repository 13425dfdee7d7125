//! Changed octets: found wherever they are, and the right part is named.

use super::journey::{Course, Letter};
use super::world::{World, rebuilt};
use crate::dossier::container::Container;
use crate::dossier::layout::{self, PartKind};
use crate::dossier::manifest::covers;
use crate::dossier::{Indication, Language, Report};
use sealpost_cms::kdf::sha256;
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_erds::ConsignmentMode::{Basic, Signed};

/// The parts that are not TOTAL-PASSED.
fn suspects(report: &Report) -> Vec<&str> {
    let parts = report.parts.iter().filter(|part| !part.judgement.is_passed());
    parts.map(|part| part.part.as_str()).collect()
}

fn assert_not_passed(report: &Report, place: &str) {
    let indication = report.overall.indication;
    assert_ne!(
        indication,
        Indication::TotalPassed,
        "{place}\n{}",
        report.render(Language::English)
    );
}

/// Where each part's octets are in the container.
fn places(dossier: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let container = Container::read(dossier).unwrap();
    let begin = |octets: &[u8]| octets.as_ptr() as usize - dossier.as_ptr() as usize;
    let place = |octets: &[u8]| begin(octets)..begin(octets) + octets.len();
    container.parts().iter().map(|part| (part.name.to_owned(), place(part.octets))).collect()
}

/// Every octet that belongs to no part (headers, directory, padding), and of the parts one in so
/// many: a prime step visits them at ever different offsets.
#[test]
fn dos_001_no_octet_of_a_dossier_changes_unnoticed() {
    changes_are_noticed(|owner, at| match owner {
        None => true,
        Some(layout::MANIFEST) => at.is_multiple_of(11),
        Some(_) => at.is_multiple_of(61),
    });
}

#[test]
#[ignore = "the test above for every single octet: some minutes"]
fn every_single_octet_of_a_dossier_is_noticed_when_it_changes() {
    changes_are_noticed(|_, _| true);
}

/// Changes each octet that is wanted, by the part that it belongs to and its place, and demands
/// that verification names that part or the container.
fn changes_are_noticed(wanted: fn(Option<&str>, usize) -> bool) {
    let world = World::new();
    let letter = Letter::travelled(&world, Basic, &[&world.bert], Course::HandedOver);
    let dossier = letter.dossier();
    assert!(world.judge(&dossier).overall.is_passed());
    let places = places(&dossier);
    let owner_of = |at: usize| {
        let place = places.iter().find(|(_, range)| range.contains(&at));
        place.map(|(name, _)| name.as_str())
    };
    let mut changed = dossier.clone();
    for at in (0..dossier.len()).filter(|at| wanted(owner_of(*at), *at)) {
        changed[at] ^= 0x10;
        let report = world.judge(&changed);
        changed[at] ^= 0x10;
        assert_not_passed(&report, &format!("octet {at}"));
        match owner_of(at).filter(|name| *name != layout::MIMETYPE) {
            Some(owner) => assert!(suspects(&report).contains(&owner), "octet {at} of {owner}"),
            None => assert_eq!(suspects(&report), ["container"], "octet {at}"),
        }
    }
}

#[test]
fn dos_004_a_part_changed_together_with_its_checksum_is_named() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let dossier = letter.dossier();
    for (name, range) in places(&dossier).iter().skip(1) {
        for at in [0, range.len() / 3, range.len() / 2, range.len() - 1] {
            let changed = rebuilt(&dossier, |parts| {
                let part = parts.iter_mut().find(|part| part.name == *name).unwrap();
                part.octets[at] ^= 1;
            });
            let report = world.judge(&changed);
            assert_not_passed(&report, name);
            assert!(suspects(&report).contains(&name.as_str()), "octet {at} of {name}");
        }
    }
}

/// Even the party that signs the dossier cannot change what others signed or sealed.
#[test]
fn a_part_changed_by_the_exporting_party_itself_is_found() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let dossier = letter.dossier();
    for (name, range) in places(&dossier).iter().skip(1) {
        let kind = PartKind::of(name).unwrap();
        // The guides are words of the exporting party, which signs the manifest itself. A changed
        // revocation list is one without a signature: it is not relied on.
        use PartKind::{Guide, Manifest, ManifestSignature, RevocationList};
        if matches!(kind, Guide | Manifest | ManifestSignature | RevocationList) {
            continue;
        }
        for at in signed_places(kind, &dossier[range.clone()]) {
            let changed = world.resigned(&dossier, |parts| {
                let part = parts.iter_mut().find(|part| part.name == *name).unwrap();
                part.octets[at] ^= 1;
            });
            let report = world.judge(&changed);
            assert_not_passed(&report, &format!("octet {at} of {name}"));
            let suspects = suspects(&report);
            assert!(suspects.contains(&name.as_str()), "octet {at} of {name}: {suspects:?}");
        }
    }
}

/// Some octets of a part that prove something. The certificates and revocation lists that a
/// SignedData carries along prove themselves: one that is changed is not relied on, and another
/// copy may do.
fn signed_places(kind: PartKind, octets: &[u8]) -> Vec<usize> {
    use PartKind::{Content, Decision, Evidence, Notice};
    if !matches!(kind, Content | Decision(_) | Evidence | Notice(_)) {
        return (0..octets.len()).step_by(octets.len() / 7 + 1).collect();
    }
    let read = SignedData::from_der(octets, Limits::default()).unwrap();
    let content = read.claims().content().unwrap();
    let find = |what: &[u8]| octets.windows(what.len()).position(|window| window == what).unwrap();
    let (begin, digest) = (find(content), find(&sha256(content)));
    let steps = (begin..begin + content.len()).step_by(content.len() / 5 + 1);
    // The digest is a signed attribute; behind those stands the signature's algorithm.
    steps.chain([0, 5, begin - 1, digest, digest + 31, digest - 20]).collect()
}

#[test]
fn a_missing_part_is_missed_and_nothing_more_is_claimed() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let dossier = letter.dossier();
    let whole = world.judge(&dossier);
    for (name, _) in places(&dossier).iter().filter(|(name, _)| covers(name)) {
        let removed = rebuilt(&dossier, |parts| parts.retain(|part| part.name != *name));
        let report = world.judge(&removed);
        assert_not_passed(&report, name);
        assert!(suspects(&report).contains(&layout::MANIFEST), "{name}");
        let graded = report.recipients.iter().all(|r| r.grade <= whole.recipients[0].grade);
        assert!(graded, "{name}");
    }
}
