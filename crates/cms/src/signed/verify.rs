//! The verdict on a SignedData (EN 319 102-1 §5.3 and §5.5).
//!
//! Each signer is judged alone: see [`super::judge`]. The verdict over two is the worse one: a message
//! is TOTAL-PASSED if every signer in it has passed and the passed ones are what the policy requires;
//! TOTAL-FAILED if one of them is; INDETERMINATE otherwise. So nobody's broken signature hides behind
//! another's good one, and a policy that requires a kind of signature is not content without it,
//! should somebody have cut it off: nothing but the policy binds two signers of CMS to each other.

use super::judge::{Digested, JudgedSigner, format_failure, judge_signer};
use super::parse::{Dialect, Parsed};
use super::{SignedBy, SignedContent};
use crate::attributes::{
    CMS_ALGORITHM_PROTECTION, MESSAGE_DIGEST, ObjectIdentifier, SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
};
use crate::ber;
use crate::certificate::{Certificate, KeyPurpose};
use crate::digest::ContentRef;
use crate::kdf::sha256;
use crate::path::{Crl, TrustAnchors};
use crate::policy::{AlgorithmPolicy, SignatureAlgorithm};
use crate::time::LocalTime;
use crate::verdict::{Finding, Outcome, Revocation, Shortfall, SubIndication, Verified};

/// Everything a verdict depends on besides the message.
#[derive(Clone, Copy)]
pub struct Verification<'a> {
    /// Whom we trust, for signers and time-stamp authorities alike.
    pub anchors: &'a TrustAnchors,
    /// Certificates to build paths with, besides those in the message.
    pub certificates: &'a [Certificate],
    /// Revocation lists, besides those in the message.
    pub crls: &'a [Crl],
    /// Which algorithms count.
    pub policy: &'a AlgorithmPolicy,
    /// Our clock. It decides only where no time is proven.
    pub now: LocalTime,
    /// What the signer's key must be for.
    pub purpose: KeyPurpose,
    /// Whether a signature without a time-stamp is only INDETERMINATE (CAdES B-T).
    pub require_time_stamp: bool,
}

/// Verifies a SignedData of ours with its content inside.
pub fn verify_attached(signed_data: &[u8], v: &Verification<'_>) -> Outcome<SignedContent> {
    verify(signed_data, Dialect::Ours, Digested::Inside, v)
}

/// Verifies a SignedData of ours against the SHA-256 of a content that is elsewhere.
pub fn verify_detached(
    signed_data: &[u8],
    content_digest: [u8; 32],
    v: &Verification<'_>,
) -> Outcome<SignedContent> {
    verify_detached_content(signed_data, ContentRef::from_sha256(content_digest, 0), v)
}

/// As [`verify_detached`], for signers whose signatures go with other digests. The size of the
/// content is not looked at: the signature says nothing about it.
pub fn verify_detached_content(
    signed_data: &[u8],
    content: ContentRef,
    v: &Verification<'_>,
) -> Outcome<SignedContent> {
    verify(signed_data, Dialect::Ours, Digested::Elsewhere(content), v)
}

/// Verifies a SignedData that a foreign program wrote, with its content inside. BER is read, and
/// what our profile adds to RFC 5652 is missed only where its meaning is at stake: one signer,
/// signed attributes, algorithms, path and time are as strict as for ours, and without
/// signing-certificate-v2 the verdict stays INDETERMINATE.
pub fn verify_foreign(signed_data: &[u8], v: &Verification<'_>) -> Outcome<SignedContent> {
    match ber::to_der(signed_data) {
        Ok(der) => verify(&der, Dialect::Foreign, Digested::Inside, v),
        Err(error) => Outcome::TotalFailed(format_failure(&error)),
    }
}

/// Verifies a SignedData of others whose content has flowed by and was left out since; there may
/// have been none.
pub(crate) fn verify_flowed(
    der: &[u8],
    content: Option<ContentRef>,
    v: &Verification<'_>,
) -> Outcome<SignedContent> {
    verify(der, Dialect::Foreign, content.map_or(Digested::Inside, Digested::Elsewhere), v)
}

fn verify(
    octets: &[u8],
    dialect: Dialect,
    digested: Digested,
    v: &Verification<'_>,
) -> Outcome<SignedContent> {
    let parsed = match Parsed::read(octets, dialect) {
        Ok(parsed) => parsed,
        Err(error) => return Outcome::TotalFailed(format_failure(&error)),
    };
    let certificates = [&parsed.certificates, v.certificates].concat();
    let crls = [&parsed.crls, v.crls].concat();
    let v = Verification { certificates: &certificates, crls: &crls, ..*v };
    let judged: Vec<JudgedSigner> =
        parsed.signers.iter().map(|info| judge_signer(&parsed, info, digested, &v)).collect();
    let reports = judged.iter().map(|one| one.report.clone()).collect();
    let content = content_of(&parsed, digested, reports);
    match together(&parsed, judged, &v) {
        Ok(finding) => Outcome::TotalPassed(Verified::new(content, finding)),
        Err(shortfall) => Outcome::fell_short(content, shortfall),
    }
}

/// The rule of the module header. [CMS-234]
pub(crate) fn together(
    parsed: &Parsed<'_>,
    judged: Vec<JudgedSigner>,
    v: &Verification<'_>,
) -> Result<Finding, Shortfall> {
    let count = judged.len();
    let short = || judged.iter().enumerate().filter_map(|(at, it)| Some((at, it.shortfall()?)));
    let worst = short().find(|(_, it)| it.sub.is_total_failure()).or_else(|| short().next());
    if let Some((at, shortfall)) = worst {
        return Err(named(at, &judged, shortfall));
    }
    let algorithms: Vec<SignatureAlgorithm> =
        judged.iter().filter_map(|it| it.report.algorithm()).collect();
    v.policy.check_signers(&algorithms)?;
    if parsed.dialect == Dialect::Ours && count > 1 {
        check_one_party(parsed, &judged)?;
    }
    let findings = judged.into_iter().filter_map(|it| it.finding).collect();
    merged(findings).ok_or_else(|| Shortfall::new(SubIndication::Generic, "no signer was judged"))
}

/// Where there are two, a shortfall says whose it is and what the other is worth.
fn named(at: usize, judged: &[JudgedSigner], shortfall: &Shortfall) -> Shortfall {
    if judged.len() == 1 {
        return shortfall.clone();
    }
    let name = |it: &JudgedSigner| it.report.algorithm().map_or("unknown", |known| known.name());
    let others = judged.iter().enumerate().filter(|(other, _)| *other != at);
    let others: Vec<String> = others
        .map(|(other, it)| {
            let word = it.shortfall().map_or("passed", |shortfall| shortfall.sub.code());
            format!("signer {} ({}): {word}", other + 1, name(it))
        })
        .collect();
    let detail = format!(
        "signer {} ({}): {}; {}",
        at + 1,
        name(&judged[at]),
        shortfall.detail,
        others.join("; ")
    );
    Shortfall { sub: shortfall.sub, detail }
}

/// Two keys of one party, not two parties: whoever reads a message of ours asks who signed it, and
/// gets one answer. And both say the same about the content. [CMS-235]
fn check_one_party(parsed: &Parsed<'_>, judged: &[JudgedSigner]) -> Result<(), Shortfall> {
    let short = |detail: &str| Err(Shortfall::new(SubIndication::FormatFailure, detail));
    let signers: Vec<&Certificate> =
        judged.iter().filter_map(|it| it.report.certificate()).collect();
    for pair in signers.windows(2) {
        if !pair[0].names_the_same_as(pair[1]) {
            return short("two signers that are not one party");
        }
        if pair[0].spki_der() == pair[1].spki_der() {
            return short("two signatures by one key");
        }
    }
    let common = parsed.common_attributes();
    let is_own = |oid: ObjectIdentifier| {
        [CMS_ALGORITHM_PROTECTION, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2, SIGNING_TIME]
            .contains(&oid)
    };
    let differs = parsed
        .signers
        .iter()
        .flat_map(|signer| &signer.signed_attributes)
        .any(|attribute| !is_own(attribute.oid) && !common.contains(attribute));
    if differs { short("two signers who say different things") } else { Ok(()) }
}

/// One finding for all signers: the first one's, with what is weakest about any of them.
fn merged(findings: Vec<Finding>) -> Option<Finding> {
    let mut findings = findings.into_iter();
    let mut whole = findings.next()?;
    for more in findings {
        whole.cosigners.push(more.signer);
        for algorithm in more.algorithms {
            if !whole.algorithms.contains(&algorithm) {
                whole.algorithms.push(algorithm);
            }
        }
        // All signatures existed when the last of them did.
        match (whole.proven_time, more.proven_time) {
            (Some(one), Some(other)) if other > one => {
                whole.proven_time = Some(other);
                whole.time_stamp_authority = more.time_stamp_authority;
            }
            (Some(_), Some(_)) => {}
            _ => (whole.proven_time, whole.time_stamp_authority) = (None, None),
        }
        whole.revocation = older(whole.revocation, more.revocation);
    }
    Some(whole)
}

fn older(one: Revocation, other: Revocation) -> Revocation {
    match (one, other) {
        (
            Revocation::Checked { this_update: first },
            Revocation::Checked { this_update: second },
        ) => Revocation::Checked { this_update: first.min(second) },
        (checked @ Revocation::Checked { .. }, Revocation::NotRequired) => checked,
        (Revocation::NotRequired, other) => other,
    }
}

pub(crate) fn content_of(
    parsed: &Parsed<'_>,
    digested: Digested,
    signers: Vec<super::SignerReport>,
) -> SignedContent {
    let content = parsed.content.unwrap_or_default().to_vec();
    let content_digest = match digested {
        Digested::Inside => sha256(&content),
        Digested::Elsewhere(content) => content.digest,
    };
    let signed_by = parsed.signers.iter().map(|signer| SignedBy {
        signature: signer.signature.to_vec(),
        digest: signer.digest(),
        signed_octets: signer.signed_octets.clone(),
        attributes: signer.signed_attributes.clone(),
    });
    SignedContent {
        content,
        content_digest,
        content_type: parsed.content_type,
        attributes: parsed.common_attributes(),
        signed_by: signed_by.collect(),
        signers,
    }
}
