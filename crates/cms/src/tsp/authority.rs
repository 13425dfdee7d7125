//! A time-stamp authority: a request in, a granted or rejected response out.

use super::request::{Refusal, TimeStampRequest};
use crate::asn1_time;
use crate::attributes::{ID_TST_INFO, ObjectIdentifier};
use crate::certificate::Certificate;
use crate::keys::SigningKey;
use crate::path::Crl;
use crate::signed::{ContentRef, digests_for, request_signature};
use crate::time::{ClaimedTime, LocalTime};
use crate::tlv::{self, Writer};

/// A time-stamp authority at work. It keeps nothing and reads no clock: serial number and time
/// come with each request.
pub struct TimeStampAuthority<'a> {
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// The certificates above it.
    pub chain: &'a [Certificate],
    /// The key that belongs to the certificate.
    pub key: &'a SigningKey,
    /// The one policy it stamps under.
    pub policy_oid: ObjectIdentifier,
    /// Revocation lists to send along with the certificates.
    pub crls: &'a [Crl],
}

impl TimeStampAuthority<'_> {
    /// Answers a TimeStampReq with a TimeStampResp in DER (`application/timestamp-reply`). Whatever
    /// is wrong with the request becomes a rejection that says so; if the key is not the
    /// certificate's, the rejection is systemFailure.
    ///
    /// `serial` must never repeat (RFC 3161 §2.4.2).
    #[must_use]
    pub fn respond(&self, request_der: &[u8], serial: u128, now: LocalTime) -> Vec<u8> {
        match TimeStampRequest::read(request_der).and_then(|request| self.accept(request)) {
            Ok(request) => self.token(&request, serial, now).map_or_else(
                || rejection(SYSTEM_FAILURE),
                |token| {
                    tlv::nested(tlv::SEQUENCE, |response| {
                        response.nest(tlv::SEQUENCE, |status| status.small(GRANTED));
                        response.raw(&token);
                    })
                },
            ),
            Err(refusal) => rejection(refusal.bit()),
        }
    }

    /// [TSP-006]
    fn accept(&self, request: TimeStampRequest) -> Result<TimeStampRequest, Refusal> {
        match request.policy() {
            Some(wanted) if wanted != self.policy_oid => Err(Refusal::UnacceptedPolicy),
            _ => Ok(request),
        }
    }

    fn token(&self, request: &TimeStampRequest, serial: u128, now: LocalTime) -> Option<Vec<u8>> {
        let info = self.tst_info(request, serial, now);
        let asked = request_signature(
            ContentRef::with(&info, &digests_for(&[self.certificate])),
            Some(ID_TST_INFO),
            self.certificate,
            ClaimedTime::from_unix(now.unix()),
            &[],
        );
        let answer = self.key.answer(&asked);
        let signature = asked.answered(answer).ok()?;
        // RFC 3161 §2.4.1: certificates only if asked for.
        Some(if request.wants_certificates() {
            signature.attached(&info, self.chain, self.crls)
        } else {
            signature.attached_bare(&info)
        })
    }

    /// ```text
    /// TSTInfo ::= SEQUENCE { version INTEGER (1), policy, messageImprint, serialNumber, genTime,
    ///     accuracy SEQUENCE { seconds INTEGER … } OPTIONAL, ordering BOOLEAN DEFAULT FALSE,
    ///     nonce INTEGER OPTIONAL, … }
    /// ```
    fn tst_info(&self, request: &TimeStampRequest, serial: u128, now: LocalTime) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |info| {
            info.small(1);
            info.oid(&self.policy_oid);
            info.raw(request.imprint_der());
            info.unsigned(&serial.to_be_bytes());
            info.raw(&asn1_time::generalized_time_der(now.unix()));
            // EN 319 422 §5.2.2: one second or better.
            info.nest(tlv::SEQUENCE, |accuracy| accuracy.small(1));
            if let Some(nonce) = request.nonce() {
                info.element(tlv::INTEGER, nonce);
            }
        })
    }
}

/// ```text
/// PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString OPTIONAL, failInfo BIT STRING OPTIONAL }
/// ```
fn rejection(failure_bit: u8) -> Vec<u8> {
    // X.690 §11.2.2: a list of named bits ends with its last one bit.
    let mut bits = vec![0u8; usize::from(failure_bit / 8) + 1];
    let unused = 7 - failure_bit % 8;
    if let Some(last) = bits.last_mut() {
        *last = 1 << unused;
    }
    let mut status = Writer::new();
    status.small(REJECTION);
    status.element(tlv::BIT_STRING, &[&[unused], &bits[..]].concat());
    tlv::element(tlv::SEQUENCE, &tlv::element(tlv::SEQUENCE, status.octets()))
}

const GRANTED: u8 = 0;
const REJECTION: u8 = 2;
/// PKIFailureInfo (RFC 3161 §2.4.2).
const SYSTEM_FAILURE: u8 = 25;
