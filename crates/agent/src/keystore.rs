//! The keystore: private keys, born here, wrapped by a random key that a PIN wraps.
//!
//! ```text
//! PIN --scrypt--> wrapping key --AES-256-GCM--> master key (random, 256 bit)
//!                                                  |-- HKDF --> wrapping key of each private key
//!                                                  '-- HKDF --> keys of the vault
//! ```
//!
//! - MUST count an attempt, durably, before the answer to a PIN is known; only the right PIN
//!   sets the count back. A process killed in between has used up its try.
//! - MUST erase the wrapped master key when the attempts are used up.
//! - MUST tell a damaged file from a wrong PIN where it can, so that bit rot costs no attempts.
//! - Secrets have no `Debug`, `Clone` or `Serialize` and are wiped on drop. What wipes imperfectly:
//!   scrypt's own working memory, which its crate frees without wiping.
//! - A keystore of an earlier version opens with the keys that it has: those of `smime-2019`.
//! - A rotation (`rotation`) is durable at each of its steps, and no step loses a key that opens
//!   something.
//! - The count protects against who sits at this computer. Who copies the file tries PINs elsewhere,
//!   each for 128 MiB and half a second: only a long PIN helps there.

mod export;
mod file;
mod keys;
mod rotation;
mod secret;

use sealpost_cms::CryptoRng;
use sealpost_cms::enveloped::{KeyAnswer, KeyRequest};
use sealpost_cms::keys::{AgreementKey, DecryptionKey, SigningKey};

use crate::errors::{KeystoreError, KeystorePart};
use crate::limits;
use crate::profile::Profile;
use file::{Contents, Guess, KeystoreFile, PinLock, Wrapped};
use keys::{AUTHENTICATION, ENCRYPTION, HybridKeys, OpeningKeys, SIGNATURE, STATIC_DH, Wrapping};
use rotation::Rotation;
use secret::Secret32;

pub(crate) use keys::KeySet;
pub use secret::{Passphrase, Pin, VaultKey};

/// The keystore of a profile. It has no state of its own: all of it is in the file.
pub struct Keystore;

impl Keystore {
    /// Whether the profile has a keystore, wiped or not.
    pub fn exists(profile: &Profile) -> Result<bool, KeystoreError> {
        match KeystoreFile::load(profile) {
            Ok(_) => Ok(true),
            Err(KeystoreError::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How many wrong PINs are left, without trying one. Zero means wiped.
    pub fn attempts_left(profile: &Profile) -> Result<u32, KeystoreError> {
        let file = KeystoreFile::load(profile)?;
        Ok(match file.contents {
            Some(_) => limits::PIN_ATTEMPTS_MAX.saturating_sub(file.attempts_failed),
            None => 0,
        })
    }

    /// Makes fresh keys and stores them under the PIN. A keystore that exists is left alone.
    pub fn create(
        profile: &Profile,
        pin: &Pin,
        rng: &mut dyn CryptoRng,
    ) -> Result<Unlocked, KeystoreError> {
        if Self::exists(profile)? {
            return Err(KeystoreError::AlreadyExists);
        }
        let keys = Unlocked {
            profile: profile.clone(),
            master: Secret32::random(rng),
            former_master: None,
            generation: 0,
            keys: KeySet::generate(rng)?,
            next: None,
            former: Vec::new(),
        };
        let contents = keys.wrap(pin, rng)?;
        KeystoreFile::holding(contents).store(profile)?;
        Ok(keys)
    }

    /// Opens the keystore. A wrong PIN uses up one attempt, the last one wipes the keys.
    pub fn unlock(profile: &Profile, pin: &Pin) -> Result<Unlocked, KeystoreError> {
        let attempt = Attempt::begin(profile)?;
        // The slow half comes before the count: whoever breaks it off learned nothing.
        let guess = attempt.contents.pin.derive(pin)?;
        attempt.charge()?.check(guess)
    }
}

/// The keys in memory, wiped on drop. The profile stays locked as long as they live.
pub struct Unlocked {
    profile: Profile,
    master: Secret32,
    /// Of the archive before a rotation, as long as records lie under it.
    former_master: Option<Secret32>,
    /// How many master keys there were before.
    generation: u32,
    keys: KeySet,
    /// Made for a rotation, not in use yet.
    next: Option<KeySet>,
    /// What opens letters that were encrypted for former certificates; the newest last.
    former: Vec<OpeningKeys>,
}

impl Unlocked {
    /// Signs letters and acceptances: the person's legal signature.
    pub fn signature_key(&self) -> &SigningKey {
        &self.keys.signature
    }

    /// Proves to the own provider who is calling.
    pub fn authentication_key(&self) -> &SigningKey {
        &self.keys.authentication
    }

    /// Opens letters of the suite `smime-2019`.
    pub fn encryption_key(&self) -> &AgreementKey {
        &self.keys.encryption
    }

    /// Opens letters of the suite `hybrid-2026`; none in a keystore of version 1.
    pub fn hybrid_encryption_key(&self) -> Option<&DecryptionKey> {
        self.keys.hybrid.as_ref().map(|keys| &keys.encryption)
    }

    /// Signs letters of the suite `hybrid-2026` beside [`Self::signature_key`]; none in a keystore of
    /// version 1.
    pub fn hybrid_signature_key(&self) -> Option<&SigningKey> {
        self.keys.hybrid.as_ref().map(|keys| &keys.signature)
    }

    /// Takes part in encrypting letters of the suite `static-dh-cbc-hmac`, and opens them; none in a
    /// keystore of a version before 4.
    pub fn static_dh_key(&self) -> Option<&DecryptionKey> {
        self.keys.static_dh.as_ref()
    }

    /// Answers with the key whose public half this is, present or former, if there is one and it
    /// can. [AGT-050]
    pub(crate) fn answer(&self, spki_der: &[u8], request: &KeyRequest) -> Option<KeyAnswer> {
        let present = self.keys.answer(spki_der, request);
        let former = || self.former.iter().find_map(|keys| keys.answer(spki_der, request));
        present.or_else(former)
    }

    /// The keys of the vault that belongs to this keystore.
    pub fn vault_key(&self) -> VaultKey {
        let former = self.former_master.as_ref();
        let former = former.map(|master| VaultKey::derived_from(master, self.generation - 1, None));
        VaultKey::derived_from(&self.master, self.generation, former)
    }

    /// Wraps the same keys under another PIN, sets the count back, and overwrites what the old PIN
    /// could open.
    pub fn change_pin(&self, pin: &Pin, rng: &mut dyn CryptoRng) -> Result<(), KeystoreError> {
        let contents = self.wrap(pin, rng)?;
        KeystoreFile::holding(contents).replace(&self.profile)
    }

    fn wrap(&self, pin: &Pin, rng: &mut dyn CryptoRng) -> Result<Contents, KeystoreError> {
        let (lock, pin_key) = PinLock::fresh(pin, rng)?;
        let under = Wrapping(&self.master);
        Ok(Contents {
            signature: under.seal(SIGNATURE, &self.keys.signature.to_pkcs8_der(), rng),
            authentication: under.seal(
                AUTHENTICATION,
                &self.keys.authentication.to_pkcs8_der(),
                rng,
            ),
            encryption: under.seal(ENCRYPTION, &self.keys.encryption.to_pkcs8_der(), rng),
            hybrid: self.keys.hybrid.as_ref().map(|keys| keys.wrap("", under, rng)),
            static_dh: self
                .keys
                .static_dh
                .as_ref()
                .map(|key| under.seal(STATIC_DH, &key.to_pkcs8_der(), rng)),
            rotation: self.wrap_rotation(rng),
            master: Wrapped::seal(&pin_key, &lock.associated(), self.master.expose(), rng),
            pin: lock,
        })
    }
}

/// A try at a keystore that still has keys and tries.
struct Attempt<'p> {
    profile: &'p Profile,
    file: KeystoreFile,
    contents: Contents,
}

/// A try that is paid for: the count on disk is up before the answer to the PIN is known.
struct Charged<'p>(Attempt<'p>);

impl<'p> Attempt<'p> {
    fn begin(profile: &'p Profile) -> Result<Self, KeystoreError> {
        let file = KeystoreFile::load(profile)?;
        let Some(contents) = file.contents.clone() else {
            return Err(wiped());
        };
        if file.attempts_failed >= limits::PIN_ATTEMPTS_MAX {
            // Killed after the last try was paid and before the erasure it led to.
            return Err(wipe(profile)?);
        }
        Ok(Self { profile, file, contents })
    }

    fn charge(mut self) -> Result<Charged<'p>, KeystoreError> {
        self.file.attempts_failed += 1;
        self.file.replace(self.profile)?;
        Ok(Charged(self))
    }
}

impl Charged<'_> {
    fn check(self, guess: Guess) -> Result<Unlocked, KeystoreError> {
        let Self(mut attempt) = self;
        let Some(pin_key) = attempt.contents.pin.accept(guess) else {
            return Err(refuse(&attempt)?);
        };
        // The PIN is right. The count goes back before the keys are opened, so that damaged keys
        // do not use up the tries of those that are whole.
        attempt.file.attempts_failed = 0;
        attempt.file.replace(attempt.profile)?;
        open_keys(&attempt, &pin_key)
    }
}

fn refuse(attempt: &Attempt<'_>) -> Result<KeystoreError, KeystoreError> {
    match limits::PIN_ATTEMPTS_MAX.saturating_sub(attempt.file.attempts_failed) {
        0 => wipe(attempt.profile),
        attempts_left => Ok(KeystoreError::WrongPin { attempts_left }),
    }
}

fn open_keys(attempt: &Attempt<'_>, pin_key: &Secret32) -> Result<Unlocked, KeystoreError> {
    let held = &attempt.contents;
    let part = KeystorePart::MasterKey;
    let master = held.master.open(pin_key, &held.pin.associated(), part)?;
    let master = Secret32::from_slice(&master).ok_or(damaged(part))?;
    let under = Wrapping(&master);
    let keys = KeySet {
        signature: under.signing(&held.signature, SIGNATURE, KeystorePart::SignatureKey)?,
        authentication: under.signing(
            &held.authentication,
            AUTHENTICATION,
            KeystorePart::AuthenticationKey,
        )?,
        encryption: under.agreement(&held.encryption, ENCRYPTION)?,
        hybrid: held.hybrid.as_ref().map(|held| HybridKeys::open(held, "", under)).transpose()?,
        static_dh: under.static_dh(held.static_dh.as_ref(), STATIC_DH)?,
    };
    let Rotation { generation, former_master, next, former } =
        rotation::open(held.rotation.as_ref(), under)?;
    let profile = attempt.profile.clone();
    Ok(Unlocked { profile, master, former_master, generation, keys, next, former })
}

/// Erases all wrapped keys; the answer is the error to give.
fn wipe(profile: &Profile) -> Result<KeystoreError, KeystoreError> {
    KeystoreFile::wiped().replace(profile)?;
    Ok(wiped())
}

fn wiped() -> KeystoreError {
    KeystoreError::Wiped { attempts: limits::PIN_ATTEMPTS_MAX }
}

fn damaged(part: KeystorePart) -> KeystoreError {
    KeystoreError::Damaged { part }
}

#[cfg(test)]
mod tests;
