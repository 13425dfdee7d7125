//! How this provider calls others: kept HTTP/2 connections, one client per peer, each trusting
//! that peer's root and nothing else, each showing our TLS certificate.
//!
//! The name that is verified is always the peer's domain; where the configuration gives an
//! endpoint, only the address that is dialled differs.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use sealpost_erds::address::Domain;

use crate::config::Config;
use crate::keys::ProviderKeys;
use crate::limits;
use crate::tls::{self, Parties, Party};

/// The clients of all peers, and of ourselves: a letter to an own account goes the same way.
pub struct PeerClients {
    clients: BTreeMap<Domain, PeerClient>,
}

/// The client of one peer. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct PeerClient {
    http: reqwest::Client,
    base: String,
}

/// A peer's root or our key does not fit the TLS library.
#[derive(Debug)]
pub struct PeerSetupError {
    domain: Domain,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for PeerSetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no TLS client can be made for the peer {}", self.domain.as_str())
    }
}

impl std::error::Error for PeerSetupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// Why a peer gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeerSilence {
    /// Nobody is there, or the name does not resolve.
    Unreachable,
    /// Somebody is there who cannot prove to be the peer, or does not accept us.
    NotTrusted,
    /// It took too long.
    TimedOut,
    /// The connection broke in the middle.
    Broken,
}

impl PeerSilence {
    /// Stable word for evidence, log and tests.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "peer-unreachable",
            Self::NotTrusted => "peer-not-trusted",
            Self::TimedOut => "peer-timed-out",
            Self::Broken => "peer-connection-broken",
        }
    }

    /// What a failed call means. All of these pass; the caller tries again.
    #[must_use]
    pub fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else if has_tls_cause(error) {
            Self::NotTrusted
        } else if error.is_connect() {
            Self::Unreachable
        } else {
            Self::Broken
        }
    }
}

impl PeerClients {
    /// One client per party. Connects to nobody.
    pub fn new(
        config: &Config,
        keys: &ProviderKeys,
        parties: &Parties,
    ) -> Result<Self, PeerSetupError> {
        let own = (config.domain.clone(), own_endpoint(config.listen));
        let others = config.peers.iter().map(|peer| {
            (peer.domain.clone(), Endpoint { host: peer.host.clone(), port: peer.port })
        });
        let mut clients = BTreeMap::new();
        for (domain, endpoint) in std::iter::once(own).chain(others) {
            if let Some(party) = parties.of(&domain) {
                let client = PeerClient::new(party, endpoint, keys)
                    .map_err(|source| PeerSetupError { domain: domain.clone(), source })?;
                clients.insert(domain, client);
            }
        }
        Ok(Self { clients })
    }

    /// The client of a domain, if it is trusted.
    #[must_use]
    pub fn of(&self, domain: &Domain) -> Option<&PeerClient> {
        self.clients.get(domain)
    }
}

impl PeerClient {
    fn new(
        party: &Party,
        endpoint: Endpoint,
        keys: &ProviderKeys,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let root = party.anchors().iter().next().ok_or("a party without a root")?;
        let tls = tls::client_config(keys, root)?;
        let base = format!("https://{}:{}", party.domain().as_str(), endpoint.port);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(endpoint)
            .https_only(true)
            // A redirect would let a peer point us at somebody else.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(limits::PEER_CONNECT_TIMEOUT)
            .read_timeout(limits::PEER_SILENCE_MAX)
            .http2_keep_alive_interval(limits::PING_INTERVAL)
            .http2_keep_alive_timeout(limits::PING_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE)
            .user_agent("sealpost")
            .build()?;
        Ok(Self { http, base })
    }

    /// A request to this peer; `path` begins with a slash.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }
}

/// Dials the configured host, whatever name is asked for. It is looked up at each connection, so
/// that a peer may move.
#[derive(Clone)]
struct Endpoint {
    host: String,
    port: u16,
}

impl Resolve for Endpoint {
    fn resolve(&self, _name: Name) -> Resolving {
        let Self { host, port } = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Ourselves, by the loopback interface where we listen on all of them.
fn own_endpoint(listen: SocketAddr) -> Endpoint {
    let host = match listen.ip() {
        ip if !ip.is_unspecified() => ip.to_string(),
        std::net::IpAddr::V4(_) => "127.0.0.1".to_owned(),
        std::net::IpAddr::V6(_) => "::1".to_owned(),
    };
    Endpoint { host, port: listen.port() }
}

/// Looks for a TLS error under all the wrappings. `io::Error` is unwrapped by hand: its `source`
/// skips what it was made from.
fn has_tls_cause(error: &(dyn std::error::Error + 'static)) -> bool {
    if error.is::<rustls::Error>() {
        return true;
    }
    let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inside.is_some_and(|inner| has_tls_cause(inner)) || error.source().is_some_and(has_tls_cause)
}

/// A connection to a peer is kept this long without a letter: a handshake costs more than the
/// 50 KiB an idle connection holds.
const POOL_IDLE: Duration = Duration::from_secs(15 * 60);
