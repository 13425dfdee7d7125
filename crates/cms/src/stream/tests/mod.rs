//! Streams among themselves, against the readers of whole messages, and against OpenSSL.

mod unprotected;

use std::fs;
use std::io::{self, Read, Write};

use proptest::prelude::*;

use super::*;
use crate::ber;
use crate::certificate::KeyPurpose;
use crate::enveloped::{
    AuthEnveloped, ContentAlgorithm, ContentKey, OpenError, RecipientSlot, seal,
};
use crate::signed::{Limits, SignedData, Verification, request_signature};
use crate::testing::{HOUSE, NOW, openssl_agrees, rng};
use crate::time::ClaimedTime;

const LARGE: u64 = u64::MAX;

fn content(octets: usize) -> Vec<u8> {
    (0..octets).map(|n| (n * 7 + n / 251) as u8).collect()
}

fn sealed(plaintext: &[u8]) -> Vec<u8> {
    let key = ContentKey::generate(&mut rng());
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let mut writer = SealingWriter::begin(Vec::new(), &slots, &key, &mut rng()).unwrap();
    writer.write_all(plaintext).unwrap();
    writer.finish().unwrap()
}

fn signed(content: &[u8]) -> Vec<u8> {
    let mut writer = SigningWriter::begin(Vec::new(), &HOUSE.anna).unwrap();
    writer.write_all(content).unwrap();
    signed_to_the_end(writer.finish_content().unwrap())
}

fn signed_to_the_end<W: Write>(unsigned: UnsignedWriter<W>) -> W {
    let at = ClaimedTime::from_unix(NOW);
    let asked = request_signature(unsigned.content(), None, &HOUSE.anna, at, &[]);
    let answer = HOUSE.anna_key.answer(&asked);
    unsigned.finish(&asked.answered(answer).unwrap(), &[], &HOUSE.crls).unwrap()
}

fn key_of(reader: &SealedReader<impl Read>) -> Result<ContentKey, OpenError> {
    let request = reader.head().key_request(&HOUSE.bert).ok_or(OpenError::NotForThisKey)?;
    let answer = HOUSE.bert_key.answer(&request).map_err(|_| OpenError::Unauthentic)?;
    reader.head().content_key(&request, &answer)
}

fn opened(message: &[u8]) -> Result<Vec<u8>, StreamError> {
    let reader = SealedReader::new(message)?;
    let key = key_of(&reader)?;
    reader.open(&key, |plaintext| {
        let mut octets = Vec::new();
        plaintext.read_to_end(&mut octets)?;
        Ok(octets)
    })
}

fn verification() -> Verification<'static> {
    Verification { purpose: KeyPurpose::LetterSignature, ..HOUSE.verification() }
}

/// A source that gives what a network gives: a few octets at a time.
struct Dribble<'a>(&'a [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 7 + 1;
        let octets = self.1.min(into.len());
        self.0.read(&mut into[..octets])
    }
}

#[test]
fn what_streams_in_streams_out_at_every_size_around_a_piece() {
    for octets in [0, 1, 15, 16, 17, PIECE_OCTETS - 1, PIECE_OCTETS, PIECE_OCTETS + 1, 300_000] {
        let content = content(octets);
        assert!(opened(&sealed(&content)).unwrap() == content, "{octets}");
        let outcome = verify(&signed(&content)[..], Vec::new(), LARGE, &verification()).unwrap();
        let streamed = outcome.passed().unwrap().into_parts().0;
        assert_eq!(streamed.octets(), octets as u64);
        assert_eq!(streamed.signed().digest(), crate::kdf::sha256(&content));
        assert!(streamed.into_sink() == content, "{octets}");
    }
}

#[test]
fn readers_of_whole_messages_read_streams_and_streams_read_theirs() {
    let content = content(200_000);
    let streamed = ber::to_der(&sealed(&content)).unwrap();
    let whole = AuthEnveloped::from_der(&streamed).unwrap();
    let request = whole.key_request(&HOUSE.bert).unwrap();
    let answer = HOUSE.bert_key.answer(&request).unwrap();
    let key = whole.content_key(request, answer).unwrap();
    assert!(*whole.open(&key).unwrap() == content);

    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let key = ContentKey::generate(&mut rng());
    assert!(opened(&seal(&content, &slots, &key, &mut rng()).unwrap()).unwrap() == content);

    assert!(SignedData::from_ber(&signed(&content), Limits::default()).is_ok());
    let whole = HOUSE.signs(&content).attached(&content, &[], &HOUSE.crls);
    let outcome = verify(&whole[..], Vec::new(), LARGE, &verification()).unwrap();
    assert!(outcome.passed().unwrap().into_parts().0.into_sink() == content);
}

#[test]
fn sealing_around_signing_takes_one_pass_each_way() {
    let content = content(250_000);
    let key = ContentKey::generate(&mut rng());
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let outer = SealingWriter::begin(Vec::new(), &slots, &key, &mut rng()).unwrap();
    let mut inner = SigningWriter::begin(outer, &HOUSE.anna).unwrap();
    io::copy(&mut Dribble(&content, 0), &mut inner).unwrap();
    let message = signed_to_the_end(inner.finish_content().unwrap()).finish().unwrap();

    let reader = SealedReader::new(Dribble(&message, 0)).unwrap();
    let key = key_of(&reader).unwrap();
    let outcome = reader
        .open(&key, |plaintext| verify(plaintext, Vec::new(), LARGE, &verification()))
        .unwrap();
    assert!(outcome.passed().unwrap().into_parts().0.into_sink() == content);
}

#[test]
fn cms_154_no_flipped_bit_releases_anything() {
    let message = sealed(b"attack at dawn");
    for at in 0..message.len() * 8 {
        let mut flipped = message.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        // The holder of the key may be unable to answer, the head may not read, or the tag is
        // wrong; never is there a plaintext.
        match opened(&flipped) {
            Err(StreamError::Form(_) | StreamError::Open(_)) => {}
            other => panic!("bit {at}: {other:?}"),
        }
    }
    for end in 0..message.len() {
        assert!(opened(&message[..end]).is_err(), "{end} octets");
    }
}

#[test]
fn cms_154_what_the_consumer_thinks_of_a_forgery_is_not_told() {
    let mut message = sealed(&content(100_000));
    let last = message.len() - 20;
    message[last] ^= 1;
    let reader = SealedReader::new(&message[..]).unwrap();
    let key = key_of(&reader).unwrap();
    let told = reader.open(&key, |plaintext| {
        let mut first = [0; 10];
        plaintext.read_exact(&mut first)?;
        Err::<(), _>(StreamError::Io(io::ErrorKind::StorageFull))
    });
    assert_eq!(told, Err(StreamError::Open(OpenError::Unauthentic)));
}

#[test]
fn a_consumer_that_fails_or_stops_early_is_heard_after_the_tag() {
    let message = sealed(&content(100_000));
    let reader = SealedReader::new(&message[..]).unwrap();
    let key = key_of(&reader).unwrap();
    assert_eq!(reader.open(&key, |_| Ok(7)), Ok(7));
    let reader = SealedReader::new(&message[..]).unwrap();
    let key = key_of(&reader).unwrap();
    let full = StreamError::Io(io::ErrorKind::StorageFull);
    assert_eq!(reader.open(&key, |_| Err::<(), _>(full.clone())), Err(full));
}

#[test]
fn cms_155_attributes_behind_the_content_are_authenticated() {
    use crate::attributes::{CONTENT_TYPE, ID_AUTH_ENVELOPED_DATA, ID_DATA};
    use crate::enveloped::{ContentParameters, recipient_infos};
    use crate::tlv::{self, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};

    let key = ContentKey::generate(&mut rng());
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let infos = recipient_infos(&slots, &key, &mut rng()).unwrap().der;
    let parameters = ContentParameters::fresh(ContentAlgorithm::COMMON, &mut rng());
    let nonce: [u8; 12] = parameters.iv();
    let attribute = tlv::nested(SEQUENCE, |attribute| {
        attribute.oid(&CONTENT_TYPE);
        attribute.nest(tlv::SET, |values| values.oid(&ID_DATA));
    });
    let plaintext = content(70_000);
    let aad = tlv::element(tlv::SET, &attribute);
    let sealed = crate::gcm::aead_seal(key.expose(), &nonce, &aad, &plaintext);
    let (ciphertext, tag) = sealed.split_at(plaintext.len());
    let message = |attribute: &[u8]| {
        tlv::nested(SEQUENCE, |info| {
            info.oid(&ID_AUTH_ENVELOPED_DATA);
            info.nest(tlv::context(0), |explicit| {
                explicit.nest(SEQUENCE, |fields| {
                    fields.small(0);
                    fields.raw(&infos);
                    fields.nest(SEQUENCE, |encrypted| {
                        encrypted.element(OBJECT_IDENTIFIER, ID_DATA.as_bytes());
                        encrypted.raw(&parameters.to_der());
                        encrypted.element(tlv::context_primitive(0), ciphertext);
                    });
                    fields.element(tlv::context(1), attribute);
                    fields.element(OCTET_STRING, tag);
                });
            });
        })
    };
    assert!(opened(&message(&attribute)).unwrap() == plaintext);
    let other = attribute.iter().map(|octet| if *octet == 3 { 4 } else { *octet });
    assert!(opened(&message(&other.collect::<Vec<u8>>())).is_err());
}

#[test]
fn cms_150_cms_151_cms_152_cms_153_the_frame_must_add_up() {
    let good = sealed(b"text");
    assert!(opened(&good).is_ok());
    assert!(opened(&[&good[..], &[0]].concat()).is_err(), "CMS-152: octets behind");
    assert!(opened(&good[..good.len() - 2]).is_err(), "CMS-150: an end is missing");
    let signed = signed(b"text");
    assert!(SealedReader::new(&signed[..]).is_err(), "CMS-153: another type");
    // CMS-151: a part that claims to be huge is refused before it is read.
    let huge = [&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff][..], &good[2..20]].concat();
    assert!(matches!(SealedReader::new(&huge[..]), Err(StreamError::Form(_))));
    assert!(SealedReader::new(&[0x30, 0x80].repeat(10_000)[..]).is_err(), "nesting");
}

#[test]
fn cms_156_and_cms_160_contents_end_at_their_bound() {
    // Eight gibibytes do not fit into a test: the bound is put at three octets.
    let key = ContentKey::generate(&mut rng());
    let slots = [RecipientSlot::Certificate(&HOUSE.bert)];
    let common = ContentAlgorithm::COMMON;
    let begun = SealingWriter::begin_within(3, common, io::sink(), &slots, &key, &mut rng());
    let mut writer = begun.unwrap();
    writer.write_all(b"abc").unwrap();
    let error = StreamError::from(writer.write_all(b"d").unwrap_err());
    assert_eq!(error.code(), "too-large");

    let message = sealed(b"abcd");
    for (octets_max, opens) in [(3, false), (4, true)] {
        let reader = SealedReader::new(&message[..]).unwrap();
        let key = key_of(&reader).unwrap();
        let told = reader
            .open_within(&key, octets_max, |plaintext| Ok(io::copy(plaintext, &mut io::sink())?));
        match opens {
            true => assert_eq!(told, Ok(4)),
            false => assert!(matches!(told, Err(StreamError::Form(_))), "CMS-156: {told:?}"),
        }
    }
}

#[test]
fn cms_157_and_cms_158_only_signed_data_of_bounded_size_is_verified() {
    let v = verification();
    assert!(verify(&sealed(b"text")[..], Vec::new(), LARGE, &v).is_err(), "CMS-157");
    let message = signed(&content(100));
    assert!(verify(&message[..], Vec::new(), 100, &v).unwrap().passed().is_ok());
    let error = verify(&message[..], Vec::new(), 99, &v).err().unwrap();
    assert_eq!(error.code(), "too-large", "CMS-158");
}

#[test]
fn cms_159_a_signature_over_something_else_is_refused() {
    let mut writer = SigningWriter::begin(Vec::new(), &HOUSE.anna).unwrap();
    writer.write_all(b"this").unwrap();
    let unsigned = writer.finish_content().unwrap();
    let error = unsigned.finish(&HOUSE.signs(b"that"), &[], &[]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn verdicts_are_the_ones_of_whole_messages() {
    let message = signed(&content(1000));
    for at in 0..message.len() {
        let mut changed = message.clone();
        changed[at] ^= 0x10;
        let in_memory = crate::signed::verify_foreign(&changed, &verification());
        match verify(&changed[..], Vec::new(), LARGE, &verification()) {
            // What does not read as a stream is FORMAT_FAILURE as a whole.
            Err(error) => {
                let sub = in_memory.shortfall().map(|shortfall| shortfall.sub.code());
                assert_eq!(sub, Some("FORMAT_FAILURE"), "octet {at}: {error}");
            }
            Ok(streamed) => {
                assert_eq!(streamed.indication(), in_memory.indication(), "octet {at}");
                assert_eq!(streamed.shortfall(), in_memory.shortfall(), "octet {at}");
            }
        }
    }
    let without = HOUSE.signs(b"text").detached(&[], &HOUSE.crls);
    let outcome = verify(&without[..], Vec::new(), LARGE, &verification()).unwrap();
    assert_eq!(outcome.shortfall().unwrap().sub.code(), "SIGNED_DATA_NOT_FOUND");
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_reads_our_streams() {
    let folder = tempfile::tempdir().unwrap();
    HOUSE.moves_into(folder.path());
    let content = content(300_000);
    fs::write(folder.path().join("sealed"), sealed(&content)).unwrap();
    fs::write(folder.path().join("signed"), signed(&content)).unwrap();
    let plain = openssl_agrees(
        folder.path(),
        "cms -decrypt -binary -inform DER -in sealed -recip bert.pem -inkey bert.key",
    );
    assert!(plain == content);
    let plain = openssl_agrees(
        folder.path(),
        "cms -verify -binary -inform DER -in signed -CAfile root.pem -purpose any",
    );
    assert!(plain == content);
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_read_the_streams_of_openssl() {
    let folder = tempfile::tempdir().unwrap();
    HOUSE.moves_into(folder.path());
    let content = content(300_000);
    fs::write(folder.path().join("content"), &content).unwrap();
    for indefinite in ["", " -stream"] {
        openssl_agrees(
            folder.path(),
            &format!(
                "cms -encrypt -binary{indefinite} -aes-256-gcm -in content -outform DER -out sealed \
                 -recip bert.pem -keyopt ecdh_kdf_md:sha256 -aes256-wrap"
            ),
        );
        let message = fs::read(folder.path().join("sealed")).unwrap();
        assert!(opened(&message).unwrap() == content, "{indefinite}");
        openssl_agrees(
            folder.path(),
            &format!(
                "cms -sign -binary -nodetach{indefinite} -cades -md sha256 -in content -outform DER \
                 -out signed -signer anna.pem -inkey anna.key"
            ),
        );
        let message = fs::read(folder.path().join("signed")).unwrap();
        let outcome = verify(&message[..], Vec::new(), LARGE, &verification()).unwrap();
        assert!(outcome.passed().unwrap().into_parts().0.into_sink() == content, "{indefinite}");
    }
}

proptest! {
    #[test]
    fn pieces_of_any_size_make_the_same_message(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..90_000), 0..6),
    ) {
        let mut writer = SigningWriter::begin(Vec::new(), &HOUSE.anna).unwrap();
        for piece in &pieces {
            writer.write_all(piece).unwrap();
        }
        let content = pieces.concat();
        let message = signed_to_the_end(writer.finish_content().unwrap());
        let outcome = verify(Dribble(&message, 3), Vec::new(), LARGE, &verification()).unwrap();
        prop_assert!(outcome.passed().unwrap().into_parts().0.into_sink() == content);
    }

    #[test]
    fn octets_of_any_kind_are_refused_and_nothing_worse(
        octets in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        prop_assert!(SealedReader::new(&octets[..]).is_err());
        prop_assert!(verify(&octets[..], Vec::new(), LARGE, &verification()).is_err());
    }
}
