//! Verifying a dossier, or one evidence, with nothing but trust anchors: no network, no clock of
//! its own, no belief in what the dossier says about itself.
//!
//! Every signature is judged by itself (EN 319 102-1), then what the parts say about each other.
//! Digests, keys and disclosures prove themselves: either they fit what was sealed or not.

mod anchors;
mod certificates;
mod ciphertext;
mod content;
mod decision;
mod evidence;
mod files;
mod issuers;
mod notice;
mod parties;
mod recipients;
mod sheet;
mod summary;

pub use evidence::verify_single;

use super::container::Container;
use super::records::{Disclosures, Head, Opening};
use super::report::Report;
use anchors::Vouched;
use content::KnownContent;
use evidence::KnownEvidence;
use parties::Parties;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::{LocalTime, ProvenTime};
use sealpost_erds::DispatchId;
use sheet::Sheet;

/// Verifies a dossier.
pub fn verify_dossier(
    octets: &[u8],
    anchors: &TrustAnchors,
    policy: &AlgorithmPolicy,
    now: LocalTime,
) -> Report {
    let basis = Basis { anchors, policy, now };
    let container = match Container::read(octets) {
        Ok(container) => container,
        Err(error) => return summary::broken_container(octets, &basis, &error),
    };
    let mut case = Case::new(container, basis);
    case.judge_files();
    case.judge_evidence();
    case.judge_seals();
    case.judge_parties();
    case.judge_issuers();
    case.judge_ciphertexts();
    case.judge_content();
    case.judge_notices();
    case.judge_certificates();
    case.judge_decisions();
    case.judge_exporter();
    case.into_report(octets)
}

/// What a verification depends on.
#[derive(Clone, Copy)]
struct Basis<'a> {
    anchors: &'a TrustAnchors,
    policy: &'a AlgorithmPolicy,
    now: LocalTime,
}

impl<'a> Basis<'a> {
    fn verification(&self, crls: &'a [Crl], purpose: KeyPurpose) -> Verification<'a> {
        Verification {
            anchors: self.anchors,
            certificates: &[],
            crls,
            policy: self.policy,
            now: self.now,
            purpose,
            require_time_stamp: true,
        }
    }
}

/// A dossier under judgement: what is known of it so far.
struct Case<'a> {
    container: Container<'a>,
    basis: Basis<'a>,
    sheet: Sheet,
    head: Option<Head>,
    opening: Option<Opening>,
    disclosures: Option<Disclosures>,
    crls: Vec<Crl>,
    evidence: Vec<KnownEvidence>,
    /// Which anchor spoke for which domain so far.
    vouched: Vouched,
    parties: Parties,
    content: Option<KnownContent>,
    /// Parts that described ciphertext opens to, and on which way.
    opened: Vec<(String, Option<DispatchId>)>,
}

impl<'a> Case<'a> {
    fn new(container: Container<'a>, basis: Basis<'a>) -> Self {
        Self {
            sheet: Sheet::of(&container),
            container,
            basis,
            head: None,
            opening: None,
            disclosures: None,
            crls: Vec::new(),
            evidence: Vec::new(),
            vouched: Vouched::default(),
            parties: Parties::default(),
            content: None,
            opened: Vec::new(),
        }
    }

    /// The octets of a part that is there and was not found wrong.
    fn octets(&self, name: &str) -> Option<&'a [u8]> {
        let part = self.container.part(name).filter(|_| self.sheet.stands(name))?;
        Some(part.octets)
    }

    /// The names of all parts of a kind, with what the kind says about them.
    fn names<T>(&self, kind: fn(super::layout::PartKind) -> Option<T>) -> Vec<(String, T)> {
        let parts = self.container.parts().iter();
        parts
            .filter_map(|part| {
                let known = super::layout::PartKind::of(part.name).and_then(kind)?;
                Some((part.name.to_owned(), known))
            })
            .collect()
    }

    /// Evidence about this way that is TOTAL-PASSED in everything.
    fn counted(&self, dispatch: DispatchId) -> impl Iterator<Item = &KnownEvidence> {
        self.evidence.iter().filter(move |known| {
            known.evidence.dispatch_id == dispatch && self.sheet.is_passed(&known.part)
        })
    }

    /// Since when the octets of a part provably exist because evidence describes the ciphertext
    /// that opens to them: the earliest proven time of such evidence.
    fn carried_since(&self, part: &str) -> Option<ProvenTime> {
        let ways = self.opened.iter().filter(|(opened, _)| opened == part);
        let since = |dispatch: Option<DispatchId>| {
            let known = self.evidence.iter().filter(|known| {
                dispatch.is_none_or(|dispatch| known.evidence.dispatch_id == dispatch)
                    && self.sheet.is_passed(&known.part)
            });
            known.filter_map(|known| known.proven_time).min()
        };
        ways.filter_map(|(_, dispatch)| since(*dispatch)).min()
    }
}
