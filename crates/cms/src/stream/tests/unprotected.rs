//! EnvelopedData with CBC: released only as what a signature protects, and refused by default.

use super::*;
use crate::enveloped::{KeyEncryptionKey, Password};
use crate::policy::{AlgorithmPolicy, ContentEncryption};
use crate::testing::{HOLDERS, Holder};
use crate::tlv;
use crate::verdict::Outcome;

const CBC: [ContentAlgorithm; 4] = [
    ContentAlgorithm::plain(ContentEncryption::Aes256Cbc),
    ContentAlgorithm::plain(ContentEncryption::Aes128Cbc),
    ContentAlgorithm::bound(ContentEncryption::Aes256Cbc),
    ContentAlgorithm::bound(ContentEncryption::Aes128Cbc),
];

fn permitted() -> Permission<'static> {
    Permission { policy: AlgorithmPolicy::legacy(), at: NOW }
}

fn enveloped(algorithm: ContentAlgorithm, slots: &[RecipientSlot<'_>], inner: &[u8]) -> Vec<u8> {
    let key = ContentKey::generate_for(algorithm.encryption(), &mut rng());
    let out = Vec::new();
    let begun = UnprotectedWriter::begin(out, algorithm, slots, &key, permitted(), &mut rng());
    let mut writer = begun.unwrap();
    writer.write_all(inner).unwrap();
    writer.finish().unwrap()
}

type Opened = Result<Unprotected<Vec<u8>>, StreamError>;

fn opened_with(message: &[u8], key: impl FnOnce(&EnvelopedHead) -> Option<ContentKey>) -> Opened {
    let reader = UnprotectedReader::new(message, permitted())?;
    let key = key(reader.head()).ok_or(OpenError::Unauthentic)?;
    reader.open_signed(&key, |plaintext| verify(plaintext, Vec::new(), LARGE, &verification()))
}

fn by(holder: &Holder) -> impl Fn(&EnvelopedHead) -> Option<ContentKey> + '_ {
    |head| {
        let request = head.key_request(&holder.certificate)?;
        let answer = holder.key.answer(&request).ok()?;
        head.content_key(&request, &answer).ok()
    }
}

fn by_bert(head: &EnvelopedHead) -> Option<ContentKey> {
    let request = head.key_request(&HOUSE.bert)?;
    let answer = HOUSE.bert_key.answer(&request).ok()?;
    head.content_key(&request, &answer).ok()
}

fn content_of(opened: Opened) -> Vec<u8> {
    let opened = opened.unwrap_or_else(|error| panic!("{error}"));
    opened.into_outcome().passed().unwrap().into_parts().0.into_sink()
}

const UNAUTHENTIC: StreamError = StreamError::Open(OpenError::Unauthentic);

fn refused(opened: Opened) -> StreamError {
    opened.err().expect("nothing is released")
}

#[test]
fn what_is_signed_comes_out_with_its_label_at_every_size() {
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    for octets in [0, 1, 15, 16, 17, PIECE_OCTETS - 1, PIECE_OCTETS, PIECE_OCTETS + 1, 300_000] {
        let content = content(octets);
        let message = enveloped(CBC[octets % 4], &slots, &signed(&content));
        let opened = opened_with(&message, by_bert).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(opened.label(), "not-authenticated");
        assert_eq!(opened.algorithm(), CBC[octets % 4]);
        let name = format!("{} not-authenticated", opened.algorithm().label());
        let verified = opened.into_outcome().passed().unwrap();
        assert!(
            verified.finding().algorithms.contains(&name),
            "{:?}",
            verified.finding().algorithms
        );
        assert!(verified.into_parts().0.into_sink() == content, "{octets}");
    }
}

#[test]
fn recipients_of_every_kind_open_it_and_versions_follow_from_them() {
    let inner = signed(b"text");
    let kek = KeyEncryptionKey::from_bytes([7; 32]);
    let password = Password::new(b"pass".to_vec().into());
    for holder in HOLDERS.iter() {
        let slots = [RecipientSlot::Certificate(&holder.certificate)];
        let message = enveloped(CBC[0], &slots, &inner);
        assert_eq!(content_of(opened_with(&message, by(holder))), b"text", "{}", holder.name);
        let expected = match holder.name.as_str() {
            "rsa" => 0,
            "p256" | "p384" | "x25519" => 2,
            _ => 3,
        };
        // Behind two headers and the type: indefinite lengths have two octets each.
        assert_eq!(message[17..20], [2, 1, expected], "{}", holder.name);
    }
    let slots =
        [RecipientSlot::KeyEncryption { id: b"1", kek: &kek }, RecipientSlot::Password(&password)];
    let message = enveloped(CBC[0], &slots, &inner);
    assert_eq!(message[17..20], [2, 1, 3]);
    let opened = opened_with(&message, |it| it.content_key_from_kek(b"1", &kek).ok());
    assert_eq!(content_of(opened), b"text");
    let opened = opened_with(&message, |it| it.content_key_from_password(&password).ok());
    assert_eq!(content_of(opened), b"text");
}

#[test]
fn cms_230_without_a_policy_that_lists_it_nothing_is_written_or_read() {
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let by_default = Permission { policy: AlgorithmPolicy::current(), at: NOW };
    let key = ContentKey::generate(&mut rng());
    let begun = UnprotectedWriter::begin(Vec::new(), CBC[0], &slots, &key, by_default, &mut rng());
    assert_eq!(begun.err().unwrap().code(), "denied-by-policy");
    let message = enveloped(CBC[0], &slots, &signed(b"text"));
    let read = UnprotectedReader::new(&message[..], by_default);
    assert_eq!(read.err().unwrap().code(), "denied-by-policy");
    let late = Permission { at: i64::MAX, ..permitted() };
    let begun = UnprotectedWriter::begin(Vec::new(), CBC[0], &slots, &key, late, &mut rng());
    assert!(matches!(begun.err(), Some(StreamError::Denied(_))));
}

#[test]
fn cms_231_each_type_holds_its_own_modes() {
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let key = ContentKey::generate(&mut rng());
    let gcm = ContentAlgorithm::COMMON;
    let begun = UnprotectedWriter::begin(Vec::new(), gcm, &slots, &key, permitted(), &mut rng());
    assert!(begun.is_err());
    assert!(SealingWriter::begin_with(CBC[0], Vec::new(), &slots, &key, &mut rng()).is_err());
    let relabelled = relabel(&sealed(&signed(b"text")), |algorithm| algorithm.to_vec());
    assert!(matches!(
        UnprotectedReader::new(&relabelled[..], permitted()).err(),
        Some(StreamError::Form(_))
    ));
}

/// An AuthEnvelopedData as an EnvelopedData, its tag cut off, with another algorithm.
fn relabel(message: &[u8], algorithm: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let der = ber::to_der(message).unwrap();
    let mut info = tlv::Reader::new(&der).enter(tlv::SEQUENCE, "test").unwrap();
    info.any("test").unwrap();
    let mut fields = info.enter(0xa0, "test").unwrap().enter(tlv::SEQUENCE, "test").unwrap();
    fields.any("test").unwrap();
    let recipients = fields.any("test").unwrap().octets;
    let mut content = fields.enter(tlv::SEQUENCE, "test").unwrap();
    let data = content.any("test").unwrap().octets;
    let old = content.any("test").unwrap().octets;
    let ciphertext = content.any("test").unwrap().value;
    // Whole blocks, as CBC has them.
    let ciphertext = &ciphertext[..ciphertext.len() / 16 * 16];
    tlv::nested(tlv::SEQUENCE, |info| {
        info.oid(&crate::attributes::ID_ENVELOPED_DATA);
        info.nest(tlv::context(0), |explicit| {
            explicit.nest(tlv::SEQUENCE, |fields| {
                fields.small(2);
                fields.raw(recipients);
                fields.nest(tlv::SEQUENCE, |content| {
                    content.raw(data);
                    content.raw(&algorithm(old));
                    content.element(tlv::context_primitive(0), ciphertext);
                });
            });
        });
    })
}

#[test]
fn cms_232_a_gcm_content_relabelled_as_cbc_stays_closed() {
    let inner = signed(&content(1000));
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    for is_bound in [false, true] {
        let (from, to) = match is_bound {
            true => (ContentAlgorithm::bound(ContentEncryption::Aes256Gcm), CBC[2]),
            false => (ContentAlgorithm::COMMON, CBC[0]),
        };
        let key = ContentKey::generate(&mut rng());
        let begun = SealingWriter::begin_with(from, Vec::new(), &slots, &key, &mut rng());
        let mut writer = begun.unwrap();
        writer.write_all(&inner).unwrap();
        let message = writer.finish().unwrap();
        let cbc = crate::enveloped::ContentParameters::fresh(to, &mut rng()).to_der();
        let message = relabel(&message, |_| cbc.clone());
        // The reader does decrypt: what comes out is garbage, and nobody sees it.
        assert_eq!(refused(opened_with(&message, by_bert)), UNAUTHENTIC);
    }
}

#[test]
fn cms_232_no_changed_octet_of_the_ciphertext_says_why_it_is_refused() {
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let whole = enveloped(CBC[0], &slots, &signed(b"attack at dawn"));
    // From the last piece's header on there is only ciphertext and marks.
    let ciphertext = ber::to_der(&whole).unwrap();
    let start = whole.len() - 10 - {
        let reader = UnprotectedReader::new(&whole[..], permitted()).unwrap();
        assert_eq!(reader.head().recipients().len(), 1);
        let mut info = tlv::Reader::new(&ciphertext).enter(tlv::SEQUENCE, "test").unwrap();
        info.any("test").unwrap();
        let mut fields = info.enter(0xa0, "test").unwrap().enter(tlv::SEQUENCE, "test").unwrap();
        fields.any("test").unwrap();
        fields.any("test").unwrap();
        let mut content = fields.enter(tlv::SEQUENCE, "test").unwrap();
        content.any("test").unwrap();
        content.any("test").unwrap();
        content.any("test").unwrap().value.len()
    };
    for at in start..whole.len() - 10 {
        for bit in [0, 3, 7] {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            // Behind the signature stand unauthenticated marks of the inner message: a change that
            // leaves it verifying changes nothing that is signed.
            match opened_with(&changed, by_bert) {
                Err(error) => assert_eq!(error, UNAUTHENTIC, "octet {at}"),
                Ok(opened) => assert_eq!(content_of(Ok(opened)), b"attack at dawn"),
            }
        }
    }
    for at in 0..start {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        match opened_with(&changed, by_bert) {
            Err(StreamError::Form(_) | StreamError::Open(_)) => {}
            Err(other) => panic!("octet {at}: {other}"),
            Ok(opened) => assert_eq!(content_of(Ok(opened)), b"attack at dawn", "octet {at}"),
        }
    }
    for end in 0..whole.len() {
        assert!(opened_with(&whole[..end], by_bert).is_err(), "{end} octets");
    }
}

#[test]
fn cms_232_what_nobody_signed_is_never_released() {
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    // A plain text; a signature of a stranger whose certificate is missing; a wrong padding.
    let plain = enveloped(CBC[0], &slots, b"Content-Type: text/html\r\n\r\n<img src=\"");
    assert_eq!(refused(opened_with(&plain, by_bert)), UNAUTHENTIC);
    let mut broken = signed(b"text");
    let at = broken.windows(4).position(|it| it == b"text").unwrap();
    broken[at] ^= 1;
    assert_eq!(refused(opened_with(&enveloped(CBC[0], &slots, &broken), by_bert)), UNAUTHENTIC);
    // Whatever the one who reads says about it.
    let reader = UnprotectedReader::new(&plain[..], permitted()).unwrap();
    let key = by_bert(reader.head()).unwrap();
    let told =
        reader.open_signed::<Vec<u8>>(&key, |_| Err(StreamError::Io(io::ErrorKind::StorageFull)));
    assert_eq!(refused(told), UNAUTHENTIC);
    let reader = UnprotectedReader::new(&plain[..], permitted()).unwrap();
    let wrong = ContentKey::generate(&mut rng());
    let told = reader.open_signed(&wrong, |it| verify(it, Vec::new(), LARGE, &verification()));
    assert_eq!(refused(told), UNAUTHENTIC);
}

#[test]
fn a_signature_that_verifies_keeps_its_own_verdict() {
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let message = enveloped(CBC[1], &slots, &signed(b"text"));
    let stranger = crate::testing::House::new();
    let reader = UnprotectedReader::new(&message[..], permitted()).unwrap();
    let key = by_bert(reader.head()).unwrap();
    let v = Verification { anchors: &stranger.anchors, ..verification() };
    let opened = reader.open_signed(&key, |it| verify(it, Vec::new(), LARGE, &v)).ok().unwrap();
    let Outcome::Indeterminate(claims, shortfall) = opened.into_outcome() else {
        panic!("nobody knows the root")
    };
    assert_eq!(shortfall.sub.code(), "NO_CERTIFICATE_CHAIN_FOUND");
    assert_eq!(claims.into_claims().into_sink(), b"text");
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_reads_our_cbc_and_we_read_its() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    let password = Password::new(b"pass".to_vec().into());
    let kek = KeyEncryptionKey::from_bytes([7; 32]);
    let inner = signed(&content(100_000));
    fs::write(path.join("inner"), &inner).unwrap();
    let known = HOLDERS.iter().filter(|it| ["p256", "p384", "rsa"].contains(&it.name.as_str()));
    let known: Vec<_> = known.collect();
    let mut slots: Vec<_> =
        known.iter().map(|holder| RecipientSlot::Certificate(&holder.certificate)).collect();
    slots.push(RecipientSlot::Password(&password));
    slots.push(RecipientSlot::KeyEncryption { id: &[0xab, 0xcd], kek: &kek });
    for algorithm in &CBC[..2] {
        fs::write(path.join("m"), enveloped(*algorithm, &slots, &inner)).unwrap();
        let decrypt = "cms -decrypt -binary -inform DER -in m";
        for holder in &known {
            holder.moves_into(path);
            let by = format!("-recip {0}.pem -inkey {0}.key", holder.name);
            assert!(openssl_agrees(path, &format!("{decrypt} {by}")) == inner, "{by}");
        }
        assert!(openssl_agrees(path, &format!("{decrypt} -pwri_password pass")) == inner);
        let by_kek = format!("{decrypt} -secretkeyid ABCD -secretkey {}", "07".repeat(32));
        assert!(openssl_agrees(path, &by_kek) == inner);
    }
    for cipher in ["aes-128-cbc", "aes-256-cbc"] {
        for form in ["", "-stream", "-keyid"] {
            for (name, options) in [
                ("p256", "-keyopt ecdh_kdf_md:sha256"),
                ("p384", "-keyopt ecdh_kdf_md:sha384"),
                ("rsa", "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256"),
                ("rsa", ""),
            ] {
                let message = openssl_agrees(
                    path,
                    &format!(
                        "cms -encrypt -binary -{cipher} {form} -in inner -outform DER \
                         -recip {name}.pem {options}"
                    ),
                );
                let holder = HOLDERS.iter().find(|holder| holder.name == name).unwrap();
                let read = content_of(opened_with(&message, by(holder)));
                assert!(read == content(100_000), "{cipher} {form} {name} {options}");
            }
        }
    }
    // A known difference: OpenSSL 3.0 derives with HMAC-SHA1 and 2048 iterations, which we leave.
    let by_password =
        "cms -encrypt -binary -aes-256-cbc -in inner -outform DER -pwri_password pass";
    let message = openssl_agrees(path, by_password);
    let reader = UnprotectedReader::new(&message[..], permitted()).unwrap();
    assert_eq!(reader.head().recipients(), [crate::enveloped::RecipientIdView::Other]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_size_in_any_pieces_for_any_recipient(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70_000), 0..4),
        at in 0..HOLDERS.len(),
        algorithm in 0..CBC.len(),
    ) {
        let holder = &HOLDERS[at];
        let slots = [RecipientSlot::Certificate(&holder.certificate)];
        let key = ContentKey::generate_for(CBC[algorithm].encryption(), &mut rng());
        let begun = UnprotectedWriter::begin(
            Vec::new(), CBC[algorithm], &slots, &key, permitted(), &mut rng(),
        );
        let mut writer = begun.unwrap();
        let inner = signed(&pieces.concat());
        for piece in inner.chunks(997) {
            writer.write_all(piece).unwrap();
        }
        let message = writer.finish().unwrap();
        let reader = UnprotectedReader::new(Dribble(&message, 0), permitted()).unwrap();
        let request = reader.head().key_request(&holder.certificate).unwrap();
        let answer = holder.key.answer(&request).unwrap();
        let key = reader.head().content_key(&request, &answer).unwrap();
        let opened = reader
            .open_signed(&key, |it| verify(it, Vec::new(), LARGE, &verification()))
            .ok()
            .unwrap();
        let content = opened.into_outcome().passed().unwrap().into_parts().0.into_sink();
        prop_assert!(content == pieces.concat());
    }
}
