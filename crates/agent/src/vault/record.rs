//! One record: its hidden place and its sealed value.
//!
//! ```text
//! place = HMAC(index key, "kind" ‖ 0 ‖ kind)[..16] ‖ HMAC(index key, "name" ‖ 0 ‖ kind ‖ 0 ‖ name)
//! value = nonce(12) ‖ AES-256-GCM(record key, nonce, associated = place, plain)
//! plain = length(2) kind ‖ length(2) name ‖ length(4) octets ‖ zeros up to a multiple of 256
//! ```
//!
//! Nonces are random; SP 800-38D §8.3 allows 2^32 of them under one key, more than a person's agent
//! writes in its life.

use sealpost_cms::{gcm, kdf};
use zeroize::Zeroizing;

use super::Kind;
use crate::errors::VaultError;
use crate::keystore::VaultKey;
use crate::limits;

/// A record in memory, wiped on drop. It holds user text and has neither `Debug` nor `Display`.
pub struct Record {
    /// Its name within its kind.
    pub name: Zeroizing<String>,
    /// What the caller stored.
    pub octets: Zeroizing<Vec<u8>>,
}

impl Record {
    pub(super) fn new(name: &str, octets: &[u8]) -> Self {
        Self { name: Zeroizing::new(name.into()), octets: Zeroizing::new(octets.into()) }
    }
}

/// Where a record lies.
pub(super) struct Place([u8; PLACE_OCTETS]);

impl Place {
    pub(super) fn of(key: &VaultKey, kind: Kind, name: &str) -> Result<Self, VaultError> {
        Self::named(key, kind.as_str(), name)
    }

    fn named(key: &VaultKey, kind: &str, name: &str) -> Result<Self, VaultError> {
        if name.is_empty() || name.len() > limits::RECORD_NAME_OCTETS_MAX {
            return Err(VaultError::RecordName);
        }
        let mut place = [0; PLACE_OCTETS];
        let message = Zeroizing::new([b"name\0", kind.as_bytes(), b"\0", name.as_bytes()].concat());
        place[..KIND_OCTETS].copy_from_slice(&kind_prefix(key, kind));
        place[KIND_OCTETS..].copy_from_slice(&kdf::hmac_sha256(key.index(), &message));
        Ok(Self(place))
    }

    /// The first and the last place a record of this kind can have.
    pub(super) fn bounds(key: &VaultKey, kind: Kind) -> (Self, Self) {
        let (mut first, mut last) = ([0; PLACE_OCTETS], [0xff; PLACE_OCTETS]);
        let prefix = kind_prefix(key, kind.as_str());
        first[..KIND_OCTETS].copy_from_slice(&prefix);
        last[..KIND_OCTETS].copy_from_slice(&prefix);
        (Self(first), Self(last))
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

pub(super) fn seal(
    key: &VaultKey,
    place: &Place,
    kind: Kind,
    name: &str,
    octets: &[u8],
) -> Result<Vec<u8>, VaultError> {
    let octets_max = limits::RECORD_OCTETS_MAX;
    if octets.len() > octets_max {
        return Err(VaultError::RecordTooLarge { octets: octets.len(), octets_max });
    }
    seal_padded(key, place, &padded(kind.as_str(), name, octets))
}

fn seal_padded(key: &VaultKey, place: &Place, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE_OCTETS];
    getrandom::fill(&mut nonce).map_err(|_| VaultError::Random)?;
    let mut value = nonce.to_vec();
    value.extend(gcm::aead_seal(key.records(), &nonce, place.as_slice(), plain));
    Ok(value)
}

/// The same record under the key that follows on this one, and its place there.
pub(super) fn moved(
    (former, key): (&VaultKey, &VaultKey),
    place: &[u8],
    value: &[u8],
) -> Result<(Place, Vec<u8>), VaultError> {
    let tampered = VaultError::RecordTampered { kind: "any" };
    let Some(plain) = unsealed(former, place, value) else { return Err(tampered) };
    // It was padded when it was first written, and stays as long as it is.
    let Some((kind, record)) = read(&plain) else { return Err(tampered) };
    let place = Place::named(key, kind, &record.name)?;
    let value = seal_padded(key, &place, &plain)?;
    Ok((place, value))
}

pub(super) fn open(
    key: &VaultKey,
    place: &[u8],
    kind: Kind,
    value: &[u8],
) -> Result<Record, VaultError> {
    let tampered = VaultError::RecordTampered { kind: kind.as_str() };
    let Some(plain) = unsealed(key, place, value) else { return Err(tampered) };
    match read(&plain) {
        Some((found, record)) if found == kind.as_str() => Ok(record),
        _ => Err(tampered),
    }
}

fn unsealed(key: &VaultKey, place: &[u8], value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = value.split_first_chunk::<NONCE_OCTETS>()?;
    gcm::aead_open(key.records(), nonce, place, sealed).ok()
}

fn padded(kind: &str, name: &str, octets: &[u8]) -> Zeroizing<Vec<u8>> {
    let filled = 2 + kind.len() + 2 + name.len() + 4 + octets.len();
    let step = limits::RECORD_STEP_OCTETS;
    // Reserved in one piece: growing would leave copies behind that nobody wipes.
    let mut plain = Zeroizing::new(Vec::with_capacity(filled.next_multiple_of(step)));
    plain.extend((kind.len() as u16).to_be_bytes());
    plain.extend(kind.as_bytes());
    plain.extend((name.len() as u16).to_be_bytes());
    plain.extend(name.as_bytes());
    plain.extend((octets.len() as u32).to_be_bytes());
    plain.extend(octets);
    plain.resize(filled.next_multiple_of(step), 0);
    plain
}

/// The kind, and the record.
fn read(plain: &[u8]) -> Option<(&str, Record)> {
    let (length, rest) = plain.split_first_chunk::<2>()?;
    let (kind, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let octets_len = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (octets, _zeros) = rest.split_at_checked(octets_len)?;
    let record = Record::new(std::str::from_utf8(name).ok()?, octets);
    Some((std::str::from_utf8(kind).ok()?, record))
}

fn kind_prefix(key: &VaultKey, kind: &str) -> [u8; KIND_OCTETS] {
    let mac = kdf::hmac_sha256(key.index(), &[b"kind\0", kind.as_bytes()].concat());
    let mut prefix = [0; KIND_OCTETS];
    prefix.copy_from_slice(&mac[..KIND_OCTETS]);
    prefix
}

const KIND_OCTETS: usize = 16;
const PLACE_OCTETS: usize = KIND_OCTETS + 32;
const NONCE_OCTETS: usize = 12;
