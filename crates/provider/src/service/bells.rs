//! What wakes the workers, so that none of them has to look into the database just in case.

use std::collections::BTreeMap;
use std::sync::Arc;

use sealpost_erds::Domain;
use tokio::sync::Notify;

/// One bell for each thing that somebody may be waiting for. Ringing costs nothing; a bell that was
/// rung while nobody listened is heard by the next who does.
pub struct Bells {
    queues: BTreeMap<Domain, Queues>,
    /// Something was deleted: files may go, the log is to be emptied.
    pub tidy: Arc<Notify>,
}

/// The two queues towards one provider.
#[derive(Clone, Default)]
pub struct Queues {
    /// A letter waits.
    pub dispatches: Arc<Notify>,
    /// A receipt waits.
    pub receipts: Arc<Notify>,
}

impl Bells {
    /// Bells for these domains.
    pub fn new(domains: impl Iterator<Item = Domain>) -> Self {
        Self {
            queues: domains.map(|domain| (domain, Queues::default())).collect(),
            tidy: Arc::default(),
        }
    }

    /// The bells of a domain; new ones, that nobody else rings, for a domain no longer trusted.
    #[must_use]
    pub fn of(&self, domain: &Domain) -> Queues {
        self.queues.get(domain).cloned().unwrap_or_default()
    }

    /// A letter waits for this domain.
    pub fn dispatch_waits(&self, domain: &Domain) {
        if let Some(queues) = self.queues.get(domain) {
            queues.dispatches.notify_one();
        }
    }

    /// A receipt waits for this domain.
    pub fn receipt_waits(&self, domain: &Domain) {
        if let Some(queues) = self.queues.get(domain) {
            queues.receipts.notify_one();
        }
    }

    /// Something was deleted.
    pub fn something_was_deleted(&self) {
        self.tidy.notify_one();
    }
}
