//! Encrypted messages taken to pieces and put together otherwise: what somebody on the way can do
//! without any key. And the reader that nobody should be, which decrypts and asks nothing.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

use crate::attributes::{AES256_GCM, ID_AUTH_ENVELOPED_DATA, ID_DATA, ObjectIdentifier};
use crate::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use crate::testing::rng;
use crate::tlv::{self, Reader};

pub(super) const ID_ENVELOPED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
pub(super) const ID_COMPRESSED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.9");
pub(super) const AES256_CBC: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");

pub(super) const BLOCK: usize = 16;
pub(super) type Block = [u8; BLOCK];

/// What Bert and the senders to him know.
pub(super) const KEK_NAME: &[u8] = b"efail";

/// An encrypted message in parts. Everything in it lies open on the way.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) outer_type: ObjectIdentifier,
    pub(super) version: u8,
    /// The whole SET OF RecipientInfo.
    pub(super) recipient_infos: Vec<u8>,
    pub(super) inner_type: ObjectIdentifier,
    /// The whole contentEncryptionAlgorithm.
    pub(super) algorithm: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    /// What stands behind the encryptedContentInfo: a tag, attributes, nothing.
    pub(super) end: Vec<u8>,
}

impl Parts {
    /// What our own side seals with AES-256-GCM.
    pub(super) fn sealed(plaintext: &[u8], key: &ContentKey, kek: &KeyEncryptionKey) -> Self {
        let slots = [RecipientSlot::KeyEncryption { id: KEK_NAME, kek }];
        Self::of(&seal(plaintext, &slots, key, &mut rng()).unwrap())
    }

    fn of(message: &[u8]) -> Self {
        const WHAT: &str = "sealed message";
        let mut content_info = Reader::new(tlv::only(message, tlv::SEQUENCE, WHAT).unwrap());
        let outer_type = content_info.oid(WHAT).unwrap();
        let mut explicit = content_info.enter(tlv::context(0), WHAT).unwrap();
        let mut fields = explicit.enter(tlv::SEQUENCE, WHAT).unwrap();
        let version = fields.small(WHAT).unwrap();
        let recipient_infos = fields.tlv(tlv::SET, WHAT).unwrap().octets.to_vec();
        let mut info = fields.enter(tlv::SEQUENCE, WHAT).unwrap();
        let inner_type = info.oid(WHAT).unwrap();
        let algorithm = info.tlv(tlv::SEQUENCE, WHAT).unwrap().octets.to_vec();
        let ciphertext = info.value(tlv::context_primitive(0), WHAT).unwrap().to_vec();
        let end = fields.any(WHAT).unwrap().octets.to_vec();
        Self { outer_type, version, recipient_infos, inner_type, algorithm, ciphertext, end }
    }

    /// The message in DER, and right in every length.
    pub(super) fn message(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |content_info| {
            content_info.oid(&self.outer_type);
            content_info.nest(tlv::context(0), |explicit| {
                explicit.nest(tlv::SEQUENCE, |fields| {
                    fields.small(self.version);
                    fields.raw(&self.recipient_infos);
                    fields.nest(tlv::SEQUENCE, |info| {
                        info.oid(&self.inner_type);
                        info.raw(&self.algorithm);
                        info.element(tlv::context_primitive(0), &self.ciphertext);
                    });
                    fields.raw(&self.end);
                });
            });
        })
    }

    /// The same key slots over another ciphertext, as an EnvelopedData with AES-256-CBC.
    pub(super) fn relabelled_cbc(&self, iv: &Block, ciphertext: Vec<u8>) -> Self {
        let algorithm = tlv::nested(tlv::SEQUENCE, |algorithm| {
            algorithm.oid(&AES256_CBC);
            algorithm.element(tlv::OCTET_STRING, iv);
        });
        // RFC 5652 §6.1: 2, since a slot is of version 4.
        Self {
            outer_type: ID_ENVELOPED_DATA,
            version: 2,
            algorithm,
            ciphertext,
            end: Vec::new(),
            ..self.clone()
        }
    }

    /// The nonce of GCM, which stands in the open.
    pub(super) fn nonce(&self) -> [u8; 12] {
        let mut algorithm = Reader::new(tlv::only(&self.algorithm, tlv::SEQUENCE, "").unwrap());
        assert_eq!(algorithm.oid("").unwrap(), AES256_GCM);
        let mut parameters = algorithm.enter(tlv::SEQUENCE, "").unwrap();
        parameters.value(tlv::OCTET_STRING, "").unwrap().try_into().unwrap()
    }

    pub(super) fn is_ours(&self) -> bool {
        self.outer_type == ID_AUTH_ENVELOPED_DATA && self.inner_type == ID_DATA
    }
}

pub(super) fn blocks(octets: &[u8]) -> Vec<Block> {
    octets.chunks(BLOCK).map(|block| block.try_into().unwrap()).collect()
}

pub(super) fn xor(a: &Block, b: &Block) -> Block {
    core::array::from_fn(|at| a[at] ^ b[at])
}

/// AES-256-CBC (SP 800-38A §6.2) of whole blocks.
pub(super) fn cbc_encrypt(key: &[u8; 32], iv: &Block, plaintext: &[u8]) -> Vec<u8> {
    let cipher = Aes256::new(key.into());
    let mut before = *iv;
    let encrypt = |block: Block| {
        let mut out = xor(&block, &before).into();
        cipher.encrypt_block(&mut out);
        before = out.into();
        before
    };
    blocks(plaintext).into_iter().flat_map(encrypt).collect()
}

/// What a program shows that decrypts AES-256-CBC and asks nothing.
pub(super) fn cbc_decrypt(key: &[u8; 32], iv: &Block, ciphertext: &[u8]) -> Vec<u8> {
    let cipher = Aes256::new(key.into());
    let mut before = *iv;
    let decrypt = |block: Block| {
        let mut out = block.into();
        cipher.decrypt_block(&mut out);
        let plain = xor(&out.into(), &before);
        before = block;
        plain
    };
    blocks(ciphertext).into_iter().flat_map(decrypt).collect()
}
