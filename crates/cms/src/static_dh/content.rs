//! The algorithm authEnc-256 of RFC 6476, with the parts that we use and no others.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::CryptoRng;
use crate::attributes::{AES256_CBC, AUTH_ENC_256, HMAC_SHA256, PBKDF2};
use crate::cbc::{self, BLOCK_OCTETS, CbcDecryptor, CbcEncryptor};
use crate::decode::DecodeError;
use crate::enveloped::{ContentKey, OpenError};
use crate::gcm::AesKey;
use crate::kdf;
use crate::tlv::{self, Reader, Writer};

/// Octets of HMAC-SHA-256.
pub(super) const CODE_OCTETS: usize = 32;

/// The algorithm of one message.
pub(super) struct ContentParameters {
    iv: [u8; BLOCK_OCTETS],
    /// The whole AlgorithmIdentifier: the code covers it too.
    der: Vec<u8>,
}

impl ContentParameters {
    /// With a fresh initialisation vector.
    pub(super) fn fresh(rng: &mut dyn CryptoRng) -> Self {
        let mut iv = [0; BLOCK_OCTETS];
        rng.fill_bytes(&mut iv);
        Self::with(iv)
    }

    fn with(iv: [u8; BLOCK_OCTETS]) -> Self {
        Self { iv, der: algorithm(&iv) }
    }

    /// Reads the inside of a contentEncryptionAlgorithm. Only what we write is read: of everything
    /// else in it nobody could say that it is as strong. [CMS-241]
    pub(super) fn read(octets: &[u8], mut inside: Reader<'_>) -> Result<Self, DecodeError> {
        let unsupported = DecodeError::Unsupported { what: "contentEncryptionAlgorithm" };
        if inside.oid(WHAT)? != AUTH_ENC_256 {
            return Err(unsupported);
        }
        let mut parameters = inside.enter(tlv::SEQUENCE, WHAT)?;
        parameters.optional(tlv::context(0), "prf")?;
        let mut encryption = parameters.enter(tlv::SEQUENCE, "encAlgorithm")?;
        encryption.oid("encAlgorithm")?;
        let iv = encryption.value(tlv::OCTET_STRING, "AES-IV")?;
        let ours = iv.try_into().map(Self::with).ok().filter(|ours| ours.der == octets);
        ours.ok_or(unsupported)
    }

    /// The AlgorithmIdentifier.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The ciphertext, and the code over it.
    pub(super) fn encrypt(
        &self,
        content_key: &ContentKey,
        plaintext: &[u8],
    ) -> (Vec<u8>, [u8; CODE_OCTETS]) {
        let keys = Keys::of(content_key);
        let mut octets = plaintext.to_vec();
        cbc::pad(&mut octets);
        CbcEncryptor::new(AesKey::Aes256(&keys.encryption), &self.iv).encrypt(&mut octets);
        let code = self.code(&keys, &octets);
        (octets, code)
    }

    /// The plaintext, once the code was found right. After that nothing that can be wrong tells
    /// anything to whoever does not have the keys; it is the same error all the same. [CMS-242]
    pub(super) fn decrypt(
        &self,
        content_key: &ContentKey,
        ciphertext: &[u8],
        code: &[u8; CODE_OCTETS],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        // RFC 6476 §4.1: authEnc-256 has keys of 256 bits.
        if content_key.octets().len() != CONTENT_KEY_OCTETS {
            return Err(OpenError::Unauthentic);
        }
        let keys = Keys::of(content_key);
        if !bool::from(self.code(&keys, ciphertext).ct_eq(code)) {
            return Err(OpenError::Unauthentic);
        }
        let mut octets = Zeroizing::new(ciphertext.to_vec());
        CbcDecryptor::new(AesKey::Aes256(&keys.encryption), &self.iv).decrypt(&mut octets);
        let before = octets.len().checked_sub(BLOCK_OCTETS).ok_or(OpenError::Unauthentic)?;
        let last = octets[before..].try_into().expect("the last block has a block's length");
        let (left, right) = cbc::unpadded(&last);
        octets.truncate(before + left);
        if right.into() { Ok(octets) } else { Err(OpenError::Unauthentic) }
    }

    /// The code over whatever ciphertext, for tests that forge one.
    #[cfg(test)]
    pub(super) fn code_over(&self, key: &ContentKey, ciphertext: &[u8]) -> [u8; CODE_OCTETS] {
        self.code(&Keys::of(key), ciphertext)
    }

    /// RFC 6476 §4.2: over the AlgorithmIdentifier, then the ciphertext. There are no attributes.
    fn code(&self, keys: &Keys, ciphertext: &[u8]) -> [u8; CODE_OCTETS] {
        kdf::hmac_sha256_of(&keys.authentication[..], &[&self.der, ciphertext])
    }
}

/// RFC 6476 §4.1: two keys from the one that travels, 512 bits in all.
struct Keys {
    encryption: Zeroizing<[u8; 32]>,
    authentication: Zeroizing<[u8; 32]>,
}

impl Keys {
    fn of(content_key: &ContentKey) -> Self {
        let derived = |salt| kdf::pbkdf2_sha256(content_key.expose(), salt, u32::from(ROUNDS));
        Self { encryption: derived(b"encryption"), authentication: derived(b"authentication") }
    }
}

/// ```text
/// AuthEncParams ::= SEQUENCE { prf [0] AlgorithmIdentifier DEFAULT PBKDF2 with HMAC-SHA-1,
///     encAlgorithm AlgorithmIdentifier, macAlgorithm AlgorithmIdentifier }
/// ```
/// The parameters of PBKDF2 hold no salt: each key has its own, which is its name.
fn algorithm(iv: &[u8; BLOCK_OCTETS]) -> Vec<u8> {
    let hmac = |algorithm: &mut Writer| {
        algorithm.oid(&HMAC_SHA256);
        algorithm.element(tlv::NULL, &[]);
    };
    tlv::nested(tlv::SEQUENCE, |algorithm| {
        algorithm.oid(&AUTH_ENC_256);
        algorithm.nest(tlv::SEQUENCE, |parameters| {
            parameters.nest(tlv::context(0), |prf| {
                prf.oid(&PBKDF2);
                prf.nest(tlv::SEQUENCE, |pbkdf2| {
                    pbkdf2.element(tlv::OCTET_STRING, &[]);
                    pbkdf2.small(ROUNDS);
                    pbkdf2.nest(tlv::SEQUENCE, hmac);
                });
            });
            parameters.nest(tlv::SEQUENCE, |encryption| {
                encryption.oid(&AES256_CBC);
                encryption.element(tlv::OCTET_STRING, iv);
            });
            parameters.nest(tlv::SEQUENCE, hmac);
        });
    })
}

const WHAT: &str = "contentEncryptionAlgorithm";
const CONTENT_KEY_OCTETS: usize = 32;
/// The content key is random: rounds would make nothing stronger (RFC 6476 §4.1).
const ROUNDS: u8 = 1;
