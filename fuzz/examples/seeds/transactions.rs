//! A transaction key, its registration, its first numbers, and both ends as they are stored.

use crate::Seeds;
use sealpost_cms::time::LocalTime;
use sealpost_erds::transaction::{
    Chaining, KeyLimits, Module, ModulusSize, Preparation, Prepared, Registration, StorageReceipt,
    Submission, Suite, Tan, TransactionKey, Verdict,
};
use sealpost_erds::{Digest, Domain};
use sealpost_fuzz::{NOW, Repeatable, transaction_order};

pub fn make(seeds: &Seeds) {
    let (module, registration, proof) = registered(Suite::BbsTanV1, Chaining::Strict);
    seeds.put_kind("transaction", "registration.json", 2, &registration.to_json());
    seeds.put_kind("transaction", "proof.bin", 0, &proof.to_octets());
    seeds.put_kind("transaction", "public_key.bin", 1, &registration.key().to_octets());
    let (module, number) = number(module);
    seeds.put_kind("transaction", "number.bin", 0, &number.to_octets());
    seeds.put_kind("transaction", "module.json", 4, &module.state());
    let submission = Submission { tan: &number, order: transaction_order(), outstanding: &[] };
    let verifier = registration.accept(&proof, registration.audience(), now()).expect("genuine");
    let Verdict::Accepted(taken) = verifier.judge(&submission, now()) else { panic!("genuine") };
    seeds.put_kind("transaction", "verifier.json", 4, &taken.next.state());
    seeds.put_kind("transaction", "statement.json", 3, &taken.next.statement().to_json());

    let (module, registration, proof) = registered(Suite::MlDsa65Chain, Chaining::Window);
    seeds.put_kind("transaction", "lattice_key.bin", 1, &registration.key().to_octets());
    let window = registration.accept_window(&proof, registration.audience(), now());
    let (_, number) = self::number(module);
    let submission = Submission { tan: &number, order: transaction_order(), outstanding: &[] };
    let taken = window.expect("genuine").judge(&submission, now());
    let Verdict::Accepted(taken) = taken else { panic!("genuine") };
    seeds.put_kind("transaction", "window.json", 4, &taken.next.state());
}

fn now() -> LocalTime {
    LocalTime::from_unix(NOW)
}

fn registered(suite: Suite, chaining: Chaining) -> (Module, Registration, Tan) {
    let mut rng = Repeatable::of("transaction");
    let key = TransactionKey::generate(suite, ModulusSize::Bits3072, &mut rng);
    let audience = Domain::parse("north.example").expect("a domain");
    let limits = KeyLimits::new(LocalTime::from_unix(NOW + 86_400), 1000);
    let certificate = Digest::of(b"certificate");
    let made = Module::register(key, certificate, audience, chaining, limits, &mut rng);
    let (registration, prepared) = made.expect("the machine has no fault");
    let (module, proof) = release(prepared);
    (module, registration, proof)
}

fn release(prepared: Prepared) -> (Module, Tan) {
    let receipt = StorageReceipt::of_durable(prepared.state());
    prepared.release(&receipt).expect("it is the receipt for this state")
}

fn number(module: Module) -> (Module, Tan) {
    let made = module.prepare(transaction_order(), now(), &mut Repeatable::of("blinding"));
    let Ok(Preparation::Fresh(prepared)) = made else { panic!("the order is new") };
    release(prepared)
}
