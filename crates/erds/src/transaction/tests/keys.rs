//! Keys and numbers as octets, and the companion.

use super::*;
use sealpost_cms::blum::{FactorsError, NotTheRoot};

#[test]
fn tan_011_a_modulus_in_use_has_3072_or_4096_bit() {
    let small = key(ROOT).public().to_octets();
    assert_eq!(PublicKey::from_octets(&small), Err(KeyError::TooSmall));
    let strong = vectors::read().chain_3072.key().public().clone();
    assert_eq!(PublicKey::from_octets(&strong.to_octets()), Ok(strong));
    let mut largest = vec![ROOT];
    largest.extend_from_slice(&[0xff; 511]);
    largest.push(0xfd);
    assert!(PublicKey::from_octets(&largest).is_ok());
    let mut legacy = vec![ROOT];
    legacy.extend_from_slice(&[0xff; 255]);
    legacy.push(0xfd);
    assert_eq!(PublicKey::from_octets(&legacy), Err(KeyError::TooSmall));
    assert!(LegacyKey::from_octets(&legacy).is_ok());
    assert_eq!(LegacyKey::from_octets(&largest), Err(KeyError::TooSmall));
    assert_eq!(KeyError::TooSmall.code(), "transaction-key-too-small");
}

#[test]
fn tan_032_no_key_is_legacy_and_in_use_at_once() {
    let lattice = key(SIGNATURE).public().to_octets();
    assert_eq!(LegacyKey::from_octets(&lattice), Err(KeyError::UnknownSuite));
    let mut both = vec![BOTH];
    both.extend_from_slice(&[0xff; 255]);
    both.push(0xfd);
    both.extend_from_slice(&lattice[1..]);
    assert_eq!(LegacyKey::from_octets(&both), Err(KeyError::UnknownSuite));
    assert_eq!(PublicKey::from_octets(&both), Err(KeyError::TooSmall));
}

#[test]
fn a_legacy_key_reads_old_numbers() {
    let factors = Factors::generate(Size::Bits2048, &mut rng());
    let octets = [&[ROOT][..], &factors.modulus().to_octets()].concat();
    let legacy = LegacyKey::from_octets(&octets).unwrap();
    let link = Link::after(b"anchor");
    let kid = transcript::Kid::new(Digest::of(&factors.modulus().to_octets()));
    let transcript = transcript::Transcript::new(&kid, 1, &link, &order(1), &audience());
    let element = transcript.element(factors.modulus()).unwrap();
    let value = factors.root(&element, &mut rng()).unwrap();
    assert_eq!(legacy.verify(1, &link, &order(1), &audience(), &value), Ok(()));
    assert!(legacy.verify(2, &link, &order(1), &audience(), &value).is_err());
    // [TAN-019] It makes none.
    let secret = [&[ROOT][..], &factors.to_octets()].concat();
    assert_eq!(TransactionKey::from_octets(&secret).err(), Some(FactorsError::Size));
}

#[test]
fn public_keys_have_one_encoding() {
    let lattice = key(SIGNATURE).public().clone();
    assert_eq!(PublicKey::from_octets(&lattice.to_octets()), Ok(lattice.clone()));
    let longer = [&lattice.to_octets()[..], &[0]].concat();
    assert_eq!(PublicKey::from_octets(&longer), Err(KeyError::Length));
    assert_eq!(PublicKey::from_octets(&lattice.to_octets()[..100]), Err(KeyError::Length));
    assert_eq!(PublicKey::from_octets(&[]), Err(KeyError::UnknownSuite));
    assert_eq!(PublicKey::from_octets(&[9, 9]), Err(KeyError::UnknownSuite));
    let strong = vectors::read().chain_3072.key().public().to_octets();
    let both = [&[BOTH][..], &strong[1..], &lattice.to_octets()[1..]].concat();
    let both_key = PublicKey::from_octets(&both).unwrap();
    assert_eq!(both_key.to_octets(), both);
    assert_eq!(both_key.suite().name(), "bbs-tan-v1+ml-dsa-65");
    let mut even = strong;
    *even.last_mut().unwrap() ^= 1;
    assert_eq!(PublicKey::from_octets(&even).unwrap_err().code(), "modulus-not-blum");
}

#[test]
fn secret_keys_survive_being_stored() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        let key = key(suite);
        let again = TransactionKey::from_octets(&key.to_octets()).unwrap();
        assert!(again.public() == key.public());
        let octets = key.to_octets();
        assert!(TransactionKey::from_octets(&octets[..octets.len() - 1]).is_err());
        assert!(TransactionKey::from_octets(&[&octets[..], &[0]].concat()).is_err());
    }
    assert!(TransactionKey::from_octets(&[]).is_err());
}

#[test]
#[ignore = "takes seconds optimised and minutes otherwise"]
fn fresh_keys_of_3072_bit_make_numbers() {
    let key = TransactionKey::generate(Suite::BbsTanV1, ModulusSize::Bits3072, &mut rng());
    let (module, registration, proof) = registered(key, Chaining::Strict);
    let verifier = registration.accept(&proof, &audience(), now()).unwrap();
    let (_, tan) = number(module, order(1));
    let _next = taken(&verifier, &tan, order(1));
}

#[test]
fn tan_018_a_number_has_one_encoding() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        let (_, tan) = number(chain(suite).0, order(1));
        let octets = tan.to_octets();
        assert_eq!(Tan::from_octets(&octets), Ok(tan.clone()));
        assert!(Tan::from_octets(&[&octets[..], &[0]].concat()).is_err());
        for length in 0..octets.len() {
            assert!(Tan::from_octets(&octets[..length]).is_err(), "{length} octets");
        }
        let mut unknown = octets;
        unknown[0] = 200;
        assert!(Tan::from_octets(&unknown).is_err());
        assert_eq!(tan.comparison_digits().len(), 8);
    }
}

#[test]
fn tan_014_an_anchor_fits_its_key() {
    let key = key(ROOT);
    let anchor = key.fresh_anchor(&mut rng());
    assert_eq!(key.public().anchor(anchor.octets()), Some(anchor));
    assert_eq!(key.public().anchor(&[0; 64]), None);
    assert_eq!(key.public().anchor(&key.public().to_octets()[1..]), None);
    assert_eq!(key.public().anchor(&[1; 32]), None);
    let lattice = super::key(SIGNATURE);
    assert!(lattice.public().anchor(&[1; 32]).is_some());
    assert_eq!(lattice.public().anchor(&[1; 64]), None);
}

#[test]
fn tan_015_root_and_companion_must_both_hold() {
    let (module, verifier) = chain(BOTH);
    let (_, tan) = number(module, order(1));
    let (root, signature) = tan.value().split_at(64);
    let judge =
        |value: &[u8]| verifier.judge(&alone(&with_value(&tan, value), order(1)), now()).code();
    assert_eq!(judge(tan.value()), "tan-accepted");
    let mut wrong = signature.to_vec();
    wrong[1000] ^= 1;
    assert_eq!(judge(&[root, &wrong].concat()), "tan-companion-signature");
    let mut wrong = root.to_vec();
    wrong[63] ^= 2;
    assert_eq!(judge(&[&wrong, signature].concat()), "root-of-another");
    assert_eq!(judge(root), "tan-length");
    assert_eq!(judge(signature), "tan-length");
}

#[test]
fn tan_015_no_half_of_a_combined_number_counts_in_another_suite() {
    let (module, _) = chain(BOTH);
    let link = module.state.link;
    let (_, tan) = number(module, order(1));
    let (root, signature) = tan.value().split_at(64);
    let [alone, lattice] = [ROOT, SIGNATURE].map(|suite| key(suite).public().clone());
    let of = |key: &PublicKey| key.transcript(1, &link, &order(1), &audience());
    let other = InvalidTan::Root(NotTheRoot::Square);
    assert_eq!(alone.verify(&of(&alone), root), Err(other));
    assert_eq!(lattice.verify(&of(&lattice), signature), Err(InvalidTan::Signature));
    // Not even over the transcript of the combined key: the suite stands in what is signed.
    let both = key(BOTH).public().clone();
    assert_eq!(lattice.verify(&of(&both), signature), Err(InvalidTan::Signature));
}

#[test]
fn tan_017_a_module_that_is_whole_passes_its_own_test() {
    for suite in [ROOT, BOTH, SIGNATURE] {
        assert!(key(suite).self_test(&mut rng()).is_ok());
    }
    assert!(key(ROOT).broken(&other_key()).self_test(&mut rng()).is_err());
}
