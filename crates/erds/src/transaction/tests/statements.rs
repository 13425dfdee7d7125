//! What the module learns from its provider.

use super::*;
use crate::testing::World;

/// Both ends, the module set back to before its last two numbers, of which both were taken.
fn set_back() -> (Module, Verifier) {
    let (module, verifier) = chain(ROOT);
    let (module, first) = number(module, order(1));
    let verifier = taken(&verifier, &first, order(1));
    let backup = copy(&module);
    let (module, second) = number(module, order(2));
    let verifier = taken(&verifier, &second, order(2));
    let (_, third) = number(module, order(3));
    (backup, taken(&verifier, &third, order(3)))
}

#[test]
fn tan_028_a_module_from_an_old_copy_jumps_to_where_the_chain_stands() {
    let (module, verifier) = set_back();
    let learned = module.learn_from(&verifier.statement()).unwrap();
    assert!(learned.was_set_back);
    assert_eq!((learned.module.ctr(), learned.accepted), (3, vec![order(1)]));
    let (_, tan) = number(learned.module, order(4));
    let _next = taken(&verifier, &tan, order(4));
}

#[test]
fn a_module_from_an_old_copy_that_does_not_ask_first_is_found_out() {
    let (module, verifier) = set_back();
    let (_, tan) = number(module, order(9));
    assert_eq!(verifier.judge(&alone(&tan, order(9)), now()).code(), "tan-equivocation");
}

#[test]
fn tan_028_a_statement_with_a_number_of_somebody_else_moves_nothing() {
    let (module, verifier) = set_back();
    let mut statement = verifier.statement();
    let last = statement.last.as_mut().unwrap();
    last.entry.value.0[10] ^= 1;
    let (module, error) = module.learn_from(&statement).unwrap_err();
    assert_eq!((error.code(), module.ctr()), ("tan-statement-not-ours", 1));
    let mut further = verifier.statement();
    further.last.as_mut().unwrap().entry.ctr = 50;
    assert_eq!(module.learn_from(&further).unwrap_err().1, LearnError::NotOurs);
}

#[test]
fn tan_026_a_statement_of_another_chain_moves_nothing() {
    let (module, verifier) = set_back();
    let mut statement = verifier.statement();
    statement.audience = Domain::parse("south.example").unwrap();
    let (module, error) = module.learn_from(&statement).unwrap_err();
    assert_eq!(error, LearnError::OtherChain);
    let mut statement = verifier.statement();
    statement.kid = *other_key().public().kid();
    assert_eq!(module.learn_from(&statement).unwrap_err().1, LearnError::OtherChain);
}

#[test]
fn tan_027_a_provider_that_has_another_order_of_ours_betrays_a_copy() {
    let (module, verifier) = chain(ROOT);
    let (_, copied) = number(copy(&module), order(2));
    let verifier = taken(&verifier, &copied, order(2));
    let (module, _) = number(module, order(1));
    let (module, error) = module.learn_from(&verifier.statement()).unwrap_err();
    assert_eq!(error.code(), "tan-statement-conflict");
    let mut fates_only = verifier.statement();
    fates_only.last = None;
    assert_eq!(module.learn_from(&fates_only).unwrap_err().1, LearnError::Conflict);
}

#[test]
fn tan_029_only_the_seal_of_the_provider_counts() {
    let (module, verifier) = set_back();
    let (north, south) = (World::new("north.example"), World::new("south.example"));
    let json = verifier.statement().to_json();
    let sealed = north.sign(&json, &north.seal, NOW);
    let verified = verify_chain_statement(&sealed, &north.verification()).passed().unwrap();
    assert_eq!(module.learn(&verified).unwrap().module.ctr(), 3);
    let foreign = south.sign(&json, &south.seal, NOW);
    assert!(verify_chain_statement(&foreign, &south.verification()).passed().is_err());
    let person =
        north.person("anna@north.example", sealpost_cms::certificate::KeyPurpose::LetterSignature);
    let personal = north.sign(&json, &person, NOW);
    assert!(verify_chain_statement(&personal, &north.verification()).passed().is_err());
}

#[test]
fn statements_are_bounded_and_of_one_version() {
    let (_, verifier) = set_back();
    let statement = verifier.statement();
    assert_eq!(ChainStatement::from_json(&statement.to_json()).unwrap(), statement);
    let mut other = statement.clone();
    other.version.push('0');
    assert!(ChainStatement::from_json(&other.to_json()).is_err());
    let mut long = statement;
    long.settled = vec![long.settled[0]; 129];
    assert!(ChainStatement::from_json(&long.to_json()).is_err());
}

#[test]
fn orders_of_which_nobody_says_anything_any_more_are_named() {
    let (module, verifier) = set_back();
    let mut statement = verifier.statement();
    statement.settled.clear();
    let learned = module.learn_from(&statement).unwrap();
    assert_eq!(learned.unknown, [order(1)]);
    assert!(learned.module.outstanding().is_empty());
}
