//! Moving records to a new key.
//!
//! A batch is one transaction: each record is opened under the former key, sealed under the new one
//! and removed from its former place, or nothing of the batch happened. A process that is killed goes
//! on with what is left, and between two batches every record can be read, written and removed.
//!
//! Pages of the file that are free now may hold former octets until they are written again: sealed
//! under a key that is wiped as soon as the last record was moved.
//!
//! Bodies are not touched. They are ciphertext under content keys that lie in records, and evidence
//! names their digests.

use redb::ReadableTableMetadata;

use super::{Transaction, Vault, engine, record};
use crate::errors::VaultError;
use crate::limits;

/// How far a batch came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// Records that it moved.
    pub moved: u64,
    /// Records that are left under the former key.
    pub left: u64,
}

impl Vault {
    /// Moves the next records to the new key, durably. None are left once all lie under it.
    pub fn move_records(&self) -> Result<Batch, VaultError> {
        self.commit(|records| records.move_records())
    }
}

impl Transaction<'_> {
    /// A record that does not open is an error, and nothing is moved with it: it would be lost as
    /// soon as the former key is. [AGT-053]
    fn move_records(&mut self) -> Result<Batch, VaultError> {
        let Some(former) = self.key.former() else { return Ok(Batch { moved: 0, left: 0 }) };
        let (mut moved, mut octets) = (0, 0);
        while octets < limits::MOVED_OCTETS {
            let Some((place, value)) = self.other.pop_first().map_err(engine)? else { break };
            let (place, value) = record::moved((former, self.key), place.value(), value.value())?;
            self.table.insert(place.as_slice(), value.as_slice()).map_err(engine)?;
            octets += value.len();
            moved += 1;
        }
        Ok(Batch { moved, left: self.other.len().map_err(engine)? })
    }
}

#[cfg(test)]
mod tests;
