//! Whose time stands in whose evidence: the roots of external time-stamping authorities, as each
//! provider has named them in its own sealed discovery document.
//!
//! MUST: a root counts for evidence of the provider that named it, for time alone (see
//! [`super::trust`]), and for nobody else's.
//!
//! What a provider named formerly goes on to count: evidence that was stamped before it took another
//! authority may still be under way. The number is bounded, and all of it survives a restart.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealpost_cms::certificate::Certificate;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::Domain;
use sealpost_erds::discovery::Discovery;

use super::peers;
use super::trust::Doubt;
use crate::provider::Provider;
use crate::store::{Store, StoreError};
use crate::{limits, observe};

/// The roots of all providers that have named any.
#[derive(Default)]
pub struct TimeRoots {
    of_domain: Mutex<BTreeMap<Domain, Vec<Certificate>>>,
}

impl TimeRoots {
    /// What was kept.
    pub(crate) async fn load(store: &Store) -> Result<Self, StoreError> {
        let roots = Self::default();
        for (domain, der) in store.time_roots().await? {
            // Only what was a certificate went in.
            let root = Certificate::from_der(&der).map_err(|_| StoreError::Unexpected)?;
            roots.add(&domain, root);
        }
        Ok(roots)
    }

    /// The roots that the provider of `domain` has named.
    #[must_use]
    pub fn of(&self, domain: &Domain) -> Vec<Certificate> {
        self.lock().get(domain).cloned().unwrap_or_default()
    }

    /// Takes note of a root that the provider of `domain` names. `true` if it was unknown.
    pub(crate) async fn keep(
        &self,
        store: &Store,
        domain: &Domain,
        root: Certificate,
    ) -> Result<bool, StoreError> {
        let der = root.der().to_vec();
        let is_new = self.add(domain, root);
        if is_new {
            store.keep_time_root(domain.clone(), der).await?;
        }
        Ok(is_new)
    }

    fn add(&self, domain: &Domain, root: Certificate) -> bool {
        let mut all = self.lock();
        let roots = all.entry(domain.clone()).or_default();
        if roots.contains(&root) {
            return false;
        }
        roots.push(root);
        if roots.len() > limits::TIME_ROOTS_MAX {
            roots.remove(0);
        }
        true
    }

    /// A list is only pushed to: a panic elsewhere cannot leave it half changed.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Domain, Vec<Certificate>>> {
        self.of_domain.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes note of what a verified discovery document names. `true` if that is new.
pub(super) async fn note(provider: &Provider, discovery: &Discovery) -> bool {
    let named = discovery.certificates.time_stamping_root.as_ref();
    let Some(Ok(root)) = named.map(|der| Certificate::from_der(&der.0)) else { return false };
    let roots = &provider.service.time_roots;
    match roots.keep(&provider.store, &discovery.domain, root).await {
        Ok(is_new) => is_new,
        Err(error) => {
            // It counts until the next start; then the document is asked for once more.
            observe::warn("time-root-not-kept").reason(error.code()).write();
            true
        }
    }
}

/// Evidence whose time-stamp leads to no known root may rest on an authority that its issuer has
/// named and that was not heard of yet: asks the issuer. `true` if the evidence should be judged once
/// more.
pub(super) async fn learn(provider: &Arc<Provider>, issuer: &Domain, doubt: &Doubt) -> bool {
    let Doubt::Indeterminate(shortfall) = doubt else { return false };
    // Our own authorities were noted at the start.
    if shortfall.sub != SubIndication::NoCertificateChainFound || *issuer == provider.config.domain
    {
        return false;
    }
    let asked = peers::of_peer(provider, issuer);
    match tokio::time::timeout(limits::DISCOVERY_PATIENCE, asked).await {
        // Somebody else may have asked in the meantime: what counts is what is known now.
        Ok(Ok(_)) => !provider.service.time_roots.of(issuer).is_empty(),
        // The evidence is judged again when it comes again.
        Ok(Err(_)) | Err(_) => false,
    }
}
