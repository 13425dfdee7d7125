//! The verdict on an archived signature: back in time, one proof of existence after the other
//! (EN 319 102-1 §5.6).

mod material;

use super::extend::content_digest;
use super::index::HashIndex;
use super::parts::{Parts, UnsignedValue};
use crate::ber;
use crate::certificate::{Certificate, KeyPurpose};
use crate::decode::DecodeError;
use crate::digest::{ContentRef, DigestAlgorithm};
use crate::limits;
use crate::path::validate_path;
use crate::signed::{
    Dialect, Digested, Parsed, SignedContent, Signer, SignerInfo, SignerReport, Verification,
    check_signature, claimed_time, content_of, format_failure, path_at,
};
use crate::time::ProvenTime;
use crate::tsp::{Imprint, stamped_by, verify_token_known_by};
use crate::verdict::{Finding, Outcome, Shortfall, SubIndication, Verified};
use material::Material;

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

/// A signature and the proofs around it. It is a claim until it comes inside a [`Verified`].
#[derive(Clone)]
pub struct Preserved {
    signed: SignedContent,
    level: Level,
    proofs: Vec<ArchiveProof>,
}

impl Preserved {
    /// What the signature covers.
    #[must_use]
    pub fn signed(&self) -> &SignedContent {
        &self.signed
    }

    /// How far it is prepared.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The archive time-stamps, oldest first.
    #[must_use]
    pub fn proofs(&self) -> &[ArchiveProof] {
        &self.proofs
    }
}

/// Verifies a SignedData of anybody's with whatever time-stamps are around it, as of now.
///
/// `content` is needed where it is not inside, with every digest that is asked for. Every time-stamp
/// that is there must hold: one that does not was changed, or should not be relied on, and leaving
/// it out would hide that. Unlike [`crate::signed::verify_attached`], a time-stamp is judged for the
/// time at which something else proves that it exists, hence for now where nothing does.
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
    // [`Parts`] are those of one signer.
    let [info] = parsed.signers.as_slice() else {
        return Outcome::malformed("archived with more than one signer");
    };
    let archived = Archived { parsed: &parsed, info, parts: &parts, digested, content };
    match archived.judge(v) {
        Ok((report, level, proofs, finding)) => {
            let signed = content_of(&parsed, digested, vec![report]);
            Outcome::TotalPassed(Verified::new(Preserved { signed, level, proofs }, finding))
        }
        Err(shortfall) => {
            let signed = content_of(&parsed, digested, Vec::new());
            let claim = Preserved { signed, level: Level::Signed, proofs: Vec::new() };
            Outcome::fell_short(claim, shortfall)
        }
    }
}

struct Archived<'a> {
    parsed: &'a Parsed<'a>,
    info: &'a SignerInfo<'a>,
    parts: &'a Parts<'a>,
    digested: Digested,
    content: Option<ContentRef>,
}

/// A time-stamp of the message, with what it should stamp.
struct Stamp<'a> {
    value: UnsignedValue<'a>,
    gen_time: i64,
    imprint: Imprint,
    /// Of an archive time-stamp.
    index: Option<HashIndex>,
}

/// A time-stamp that holds.
struct Held {
    time: ProvenTime,
    authority: Certificate,
}

impl Archived<'_> {
    fn judge(
        &self,
        v: &Verification<'_>,
    ) -> Result<(SignerReport, Level, Vec<ArchiveProof>, Finding), Shortfall> {
        let (signature_stamps, archive_stamps) = self.stamps()?;
        check_order(&archive_stamps)?;
        let all: Vec<_> = signature_stamps.iter().chain(&archive_stamps).collect();
        let material = Material::collect(self.parsed, &all, v)?;
        let whole = material.verification(v);
        let signer =
            check_signature(self.parsed, self.info, self.digested, &material.for_signers(v))?;
        let claimed_time = claimed_time(self.info)?;

        // From now back: the newest first, each one for the time that the one after it proves.
        let mut proofs = Vec::new();
        for (position, stamp) in archive_stamps.iter().enumerate().rev() {
            let later = &archive_stamps[position + 1..];
            let held = holds(stamp, later, &whole, "archive time-stamp")
                .map_err(|shortfall| material.explain(shortfall))?;
            let digest = stamp.imprint.algorithm();
            proofs.insert(0, ArchiveProof { time: held.time, digest, authority: held.authority });
        }
        let mut earliest = proofs
            .first()
            .map(|proof| Held { time: proof.time, authority: proof.authority.clone() });
        for stamp in &signature_stamps {
            let held = holds(stamp, &archive_stamps, &whole, "time-stamp")
                .map_err(|shortfall| material.explain(shortfall))?;
            if earliest.as_ref().is_none_or(|first| held.time < first.time) {
                earliest = Some(held);
            }
        }
        let proven_time = earliest.as_ref().map(|held| held.time);
        if proven_time.is_none() && v.require_time_stamp {
            let detail = "no time-stamp proves when the signature existed";
            return Err(Shortfall::new(SubIndication::NoPoe, detail));
        }
        let path = path_at(&signer, proven_time, &whole)
            .map_err(|shortfall| material.explain(shortfall))?;
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
        let level = self.level(&signer, proven_time, &all, !proofs.is_empty(), v);
        Ok((signer.report(None), level, proofs, finding))
    }

    /// All time-stamps with what they should stamp; archive time-stamps oldest first.
    fn stamps(&self) -> Result<(Vec<Stamp<'_>>, Vec<Stamp<'_>>), Shortfall> {
        let read = |error: DecodeError| format_failure(&error);
        let (mut signature_stamps, mut archive_stamps) = (Vec::new(), Vec::new());
        for value in self.parts.unsigned_values().map_err(read)? {
            if value.is_signature_time_stamp() {
                let (stated, gen_time) = stamped_by(value.value_der).map_err(read)?;
                // EN 319 122-1 §5.3: the octets of the signature, without tag and length.
                let imprint = Imprint::of(stated.algorithm(), self.parts.signature);
                signature_stamps.push(Stamp { value, gen_time, imprint, index: None });
            } else if value.is_archive_time_stamp() {
                archive_stamps.push(self.archive_stamp(value)?);
            }
        }
        // [CAD-007]
        if archive_stamps.len() > limits::ARCHIVE_TIME_STAMPS_MAX {
            let count_max = limits::ARCHIVE_TIME_STAMPS_MAX;
            return Err(read(DecodeError::TooMany { what: "archive time-stamps", count_max }));
        }
        // Of two in one second the one that covers more came later.
        archive_stamps.sort_by_key(|stamp| {
            (stamp.gen_time, stamp.index.as_ref().map_or(0, HashIndex::covered_values))
        });
        Ok((signature_stamps, archive_stamps))
    }

    fn archive_stamp<'a>(&self, value: UnsignedValue<'a>) -> Result<Stamp<'a>, Shortfall> {
        let read = |error: DecodeError| format_failure(&error);
        let format = |detail: &str| Shortfall::new(SubIndication::FormatFailure, detail);
        let token = Parts::read(value.value_der).map_err(read)?;
        let (stated, gen_time) = stamped_by(value.value_der).map_err(read)?;
        // EN 319 122-1 §5.5.3: without its index nobody can say what it covers. [CAD-008]
        let index = HashIndex::of_token(&token)
            .map_err(read)?
            .ok_or_else(|| format("an archive time-stamp without one hash index"))?;
        // EN 319 122-1 §5.5.2: one algorithm for both. [CAD-009]
        if index.algorithm != stated.algorithm() {
            return Err(format("a hash index with another algorithm than its time-stamp"));
        }
        if !index.finds_all_in(self.parts).map_err(read)? {
            let detail = "what the archive time-stamp covers is not all there any more";
            return Err(Shortfall::new(SubIndication::HashFailure, detail));
        }
        // [CAD-010]
        let content =
            content_digest(self.parts, self.content, index.algorithm).ok_or_else(|| {
                let detail = "the content has no such digest as the archive time-stamp needs";
                Shortfall::new(SubIndication::SignedDataNotFound, detail)
            })?;
        let imprint = index.imprint(self.parts, &content);
        Ok(Stamp { value, gen_time, imprint, index: Some(index) })
    }

    /// Whether the message alone would do, judged where it stands.
    fn level(
        &self,
        signer: &Signer,
        proven_time: Option<ProvenTime>,
        stamps: &[&Stamp<'_>],
        archived: bool,
        v: &Verification<'_>,
    ) -> Level {
        let Some(proven_time) = proven_time else { return Level::Signed };
        let alone = Verification { certificates: &[], crls: &[], ..*v };
        let Ok(material) = Material::collect(self.parsed, stamps, &alone) else {
            return Level::TimeStamped;
        };
        let inside = material.verification(&alone);
        let complete = path_at(signer, Some(proven_time), &inside).is_ok()
            && stamps
                .iter()
                .filter(|stamp| stamp.index.is_none())
                .all(|stamp| authority_holds(stamp, &inside));
        match (complete, archived) {
            (true, true) => Level::Archived,
            (true, false) => Level::LongTerm,
            (false, _) => Level::TimeStamped,
        }
    }
}

/// EN 319 102-1 §5.6.2.3: each archive time-stamp covers those before it, else the proofs do not
/// reach back. [CAD-011]
fn check_order(archive_stamps: &[Stamp<'_>]) -> Result<(), Shortfall> {
    for (position, stamp) in archive_stamps.iter().enumerate() {
        let index = stamp.index.as_ref().expect("every archive time-stamp was read with its index");
        if archive_stamps[..position].iter().any(|before| !index.covers_value(&before.value)) {
            let detail = "an archive time-stamp does not cover the one before it";
            return Err(Shortfall::new(SubIndication::TimestampOrderFailure, detail));
        }
    }
    Ok(())
}

/// When the value is proven to exist by the archive time-stamps: by the oldest that covers it.
fn known_by<'s>(
    value: &UnsignedValue<'_>,
    mut archive_stamps: impl Iterator<Item = &'s Stamp<'s>>,
) -> Option<i64> {
    let covers =
        |stamp: &Stamp<'_>| stamp.index.as_ref().is_some_and(|index| index.covers_value(value));
    archive_stamps.find(|stamp| covers(stamp)).map(|stamp| stamp.gen_time)
}

/// Whether a time-stamp holds for the time at which something later proves that it exists, and
/// today if nothing does. [CAD-012]
fn holds(
    stamp: &Stamp<'_>,
    later: &[Stamp<'_>],
    v: &Verification<'_>,
    what: &str,
) -> Result<Held, Shortfall> {
    let existed = known_by(&stamp.value, later.iter()).unwrap_or(v.now.unix());
    let verified = verify_token_known_by(stamp.value.value_der, &stamp.imprint, existed, v);
    let verified = verified.passed().map_err(|shortfall| Shortfall {
        detail: format!("{what}: {}", shortfall.detail),
        ..shortfall
    })?;
    Ok(Held { time: verified.proven(), authority: verified.finding().signer.clone() })
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
