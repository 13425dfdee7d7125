//! Private keys in PKCS#8, as an export or a backup brings them: what is read is written again and
//! read back to the same key, and the key answers for its own public half.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::keys::{AgreementKey, DecryptionKey, SigningKey};

fuzz_target!(|octets: &[u8]| {
    if let Ok(key) = SigningKey::from_pkcs8_der(octets) {
        let again = SigningKey::from_pkcs8_der(&key.to_pkcs8_der()).expect("our own key is read");
        assert_eq!(again.spki_der(), key.spki_der());
    }
    if let Ok(key) = AgreementKey::from_pkcs8_der(octets) {
        let again = AgreementKey::from_pkcs8_der(&key.to_pkcs8_der()).expect("our own key is read");
        assert_eq!(again.spki_der(), key.spki_der());
    }
    if let Ok(key) = DecryptionKey::from_pkcs8_der(octets) {
        let again = DecryptionKey::from_pkcs8_der(&key.to_pkcs8_der());
        assert_eq!(again.expect("our own key is read").spki_der(), key.spki_der());
    }
});
