//! What the fuzz targets share: a small public-key infrastructure out of the seeds, and one moment.
//!
//! With it, an input that is a seed verifies, and small changes reach the code behind the parsers.

use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::LocalTime;

/// 2026-12-01: all seeds are valid then.
const NOW: i64 = 1_796_083_200;

const ROOT: &[u8] = include_bytes!("../seeds/certificate/root.der");
const PERSON: &[u8] = include_bytes!("../seeds/certificate/person.der");
const CRL: &[u8] = include_bytes!("../seeds/crl/empty.der");

/// The signed content of the detached seed.
pub const CONTENT: &[u8] = b"A registered letter.\r\n";
/// The key-encryption key of the seed with a `KEKRecipientInfo`.
pub const KEY_ENCRYPTION_KEY: [u8; 32] = [0x42; 32];

/// Anchors, certificates and revocation lists of the seeds.
pub struct House {
    anchors: TrustAnchors,
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
}

impl House {
    /// Reads the seeds, which our own parsers must accept.
    pub fn new() -> Self {
        let mut anchors = TrustAnchors::new();
        anchors.add(Certificate::from_der(ROOT).expect("the root is a certificate"));
        let certificates =
            vec![Certificate::from_der(PERSON).expect("the person has a certificate")];
        let crls = vec![Crl::from_der(CRL).expect("the seed is a revocation list")];
        Self { anchors, certificates, crls }
    }

    /// The person of the seeds.
    pub fn person(&self) -> &Certificate {
        &self.certificates[0]
    }

    /// All the root certificates.
    pub fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// The moment at which all seeds are valid, in seconds.
    pub fn now(&self) -> i64 {
        NOW
    }

    /// Verification of something signed for `purpose`.
    pub fn verification(&self, purpose: KeyPurpose) -> Verification<'_> {
        Verification {
            anchors: &self.anchors,
            certificates: &self.certificates,
            crls: &self.crls,
            policy: AlgorithmPolicy::current(),
            now: LocalTime::from_unix(NOW),
            purpose,
            require_time_stamp: false,
        }
    }
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}
