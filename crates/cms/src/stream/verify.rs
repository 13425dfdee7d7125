//! Reading a SignedData as it comes: the content flows through the digests into a sink, all else is
//! judged as in memory.

use std::io::{Read, Write};

use super::ber::BerReader;
use super::{PIECE_OCTETS, StreamError};
use crate::attributes::ID_SIGNED_DATA;
use crate::decode::{self, DecodeError};
use crate::digest::{ContentDigester, DigestAlgorithm};
use crate::limits;
use crate::signed::{SignedContent, Verification, verify_flowed};
use crate::tlv::{self, Reader};
use crate::verdict::{Outcome, Unverified, Verified};

/// A content that has flowed into a sink, and what its signature says.
pub struct Streamed<S> {
    signed: SignedContent,
    octets: u64,
    sink: S,
}

impl<S> Streamed<S> {
    /// What the signature covers; its content is in the sink and not here.
    #[must_use]
    pub fn signed(&self) -> &SignedContent {
        &self.signed
    }

    /// Octets of the content.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// Where the content went.
    #[must_use]
    pub fn into_sink(self) -> S {
        self.sink
    }
}

/// Verifies a SignedData that any program may have written, and gives its content to `sink`.
///
/// The verdict is the one of [`crate::signed::verify_foreign`]. The sink comes back inside of it:
/// after TOTAL-FAILED it is dropped, so a sink that removes on drop what was not kept leaves nothing
/// behind. A content larger than `content_octets_max` is refused as soon as it is.
pub fn verify<S: Write>(
    input: impl Read,
    sink: S,
    content_octets_max: u64,
    v: &Verification<'_>,
) -> Result<Outcome<Streamed<S>>, StreamError> {
    let mut reader = BerReader::new(input);
    reader.enter(tlv::SEQUENCE, "ContentInfo")?;
    let content_type = reader.element(tlv::OBJECT_IDENTIFIER, SMALL_OCTETS, "contentType")?;
    // [CMS-157]
    let outer_type = Reader::new(&content_type).oid("contentType")?;
    decode::refuse_compressed(outer_type)?;
    if outer_type != ID_SIGNED_DATA {
        return Err(DecodeError::Unsupported { what: "CMS type other than SignedData" }.into());
    }
    reader.enter(tlv::context(0), "content")?;
    reader.enter(tlv::SEQUENCE, WHAT)?;
    let version = reader.element(tlv::INTEGER, SMALL_OCTETS, "version")?;
    let digest_algorithms = reader.element(tlv::SET, SMALL_OCTETS, "digestAlgorithms")?;
    let digester = ContentDigester::new(&announced(&digest_algorithms)?);
    let mut flow = Flow { digester, sink, octets: 0, octets_max: content_octets_max };
    let (content_type, is_inside) = read_content(&mut reader, &mut flow)?;
    let tail = read_tail(reader)?;
    let der = without_content(&[version, digest_algorithms], &content_type, &tail);
    let Flow { digester, sink, octets, .. } = flow;
    let content = is_inside.then(|| digester.finish());
    Ok(released(verify_flowed(&der, content, v), octets, sink))
}

/// The content on its way.
struct Flow<S> {
    digester: ContentDigester,
    sink: S,
    octets: u64,
    octets_max: u64,
}

impl<S: Write> Flow<S> {
    fn take(&mut self, octets: &[u8]) -> Result<(), StreamError> {
        self.octets += octets.len() as u64;
        // [CMS-158]
        if self.octets > self.octets_max {
            let octets_max = usize::try_from(self.octets_max).unwrap_or(usize::MAX);
            let octets = usize::try_from(self.octets).unwrap_or(usize::MAX);
            return Err(DecodeError::TooLarge { what: "content", octets, octets_max }.into());
        }
        self.digester.update(octets);
        Ok(self.sink.write_all(octets)?)
    }
}

/// EncapsulatedContentInfo: the type in DER, and whether a content was there.
fn read_content<R: Read, S: Write>(
    reader: &mut BerReader<R>,
    flow: &mut Flow<S>,
) -> Result<(Vec<u8>, bool), StreamError> {
    reader.enter(tlv::SEQUENCE, "encapContentInfo")?;
    let content_type = reader.element(tlv::OBJECT_IDENTIFIER, SMALL_OCTETS, "eContentType")?;
    let is_inside = reader.next_tag()?.is_some();
    if is_inside {
        reader.enter(tlv::context(0), "eContent")?;
        let mut content = reader.string(tlv::OCTET_STRING, "eContent")?;
        let mut piece = vec![0; PIECE_OCTETS];
        loop {
            match content.read(reader, &mut piece)? {
                0 => break,
                read => flow.take(&piece[..read])?,
            }
        }
        reader.leave("eContent")?;
    }
    reader.leave("encapContentInfo")?;
    Ok((content_type, is_inside))
}

/// Certificates, revocation lists and signers: everything behind the content, in DER.
fn read_tail<R: Read>(mut reader: BerReader<R>) -> Result<Vec<u8>, StreamError> {
    let part_max = limits::STREAM_PART_OCTETS_MAX;
    let certificates = reader.optional(tlv::context(0), part_max, "certificates")?;
    let crls = reader.optional(tlv::context(1), part_max, "crls")?;
    let signers = reader.element(tlv::SET, part_max, "signerInfos")?;
    reader.leave(WHAT)?;
    reader.leave("content")?;
    reader.leave("ContentInfo")?;
    reader.finish()?;
    Ok([certificates.unwrap_or_default(), crls.unwrap_or_default(), signers].concat())
}

/// The message as it would be with the content elsewhere (RFC 5652 §5.2, "external signatures").
fn without_content(head: &[Vec<u8>; 2], content_type: &[u8], tail: &[u8]) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |content_info| {
        content_info.oid(&ID_SIGNED_DATA);
        content_info.nest(tlv::context(0), |content| {
            content.nest(tlv::SEQUENCE, |signed_data| {
                signed_data.raw(&head.concat());
                signed_data.element(tlv::SEQUENCE, content_type);
                signed_data.raw(tail);
            });
        });
    })
}

fn released<S>(outcome: Outcome<SignedContent>, octets: u64, sink: S) -> Outcome<Streamed<S>> {
    match outcome {
        Outcome::TotalPassed(verified) => {
            let (signed, finding) = verified.into_parts();
            Outcome::TotalPassed(Verified::new(Streamed { signed, octets, sink }, finding))
        }
        Outcome::Indeterminate(unverified, shortfall) => {
            let signed = unverified.into_claims();
            Outcome::Indeterminate(Unverified::new(Streamed { signed, octets, sink }), shortfall)
        }
        Outcome::TotalFailed(shortfall) => Outcome::TotalFailed(shortfall),
    }
}

/// RFC 5652 §5.1: digestAlgorithms stand before the content so that one pass is enough. What we
/// cannot compute falls short in the verdict.
fn announced(set: &[u8]) -> Result<Vec<DigestAlgorithm>, DecodeError> {
    let mut digests = Vec::new();
    let mut algorithms = Reader::new(tlv::only(set, tlv::SET, "digestAlgorithms")?);
    while !algorithms.is_empty() {
        let oid = algorithms.enter(tlv::SEQUENCE, "digestAlgorithms")?.oid("digestAlgorithms")?;
        digests.extend(DigestAlgorithm::from_oid(oid));
    }
    Ok(digests)
}

const WHAT: &str = "SignedData";
/// Octets of a version, an identifier or a few algorithms.
const SMALL_OCTETS: usize = 1024;
