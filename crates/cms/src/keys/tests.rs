//! Keys travel through PKCS#8, agree, sign, and refuse.

use std::fs;

use super::*;
use crate::backend;
use crate::policy::SignatureAlgorithm;
use crate::testing::{RSA_EXISTS, openssl_agrees, rng};
use crate::tlv;

#[test]
fn keys_survive_pkcs8() {
    let signing = SigningKey::generate(&mut rng());
    let again = SigningKey::from_pkcs8_der(&signing.to_pkcs8_der()).unwrap();
    assert_eq!(again.spki_der(), signing.spki_der());
    let signature = again.sign_raw(b"message");
    let algorithm = SignatureAlgorithm::EcdsaP256Sha256;
    assert!(backend::verify(algorithm, &signing.spki_der(), b"message", &signature));
    assert!(!backend::verify(algorithm, &signing.spki_der(), b"other", &signature));
    let agreement = AgreementKey::generate(&mut rng());
    let again = AgreementKey::from_pkcs8_der(&agreement.to_pkcs8_der()).unwrap();
    assert_eq!(again.spki_der(), agreement.spki_der());
    let proof = again.sign_raw(b"request");
    assert!(backend::verify(algorithm, &agreement.spki_der(), b"request", &proof));
}

#[test]
fn both_sides_agree_and_points_off_the_curve_do_not() {
    let (one, two) = (AgreementKey::generate(&mut rng()), AgreementKey::generate(&mut rng()));
    let point = |key: &AgreementKey| -> [u8; 65] {
        let spki_der = key.spki_der();
        backend::PublicKey::read(&spki_der).unwrap().octets.try_into().unwrap()
    };
    assert!(one.agree(&point(&two)).unwrap() == two.agree(&point(&one)).unwrap());
    let mut off = point(&one);
    off[64] ^= 1;
    assert!(two.agree(&off).is_none());
    assert!(two.agree(&[0; 65]).is_none());
}

const SIGNING: [SignatureScheme; if RSA_EXISTS { 5 } else { 4 }] = [
    SignatureScheme::P256,
    SignatureScheme::P384,
    SignatureScheme::Ed25519,
    SignatureScheme::MlDsa65,
    #[cfg(not(target_arch = "wasm32"))]
    SignatureScheme::Rsa3072,
];
const OPENING: [DecryptionScheme; if RSA_EXISTS { 7 } else { 6 }] = [
    DecryptionScheme::P256,
    DecryptionScheme::P384,
    DecryptionScheme::X25519,
    DecryptionScheme::MlKem768,
    DecryptionScheme::MlKem1024,
    DecryptionScheme::MlKem768X25519,
    #[cfg(not(target_arch = "wasm32"))]
    DecryptionScheme::Rsa3072,
];

#[test]
fn p_256_keys_are_written_as_ever() {
    let key = SigningKey::generate(&mut rng()).to_pkcs8_der();
    let start = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420";
    assert_eq!(key.len(), 138);
    assert_eq!(hex::encode(&key[..36]), start);
    assert_eq!(hex::encode(&key[68..73]), "a144034200");
}

#[test]
fn every_kind_of_signing_key_survives_pkcs8_and_signs() {
    for scheme in SIGNING {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let again = SigningKey::from_pkcs8_der(&key.to_pkcs8_der()).unwrap();
        assert!(again.to_pkcs8_der() == key.to_pkcs8_der());
        assert_eq!(again.spki_der(), key.spki_der());
        let signature = again.sign_raw(b"message");
        assert!(backend::verify(key.algorithm(), &key.spki_der(), b"message", &signature));
        assert!(!backend::verify(key.algorithm(), &key.spki_der(), b"other", &signature));
        let other = SIGNING.into_iter().find(|other| *other != scheme).unwrap();
        let other = SigningKey::generate_for(other, &mut rng()).unwrap();
        assert!(!backend::verify(other.algorithm(), &other.spki_der(), b"message", &signature));
        let unfit = key.sign_with(other.algorithm(), b"message");
        assert_eq!(unfit.err(), Some(KeyError::OtherKind));
        let kind = KeyKind::of_spki(&key.spki_der()).unwrap();
        let opens = kind.agrees() || kind.enciphers();
        assert_eq!(DecryptionKey::from_pkcs8_der(&key.to_pkcs8_der()).is_ok(), opens);
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "RSA exists natively only")]
fn rsa_signs_with_every_padding_and_digest() {
    let rsa = SigningKey::generate_for(SignatureScheme::Rsa3072, &mut rng()).unwrap();
    for algorithm in [
        SignatureAlgorithm::RsaPkcs1Sha256,
        SignatureAlgorithm::RsaPkcs1Sha384,
        SignatureAlgorithm::RsaPkcs1Sha512,
        SignatureAlgorithm::RsaPssSha256,
        SignatureAlgorithm::RsaPssSha384,
        SignatureAlgorithm::RsaPssSha512,
    ] {
        let signature = rsa.sign_with(algorithm, b"message").unwrap();
        assert!(backend::verify(algorithm, &rsa.spki_der(), b"message", &signature));
        assert!(!backend::verify(algorithm, &rsa.spki_der(), b"other", &signature));
    }
}

#[test]
fn every_kind_of_decryption_key_survives_pkcs8_and_opens() {
    for scheme in OPENING {
        let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
        let again = DecryptionKey::from_pkcs8_der(&key.to_pkcs8_der()).unwrap();
        assert!(again.to_pkcs8_der() == key.to_pkcs8_der());
        assert_eq!(again.spki_der(), key.spki_der());
        assert_eq!(KeyKind::of_spki(&key.spki_der()), Some(key.kind()));
        let public = EncryptionKey::from_spki_der(&key.spki_der()).unwrap();
        assert_eq!(public.kind(), key.kind());
        if let KeyKind::Rsa { .. } = key.kind() {
            assert_eq!(public.establish(&mut rng()).err(), Some(KeyError::OtherKind));
            let ciphertext = &public.encrypt_oaep(b"content key").unwrap();
            let opened = again.answer_question(KeyQuestion::DecryptOaep { ciphertext }).unwrap();
            assert_eq!(opened.expose(), b"content key");
            let ciphertext = &public.encrypt_pkcs1(b"content key").unwrap();
            let question = KeyQuestion::DecryptPkcs1 { ciphertext, octets: 11 };
            assert_eq!(again.answer_question(question).unwrap().expose(), b"content key");
            continue;
        }
        let established = public.establish(&mut rng()).unwrap();
        let question = if key.kind().agrees() {
            KeyQuestion::Agree { peer: &established.public }
        } else {
            KeyQuestion::Decapsulate { ciphertext: &established.public }
        };
        let secret = again.answer_question(question).unwrap();
        assert_eq!(secret.expose(), established.secret.expose());
        let more = public.establish(&mut rng()).unwrap();
        assert!(more.secret.expose() != secret.expose(), "each time another one");
        assert_eq!(public.encrypt_oaep(b"key").err(), Some(KeyError::OtherKind));
    }
}

#[test]
fn cms_209_a_question_for_another_kind_is_refused_and_a_wrong_length_seen() {
    let octets = [4; 5];
    let questions = [
        KeyQuestion::Agree { peer: &octets },
        KeyQuestion::Decapsulate { ciphertext: &octets },
        KeyQuestion::DecryptOaep { ciphertext: &octets },
    ];
    for scheme in OPENING {
        let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
        let errors = questions.map(|question| key.answer_question(question).err().unwrap());
        let expected = match key.kind() {
            KeyKind::Rsa { .. } => [KeyError::OtherKind, KeyError::OtherKind, KeyError::Ciphertext],
            kind if kind.agrees() => [KeyError::PeerKey, KeyError::OtherKind, KeyError::OtherKind],
            _ => [KeyError::OtherKind, KeyError::PeerKey, KeyError::OtherKind],
        };
        assert_eq!(errors, expected);
        let pkcs1 = |octets_wanted| {
            let question = KeyQuestion::DecryptPkcs1 { ciphertext: &octets, octets: octets_wanted };
            key.answer_question(question)
        };
        if let KeyKind::Rsa { .. } = key.kind() {
            assert_eq!(pkcs1(16).unwrap().expose().len(), 16);
            assert_eq!(pkcs1(65).err(), Some(KeyError::PeerKey));
        } else {
            assert_eq!(pkcs1(16).err(), Some(KeyError::OtherKind));
        }
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_reads_our_keys_and_we_read_its() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let ours_is_read = |pkcs8: &[u8], spki_der: Vec<u8>| {
        fs::write(path.join("key.der"), pkcs8).unwrap();
        let public = openssl_agrees(path, "pkey -inform DER -in key.der -pubout -outform DER");
        assert_eq!(public, spki_der);
        let again = openssl_agrees(path, "pkey -inform DER -in key.der -outform DER");
        fs::write(path.join("again.der"), again).unwrap();
        openssl_agrees(path, "pkey -inform DER -in again.der -check -noout");
    };
    for scheme in SIGNING.into_iter().filter(|scheme| *scheme != SignatureScheme::MlDsa65) {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        ours_is_read(&key.to_pkcs8_der(), key.spki_der());
    }
    let key = DecryptionKey::generate_for(DecryptionScheme::X25519, &mut rng()).unwrap();
    ours_is_read(&key.to_pkcs8_der(), key.spki_der());
    for (kind, signs, opens) in [
        ("EC -pkeyopt ec_paramgen_curve:P-256", true, true),
        ("EC -pkeyopt ec_paramgen_curve:P-384", true, true),
        ("ED25519", true, false),
        ("X25519", false, true),
        ("RSA -pkeyopt rsa_keygen_bits:3072", true, true),
        ("RSA -pkeyopt rsa_keygen_bits:2048", false, true),
        ("EC -pkeyopt ec_paramgen_curve:P-521", false, false),
    ] {
        fs::write(
            path.join("theirs.der"),
            openssl_agrees(path, &format!("genpkey -algorithm {kind} -outform DER")),
        )
        .unwrap();
        let pkcs8 = openssl_agrees(path, "pkcs8 -topk8 -nocrypt -in theirs.der -outform DER");
        let public = openssl_agrees(path, "pkey -in theirs.der -pubout -outform DER");
        let signing = SigningKey::from_pkcs8_der(&pkcs8).map(|key| key.spki_der());
        assert_eq!(signing.ok(), signs.then(|| public.clone()), "{kind}");
        let opening = DecryptionKey::from_pkcs8_der(&pkcs8).map(|key| key.spki_der());
        assert_eq!(opening.ok(), opens.then_some(public), "{kind}");
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn cms_207_short_rsa_keys_do_not_sign() {
    let folder = tempfile::tempdir().unwrap();
    let theirs = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER";
    fs::write(folder.path().join("rsa.der"), openssl_agrees(folder.path(), theirs)).unwrap();
    let pkcs8 = openssl_agrees(folder.path(), "pkcs8 -topk8 -nocrypt -in rsa.der -outform DER");
    assert_eq!(SigningKey::from_pkcs8_der(&pkcs8).err(), Some(KeyError::Size));
}

#[test]
fn cms_206_cms_208_seeds_agree_with_what_stands_beside_them() {
    for scheme in [DecryptionScheme::MlKem768, DecryptionScheme::MlKem1024] {
        let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
        let pkcs8 = key.to_pkcs8_der();
        // SEQUENCE, version, algorithm, OCTET STRING, [0]: the seed is the end.
        let (head, seed) = pkcs8.split_at(pkcs8.len() - 64);
        let kem = match scheme {
            DecryptionScheme::MlKem768 => backend::MlKem::MlKem768,
            _ => backend::MlKem::MlKem1024,
        };
        let expanded = backend::expanded_ml_kem(kem, seed.try_into().unwrap()).0;
        let algorithm = &head[5..18];
        reads_seed_forms(algorithm, seed, &expanded, &key.spki_der(), |der| {
            DecryptionKey::from_pkcs8_der(der).map(|key| key.spki_der())
        });
    }
    let key = SigningKey::generate_for(SignatureScheme::MlDsa65, &mut rng()).unwrap();
    let pkcs8 = key.to_pkcs8_der();
    let (head, seed) = pkcs8.split_at(pkcs8.len() - 32);
    let signer = backend::Signer::ml_dsa_65(seed.try_into().unwrap()).unwrap();
    let expanded = signer.expanded_ml_dsa().unwrap();
    reads_seed_forms(&head[5..18], seed, &expanded, &key.spki_der(), |der| {
        SigningKey::from_pkcs8_der(der).map(|key| key.spki_der())
    });
}

/// RFC 9935 §6 and RFC 9881 §6: the seed, both, and the expanded key alone, which has no seed.
fn reads_seed_forms(
    algorithm: &[u8],
    seed: &[u8],
    expanded: &[u8],
    spki_der: &[u8],
    read: impl Fn(&[u8]) -> Result<Vec<u8>, KeyError>,
) {
    let file = |version: u8, inner: &[u8], public: Option<&[u8]>| {
        tlv::nested(tlv::SEQUENCE, |file| {
            file.small(version);
            file.raw(algorithm);
            file.element(tlv::OCTET_STRING, inner);
            if let Some(public) = public {
                file.element(tlv::context_primitive(1), &[&[0], public].concat());
            }
        })
    };
    let both = |expanded: &[u8]| {
        tlv::nested(tlv::SEQUENCE, |both| {
            both.element(tlv::OCTET_STRING, seed);
            both.element(tlv::OCTET_STRING, expanded);
        })
    };
    let alone = tlv::element(tlv::context_primitive(0), seed);
    assert_eq!(read(&file(0, &alone, None)).as_deref(), Ok(spki_der));
    assert_eq!(read(&file(0, &both(expanded), None)).as_deref(), Ok(spki_der));
    let mut other = expanded.to_vec();
    other[9] ^= 1;
    assert_eq!(read(&file(0, &both(&other), None)), Err(KeyError::Malformed));
    let expanded_alone = tlv::element(tlv::OCTET_STRING, expanded);
    assert_eq!(read(&file(0, &expanded_alone, None)), Err(KeyError::WithoutSeed));
    let public = backend::PublicKey::read(spki_der).unwrap().octets;
    assert_eq!(read(&file(1, &alone, Some(public))).as_deref(), Ok(spki_der));
    assert_eq!(read(&file(0, &alone, Some(public))), Err(KeyError::Malformed));
    assert_eq!(read(&file(1, &alone, None)), Err(KeyError::Malformed));
    assert_eq!(read(&file(1, &alone, Some(&public[1..]))), Err(KeyError::Malformed));
    assert_eq!(read(&file(2, &alone, Some(public))), Err(KeyError::Malformed));
}

#[test]
fn an_agreement_key_is_a_decryption_key() {
    let key = AgreementKey::generate(&mut rng());
    let (spki_der, pkcs8) = (key.spki_der(), key.to_pkcs8_der());
    let general = DecryptionKey::from(key);
    assert_eq!(general.spki_der(), spki_der);
    assert!(general.to_pkcs8_der() == pkcs8);
    let other = DecryptionKey::generate_for(DecryptionScheme::P384, &mut rng()).unwrap();
    let refused = AgreementKey::from_pkcs8_der(&other.to_pkcs8_der()).err();
    assert_eq!(refused, Some(KeyError::OtherKind));
}

#[test]
fn cms_104_a_number_with_another_ones_point_is_no_key() {
    let (one, two) = (SigningKey::generate(&mut rng()), SigningKey::generate(&mut rng()));
    let mut mixed = one.to_pkcs8_der();
    let at = mixed.len() - 65;
    mixed[at..].copy_from_slice(&two.to_pkcs8_der()[at..]);
    assert_eq!(SigningKey::from_pkcs8_der(&mixed).err(), Some(KeyError::Malformed));
    let whole = one.to_pkcs8_der();
    for octets in 0..whole.len() {
        assert!(AgreementKey::from_pkcs8_der(&whole[..octets]).is_err());
    }
    let mut zero = one.to_pkcs8_der();
    zero[36..68].fill(0);
    assert!(SigningKey::from_pkcs8_der(&zero).is_err());
}

#[test]
fn no_shortened_lengthened_or_relabelled_file_is_a_key() {
    for scheme in OPENING {
        let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
        let (pkcs8, spki_der) = (key.to_pkcs8_der(), key.spki_der());
        for octets in 0..pkcs8.len() {
            assert!(DecryptionKey::from_pkcs8_der(&pkcs8[..octets]).is_err());
        }
        assert!(DecryptionKey::from_pkcs8_der(&[&pkcs8[..], &[0]].concat()).is_err());
        for octets in 0..spki_der.len() {
            assert!(EncryptionKey::from_spki_der(&spki_der[..octets]).is_err());
        }
        assert!(EncryptionKey::from_spki_der(&[&spki_der[..], &[0]].concat()).is_err());
    }
    let signing = SigningKey::generate_for(SignatureScheme::Ed25519, &mut rng()).unwrap();
    let refused = DecryptionKey::from_pkcs8_der(&signing.to_pkcs8_der()).err();
    assert_eq!(refused, Some(KeyError::OtherKind));
    let refused = EncryptionKey::from_spki_der(&signing.spki_der()).err();
    assert_eq!(refused, Some(KeyError::OtherKind));
    // id-Ed25519 and id-X25519 differ in one octet; a seed is a number is a seed.
    let mut relabelled = signing.to_pkcs8_der();
    relabelled[11] = 0x6e;
    assert!(DecryptionKey::from_pkcs8_der(&relabelled).is_ok(), "nothing in it says otherwise");
    assert!(SigningKey::from_pkcs8_der(&relabelled).is_err());
}
