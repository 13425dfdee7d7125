//! The vault: everything the agent keeps, encrypted at rest.
//!
//! Records lie in one table of one redb file. A record's place is an HMAC of its kind and name, its
//! value is AES-256-GCM over kind, name, octets and padding, with the place as associated octets:
//! a value moved to another place does not open. Bodies, which are ciphertext already, lie beside it
//! as files ([`bodies`]).
//!
//! - Never: plaintext on disk, neither of records nor of their names.
//! - Visible to who reads the disk: how many records there are of each (unnamed) kind, their sizes
//!   in steps of 256 octets, and the digests of the bodies' ciphertext.
//! - After a rotation records lie under two keys until all of them were moved (`moving`); whoever
//!   reads finds them under either.
//! - Not prevented: putting an older copy of the whole profile in place of the newer.

pub mod bodies;
mod moving;
mod names;
mod record;

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;

use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition};
use serde::{Deserialize, Serialize};

use crate::errors::{Act, ProfileFile, StorageFault, VaultError};
use crate::keystore::VaultKey;
use crate::limits;
use crate::profile::Profile;
use bodies::Bodies;
use names::{Change, Names};
use record::Place;

pub use record::Record;

/// A sort of record, a word of the program such as `letter`. It is no secret in memory and appears
/// in errors; on disk it is hidden as all else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind(&'static str);

impl Kind {
    /// A kind of 1 to 32 octets; anything else does not compile in a constant.
    pub const fn new(name: &'static str) -> Self {
        assert!(!name.is_empty() && name.len() <= limits::RECORD_KIND_OCTETS_MAX);
        Self(name)
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// The open vault of a profile, which stays locked as long as the vault lives.
pub struct Vault {
    database: Database,
    key: VaultKey,
    bodies: Bodies,
    names: Names,
    _profile: Profile,
}

impl Vault {
    /// Opens the vault, making an empty one if the profile has none.
    pub fn open(profile: &Profile, key: VaultKey) -> Result<Self, VaultError> {
        let path = profile.path(VAULT_FILE);
        // redb would create the file with the process's umask.
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed(Act::Open))?;
        // Without the check redb trusts the file and may panic over a damaged one.
        let database =
            Database::builder().set_check_integrity_on_open(true).create(&path).map_err(engine)?;
        let bodies = Bodies::open(profile)?;
        let names = Names::default();
        let vault = Self { database, key, bodies, names, _profile: profile.clone() };
        vault.check_head()?;
        Ok(vault)
    }

    /// The encrypted bodies.
    pub fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// Does all of `steps` durably, or none of it if they or the disk fail.
    pub fn commit<T, E: From<VaultError>>(
        &self,
        steps: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut write = self.database.begin_write().map_err(engine)?;
        // Otherwise redb answers damage to the newest commit by going back to the one before.
        write.set_two_phase_commit(true);
        let (outcome, changes) = {
            let key = &self.key;
            let table = write.open_table(table_of(key.generation())).map_err(engine)?;
            let other = write.open_table(table_of(key.generation() + 1)).map_err(engine)?;
            let mut transaction = Transaction { table, other, key, changes: Vec::new() };
            let outcome = steps(&mut transaction);
            (outcome, transaction.changes)
        };
        match outcome {
            Ok(value) => {
                write.commit().map_err(engine)?;
                self.names.follow(changes);
                Ok(value)
            }
            Err(error) => {
                write.abort().map_err(engine)?;
                Err(error)
            }
        }
    }

    /// The record of that name.
    pub fn get(&self, kind: Kind, name: &str) -> Result<Option<Record>, VaultError> {
        let read = self.database.begin_read().map_err(engine)?;
        self.get_in(&read, kind, name)
    }

    fn get_in(
        &self,
        read: &ReadTransaction,
        kind: Kind,
        name: &str,
    ) -> Result<Option<Record>, VaultError> {
        for key in self.keys() {
            let table = read.open_table(table_of(key.generation())).map_err(engine)?;
            if let Some(record) = get(&table, key, kind, name)? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The key, and the one before it if there may be records under it.
    fn keys(&self) -> impl Iterator<Item = &VaultKey> {
        std::iter::once(&self.key).chain(self.key.former())
    }

    /// All records of a kind, by name.
    pub fn list(&self, kind: Kind) -> Result<Vec<Record>, VaultError> {
        let read = self.database.begin_read().map_err(engine)?;
        let mut records = Vec::new();
        for key in self.keys() {
            let table = read.open_table(table_of(key.generation())).map_err(engine)?;
            list(&table, key, kind, &mut records)?;
        }
        Ok(by_name(records))
    }

    /// The records of a kind whose names begin with `prefix`, by name.
    ///
    /// Places hide names, so the first call for a kind opens every record of it; the names stay in
    /// memory, and later calls open what they return.
    pub fn list_beginning(&self, kind: Kind, prefix: &str) -> Result<Vec<Record>, VaultError> {
        let names = self.names.beginning(kind, prefix, || {
            Ok(self.list(kind)?.into_iter().map(|record| record.name).collect())
        })?;
        let read = self.database.begin_read().map_err(engine)?;
        let records = names.iter().map(|name| self.get_in(&read, kind, name));
        records.filter_map(Result::transpose).collect()
    }

    /// The head says which version wrote the vault, and proves that the keys belong to it.
    fn check_head(&self) -> Result<(), VaultError> {
        let head = self.commit(|vault| {
            if let Some(head) = vault.get(HEAD, HEAD_NAME)? {
                return Ok(head);
            }
            if !vault.is_empty()? {
                return Err(VaultError::OtherKeystore);
            }
            let json = serde_json::to_vec(&Head { version: VERSION }).expect("it is one number");
            vault.put(HEAD, HEAD_NAME, &json)?;
            Ok(Record::new(HEAD_NAME, &json))
        })?;
        let head: Head = serde_json::from_slice(&head.octets)
            .map_err(|_| VaultError::RecordTampered { kind: HEAD.as_str() })?;
        if head.version > VERSION {
            return Err(VaultError::TooNew { version: head.version });
        }
        Ok(())
    }
}

/// Changes that happen together.
pub struct Transaction<'v> {
    table: Table<'v, &'static [u8], &'static [u8]>,
    /// Of the key before or of none: empty unless records are being moved.
    other: Table<'v, &'static [u8], &'static [u8]>,
    key: &'v VaultKey,
    changes: Vec<Change>,
}

impl Transaction<'_> {
    /// Writes a record, in place of one of the same kind and name.
    pub fn put(&mut self, kind: Kind, name: &str, octets: &[u8]) -> Result<(), VaultError> {
        let place = Place::of(self.key, kind, name)?;
        let value = record::seal(self.key, &place, kind, name, octets)?;
        self.table.insert(place.as_slice(), value.as_slice()).map_err(engine)?;
        self.remove_former(kind, name)?;
        self.changes.push(Change::put(kind, name));
        Ok(())
    }

    /// The record of that name, as this transaction sees it.
    pub fn get(&self, kind: Kind, name: &str) -> Result<Option<Record>, VaultError> {
        if let Some(record) = get(&self.table, self.key, kind, name)? {
            return Ok(Some(record));
        }
        match self.key.former() {
            Some(former) => get(&self.other, former, kind, name),
            None => Ok(None),
        }
    }

    /// All records of a kind, by name, as this transaction sees them.
    pub fn list(&self, kind: Kind) -> Result<Vec<Record>, VaultError> {
        let mut records = Vec::new();
        list(&self.table, self.key, kind, &mut records)?;
        if let Some(former) = self.key.former() {
            list(&self.other, former, kind, &mut records)?;
        }
        Ok(by_name(records))
    }

    /// Removes a record and tells whether there was one.
    pub fn delete(&mut self, kind: Kind, name: &str) -> Result<bool, VaultError> {
        let place = Place::of(self.key, kind, name)?;
        let removed = self.table.remove(place.as_slice()).map_err(engine)?.is_some();
        let removed = self.remove_former(kind, name)? || removed;
        self.changes.push(Change::deleted(kind, name));
        Ok(removed)
    }

    /// Removes a record from under the key before, and tells whether there was one.
    fn remove_former(&mut self, kind: Kind, name: &str) -> Result<bool, VaultError> {
        let Some(former) = self.key.former() else { return Ok(false) };
        let place = Place::of(former, kind, name)?;
        Ok(self.other.remove(place.as_slice()).map_err(engine)?.is_some())
    }

    /// Whether nobody ever wrote here, under whatever key.
    fn is_empty(&self) -> Result<bool, VaultError> {
        let first = self.table.first().map_err(engine)?.is_none();
        Ok(first && self.other.first().map_err(engine)?.is_none())
    }
}

fn get(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &VaultKey,
    kind: Kind,
    name: &str,
) -> Result<Option<Record>, VaultError> {
    let place = Place::of(key, kind, name)?;
    match table.get(place.as_slice()).map_err(engine)? {
        Some(value) => record::open(key, place.as_slice(), kind, value.value()).map(Some),
        None => Ok(None),
    }
}

fn list(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &VaultKey,
    kind: Kind,
    records: &mut Vec<Record>,
) -> Result<(), VaultError> {
    let (first, last) = Place::bounds(key, kind);
    for row in table.range(first.as_slice()..=last.as_slice()).map_err(engine)? {
        let (place, value) = row.map_err(engine)?;
        records.push(record::open(key, place.value(), kind, value.value())?);
    }
    Ok(())
}

fn by_name(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by(|a, b| a.name.cmp(&b.name));
    records
}

/// The records of every other master key lie in the same table: it is empty before the next but one
/// comes into use.
const fn table_of(generation: u32) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    match generation % 2 {
        0 => RECORDS,
        _ => OTHER_RECORDS,
    }
}

/// Sorts what redb says into faults of the disk and damage to the file.
fn engine(error: impl Into<redb::Error>) -> VaultError {
    match error.into() {
        redb::Error::Io(source) => failed(Act::Use)(source),
        other => VaultError::Damaged(Box::new(other)),
    }
}

fn failed(act: Act) -> impl FnOnce(io::Error) -> VaultError {
    move |source| VaultError::Storage(StorageFault { file: ProfileFile::Vault, act, source })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    version: u32,
}

const VAULT_FILE: &str = "vault.redb";
const RECORDS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("records");
const OTHER_RECORDS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("records-1");
const HEAD: Kind = Kind::new("vault");
const HEAD_NAME: &str = "head";
const VERSION: u32 = 1;

#[cfg(test)]
mod tests;
