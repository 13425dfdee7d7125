//! The front door: accepts connections, finds out who is there, hands requests to the router, and
//! closes in order.

mod body;
pub mod operations;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

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
    http: auto::Builder<TokioExecutor>,
    routes: Router,
}

impl Door {
    /// A door for these routes.
    #[must_use]
    pub fn new(provider: &Arc<Provider>, tls: rustls::ServerConfig, routes: Router) -> Self {
        Self {
            provider: Arc::clone(provider),
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            http: http(),
            routes: measured(routes),
        }
    }

    /// Serves until told to stop; then takes no new connection, lets the requests in flight
    /// finish (within a bound) and returns.
    pub async fn serve(self, listener: TcpListener, mut stopping: Stopping) {
        let door = Arc::new(self);
        let slots = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                () = stopping.wait() => break,
                accepted = accept(&listener, &slots) => accepted,
            };
            let Some((slot, stream, remote)) = accepted else { continue };
            meter::connections(limits::CONNECTIONS_MAX - slots.available_permits());
            let (door, slots) = (Arc::clone(&door), Arc::clone(&slots));
            let watcher = graceful.watcher();
            tokio::spawn(async move {
                door.connection(stream, remote, watcher).await;
                drop(slot);
                meter::connections(limits::CONNECTIONS_MAX - slots.available_permits());
            });
        }
        drop(listener);
        if tokio::time::timeout(limits::DRAIN_TIMEOUT, graceful.shutdown()).await.is_err() {
            observe::warn("requests-cut-off").write();
        }
    }

    async fn connection(
        &self,
        stream: TcpStream,
        remote: SocketAddr,
        watcher: hyper_util::server::graceful::Watcher,
    ) {
        // Answers are small and waited for.
        let _ = stream.set_nodelay(true);
        let handshake =
            tokio::time::timeout(limits::HANDSHAKE_TIMEOUT, self.acceptor.accept(stream));
        let Ok(Ok(stream)) = handshake.await else {
            return meter::handshake_failed();
        };
        let identity = self.identify(stream.get_ref().1).await;
        let routes = self.routes.clone();
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request = request.map(|body| axum::body::Body::new(PatientBody::new(body)));
            request.extensions_mut().insert(identity.clone());
            request.extensions_mut().insert(RemoteAddress(remote));
            routes.clone().oneshot(request)
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service).into_owned();
        // An error here is a peer that went away; there is nobody to tell.
        let _ = watcher.watch(connection).await;
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

/// The next connection, once a slot is free. `None` if the kernel had none to give.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(tokio::sync::OwnedSemaphorePermit, TcpStream, SocketAddr)> {
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

fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_TIMEOUT)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::HEADER_OCTETS_MAX.max(HTTP1_BUFFER_MIN));
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::STREAMS_MAX)
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
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
