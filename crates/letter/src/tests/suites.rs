//! Which suite a letter gets, and that it is read with the key of that suite and no other.

use super::house::{House, Person, address, rng};
use crate::binding::LetterBinding;
use crate::draft::{Draft, Recipient};
use crate::error::{ComposeError, OpenError};
use crate::open::{Reader, SignedMessage, verify_letter};
use crate::{Content, Signers, Suite, compose};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::Profile;
use sealpost_cms::keys::{DecryptionKey, DecryptionScheme};
use sealpost_cms::policy::SignatureAlgorithm;
use sealpost_cms::signed::{ContentRef, digests_for, request_signature_with};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::{Outcome, SubIndication};
use sealpost_erds::ConsignmentMode;

const NOW: ClaimedTime = ClaimedTime::from_unix(super::house::NOW);

/// A person's key of the suite `hybrid-2026`, certified.
pub(super) fn hybrid(house: &House, person: &Person) -> (DecryptionKey, Recipient) {
    let scheme = DecryptionScheme::MlKem768X25519;
    let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
    let (name, address) = (person.name, person.address.as_str());
    let profile = Profile::PersonEncryption { name, address, organisation: None };
    let certificate = super::house::certified(&house.root, profile, &key.spki_der());
    (key, recipient(house, person, certificate))
}

pub(super) fn recipient(house: &House, person: &Person, certificate: Certificate) -> Recipient {
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

/// A hybrid letter to Bert: what Anna signed, and how Bert reads it.
struct HybridLetter {
    house: House,
    sent: super::house::Sent,
    strong: Recipient,
}

impl HybridLetter {
    fn new() -> Self {
        let house = House::new();
        let (_, strong) = hybrid(&house, &house.bert);
        let draft = house.draft(ConsignmentMode::Basic, &[&house.bert], &[], &[]);
        let composed = compose(&draft, std::slice::from_ref(&strong), NOW, &mut rng());
        let sent = house.sent(composed.unwrap().remove(0));
        Self { house, sent, strong }
    }

    fn read(&self, signed_data: Vec<u8>) -> Outcome<Content> {
        let reader = Reader {
            address: &self.house.bert.address,
            certificate: self.strong.certificate(),
            metadata: &self.sent.to(&self.house.bert).metadata,
        };
        let message = SignedMessage::from_signed_data(signed_data);
        verify_letter(&message, &reader, &self.house.verification())
    }

    /// The same content, signed for this binding by these keys of Anna's.
    fn signed_again(&self, binding: &LetterBinding, algorithms: &[SignatureAlgorithm]) -> Vec<u8> {
        let letter = self.read(self.sent.prepared.signed_content.clone()).passed().unwrap();
        let content = letter.get().mime();
        let anna = &self.house.anna;
        let keys = [(&anna.signing.0, &anna.signing.1), (&anna.signing_too.0, &anna.signing_too.1)];
        let keys = keys.into_iter().filter(|(key, _)| algorithms.contains(&key.algorithm()));
        let signatures = keys.map(|(key, certificate)| {
            let about = ContentRef::with(content, &digests_for(&[certificate]));
            let attributes = [binding.to_attribute()];
            let asked =
                request_signature_with(None, about, None, certificate, NOW, &attributes).unwrap();
            let answer = key.answer(&asked);
            asked.answered(answer).unwrap()
        });
        let signature = signatures.reduce(|one, two| one.together_with(two).unwrap()).unwrap();
        signature.attached(content, &[], &[])
    }
}

const ECDSA: SignatureAlgorithm = SignatureAlgorithm::EcdsaP256Sha256;
const ML_DSA: SignatureAlgorithm = SignatureAlgorithm::MlDsa65;

#[test]
fn a_hybrid_letter_has_two_signatures_that_both_hold_and_each_has_its_time_stamp() {
    let letter = HybridLetter::new();
    let verified = letter.read(letter.sent.prepared.signed_content.clone()).passed().unwrap();
    assert_eq!(verified.get().binding().suite(), Suite::Hybrid2026);
    let finding = verified.finding();
    assert_eq!(finding.signer, letter.house.anna.signing.1);
    assert_eq!(finding.cosigners, std::slice::from_ref(&letter.house.anna.signing_too.1));
    for algorithm in [ECDSA, ML_DSA] {
        assert!(finding.algorithms.contains(&algorithm.name().to_owned()));
    }
    // The proven time of a message with two signers is that of both.
    assert!(finding.proven_time.is_some());
}

#[test]
fn let_071_let_091_of_two_signatures_none_can_be_cut_off_and_to_one_none_can_be_added() {
    let letter = HybridLetter::new();
    let verified = letter.read(letter.sent.prepared.signed_content.clone()).passed().unwrap();
    let binding = verified.get().binding();
    let judged = |binding: &LetterBinding, algorithms: &[SignatureAlgorithm]| {
        let outcome = letter.read(letter.signed_again(binding, algorithms));
        let shortfall = outcome.shortfall();
        let detail = shortfall.map(|it| it.detail.split(':').next().unwrap().to_owned());
        (outcome.indication(), shortfall.map(|it| it.sub), detail)
    };
    let stands = ("TOTAL-PASSED", None, None);
    let mismatch =
        ("TOTAL-FAILED", Some(SubIndication::Mismatch), Some("signatures-not-of-suite".to_owned()));
    assert_eq!(judged(binding, &[ECDSA, ML_DSA]), stands);
    // What is left when somebody cuts one off is what its signer alone would have made.
    assert_eq!(judged(binding, &[ECDSA]), mismatch);
    assert_eq!(judged(binding, &[ML_DSA]), mismatch);
    // A letter of the other suite, to the same key, with the same salts.
    let other = binding.clone().of_suite(Suite::Smime2019);
    assert_eq!(judged(&other, &[ECDSA, ML_DSA]), mismatch);
    assert_eq!(judged(&other, &[ML_DSA]), mismatch);
    // And that one is not the suite of the key that it was encrypted for.
    let other_suite = Some("reader-other-suite".to_owned());
    assert_eq!(judged(&other, &[ECDSA]), (mismatch.0, mismatch.1, other_suite), "LET-091");
}

#[test]
fn without_a_key_for_the_second_signature_no_hybrid_letter_is_made() {
    let house = House::new();
    let (_, strong) = hybrid(&house, &house.bert);
    let draft = house.draft(ConsignmentMode::Basic, &[&house.bert], &[], &[]);
    let asks = |post_quantum| {
        let composed = compose(&draft, std::slice::from_ref(&strong), NOW, &mut rng());
        let signers = Signers { classic: &house.anna.signing.1, post_quantum };
        composed.unwrap().remove(0).ask(signers, NOW).err()
    };
    assert_eq!(asks(None), Some(ComposeError::SignerSuite));
    assert_eq!(asks(Some(&house.anna.signing.1)), Some(ComposeError::SignerSuite));
    let dora = &house.dora.signing_too.1;
    assert_eq!(asks(Some(dora)), Some(ComposeError::SignerAddress), "all signers are the sender");
    assert_eq!(asks(Some(&house.anna.signing_too.1)), None);
}
