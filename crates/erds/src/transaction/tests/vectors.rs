//! What a second implementation, `vectors/bbs_tan.py`, made with Python's integers.

use super::*;
use crate::mode::ConsignmentMode;
use sealpost_cms::time::ClaimedTime;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Vectors {
    pub example_512: Chain,
    pub chain_3072: Chain,
    pub registration_3072: Registered,
    pub attacks_3072: Attacks,
    pub order: OrderVector,
}

#[derive(Deserialize)]
pub(super) struct Chain {
    pub factors: String,
    pub modulus: String,
    pub kid: String,
    pub anchor: String,
    pub audience: Domain,
    pub numbers: Vec<Number>,
}

#[derive(Deserialize)]
pub(super) struct Number {
    pub order: String,
    pub ctr: u64,
    pub count: u8,
    pub y: String,
    pub tan: String,
}

#[derive(Deserialize)]
pub(super) struct Registered {
    pub certificate: Digest,
    pub not_after: i64,
    pub uses_max: u64,
    pub tan: String,
}

#[derive(Deserialize)]
pub(super) struct Attacks {
    pub order: String,
    pub other_order: String,
    pub negative: String,
    pub plus_n: String,
    pub jacobi_minus_one: String,
    pub swapped: String,
    pub swapped_negative: String,
}

#[derive(Deserialize)]
pub(super) struct OrderVector {
    digest: Digest,
    salt: String,
    commitment: Digest,
}

pub(super) fn read() -> Vectors {
    serde_json::from_str(include_str!("vectors/bbs_tan.json")).unwrap()
}

pub(super) fn named(order: &str) -> OrderDigest {
    OrderDigest::from_digest(Digest::of(order.as_bytes()))
}

impl Chain {
    pub fn key(&self) -> TransactionKey {
        let factors = hex::decode(&self.factors).unwrap();
        TransactionKey::from_octets(&[&[ROOT][..], &factors].concat()).unwrap()
    }

    pub fn link(&self) -> Link {
        Link::after(&hex::decode(&self.anchor).unwrap())
    }

    fn check(&self) {
        let key = self.key();
        assert_eq!(hex::encode(&key.public().to_octets()[1..]), self.modulus);
        assert_eq!(key.public().kid().digest().hex(), self.kid);
        let mut link = self.link();
        let mut verifier =
            Verifier::begin(key.public().clone(), self.audience.clone(), limits(), link);
        for it in &self.numbers {
            let order = named(&it.order);
            let transcript = key.public().transcript(it.ctr, &link, &order, &self.audience);
            let element = transcript.element(key.public().modulus().unwrap()).unwrap();
            assert_eq!(hex::encode(element.octets()), it.y, "y of {}, count {}", it.ctr, it.count);
            let value = key.value(&transcript, &mut rng()).unwrap();
            assert_eq!(hex::encode(&value), it.tan, "number {}", it.ctr);
            let tan = Tan::new(Suite::BbsTanV1, *key.public().kid(), it.ctr, value);
            verifier = taken(&verifier, &tan, order);
            link = Link::after(tan.value());
        }
    }
}

#[test]
fn tan_013_the_printed_example_comes_out_octet_for_octet() {
    let example = read().example_512;
    example.check();
    // As printed in the description of the scheme; the count shows that a first try was skipped.
    assert_eq!(example.numbers[0].count, 1);
    assert!(example.numbers[0].tan.starts_with("5fbf26c8cad20d0c48866ed30b422979"));
    assert!(example.numbers[1].tan.starts_with("3bdbeecc6a3d1914897c759465cdcd7f"));
}

#[test]
fn a_chain_with_3072_bit_comes_out_octet_for_octet() {
    read().chain_3072.check();
}

#[test]
fn number_0_of_a_registration_comes_out_octet_for_octet() {
    let (chain, registered) = (read().chain_3072, read().registration_3072);
    let key = chain.key();
    let anchor = key.public().anchor(&hex::decode(&chain.anchor).unwrap()).unwrap();
    let limits = KeyLimits::new(LocalTime::from_unix(registered.not_after), registered.uses_max);
    let (certificate, audience) = (registered.certificate, chain.audience.clone());
    let registration = Registration::new(
        key.public(),
        &anchor,
        certificate,
        audience.clone(),
        Chaining::Strict,
        limits,
    );
    let value = hex::decode(&registered.tan).unwrap();
    let proof = Tan::new(Suite::BbsTanV1, *key.public().kid(), 0, value);
    assert!(registration.accept(&proof, &audience, now()).is_ok());
}

#[test]
fn tan_012_an_order_and_its_commitment_come_out_octet_for_octet() {
    let vector = read().order;
    let octets = |from: u8| -> [u8; 16] { std::array::from_fn(|at| from + at as u8) };
    let order = Order {
        enveloped: Digest::of(b"enveloped"),
        recipient: Digest::of(b"recipient"),
        options: OrderOptions {
            mode: ConsignmentMode::Signed,
            personal: true,
            consignment_evidence: false,
            handover_evidence: true,
        },
        expires_at: ClaimedTime::from_unix(1_800_000_000),
        fee: FeeAccount { class: 7, account: octets(0) },
        nonce: octets(16),
    };
    assert_eq!(*order.digest().digest(), vector.digest);
    let salt = OrderSalt::from_array(hex::decode(&vector.salt).unwrap().try_into().unwrap());
    let commitment = order.commitment(&salt);
    assert_eq!(*commitment.digest(), vector.commitment);
    assert!(order.opens(&salt, &commitment));
    assert!(!order.opens(&OrderSalt::random(&mut rng()), &commitment));
    let dearer = Order { fee: FeeAccount { class: 8, ..order.fee }, ..order.clone() };
    assert!(!dearer.opens(&salt, &commitment));
    assert_ne!(Order { nonce: octets(17), ..order.clone() }.digest(), order.digest());
}

/// The first number of the 3072-bit chain, and a verifier that waits for it.
fn first() -> (Verifier, Tan, OrderDigest) {
    let chain = read().chain_3072;
    let public = chain.key().public().clone();
    let kid = *public.kid();
    let verifier = Verifier::begin(public, chain.audience.clone(), limits(), chain.link());
    let value = hex::decode(&chain.numbers[0].tan).unwrap();
    (verifier, Tan::new(Suite::BbsTanV1, kid, 1, value), named(&chain.numbers[0].order))
}

fn invalid(verifier: &Verifier, tan: &Tan, order: OrderDigest) -> &'static str {
    let verdict = verifier.judge(&alone(tan, order), now());
    assert_eq!(verdict.conclusion(), Conclusion::TotalFailed);
    verdict.code()
}

#[test]
fn tan_003_tan_005_no_other_root_is_taken_for_the_number() {
    let (verifier, tan, order) = first();
    let attacks = read().attacks_3072;
    let with = |octets: &str| with_value(&tan, &hex::decode(octets).unwrap());
    assert_eq!(invalid(&verifier, &with(&attacks.negative), order), "root-out-of-range");
    assert_eq!(invalid(&verifier, &with(&attacks.plus_n), order), "tan-length");
    assert_eq!(invalid(&verifier, &with(&attacks.plus_n[2..]), order), "root-out-of-range");
    assert_eq!(invalid(&verifier, &with(&attacks.jacobi_minus_one), order), "root-jacobi");
    let _next = taken(&verifier, &tan, order);
}

#[test]
fn tan_004_an_order_cannot_be_exchanged_for_another() {
    let (verifier, tan, order) = first();
    let attacks = read().attacks_3072;
    assert_eq!(order, named(&attacks.order));
    let wanted = named(&attacks.other_order);
    // The published rule T² = s·h(m)² falls to T·h(m)⁻¹·h(m'): an interceptor needs no secret for it.
    for swapped in [&attacks.swapped, &attacks.swapped_negative] {
        let swapped = with_value(&tan, &hex::decode(swapped).unwrap());
        let code = invalid(&verifier, &swapped, wanted);
        assert!(["root-of-another", "root-jacobi"].contains(&code), "{code}");
    }
    assert_eq!(invalid(&verifier, &tan, wanted), "root-of-another");
}
