//! One message for each mandatory check, wrong in that one place.

use super::forge::{Forge, algorithm, attribute, ess, protection};
use super::kinds::Signer;
use super::{CONTENT, code};
use crate::attributes::{
    CMS_ALGORITHM_PROTECTION, CONTENT_TYPE, ECDSA_WITH_SHA256, ID_AUTH_ENVELOPED_DATA, ID_DATA,
    ID_TST_INFO, MESSAGE_DIGEST, ObjectIdentifier, SEALPOST_PROFILE, SHA256, SHA384, SHA512,
    SIGNATURE_TIME_STAMP, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use crate::kdf::sha256;
use crate::keys::SignatureScheme;
use crate::limits;
use crate::signed::{verify_attached, verify_detached, verify_foreign};
use crate::testing::{HOUSE, NOW};
use crate::time::LocalTime;
use crate::tlv;

type Code = (&'static str, &'static str);
const PASSED: Code = ("TOTAL-PASSED", "");
const FORMAT: Code = ("TOTAL-FAILED", "FORMAT_FAILURE");
const HASH: Code = ("TOTAL-FAILED", "HASH_FAILURE");
const CRYPTO: Code = ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE");
const CONSTRAINTS: Code = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE");

fn forged(change: impl FnOnce(&mut Forge)) -> Forge {
    let mut forge = Forge::new(CONTENT);
    change(&mut forge);
    forge
}

fn ours(forge: &Forge) -> Code {
    code(&verify_attached(&forge.message(), &HOUSE.verification()))
}

fn foreign(forge: &Forge) -> Code {
    code(&verify_foreign(&forge.message(), &HOUSE.verification()))
}

fn octets(octets: &[u8]) -> Vec<u8> {
    tlv::element(tlv::OCTET_STRING, octets)
}

fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    tlv::element(tlv::OBJECT_IDENTIFIER, oid.as_bytes())
}

#[test]
fn the_forge_makes_good_messages_too() {
    assert_eq!(ours(&Forge::new(CONTENT)), PASSED);
    assert_eq!(foreign(&Forge::new(CONTENT)), PASSED);
    let extra =
        forged(|f| f.signed.as_mut().unwrap().push(attribute(SEALPOST_PROFILE, octets(b"1"))));
    assert_eq!(ours(&extra), PASSED);
}

#[test]
fn cms_107_another_cms_type_is_refused() {
    let other = forged(|f| f.outer_type = ID_AUTH_ENVELOPED_DATA);
    assert_eq!((ours(&other), foreign(&other)), (FORMAT, FORMAT));
}

#[test]
fn cms_108_versions_must_follow_from_what_is_inside() {
    for version in [0, 2, 3, 4, 5] {
        let wrong = forged(|f| f.version = version);
        assert_eq!((ours(&wrong), foreign(&wrong)), (FORMAT, FORMAT), "version {version}");
    }
    let wrong = forged(|f| f.signer_version = 3);
    assert_eq!((ours(&wrong), foreign(&wrong)), (FORMAT, FORMAT));
}

#[test]
fn cms_108_a_signer_named_by_key_identifier_is_read_from_foreigners_only() {
    let by_key = forged(|f| {
        let identifier = HOUSE.anna.subject_key_identifier().unwrap();
        f.sid = tlv::element(tlv::context_primitive(0), identifier);
        (f.version, f.signer_version) = (3, 3);
    });
    assert_eq!((ours(&by_key), foreign(&by_key)), (FORMAT, PASSED));
}

#[test]
fn cms_109_the_digest_must_be_announced_and_alone() {
    let none = forged(|f| f.digest_algorithms = vec![]);
    let other = forged(|f| f.digest_algorithms = vec![algorithm(&SHA512)]);
    assert_eq!((ours(&none), foreign(&none)), (FORMAT, FORMAT));
    assert_eq!((ours(&other), foreign(&other)), (FORMAT, FORMAT));
    let more = forged(|f| f.digest_algorithms.push(algorithm(&SHA512)));
    assert_eq!((ours(&more), foreign(&more)), (FORMAT, PASSED));
}

#[test]
fn cms_110_cms_111_certificates_and_lists_are_bounded() {
    let many = forged(|f| {
        f.certificates = vec![HOUSE.anna.der().to_vec(); limits::CERTIFICATES_MAX + 1];
    });
    assert_eq!(foreign(&many), FORMAT);
    let many = forged(|f| f.crls = vec![HOUSE.crls[0].der().to_vec(); limits::CRLS_MAX + 1]);
    assert_eq!(foreign(&many), FORMAT);
}

#[test]
fn unreadable_certificates_are_refused_from_us_and_skipped_from_foreigners() {
    let strange = forged(|f| f.certificates.push(tlv::element(tlv::SEQUENCE, &[5, 0])));
    assert_eq!((ours(&strange), foreign(&strange)), (FORMAT, PASSED));
    let strange = forged(|f| f.crls.push(tlv::element(tlv::SEQUENCE, &[5, 0])));
    assert_eq!((ours(&strange), foreign(&strange)), (FORMAT, PASSED));
}

#[test]
fn cms_112_our_sets_are_sorted() {
    let unsorted = forged(|f| f.sorted = false);
    assert_eq!((ours(&unsorted), foreign(&unsorted)), (FORMAT, PASSED));
}

#[test]
fn cms_113_nobody_signs_twice_and_somebody_signs() {
    for signers in [0, 2, 3] {
        let wrong = forged(|f| f.signers = signers);
        assert_eq!((ours(&wrong), foreign(&wrong)), (FORMAT, FORMAT), "{signers} signers");
    }
}

#[test]
fn cms_114_without_signed_attributes_nothing_is_believed() {
    let bare = forged(|f| f.signed = None);
    assert_eq!((ours(&bare), foreign(&bare)), (FORMAT, FORMAT));
    // The attack: the attributes of a real signature, passed off as a content.
    let mut attributes = Forge::new(CONTENT).signed.unwrap();
    attributes.sort();
    let presented = Forge::new(&tlv::element(tlv::SET, &attributes.concat()));
    let confused = Forge { signed: None, ..presented };
    assert_eq!((ours(&confused), foreign(&confused)), (FORMAT, FORMAT));
}

#[test]
fn cms_115_each_attribute_once_with_one_value() {
    for (at, name) in ["content-type", "message-digest", "signing-time", "ess", "protection"]
        .into_iter()
        .enumerate()
    {
        let twice = forged(|f| {
            let signed = f.signed.as_mut().unwrap();
            signed.push(signed[at].clone());
        });
        assert_eq!((ours(&twice), foreign(&twice)), (FORMAT, FORMAT), "{name} twice");
    }
    let two_values = |value: &[u8]| {
        let values = tlv::element(tlv::SET, &[value, value].concat());
        tlv::element(tlv::SEQUENCE, &[oid(SEALPOST_PROFILE), values].concat())
    };
    let two = forged(|f| f.signed.as_mut().unwrap().push(two_values(&octets(b"1"))));
    assert_eq!((ours(&two), foreign(&two)), (FORMAT, FORMAT));
    let none = tlv::element(tlv::SEQUENCE, &[oid(SEALPOST_PROFILE), vec![tlv::SET, 0]].concat());
    let none = forged(|f| f.signed.as_mut().unwrap().push(none));
    assert_eq!((ours(&none), foreign(&none)), (FORMAT, FORMAT));
    let many = forged(|f| {
        for number in 0..=limits::ATTRIBUTES_MAX {
            let oid = ObjectIdentifier::new(&format!("2.25.7.{number}")).unwrap();
            f.signed.as_mut().unwrap().push(attribute(oid, octets(b"")));
        }
    });
    assert_eq!((ours(&many), foreign(&many)), (FORMAT, FORMAT));
}

#[test]
fn cms_116_ours_claim_a_signing_time() {
    let timeless = Forge::new(CONTENT).with(SIGNING_TIME, None);
    assert_eq!((ours(&timeless), foreign(&timeless)), (CONSTRAINTS, PASSED));
}

#[test]
fn cms_117_cms_103_the_signature_must_verify() {
    let message = Forge::new(CONTENT).message();
    let at = message.len() - 1;
    let mut changed = message.clone();
    changed[at] ^= 1;
    assert_eq!(code(&verify_attached(&changed, &HOUSE.verification())), CRYPTO);
}

#[test]
fn cms_118_the_path_is_judged_at_the_proven_time_or_now() {
    let mut v = HOUSE.verification();
    // The signer claims a time at which the certificate was valid; a year before, it was not.
    v.now = LocalTime::from_unix(NOW - 400 * crate::testing::DAY);
    let outcome = verify_attached(&Forge::new(CONTENT).message(), &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"));
    // Her certificate has expired, and the authority's has not.
    v.now = LocalTime::from_unix(NOW + 400 * crate::testing::DAY);
    let anna = Signer::new(SignatureScheme::P256).signs();
    let bare = anna.attached(CONTENT, &[], &[]);
    assert_eq!(code(&verify_attached(&bare, &v)), ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"));
    let request = anna.time_stamp_request(7);
    let response = HOUSE.authority().respond(&request.to_der(), 1, LocalTime::from_unix(NOW));
    let token = crate::tsp::token_from_response(&response, &request).unwrap();
    let message = anna.with_time_stamp(token).attached(CONTENT, &[], &[]);
    assert_eq!(code(&verify_attached(&message, &v)), PASSED);
}

#[test]
fn cms_119_the_content_type_is_signed() {
    let missing = Forge::new(CONTENT).with(CONTENT_TYPE, None);
    assert_eq!((ours(&missing), foreign(&missing)), (FORMAT, FORMAT));
    let other = Forge::new(CONTENT).with(CONTENT_TYPE, Some(oid(ID_TST_INFO)));
    assert_eq!((ours(&other), foreign(&other)), (FORMAT, FORMAT));
    let relabelled = forged(|f| (f.content_type, f.version) = (ID_TST_INFO, 3));
    assert_eq!((ours(&relabelled), foreign(&relabelled)), (FORMAT, FORMAT));
}

#[test]
fn cms_120_algorithm_protection_must_agree_if_it_is_there() {
    let (digest, signature) = (algorithm(&SHA256), algorithm(&ECDSA_WITH_SHA256));
    for wrong in [
        protection(&algorithm(&SHA512), &signature),
        protection(&digest, &algorithm(&SHA512)),
        tlv::element(tlv::SEQUENCE, &digest),
        octets(b""),
    ] {
        let wrong = Forge::new(CONTENT).with(CMS_ALGORITHM_PROTECTION, Some(wrong));
        assert_eq!((ours(&wrong), foreign(&wrong)), (FORMAT, FORMAT));
    }
    let absent = Forge::new(CONTENT).with(CMS_ALGORITHM_PROTECTION, None);
    assert_eq!((ours(&absent), foreign(&absent)), (PASSED, PASSED));
}

#[test]
fn cms_121_unknown_algorithms_do_not_count() {
    let unknown = ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE");
    let sha1_with_ecdsa = ObjectIdentifier::new_unwrap("1.2.840.10045.4.1");
    let weak = forged(|f| f.signature_algorithm = algorithm(&sha1_with_ecdsa))
        .with(CMS_ALGORITHM_PROTECTION, None);
    assert_eq!(ours(&weak), unknown);
    let sha1 = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
    let weak = forged(|f| {
        f.digest_algorithm = algorithm(&sha1);
        f.digest_algorithms = vec![algorithm(&sha1)];
    });
    assert_eq!(ours(&weak.with(CMS_ALGORITHM_PROTECTION, None)), unknown);
    let with_parameters = tlv::element(tlv::SEQUENCE, &[oid(SHA256), octets(b"")].concat());
    let strange = forged(|f| {
        f.digest_algorithms = vec![with_parameters.clone()];
        f.digest_algorithm = with_parameters;
    });
    assert_eq!(ours(&strange.with(CMS_ALGORITHM_PROTECTION, None)), FORMAT);
}

#[test]
fn cms_122_the_content_must_have_the_signed_digest() {
    let other = Forge::new(CONTENT).with(MESSAGE_DIGEST, Some(octets(&sha256(b"other"))));
    assert_eq!((ours(&other), foreign(&other)), (HASH, HASH));
    let short = Forge::new(CONTENT).with(MESSAGE_DIGEST, Some(octets(&sha256(CONTENT)[..31])));
    assert_eq!(ours(&short), HASH);
    let missing = Forge::new(CONTENT).with(MESSAGE_DIGEST, None);
    assert_eq!((ours(&missing), foreign(&missing)), (FORMAT, FORMAT));
    let strange = Forge::new(CONTENT).with(MESSAGE_DIGEST, Some(oid(ID_DATA)));
    assert_eq!(ours(&strange), FORMAT);
}

#[test]
fn cms_123_cms_124_the_content_is_where_it_should_be() {
    let elsewhere = forged(|f| f.content = None);
    assert_eq!(ours(&elsewhere), ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND"));
    let v = HOUSE.verification();
    assert_eq!(code(&verify_detached(&elsewhere.message(), sha256(CONTENT), &v)), PASSED);
    let inside = Forge::new(CONTENT).message();
    assert_eq!(code(&verify_detached(&inside, sha256(CONTENT), &v)), FORMAT);
}

#[test]
fn cms_125_without_the_signers_certificate_there_is_no_verdict() {
    let without = forged(|f| f.certificates.clear());
    assert_eq!(ours(&without), ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND"));
    let certificates = [HOUSE.anna.clone()];
    let mut v = HOUSE.verification();
    v.certificates = &certificates;
    assert_eq!(code(&verify_attached(&without.message(), &v)), PASSED);
}

#[test]
fn cms_126_without_signing_certificate_v2_there_is_no_verdict() {
    let without = Forge::new(CONTENT).with(SIGNING_CERTIFICATE_V2, None);
    assert_eq!((ours(&without), foreign(&without)), (CONSTRAINTS, CONSTRAINTS));
}

#[test]
fn cms_127_signing_certificate_v2_binds_one_certificate() {
    let other = Forge::new(CONTENT).with(SIGNING_CERTIFICATE_V2, Some(ess(&HOUSE.bert.sha256())));
    assert_eq!((ours(&other), foreign(&other)), (FORMAT, FORMAT));
    let strange = Forge::new(CONTENT).with(SIGNING_CERTIFICATE_V2, Some(octets(b"")));
    assert_eq!(ours(&strange), FORMAT);
    // With issuer and serial number, and another digest, spelt out.
    let with = |digest: &[u8], serial_der: Vec<u8>| {
        let issuer = tlv::element(tlv::context(4), &HOUSE.anna.issuer_der());
        let issuer_serial = [tlv::element(tlv::SEQUENCE, &issuer), serial_der].concat();
        let id = [algorithm(&SHA384), octets(digest), tlv::element(tlv::SEQUENCE, &issuer_serial)];
        let id = tlv::element(tlv::SEQUENCE, &id.concat());
        let value = tlv::element(tlv::SEQUENCE, &tlv::element(tlv::SEQUENCE, &id));
        ours(&Forge::new(CONTENT).with(SIGNING_CERTIFICATE_V2, Some(value)))
    };
    let digest = <sha2::Sha384 as sha2::Digest>::digest(HOUSE.anna.der());
    assert_eq!(with(&digest, HOUSE.anna.serial_der()), PASSED);
    assert_eq!(with(&digest, HOUSE.bert.serial_der()), FORMAT);
}

#[test]
fn cms_128_a_signing_time_that_is_no_time_is_refused() {
    for wrong in [&b"261122031200"[..], b"2611220312Z", b"269922031200Z"] {
        let value = tlv::element(tlv::UTC_TIME, wrong);
        let wrong = Forge::new(CONTENT).with(SIGNING_TIME, Some(value));
        assert_eq!((ours(&wrong), foreign(&wrong)), (FORMAT, FORMAT));
    }
}

#[test]
fn cms_129_ours_have_no_other_unsigned_attribute() {
    let extra = forged(|f| f.unsigned = vec![attribute(SEALPOST_PROFILE, octets(b"1"))]);
    assert_eq!((ours(&extra), foreign(&extra)), (FORMAT, PASSED));
}

#[test]
fn cms_130_a_time_stamp_that_is_there_must_hold() {
    let broken = forged(|f| f.unsigned = vec![attribute(SIGNATURE_TIME_STAMP, octets(b"1"))]);
    assert_eq!((ours(&broken), foreign(&broken)), (FORMAT, FORMAT));
    // A token over another signature.
    let request = HOUSE.signs(b"other").time_stamp_request(1);
    let response = HOUSE.authority().respond(&request.to_der(), 1, LocalTime::from_unix(NOW));
    let token = crate::tsp::token_from_response(&response, &request).unwrap();
    let moved = forged(|f| f.unsigned = vec![attribute(SIGNATURE_TIME_STAMP, token.clone())]);
    assert_eq!((ours(&moved), foreign(&moved)), (HASH, HASH));
}

#[test]
fn cms_131_a_demanded_time_stamp_must_be_there() {
    let mut v = HOUSE.verification();
    v.require_time_stamp = true;
    let outcome = verify_attached(&Forge::new(CONTENT).message(), &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "NO_POE"));
}
