//! Keys and certificates of every kind, which all who take part use; and the hour at which they do.

use std::fs;
use std::path::Path;

use rand_core::UnwrapErr;
use sealpost_cms::attributes::ObjectIdentifier;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::enveloped::{KeyEncryptionKey, Password};
use sealpost_cms::issue::{self, Issuer, Profile, Territory, Validity};
use sealpost_cms::keys::{DecryptionKey, SignatureScheme, SigningKey};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::LocalTime;
use sealpost_cms::tsp::TimeStampAuthority;

use crate::rows::{OPENERS, Opener, Recipient, SIGNERS, Signer};

/// What is signed and sealed. It is also what a reader must bring out again.
pub const TEXT: &[u8] = b"Dear Bert,\r\nthe lease ends.\r\n";
/// 2026-11-22T03:12:00Z. Foreign programs run at this hour too, so that the matrix does not change
/// when an algorithm ends.
pub const NOW: i64 = 1_795_317_120;
pub const DAY: i64 = 86_400;
pub const ANNA: &str = "anna@north.example";
pub const BERT: &str = "bert@south.example";
/// The names and octets are also in `judge.py`.
pub const KEK_ID: &[u8] = &[0xab, 0xcd];
pub const KEK: [u8; 32] = [7; 32];
pub const PASSWORD: &str = "correct-horse-battery";
const TSA_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.1397048400.3");
pub const YEARS: Validity = Validity { not_before: NOW - 365 * DAY, not_after: NOW + 3650 * DAY };

/// The operating system's random source.
pub fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// Somebody who signs.
pub struct Person {
    pub key: SigningKey,
    pub certificate: Certificate,
}

/// Somebody who reads.
pub struct Reader {
    pub key: DecryptionKey,
    pub certificate: Certificate,
}

/// One root and what it certifies, kept by the names of the files.
pub struct House {
    root_key: SigningKey,
    pub root: Certificate,
    pub anchors: TrustAnchors,
    pub crls: Vec<Crl>,
    signers: Vec<(&'static str, Person)>,
    openers: Vec<(&'static str, Reader)>,
    /// Who signs receipts.
    pub bert: Person,
    authority: Person,
}

impl House {
    pub fn new() -> Self {
        let root_key = SigningKey::generate(&mut rng());
        let root = root_of(&root_key);
        let issuer = Issuer { certificate: &root, key: &root_key };
        let mut signers: Vec<(&'static str, Person)> = Vec::new();
        for signer in SIGNERS {
            // Two kinds of signature by RSA, one key.
            if signers.iter().all(|(name, _)| *name != signer.key) {
                signers.push((signer.key, person(issuer, signer.scheme, ANNA)));
            }
        }
        let openers = OPENERS.map(|opener| {
            let key = DecryptionKey::generate_for(opener.scheme, &mut rng()).unwrap();
            let profile = encryption_profile();
            let certificate =
                issue::issue(issuer, profile, &key.spki_der(), YEARS, &mut rng()).unwrap();
            (opener.name, Reader { key, certificate })
        });
        let bert = person(issuer, SignatureScheme::P256, BERT);
        let authority = {
            let key = SigningKey::generate(&mut rng());
            let profile =
                Profile::TimeStamping { organisation: "North Ltd", domain: "north.example" };
            let certificate =
                issue::issue(issuer, profile, &key.spki_der(), YEARS, &mut rng()).unwrap();
            Person { key, certificate }
        };
        let crls = vec![list_of(issuer)];
        let mut anchors = TrustAnchors::new();
        anchors.add(root.clone());
        let openers = openers.into_iter().collect();
        Self { root_key, root, anchors, crls, signers, openers, bert, authority }
    }

    pub fn signer(&self, signer: Signer) -> &Person {
        let found = self.signers.iter().find(|(name, _)| *name == signer.key);
        &found.expect("every kind has a person").1
    }

    /// Who signs what others only carry.
    pub fn anna(&self) -> &Person {
        self.signer(SIGNERS[0])
    }

    pub fn opener(&self, opener: Opener) -> &Reader {
        let found = self.openers.iter().find(|(name, _)| *name == opener.name);
        &found.expect("every kind has a reader").1
    }

    /// Whose certificate a message is for; nobody's where a key or a password is shared.
    pub fn reader(&self, recipient: Recipient) -> Option<&Reader> {
        match recipient {
            Recipient::Holder(opener) | Recipient::Many(opener) => Some(self.opener(opener)),
            Recipient::RsaPkcs1 => {
                OPENERS.into_iter().find(|it| it.name == "rsa").map(|it| self.opener(it))
            }
            Recipient::Password | Recipient::SharedKey => None,
        }
    }

    /// Who else can open a message for many.
    pub fn others(&self) -> impl Iterator<Item = &Reader> {
        let others = self.openers.iter().filter(|(name, _)| ["x25519", "mlkem768"].contains(name));
        others.map(|(_, reader)| reader)
    }

    pub fn verification(&self) -> Verification<'_> {
        Verification {
            anchors: &self.anchors,
            certificates: &[],
            crls: &self.crls,
            policy: AlgorithmPolicy::current(),
            // Foreign programs start at NOW, and take their time.
            now: LocalTime::from_unix(NOW + 3600),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: false,
        }
    }

    pub fn authority(&self) -> TimeStampAuthority<'_> {
        TimeStampAuthority {
            certificate: &self.authority.certificate,
            chain: &[],
            key: &self.authority.key,
            policy_oid: TSA_POLICY,
            crls: &[],
        }
    }

    /// Everything as PEM files: `root`, `crl`, `bert`, `tsa`, `signs-…` and `opens-…`.
    pub fn moves_into(&self, folder: &Path) {
        let put = |name: &str, certificate: &Certificate, pkcs8: &[u8]| {
            fs::write(folder.join(format!("{name}.pem")), certificate.to_pem()).unwrap();
            fs::write(folder.join(format!("{name}.key")), pem("PRIVATE KEY", pkcs8)).unwrap();
        };
        put("root", &self.root, &self.root_key.to_pkcs8_der());
        put("bert", &self.bert.certificate, &self.bert.key.to_pkcs8_der());
        put("tsa", &self.authority.certificate, &self.authority.key.to_pkcs8_der());
        for (name, person) in &self.signers {
            put(name, &person.certificate, &person.key.to_pkcs8_der());
        }
        for (name, reader) in &self.openers {
            put(&format!("opens-{name}"), &reader.certificate, &reader.key.to_pkcs8_der());
        }
        fs::write(folder.join("crl.pem"), pem("X509 CRL", self.crls[0].der())).unwrap();
        fs::write(folder.join("text"), TEXT).unwrap();
    }
}

pub fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(KEK)
}

pub fn password() -> Password {
    Password::new(PASSWORD.as_bytes().to_vec().into())
}

pub fn pem(label: &str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap()
}

/// A root for everybody in `.example`.
pub fn root_of(key: &SigningKey) -> Certificate {
    let territory = Territory::below("example");
    issue::self_signed_root(key, "North Ltd", territory, YEARS, &mut rng()).unwrap()
}

/// A revocation list for the hours around [`NOW`] that names nobody.
pub fn list_of(issuer: Issuer<'_>) -> Crl {
    let der = issue::issue_crl(issuer, 1, NOW - DAY, NOW + DAY, &[]).unwrap();
    Crl::from_der(&der).unwrap()
}

/// Somebody with a key of this kind that signs.
pub fn person(issuer: Issuer<'_>, scheme: SignatureScheme, address: &str) -> Person {
    let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
    let name = if address == ANNA { "Anna" } else { "Bert" };
    let profile = Profile::PersonSignature { name, address, organisation: None };
    let certificate = issue::issue(issuer, profile, &key.spki_der(), YEARS, &mut rng()).unwrap();
    Person { key, certificate }
}

pub fn encryption_profile() -> Profile<'static> {
    Profile::PersonEncryption { name: "Bert", address: BERT, organisation: None }
}
