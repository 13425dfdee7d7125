//! Two signers of one message.

use std::fs;
use std::io::Write as _;

use proptest::prelude::*;

use super::kinds::{SCHEMES, Signer};
use super::*;
use crate::digest::DigestAlgorithm;
use crate::keys::SignatureScheme;
use crate::policy::{AlgorithmPolicy, SignatureAlgorithm};
use crate::stream::{self, SigningWriter};
use crate::testing::{openssl, openssl_agrees, with_signers};
use crate::tsp::token_from_response;

const ALL: [DigestAlgorithm; 3] =
    [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

/// Anna with an old kind of key and a new one.
fn pair() -> &'static (Signer, Signer) {
    static PAIR: std::sync::LazyLock<(Signer, Signer)> = std::sync::LazyLock::new(|| {
        (Signer::new(SignatureScheme::P256), Signer::new(SignatureScheme::MlDsa65))
    });
    &PAIR
}

fn together(one: &Signer, other: &Signer, content: &[u8]) -> Signature {
    let content = ContentRef::with(content, &ALL);
    one.signs_what(content).together_with(other.signs_what(content)).unwrap()
}

fn in_pieces(one: &Signer, other: &Signer, content: &[u8]) -> Vec<u8> {
    let signers = [&one.certificate, &other.certificate];
    let mut writer = SigningWriter::begin_for(Vec::new(), &signers).unwrap();
    writer.write_all(content).unwrap();
    let unsigned = writer.finish_content().unwrap();
    let one = one.signs_what(unsigned.content());
    let both = one.together_with(other.signs_what(unsigned.content())).unwrap();
    unsigned.finish(&both, &[], &[]).unwrap()
}

#[test]
fn every_two_kinds_of_keys_sign_together_whole_and_in_pieces() {
    let v = HOUSE.verification();
    let signers: Vec<Signer> = SCHEMES.iter().map(|(scheme, ..)| Signer::new(*scheme)).collect();
    for (at, one) in signers.iter().enumerate() {
        for (more, other) in signers.iter().enumerate().filter(|(more, _)| *more != at) {
            let what = format!("{} and {}", SCHEMES[at].2, SCHEMES[more].2);
            let message = together(one, other, CONTENT).attached(CONTENT, &[], &[]);
            for outcome in [verify_attached(&message, &v), verify_foreign(&message, &v)] {
                let verified = outcome.passed().unwrap_or_else(|short| panic!("{what}: {short}"));
                let finding = verified.finding();
                assert_eq!(finding.cosigners.len(), 1);
                for (.., label) in [&SCHEMES[at], &SCHEMES[more]] {
                    assert!(finding.algorithms.contains(&(*label).to_owned()), "{what}");
                }
                let reports = verified.get().signers();
                assert_eq!(reports.len(), 2);
                assert!(reports.iter().all(SignerReport::passed));
                let named: Vec<_> = reports.iter().filter_map(SignerReport::certificate).collect();
                assert!(named.contains(&&one.certificate) && named.contains(&&other.certificate));
            }
            let detached = together(one, other, CONTENT).detached(&[], &[]);
            let content = ContentRef::with(CONTENT, &ALL);
            assert!(verify_detached_content(&detached, content, &v).passed().is_ok(), "{what}");
            let streamed = in_pieces(one, other, CONTENT);
            let outcome = stream::verify(&streamed[..], Vec::new(), u64::MAX, &v).unwrap();
            assert_eq!(outcome.passed().unwrap().into_parts().0.into_sink(), CONTENT);
        }
    }
}

#[test]
fn cms_234_the_worse_verdict_is_the_messages_and_says_which_signer_passed() {
    let (old, new) = pair();
    let message = together(old, new, CONTENT).attached(CONTENT, &[], &[]);
    let v = HOUSE.verification();
    // The signature is the end of each SignerInfo, and ECDSA's is the shorter one.
    for (at, passed) in
        [(0, "signer 2 (ml-dsa-65): passed"), (1, "signer 1 (ecdsa-p256-sha256): passed")]
    {
        let broken = with_signers(&message, |mut signers| {
            *signers[at].last_mut().unwrap() ^= 1;
            signers
        });
        let outcome = verify_attached(&broken, &v);
        assert_eq!(code(&outcome), ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE"), "{at}");
        let detail = &outcome.shortfall().unwrap().detail;
        assert!(detail.ends_with(passed), "{detail}");
    }
    // One whose certificate is revoked, and nobody can say since when the signature exists.
    let revoked = [HOUSE.revokes(&[(&new.certificate, NOW - 10)])];
    let outcome = verify_attached(&message, &Verification { crls: &revoked, ..v });
    assert_eq!(code(&outcome), ("INDETERMINATE", "REVOKED_NO_POE"));
    let Outcome::Indeterminate(claims, shortfall) = outcome else { panic!("indeterminate") };
    assert!(shortfall.detail.starts_with("signer 2 (ml-dsa-65)"), "{}", shortfall.detail);
    let passed: Vec<_> = claims.claims().signers().iter().map(SignerReport::passed).collect();
    assert_eq!(passed, [true, false]);
    let algorithms: Vec<_> =
        claims.claims().signers().iter().filter_map(SignerReport::algorithm).collect();
    assert_eq!(algorithms, [SignatureAlgorithm::EcdsaP256Sha256, SignatureAlgorithm::MlDsa65]);
    // TOTAL-FAILED outweighs INDETERMINATE, whichever comes first.
    let broken = with_signers(&message, |mut signers| {
        *signers[0].last_mut().unwrap() ^= 1;
        signers
    });
    let outcome = verify_attached(&broken, &Verification { crls: &revoked, ..v });
    assert_eq!(code(&outcome), ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE"));
}

#[test]
fn a_signature_that_was_cut_off_is_missed_by_a_policy_that_requires_it() {
    let (old, new) = pair();
    let message = together(old, new, CONTENT).attached(CONTENT, &[], &[]);
    let strict = Verification { policy: AlgorithmPolicy::post_quantum(), ..HOUSE.verification() };
    assert_eq!(code(&verify_attached(&message, &strict)), ("TOTAL-PASSED", ""));
    for (kept, expected) in
        [(0, ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")), (1, ("TOTAL-PASSED", ""))]
    {
        let cut = with_signers(&message, |mut signers| vec![signers.remove(kept)]);
        assert_eq!(code(&verify_foreign(&cut, &strict)), expected, "signer {kept}");
        // Ours announce no digest that nobody uses, so theirs is no message of ours any more.
        assert_eq!(code(&verify_attached(&cut, &strict)), ("TOTAL-FAILED", "FORMAT_FAILURE"));
        let foreign = verify_foreign(&cut, &HOUSE.verification());
        assert_eq!(code(&foreign), ("TOTAL-PASSED", ""), "what is left is a good signature");
    }
}

#[test]
fn cms_235_two_signers_of_ours_are_one_party_that_says_one_thing() {
    let v = HOUSE.verification();
    let profile = crate::issue::Profile::PersonSignature {
        name: "Anna",
        address: "anna@elsewhere.example",
        organisation: None,
    };
    let (old, _) = pair();
    let stranger = Signer::certified(SignatureScheme::Ed25519, profile);
    let message = together(old, &stranger, CONTENT).attached(CONTENT, &[], &[]);
    let outcome = verify_attached(&message, &v);
    assert_eq!(code(&outcome), ("TOTAL-FAILED", "FORMAT_FAILURE"));
    let verified = verify_foreign(&message, &v).passed().unwrap();
    assert_eq!(verified.finding().cosigners, std::slice::from_ref(&stranger.certificate));
    // One of them says more than the other.
    let at = ClaimedTime::from_unix(NOW);
    let content = ContentRef::with(CONTENT, &ALL);
    let new = Signer::new(SignatureScheme::Ed25519);
    let extra = [crate::attributes::Attribute::octets(SEALPOST_PROFILE, b"1")];
    let asked = request_signature(content, None, &new.certificate, at, &extra);
    let answer = new.key.answer(&asked);
    let more = asked.answered(answer).unwrap();
    let both = old.signs_what(content).together_with(more).unwrap();
    let message = both.attached(CONTENT, &[], &[]);
    assert_eq!(code(&verify_attached(&message, &v)), ("TOTAL-FAILED", "FORMAT_FAILURE"));
    let verified = verify_foreign(&message, &v).passed().unwrap();
    assert!(verified.get().signed_attribute(SEALPOST_PROFILE).is_none(), "only one says so");
    assert!(verified.get().signed_attribute(crate::attributes::CONTENT_TYPE).is_some());
}

#[test]
fn cms_236_a_token_has_one_signer() {
    let signature = HOUSE.signs(CONTENT);
    let request = signature.time_stamp_request(7);
    let now = LocalTime::from_unix(NOW);
    let response = HOUSE.authority().respond(&request.to_der(), 1, now);
    let token = token_from_response(&response, &request).unwrap();
    let twice = with_signers(&token, |mut signers| {
        let mut again = signers[0].clone();
        *again.last_mut().unwrap() ^= 1;
        signers.push(again);
        signers
    });
    let message = signature.with_time_stamp(twice).attached(CONTENT, &[], &[]);
    let outcome = verify_attached(&message, &HOUSE.verification());
    assert_eq!(code(&outcome), ("TOTAL-FAILED", "FORMAT_FAILURE"));
}

#[test]
fn cms_237_only_signatures_over_one_content_go_together() {
    let (old, new) = pair();
    let content = ContentRef::with(CONTENT, &ALL);
    let other = ContentRef::with(b"other", &ALL);
    let refused = |one: Signature, other: Signature| one.together_with(other).err();
    assert!(refused(old.signs_what(content), new.signs_what(content)).is_none());
    let expected = Some(NotTogether);
    assert_eq!(refused(old.signs_what(content), new.signs_what(other)), expected);
    assert_eq!(refused(old.signs_what(content), old.signs_what(content)), expected);
    let third = Signer::new(SignatureScheme::P384).signs_what(content);
    assert_eq!(refused(together(old, new, CONTENT), third), expected);
    assert_eq!(NotTogether.code(), "signatures-not-together");
}

#[test]
fn both_are_stamped_or_no_time_is_proven() {
    let (old, new) = pair();
    let content = ContentRef::with(CONTENT, &ALL);
    let stamped = |signature: Signature, at| {
        let request = signature.time_stamp_request(7);
        let now = LocalTime::from_unix(at);
        let response = HOUSE.authority().respond(&request.to_der(), 1, now);
        signature.with_time_stamp(token_from_response(&response, &request).unwrap())
    };
    let v = Verification { now: LocalTime::from_unix(NOW + 100), ..HOUSE.verification() };
    let one = stamped(old.signs_what(content), NOW + 60);
    let both = one.clone().together_with(stamped(new.signs_what(content), NOW + 20)).unwrap();
    let verified = verify_attached(&both.attached(CONTENT, &[], &[]), &v).passed().unwrap();
    assert_eq!(verified.finding().proven_time.map(|time| time.unix()), Some(NOW + 60));
    let half = one.together_with(new.signs_what(content)).unwrap().attached(CONTENT, &[], &[]);
    let verified = verify_attached(&half, &v).passed().unwrap();
    assert_eq!(verified.finding().proven_time, None);
    let strict = Verification { require_time_stamp: true, ..v };
    assert_eq!(code(&verify_attached(&half, &strict)), ("INDETERMINATE", "NO_POE"));
}

#[test]
fn no_changed_octet_of_a_message_by_two_is_accepted() {
    let (old, new) = pair();
    let message = together(old, new, b"x").attached(b"x", &[], &[]);
    let v = HOUSE.verification();
    for (at, changed) in flipped(&message).step_by(7) {
        assert!(verify_attached(&changed, &v).passed().is_err(), "octet {at}");
        assert!(verify_foreign(&changed, &v).passed().is_err(), "octet {at}, read as foreign");
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_verifies_two_signers_and_we_verify_its_two() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (ecdsa, rsa) = (Signer::new(SignatureScheme::P384), Signer::new(SignatureScheme::Rsa3072));
    ecdsa.moves_into(path);
    fs::rename(path.join("signer.pem"), path.join("one.pem")).unwrap();
    fs::rename(path.join("signer.key"), path.join("one.key")).unwrap();
    rsa.moves_into(path);
    let verify = format!("cms -verify -binary -inform DER -CAfile root.pem -attime {NOW} -cades");
    for message in [
        together(&ecdsa, &rsa, CONTENT).attached(CONTENT, &[], &[]),
        in_pieces(&ecdsa, &rsa, CONTENT),
    ] {
        fs::write(path.join("m"), message).unwrap();
        assert_eq!(openssl_agrees(path, &format!("{verify} -in m")), CONTENT);
    }
    // It passes over what it does not know, if told so by nobody: ML-DSA it does not verify.
    let (old, new) = pair();
    fs::write(path.join("m"), together(old, new, CONTENT).attached(CONTENT, &[], &[])).unwrap();
    assert!(!openssl(path, &format!("{verify} -in m")).status.success());
    let v = HOUSE.verification();
    for form in ["", "-stream", "-keyid"] {
        let sign = format!(
            "cms -sign -binary -nodetach -cades -md sha384 {form} -outform DER -in content \
             -signer one.pem -inkey one.key -signer signer.pem -inkey signer.key"
        );
        let message = openssl_agrees(path, &sign);
        let verified = verify_foreign(&message, &v).passed();
        let verified = verified.unwrap_or_else(|shortfall| panic!("{form}: {shortfall}"));
        assert_eq!(verified.get().content(), CONTENT);
        assert_eq!(verified.get().signers().len(), 2);
        let streamed = stream::verify(&message[..], Vec::new(), u64::MAX, &v).unwrap();
        assert!(streamed.passed().is_ok(), "{form}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn one_signer_or_two_of_any_kind_over_any_content(
        content in prop::collection::vec(any::<u8>(), 0..150_000),
        first in 0..SIGNERS.len(),
        second in 0..SIGNERS.len(),
    ) {
        let v = HOUSE.verification();
        let (one, other) = (&SIGNERS[first], &SIGNERS[second]);
        let message = match first == second {
            true => {
                let mut writer = SigningWriter::begin(Vec::new(), &one.certificate).unwrap();
                writer.write_all(&content).unwrap();
                let unsigned = writer.finish_content().unwrap();
                let signature = one.signs_what(unsigned.content());
                unsigned.finish(&signature, &[], &[]).unwrap()
            }
            false => in_pieces(one, other, &content),
        };
        let streamed = stream::verify(&message[..], Vec::new(), u64::MAX, &v).unwrap();
        prop_assert!(streamed.passed().unwrap().into_parts().0.into_sink() == content);
        let whole = verify_foreign(&message, &v).passed().unwrap();
        prop_assert!(whole.get().content() == content);
        let count = if first == second { 1 } else { 2 };
        prop_assert_eq!(whole.get().signers().len(), count);
    }
}

static SIGNERS: std::sync::LazyLock<Vec<Signer>> =
    std::sync::LazyLock::new(|| SCHEMES.iter().map(|(scheme, ..)| Signer::new(*scheme)).collect());
