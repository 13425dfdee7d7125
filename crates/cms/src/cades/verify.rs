//! The verdict on an archived signature: back in time, one proof of existence after the other
//! (EN 319 102-1 §5.6).

mod material;
mod stamps;

use super::parts::{Parts, SignerParts};
use crate::ber;
use crate::certificate::{Certificate, KeyPurpose};
use crate::decode::DecodeError;
use crate::digest::{ContentRef, DigestAlgorithm};
use crate::path::validate_path;
use crate::signed::{
    Dialect, Digested, JudgedSigner, Parsed, SignedContent, Signer, SignerInfo, Verification,
    check_signature, claimed_time, content_of, format_failure, path_at, together,
};
use crate::time::ProvenTime;
use crate::verdict::{Finding, Outcome, Shortfall, SubIndication, Verified};
use material::Material;
use stamps::{Stamp, Stamps};

/// How far a signature is prepared for the time to come (EN 319 122-1 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// B-B: a signature.
    Signed,
    /// B-T: its existence is proven.
    TimeStamped,
    /// B-LT: what its verdict needs is inside.
    LongTerm,
    /// B-LTA: all of that is time-stamped too.
    Archived,
}

impl Level {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signed => "CAdES B-B",
            Self::TimeStamped => "CAdES B-T",
            Self::LongTerm => "CAdES B-LT",
            Self::Archived => "CAdES B-LTA",
        }
    }
}

/// One archive time-stamp that holds.
#[derive(Debug, Clone)]
pub struct ArchiveProof {
    /// When everything that it covers provably existed.
    pub time: ProvenTime,
    /// What it trusts to.
    pub digest: DigestAlgorithm,
    /// Who made it.
    pub authority: Certificate,
}

/// How one signer's signature is preserved.
#[derive(Debug, Clone)]
pub struct Preservation {
    level: Level,
    proofs: Vec<ArchiveProof>,
}

impl Preservation {
    /// How far it is prepared.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Its archive time-stamps, oldest first.
    #[must_use]
    pub fn proofs(&self) -> &[ArchiveProof] {
        &self.proofs
    }
}

/// Signatures and the proofs around them. It is a claim until it comes inside a [`Verified`].
#[derive(Clone)]
pub struct Preserved {
    signed: SignedContent,
    signers: Vec<Preservation>,
}

impl Preserved {
    /// What the signatures cover, and what came of each signer.
    #[must_use]
    pub fn signed(&self) -> &SignedContent {
        &self.signed
    }

    /// How each signer's signature is preserved, in the order of [`SignedContent::signers`]. One
    /// that fell short has nothing to show.
    #[must_use]
    pub fn signers(&self) -> &[Preservation] {
        &self.signers
    }

    /// How far the message is prepared: as far as every one of its signatures is. [CAD-019]
    #[must_use]
    pub fn level(&self) -> Level {
        self.signers.iter().map(Preservation::level).min().unwrap_or(Level::Signed)
    }
}

/// Verifies a SignedData of anybody's with whatever time-stamps are around it, as of now.
///
/// `content` is needed where it is not inside, with every digest that is asked for. Every time-stamp
/// that is there must hold: one that does not was changed, or should not be relied on, and leaving
/// it out would hide that. It is judged for the time at which something else proves that it exists, and
/// for now where nothing does, by the one rule of [`crate::tsp::verify_token`].
///
/// Of two signers each is judged with the time-stamps in its own SignerInfo, and no other: what one
/// of them proves does not help the other. The verdict is the worse one, as for every message.
pub fn verify_archived(
    signed_data: &[u8],
    content: Option<ContentRef>,
    v: &Verification<'_>,
) -> Outcome<Preserved> {
    let unreadable = |error: &DecodeError| Outcome::TotalFailed(format_failure(error));
    let der = match ber::to_der(signed_data) {
        Ok(der) => der,
        Err(error) => return unreadable(&error),
    };
    let read = || Ok((Parsed::read(&der, Dialect::Foreign)?, Parts::read(&der)?));
    let (parsed, parts) = match read() {
        Ok(both) => both,
        Err(error) => return unreadable(&error),
    };
    let digested = match content {
        Some(content) if parts.content.is_none() => Digested::Elsewhere(content),
        _ => Digested::Inside,
    };
    // Both readers keep the order of the message.
    let signers = parsed.signers.iter().zip(&parts.signers);
    let judged = signers.map(|(info, signer)| {
        let (parsed, parts) = (&parsed, &parts);
        Archived { parsed, info, parts, signer, digested, content }.judged(v)
    });
    let (judged, signers): (Vec<_>, Vec<_>) = judged.unzip();
    let reports = judged.iter().map(|one: &JudgedSigner| one.report.clone()).collect();
    let preserved = Preserved { signed: content_of(&parsed, digested, reports), signers };
    match together(&parsed, judged, v) {
        Ok(finding) => Outcome::TotalPassed(Verified::new(preserved, finding)),
        Err(shortfall) => Outcome::fell_short(preserved, shortfall),
    }
}

/// One signer of a message.
struct Archived<'a> {
    parsed: &'a Parsed<'a>,
    info: &'a SignerInfo<'a>,
    parts: &'a Parts<'a>,
    signer: &'a SignerParts<'a>,
    digested: Digested,
    content: Option<ContentRef>,
}

impl Archived<'_> {
    fn judged(&self, v: &Verification<'_>) -> (JudgedSigner, Preservation) {
        let nothing = Preservation { level: Level::Signed, proofs: Vec::new() };
        let begun = || {
            let stamps = Stamps::of(self)?;
            let material = Material::collect(self.parsed, &stamps.all(), v)?;
            let pool = material.for_signers(v);
            let signer = check_signature(self.parsed, self.info, self.digested, &pool)?;
            Ok((stamps, material, signer))
        };
        match begun() {
            Err(shortfall) => {
                let pool = [&self.parsed.certificates, v.certificates].concat();
                (JudgedSigner::doubtful(self.info, &pool, shortfall), nothing)
            }
            Ok((stamps, material, signer)) => match self.judge(&stamps, &material, &signer, v) {
                Ok((finding, how)) => (JudgedSigner::judged(&signer, Ok(finding)), how),
                Err(short) => {
                    let short = material.explain(short);
                    (JudgedSigner::judged(&signer, Err(short)), nothing)
                }
            },
        }
    }

    fn judge(
        &self,
        stamps: &Stamps<'_>,
        material: &Material,
        signer: &Signer,
        v: &Verification<'_>,
    ) -> Result<(Finding, Preservation), Shortfall> {
        let whole = material.verification(v);
        let claimed_time = claimed_time(self.info)?;
        let (proofs, earliest) = stamps.hold(&whole)?;
        let proven_time = earliest.as_ref().map(|held| held.time);
        if proven_time.is_none() && v.require_time_stamp {
            let detail = "no time-stamp proves when the signature existed";
            return Err(Shortfall::new(SubIndication::NoPoe, detail));
        }
        let path = path_at(signer, proven_time, &whole)?;
        let finding = Finding {
            policy: v.policy.id(),
            signer: signer.certificate.clone(),
            cosigners: Vec::new(),
            chain: path.chain,
            proven_time,
            claimed_time,
            time_stamp_authority: earliest.map(|held| held.authority),
            algorithms: path.algorithms,
            revocation: path.revocation,
        };
        let level = self.level(signer, proven_time, stamps, v);
        Ok((finding, Preservation { level, proofs }))
    }

    /// Whether the message alone would do, judged where it stands.
    fn level(
        &self,
        signer: &Signer,
        proven_time: Option<ProvenTime>,
        stamps: &Stamps<'_>,
        v: &Verification<'_>,
    ) -> Level {
        let Some(proven_time) = proven_time else { return Level::Signed };
        let alone = Verification { certificates: &[], crls: &[], ..*v };
        let Ok(material) = Material::collect(self.parsed, &stamps.all(), &alone) else {
            return Level::TimeStamped;
        };
        let inside = material.verification(&alone);
        let complete = path_at(signer, Some(proven_time), &inside).is_ok()
            && stamps.signature.iter().all(|stamp| authority_holds(stamp, &inside));
        match (complete, stamps.archive.is_empty()) {
            (true, false) => Level::Archived,
            (true, true) => Level::LongTerm,
            (false, _) => Level::TimeStamped,
        }
    }
}

/// Whether the authority's path can be judged at genTime.
fn authority_holds(stamp: &Stamp<'_>, v: &Verification<'_>) -> bool {
    let Ok(token) = Parsed::read(stamp.value.value_der, Dialect::Foreign) else { return false };
    let [info] = token.signers.as_slice() else { return false };
    let signer = v.certificates.iter().find(|certificate| info.sid.names(certificate));
    signer.is_some_and(|signer| {
        let purpose = KeyPurpose::TimeStamping;
        let (certificates, crls) = (v.certificates, v.crls);
        validate_path(signer, certificates, crls, stamp.gen_time, purpose, v.anchors, v.policy)
            .is_ok()
    })
}
