//! The verdict on one signer of a SignedData (EN 319 102-1 §5.3 and §5.5).
//!
//! In this order, each on its own: form, digest, signer's certificate, signature, time, path,
//! algorithms. A check that fails ends it; nothing later can mend what came before.

use der::Decode;
use spki::AlgorithmIdentifierOwned;

use super::parse::{Dialect, Parsed, SignerInfo, same_algorithm};
use super::{SignerReport, Verification};
use crate::asn1_time;
use crate::attributes::{
    CMS_ALGORITHM_PROTECTION, CONTENT_TYPE, MESSAGE_DIGEST, ObjectIdentifier, SHA256,
    SIGNATURE_TIME_STAMP, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use crate::backend::{self, PublicKey};
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::digest::{ContentRef, DigestAlgorithm};
use crate::kdf::{ct_eq, sha256};
use crate::limits;
use crate::path::{Moments, PathFinding, validate_path_when};
use crate::policy::{KeyKind, SignatureAlgorithm};
use crate::time::{ClaimedTime, ProvenTime};
use crate::tlv::{self, Reader};
use crate::tsp;
use crate::verdict::{Finding, Shortfall, SubIndication};

/// Where the content is.
#[derive(Clone, Copy)]
pub(crate) enum Digested {
    Inside,
    Elsewhere(ContentRef),
}

/// One signer, and the finding if it passed.
pub(crate) struct JudgedSigner {
    pub(crate) report: SignerReport,
    pub(super) finding: Option<Finding>,
}

impl JudgedSigner {
    /// Of whom not even the signature was found to verify; `pool` may hold the certificate.
    pub(crate) fn doubtful(
        info: &SignerInfo<'_>,
        pool: &[Certificate],
        shortfall: Shortfall,
    ) -> Self {
        let algorithm = algorithms(info).ok().map(|(_, algorithm)| algorithm);
        let certificate = pool.iter().find(|it| info.sid.names(it)).cloned();
        let report = SignerReport::new(algorithm, certificate, false, Some(shortfall));
        Self { report, finding: None }
    }

    /// Whose signature verifies, and what came of everything else.
    pub(crate) fn judged(signer: &Signer, result: Result<Finding, Shortfall>) -> Self {
        let (finding, shortfall) = match result {
            Ok(finding) => (Some(finding), None),
            Err(shortfall) => (None, Some(shortfall)),
        };
        // More than one certificate may have the name; the one that is bound counts.
        let certificate = Some(signer.certificate.clone());
        let report = SignerReport::new(Some(signer.algorithm), certificate, true, shortfall);
        Self { report, finding }
    }

    pub(super) fn shortfall(&self) -> Option<&Shortfall> {
        self.report.shortfall()
    }
}

pub(super) fn judge_signer(
    parsed: &Parsed<'_>,
    info: &SignerInfo<'_>,
    digested: Digested,
    v: &Verification<'_>,
) -> JudgedSigner {
    match check_signature(parsed, info, digested, v) {
        Ok(signer) => JudgedSigner::judged(&signer, judge(info, parsed.dialect, &signer, v)),
        Err(shortfall) => JudgedSigner::doubtful(info, v.certificates, shortfall),
    }
}

fn judge(
    info: &SignerInfo<'_>,
    dialect: Dialect,
    signer: &Signer,
    v: &Verification<'_>,
) -> Result<Finding, Shortfall> {
    // CAdES B-B (EN 319 122-1 §6.3) demands the claim, although it proves nothing. [CMS-116]
    let claimed_time = claimed_time(info)?;
    if dialect == Dialect::Ours && claimed_time.is_none() {
        return short(SubIndication::SigConstraintsFailure, "no signing-time");
    }
    check_unsigned_attributes(info, dialect)?;
    let time_stamp = proven_time(info, v)?;
    let proven_time = time_stamp.as_ref().map(|(time, _)| *time);
    let path = path_at(signer, proven_time, v)?;
    Ok(Finding {
        policy: v.policy.id(),
        signer: signer.certificate.clone(),
        cosigners: Vec::new(),
        chain: path.chain,
        proven_time,
        claimed_time,
        time_stamp_authority: time_stamp.map(|(_, authority)| authority),
        algorithms: path.algorithms,
        revocation: path.revocation,
    })
}

/// Who signed, as far as the message alone tells.
pub(crate) struct Signer {
    pub(crate) certificate: Certificate,
    algorithm: SignatureAlgorithm,
    digest_name: &'static str,
}

/// Form, digest, certificate and signature: everything that needs no trust.
pub(crate) fn check_signature(
    parsed: &Parsed<'_>,
    info: &SignerInfo<'_>,
    digested: Digested,
    v: &Verification<'_>,
) -> Result<Signer, Shortfall> {
    check_content_type(parsed, info)?;
    check_algorithm_protection(info)?;
    let (digest, algorithm) = algorithms(info)?;
    let digest_name = v.policy.check_digest(digest)?;
    check_digest(parsed, info, digest, digested)?;
    let certificate = find_signer(info, v.certificates)?;
    let spki_der = certificate.spki_der();
    check_key(algorithm, &spki_der)?;
    // RFC 5652 §5.6: over the DER of the attributes, with the key of that certificate. [CMS-117]
    if !backend::verify(algorithm, &spki_der, &info.signed_octets, info.signature) {
        return short(SubIndication::SigCryptoFailure, "the signature does not verify");
    }
    Ok(Signer { certificate, algorithm, digest_name })
}

/// Where nobody here could verify the signature, it did not fail either: ECDSA with SHA-256 by a key
/// on P-384 is good elsewhere, as RSA is outside of wasm32. [CMS-233]
fn check_key(algorithm: SignatureAlgorithm, spki_der: &[u8]) -> Result<(), Shortfall> {
    let sub = SubIndication::CryptoConstraintsFailure;
    let name = algorithm.name();
    let Some(key) = PublicKey::read(spki_der) else {
        return short(sub, &format!("{name}: public key of an unknown kind"));
    };
    if !key.may_verify(algorithm) {
        return short(sub, &format!("{name} with a key of another kind"));
    }
    if let KeyKind::Rsa { bits } = key.kind
        && (cfg!(target_arch = "wasm32") || bits > limits::RSA_BITS_MAX)
    {
        return short(sub, &format!("{name} with {bits} bits is not verified here"));
    }
    Ok(())
}

/// The signer's path and algorithms, at the proven time or else now. [CMS-118]
pub(crate) fn path_at(
    signer: &Signer,
    proven_time: Option<ProvenTime>,
    v: &Verification<'_>,
) -> Result<PathFinding, Shortfall> {
    let at = proven_time.map_or(v.now.unix(), ProvenTime::unix);
    path_for(signer, Moments::all(at), v).map_err(|shortfall| match proven_time {
        Some(_) => shortfall,
        None => shortfall.without_proof_of_existence(),
    })
}

/// As [`path_at`] one moment, for more than one.
pub(crate) fn path_for(
    signer: &Signer,
    when: Moments,
    v: &Verification<'_>,
) -> Result<PathFinding, Shortfall> {
    let at = when.at;
    let own = v.policy.check(signer.algorithm, &signer.certificate.spki_der(), at)?;
    v.policy.check_not_withdrawn(signer.digest_name, at)?;
    let mut path = validate_path_when(
        &signer.certificate,
        v.certificates,
        v.crls,
        when,
        v.purpose,
        v.anchors,
        v.policy,
    )?;
    for name in [own, signer.digest_name.to_owned()] {
        if !path.algorithms.contains(&name) {
            path.algorithms.push(name);
        }
    }
    Ok(path)
}

/// RFC 5652 §11.1: the signed type is the type of the content. [CMS-119]
fn check_content_type(parsed: &Parsed<'_>, info: &SignerInfo<'_>) -> Result<(), Shortfall> {
    let stated = info.signed(CONTENT_TYPE);
    let is = tlv::element(tlv::OBJECT_IDENTIFIER, parsed.content_type.as_bytes());
    match stated {
        Some(stated) if stated == is => Ok(()),
        Some(_) => short(SubIndication::FormatFailure, "content-type is not the content's type"),
        None => short(SubIndication::FormatFailure, "no content-type attribute"),
    }
}

/// RFC 6211 §2: an attribute that is there must repeat both algorithms of the SignerInfo. [CMS-120]
fn check_algorithm_protection(info: &SignerInfo<'_>) -> Result<(), Shortfall> {
    let Some(value) = info.signed(CMS_ALGORITHM_PROTECTION) else { return Ok(()) };
    let agrees = || {
        let mut fields = Reader::new(tlv::only(value, tlv::SEQUENCE, "CMSAlgorithmProtection")?);
        let digest = fields.value(tlv::SEQUENCE, "digestAlgorithm")?;
        let signature = fields.value(tlv::context(1), "signatureAlgorithm")?;
        fields.finish("CMSAlgorithmProtection")?;
        let of_info = |octets| tlv::only(octets, tlv::SEQUENCE, "algorithm");
        Ok(same_algorithm(digest, of_info(info.digest_algorithm)?)
            && same_algorithm(signature, of_info(info.signature_algorithm)?))
    };
    match agrees() {
        Ok(true) => Ok(()),
        Ok(false) => short(SubIndication::FormatFailure, "algorithm protection names others"),
        Err(error) => Err(format_failure(&error)),
    }
}

fn algorithms(info: &SignerInfo<'_>) -> Result<(ObjectIdentifier, SignatureAlgorithm), Shortfall> {
    let unknown = |_| Shortfall::new(SubIndication::FormatFailure, "an algorithm cannot be read");
    let digest = AlgorithmIdentifierOwned::from_der(info.digest_algorithm).map_err(unknown)?;
    let signature =
        AlgorithmIdentifierOwned::from_der(info.signature_algorithm).map_err(unknown)?;
    // RFC 5754 §2: parameters are absent or NULL.
    if digest.parameters.as_ref().is_some_and(|parameters| !parameters.is_null()) {
        return short(SubIndication::FormatFailure, "the digest algorithm has parameters");
    }
    match SignatureAlgorithm::from_signer_info(&signature, &digest) {
        Some(algorithm) => Ok((digest.oid, algorithm)),
        // [CMS-121]
        None => short(SubIndication::CryptoConstraintsFailure, "signature algorithm not known"),
    }
}

/// RFC 5652 §11.2: the signed digest is the digest of the content. [CMS-122]
fn check_digest(
    parsed: &Parsed<'_>,
    info: &SignerInfo<'_>,
    digest: ObjectIdentifier,
    digested: Digested,
) -> Result<(), Shortfall> {
    let Some(stated) = info.signed(MESSAGE_DIGEST) else {
        return short(SubIndication::FormatFailure, "no message-digest attribute");
    };
    let stated = tlv::only(stated, tlv::OCTET_STRING, "message-digest")
        .map_err(|error| format_failure(&error))?;
    let computed = match (digested, parsed.content) {
        (Digested::Inside, Some(content)) => digest_of(digest, content),
        (Digested::Elsewhere(content), None) => DigestAlgorithm::from_oid(digest)
            .and_then(|algorithm| content.get(algorithm))
            .map(<[u8]>::to_vec),
        // [CMS-123]
        (Digested::Inside, None) => {
            return short(SubIndication::SignedDataNotFound, "the content is not inside");
        }
        // Two contents, and nobody could say which one counts. [CMS-124]
        (Digested::Elsewhere(_), Some(_)) => {
            return short(SubIndication::FormatFailure, "a detached signature with a content");
        }
    };
    match computed {
        Some(computed) if ct_eq(&computed, stated) => Ok(()),
        Some(_) => short(SubIndication::HashFailure, "the content is not the one that was signed"),
        None => short(SubIndication::SignedDataNotFound, "the content has no such digest"),
    }
}

/// EN 319 102-1 §5.2.3: the certificate that sid names and signing-certificate-v2 binds.
fn find_signer(info: &SignerInfo<'_>, pool: &[Certificate]) -> Result<Certificate, Shortfall> {
    let mut named = pool.iter().filter(|certificate| info.sid.names(certificate)).peekable();
    // [CMS-125]
    if named.peek().is_none() {
        let detail = "the signer's certificate is missing";
        return short(SubIndication::NoSigningCertificateFound, detail);
    }
    // Divergence from RFC 5652, as CAdES B-B demands: without it another certificate for the same
    // key could take the signer's place. [CMS-126]
    let Some(value) = info.signed(SIGNING_CERTIFICATE_V2) else {
        return short(SubIndication::SigConstraintsFailure, "no signing-certificate-v2");
    };
    let bound = EssCertId::read(value).map_err(|error| format_failure(&error))?;
    // RFC 5035 §4: the first one is the signer's. [CMS-127]
    named.find(|certificate| bound.is_of(certificate)).cloned().ok_or_else(|| {
        let detail = "signing-certificate-v2 binds another certificate";
        Shortfall::new(SubIndication::FormatFailure, detail)
    })
}

/// ```text
/// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, policies OPTIONAL }
/// ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256, certHash OCTET STRING,
///     issuerSerial SEQUENCE { issuer GeneralNames, serialNumber } OPTIONAL }
/// ```
struct EssCertId<'a> {
    digest: ObjectIdentifier,
    certificate_digest: &'a [u8],
    issuer_serial: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> EssCertId<'a> {
    fn read(value: &'a [u8]) -> Result<Self, DecodeError> {
        let mut fields = Reader::new(tlv::only(value, tlv::SEQUENCE, ESS)?);
        let mut certificates = fields.enter(tlv::SEQUENCE, ESS)?;
        fields.optional(tlv::SEQUENCE, ESS)?;
        fields.finish(ESS)?;
        let mut id = certificates.enter(tlv::SEQUENCE, ESS)?;
        let digest = match id.optional(tlv::SEQUENCE, ESS)? {
            Some(algorithm) => Reader::new(algorithm.value).oid(ESS)?,
            None => SHA256,
        };
        let certificate_digest = id.value(tlv::OCTET_STRING, ESS)?;
        let issuer_serial = match id.optional(tlv::SEQUENCE, ESS)? {
            Some(both) => {
                let mut both = Reader::new(both.value);
                // GeneralNames with one directoryName [4] (RFC 5035 §5.2).
                let mut names = both.enter(tlv::SEQUENCE, ESS)?;
                let issuer_der = names.value(tlv::context(4), ESS)?;
                names.finish(ESS)?;
                let serial_der = both.tlv(tlv::INTEGER, ESS)?.octets;
                both.finish(ESS)?;
                Some((issuer_der, serial_der))
            }
            None => None,
        };
        id.finish(ESS)?;
        Ok(Self { digest, certificate_digest, issuer_serial })
    }

    fn is_of(&self, certificate: &Certificate) -> bool {
        let digest = digest_of(self.digest, certificate.der());
        digest.is_some_and(|digest| digest == self.certificate_digest)
            && self.issuer_serial.is_none_or(|(issuer_der, serial_der)| {
                certificate.issuer_der() == issuer_der && certificate.serial_der() == serial_der
            })
    }
}

/// RFC 5652 §11.3.
pub(crate) fn claimed_time(info: &SignerInfo<'_>) -> Result<Option<ClaimedTime>, Shortfall> {
    let Some(value) = info.signed(SIGNING_TIME) else { return Ok(None) };
    let mut reader = Reader::new(value);
    let time = reader.any("signing-time").map_err(|error| format_failure(&error))?;
    // [CMS-128]
    match asn1_time::read_time(time.tag, time.value) {
        Some(unix) if reader.is_empty() => Ok(Some(ClaimedTime::from_unix(unix))),
        _ => short(SubIndication::FormatFailure, "signing-time cannot be read"),
    }
}

/// Nothing signs the unsigned attributes, so ours may hold only what proves itself: a time-stamp
/// over the signature. [CMS-129]
fn check_unsigned_attributes(info: &SignerInfo<'_>, dialect: Dialect) -> Result<(), Shortfall> {
    let unknown = |attribute: &crate::attributes::Attribute| attribute.oid != SIGNATURE_TIME_STAMP;
    if dialect == Dialect::Ours && info.unsigned_attributes.iter().any(unknown) {
        return short(SubIndication::FormatFailure, "an unsigned attribute that is no time-stamp");
    }
    Ok(())
}

/// EN 319 102-1 §5.5.4: the time-stamp over the signature. One that is there must hold, else
/// somebody changed the message after it was made; leaving that out would hide it. [CMS-130]
fn proven_time(
    info: &SignerInfo<'_>,
    v: &Verification<'_>,
) -> Result<Option<(ProvenTime, Certificate)>, Shortfall> {
    let Some(token) = info.unsigned(SIGNATURE_TIME_STAMP) else {
        // [CMS-131]
        if v.require_time_stamp {
            return short(SubIndication::NoPoe, "no time-stamp proves when the signature existed");
        }
        return Ok(None);
    };
    let verified = tsp::verify_token(token, sha256(info.signature), v).passed();
    let verified = verified.map_err(|shortfall| Shortfall {
        detail: format!("time-stamp: {}", shortfall.detail),
        ..shortfall
    })?;
    Ok(Some((verified.proven(), verified.finding().signer.clone())))
}

fn digest_of(digest: ObjectIdentifier, octets: &[u8]) -> Option<Vec<u8>> {
    DigestAlgorithm::from_oid(digest).map(|algorithm| algorithm.of(octets))
}

pub(crate) fn format_failure(error: &DecodeError) -> Shortfall {
    Shortfall::new(SubIndication::FormatFailure, error.to_string())
}

fn short<T>(sub: SubIndication, detail: &str) -> Result<T, Shortfall> {
    Err(Shortfall::new(sub, detail))
}

const ESS: &str = "signing-certificate-v2";
