//! Recipients of every kind: among themselves, whole and in pieces, and against OpenSSL.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::policy::{ContentEncryption, KeyEstablishment, KeyKind};
use crate::stream::{SealedReader, SealingWriter, StreamError};
use crate::testing::{HOLDERS, Holder};

static KEK: LazyLock<KeyEncryptionKey> = LazyLock::new(|| KeyEncryptionKey::from_bytes([7; 32]));
const ID: &[u8] = &[0xab, 0xcd];
const ALGORITHMS: [ContentAlgorithm; 4] = [
    ContentAlgorithm::COMMON,
    ContentAlgorithm::plain(ContentEncryption::Aes128Gcm),
    ContentAlgorithm::bound(ContentEncryption::Aes256Gcm),
    ContentAlgorithm::bound(ContentEncryption::Aes128Gcm),
];

fn password() -> Password {
    Password::new(b"correct horse".to_vec().into())
}

fn sealed_for(slots: &[RecipientSlot<'_>], algorithm: ContentAlgorithm, text: &[u8]) -> Vec<u8> {
    let key = ContentKey::generate_for(algorithm.encryption(), &mut rng());
    seal_with(algorithm, text, slots, &key, &mut rng()).unwrap()
}

fn streamed_for(slots: &[RecipientSlot<'_>], algorithm: ContentAlgorithm, text: &[u8]) -> Vec<u8> {
    let key = ContentKey::generate_for(algorithm.encryption(), &mut rng());
    let begun = SealingWriter::begin_with(algorithm, Vec::new(), slots, &key, &mut rng());
    let mut writer = begun.unwrap();
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

/// What this holder makes of a message; a key that cannot answer is no different from a wrong one.
fn opened_by(holder: &Holder, message: &[u8]) -> Result<Vec<u8>, OpenError> {
    let message = AuthEnveloped::from_der(message).map_err(|_| OpenError::Unauthentic)?;
    let request = message.key_request(&holder.certificate).ok_or(OpenError::NotForThisKey)?;
    let answer = holder.key.answer(&request).map_err(|_| OpenError::Unauthentic)?;
    let key = message.content_key(request, answer)?;
    message.open(&key).map(|text| text.to_vec())
}

fn streamed_by(holder: &Holder, message: &[u8]) -> Result<Vec<u8>, StreamError> {
    let reader = SealedReader::new(message)?;
    let request = reader.head().key_request(&holder.certificate).ok_or(OpenError::NotForThisKey)?;
    let answer = holder.key.answer(&request).map_err(|_| OpenError::Unauthentic)?;
    let key = reader.head().content_key(&request, &answer)?;
    reader.open(&key, |plaintext| {
        let mut text = Vec::new();
        plaintext.read_to_end(&mut text)?;
        Ok(text)
    })
}

#[test]
fn every_kind_opens_whole_and_in_pieces_and_no_other_does() {
    for holder in HOLDERS.iter() {
        let slots = [RecipientSlot::Certificate(&holder.certificate)];
        for algorithm in ALGORITHMS {
            let name = format!("{} {}", holder.name, algorithm.label());
            let whole = sealed_for(&slots, algorithm, TEXT);
            assert_eq!(AuthEnveloped::from_der(&whole).unwrap().content_algorithm(), algorithm);
            assert_eq!(opened_by(holder, &whole).as_deref(), Ok(TEXT), "{name}");
            assert_eq!(streamed_by(holder, &whole).as_deref(), Ok(TEXT), "{name}");
            let pieces = streamed_for(&slots, algorithm, TEXT);
            assert_eq!(streamed_by(holder, &pieces).as_deref(), Ok(TEXT), "{name}");
            let pieces = ber::to_der(&pieces).unwrap();
            assert_eq!(opened_by(holder, &pieces).as_deref(), Ok(TEXT), "{name}");
            for other in HOLDERS.iter().filter(|other| other.name != holder.name) {
                assert_eq!(opened_by(other, &whole), Err(OpenError::NotForThisKey));
            }
        }
    }
}

#[test]
fn all_kinds_stand_side_by_side_in_one_message() {
    let password = password();
    let holders = HOLDERS.iter().map(|holder| RecipientSlot::Certificate(&holder.certificate));
    let slots: Vec<_> = holders
        .chain([
            RecipientSlot::KeyEncryption { id: ID, kek: &KEK },
            RecipientSlot::Password(&password),
        ])
        .collect();
    for message in [
        sealed_for(&slots, ContentAlgorithm::COMMON, TEXT),
        ber::to_der(&streamed_for(&slots, ContentAlgorithm::COMMON, TEXT)).unwrap(),
    ] {
        let parsed = AuthEnveloped::from_der(&message).unwrap();
        assert_eq!(parsed.recipient_count(), HOLDERS.len() + 2);
        assert!(!parsed.recipients().contains(&RecipientIdView::Other));
        for holder in HOLDERS.iter() {
            assert_eq!(opened_by(holder, &message).as_deref(), Ok(TEXT), "{}", holder.name);
            let request = parsed.key_request(&holder.certificate).unwrap();
            let preferred = KeyEstablishment::preferred_by(holder.key.kind());
            assert_eq!(Some(request.establishment()), preferred);
        }
        let key = parsed.content_key_from_kek(ID, &KEK).unwrap();
        assert_eq!(*parsed.open(&key).unwrap(), TEXT);
        let key = parsed.content_key_from_password(&password).unwrap();
        assert_eq!(*parsed.open(&key).unwrap(), TEXT);
        let wrong = Password::new(b"correct house".to_vec().into());
        let refused = parsed.content_key_from_password(&wrong).err();
        assert_eq!(refused, Some(OpenError::Unauthentic));
    }
    let message = for_bert(TEXT);
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    let refused = parsed.content_key_from_password(&password).err();
    assert_eq!(refused, Some(OpenError::NotForThisKey));
}

#[test]
fn more_than_sixteen_of_every_kind_are_named_by_their_keys() {
    // Three times six at the least: wasm32 has no RSA.
    let slots: Vec<_> = HOLDERS
        .iter()
        .chain(HOLDERS.iter())
        .chain(HOLDERS.iter())
        .map(|holder| RecipientSlot::Certificate(&holder.certificate))
        .collect();
    let message = sealed_for(&slots, ContentAlgorithm::COMMON, TEXT);
    let views = AuthEnveloped::from_der(&message).unwrap().recipients();
    assert_eq!(views.len(), 3 * HOLDERS.len());
    assert!(views.iter().all(|view| matches!(view, RecipientIdView::SubjectKeyIdentifier(_))));
    for holder in HOLDERS.iter() {
        assert_eq!(opened_by(holder, &message).as_deref(), Ok(TEXT), "{}", holder.name);
    }
}

#[test]
fn cms_238_letters_on_their_way_have_keys_of_256_bits() {
    for algorithm in ALGORITHMS {
        let message = sealed_for(&bert(), algorithm, TEXT);
        let head = EnvelopedHead::from_prefix(&message, message.len() as u64);
        assert_eq!(head.is_ok(), algorithm.encryption() == ContentEncryption::Aes256Gcm);
    }
}

#[test]
fn cms_221_cms_229_keys_have_the_length_that_the_cipher_needs() {
    let short = ContentKey::generate_for(ContentEncryption::Aes128Gcm, &mut rng());
    assert_eq!(short.octets().len(), 16);
    assert_eq!(seal(TEXT, &bert(), &short, &mut rng()), Err(SealError::ContentKey));
    let cbc = ContentAlgorithm::plain(ContentEncryption::Aes256Cbc);
    let long = ContentKey::generate(&mut rng());
    let refused = seal_with(cbc, TEXT, &bert(), &long, &mut rng());
    assert_eq!(refused, Err(SealError::ContentKey));
    let message = for_bert(TEXT);
    let refused = AuthEnveloped::from_der(&message).unwrap().open(&short).err();
    assert_eq!(refused, Some(OpenError::Unauthentic));
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_opens_what_we_seal_for_every_kind_it_knows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let password = password();
    let known: Vec<_> =
        HOLDERS.iter().filter(|it| ["p256", "p384", "rsa"].contains(&it.name.as_str())).collect();
    let slots: Vec<_> = known
        .iter()
        .map(|holder| RecipientSlot::Certificate(&holder.certificate))
        .chain([
            RecipientSlot::KeyEncryption { id: ID, kek: &KEK },
            RecipientSlot::Password(&password),
        ])
        .collect();
    let decrypt = "cms -decrypt -binary -inform DER -in m.p7m";
    for algorithm in &ALGORITHMS[..2] {
        for message in
            [sealed_for(&slots, *algorithm, TEXT), streamed_for(&slots, *algorithm, TEXT)]
        {
            fs::write(path.join("m.p7m"), &message).unwrap();
            for holder in &known {
                holder.moves_into(path);
                let by = format!("-recip {0}.pem -inkey {0}.key", holder.name);
                assert_eq!(openssl_agrees(path, &format!("{decrypt} {by}")), TEXT, "{by}");
            }
            let by_kek = format!("-secretkey {} -secretkeyid ABCD", "07".repeat(32));
            assert_eq!(openssl_agrees(path, &format!("{decrypt} {by_kek}")), TEXT);
            // Its arguments are split at spaces here, so the password comes by itself.
            let by_password = std::process::Command::new("openssl")
                .args(decrypt.split(' '))
                .args(["-pwri_password", "correct horse"])
                .current_dir(path)
                .output()
                .unwrap();
            assert_eq!(by_password.stdout, TEXT, "{by_password:?}");
        }
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_open_what_openssl_seals_for_every_kind_it_knows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("text"), TEXT).unwrap();
    let old = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER -out old.der";
    openssl_agrees(path, old);
    let pkcs8 = openssl_agrees(path, "pkcs8 -topk8 -nocrypt -in old.der -outform DER");
    let old_key = crate::keys::DecryptionKey::from_pkcs8_der(&pkcs8).unwrap();
    assert_eq!(old_key.kind(), KeyKind::Rsa { bits: 2048 });
    for holder in HOLDERS.iter() {
        holder.moves_into(path);
    }
    let by_name = |name: &str| HOLDERS.iter().find(|holder| holder.name == name).unwrap();
    let oaep = "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256";
    for (name, options, expected) in [
        ("p256", "-keyopt ecdh_kdf_md:sha256", KeyEstablishment::EcdhP256),
        ("p256", "-keyopt ecdh_kdf_md:sha512 -aes256-wrap", KeyEstablishment::EcdhP256),
        ("p384", "-keyopt ecdh_kdf_md:sha384", KeyEstablishment::EcdhP384),
        ("p384", "-keyopt ecdh_kdf_md:sha256 -aes256-wrap", KeyEstablishment::EcdhP384),
        ("rsa", oaep, KeyEstablishment::RsaOaepSha256),
        ("rsa", "", KeyEstablishment::RsaPkcs1),
    ] {
        let holder = by_name(name);
        for cipher in ["aes-256-gcm", "aes-128-gcm"] {
            for form in ["-noindef", "-keyid -noindef", "-stream"] {
                let message = openssl_agrees(
                    path,
                    &format!(
                        "cms -encrypt -binary -{cipher} {form} -in text -outform DER \
                         -recip {name}.pem {options}"
                    ),
                );
                let what = format!("{name} {options} {cipher} {form}");
                assert_eq!(streamed_by(holder, &message).as_deref(), Ok(TEXT), "{what}");
                let der = ber::to_der(&message).unwrap();
                assert_eq!(opened_by(holder, &der).as_deref(), Ok(TEXT), "{what}");
                let parsed = AuthEnveloped::from_der(&der).unwrap();
                let request = parsed.key_request(&holder.certificate).unwrap();
                assert_eq!(request.establishment(), expected);
            }
        }
    }
    // What counts no more is passed over: X9.63 and OAEP with SHA-1.
    for (name, options) in [
        ("p256", "-keyopt ecdh_kdf_md:sha1"),
        ("rsa", "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha1"),
    ] {
        let message = openssl_agrees(
            path,
            &format!(
                "cms -encrypt -binary -aes-256-gcm -noindef -in text -outform DER \
                 -recip {name}.pem {options}"
            ),
        );
        assert_eq!(opened_by(by_name(name), &message), Err(OpenError::NotForThisKey));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_choice_of_recipients_opens_any_size(
        chosen in prop::collection::vec(0..HOLDERS.len(), 1..12),
        octets in 0usize..200_000,
        algorithm in 0..ALGORITHMS.len(),
        in_pieces: bool,
    ) {
        let text: Vec<u8> = (0..octets).map(|at| (at * 31 + at / 253) as u8).collect();
        let slots: Vec<_> =
            chosen.iter().map(|at| RecipientSlot::Certificate(&HOLDERS[*at].certificate)).collect();
        let message = match in_pieces {
            true => streamed_for(&slots, ALGORITHMS[algorithm], &text),
            false => sealed_for(&slots, ALGORITHMS[algorithm], &text),
        };
        for (at, holder) in HOLDERS.iter().enumerate() {
            let opened = streamed_by(holder, &message);
            match chosen.contains(&at) {
                true => prop_assert!(opened.as_ref() == Ok(&text), "{}", holder.name),
                false => prop_assert!(opened == Err(OpenError::NotForThisKey.into())),
            }
        }
    }
}

#[test]
fn no_changed_octet_opens_for_any_kind() {
    for holder in HOLDERS.iter() {
        let slots = [RecipientSlot::Certificate(&holder.certificate)];
        for algorithm in [ContentAlgorithm::COMMON, ALGORITHMS[2]] {
            let message = sealed_for(&slots, algorithm, b"x");
            // Another bit for each octet: RSA and ML-KEM take too long for all of them.
            for at in 0..message.len() {
                let mut changed = message.clone();
                changed[at] ^= 1 << (at % 8);
                let told = opened_by(holder, &changed);
                assert!(told.is_err(), "{} octet {at}", holder.name);
                assert!(streamed_by(holder, &changed).is_err(), "{} octet {at}", holder.name);
            }
        }
    }
}
