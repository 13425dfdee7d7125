use super::*;
use crate::testing::{Provider, meets, metadata, person};
use sealpost_erds::ConsignmentMode;
use sealpost_erds::event::Event;
use sealpost_erds::evidence::verify_evidence;

#[test]
fn agt_003_a_root_that_changed_is_refused() {
    let (one, two) = (Octets(vec![1]), Octets(vec![2]));
    assert!(is_the_root_known(None, &one).is_ok());
    assert!(is_the_root_known(Some(&one), &one).is_ok());
    let error = is_the_root_known(Some(&one), &two).err().unwrap();
    assert_eq!(error.code(), "peer-root-changed");
}

#[test]
fn agt_008_one_providers_root_does_not_vouch_for_the_seal_of_another() {
    let place = tempfile::tempdir().unwrap();
    let (north, south) = (Provider::new("north.example"), Provider::new("south.example"));
    let anna = person(&place, &north, "anna@north.example");
    let metadata = metadata(ConsignmentMode::Basic);
    let judged = |evidence: &Octets| {
        let trust = anna.trust_in(&south.domain).unwrap();
        trust.only(verify_evidence(&evidence.0, &trust.verification())).indication()
    };
    let good = south.seals(&south.states(Event::ContentConsignment, &metadata));
    assert_eq!(judged(&good), "INDETERMINATE", "nobody has vouched for south.example yet");
    meets(&anna, &south);
    assert_eq!(judged(&good), "TOTAL-PASSED");
    let north = north.with_seal_for("south.example");
    let forged = north.seals(&north.states(Event::ContentConsignment, &metadata));
    assert_ne!(judged(&forged), "TOTAL-PASSED", "a seal in another's name, under the own root");
}

#[test]
fn agt_008_an_authority_for_time_vouches_for_time_alone() {
    let (south, clock) = (Provider::new("south.example"), Provider::new("time.example"));
    let metadata = metadata(ConsignmentMode::Basic);
    let release = Arc::new(AlgorithmPolicy::current().clone());
    let trust =
        Trust::new(Some(south.root.clone()), vec![clock.root.clone()], Vec::new(), &release);
    let clock = clock.with_seal_for("south.example");
    let forged = clock.seals(&clock.states(Event::ContentConsignment, &metadata));
    let outcome = verify_evidence(&forged.0, &trust.verification());
    assert_eq!(outcome.indication(), "TOTAL-PASSED", "both roots are anchors");
    assert_eq!(trust.only(outcome).indication(), "INDETERMINATE");
}

#[test]
fn agt_041_of_each_suite_there_is_one_certificate_and_suites_to_come_are_passed_over() {
    let (place, south) = (tempfile::tempdir().unwrap(), Provider::new("south.example"));
    let bert = crate::testing::person(&place, &south, "bert@south.example");
    let (weak, strong) =
        (&bert.certificates.encryption, &bert.certificates.hybrid.as_ref().unwrap().encryption);
    let scheme = sealpost_cms::keys::DecryptionScheme::MlKem1024;
    let key = sealpost_cms::keys::DecryptionKey::generate_for(scheme, &mut system_random());
    let (name, organisation) = ("Bert", None);
    let profile = sealpost_cms::issue::Profile::PersonEncryption {
        name,
        address: "bert@south.example",
        organisation,
    };
    let to_come = &south.certifies(profile, &key.unwrap().spki_der());
    let suites = |answered: &[&Certificate]| {
        let answered: Vec<Octets> = answered.iter().map(|it| Octets(it.der().to_vec())).collect();
        let known = of_known_suites(&answered).map_err(|error| error.code());
        known.map(|known| known.iter().filter_map(Suite::of).collect::<Vec<_>>())
    };
    assert_eq!(suites(&[weak, to_come]), Ok(vec![Suite::Smime2019]));
    assert_eq!(suites(&[strong, weak]), Ok(vec![Suite::Hybrid2026, Suite::Smime2019]));
    assert_eq!(suites(&[strong, weak, strong]), Err("provider-answer-malformed"));
    assert_eq!(suites(&[to_come]), Err("recipient-unknown"));
    assert_eq!(suites(&[]), Err("recipient-unknown"));
}
