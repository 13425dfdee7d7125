//! Foreign CMS is often BER (X.690 §8): indefinite lengths, strings in pieces, long lengths.
//! [`to_der`] rewrites it; everything else in this room reads DER only.
//!
//! What is DER already comes back octet for octet, so certificates inside keep their signatures.
//! Sets are not sorted: the reader decides whether their order matters.

use crate::attributes::{ID_AUTH_ENVELOPED_DATA, ID_ENVELOPED_DATA, ObjectIdentifier};
use crate::decode::{self, DecodeError};
use crate::limits;
use crate::tlv::{self, malformed};

/// Rewrites one CMS message with definite lengths and whole strings.
pub fn to_der(octets: &[u8]) -> Result<Vec<u8>, DecodeError> {
    decode::bounded(WHAT, octets, limits::MESSAGE_OCTETS_MAX)?;
    let enveloped = [ID_AUTH_ENVELOPED_DATA, ID_ENVELOPED_DATA];
    let enveloped = enveloped.iter().any(|oid| contains_early(octets, oid));
    let mut rewriting = Rewriting { enveloped };
    let (element, rest) = rewriting.element(octets, limits::NESTING_DEPTH_MAX)?;
    if rest.is_empty() { Ok(element.der) } else { Err(DecodeError::Trailing { what: WHAT }) }
}

struct Rewriting {
    /// Only in enveloped messages is `[0]` an OCTET STRING in disguise.
    enveloped: bool,
}

struct Element {
    tag: u8,
    der: Vec<u8>,
    value_at: usize,
}

impl Element {
    fn new(tag: u8, value: &[u8]) -> Self {
        let der = tlv::element(tag, value);
        Self { tag, value_at: der.len() - value.len(), der }
    }

    fn value(&self) -> &[u8] {
        &self.der[self.value_at..]
    }
}

impl Rewriting {
    fn element<'a>(
        &mut self,
        octets: &'a [u8],
        depth: usize,
    ) -> Result<(Element, &'a [u8]), DecodeError> {
        let Header { tag, octets: length, header_octets } =
            Header::read(octets, LENGTH_OCTETS_MAX, WHAT)?;
        let length = length.map(|octets| usize::try_from(octets).unwrap_or(usize::MAX));
        let rest = &octets[header_octets..];
        let constructed = tag & 0x20 != 0;
        match length {
            Some(length) if !constructed => {
                let (value, rest) = rest.split_at_checked(length).ok_or_else(|| malformed(WHAT))?;
                Ok((Element::new(tag, value), rest))
            }
            Some(length) => {
                let (mut inside, rest) =
                    rest.split_at_checked(length).ok_or_else(|| malformed(WHAT))?;
                let mut children = Vec::new();
                while !inside.is_empty() {
                    let (child, after) = self.child(inside, depth)?;
                    children.push(child);
                    inside = after;
                }
                Ok((self.join(tag, children)?, rest))
            }
            None if constructed => {
                let mut inside = rest;
                let mut children = Vec::new();
                while !inside.starts_with(&[0, 0]) {
                    let (child, after) = self.child(inside, depth)?;
                    children.push(child);
                    inside = after;
                }
                Ok((self.join(tag, children)?, &inside[2..]))
            }
            None => Err(malformed(WHAT)),
        }
    }

    fn child<'a>(
        &mut self,
        octets: &'a [u8],
        depth: usize,
    ) -> Result<(Element, &'a [u8]), DecodeError> {
        let depth = depth.checked_sub(1).ok_or_else(|| malformed("nesting depth"))?;
        self.element(octets, depth)
    }

    fn join(&self, tag: u8, mut children: Vec<Element>) -> Result<Element, DecodeError> {
        if tag == CONSTRUCTED_OCTET_STRING {
            // X.690 §8.7.3: the pieces are OCTET STRINGs, already whole themselves.
            if children.iter().any(|child| child.tag != tlv::OCTET_STRING) {
                return Err(malformed("string in pieces"));
            }
            return Ok(Element::new(tlv::OCTET_STRING, &joined(&children)));
        }
        // RFC 5652 §6.1 EncryptedContentInfo: OID, algorithm, [0] IMPLICIT OCTET STRING.
        if self.enveloped
            && tag == tlv::SEQUENCE
            && let [first, second, third] = &mut children[..]
            && (first.tag, second.tag, third.tag)
                == (tlv::OBJECT_IDENTIFIER, tlv::SEQUENCE, tlv::context(0))
        {
            *third = Element::new(tlv::context_primitive(0), &pieces(third.value())?);
        }
        let value: Vec<u8> = children.into_iter().flat_map(|child| child.der).collect();
        Ok(Element::new(tag, &value))
    }
}

fn joined(children: &[Element]) -> Vec<u8> {
    children.iter().flat_map(|child| child.value()).copied().collect()
}

fn pieces(value: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut reader = tlv::Reader::new(value);
    let mut whole = Vec::with_capacity(value.len());
    while !reader.is_empty() {
        whole.extend_from_slice(reader.value(tlv::OCTET_STRING, "string in pieces")?);
    }
    Ok(whole)
}

/// Tag and length of an element in BER (X.690 §8.1.2, §8.1.3).
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) tag: u8,
    /// Octets of the value; nothing if they end with a mark (X.690 §8.1.5).
    pub(crate) octets: Option<u64>,
    /// Octets of tag and length themselves.
    pub(crate) header_octets: usize,
}

impl Header {
    /// The header at the beginning of these octets. Lengths may be longer than needed, but have at
    /// most `length_octets_max` octets. Tags above 30 occur in no message of CMS.
    pub(crate) fn read(
        octets: &[u8],
        length_octets_max: usize,
        what: &'static str,
    ) -> Result<Self, DecodeError> {
        let [tag, first, rest @ ..] = octets else { return Err(malformed(what)) };
        if tag & 0x1f == 0x1f {
            return Err(malformed(what));
        }
        let (octets, header_octets) = match *first {
            0x80 => (None, 2),
            short @ 0..0x80 => (Some(u64::from(short)), 2),
            long => {
                let count = usize::from(long & 0x7f);
                let digits = rest.get(..count).filter(|_| count <= length_octets_max);
                let digits = digits.ok_or_else(|| malformed(what))?;
                let octets = digits.iter().fold(0u64, |sum, octet| sum << 8 | u64::from(*octet));
                (Some(octets), 2 + count)
            }
        };
        Ok(Self { tag: *tag, octets, header_octets })
    }
}

fn contains_early(octets: &[u8], oid: &ObjectIdentifier) -> bool {
    let head = &octets[..octets.len().min(32)];
    head.windows(oid.as_bytes().len()).any(|window| window == oid.as_bytes())
}

const WHAT: &str = "BER message";
const CONSTRUCTED_OCTET_STRING: u8 = 0x24;
/// Nothing that fits into memory here needs more.
const LENGTH_OCTETS_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_comes_back_unchanged() {
        let der = [0x30, 0x08, 0x06, 0x01, 0x2a, 0x31, 0x03, 0x04, 0x01, 0xaa];
        assert_eq!(to_der(&der).unwrap(), der);
    }

    #[test]
    fn indefinite_lengths_and_strings_in_pieces_become_whole() {
        let ber = [
            0x30, 0x80, 0x24, 0x80, 0x04, 0x01, 0xaa, 0x24, 0x03, 0x04, 0x01, 0xbb, 0x00, 0x00,
            0x04, 0x81, 0x01, 0xcc, 0x00, 0x00,
        ];
        assert_eq!(to_der(&ber).unwrap(), [0x30, 7, 0x04, 2, 0xaa, 0xbb, 0x04, 1, 0xcc]);
    }

    #[test]
    fn nesting_is_bounded_and_ends_must_be_there() {
        assert!(to_der(&[0x30, 0x80].repeat(10_000)).is_err());
        assert!(to_der(&[0x30, 0x80, 0x05, 0x00]).is_err());
        assert!(to_der(&[0x04, 0x80, 0x00, 0x00]).is_err());
        assert!(to_der(&[0x24, 0x03, 0x02, 0x01, 0x00]).is_err());
        assert!(to_der(&[0x05, 0x00, 0x05, 0x00]).is_err());
        assert!(to_der(&[0x04, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]).is_err());
    }
}
