//! The house at work: submission, relay, consignment, handover, and the evidence of each.
//!
//! Order of every transition: (1) ciphertext durable; (2) the notary signs, a time-stamp proves
//! when; (3) one transaction writes state, evidence, mailbox and queue; (4) only then does anybody
//! hear of it. A failure before (3) leaves nothing behind; what happens after (3) is done again
//! from what is stored.
//!
//! MUST: no state without its evidence. States come from `sealpost_erds::delivery`, signed
//! evidence from [`notary`] and nowhere else, and the store takes both together
//! ([`notary::Issued`]).
//! MUST: nothing of a letter outlives its end but what answers a repeated request, and that only
//! for a time.
//!
//! No HTTP here: the front door calls these functions and turns [`ServiceError`] into problems.

mod backoff;
pub mod bells;
pub mod decision;
pub mod directory;
pub mod discovery;
mod error;
pub mod expiry;
pub mod handover;
pub mod mailbox;
pub mod notary;
pub mod objects;
mod parts;
mod peer_call;
pub mod peers;
pub mod policy;
pub mod receipts_in;
pub mod receipts_out;
pub mod registration;
pub mod relay_in;
mod relay_objects;
pub mod relay_out;
mod reply;
pub mod retention;
pub mod submission;
#[cfg(test)]
mod tests;
pub mod time_list;
pub mod time_roots;
pub mod time_source;
pub mod time_stamp;
pub mod trust;
pub mod workers;

use std::sync::Arc;

use sealpost_cms::path::Crl;
use sealpost_erds::Address;
use sealpost_erds::delivery::SubmittingAccount;
use sealpost_erds::disclosure::Assurance;

pub use error::{Refusal, ServiceError};
pub use parts::{PartIntake, StoredPart};

use crate::provider::Provider;
use crate::store::accounts::AccountRow;

/// Who is asking, after the front door has checked certificate, revocation and block.
#[derive(Clone)]
pub struct Account {
    /// Its row.
    pub id: i64,
    /// The mailbox.
    pub address: Address,
    /// The owner, as in the certificates.
    pub name: String,
    /// How surely the owner was identified.
    pub assurance: Assurance,
}

impl Account {
    fn submitting(&self) -> SubmittingAccount<'_> {
        SubmittingAccount { address: &self.address, name: &self.name, assurance: self.assurance }
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self { id: row.id, address: row.address, name: row.name, assurance: row.assurance }
    }
}

/// Runs cryptography (hundreds of microseconds and more) beside the threads that serve, and only
/// so much of it at a time as there are processors.
async fn compute<T: Send + 'static>(
    provider: &Arc<Provider>,
    work: impl FnOnce(&Provider) -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let slots = Arc::clone(&provider.service.compute_slots);
    let permit =
        slots.acquire_owned().await.map_err(|_| ServiceError::Internal("compute-closed"))?;
    let provider = Arc::clone(provider);
    let computed = tokio::task::spawn_blocking(move || {
        let result = work(&provider);
        drop(permit);
        result
    });
    computed.await.map_err(|_| ServiceError::Internal("computation-panicked"))
}

/// Our revocation list as it is now, within [`compute`].
fn own_list(provider: &Provider) -> Result<Crl, ServiceError> {
    provider.crl_here()?.ok_or(ServiceError::Internal("revocation-list-missing"))
}

/// What the services share besides the store: part of [`Provider`].
pub struct Service {
    /// Signs evidence.
    pub notary: notary::Notary,
    /// Wakes workers.
    pub bells: bells::Bells,
    /// The sealed discovery document, and those of others.
    pub(crate) documents: discovery::Documents,
    /// Whose time stands in whose evidence.
    pub(crate) time_roots: time_roots::TimeRoots,
    /// See [`compute`].
    compute_slots: Arc<tokio::sync::Semaphore>,
}

impl Service {
    /// Everything but the store.
    pub fn new(
        config: &crate::config::Config,
        keys: &Arc<crate::keys::ProviderKeys>,
        time: time_source::TimeSource,
        time_roots: time_roots::TimeRoots,
    ) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let domains =
            std::iter::once(&config.domain).chain(config.peers.iter().map(|peer| &peer.domain));
        Self {
            notary: notary::Notary::new(config, keys, time),
            bells: bells::Bells::new(domains.cloned()),
            documents: discovery::Documents::default(),
            time_roots,
            compute_slots: Arc::new(tokio::sync::Semaphore::new(processors)),
        }
    }
}
