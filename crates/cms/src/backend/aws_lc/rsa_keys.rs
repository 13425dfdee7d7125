//! RSA (RFC 8017): signatures, OAEP, and PKCS#1 v1.5 encryption for old partners.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    Pkcs1PrivateDecryptingKey, Pkcs1PublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use aws_lc_rs::signature::{self, RsaEncoding};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::kdf::{hkdf_sha256, sha256};
use crate::policy::SignatureAlgorithm;

/// A fresh private key in PKCS#8. AWS-LC draws it from its own random source: its interface takes
/// no other. `None` for a size it does not make.
pub(crate) fn generate(bits: usize) -> Option<Zeroizing<Vec<u8>>> {
    let size = match bits {
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        _ => return None,
    };
    let der = KeyPair::generate(size).ok()?.as_der().ok()?;
    Some(Zeroizing::new(der.as_ref().to_vec()))
}

pub(super) fn sign(
    pair: &KeyPair,
    algorithm: SignatureAlgorithm,
    message: &[u8],
) -> Option<Vec<u8>> {
    let encoding: &'static dyn RsaEncoding = match algorithm {
        SignatureAlgorithm::RsaPkcs1Sha256 => &signature::RSA_PKCS1_SHA256,
        SignatureAlgorithm::RsaPkcs1Sha384 => &signature::RSA_PKCS1_SHA384,
        SignatureAlgorithm::RsaPkcs1Sha512 => &signature::RSA_PKCS1_SHA512,
        SignatureAlgorithm::RsaPssSha256 => &signature::RSA_PSS_SHA256,
        SignatureAlgorithm::RsaPssSha384 => &signature::RSA_PSS_SHA384,
        SignatureAlgorithm::RsaPssSha512 => &signature::RSA_PSS_SHA512,
        _ => return None,
    };
    let mut octets = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut octets).ok()?;
    Some(octets)
}

/// A key that decrypts.
pub(crate) struct RsaDecryption {
    oaep: OaepPrivateDecryptingKey,
    pkcs1: Pkcs1PrivateDecryptingKey,
    public: Vec<u8>,
    /// From it comes what a malformed PKCS#1 v1.5 ciphertext "decrypts" to.
    rejection: Zeroizing<[u8; 32]>,
}

impl RsaDecryption {
    /// From PKCS#8. Numbers are checked against each other by AWS-LC; the size is for the caller.
    pub(crate) fn new(pkcs8_der: &[u8]) -> Option<Self> {
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8_der).ok()?;
        let public = super::Signer::rsa(pkcs8_der)?.public().to_vec();
        let rejection = Zeroizing::new(sha256(key.as_der().ok()?.as_ref()));
        Some(Self {
            oaep: OaepPrivateDecryptingKey::new(key.clone()).ok()?,
            pkcs1: Pkcs1PrivateDecryptingKey::new(key).ok()?,
            public,
            rejection,
        })
    }

    /// RSAPublicKey in DER (RFC 8017 appendix A.1.1).
    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256, no label (RFC 8017 §7.1). All that can be
    /// wrong is one `None`.
    pub(crate) fn decrypt_oaep(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut octets = Zeroizing::new(vec![0; self.oaep.min_output_size()]);
        let length =
            self.oaep.decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut octets, None).ok()?.len();
        octets.truncate(length);
        Some(octets)
    }

    /// RSAES-PKCS1-v1_5 (RFC 8017 §7.2) of a key of `octets` octets, with implicit rejection: what
    /// is malformed, or has another length, gives octets made from the private key and the
    /// ciphertext, always the same ones and as random as any. So there is no error to learn from,
    /// and the wrong key fails later, where every wrong key fails. [CMS-205]
    ///
    /// What takes constant time: the private operation (blinded), AWS-LC's search for the end of
    /// the padding, the derivation of the other octets, which always happens, and the choice
    /// between the two. What does not: on malformed padding AWS-LC returns early instead of copying
    /// the message, and notes an error, some tens of nanoseconds' difference which its interface
    /// gives no way around, since it offers no operation without padding. Therefore this only reads
    /// letters at their recipient's, never on behalf of a caller who could measure it.
    pub(crate) fn decrypt_pkcs1(&self, ciphertext: &[u8], octets: usize) -> Zeroizing<Vec<u8>> {
        let mut chosen = self.rejected(ciphertext, octets);
        let mut room = Zeroizing::new(vec![0; self.pkcs1.min_output_size().max(octets)]);
        let length = self.pkcs1.decrypt(ciphertext, &mut room).map_or(usize::MAX, |it| it.len());
        let fits = (length as u64).ct_eq(&(octets as u64));
        for (octet, decrypted) in chosen.iter_mut().zip(room.iter()) {
            octet.conditional_assign(decrypted, fits);
        }
        chosen
    }

    fn rejected(&self, ciphertext: &[u8], octets: usize) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(vec![0; octets]);
        hkdf_sha256(ciphertext, &self.rejection[..], b"sealpost implicit rejection", &mut key);
        key
    }
}

/// RSAES-OAEP as [`RsaDecryption::decrypt_oaep`] reads it. AWS-LC draws the seed from its own
/// random source.
pub(crate) fn encrypt_oaep(spki_der: &[u8], octets: &[u8]) -> Option<Vec<u8>> {
    let key = PublicEncryptingKey::from_der(spki_der).ok()?;
    let key = OaepPublicEncryptingKey::new(key).ok()?;
    let mut ciphertext = vec![0; key.ciphertext_size()];
    key.encrypt(&OAEP_SHA256_MGF1SHA256, octets, &mut ciphertext, None).ok()?;
    Some(ciphertext)
}

/// RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1). AWS-LC draws the padding from its own random source.
pub(crate) fn encrypt_pkcs1(spki_der: &[u8], octets: &[u8]) -> Option<Vec<u8>> {
    let key = PublicEncryptingKey::from_der(spki_der).ok()?;
    let key = Pkcs1PublicEncryptingKey::new(key).ok()?;
    let mut ciphertext = vec![0; key.ciphertext_size()];
    key.encrypt(octets, &mut ciphertext).ok()?;
    Some(ciphertext)
}
