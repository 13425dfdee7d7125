//! Two judges: what we sign, OpenSSL verifies; what OpenSSL signs, we verify.

use std::fs;

use super::{CONTENT, code};
use crate::signed::{Limits, SignedData, verify_foreign};
use crate::testing::{HOUSE, NOW, openssl, openssl_agrees};

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_verifies_what_we_sign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    fs::write(path.join("content"), CONTENT).unwrap();
    let in_time = HOUSE.signs_in_time(CONTENT, NOW);
    for signature in [HOUSE.signs(CONTENT), in_time] {
        fs::write(path.join("a.p7m"), signature.attached(CONTENT, &[], &HOUSE.crls)).unwrap();
        fs::write(path.join("d.p7s"), signature.detached(std::slice::from_ref(&HOUSE.root), &[]))
            .unwrap();
        let verify = format!("cms -verify -binary -inform DER -CAfile root.pem -attime {NOW}");
        let content = openssl_agrees(path, &format!("{verify} -cades -in a.p7m"));
        assert_eq!(content, CONTENT);
        openssl_agrees(path, &format!("{verify} -cades -in d.p7s -content content"));
        openssl_agrees(path, &format!("{verify} -crl_check -in a.p7m"));
        fs::write(path.join("other"), b"other").unwrap();
        let other = openssl(path, &format!("{verify} -in d.p7s -content other"));
        assert!(!other.status.success());
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_verify_what_openssl_signs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    fs::write(path.join("content"), CONTENT).unwrap();
    let v = HOUSE.verification();
    let sign = "cms -sign -binary -nodetach -md sha256 -outform DER -in content \
                -signer anna.pem -inkey anna.key";
    for options in ["-cades", "-cades -stream", "-cades -nosmimecap", "-cades -keyid"] {
        let message = openssl_agrees(path, &format!("{sign} {options}"));
        let verified = verify_foreign(&message, &v).passed();
        let verified = verified.unwrap_or_else(|shortfall| panic!("{options}: {shortfall}"));
        assert_eq!(verified.get().content(), CONTENT, "{options}");
    }
    // BER it is, if it streams.
    let streamed = openssl_agrees(path, &format!("{sign} -cades -stream"));
    assert!(SignedData::from_der(&streamed, Limits::default()).is_err());
    let parsed = SignedData::from_ber(&streamed, Limits::default()).unwrap();
    assert_eq!(parsed.claims().content(), Some(CONTENT));
    // Without signing-certificate-v2, without attributes, with two signers.
    let plain = openssl_agrees(path, sign);
    let expected = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE");
    assert_eq!(code(&verify_foreign(&plain, &v)), expected);
    let bare = openssl_agrees(path, &format!("{sign} -noattr"));
    assert_eq!(code(&verify_foreign(&bare, &v)), ("TOTAL-FAILED", "FORMAT_FAILURE"));
    let two = openssl_agrees(path, &format!("{sign} -cades -signer tsa.pem -inkey tsa.key"));
    // The second one's key is for time-stamps alone, so the message is no letter's.
    let expected = ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE");
    assert_eq!(code(&verify_foreign(&two, &v)), expected);
}
