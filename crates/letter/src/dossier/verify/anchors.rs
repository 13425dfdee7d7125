//! Which trust anchor speaks for which domain.
//!
//! A verifier trusts a folder of roots; nothing in it says whose each one is. Without this check
//! every root could vouch for everybody's providers and people: one provider could seal in the
//! name of another, and sign as its people. A live agent and a live provider pin one root to each
//! domain; here the dossier itself must fit such a list, whatever the list is.
//!
//! An anchor at which only the paths of time-stamps end is not asked: it vouches for time alone.

use super::Case;
use super::evidence::KnownEvidence;
use crate::dossier::report::{Check, Judgement};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::verdict::{Finding, SubIndication};
use sealpost_erds::Digest;

/// Domains, in lower case, and the anchors that vouched for them.
#[derive(Default)]
pub(super) struct Vouched(Vec<(String, Digest)>);

impl Vouched {
    /// Whether this anchor alone vouches for the domain, and for no other.
    fn fits(&self, domain: &str, anchor: Digest) -> bool {
        self.0.iter().all(|(known, by)| (known == domain) == (*by == anchor))
    }

    fn add(&mut self, domain: &str, anchor: Digest) {
        self.0.push((domain.to_owned(), anchor));
    }
}

/// The anchor at the end of a path.
pub(super) fn anchor_of(chain: &[Certificate]) -> Option<Digest> {
    chain.last().map(|anchor| Digest::from_array(anchor.sha256()))
}

impl Case<'_> {
    /// [DOS-035] The seals, before anything is read out of the evidence. Where two anchors
    /// disagree, nothing says which one is right, so neither counts.
    pub(super) fn judge_seals(&mut self) {
        let sealed = |known: &KnownEvidence| Some((domain_of(known), known.anchor?));
        for (domain, anchor) in self.evidence.iter().filter_map(sealed) {
            self.vouched.add(&domain, anchor);
        }
        let Self { evidence, vouched, sheet, .. } = self;
        for known in evidence.iter_mut() {
            let Some(anchor) = known.anchor else { continue };
            let fits = vouched.fits(&domain_of(known), anchor);
            if !fits {
                known.proven_time = None;
            }
            sheet.note(&known.part, Check::ANCHOR, judgement(fits));
        }
        evidence.sort_by_key(|known| known.proven_time.is_none());
    }

    /// A person, likewise: whether the anchor speaks for the domain of the certified address.
    pub(super) fn judge_person(&mut self, part: &str, finding: &Finding) -> bool {
        self.judge_vouched(part, &finding.signer, &finding.chain)
    }

    pub(super) fn judge_vouched(
        &mut self,
        part: &str,
        certificate: &Certificate,
        chain: &[Certificate],
    ) -> bool {
        let Some(anchor) = anchor_of(chain) else { return true };
        let addresses = certificate.email_addresses();
        let domains = addresses.iter().filter_map(|address| address.rsplit_once('@'));
        let mut all_fit = true;
        for (_, domain) in domains {
            let domain = domain.to_ascii_lowercase();
            all_fit &= self.vouched.fits(&domain, anchor);
            self.vouched.add(&domain, anchor);
        }
        self.sheet.note(part, Check::ANCHOR, judgement(all_fit));
        all_fit
    }
}

fn domain_of(known: &KnownEvidence) -> String {
    known.evidence.issuer.domain.as_str().to_ascii_lowercase()
}

fn judgement(fits: bool) -> Judgement {
    if fits {
        return Judgement::passed();
    }
    let detail = "its trust anchor vouches for another domain as well, or another one for this";
    Judgement::indeterminate(SubIndication::ChainConstraintsFailure, detail)
}
