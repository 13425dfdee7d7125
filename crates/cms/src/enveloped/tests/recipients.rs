//! Recipient infos that are wrong in one place, and what nobody may learn from them.

use super::*;
use crate::attributes::{HMAC_SHA256, ML_KEM_768, ORI_KEM, PBKDF2, RSA_ENCRYPTION};
use crate::keys::{DecryptionKey, EncryptionKey};
use crate::policy::{ContentEncryption, KeyEstablishment};
use crate::testing::{HOLDERS, Holder};
use crate::tlv::{self, OCTET_STRING, SEQUENCE};

fn holder(name: &str) -> &'static Holder {
    HOLDERS.iter().find(|holder| holder.name == name).unwrap()
}

fn sealed(name: &str, content_key: &ContentKey) -> Vec<u8> {
    let slots = [RecipientSlot::Certificate(&holder(name).certificate)];
    seal(TEXT, &slots, content_key, &mut rng()).unwrap()
}

/// The same message with these recipientInfos instead of its own.
fn readdressed(message: &[u8], recipient_infos: &[u8]) -> Vec<u8> {
    let mut content_info = tlv::Reader::new(message).enter(SEQUENCE, "test").unwrap();
    let oid = content_info.any("test").unwrap().octets;
    let mut fields = content_info.enter(0xa0, "test").unwrap().enter(SEQUENCE, "test").unwrap();
    let version = fields.any("test").unwrap().octets;
    fields.any("test").unwrap();
    let content = fields.any("test").unwrap().octets;
    let mac = fields.any("test").unwrap().octets;
    let fields = [version, &element(SET, recipient_infos), content, mac].concat();
    element(SEQUENCE, &[oid, &element(0xa0, &element(SEQUENCE, &fields))].concat())
}

/// A recipient with PKCS#1 v1.5, which we never write.
fn by_pkcs1(holder: &Holder, version: u8, encrypted_key: &[u8]) -> Vec<u8> {
    tlv::nested(SEQUENCE, |info| {
        info.small(version);
        info.nest(SEQUENCE, |rid| {
            rid.raw(&holder.certificate.issuer_der());
            rid.raw(&holder.certificate.serial_der());
        });
        info.nest(SEQUENCE, |algorithm| {
            algorithm.oid(&RSA_ENCRYPTION);
            algorithm.element(tlv::NULL, &[]);
        });
        info.element(OCTET_STRING, encrypted_key);
    })
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "RSA exists natively only")]
fn pkcs1_is_read_and_what_is_wrong_with_it_is_only_seen_at_the_tag() {
    let rsa = holder("rsa");
    let key = ContentKey::generate(&mut rng());
    let message = sealed("rsa", &key);
    let public = EncryptionKey::from_spki_der(&rsa.certificate.spki_der()).unwrap();
    let told = |encrypted_key: &[u8]| {
        let message = readdressed(&message, &by_pkcs1(rsa, 0, encrypted_key));
        let parsed = AuthEnveloped::from_der(&message).unwrap();
        let request = parsed.key_request(&rsa.certificate).unwrap();
        assert_eq!(request.establishment(), KeyEstablishment::RsaPkcs1);
        // No step but the last one says anything, whatever was encrypted.
        let answer = rsa.key.answer(&request).unwrap();
        let key = parsed.content_key(request, answer).unwrap();
        assert_eq!(key.octets().len(), 32);
        parsed.open(&key).map(|text| text.to_vec())
    };
    let encrypted = public.encrypt_pkcs1(key.octets()).unwrap();
    assert_eq!(told(&encrypted).as_deref(), Ok(TEXT));
    let mut changed = encrypted.clone();
    changed[100] ^= 1;
    let other_key = public.encrypt_pkcs1(&[1; 32]).unwrap();
    let other_length = public.encrypt_pkcs1(&key.octets()[..16]).unwrap();
    let other_padding = public.encrypt_oaep(key.octets()).unwrap();
    let shorter = encrypted[1..].to_vec();
    let nothing = Vec::new();
    for wrong in [changed, other_key, other_length, other_padding, shorter, nothing] {
        assert_eq!(told(&wrong), Err(OpenError::Unauthentic));
    }
    let mut wrong_tag = message.clone();
    *wrong_tag.last_mut().unwrap() ^= 1;
    let parsed = AuthEnveloped::from_der(&wrong_tag).unwrap();
    assert_eq!(parsed.open(&key).err(), Some(OpenError::Unauthentic));
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn cms_222_nothing_is_sealed_for_short_rsa_keys() {
    let folder = tempfile::tempdir().unwrap();
    let make = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER -out rsa.der";
    openssl_agrees(folder.path(), make);
    let pkcs8 = openssl_agrees(folder.path(), "pkcs8 -topk8 -nocrypt -in rsa.der -outform DER");
    let key = DecryptionKey::from_pkcs8_der(&pkcs8).unwrap();
    let spki = key.spki_der();
    // We certify no such key; somebody else may have.
    let certificate = HOLDERS
        .iter()
        .find(|holder| holder.name == "rsa")
        .map(|holder| replaced_key(&holder.certificate, &spki))
        .unwrap();
    let slots = [RecipientSlot::Certificate(&certificate)];
    let refused = seal(TEXT, &slots, &ContentKey::generate(&mut rng()), &mut rng());
    assert_eq!(refused, Err(SealError::RecipientKey));
}

/// The same certificate with another key: nobody verifies its signature here.
fn replaced_key(certificate: &Certificate, spki_der: &[u8]) -> Certificate {
    let old = certificate.spki_der();
    let mut whole = tlv::Reader::new(certificate.der()).enter(SEQUENCE, "test").unwrap();
    let mut tbs = whole.enter(SEQUENCE, "test").unwrap();
    let mut fields = Vec::new();
    while !tbs.is_empty() {
        let field = tbs.any("test").unwrap().octets;
        fields.extend_from_slice(if field == old { spki_der } else { field });
    }
    let mut rest = element(SEQUENCE, &fields);
    while !whole.is_empty() {
        rest.extend_from_slice(whole.any("test").unwrap().octets);
    }
    Certificate::from_der(&element(SEQUENCE, &rest)).unwrap()
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "RSA exists natively only")]
fn transport_and_encapsulation_have_one_version_each() {
    let key = ContentKey::generate(&mut rng());
    let message = sealed("rsa", &key);
    let rsa = holder("rsa");
    assert!(!malformed(&readdressed(&message, &by_pkcs1(rsa, 0, &[0; 384]))));
    for version in [1, 2, 3] {
        assert!(malformed(&readdressed(&message, &by_pkcs1(rsa, version, &[0; 384]))));
    }
    // Longer than any key: somebody else's, and passed over.
    let message = readdressed(&message, &by_pkcs1(rsa, 0, &[0; 1025]));
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    assert_eq!(parsed.recipients(), [RecipientIdView::Other]);
}

/// What a message says about this recipient, and whether it opens, after one change of its octets.
fn after(name: &str, from: &[u8], to: &[u8]) -> Result<RecipientIdView, ()> {
    let message = sealed(name, &ContentKey::generate(&mut rng()));
    let changed = replaced(&message, from, to);
    let parsed = AuthEnveloped::from_der(&changed).map_err(|_| ())?;
    Ok(parsed.recipients().remove(0))
}

#[test]
fn cms_223_cms_224_encapsulations_keep_to_their_standards() {
    let ori = element(0x06, ORI_KEM.as_bytes());
    let mut other = ori.clone();
    *other.last_mut().unwrap() ^= 8;
    assert_eq!(after("mlkem768", &ori, &other), Ok(RecipientIdView::Other));
    let kem = element(SEQUENCE, &element(0x06, ML_KEM_768.as_bytes()));
    let mut weak = kem.clone();
    *weak.last_mut().unwrap() = 1;
    assert_eq!(after("mlkem768", &kem, &weak), Ok(RecipientIdView::Other), "ML-KEM-512");
    // kekLength, between kdf and wrap.
    let wrap = [0x02, 0x01, 0x20, 0x30, 0x0b];
    assert_eq!(after("mlkem768", &wrap, &[2, 1, 0x10, 0x30, 0x0b]), Ok(RecipientIdView::Other));
    // AES-128 wrap.
    let wrap = [0x65, 0x03, 0x04, 0x01, 0x2d];
    assert_eq!(after("hybrid", &wrap, &[0x65, 3, 4, 1, 5]), Ok(RecipientIdView::Other));
    // Version 0, behind the type.
    let message = sealed("mlkem768", &ContentKey::generate(&mut rng()));
    let at = message.windows(ori.len()).position(|it| it == ori).unwrap() + ori.len();
    assert_eq!(message[at + 4..at + 7], [2, 1, 0]);
    let mut changed = message.clone();
    changed[at + 6] = 1;
    assert!(malformed(&changed));
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "RSA exists natively only")]
fn cms_226_a_slot_for_another_kind_of_key_is_not_this_keys() {
    // A message for P-256 whose recipient identifier names somebody with an RSA key.
    let (p256, rsa) = (holder("p256"), holder("rsa"));
    let message = sealed("p256", &ContentKey::generate(&mut rng()));
    let name = |holder: &Holder| holder.certificate.serial_der();
    let serials = (name(p256), name(rsa));
    if serials.0.len() == serials.1.len() {
        let changed = replaced(&message, &serials.0, &serials.1);
        let parsed = AuthEnveloped::from_der(&changed).unwrap();
        assert!(parsed.key_request(&rsa.certificate).is_none());
    }
    assert!(AuthEnveloped::from_der(&message).unwrap().key_request(&p256.certificate).is_some());
}

fn for_password(password: &Password, count: usize) -> Result<Vec<u8>, SealError> {
    let slots = vec![RecipientSlot::Password(password); count];
    seal(TEXT, &slots, &ContentKey::generate(&mut rng()), &mut rng())
}

#[test]
fn cms_225_iterations_have_a_floor_and_a_ceiling() {
    let password = Password::new(b"pass".to_vec().into());
    let message = for_password(&password, 1).unwrap();
    let written = element(0x02, &limits::PASSWORD_ITERATIONS.to_be_bytes()[1..]);
    for (iterations, is_read) in [
        (limits::PASSWORD_ITERATIONS_MIN, true),
        (limits::PASSWORD_ITERATIONS_MIN - 1, false),
        (limits::PASSWORD_ITERATIONS_MAX, true),
        (limits::PASSWORD_ITERATIONS_MAX + 1, false),
    ] {
        let other = element(0x02, &iterations.to_be_bytes()[1..]);
        assert_eq!(other.len(), written.len());
        let changed = replaced(&message, &written, &other);
        let expected = if is_read { RecipientIdView::Password } else { RecipientIdView::Other };
        let parsed = AuthEnveloped::from_der(&changed).unwrap();
        assert_eq!(parsed.recipients(), [expected], "{iterations}");
    }
    // Another pseudo-random function, another derivation.
    for oid in [HMAC_SHA256, PBKDF2] {
        let mut other = element(0x06, oid.as_bytes());
        *other.last_mut().unwrap() ^= 1;
        let changed = replaced(&message, &element(0x06, oid.as_bytes()), &other);
        let parsed = AuthEnveloped::from_der(&changed).unwrap();
        assert_eq!(parsed.recipients(), [RecipientIdView::Other]);
    }
}

#[test]
fn cms_227_passwords_to_try_are_few() {
    let password = Password::new(b"pass".to_vec().into());
    let most = limits::PASSWORD_RECIPIENTS_MAX;
    assert_eq!(for_password(&password, most + 1), Err(SealError::TooManyRecipients));
    let message = for_password(&password, most).unwrap();
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    let key = parsed.content_key_from_password(&password).unwrap();
    assert_eq!(*parsed.open(&key).unwrap(), TEXT);
    let one = for_password(&password, 1).unwrap();
    let infos = |message: &[u8]| {
        let skeleton = super::super::walk::Skeleton::read(message, message.len() as u64);
        assert!(skeleton.is_ok());
        let at = message.iter().position(|octet| *octet == SET).unwrap();
        tlv::Reader::new(&message[at..]).value(SET, "test").unwrap().to_vec()
    };
    let mut all = [infos(&message), infos(&one)].concat();
    let mut reader = tlv::Reader::new(&all);
    let mut elements = Vec::new();
    while !reader.is_empty() {
        elements.push(reader.any("test").unwrap().octets.to_vec());
    }
    elements.sort();
    all = elements.concat();
    assert!(malformed(&readdressed(&message, &all)));
}

#[test]
fn cms_220_cms_228_derivations_do_not_nest_and_tags_are_there() {
    let bound = ContentAlgorithm::bound(ContentEncryption::Aes256Gcm);
    let key = ContentKey::generate(&mut rng());
    let message = seal_with(bound, TEXT, &bert(), &key, &mut rng()).unwrap();
    assert_eq!(by_bert(&message).as_deref(), Ok(TEXT));
    let gcm = element(0x06, crate::attributes::AES256_GCM.as_bytes());
    // The inner algorithm becomes AES-256-CBC: other parameters, and nothing with a tag.
    let cbc = element(0x06, crate::attributes::AES256_CBC.as_bytes());
    assert!(malformed(&replaced(&message, &gcm, &cbc)));
    let mut nested = ContentParameters::fresh(bound, &mut rng()).to_der();
    let oid = element(0x06, crate::attributes::CEK_HKDF_SHA256.as_bytes());
    nested = element(SEQUENCE, &[oid, nested].concat());
    let inside = tlv::only(&nested, SEQUENCE, "test").unwrap();
    assert!(ContentParameters::read(tlv::Reader::new(inside)).is_err());
    let plain_cbc =
        ContentParameters::fresh(ContentAlgorithm::plain(ContentEncryption::Aes128Cbc), &mut rng())
            .to_der();
    let inside = tlv::only(&plain_cbc, SEQUENCE, "test").unwrap();
    let read = ContentParameters::read(tlv::Reader::new(inside)).unwrap();
    assert_eq!(read.to_der(), plain_cbc);
}

/// The example of RFC 9709 with HKDF over AES-128-GCM.
#[test]
fn rfc_9709_derives_the_key_of_its_example() {
    let algorithm = hex::decode("301b0609608648016503040106300e040c5c79058ba2f43447639d29e2");
    let inner = algorithm.unwrap();
    let derived = crate::kdf::hkdf(
        crate::digest::DigestAlgorithm::Sha256,
        b"The Cryptographic Message Syntax",
        &hex::decode("c702e7d0a9e064b09ba55245fb733cf3").unwrap(),
        &inner,
        16,
    );
    assert_eq!(hex::encode(&derived[..]), "2124ffb29fac4e0fbbc7d5d87492bff3");
}

#[test]
fn a_bound_key_opens_under_no_other_label() {
    let bound = ContentAlgorithm::bound(ContentEncryption::Aes256Gcm);
    let kek = KeyEncryptionKey::from_bytes([9; 32]);
    let slots = [RecipientSlot::KeyEncryption { id: b"1", kek: &kek }];
    let key = ContentKey::generate(&mut rng());
    let relabelled = |from: ContentAlgorithm, to: ContentAlgorithm| {
        let message = seal_with(from, TEXT, &slots, &key, &mut rng()).unwrap();
        let parsed = AuthEnveloped::from_der(&message).unwrap();
        let mut infos = crate::tlv::Reader::new(&message).enter(SEQUENCE, "test").unwrap();
        infos.any("test").unwrap();
        let mut fields = infos.enter(0xa0, "test").unwrap().enter(SEQUENCE, "test").unwrap();
        fields.any("test").unwrap();
        let recipients = fields.any("test").unwrap().octets;
        let mut content = fields.enter(SEQUENCE, "test").unwrap();
        let data = content.any("test").unwrap().octets;
        let algorithm = content.any("test").unwrap().value;
        let mut parameters = ContentParameters::read(tlv::Reader::new(algorithm)).unwrap();
        parameters = parameters.relabelled(to);
        let ciphertext = element(0x80, &message[parsed.ciphertext()]);
        let content = element(SEQUENCE, &[data, &parameters.to_der(), &ciphertext].concat());
        let tag = fields.any("test").unwrap().octets;
        let inner = [&[2, 1, 0], recipients, &content, tag].concat();
        let oid = element(0x06, crate::attributes::ID_AUTH_ENVELOPED_DATA.as_bytes());
        let explicit = element(0xa0, &element(SEQUENCE, &inner));
        let message = element(SEQUENCE, &[oid, explicit].concat());
        let parsed = AuthEnveloped::from_der(&message).unwrap();
        let key = parsed.content_key_from_kek(b"1", &kek).unwrap();
        parsed.open(&key).map(|text| text.to_vec())
    };
    let plain = ContentAlgorithm::COMMON;
    assert_eq!(relabelled(bound, bound).as_deref(), Ok(TEXT));
    assert_eq!(relabelled(bound, plain), Err(OpenError::Unauthentic));
    assert_eq!(relabelled(plain, bound), Err(OpenError::Unauthentic));
}
