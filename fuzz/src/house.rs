//! Two providers and two people: their keys, certificates and revocation lists.

use crate::random::Repeatable;
use crate::seeds::read;
use sealpost_cms::attributes::Attribute;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::keys::{AgreementKey, DecryptionKey, DecryptionScheme, SigningKey};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{ContentRef, Verification, request_signature};
use sealpost_cms::time::{ClaimedTime, LocalTime};

/// 2026-12-01: all seeds are valid then.
pub const NOW: i64 = 1_796_083_200;

/// The signed content of the seeds for CMS.
pub const CONTENT: &[u8] = b"A registered letter.\r\n";
/// The password of the seeds in PKCS#12.
pub const PASSWORD: &str = "fuzz";
/// The key-encryption key of the seed with a `KEKRecipientInfo`.
pub const KEY_ENCRYPTION_KEY: [u8; 32] = [0x42; 32];

/// The key that signs of somebody in the house, for example `anna signature`.
pub fn signing_key(whose: &str) -> SigningKey {
    SigningKey::generate(&mut Repeatable::of(whose))
}

/// The key that decrypts of somebody in the house.
pub fn agreement_key(whose: &str) -> AgreementKey {
    AgreementKey::generate(&mut Repeatable::of(whose))
}

/// The key of the suite `hybrid-2026` that decrypts of somebody in the house.
pub fn hybrid_encryption_key(whose: &str) -> DecryptionKey {
    DecryptionKey::generate_for(DecryptionScheme::MlKem768X25519, &mut Repeatable::of(whose))
        .expect("every program has such keys")
}

/// The key that a provider of the house opens slips with.
pub fn routing_key(domain: &str) -> RoutingKey {
    RoutingKey::generate(&mut Repeatable::of(domain))
}

/// Anchors, certificates and revocation lists of the seeds.
pub struct House {
    anchors: TrustAnchors,
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
    anna: Certificate,
    anna_key: SigningKey,
    bert: Certificate,
    bert_key: AgreementKey,
}

impl House {
    /// Reads the seeds, which our own parsers must accept.
    pub fn new() -> Self {
        let certificate = |name: &str| {
            let der = read(&format!("certificate/{name}.der"));
            Certificate::from_der(&der).expect("the seed is a certificate")
        };
        let crl = |name: &str| {
            Crl::from_der(&read(&format!("crl/{name}.der"))).expect("the seed is a revocation list")
        };
        let mut anchors = TrustAnchors::new();
        anchors.add(certificate("north_root"));
        anchors.add(certificate("south_root"));
        Self {
            anchors,
            certificates: vec![certificate("anna_signature"), certificate("north_tsa")],
            crls: vec![crl("north"), crl("south")],
            anna: certificate("anna_signature"),
            anna_key: signing_key("anna signature"),
            bert: certificate("bert_encryption"),
            bert_key: agreement_key("bert encryption"),
        }
    }

    /// The certificate of the person who signs.
    pub fn signer(&self) -> &Certificate {
        &self.anna
    }

    /// The certificate that letters are encrypted for.
    pub fn reader(&self) -> &Certificate {
        &self.bert
    }

    /// The reader's key.
    pub fn reader_key(&self) -> &AgreementKey {
        &self.bert_key
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

    /// Signs whatever it is, so that an input reaches what reads signed octets.
    pub fn signs(&self, content: &[u8], attributes: &[Attribute]) -> Vec<u8> {
        let time = ClaimedTime::from_unix(NOW);
        let request =
            request_signature(ContentRef::of(content), None, &self.anna, time, attributes);
        let answer = self.anna_key.answer(&request);
        let signature = request.answered(answer).expect("the key is the certificate's");
        signature.attached(content, std::slice::from_ref(&self.anna), &[])
    }
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}
