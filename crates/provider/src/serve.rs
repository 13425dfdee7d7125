//! From a configuration to a serving provider, and back down in order.
//!
//! Order of stopping: no new connections; requests in flight finish; workers end; the writer
//! commits what waits, empties its log and closes. Nothing that was answered is lost, because
//! nothing is answered before its COMMIT.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::config::Config;
use crate::http;
use crate::observe::{self, meter};
use crate::provider::{OpenError, Provider};
use crate::server::{Door, Stop, Stopping};
use crate::store::StoreError;
use crate::{clock, limits, revocation, service, tls};

/// Why serving did not begin or did not end well.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// Something could not be opened.
    Open(OpenError),
    /// The address cannot be listened on.
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The TLS library refuses our certificate.
    Tls(rustls::Error),
    /// The database did not close well. What was answered is stored all the same.
    Close(StoreError),
}

impl ServeError {
    /// Stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Listen { .. } => "cannot-listen",
            Self::Tls(_) => "tls-refused",
            Self::Close(_) => "not-closed-well",
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Open(error) => error.advice(),
            Self::Listen { .. } => {
                "Is another program listening there? Ports below 1024 need a permission.".into()
            }
            Self::Tls(_) => "Move the TLS certificate away and run quickstart again.".into(),
            Self::Close(_) => {
                "Look at the disk; the next start continues with what is stored.".into()
            }
        }
    }
}

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Listen { address, .. } => write!(f, "{address} cannot be listened on"),
            Self::Tls(_) => f.write_str("the TLS library refuses our certificate"),
            Self::Close(_) => f.write_str("the database did not close well"),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open(error) => error.source(),
            Self::Listen { source, .. } => Some(source),
            Self::Tls(error) => Some(error),
            Self::Close(error) => Some(error),
        }
    }
}

impl From<OpenError> for ServeError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<StoreError> for ServeError {
    fn from(error: StoreError) -> Self {
        Self::Open(OpenError::Store(error))
    }
}

/// A provider that serves, in this process. For `serve`, for tests and for benches.
pub struct Running {
    /// The provider itself.
    pub provider: Arc<Provider>,
    /// Where it listens; with port 0 in the configuration the kernel has chosen one.
    pub address: SocketAddr,
    stop: Stop,
    serving: JoinHandle<()>,
    /// Ends when `serving` ends, for whatever reason.
    ended: oneshot::Receiver<()>,
    workers: JoinSet<()>,
}

impl Running {
    /// Opens everything and begins to serve.
    pub async fn start(mut config: Config) -> Result<Self, ServeError> {
        meter::start();
        let listen = config.listen;
        let listening = |source| ServeError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(listening)?;
        // With port 0 the kernel has chosen one.
        config.listen = listener.local_addr().map_err(listening)?;
        let address = config.listen;
        let provider = Arc::new(Provider::open(config).await?);
        keep_revocation_list_fresh(&provider).await?;
        if let Some(list) = provider.service.notary.time().list() {
            // Without it the one from before has to do, and the worker tries again.
            list.renew(&provider.store).await;
        }
        let tls = tls::server_config(&provider.keys).map_err(ServeError::Tls)?;
        let (stop, stopping) = Stop::new();
        let mut workers = JoinSet::new();
        start_housekeeping(&provider, &stopping, &mut workers);
        service::workers::start(&provider, &stopping, &mut workers).await?;
        let door = Door::new(&provider, tls, http::router(&provider));
        let (alive, ended) = oneshot::channel();
        let serving = tokio::spawn(async move {
            door.serve(listener, stopping).await;
            drop(alive);
        });
        observe::info("serving").port(address.port()).write();
        Ok(Self { provider, address, stop, serving, ended, workers })
    }

    /// Stops in order.
    pub async fn stop(mut self) -> Result<(), ServeError> {
        observe::info("stopping").write();
        self.stop.now();
        if self.serving.await.is_err() {
            observe::error("accept-loop-panicked").write();
        }
        while self.workers.join_next().await.is_some() {}
        self.provider.store.close().await.map_err(ServeError::Close)?;
        observe::info("stopped").write();
        Ok(())
    }
}

/// Serves until SIGTERM or SIGINT.
pub async fn run(config: Config) -> Result<(), ServeError> {
    // Before the first connection: a signal in between must not kill the process.
    let mut terminate = signal(SignalKind::terminate()).ok();
    let mut interrupt = signal(SignalKind::interrupt()).ok();
    let mut running = Running::start(config).await?;
    tokio::select! {
        () = next(&mut terminate) => {}
        () = next(&mut interrupt) => {}
        // The accept loop ended by itself: a server that does not listen must not live on.
        _ = &mut running.ended => {}
    }
    running.stop().await
}

async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Small recurring duties, beside the workers of the house.
fn start_housekeeping(provider: &Arc<Provider>, stopping: &Stopping, workers: &mut JoinSet<()>) {
    let (housekeeper, mut stopping) = (Arc::clone(provider), stopping.clone());
    workers.spawn(async move {
        let mut warned_on = None;
        loop {
            warn_of_ends(&housekeeper, &mut warned_on);
            tokio::select! {
                () = stopping.wait() => return,
                () = tokio::time::sleep(HOUSEKEEPING_INTERVAL) => {}
            }
            keep_house(&housekeeper).await;
        }
    });
}

/// Once a day, while there is time to renew a certificate.
fn warn_of_ends(provider: &Provider, warned_on: &mut Option<i64>) {
    let today = clock::today();
    if warned_on.replace(today) == Some(today) {
        return;
    }
    for (name, end) in ending_soon(provider.keys.ends(), clock::now_unix()) {
        let days = usize::try_from(end).unwrap_or(0);
        observe::warn("certificate-ends-soon").reason(name).count(days).write();
    }
}

/// Which of the certificates end soon, and in how many days; of one that has ended no day is left.
fn ending_soon(
    ends: [(&'static str, i64); 4],
    now: i64,
) -> impl Iterator<Item = (&'static str, i64)> {
    let days = move |end: i64| end.saturating_sub(now).max(0) / (24 * 3600);
    let all = ends.into_iter().map(move |(name, end)| (name, days(end)));
    all.filter(|(_, days)| *days < limits::CERTIFICATE_WARNING_DAYS)
}

/// Each failure is logged and tried again the next time.
async fn keep_house(provider: &Arc<Provider>) {
    meter::start().run_upkeep();
    if let Err(error) = keep_revocation_list_fresh(provider).await {
        observe::warn("revocation-list-not-renewed").reason(error.code()).write();
    }
    if let Err(error) = provider.store.forget_proofs(clock::now_unix()).await {
        observe::warn("proofs-not-forgotten").reason(error.code()).write();
    }
    match provider.blobs.collect(&provider.store).await {
        Ok(0) => {}
        Ok(count) => observe::info("blobs-deleted").count(count).write(),
        Err(error) => observe::warn("blobs-not-deleted").reason(error.code()).write(),
    }
}

async fn keep_revocation_list_fresh(provider: &Arc<Provider>) -> Result<(), StoreError> {
    let now = clock::now_unix();
    if revocation::is_due(provider.store.revocation_list().await?.as_ref(), now) {
        let issuing = revocation::issuing(&provider.keys, now);
        provider.store.renew_revocation_list(now, issuing).await?;
    }
    Ok(())
}

/// Often enough that deleted letters do not linger, seldom enough to cost nothing.
const HOUSEKEEPING_INTERVAL: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_that_end_within_weeks_are_named() {
        let day = 24 * 3600;
        let ends = [("root", 9000 * day), ("seal", 20 * day), ("tls", -day), ("x", 28 * day)];
        let soon: Vec<_> = ending_soon(ends, 0).collect();
        assert_eq!(soon, [("seal", 20), ("tls", 0)]);
    }
}
