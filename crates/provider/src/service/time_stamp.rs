//! RFC 3161 over HTTP, for our people: answered by our own authority or passed on to the external
//! one. It learns a digest.

use std::sync::Arc;

use super::{ServiceError, compute, own_list};
use crate::clock;
use crate::provider::Provider;

/// Answers a TimeStampReq (DER) with a TimeStampResp (DER). What is wrong with the request is said
/// inside the response, as the standard wants it.
pub async fn respond(provider: &Arc<Provider>, query: &[u8]) -> Result<Vec<u8>, ServiceError> {
    let query = query.to_vec();
    if !provider.service.notary.time().is_internal() {
        return provider.service.notary.time().respond_there(query).await;
    }
    provider.service.notary.may_sign(clock::now_unix())?;
    compute(provider, move |provider| {
        let crl = own_list(provider)?;
        Ok(provider.service.notary.time().respond_here(&query, &crl))
    })
    .await?
}
