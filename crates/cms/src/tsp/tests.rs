use std::fs;

use super::*;
use crate::asn1_time;
use crate::attributes::{ID_DATA, ID_TST_INFO, ObjectIdentifier, SHA256, SHA512};
use crate::certificate::Certificate;
use crate::issue::{self, Issuer, Profile, Validity};
use crate::kdf::sha256;
use crate::keys::SigningKey;
use crate::limits;
use crate::signed::{ContentRef, request_signature};
use crate::testing::{DAY, HOUSE, NOW, TSA_POLICY, openssl_agrees, rng};
use crate::time::{ClaimedTime, LocalTime};
use crate::tlv::{self, Writer};
use crate::verdict::Outcome;

const IMPRINT: [u8; 32] = [0xab; 32];
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");

fn now() -> LocalTime {
    LocalTime::from_unix(NOW)
}

fn responds(request_der: &[u8]) -> Vec<u8> {
    HOUSE.authority().respond(request_der, 0xfedc_ba98_7654_3210, now())
}

fn token() -> Vec<u8> {
    let request = TimeStampRequest::new(IMPRINT, 7);
    token_from_response(&responds(&request.to_der()), &request).unwrap()
}

fn code<T>(outcome: &Outcome<T>) -> (&'static str, &'static str) {
    (outcome.indication(), outcome.shortfall().map_or("", |shortfall| shortfall.sub.code()))
}

fn verdict(token: &[u8]) -> (&'static str, &'static str) {
    code(&verify_token(token, IMPRINT, &HOUSE.verification()))
}

const PASSED: (&str, &str) = ("TOTAL-PASSED", "");
const FORMAT: (&str, &str) = ("TOTAL-FAILED", "FORMAT_FAILURE");

#[test]
fn a_token_proves_its_time() {
    let outcome = verify_token(&token(), IMPRINT, &HOUSE.verification());
    let verified = outcome.passed().unwrap();
    assert_eq!(verified.proven().unix(), NOW);
    assert_eq!(verified.get().claimed(), ClaimedTime::from_unix(NOW));
    assert_eq!(verified.get().serial(), [0, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10]);
    assert_eq!(verified.get().policy(), TSA_POLICY);
    assert_eq!(verified.finding().signer, HOUSE.tsa);
}

#[test]
fn requests_read_back_and_nonces_are_integers() {
    for nonce in [0, 1, 127, 128, u64::MAX] {
        let request = TimeStampRequest::new(IMPRINT, nonce);
        let again = TimeStampRequest::from_der(&request.to_der()).unwrap();
        assert!(again == request);
        assert_eq!(again.imprint(), IMPRINT);
        assert!(token_from_response(&responds(&request.to_der()), &request).is_ok());
    }
}

/// A request in parts.
struct Asked {
    version: Vec<u8>,
    digest: ObjectIdentifier,
    imprint: Vec<u8>,
    rest: Vec<u8>,
}

fn asked() -> Asked {
    Asked { version: vec![1], digest: SHA256, imprint: IMPRINT.to_vec(), rest: Vec::new() }
}

impl Asked {
    fn refused_with(&self) -> TspError {
        let der = tlv::nested(tlv::SEQUENCE, |request| {
            request.element(tlv::INTEGER, &self.version);
            request.nest(tlv::SEQUENCE, |imprint| {
                imprint.nest(tlv::SEQUENCE, |algorithm| algorithm.oid(&self.digest));
                imprint.element(tlv::OCTET_STRING, &self.imprint);
            });
            request.raw(&self.rest);
        });
        failure(&der)
    }
}

fn failure(request_der: &[u8]) -> TspError {
    let any = TimeStampRequest::new(IMPRINT, 7);
    token_from_response(&responds(request_der), &any).expect_err("a refusal")
}

fn rejected(bit: u8) -> TspError {
    TspError::Rejected { status: 2, failure: Some(bit) }
}

#[test]
fn tsp_001_to_006_each_wrong_request_is_refused_with_its_own_reason() {
    let oid = |oid: &ObjectIdentifier| tlv::element(tlv::OBJECT_IDENTIFIER, oid.as_bytes());
    let (bad_algorithm, bad_request, bad_format) = (rejected(0), rejected(2), rejected(5));
    // [TSP-001]
    assert_eq!(Asked { version: vec![2], ..asked() }.refused_with(), bad_request);
    // [TSP-002]
    let nonce = tlv::element(tlv::INTEGER, &[1; limits::TIME_STAMP_INTEGER_OCTETS_MAX + 1]);
    assert_eq!(Asked { rest: nonce, ..asked() }.refused_with(), bad_format);
    // [TSP-003]
    let extension = tlv::nested(tlv::context(0), |extensions| {
        extensions.nest(tlv::SEQUENCE, |extension| {
            extension.oid(&ID_DATA);
            extension.element(tlv::BOOLEAN, &[0xff]);
            extension.element(tlv::OCTET_STRING, &[5, 0]);
        });
    });
    assert_eq!(Asked { rest: extension, ..asked() }.refused_with(), rejected(16));
    // [TSP-004]
    assert_eq!(Asked { digest: SHA1, ..asked() }.refused_with(), bad_algorithm);
    // [TSP-005]
    assert_eq!(Asked { imprint: vec![1; 31], ..asked() }.refused_with(), bad_format);
    assert_eq!(Asked { imprint: vec![1; 33], ..asked() }.refused_with(), bad_format);
    assert_eq!(Asked { digest: SHA512, ..asked() }.refused_with(), bad_format);
    // [TSP-006]
    assert_eq!(Asked { rest: oid(&ID_DATA), ..asked() }.refused_with(), rejected(15));
    // No request at all, or one in BER.
    assert_eq!(failure(b""), bad_format);
    assert_eq!(failure(b"GET / HTTP/1.1"), bad_format);
    let explicit_false = tlv::element(tlv::BOOLEAN, &[0]);
    assert_eq!(Asked { rest: explicit_false, ..asked() }.refused_with(), bad_format);
    let mut behind = TimeStampRequest::new(IMPRINT, 7).to_der();
    behind.push(0);
    assert_eq!(failure(&behind), bad_format);
    assert_eq!(failure(&vec![0x30; limits::TIME_STAMP_REQUEST_OCTETS_MAX + 1]), bad_format);
}

#[test]
fn an_authority_with_another_key_issues_nothing() {
    let mut authority = HOUSE.authority();
    authority.key = &HOUSE.anna_key;
    let request = TimeStampRequest::new(IMPRINT, 7);
    let response = authority.respond(&request.to_der(), 1, now());
    assert_eq!(token_from_response(&response, &request), Err(rejected(25)));
}

#[test]
fn tsp_007_tsp_008_an_answer_to_another_question_is_refused() {
    let request = TimeStampRequest::new(IMPRINT, 7);
    let response = responds(&request.to_der());
    let refused = |request| token_from_response(&response, &request).err();
    assert_eq!(refused(TimeStampRequest::new([1; 32], 7)), Some(TspError::OtherImprint));
    assert_eq!(refused(TimeStampRequest::new(IMPRINT, 8)), Some(TspError::OtherNonce));
    assert_eq!(TspError::OtherNonce.code(), "time-stamp-other-nonce");
}

#[test]
fn tsp_009_a_token_under_another_policy_is_refused() {
    let request = TimeStampRequest::new(IMPRINT, 7);
    let mut der = Writer::new();
    der.small(1);
    der.raw(request.imprint_der());
    der.oid(&ID_DATA);
    der.element(tlv::INTEGER, &[7]);
    let asked = TimeStampRequest::from_der(&tlv::element(tlv::SEQUENCE, der.octets())).unwrap();
    let response = responds(&request.to_der());
    assert_eq!(token_from_response(&response, &asked), Err(TspError::OtherPolicy));
}

#[test]
fn tsp_010_a_token_comes_with_a_grant_and_only_then() {
    let request = TimeStampRequest::new(IMPRINT, 7);
    let answer = |status: u8, token: &[u8]| {
        let response = tlv::nested(tlv::SEQUENCE, |response| {
            response.nest(tlv::SEQUENCE, |info| info.small(status));
            response.raw(token);
        });
        token_from_response(&response, &request)
    };
    assert!(answer(0, &token()).is_ok());
    assert!(answer(1, &token()).is_ok());
    assert_eq!(answer(0, &[]), Err(TspError::Malformed));
    let refused = TspError::Rejected { status: 2, failure: None };
    assert_eq!(answer(2, &token()), Err(refused));
    assert_eq!(token_from_response(b"<html>", &request), Err(TspError::Malformed));
    let huge = vec![0x30; limits::TIME_STAMP_OCTETS_MAX + 1];
    assert_eq!(token_from_response(&huge, &request), Err(TspError::Malformed));
}

#[test]
fn tsp_011_a_token_over_another_digest_proves_nothing() {
    let outcome = verify_token(&token(), [1; 32], &HOUSE.verification());
    assert_eq!(code(&outcome), ("TOTAL-FAILED", "HASH_FAILURE"));
}

#[test]
fn tsp_012_a_token_from_the_future_is_not_believed() {
    let token = token();
    let mut v = HOUSE.verification();
    v.now = LocalTime::from_unix(NOW - limits::CLOCK_TOLERANCE_SECONDS);
    assert_eq!(code(&verify_token(&token, IMPRINT, &v)), PASSED);
    v.now = LocalTime::from_unix(NOW - limits::CLOCK_TOLERANCE_SECONDS - 1);
    let outcome = verify_token(&token, IMPRINT, &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE"));
}

#[test]
fn tsp_013_the_authority_must_be_one_at_its_time() {
    // A key for letters stamps.
    let signed_by = |certificate: &Certificate, key: &SigningKey| {
        stamped(certificate, key, &TstParts::default())
    };
    let outcome = verdict(&signed_by(&HOUSE.anna, &HOUSE.anna_key));
    assert_eq!(outcome, ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE"));
    assert_eq!(verdict(&signed_by(&HOUSE.tsa, &HOUSE.tsa_key)), PASSED);
    // It was revoked before.
    let crls = [HOUSE.revokes(&[(&HOUSE.tsa, NOW - 1)])];
    let mut v = HOUSE.verification();
    v.crls = &crls;
    let outcome = verify_token(&token(), IMPRINT, &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "REVOKED_NO_POE"));
    // It was not certified yet.
    let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
    let profile = Profile::TimeStamping { organisation: "North Ltd", domain: "north.example" };
    let validity = Validity { not_before: NOW + 1, not_after: NOW + DAY };
    let spki = HOUSE.tsa_key.spki_der();
    let early = issue::issue(issuer, profile, &spki, validity, &mut rng()).unwrap();
    let outcome = verdict(&signed_by(&early, &HOUSE.tsa_key));
    assert_eq!(outcome, ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE"));
}

/// What a TSTInfo may say wrong.
struct TstParts {
    content_type: ObjectIdentifier,
    version: u8,
    gen_time: Vec<u8>,
    behind: Vec<u8>,
}

impl Default for TstParts {
    fn default() -> Self {
        Self {
            content_type: ID_TST_INFO,
            version: 1,
            gen_time: asn1_time::generalized_time_der(NOW),
            behind: Vec::new(),
        }
    }
}

fn stamped(certificate: &Certificate, key: &SigningKey, parts: &TstParts) -> Vec<u8> {
    let info = tlv::nested(tlv::SEQUENCE, |info| {
        info.small(parts.version);
        info.oid(&TSA_POLICY);
        info.raw(TimeStampRequest::new(IMPRINT, 7).imprint_der());
        info.small(1);
        info.raw(&parts.gen_time);
        info.raw(&parts.behind);
    });
    let at = ClaimedTime::from_unix(NOW);
    let content = ContentRef::of(&info);
    let asked = request_signature(content, Some(parts.content_type), certificate, at, &[]);
    let answer = key.answer(&asked);
    asked.answered(answer).unwrap().attached(&info, &[], &[])
}

#[test]
fn tsp_014_tsp_015_only_a_tst_info_that_we_understand_counts() {
    let by_tsa = |parts: TstParts| verdict(&stamped(&HOUSE.tsa, &HOUSE.tsa_key, &parts));
    assert_eq!(by_tsa(TstParts::default()), PASSED);
    assert_eq!(by_tsa(TstParts { content_type: ID_DATA, ..TstParts::default() }), FORMAT);
    assert_eq!(by_tsa(TstParts { version: 2, ..TstParts::default() }), FORMAT);
    let utc = asn1_time::time_der(NOW);
    assert_eq!(by_tsa(TstParts { gen_time: utc, ..TstParts::default() }), FORMAT);
    let extension = |critical: &[u8]| {
        tlv::nested(tlv::context(1), |extensions| {
            extensions.nest(tlv::SEQUENCE, |extension| {
                extension.oid(&ID_DATA);
                extension.raw(critical);
                extension.element(tlv::OCTET_STRING, &[5, 0]);
            });
        })
    };
    let critical = extension(&[tlv::BOOLEAN, 1, 0xff]);
    assert_eq!(by_tsa(TstParts { behind: critical, ..TstParts::default() }), FORMAT);
    let other = extension(&[]);
    assert_eq!(by_tsa(TstParts { behind: other, ..TstParts::default() }), PASSED);
    let unknown = tlv::element(tlv::context(2), &[]);
    assert_eq!(by_tsa(TstParts { behind: unknown, ..TstParts::default() }), FORMAT);
}

#[test]
fn tsp_016_a_time_is_accurate_to_the_second() {
    let accurate_to = |fields: &[(u8, &[u8])]| {
        let behind = tlv::nested(tlv::SEQUENCE, |accuracy| {
            for (tag, value) in fields {
                accuracy.element(*tag, value);
            }
        });
        let parts = TstParts { behind, ..TstParts::default() };
        verdict(&stamped(&HOUSE.tsa, &HOUSE.tsa_key, &parts))
    };
    let (seconds, millis, micros) =
        (tlv::INTEGER, tlv::context_primitive(0), tlv::context_primitive(1));
    for fine in [
        &[][..],
        &[(seconds, &[0][..])],
        &[(seconds, &[1])],
        &[(millis, &[3, 0xe7])],
        &[(seconds, &[0]), (millis, &[1]), (micros, &[1])],
    ] {
        assert_eq!(accurate_to(fine), PASSED, "{fine:?}");
    }
    let coarse = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE");
    for fields in [
        &[(seconds, &[2][..])][..],
        &[(seconds, &[1]), (millis, &[1])],
        &[(seconds, &[1]), (micros, &[1])],
        &[(seconds, &[1, 0])],
        &[(seconds, &[0x0e, 0x10])],
        &[(seconds, &[0xff])],
    ] {
        assert_eq!(accurate_to(fields), coarse, "{fields:?}");
    }
    assert_eq!(accurate_to(&[(micros, &[1]), (millis, &[1])]), FORMAT);
}

#[test]
fn a_fraction_of_a_second_counts_as_the_whole() {
    let mut gen_time = asn1_time::generalized_time_der(NOW)[2..].to_vec();
    gen_time.truncate(gen_time.len() - 1);
    gen_time.extend(b".25Z");
    let gen_time = tlv::element(tlv::GENERALIZED_TIME, &gen_time);
    let parts = TstParts { gen_time, ..TstParts::default() };
    let token = stamped(&HOUSE.tsa, &HOUSE.tsa_key, &parts);
    let verified = verify_token(&token, IMPRINT, &HOUSE.verification()).passed().unwrap();
    assert_eq!(verified.proven().unix(), NOW + 1);
}

#[test]
fn no_changed_octet_of_a_token_is_accepted() {
    let token = token();
    for at in 0..token.len() {
        let mut changed = token.clone();
        changed[at] ^= 1 << (at % 8);
        assert_ne!(verdict(&changed), PASSED, "octet {at}");
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_asks_and_verifies_our_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    fs::write(path.join("data"), b"what is stamped").unwrap();
    let queries = [
        "-sha256 -cert",
        "-sha256 -cert -no_nonce",
        "-sha256 -no_nonce",
        "-sha256",
        "-sha256 -cert -tspolicy 2.25.1397048400.3",
        "-sha384 -cert",
        "-sha512 -cert",
    ];
    for options in queries {
        let query = format!("ts -query -data data {options}");
        let request = openssl_agrees(path, &query);
        fs::write(path.join("query.tsq"), &request).unwrap();
        fs::write(path.join("reply.tsr"), responds(&request)).unwrap();
        let text = openssl_agrees(path, "ts -reply -in reply.tsr -text");
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(text.contains("Status: Granted."), "{text}");
        assert!(text.contains("Nov 22 03:12:00 2026 GMT"), "{text}");
        let verify = format!("ts -verify -in reply.tsr -CAfile root.pem -attime {NOW}");
        let signer = if options.contains("-cert") { "" } else { "-untrusted tsa.pem" };
        openssl_agrees(path, &format!("{verify} {signer} -queryfile query.tsq"));
        openssl_agrees(path, &format!("{verify} {signer} -data data"));
    }
    for (options, reason) in [
        ("-sha1", "unrecognized or unsupported algorithm identifier"),
        ("-sha256 -tspolicy 1.2.3", "the requested TSA policy is not supported by the TSA"),
    ] {
        let request = openssl_agrees(path, &format!("ts -query -data data {options}"));
        fs::write(path.join("reply.tsr"), responds(&request)).unwrap();
        let text = openssl_agrees(path, "ts -reply -in reply.tsr -text");
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(text.contains("Status: Rejected.") && text.contains(reason), "{text}");
    }
}

const OPENSSL_AUTHORITY: &str = "
[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
";

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_ask_openssl_and_verify_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let present = i64::try_from(present.as_secs()).unwrap();
    let signed = b"a signature";
    let request = TimeStampRequest::new(sha256(signed), u64::MAX);
    fs::write(path.join("query.tsq"), request.to_der()).unwrap();
    let text = openssl_agrees(path, "ts -query -in query.tsq -text");
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(
        text.contains("Nonce: 0xFFFFFFFFFFFFFFFF") && text.contains("Certificate required: yes")
    );
    let crls = [HOUSE.list(present - DAY, present + DAY, &[])];
    let mut v = HOUSE.verification();
    v.now = LocalTime::from_unix(present);
    v.crls = &crls;
    let answered = |digest: &str| {
        let configuration = OPENSSL_AUTHORITY.replace("ess_cert_id_alg = sha256", digest);
        fs::write(path.join("tsa.cnf"), configuration).unwrap();
        fs::write(path.join("serial"), "0A\n").unwrap();
        let reply = openssl_agrees(path, "ts -reply -queryfile query.tsq -config tsa.cnf");
        token_from_response(&reply, &request).unwrap()
    };
    for digest in ["ess_cert_id_alg = sha256", "ess_cert_id_alg = sha512"] {
        let token = answered(digest);
        let outcome = verify_token(&token, sha256(signed), &v);
        let verified = outcome.passed().unwrap_or_else(|shortfall| panic!("{digest}: {shortfall}"));
        assert!((verified.proven().unix() - present).abs() < 120);
        assert_eq!(verified.get().policy().to_string(), "1.2.3.4");
    }
    // RFC 5816 replaced SHA-1 in 2010: a token bound by it alone is not believed.
    let outcome = verify_token(&answered("ess_cert_id_alg = sha1"), sha256(signed), &v);
    assert_eq!(code(&outcome), ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"));
}
