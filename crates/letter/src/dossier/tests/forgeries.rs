//! One forgery per check: what a dishonest party, or a provider that helps it, could try.

use super::journey::{Course, Letter};
use super::world::{NOW, PERIOD, World, parts_of, rebuilt, rng};
use crate::dossier::container::Part;
use crate::dossier::layout::{self, CONTENT, CONTENT_ENTITY, MANIFEST, MANIFEST_SIGNATURE};
use crate::dossier::{CheckResult, Grade, Indication, Language, Perspective, Report};
use crate::record::Shares;
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_erds::ConsignmentMode::{Basic, Signed};
use sealpost_erds::delivery::{RelayRejection, reject_relay};
use sealpost_erds::disclosure::{Assurance, Disclosure, PartyReference};
use sealpost_erds::event::{Event, Reason};
use sealpost_erds::evidence::Evidence;
use sealpost_erds::slip::Share;

/// Panics unless this check fell short for a part whose name contains `part`.
fn assert_found(report: &Report, part: &str, id: &str) {
    let text = report.render(Language::English);
    assert_ne!(report.overall.indication, Indication::TotalPassed, "{text}");
    let fell_short = |check: &CheckResult| check.check.id() == id && !check.judgement.is_passed();
    let found =
        report.parts.iter().any(|p| p.part.contains(part) && p.checks.iter().any(fell_short));
    assert!(found, "{id} did not find {part} in\n{text}");
}

/// Panics unless this check fell short for the first recipient.
fn assert_contradiction(report: &Report, id: &str) {
    let text = report.render(Language::English);
    assert_ne!(report.overall.indication, Indication::TotalPassed, "{text}");
    let mut checks = report.recipients[0].checks.iter();
    let found = checks.any(|check| check.check.id() == id && !check.judgement.is_passed());
    assert!(found, "{id} found nothing in\n{text}");
}

fn change(parts: &mut [Part], name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let part = parts.iter_mut().find(|part| part.name.contains(name)).unwrap();
    change(&mut part.octets);
}

pub(super) fn payload(signed: &[u8]) -> Evidence {
    Evidence::from_json(&statement(signed)).unwrap()
}

/// What was signed.
pub(super) fn statement(signed: &[u8]) -> Vec<u8> {
    let read = SignedData::from_der(signed, Limits::default()).unwrap();
    read.claims().content().unwrap().to_vec()
}

fn handed_over(world: &World) -> Letter<'_> {
    world.clock.set(NOW);
    Letter::travelled(world, Signed, &[&world.bert], Course::HandedOver)
}

#[test]
fn dos_002_to_007_files_that_do_not_belong() {
    let world = World::new();
    let letter = handed_over(&world);
    let dossier = letter.dossier();

    let smuggled = Part { name: "letter/secret.txt".to_owned(), octets: b"more".to_vec() };
    let report = world.judge(&world.resigned(&dossier, |parts| parts.push(smuggled.clone())));
    assert_found(&report, "letter/secret.txt", "DOS-002");
    let unlisted = Part { name: "letter/secret.eml".to_owned(), ..smuggled };
    let report = world.judge(&rebuilt(&dossier, |parts| parts.push(unlisted)));
    assert_found(&report, "letter/secret.eml", "DOS-004");

    let report =
        world.judge(&rebuilt(&dossier, |parts| parts.retain(|p| p.name != CONTENT_ENTITY)));
    assert_found(&report, MANIFEST, "DOS-003");
    let report =
        world.judge(&rebuilt(&dossier, |parts| change(parts, MANIFEST, |xml| xml.push(b' '))));
    assert_found(&report, MANIFEST, "DOS-003");
    let report =
        world.judge(&rebuilt(&dossier, |parts| change(parts, CONTENT_ENTITY, |eml| eml[9] ^= 1)));
    assert_found(&report, CONTENT_ENTITY, "DOS-004");

    let other = parts_of(&handed_over(&world).dossier());
    let other = other.into_iter().find(|part| part.name == MANIFEST_SIGNATURE).unwrap().octets;
    let report = world
        .judge(&rebuilt(&dossier, |parts| change(parts, MANIFEST_SIGNATURE, |p7s| *p7s = other)));
    assert_found(&report, MANIFEST_SIGNATURE, "DOS-005");
    let report = world.judge(&world.export(letter.parts(), &world.south, &world.bert));
    assert_found(&report, MANIFEST_SIGNATURE, "DOS-006");

    for name in [layout::HEAD, layout::OPENING, layout::DISCLOSURES, "revocation-0001.crl"] {
        let report = world
            .judge(&world.resigned(&dossier, |parts| change(parts, name, |json| json[0] = b'!')));
        assert_found(&report, name, "DOS-007");
    }
}

#[test]
fn dos_010_to_013_content_that_was_not_sent() {
    let world = World::new();
    let letter = handed_over(&world);
    let dossier = letter.dossier();
    let report = world.judge(&world.resigned(&dossier, |parts| {
        change(parts, CONTENT, |p7m| {
            let middle = p7m.len() / 4;
            p7m[middle] ^= 1;
        });
    }));
    assert_found(&report, CONTENT, "DOS-010");
    assert!(!report.letter.unwrap().content_proven);
    let report = world.judge(
        &world.resigned(&dossier, |parts| change(parts, CONTENT_ENTITY, |eml| eml.push(b'!'))),
    );
    assert_found(&report, CONTENT_ENTITY, "DOS-011");
    // A copy of nothing: anybody who exports could have written it.
    let mut without = letter.parts();
    (without.content, without.shares) = (None, None);
    let dossier_without = world.export(without, &world.north, &world.anna);
    let made_up = Part { name: CONTENT_ENTITY.to_owned(), octets: b"Dear Bert".to_vec() };
    let report = world.judge(&world.resigned(&dossier_without, |parts| parts.push(made_up)));
    assert_found(&report, CONTENT_ENTITY, "DOS-011");
    assert_eq!(report.exit_code(), 3);

    let mut parts = letter.parts();
    parts.content = Some(handed_over(&world).prepared.signed_content);
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, CONTENT, "DOS-012");
    assert_found(&report, CONTENT, "DOS-013");
    assert_found(&report, layout::OPENING, "DOS-016");
}

#[test]
fn dos_014_to_020_ciphertext_that_did_not_travel() {
    let world = World::new();
    let (letter, other) = (handed_over(&world), handed_over(&world));
    let judged = |change: &dyn Fn(&mut crate::dossier::DossierParts)| {
        let mut parts = letter.parts();
        change(&mut parts);
        world.judge(&world.export(parts, &world.north, &world.anna))
    };
    let report = judged(&|parts| parts.body = other.body.clone());
    assert_found(&report, layout::BODY, "DOS-014");
    let report = judged(&|parts| {
        parts.recipients[0].enveloped = other.parts().recipients[0].enveloped.clone()
    });
    assert_found(&report, "letter/enveloped-", "DOS-015");
    let wrong =
        Shares { recipient: Share::from_array([1; 32]), release: Share::from_array([2; 32]) };
    let report = judged(&|parts| parts.shares = Some(wrong.clone()));
    assert_found(&report, layout::OPENING, "DOS-016");

    let notices = parts_of(&other.dossier());
    let notice = notices.iter().find(|part| part.name.starts_with("letter/notice-")).unwrap();
    let report = judged(&|parts| parts.recipients[0].notice = Some(notice.octets.clone()));
    assert_found(&report, layout::OPENING, "DOS-018");
    assert_found(&report, "letter/notice-", "DOS-020");
    let report = world.judge(&world.resigned(&letter.dossier(), |parts| {
        change(parts, "letter/notice-", |p7m| p7m[300] ^= 1);
    }));
    assert_found(&report, "letter/notice-", "DOS-019");

    let basic = Letter::travelled(&world, Basic, &[&world.bert], Course::HandedOver);
    assert!(world.judge(&basic.dossier()).overall.is_passed());
    let mut parts = basic.parts();
    parts.recipients[0].content_key = Some(Share::from_array([3; 32]));
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, layout::OPENING, "DOS-017");
}

#[test]
fn dos_030_to_034_evidence_that_is_not_about_this_letter() {
    let world = World::new();
    let (letter, other) = (handed_over(&world), handed_over(&world));
    let dossier = letter.dossier();
    let report = world.judge(&world.resigned(&dossier, |parts| {
        change(parts, "04-ConsignmentAcceptance", |p7m| p7m[700] ^= 1);
    }));
    assert_found(&report, "04-ConsignmentAcceptance", "DOS-030");
    assert!(report.recipients[0].grade < Grade::Accepted);

    let report = world.judge(&world.resigned(&dossier, |parts| {
        let part = parts.iter_mut().find(|part| part.name.contains("01-Submission")).unwrap();
        part.name = part.name.replace("SubmissionAcceptance", "ContentHandover");
    }));
    assert_found(&report, "01-ContentHandover", "DOS-031");

    let mut parts = letter.parts();
    parts.evidence.push(other.evidence[5].clone());
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, "07-ContentHandover", "DOS-032");
    assert_eq!(report.recipients.len(), 1);
    assert_eq!(report.recipients[0].grade, Grade::HandedOver);

    let mut differing = payload(&letter.evidence[5]);
    differing.user_content.enveloped = other.ways[0].metadata.enveloped;
    let mut parts = letter.parts();
    parts.evidence[5] = world.seal(&world.south, &differing);
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, "06-ContentHandover", "DOS-033");
    for change in [
        |evidence: &mut Evidence| evidence.sender.assurance = Some(Assurance::High),
        |evidence: &mut Evidence| evidence.submission_time = Some(evidence.event_time),
    ] {
        let mut differing = payload(&letter.evidence[5]);
        change(&mut differing);
        let mut parts = letter.parts();
        parts.evidence[5] = world.seal(&world.south, &differing);
        let report = world.judge(&world.export(parts, &world.north, &world.anna));
        assert_found(&report, "06-ContentHandover", "DOS-033");
    }

    let mut foreign = payload(&letter.evidence[3]);
    foreign.issuer = world.north.details.clone();
    foreign.evidence_id = "00@north.example".to_owned();
    let mut parts = letter.parts();
    parts.evidence[3] = world.seal(&world.north, &foreign);
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, "04-ConsignmentAcceptance", "DOS-034");
    assert!(report.recipients[0].grade < Grade::Accepted);
}

/// A provider that helps: all evidence of a letter, sealed again with other parties.
fn resealed(letter: &Letter<'_>, change: impl Fn(&mut Evidence)) -> Vec<Vec<u8>> {
    let world = letter.world;
    world.clock.set(NOW);
    let sealed = letter.evidence.iter().map(|signed| {
        let mut evidence = payload(signed);
        change(&mut evidence);
        world.clock.set(evidence.event_time.unix());
        let north = evidence.issuer.domain == world.north.details.domain;
        world.seal(if north { &world.north } else { &world.south }, &evidence)
    });
    sealed.collect()
}

#[test]
fn dos_040_to_046_names_that_are_not_those_of_the_parties() {
    let world = World::new();
    let letter = handed_over(&world);
    let mallory = Disclosure::new("identifier", "mallory@north.example", &mut rng());
    let cleo = Disclosure::new("identifier", "cleo@south.example", &mut rng());

    let mut parts = letter.parts();
    parts.sender_disclosures.push(mallory.clone());
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, layout::DISCLOSURES, "DOS-040");
    assert!(report.sender.is_none());
    let mut parts = letter.parts();
    parts.recipients[0].disclosures = vec![cleo.clone()];
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, layout::DISCLOSURES, "DOS-042");

    let mut parts = letter.parts();
    parts.sender_disclosures = vec![mallory.clone()];
    let reference = PartyReference::to(&[mallory], None);
    parts.evidence =
        resealed(&letter, |evidence| evidence.sender.digests = reference.digests.clone());
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, CONTENT, "DOS-041");
    assert_found(&report, "letter/notice-", "DOS-041");

    let mut parts = letter.parts();
    parts.recipients[0].disclosures = vec![cleo.clone()];
    let reference = PartyReference::to(&[cleo], None);
    parts.evidence =
        resealed(&letter, |evidence| evidence.recipients[0].digests = reference.digests.clone());
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    for (part, id) in [
        ("certificates/recipient-", "DOS-044"),
        (CONTENT, "DOS-046"),
        ("letter/notice-", "DOS-020"),
        ("decision/", "DOS-053"),
    ] {
        assert_found(&report, part, id);
    }

    let mut parts = letter.parts();
    parts.recipients[0].certificate = Some(world.cleo.encryption.1.clone());
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, "certificates/recipient-", "DOS-043");
    let mut parts = letter.parts();
    parts.revocation_lists.clear();
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_found(&report, "certificates/recipient-", "DOS-045");
    assert_eq!(report.exit_code(), 3);
}

/// The dossier discloses nobody, so that nothing but the sender's signature names the parties.
#[test]
fn dos_021_the_signed_parties_are_those_of_the_evidence() {
    let world = World::new();
    let letter = handed_over(&world);
    let other = |text| PartyReference::to(&[Disclosure::new("identifier", text, &mut rng())], None);
    let judged = |change: &dyn Fn(&mut Evidence)| {
        let mut parts = letter.parts();
        parts.sender_disclosures.clear();
        parts.recipients[0].disclosures.clear();
        parts.evidence = resealed(&letter, change);
        world.judge(&world.export(parts, &world.north, &world.anna))
    };
    assert_eq!(judged(&|_| ()).exit_code(), 0);
    let mallory = other("mallory@north.example");
    let report = judged(&|evidence| evidence.sender.digests = mallory.digests.clone());
    assert_found(&report, CONTENT, "DOS-021");
    assert_found(&report, "letter/notice-", "DOS-021");
    assert!(!report.letter.as_ref().unwrap().content_proven);
    let cleo = other("cleo@south.example");
    let report = judged(&|evidence| evidence.recipients[0].digests = cleo.digests.clone());
    assert_found(&report, CONTENT, "DOS-021");
    assert_found(&report, "letter/notice-", "DOS-021");
}

/// A provider calls itself something else than its authority does.
#[test]
fn the_name_of_an_issuer_is_that_of_its_certificate() {
    let world = World::new();
    let letter = handed_over(&world);
    let mut parts = letter.parts();
    parts.evidence = resealed(&letter, |evidence| {
        evidence.issuer.organisation = "Federal Court".to_owned();
    });
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_eq!(report.exit_code(), 0);
    let issuers: Vec<_> =
        report.recipients[0].steps.iter().map(|step| step.issuer.as_str()).collect();
    assert_eq!(issuers[..2], ["North Post GmbH", "Südpost AG"]);
    assert!(!report.render(Language::English).contains("Federal Court"));
}

/// A sender who is known to the providers under one identifier and shows a court another.
#[test]
fn dos_042_a_party_with_a_closed_digest_is_not_named() {
    let world = World::new();
    let letter = handed_over(&world);
    let bert = letter.parts().recipients[0].disclosures[0].clone();
    let cleo = Disclosure::new("identifier", "cleo@south.example", &mut rng());
    let both = PartyReference::to(&[bert.clone(), cleo.clone()], None);
    let evidence =
        resealed(&letter, |evidence| evidence.recipients[0].digests = both.digests.clone());
    for (shown, exit_code) in
        [(vec![cleo.clone()], 3), (vec![bert.clone()], 3), (vec![bert, cleo], 1)]
    {
        let mut parts = letter.parts();
        parts.evidence = evidence.clone();
        // Without the decision and what the sender signed, nothing else would tell.
        parts.content = None;
        parts.shares = None;
        parts.recipients[0].decision = None;
        parts.recipients[0].content_key = None;
        parts.recipients[0].certificate = None;
        parts.recipients[0].disclosures = shown;
        let report = world.judge(&world.export(parts, &world.north, &world.anna));
        assert_found(&report, layout::DISCLOSURES, "DOS-042");
        assert_eq!(report.exit_code(), exit_code);
        assert!(report.recipients[0].party.is_none());
    }
}

#[test]
fn dos_050_to_054_decisions_that_do_not_count() {
    let world = World::new();
    let (letter, other) = (handed_over(&world), handed_over(&world));
    let judged = |decision: Vec<u8>| {
        let mut parts = letter.parts();
        parts.recipients[0].decision = Some(decision);
        world.judge(&world.export(parts, &world.north, &world.anna))
    };
    let decided = letter.ways[0].decision.clone().unwrap();
    let mut broken = decided.clone();
    broken[200] ^= 1;
    let report = judged(broken);
    assert_found(&report, "decision/", "DOS-050");
    assert_eq!(
        report.recipients[0].grade,
        Grade::Notified,
        "the evidence names a decision that fails"
    );

    assert_found(&judged(other.ways[0].decision.clone().unwrap()), "decision/", "DOS-051");
    let statement = statement(&decided);
    let again = world.attached(&world.south, &world.bert.signing, &statement);
    assert_found(&judged(again), "decision/", "DOS-052");
    let by_cleo = world.attached(&world.south, &world.cleo.signing, &statement);
    assert_found(&judged(by_cleo), "decision/", "DOS-053");
    world.clock.set(NOW + PERIOD + 1);
    let late = world.attached(&world.south, &world.bert.signing, &statement);
    assert_found(&judged(late), "decision/", "DOS-054");
    // The other key of the same person does not decide in this mode.
    world.clock.set(NOW);
    let authenticated = world.attached(&world.south, &world.bert.authentication, &statement);
    assert_found(&judged(authenticated), "decision/", "DOS-050");
}

#[test]
fn dos_060_to_063_steps_that_contradict_each_other() {
    let world = World::new();
    let letter = handed_over(&world);
    let judged = |evidence: Vec<Vec<u8>>| {
        let mut parts = letter.parts();
        parts.recipients[0].decision = None;
        parts.evidence = evidence;
        world.judge(&world.export(parts, &world.north, &world.anna))
    };
    let mut unaccepted = letter.evidence.clone();
    unaccepted.remove(3);
    let report = judged(unaccepted);
    assert_contradiction(&report, "DOS-060");
    assert_eq!((report.exit_code(), report.recipients[0].grade), (3, Grade::Notified));

    let mut expired = payload(&letter.evidence[2]);
    expired.event = Event::AcceptanceRejectionExpiry;
    expired.reasons[0].code = Reason::MESSAGE_NOT_ACCEPTED_IN_TIME;
    expired.reasons[0].details = vec!["RC09".to_owned()];
    world.clock.set(expired.event_time.unix());
    let early = world.seal(&world.south, &expired);
    let report = judged([&letter.evidence[..3], std::slice::from_ref(&early)].concat());
    assert_contradiction(&report, "DOS-061");
    assert_eq!(report.recipients[0].grade, Grade::Notified);
    let report = judged([&letter.evidence[..4], &[early]].concat());
    assert_contradiction(&report, "DOS-063");
    assert_eq!(report.recipients[0].grade, Grade::Notified);

    // The recipient's provider both took the letter over and refused it.
    let refused = reject_relay(&letter.ways[0].metadata, RelayRejection::UnknownRecipient);
    let refused = world.evidence(&world.south, &refused.evidence);
    let report = judged([&letter.evidence[..2], &[refused]].concat());
    assert_contradiction(&report, "DOS-063");

    let mut before = payload(&letter.evidence[5]);
    before.event_time = sealpost_cms::time::ClaimedTime::from_unix(NOW - 500);
    world.clock.set(NOW - 500);
    let mut disordered = letter.evidence.clone();
    disordered[5] = world.seal(&world.south, &before);
    let report = judged(disordered);
    assert_contradiction(&report, "DOS-062");
    assert!(report.recipients[0].grade < Grade::Accepted);
}

#[test]
fn an_empty_dossier_proves_nothing() {
    let world = World::new();
    let mut parts = handed_over(&world).parts();
    parts.evidence.clear();
    parts.perspective = Perspective::Recipient;
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    assert_ne!(report.exit_code(), 0);
    assert!(report.recipients.iter().all(|recipient| recipient.grade == Grade::Nothing));
}

#[test]
fn every_check_has_its_own_identifier() {
    let mut ids: Vec<_> = crate::dossier::Check::ALL.iter().map(|check| check.id()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert!(ids.iter().all(|id| id.starts_with("DOS-")));
}
