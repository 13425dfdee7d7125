//! Transaction numbers, their keys, registrations, statements and stored states. The first octet
//! of an input says what the rest is. Whatever reads is written back the same, and no number is
//! taken but the one that the module of the seeds made.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::time::LocalTime;
use sealpost_erds::transaction::{
    ChainStatement, LegacyKey, Module, PublicKey, Registration, Submission, Tan, TransactionKey,
    Verdict, Verifier, WindowVerifier,
};
use sealpost_fuzz::{NOW, read, transaction_order};
use std::sync::LazyLock;

/// A registration and its proof.
static PROOF: LazyLock<(Registration, Tan)> = LazyLock::new(|| {
    let registration = Registration::from_json(&seed("registration.json")).expect("a seed");
    (registration, Tan::from_octets(&seed("proof.bin")).expect("a seed"))
});

/// The chain that begins with it, and its first number.
static CHAIN: LazyLock<(Verifier, Tan)> = LazyLock::new(|| {
    let (registration, proof) = &*PROOF;
    let chain = registration.accept(proof, registration.audience(), now());
    let number = Tan::from_octets(&seed("number.bin")).expect("a seed");
    let chain = chain.expect("the seeds verify: make them again");
    assert!(takes(&chain, &number), "the seeds verify: make them again");
    (chain, number)
});

fn seed(name: &str) -> Vec<u8> {
    read(&format!("transaction/{name}"))[1..].to_vec()
}

fn now() -> LocalTime {
    LocalTime::from_unix(NOW)
}

fn takes(chain: &Verifier, tan: &Tan) -> bool {
    let submission = Submission { tan, order: transaction_order(), outstanding: &[] };
    matches!(chain.judge(&submission, now()), Verdict::Accepted(_))
}

fuzz_target!(init: LazyLock::force(&CHAIN), |octets: &[u8]| {
    let Some((kind, rest)) = octets.split_first() else {
        return;
    };
    match kind {
        0 => number(rest),
        1 => public_key(rest),
        2 => registration(rest),
        3 => statement(rest),
        4 => states(rest),
        _ => {}
    }
});

fn number(octets: &[u8]) {
    if let Ok(tan) = Tan::from_octets(octets) {
        assert_eq!(tan.to_octets(), octets, "one encoding");
        let (chain, genuine) = &*CHAIN;
        assert!(!takes(chain, &tan) || tan == *genuine, "taken, made by nobody");
    }
}

fn public_key(octets: &[u8]) {
    if let Ok(key) = PublicKey::from_octets(octets) {
        assert_eq!(key.to_octets(), octets, "one encoding");
        assert!(LegacyKey::from_octets(octets).is_err(), "in use and legacy at once");
    }
}

fn registration(octets: &[u8]) {
    if let Ok(registration) = Registration::from_json(octets) {
        let again = Registration::from_json(&registration.to_json());
        assert_eq!(again.as_ref(), Ok(&registration));
        if registration.accept(&PROOF.1, registration.audience(), now()).is_ok() {
            assert_eq!(registration, PROOF.0, "accepted, proven by nobody");
        }
    }
}

fn statement(octets: &[u8]) {
    if let Ok(statement) = ChainStatement::from_json(octets) {
        let again = ChainStatement::from_json(&statement.to_json());
        assert_eq!(again, Ok(statement));
    }
}

fn states(octets: &[u8]) {
    let number = &CHAIN.1;
    let submission = Submission { tan: number, order: transaction_order(), outstanding: &[] };
    if let Ok(verifier) = Verifier::restore(octets) {
        assert_eq!(Verifier::restore(&verifier.state()).as_ref(), Ok(&verifier));
        let _verdict = (verifier.statement(), verifier.judge(&submission, now()));
    }
    if let Ok(window) = WindowVerifier::restore(octets) {
        assert_eq!(WindowVerifier::restore(&window.state()).as_ref(), Ok(&window));
        let _verdict = (window.statement(), window.judge(&submission, now()));
    }
    if let Ok(key) = TransactionKey::from_octets(&[&[3][..], &[7; 32]].concat())
        && let Ok(module) = Module::restore(key, octets)
    {
        assert!(module.outstanding().len() <= 64);
    }
}
