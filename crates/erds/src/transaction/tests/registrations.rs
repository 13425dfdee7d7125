//! How chains begin and hand over.

use super::*;

#[test]
fn tan_030_number_0_proves_the_key_and_binds_every_field() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        let (_, registration, proof) = registered(key(suite), Chaining::Strict);
        assert!(registration.accept(&proof, &audience(), now()).is_ok());
        let json = String::from_utf8(registration.to_json()).unwrap();
        assert_eq!(Registration::from_json(json.as_bytes()).unwrap(), registration);
        let certificate = Digest::of(b"certificate").hex();
        for (from, to) in [
            (certificate.as_str(), Digest::of(b"another person").hex().as_str()),
            ("\"uses_max\":100000", "\"uses_max\":100001"),
            ("2026-12-", "2027-12-"),
        ] {
            let changed = json.replace(from, to);
            assert_ne!(changed, json, "{from}");
            let changed = Registration::from_json(changed.as_bytes()).unwrap();
            let refused = changed.accept(&proof, &audience(), now()).unwrap_err();
            assert_eq!(refused.code(), "tan-registration-proof", "{from}");
        }
        let number_1 = with_ctr(&proof, 1);
        let refused = registration.accept(&number_1, &audience(), now()).unwrap_err();
        assert_eq!(refused, RegistrationError::Proof(InvalidTan::OtherKey));
    }
}

#[test]
fn tan_030_a_registration_is_for_one_provider_one_chaining_and_its_time() {
    let (_, registration, proof) = registered(key(ROOT), Chaining::Strict);
    let south = Domain::parse("south.example").unwrap();
    let refused = |result: Result<Verifier, RegistrationError>| result.unwrap_err().code();
    assert_eq!(
        refused(registration.accept(&proof, &south, now())),
        "tan-registration-other-audience"
    );
    assert_eq!(
        refused(registration.accept(&proof, &audience(), after(1_000_001))),
        "tan-key-expired"
    );
    let window = registration.accept_window(&proof, &audience(), now());
    assert_eq!(window.unwrap_err(), RegistrationError::OtherChaining);
    let json = String::from_utf8(registration.to_json()).unwrap();
    assert!(Registration::from_json(json.replace("n/1", "n/2").as_bytes()).is_err());
}

#[test]
fn tan_014_a_registration_without_a_fitting_anchor_is_refused() {
    let (_, registration, proof) = registered(key(SIGNATURE), Chaining::Strict);
    let public = registration.key().clone();
    let anchor = Anchor::new(vec![0; 31]);
    let certificate = *registration.certificate();
    let short =
        Registration::new(&public, &anchor, certificate, audience(), Chaining::Strict, limits());
    assert_eq!(short.accept(&proof, &audience(), now()).unwrap_err(), RegistrationError::Anchor);
}

#[test]
fn tan_031_a_key_hands_over_to_the_one_it_names_and_ends() {
    let (module, verifier) = chain(ROOT);
    let (successor_module, successor, proof) = registered(key(BOTH), Chaining::Strict);
    let (_, stranger, strangers_proof) = registered(other_key(), Chaining::Strict);
    let Ok(Preparation::Fresh(prepared)) = module.prepare_rotation(&successor, now(), &mut rng())
    else {
        panic!("a new number")
    };
    let (module, tan) = release(prepared);
    let submission = alone(&tan, successor.rotation());
    let refused = verifier.rotate(&submission, &stranger, &strangers_proof, now()).unwrap_err();
    assert_eq!(refused.code(), "tan-rotation-not-named");
    let forged = alone(&tan, stranger.rotation());
    let refused = verifier.rotate(&forged, &stranger, &strangers_proof, now()).unwrap();
    assert_eq!(refused.unwrap_err().code(), "root-of-another");
    let unproven = verifier.rotate(&submission, &successor, &strangers_proof, now());
    assert_eq!(unproven.unwrap_err().code(), "tan-registration-proof");

    let rotation = verifier.rotate(&submission, &successor, &proof, now()).unwrap().unwrap();
    // The old module makes no more; a copy of it that does is not heard.
    let (module, error) = module.prepare(order(2), now(), &mut rng()).unwrap_err();
    assert_eq!(error, PrepareError::Retired);
    let text = String::from_utf8(module.state()).unwrap();
    let revived = text.replace("\"retired\":true", "\"retired\":false");
    let (_, late) = number(Module::restore(key(ROOT), revived.as_bytes()).unwrap(), order(2));
    let verdict = rotation.retired.judge(&alone(&late, order(2)), now());
    assert_eq!(verdict.code(), "tan-key-retired");
    assert_eq!(rotation.retired.repaired(&[]).unwrap_err().code(), "tan-key-retired");
    let (_, first) = number(successor_module, order(1));
    let _next = taken(&rotation.successor, &first, order(1));
}
