//! The revocation list of the provider's own authority: issued at quickstart, at every
//! revocation, and again before it grows old.

use std::sync::Arc;

use sealpost_cms::issue::issue_crl;

use crate::keys::ProviderKeys;
use crate::limits;
use crate::observe;
use crate::store::StoreError;
use crate::store::people::{IssueList, RevocationList};

/// How the store makes a list, inside the transaction that changes what is revoked.
#[must_use]
pub fn issuing(keys: &Arc<ProviderKeys>, now: i64) -> IssueList {
    let keys = Arc::clone(keys);
    Box::new(move |number, revoked| {
        let next_update = now + limits::CRL_VALIDITY_SECONDS;
        let der = issue_crl(keys.issuer(), number, now, next_update, revoked).map_err(|error| {
            // Our own root over our own serial numbers: only a damaged database gets here.
            observe::error("revocation-list-not-issued").reason(error.code()).write();
            StoreError::Unexpected
        })?;
        Ok(RevocationList { number, this_update: now, next_update, der })
    })
}

/// Whether a list of this age should be followed by a new one.
#[must_use]
pub fn is_due(list: Option<&RevocationList>, now: i64) -> bool {
    list.is_none_or(|list| now - list.this_update >= limits::CRL_RENEWAL_SECONDS)
}
