//! Framed messages as they arrive: the head into memory, each part straight into the blob store
//! while it is hashed.
//!
//! MUST: what a head announces is all that is read: each part has the announced length, and the
//! sum stays under the limit of the configuration. [INT-001]
//! MUST: a sender that stops in the middle leaves nothing behind: what was staged and is not
//! recorded is deleted, at the latest by the next housekeeping.

use std::sync::Arc;

use axum::body::{BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use sealpost_erds::format::FormatError;
use sealpost_erds::relay::PartDigest;
use sealpost_wire::framing::{FramingError, HEAD_OCTETS_MAX, PREAMBLE_OCTETS, head_octets};
use sealpost_wire::paths::MEDIA_FRAMED;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::body::{broken, expect_media_type, too_large};
use crate::limits;
use crate::problem::{self, Kind, Problem};
use crate::provider::Provider;
use crate::service::{PartIntake, StoredPart};

/// The memory that all messages on their way in share, in KiB.
#[derive(Clone)]
pub(super) struct IntakeMemory(Arc<Semaphore>);

impl IntakeMemory {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(limits::INTAKE_MEMORY_KIBIBYTES)))
    }

    /// [INT-002] Many senders at once are told `busy` before the memory runs out.
    fn take(&self, octets: u64) -> Result<OwnedSemaphorePermit, Problem> {
        let kibibytes = u32::try_from(octets.div_ceil(1024)).unwrap_or(u32::MAX);
        Arc::clone(&self.0)
            .try_acquire_many_owned(kibibytes)
            .map_err(|_| Problem::new(problem::BUSY))
    }
}

/// Memory for a JSON body of at most `octets_max` octets, and for what is read out of it.
pub(super) fn memory_for_json(
    request: &Request,
    octets_max: usize,
) -> Result<OwnedSemaphorePermit, Problem> {
    let memory = request.extensions().get::<IntakeMemory>();
    let memory = memory.ok_or_else(|| Problem::new(problem::INTERNAL))?;
    let octets_max = octets_max as u64;
    let octets = announced_octets(request.headers()).unwrap_or(octets_max).min(octets_max);
    memory.take(octets * 2)
}

/// Memory for an object, whose beginning is looked at before it goes to the disk.
pub(super) fn memory_for_object(request: &Request) -> Result<OwnedSemaphorePermit, Problem> {
    let memory = request.extensions().get::<IntakeMemory>();
    let memory = memory.ok_or_else(|| Problem::new(problem::INTERNAL))?;
    memory.take((limits::ENVELOPED_PREFIX_OCTETS + limits::INTAKE_BUFFER_OCTETS) as u64)
}

/// A framed message that is being read.
pub(super) struct Framed<'p> {
    provider: &'p Provider,
    pieces: BodyDataStream,
    /// Arrived and not yet looked at.
    pending: Bytes,
    /// The message as a whole announces more than a letter may have.
    is_too_large: bool,
    memory: IntakeMemory,
    held: Vec<OwnedSemaphorePermit>,
}

impl<'p> Framed<'p> {
    /// Looks at the headers; reads nothing. A message that is too large is not refused here: that is
    /// evidence (A.2, B.2), for which its head has to be read.
    pub(super) fn begin(provider: &'p Provider, request: Request) -> Result<Self, Problem> {
        expect_media_type(request.headers(), MEDIA_FRAMED)?;
        let octets_max =
            provider.config.letter_octets_max + (PREAMBLE_OCTETS + HEAD_OCTETS_MAX) as u64;
        let is_too_large =
            announced_octets(request.headers()).is_some_and(|octets| octets > octets_max);
        let memory = request.extensions().get::<IntakeMemory>().cloned();
        Ok(Self {
            provider,
            pieces: request.into_body().into_data_stream(),
            pending: Bytes::new(),
            is_too_large,
            memory: memory.ok_or_else(|| Problem::new(problem::INTERNAL))?,
            held: Vec::new(),
        })
    }

    /// Why the message is refused if its head says nothing that could be evidenced.
    pub(super) fn too_large(&self) -> Option<Problem> {
        self.is_too_large.then(|| too_large(self.provider.config.letter_octets_max))
    }

    /// The head.
    pub(super) async fn head(&mut self) -> Result<Vec<u8>, Problem> {
        let preamble = self.exactly(PREAMBLE_OCTETS).await?;
        let preamble = preamble.first_chunk().ok_or_else(|| framing(FramingError::TooShort))?;
        let octets = head_octets(preamble);
        let octets = octets.map_err(|error| self.too_large().unwrap_or_else(|| framing(error)))?;
        self.held.push(self.memory.take(octets as u64)?);
        self.exactly(octets).await
    }

    /// The parts that the head announces, and the end of the message.
    pub(super) async fn parts(mut self, announced: &[PartDigest]) -> Result<Received, Problem> {
        let octets_max = self.provider.config.letter_octets_max;
        let octets = announced.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.octets));
        // Either the head says so, and its reader should have; or it says less than is sent.
        if self.is_too_large || octets.is_none_or(|octets| octets > octets_max) {
            return Err(too_large(octets_max));
        }
        let inline = announced.iter().map(|part| part.octets.min(limits::INLINE_OCTETS_MAX)).sum();
        self.held.push(self.memory.take(inline)?);
        let read = self.read_parts(announced).await;
        if read.is_err() {
            // Parts that were whole already have files; they go now instead of with the next
            // housekeeping. If that fails, housekeeping tries again and reports it.
            let _ = self.provider.blobs.collect(&self.provider.store).await;
        }
        Ok(Received { parts: read?, held: self.held })
    }

    /// Reads what is left and keeps nothing of it.
    pub(super) async fn discard(mut self) -> Result<(), Problem> {
        let octets_max = self.provider.config.letter_octets_max;
        let mut octets = 0;
        while self.more().await? {
            octets += std::mem::take(&mut self.pending).len() as u64;
            if octets > octets_max {
                return Err(too_large(octets_max));
            }
        }
        Ok(())
    }

    async fn read_parts(&mut self, announced: &[PartDigest]) -> Result<Vec<StoredPart>, Problem> {
        let mut parts = Vec::with_capacity(announced.len());
        for part in announced {
            let mut intake = PartIntake::begin(self.provider, *part);
            let mut missing = part.octets;
            while missing > 0 {
                let piece = self.at_most(missing).await?;
                missing -= piece.len() as u64;
                intake.write(&piece).await?;
            }
            parts.push(intake.finish().await?);
        }
        if self.more().await? {
            return Err(framing(FramingError::TooLong));
        }
        Ok(parts)
    }

    /// Exactly so many octets, in memory.
    async fn exactly(&mut self, octets: usize) -> Result<Vec<u8>, Problem> {
        let mut read = Vec::with_capacity(octets);
        while read.len() < octets {
            let piece = self.at_most((octets - read.len()) as u64).await?;
            read.extend_from_slice(&piece);
        }
        Ok(read)
    }

    /// The next octets, at least one.
    async fn at_most(&mut self, octets: u64) -> Result<Bytes, Problem> {
        if !self.more().await? {
            return Err(framing(FramingError::TooShort));
        }
        let length = usize::try_from(octets)
            .map_or(self.pending.len(), |octets| octets.min(self.pending.len()));
        Ok(self.pending.split_to(length))
    }

    /// Whether anything follows.
    async fn more(&mut self) -> Result<bool, Problem> {
        while self.pending.is_empty() {
            match self.pieces.next().await {
                Some(piece) => self.pending = piece.map_err(broken)?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// All parts of a message, and the memory that they take.
pub(super) struct Received {
    pub(super) parts: Vec<StoredPart>,
    /// Given back when the request is answered.
    pub(super) held: Vec<OwnedSemaphorePermit>,
}

/// A head that does not read.
pub(super) fn malformed(error: FormatError) -> Problem {
    Problem::new(problem::MALFORMED).detail(error.to_string())
}

fn announced_octets(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn framing(error: FramingError) -> Problem {
    let (status, title) = match error {
        FramingError::HeadTooLong { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, "The head is longer than a head may be")
        }
        FramingError::TooShort => {
            (StatusCode::BAD_REQUEST, "The message ends before all its parts are there")
        }
        FramingError::TooLong => (StatusCode::BAD_REQUEST, "Octets follow the last part"),
        _ => (StatusCode::BAD_REQUEST, "The message does not begin as a framed message does"),
    };
    Problem::new(Kind::new(error.code(), status, title))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn int_002_json_takes_memory_for_what_it_announces_and_all_of_it_if_it_announces_nothing() {
        let memory = IntakeMemory::new();
        let taken = |announced: Option<u64>| {
            let mut request = Request::builder();
            if let Some(octets) = announced {
                request = request.header(header::CONTENT_LENGTH, octets);
            }
            let mut request = request.body(Body::empty()).unwrap();
            request.extensions_mut().insert(memory.clone());
            let permit = memory_for_json(&request, limits::RECEIPTS_OCTETS_MAX).unwrap();
            permit.num_permits() * 1024
        };
        assert_eq!(taken(Some(2048)), 4096);
        assert!(taken(None) >= limits::RECEIPTS_OCTETS_MAX * 2);
        assert!(taken(Some(u64::MAX)) >= limits::RECEIPTS_OCTETS_MAX * 2);
        // Those who send all at once do not get more than there is.
        let most = limits::INTAKE_MEMORY_KIBIBYTES * 1024 / (limits::RECEIPTS_OCTETS_MAX * 2);
        assert!(most < limits::REQUESTS_OF_PROVIDERS_MAX);
    }
}
