//! Whom to believe what: evidence of a provider under that provider's root, decisions of our
//! people under our own, time-stamps of an external authority under the authority's, as the provider
//! whose evidence it is has named it ([`super::time_roots`]).
//!
//! A verification takes one set of anchors for signers and time-stamps alike. Where an external
//! authority's root is among them, the signer's path must end at the party's own root all the same
//! [TRU-001]: an authority for time does not become one for seals.

use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::signed::Verification;
use sealpost_cms::verdict::{Finding, Outcome, Shortfall, SubIndication, Verified};
use sealpost_erds::acceptance::{
    ConsignmentAcceptance, ConsignmentRejection, verify_acceptance, verify_rejection,
};
use sealpost_erds::discovery::{Discovery, verify_discovery};
use sealpost_erds::evidence::{Evidence, verify_evidence};
use sealpost_erds::{ConsignmentMode, Domain};

use crate::clock;
use crate::provider::Provider;
use crate::tls::Party;

/// Evidence of another provider that holds, with its octets. Only [`evidence_of`] makes one.
pub struct PeerEvidence {
    evidence: Verified<Evidence>,
    octets: Vec<u8>,
}

impl PeerEvidence {
    /// What it says.
    #[must_use]
    pub fn get(&self) -> &Evidence {
        self.evidence.get()
    }

    /// What it says, and why it is believed.
    #[must_use]
    pub const fn verified(&self) -> &Verified<Evidence> {
        &self.evidence
    }

    /// The SignedData, verbatim.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }
}

/// Why evidence is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// TOTAL-FAILED, or from somebody else than it should be: it will never be good.
    Failed(Shortfall),
    /// INDETERMINATE: it may be good, and cannot be judged now.
    Indeterminate(Shortfall),
}

impl Doubt {
    /// EN 319 102-1's word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Failed(shortfall) | Self::Indeterminate(shortfall) => shortfall.sub.code(),
        }
    }

    /// What is short.
    #[must_use]
    pub fn into_shortfall(self) -> Shortfall {
        match self {
            Self::Failed(shortfall) | Self::Indeterminate(shortfall) => shortfall,
        }
    }
}

/// Verifies evidence that `issuer`, and nobody else, must have issued.
pub fn evidence_of(
    provider: &Provider,
    issuer: &Domain,
    octets: Vec<u8>,
) -> Result<PeerEvidence, Doubt> {
    let Some(party) = provider.parties.of(issuer) else {
        return Err(Doubt::Failed(not_theirs("no trusted provider serves the issuer's domain")));
    };
    let anchors = anchors_of_issuer(provider, party);
    let verification = verification(provider, &anchors, &[], KeyPurpose::ElectronicSeal);
    let evidence = match verify_evidence(&octets, &verification) {
        Outcome::TotalPassed(evidence) => evidence,
        Outcome::Indeterminate(_, shortfall) => return Err(Doubt::Indeterminate(shortfall)),
        Outcome::TotalFailed(shortfall) => return Err(Doubt::Failed(shortfall)),
    };
    ends_at_root(evidence.finding(), party).map_err(Doubt::Failed)?;
    // One provider does not speak for another. [TRU-002]
    if evidence.get().issuer.domain != *issuer {
        return Err(Doubt::Failed(not_theirs("another provider issued the evidence")));
    }
    Ok(PeerEvidence { evidence, octets })
}

/// Verifies the acceptance of one of our people.
pub fn acceptance(
    provider: &Provider,
    signed: &[u8],
    mode: ConsignmentMode,
    crl: &Crl,
) -> Result<Verified<ConsignmentAcceptance>, Shortfall> {
    let party = own(provider)?;
    let anchors = anchors_with_time(provider, party);
    let crls = provider.service.notary.time().lists_and(crl);
    let verification = verification(provider, &anchors, &crls, KeyPurpose::LetterSignature);
    let acceptance = verify_acceptance(signed, mode, &verification).passed()?;
    ends_at_root(acceptance.finding(), party)?;
    Ok(acceptance)
}

/// Verifies the refusal of one of our people.
pub fn rejection(
    provider: &Provider,
    signed: &[u8],
    mode: ConsignmentMode,
    crl: &Crl,
) -> Result<Verified<ConsignmentRejection>, Shortfall> {
    let party = own(provider)?;
    let anchors = anchors_with_time(provider, party);
    let crls = provider.service.notary.time().lists_and(crl);
    let verification = verification(provider, &anchors, &crls, KeyPurpose::LetterSignature);
    let rejection = verify_rejection(signed, mode, &verification).passed()?;
    ends_at_root(rejection.finding(), party)?;
    Ok(rejection)
}

/// Verifies what another provider says of itself.
pub fn discovery_of(
    provider: &Provider,
    party: &Party,
    signed: &[u8],
) -> Result<Verified<Discovery>, Shortfall> {
    let verification = verification(provider, party.anchors(), &[], KeyPurpose::ElectronicSeal);
    verify_discovery(signed, party.domain(), &verification).passed()
}

fn verification<'a>(
    provider: &'a Provider,
    anchors: &'a TrustAnchors,
    crls: &'a [Crl],
    purpose: KeyPurpose,
) -> Verification<'a> {
    Verification {
        anchors,
        certificates: &[],
        crls,
        policy: &provider.config.policy,
        now: clock::now(),
        purpose,
        // What needs a proven time asks for it by itself.
        require_time_stamp: false,
    }
}

fn own(provider: &Provider) -> Result<&Party, Shortfall> {
    let own = provider.parties.of(&provider.config.domain);
    own.ok_or_else(|| not_theirs("this provider does not know itself"))
}

/// For evidence: the issuer's own root, and the authorities for time that the issuer itself has named.
/// [TRU-003]
fn anchors_of_issuer(provider: &Provider, party: &Party) -> TrustAnchors {
    let mut anchors = party.anchors().clone();
    for root in provider.service.time_roots.of(party.domain()) {
        anchors.add(root);
    }
    anchors
}

/// For decisions of our people, who take their time from us: the authority in use now.
fn anchors_with_time(provider: &Provider, party: &Party) -> TrustAnchors {
    let mut anchors = party.anchors().clone();
    if let Some(root) = provider.service.notary.time().external_root() {
        anchors.add(root.clone());
    }
    anchors
}

fn ends_at_root(finding: &Finding, party: &Party) -> Result<(), Shortfall> {
    let root = finding
        .chain
        .last()
        .filter(|root| party.anchors().find_by_sha256(&root.sha256()).is_some());
    root.map(drop).ok_or_else(|| not_theirs("the signer's path ends at another root"))
}

fn not_theirs(detail: &str) -> Shortfall {
    Shortfall::new(SubIndication::NoCertificateChainFound, detail)
}
