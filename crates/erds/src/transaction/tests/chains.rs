//! The provider's side of a strict chain.

use super::*;

/// Both ends after `count` numbers that were taken and acknowledged.
fn after_numbers(count: u64) -> (Module, Verifier) {
    let (mut module, mut verifier) = chain(ROOT);
    for at in 1..=count {
        let (next, tan) = number(module, order(at));
        verifier = taken(&verifier, &tan, order(at));
        module = next.learn_from(&verifier.statement()).unwrap().module;
    }
    (module, verifier)
}

#[test]
fn every_suite_makes_a_chain() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        let (mut module, mut verifier) = chain(suite);
        for at in 1..=5 {
            let (next, tan) = number(module, order(at));
            verifier = taken(&verifier, &tan, order(at));
            assert_eq!(Verifier::restore(&verifier.state()).unwrap(), verifier);
            module = next;
        }
        assert_eq!(verifier.expected(), 6);
    }
}

#[test]
fn tan_040_a_chain_ends_with_its_time_and_with_its_uses() {
    let (module, verifier) = chain(ROOT);
    let (_, tan) = number(module, order(1));
    let late = verifier.judge(&alone(&tan, order(1)), after(1_000_001));
    assert_eq!(late.code(), "tan-key-expired");
    let text = String::from_utf8(verifier.state()).unwrap();
    let spent = text.replace("\"uses_max\":100000", "\"uses_max\":0");
    let spent = Verifier::restore(spent.as_bytes()).unwrap();
    assert_eq!(spent.judge(&alone(&tan, order(1)), now()).code(), "tan-key-exhausted");
}

#[test]
fn tan_041_a_number_of_another_key_or_suite_is_not_looked_at() {
    let (module, _) = chain(ROOT);
    let (_, tan) = number(module, order(1));
    let (_, verifier) = chain(SIGNATURE);
    assert_eq!(verifier.judge(&alone(&tan, order(1)), now()).code(), "tan-of-another-key");
    let other = registered(other_key(), Chaining::Strict);
    let verifier = other.1.accept(&other.2, &audience(), now()).unwrap();
    assert_eq!(verifier.judge(&alone(&tan, order(1)), now()).code(), "tan-of-another-key");
}

#[test]
fn a_number_counts_for_its_audience_its_predecessor_and_its_counter_alone() {
    let (module, registration, proof) = registered(key(ROOT), Chaining::Strict);
    let verifier = registration.accept(&proof, &audience(), now()).unwrap();
    let (module, first) = number(module, order(1));
    let (_, second) = number(module, order(2));
    let elsewhere = Domain::parse("south.example").unwrap();
    let public = key(ROOT).public().clone();
    let other = Verifier::begin(public.clone(), elsewhere, limits(), registration.link());
    let code =
        |verifier: &Verifier, tan: &Tan, order| verifier.judge(&alone(tan, order), now()).code();
    assert_eq!(code(&other, &first, order(1)), "root-of-another");
    let unlinked = Verifier::begin(public, audience(), limits(), Link::after(b"elsewhere"));
    assert_eq!(code(&unlinked, &first, order(1)), "root-of-another");
    assert_eq!(code(&verifier, &with_ctr(&second, 1), order(2)), "root-of-another");
    assert_eq!(code(&verifier, &first, order(2)), "root-of-another");
    assert_eq!(code(&verifier, &first, order(1)), "tan-accepted");
}

#[test]
fn tan_042_a_gap_is_no_verdict_and_changes_nothing() {
    let (module, verifier) = chain(ROOT);
    let (module, _lost) = number(module, order(1));
    let (module, tan) = number(module, order(2));
    let verdict = verifier.judge(&alone(&tan, order(2)), now());
    assert_eq!((verdict.code(), verdict.conclusion()), ("tan-gap", Conclusion::Indeterminate));
    assert!(matches!(verdict, Verdict::Gap { expected: 1 }));
    // With what is outstanding it is closed, and what was lost is void for good.
    let submission = Submission { outstanding: module.outstanding(), ..alone(&tan, order(2)) };
    let Verdict::Accepted(acceptance) = verifier.judge(&submission, now()) else { panic!("gap") };
    assert_eq!(acceptance.void.len(), 1);
    let late = acceptance.next.judge(&alone(&_lost, order(1)), now());
    let Verdict::Repeated(settled) = late else { panic!("{}", late.code()) };
    assert_eq!(settled.fate, Fate::Void);
}

#[test]
fn tan_044_the_same_again_gets_the_same_answer() {
    let (module, verifier) = chain(ROOT);
    let (_, tan) = number(module, order(1));
    let verifier = taken(&verifier, &tan, order(1));
    let again = verifier.judge(&alone(&tan, order(1)), now());
    assert_eq!((again.code(), again.conclusion()), ("tan-repeated", Conclusion::TotalPassed));
    let other = verifier.judge(&alone(&tan, order(2)), now());
    assert_eq!((other.code(), other.conclusion()), ("root-of-another", Conclusion::TotalFailed));
}

#[test]
fn a_counter_from_before_all_memory_is_a_replay() {
    let (module, verifier) = chain(ROOT);
    let (mut module, old) = number(module, order(1));
    let mut verifier = taken(&verifier, &old, order(1));
    for at in 2..=70 {
        module = module.learn_from(&verifier.statement()).unwrap().module;
        let (next, tan) = number(module, order(at));
        verifier = taken(&verifier, &tan, order(at));
        module = next;
    }
    assert_eq!(verifier.judge(&alone(&old, order(1)), now()).code(), "tan-replay");
    assert_eq!(verifier.judge(&alone(&with_ctr(&old, 0), order(1)), now()).code(), "tan-replay");
    assert_eq!(Verifier::restore(&verifier.state()).unwrap(), verifier);
}

#[test]
fn tan_045_two_numbers_for_one_counter_freeze_the_account_and_are_kept() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        let (module, verifier) = chain(suite);
        let (_, copied) = number(copy(&module), order(2));
        let (module, tan) = number(module, order(1));
        let verifier = taken(&verifier, &tan, order(1));
        let verdict = verifier.judge(&alone(&copied, order(2)), now());
        assert_eq!(verdict.conclusion(), Conclusion::TotalFailed);
        let Verdict::Equivocation(seen) = verdict else { panic!("{}", verdict.code()) };
        assert_eq!(seen.kept, entry(&tan, order(1)));
        assert_eq!(seen.other, entry(&copied, order(2)));
        let frozen = Verifier::restore(&seen.next.state()).unwrap();
        assert!(frozen.is_frozen());
        assert_eq!(frozen.equivocation(), Some(&(seen.kept, seen.other)));
        let (_, next) = number(module, order(3));
        assert_eq!(frozen.judge(&alone(&next, order(3)), now()).code(), "tan-account-frozen");
        assert_eq!(frozen.judge(&alone(&copied, order(2)), now()).code(), "tan-account-frozen");
        assert_eq!(frozen.judge(&alone(&tan, order(1)), now()).code(), "tan-repeated");
    }
}

#[test]
fn tan_045_a_copy_that_went_on_gives_itself_away_by_its_outbox() {
    let (module, verifier) = chain(ROOT);
    let mut copied = copy(&module);
    let mut last = None;
    for at in 11..14 {
        let (next, tan) = number(copied, order(at));
        (copied, last) = (next, Some(tan));
    }
    let (module, tan) = number(module, order(1));
    let verifier = taken(&verifier, &tan, order(1));
    let tan = last.unwrap();
    let submission = Submission { outstanding: copied.outstanding(), ..alone(&tan, order(13)) };
    assert_eq!(verifier.judge(&submission, now()).code(), "tan-equivocation");
    // Without it, it is simply not linked to what the provider has.
    assert_eq!(verifier.judge(&alone(&tan, order(13)), now()).code(), "tan-gap");
    // A number of it that lies behind gives it away in the same manner.
    let second = copied.outstanding()[1].clone();
    let (_, ahead) = number(module, order(2));
    let verifier = taken(&verifier, &ahead, order(2));
    let behind = with_value(&with_ctr(&tan, 2), &second.value.0);
    assert_eq!(verifier.judge(&alone(&behind, order(12)), now()).code(), "root-of-another");
    let submission = Submission { outstanding: copied.outstanding(), ..alone(&behind, order(12)) };
    assert_eq!(verifier.judge(&submission, now()).code(), "tan-equivocation");
}

#[test]
#[cfg_attr(
    target_arch = "wasm32",
    ignore = "there ML-DSA signs without randomness, so that it is the same number"
)]
fn a_signature_made_twice_is_a_second_number_too() {
    let (module, verifier) = chain(SIGNATURE);
    let (_, again) = number(copy(&module), order(1));
    let (_, tan) = number(module, order(1));
    assert_ne!(tan.value(), again.value(), "hedged signatures differ");
    let verifier = taken(&verifier, &tan, order(1));
    assert_eq!(verifier.judge(&alone(&again, order(1)), now()).code(), "tan-equivocation");
}

#[test]
fn tan_046_no_more_than_64_are_caught_up_with() {
    let (module, verifier) = chain(ROOT);
    let (module, tan) = number(module, order(1));
    let many = vec![module.outstanding()[0].clone(); 65];
    let submission = Submission { outstanding: &many, ..alone(&tan, order(1)) };
    assert_eq!(verifier.judge(&submission, now()).code(), "tan-too-many-outstanding");
}

#[test]
fn tan_047_what_is_passed_over_is_genuine() {
    let (module, verifier) = chain(ROOT);
    let (module, _) = number(module, order(1));
    let (module, tan) = number(module, order(2));
    let mut outstanding = module.outstanding().to_vec();
    outstanding[0].order = order(99);
    let submission = Submission { outstanding: &outstanding, ..alone(&tan, order(2)) };
    assert_eq!(verifier.judge(&submission, now()).code(), "root-of-another");
    outstanding[0].ctr = 5;
    let submission = Submission { outstanding: &outstanding[..1], ..alone(&tan, order(2)) };
    assert_eq!(verifier.judge(&submission, now()).code(), "tan-gap");
}

#[test]
fn tan_043_a_verifier_from_an_old_copy_is_repaired_with_bridging_numbers() {
    let (module, backup) = after_numbers(3);
    let (mut module, mut verifier) = (module, backup.clone());
    for at in 4..=9 {
        let (next, tan) = number(module, order(at));
        verifier = taken(&verifier, &tan, order(at));
        module = next.learn_from(&verifier.statement()).unwrap().module;
    }
    // The provider is restored from the backup: it waits for number 4.
    let (module, tan) = number(module, order(10));
    assert!(matches!(backup.judge(&alone(&tan, order(10)), now()), Verdict::Gap { expected: 4 }));
    let bridging = module.bridging_from(backup.expected()).unwrap();
    let repaired = backup.repaired(&bridging).unwrap();
    assert_eq!(repaired.expected(), 10);
    let _next = taken(&repaired, &tan, order(10));
    // One missing, one changed, too many.
    let gap = RepairError::Gap { expected: 4 };
    assert_eq!(backup.repaired(&bridging[1..]).err(), Some(gap));
    let forged = Settled { entry: entry(&with_ctr(&tan, 4), order(4)), fate: Fate::Accepted };
    assert!(matches!(backup.repaired(&[forged.into()]), Err(RepairError::Invalid(_))));
    let many = vec![bridging[0].clone(); 257];
    assert_eq!(backup.repaired(&many).unwrap_err().code(), "tan-too-many-bridging");
    assert!(module.bridging_from(20).is_none());
}

#[test]
fn a_torn_state_of_a_verifier_is_refused() {
    let (_, verifier) = after_numbers(3);
    let text = String::from_utf8(verifier.state()).unwrap();
    assert!(
        Verifier::restore(text.replace("\"ctr\":3,\"link", "\"ctr\":4,\"link").as_bytes()).is_err()
    );
    assert!(Verifier::restore(text.replace("verifier/1", "verifier/9").as_bytes()).is_err());
    assert!(Verifier::restore(&text.as_bytes()[1..]).is_err());
}
