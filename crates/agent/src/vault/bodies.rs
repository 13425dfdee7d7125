//! Encrypted bodies: files named by the SHA-256 of what they hold.
//!
//! A body is CMS ciphertext already, so it is stored as it travels. It is written aside while it
//! arrives and gets its name only when it is complete, durable and the one that was announced.
//! Nothing of a body is believed on the way out: reading hashes again.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;
use std::time::Duration;

use sealpost_cms::kdf::{Digest as _, Sha256};

use crate::errors::{Act, ProfileFile, StorageFault, VaultError};
use crate::limits;
use crate::profile::{self, Aside, Profile};

/// The folder of bodies.
pub struct Bodies {
    folder: PathBuf,
}

/// Which body: its SHA-256 and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyId {
    /// SHA-256 of the ciphertext.
    pub digest: [u8; 32],
    /// Size of the ciphertext.
    pub octets: u64,
}

impl Bodies {
    pub(super) fn open(profile: &Profile) -> Result<Self, VaultError> {
        let folder = profile.folder(FOLDER).map_err(failed(Act::Open))?;
        profile::sweep_leftovers(&folder).map_err(failed(Act::Remove))?;
        Ok(Self { folder })
    }

    /// Starts a body. Dropping the writer before it finished leaves nothing.
    pub fn writer(&self) -> Result<BodyWriter<'_>, VaultError> {
        let aside = Aside::create(&self.folder.join("body")).map_err(failed(Act::Open))?;
        Ok(BodyWriter { bodies: self, aside, hash: Sha256::new(), octets: 0 })
    }

    /// Stores a body that is in memory.
    pub fn store(&self, ciphertext: &[u8]) -> Result<BodyId, VaultError> {
        let mut writer = self.writer()?;
        writer.write(ciphertext)?;
        writer.finish()
    }

    /// Opens a body for streaming, after its digest was checked; the file stands at its start.
    pub fn open_checked(&self, digest: &[u8; 32]) -> Result<(File, u64), VaultError> {
        let path = self.path(digest);
        let mut file =
            OpenOptions::new().read(true).open(path).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => VaultError::BodyMissing,
                _ => failed(Act::Open)(source),
            })?;
        let mut hash = Sha256::new();
        let mut chunk = vec![0; CHUNK_OCTETS];
        let mut octets = 0;
        loop {
            let read = file.read(&mut chunk).map_err(failed(Act::Read))?;
            if read == 0 {
                break;
            }
            hash.update(&chunk[..read]);
            octets += read as u64;
        }
        if hash.finalize().as_slice() != digest {
            return Err(VaultError::BodyTampered);
        }
        file.rewind().map_err(failed(Act::Read))?;
        Ok((file, octets))
    }

    /// Reads a whole body and checks its digest. For bodies that fit in memory; larger ones stream
    /// through [`Self::open_checked`].
    pub fn read(&self, digest: &[u8; 32]) -> Result<Vec<u8>, VaultError> {
        let octets = profile::read_bounded(&self.path(digest), limits::BODY_OCTETS_MAX)
            .map_err(|source| match source.kind() {
                io::ErrorKind::FileTooLarge => VaultError::BodyTampered,
                _ => failed(Act::Read)(source),
            })?
            .ok_or(VaultError::BodyMissing)?;
        if Sha256::digest(&octets).as_slice() != digest {
            return Err(VaultError::BodyTampered);
        }
        Ok(octets)
    }

    /// Whether there is a body of that digest; its octets are not looked at.
    pub fn contains(&self, digest: &[u8; 32]) -> Result<bool, VaultError> {
        self.path(digest).try_exists().map_err(failed(Act::Read))
    }

    /// Removes a body durably and tells whether there was one.
    pub fn remove(&self, digest: &[u8; 32]) -> Result<bool, VaultError> {
        match fs::remove_file(self.path(digest)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failed(Act::Remove)(error)),
        }
        profile::flush_directory(&self.folder).map_err(failed(Act::Remove))?;
        Ok(true)
    }

    /// Removes the bodies that nobody names, if they are so old that nobody is about to; how many.
    pub fn sweep(&self, named: &HashSet<[u8; 32]>, age_min: Duration) -> Result<u64, VaultError> {
        let mut removed = 0;
        for digest in self.digests()?.iter().filter(|digest| !named.contains(*digest)) {
            let file = fs::metadata(self.path(digest)).map_err(failed(Act::Read))?;
            // A body that seems to come from the future is young.
            let age = file.modified().map_err(failed(Act::Read))?.elapsed().unwrap_or_default();
            if age >= age_min {
                removed += u64::from(self.remove(digest)?);
            }
        }
        Ok(removed)
    }

    /// The digests of all bodies.
    pub fn digests(&self) -> Result<Vec<[u8; 32]>, VaultError> {
        let mut digests = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed(Act::Read))? {
            let name = entry.map_err(failed(Act::Read))?.file_name();
            let mut digest = [0; 32];
            // Names that are no digest are not ours and stay.
            if hex::decode_to_slice(name.as_encoded_bytes(), &mut digest).is_ok() {
                digests.push(digest);
            }
        }
        Ok(digests)
    }

    fn path(&self, digest: &[u8; 32]) -> PathBuf {
        self.folder.join(hex::encode(digest))
    }
}

/// A body on its way in.
pub struct BodyWriter<'b> {
    bodies: &'b Bodies,
    aside: Aside,
    hash: Sha256,
    octets: u64,
}

impl BodyWriter<'_> {
    /// Takes the next octets.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), VaultError> {
        let octets_max = limits::BODY_OCTETS_MAX;
        if chunk.len() as u64 > octets_max - self.octets {
            return Err(VaultError::BodyTooLarge { octets_max });
        }
        self.aside.file().write_all(chunk).map_err(failed(Act::Write))?;
        self.hash.update(chunk);
        self.octets += chunk.len() as u64;
        Ok(())
    }

    /// Octets taken so far.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// Makes the body durable under its digest.
    pub fn finish(self) -> Result<BodyId, VaultError> {
        let digest = self.hash.finalize().into();
        self.aside.publish(&self.bodies.path(&digest)).map_err(failed(Act::Write))?;
        Ok(BodyId { digest, octets: self.octets })
    }

    /// As [`Self::finish`], if the body is the one announced; otherwise nothing of it stays.
    pub fn finish_as(self, announced: &BodyId) -> Result<(), VaultError> {
        let digest: [u8; 32] = self.hash.clone().finalize().into();
        if digest != announced.digest || self.octets != announced.octets {
            return Err(VaultError::BodyTampered);
        }
        self.finish()?;
        Ok(())
    }
}

fn failed(act: Act) -> impl FnOnce(io::Error) -> VaultError {
    move |source| VaultError::Storage(StorageFault { file: ProfileFile::Body, act, source })
}

const FOLDER: &str = "bodies";
const CHUNK_OCTETS: usize = 64 * 1024;
