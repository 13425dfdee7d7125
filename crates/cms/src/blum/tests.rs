use super::*;
use crate::testing::rng;

/// The 512-bit example of the scheme's description.
const P: &str = "d369067d37a62af20cedb3eb6a1cebd70c32053fcbe14c75559d0691efaaecf3";
const Q: &str = "f9bd99f503847ccb2c0c70c7410d7279cb35890456080e1a8a66914468e44f87";

fn example() -> Factors {
    Factors::from_octets(&hex::decode([P, Q].concat()).unwrap()).unwrap()
}

fn element(modulus: &Modulus, name: &str) -> Element {
    (0..=u8::MAX)
        .find_map(|count| {
            let mut hash = vec![0; modulus.hash_octets()];
            crate::kdf::shake256(&[name.as_bytes(), &[count]], &mut hash);
            modulus.element_of_hash(&hash)
        })
        .unwrap()
}

/// A number of the modulus's length, changed as big-endian octets.
fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    crypto_bigint::U512::from_be_slice(a)
        .wrapping_sub(&crypto_bigint::U512::from_be_slice(b))
        .to_be_bytes()
        .as_ref()
        .to_vec()
}

#[test]
fn every_root_is_found_unique_and_independent_of_the_blinding() {
    let factors = example();
    for number in 0..200 {
        let element = element(factors.modulus(), &format!("element {number}"));
        let root = factors.root(&element, &mut rng()).unwrap();
        assert_eq!(factors.root(&element, &mut rng()).unwrap(), root);
        assert_eq!(factors.modulus().check_root(&element, &root), Ok(()));
        let negative = Element(minus(&factors.modulus().to_octets(), element.octets()));
        assert_eq!(factors.root(&negative, &mut rng()).unwrap(), root);
    }
}

#[test]
fn tan_001_tan_002_a_modulus_has_one_of_the_sizes_and_the_residue_of_a_blum_integer() {
    let octets = example().modulus().to_octets();
    assert_eq!(Modulus::from_octets(&octets).unwrap().size(), Size::Bits512);
    for wrong in [&octets[1..], &[&[0][..], &octets].concat(), &[], &[0xff; 128]] {
        assert_eq!(Modulus::from_octets(wrong).err(), Some(ModulusError::Size));
    }
    let mut low = octets.clone();
    low[0] &= 0x7f;
    assert_eq!(Modulus::from_octets(&low).err(), Some(ModulusError::Size));
    for residue in [0, 2, 3] {
        let mut other = octets.clone();
        *other.last_mut().unwrap() = other.last().unwrap() & 0xfc | residue;
        assert_eq!(Modulus::from_octets(&other).err(), Some(ModulusError::NotBlum));
    }
}

#[test]
fn tan_003_only_the_smaller_of_a_root_and_its_negative_counts() {
    let factors = example();
    let modulus = factors.modulus();
    let y = element(modulus, "y");
    let root = factors.root(&y, &mut rng()).unwrap();
    let negative = minus(&modulus.to_octets(), &root);
    assert_eq!(modulus.check_root(&y, &negative), Err(NotTheRoot::Range));
    assert_eq!(modulus.check_root(&y, &[0; 64]), Err(NotTheRoot::Range));
    // T + n: 2n is longer than 512 bit, so the sum may not even fit; where it does, it is refused.
    let wrapped = minus(&root, &minus(&[0; 64], &modulus.to_octets()));
    assert!(modulus.check_root(&y, &wrapped).is_err());
    assert_eq!(modulus.check_root(&y, &root[1..]), Err(NotTheRoot::Size));
    assert_eq!(modulus.check_root(&y, &[&[0], &root[..]].concat()), Err(NotTheRoot::Size));
}

#[test]
fn tan_004_the_root_of_another_element_does_not_count() {
    let factors = example();
    let modulus = factors.modulus();
    let (y, z) = (element(modulus, "y"), element(modulus, "z"));
    let root = factors.root(&y, &mut rng()).unwrap();
    assert_eq!(modulus.check_root(&z, &root), Err(NotTheRoot::Square));
    for at in 0..root.len() {
        let mut changed = root.clone();
        changed[at] ^= 1;
        assert!(modulus.check_root(&y, &changed).is_err(), "octet {at}");
    }
}

#[test]
fn tan_005_the_roots_with_jacobi_minus_one_do_not_count() {
    let factors = example();
    let modulus = factors.modulus();
    let y = element(modulus, "y");
    let root = crypto_bigint::U512::from_be_slice(&factors.root(&y, &mut rng()).unwrap());
    // e is 1 modulo p and −1 modulo q, so that e·T is another root of T².
    let (p, q) = (U256::from_be_hex(P), U256::from_be_hex(Q));
    let n = crypto_bigint::U512::from_be_slice(&modulus.to_octets());
    let q_wide: U512 = q.resize();
    let inverse: U256 = q.rem(&p.to_nz().unwrap()).invert_mod(&p.to_nz().unwrap()).unwrap();
    let twice = inverse.resize::<{ L512 }>().wrapping_mul(&q_wide).shl_vartime(1);
    let n_nz = n.to_nz().unwrap();
    let e = twice.rem(&n_nz).sub_mod(&U512::ONE, &n_nz);
    let other = root.mul_mod(&e, &n_nz);
    let other = if other > n.shr_vartime(1) { n.wrapping_sub(&other) } else { other };
    let octets = other.to_be_bytes().as_ref().to_vec();
    assert_eq!(other.square_mod(&n_nz), root.square_mod(&n_nz), "it is a root");
    assert_eq!(modulus.check_root(&y, &octets), Err(NotTheRoot::Jacobi));
}

#[test]
fn tan_006_a_fault_in_one_half_releases_nothing() {
    let y = element(example().modulus(), "y");
    for which in 0..3 {
        let mut factors = example();
        factors.break_half(which);
        for _ in 0..20 {
            assert_eq!(factors.root(&y, &mut rng()), Err(KeySuspect), "half {which}");
        }
    }
    assert_eq!(KeySuspect.code(), "key-suspect");
}

#[test]
fn tan_007_tan_008_tan_009_factors_are_checked_when_read() {
    let read =
        |p: &str, q: &str| Factors::from_octets(&hex::decode([p, q].concat()).unwrap()).err();
    assert_eq!(read(P, Q), None);
    assert_eq!(read(&P.replace("d3", "53"), Q), Some(FactorsError::Form));
    assert_eq!(read(P, &Q.replace("4f87", "4f85")), Some(FactorsError::Form));
    assert_eq!(read(P, &Q.replace("4f87", "4f8b")), Some(FactorsError::NotPrime));
    assert_eq!(read(P, P), Some(FactorsError::TooClose));
    assert_eq!(read(P, &Q[2..]), Some(FactorsError::Size));
}

#[test]
fn generated_factors_pass_their_own_checks() {
    let factors = Factors::generate(Size::Bits512, &mut rng());
    let again = Factors::from_octets(&factors.to_octets()).unwrap();
    assert!(again.modulus() == factors.modulus());
    let y = element(factors.modulus(), "y");
    assert_eq!(factors.root(&y, &mut rng()), again.root(&y, &mut rng()));
}

#[test]
fn elements_lie_below_the_modulus_and_have_jacobi_one() {
    let factors = example();
    let modulus = factors.modulus();
    let y = element(modulus, "y");
    assert_eq!(modulus.element(y.octets()), Some(y));
    assert_eq!(modulus.element(&modulus.to_octets()), None);
    assert_eq!(modulus.element(&[0; 64]), None);
    assert_eq!(modulus.element(&[1; 63]), None);
    let square = modulus.random_square(&mut rng());
    assert!(modulus.element(square.octets()).is_some());
    assert!(factors.root(&Element(vec![1; 65]), &mut rng()).is_err());
}
