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
    /// A part of the provider ended that must not, and so the whole did.
    EndedByItself,
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
            Self::EndedByItself => "ended-by-itself",
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
            Self::EndedByItself => {
                "Start again, and report what the log says before `stopping`.".into()
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
            Self::EndedByItself => f.write_str("a part of the provider ended by itself"),
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
            Self::EndedByItself => None,
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

    /// Returns when something has ended that must not end before it is told to: a server that does
    /// not listen, or that relays nothing and lets nothing expire, must not live on.
    pub async fn failure(&mut self) {
        tokio::select! {
            _ = &mut self.ended => observe::error("accept-loop-ended").write(),
            // None would mean that there are no workers at all.
            _ = self.workers.join_next() => observe::error("worker-ended").write(),
        }
    }

    /// Stops in order.
    pub async fn stop(mut self) -> Result<(), ServeError> {
        observe::info("stopping").write();
        self.stop.now();
        if self.serving.await.is_err() {
            observe::error("accept-loop-panicked").write();
        }
        let ending = async {
            while let Some(ended) = self.workers.join_next().await {
                if ended.is_err() {
                    observe::error("worker-panicked").write();
                }
            }
        };
        if tokio::time::timeout(limits::WORKERS_STOP_TIMEOUT, ending).await.is_err() {
            // They hold nothing that the next start does not find in the store.
            observe::warn("workers-cut-off").count(self.workers.len()).write();
            self.workers.shutdown().await;
        }
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
        () = next(&mut terminate) => running.stop().await,
        () = next(&mut interrupt) => running.stop().await,
        () = running.failure() => {
            running.stop().await?;
            Err(ServeError::EndedByItself)
        }
    }
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
    match provider.store.forget_proofs(clock::now_unix()).await {
        Ok(0) => {}
        // Names and addresses of people who never came: out of the log too.
        Ok(_) => provider.service.bells.something_was_deleted(),
        Err(error) => observe::warn("proofs-not-forgotten").reason(error.code()).write(),
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
    use crate::quickstart::Quickstart;
    use crate::store::people::Invitation;

    async fn configuration(folder: &std::path::Path) -> Config {
        let quickstart = Quickstart {
            domain: "north.example".to_owned(),
            folder: folder.to_path_buf(),
            listen: Some("127.0.0.1:0".to_owned()),
            endpoint: Some("127.0.0.1:8443".to_owned()),
            organisation: None,
        };
        quickstart.run().await.unwrap();
        Config::load(&folder.join("provider.toml")).unwrap()
    }

    #[tokio::test]
    async fn a_worker_that_dies_is_noticed_and_one_that_hangs_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut running = Running::start(configuration(folder.path()).await).await.unwrap();
        running.workers.spawn(std::future::pending());
        let unharmed = tokio::time::timeout(Duration::from_millis(300), running.failure()).await;
        assert!(unharmed.is_err());
        running.workers.spawn(async { panic!("a worker that dies") });
        tokio::time::timeout(Duration::from_secs(5), running.failure()).await.unwrap();
        let bound = limits::WORKERS_STOP_TIMEOUT + Duration::from_secs(5);
        tokio::time::timeout(bound, running.stop()).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn invitations_that_are_forgotten_go_out_of_the_log_too() {
        let folder = tempfile::tempdir().unwrap();
        let provider = Provider::open(configuration(folder.path()).await).await.unwrap();
        let provider = Arc::new(provider);
        let invitation = Invitation {
            token_hash: [1; 32],
            address: "nobody@north.example".to_owned(),
            name: "Somebody Who Never Came".to_owned(),
            organisation: None,
            assurance: sealpost_erds::disclosure::Assurance::Low,
            expires_at: 1,
        };
        provider.store.invite(invitation).await.unwrap();
        keep_house(&provider).await;
        let tidy = provider.service.bells.tidy.notified();
        tokio::time::timeout(Duration::from_secs(1), tidy).await.unwrap();
    }

    #[test]
    fn certificates_that_end_within_weeks_are_named() {
        let day = 24 * 3600;
        let ends = [("root", 9000 * day), ("seal", 20 * day), ("tls", -day), ("x", 28 * day)];
        let soon: Vec<_> = ending_soon(ends, 0).collect();
        assert_eq!(soon, [("seal", 20), ("tls", 0)]);
    }
}
