//! Responses and tokens: what a client believes, and why.

use core::fmt;

use super::imprint::{self, Imprint};
use super::request::{Refusal, TimeStampRequest};
use crate::asn1_time;
use crate::attributes::{ID_TST_INFO, ObjectIdentifier};
use crate::certificate::{Certificate, KeyPurpose};
use crate::decode::{self, DecodeError};
use crate::kdf::ct_eq;
use crate::limits;
use crate::path::Moments;
use crate::signed::{
    Dialect, Digested, Parsed, Verification, check_signature, format_failure, path_for,
};
use crate::time::{ClaimedTime, ProvenTime};
use crate::tlv::{self, Reader, malformed};
use crate::verdict::{Finding, Outcome, Shortfall, SubIndication, Verified};

/// Why a response gives no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TspError {
    /// The authority's octets are no TimeStampResp.
    Malformed,
    /// The authority stamped another nonce: an old answer, or somebody else's.
    OtherNonce,
    /// The authority stamped another digest.
    OtherImprint,
    /// The authority stamped under another policy than the one asked for.
    OtherPolicy,
    /// The authority refused.
    Rejected {
        /// PKIStatus (RFC 3161 §2.4.2).
        status: u8,
        /// The first bit set in PKIFailureInfo.
        failure: Option<u8>,
    },
}

impl TspError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "time-stamp-malformed",
            Self::OtherNonce => "time-stamp-other-nonce",
            Self::OtherImprint => "time-stamp-other-imprint",
            Self::OtherPolicy => "time-stamp-other-policy",
            Self::Rejected { .. } => "time-stamp-rejected",
        }
    }
}

impl fmt::Display for TspError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not a time-stamp response"),
            Self::OtherNonce => f.write_str("a time-stamp for another nonce"),
            Self::OtherImprint => f.write_str("a time-stamp for another digest"),
            Self::OtherPolicy => f.write_str("a time-stamp under another policy"),
            Self::Rejected { status, failure: Some(bit) } => {
                write!(f, "the authority refused: status {status}, failure {bit}")
            }
            Self::Rejected { status, failure: None } => {
                write!(f, "the authority refused: status {status}")
            }
        }
    }
}

impl core::error::Error for TspError {}

/// The token of a response to this request. It is not verified: [`verify_token`] does that.
///
/// ```text
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// ```
pub fn token_from_response(
    response_der: &[u8],
    request: &TimeStampRequest,
) -> Result<Vec<u8>, TspError> {
    let token = read_response(response_der)?;
    let parsed = Parsed::read(token, Dialect::Foreign).map_err(|_| TspError::Malformed)?;
    let info = TstInfo::of(&parsed).map_err(|_| TspError::Malformed)?;
    // RFC 3161 §2.2: the requester SHALL verify that the answer is to what was asked. [TSP-007]
    if info.imprint != *request.stamped() {
        return Err(TspError::OtherImprint);
    }
    // [TSP-008]
    if info.nonce != request.nonce() {
        return Err(TspError::OtherNonce);
    }
    // [TSP-009]
    if request.policy().is_some_and(|wanted| wanted != info.policy) {
        return Err(TspError::OtherPolicy);
    }
    Ok(token.to_vec())
}

fn read_response(response_der: &[u8]) -> Result<&[u8], TspError> {
    let read = || {
        decode::bounded("TimeStampResp", response_der, limits::TIME_STAMP_OCTETS_MAX)?;
        let mut response = Reader::new(tlv::only(response_der, tlv::SEQUENCE, "TimeStampResp")?);
        let mut status = response.enter(tlv::SEQUENCE, "PKIStatusInfo")?;
        let code = status.small("PKIStatus")?;
        status.optional(tlv::SEQUENCE, "statusString")?;
        let failure = status.optional(tlv::BIT_STRING, "failInfo")?;
        status.finish("PKIStatusInfo")?;
        let token = response.optional(tlv::SEQUENCE, "timeStampToken")?;
        response.finish("TimeStampResp")?;
        Ok((code, failure.and_then(|bits| first_bit(bits.value)), token))
    };
    let (status, failure, token) = read().map_err(|_: DecodeError| TspError::Malformed)?;
    // RFC 3161 §2.4.2: a token is there with granted (0) and grantedWithMods (1), and only then. [TSP-010]
    match (status, token) {
        (0 | 1, Some(token)) => Ok(token.octets),
        (0 | 1, None) => Err(TspError::Malformed),
        _ => Err(TspError::Rejected { status, failure }),
    }
}

fn first_bit(bit_string: &[u8]) -> Option<u8> {
    let (_unused, bits) = bit_string.split_first()?;
    let at = bits.iter().position(|octet| *octet != 0)?;
    u8::try_from(at * 8 + bits[at].leading_zeros() as usize).ok()
}

/// What a token says. The time is a claim until the token is verified.
#[derive(Clone)]
pub struct TimeStamp {
    gen_time: i64,
    serial: Vec<u8>,
    policy: ObjectIdentifier,
}

impl TimeStamp {
    /// When the token says that the digest existed. A fraction of a second counts as the whole.
    #[must_use]
    pub fn claimed(&self) -> ClaimedTime {
        ClaimedTime::from_unix(self.gen_time)
    }

    /// The authority's serial number for it: the content of the INTEGER.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The authority's policy.
    #[must_use]
    pub fn policy(&self) -> ObjectIdentifier {
        self.policy
    }
}

impl Verified<TimeStamp> {
    /// The time that is proven. This is the only place that makes a [`ProvenTime`].
    #[must_use]
    pub fn proven(&self) -> ProvenTime {
        ProvenTime::from_verified_token(self.get().gen_time)
    }
}

/// Verifies that a token proves the existence of this SHA-256 digest (RFC 3161 §2.2, EN 319 102-1
/// §5.4), as of now. Of the verification only `purpose` and `require_time_stamp` do not matter.
///
/// A token is judged for the earliest time at which something else proves that it exists. Here nothing
/// does, so its algorithms must count today, and its authority's certificate be valid and not revoked:
/// whoever got hold of an authority's key after genTime could name any time. An archive time-stamp proves
/// a token for longer: see [`crate::cades`].
pub fn verify_token(token: &[u8], imprint: [u8; 32], v: &Verification<'_>) -> Outcome<TimeStamp> {
    verify_token_known_by(token, &Imprint::sha256(imprint), None, v)
}

/// What a token says that it stamps, and when. Nothing is verified.
pub(crate) fn stamped_by(token: &[u8]) -> Result<(Imprint, i64), DecodeError> {
    let parsed = Parsed::read(token, Dialect::Foreign)?;
    let info = TstInfo::of(&parsed)?;
    Ok((info.imprint, info.gen_time))
}

/// As [`verify_token`], of a token that something else proves to exist since the Unix second
/// `known_by`, over any digest.
pub(crate) fn verify_token_known_by(
    token: &[u8],
    imprint: &Imprint,
    known_by: Option<i64>,
    v: &Verification<'_>,
) -> Outcome<TimeStamp> {
    let parsed = match Parsed::read(token, Dialect::Foreign) {
        Ok(parsed) => parsed,
        Err(error) => return Outcome::TotalFailed(format_failure(&error)),
    };
    let info = match TstInfo::of(&parsed) {
        Ok(info) => info,
        Err(error) => return Outcome::TotalFailed(format_failure(&error)),
    };
    let certificates = [&parsed.certificates, v.certificates].concat();
    let crls = [&parsed.crls, v.crls].concat();
    let v = Verification {
        certificates: &certificates,
        crls: &crls,
        purpose: KeyPurpose::TimeStamping,
        ..*v
    };
    let stamp =
        TimeStamp { gen_time: info.gen_time, serial: info.serial.to_vec(), policy: info.policy };
    match judge(&parsed, &info, imprint, known_by, &v) {
        Ok(finding) => Outcome::TotalPassed(Verified::new(stamp, finding)),
        Err(shortfall) => Outcome::fell_short(stamp, shortfall),
    }
}

fn judge(
    parsed: &Parsed<'_>,
    info: &TstInfo<'_>,
    imprint: &Imprint,
    known_by: Option<i64>,
    v: &Verification<'_>,
) -> Result<Finding, Shortfall> {
    let same_algorithm = info.imprint.algorithm() == imprint.algorithm();
    // [TSP-011]
    if !same_algorithm || !ct_eq(info.imprint.octets(), imprint.octets()) {
        let detail = "the token stamps another digest";
        return Err(Shortfall::new(SubIndication::HashFailure, detail));
    }
    // RFC 3161 §2.4.2: nobody signs a token but the authority. [CMS-236]
    let [info_of_signer] = parsed.signers.as_slice() else {
        let detail = "a token with two signers";
        return Err(Shortfall::new(SubIndication::FormatFailure, detail));
    };
    let signer = check_signature(parsed, info_of_signer, Digested::Inside, v)?;
    // An authority cannot see the future; a clock that runs ahead a little can. [TSP-012]
    if info.gen_time > v.now.unix().saturating_add(limits::CLOCK_TOLERANCE_SECONDS) {
        let detail = "the token is from the future";
        return Err(Shortfall::new(SubIndication::TimestampOrderFailure, detail));
    }
    // EN 319 422 §5.2.2: one second or better. Deadlines and drifts are judged by the second; an
    // authority that says nothing is taken by its policy. [TSP-016]
    if !info.is_accurate {
        let detail = "the token's time is accurate to more than one second only";
        return Err(Shortfall::new(SubIndication::SigConstraintsFailure, detail));
    }
    // A token is no proof of its own existence. Nothing but the present proves this one? Then it must
    // hold today. [TSP-018]
    let judged_at = known_by.unwrap_or(v.now.unix().max(info.gen_time));
    check_known_by(info.gen_time, judged_at, &signer.certificate)?;
    // Divergence from EN 319 102-1 §5.2.5: today's revocation list is not demanded, since dossiers are
    // read without a network. One that speaks for genTime must be there, the newest in hand decides, and
    // whatever it says up to today counts.
    let listed_since = known_by.unwrap_or(info.gen_time);
    let when = Moments { at: judged_at, listed_since, used_at: info.gen_time };
    // The path of a key for timeStamping alone (RFC 3161 §2.3). What fails here may be right once another
    // token proves this one. [TSP-013]
    let path = path_for(&signer, when, v).map_err(Shortfall::without_proof_of_existence)?;
    let at = ProvenTime::from_verified_token(info.gen_time);
    Ok(Finding {
        policy: v.policy.id(),
        signer: signer.certificate.clone(),
        cosigners: Vec::new(),
        chain: path.chain,
        proven_time: Some(at),
        claimed_time: None,
        time_stamp_authority: Some(signer.certificate),
        algorithms: path.algorithms,
        revocation: path.revocation,
    })
}

/// EN 319 102-1 §5.6.2: what is known to exist since a time cannot say that it was made later, nor by
/// an authority that had no certificate yet. [TSP-017]
fn check_known_by(gen_time: i64, known_by: i64, authority: &Certificate) -> Result<(), Shortfall> {
    let short =
        |detail: &str| Err(Shortfall::new(SubIndication::TimestampOrderFailure, detail.to_owned()));
    if gen_time > known_by.saturating_add(limits::CLOCK_TOLERANCE_SECONDS) {
        return short("the token is younger than what proves that it exists");
    }
    if gen_time < authority.not_before() {
        return short("the token is older than its authority's certificate");
    }
    Ok(())
}

/// The fields of TSTInfo that we use.
struct TstInfo<'a> {
    policy: ObjectIdentifier,
    imprint: Imprint,
    serial: &'a [u8],
    gen_time: i64,
    /// Whether the authority says that genTime is right to the second.
    is_accurate: bool,
    nonce: Option<&'a [u8]>,
}

impl<'a> TstInfo<'a> {
    fn of(parsed: &Parsed<'a>) -> Result<Self, DecodeError> {
        // RFC 3161 §2.4.2: eContentType id-ct-TSTInfo, content inside. [TSP-014]
        if parsed.content_type != ID_TST_INFO {
            return Err(DecodeError::Unsupported { what: "CMS content other than TSTInfo" });
        }
        let content = parsed.content.ok_or_else(|| malformed(WHAT))?;
        tlv::check(content)?;
        Self::read(Reader::new(tlv::only(content, tlv::SEQUENCE, WHAT)?))
    }

    fn read(mut fields: Reader<'a>) -> Result<Self, DecodeError> {
        if fields.small("TSTInfo version")? != 1 {
            return Err(DecodeError::Unsupported { what: "version of TSTInfo" });
        }
        let policy = fields.oid("policy")?;
        let imprint = fields.value(tlv::SEQUENCE, "messageImprint")?;
        let imprint = imprint::read(imprint).map_err(|refusal| match refusal {
            Refusal::BadAlgorithm => DecodeError::Unsupported { what: "digest of a time-stamp" },
            _ => malformed("messageImprint"),
        })?;
        let serial = fields.integer("serialNumber")?;
        if serial.len() > limits::TIME_STAMP_INTEGER_OCTETS_MAX {
            return Err(malformed("serialNumber"));
        }
        let gen_time = fields.value(tlv::GENERALIZED_TIME, "genTime")?;
        let gen_time = asn1_time::read_gen_time(gen_time).ok_or_else(|| malformed("genTime"))?;
        let accuracy = fields.optional(tlv::SEQUENCE, "accuracy")?;
        let is_accurate = accuracy.map_or(Ok(true), |it| within_a_second(it.value))?;
        fields.optional(tlv::BOOLEAN, "ordering")?;
        let nonce = fields.optional(tlv::INTEGER, "nonce")?.map(|nonce| nonce.value);
        fields.optional(tlv::context(0), "tsa")?;
        if let Some(extensions) = fields.optional(tlv::context(1), "extensions")? {
            refuse_critical(extensions.value)?;
        }
        fields.finish(WHAT)?;
        Ok(Self { policy, imprint, serial, gen_time, is_accurate, nonce })
    }
}

/// ```text
/// Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL,
///     millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999) OPTIONAL }
/// ```
/// RFC 3161 §2.4.2: what is missing is zero.
fn within_a_second(accuracy: &[u8]) -> Result<bool, DecodeError> {
    let mut fields = Reader::new(accuracy);
    let seconds = fields.optional(tlv::INTEGER, ACCURACY)?.map_or(&[0][..], |it| it.value);
    let mut fraction = false;
    for number in [0, 1] {
        fraction |= fields.optional(tlv::context_primitive(number), ACCURACY)?.is_some();
    }
    fields.finish(ACCURACY)?;
    Ok(seconds == [0] || (seconds == [1] && !fraction))
}

/// RFC 5280 §4.2: what is critical and not understood is refused; we understand none. [TSP-015]
fn refuse_critical(extensions: &[u8]) -> Result<(), DecodeError> {
    let mut extensions = Reader::new(extensions);
    while !extensions.is_empty() {
        let mut extension = extensions.enter(tlv::SEQUENCE, "extension")?;
        extension.oid("extension")?;
        if extension.optional(tlv::BOOLEAN, "critical")?.is_some_and(|flag| flag.value == [0xff]) {
            return Err(DecodeError::Unsupported { what: "critical extension of a time-stamp" });
        }
    }
    Ok(())
}

const WHAT: &str = "TSTInfo";
const ACCURACY: &str = "accuracy";
