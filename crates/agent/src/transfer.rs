//! Ciphertexts on their way between the body files and the provider: piece by piece, and never
//! whole in memory because of the way.

use crate::client::Client;
use crate::errors::{AgentError, PostError, VaultError};
use crate::limits;
use crate::session::Agent;
use crate::vault::bodies::{Bodies, BodyId, BodyWriter};
use futures_util::stream;
use sealpost_erds::relay::PartDigest;
use sealpost_erds::{Digest, DispatchId};
use sealpost_wire::{framing, paths};
use std::fs::File;
use std::io::{self, Read};

/// A framed message to be uploaded: the preamble and the head in memory, the parts in their files.
pub(crate) struct Framed {
    opening: Vec<u8>,
    parts: Vec<File>,
    octets: u64,
}

impl Framed {
    /// The head and the parts behind it. Each part was checked against its digest; a body that is
    /// missing or damaged is found before the first octet leaves.
    pub(crate) fn of(head: &[u8], parts: &[Digest], bodies: &Bodies) -> Result<Self, VaultError> {
        let opening = [framing::preamble(head).as_slice(), head].concat();
        let mut framed = Self { octets: opening.len() as u64, opening, parts: Vec::new() };
        for part in parts {
            let (file, octets) = bodies.open_checked(part.as_array())?;
            framed.parts.push(file);
            framed.octets += octets;
        }
        Ok(framed)
    }

    /// Octets of the whole message.
    pub(crate) const fn octets(&self) -> u64 {
        self.octets
    }

    /// As a body to be sent. The files are local and nobody else waits for this thread, so that
    /// reading them may block it.
    pub(crate) fn into_body(self) -> reqwest::Body {
        reqwest::Body::wrap_stream(stream::iter(self.into_pieces()))
    }

    fn into_pieces(self) -> impl Iterator<Item = io::Result<Vec<u8>>> {
        let parts = self
            .parts
            .into_iter()
            .flat_map(|mut file| std::iter::from_fn(move || piece(&mut file).transpose()));
        std::iter::once(Ok(self.opening)).chain(parts)
    }
}

/// The next octets of a file; none at its end.
fn piece(file: &mut File) -> io::Result<Option<Vec<u8>>> {
    let mut piece = Vec::with_capacity(limits::PIECE_OCTETS);
    file.take(limits::PIECE_OCTETS as u64).read_to_end(&mut piece)?;
    Ok(Some(piece).filter(|piece| !piece.is_empty()))
}

/// A ciphertext on its way in. Only the one that was announced gets a name: another length or
/// another digest leaves nothing behind. [AGT-006]
pub(crate) struct Arriving<'b> {
    writer: BodyWriter<'b>,
    announced: BodyId,
}

impl<'b> Arriving<'b> {
    pub(crate) fn new(bodies: &'b Bodies, announced: PartDigest) -> Result<Self, AgentError> {
        let octets_max = limits::CIPHERTEXT_OCTETS_MAX;
        if announced.octets > octets_max {
            return Err(VaultError::BodyTooLarge { octets_max }.into());
        }
        let announced = BodyId { digest: *announced.sha256.as_array(), octets: announced.octets };
        Ok(Self { writer: bodies.writer()?, announced })
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), AgentError> {
        if piece.len() as u64 > self.announced.octets - self.writer.octets() {
            return Err(ANOTHER.into());
        }
        Ok(self.writer.write(piece)?)
    }

    fn finish(self) -> Result<(), AgentError> {
        match self.writer.finish_as(&self.announced) {
            Err(VaultError::BodyTampered) => Err(ANOTHER.into()),
            other => Ok(other?),
        }
    }
}

impl Agent {
    /// A ciphertext of a letter: the one that lies here, else fetched from the provider. One that
    /// was damaged here is fetched again.
    pub(crate) async fn ciphertext(
        &self,
        template: &str,
        dispatch_id: DispatchId,
        announced: PartDigest,
    ) -> Result<Vec<u8>, AgentError> {
        let bodies = self.vault.bodies();
        match bodies.read(announced.sha256.as_array()) {
            Err(VaultError::BodyMissing | VaultError::BodyTampered) => {}
            other => return Ok(other?),
        }
        let path = paths::fill(template, &dispatch_id.hex());
        fetch(&self.client, &path, Arriving::new(bodies, announced)?).await?;
        Ok(bodies.read(announced.sha256.as_array())?)
    }
}

pub(crate) async fn fetch(
    client: &Client,
    path: &str,
    mut to: Arriving<'_>,
) -> Result<(), AgentError> {
    client.download(path, |piece| to.take(piece)).await?;
    to.finish()
}

const ANOTHER: PostError = PostError::NotOpened { code: "body-digest-differs" };

#[cfg(test)]
mod tests;
