//! The names of records in memory: what the disk hides, and what finding records by the beginning
//! of their names needs. Wiped on drop like the records themselves.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::Kind;

/// A name, wiped on drop.
type Name = Zeroizing<String>;

/// The names of those kinds that were asked for since the vault was opened.
#[derive(Default)]
pub(super) struct Names {
    of: Mutex<HashMap<Kind, Vec<Name>>>,
}

/// What a transaction did to a name.
pub(super) struct Change {
    kind: Kind,
    name: Name,
    is_there: bool,
}

impl Change {
    pub(super) fn put(kind: Kind, name: &str) -> Self {
        Self { kind, name: Zeroizing::new(name.to_owned()), is_there: true }
    }

    pub(super) fn deleted(kind: Kind, name: &str) -> Self {
        Self { kind, name: Zeroizing::new(name.to_owned()), is_there: false }
    }
}

impl Names {
    /// The names of a kind that begin with `prefix`, in order; `all` reads them the first time.
    pub(super) fn beginning<E>(
        &self,
        kind: Kind,
        prefix: &str,
        all: impl FnOnce() -> Result<Vec<Name>, E>,
    ) -> Result<Vec<Name>, E> {
        // Held while the disk is read: a transaction that ends meanwhile is followed afterwards.
        let mut of = self.lock();
        let names = match of.entry(kind) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(all()?),
        };
        let mut found: Vec<Name> =
            names.iter().filter(|name| name.starts_with(prefix)).cloned().collect();
        found.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        Ok(found)
    }

    /// Follows a transaction that is on the disk.
    pub(super) fn follow(&self, changes: Vec<Change>) {
        let mut of = self.lock();
        for change in changes {
            let Some(names) = of.get_mut(&change.kind) else { continue };
            let at = names.iter().position(|name| *name == change.name);
            match (at, change.is_there) {
                (None, true) => names.push(change.name),
                (Some(at), false) => drop(names.swap_remove(at)),
                _ => {}
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Kind, Vec<Name>>> {
        // Every change to the map is one insertion or removal: a panic leaves nothing half done.
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
