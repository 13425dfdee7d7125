//! The directory: certificates of our people for whoever wants to write to them, asked for through
//! the asker's own provider. We see whom is asked for and not who asks; the forwarding provider
//! sees who asks and not whom for.

use std::sync::Arc;

use sealpost_erds::directory::{DirectoryAnswer, DirectoryQuery};
use sealpost_erds::{Domain, Octets, limits as erds_limits};
use sealpost_wire::paths;

use super::peer_call::{self, Sending};
use super::{Refusal, ServiceError, compute};
use crate::clock;
use crate::observe;
use crate::provider::Provider;

/// Answers a sealed question. The answer has one size, whoever was asked for, and whether or not
/// there is such a person.
pub async fn answer(provider: &Arc<Provider>, sealed: &[u8]) -> Result<Vec<u8>, ServiceError> {
    // [DIR-010]
    if sealed.len() > QUESTION_OCTETS_MAX {
        return Err(Refusal::QueryUnreadable.into());
    }
    let sealed = sealed.to_vec();
    let opened =
        compute(provider, move |provider| DirectoryQuery::open(provider.keys.routing(), &sealed))
            .await?;
    let (query, response_key) = opened.map_err(|_| Refusal::QueryUnreadable)?;
    let is_ours = query.address.domain() == provider.config.domain;
    let certificate = if is_ours {
        provider.store.encryption_certificate(query.address, clock::now_unix()).await?
    } else {
        None
    };
    let crl = provider.crl().await?.map(|crl| Octets(crl.der().to_vec()));
    // A long list does not fit; then the asker fetches it by itself (`/v1/revocation-list`).
    let crl = crl.filter(|crl| crl.0.len() <= LIST_OCTETS_MAX);
    let answer =
        DirectoryAnswer { encryption_certificate: certificate.map(Octets), revocation_list: crl };
    answer.seal(response_key, &mut clock::system_random()).map_err(|error| {
        observe::error("directory-answer-too-long").reason(error.code()).write();
        ServiceError::Internal("directory-answer-too-long")
    })
}

/// Passes a question of one of our people on, and the answer back. Both are sealed; we learn the
/// domain.
pub async fn forward(
    provider: &Arc<Provider>,
    domain: &Domain,
    sealed: &[u8],
) -> Result<Vec<u8>, ServiceError> {
    if *domain == provider.config.domain {
        return answer(provider, sealed).await;
    }
    if provider.parties.of(domain).is_none() {
        return Err(Refusal::UnknownDomain.into());
    }
    if sealed.len() > QUESTION_OCTETS_MAX {
        return Err(Refusal::QueryUnreadable.into());
    }
    let sending = Sending {
        media_type: paths::MEDIA_SEALED,
        octets: sealed.len() as u64,
        body: sealed.to_vec().into(),
    };
    Ok(peer_call::post(provider, domain, paths::RELAY_LOOKUP, sending, ANSWER_OCTETS_MAX).await?)
}

/// A question, its encapsulated key and its tag, with room for neither more nor less.
const QUESTION_OCTETS_MAX: usize = erds_limits::QUERY_OCTETS + 48;
/// An answer, its nonce and its tag, with some room.
const ANSWER_OCTETS_MAX: usize = erds_limits::ANSWER_OCTETS + 1024;
/// Half of an answer, less base64; the certificate needs about 1 KiB of the other half.
const LIST_OCTETS_MAX: usize = erds_limits::ANSWER_OCTETS / 2;
