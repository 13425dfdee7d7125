//! The update of the algorithm policy that this provider publishes: from its configuration, under its
//! electronic seal.
//!
//! The sealed copy is made anew from time to time, so that its `next_update` stays ahead: an agent
//! that has none which counts encrypts nothing, and learns so that one is withheld from it.

use std::sync::Arc;

use sealpost_cms::time::ClaimedTime;
use sealpost_erds::policy::PolicyUpdate;

use super::{Refusal, ServiceError, compute, own_list};
use crate::provider::Provider;
use crate::{clock, limits};

/// The sealed update, if the configuration has one.
pub async fn signed(provider: &Arc<Provider>) -> Result<Vec<u8>, ServiceError> {
    let Some(update) = &provider.config.policy_update else {
        return Err(Refusal::PolicyNotPublished.into());
    };
    if let Some(octets) = provider.service.documents.own_policy() {
        return Ok(octets);
    }
    provider.service.notary.may_sign(clock::now_unix())?;
    let update = update.clone();
    let octets = compute(provider, move |provider| {
        let now = clock::now_unix();
        let next_update = ClaimedTime::from_unix(now + limits::POLICY_VALIDITY_SECONDS);
        let payload = PolicyUpdate { next_update, ..update }.to_json();
        let signature = provider.service.notary.sign(&payload, ClaimedTime::from_unix(now))?;
        Ok::<_, ServiceError>(signature.attached(&payload, &[], &[own_list(provider)?]))
    })
    .await??;
    provider.service.documents.keep_own_policy(&octets);
    Ok(octets)
}
