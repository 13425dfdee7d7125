//! Who says what time it is: the provider's own RFC 3161 authority, asked in process through the
//! same code that serves strangers, or an external one.
//!
//! An external authority is trusted by the one root (or the one certificate) that the
//! configuration names, for time and for nothing else: see [`super::trust`].

use std::sync::Arc;
use std::time::Duration;

use sealpost_cms::attributes::ObjectIdentifier;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::ProvenTime;
use sealpost_cms::tsp::{
    TimeStamp, TimeStampAuthority, TimeStampRequest, response_with_list, token_from_response,
    token_with_list, verify_token,
};
use sealpost_cms::verdict::Verified;

use super::peer_call::read_bounded;
use super::time_list::{self, TimeList};
use super::{ServiceError, compute};
use crate::config::{Config, TimeStampAuthority as Configured};
use crate::keys::{KeysError, ProviderKeys, load_certificate};
use crate::observe;
use crate::provider::Provider;
use crate::{clock, limits};

/// The policy of our own authority (RFC 3161 §2.4.2): private arc of this project.
pub const TIME_STAMP_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.1397048400.3");

/// Internal or external.
pub struct TimeSource {
    keys: Arc<ProviderKeys>,
    policy: Arc<AlgorithmPolicy>,
    external: Option<External>,
}

struct External {
    http: reqwest::Client,
    url: String,
    root: Certificate,
    list: Option<TimeList>,
}

impl TimeSource {
    /// The one that the configuration names. `kept` is the revocation list that an external one had
    /// before the start.
    pub fn new(
        config: &Config,
        keys: &Arc<ProviderKeys>,
        kept: Option<Crl>,
    ) -> Result<Self, KeysError> {
        let external = match &config.time_stamp {
            Configured::Internal => None,
            Configured::External { url, root, revocation_list } => {
                let (http, root) = (external_client(), load_certificate(root)?);
                let list = revocation_list.clone().map(|place| {
                    let policy = Arc::clone(&config.policy);
                    TimeList::new(http.clone(), place, root.clone(), policy, kept)
                });
                Some(External { http, url: url.clone(), root, list })
            }
        };
        Ok(Self { keys: Arc::clone(keys), policy: Arc::clone(&config.policy), external })
    }

    /// Whether the provider stamps by itself.
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        self.external.is_none()
    }

    /// The root of an external authority.
    #[must_use]
    pub fn external_root(&self) -> Option<&Certificate> {
        self.external.as_ref().map(|external| &external.root)
    }

    /// The revocation list of an external authority, if the configuration says where it is.
    #[must_use]
    pub fn list(&self) -> Option<&TimeList> {
        self.external.as_ref()?.list.as_ref()
    }

    /// The lists that a time-stamp may be judged with, besides those that it brings: our own, and the
    /// external authority's.
    pub(super) fn lists_and(&self, own: &Crl) -> Vec<Crl> {
        let mut lists = self.list().map_or_else(Vec::new, TimeList::all);
        lists.push(own.clone());
        lists
    }

    /// Answers a request of RFC 3161 by a key of our own.
    pub(super) fn respond_here(&self, query: &[u8], crl: &Crl) -> Vec<u8> {
        let pair = self.keys.time_stamping();
        let authority = TimeStampAuthority {
            certificate: &pair.certificate,
            chain: &[],
            key: &pair.key,
            policy_oid: TIME_STAMP_POLICY,
            crls: std::slice::from_ref(crl),
        };
        authority.respond(query, clock::serial(), clock::now())
    }

    /// Passes a request on to the external authority, and the answer back: verbatim, but for the
    /// authority's revocation list beside the token.
    pub(super) async fn respond_there(&self, query: Vec<u8>) -> Result<Vec<u8>, ServiceError> {
        let response = self.ask(query).await?;
        let Some(list) = self.list().and_then(TimeList::current) else { return Ok(response) };
        // What cannot be read is for the one who asked to refuse.
        Ok(response_with_list(&response, &list).unwrap_or(response))
    }

    async fn ask(&self, query: Vec<u8>) -> Result<Vec<u8>, ServiceError> {
        let external = self.external.as_ref().ok_or(ServiceError::Internal("no-external-time"))?;
        let asked = external
            .http
            .post(&external.url)
            .header(reqwest::header::CONTENT_TYPE, sealpost_wire::paths::MEDIA_TIME_STAMP_QUERY)
            .body(query)
            .send()
            .await;
        let answer = match asked {
            Ok(response) if response.status().is_success() => {
                read_bounded(response, sealpost_cms::limits::TIME_STAMP_OCTETS_MAX).await.ok()
            }
            Ok(response) => {
                observe::warn("time-stamp-refused").status(response.status().as_u16()).write();
                None
            }
            Err(_) => None,
        };
        answer.ok_or_else(|| {
            observe::warn("time-stamp-unavailable").write();
            ServiceError::TimeStampUnavailable
        })
    }

    /// A token of our own.
    pub(super) fn token_here(
        &self,
        request: &TimeStampRequest,
        crl: &Crl,
    ) -> Result<Vec<u8>, ServiceError> {
        let response = self.respond_here(&request.to_der(), crl);
        token_from_response(&response, request)
            .map_err(|error| ServiceError::Internal(error.code()))
    }

    /// A token, verified, and what it proves. Waits for an external authority for a bounded time.
    pub(super) async fn token(
        &self,
        provider: &Arc<Provider>,
        request: &TimeStampRequest,
        crl: &Crl,
    ) -> Result<(Vec<u8>, ProvenTime), ServiceError> {
        let query = request.to_der();
        let response = match self.external {
            None => self.respond_here(&query, crl),
            Some(_) => self.ask(query).await?,
        };
        let (request, crl) = (request.clone(), crl.clone());
        let (token, proven, placed) = compute(provider, move |provider| {
            let time = provider.service.notary.time();
            let token = token_from_response(&response, &request).map_err(|error| {
                observe::warn("time-stamp-refused").reason(error.code()).write();
                ServiceError::TimeStampUnavailable
            })?;
            let verified = time.verify(&token, request.imprint(), &crl)?;
            let placed = time.list().and_then(|list| list.place(&verified.finding().chain));
            let token = match time.list().and_then(TimeList::current) {
                None => token,
                // Evidence is to prove its time alone.
                Some(list) => token_with_list(&token, &list)
                    .map_err(|error| ServiceError::Internal(error.code()))?,
            };
            Ok::<_, ServiceError>((token, verified.proven(), placed))
        })
        .await??;
        if let Some(list) = placed {
            time_list::keep(&provider.store, &list).await;
        }
        Ok((token, proven))
    }

    fn verify(
        &self,
        token: &[u8],
        imprint: [u8; 32],
        crl: &Crl,
    ) -> Result<Verified<TimeStamp>, ServiceError> {
        let crls = self.lists_and(crl);
        let mut anchors = TrustAnchors::new();
        anchors.add(self.external_root().unwrap_or(self.keys.root()).clone());
        let verification = Verification {
            anchors: &anchors,
            certificates: &[],
            crls: &crls,
            policy: &self.policy,
            now: clock::now(),
            purpose: KeyPurpose::TimeStamping,
            require_time_stamp: false,
        };
        verify_token(token, imprint, &verification).passed().map_err(|shortfall| {
            observe::error("time-stamp-not-verified").reason(shortfall.sub.code()).write();
            ServiceError::TimeStampUnavailable
        })
    }
}

/// What time it is, proven by the authority whose time stands in our evidence. For expiry: the
/// local clock lets nothing expire.
pub async fn proven_now(provider: &Arc<Provider>) -> Result<ProvenTime, ServiceError> {
    let crl = provider.crl().await?.ok_or(ServiceError::Internal("revocation-list-missing"))?;
    let request = TimeStampRequest::new(clock::random_octets(), clock::nonce());
    let (_, proven) = provider.service.notary.time().token(provider, &request, &crl).await?;
    Ok(proven)
}

pub(crate) fn external_client() -> reqwest::Client {
    // For an authority behind https; what it says is believed by its own signature alone.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(PATIENCE)
        .timeout(PATIENCE)
        .user_agent("sealpost")
        .build()
        .expect("no option of this builder depends on what an operator wrote")
}

/// Well below the minute by which claimed and proven time may lie apart.
const PATIENCE: Duration = Duration::from_secs(10);

const _: () = assert!(
    PATIENCE.as_secs() as i64 * 2 < sealpost_erds::limits::EVENT_TIME_DRIFT_SECONDS_MAX,
    "a slow time-stamp still counts"
);
const _: () = assert!(limits::TIME_STAMPS_AT_ONCE_MAX > 0);
