//! The front door: accepts connections, finds out who is there, hands requests to the router, and
//! closes in order.
//!
//! MUST: a connection on which nothing is asked ends, and so does one whose answers are not read.
//! Those who are unknown share fewer places than there are, so that they cannot shut out those who
//! are known. [HTTP-005]

mod activity;
mod body;
pub mod operations;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use activity::{Activity, Silence, WatchedBody};
pub use body::{PatientBody, TooSlow};

use crate::observe::{self, RouteTemplate, meter};
use crate::provider::Provider;
use crate::tls::PeerIdentity;
use crate::{clock, limits};

/// Where a connection comes from. In the extensions of every request.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub SocketAddr);

/// Becomes true when the provider is to stop. Workers watch it too.
#[derive(Clone)]
pub struct Stopping(watch::Receiver<bool>);

/// The other end of [`Stopping`].
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// A pair.
    #[must_use]
    pub fn new() -> (Self, Stopping) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopping(receiver))
    }

    /// Tells everybody to stop.
    pub fn now(&self) {
        self.0.send_replace(true);
    }
}

impl Stopping {
    /// Waits for it. Also returns when nobody is left to say so.
    pub async fn wait(&mut self) {
        let _ = self.0.wait_for(|&stop| stop).await;
    }

    /// Whether it has been said.
    #[must_use]
    pub fn is_now(&self) -> bool {
        *self.0.borrow()
    }
}

/// The front door with everything that stands behind it.
pub struct Door {
    provider: Arc<Provider>,
    acceptor: TlsAcceptor,
    routes: Router,
    bounds: Bounds,
    strangers: Arc<Semaphore>,
}

/// How long a connection may be silent, and how many strangers there may be.
#[derive(Clone, Copy)]
struct Bounds {
    strangers: usize,
    first_request: Duration,
    idle: Duration,
    closing: Duration,
    answer_silence: Duration,
    answer: Duration,
}

const BOUNDS: Bounds = Bounds {
    strangers: limits::CONNECTIONS_OF_STRANGERS_MAX,
    first_request: limits::FIRST_REQUEST_TIMEOUT,
    idle: limits::CONNECTION_IDLE_MAX,
    closing: limits::CLOSING_TIMEOUT,
    answer_silence: limits::ANSWER_SILENCE_MAX,
    answer: limits::ANSWER_PATIENCE,
};

impl Door {
    /// A door for these routes.
    #[must_use]
    pub fn new(provider: &Arc<Provider>, tls: rustls::ServerConfig, routes: Router) -> Self {
        Self::bounded(provider, tls, routes, BOUNDS)
    }

    fn bounded(
        provider: &Arc<Provider>,
        tls: rustls::ServerConfig,
        routes: Router,
        bounds: Bounds,
    ) -> Self {
        Self {
            provider: Arc::clone(provider),
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            routes: measured(routes),
            bounds,
            strangers: Arc::new(Semaphore::new(bounds.strangers)),
        }
    }

    /// Serves until told to stop; then takes no new connection, lets the requests in flight
    /// finish (within a bound) and returns.
    pub async fn serve(self, listener: TcpListener, mut stopping: Stopping) {
        let door = Arc::new(self);
        let slots = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
        loop {
            let accepted = tokio::select! {
                () = stopping.wait() => break,
                accepted = accept(&listener, &slots) => accepted,
            };
            let Some((slot, stream, remote)) = accepted else { continue };
            meter::connections(limits::CONNECTIONS_MAX - slots.available_permits());
            let (door, slots, stopping) = (Arc::clone(&door), Arc::clone(&slots), stopping.clone());
            tokio::spawn(async move {
                door.connection(stream, remote, stopping).await;
                drop(slot);
                meter::connections(limits::CONNECTIONS_MAX - slots.available_permits());
            });
        }
        drop(listener);
        // All slots are back when the last connection has ended.
        let all = u32::try_from(limits::CONNECTIONS_MAX).unwrap_or(u32::MAX);
        if tokio::time::timeout(limits::DRAIN_TIMEOUT, slots.acquire_many(all)).await.is_err() {
            observe::warn("requests-cut-off").write();
        }
    }

    async fn connection(&self, stream: TcpStream, remote: SocketAddr, mut stopping: Stopping) {
        // Answers are small and waited for.
        let _ = stream.set_nodelay(true);
        let handshake =
            tokio::time::timeout(limits::HANDSHAKE_TIMEOUT, self.acceptor.accept(stream));
        let Ok(Ok(stream)) = handshake.await else {
            return meter::handshake_failed();
        };
        let identity = self.identify(stream.get_ref().1).await;
        let Ok(_place) = self.place(&identity, remote) else {
            return meter::turned_away();
        };
        let http = http(is_known(&identity));
        let activity = Activity::new(self.bounds);
        let (routes, noted) = (self.routes.clone(), Arc::clone(&activity));
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let asked = noted.asked();
            let mut request = request.map(|body| axum::body::Body::new(PatientBody::new(body)));
            request.extensions_mut().insert(identity.clone());
            request.extensions_mut().insert(RemoteAddress(remote));
            let answer = routes.clone().oneshot(request);
            async move { answer.await.map(|it| it.map(|body| WatchedBody::new(body, asked))) }
        });
        let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
        // An error of the connection is a peer that went away; there is nobody to tell.
        tokio::select! {
            _ = connection.as_mut() => return,
            () = stopping.wait() => {}
            silence = activity.silence() => match silence {
                Silence::Idle => {}
                Silence::Unread => return meter::cut_off(),
            },
        }
        // The other side is told; what it asks until it hears of it is still answered.
        connection.as_mut().graceful_shutdown();
        activity.closing();
        tokio::select! {
            _ = connection.as_mut() => {}
            silence = activity.silence() => if silence == Silence::Unread { meter::cut_off() },
        }
    }

    /// A place among the strangers, for those who are; there may be none left. Whoever may read the
    /// numbers (a load balancer, say) always gets in.
    fn place(
        &self,
        identity: &PeerIdentity,
        remote: SocketAddr,
    ) -> Result<Option<OwnedSemaphorePermit>, tokio::sync::TryAcquireError> {
        let source = remote.ip().to_canonical();
        if is_known(identity) || self.provider.config.metrics_allow.contains(&source) {
            return Ok(None);
        }
        Arc::clone(&self.strangers).try_acquire_owned().map(Some)
    }

    async fn identify(&self, session: &rustls::ServerConnection) -> PeerIdentity {
        let Some(shown) = session.peer_certificates() else {
            return PeerIdentity::Anonymous;
        };
        let shown: Vec<_> = shown.to_vec();
        // Without our revocation list no account is recognised: TRY_LATER, not "not revoked".
        let crl = self.provider.crl().await.ok().flatten();
        let identity = self.provider.parties.identify(&shown, crl.as_ref(), clock::now());
        if let PeerIdentity::Unrecognised { why } = &identity {
            observe::info("certificate-refused").reason(why.code()).write();
        }
        identity
    }
}

fn is_known(identity: &PeerIdentity) -> bool {
    matches!(identity, PeerIdentity::Account { .. } | PeerIdentity::Provider { .. })
}

/// The next connection, once a slot is free. `None` if the kernel had none to give.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, remote)) => Some((slot, stream, remote)),
        Err(error) => {
            // Out of file descriptors, or the peer was gone already. A pause, so that the former
            // does not become a busy loop.
            observe::warn("accept-failed").detail(&error.kind()).write();
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn http(is_known: bool) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_TIMEOUT)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::HEADER_OCTETS_MAX.max(HTTP1_BUFFER_MIN));
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(if is_known {
            limits::STREAMS_MAX
        } else {
            limits::STREAMS_OF_STRANGERS_MAX
        })
        .max_header_list_size(u32::try_from(limits::HEADER_OCTETS_MAX).unwrap_or(u32::MAX))
        .keep_alive_interval(limits::PING_INTERVAL)
        .keep_alive_timeout(limits::PING_TIMEOUT);
    http
}

/// Counts and times every request by its route template.
fn measured(routes: Router) -> Router {
    routes.layer(axum::middleware::from_fn(measure))
}

async fn measure(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = method_name(request.method());
    let route = RouteTemplate::of(request.extensions().get::<MatchedPath>());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    meter::answered(method, &route, status, begun.elapsed());
    if response.status().is_server_error() {
        observe::warn("answered").answer(method, &route, status).took(begun.elapsed()).write();
    }
    response
}

/// The methods we know; a word from outside never becomes a label.
fn method_name(method: &axum::http::Method) -> &'static str {
    use axum::http::Method;
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// hyper wants at least this.
const HTTP1_BUFFER_MIN: usize = 8192;

/// After a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
