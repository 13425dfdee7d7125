//! What tests share: a random source, a small hierarchy and the foreign judge, OpenSSL.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use rand_core::UnwrapErr;

use crate::attributes::ObjectIdentifier;
use crate::certificate::{Certificate, KeyPurpose};
use crate::issue::{self, Issuer, Profile, RevokedEntry, Territory, Validity};
use crate::keys::{AgreementKey, DecryptionKey, DecryptionScheme, SigningKey};
use crate::path::{Crl, TrustAnchors};
use crate::policy::AlgorithmPolicy;
use crate::signed::{ContentRef, Signature, Verification, request_signature};
use crate::time::{ClaimedTime, LocalTime};
use crate::tlv::{self, Reader};
use crate::tsp::{TimeStampAuthority, token_from_response};

/// The operating system's random source.
pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// Whether there is a back-end for RSA: in wasm32 there is none.
pub(crate) const RSA_EXISTS: bool = cfg!(not(target_arch = "wasm32"));

/// 2026-11-22T03:12:00Z.
pub(crate) const NOW: i64 = 1_795_317_120;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const TSA_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.1397048400.3");
const YEARS: Validity = Validity { not_before: NOW - 365 * DAY, not_after: NOW + 3650 * DAY };

/// One root; a person who signs, a person who reads, and a time-stamp authority.
pub(crate) struct House {
    pub(crate) root_key: SigningKey,
    pub(crate) root: Certificate,
    pub(crate) anna_key: SigningKey,
    pub(crate) anna: Certificate,
    pub(crate) bert_key: AgreementKey,
    pub(crate) bert: Certificate,
    pub(crate) tsa_key: SigningKey,
    pub(crate) tsa: Certificate,
    pub(crate) anchors: TrustAnchors,
    pub(crate) crls: Vec<Crl>,
}

/// The house most tests live in.
pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(House::new);

impl House {
    pub(crate) fn new() -> Self {
        let root_key = SigningKey::generate(&mut rng());
        let territory = Territory::below("example");
        let root = issue::self_signed_root(&root_key, "North Ltd", territory, YEARS, &mut rng());
        let root = root.unwrap();
        let issuer = Issuer { certificate: &root, key: &root_key };
        let issued = |profile, spki_der: Vec<u8>| {
            issue::issue(issuer, profile, &spki_der, YEARS, &mut rng()).unwrap()
        };
        let anna_key = SigningKey::generate(&mut rng());
        let anna = issued(
            Profile::PersonSignature {
                name: "Anna",
                address: "anna@north.example",
                organisation: None,
            },
            anna_key.spki_der(),
        );
        let bert_key = AgreementKey::generate(&mut rng());
        let bert = issued(
            Profile::PersonEncryption {
                name: "Bert",
                address: "bert@south.example",
                organisation: None,
            },
            bert_key.spki_der(),
        );
        let tsa_key = SigningKey::generate(&mut rng());
        let tsa = issued(
            Profile::TimeStamping { organisation: "North Ltd", domain: "north.example" },
            tsa_key.spki_der(),
        );
        let mut anchors = TrustAnchors::new();
        anchors.add(root.clone());
        let mut house = Self {
            root_key,
            root,
            anna_key,
            anna,
            bert_key,
            bert,
            tsa_key,
            tsa,
            anchors,
            crls: Vec::new(),
        };
        house.crls = vec![house.revokes(&[])];
        house
    }

    /// A revocation list for the time around [`NOW`].
    pub(crate) fn revokes(&self, revoked: &[(&Certificate, i64)]) -> Crl {
        self.list(NOW - DAY, NOW + DAY, revoked)
    }

    pub(crate) fn list(&self, from: i64, until: i64, revoked: &[(&Certificate, i64)]) -> Crl {
        let entry = |&(certificate, at): &(&Certificate, i64)| RevokedEntry {
            serial: certificate.serial().to_vec(),
            at,
        };
        let entries: Vec<_> = revoked.iter().map(entry).collect();
        let issuer = Issuer { certificate: &self.root, key: &self.root_key };
        Crl::from_der(&issue::issue_crl(issuer, 1, from, until, &entries).unwrap()).unwrap()
    }

    pub(crate) fn verification(&self) -> Verification<'_> {
        Verification {
            anchors: &self.anchors,
            certificates: &[],
            crls: &self.crls,
            policy: AlgorithmPolicy::current(),
            now: LocalTime::from_unix(NOW),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: false,
        }
    }

    pub(crate) fn authority(&self) -> TimeStampAuthority<'_> {
        TimeStampAuthority {
            certificate: &self.tsa,
            chain: &[],
            key: &self.tsa_key,
            policy_oid: TSA_POLICY,
            crls: &[],
        }
    }

    /// Anna signs, CAdES B-B.
    pub(crate) fn signs(&self, content: &[u8]) -> Signature {
        let asked = request_signature(
            ContentRef::of(content),
            None,
            &self.anna,
            ClaimedTime::from_unix(NOW),
            &[],
        );
        let answer = self.anna_key.answer(&asked);
        asked.answered(answer).unwrap()
    }

    /// Anna signs and the authority stamps, CAdES B-T.
    pub(crate) fn signs_in_time(&self, content: &[u8], at: i64) -> Signature {
        let signature = self.signs(content);
        let request = signature.time_stamp_request(7);
        let now = LocalTime::from_unix(at);
        let response = self.authority().respond(&request.to_der(), 1, now);
        signature.with_time_stamp(token_from_response(&response, &request).unwrap())
    }

    /// Root, Anna, Bert and the authority as PEM files: `root.pem`, `anna.pem`, `anna.key` …
    pub(crate) fn moves_into(&self, folder: &Path) {
        let keys = [
            ("anna", &self.anna, self.anna_key.to_pkcs8_der()),
            ("bert", &self.bert, self.bert_key.to_pkcs8_der()),
            ("tsa", &self.tsa, self.tsa_key.to_pkcs8_der()),
        ];
        fs::write(folder.join("root.pem"), self.root.to_pem()).unwrap();
        for (name, certificate, key) in keys {
            fs::write(folder.join(format!("{name}.pem")), certificate.to_pem()).unwrap();
            let ending = der::pem::LineEnding::LF;
            let pem = der::pem::encode_string("PRIVATE KEY", ending, &key).unwrap();
            fs::write(folder.join(format!("{name}.key")), pem).unwrap();
        }
    }
}

/// A person with a key of some kind that opens, certified by the root of [`HOUSE`].
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) key: DecryptionKey,
    pub(crate) certificate: Certificate,
}

impl Holder {
    pub(crate) fn new(name: &str, scheme: DecryptionScheme) -> Self {
        let key = DecryptionKey::generate_for(scheme, &mut rng()).unwrap();
        Self::with_key(name, key)
    }

    pub(crate) fn with_key(name: &str, key: DecryptionKey) -> Self {
        let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
        let address = format!("{name}@south.example");
        let profile = Profile::PersonEncryption { name, address: &address, organisation: None };
        let issued = issue::issue(issuer, profile, &key.spki_der(), YEARS, &mut rng());
        Self { name: name.to_owned(), key, certificate: issued.unwrap() }
    }

    /// As `name.pem` and `name.key`.
    pub(crate) fn moves_into(&self, folder: &Path) {
        let ending = der::pem::LineEnding::LF;
        let pem = der::pem::encode_string("PRIVATE KEY", ending, &self.key.to_pkcs8_der()).unwrap();
        fs::write(folder.join(format!("{}.pem", self.name)), self.certificate.to_pem()).unwrap();
        fs::write(folder.join(format!("{}.key", self.name)), pem).unwrap();
    }
}

/// One holder of each kind of key that opens.
pub(crate) static HOLDERS: LazyLock<Vec<Holder>> = LazyLock::new(|| {
    [
        ("p256", DecryptionScheme::P256),
        ("p384", DecryptionScheme::P384),
        ("x25519", DecryptionScheme::X25519),
        ("rsa", DecryptionScheme::Rsa3072),
        ("mlkem768", DecryptionScheme::MlKem768),
        ("mlkem1024", DecryptionScheme::MlKem1024),
        ("hybrid", DecryptionScheme::MlKem768X25519),
    ]
    .into_iter()
    .filter(|(name, _)| RSA_EXISTS || *name != "rsa")
    .map(|(name, scheme)| Holder::new(name, scheme))
    .collect()
});

/// The same message with these signers instead of its own, and nothing sorted.
pub(crate) fn with_signers(
    message: &[u8],
    change: impl FnOnce(Vec<Vec<u8>>) -> Vec<Vec<u8>>,
) -> Vec<u8> {
    let mut info = Reader::new(message).enter(tlv::SEQUENCE, "test").unwrap();
    let oid = info.any("test").unwrap().octets;
    let mut fields = info.enter(0xa0, "test").unwrap().enter(tlv::SEQUENCE, "test").unwrap();
    let mut parts = Vec::new();
    while !fields.is_empty() {
        parts.push(fields.any("test").unwrap());
    }
    let mut set = Reader::new(parts.pop().unwrap().value);
    let mut signers = Vec::new();
    while !set.is_empty() {
        signers.push(set.any("test").unwrap().octets.to_vec());
    }
    let mut inner = Vec::new();
    parts.iter().for_each(|part| inner.extend_from_slice(part.octets));
    inner.extend(tlv::element(tlv::SET, &change(signers).concat()));
    let explicit = tlv::element(0xa0, &tlv::element(tlv::SEQUENCE, &inner));
    tlv::element(tlv::SEQUENCE, &[oid, &explicit].concat())
}

/// Runs OpenSSL; `arguments` are split at spaces. A machine without it fails the test.
pub(crate) fn openssl(folder: &Path, arguments: &str) -> Output {
    Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl is on the PATH")
}

/// As [`openssl`], and it must agree.
pub(crate) fn openssl_agrees(folder: &Path, arguments: &str) -> Vec<u8> {
    let output = openssl(folder, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {complaint}");
    output.stdout
}
