//! Moving to new keys, as far as the keystore is concerned.
//!
//! ```text
//!  in use ---begin---> in use, next ---switch---> next in use, former     ---moved---> in use, former
//!                                                 new and former master                (former master wiped)
//! ```
//!
//! Each arrow replaces the file once, durably, and overwrites the one before. The switch makes the
//! new keys and a new master key count at the same moment; it wipes the former keys that sign, keeps
//! the former keys that open letters, and keeps the former master key until the archive does not
//! need it any more.

use sealpost_cms::CryptoRng;

use super::file::{Contents, KeystoreFile, RotationContents};
use super::keys::{KeySet, OpeningKeys, Wrapping};
use super::secret::{Pin, Secret32};
use super::{Unlocked, damaged};
use crate::errors::{KeystoreError, KeystorePart};
use crate::limits;

/// What a keystore holds beside the keys in use.
pub(super) struct Rotation {
    pub(super) generation: u32,
    pub(super) former_master: Option<Secret32>,
    pub(super) next: Option<KeySet>,
    pub(super) former: Vec<OpeningKeys>,
}

pub(super) fn open(
    held: Option<&RotationContents>,
    under: Wrapping<'_>,
) -> Result<Rotation, KeystoreError> {
    let Some(held) = held else {
        return Ok(Rotation { generation: 0, former_master: None, next: None, former: Vec::new() });
    };
    let part = KeystorePart::MasterKey;
    let former_master = held.former_master.as_ref().map(|wrapped| {
        let octets = under.open(wrapped, FORMER_MASTER, part)?;
        Secret32::from_slice(&octets).ok_or(damaged(part))
    });
    let former_master = former_master.transpose()?;
    if former_master.is_some() && held.generation == 0 {
        return Err(damaged(KeystorePart::Form));
    }
    let former = held.former.iter().enumerate();
    Ok(Rotation {
        generation: held.generation,
        former_master,
        next: held.next.as_ref().map(|next| KeySet::open_next(next, under)).transpose()?,
        former: former
            .map(|(place, held)| OpeningKeys::open(held, place, under))
            .collect::<Result<_, _>>()?,
    })
}

impl Unlocked {
    /// Whether records of the archive may lie under the master key before this one.
    pub(crate) const fn has_former_master(&self) -> bool {
        self.former_master.is_some()
    }

    /// How many sets of former keys still open letters.
    pub fn former_keys(&self) -> usize {
        self.former.len()
    }

    /// New keys that wait to be used: they sign requests for their certificates and nothing else.
    pub(crate) const fn next_keys(&self) -> Option<&KeySet> {
        self.next.as_ref()
    }

    /// The keys in use.
    pub(crate) const fn present_keys(&self) -> &KeySet {
        &self.keys
    }

    /// Makes new keys and stores them beside those in use. Once made they stay the same.
    pub(crate) fn begin_rotation(&mut self, rng: &mut dyn CryptoRng) -> Result<(), KeystoreError> {
        if self.next.is_some() {
            return Ok(());
        }
        // [AGT-051] No set is dropped to make room for another: letters may be under way for it.
        if self.former.len() >= limits::FORMER_KEYS_MAX {
            return Err(KeystoreError::FormerKeys { sets_max: limits::FORMER_KEYS_MAX });
        }
        let next = KeySet::generate(rng)?;
        let wrapped = next.wrap_next(Wrapping(&self.master), rng);
        self.change(|rotation| rotation.next = wrapped)?;
        self.next = Some(next);
        Ok(())
    }

    /// Puts the new keys and a new master key into use, in one replacement of the file. Does nothing
    /// if there are none. The PIN must be the one that the keystore was opened with.
    pub(crate) fn switch(
        mut self,
        pin: &Pin,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), KeystoreError> {
        let Some(next) = self.next.take() else { return Ok(()) };
        // [AGT-052] A third master key would leave records that none of the two opens.
        if self.former_master.is_some() {
            return Err(damaged(KeystorePart::Form));
        }
        self.former.push(std::mem::replace(&mut self.keys, next).retire());
        self.former_master = Some(std::mem::replace(&mut self.master, Secret32::random(rng)));
        self.generation += 1;
        let contents = self.wrap(pin, rng)?;
        KeystoreFile::holding(contents).replace(&self.profile)
    }

    /// Wipes the former master key: nothing of the archive lies under it any more.
    pub(crate) fn forget_former_master(&mut self) -> Result<(), KeystoreError> {
        self.change(|rotation| rotation.former_master = None)?;
        self.former_master = None;
        Ok(())
    }

    /// Wipes the former keys that open letters; how many sets there were.
    pub(crate) fn forget_former_keys(&mut self) -> Result<usize, KeystoreError> {
        let forgotten = self.former.len();
        if forgotten > 0 {
            self.change(|rotation| rotation.former.clear())?;
            self.former.clear();
        }
        Ok(forgotten)
    }

    /// Replaces the file with one in which this part is changed. It needs no PIN: what is wrapped
    /// stays wrapped as it is.
    fn change(&self, change: impl FnOnce(&mut RotationContents)) -> Result<(), KeystoreError> {
        let file = KeystoreFile::load(&self.profile)?;
        // Whoever has unlocked it has seen that there are contents, and holds the lock.
        let mut contents: Contents = file.contents.ok_or(KeystoreError::Missing)?;
        change(contents.rotation.get_or_insert_default());
        KeystoreFile::holding(contents).replace(&self.profile)
    }

    /// Nothing for a keystore that was never rotated: then it is a file that earlier versions read.
    pub(super) fn wrap_rotation(&self, rng: &mut dyn CryptoRng) -> Option<RotationContents> {
        let untouched = self.generation == 0 && self.next.is_none() && self.former.is_empty();
        if untouched {
            return None;
        }
        let under = Wrapping(&self.master);
        let former_master = self.former_master.as_ref();
        Some(RotationContents {
            generation: self.generation,
            former_master: former_master
                .map(|master| under.seal(FORMER_MASTER, master.expose(), rng)),
            next: self.next.as_ref().and_then(|next| next.wrap_next(under, rng)),
            former: self
                .former
                .iter()
                .enumerate()
                .map(|(place, keys)| keys.wrap(place, under, rng))
                .collect(),
        })
    }
}

const FORMER_MASTER: &str = "former master";

#[cfg(test)]
mod tests;
