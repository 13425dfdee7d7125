//! The window variant: any order of arrival, none twice, none for ever.

use super::*;

fn judged(verifier: &WindowVerifier, tan: &Tan, order: OrderDigest) -> WindowVerifier {
    match verifier.judge(&alone(tan, order), now()) {
        Verdict::Accepted(acceptance) => acceptance.next,
        other => panic!("{}", other.code()),
    }
}

fn numbers(mut module: Module, counters: std::ops::RangeInclusive<u64>) -> (Module, Vec<Tan>) {
    let mut tans = Vec::new();
    for at in counters {
        let (next, tan) = number(module, order(at));
        module = next;
        tans.push(tan);
    }
    (module, tans)
}

#[test]
fn numbers_of_an_epoch_arrive_in_any_order() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        let (module, mut verifier) = window(suite);
        let (_, tans) = numbers(module, 1..=6);
        for at in [4, 1, 6, 3, 2, 5] {
            let (tan, order) = (&tans[at - 1], order(at as u64));
            verifier = judged(&verifier, tan, order);
            assert_eq!(WindowVerifier::restore(&verifier.state()).unwrap(), verifier);
            assert_eq!(verifier.judge(&alone(tan, order), now()).code(), "tan-repeated");
        }
        assert_eq!(verifier.base(), 6);
    }
}

#[test]
fn tan_050_a_counter_is_used_once() {
    let (module, verifier) = window(ROOT);
    let (_, tans) = numbers(module, 1..=3);
    let verifier = judged(&verifier, &tans[1], order(2));
    assert_eq!(verifier.judge(&alone(&tans[1], order(3)), now()).code(), "root-of-another");
    assert_eq!(
        verifier.judge(&alone(&with_ctr(&tans[0], 0), order(1)), now()).code(),
        "tan-replay"
    );
    let other = with_ctr(&tans[0], 3);
    assert_eq!(verifier.judge(&alone(&other, order(1)), now()).code(), "root-of-another");
}

#[test]
fn tan_051_nothing_counts_that_is_further_ahead_than_the_window() {
    let (module, verifier) = window(ROOT);
    let (module, tans) = numbers(module, 1..=64);
    let ahead = judged(&verifier, &tans[63], order(64));
    assert_eq!(ahead.base(), 0);
    let state = String::from_utf8(module.state()).unwrap();
    let (_, error) = module.prepare(order(65), now(), &mut rng()).unwrap_err();
    assert_eq!(error, PrepareError::OutboxFull);
    // A module that forgets its outbox is stopped by the window.
    let at = state.find("\"pending\":").unwrap();
    let end = state.find(",\"settled\"").unwrap();
    let forgetful = format!("{}\"pending\":[]{}", &state[..at], &state[end..]);
    let (_, tan) = number(Module::restore(key(ROOT), forgetful.as_bytes()).unwrap(), order(65));
    let verdict = verifier.judge(&alone(&tan, order(65)), now());
    assert!(matches!(verdict, Verdict::Gap { expected: 1 }));
    let verifier = judged(&judged(&verifier, &tans[0], order(1)), &tan, order(65));
    assert_eq!(verifier.base(), 1);
}

#[test]
fn tan_052_a_skipped_counter_is_burned_after_a_day() {
    let (module, verifier) = window(ROOT);
    let (module, tans) = numbers(module, 1..=4);
    let verifier = judged(&verifier, &tans[2], order(3));
    let (same, none) = verifier.after_burning(after(86_399));
    assert_eq!((same.base(), none.len()), (0, 0));
    let (burned, counters) = verifier.after_burning(after(86_400));
    assert_eq!((burned.base(), counters), (3, vec![1, 2]));
    assert_eq!(burned.judge(&alone(&tans[0], order(1)), now()).code(), "tan-counter-burned");
    // It happens by itself when the next number comes, and the module hears of it.
    let verdict = verifier.judge(&alone(&tans[3], order(4)), after(86_400));
    let Verdict::Accepted(acceptance) = verdict else { panic!("{}", verdict.code()) };
    assert_eq!(acceptance.burned, [1, 2]);
    let learned = module.learn_from(&acceptance.next.statement()).unwrap();
    assert_eq!(learned.void, [order(1), order(2)]);
    assert_eq!(learned.accepted, [order(3), order(4)]);
    let late = verifier.judge(&alone(&tans[1], order(2)), after(86_400));
    assert_eq!(late.code(), "tan-counter-burned");
}

#[test]
fn tan_053_two_numbers_for_one_counter_freeze_the_account() {
    let (module, verifier) = window(ROOT);
    let (_, copied) = number(copy(&module), order(9));
    let (module, tan) = number(module, order(1));
    let verifier = judged(&verifier, &tan, order(1));
    let verdict = verifier.judge(&alone(&copied, order(9)), now());
    let Verdict::Equivocation(seen) = verdict else { panic!("{}", verdict.code()) };
    assert_eq!((seen.kept, seen.other), (entry(&tan, order(1)), entry(&copied, order(9))));
    assert!(seen.next.is_frozen());
    let (_, next) = number(module, order(2));
    assert_eq!(seen.next.judge(&alone(&next, order(2)), now()).code(), "tan-account-frozen");
    assert_eq!(seen.next.judge(&alone(&copied, order(9)), now()).code(), "tan-account-frozen");
}

fn epoch_change(module: Module) -> (Module, Tan, OrderDigest) {
    let order = OrderDigest::epoch_change(&module.state.link);
    let Ok(Preparation::Fresh(prepared)) = module.prepare_epoch_change(now(), &mut rng()) else {
        panic!("a new number")
    };
    let (module, tan) = release(prepared);
    (module, tan, order)
}

#[test]
fn tan_054_an_epoch_ends_with_its_last_number() {
    let (module, verifier) = window(ROOT);
    let (module, tans) = numbers(module, 1..=3);
    let verifier = judged(&verifier, &tans[1], order(2));
    let (module, change, order_of_change) = epoch_change(module);
    let ended = verifier.judge(&alone(&change, order_of_change), now());
    let Verdict::Accepted(ended) = ended else { panic!("{}", ended.code()) };
    // 1 and 3 were still on their way: void.
    assert_eq!((ended.burned, ended.next.base()), (vec![1, 3], 4));
    let verdict = ended.next.judge(&alone(&tans[2], order(3)), now());
    assert_eq!(verdict.code(), "tan-counter-burned");
    let learned = module.learn_from(&ended.next.statement()).unwrap();
    assert_eq!(learned.void, [order(1), order(3)]);
    let (_, tan) = number(learned.module, order(5));
    let _next = judged(&ended.next, &tan, order(5));
    // Numbers of the new epoch do not count in the old one.
    assert_eq!(verifier.judge(&alone(&tan, order(5)), now()).code(), "root-of-another");
}

#[test]
fn tan_054_an_epoch_does_not_end_below_a_number_that_was_used() {
    let (module, verifier) = window(ROOT);
    let backup = copy(&module);
    let (_, change, order_of_change) = epoch_change(backup);
    let (_, tans) = numbers(module, 1..=2);
    let verifier = judged(&verifier, &tans[1], order(2));
    let verdict = verifier.judge(&alone(&change, order_of_change), now());
    assert_eq!(verdict.code(), "tan-epoch-passed");
}

#[test]
fn a_strict_module_has_no_epochs_and_limits_hold_in_the_window() {
    let (module, _) = chain(ROOT);
    let (_, error) = module.prepare_epoch_change(now(), &mut rng()).unwrap_err();
    assert_eq!(error, PrepareError::OtherChaining);
    let (module, verifier) = window(ROOT);
    let (_, tan) = number(module, order(1));
    let late = verifier.judge(&alone(&tan, order(1)), after(1_000_001));
    assert_eq!(late.code(), "tan-key-expired");
    let (_, lattice) = window(SIGNATURE);
    assert_eq!(lattice.judge(&alone(&tan, order(1)), now()).code(), "tan-of-another-key");
}

#[test]
fn a_module_of_the_window_from_an_old_copy_jumps_too() {
    let (module, verifier) = window(ROOT);
    let backup = copy(&module);
    let (module, tans) = numbers(module, 1..=3);
    let mut verifier = verifier;
    for (tan, at) in tans.iter().zip(1..) {
        verifier = judged(&verifier, tan, order(at));
    }
    let learned = backup.learn_from(&verifier.statement()).unwrap();
    assert!(learned.was_set_back);
    let (_, tan) = number(learned.module, order(4));
    let _next = judged(&verifier, &tan, order(4));
    // Over the end of an epoch as well.
    let (second, change, order_of_change) = epoch_change(module);
    let verifier = judged(&verifier, &change, order_of_change);
    let (_, registration, _) = registered(key(ROOT), Chaining::Window);
    assert_eq!(registration.chaining().word(), "window");
    let text = String::from_utf8(second.state()).unwrap();
    assert!(text.contains("\"window\""));
    let (backup, _) = numbers(copy(&second), 5..=5);
    let learned = backup.learn_from(&verifier.statement()).unwrap();
    let (_, tan) = number(learned.module, order(5));
    let _next = judged(&verifier, &tan, order(5));
}

#[test]
fn a_torn_window_is_refused() {
    let (module, verifier) = window(ROOT);
    let (_, tans) = numbers(module, 1..=3);
    let verifier = judged(&verifier, &tans[2], order(3));
    let text = String::from_utf8(verifier.state()).unwrap();
    for (from, to) in [
        ("window/1", "window/2"),
        ("\"taken\":4", "\"taken\":5"),
        ("\"taken\":4", "\"taken\":6"),
        ("\"base\":0", "\"base\":18446744073709551615"),
        ("{\"ctr\":2,\"since\"", "{\"ctr\":900,\"since\""),
    ] {
        let torn = text.replace(from, to);
        assert_ne!(torn, text, "{from}");
        assert!(WindowVerifier::restore(torn.as_bytes()).is_err(), "{to}");
    }
}
