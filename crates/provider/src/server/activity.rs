//! What goes on in one connection, and when it has to end because nothing does.
//!
//! HTTP/2 shows an answer's body to nobody while the reader takes none of it: the body cannot
//! watch over itself. So each request leaves a note here, and the connection looks at the notes.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

use super::Bounds;

/// The notes of one connection.
pub(super) struct Activity {
    bounds: Bounds,
    state: Mutex<State>,
}

struct State {
    requests: BTreeMap<u64, Request>,
    next: u64,
    /// When the last request ended, or the connection began.
    idle_since: Instant,
    /// How long the connection may live without a request.
    idle_max: Duration,
}

#[derive(Clone, Copy)]
struct Request {
    /// The first octet of the answer was ready then.
    answering_since: Option<Instant>,
    /// The reader has kept us waiting since then; nobody waits for it if there is nothing here.
    reader_since: Option<Instant>,
}

/// Why a connection has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// Nothing was asked for too long.
    Idle,
    /// An answer is not read, or too slowly.
    Unread,
}

impl Activity {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        let state = State {
            requests: BTreeMap::new(),
            next: 0,
            idle_since: Instant::now(),
            idle_max: bounds.first_request,
        };
        Arc::new(Self { bounds, state: Mutex::new(state) })
    }

    /// A request has come.
    pub(super) fn asked(self: &Arc<Self>) -> Asked {
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        state.idle_max = self.bounds.idle;
        state.requests.insert(id, Request { answering_since: None, reader_since: None });
        Asked { activity: Arc::clone(self), id }
    }

    /// The other side was told that the connection ends: it has not much time for another request.
    pub(super) fn closing(&self) {
        let mut state = self.state();
        state.idle_since = Instant::now();
        state.idle_max = self.bounds.closing;
    }

    /// Returns when the connection has to end.
    pub(super) async fn silence(&self) -> Silence {
        loop {
            let look_at = match self.look(Instant::now()) {
                Ok(look_at) => look_at,
                Err(silence) => return silence,
            };
            tokio::time::sleep_until(look_at).await;
        }
    }

    /// Whether the connection has to end now, or when to look again.
    fn look(&self, now: Instant) -> Result<Instant, Silence> {
        let state = self.state();
        if state.requests.is_empty() {
            let end = state.idle_since + state.idle_max;
            return if now >= end { Err(Silence::Idle) } else { Ok(end) };
        }
        // Whoever begins to wait for a reader after this look gets the whole bound.
        let mut next = now + self.bounds.answer_silence;
        for request in state.requests.values() {
            let ends = [
                request.answering_since.map(|since| since + self.bounds.answer),
                request.reader_since.map(|since| since + self.bounds.answer_silence),
            ];
            for end in ends.into_iter().flatten() {
                if now >= end {
                    return Err(Silence::Unread);
                }
                next = next.min(end);
            }
        }
        Ok(next)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that has not ended: it ends when this is dropped.
pub(super) struct Asked {
    activity: Arc<Activity>,
    id: u64,
}

impl Asked {
    /// A piece of the answer is ready, so the reader has taken all that came before.
    fn ready(&self) {
        let now = Instant::now();
        self.change(|request| {
            request.answering_since.get_or_insert(now);
            request.reader_since = Some(now);
        });
    }

    /// The reader waits for us.
    fn awaited(&self) {
        self.change(|request| request.reader_since = None);
    }

    fn change(&self, change: impl FnOnce(&mut Request)) {
        if let Some(request) = self.activity.state().requests.get_mut(&self.id) {
            change(request);
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.requests.remove(&self.id);
        state.idle_since = Instant::now();
    }
}

/// The body of an answer, in pieces, so that the next one is asked for only when the reader has
/// taken the one before, and so that no more than one lies where nobody counts it.
pub(super) struct WatchedBody {
    body: Body,
    /// What is left of a piece that was too large.
    rest: Bytes,
    asked: Asked,
}

impl WatchedBody {
    pub(super) fn new(body: Body, asked: Asked) -> Self {
        Self { body, rest: Bytes::new(), asked }
    }
}

impl hyper::body::Body for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let frame = match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    self.asked.awaited();
                    return Poll::Pending;
                }
            };
            match frame {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                end => return Poll::Ready(end),
            }
        }
        self.asked.ready();
        let octets = self.rest.len().min(crate::limits::ANSWER_PIECE_OCTETS);
        let piece = self.rest.split_to(octets);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, inner) = (self.rest.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}
