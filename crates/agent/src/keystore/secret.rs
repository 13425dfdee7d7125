//! Secrets: in memory once, compared in constant time, wiped on drop. None of these types
//! implements `Debug`, `Clone` or `Serialize`.
//!
//! ```compile_fail,E0277
//! # use sealpost_agent::keystore::Pin;
//! fn prints(pin: &Pin) { println!("{pin:?}"); }
//! ```
//!
//! ```
//! # use sealpost_agent::keystore::Pin;
//! fn counts(pin: &Pin) { println!("{}", pin.characters()); }
//! ```

use sealpost_cms::CryptoRng;
use sealpost_cms::kdf;
use zeroize::{Zeroize, Zeroizing};

use crate::errors::KeystoreError;
use crate::limits;

/// What the owner types to open the keystore: 6 to 64 characters, not all the same.
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Checks the rules. A PIN that breaks them is refused here and uses up no attempt.
    pub fn new(typed: Zeroizing<String>) -> Result<Self, KeystoreError> {
        let characters = typed.chars().count();
        let (characters_min, characters_max) =
            (limits::PIN_CHARACTERS_MIN, limits::PIN_CHARACTERS_MAX);
        if characters < characters_min {
            return Err(KeystoreError::PinTooShort { characters_min });
        }
        if characters > characters_max {
            return Err(KeystoreError::PinTooLong { characters_max });
        }
        let first = typed.chars().next();
        if typed.chars().all(|character| Some(character) == first) {
            return Err(KeystoreError::PinAllEqual);
        }
        Ok(Self(typed))
    }

    /// How many characters it has.
    pub fn characters(&self) -> usize {
        self.0.chars().count()
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// What protects an exported key. Nothing counts the attempts on it, so it is longer than a PIN.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Checks the length.
    pub fn new(typed: Zeroizing<String>) -> Result<Self, KeystoreError> {
        let (characters_min, characters_max) =
            (limits::PASSPHRASE_CHARACTERS_MIN, limits::PASSPHRASE_CHARACTERS_MAX);
        if !(characters_min..=characters_max).contains(&typed.chars().count()) {
            return Err(KeystoreError::PassphraseLength { characters_min, characters_max });
        }
        Ok(Self(typed))
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The two keys of the vault: one that hides record names, one that encrypts records.
pub struct VaultKey {
    index: Secret32,
    records: Secret32,
    generation: u32,
    /// Of records that were not moved yet.
    former: Option<Box<Self>>,
}

impl VaultKey {
    pub(super) fn derived_from(master: &Secret32, generation: u32, former: Option<Self>) -> Self {
        Self {
            index: master.derive("sealpost vault 1 index"),
            records: master.derive("sealpost vault 1 records"),
            generation,
            former: former.map(Box::new),
        }
    }

    /// A key of a test's own, so that vault tests need no scrypt.
    #[cfg(test)]
    pub(crate) fn of_test(seed: u8) -> Self {
        Self::derived_from(&Secret32(Box::new([seed; 32])), 0, None)
    }

    /// The key that follows on this one, before anything was moved.
    #[cfg(test)]
    pub(crate) fn followed_by(self, seed: u8) -> Self {
        let generation = self.generation + 1;
        Self::derived_from(&Secret32(Box::new([seed; 32])), generation, Some(self))
    }

    /// The same without the key before it.
    #[cfg(test)]
    pub(crate) fn alone(self) -> Self {
        Self { former: None, ..self }
    }

    /// Which master key it comes from, counted from nought.
    pub(crate) const fn generation(&self) -> u32 {
        self.generation
    }

    /// The key before, if records may lie under it.
    pub(crate) fn former(&self) -> Option<&Self> {
        self.former.as_deref()
    }

    pub(crate) fn index(&self) -> &[u8; 32] {
        self.index.expose()
    }

    pub(crate) fn records(&self) -> &[u8; 32] {
        self.records.expose()
    }
}

/// A 256-bit secret on the heap, so that moving it leaves no copy behind.
pub(super) struct Secret32(Box<[u8; 32]>);

impl Secret32 {
    pub(super) fn zero() -> Self {
        Self(Box::new([0; 32]))
    }

    pub(super) fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut secret = Self::zero();
        rng.fill_bytes(secret.0.as_mut_slice());
        secret
    }

    pub(super) fn from_slice(octets: &[u8]) -> Option<Self> {
        if octets.len() != 32 {
            return None;
        }
        let mut secret = Self::zero();
        secret.0.copy_from_slice(octets);
        Some(secret)
    }

    /// HKDF-SHA256 (RFC 5869) with this secret as input and no salt: it is uniformly random.
    pub(super) fn derive(&self, info: &str) -> Self {
        let mut derived = Self::zero();
        kdf::hkdf_sha256(&[], self.expose(), info.as_bytes(), derived.0.as_mut_slice());
        derived
    }

    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Secret32 {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
