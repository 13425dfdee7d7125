//! The time-stamps in one SignerInfo: what each one should stamp, and whether it holds.

use super::super::extend::content_digest;
use super::super::index::HashIndex;
use super::super::parts::{Parts, UnsignedValue};
use super::{ArchiveProof, Archived};
use crate::certificate::Certificate;
use crate::decode::DecodeError;
use crate::limits;
use crate::signed::{Verification, format_failure};
use crate::time::ProvenTime;
use crate::tsp::{Imprint, stamped_by, verify_token_known_by};
use crate::verdict::{Shortfall, SubIndication};

/// All time-stamps of a signer.
pub(super) struct Stamps<'a> {
    pub(super) signature: Vec<Stamp<'a>>,
    /// Oldest first; each covers those before it.
    pub(super) archive: Vec<Stamp<'a>>,
}

/// A time-stamp, with what it should stamp.
pub(super) struct Stamp<'a> {
    pub(super) value: UnsignedValue<'a>,
    pub(super) gen_time: i64,
    imprint: Imprint,
    /// Of an archive time-stamp.
    pub(super) index: Option<HashIndex>,
}

/// A time-stamp that holds.
pub(super) struct Held {
    pub(super) time: ProvenTime,
    pub(super) authority: Certificate,
}

impl<'a> Stamps<'a> {
    pub(super) fn of(signer: &Archived<'a>) -> Result<Self, Shortfall> {
        let read = |error: DecodeError| format_failure(&error);
        let (mut signature, mut archive) = (Vec::new(), Vec::new());
        for value in signer.signer.unsigned_values().map_err(read)? {
            if value.is_signature_time_stamp() {
                let (stated, gen_time) = stamped_by(value.value_der).map_err(read)?;
                // EN 319 122-1 §5.3: the octets of the signature, without tag and length.
                let imprint = Imprint::of(stated.algorithm(), signer.signer.signature);
                signature.push(Stamp { value, gen_time, imprint, index: None });
            } else if value.is_archive_time_stamp() {
                archive.push(archive_stamp(signer, value)?);
            }
        }
        // [CAD-007]
        if archive.len() > limits::ARCHIVE_TIME_STAMPS_MAX {
            let count_max = limits::ARCHIVE_TIME_STAMPS_MAX;
            return Err(read(DecodeError::TooMany { what: "archive time-stamps", count_max }));
        }
        // Of two in one second the one that covers more came later.
        archive.sort_by_key(|stamp| {
            (stamp.gen_time, stamp.index.as_ref().map_or(0, HashIndex::covered_values))
        });
        check_order(&archive)?;
        Ok(Self { signature, archive })
    }

    pub(super) fn all(&self) -> Vec<&Stamp<'a>> {
        self.signature.iter().chain(&self.archive).collect()
    }

    /// From now back: the newest first, each one for the time that the one after it proves. What the
    /// archive time-stamps prove, oldest first, and the earliest proof of all.
    pub(super) fn hold(
        &self,
        v: &Verification<'_>,
    ) -> Result<(Vec<ArchiveProof>, Option<Held>), Shortfall> {
        let mut proofs = Vec::new();
        for (position, stamp) in self.archive.iter().enumerate().rev() {
            let later = &self.archive[position + 1..];
            let held = holds(stamp, later, v, "archive time-stamp")?;
            let digest = stamp.imprint.algorithm();
            proofs.insert(0, ArchiveProof { time: held.time, digest, authority: held.authority });
        }
        let mut earliest = proofs
            .first()
            .map(|proof| Held { time: proof.time, authority: proof.authority.clone() });
        for stamp in &self.signature {
            let held = holds(stamp, &self.archive, v, "time-stamp")?;
            if earliest.as_ref().is_none_or(|first| held.time < first.time) {
                earliest = Some(held);
            }
        }
        Ok((proofs, earliest))
    }
}

fn archive_stamp<'a>(
    signer: &Archived<'a>,
    value: UnsignedValue<'a>,
) -> Result<Stamp<'a>, Shortfall> {
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
    if !index.finds_all_in(signer.parts, signer.signer).map_err(read)? {
        let detail = "what the archive time-stamp covers is not all there any more";
        return Err(Shortfall::new(SubIndication::HashFailure, detail));
    }
    // [CAD-010]
    let content =
        content_digest(signer.parts, signer.content, index.algorithm).ok_or_else(|| {
            let detail = "the content has no such digest as the archive time-stamp needs";
            Shortfall::new(SubIndication::SignedDataNotFound, detail)
        })?;
    let imprint = index.imprint(signer.parts, signer.signer, &content);
    Ok(Stamp { value, gen_time, imprint, index: Some(index) })
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
pub(super) fn known_by<'s>(
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
    let existed = known_by(&stamp.value, later.iter());
    let verified = verify_token_known_by(stamp.value.value_der, &stamp.imprint, existed, v);
    let verified = verified.passed().map_err(|shortfall| Shortfall {
        detail: format!("{what}: {}", shortfall.detail),
        ..shortfall
    })?;
    Ok(Held { time: verified.proven(), authority: verified.finding().signer.clone() })
}
