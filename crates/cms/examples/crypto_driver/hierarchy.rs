//! A root, somebody who signs and somebody who reads, as PEM files that OpenSSL uses too.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use getrandom::SysRng;
use rand_core::UnwrapErr;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::issue::{self, Issuer, Profile, Territory, Validity};
use sealpost_cms::keys::{AgreementKey, SigningKey};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::LocalTime;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DAY: i64 = 86_400;

/// The operating system's random source.
pub fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// What the files of [`write`] hold.
pub struct Hierarchy {
    pub signer: Certificate,
    pub signing_key: SigningKey,
    pub reader: Certificate,
    pub reading_key: AgreementKey,
    pub tsa: Certificate,
    pub tsa_key: SigningKey,
    root: Certificate,
    pub crls: Vec<Crl>,
}

impl Hierarchy {
    /// Reads what [`write`] wrote.
    pub fn read(folder: &Path) -> Result<Self> {
        let text = |name: &str| fs::read_to_string(folder.join(name));
        let key = |name: &str| fs::read(folder.join(name));
        Ok(Self {
            signer: Certificate::from_pem(&text("signer.pem")?)?,
            signing_key: SigningKey::from_pkcs8_der(&key("signer.key")?)?,
            reader: Certificate::from_pem(&text("reader.pem")?)?,
            reading_key: AgreementKey::from_pkcs8_der(&key("reader.key")?)?,
            tsa: Certificate::from_pem(&text("tsa.pem")?)?,
            tsa_key: SigningKey::from_pkcs8_der(&key("tsa.key")?)?,
            root: Certificate::from_pem(&text("root.pem")?)?,
            crls: vec![Crl::from_der(&key("root.crl")?)?],
        })
    }

    /// Anchors that have seen nothing. They remember chains and lists; what the peers do not remember, we
    /// compute for every message too.
    pub fn anchors(&self) -> TrustAnchors {
        let mut anchors = TrustAnchors::new();
        anchors.add(self.root.clone());
        anchors
    }

    pub fn verification<'a>(&'a self, anchors: &'a TrustAnchors) -> Verification<'a> {
        Verification {
            anchors,
            certificates: &[],
            crls: &self.crls,
            policy: AlgorithmPolicy::current(),
            now: LocalTime::from_unix(now()),
            purpose: KeyPurpose::LetterSignature,
            require_time_stamp: false,
        }
    }
}

/// Writes fresh keys and certificates; keys as PKCS#8 in DER.
pub fn write(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let now = now();
    let validity = Validity { not_before: now - DAY, not_after: now + 365 * DAY };
    let root_key = SigningKey::generate(&mut rng());
    let territory = Territory::of("north.example");
    let root = issue::self_signed_root(&root_key, "Bench Ltd", territory, validity, &mut rng())?;
    let issuer = Issuer { certificate: &root, key: &root_key };
    let signing_key = SigningKey::generate(&mut rng());
    let reading_key = AgreementKey::generate(&mut rng());
    let (name, address, organisation) = ("Bench", "bench@north.example", None);
    let signs = Profile::PersonSignature { name, address, organisation };
    let reads = Profile::PersonEncryption { name, address, organisation };
    let signer = issue::issue(issuer, signs, &signing_key.spki_der(), validity, &mut rng())?;
    let tsa_key = SigningKey::generate(&mut rng());
    let stamps = Profile::TimeStamping { organisation: "Bench Ltd", domain: "north.example" };
    let tsa = issue::issue(issuer, stamps, &tsa_key.spki_der(), validity, &mut rng())?;
    let reader = issue::issue(issuer, reads, &reading_key.spki_der(), validity, &mut rng())?;
    fs::write(folder.join("root.pem"), root.to_pem())?;
    fs::write(folder.join("root.crl"), issue::issue_crl(issuer, 1, now - 60, now + DAY, &[])?)?;
    fs::write(folder.join("signer.pem"), signer.to_pem())?;
    fs::write(folder.join("signer.key"), &*signing_key.to_pkcs8_der())?;
    fs::write(folder.join("tsa.pem"), tsa.to_pem())?;
    fs::write(folder.join("tsa.key"), &*tsa_key.to_pkcs8_der())?;
    fs::write(folder.join("reader.pem"), reader.to_pem())?;
    fs::write(folder.join("reader.key"), &*reading_key.to_pkcs8_der())?;
    Ok(())
}
