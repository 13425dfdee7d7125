//! What a transaction number costs: `cargo run --release -p sealpost-erds --example transaction_cost`.
//!
//! The figures in docs/transaction-authenticator.md come from here.
#![allow(clippy::print_stdout)]

use rand_core::UnwrapErr;
use sealpost_cms::time::LocalTime;
use sealpost_erds::transaction::{
    Chaining, KeyLimits, Module, ModulusSize, OrderDigest, Preparation, Prepared, StorageReceipt,
    Submission, Suite, Tan, TransactionKey, Verdict,
};
use sealpost_erds::{Digest, Domain};
use std::time::{Duration, Instant};

const NUMBERS: u32 = 60;

fn main() {
    for (suite, size) in [
        (Suite::BbsTanV1, ModulusSize::Bits3072),
        (Suite::BbsTanV1, ModulusSize::Bits4096),
        (Suite::BbsTanV1MlDsa65, ModulusSize::Bits3072),
        (Suite::MlDsa65Chain, ModulusSize::Bits3072),
    ] {
        measure(suite, size);
    }
}

fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

fn release(prepared: Prepared) -> (Module, Tan) {
    let receipt = StorageReceipt::of_durable(prepared.state());
    prepared.release(&receipt).expect("it is the receipt for this state")
}

fn measure(suite: Suite, size: ModulusSize) {
    let (now, audience) = (LocalTime::from_unix(0), Domain::parse("north.example"));
    let audience = audience.expect("a domain");
    let limits = KeyLimits::new(LocalTime::from_unix(1), 1000);
    let begun = Instant::now();
    let key = TransactionKey::generate(suite, size, &mut rng());
    let generation = begun.elapsed();
    let certificate = Digest::of(b"certificate");
    let registered =
        Module::register(key, certificate, audience.clone(), Chaining::Strict, limits, &mut rng());
    let (registration, prepared) = registered.expect("the machine has no fault");
    let (mut module, proof) = release(prepared);
    let mut verifier = registration.accept(&proof, &audience, now).expect("it proves itself");

    let (mut making, mut verifying) = (Vec::new(), Vec::new());
    let mut octets = 0;
    for number in 0..NUMBERS {
        let order = OrderDigest::from_digest(Digest::of(&number.to_be_bytes()));
        let begun = Instant::now();
        let Ok(Preparation::Fresh(prepared)) = module.prepare(order, now, &mut rng()) else {
            panic!("the order is new")
        };
        making.push(begun.elapsed());
        let (next, tan) = release(prepared);
        let submission = Submission { tan: &tan, order, outstanding: &[] };
        let begun = Instant::now();
        let verdict = verifier.judge(&submission, now);
        verifying.push(begun.elapsed());
        let Verdict::Accepted(acceptance) = verdict else { panic!("{}", verdict.code()) };
        (module, verifier, octets) = (next, acceptance.next, tan.to_octets().len());
    }
    println!(
        "{:<22} {size:?}: key {} ms, number {}, verdict {}, {octets} octets",
        suite.name(),
        generation.as_millis(),
        best_and_median(making),
        best_and_median(verifying),
    );
}

/// The best says what it costs, the median what else the machine was doing.
fn best_and_median(mut times: Vec<Duration>) -> String {
    times.sort();
    format!("{} ({}) µs", times[0].as_micros(), times[times.len() / 2].as_micros())
}
