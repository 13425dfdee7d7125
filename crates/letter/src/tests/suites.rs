//! Which suite a letter gets, and that it is read with the key of that suite and no other.

use super::house::{House, Person, address, rng};
use crate::draft::{Draft, Recipient};
use crate::error::{ComposeError, OpenError};
use crate::open::{Reader, verify_letter};
use crate::{Suite, compose};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::Profile;
use sealpost_cms::keys::{DecryptionKey, DecryptionScheme};
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::ConsignmentMode;

const NOW: ClaimedTime = ClaimedTime::from_unix(super::house::NOW);

/// A person's key of the suite `hybrid-2026`, certified.
fn hybrid(house: &House, person: &Person) -> (DecryptionKey, Recipient) {
    let scheme = DecryptionScheme::MlKem768X25519;
    let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
    let (name, address) = (person.name, person.address.as_str());
    let profile = Profile::PersonEncryption { name, address, organisation: None };
    let certificate = super::house::certified(&house.root, profile, &key.spki_der());
    (key, recipient(house, person, certificate))
}

fn recipient(house: &House, person: &Person, certificate: Certificate) -> Recipient {
    Recipient::verified(person.address.clone(), certificate, &house.verification()).unwrap()
}

/// The suite of each letter of a draft.
fn suites(draft: &Draft, recipients: &[Recipient]) -> Result<Vec<Suite>, ComposeError> {
    let composed = compose(draft, recipients, NOW, &mut rng())?;
    Ok(composed.iter().map(crate::Composed::suite).collect())
}

#[test]
fn let_008_each_letter_gets_the_best_suite_that_all_its_recipients_read() {
    let house = House::new();
    let (bert, cleo, dora) = (&house.bert, &house.cleo, &house.dora);
    let weak = [bert, cleo, dora].map(|person| house.recipient(person));
    let strong = [bert, cleo, dora].map(|person| hybrid(&house, person).1);
    let draft = house.draft(ConsignmentMode::Basic, &[bert], &[cleo], &[dora]);
    let (new, old) = (Suite::Hybrid2026, Suite::Smime2019);
    let all = [weak.as_slice(), &strong].concat();
    assert_eq!(suites(&draft, &all), Ok(vec![new, new]));
    assert_eq!(suites(&draft, &weak), Ok(vec![old, old]));
    // Cleo has no such key: those who see each other fall back together, the blind copy does not.
    let without_cleo = [weak.as_slice(), &strong[..1], &strong[2..]].concat();
    assert_eq!(suites(&draft, &without_cleo), Ok(vec![old, new]));
    let demands = |suite| Draft { suite: Some(suite), ..draft.clone() };
    assert_eq!(suites(&demands(old), &all), Ok(vec![old, old]));
    assert_eq!(suites(&demands(new), &all), Ok(vec![new, new]));
    assert_eq!(suites(&demands(new), &without_cleo), Err(ComposeError::NoCommonSuite));
    assert_eq!(suites(&demands(old), &strong), Err(ComposeError::NoCommonSuite));
    // Bert reads the one and Cleo the other.
    let apart = [&weak[..1], &strong[1..]].concat();
    assert_eq!(suites(&draft, &apart), Err(ComposeError::NoCommonSuite));
    let twice = [all.as_slice(), &strong[..1]].concat();
    assert_eq!(suites(&draft, &twice), Err(ComposeError::CertificateUnasked));
    assert_eq!(suites(&draft, &all[1..3]), Err(ComposeError::CertificateMissing));
}

#[test]
fn a_hybrid_letter_opens_with_the_hybrid_key_and_is_bound_to_it() {
    let house = House::new();
    for mode in [ConsignmentMode::Basic, ConsignmentMode::Signed] {
        let (key, strong) = hybrid(&house, &house.bert);
        let draft = house.draft(mode, &[&house.bert], &[], &[]);
        let both = [house.recipient(&house.bert), strong.clone()];
        let composed = compose(&draft, &both, NOW, &mut rng()).unwrap().remove(0);
        let sent = house.sent(composed);
        assert_eq!(sent.prepared.record.suite, Suite::Hybrid2026);
        let delivery = sent.to(&house.bert);
        let carried = delivery.carried();
        let weak = carried.key_request(&house.bert.encryption.1).map(|_| ());
        assert_eq!(weak, Err(OpenError::NotForReader));
        let request = carried.key_request(strong.certificate()).unwrap();
        let answer = key.answer(&request).unwrap();
        let message = carried.decrypt(request, answer).unwrap();
        let bound_to = |certificate| {
            let reader =
                Reader { address: &house.bert.address, certificate, metadata: &delivery.metadata };
            match mode {
                ConsignmentMode::Basic => {
                    verify_letter(&message, &reader, &house.verification()).passed().is_ok()
                }
                _ => {
                    let verification = house.verification();
                    crate::verify_notice(&message, &reader, &verification).passed().is_ok()
                }
            }
        };
        assert!(bound_to(strong.certificate()));
        assert!(!bound_to(&house.bert.encryption.1), "the key that was really used");
    }
}

#[test]
fn a_key_that_no_suite_has_makes_nobody_a_recipient() {
    let house = House::new();
    let key = DecryptionKey::generate_for(DecryptionScheme::MlKem1024, &mut rng()).unwrap();
    let (name, text) = (house.bert.name, house.bert.address.as_str());
    let profile = Profile::PersonEncryption { name, address: text, organisation: None };
    let certificate = super::house::certified(&house.root, profile, &key.spki_der());
    let refused = Recipient::verified(address(text), certificate, &house.verification());
    assert_eq!(refused.err().unwrap().code(), "recipient-key-kind");
}
