//! Two judges: what we write, OpenSSL reads; what OpenSSL writes, we read.

use std::fs;
use std::path::Path;

use super::*;
use crate::testing::{openssl, openssl_agrees};

/// The key and its certificate as PEM files, the root beside them.
fn laid_out(folder: &Path, keyed: &Keyed) {
    let ending = der::pem::LineEnding::LF;
    let pem = der::pem::encode_string("PRIVATE KEY", ending, &keyed.pkcs8).unwrap();
    fs::write(folder.join("key.pem"), pem).unwrap();
    fs::write(folder.join("certificate.pem"), keyed.certificate.to_pem()).unwrap();
    fs::write(folder.join("root.pem"), HOUSE.root.to_pem()).unwrap();
    fs::write(folder.join("password"), PASSWORD).unwrap();
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_reads_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for keyed in all_kinds().0 {
        laid_out(path, &keyed);
        fs::write(path.join("ours.p12"), written(&keyed, 1000)).unwrap();
        let read = "pkcs12 -in ours.p12 -passin file:password -nodes";
        let text = String::from_utf8(openssl_agrees(path, read)).unwrap();
        for certificate in [&keyed.certificate, &HOUSE.root] {
            assert!(
                text.contains(certificate.to_pem().trim()),
                "{:?}",
                keyed.certificate.key_kind()
            );
        }
        fs::write(path.join("text.pem"), &text).unwrap();
        let key = openssl_agrees(path, "pkcs8 -topk8 -nocrypt -in text.pem -outform DER");
        let again = crate::pkcs12::read::public_half(&key).unwrap();
        assert_eq!(again, keyed.certificate.spki_der());
        assert!(text.contains("localKeyID"), "other programs match keys by it");
        let wrong = openssl(path, "pkcs12 -in ours.p12 -passin pass:wrong -nodes");
        assert!(!wrong.status.success());
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_read_what_openssl_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let export = "pkcs12 -export -inkey key.pem -in certificate.pem -certfile root.pem \
                  -passout file:password";
    for keyed in all_kinds().0 {
        laid_out(path, &keyed);
        for options in ["", "-name anna -iter 5000", "-macalg sha512", "-macalg sha384 -maciter"] {
            let octets = openssl_agrees(path, &format!("{export} {options}"));
            is_it(&read(&octets, PASSWORD).unwrap(), &keyed);
            assert_eq!(refused(&octets, "wrong"), Pkcs12Error::PasswordOrChanged);
        }
        // Certificates in the clear are fine: the code is over them.
        let octets = openssl_agrees(path, &format!("{export} -certpbe NONE"));
        is_it(&read(&octets, PASSWORD).unwrap(), &keyed);
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn pfx_010_pfx_018_what_openssl_wrote_in_former_times_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    laid_out(path, &signing(SignatureScheme::P256));
    let export = "pkcs12 -export -inkey key.pem -in certificate.pem -passout file:password";
    for (options, algorithm) in [
        ("-macalg sha1", "HMAC with SHA-1"),
        ("-keypbe PBE-SHA1-3DES", "3DES with three keys"),
        ("-certpbe PBE-SHA1-3DES", "3DES with three keys"),
        ("-keypbe PBE-SHA1-2DES", "3DES with two keys"),
        ("-keypbe DES-EDE3-CBC", "3DES"),
        ("-legacy -macalg sha256", "RC2 with 40 bits"),
        ("-legacy -macalg sha256 -certpbe PBE-SHA1-RC2-128", "RC2 with 128 bits"),
    ] {
        let octets = openssl_agrees(path, &format!("{export} {options}"));
        let error = refused(&octets, PASSWORD);
        assert_eq!(error, Pkcs12Error::Legacy { algorithm }, "{options}");
        assert_eq!(error.code(), "pkcs12-legacy-algorithm");
    }
    // Not broken, but nothing that we write or need.
    let octets = openssl_agrees(path, &format!("{export} -keypbe CAMELLIA-256-CBC"));
    assert_eq!(refused(&octets, PASSWORD), Pkcs12Error::UnknownAlgorithm);
    // [PFX-005]
    let octets = openssl_agrees(path, &format!("{export} -nomac"));
    assert_eq!(refused(&octets, PASSWORD), Pkcs12Error::Unprotected);
    // [PFX-011]
    let octets = openssl_agrees(path, &format!("{export} -keypbe NONE"));
    assert_eq!(refused(&octets, PASSWORD), Pkcs12Error::Unprotected);
    // [PFX-015]
    let octets = openssl_agrees(path, &format!("{export} -nokeys"));
    assert_eq!(code(&octets), "pkcs12-malformed");
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn a_key_that_is_too_short_is_refused_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (bits, expected) in [(1024, "pkcs12-key-refused"), (2048, "read")] {
        openssl_agrees(
            path,
            &format!(
                "req -x509 -newkey rsa:{bits} -nodes -subj /CN=Old -keyout key.pem -out c.pem"
            ),
        );
        fs::write(path.join("password"), PASSWORD).unwrap();
        let export = "pkcs12 -export -inkey key.pem -in c.pem -passout file:password";
        let octets = openssl_agrees(path, export);
        assert_eq!(code(&octets), expected);
        if let Ok(file) = read(&octets, PASSWORD) {
            // It opens old letters, and signs none. [PFX-016]
            assert!(file.entries[0].decryption_key().is_ok());
            assert_eq!(file.entries[0].signing_key().err(), Some(KeyError::Size));
        }
    }
}
