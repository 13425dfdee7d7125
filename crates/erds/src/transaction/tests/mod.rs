//! The chain from both ends, with the printed 512-bit key, whose numbers cost nothing.

mod chains;
mod codes;
mod keys;
mod model;
mod modules;
mod registrations;
mod statements;
mod vectors;
mod windows;

use super::*;
use crate::address::Domain;
use crate::ids::{Digest, Octets};
use crate::testing::{NOW, rng};
use sealpost_cms::blum::{Factors, Size};
use sealpost_cms::time::LocalTime;

/// The octets of suites, as they stand in keys and numbers.
const ROOT: u8 = 1;
const BOTH: u8 = 2;
const SIGNATURE: u8 = 3;

fn factors() -> Vec<u8> {
    hex::decode(vectors::read().example_512.factors).unwrap()
}

/// The key of the printed example, in one of the suites.
fn key(suite: u8) -> TransactionKey {
    let (factors, seed) = (factors(), [7; 32]);
    let secret = match suite {
        ROOT => factors,
        BOTH => [&factors[..], &seed].concat(),
        _ => seed.to_vec(),
    };
    TransactionKey::from_octets(&[&[suite][..], &secret].concat()).unwrap()
}

/// Another small key.
fn other_key() -> TransactionKey {
    let factors = Factors::generate(Size::Bits512, &mut rng()).to_octets();
    TransactionKey::from_octets(&[&[ROOT][..], &factors].concat()).unwrap()
}

fn now() -> LocalTime {
    LocalTime::from_unix(NOW)
}

fn after(seconds: i64) -> LocalTime {
    LocalTime::from_unix(NOW + seconds)
}

fn audience() -> Domain {
    Domain::parse("north.example").unwrap()
}

fn limits() -> KeyLimits {
    KeyLimits::new(after(1_000_000), 100_000)
}

fn order(number: u64) -> OrderDigest {
    OrderDigest::from_digest(Digest::of(&number.to_be_bytes()))
}

/// Stores and releases.
fn release(prepared: Prepared) -> (Module, Tan) {
    let receipt = StorageReceipt::of_durable(prepared.state());
    prepared.release(&receipt).unwrap()
}

fn registered(key: TransactionKey, chaining: Chaining) -> (Module, Registration, Tan) {
    let certificate = Digest::of(b"certificate");
    let made = Module::register(key, certificate, audience(), chaining, limits(), &mut rng());
    let (registration, prepared) = made.unwrap();
    let (module, proof) = release(prepared);
    (module, registration, proof)
}

/// Both ends of a fresh strict chain.
fn chain(suite: u8) -> (Module, Verifier) {
    let (module, registration, proof) = registered(key(suite), Chaining::Strict);
    (module, registration.accept(&proof, &audience(), now()).unwrap())
}

/// Both ends of a fresh chain of the window variant.
fn window(suite: u8) -> (Module, WindowVerifier) {
    let (module, registration, proof) = registered(key(suite), Chaining::Window);
    (module, registration.accept_window(&proof, &audience(), now()).unwrap())
}

/// The number of an order.
fn number(module: Module, order: OrderDigest) -> (Module, Tan) {
    match module.prepare(order, now(), &mut rng()) {
        Ok(Preparation::Fresh(prepared)) => release(prepared),
        Ok(Preparation::Again(module, tan)) => (module, tan),
        Err((_, error)) => panic!("{error}"),
    }
}

/// A copy of the module, as a backup would be.
fn copy(module: &Module) -> Module {
    let key = TransactionKey::from_octets(&module.key.to_octets()).unwrap();
    Module::restore(key, &module.state()).unwrap()
}

fn alone(tan: &Tan, order: OrderDigest) -> Submission<'_> {
    Submission { tan, order, outstanding: &[] }
}

/// The verifier after a number that must be taken.
fn taken(verifier: &Verifier, tan: &Tan, order: OrderDigest) -> Verifier {
    match verifier.judge(&alone(tan, order), now()) {
        Verdict::Accepted(acceptance) => acceptance.next,
        other => panic!("{}", other.code()),
    }
}

/// The same number with another value.
fn with_value(tan: &Tan, value: &[u8]) -> Tan {
    Tan::new(tan.suite(), *tan.kid(), tan.ctr(), value.to_vec())
}

fn with_ctr(tan: &Tan, ctr: u64) -> Tan {
    Tan::new(tan.suite(), *tan.kid(), ctr, tan.value().to_vec())
}

fn entry(tan: &Tan, order: OrderDigest) -> Entry {
    Entry { ctr: tan.ctr(), order, value: Octets(tan.value().to_vec()) }
}
