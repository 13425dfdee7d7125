//! Places for the requests that are worked on: so many for all of a kind, and so many for one account.
//!
//! MUST: known callers and strangers do not take each other's, and one account cannot take those of
//! all. [HTTP-007]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealpost_erds::Address;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits;
use crate::problem::{self, Problem};
use crate::tls::PeerIdentity;

/// All places. Clones share them.
#[derive(Clone)]
pub(super) struct Places {
    accounts: Arc<Semaphore>,
    providers: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    of_accounts: Arc<OfAccounts>,
}

/// One of them. Given back when it is dropped.
pub(super) struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_account: Option<OfAccount>,
}

impl Places {
    /// `of_account_max` are one account's.
    pub(super) fn new(of_account_max: usize) -> Self {
        Self {
            accounts: Arc::new(Semaphore::new(limits::REQUESTS_OF_ACCOUNTS_MAX)),
            providers: Arc::new(Semaphore::new(limits::REQUESTS_OF_PROVIDERS_MAX)),
            strangers: Arc::new(Semaphore::new(limits::REQUESTS_OF_STRANGERS_MAX)),
            of_accounts: Arc::new(OfAccounts { each_max: of_account_max, taken: Mutex::default() }),
        }
    }

    /// A place for whoever the connection says it is. Whether the account is still open is asked
    /// later, and costs a look into the database.
    pub(super) fn take(&self, identity: Option<&PeerIdentity>) -> Result<Place, Problem> {
        let (places, of_account) = match identity {
            Some(PeerIdentity::Account { address, .. }) => {
                (&self.accounts, Some(OfAccount::take(&self.of_accounts, address)?))
            }
            Some(PeerIdentity::Provider { .. }) => (&self.providers, None),
            _ => (&self.strangers, None),
        };
        let of_all = Arc::clone(places).try_acquire_owned();
        let of_all = of_all.map_err(|_| Problem::new(problem::BUSY))?;
        Ok(Place { _of_all: of_all, _of_account: of_account })
    }
}

/// How many requests of each account are worked on. Accounts without any are not in it.
struct OfAccounts {
    each_max: usize,
    taken: Mutex<BTreeMap<Address, usize>>,
}

impl OfAccounts {
    /// A count is changed in one step: a panic elsewhere cannot leave it half changed.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Address, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of an account's own places.
struct OfAccount {
    of: Arc<OfAccounts>,
    address: Address,
}

impl OfAccount {
    fn take(of: &Arc<OfAccounts>, address: &Address) -> Result<Self, Problem> {
        let mut taken = of.lock();
        let count = taken.get(address).copied().unwrap_or(0);
        if count >= of.each_max {
            return Err(Problem::new(problem::TOO_MANY_REQUESTS));
        }
        taken.insert(address.clone(), count + 1);
        Ok(Self { of: Arc::clone(of), address: address.clone() })
    }
}

impl Drop for OfAccount {
    fn drop(&mut self) {
        let mut taken = self.of.lock();
        match taken.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_007_one_accounts_places_are_its_own_and_come_back() {
        let of = Arc::new(OfAccounts { each_max: 2, taken: Mutex::default() });
        let address = |text| Address::parse(text).unwrap();
        let (anna, otto) = (address("anna@north.example"), address("otto@north.example"));
        let (one, two) = (OfAccount::take(&of, &anna).unwrap(), OfAccount::take(&of, &anna));
        let refused = OfAccount::take(&of, &anna).err().unwrap();
        assert_eq!(refused.kind().code, "too-many-requests");
        assert!(OfAccount::take(&of, &otto).is_ok(), "Otto has his own");
        drop(one);
        assert!(OfAccount::take(&of, &anna).is_ok());
        drop(two);
        assert!(of.lock().is_empty(), "who asks nothing is not remembered");
    }
}
