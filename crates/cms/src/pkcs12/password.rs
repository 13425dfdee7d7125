//! Keys from passwords, and what is done with them (RFC 8018, RFC 7292 appendix B).

use aes::Aes256;
use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::digest::DigestAlgorithm;

/// HMAC under a key.
pub(super) fn hmac(digest: DigestAlgorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    match digest {
        DigestAlgorithm::Sha256 => mac::<Hmac<Sha256>>(key, message),
        DigestAlgorithm::Sha384 => mac::<Hmac<Sha384>>(key, message),
        DigestAlgorithm::Sha512 => mac::<Hmac<Sha512>>(key, message),
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// PBKDF2 with HMAC (RFC 8018 §5.2).
pub(super) fn pbkdf2(
    digest: DigestAlgorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    octets: usize,
) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; octets]);
    match digest {
        DigestAlgorithm::Sha256 => blocks::<Hmac<Sha256>>(password, salt, iterations, &mut key),
        DigestAlgorithm::Sha384 => blocks::<Hmac<Sha384>>(password, salt, iterations, &mut key),
        DigestAlgorithm::Sha512 => blocks::<Hmac<Sha512>>(password, salt, iterations, &mut key),
    }
    key
}

fn blocks<M: Mac + KeyInit + Clone>(password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) {
    let keyed = <M as KeyInit>::new_from_slice(password).expect("HMAC takes keys of any length");
    for (number, block) in (1u32..).zip(key.chunks_mut(M::output_size())) {
        let mut mac = keyed.clone();
        mac.update(salt);
        mac.update(&number.to_be_bytes());
        let mut round = mac.finalize().into_bytes();
        let mut sum = Zeroizing::new(round.to_vec());
        for _ in 1..iterations {
            let mut mac = keyed.clone();
            mac.update(&round);
            round = mac.finalize().into_bytes();
            sum.iter_mut().zip(&round).for_each(|(sum, octet)| *sum ^= octet);
        }
        block.copy_from_slice(&sum[..block.len()]);
    }
}

/// A password as RFC 7292 appendix B.1 wants it: UTF-16, big-endian, with two zero octets behind.
pub(super) fn bmp(password: &str) -> Zeroizing<Vec<u8>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(2 * password.len() + 2));
    password.encode_utf16().chain([0]).for_each(|unit| octets.extend(unit.to_be_bytes()));
    octets
}

/// The key of the code around a file: RFC 7292 appendix B.2 with the identifier 3, as long as the
/// digest.
pub(super) fn mac_key(
    digest: DigestAlgorithm,
    password: &str,
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<Vec<u8>> {
    let password = bmp(password);
    let block = match digest {
        DigestAlgorithm::Sha256 => 64,
        DigestAlgorithm::Sha384 | DigestAlgorithm::Sha512 => 128,
    };
    let mut key = match digest {
        DigestAlgorithm::Sha256 => appendix_b::<Sha256>(block, &password, salt, iterations),
        DigestAlgorithm::Sha384 => appendix_b::<Sha384>(block, &password, salt, iterations),
        DigestAlgorithm::Sha512 => appendix_b::<Sha512>(block, &password, salt, iterations),
    };
    key.truncate(digest.octets());
    key
}

/// Step 6 of RFC 7292 appendix B.2 for one block of key, which is all that a code needs.
fn appendix_b<D: Digest>(
    block: usize,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<Vec<u8>> {
    const MAC_KEY_ID: u8 = 3;
    let filled = |octets: &[u8]| -> Zeroizing<Vec<u8>> {
        let length = octets.len().div_ceil(block) * block;
        Zeroizing::new(octets.iter().copied().cycle().take(length).collect())
    };
    let mut hash = D::new();
    hash.update(vec![MAC_KEY_ID; block]);
    hash.update(&*filled(salt));
    hash.update(&*filled(password));
    let mut key = Zeroizing::new(hash.finalize().to_vec());
    for _ in 1..iterations {
        key = Zeroizing::new(D::digest(&*key).to_vec());
    }
    key
}

/// AES-256-CBC with the padding of RFC 8018 §6.2.2; `None` if it has none. Only what is authenticated
/// is decrypted, so that nobody can ask with changed ciphertexts.
pub(super) fn decrypt(key: &[u8], iv: &[u8; 16], octets: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = Aes256::new_from_slice(key).ok()?;
    let mut plain = Zeroizing::new(octets.to_vec());
    let mut before = *iv;
    for block in plain.chunks_mut(BLOCK) {
        let this: [u8; BLOCK] = (&*block).try_into().ok()?;
        let mut state = Block::<Aes256>::from(this);
        cipher.decrypt_block(&mut state);
        block.iter_mut().zip(state.iter().zip(before)).for_each(|(p, (s, b))| *p = s ^ b);
        before = this;
    }
    let padding = usize::from(*plain.last()?);
    let octets = plain.len().checked_sub(padding)?;
    let is_padded = (1..=BLOCK).contains(&padding)
        && plain[octets..].iter().all(|o| usize::from(*o) == padding);
    plain.truncate(octets);
    is_padded.then_some(plain)
}

/// The other way.
pub(super) fn encrypt(key: &[u8; 32], iv: &[u8; 16], octets: &[u8]) -> Vec<u8> {
    let cipher = Aes256::new(&(*key).into());
    let padding = BLOCK - octets.len() % BLOCK;
    let mut padded = Zeroizing::new(Vec::with_capacity(octets.len() + padding));
    padded.extend_from_slice(octets);
    padded.extend(core::iter::repeat_n(padding as u8, padding));
    let mut before = *iv;
    let mut sealed = Vec::with_capacity(padded.len());
    for block in padded.chunks(BLOCK) {
        before.iter_mut().zip(block).for_each(|(state, octet)| *state ^= octet);
        let mut state = Block::<Aes256>::from(before);
        cipher.encrypt_block(&mut state);
        before = state.into();
        sealed.extend_from_slice(&before);
    }
    sealed
}

const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pbkdf2_matches_rfc_7914() {
        // RFC 7914 §11, two blocks of HMAC-SHA256.
        let key = pbkdf2(DigestAlgorithm::Sha256, b"passwd", b"salt", 1, 64);
        assert_eq!(
            hex::encode(&*key),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        );
        let key = pbkdf2(DigestAlgorithm::Sha256, b"Password", b"NaCl", 80_000, 64);
        assert!(hex::encode(&*key).starts_with("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414"));
    }

    #[test]
    fn cbc_matches_sp_800_38a_and_wants_its_padding() {
        // SP 800-38A F.2.5, first block; ours has one of padding behind it.
        let key = hex::decode("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let key: [u8; 32] = key.unwrap().try_into().unwrap();
        let iv: [u8; 16] = core::array::from_fn(|n| n as u8);
        let plain = hex::decode("6bc1bee22e409f96e93d7e117393172a").unwrap();
        let sealed = encrypt(&key, &iv, &plain);
        assert_eq!(hex::encode(&sealed[..16]), "f58c4c04d6e5f1ba779eabfb5f7bfbd6");
        assert_eq!(sealed.len(), 32);
        assert_eq!(decrypt(&key, &iv, &sealed).unwrap().to_vec(), plain);
        assert!(decrypt(&key, &iv, &sealed[..16]).is_none());
        assert!(decrypt(&key, &iv, &sealed[..31]).is_none());
        assert!(decrypt(&key, &iv, &[]).is_none());
        for octets in 0..40 {
            let plain = vec![7; octets];
            assert_eq!(decrypt(&key, &iv, &encrypt(&key, &iv, &plain)).unwrap().to_vec(), plain);
        }
    }

    #[test]
    fn passwords_are_utf_16_with_an_end() {
        assert_eq!(*bmp("Beavis"), hex::decode("0042006500610076006900730000").unwrap());
        assert_eq!(*bmp("ü🙂"), hex::decode("00fcd83dde420000").unwrap());
    }
}
