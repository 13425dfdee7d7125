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
//! - The count protects against who sits at this computer. Who copies the file tries PINs elsewhere,
//!   each for 128 MiB and half a second: only a long PIN helps there.

mod export;
mod file;
mod secret;

use sealpost_cms::CryptoRng;
use sealpost_cms::enveloped::{KeyAnswer, KeyRequest};
use sealpost_cms::keys::{
    AgreementKey, DecryptionKey, DecryptionScheme, SignatureScheme, SigningKey,
};
use sealpost_letter::Suite;

use crate::errors::{KeystoreError, KeystorePart};
use crate::limits;
use crate::profile::Profile;
use file::{Contents, Guess, HybridContents, KeystoreFile, PinLock, Wrapped};
use secret::Secret32;

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
            signature: SigningKey::generate(rng),
            authentication: SigningKey::generate(rng),
            encryption: AgreementKey::generate(rng),
            hybrid: Some(HybridKeys::generate(rng)?),
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
    signature: SigningKey,
    authentication: SigningKey,
    encryption: AgreementKey,
    hybrid: Option<HybridKeys>,
}

/// The keys that the suite `hybrid-2026` has beside the others.
struct HybridKeys {
    signature: SigningKey,
    encryption: DecryptionKey,
}

impl HybridKeys {
    fn generate(rng: &mut dyn CryptoRng) -> Result<Self, KeystoreError> {
        let refused = |name| move |_| KeystoreError::Primitive { name };
        Ok(Self {
            signature: SigningKey::generate_for(SignatureScheme::MlDsa65, rng)
                .map_err(refused("ML-DSA-65"))?,
            encryption: DecryptionKey::generate_for(DecryptionScheme::MlKem768X25519, rng)
                .map_err(refused("ML-KEM-768"))?,
        })
    }
}

impl Unlocked {
    /// Signs letters and acceptances: the person's legal signature.
    pub fn signature_key(&self) -> &SigningKey {
        &self.signature
    }

    /// Proves to the own provider who is calling.
    pub fn authentication_key(&self) -> &SigningKey {
        &self.authentication
    }

    /// Opens letters of the suite `smime-2019`.
    pub fn encryption_key(&self) -> &AgreementKey {
        &self.encryption
    }

    /// Opens letters of the suite `hybrid-2026`; none in a keystore of version 1.
    pub fn hybrid_encryption_key(&self) -> Option<&DecryptionKey> {
        self.hybrid.as_ref().map(|keys| &keys.encryption)
    }

    /// Signs letters of the suite `hybrid-2026` beside [`Self::signature_key`]; none in a keystore of
    /// version 1.
    pub fn hybrid_signature_key(&self) -> Option<&SigningKey> {
        self.hybrid.as_ref().map(|keys| &keys.signature)
    }

    /// Answers with the key that opens letters of a suite, if there is one and it can.
    pub(crate) fn answer(&self, suite: Suite, request: &KeyRequest) -> Option<KeyAnswer> {
        match suite {
            Suite::Hybrid2026 => self.hybrid_encryption_key()?.answer(request).ok(),
            Suite::Smime2019 => self.encryption.answer(request).ok(),
        }
    }

    /// The keys of the vault that belongs to this keystore.
    pub fn vault_key(&self) -> VaultKey {
        VaultKey::derived_from(&self.master)
    }

    /// Wraps the same keys under another PIN, sets the count back, and overwrites what the old PIN
    /// could open.
    pub fn change_pin(&self, pin: &Pin, rng: &mut dyn CryptoRng) -> Result<(), KeystoreError> {
        let contents = self.wrap(pin, rng)?;
        KeystoreFile::holding(contents).replace(&self.profile)
    }

    fn wrap(&self, pin: &Pin, rng: &mut dyn CryptoRng) -> Result<Contents, KeystoreError> {
        let (lock, pin_key) = PinLock::fresh(pin, rng)?;
        let mut wrap_key = |name: &str, pkcs8: &[u8]| {
            let key = self.master.derive(&key_label(name));
            Wrapped::seal(&key, key_label(name).as_bytes(), pkcs8, rng)
        };
        Ok(Contents {
            signature: wrap_key(SIGNATURE, &self.signature.to_pkcs8_der()),
            authentication: wrap_key(AUTHENTICATION, &self.authentication.to_pkcs8_der()),
            encryption: wrap_key(ENCRYPTION, &self.encryption.to_pkcs8_der()),
            hybrid: self.hybrid.as_ref().map(|keys| HybridContents {
                signature: wrap_key(HYBRID_SIGNATURE, &keys.signature.to_pkcs8_der()),
                encryption: wrap_key(HYBRID_ENCRYPTION, &keys.encryption.to_pkcs8_der()),
            }),
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
    let open = |wrapped: &Wrapped, name, part| {
        let label = key_label(name);
        wrapped.open(&master.derive(&label), label.as_bytes(), part)
    };
    let signing = |wrapped, name, part| {
        SigningKey::from_pkcs8_der(&open(wrapped, name, part)?).map_err(|_| damaged(part))
    };
    let signature = signing(&held.signature, SIGNATURE, KeystorePart::SignatureKey)?;
    let part = KeystorePart::AuthenticationKey;
    let authentication = signing(&held.authentication, AUTHENTICATION, part)?;
    let part = KeystorePart::EncryptionKey;
    let encryption = AgreementKey::from_pkcs8_der(&open(&held.encryption, ENCRYPTION, part)?)
        .map_err(|_| damaged(part))?;
    let hybrid = held.hybrid.as_ref().map(|held| {
        let part = KeystorePart::HybridEncryptionKey;
        let encryption = open(&held.encryption, HYBRID_ENCRYPTION, part)?;
        Ok(HybridKeys {
            signature: signing(
                &held.signature,
                HYBRID_SIGNATURE,
                KeystorePart::HybridSignatureKey,
            )?,
            encryption: DecryptionKey::from_pkcs8_der(&encryption).map_err(|_| damaged(part))?,
        })
    });
    let hybrid = hybrid.transpose()?;
    let profile = attempt.profile.clone();
    Ok(Unlocked { profile, master, signature, authentication, encryption, hybrid })
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

/// Names both the derivation and the place, so that a wrapped key opens only where it was put.
fn key_label(name: &str) -> String {
    format!("sealpost keystore 1 {name} key")
}

const SIGNATURE: &str = "signature";
const AUTHENTICATION: &str = "authentication";
const ENCRYPTION: &str = "encryption";
const HYBRID_SIGNATURE: &str = "hybrid signature";
const HYBRID_ENCRYPTION: &str = "hybrid encryption";

#[cfg(test)]
mod tests;
