//! AES-GCM (SP 800-38D), put together from AES, counter mode and GHASH so that it streams.
//!
//! [`aead_seal`] and [`aead_open`] are for small objects. Letters go through the streaming halves,
//! which stay inside this room: outside, nothing is released before its tag was checked.

use core::fmt;

use aes::cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher};
use aes::{Aes128, Aes256};
use ctr::Ctr32BE;
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// The tag did not fit: wrong key, wrong nonce or changed octets. Which one, nobody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unauthentic;

impl Unauthentic {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "unauthentic"
    }
}

impl fmt::Display for Unauthentic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong key or changed octets")
    }
}

impl core::error::Error for Unauthentic {}

/// A key of one of the two lengths that contents are encrypted with.
#[derive(Clone, Copy)]
pub(crate) enum AesKey<'a> {
    Aes128(&'a [u8; 16]),
    Aes256(&'a [u8; 32]),
}

impl<'a> AesKey<'a> {
    pub(crate) fn of(octets: &'a [u8]) -> Option<Self> {
        match octets.len() {
            16 => octets.try_into().ok().map(Self::Aes128),
            32 => octets.try_into().ok().map(Self::Aes256),
            _ => None,
        }
    }
}

/// Seals a small object; the tag follows the ciphertext. One key and nonce seal one object only.
#[must_use]
pub fn aead_seal(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(plaintext.len() + TAG_OCTETS);
    sealed.extend_from_slice(plaintext);
    let mut gcm = Gcm::new(AesKey::Aes256(key), nonce, aad);
    gcm.encrypt(&mut sealed);
    sealed.extend_from_slice(&gcm.tag());
    sealed
}

/// Opens what [`aead_seal`] made: first the tag, then the plaintext.
pub fn aead_open(
    key: &[u8; 32],
    nonce: &[u8; 12],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unauthentic> {
    let (ciphertext, tag) = sealed.split_last_chunk().ok_or(Unauthentic)?;
    open_detached(AesKey::Aes256(key), nonce, aad, ciphertext, tag)
}

/// Checks the tag over all of the ciphertext, and only then decrypts: no unauthenticated
/// plaintext exists even in memory. [CMS-105]
pub(crate) fn open_detached(
    key: AesKey<'_>,
    nonce: &[u8; 12],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8; TAG_OCTETS],
) -> Result<Zeroizing<Vec<u8>>, Unauthentic> {
    let mut gcm = Gcm::new(key, nonce, aad);
    gcm.absorb(ciphertext);
    let (computed, mut stream) = gcm.into_tag_and_stream();
    if !bool::from(computed.ct_eq(tag)) {
        return Err(Unauthentic);
    }
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    stream.apply_keystream(&mut plaintext);
    Ok(plaintext)
}

/// Octets of the tag; shorter ones are neither written nor read.
pub(crate) const TAG_OCTETS: usize = 16;

/// Counter mode (SP 800-38A §6.5) with a counter of 32 bits.
enum Counter {
    Aes128(Ctr32BE<Aes128>),
    Aes256(Ctr32BE<Aes256>),
}

impl Counter {
    fn new(key: AesKey<'_>, start: &[u8; 16]) -> Self {
        match key {
            AesKey::Aes128(key) => Self::Aes128(Ctr32BE::new(key.into(), start.into())),
            AesKey::Aes256(key) => Self::Aes256(Ctr32BE::new(key.into(), start.into())),
        }
    }

    fn apply_keystream(&mut self, octets: &mut [u8]) {
        match self {
            Self::Aes128(stream) => stream.apply_keystream(octets),
            Self::Aes256(stream) => stream.apply_keystream(octets),
        }
    }
}

/// One sealing or opening under way: counter mode beside GHASH over the ciphertext.
pub(crate) struct Gcm {
    stream: Counter,
    ghash: GHash,
    /// The hash before its first octet, for attributes that come behind the content.
    unused: GHash,
    /// E(K, J0), which covers the hash (SP 800-38D §7.1 step 6).
    mask: [u8; 16],
    /// Ciphertext that does not fill a block yet.
    partial: [u8; 16],
    partial_octets: usize,
    aad_octets: u64,
    text_octets: u64,
}

impl Gcm {
    pub(crate) fn new(key: AesKey<'_>, nonce: &[u8; 12], aad: &[u8]) -> Self {
        let mut hash_key = ghash::Key::default();
        match key {
            AesKey::Aes128(key) => Aes128::new(key.into()).encrypt_block(&mut hash_key),
            AesKey::Aes256(key) => Aes256::new(key.into()).encrypt_block(&mut hash_key),
        }
        let mut ghash = GHash::new(&hash_key);
        hash_key.zeroize();
        let unused = ghash.clone();
        ghash.update_padded(aad);

        // SP 800-38D §7.1 step 2: J0 is the nonce and a counter of 1; the text starts at 2.
        let mut j0 = [0; 16];
        j0[..12].copy_from_slice(nonce);
        j0[15] = 1;
        let mut stream = Counter::new(key, &j0);
        let mut mask = [0; 16];
        stream.apply_keystream(&mut mask);
        Self {
            stream,
            ghash,
            unused,
            mask,
            partial: [0; 16],
            partial_octets: 0,
            aad_octets: aad.len() as u64,
            text_octets: 0,
        }
    }

    /// Encrypts in place. Pieces may have any length.
    pub(crate) fn encrypt(&mut self, octets: &mut [u8]) {
        // Small pieces stay in the cache between the two passes.
        for piece in octets.chunks_mut(PIECE_OCTETS) {
            self.stream.apply_keystream(piece);
            self.absorb(piece);
        }
    }

    /// Decrypts in place. Pieces may have any length. Nobody may believe what comes out before
    /// the tag was checked.
    pub(crate) fn decrypt(&mut self, octets: &mut [u8]) {
        for piece in octets.chunks_mut(PIECE_OCTETS) {
            self.absorb(piece);
            self.stream.apply_keystream(piece);
        }
    }

    fn absorb(&mut self, mut ciphertext: &[u8]) {
        self.text_octets += ciphertext.len() as u64;
        if self.partial_octets > 0 {
            let take = ciphertext.len().min(16 - self.partial_octets);
            let (head, rest) = ciphertext.split_at(take);
            self.partial[self.partial_octets..][..take].copy_from_slice(head);
            self.partial_octets += take;
            ciphertext = rest;
            if self.partial_octets < 16 {
                return;
            }
            self.ghash.update(&[self.partial.into()]);
            self.partial_octets = 0;
        }
        let (blocks, rest) = ciphertext.split_at(ciphertext.len() - ciphertext.len() % 16);
        self.ghash.update_padded(blocks);
        self.partial[..rest.len()].copy_from_slice(rest);
        self.partial_octets = rest.len();
    }

    pub(crate) fn tag(self) -> [u8; TAG_OCTETS] {
        self.into_tag_and_stream().0
    }

    /// The tag, with associated data that became known only behind the text, as RFC 5083 §2.1 has
    /// it. GHASH is a polynomial: what comes first counts with as many powers of the hash key as
    /// blocks follow (SP 800-38D §6.4), which so many blocks of zeros bring about. This costs as
    /// much as hashing the text once more; ours have no such data.
    pub(crate) fn tag_with_late_aad(mut self, aad: &[u8]) -> [u8; TAG_OCTETS] {
        self.ghash.update_padded(&self.partial[..self.partial_octets]);
        let of_text = self.ghash.finalize();
        let mut of_aad = self.unused.clone();
        of_aad.update_padded(aad);
        let zeros = [ghash::Block::default(); ZERO_BLOCKS];
        let mut blocks = self.text_octets.div_ceil(16);
        while blocks > 0 {
            let now = blocks.min(ZERO_BLOCKS as u64);
            of_aad.update(&zeros[..now as usize]);
            blocks -= now;
        }
        let of_aad = of_aad.finalize();
        let mut last = lengths(aad.len() as u64, self.text_octets);
        for (octet, (text, aad)) in last.iter_mut().zip(of_text.iter().zip(of_aad.iter())) {
            *octet ^= text ^ aad;
        }
        self.unused.update(&[last]);
        masked(self.unused.finalize(), self.mask)
    }

    /// The tag over what was absorbed, and the key stream as far as it was used.
    fn into_tag_and_stream(mut self) -> ([u8; TAG_OCTETS], Counter) {
        self.ghash.update_padded(&self.partial[..self.partial_octets]);
        self.ghash.update(&[lengths(self.aad_octets, self.text_octets)]);
        (masked(self.ghash.finalize(), self.mask), self.stream)
    }
}

/// The last block: both lengths in bits (SP 800-38D §7.1 step 5).
fn lengths(aad_octets: u64, text_octets: u64) -> ghash::Block {
    let mut lengths = ghash::Block::default();
    lengths[..8].copy_from_slice(&(aad_octets * 8).to_be_bytes());
    lengths[8..].copy_from_slice(&(text_octets * 8).to_be_bytes());
    lengths
}

fn masked(hash: ghash::Tag, mask: [u8; TAG_OCTETS]) -> [u8; TAG_OCTETS] {
    let mut tag = mask;
    for (octet, hashed) in tag.iter_mut().zip(hash.iter()) {
        *octet ^= hashed;
    }
    tag
}

const PIECE_OCTETS: usize = 16 * 1024;
/// Blocks of zeros hashed at once.
const ZERO_BLOCKS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    struct Vector {
        key: &'static str,
        nonce: &'static str,
        aad: &'static str,
        plaintext: &'static str,
        ciphertext: &'static str,
        tag: &'static str,
    }

    /// The AES-256 cases with 96-bit nonces of the GCM specification that NIST adopted
    /// (McGrew and Viega, appendix B, test cases 13 to 16).
    const NIST: [Vector; 4] = [
        Vector {
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            aad: "",
            plaintext: "",
            ciphertext: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b",
        },
        Vector {
            key: "0000000000000000000000000000000000000000000000000000000000000000",
            nonce: "000000000000000000000000",
            aad: "",
            plaintext: "00000000000000000000000000000000",
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919",
        },
        Vector {
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            aad: "",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
            tag: "b094dac5d93471bdec1a502270e3cc6c",
        },
        Vector {
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b",
        },
    ];

    #[test]
    fn nist_vectors() {
        for vector in NIST {
            let (key, nonce) = (hex(vector.key), hex(vector.nonce));
            let aad = hex::decode(vector.aad).unwrap();
            let plaintext = hex::decode(vector.plaintext).unwrap();
            let sealed = aead_seal(&key, &nonce, &aad, &plaintext);
            assert_eq!(hex::encode(&sealed), [vector.ciphertext, vector.tag].concat());
            assert_eq!(*aead_open(&key, &nonce, &aad, &sealed).unwrap(), plaintext);
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn by_aws_lc(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap());
        let mut sealed = plaintext.to_vec();
        key.seal_in_place_append_tag(Nonce::from(nonce), Aad::from(aad), &mut sealed).unwrap();
        sealed
    }

    proptest! {
        #[test]
        #[cfg(not(target_arch = "wasm32"))]
        fn streams_like_aws_lc_in_one_go(
            key: [u8; 32],
            nonce: [u8; 12],
            aad in prop::collection::vec(any::<u8>(), 0..64),
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..8),
        ) {
            let mut gcm = Gcm::new(AesKey::Aes256(&key), &nonce, &aad);
            let mut sealed = Vec::new();
            for piece in &pieces {
                let mut piece = piece.clone();
                gcm.encrypt(&mut piece);
                sealed.extend(piece);
            }
            let sealed_octets = sealed.len();
            sealed.extend(gcm.tag());
            prop_assert_eq!(&sealed, &by_aws_lc(&key, &nonce, &aad, &pieces.concat()));

            // And back, with the associated data known only in the end.
            let mut gcm = Gcm::new(AesKey::Aes256(&key), &nonce, &[]);
            let mut opened = sealed[..sealed_octets].to_vec();
            let (first, second) = opened.split_at_mut(sealed_octets / 3);
            gcm.decrypt(first);
            gcm.decrypt(second);
            prop_assert_eq!(opened, pieces.concat());
            prop_assert_eq!(&gcm.tag_with_late_aad(&aad)[..], &sealed[sealed_octets..]);
        }
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    fn shorter_keys_agree_with_aws_lc_too() {
        use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
        let plaintext: Vec<u8> = (0..1003u32).map(|n| n as u8).collect();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &[7; 16]).unwrap());
        let mut theirs = plaintext.clone();
        let nonce = Nonce::from(&[8; 12]);
        key.seal_in_place_append_tag(nonce, Aad::from(b"aad"), &mut theirs).unwrap();
        let mut gcm = Gcm::new(AesKey::Aes128(&[7; 16]), &[8; 12], b"aad");
        let mut ours = plaintext;
        gcm.encrypt(&mut ours);
        ours.extend(gcm.tag());
        assert!(ours == theirs);
        assert!(AesKey::of(&[0; 24]).is_none());
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    fn large_objects_agree_with_aws_lc() {
        let plaintext: Vec<u8> = (0..100_003u32).map(|n| n as u8).collect();
        let sealed = aead_seal(&[7; 32], &[8; 12], b"aad", &plaintext);
        assert!(sealed == by_aws_lc(&[7; 32], &[8; 12], b"aad", &plaintext));
        assert!(*aead_open(&[7; 32], &[8; 12], b"aad", &sealed).unwrap() == plaintext);
    }

    #[test]
    fn cms_105_no_flipped_bit_opens() {
        let sealed = aead_seal(&[7; 32], &[8; 12], b"aad", b"plaintext");
        for at in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert_eq!(aead_open(&[7; 32], &[8; 12], b"aad", &flipped).unwrap_err(), Unauthentic);
        }
        assert!(aead_open(&[7; 32], &[8; 12], b"aae", &sealed).is_err());
        assert!(aead_open(&[7; 32], &[9; 12], b"aad", &sealed).is_err());
        assert!(aead_open(&[6; 32], &[8; 12], b"aad", &sealed).is_err());
        assert!(aead_open(&[7; 32], &[8; 12], b"aad", &sealed[..15]).is_err());
    }
}
