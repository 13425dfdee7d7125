mod kinds;
mod recipients;

use std::fs;
use std::sync::LazyLock;

use super::*;
use crate::ber;
use crate::certificate::Certificate;
use crate::keys::{AgreementKey, KeyQuestion};
use crate::limits;
use crate::testing::{HOUSE, NOW, openssl, openssl_agrees, rng};
use crate::tlv::{SET, element};

const TEXT: &[u8] = b"Dear Bert,\r\nthe lease ends.\r\n";

fn bert() -> [RecipientSlot<'static>; 1] {
    [RecipientSlot::Certificate(&HOUSE.bert)]
}

fn for_bert(text: &[u8]) -> Vec<u8> {
    seal(text, &bert(), &ContentKey::generate(&mut rng()), &mut rng()).unwrap()
}

fn opened_with(
    message: &[u8],
    certificate: &Certificate,
    key: &AgreementKey,
) -> Result<Vec<u8>, OpenError> {
    let message = AuthEnveloped::from_der(message).map_err(|_| OpenError::Unauthentic)?;
    let request = message.key_request(certificate).ok_or(OpenError::NotForThisKey)?;
    let answer = key.answer(&request).map_err(|_| OpenError::Unauthentic)?;
    let content_key = message.content_key(request, answer)?;
    message.open(&content_key).map(|text| text.to_vec())
}

fn by_bert(message: &[u8]) -> Result<Vec<u8>, OpenError> {
    opened_with(message, &HOUSE.bert, &HOUSE.bert_key)
}

fn replaced(message: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = message.windows(from.len()).position(|window| window == from).unwrap();
    [&message[..at], to, &message[at + from.len()..]].concat()
}

#[test]
fn bert_opens_and_nobody_else() {
    for octets in [0usize, 1, 16, 17, 127, 128, 65_536, 100_000] {
        let text = vec![7; octets];
        let message = for_bert(&text);
        assert!(by_bert(&message).as_ref() == Ok(&text), "{octets} octets");
        let parsed = AuthEnveloped::from_der(&message).unwrap();
        assert_eq!(parsed.recipient_count(), 1);
        assert_eq!(parsed.ciphertext().len(), octets);
        assert_eq!(
            parsed.recipients(),
            [RecipientIdView::IssuerSerial {
                issuer_der: HOUSE.bert.issuer_der(),
                serial_der: HOUSE.bert.serial_der(),
            }]
        );
        assert!(parsed.key_request(&HOUSE.anna).is_none());
    }
}

#[test]
fn it_streams_in_pieces_of_any_length() {
    let text: Vec<u8> = (0..50_000u32).map(|n| n as u8).collect();
    let key = ContentKey::generate(&mut rng());
    let mut sealer = seal_framing(&bert(), &key, text.len() as u64, &mut rng()).unwrap();
    let total = sealer.total_octets();
    let mut message = sealer.prefix().to_vec();
    for piece in text.chunks(977) {
        let mut piece = piece.to_vec();
        sealer.update(&mut piece);
        message.extend(piece);
    }
    message.extend(sealer.finish().unwrap());
    assert_eq!(message.len() as u64, total);
    assert!(by_bert(&message).as_ref() == Ok(&text));
    assert!(*AuthEnveloped::from_der(&message).unwrap().open(&key).unwrap() == text);
}

#[test]
fn several_keys_open_one_message() {
    let carla_key = AgreementKey::generate(&mut rng());
    let house = &HOUSE;
    let issuer = crate::issue::Issuer { certificate: &house.root, key: &house.root_key };
    let profile = crate::issue::Profile::PersonEncryption {
        name: "Carla",
        address: "carla@south.example",
        organisation: None,
    };
    let validity = crate::issue::Validity { not_before: NOW, not_after: NOW + 1000 };
    let carla =
        crate::issue::issue(issuer, profile, &carla_key.spki_der(), validity, &mut rng()).unwrap();
    let keks = [KeyEncryptionKey::generate(&mut rng()), KeyEncryptionKey::generate(&mut rng())];
    let recipients = [
        RecipientSlot::KeyEncryption { id: b"release-2", kek: &keks[1] },
        RecipientSlot::Certificate(&carla),
        RecipientSlot::KeyEncryption { id: b"release-1", kek: &keks[0] },
        RecipientSlot::Certificate(&house.bert),
    ];
    let key = ContentKey::generate(&mut rng());
    let message = seal(TEXT, &recipients, &key, &mut rng()).unwrap();
    assert_eq!(by_bert(&message).as_deref(), Ok(TEXT));
    assert_eq!(opened_with(&message, &carla, &carla_key).as_deref(), Ok(TEXT));
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    assert_eq!(parsed.recipient_count(), 4);
    for (id, kek) in [(b"release-1", &keks[0]), (b"release-2", &keks[1])] {
        let unwrapped = parsed.content_key_from_kek(id, kek).unwrap();
        assert_eq!(*parsed.open(&unwrapped).unwrap(), TEXT);
    }
    let wrong = parsed.content_key_from_kek(b"release-1", &keks[1]).err();
    assert_eq!(wrong, Some(OpenError::Unauthentic));
    let unknown = parsed.content_key_from_kek(b"release-3", &keks[1]).err();
    assert_eq!(unknown, Some(OpenError::NotForThisKey));
}

#[test]
fn cms_146_cms_147_a_wrong_key_looks_like_a_changed_octet() {
    let message = for_bert(TEXT);
    let stranger = AgreementKey::generate(&mut rng());
    let wrong_key = opened_with(&message, &HOUSE.bert, &stranger).unwrap_err();
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    let wrong_content_key = parsed.open(&ContentKey::from_bytes([0; 32])).unwrap_err();
    let mut changed = message.clone();
    *changed.last_mut().unwrap() ^= 1;
    let wrong_tag = by_bert(&changed).unwrap_err();
    assert_eq!([wrong_key, wrong_content_key, wrong_tag], [OpenError::Unauthentic; 3]);
    assert_eq!(wrong_key.to_string(), wrong_tag.to_string());
}

#[test]
fn a_point_off_the_curve_is_refused_by_the_keys_holder() {
    let message = for_bert(TEXT);
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    let request = parsed.key_request(&HOUSE.bert).unwrap();
    let KeyQuestion::Agree { peer: point } = request.question() else { panic!("an agreement") };
    let mut off = point.to_vec();
    off[64] ^= 1;
    let changed = replaced(&message, point, &off);
    let parsed = AuthEnveloped::from_der(&changed).unwrap();
    let request = parsed.key_request(&HOUSE.bert).unwrap();
    let refused = HOUSE.bert_key.answer(&request).err().unwrap();
    assert_eq!(refused.code(), "peer-key-off-curve");
}

#[test]
fn cms_132_cms_133_what_cannot_be_sealed_is_refused() {
    let key = ContentKey::generate(&mut rng());
    let refused = |recipients: &[RecipientSlot<'_>], octets| {
        seal_framing(recipients, &key, octets, &mut rng()).err()
    };
    assert_eq!(refused(&[], 0), Some(SealError::NoRecipient));
    let kek = KeyEncryptionKey::generate(&mut rng());
    let slot = RecipientSlot::KeyEncryption { id: b"1", kek: &kek };
    let too_many = vec![slot; limits::RECIPIENTS_MAX + 1];
    assert_eq!(refused(&too_many, 0), Some(SealError::TooManyRecipients));
    let id = vec![1; limits::ENVELOPED_HEAD_OCTETS_MAX];
    let long = RecipientSlot::KeyEncryption { id: &id, kek: &kek };
    assert_eq!(refused(&[long], 0), Some(SealError::TooManyRecipients));
    let octets = limits::ENVELOPED_PLAINTEXT_OCTETS_MAX;
    assert_eq!(refused(&[slot], octets + 1), Some(SealError::TooLarge));
    assert_eq!(refused(&[slot], octets), None);
}

#[test]
fn cms_134_the_announced_size_is_kept_or_there_is_no_message() {
    let key = ContentKey::generate(&mut rng());
    for octets in [0, 1, 3] {
        let mut sealer = seal_framing(&bert(), &key, 2, &mut rng()).unwrap();
        sealer.update(&mut vec![0; octets]);
        assert_eq!(sealer.finish(), Err(SealError::OtherSize));
    }
}

#[test]
fn cms_135_only_certificates_for_encryption_are_sealed_for() {
    let slot = [RecipientSlot::Certificate(&HOUSE.anna)];
    let refused = seal(TEXT, &slot, &ContentKey::generate(&mut rng()), &mut rng());
    assert_eq!(refused, Err(SealError::RecipientKey));
}

/// Refused as a whole; and what its head alone tells as wrong must be refused as a whole.
fn malformed(message: &[u8]) -> bool {
    let refused = AuthEnveloped::from_der(message).is_err();
    let head = EnvelopedHead::from_prefix(message, message.len() as u64);
    assert!(head.is_ok() || refused);
    refused
}

#[test]
fn cms_136_cms_139_all_lengths_add_up() {
    let message = for_bert(TEXT);
    for octets in 0..message.len() {
        assert!(malformed(&message[..octets]), "{octets} octets");
    }
    assert!(malformed(&[&message[..], &[0]].concat()));
    let total = message.len() as u64;
    for wrong in [0, 1, total - 1, total + 1, total * 2, u64::MAX] {
        assert!(EnvelopedHead::from_prefix(&message, wrong).is_err(), "{wrong}");
    }
    // Unauthenticated attributes behind the tag.
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    let inner = &message[parsed.ciphertext().end..];
    assert_eq!(inner.len(), 18);
    assert!(malformed(&[&message[..], &element(0xa2, &element(SET, &[]))].concat()));
}

#[test]
fn cms_137_cms_138_cms_142_other_types_versions_and_algorithms_are_refused() {
    let message = for_bert(TEXT);
    let der = |oid: &crate::attributes::ObjectIdentifier| element(0x06, oid.as_bytes());
    let enveloped = der(&crate::attributes::ID_AUTH_ENVELOPED_DATA);
    let mut other = enveloped.clone();
    *other.last_mut().unwrap() = 24;
    assert!(malformed(&replaced(&message, &enveloped, &other)));
    let version = [0x02, 0x01, 0x00, SET];
    assert!(malformed(&replaced(&message, &version, &[0x02, 0x01, 0x02, SET])));
    // AES-192-GCM.
    let gcm = der(&crate::attributes::AES256_GCM);
    let mut weak = gcm.clone();
    *weak.last_mut().unwrap() = 26;
    assert!(malformed(&replaced(&message, &gcm, &weak)));
    // A tag of 12 octets; content that is not id-data.
    let at = AuthEnveloped::from_der(&message).unwrap().ciphertext().start;
    let head = &message[..at];
    let short = replaced(head, &[0x02, 0x01, 0x10], &[0x02, 0x01, 0x0c]);
    assert!(malformed(&[&short, &message[at..]].concat()));
    let data = der(&crate::attributes::ID_DATA);
    let mut signed = data.clone();
    *signed.last_mut().unwrap() = 2;
    assert!(malformed(&replaced(&message, &data, &signed)));
}

#[test]
fn cms_140_a_prefix_that_does_not_reach_the_ciphertext_is_not_enough() {
    let message = for_bert(&vec![0; 200_000]);
    let total = message.len() as u64;
    let start = AuthEnveloped::from_der(&message).unwrap().ciphertext().start;
    for octets in 0..start {
        assert!(EnvelopedHead::from_prefix(&message[..octets], total).is_err(), "{octets}");
    }
    for octets in [start, start + 1, limits::ENVELOPED_HEAD_OCTETS_MAX, message.len()] {
        let head = EnvelopedHead::from_prefix(&message[..octets], total).unwrap();
        assert_eq!(head.recipient_count(), 1);
        assert_eq!(head.ciphertext_offset(), start as u64);
        assert_eq!(head.ciphertext_octets(), 200_000);
    }
}

#[test]
fn cms_141_a_content_beyond_the_bound_is_refused_by_its_head() {
    let octets = limits::ENVELOPED_PLAINTEXT_OCTETS_MAX;
    let key = ContentKey::generate(&mut rng());
    let sealer = seal_framing(&bert(), &key, octets, &mut rng()).unwrap();
    let head = EnvelopedHead::from_prefix(sealer.prefix(), sealer.total_octets()).unwrap();
    assert_eq!(head.ciphertext_octets(), octets);
    // One octet more in all five lengths, which are all 8 GiB and a little in five octets.
    let (mut prefix, mut lengths) = (sealer.prefix().to_vec(), 0);
    for at in 0..prefix.len() - 6 {
        if prefix[at + 1] == 0x85 && prefix[at + 2] == 2 {
            prefix[at + 6] += 1;
            lengths += 1;
        }
    }
    assert_eq!(lengths, 5);
    assert!(EnvelopedHead::from_prefix(&prefix, sealer.total_octets() + 1).is_err());
}

/// A message with these recipientInfos instead of its own.
fn with_recipients(recipient_infos: &[u8]) -> Vec<u8> {
    let message = for_bert(b"x");
    let mut content_info = crate::tlv::Reader::new(&message).enter(0x30, "test").unwrap();
    let oid = content_info.any("test").unwrap().octets;
    let mut fields = content_info.enter(0xa0, "test").unwrap().enter(0x30, "test").unwrap();
    let version = fields.any("test").unwrap().octets;
    fields.any("test").unwrap();
    let content = fields.any("test").unwrap().octets;
    let mac = fields.any("test").unwrap().octets;
    let fields = [version, &element(SET, recipient_infos), content, mac].concat();
    let explicit = element(0xa0, &element(0x30, &fields));
    element(0x30, &[oid, &explicit].concat())
}

#[test]
fn cms_143_cms_144_cms_145_recipients_are_sorted_bounded_and_at_least_one() {
    assert!(malformed(&with_recipients(&[])));
    let info = |number: u16| element(0xa4, &element(0x04, &number.to_be_bytes()));
    assert!(!malformed(&with_recipients(&[info(1), info(2)].concat())));
    assert!(malformed(&with_recipients(&[info(2), info(1)].concat())));
    assert!(malformed(&with_recipients(&element(0xa7, &[]))));
    let many: Vec<u8> = (0..=limits::RECIPIENTS_MAX as u16).flat_map(info).collect();
    assert!(malformed(&with_recipients(&many)));
    let enough: Vec<u8> = (0..limits::RECIPIENTS_MAX as u16).flat_map(info).collect();
    let message = with_recipients(&enough);
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    assert_eq!(parsed.recipient_count(), limits::RECIPIENTS_MAX);
    assert!(parsed.recipients().iter().all(|one| *one == RecipientIdView::Other));
}

static FOR_BERT: LazyLock<Vec<u8>> = LazyLock::new(|| for_bert(b"x"));

#[test]
fn no_changed_octet_opens() {
    for at in 0..FOR_BERT.len() {
        for bit in 0..8 {
            let mut changed = FOR_BERT.clone();
            changed[at] ^= 1 << bit;
            assert!(by_bert(&changed).is_err(), "bit {bit} of octet {at}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn arbitrary_changes_never_open(at in 0usize..400, value: u8, second in 0usize..400, other: u8) {
        let mut changed = FOR_BERT.clone();
        let octets = changed.len();
        changed[at % octets] = value;
        changed[second % octets] = other;
        if changed != *FOR_BERT {
            proptest::prop_assert!(by_bert(&changed).is_err());
        }
    }

    #[test]
    fn arbitrary_octets_end_in_an_error(
        octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        total: u64,
    ) {
        proptest::prop_assert!(AuthEnveloped::from_der(&octets).is_err());
        proptest::prop_assert!(EnvelopedHead::from_prefix(&octets, total).is_err());
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_opens_what_we_seal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    let kek = KeyEncryptionKey::from_bytes([7; 32]);
    let recipients = [
        RecipientSlot::Certificate(&HOUSE.bert),
        RecipientSlot::KeyEncryption { id: &[0xab, 0xcd], kek: &kek },
    ];
    for text in [TEXT, &[], &[9; 100_000]] {
        let key = ContentKey::generate(&mut rng());
        let message = seal(text, &recipients, &key, &mut rng()).unwrap();
        fs::write(path.join("m.p7m"), &message).unwrap();
        let decrypt = "cms -decrypt -binary -inform DER -in m.p7m";
        let opened = openssl_agrees(path, &format!("{decrypt} -recip bert.pem -inkey bert.key"));
        assert!(opened == text);
        let secret = "07".repeat(32);
        let by_kek = format!("{decrypt} -secretkey {secret} -secretkeyid ABCD");
        assert!(openssl_agrees(path, &by_kek) == text);
        let mut changed = message;
        *changed.last_mut().unwrap() ^= 1;
        fs::write(path.join("m.p7m"), &changed).unwrap();
        let refused = openssl(path, &format!("{decrypt} -recip bert.pem -inkey bert.key"));
        assert!(!refused.status.success());
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_open_what_openssl_seals() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    fs::write(path.join("text"), TEXT).unwrap();
    let encrypt = "cms -encrypt -binary -aes-256-gcm -outform DER -in text";
    let for_bert = "-recip bert.pem -keyopt ecdh_kdf_md:sha256";
    for options in [format!("{for_bert} -noindef"), format!("{for_bert} -keyid -noindef")] {
        let message = openssl_agrees(path, &format!("{encrypt} {options}"));
        assert_eq!(by_bert(&message).as_deref(), Ok(TEXT), "{options}");
    }
    let secret = "07".repeat(32);
    let by_kek = format!("{encrypt} -noindef -secretkey {secret} -secretkeyid ABCD");
    let message = openssl_agrees(path, &by_kek);
    let parsed = AuthEnveloped::from_der(&message).unwrap();
    let kek = KeyEncryptionKey::from_bytes([7; 32]);
    let key = parsed.content_key_from_kek(&[0xab, 0xcd], &kek).unwrap();
    assert_eq!(*parsed.open(&key).unwrap(), TEXT);
    // BER, rewritten first.
    let streamed = openssl_agrees(path, &format!("{encrypt} {for_bert} -stream"));
    assert!(AuthEnveloped::from_der(&streamed).is_err());
    assert_eq!(by_bert(&ber::to_der(&streamed).unwrap()).as_deref(), Ok(TEXT));
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn many_recipients_are_named_by_their_keys_and_openssl_finds_its_own() {
    let folder = tempfile::tempdir().unwrap();
    HOUSE.moves_into(folder.path());
    // The others are one person again and again: each slot costs the same.
    let elsewhere = crate::testing::House::new();
    let others = std::iter::repeat_n(&elsewhere.bert, limits::RECIPIENTS_MAX - 1);
    let slots: Vec<_> = others.chain([&HOUSE.bert]).map(RecipientSlot::Certificate).collect();
    let key = ContentKey::generate(&mut rng());
    let message = seal(TEXT, &slots, &key, &mut rng()).unwrap();
    let enveloped = AuthEnveloped::from_der(&message).unwrap();
    assert_eq!(enveloped.recipient_count(), limits::RECIPIENTS_MAX);
    let octets_each = enveloped.ciphertext().start / limits::RECIPIENTS_MAX;
    assert!(octets_each <= 110, "{octets_each} octets for each recipient");
    let request = enveloped.key_request(&HOUSE.bert).unwrap();
    let answer = HOUSE.bert_key.answer(&request).unwrap();
    assert_eq!(*enveloped.open(&enveloped.content_key(request, answer).unwrap()).unwrap(), TEXT);
    fs::write(folder.path().join("m.p7m"), &message).unwrap();
    let opened = openssl_agrees(
        folder.path(),
        "cms -decrypt -binary -inform DER -in m.p7m -recip bert.pem -inkey bert.key",
    );
    assert_eq!(opened, TEXT);
}
