//! The body of an answer that keeps its request's place until the answer has been read.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

/// A request is worked on until its answer has been read, or its reader has gone.
pub(super) struct HeldBody<P> {
    body: Body,
    _place: Option<P>,
}

impl<P> HeldBody<P> {
    pub(super) fn new(body: Body, place: Option<P>) -> Self {
        Self { body, _place: place }
    }
}

impl<P: Unpin> hyper::body::Body for HeldBody<P> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn http_002_an_answer_keeps_its_place_until_it_has_been_read() {
        let places = Arc::new(Semaphore::new(1));
        let slot = Arc::clone(&places).try_acquire_owned().unwrap();
        let held = Body::new(HeldBody::new(Body::from("an answer"), Some(slot)));
        assert_eq!(places.available_permits(), 0);
        assert_eq!(axum::body::to_bytes(held, 100).await.unwrap(), "an answer");
        assert_eq!(places.available_permits(), 1);
    }
}
