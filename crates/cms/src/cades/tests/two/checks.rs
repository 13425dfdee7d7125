//! Each check of an archive by two, broken alone.

use super::*;
use crate::attributes::SIGNATURE_TIME_STAMP;
use crate::policy::AlgorithmPolicy;
use crate::signed::SignerReport;
use crate::testing::with_signers;
use crate::tlv;

#[test]
fn cad_019_the_weakest_signer_decides_and_each_is_reported() {
    let message = archived(CONTENT);
    for weak in [0, 1] {
        let half = without(&message, &[weak]);
        let now = at(&half, FIRST).passed().unwrap();
        assert_eq!(now.get().level(), Level::LongTerm, "as far as both are");
        assert_eq!(levels(now.get())[1 - weak], Level::Archived);
        // What the other's archive time-stamp proves is not borrowed.
        let later = at(&half, LATER);
        assert_eq!(code(&later), EXPIRED);
        let Outcome::Indeterminate(claims, shortfall) = later else { panic!("indeterminate") };
        let names = ["ecdsa-p256-sha256", "ml-dsa-65"];
        let begin = format!("signer {} ({}): time-stamp", weak + 1, names[weak]);
        assert!(shortfall.detail.starts_with(&begin), "{}", shortfall.detail);
        assert!(shortfall.detail.ends_with("passed"), "{}", shortfall.detail);
        let reports = claims.claims().signed().signers();
        let passed: Vec<_> = reports.iter().map(SignerReport::passed).collect();
        assert_eq!(passed, [weak != 0, weak != 1]);
        assert_eq!(claims.claims().signers()[1 - weak].proofs().len(), 1);
        assert_eq!(claims.claims().signers()[weak].proofs().len(), 0);
    }
    assert_eq!(code(&at(&without(&message, &[0, 1]), LATER)), EXPIRED);
    // A broken signature is not hidden by the other's good archive.
    let signature = Parts::read(&message).unwrap().signers[0].signature.to_vec();
    let place = message.windows(signature.len()).position(|it| it == signature).unwrap();
    let mut broken = message.clone();
    broken[place + signature.len() - 1] ^= 1;
    let outcome = at(&broken, LATER);
    assert_eq!(outcome.indication(), "TOTAL-FAILED");
    assert!(outcome.shortfall().unwrap().detail.ends_with("signer 2 (ml-dsa-65): passed"));
}

#[test]
fn an_archive_time_stamp_counts_in_its_own_signer_alone() {
    let message = archived(CONTENT);
    let tokens = tokens_of(&message);
    let swapped = rebuilt_for_all(&without(&message, &[0, 1]), |_, _, attributes| {
        for (at, of) in [(0, 1), (1, 0)] {
            let value_der = tokens[of].clone();
            attributes[at].push(Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der }.to_der());
        }
    });
    assert_eq!(code(&at(&swapped, LATER)), HASH);
    // What one signer lost, the other's index does not miss, and the verdict does.
    for signer in [0, 1] {
        let oid = tlv::element(tlv::OBJECT_IDENTIFIER, SIGNATURE_TIME_STAMP.as_bytes());
        let cut = rebuilt_for_all(&message, |_, _, attributes| {
            attributes[signer].retain(|it| !it.windows(oid.len()).take(8).any(|at| at == oid));
        });
        let outcome = at(&cut, LATER);
        assert_eq!(code(&outcome), HASH);
        let begin = format!("signer {}", signer + 1);
        assert!(outcome.shortfall().unwrap().detail.starts_with(&begin));
    }
}

#[test]
fn cad_017_cad_018_an_archive_is_whole_or_it_is_not_made() {
    let [old, new] = &*PAIR;
    let half = old.signs_in_time(CONTENT, NOW).together_with(new.signs(CONTENT)).unwrap();
    let half = half.attached(CONTENT, &[], &[]);
    let digest = DigestAlgorithm::Sha256;
    let refused = ArchiveRequest::new(&half, None, digest, &mut rng()).err();
    assert_eq!(refused, Some(ArchiveError::NoTimeStamp));
    let ask = || ArchiveRequest::new(&long_term(CONTENT), None, digest, &mut rng()).unwrap();
    let asked = ask();
    assert_eq!(asked.time_stamp_requests().len(), 2);
    let tokens = asked.time_stamp_requests().map(|it| WORLD.tsa[1].stamps(it, FIRST));
    let tokens: Vec<_> = tokens.collect();
    for few_or_many in [&tokens[..1], &[], &[&tokens[..], &tokens[..1]].concat()] {
        let refused = ask().answered(few_or_many).err();
        assert_eq!(refused.map(|error| error.code()), Some("archive-not-one-for-each"));
    }
    let exchanged = [tokens[1].clone(), tokens[0].clone()];
    assert_eq!(ask().answered(&exchanged).err(), Some(ArchiveError::OtherImprint));
    // The imprints name no nonce: tokens for the same message fit whoever asks.
    assert!(asked.answered(&tokens).is_ok());
}

#[test]
fn cad_015_cad_016_signers_are_counted_in_messages_and_in_tokens() {
    let message = archived(CONTENT);
    let broken = |signer: &[u8]| {
        let mut other = signer.to_vec();
        *other.last_mut().unwrap() ^= 1;
        other
    };
    let refused = |message: &[u8]| with_validation_data(message, &[], &[]).err();
    let crowd = with_signers(&message, |signers| {
        let third = broken(&signers[0]);
        [signers, vec![third]].concat()
    });
    assert_eq!(refused(&crowd).map(|error| error.code()), Some("too-many"));
    assert_eq!(code(&at(&crowd, LATER)), FORMAT);
    let nobody = with_signers(&message, |_| Vec::new());
    let twice = with_signers(&message, |signers| vec![signers[0].clone(), signers[0].clone()]);
    for message in [nobody, twice] {
        assert_eq!(refused(&message).map(|error| error.code()), Some("malformed"));
        assert_eq!(code(&at(&message, LATER)), FORMAT);
    }
    // [CAD-016]
    let tokens = tokens_of(&message);
    let doubled = with_signers(&tokens[0], |signers| vec![signers[0].clone(), broken(&signers[0])]);
    let changed = rebuilt_for_all(&without(&message, &[0]), |_, _, attributes| {
        let stamp = Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der: doubled.clone() };
        attributes[0].push(stamp.to_der());
    });
    assert_eq!(code(&at(&changed, LATER)), FORMAT);
}

#[test]
fn a_signer_who_was_cut_off_is_missed_by_a_policy_that_requires_it() {
    let message = archived(CONTENT);
    let strict = |message: &[u8]| {
        let (crls, now) = ([around(LATER)], LocalTime::from_unix(LATER));
        let policy = AlgorithmPolicy::post_quantum();
        let v = Verification { crls: &crls, now, policy, ..HOUSE.verification() };
        code(&verify_archived(message, None, &v))
    };
    assert_eq!(strict(&message), PASSED);
    let short = ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE");
    for (kept, expected) in [(0, short), (1, PASSED)] {
        let cut = with_signers(&message, |mut signers| vec![signers.remove(kept)]);
        assert_eq!(strict(&cut), expected, "signer {kept}");
        assert_eq!(code(&at(&cut, LATER)), PASSED, "what is left is archived well");
    }
}

#[test]
fn no_changed_bit_of_an_archive_by_two_is_accepted() {
    let message = archived(b"x");
    // Every seventh octet, another bit each time: each verdict costs two dozen signatures.
    for octet in (0..message.len()).step_by(7) {
        let mut changed = message.clone();
        changed[octet] ^= 1 << (octet / 7 % 8);
        assert!(at(&changed, LATER).passed().is_err(), "octet {octet} of {}", message.len());
    }
}
