//! `keystore.json`: what is on disk, all of it encrypted, salted or a count.
//!
//! The checksum finds bit rot and partial copies before a PIN is tried; it is no protection against
//! an attacker, who meets AES-256-GCM with the place of each key as associated octets.

use std::io;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sealpost_cms::{CryptoRng, gcm, kdf};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::damaged;
use super::secret::{Pin, Secret32};
use crate::errors::{Act, KeystoreError, KeystorePart, ProfileFile, StorageFault};
use crate::limits;
use crate::profile::{self, Profile};

/// The whole file, checksum aside.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeystoreFile {
    version: u32,
    pub(super) attempts_failed: u32,
    /// Nothing once the keys are wiped.
    pub(super) contents: Option<Contents>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contents {
    pub(super) pin: PinLock,
    pub(super) master: Wrapped,
    pub(super) signature: Wrapped,
    pub(super) authentication: Wrapped,
    pub(super) encryption: Wrapped,
    /// Since version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hybrid: Option<HybridContents>,
    /// Since version 3: what a rotation has left or is about to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rotation: Option<RotationContents>,
    /// Since version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) static_dh: Option<Wrapped>,
}

/// What there is beside the keys in use.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotationContents {
    /// How many master keys there were before.
    pub(super) generation: u32,
    /// The master key before, as long as records lie under it.
    pub(super) former_master: Option<Wrapped>,
    /// Keys that are not in use yet.
    pub(super) next: Option<SetContents>,
    /// Keys that only open letters, the newest last.
    pub(super) former: Vec<OpeningContents>,
}

/// All keys of a person.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetContents {
    pub(super) signature: Wrapped,
    pub(super) authentication: Wrapped,
    pub(super) encryption: Wrapped,
    pub(super) hybrid: HybridContents,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) static_dh: Option<Wrapped>,
}

/// Keys that open letters.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpeningContents {
    pub(super) encryption: Wrapped,
    pub(super) hybrid: Option<Wrapped>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) static_dh: Option<Wrapped>,
}

/// The keys of the suite `hybrid-2026`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HybridContents {
    pub(super) signature: Wrapped,
    pub(super) encryption: Wrapped,
}

impl Contents {
    /// The version of a file that holds these.
    fn version(&self) -> u32 {
        match (self.has_static_dh(), &self.rotation, &self.hybrid) {
            (true, Some(_), _) => VERSION,
            (true, None, _) => VERSION_WITHOUT_ROTATION,
            (false, Some(_), _) => VERSION_WITHOUT_STATIC_DH,
            (false, None, Some(_)) => VERSION_WITHOUT_BOTH,
            (false, None, None) => VERSION_WITHOUT_HYBRID,
        }
    }

    /// Whether a key of the suite `static-dh-cbc-hmac` is anywhere in it.
    fn has_static_dh(&self) -> bool {
        let beside = |rotation: &RotationContents| {
            let next = rotation.next.as_ref().is_some_and(|keys| keys.static_dh.is_some());
            next || rotation.former.iter().any(|keys| keys.static_dh.is_some())
        };
        self.static_dh.is_some() || self.rotation.as_ref().is_some_and(beside)
    }
}

/// How the PIN becomes a key: scrypt (RFC 7914) with its parameters.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinLock {
    scrypt_log_n: u8,
    scrypt_r: u32,
    scrypt_p: u32,
    salt: Octets,
    /// The second half of scrypt's output. It tells a wrong PIN from a changed file; who tests PINs
    /// against it could as well test them against the wrapped master key.
    check: Octets,
}

/// An AES-256-GCM ciphertext with its nonce.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wrapped {
    nonce: Octets,
    ciphertext: Octets,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked<K> {
    checksum: String,
    keystore: K,
}

impl KeystoreFile {
    pub(super) fn holding(contents: Contents) -> Self {
        Self { version: contents.version(), attempts_failed: 0, contents: Some(contents) }
    }

    pub(super) fn wiped() -> Self {
        let attempts_failed = limits::PIN_ATTEMPTS_MAX;
        Self { version: VERSION, attempts_failed, contents: None }
    }

    pub(super) fn load(profile: &Profile) -> Result<Self, KeystoreError> {
        let octets = profile::read_bounded(&path(profile), limits::KEYSTORE_OCTETS_MAX)
            .map_err(|source| match source.kind() {
                io::ErrorKind::FileTooLarge => damaged(KeystorePart::Size),
                _ => failed(Act::Read)(source),
            })?
            .ok_or(KeystoreError::Missing)?;
        let whole: Checked<serde_json::Value> =
            serde_json::from_slice(&octets).map_err(|_| damaged(KeystorePart::Form))?;
        let version = whole.keystore.get("version").and_then(serde_json::Value::as_u64);
        if let Some(version) = version.and_then(|version| u32::try_from(version).ok())
            && version > VERSION
        {
            return Err(KeystoreError::TooNew { version });
        }
        let file: Self =
            serde_json::from_value(whole.keystore).map_err(|_| damaged(KeystorePart::Form))?;
        if file.version == 0 || whole.checksum != file.checksum() {
            return Err(damaged(KeystorePart::Checksum));
        }
        // A file says by its version which keys it has: none gets lost on the way. [AGT-040]
        if file.contents.as_ref().is_some_and(|contents| contents.version() != file.version) {
            return Err(damaged(KeystorePart::Form));
        }
        if file.contents.as_ref().is_some_and(|contents| !contents.pin.is_bounded()) {
            return Err(damaged(KeystorePart::Parameters));
        }
        Ok(file)
    }

    /// Writes the first file of a profile.
    pub(super) fn store(&self, profile: &Profile) -> Result<(), KeystoreError> {
        profile::write_private(&path(profile), &self.to_json()).map_err(failed(Act::Write))
    }

    /// Replaces the file durably and overwrites the one before.
    pub(super) fn replace(&self, profile: &Profile) -> Result<(), KeystoreError> {
        profile::replace_and_erase(&path(profile), &self.to_json()).map_err(failed(Act::Write))
    }

    fn to_json(&self) -> Vec<u8> {
        let whole = Checked { checksum: self.checksum(), keystore: self };
        let mut json = serde_json::to_vec_pretty(&whole).expect("it has no maps and no floats");
        json.push(b'\n');
        json
    }

    fn checksum(&self) -> String {
        let json = serde_json::to_vec(self).expect("it has no maps and no floats");
        hex::encode(kdf::sha256(&json))
    }
}

impl PinLock {
    /// A fresh salt, and the key that this PIN gives with it.
    pub(super) fn fresh(
        pin: &Pin,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, Secret32), KeystoreError> {
        let mut salt = vec![0; limits::SCRYPT_SALT_OCTETS];
        rng.fill_bytes(&mut salt);
        let mut lock = Self {
            scrypt_log_n: limits::SCRYPT_LOG_N,
            scrypt_r: limits::SCRYPT_R,
            scrypt_p: limits::SCRYPT_P,
            salt: Octets(salt),
            check: Octets(Vec::new()),
        };
        let guess = lock.derive(pin)?;
        lock.check = Octets(guess.check.expose().to_vec());
        Ok((lock, guess.key))
    }

    /// The wrapping key if the guess came from the right PIN.
    pub(super) fn accept(&self, guess: Guess) -> Option<Secret32> {
        kdf::ct_eq(guess.check.expose(), &self.check.0).then_some(guess.key)
    }

    /// What the wrapped master key is bound to: weaker parameters cannot be slipped in.
    pub(super) fn associated(&self) -> Vec<u8> {
        let mut octets = b"sealpost keystore 1 master key".to_vec();
        octets.push(self.scrypt_log_n);
        octets.extend(self.scrypt_r.to_be_bytes());
        octets.extend(self.scrypt_p.to_be_bytes());
        octets.extend(&self.salt.0);
        octets
    }

    /// Half a second of scrypt (RFC 7914). Tells nothing about the PIN yet.
    pub(super) fn derive(&self, pin: &Pin) -> Result<Guess, KeystoreError> {
        let refused = |_| KeystoreError::Primitive { name: "scrypt" };
        let params = scrypt::Params::new(self.scrypt_log_n, self.scrypt_r, self.scrypt_p)
            .map_err(refused)?;
        let mut derived = Zeroizing::new([0; 64]);
        scrypt::scrypt(pin.expose(), &self.salt.0, &params, derived.as_mut_slice())
            .map_err(|_| KeystoreError::Primitive { name: "scrypt" })?;
        let half = |octets| Secret32::from_slice(octets).expect("half of 64 octets are 32");
        Ok(Guess { key: half(&derived[..32]), check: half(&derived[32..]) })
    }

    /// Whether the parameters are such as we write. Checked before an attempt is charged.
    fn is_bounded(&self) -> bool {
        (limits::SCRYPT_LOG_N..=limits::SCRYPT_LOG_N_MAX).contains(&self.scrypt_log_n)
            && self.scrypt_r == limits::SCRYPT_R
            && self.scrypt_p == limits::SCRYPT_P
            && self.salt.0.len() == limits::SCRYPT_SALT_OCTETS
    }
}

/// What a PIN gave: the right wrapping key if its other half fits.
pub(super) struct Guess {
    key: Secret32,
    check: Secret32,
}

impl Wrapped {
    pub(super) fn seal(
        key: &Secret32,
        associated: &[u8],
        plaintext: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let ciphertext = gcm::aead_seal(key.expose(), &nonce, associated, plaintext);
        Self { nonce: Octets(nonce.to_vec()), ciphertext: Octets(ciphertext) }
    }

    pub(super) fn open(
        &self,
        key: &Secret32,
        associated: &[u8],
        part: KeystorePart,
    ) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let nonce = self.nonce.0.as_slice().try_into().map_err(|_| damaged(part))?;
        gcm::aead_open(key.expose(), nonce, associated, &self.ciphertext.0)
            .map_err(|_| damaged(part))
    }
}

/// Octets as base64 text (RFC 4648 §4).
#[derive(Clone)]
struct Octets(Vec<u8>);

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("no base64"))
    }
}

fn path(profile: &Profile) -> PathBuf {
    profile.path(KEYSTORE_FILE)
}

fn failed(act: Act) -> impl FnOnce(io::Error) -> KeystoreError {
    move |source| KeystoreError::Storage(StorageFault { file: ProfileFile::Keystore, act, source })
}

pub(super) const KEYSTORE_FILE: &str = "keystore.json";
const VERSION: u32 = 5;
/// Never rotated.
const VERSION_WITHOUT_ROTATION: u32 = 4;
/// Rotated, without a key of `static-dh-cbc-hmac`, as earlier releases wrote and read it.
const VERSION_WITHOUT_STATIC_DH: u32 = 3;
/// Neither of both.
const VERSION_WITHOUT_BOTH: u32 = 2;
/// The keys of `smime-2019` alone.
const VERSION_WITHOUT_HYBRID: u32 = 1;
