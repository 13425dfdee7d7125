//! The examples of RFC 4134, S/MIME as it was in 1999: DSA, RSA of 1024 bits, SHA-1, Triple-DES and RC2.
//!
//! No algorithm of theirs counts any more, so each must be read as far as it can be, refused with the
//! verdict that says why, and never crash anybody, be it cut short or changed anywhere.

use crate::ber;
use crate::certificate::{Certificate, KeyPurpose};
use crate::enveloped::AuthEnveloped;
use crate::keys::{DecryptionKey, SigningKey};
use crate::path::{Crl, TrustAnchors, validate_path};
use crate::policy::{AlgorithmPolicy, KeyKind};
use crate::signed::{Verification, verify_attached, verify_foreign};
use crate::stream::{self, SealedReader};
use crate::time::LocalTime;

/// 2003-01-01T00:00:00Z: all certificates of the examples are valid.
const THEN: i64 = 1_041_379_200;

/// A file of the examples.
macro_rules! sample {
    ($file:literal) => {{
        let octets: &[u8] =
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/rfc4134/", $file));
        ($file, octets)
    }};
}

type Sample = (&'static str, &'static [u8]);

/// Every message, by the section that describes it, and what is said about it as a signed one.
fn messages() -> Vec<(Sample, &'static str)> {
    const NO_SIGNED_DATA: &str = "FORMAT_FAILURE";
    // Signed attributes are mandatory here, before any algorithm is looked at.
    const NO_ATTRIBUTES: &str = "FORMAT_FAILURE";
    const NO_SIGNER: &str = "FORMAT_FAILURE";
    // With signed attributes, and signed with DSA and SHA-1.
    const NOT_PERMITTED: &str = "CRYPTO_CONSTRAINTS_FAILURE";
    vec![
        (sample!("3.1.bin"), NO_SIGNED_DATA),
        (sample!("3.2.bin"), NO_SIGNED_DATA),
        (sample!("4.1.bin"), NO_ATTRIBUTES),
        (sample!("4.2.bin"), NO_ATTRIBUTES),
        (sample!("4.3.bin"), NO_ATTRIBUTES),
        (sample!("4.4.bin"), NOT_PERMITTED),
        (sample!("4.5.bin"), NO_ATTRIBUTES),
        // Two signers.
        (sample!("4.6.bin"), "FORMAT_FAILURE"),
        (sample!("4.7.bin"), NO_ATTRIBUTES),
        (sample!("4.8-signature.bin"), NO_ATTRIBUTES),
        (sample!("4.9.bin"), NO_ATTRIBUTES),
        (sample!("4.10.bin"), NOT_PERMITTED),
        // Certificates and nobody who signs.
        (sample!("4.11.bin"), NO_SIGNER),
        (sample!("5.1.bin"), NO_SIGNED_DATA),
        (sample!("5.2.bin"), NO_SIGNED_DATA),
        (sample!("5.3.bin"), NO_SIGNED_DATA),
        (sample!("6.0.bin"), NO_SIGNED_DATA),
        (sample!("7.1.bin"), NO_SIGNED_DATA),
        (sample!("7.2.bin"), NO_SIGNED_DATA),
    ]
}

fn certificate(octets: &[u8]) -> Certificate {
    Certificate::from_der(octets).unwrap()
}

/// Both authorities of the examples, trusted as if it were 1999.
fn anchors() -> TrustAnchors {
    let mut anchors = TrustAnchors::new();
    anchors.add(certificate(sample!("CarlRSASelf.cer").1));
    anchors.add(certificate(sample!("CarlDSSSelf.cer").1));
    anchors
}

fn verdict(message: &[u8], anchors: &TrustAnchors) -> &'static str {
    let v = Verification {
        anchors,
        certificates: &[],
        crls: &[],
        policy: AlgorithmPolicy::current(),
        now: LocalTime::from_unix(THEN),
        purpose: KeyPurpose::LetterSignature,
        require_time_stamp: false,
    };
    assert!(verify_attached(message, &v).passed().is_err());
    if let Ok(outcome) = stream::verify(message, Vec::new(), u64::MAX, &v) {
        assert!(outcome.passed().is_err());
    }
    verify_foreign(message, &v).passed().map_or_else(|miss| miss.sub.code(), |_| "passed")
}

#[test]
fn every_message_is_refused_and_says_why() {
    let anchors = anchors();
    let mut differences = Vec::new();
    for ((name, octets), expected) in messages() {
        let said = verdict(octets, &anchors);
        if said != expected {
            differences.push(format!("{name}: {said}, expected {expected}"));
        }
        let opened = ber::to_der(octets)
            .map_err(|error| error.code())
            .and_then(|der| AuthEnveloped::from_der(&der).map(drop).map_err(|error| error.code()));
        assert_eq!(opened, Err("unsupported"), "{name}");
        assert!(SealedReader::new(octets).is_err(), "{name}");
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn certificates_are_read_and_their_keys_are_not_ours() {
    let rsa = Some(KeyKind::Rsa { bits: 1024 });
    for ((name, octets), kind) in [
        (sample!("AliceDSSSignByCarlNoInherit.cer"), None),
        (sample!("AliceRSASignByCarl.cer"), rsa),
        (sample!("BobRSASignByCarl.cer"), rsa),
        (sample!("CarlDSSSelf.cer"), None),
        (sample!("CarlRSASelf.cer"), rsa),
        (sample!("DianeDSSSignByCarlInherit.cer"), None),
        (sample!("DianeRSASignByCarl.cer"), rsa),
    ] {
        let leaf = certificate(octets);
        assert_eq!(leaf.key_kind(), kind, "{name}");
        if leaf.is_ca() {
            continue;
        }
        let policy = AlgorithmPolicy::current();
        let purpose = KeyPurpose::LetterSignature;
        let miss = validate_path(&leaf, &[], &[], THEN, purpose, &anchors(), policy).unwrap_err();
        assert_eq!(miss.sub.code(), "CRYPTO_CONSTRAINTS_FAILURE", "{name}");
    }
}

#[test]
fn revocation_lists_of_version_1_are_refused() {
    for (name, octets) in [
        sample!("CarlDSSCRLForAll.crl"),
        sample!("CarlDSSCRLForCarl.crl"),
        sample!("CarlDSSCRLEmpty.crl"),
        sample!("CarlRSACRLForAll.crl"),
        sample!("CarlRSACRLForCarl.crl"),
        sample!("CarlRSACRLEmpty.crl"),
    ] {
        assert_eq!(Crl::from_der(octets).map(drop).unwrap_err().code(), "malformed", "{name}");
    }
}

#[test]
fn private_keys_are_too_short_or_of_another_kind() {
    for (name, octets) in [
        sample!("AlicePrivDSSSign.pri"),
        sample!("AlicePrivRSASign.pri"),
        sample!("BobPrivRSAEncrypt.pri"),
        sample!("CarlPrivDSSSign.pri"),
        sample!("CarlPrivRSASign.pri"),
        sample!("DianePrivDSSSign.pri"),
        sample!("DianePrivRSASignEncrypt.pri"),
    ] {
        assert!(SigningKey::from_pkcs8_der(octets).is_err(), "{name}");
        assert!(DecryptionKey::from_pkcs8_der(octets).is_err(), "{name}");
    }
}

/// The content that all of them are about.
#[test]
fn the_content_of_a_signature_is_the_one_that_the_examples_share() {
    let (_, content) = sample!("ExContent.bin");
    for (name, octets) in [sample!("4.2.bin"), sample!("4.9.bin")] {
        let found = octets.windows(content.len()).any(|octets| octets == content);
        assert!(found, "{name}");
    }
}

#[test]
fn cut_and_changed_messages_crash_nobody_and_never_pass() {
    let anchors = anchors();
    let judge = |octets: &[u8]| {
        assert_ne!(verdict(octets, &anchors), "passed");
        if let Ok(der) = ber::to_der(octets) {
            assert!(AuthEnveloped::from_der(&der).is_err());
        }
        assert!(SealedReader::new(octets).is_err());
    };
    for ((_, octets), _) in messages() {
        for end in (0..octets.len()).step_by(STRIDE) {
            judge(&octets[..end]);
            let mut changed = octets.to_vec();
            changed[end] ^= 0x81;
            judge(&changed);
        }
    }
}

/// Every so many octets, an odd number so that all parts of an element are met: all of them take a
/// minute, which fuzzing has and a test has not.
const STRIDE: usize = 7;
