use super::*;
use crate::testing::{Provider, metadata};
use sealpost_cms::issue::Profile as Kind;
use sealpost_cms::keys::SigningKey;

#[test]
fn agt_012_nobody_signs_the_opposite_of_a_decision_that_may_have_arrived() {
    let south = Provider::new("south.example");
    let key = SigningKey::generate(&mut system_random());
    let (name, address, organisation) = ("Bert", "bert@south.example", None);
    let profile = Kind::PersonSignature { name, address, organisation };
    let certificate = south.certifies(profile, &key.spki_der());
    let metadata = metadata(ConsignmentMode::Signed);
    let signed = |verdict| {
        let decision = Decision::about(&metadata, verdict).unwrap();
        south.signs(&decision.to_json(), (&key, &certificate))
    };
    let (accepted, refused) = (signed(Verdict::Accepted), signed(Verdict::Refused));
    assert!(goes_on_with(&accepted, Verdict::Accepted).is_ok());
    assert!(goes_on_with(&refused, Verdict::Refused).is_ok());
    let code = |signed: &[u8], wanted| goes_on_with(signed, wanted).err().unwrap().code();
    assert_eq!(code(&accepted, Verdict::Refused), "acceptance-under-way");
    assert_eq!(code(&refused, Verdict::Accepted), "refusal-under-way");
    assert_eq!(code(b"damaged", Verdict::Accepted), "archive-unreadable");
}
