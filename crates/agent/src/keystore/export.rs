//! The one way a key leaves: the encryption key, at the owner's wish, under a passphrase, so that
//! `openssl cms -decrypt` opens his ordinary letters without this program.

use pkcs8::EncryptedPrivateKeyInfo;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::{EncodePem, pem::LineEnding};
use pkcs8::pkcs5::pbes2;
use sealpost_cms::CryptoRng;
use zeroize::Zeroizing;

use super::{Passphrase, Unlocked};
use crate::errors::KeystoreError;
use crate::limits;

impl Unlocked {
    /// The encryption key as PEM `ENCRYPTED PRIVATE KEY` (RFC 5958 §3): PBES2 with
    /// PBKDF2-HMAC-SHA256 and AES-256-CBC (RFC 8018 §6.2), which OpenSSL 3.0 reads.
    pub fn export_encryption_key(
        &self,
        passphrase: &Passphrase,
        rng: &mut dyn CryptoRng,
    ) -> Result<Zeroizing<String>, KeystoreError> {
        let mut salt = [0; limits::EXPORT_SALT_OCTETS];
        rng.fill_bytes(&mut salt);
        let mut iv = [0; 16];
        rng.fill_bytes(&mut iv);
        let pkcs8 = self.keys.encryption.to_pkcs8_der();
        let scheme = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(
            limits::EXPORT_PBKDF2_ITERATIONS,
            &salt,
            iv,
        );
        let sealed =
            scheme.and_then(|scheme| Ok((scheme.encrypt(passphrase.expose(), &pkcs8)?, scheme)));
        let (encrypted, scheme) = sealed.map_err(|_| KeystoreError::Primitive { name: "PBES2" })?;
        to_pem(&encrypted, scheme).map_err(|_| KeystoreError::Primitive { name: "PKCS#8" })
    }
}

fn to_pem(
    encrypted: &[u8],
    scheme: pbes2::Parameters,
) -> Result<Zeroizing<String>, pkcs8::der::Error> {
    let key = EncryptedPrivateKeyInfo {
        encryption_algorithm: scheme.into(),
        encrypted_data: OctetStringRef::new(encrypted)?,
    };
    key.to_pem(LineEnding::LF).map(Zeroizing::new)
}
