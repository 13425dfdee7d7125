//! Asking for a signature and writing SignedData around it.

use core::fmt;

use crate::asn1_time;
use crate::attributes::{
    Attribute, CMS_ALGORITHM_PROTECTION, CONTENT_TYPE, ID_DATA, ID_SIGNED_DATA, MESSAGE_DIGEST,
    ObjectIdentifier, SIGNATURE_TIME_STAMP, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use crate::backend;
use crate::certificate::Certificate;
use crate::digest::{ContentRef, DigestAlgorithm};
use crate::kdf::sha256;
use crate::path::Crl;
use crate::policy::SignatureAlgorithm;
use crate::time::ClaimedTime;
use crate::tlv::{self, Writer};
use crate::tsp::TimeStampRequest;

/// A question to whoever holds the signer's key: "sign these octets with that algorithm".
pub struct SignatureRequest {
    algorithm: SignatureAlgorithm,
    digest: DigestAlgorithm,
    content: ContentRef,
    content_type: ObjectIdentifier,
    signer: Certificate,
    /// SET OF Attribute, as it is signed (RFC 5652 §5.4).
    signed_attributes: Vec<u8>,
}

/// The answer: a signature, not looked at yet. ECDSA is DER, the others are as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureValue(Vec<u8>);

impl SignatureValue {
    /// From the octets a card, a token or a [`crate::keys::SigningKey`] gave.
    #[must_use]
    pub fn new(octets: Vec<u8>) -> Self {
        Self(octets)
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The answer does not verify with the key in the signer's certificate: another key answered, or
/// other octets were signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongAnswer;

impl WrongAnswer {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "signature-answer-wrong"
    }
}

impl fmt::Display for WrongAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature does not belong to the signer's certificate")
    }
}

impl core::error::Error for WrongAnswer {}

/// Why no signature can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The key in the signer's certificate does not make such signatures.
    SignerKey,
    /// The signature goes with a digest that was not computed: see [`digests_for`].
    DigestMissing(DigestAlgorithm),
}

impl RequestError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignerKey => "signer-key-unfit",
            Self::DigestMissing(_) => "content-digest-missing",
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignerKey => f.write_str("the signer's key does not make such signatures"),
            Self::DigestMissing(digest) => {
                write!(f, "the signature needs the content's {}", digest.name())
            }
        }
    }
}

impl core::error::Error for RequestError {}

/// What these signers' signatures go with, each digest once: for [`ContentRef::with`] and
/// [`crate::digest::ContentDigester`].
#[must_use]
pub fn digests_for(signers: &[&Certificate]) -> Vec<DigestAlgorithm> {
    let mut digests = Vec::new();
    for digest in signers.iter().filter_map(|signer| Some(preferred(signer)?.digest())) {
        if !digests.contains(&digest) {
            digests.push(digest);
        }
    }
    digests
}

/// The algorithm that the key in a certificate prefers.
fn preferred(signer: &Certificate) -> Option<SignatureAlgorithm> {
    SignatureAlgorithm::preferred_by(signer.key_kind()?)
}

/// Asks for a signature over a content. Without a content type it is id-data.
///
/// The algorithm is the one that the key in the signer's certificate prefers. If that is none, or if
/// the content lacks the digest it goes with, there is no answer that [`SignatureRequest::answered`]
/// takes; [`request_signature_with`] says so at once. P-256 and RSA go with SHA-256, which every
/// content has.
///
/// `extra` attributes stand beside the ones every signature has, and cannot replace them: an
/// attribute that occurs twice makes the message unverifiable.
#[must_use]
pub fn request_signature(
    content: ContentRef,
    content_type: Option<ObjectIdentifier>,
    signer: &Certificate,
    signing_time: ClaimedTime,
    extra: &[Attribute],
) -> SignatureRequest {
    let algorithm = preferred(signer).unwrap_or(SignatureAlgorithm::EcdsaP256Sha256);
    let digest = content.get(algorithm.digest()).map(|octets| (algorithm.digest(), octets));
    let digest = digest.unwrap_or((DigestAlgorithm::Sha256, &content.digest));
    request(algorithm, digest, content, content_type, signer, signing_time, extra)
}

/// As [`request_signature`], with an algorithm of one's choice or the one the key prefers.
pub fn request_signature_with(
    algorithm: Option<SignatureAlgorithm>,
    content: ContentRef,
    content_type: Option<ObjectIdentifier>,
    signer: &Certificate,
    signing_time: ClaimedTime,
    extra: &[Attribute],
) -> Result<SignatureRequest, RequestError> {
    let algorithm = algorithm.or_else(|| preferred(signer)).ok_or(RequestError::SignerKey)?;
    let key = signer.key_kind().ok_or(RequestError::SignerKey)?;
    // [CMS-210]
    if !algorithm.fits(key) {
        return Err(RequestError::SignerKey);
    }
    let digest = algorithm.digest();
    let octets = content.get(digest).ok_or(RequestError::DigestMissing(digest))?;
    Ok(request(algorithm, (digest, octets), content, content_type, signer, signing_time, extra))
}

fn request(
    algorithm: SignatureAlgorithm,
    (digest, digest_octets): (DigestAlgorithm, &[u8]),
    content: ContentRef,
    content_type: Option<ObjectIdentifier>,
    signer: &Certificate,
    signing_time: ClaimedTime,
    extra: &[Attribute],
) -> SignatureRequest {
    let content_type = content_type.unwrap_or(ID_DATA);
    let mut attributes = vec![
        Attribute {
            oid: CONTENT_TYPE,
            value_der: tlv::element(tlv::OBJECT_IDENTIFIER, content_type.as_bytes()),
        },
        Attribute::octets(MESSAGE_DIGEST, digest_octets),
        Attribute { oid: SIGNING_TIME, value_der: asn1_time::time_der(signing_time.unix()) },
        signing_certificate(signer),
        algorithm_protection(algorithm, digest),
    ];
    attributes.extend_from_slice(extra);
    let mut set = Writer::new();
    set.set_of(tlv::SET, attributes.iter().map(Attribute::to_der).collect());
    SignatureRequest {
        algorithm,
        digest,
        content,
        content_type,
        signer: signer.clone(),
        signed_attributes: set.into_octets(),
    }
}

impl SignatureRequest {
    /// What is to be signed: the signed attributes as a SET OF in DER (RFC 5652 §5.4).
    #[must_use]
    pub fn octets_to_sign(&self) -> &[u8] {
        &self.signed_attributes
    }

    /// What they are to be signed with.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Takes the answer if it verifies with the signer's certificate. [CMS-106]
    pub fn answered(self, answer: SignatureValue) -> Result<Signature, WrongAnswer> {
        // RFC 8419 §2.3, RFC 9882 §3.3: another digest than the algorithm's makes a message that
        // nobody accepts. [CMS-211]
        if self.digest != self.algorithm.digest() {
            return Err(WrongAnswer);
        }
        let spki = self.signer.spki_der();
        if !backend::verify(self.algorithm, &spki, &self.signed_attributes, &answer.0) {
            return Err(WrongAnswer);
        }
        Ok(Signature {
            algorithm: self.algorithm,
            content: self.content,
            content_type: self.content_type,
            signer: self.signer,
            signed_attributes: self.signed_attributes,
            value: answer.0,
            time_stamp: None,
            second: None,
        })
    }
}

/// A signature that verifies, with everything but the content it covers.
#[derive(Clone)]
pub struct Signature {
    algorithm: SignatureAlgorithm,
    content: ContentRef,
    content_type: ObjectIdentifier,
    signer: Certificate,
    signed_attributes: Vec<u8>,
    value: Vec<u8>,
    time_stamp: Option<Vec<u8>>,
    second: Option<Box<Signature>>,
}

/// Two signatures that do not belong into one message: over other contents or types, by one key, or
/// a third one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTogether;

impl NotTogether {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "signatures-not-together"
    }
}

impl fmt::Display for NotTogether {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the two signatures do not belong into one message")
    }
}

impl core::error::Error for NotTogether {}

impl Signature {
    /// Both signatures side by side in one message, such as ECDSA for those who verify nothing else
    /// and ML-DSA for the years to come. Each is stamped before: see [`Self::with_time_stamp`].
    ///
    /// They are to be by two keys of one party and say the same about the content, or no message of
    /// ours verifies with them.
    pub fn together_with(self, other: Self) -> Result<Self, NotTogether> {
        // The contents may have been digested differently. [CMS-237]
        let same_content = (self.content.digest, self.content.octets)
            == (other.content.digest, other.content.octets);
        let another_key = self.signer.spki_der() != other.signer.spki_der();
        let are_two = self.second.is_none() && other.second.is_none();
        if !same_content || self.content_type != other.content_type || !another_key || !are_two {
            return Err(NotTogether);
        }
        Ok(Self { second: Some(Box::new(other)), ..self })
    }

    /// What the signatures go with.
    pub(crate) fn digests(&self) -> impl Iterator<Item = DigestAlgorithm> {
        self.all().map(|one| one.algorithm.digest())
    }

    fn all(&self) -> impl Iterator<Item = &Self> {
        core::iter::once(self).chain(self.second.as_deref())
    }

    /// The content this signature covers.
    #[must_use]
    pub fn content(&self) -> ContentRef {
        self.content
    }

    /// What a time-stamp authority is to stamp: the digest of the signature's octets
    /// (EN 319 122-1 §5.3). The authority learns nothing else.
    #[must_use]
    pub fn time_stamp_request(&self, nonce: u64) -> TimeStampRequest {
        TimeStampRequest::new(sha256(&self.value), nonce)
    }

    /// With a token over this signature: CAdES B-T. Of two signatures it is the first one's.
    #[must_use]
    pub fn with_time_stamp(self, token_der: Vec<u8>) -> Self {
        Self { time_stamp: Some(token_der), ..self }
    }

    /// SignedData with the content inside. The signers' certificates are always included.
    ///
    /// Other octets than the signed ones give a message that nobody accepts.
    #[must_use]
    pub fn attached(&self, content: &[u8], certificates: &[Certificate], crls: &[Crl]) -> Vec<u8> {
        let (mut message, suffix) = self.framing(content.len() as u64, certificates, crls);
        message.extend_from_slice(content);
        message.extend_from_slice(&suffix);
        message
    }

    /// SignedData without the content.
    #[must_use]
    pub fn detached(&self, certificates: &[Certificate], crls: &[Crl]) -> Vec<u8> {
        let frame = self.frame(None, &self.certificate_set(certificates), crls);
        [frame.0, frame.1].concat()
    }

    /// What stands before and behind a content of so many octets: `prefix || content || suffix` is
    /// the SignedData in strict DER, so that a large content streams through.
    #[must_use]
    pub fn framing(
        &self,
        content_octets: u64,
        certificates: &[Certificate],
        crls: &[Crl],
    ) -> (Vec<u8>, Vec<u8>) {
        self.frame(Some(content_octets), &self.certificate_set(certificates), crls)
    }

    /// As [`Self::attached`] without any certificate (RFC 3161 §2.4.1: certReq FALSE).
    pub(crate) fn attached_bare(&self, content: &[u8]) -> Vec<u8> {
        let (prefix, suffix) = self.frame(Some(content.len() as u64), &[], &[]);
        [&prefix, content, &suffix].concat()
    }

    fn certificate_set(&self, more: &[Certificate]) -> Vec<Vec<u8>> {
        self.all().map(|one| &one.signer).chain(more).map(|one| one.der().to_vec()).collect()
    }

    /// ```text
    /// SignedData ::= SEQUENCE { version, digestAlgorithms SET OF, encapContentInfo,
    ///     certificates [0] IMPLICIT SET OF OPTIONAL, crls [1] IMPLICIT SET OF OPTIONAL,
    ///     signerInfos SET OF }
    /// ```
    fn frame(
        &self,
        content_octets: Option<u64>,
        certificates: &[Vec<u8>],
        crls: &[Crl],
    ) -> (Vec<u8>, Vec<u8>) {
        let suffix = self.tail(certificates, crls);

        // From the inside out: each header needs the size of all that it holds.
        let mut start = Writer::new();
        let mut octets = 0;
        if let Some(content_octets) = content_octets {
            start.header(tlv::OCTET_STRING, content_octets);
            octets = start.octets().len() as u64 + content_octets;
            start = before(start, |before| before.header(tlv::context(0), octets));
            octets = start.octets().len() as u64 + content_octets;
        }
        let content_type = tlv::element(tlv::OBJECT_IDENTIFIER, self.content_type.as_bytes());
        start = before(start, |before| {
            before.header(tlv::SEQUENCE, octets + content_type.len() as u64);
            before.raw(&content_type);
        });
        start = before(start, |before| {
            // RFC 5652 §5.1: 1 for id-data signed by issuerAndSerialNumber, else 3.
            before.small(if self.content_type == ID_DATA { 1 } else { 3 });
            let digests = self.all().map(|one| digest_algorithm(one.algorithm.digest()));
            before.set_of(tlv::SET, digests.collect());
        });
        let whole = |start: &Writer| {
            start.octets().len() as u64 + content_octets.unwrap_or(0) + suffix.len() as u64
        };
        let octets = whole(&start);
        start = before(start, |before| before.header(tlv::SEQUENCE, octets));
        let octets = whole(&start);
        start = before(start, |before| {
            before.oid(&ID_SIGNED_DATA);
            before.header(tlv::context(0), octets);
        });
        let octets = whole(&start);
        start = before(start, |before| before.header(tlv::SEQUENCE, octets));
        (start.into_octets(), suffix)
    }

    /// What stands behind the content: certificates, revocation lists and the signer.
    fn tail(&self, certificates: &[Vec<u8>], crls: &[Crl]) -> Vec<u8> {
        let mut tail = Writer::new();
        if !certificates.is_empty() {
            tail.set_of(tlv::context(0), certificates.to_vec());
        }
        if !crls.is_empty() {
            tail.set_of(tlv::context(1), crls.iter().map(|crl| crl.der().to_vec()).collect());
        }
        tail.set_of(tlv::SET, self.all().map(Self::signer_info).collect());
        tail.into_octets()
    }

    /// As [`Self::tail`], with the signers' certificates: behind a content that has flowed by.
    pub(crate) fn streamed_tail(&self, certificates: &[Certificate], crls: &[Crl]) -> Vec<u8> {
        self.tail(&self.certificate_set(certificates), crls)
    }

    /// ```text
    /// SignerInfo ::= SEQUENCE { version (1), sid, digestAlgorithm, signedAttrs [0] IMPLICIT,
    ///     signatureAlgorithm, signature OCTET STRING, unsignedAttrs [1] IMPLICIT OPTIONAL }
    /// ```
    fn signer_info(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |signer_info| {
            signer_info.small(1);
            signer_info.nest(tlv::SEQUENCE, |sid| {
                sid.raw(&self.signer.issuer_der());
                sid.raw(&self.signer.serial_der());
            });
            signer_info.raw(&digest_algorithm(self.algorithm.digest()));
            // RFC 5652 §5.3: the same set, but tagged [0] instead of SET OF.
            signer_info.raw(&[tlv::context(0)]);
            signer_info.raw(&self.signed_attributes[1..]);
            signer_info.raw(&self.algorithm.identifier_der());
            signer_info.element(tlv::OCTET_STRING, &self.value);
            if let Some(token) = &self.time_stamp {
                let attribute = Attribute { oid: SIGNATURE_TIME_STAMP, value_der: token.clone() };
                signer_info.element(tlv::context(1), &attribute.to_der());
            }
        })
    }
}

fn before(after: Writer, write: impl FnOnce(&mut Writer)) -> Writer {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.raw(after.octets());
    writer
}

/// RFC 5035 §3. The hash algorithm is SHA-256, the DEFAULT, and so not written; issuer and serial
/// number are left to the hash (EN 319 122-1 §5.2.2.3).
fn signing_certificate(signer: &Certificate) -> Attribute {
    let value_der = tlv::nested(tlv::SEQUENCE, |signing_certificate| {
        signing_certificate.nest(tlv::SEQUENCE, |certificates| {
            certificates.nest(tlv::SEQUENCE, |ess_cert_id| {
                ess_cert_id.element(tlv::OCTET_STRING, &signer.sha256());
            });
        });
    });
    Attribute { oid: SIGNING_CERTIFICATE_V2, value_der }
}

/// RFC 6211 §2: both algorithm identifiers, inside of what is signed.
fn algorithm_protection(algorithm: SignatureAlgorithm, digest: DigestAlgorithm) -> Attribute {
    let value_der = tlv::nested(tlv::SEQUENCE, |protection| {
        protection.raw(&digest_algorithm(digest));
        protection.raw(&[tlv::context(1)]);
        protection.raw(&algorithm.identifier_der()[1..]);
    });
    Attribute { oid: CMS_ALGORITHM_PROTECTION, value_der }
}

/// RFC 5754 §2: SHA-2 with absent parameters.
pub(crate) fn digest_algorithm(digest: DigestAlgorithm) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |algorithm| algorithm.oid(&digest.oid()))
}
