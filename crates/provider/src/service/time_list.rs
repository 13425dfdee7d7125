//! The revocation list of an external time-stamping authority (RFC 5280 §5), for an authority that
//! does not put it into its tokens.
//!
//! MUST: a list takes another's place only if the authority's root, or an authority of a path that
//! held, has signed it, and only if it is newer. [TML-001]
//!
//! It is fetched at the start and again when half of its life is over, kept over a restart, used for
//! every token, and put into every token that goes on: evidence with a foreign time is to be judged
//! without a net, under the authority's root alone.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sealpost_cms::certificate::Certificate;
use sealpost_cms::path::Crl;
use sealpost_cms::policy::AlgorithmPolicy;

use super::backoff;
use super::peer_call::{PeerFailure, read_bounded};
use crate::config::{ListPlace, Span};
use crate::provider::Provider;
use crate::server::Stopping;
use crate::store::Store;
use crate::{clock, durable, limits, observe};

/// Why a list could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListFailure {
    /// It is longer than evidence should carry.
    TooLong,
    /// There is something else, or nothing.
    Unavailable,
    /// It is no complete revocation list in DER or PEM.
    Unreadable,
}

impl ListFailure {
    /// Stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "time-stamp-list-too-long",
            Self::Unavailable => "time-stamp-list-unavailable",
            Self::Unreadable => "time-stamp-list-unreadable",
        }
    }
}

impl std::fmt::Display for ListFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the authority's revocation list is longer than 64 KiB",
            Self::Unavailable => "the authority's revocation list is not to be had",
            Self::Unreadable => "what is there is no revocation list of RFC 5280",
        })
    }
}

impl std::error::Error for ListFailure {}

/// The list, and where it comes from.
pub struct TimeList {
    http: reqwest::Client,
    place: ListPlace,
    root: Certificate,
    policy: Arc<AlgorithmPolicy>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The newest that is the authority's.
    current: Option<Crl>,
    /// One that the root has not signed. A path that holds may show who did.
    unplaced: Option<Crl>,
}

impl TimeList {
    /// The list at a place. `kept` is the one from before the start.
    pub(super) fn new(
        http: reqwest::Client,
        place: ListPlace,
        root: Certificate,
        policy: Arc<AlgorithmPolicy>,
        kept: Option<Crl>,
    ) -> Self {
        let list = Self { http, place, root, policy, known: Mutex::default() };
        if let Some(kept) = kept {
            list.take(kept);
        }
        list
    }

    /// The newest that is the authority's.
    pub(super) fn current(&self) -> Option<Crl> {
        self.lock().current.clone()
    }

    /// All that a verification may look at: it believes a list by its signature only.
    pub(super) fn all(&self) -> Vec<Crl> {
        let known = self.lock();
        known.current.iter().chain(&known.unplaced).cloned().collect()
    }

    /// Asks for the list. `false` if it could not be had.
    pub(crate) async fn renew(&self, store: &Store) -> bool {
        match fetch(&self.http, &self.place).await {
            Ok(list) => {
                if let Some(newer) = self.take(list) {
                    keep(store, &newer).await;
                }
                true
            }
            Err(failure) => {
                observe::warn("time-stamp-list-not-renewed").reason(failure.code()).write();
                false
            }
        }
    }

    /// A path that held: one of it may have signed the list that the root has not. What is returned
    /// is to be kept.
    pub(super) fn place(&self, path: &[Certificate]) -> Option<Crl> {
        let mut known = self.lock();
        let list = known.unplaced.take_if(|list| path.iter().any(|one| self.is_of(list, one)))?;
        known.replace(list)
    }

    /// What is returned is new, and to be kept.
    fn take(&self, list: Crl) -> Option<Crl> {
        let mut known = self.lock();
        if self.is_of(&list, &self.root) {
            return known.replace(list);
        }
        known.unplaced = Some(list);
        None
    }

    /// How long to leave the list alone, after so many tries in vain.
    fn pause(&self, failures: u32) -> Duration {
        match self.lock().current.as_ref().filter(|_| failures == 0) {
            Some(list) => {
                let left = list.next_update().saturating_sub(clock::now_unix()) / 2;
                Duration::from_secs(u64::try_from(left).unwrap_or(0))
                    .clamp(limits::TIME_LIST_RENEWAL_MIN, limits::TIME_LIST_RENEWAL_MAX)
            }
            None => {
                let span =
                    Span { min: limits::TIME_LIST_RETRY_MIN, max: limits::TIME_LIST_RETRY_MAX };
                backoff::pause(failures.max(1), span, None, clock::nonce())
            }
        }
    }

    fn is_of(&self, list: &Crl, issuer: &Certificate) -> bool {
        list.is_signed_by(issuer, clock::now_unix(), &self.policy)
    }

    /// Lists are replaced whole: a panic elsewhere leaves an old one.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn replace(&mut self, list: Crl) -> Option<Crl> {
        if self.current.as_ref().is_some_and(|current| !is_newer(&list, current)) {
            return None;
        }
        self.current = Some(list.clone());
        Some(list)
    }
}

/// Renews the list until it is told to stop.
pub async fn work(provider: Arc<Provider>, mut stopping: Stopping) {
    let Some(list) = provider.service.notary.time().list() else { return };
    let mut failures = 0;
    loop {
        tokio::select! {
            () = stopping.wait() => return,
            () = tokio::time::sleep(list.pause(failures)) => {}
        }
        failures = if list.renew(&provider.store).await { 0 } else { failures.saturating_add(1) };
    }
}

/// Gets a list from where the configuration says. Nothing is believed yet.
pub async fn fetch(http: &reqwest::Client, place: &ListPlace) -> Result<Crl, ListFailure> {
    let octets = match place {
        ListPlace::Url(url) => from_server(http, url).await?,
        ListPlace::File(path) => {
            let path = path.clone();
            let read = move || durable::read_bounded(&path, limits::TIME_LIST_OCTETS_MAX as u64);
            let read = tokio::task::spawn_blocking(read).await;
            read.map_err(|_| ListFailure::Unavailable)?.map_err(|error| match error.kind() {
                std::io::ErrorKind::FileTooLarge => ListFailure::TooLong,
                _ => ListFailure::Unavailable,
            })?
        }
    };
    let text = std::str::from_utf8(&octets).ok().filter(|text| text.starts_with("-----BEGIN"));
    let list = text.map_or_else(|| Crl::from_der(&octets), Crl::from_pem);
    list.map_err(|_| ListFailure::Unreadable)
}

async fn from_server(http: &reqwest::Client, url: &str) -> Result<Vec<u8>, ListFailure> {
    let asked = http.get(url).send().await.and_then(reqwest::Response::error_for_status);
    let answer = asked.map_err(|_| ListFailure::Unavailable)?;
    let read = read_bounded(answer, limits::TIME_LIST_OCTETS_MAX).await;
    read.map_err(|failure| match failure {
        PeerFailure::Unreadable => ListFailure::TooLong,
        _ => ListFailure::Unavailable,
    })
}

/// Keeps a list over a restart.
pub(super) async fn keep(store: &Store, list: &Crl) {
    observe::info("time-stamp-list-renewed").count(list.revoked_count()).write();
    if let Err(error) = store.keep_time_stamp_list(list.der().to_vec()).await {
        // It is in use all the same, and asked for again after a restart.
        observe::warn("time-stamp-list-not-kept").reason(error.code()).write();
    }
}

/// RFC 5280 §5.2.3: of one issuer's lists the one with the higher number. Another issuer's is newer:
/// the authority has moved under another one.
fn is_newer(list: &Crl, than: &Crl) -> bool {
    !list.has_issuer_of(than)
        || (list.number(), list.this_update()) > (than.number(), than.this_update())
}

#[cfg(test)]
mod tests {
    use sealpost_cms::issue::{Issuer, Territory, Validity, issue_crl, self_signed_root};
    use sealpost_cms::keys::SigningKey;

    use super::*;

    /// An authority, and a list of its own with this number.
    fn authority(name: &str, number: u64, next_update: i64) -> (Certificate, Crl) {
        let random = &mut clock::system_random();
        let (key, now) = (SigningKey::generate(random), clock::now_unix());
        let validity = Validity { not_before: now - 3600, not_after: now + 86_400 };
        let territory = Territory::of("north.example");
        let root = self_signed_root(&key, name, territory, validity, random).unwrap();
        let issuer = Issuer { certificate: &root, key: &key };
        let list = issue_crl(issuer, number, now - 60, now + next_update, &[]).unwrap();
        (root, Crl::from_der(&list).unwrap())
    }

    fn list_under(root: Certificate) -> TimeList {
        let http = super::super::time_source::external_client();
        let place = ListPlace::Url("http://127.0.0.1:9/".to_owned());
        TimeList::new(http, place, root, Arc::new(AlgorithmPolicy::current().clone()), None)
    }

    #[test]
    fn tml_001_a_list_that_the_root_has_not_signed_counts_once_a_path_shows_who_did() {
        let (root, _) = authority("Root", 1, 3600);
        let (between, list) = authority("Between", 1, 3600);
        let known = list_under(root.clone());
        assert!(known.take(list.clone()).is_none());
        assert!(known.current().is_none());
        // A verification may look at it all the same: it believes signatures.
        assert_eq!(known.all().len(), 1);
        assert!(known.place(std::slice::from_ref(&root)).is_none());
        assert!(known.current().is_none());
        assert!(known.place(&[between, root]).is_some());
        assert_eq!(known.current().unwrap().der(), list.der());
        assert_eq!(known.all().len(), 1);
    }

    #[test]
    fn a_list_is_asked_for_again_before_it_ends_and_not_in_a_storm() {
        let pause_of = |next_update, failures| {
            let (root, list) = authority("Root", 1, next_update);
            let known = list_under(root);
            known.take(list);
            known.pause(failures).as_secs()
        };
        assert!((899..=900).contains(&pause_of(1800, 0)));
        assert_eq!(pause_of(10, 0), limits::TIME_LIST_RENEWAL_MIN.as_secs());
        assert_eq!(pause_of(7 * 86_400, 0), limits::TIME_LIST_RENEWAL_MAX.as_secs());
        assert_eq!(pause_of(7 * 86_400, 1), limits::TIME_LIST_RETRY_MIN.as_secs());
        for failures in [2, 10, u32::MAX] {
            let longest = limits::TIME_LIST_RETRY_MAX.as_secs();
            assert!(
                (limits::TIME_LIST_RETRY_MIN.as_secs()..=longest).contains(&pause_of(60, failures))
            );
        }
        let (root, _) = authority("Root", 1, 3600);
        assert_eq!(list_under(root).pause(0), limits::TIME_LIST_RETRY_MIN);
    }
}
