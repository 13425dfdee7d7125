use super::*;
use crate::session::Trust;
use crate::testing::{Provider, person};
use sealpost_cms::policy::Tightening;
use std::sync::Arc;
use tempfile::TempDir;

fn release() -> Arc<AlgorithmPolicy> {
    Arc::new(AlgorithmPolicy::current().clone())
}

/// Bert's provider, Anna at another one, and Bert.
fn people(here: &TempDir, there: &TempDir) -> (Provider, Agent, Agent) {
    let south = Provider::new("south.example");
    let anna = person(here, &Provider::new("north.example"), "anna@north.example");
    let bert = person(there, &south, "bert@south.example");
    (south, anna, bert)
}

/// Bert as his provider's directory shows him.
fn shown(provider: &Provider, certificates: &[&Certificate]) -> Vec<Recipient> {
    let lists = vec![provider.list.clone()];
    let trust = Trust::new(Some(provider.root.clone()), Vec::new(), lists, &release());
    let verified = |certificate: &&Certificate| {
        let bert = Address::parse("bert@south.example").unwrap();
        Recipient::verified(bert, (*certificate).clone(), &trust.verification()).unwrap()
    };
    certificates.iter().map(verified).collect()
}

#[test]
fn agt_042_a_directory_that_hides_the_better_certificate_is_found_out() {
    let (place, south) = (tempfile::tempdir().unwrap(), Provider::new("south.example"));
    let bert = person(&place, &south, "bert@south.example");
    let (weak, strong) =
        (&bert.certificates.encryption, &bert.certificates.hybrid.as_ref().unwrap().encryption);
    let (both, weak_alone) = (shown(&south, &[strong, weak]), shown(&south, &[weak]));
    let relies = |known: &[&Certificate], shown: &[Recipient], seen, demanded| {
        let known: Vec<Certificate> = known.iter().map(|it| (*it).clone()).collect();
        let relied = relied_on(&known, &bert.account.address, shown.to_vec(), seen, demanded);
        relied
            .map(|all| all.iter().map(Recipient::suite).collect::<Vec<_>>())
            .map_err(|it| it.code())
    };
    let (hybrid, smime) = (Suite::Hybrid2026, Suite::Smime2019);
    assert_eq!(relies(&[], &both, Some(hybrid), None), Ok(vec![hybrid, smime]));
    assert_eq!(relies(&[], &weak_alone, None, None), Ok(vec![smime]), "never seen with another");
    let hidden = Err("recipient-suite-missing");
    assert_eq!(relies(&[], &weak_alone, Some(hybrid), None), hidden);
    assert_eq!(
        relies(&[], &weak_alone, Some(hybrid), Some(smime)),
        Ok(vec![smime]),
        "his own wish"
    );
    // Certificates from elsewhere decide alone.
    assert_eq!(relies(&[strong, weak], &weak_alone, None, None), hidden);
    assert_eq!(relies(&[weak], &both, Some(hybrid), None), Ok(vec![smime]));
    assert_eq!(relies(&[strong], &both, None, None), Ok(vec![hybrid]));
    let signs = &bert.certificates.signature;
    assert_eq!(relies(&[signs], &both, None, None), Err("recipient-certificate-differs"));
}

#[test]
fn the_best_suite_that_was_seen_of_somebody_is_remembered() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (south, anna, bert) = people(&here, &there);
    let (weak, strong) =
        (&bert.certificates.encryption, &bert.certificates.hybrid.as_ref().unwrap().encryption);
    let seen = |certificates: &[&Certificate]| {
        anna.best_seen(&bert.account.address, &shown(&south, certificates)).unwrap()
    };
    assert_eq!(seen(&[weak]), Some(Suite::Smime2019));
    assert_eq!(seen(&[strong, weak]), Some(Suite::Hybrid2026));
    assert_eq!(seen(&[weak]), Some(Suite::Hybrid2026));
}

#[test]
fn agt_035_a_suite_that_is_taken_away_gives_way_to_a_lesser_one_only_on_demand() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (south, anna, bert) = people(&here, &there);
    let (weak, strong) =
        (&bert.certificates.encryption, &bert.certificates.hybrid.as_ref().unwrap().encryption);
    let (both, weak_alone) = (shown(&south, &[strong, weak]), shown(&south, &[weak]));
    let permitted = |shown: &[Recipient], demanded, withdrawn: &str| {
        let algorithm_ends = [(withdrawn.to_owned(), 0)].into();
        let update = Tightening { algorithm_ends, ..Tightening::default() };
        let policy = AlgorithmPolicy::current().tightened(update);
        let permitted = anna.permitted(shown.to_vec(), demanded, &policy);
        permitted
            .map(|all| all.iter().map(Recipient::suite).collect::<Vec<_>>())
            .map_err(|error| error.code())
    };
    let (hybrid, smime) = (Suite::Hybrid2026, Suite::Smime2019);
    assert_eq!(permitted(&both, None, "nothing"), Ok(vec![hybrid, smime]));
    assert_eq!(permitted(&weak_alone, None, "nothing"), Ok(vec![smime]));
    // The lesser one taken away does not matter to whoever reads the better.
    assert_eq!(permitted(&both, None, "ecdh-p256"), Ok(vec![hybrid]));
    let withdrawn = Err("suite-withdrawn");
    assert_eq!(permitted(&weak_alone, None, "ecdh-p256"), withdrawn);
    assert_eq!(permitted(&both, Some(smime), "ecdh-p256"), withdrawn);
    let better = "ml-kem-768-x25519";
    assert_eq!(permitted(&both, None, better), withdrawn);
    assert_eq!(permitted(&both, Some(hybrid), better), withdrawn);
    assert_eq!(permitted(&both, Some(smime), better), Ok(vec![smime, hybrid]));
    assert_eq!(permitted(&weak_alone, None, better), Ok(vec![smime]));
}
