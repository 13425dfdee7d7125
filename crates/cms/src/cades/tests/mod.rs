mod checks;
mod interop;
mod story;
mod two;

use der::asn1::{BitString, OctetString};
use der::{Decode, Encode};
use x509_cert::crl::CertificateList;
use x509_cert::ext::Extension;

use super::*;
use crate::attributes::ObjectIdentifier;
use crate::certificate::Certificate;
use crate::digest::{ContentRef, DigestAlgorithm};
use crate::issue::{Issuer, Profile, Validity, issue};
use crate::keys::{SignatureScheme, SigningKey};
use crate::path::Crl;
use crate::policy::SignatureAlgorithm;
use crate::signed::{Signature, Verification, request_signature_with};
use crate::testing::{DAY, HOUSE, NOW, TSA_POLICY, rng};
use crate::time::{ClaimedTime, LocalTime};
use crate::tsp::{TimeStampAuthority, TimeStampRequest, token_from_response};
use crate::verdict::Outcome;

const CONTENT: &[u8] = b"Dear Bert,\r\nthe lease ends.\r\n";
const YEAR: i64 = 365 * DAY;
/// When the first archive time-stamp is made: Anna's certificate has expired, her authority's not.
const FIRST: i64 = NOW + 2 * YEAR + 300 * DAY;
/// When somebody looks at it: RSA with PKCS #1 v1.5 counts no longer, the first authority is gone.
const LATER: i64 = NOW + 5 * YEAR;
/// When the second archive time-stamp is made.
const SECOND: i64 = NOW + 7 * YEAR;
/// When somebody looks again: the second authority is gone too.
const MUCH_LATER: i64 = NOW + 9 * YEAR;

/// A time-stamp authority with a certificate of its own lifetime.
struct Authority {
    key: SigningKey,
    certificate: Certificate,
}

impl Authority {
    fn new(from: i64, until: i64) -> Self {
        let key = SigningKey::generate(&mut rng());
        let profile = Profile::TimeStamping { organisation: "North Ltd", domain: "north.example" };
        let certificate = issued(profile, &key, from, until);
        Self { key, certificate }
    }

    fn stamps(&self, request: &TimeStampRequest, at: i64) -> Vec<u8> {
        let authority = TimeStampAuthority {
            certificate: &self.certificate,
            chain: &[],
            key: &self.key,
            policy_oid: TSA_POLICY,
            crls: &[],
        };
        let response = authority.respond(&request.to_der(), 1, LocalTime::from_unix(at));
        token_from_response(&response, request).unwrap()
    }
}

fn issued(profile: Profile<'_>, key: &SigningKey, from: i64, until: i64) -> Certificate {
    let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
    let validity = Validity { not_before: from, not_after: until };
    issue(issuer, profile, &key.spki_der(), validity, &mut rng()).unwrap()
}

/// Anna signs with RSA, and three authorities follow one another.
struct World {
    anna: Certificate,
    signature: Signature,
    tsa: [Authority; 3],
}

static WORLD: std::sync::LazyLock<World> = std::sync::LazyLock::new(World::new);

impl World {
    fn new() -> Self {
        let key = SigningKey::generate_for(SignatureScheme::Rsa3072, &mut rng()).unwrap();
        let profile = Profile::PersonSignature {
            name: "Anna",
            address: "anna@north.example",
            organisation: None,
        };
        let anna = issued(profile, &key, NOW - YEAR, NOW + 2 * YEAR);
        let all = [DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
        let asked = request_signature_with(
            Some(SignatureAlgorithm::RsaPkcs1Sha256),
            ContentRef::with(CONTENT, &all),
            None,
            &anna,
            ClaimedTime::from_unix(NOW),
            &[],
        );
        let asked = asked.unwrap();
        let answer = key.answer(&asked);
        let signature = asked.answered(answer).unwrap();
        let tsa = [
            Authority::new(NOW - YEAR, NOW + 3 * YEAR),
            Authority::new(NOW + 2 * YEAR, NOW + 8 * YEAR),
            Authority::new(NOW + 6 * YEAR, NOW + 9 * YEAR + 300 * DAY),
        ];
        Self { anna, signature, tsa }
    }

    /// B-T.
    fn stamped(&self) -> Vec<u8> {
        self.stamped_signature().attached(CONTENT, &[], &[])
    }

    fn stamped_signature(&self) -> Signature {
        self.signature.clone().with_time_stamp(self.token())
    }

    fn token(&self) -> Vec<u8> {
        self.tsa[0].stamps(&self.signature.time_stamp_request(7), NOW)
    }

    /// B-LT, with the list of the day.
    fn long_term(&self) -> Vec<u8> {
        let root = std::slice::from_ref(&HOUSE.root);
        with_validation_data(&self.stamped(), root, &HOUSE.crls).unwrap()
    }

    /// B-LTA: the lists of that time, and a time-stamp around all.
    fn archived(&self) -> Vec<u8> {
        self.archives(&self.long_term(), &around(FIRST), 1, DigestAlgorithm::Sha256, FIRST)
    }

    fn archives(
        &self,
        message: &[u8],
        crl: &Crl,
        authority: usize,
        digest: DigestAlgorithm,
        at: i64,
    ) -> Vec<u8> {
        let message = with_validation_data(message, &[], std::slice::from_ref(crl)).unwrap();
        self.stamps(&message, None, authority, digest, at)
    }

    /// Nothing but the archive time-stamps.
    fn stamps(
        &self,
        message: &[u8],
        content: Option<ContentRef>,
        authority: usize,
        digest: DigestAlgorithm,
        at: i64,
    ) -> Vec<u8> {
        let asked = ArchiveRequest::new(message, content, digest, &mut rng()).unwrap();
        let tokens = asked.time_stamp_requests().map(|it| self.tsa[authority].stamps(it, at));
        let tokens: Vec<_> = tokens.collect();
        asked.answered(&tokens).unwrap()
    }

    /// B-LTA twice, the second time under SHA-512.
    fn renewed(&self) -> Vec<u8> {
        let crl = around(SECOND);
        self.archives(&self.archived(), &crl, 2, DigestAlgorithm::Sha512, SECOND)
    }
}

fn around(at: i64) -> Crl {
    HOUSE.list(at - DAY, at + DAY, &[])
}

/// A list that names one certificate and says why (CRLReason, RFC 5280 §5.3.1).
fn list_with(from: i64, until: i64, revoked: (&Certificate, i64), reason: Option<u8>) -> Crl {
    let list = HOUSE.list(from, until, &[revoked]);
    let mut list: CertificateList = Decode::from_der(list.der()).unwrap();
    let extension = |reason: u8| Extension {
        extn_id: ObjectIdentifier::new_unwrap("2.5.29.21"),
        critical: false,
        extn_value: OctetString::new([0x0a, 1, reason]).unwrap(),
    };
    let entries = list.tbs_cert_list.revoked_certificates.as_mut().unwrap();
    entries[0].crl_entry_extensions = reason.map(|reason| vec![extension(reason)]);
    let tbs = list.tbs_cert_list.to_der().unwrap();
    list.signature = BitString::from_bytes(&HOUSE.root_key.sign_raw(&tbs)).unwrap();
    Crl::from_der(&list.to_der().unwrap()).unwrap()
}

fn code<T>(outcome: &Outcome<T>) -> (&'static str, &'static str) {
    (outcome.indication(), outcome.shortfall().map_or("", |shortfall| shortfall.sub.code()))
}

/// The verdict at a time, with the list of that day and nothing else in hand.
fn at(message: &[u8], now: i64) -> Outcome<Preserved> {
    with_list(message, now, around(now))
}

fn with_list(message: &[u8], now: i64, crl: Crl) -> Outcome<Preserved> {
    let crls = [crl];
    let now = LocalTime::from_unix(now);
    let v = Verification { crls: &crls, now, ..HOUSE.verification() };
    verify_archived(message, None, &v)
}

const PASSED: (&str, &str) = ("TOTAL-PASSED", "");
