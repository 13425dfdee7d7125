//! The directory: certificates of our people for whoever wants to write to them, asked for through
//! the asker's own provider. We see whom is asked for and not who asks; the forwarding provider
//! sees who asks and not whom for.

use std::sync::Arc;

use sealpost_cms::certificate::Certificate;
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
    let certificates = match is_ours {
        true => provider.store.encryption_certificates(query.address, clock::now_unix()).await?,
        false => Vec::new(),
    };
    let crl = provider.crl().await?.map(|crl| Octets(crl.der().to_vec()));
    // A long list does not fit; then the asker fetches it by itself (`/v1/revocation-list`).
    let crl = crl.filter(|crl| crl.0.len() <= LIST_OCTETS_MAX);
    let encryption_certificates = newest_of_each_kind(certificates);
    let answer = DirectoryAnswer { encryption_certificates, revocation_list: crl };
    answer.seal(response_key, &mut clock::system_random()).map_err(|error| {
        observe::error("directory-answer-too-long").reason(error.code()).write();
        ServiceError::Internal("directory-answer-too-long")
    })
}

/// Of certificates in their order the first for each kind of key: a sender picks the suite, and a
/// second one of the same would leave him to guess.
fn newest_of_each_kind(certificates: Vec<Vec<u8>>) -> Vec<Octets> {
    let (mut kinds, mut newest) = (Vec::new(), Vec::new());
    for der in certificates {
        let kind = Certificate::from_der(&der).ok().and_then(|it| it.key_kind());
        if let Some(kind) = kind.filter(|kind| !kinds.contains(kind)) {
            kinds.push(kind);
            newest.push(Octets(der));
        }
    }
    newest.truncate(erds_limits::DIRECTORY_CERTIFICATES_MAX);
    newest
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
/// A third of an answer, in base64; the certificates need less than half of what is left.
const LIST_OCTETS_MAX: usize = erds_limits::ANSWER_OCTETS / 4;
