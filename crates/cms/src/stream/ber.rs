//! BER (X.690 §8) read from a stream: element by element, bounded, without guessing.
//!
//! Small elements come out whole and in DER, for the readers of the rest of this room. Only the one
//! large string of a message is read in pieces.

use std::io::{self, Read};

use super::{PIECE_OCTETS, StreamError};
use crate::ber::{self, Header};
use crate::decode::DecodeError;
use crate::limits;
use crate::tlv::{self, malformed};

/// Reads the elements of one message, one after the other.
pub(super) struct BerReader<R> {
    input: R,
    /// The elements that we are inside of, outermost first.
    open: Vec<Ends>,
    /// Octets taken from the input so far.
    at: u64,
    ahead: Box<[u8]>,
    ahead_start: usize,
    ahead_end: usize,
}

/// Where an element ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Before the octet with this number.
    At(u64),
    /// With end-of-contents octets (X.690 §8.1.5).
    WithMark,
}

impl<R: Read> BerReader<R> {
    pub(super) fn new(input: R) -> Self {
        let ahead = vec![0; PIECE_OCTETS].into_boxed_slice();
        Self { input, open: Vec::new(), at: 0, ahead, ahead_start: 0, ahead_end: 0 }
    }

    /// Goes inside an element, which must have this tag.
    pub(super) fn enter(&mut self, tag: u8, what: &'static str) -> Result<(), StreamError> {
        let header = self.header(what)?;
        if header.tag != tag {
            return Err(malformed(what).into());
        }
        self.descend(header, what)
    }

    /// Leaves the innermost element, which must have nothing more inside. [CMS-150]
    pub(super) fn leave(&mut self, what: &'static str) -> Result<(), StreamError> {
        match self.open.last().copied() {
            Some(Ends::At(end)) if end == self.at => {}
            Some(Ends::WithMark) if self.next_is_mark()? => self.skip_mark(),
            _ => return Err(malformed(what).into()),
        }
        self.open.pop();
        Ok(())
    }

    /// The tag of the next element inside the innermost one, or nothing if that ends here.
    pub(super) fn next_tag(&mut self) -> Result<Option<u8>, StreamError> {
        match self.open.last().copied() {
            Some(Ends::At(end)) if end == self.at => return Ok(None),
            Some(Ends::WithMark) if self.next_is_mark()? => return Ok(None),
            _ => {}
        }
        Ok(self.look(1)?.first().copied())
    }

    /// The next element, whole and in DER, if it has this tag.
    pub(super) fn optional(
        &mut self,
        tag: u8,
        octets_max: usize,
        what: &'static str,
    ) -> Result<Option<Vec<u8>>, StreamError> {
        match self.next_tag()? {
            Some(next) if next == tag => self.element(tag, octets_max, what).map(Some),
            _ => Ok(None),
        }
    }

    /// The next element, whole and in DER; it must have this tag and may not be larger. [CMS-151]
    pub(super) fn element(
        &mut self,
        tag: u8,
        octets_max: usize,
        what: &'static str,
    ) -> Result<Vec<u8>, StreamError> {
        let mut octets = Vec::new();
        let depth = limits::NESTING_DEPTH_MAX;
        self.copy(&mut octets, octets_max, depth, what)?;
        let whole = ber::to_der(&octets)?;
        tlv::check(&whole)?;
        if whole.first() == Some(&tag) { Ok(whole) } else { Err(malformed(what).into()) }
    }

    /// Nothing may follow the message. [CMS-152]
    pub(super) fn finish(mut self) -> Result<(), StreamError> {
        if self.open.is_empty() && self.look(1)?.is_empty() {
            return Ok(());
        }
        Err(DecodeError::Trailing { what: WHAT }.into())
    }

    /// Begins to read a string in pieces; `tag` is the one it has in DER.
    pub(super) fn string(&mut self, tag: u8, what: &'static str) -> Result<Pieces, StreamError> {
        let header = self.header(what)?;
        let Header { tag: found, octets, .. } = header;
        match octets {
            Some(octets) if found == tag => {
                self.fits(octets, what)?;
                Ok(Pieces { left: octets, outermost: self.open.len(), what })
            }
            _ if found == tag | CONSTRUCTED => {
                let outermost = self.open.len();
                self.descend(header, what)?;
                Ok(Pieces { left: 0, outermost, what })
            }
            _ => Err(malformed(what).into()),
        }
    }

    fn copy(
        &mut self,
        into: &mut Vec<u8>,
        octets_max: usize,
        depth: usize,
        what: &'static str,
    ) -> Result<(), StreamError> {
        let header = self.header(what)?;
        let too_large = |octets| DecodeError::TooLarge { what, octets, octets_max };
        write_header(into, header);
        match header.octets {
            Some(octets) => {
                self.fits(octets, what)?;
                let octets = usize::try_from(octets).unwrap_or(usize::MAX);
                let total = into.len().saturating_add(octets);
                if total > octets_max {
                    return Err(too_large(total).into());
                }
                let start = into.len();
                into.resize(total, 0);
                self.take_exactly(&mut into[start..])
            }
            None => {
                let depth = depth.checked_sub(1).ok_or_else(|| malformed("nesting depth"))?;
                self.descend(header, what)?;
                while self.next_tag()?.is_some() {
                    if into.len() > octets_max {
                        return Err(too_large(into.len()).into());
                    }
                    self.copy(into, octets_max, depth, what)?;
                }
                self.leave(what)?;
                into.extend_from_slice(&MARK);
                Ok(())
            }
        }
    }

    fn descend(&mut self, header: Header, what: &'static str) -> Result<(), StreamError> {
        if self.open.len() >= limits::NESTING_DEPTH_MAX {
            return Err(malformed("nesting depth").into());
        }
        let ends = match header.octets {
            Some(octets) => Ends::At(self.fits(octets, what)?),
            None => Ends::WithMark,
        };
        self.open.push(ends);
        Ok(())
    }

    /// Where an element of so many octets ends: not behind the end of one that it is in.
    fn fits(&self, octets: u64, what: &'static str) -> Result<u64, StreamError> {
        let end = self.at.checked_add(octets).ok_or_else(|| malformed(what))?;
        // Only the innermost definite end counts: those further out have been held against theirs.
        let outer = self.open.iter().rev().find_map(|ends| match ends {
            Ends::At(outer) => Some(*outer),
            Ends::WithMark => None,
        });
        if outer.is_some_and(|outer| end > outer) {
            return Err(malformed(what).into());
        }
        Ok(end)
    }

    fn header(&mut self, what: &'static str) -> Result<Header, StreamError> {
        let ahead = self.look(HEADER_OCTETS_MAX)?;
        let header = read_header(ahead, what)?;
        let taken = header.header_octets;
        self.fits(taken as u64, what)?;
        self.ahead_start += taken;
        self.at += taken as u64;
        Ok(header)
    }

    fn next_is_mark(&mut self) -> Result<bool, StreamError> {
        Ok(self.look(2)?.starts_with(&MARK))
    }

    fn skip_mark(&mut self) {
        self.ahead_start += MARK.len();
        self.at += MARK.len() as u64;
    }

    /// Up to so many of the next octets, without taking them; fewer only at the end of the input.
    fn look(&mut self, octets: usize) -> Result<&[u8], StreamError> {
        if self.ahead_end - self.ahead_start < octets {
            self.ahead.copy_within(self.ahead_start..self.ahead_end, 0);
            self.ahead_end -= self.ahead_start;
            self.ahead_start = 0;
            while self.ahead_end < octets {
                match read_some(&mut self.input, &mut self.ahead[self.ahead_end..])? {
                    0 => break,
                    read => self.ahead_end += read,
                }
            }
        }
        let end = self.ahead_end.min(self.ahead_start + octets);
        Ok(&self.ahead[self.ahead_start..end])
    }

    /// Takes the next octets: those read ahead first, then straight from the input.
    fn take(&mut self, into: &mut [u8]) -> Result<usize, StreamError> {
        let waiting = &self.ahead[self.ahead_start..self.ahead_end];
        let taken = if waiting.is_empty() {
            read_some(&mut self.input, into)?
        } else {
            let taken = waiting.len().min(into.len());
            into[..taken].copy_from_slice(&waiting[..taken]);
            self.ahead_start += taken;
            taken
        };
        self.at += taken as u64;
        Ok(taken)
    }

    fn take_exactly(&mut self, mut into: &mut [u8]) -> Result<(), StreamError> {
        while !into.is_empty() {
            match self.take(into)? {
                0 => return Err(malformed(TRUNCATED).into()),
                taken => into = &mut into[taken..],
            }
        }
        Ok(())
    }
}

/// A string that is being read.
pub(super) struct Pieces {
    /// Octets of the piece at hand that were not read yet.
    left: u64,
    /// How many elements were open before the string began.
    outermost: usize,
    what: &'static str,
}

impl Pieces {
    /// The next octets of the string; none at its end, when it has been left.
    pub(super) fn read<R: Read>(
        &mut self,
        reader: &mut BerReader<R>,
        into: &mut [u8],
    ) -> Result<usize, StreamError> {
        while self.left == 0 {
            if reader.open.len() == self.outermost {
                return Ok(0);
            }
            self.next_piece(reader)?;
        }
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        let taken = reader.take(&mut into[..wanted])?;
        if taken == 0 && wanted > 0 {
            return Err(malformed(TRUNCATED).into());
        }
        self.left -= taken as u64;
        Ok(taken)
    }

    /// X.690 §8.7.3: a string in pieces holds OCTET STRINGs, which may be in pieces themselves.
    fn next_piece<R: Read>(&mut self, reader: &mut BerReader<R>) -> Result<(), StreamError> {
        if reader.next_tag()?.is_none() {
            return reader.leave(self.what);
        }
        let header = reader.header(self.what)?;
        match header {
            Header { tag: tlv::OCTET_STRING, octets: Some(octets), .. } => {
                reader.fits(octets, self.what)?;
                self.left = octets;
                Ok(())
            }
            Header { tag, .. } if tag == tlv::OCTET_STRING | CONSTRUCTED => {
                reader.descend(header, self.what)
            }
            _ => Err(malformed(self.what).into()),
        }
    }
}

fn read_some(input: &mut impl Read, into: &mut [u8]) -> Result<usize, StreamError> {
    loop {
        match input.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map_err(StreamError::from),
        }
    }
}

/// The header at the beginning of these octets.
fn read_header(octets: &[u8], what: &'static str) -> Result<Header, StreamError> {
    let header = Header::read(octets, LENGTH_OCTETS_MAX, what)?;
    // 00 00 is an end, not an element, and what is in one piece has a length.
    let is_constructed = header.tag & CONSTRUCTED != 0;
    if header.tag == 0 || (header.octets.is_none() && !is_constructed) {
        return Err(malformed(what).into());
    }
    Ok(header)
}

fn write_header(into: &mut Vec<u8>, header: Header) {
    match header.octets {
        Some(octets) => into.extend_from_slice(&tlv::header(header.tag, octets)),
        None => into.extend_from_slice(&[header.tag, 0x80]),
    }
}

const WHAT: &str = "CMS message";
const TRUNCATED: &str = "message that ends early";
/// X.690 §8.1.2.5: bit 6 of an identifier octet.
pub(super) const CONSTRUCTED: u8 = 0x20;
/// End-of-contents (X.690 §8.1.5).
pub(super) const MARK: [u8; 2] = [0, 0];
/// A letter of many GiB needs five; eight is what a u64 holds.
const LENGTH_OCTETS_MAX: usize = 8;
/// Tag, length of the length, and the length.
const HEADER_OCTETS_MAX: usize = 2 + LENGTH_OCTETS_MAX;
