//! Certificate revocation lists (RFC 5280 §5): complete lists, signed by the issuer itself.
//!
//! Divergence: delta lists, complete lists that have deltas, indirect lists and lists for a part of
//! the certificates are refused. Such a list says less than it seems to.

use core::fmt;
use std::sync::Arc;

use const_oid::ObjectIdentifier;
use der::{Decode, asn1::GeneralizedTime, oid::AssociatedOid};
use x509_cert::{
    crl::{CertificateList, RevokedCert},
    ext::{
        Extensions,
        pkix::{AuthorityKeyIdentifier, CrlNumber, CrlReason, IssuingDistributionPoint},
    },
    name::Name,
};

use super::proven::{Proven, Statement};
use super::{Interest, Moments};
use crate::certificate::{self, Certificate};
use crate::decode::{self, DecodeError};
use crate::policy::{AlgorithmPolicy, SignatureAlgorithm};
use crate::verdict::{Shortfall, SubIndication};
use crate::{backend, limits};

/// A certificate revocation list: parsed, not believed. Only a path validation that finds its issuer
/// relies on it. Cloning is cheap.
#[derive(Clone)]
pub struct Crl(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    tbs_der: Vec<u8>,
    issuer: Name,
    this_update: i64,
    next_update: i64,
    number: Option<u64>,
    algorithm: Option<SignatureAlgorithm>,
    signature: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    serial: Vec<u8>,
    since: i64,
    suspended: bool,
    /// Nothing was lost: the certificate is needed no more.
    retired: bool,
}

impl Crl {
    /// Reads one list in strict DER.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let list: CertificateList = decode::strict(WHAT, der, limits::CRL_OCTETS_MAX)?;
        let tbs = &list.tbs_cert_list;
        // RFC 5280 §5.1.2.1: extensions, hence cRLNumber, need version 2. [CRL-001]
        if tbs.version != x509_cert::Version::V2 {
            return Err(DecodeError::Unsupported { what: "revocation list of version 1" });
        }
        // RFC 5280 §5.1.1.2. [CRL-002]
        if tbs.signature != list.signature_algorithm {
            return Err(DecodeError::Malformed { what: "revocation list's signature algorithm" });
        }
        // RFC 5280 §5.1.2.5: nextUpdate MUST be there; without it nothing tells stale from fresh.
        // [CRL-003]
        let next_update = tbs.next_update.ok_or(DecodeError::Malformed { what: WHAT })?;
        let number = read_extensions(tbs.crl_extensions.as_ref())?;
        let revoked = tbs.revoked_certificates.as_deref().unwrap_or_default();
        let entries = revoked.iter().map(Entry::read).collect::<Result<_, _>>()?;
        let tbs_der = decode::members(WHAT, der)?[0].to_vec();
        Ok(Self(Arc::new(Parsed {
            der: der.to_vec(),
            tbs_der,
            issuer: tbs.issuer.clone(),
            this_update: certificate::unix(tbs.this_update),
            next_update: certificate::unix(next_update),
            number,
            algorithm: SignatureAlgorithm::from_identifier(&list.signature_algorithm),
            signature: list.signature.as_bytes().unwrap_or_default().to_vec(),
            entries,
        })))
    }

    /// Reads one list from a PEM text that holds it and nothing else (RFC 7468 §7).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        decode::bounded("PEM text", pem.as_bytes(), limits::PEM_OCTETS_MAX)?;
        let malformed = |_| DecodeError::Malformed { what: "PEM text with a revocation list" };
        let (label, der) = der::pem::decode_vec(pem.as_bytes()).map_err(malformed)?;
        if label != "X509 CRL" {
            return Err(DecodeError::Malformed { what: "PEM text with a revocation list" });
        }
        Self::from_der(&der)
    }

    /// The octets as they came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// When it was issued, Unix time.
    pub fn this_update(&self) -> i64 {
        self.0.this_update
    }

    /// Until when the next one will be issued, Unix time.
    pub fn next_update(&self) -> i64 {
        self.0.next_update
    }

    /// Its cRLNumber, if it has one that fits 64 bits.
    pub fn number(&self) -> Option<u64> {
        self.0.number
    }

    /// Whether both are lists of one issuer, as far as the names say.
    pub fn has_issuer_of(&self, other: &Self) -> bool {
        self.0.issuer == other.0.issuer
    }

    /// How many certificates it names.
    pub fn revoked_count(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether the certificate was revoked at the Unix second `at`.
    pub(super) fn revokes(&self, certificate: &Certificate, at: i64) -> bool {
        self.entry(certificate).is_some_and(|entry| !entry.suspended && entry.since <= at)
    }

    /// Whether the certificate was on hold at the Unix second `at` (RFC 5280 §5.3.1): the issuer has
    /// not decided yet.
    pub(super) fn holds_back(&self, certificate: &Certificate, at: i64) -> bool {
        self.entry(certificate).is_some_and(|entry| entry.suspended && entry.since <= at)
    }

    /// Whether the list says that the certificate's key was not lost, but is needed no more.
    pub(super) fn retires(&self, certificate: &Certificate) -> bool {
        self.entry(certificate).is_some_and(|entry| entry.retired)
    }

    fn entry(&self, certificate: &Certificate) -> Option<&Entry> {
        self.0.entries.iter().find(|entry| entry.serial == certificate.serial())
    }

    /// Whether the list knew the certificate's state at `at`.
    fn speaks_for(&self, certificate: &Certificate, at: i64) -> bool {
        let current = self.this_update() <= at && at <= self.next_update();
        // RFC 5280 §5: once expired, a certificate may vanish from the lists, so that a later
        // list proves something only up to the end of validity. [CRL-007]
        let later = self.this_update() > at && self.this_update() <= certificate.not_after();
        certificate::same_name(&self.0.issuer, certificate.issuer()) && (current || later)
    }

    /// Whether this is the issuer's own list: under its name, signed by its key, with algorithms that
    /// count at the Unix second `at`.
    ///
    /// A path validation asks this by itself of every list that is handed to it. This is for whoever
    /// keeps lists, and must not let go of a good one for one that anybody could have made. It says
    /// nothing about the issuer: whether that one is believed is for a path to say.
    pub fn is_signed_by(&self, issuer: &Certificate, at: i64, policy: &AlgorithmPolicy) -> bool {
        self.is_signed_as_known(issuer, at, policy, &Proven::default())
    }

    fn is_signed_as_known(
        &self,
        issuer: &Certificate,
        at: i64,
        policy: &AlgorithmPolicy,
        proven: &Proven,
    ) -> bool {
        let spki_der = issuer.spki_der();
        let Some(algorithm) = self.0.algorithm else { return false };
        let verifies = || {
            backend::verify(algorithm, &spki_der, &self.0.tbs_der, &self.0.signature)
                .then_some(())
                .ok_or(())
        };
        let statement = || Statement::new("list", [self.der(), &spki_der]);
        // RFC 5280 §6.3.3 (f): the issuer's key must be for revocation lists. [CRL-008]
        issuer.signs_crls()
            && certificate::same_name(&self.0.issuer, issuer.subject())
            && policy.check(algorithm, &spki_der, at).is_ok()
            // [CRL-009]
            && proven.holds(&statement(), verifies).is_ok()
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({:?}, {} entries)", self.number(), self.revoked_count())
    }
}

impl Entry {
    fn read(revoked: &RevokedCert) -> Result<Self, DecodeError> {
        let malformed = |_| DecodeError::Malformed { what: "revocation list's entry" };
        let mut entry = Self {
            serial: revoked.serial_number.as_bytes().to_vec(),
            since: certificate::unix(revoked.revocation_date),
            suspended: false,
            retired: false,
        };
        certificate::check_extensions(revoked.crl_entry_extensions.as_ref())?;
        for extension in revoked.crl_entry_extensions.iter().flatten() {
            let value = extension.extn_value.as_bytes();
            match extension.extn_id {
                CrlReason::OID => {
                    let reason = CrlReason::from_der(value).map_err(malformed)?;
                    entry.suspended = reason == CrlReason::CertificateHold;
                    // RFC 3161 §4 takes `unspecified` for one of them. Divergence: it says nothing, and
                    // RFC 5280 §5.3.1 wants it left out.
                    entry.retired = matches!(
                        reason,
                        CrlReason::AffiliationChanged
                            | CrlReason::Superseded
                            | CrlReason::CessationOfOperation
                    );
                }
                // RFC 5280 §5.3.2: the key may have been lost before the issuer heard of it.
                // The earlier date counts, against the signature.
                INVALIDITY_DATE => {
                    let date = GeneralizedTime::from_der(value).map_err(malformed)?;
                    let date = certificate::unix(date.into());
                    entry.since = entry.since.min(date);
                }
                // RFC 5280 §5.3, such as certificateIssuer of indirect lists. [CRL-005]
                _ if extension.critical => {
                    return Err(DecodeError::Unsupported { what: "revocation list's entry" });
                }
                _ => {}
            }
        }
        Ok(entry)
    }
}

/// The newest list that knows the certificate's state at the time of interest and is the issuer's own,
/// signed with any of its keys.
pub(super) fn newest_for<'a>(
    certificate: &Certificate,
    issuers: &[Certificate],
    interest: &Interest<'a>,
) -> Result<&'a Crl, Shortfall> {
    let try_later = |detail: &str| Shortfall::new(SubIndication::TryLater, detail);
    let Interest { crls, when, policy, proven, .. } = *interest;
    let Moments { at, listed_since, .. } = when;
    let mut lists: Vec<_> =
        crls.iter().filter(|crl| crl.speaks_for(certificate, listed_since)).collect();
    // Refused and not cut short: the list that names the certificate could be the one cut off.
    // [CRL-010]
    if lists.len() > limits::CRLS_MAX {
        return Err(try_later("too many revocation lists to look at"));
    }
    lists.sort_by_key(|crl| core::cmp::Reverse((crl.this_update(), crl.number())));
    // [CRL-011]
    lists
        .into_iter()
        .find(|crl| {
            let is_own = |issuer: &Certificate| crl.is_signed_as_known(issuer, at, policy, proven);
            issuers.iter().any(is_own)
        })
        .ok_or_else(|| try_later("no revocation list of the issuer for the time of interest"))
}

/// Reads cRLNumber and refuses what would change the meaning of the list.
fn read_extensions(extensions: Option<&Extensions>) -> Result<Option<u64>, DecodeError> {
    let mut number = None;
    certificate::check_extensions(extensions)?;
    for extension in extensions.into_iter().flatten() {
        let unsupported = DecodeError::Unsupported { what: "revocation list's extension" };
        match extension.extn_id {
            CrlNumber::OID => {
                let value = CrlNumber::from_der(extension.extn_value.as_bytes())
                    .map_err(|_| DecodeError::Malformed { what: "revocation list's number" })?;
                number = octets_to_u64(value.0.as_bytes());
            }
            AuthorityKeyIdentifier::OID => {}
            // RFC 5280 §5.2.4 and §5.2.5 make these critical; they are refused either way.
            // [CRL-006]
            DELTA_CRL_INDICATOR | IssuingDistributionPoint::OID => return Err(unsupported),
            // RFC 5280 §5.2.6: what was revoked since stands in a delta list, of which we read none
            // (§6.3.3 would let us rely on the complete one alone). [CRL-012]
            FRESHEST_CRL => return Err(unsupported),
            // RFC 5280 §5.2. [CRL-004]
            _ if extension.critical => return Err(unsupported),
            _ => {}
        }
    }
    Ok(number)
}

fn octets_to_u64(octets: &[u8]) -> Option<u64> {
    let fits = octets.len() <= 8;
    fits.then(|| octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)))
}

const WHAT: &str = "revocation list";
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
const DELTA_CRL_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const FRESHEST_CRL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.46");
