//! What a judge reads in a report.

use super::journey::{Course, Letter};
use super::world::{NOW, World, rng};
use crate::chunked::ChunkSealer;
use crate::dossier::{
    Grade, Indication, Language, Perspective, Report, Unproven, verify_dossier, verify_single,
};
use sealpost_cms::path::TrustAnchors;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::time::LocalTime;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::ConsignmentMode::{Basic, Consent, Signed};
use sealpost_erds::Digest;

/// Panics with the whole report if it is not what it should be.
fn assert_passed(report: &Report) {
    let passed = report.overall.indication == Indication::TotalPassed;
    assert!(passed, "{}", report.render(Language::English));
}

#[test]
fn a_letter_that_was_accepted_and_handed_over_is_proven_years_later() {
    let world = World::new();
    for mode in [Consent, Signed] {
        let letter = Letter::travelled(&world, mode, &[&world.bert], Course::HandedOver);
        let report = world.judge(&letter.dossier());
        assert_passed(&report);
        assert_eq!(report.exit_code(), 0);
        let bert = &report.recipients[0];
        assert_eq!(bert.grade, Grade::HandedOver);
        assert_eq!(bert.party.as_ref().unwrap().address.as_deref(), Some("bert@south.example"));
        let codes: Vec<_> = bert.steps.iter().map(|step| step.code).collect();
        assert_eq!(codes, ["A.1", "B.1", "C.1", "C.3", "D.1", "E.1"]);
        assert!(bert.not_proven.is_empty(), "{:?}", bert.not_proven);
        let anna = report.sender.as_ref().unwrap();
        assert_eq!(anna.name.as_deref(), Some("Anna Ädler"));
        assert_eq!(report.not_proven, [Unproven::READING, Unproven::QUALIFIED]);
        assert!(report.letter.as_ref().unwrap().content_proven);
        assert!(report.parts.iter().all(|part| part.judgement.is_passed()));
    }
}

#[test]
fn tsp_018_what_nothing_proves_any_more_is_in_doubt_and_neither_proven_nor_refuted() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    // The certificates of the authorities have ended, and no later time-stamp is around theirs.
    let report = world.judge_after(11, &letter.dossier());
    assert_eq!(report.overall.indication, Indication::Indeterminate);
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn exp_022_a_letter_under_an_experimental_cipher_is_proven_without_the_plug_in() {
    let mut world = World::new();
    world.experiment = Some(crate::tests::experimental::example());
    for (mode, opens) in [(Basic, 0), (Signed, 1)] {
        let letter = Letter::travelled(&world, mode, &[&world.bert], Course::HandedOver);
        let dossier = letter.dossier();
        let report = world.judge(&dossier);
        assert_passed(&report);
        assert_eq!(report.recipients[0].grade, Grade::HandedOver);
        assert!(report.letter.as_ref().unwrap().content_proven);
        // What nobody can check without the plug-in is not claimed: the notice is compared, what is
        // under the experiment is not.
        let checks = report.parts.iter().flat_map(|part| &part.checks);
        let openings = ["DOS-016", "DOS-017", "DOS-018"];
        let openings = checks.filter(|it| openings.contains(&it.check.id())).count();
        assert_eq!(openings, opens, "{mode:?}");
        assert!(report.not_proven.contains(&Unproven::TRANSPORT), "{:?}", report.not_proven);
    }
}

#[test]
fn dos_047_of_a_large_attachment_nothing_is_proven_but_what_its_sender_signed() {
    let mut world = World::new();
    let file = b"a film of some gigabytes";
    let mut sealer = ChunkSealer::new("f\u{fc}nf.mp4", "video/mp4", 24, &mut rng()).unwrap();
    sealer.seal(file.to_vec(), &mut rng()).unwrap();
    world.chunked = vec![vec![sealer.finish().unwrap()]];
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let report = world.judge(&letter.dossier());
    assert_passed(&report);
    let unproven = [Unproven::LARGE_ATTACHMENTS, Unproven::READING, Unproven::QUALIFIED];
    assert_eq!(report.not_proven, unproven);
    let named = &report.letter.as_ref().unwrap().large_attachments;
    assert_eq!((named[0].octets, named[0].sha256), (24, Digest::of(file)));
    for language in [Language::English, Language::German] {
        let text = report.render(language);
        assert!(text.contains(&Digest::of(file).hex()) && text.contains("f\u{fc}nf.mp4"), "{text}");
    }
}

#[test]
fn the_recipient_can_prove_the_same() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let report = world.judge(&letter.dossier_of_recipient());
    assert_passed(&report);
    assert_eq!(report.letter.unwrap().perspective, Some(Perspective::Recipient));
}

#[test]
fn every_course_has_its_grade_and_says_what_it_does_not_prove() {
    let world = World::new();
    for (course, grade, unproven) in [
        (Course::Refused, Grade::Refused, Unproven::ACCEPTANCE),
        (Course::Expired, Grade::Expired, Unproven::HANDOVER),
        (Course::Waiting, Grade::Notified, Unproven::ACCEPTANCE),
    ] {
        world.clock.set(NOW);
        let letter = Letter::travelled(&world, Signed, &[&world.bert], course);
        let report = world.judge(&letter.dossier());
        assert_passed(&report);
        let bert = &report.recipients[0];
        assert_eq!(bert.grade, grade);
        assert!(bert.not_proven.contains(&unproven));
        assert_eq!(bert.since, bert.steps.last().map(|step| step.proven_time));
    }
}

/// C.1 is stated when the notice lies in the mailbox, before anybody fetches it, and consent to a
/// letter's content is given nowhere.
#[test]
fn a_report_takes_neither_a_notice_for_knowledge_nor_an_acceptance_for_agreement() {
    let world = World::new();
    let letter = Letter::travelled(&world, Consent, &[&world.bert], Course::Waiting);
    let report = world.judge(&letter.dossier());
    for (language, needed, forbidden) in [
        (Language::English, "that he fetched it is not proven", ["was told", "agreed"]),
        (Language::German, "dass er sie abgeholt hat, ist nicht bewiesen", ["weiß", "Zustimmung"]),
    ] {
        let text = report.render(language);
        assert!(text.contains(needed), "{text}");
        assert!(!forbidden.iter().any(|word| text.contains(word)), "{text}");
    }
}

#[test]
fn a_basic_letter_without_a_time_stamp_is_as_old_as_the_evidence_about_its_ciphertext() {
    let world = World::new();
    let mut letter = Letter::submitted(&world, Basic, &[&world.bert], false);
    letter.travels(0, Course::HandedOver);
    let report = world.judge(&letter.dossier());
    assert_passed(&report);
    assert_eq!(report.recipients[0].grade, Grade::HandedOver);
    let since = report.letter.as_ref().unwrap().content_proven_time;
    assert_eq!(since, Some(report.recipients[0].steps[0].proven_time));

    // Without the keys nothing connects content and evidence in time.
    let mut parts = letter.parts();
    parts.recipients[0].content_key = None;
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_eq!(report.exit_code(), 3);
    assert!(report.not_proven.contains(&Unproven::TRANSPORT));
    assert!(report.not_proven.contains(&Unproven::CONTENT));
}

#[test]
fn each_recipient_has_a_grade_of_its_own() {
    let world = World::new();
    let to = [&world.bert, &world.cleo];
    let mut letter = Letter::submitted(&world, Signed, &to, true);
    letter.travels(0, Course::HandedOver);
    letter.travels(1, Course::Refused);
    let report = world.judge(&letter.dossier());
    assert_passed(&report);
    for (index, grade) in [(0, Grade::HandedOver), (1, Grade::Refused)] {
        let dispatch = letter.dispatch(index);
        let found = report.recipients.iter().find(|r| r.dispatch_id == dispatch).unwrap();
        assert_eq!(found.grade, grade);
    }
}

#[test]
fn without_a_trust_anchor_there_is_no_verdict() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let dossier = letter.dossier();
    let judged = |anchors: &TrustAnchors| {
        let now = LocalTime::from_unix(NOW + 86_400);
        verify_dossier(&dossier, anchors, AlgorithmPolicy::current(), now)
    };
    let report = judged(&TrustAnchors::new());
    assert_eq!(report.exit_code(), 3);
    assert_eq!(report.recipients[0].grade, Grade::Nothing);
    let chains = report.parts.iter().filter(|part| {
        part.judgement.sub_indication == Some(SubIndication::NoCertificateChainFound)
    });
    let chains = chains.count();
    let text = report.render(Language::English);
    assert_eq!(
        chains,
        6 + 5,
        "six evidences, content, notice, decision, manifest, certificate\n{text}"
    );

    // One anchor alone proves what its provider states, and no more.
    let mut anchors = TrustAnchors::new();
    anchors.add(world.north.root.1.clone());
    let report = judged(&anchors);
    assert_eq!(report.exit_code(), 3);
    assert_eq!(report.recipients[0].grade, Grade::Submitted);
    assert!(report.letter.unwrap().content_proven);
}

#[test]
fn what_a_party_keeps_to_itself_is_not_named() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let mut parts = letter.parts();
    parts.content = None;
    parts.shares = None;
    parts.sender_disclosures.clear();
    parts.recipients[0].disclosures.clear();
    parts.recipients[0].certificate = None;
    parts.recipients[0].content_key = None;
    parts.recipients[0].notice = None;
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_passed(&report);
    assert_eq!(report.recipients[0].grade, Grade::HandedOver);
    assert!(report.not_proven.contains(&Unproven::CONTENT));
    assert!(report.not_proven.contains(&Unproven::SENDER));
    // Who states the events could be any provider, and who decided could be anybody.
    assert!(report.not_proven.contains(&Unproven::ISSUER_ENTITLED));
    for unproven in [Unproven::RECIPIENT, Unproven::ISSUER_ENTITLED, Unproven::OWN_DECISION] {
        assert!(report.recipients[0].not_proven.contains(&unproven), "{unproven:?}");
    }
    let texts =
        [report.to_json(), report.render(Language::English), report.render(Language::German)];
    for text in texts {
        for name in ["anna", "bert", "Anna", "Bert"] {
            assert!(!text.contains(name), "{text}");
        }
    }
}

#[test]
fn one_evidence_alone_proves_its_event_and_nothing_else() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let now = LocalTime::from_unix(NOW + 400 * 86_400);
    let judged = |octets: &[u8], anchors: &TrustAnchors| {
        verify_single(octets, anchors, AlgorithmPolicy::current(), now)
    };
    let report = judged(&letter.evidence[3], &world.anchors());
    assert_passed(&report);
    assert_eq!(report.recipients[0].grade, Grade::Accepted);
    assert!(report.not_proven.contains(&Unproven::ISSUER_ENTITLED));

    let report = judged(&letter.evidence[3], &TrustAnchors::new());
    assert_eq!((report.exit_code(), report.recipients[0].grade), (3, Grade::Nothing));
    let mut changed = letter.evidence[3].clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let report = judged(&changed, &world.anchors());
    assert_eq!((report.exit_code(), report.recipients.len()), (1, 0));
    assert_eq!(judged(b"not evidence", &world.anchors()).exit_code(), 1);
}

#[test]
fn a_report_reads_in_both_languages_and_as_json() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let report = world.judge(&letter.dossier());
    let english = report.render(Language::English);
    for words in [
        "TOTAL-PASSED",
        "HANDED OVER",
        "Anna Ädler <anna@north.example>",
        "Bert Brand <bert@south.example>",
        "stated by Südpost AG (south.example)",
        "that anybody read or understood the letter",
        "sealpost-2026-11",
        "2026-11-22T12:00:00Z",
    ] {
        assert!(english.contains(words), "{words} is missing in\n{english}");
    }
    let german = report.render(Language::German);
    for words in ["Ergebnis", "ÜBERGEBEN", "Nicht bewiesen", "bezeugt von Südpost AG", "C.3"] {
        assert!(german.contains(words), "{words} is missing in\n{german}");
    }
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["version"], "sealpost-report/1");
    assert_eq!(json["overall"]["indication"], "TOTAL-PASSED");
    assert_eq!(json["recipients"][0]["grade"], "handed-over");
    assert_eq!(json["recipients"][0]["steps"][0]["code"], "A.1");
    assert_eq!(json["parts"][0]["part"], "mimetype");
    assert_eq!(json["not_proven"][0]["code"], "reading");
}
