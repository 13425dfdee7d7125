//! Certificates: every reader of a field, and path validation for every purpose.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::validate_path;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_fuzz::House;
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

const PURPOSES: [KeyPurpose; 7] = [
    KeyPurpose::LetterSignature,
    KeyPurpose::Authentication,
    KeyPurpose::Encryption,
    KeyPurpose::ElectronicSeal,
    KeyPurpose::TimeStamping,
    KeyPurpose::CertificateSigning,
    KeyPurpose::Tls,
];

fuzz_target!(|octets: &[u8]| {
    if let Ok(text) = std::str::from_utf8(octets) {
        let _ = Certificate::many_from_pem(text).is_ok();
    }
    let Ok(certificate) = Certificate::from_der(octets) else {
        return;
    };
    assert_eq!(certificate.der(), octets, "what was signed is kept verbatim");
    let again = Certificate::from_pem(&certificate.to_pem()).expect("our own PEM is read");
    assert_eq!(again.der(), octets);
    let _ = (certificate.common_name(), certificate.organisation(), certificate.email_addresses());
    let _ = (certificate.dns_names(), certificate.issuer_display(), certificate.subject_display());
    let _ = (certificate.serial_hex(), certificate.spki_sha256(), certificate.is_ca());
    let _ = (certificate.not_before(), certificate.not_after());
    let (anchors, policy) = (HOUSE.anchors(), AlgorithmPolicy::current());
    for purpose in PURPOSES {
        let _ = certificate.allows(purpose);
        let _ =
            validate_path(&certificate, &[], &[], HOUSE.now(), purpose, anchors, policy).is_ok();
    }
});
