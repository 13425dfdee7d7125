//! Cardinalities of EN 319 522-2 Table 13, as one list of named checks.

use super::{DISCLOSURE_ALGORITHM, EVIDENCE_VERSION, Evidence};
use crate::event::Event;
use crate::limits::{EVIDENCE_RECIPIENTS_MAX, REASONS_MAX};
use std::fmt;

/// Which rule of Table 13 an evidence breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableViolation {
    /// The check, for example `EVD-013`.
    pub check: &'static str,
    /// The rule in words.
    pub rule: &'static str,
}

impl fmt::Display for TableViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.rule, self.check)
    }
}

impl std::error::Error for TableViolation {}

/// One rule: its check id, its words, and the test.
type Rule = (&'static str, &'static str, fn(&Evidence) -> bool);

const RULES: [Rule; 15] = [
    // [EVD-010]
    ("EVD-010", "G02: a version this program knows", |e| e.version == EVIDENCE_VERSION),
    // [EVD-011]
    ("EVD-011", "G01: an identifier that ends in the issuer's domain", |e| {
        e.evidence_id
            .split_once('@')
            .is_some_and(|(id, domain)| !id.is_empty() && domain == e.issuer.domain.as_str())
    }),
    // [EVD-012] EN 319 522-2 marks the upper bound illegibly; one at least is always right.
    ("EVD-012", "G04: between 1 and 16 reasons", |e| (1..=REASONS_MAX).contains(&e.reasons.len())),
    // [EVD-013]
    ("EVD-013", "G04: the first detail of a reason is its code", |e| {
        e.reasons.iter().all(|r| r.details.first().is_some_and(|d| d == r.code.code()))
    }),
    // [EVD-014]
    ("EVD-014", "R01: at least one issuer policy", |e| !e.issuer_policies.is_empty()),
    // [EVD-015]
    ("EVD-015", "R02: the issuer's legal name", |e| !e.issuer.organisation.is_empty()),
    // [EVD-016]
    ("EVD-016", "I02: a sender with well-formed digests", |e| e.sender.is_well_formed()),
    // [EVD-017]
    ("EVD-017", "I06: between 1 and 1000 recipients with well-formed digests", |e| {
        (1..=EVIDENCE_RECIPIENTS_MAX).contains(&e.recipients.len())
            && e.recipients.iter().all(|r| r.is_well_formed())
    }),
    // [EVD-018]
    ("EVD-018", "I09: exactly one recipient meant in groups C, D and E, none elsewhere", |e| {
        let index = e.refers_to_recipient.map(|index| index as usize);
        e.event.refers_to_recipient() == index.is_some()
            && index.is_none_or(|index| (1..=e.recipients.len()).contains(&index))
    }),
    // [EVD-019]
    ("EVD-019", "I10: the sender's assurance", |e| e.sender.assurance.is_some()),
    // [EVD-020]
    ("EVD-020", "I12: the recipient's assurance in C.3, C.4, D.3 and E.1", |e| {
        !e.event.states_recipient_assurance() || e.recipients.iter().all(|r| r.assurance.is_some())
    }),
    // [EVD-021]
    ("EVD-021", "M03: the submission time in group A", |e| {
        !e.event.code().starts_with('A') || e.submission_time.is_some()
    }),
    // [EVD-022]
    ("EVD-022", "M05: the other provider in group B, and only there", |e| {
        e.event.names_external_erds() == e.external_erds.is_some()
    }),
    // [EVD-023] Our extension: the recipient's act is named by its digest.
    ("EVD-023", "the digest of the decision in C.3 and C.4, and only there", |e| {
        let decides = matches!(e.event, Event::ConsignmentAcceptance | Event::ConsignmentRejection);
        decides == e.decision_sha256.is_some()
    }),
    // [EVD-024]
    ("EVD-024", "the digest algorithm of disclosures is SHA-256", |e| {
        e.disclosure_algorithm == DISCLOSURE_ALGORITHM
    }),
];

impl Evidence {
    /// Checks every rule and names the first that is broken.
    pub fn check(&self) -> Result<(), TableViolation> {
        match RULES.iter().find(|(_, _, holds)| !holds(self)) {
            Some((check, rule, _)) => Err(TableViolation { check, rule }),
            None => Ok(()),
        }
    }
}
