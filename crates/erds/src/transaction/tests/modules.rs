//! The module: what it remembers, what it refuses.

use super::*;

#[test]
fn tan_020_a_number_leaves_only_when_its_state_is_durable() {
    let (module, _) = chain(ROOT);
    let before = module.state();
    let Ok(Preparation::Fresh(prepared)) = module.prepare(order(1), now(), &mut rng()) else {
        panic!("a new order")
    };
    let (prepared, error) = prepared.release(&StorageReceipt::of_durable(&before)).unwrap_err();
    assert_eq!(error.code(), "tan-state-not-stored");
    let stored = prepared.state().to_vec();
    let (module, tan) = release(prepared);
    // What is durable remembers the number: after a crash it comes again, and no other.
    assert_eq!(module.state(), stored);
    let (restored, again) = number(copy(&module), order(1));
    assert_eq!((again, restored.ctr()), (tan, 1));
}

#[test]
fn tan_021_a_torn_state_or_one_of_another_key_is_refused() {
    let (module, _) = chain(ROOT);
    let (module, _) = number(module, order(1));
    let (module, _) = number(module, order(2));
    let refused = |state: &[u8]| Module::restore(key(ROOT), state).is_err();
    assert!(!refused(&module.state()));
    assert!(Module::restore(other_key(), &module.state()).is_err());
    let text = String::from_utf8(module.state()).unwrap();
    assert!(refused(text.replace("\"ctr\":2,\"link\"", "\"ctr\":3,\"link\"").as_bytes()));
    assert!(refused(text.replace("\"ctr\":1,", "\"ctr\":7,").as_bytes()));
    assert!(refused(text.replace("module/1", "module/2").as_bytes()));
    assert!(refused(&text.as_bytes()[..text.len() / 2]));
    let link = module.state.link.digest().hex();
    assert!(refused(text.replace(&link, &"0".repeat(64)).as_bytes()));
}

#[test]
fn tan_022_an_order_has_one_number_for_ever() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        let (module, _) = chain(suite);
        let (module, first) = number(module, order(1));
        let (module, second) = number(module, order(2));
        let (module, again) = number(module, order(1));
        assert_eq!(again, first);
        assert_eq!((second.ctr(), module.ctr()), (2, 2));
    }
}

#[test]
fn tan_022_a_void_order_gets_no_number_any_more() {
    let (module, verifier) = chain(ROOT);
    let (module, _lost) = number(module, order(1));
    let (module, tan) = number(module, order(2));
    let submission = Submission { outstanding: module.outstanding(), ..alone(&tan, order(2)) };
    let Verdict::Accepted(acceptance) = verifier.judge(&submission, now()) else { panic!("gap") };
    let learned = module.learn_from(&acceptance.next.statement()).unwrap();
    assert_eq!(learned.void, [order(1)]);
    let refused = learned.module.prepare(order(1), now(), &mut rng());
    assert_eq!(refused.unwrap_err().1, PrepareError::OrderVoid);
}

#[test]
fn tan_023_every_order_gets_a_counter_of_its_own() {
    let (mut module, _) = chain(ROOT);
    for expected in 1..=10 {
        let (next, tan) = number(module, order(expected));
        assert_eq!(tan.ctr(), expected);
        module = next;
    }
}

#[test]
fn tan_016_tan_024_a_fault_releases_nothing_and_stops_the_key_until_it_is_tested() {
    let (mut module, verifier) = chain(ROOT);
    module.key = key(ROOT).broken(&other_key());
    let (module, error) = module.prepare(order(1), now(), &mut rng()).unwrap_err();
    assert_eq!((error.code(), module.ctr()), ("key-suspect", 0));
    // The suspicion outlives a restart, and the fault itself.
    let restored = Module::restore(key(ROOT), &module.state()).unwrap();
    let (restored, error) = restored.prepare(order(1), now(), &mut rng()).unwrap_err();
    assert_eq!(error, PrepareError::KeySuspect);
    let (_still, _) = module.self_test(&mut rng()).unwrap_err();
    let (_, tan) = number(restored.self_test(&mut rng()).unwrap(), order(1));
    let _next = taken(&verifier, &tan, order(1));
}

#[test]
fn tan_025_a_key_ends_with_its_time_and_with_its_uses() {
    let (module, _) = chain(ROOT);
    let (module, error) = module.prepare(order(1), after(1_000_001), &mut rng()).unwrap_err();
    assert_eq!(error, PrepareError::Expired);
    let text = String::from_utf8(module.state()).unwrap();
    let spent = text.replace("\"uses_max\":100000", "\"uses_max\":1");
    let (spent, _) = number(Module::restore(key(ROOT), spent.as_bytes()).unwrap(), order(1));
    let (_, error) = spent.prepare(order(2), now(), &mut rng()).unwrap_err();
    assert_eq!(error, PrepareError::Exhausted);
    assert_eq!(KeyLimits::new(now(), u64::MAX).uses_max(), 1 << 20);
}

#[test]
fn tan_025_the_65th_number_waits_for_an_answer() {
    let (mut module, verifier) = chain(ROOT);
    let mut last = None;
    for count in 1..=64 {
        let (next, tan) = number(module, order(count));
        (module, last) = (next, Some(tan));
    }
    let (module, error) = module.prepare(order(65), now(), &mut rng()).unwrap_err();
    assert_eq!(error, PrepareError::OutboxFull);
    // One answer, and it goes on.
    let tan = last.unwrap();
    let submission = Submission { outstanding: module.outstanding(), ..alone(&tan, order(64)) };
    let Verdict::Accepted(acceptance) = verifier.judge(&submission, now()) else { panic!("gap") };
    assert_eq!(acceptance.void.len(), 63);
    let learned = module.learn_from(&acceptance.next.statement()).unwrap();
    assert_eq!((learned.accepted.len(), learned.void.len()), (1, 63));
    let (_, tan) = number(learned.module, order(65));
    let _next = taken(&acceptance.next, &tan, order(65));
}
