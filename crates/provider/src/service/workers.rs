//! What goes on without being asked: relay, receipts, deadlines, forgetting.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::{expiry, receipts_out, relay_out, retention, time_list};
use crate::provider::Provider;
use crate::server::Stopping;
use crate::store::StoreError;

/// Starts all workers. Each picks up what the store holds from before.
pub async fn start(
    provider: &Arc<Provider>,
    stopping: &Stopping,
    workers: &mut JoinSet<()>,
) -> Result<(), StoreError> {
    let config = &provider.config;
    let mut domains: BTreeSet<_> = config.peers.iter().map(|peer| peer.domain.clone()).collect();
    domains.insert(config.domain.clone());
    // A peer may have been taken out of the configuration; what waits for it fails in due time.
    domains.extend(provider.store.waiting_domains().await?);
    for domain in domains {
        let relay = relay_out::work(Arc::clone(provider), domain.clone(), stopping.clone());
        workers.spawn(relay);
        workers.spawn(receipts_out::work(Arc::clone(provider), domain, stopping.clone()));
    }
    // A worker that ends counts as one that died: there is none without work.
    if provider.service.notary.time().list().is_some() {
        workers.spawn(time_list::work(Arc::clone(provider), stopping.clone()));
    }
    workers.spawn(expiry::work(Arc::clone(provider), stopping.clone()));
    workers.spawn(retention::work(Arc::clone(provider), stopping.clone()));
    Ok(())
}
