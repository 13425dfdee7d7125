//! Tag, length, value: the strict DER (X.690 §10, §11) under everything we sign, seal and read.
//!
//! It copies nothing, keeps every octet of its input and never guesses: indefinite lengths,
//! lengths written longer than needed and tags above 30 are refused. Lengths are 64 bits wide, so
//! that the frame of a letter can be checked before the letter has arrived.

use crate::attributes::ObjectIdentifier;
use crate::decode::DecodeError;
use crate::limits;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// `[number]`, constructed: every EXPLICIT tag, and IMPLICIT ones over SEQUENCE and SET.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// `[number]`, primitive: IMPLICIT tags over strings and integers.
pub(crate) const fn context_primitive(number: u8) -> u8 {
    0x80 | number
}

/// These octets are not the DER they should be; `what` names the field, never its value.
pub(crate) fn malformed(what: &'static str) -> DecodeError {
    DecodeError::Malformed { what }
}

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    /// Tag, length and value.
    pub(crate) octets: &'a [u8],
    pub(crate) value: &'a [u8],
}

/// Tag and length, before the value is there.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) tag: u8,
    pub(crate) header_octets: usize,
    pub(crate) value_octets: u64,
}

impl Header {
    /// X.690 §8.1.3, §10.1: definite, and in as few octets as possible. [CMS-101]
    pub(crate) fn read(octets: &[u8], what: &'static str) -> Result<Self, DecodeError> {
        let (&tag, rest) = octets.split_first().ok_or_else(|| malformed(what))?;
        let (&first, rest) = rest.split_first().ok_or_else(|| malformed(what))?;
        if tag & 0x1f == 0x1f {
            return Err(malformed(what));
        }
        if first < 0x80 {
            return Ok(Self { tag, header_octets: 2, value_octets: u64::from(first) });
        }
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 8 || rest.len() < count {
            return Err(malformed(what));
        }
        let value_octets =
            rest[..count].iter().fold(0u64, |length, octet| length << 8 | u64::from(*octet));
        if rest[0] == 0 || value_octets < 0x80 {
            return Err(malformed(what));
        }
        Ok(Self { tag, header_octets: 2 + count, value_octets })
    }

    /// Length of the whole element.
    pub(crate) fn total_octets(&self) -> Option<u64> {
        self.value_octets.checked_add(self.header_octets as u64)
    }
}

/// Reads elements one after the other.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn next_is(&self, tag: u8) -> bool {
        self.rest.first() == Some(&tag)
    }

    pub(crate) fn any(&mut self, what: &'static str) -> Result<Tlv<'a>, DecodeError> {
        let header = Header::read(self.rest, what)?;
        let total = header
            .total_octets()
            .and_then(|octets| usize::try_from(octets).ok())
            .filter(|octets| *octets <= self.rest.len())
            .ok_or_else(|| malformed(what))?;
        let (octets, rest) = self.rest.split_at(total);
        self.rest = rest;
        Ok(Tlv { tag: header.tag, octets, value: &octets[header.header_octets..] })
    }

    /// The next element, which must have this tag.
    pub(crate) fn tlv(&mut self, tag: u8, what: &'static str) -> Result<Tlv<'a>, DecodeError> {
        self.any(what).and_then(|tlv| if tlv.tag == tag { Ok(tlv) } else { Err(malformed(what)) })
    }

    /// The value of the next element, which must have this tag.
    pub(crate) fn value(&mut self, tag: u8, what: &'static str) -> Result<&'a [u8], DecodeError> {
        self.tlv(tag, what).map(|tlv| tlv.value)
    }

    /// The inside of the next element, which must have this tag.
    pub(crate) fn enter(&mut self, tag: u8, what: &'static str) -> Result<Self, DecodeError> {
        self.value(tag, what).map(Self::new)
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(
        &mut self,
        tag: u8,
        what: &'static str,
    ) -> Result<Option<Tlv<'a>>, DecodeError> {
        if self.next_is(tag) { self.tlv(tag, what).map(Some) } else { Ok(None) }
    }

    pub(crate) fn oid(&mut self, what: &'static str) -> Result<ObjectIdentifier, DecodeError> {
        let octets = self.value(OBJECT_IDENTIFIER, what)?;
        ObjectIdentifier::from_bytes(octets)
            .ok()
            .filter(|oid| oid.as_bytes() == octets)
            .ok_or_else(|| malformed(what))
    }

    /// The octets of an INTEGER: two's complement, as few as possible (X.690 §8.3.2).
    pub(crate) fn integer(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let octets = self.value(INTEGER, what)?;
        if is_minimal_integer(octets) { Ok(octets) } else { Err(malformed(what)) }
    }

    /// A small unsigned INTEGER: versions and lengths.
    pub(crate) fn small(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        match self.integer(what)? {
            [number] if *number < 0x80 => Ok(*number),
            _ => Err(malformed(what)),
        }
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn bit_string(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        match self.value(BIT_STRING, what)?.split_first() {
            Some((0, octets)) => Ok(octets),
            _ => Err(malformed(what)),
        }
    }

    /// Nothing may follow.
    pub(crate) fn finish(self, what: &'static str) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(malformed(what)) }
    }
}

/// One element and nothing behind it.
pub(crate) fn only<'a>(
    octets: &'a [u8],
    tag: u8,
    what: &'static str,
) -> Result<&'a [u8], DecodeError> {
    let mut reader = Reader::new(octets);
    let value = reader.value(tag, what)?;
    reader.finish(what)?;
    Ok(value)
}

/// Walks all elements to the leaves: one element, nested no deeper than
/// [`limits::NESTING_DEPTH_MAX`], each leaf in the form X.690 §11 prescribes. [CMS-102]
///
/// The order of sets is not looked at here: see [`is_sorted`].
pub(crate) fn check(octets: &[u8]) -> Result<(), DecodeError> {
    let mut reader = Reader::new(octets);
    check_element(reader.any("element")?, limits::NESTING_DEPTH_MAX)?;
    reader.finish("octets behind the message")
}

/// Whether the inside of a SET OF is in DER's order (X.690 §11.6) and has nothing twice.
pub(crate) fn is_sorted(set: &[u8]) -> bool {
    let mut reader = Reader::new(set);
    let mut before: &[u8] = &[];
    while !reader.is_empty() {
        match reader.any("element of a set") {
            Ok(element) if element.octets > before => before = element.octets,
            _ => return false,
        }
    }
    true
}

fn check_element(tlv: Tlv<'_>, depth: usize) -> Result<(), DecodeError> {
    let constructed = tlv.tag & 0x20 != 0;
    if !constructed {
        return check_leaf(tlv);
    }
    if tlv.tag & 0xc0 == 0 && tlv.tag != SEQUENCE && tlv.tag != SET {
        return Err(malformed("constructed string"));
    }
    let depth = depth.checked_sub(1).ok_or_else(|| malformed("nesting depth"))?;
    let mut inner = Reader::new(tlv.value);
    while !inner.is_empty() {
        check_element(inner.any("element")?, depth)?;
    }
    Ok(())
}

fn check_leaf(tlv: Tlv<'_>) -> Result<(), DecodeError> {
    let well_formed = match tlv.tag {
        0x00 | 0x10 | 0x11 => false,
        BOOLEAN => matches!(tlv.value, [0x00 | 0xff]),
        INTEGER => is_minimal_integer(tlv.value),
        NULL => tlv.value.is_empty(),
        OBJECT_IDENTIFIER => tlv.value.last().is_some_and(|octet| octet & 0x80 == 0),
        BIT_STRING => match tlv.value {
            [] => false,
            [unused] => *unused == 0,
            [unused, .., last] => *unused < 8 && last & ((1u8 << unused) - 1) == 0,
        },
        _ => true,
    };
    if well_formed { Ok(()) } else { Err(malformed("primitive value")) }
}

fn is_minimal_integer(octets: &[u8]) -> bool {
    match octets {
        [] => false,
        [_] => true,
        [0x00, second, ..] => second & 0x80 != 0,
        [0xff, second, ..] => second & 0x80 == 0,
        _ => true,
    }
}

/// Writes elements one after the other.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn raw(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    pub(crate) fn header(&mut self, tag: u8, value_octets: u64) {
        self.0.extend_from_slice(&header(tag, value_octets));
    }

    pub(crate) fn element(&mut self, tag: u8, value: &[u8]) {
        self.header(tag, value.len() as u64);
        self.raw(value);
    }

    pub(crate) fn oid(&mut self, oid: &ObjectIdentifier) {
        self.element(OBJECT_IDENTIFIER, oid.as_bytes());
    }

    /// A small unsigned INTEGER: versions and lengths.
    pub(crate) fn small(&mut self, number: u8) {
        self.unsigned(&[number]);
    }

    /// An INTEGER that is not negative, from big-endian octets.
    pub(crate) fn unsigned(&mut self, octets: &[u8]) {
        let start = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len());
        let digits = &octets[start..];
        let pad = digits.first().is_none_or(|octet| octet & 0x80 != 0);
        self.header(INTEGER, (digits.len() + usize::from(pad)) as u64);
        if pad {
            self.raw(&[0]);
        }
        self.raw(digits);
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn bit_string(&mut self, octets: &[u8]) {
        self.header(BIT_STRING, octets.len() as u64 + 1);
        self.raw(&[0]);
        self.raw(octets);
    }

    /// An element whose value is written by `inside`.
    pub(crate) fn nest(&mut self, tag: u8, inside: impl FnOnce(&mut Writer)) {
        let mut inner = Writer::new();
        inside(&mut inner);
        self.element(tag, &inner.0);
    }

    /// A SET OF in DER order (X.690 §11.6).
    pub(crate) fn set_of(&mut self, tag: u8, mut elements: Vec<Vec<u8>>) {
        elements.sort();
        elements.dedup();
        self.element(tag, &elements.concat());
    }

    pub(crate) fn into_octets(self) -> Vec<u8> {
        self.0
    }
}

/// Tag and shortest definite length.
pub(crate) fn header(tag: u8, value_octets: u64) -> Vec<u8> {
    if value_octets < 0x80 {
        return vec![tag, value_octets as u8];
    }
    let octets = value_octets.to_be_bytes();
    let digits = &octets[value_octets.leading_zeros() as usize / 8..];
    let mut header = vec![tag, 0x80 | digits.len() as u8];
    header.extend_from_slice(digits);
    header
}

/// One element.
pub(crate) fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut element = header(tag, value.len() as u64);
    element.extend_from_slice(value);
    element
}

/// What `inside` writes, in one element.
pub(crate) fn nested(tag: u8, inside: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.nest(tag, inside);
    writer.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cms_101_lengths_are_definite_and_short() {
        for wrong in [
            &[0x30, 0x80][..],
            &[0x04, 0x81, 0x01, 0x00],
            &[0x04, 0x82, 0x00, 0x80],
            &[0x1f, 0x20, 0x00],
            &[0x04],
            &[],
            &[0x04, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ] {
            assert!(Header::read(wrong, "test").is_err(), "{wrong:?}");
        }
        for octets in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 1 << 40] {
            let written = header(0x04, octets);
            let read = Header::read(&written, "test").unwrap();
            assert_eq!((read.value_octets, read.header_octets), (octets, written.len()));
        }
        assert!(Reader::new(&[0x04, 0x02, 0x00]).any("test").is_err());
    }

    #[test]
    fn cms_102_every_leaf_is_der_and_nesting_is_bounded() {
        for wrong in [
            &[0x30, 0x03, 0x01, 0x01, 0x01][..], // TRUE is ff
            &[0x02, 0x02, 0x00, 0x01],           // INTEGER with a needless zero
            &[0x02, 0x00],                       // INTEGER of nothing
            &[0x24, 0x03, 0x04, 0x01, 0x00],     // constructed OCTET STRING
            &[0x03, 0x02, 0x01, 0x01],           // unused bit set
            &[0x05, 0x00, 0x00],                 // something behind
        ] {
            assert!(check(wrong).is_err(), "{wrong:?}");
        }
        let mut deep = vec![0x05, 0x00];
        for _ in 0..limits::NESTING_DEPTH_MAX {
            deep = element(SEQUENCE, &deep);
        }
        assert!(check(&deep).is_ok());
        assert!(check(&element(SEQUENCE, &deep)).is_err());
    }

    #[test]
    fn sets_have_one_order() {
        assert!(is_sorted(&[0x02, 0x01, 0x01, 0x02, 0x01, 0x02]));
        assert!(!is_sorted(&[0x02, 0x01, 0x02, 0x02, 0x01, 0x01]));
        assert!(!is_sorted(&[0x02, 0x01, 0x01, 0x02, 0x01, 0x01]));
    }

    #[test]
    fn integers_are_written_as_short_as_they_are_read() {
        for number in [0u64, 1, 0x7f, 0x80, 0xff, 0x100, u64::MAX] {
            let mut writer = Writer::new();
            writer.unsigned(&number.to_be_bytes());
            let octets = Reader::new(writer.octets()).integer("test").unwrap();
            assert_eq!(octets.iter().fold(0u128, |n, o| n << 8 | u128::from(*o)), number.into());
        }
    }
}
