//! The two back-ends held against each other, and against what others computed.

use super::each::VERIFIERS;
use super::*;
use crate::testing::rng;
use rand_core::Rng;

const MESSAGE: &[u8] = b"It is hereby certified.";

fn octets<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    rng().fill_bytes(&mut octets);
    octets
}

#[test]
fn both_backends_make_the_same_points_and_secrets() {
    for curve in [Curve::P256, Curve::P384, Curve::X25519] {
        for _ in 0..8 {
            let secrets = [octets::<48>(), octets::<48>()];
            let [one, two] = secrets.each_ref().map(|secret| &secret[..curve.secret_octets()]);
            let native = [one, two].map(|secret| aws_lc::Agreement::new(curve, secret).unwrap());
            let portable =
                [one, two].map(|secret| rustcrypto::Agreement::new(curve, secret).unwrap());
            assert_eq!(native[0].public(), portable[0].public());
            let secret = native[0].agree(portable[1].public()).unwrap();
            assert!(secret == portable[1].agree(native[0].public()).unwrap());
            assert_eq!(secret.len(), curve.secret_octets());
        }
    }
}

#[test]
fn cms_103_each_backend_verifies_the_other_and_neither_a_changed_octet() {
    let (scalar, long, seed) = (octets::<32>(), octets::<48>(), octets::<32>());
    let native = [
        aws_lc::Signer::ec(Curve::P256, &scalar).unwrap(),
        aws_lc::Signer::ec(Curve::P384, &long).unwrap(),
        aws_lc::Signer::ed25519(&seed).unwrap(),
        aws_lc::Signer::ml_dsa_65(&seed).unwrap(),
    ];
    let portable = [
        rustcrypto::Signer::ec(Curve::P256, &scalar).unwrap(),
        rustcrypto::Signer::ec(Curve::P384, &long).unwrap(),
        rustcrypto::Signer::ed25519(&seed).unwrap(),
        rustcrypto::Signer::ml_dsa_65(&seed).unwrap(),
    ];
    let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::MlDsa65];
    for ((native, portable), kind) in native.iter().zip(&portable).zip(kinds) {
        assert_eq!(native.public(), portable.public());
        let spki = spki_der(kind, native.public());
        assert_eq!(KeyKind::of_spki(&spki), Some(kind));
        let algorithm = SignatureAlgorithm::preferred_by(kind).unwrap();
        let signatures =
            [native.sign(algorithm, MESSAGE).unwrap(), portable.sign(algorithm, MESSAGE).unwrap()];
        for verify in VERIFIERS {
            for signature in &signatures {
                refuses_all_but(verify, algorithm, &spki, signature);
            }
        }
        let other = kinds.into_iter().find(|other| *other != kind).unwrap();
        let other = SignatureAlgorithm::preferred_by(other).unwrap();
        assert!(native.sign(other, MESSAGE).is_none());
        assert!(portable.sign(other, MESSAGE).is_none());
    }
    assert!(native[3].expanded_ml_dsa().unwrap() == portable[3].expanded_ml_dsa().unwrap());
    assert!(native[0].expanded_ml_dsa().is_none() && portable[0].expanded_ml_dsa().is_none());
}

fn refuses_all_but(verify: Verify, algorithm: SignatureAlgorithm, spki: &[u8], signature: &[u8]) {
    assert!(verify(algorithm, spki, MESSAGE, signature));
    assert!(!verify(algorithm, spki, b"other", signature));
    for at in (0..signature.len()).step_by(signature.len() / 60 + 1) {
        let mut changed = signature.to_vec();
        changed[at] ^= 1;
        assert!(!verify(algorithm, spki, MESSAGE, &changed), "octet {at}");
    }
    assert!(!verify(algorithm, spki, MESSAGE, &[signature, &[0]].concat()));
    assert!(!verify(algorithm, spki, MESSAGE, &signature[..signature.len() - 1]));
    assert!(!verify(algorithm, spki, MESSAGE, &[]));
}

#[test]
fn cms_201_a_key_verifies_only_algorithms_of_its_kind() {
    let signer = aws_lc::Signer::ec(Curve::P256, &octets::<32>()).unwrap();
    let spki = spki_der(KeyKind::P256, signer.public());
    let signature = signer.sign(SignatureAlgorithm::EcdsaP256Sha256, MESSAGE).unwrap();
    for verify in VERIFIERS {
        for algorithm in [
            SignatureAlgorithm::EcdsaP384Sha384,
            SignatureAlgorithm::RsaPkcs1Sha256,
            SignatureAlgorithm::RsaPssSha256,
            SignatureAlgorithm::Ed25519,
            SignatureAlgorithm::MlDsa65,
        ] {
            assert!(!verify(algorithm, &spki, MESSAGE, &signature));
        }
    }
}

#[test]
fn cms_200_public_keys_have_one_form() {
    let point = aws_lc::Agreement::new(Curve::P256, &octets::<32>()).unwrap().public().to_vec();
    let good = spki_der(KeyKind::P256, &point);
    assert_eq!(PublicKey::read(&good).map(|key| key.octets), Some(&point[..]));
    let mut compressed = good.clone();
    let at = compressed.len() - 65;
    compressed[at] = 2;
    assert!(PublicKey::read(&compressed).is_none());
    for (kind, length) in [
        (KeyKind::P256, 64),
        (KeyKind::P256, 97),
        (KeyKind::Ed25519, 31),
        (KeyKind::X25519, 33),
        (KeyKind::MlKem768, 1568),
        (KeyKind::MlDsa65, 1312),
        (KeyKind::MlKem768X25519, 1184),
    ] {
        assert!(PublicKey::read(&spki_der(kind, &vec![4; length])).is_none(), "{kind:?}");
    }
    // Parameters where there are none: id-Ed25519 with NULL.
    let mut with_null = hex::decode("302c300706032b65700500032100").unwrap();
    with_null.extend_from_slice(&[9; 32]);
    with_null[1] = (with_null.len() - 2) as u8;
    assert!(PublicKey::read(&with_null).is_none());
    assert!(PublicKey::read(&spki_der(KeyKind::Ed25519, &[9; 32])).is_some());
    assert!(PublicKey::read(&good[..good.len() - 1]).is_none());
}

#[test]
fn cms_202_points_must_have_their_form_and_lie_on_the_curve() {
    let p256_order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let p256_order = hex::decode(p256_order).unwrap();
    for wrong in [&[0; 32][..], &p256_order, &[0xff; 32], &[1; 31], &[1; 48]] {
        assert!(aws_lc::Agreement::new(Curve::P256, wrong).is_none());
        assert!(rustcrypto::Agreement::new(Curve::P256, wrong).is_none());
        assert!(aws_lc::Signer::ec(Curve::P256, wrong).is_none());
        assert!(rustcrypto::Signer::ec(Curve::P256, wrong).is_none());
    }
    for wrong in [&[0; 48][..], &[0xff; 48], &[1; 32]] {
        assert!(aws_lc::Agreement::new(Curve::P384, wrong).is_none());
        assert!(rustcrypto::Agreement::new(Curve::P384, wrong).is_none());
    }
    for curve in [Curve::P256, Curve::P384] {
        let secret = octets::<48>();
        let secret = &secret[..curve.secret_octets()];
        let native = aws_lc::Agreement::new(curve, secret).unwrap();
        let portable = rustcrypto::Agreement::new(curve, secret).unwrap();
        let mut off = native.public().to_vec();
        off[40] ^= 1;
        let mut compressed = native.public()[..native.public().len() / 2 + 1].to_vec();
        compressed[0] = 2;
        for wrong in [&off[..], &compressed, &[], &[0]] {
            assert!(native.agree(wrong).is_none() && portable.agree(wrong).is_none());
        }
    }
}

#[test]
fn cms_204_x25519_never_agrees_on_zero() {
    let secret = octets::<32>();
    let native = aws_lc::Agreement::new(Curve::X25519, &secret).unwrap();
    let portable = rustcrypto::Agreement::new(Curve::X25519, &secret).unwrap();
    // RFC 7748 §6.1; the orders 4, 1 and 2.
    let small = [[0; 32], ed25519_ends(1, 0, 0), ed25519_ends(0xec, 0xff, 0x7f)];
    for point in small {
        assert!(native.agree(&point).is_none());
        assert!(portable.agree(&point).is_none());
    }
    assert!(native.agree(&[9; 31]).is_none() && portable.agree(&[9; 33]).is_none());
}

fn ed25519_ends(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut octets = [between; 32];
    (octets[0], octets[31]) = (first, last);
    octets
}

#[test]
fn rfc_7748_known_answers() {
    let hex = |text: &str| hex::decode(text).unwrap();
    // RFC 7748 §6.1.
    let alice = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    let public = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    let native = aws_lc::Agreement::new(Curve::X25519, &alice).unwrap();
    let portable = rustcrypto::Agreement::new(Curve::X25519, &alice).unwrap();
    assert_eq!(native.public(), public);
    assert_eq!(portable.public(), public);
    let bobs = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    let secret = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_eq!(*native.agree(&bobs).unwrap(), secret);
    assert_eq!(*portable.agree(&bobs).unwrap(), secret);
}

#[test]
fn rfc_8032_known_answers() {
    let hex = |text: &str| hex::decode(text).unwrap();
    // RFC 8032 §7.1, tests 1 and 2.
    let cases = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    for (seed, public, message, signature) in cases {
        let seed: [u8; 32] = hex(seed).try_into().unwrap();
        let native = aws_lc::Signer::ed25519(&seed).unwrap();
        let portable = rustcrypto::Signer::ed25519(&seed).unwrap();
        assert_eq!(native.public(), hex(public));
        assert_eq!(portable.public(), hex(public));
        let algorithm = SignatureAlgorithm::Ed25519;
        assert_eq!(native.sign(algorithm, &hex(message)), Some(hex(signature)));
        assert_eq!(portable.sign(algorithm, &hex(message)), Some(hex(signature)));
    }
}

#[test]
fn each_backend_opens_what_the_other_encapsulated() {
    for kem in [MlKem::MlKem768, MlKem::MlKem1024] {
        let seed = octets::<64>();
        let native = aws_lc::Decapsulation::new(kem, &seed).unwrap();
        let portable = rustcrypto::Decapsulation::new(kem, &seed).unwrap();
        assert_eq!(native.public(), portable.public());
        assert_eq!(Some(native.public().len()), kem.kind().octets());
        let public = native.public();
        for (ciphertext, secret) in [
            aws_lc::encapsulate(kem, public, &mut rng()).unwrap(),
            rustcrypto::encapsulate(kem, public, &mut rng()).unwrap(),
        ] {
            assert_eq!(ciphertext.len(), kem.ciphertext_octets());
            assert!(native.decapsulate(&ciphertext).unwrap() == secret);
            assert!(portable.decapsulate(&ciphertext).unwrap() == secret);
            // FIPS 203 §6.3: a changed ciphertext gives another secret, the same one everywhere.
            let mut changed = ciphertext.clone();
            changed[7] ^= 1;
            let rejected = native.decapsulate(&changed).unwrap();
            assert!(rejected != secret);
            assert!(portable.decapsulate(&changed).unwrap() == rejected);
            assert!(native.decapsulate(&ciphertext[1..]).is_none());
            assert!(portable.decapsulate(&ciphertext[1..]).is_none());
        }
        // FIPS 203 §7.2: coefficients above the modulus.
        assert!(aws_lc::encapsulate(kem, &vec![0xff; public.len()], &mut rng()).is_none());
        assert!(rustcrypto::encapsulate(kem, &vec![0xff; public.len()], &mut rng()).is_none());
        assert!(aws_lc::encapsulate(kem, &public[1..], &mut rng()).is_none());
        assert!(rustcrypto::encapsulate(kem, &public[1..], &mut rng()).is_none());
    }
}

/// X-Wing by another hand: the same combination, whose keys come from 32 octets by SHAKE256.
#[test]
fn the_composite_agrees_with_x_wing() {
    use sha3::digest::{ExtendableOutput, Update, XofReader};
    use x_wing::kem::{Decapsulate as _, Decapsulator as _, Encapsulate as _, KeyExport as _};
    let seed = octets::<32>();
    let theirs = x_wing::DecapsulationKey::from(seed);
    let mut expanded = [0; COMPOSITE_SEED_OCTETS];
    let mut shake = shake::Shake256::default();
    shake.update(&seed);
    shake.finalize_xof().read(&mut expanded);
    let ours = Composite::new(&expanded).unwrap();
    assert_eq!(ours.public(), theirs.encapsulation_key().to_bytes().to_vec());

    let (ciphertext, secret) = theirs.encapsulation_key().encapsulate_with_rng(&mut rng());
    let ciphertext = ciphertext.to_vec();
    assert_eq!(ours.decapsulate(&ciphertext).unwrap().as_slice(), secret.as_slice());

    let (ciphertext, secret) = composite_encapsulate(&ours.public(), &mut rng()).unwrap();
    let opened = theirs.decapsulate(&ciphertext.as_slice().try_into().unwrap());
    assert_eq!(secret.as_slice(), opened.as_slice());

    let mut changed = ciphertext.clone();
    changed[0] ^= 1;
    assert!(ours.decapsulate(&changed).unwrap() != secret);
    assert!(ours.decapsulate(&ciphertext[1..]).is_none());
    let mut small = ciphertext;
    small[1088..].fill(0);
    assert!(ours.decapsulate(&small).is_none());
    assert!(composite_encapsulate(&ours.public()[1..], &mut rng()).is_none());
}

#[test]
fn cms_205_pkcs1_never_says_that_it_failed() {
    let pkcs8 = rsa::generate(3072).unwrap();
    let key = RsaDecryption::new(&pkcs8).unwrap();
    let spki = spki_der(KeyKind::Rsa { bits: 3072 }, key.public());
    let content_key = octets::<32>();
    let good = rsa::encrypt_pkcs1(&spki, &content_key).unwrap();
    assert_eq!(*key.decrypt_pkcs1(&good, 32), content_key);
    // A key of another length, a changed octet, OAEP instead, rubbish, another length.
    let oaep = rsa::encrypt_oaep(&spki, &content_key).unwrap();
    assert_eq!(*key.decrypt_oaep(&oaep).unwrap(), content_key);
    let mut changed = good.clone();
    changed[100] ^= 1;
    for wrong in [&changed[..], &oaep, &vec![0xff; 384], &[], &good[1..]] {
        let rejected = key.decrypt_pkcs1(wrong, 32);
        assert_eq!(rejected.len(), 32);
        assert!(*rejected != content_key);
        assert!(rejected == key.decrypt_pkcs1(wrong, 32), "the same every time");
        assert!(RsaDecryption::new(&pkcs8).unwrap().decrypt_pkcs1(wrong, 32) == rejected);
    }
    assert_eq!(key.decrypt_pkcs1(&good, 16).len(), 16);
    assert!(key.decrypt_pkcs1(&good, 16)[..] != content_key[..16]);
    assert!(key.decrypt_pkcs1(&changed, 32) != key.decrypt_pkcs1(&good[1..], 32));
    let other = RsaDecryption::new(&rsa::generate(3072).unwrap()).unwrap();
    assert!(other.decrypt_pkcs1(&changed, 32) != key.decrypt_pkcs1(&changed, 32));
    // OAEP has one answer for all that is wrong.
    for wrong in [&good[..], &vec![0xff; 384], &[], &oaep[1..]] {
        assert!(key.decrypt_oaep(wrong).is_none());
    }
    assert!(rsa::generate(2048).is_none());
}
