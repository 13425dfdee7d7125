//! Roots in the verifier's folder that vouch for more than their own.

use super::journey::{Course, Letter};
use super::world::{Keyed, NOW, Person, Provider, World, certified, rng, root};
use crate::dossier::{Grade, Indication, Language, Report, verify_dossier};
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::issue::{Profile, Territory};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::TrustAnchors;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::time::LocalTime;
use sealpost_erds::ConsignmentMode::Signed;
use sealpost_erds::Domain;
use sealpost_erds::evidence::IssuerDetails;

/// A provider with a name of its own choice, made by whoever holds this provider's root.
fn posing_as(organisation: &str, domain: &str, by: &Provider) -> Provider {
    let keyed = |profile| -> Keyed {
        let key = SigningKey::generate(&mut rng());
        let certificate = certified(&by.root, profile, &key.spki_der());
        (key, certificate)
    };
    Provider {
        details: IssuerDetails {
            domain: Domain::parse(domain).unwrap(),
            organisation: organisation.to_owned(),
        },
        root: root(organisation, Territory::of(domain)),
        seal: keyed(Profile::ElectronicSeal { organisation, domain }),
        tsa: keyed(Profile::TimeStamping { organisation, domain }),
        crl: by.crl.clone(),
        routing: RoutingKey::generate(&mut rng()),
    }
}

fn judged_by(dossier: &[u8], roots: &[&Keyed]) -> Report {
    let mut anchors = TrustAnchors::new();
    for (_, root) in roots {
        anchors.add(root.clone());
    }
    verify_dossier(
        dossier,
        &anchors,
        AlgorithmPolicy::current(),
        LocalTime::from_unix(NOW + 86_400 * 400),
    )
}

/// Whether DOS-035 fell short for a part whose name contains `part`.
fn found(report: &Report, part: &str) -> bool {
    let mut parts = report.parts.iter().filter(|report| report.part.contains(part));
    parts.any(|part| {
        part.checks.iter().any(|check| {
            let undecided = check.judgement.indication == Indication::Indeterminate;
            check.check.id() == "DOS-035" && undecided
        })
    })
}

/// North makes up a whole letter to south: south's evidence, and the acceptance of a Bert whom
/// north itself certified. Its root is an old one, whose certificate does not bind it.
#[test]
fn dos_035_a_root_that_vouches_for_two_domains_proves_neither() {
    let mut world = World::with_north_under(root("North Post GmbH", Territory::below("example")));
    let south = world.south.root;
    world.south = posing_as("Südpost AG", "south.example", &world.north);
    world.south.root = south;
    world.bert = Person::new(&world.north, "bert@south.example", "Bert Brand");
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let report = world.judge(&letter.dossier());
    let text = report.render(Language::English);
    assert_eq!(report.overall.indication, Indication::Indeterminate, "{text}");
    for part in ["SubmissionAcceptance", "ContentHandover", "decision/", "letter/content.p7m"] {
        assert!(found(&report, part), "{part}\n{text}");
    }
    assert_eq!(report.recipients[0].grade, Grade::Nothing);
    assert!(!report.letter.as_ref().unwrap().content_proven);
}

/// The same with a root as `quickstart` makes it.
#[test]
fn x509_012_a_root_of_one_domain_seals_no_evidence_of_another() {
    let world = World::new();
    let south = posing_as("Südpost AG", "south.example", &world.north);
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::Waiting);
    let mut parts = letter.parts();
    let sealed = |signed: &Vec<u8>| world.seal(&south, &super::forgeries::payload(signed));
    parts.evidence.truncate(1);
    parts.evidence.extend(letter.evidence[1..].iter().map(sealed));
    let dossier = world.export(parts, &world.north, &world.anna);
    let report = world.judge(&dossier);
    assert_eq!(report.recipients[0].grade, Grade::Submitted);
    let forged = report.parts.iter().find(|part| part.part.contains("RelayAcceptance")).unwrap();
    let code = forged.judgement.sub_indication.map(|sub| sub.code());
    assert_eq!(code, Some("CERTIFICATE_CHAIN_GENERAL_FAILURE"));
}

#[test]
fn dos_035_two_roots_for_one_domain_contradict_each_other() {
    let real = World::new();
    // A Bert whom south does not know.
    let other = Provider::new("Anderer", "south.example");
    let bert = Person::new(&other, "bert@south.example", "Bert Brand");
    let letter = Letter::travelled(&real, Signed, &[&real.bert], Course::HandedOver);
    let statement = super::forgeries::statement(letter.ways[0].decision.as_ref().unwrap());
    let mut parts = letter.parts();
    parts.recipients[0].decision = Some(real.attached(&other, &bert.signing, &statement));
    let dossier = real.export(parts, &real.north, &real.anna);
    let report = judged_by(&dossier, &[&real.north.root, &real.south.root, &other.root]);
    assert!(found(&report, "decision/"), "{}", report.render(Language::English));
    assert_eq!(report.recipients[0].grade, Grade::Notified);
}

/// Somebody writes evidence of his own, whose digests his own disclosures open. His seals lead to
/// no root that the verifier trusts.
#[test]
fn dos_040_dos_042_nobody_is_named_by_evidence_that_nothing_proves() {
    let world = World::new();
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let (north, south) =
        (Provider::new("Falsch", "north.example"), Provider::new("Falsch", "south.example"));
    let mut parts = letter.parts();
    parts.evidence = parts
        .evidence
        .iter()
        .map(|signed| {
            let evidence = super::forgeries::payload(signed);
            world.clock.set(evidence.event_time.unix());
            let own = evidence.issuer.domain == north.details.domain;
            world.seal(if own { &north } else { &south }, &evidence)
        })
        .collect();
    let report = world.judge(&world.export(parts, &world.north, &world.anna));
    let text = report.render(Language::English);
    assert_eq!(report.overall.indication, Indication::Indeterminate, "{text}");
    assert!(report.sender.is_none(), "{text}");
    assert!(report.recipients.iter().all(|recipient| recipient.party.is_none()), "{text}");
}

/// An independent time-stamping authority is trusted beside the providers' roots.
#[test]
fn dos_035_an_anchor_of_time_stamps_vouches_for_time_alone() {
    let mut world = World::new();
    let clock = Provider::new("Zeit AG", "time.example");
    (world.north.tsa, world.south.tsa) = {
        let tsa = |domain| {
            let key = SigningKey::generate(&mut rng());
            let profile = Profile::TimeStamping { organisation: "Zeit AG", domain };
            let certificate = certified(&clock.root, profile, &key.spki_der());
            (key, certificate)
        };
        (tsa("time.example"), tsa("time.example"))
    };
    world.more_crls.push(clock.crl.clone());
    world.more_anchors.push(clock.root.1.clone());
    let letter = Letter::travelled(&world, Signed, &[&world.bert], Course::HandedOver);
    let report = world.judge(&letter.dossier());
    let text = report.render(Language::English);
    assert_eq!(report.overall.indication, Indication::TotalPassed, "{text}");
}
