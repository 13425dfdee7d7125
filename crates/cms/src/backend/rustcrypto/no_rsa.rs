//! RSA is refused here: no implementation in Rust keeps the timing of its private operations to
//! itself (RUSTSEC-2023-0071), and one half of it would only invite to use the other.

use zeroize::Zeroizing;

/// Nobody has such a key here.
pub(crate) enum RsaDecryption {}

impl RsaDecryption {
    pub(crate) fn new(_pkcs8_der: &[u8]) -> Option<Self> {
        None
    }

    pub(crate) fn public(&self) -> &[u8] {
        match *self {}
    }

    pub(crate) fn decrypt_oaep(&self, _ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match *self {}
    }

    pub(crate) fn decrypt_pkcs1(&self, _ciphertext: &[u8], _octets: usize) -> Zeroizing<Vec<u8>> {
        match *self {}
    }
}

pub(crate) fn generate(_bits: usize) -> Option<Zeroizing<Vec<u8>>> {
    None
}

pub(crate) fn encrypt_oaep(_spki_der: &[u8], _octets: &[u8]) -> Option<Vec<u8>> {
    None
}

pub(crate) fn encrypt_pkcs1(_spki_der: &[u8], _octets: &[u8]) -> Option<Vec<u8>> {
    None
}
