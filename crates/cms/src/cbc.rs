//! AES in CBC mode (SP 800-38A §6.2). Nothing in it notices a change: whoever decrypts with it needs
//! something else that does, and must not tell a wrong padding from anything else that is wrong.

use ::cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use ::cbc::{Decryptor, Encryptor};
use aes::{Aes128, Aes256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeLess as _};

use crate::gcm::AesKey;

/// Octets of a block and of an initialisation vector.
pub(crate) const BLOCK_OCTETS: usize = 16;

/// One encryption under way.
pub(crate) enum CbcEncryptor {
    Aes128(Encryptor<Aes128>),
    Aes256(Encryptor<Aes256>),
}

impl CbcEncryptor {
    pub(crate) fn new(key: AesKey<'_>, iv: &[u8; BLOCK_OCTETS]) -> Self {
        match key {
            AesKey::Aes128(key) => Self::Aes128(Encryptor::new(key.into(), iv.into())),
            AesKey::Aes256(key) => Self::Aes256(Encryptor::new(key.into(), iv.into())),
        }
    }

    /// Encrypts whole blocks in place; octets behind the last whole block stay as they are.
    pub(crate) fn encrypt(&mut self, octets: &mut [u8]) {
        let (blocks, _rest) = Array::slice_as_chunks_mut(octets);
        match self {
            Self::Aes128(mode) => mode.encrypt_blocks(blocks),
            Self::Aes256(mode) => mode.encrypt_blocks(blocks),
        }
    }
}

/// One decryption under way.
pub(crate) enum CbcDecryptor {
    Aes128(Decryptor<Aes128>),
    Aes256(Decryptor<Aes256>),
}

impl CbcDecryptor {
    pub(crate) fn new(key: AesKey<'_>, iv: &[u8; BLOCK_OCTETS]) -> Self {
        match key {
            AesKey::Aes128(key) => Self::Aes128(Decryptor::new(key.into(), iv.into())),
            AesKey::Aes256(key) => Self::Aes256(Decryptor::new(key.into(), iv.into())),
        }
    }

    /// Decrypts whole blocks in place; octets behind the last whole block stay as they are.
    pub(crate) fn decrypt(&mut self, octets: &mut [u8]) {
        let (blocks, _rest) = Array::slice_as_chunks_mut(octets);
        match self {
            Self::Aes128(mode) => mode.decrypt_blocks(blocks),
            Self::Aes256(mode) => mode.decrypt_blocks(blocks),
        }
    }
}

/// Fills the last block (RFC 5652 §6.3): as many octets as are missing, each with their number; a
/// whole block if none is.
pub(crate) fn pad(last: &mut Vec<u8>) {
    let missing = BLOCK_OCTETS - last.len() % BLOCK_OCTETS;
    last.resize(last.len() + missing, missing as u8);
}

/// How many octets of the last block are content, and whether its padding is right. Takes the same
/// time whatever is in the block; of a wrong padding all octets are "content".
pub(crate) fn unpadded(last: &[u8; BLOCK_OCTETS]) -> (usize, Choice) {
    let padding = last[BLOCK_OCTETS - 1];
    let mut right = !padding.ct_eq(&0) & padding.ct_lt(&(BLOCK_OCTETS as u8 + 1));
    for (at, octet) in last.iter().rev().enumerate() {
        let is_padding = (at as u8).ct_lt(&padding);
        right &= !is_padding | octet.ct_eq(&padding);
    }
    let padding = u8::conditional_select(&0, &padding, right);
    (BLOCK_OCTETS - usize::from(padding), right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sp_800_38a_vectors() {
        // Appendix F.2.1 and F.2.5, first two blocks.
        let iv = *b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f";
        let plaintext =
            hex::decode("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
                .unwrap();
        for (key, ciphertext) in [
            (
                "2b7e151628aed2a6abf7158809cf4f3c",
                "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
            ),
            (
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
            ),
        ] {
            let key = hex::decode(key).unwrap();
            let key = AesKey::of(&key).unwrap();
            let mut octets = plaintext.clone();
            let mut mode = CbcEncryptor::new(key, &iv);
            let (first, second) = octets.split_at_mut(16);
            mode.encrypt(first);
            mode.encrypt(second);
            assert_eq!(hex::encode(&octets), ciphertext);
            CbcDecryptor::new(key, &iv).decrypt(&mut octets);
            assert_eq!(octets, plaintext);
        }
    }

    #[test]
    fn padding_is_taken_off_only_where_every_octet_of_it_is_right() {
        for octets in 0..16usize {
            let mut last = vec![0xaa; octets];
            pad(&mut last);
            let last: [u8; 16] = last.try_into().unwrap();
            let (length, right) = unpadded(&last);
            assert_eq!((length, bool::from(right)), (octets, true));
            for at in octets..15 {
                let mut wrong = last;
                wrong[at] ^= 0x20;
                assert_eq!(unpadded(&wrong).0, 16, "octet {at} of {octets}");
                assert!(!bool::from(unpadded(&wrong).1));
            }
        }
        for last in [0, 17, 0x80, 0xff] {
            assert!(!bool::from(unpadded(&[last; 16]).1), "{last}");
        }
        let mut whole = vec![1; 16];
        pad(&mut whole);
        assert_eq!(whole[16..], [16; 16]);
    }
}
