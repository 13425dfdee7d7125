//! A request body that must keep arriving.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::limits;

/// Fails with [`TooSlow`] when nothing has come for [`limits::BODY_SILENCE_MAX`]. The clock runs
/// only while somebody waits for the body: our own slowness is not the sender's.
pub struct PatientBody {
    body: Incoming,
    silence: Option<Pin<Box<Sleep>>>,
}

/// The body stopped arriving.
#[derive(Debug)]
pub struct TooSlow;

impl std::fmt::Display for TooSlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the request stopped arriving")
    }
}

impl std::error::Error for TooSlow {}

impl PatientBody {
    /// Watches over `body`.
    #[must_use]
    pub fn new(body: Incoming) -> Self {
        Self { body, silence: None }
    }
}

impl Body for PatientBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.silence = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let silence = self.silence.get_or_insert_with(|| {
            Box::pin(tokio::time::sleep_until(Instant::now() + limits::BODY_SILENCE_MAX))
        });
        match silence.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(TooSlow.into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
