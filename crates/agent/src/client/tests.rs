use super::*;
use crate::errors::Language;

fn said(body: &str) -> (String, Option<String>) {
    let PostError::Refused { code, status, sub_indication } =
        refused(StatusCode::CONFLICT, body.as_bytes())
    else {
        panic!("a refusal");
    };
    assert_eq!(status, 409);
    (code, sub_indication)
}

#[test]
fn agt_007_of_a_refusal_only_codes_are_repeated() {
    let problem = |code: &str, more: &str| {
        format!(r#"{{"type":"urn:sealpost:problem:{code}","title":"T","status":409{more}}}"#)
    };
    assert_eq!(said(&problem("letter-expired", "")), ("letter-expired".to_owned(), None));
    let revoked = said(&problem("certificate-refused", r#","sub_indication":"REVOKED""#));
    assert_eq!(revoked, ("certificate-refused".to_owned(), Some("REVOKED".to_owned())));
    for strange in ["", "\\u001b[2J", "Anna Adler", "a@b", &"x".repeat(65), "urn:other"] {
        assert_eq!(said(&problem(strange, "")).0, "unknown", "{strange}");
    }
    let strange = said(&problem("busy", r#","sub_indication":"see https://evil.example""#));
    assert_eq!(strange, ("busy".to_owned(), None));
    for body in ["", "<html>", "[]", "{}", "\u{ff}"] {
        assert_eq!(said(body), ("unknown".to_owned(), None), "{body}");
    }
    let error =
        refused(StatusCode::FORBIDDEN, problem("x", r#","detail":"anna@a.example""#).as_bytes());
    for language in [Language::English, Language::German] {
        assert!(!error.sentences(language).0.contains("anna"));
    }
}

#[test]
fn a_wrong_clock_is_told_apart_from_a_stranger() {
    use rustls::{AlertDescription, CertificateError, Error};
    let code = |error: Error| {
        let PostError::NotTrusted { code } = tls(&error) else { panic!("{error:?}") };
        code
    };
    for clock in [CertificateError::Expired, CertificateError::NotValidYet] {
        let error = Error::InvalidCertificate(clock);
        assert_eq!(code(error), "provider-certificate-not-valid-now");
    }
    let stranger = Error::InvalidCertificate(CertificateError::UnknownIssuer);
    assert_eq!(code(stranger), "provider-not-trusted");
    let refusal = Error::AlertReceived(AlertDescription::CertificateRequired);
    assert_eq!(code(refusal), "provider-refused-connection");
}

#[test]
fn a_tls_error_is_found_however_it_is_wrapped() {
    use std::io::{Error, ErrorKind};
    let tls = || rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    let once = Error::new(ErrorKind::InvalidData, tls());
    assert!(in_handshake(&once).is_some());
    let twice = Error::other(Error::new(ErrorKind::InvalidData, tls()));
    assert!(in_handshake(&twice).is_some());
    assert!(in_handshake(&tls()).is_some());
    assert!(in_handshake(&Error::from(ErrorKind::ConnectionRefused)).is_none());
}

#[test]
fn a_long_upload_has_its_time() {
    assert_eq!(patience(0), READ_TIMEOUT);
    let an_hour = 3600 * UPLOAD_OCTETS_PER_SECOND_MIN;
    assert_eq!(patience(an_hour), READ_TIMEOUT + Duration::from_secs(3600));
}

#[test]
fn an_endpoint_is_a_host_and_a_port() {
    let read = |text| Endpoint::parse(text).map(|endpoint| (endpoint.host, endpoint.port));
    assert_eq!(read("post.example:443"), Some(("post.example".to_owned(), 443)));
    assert_eq!(read("127.0.0.1:8443"), Some(("127.0.0.1".to_owned(), 8443)));
    assert_eq!(read("[::1]:8443"), Some(("::1".to_owned(), 8443)));
    for wrong in ["", "post.example", ":443", "::1:8443", "[]:1", "a:", "a:65536", "a:b"] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

#[test]
fn agt_021_a_profile_opens_where_no_name_resolves() {
    let provider = crate::testing::Provider::new("north.example");
    let runtime = crate::session::runtime().unwrap();
    let _entered = runtime.enter();
    // The domain that is never in the DNS.
    let endpoint = "post.invalid:443";
    let client = Client::pinned(endpoint, &provider.domain, &provider.root, None).unwrap();
    let error = runtime.block_on(client.get("/v1/mailbox")).unwrap_err();
    assert_eq!(error.code(), "provider-unreachable");
}
