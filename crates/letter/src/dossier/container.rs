//! The container: ASiC-E (EN 319 162-1 §4.4) as a ZIP file in one canonical form.
//!
//! There is exactly one container for a list of parts: `mimetype` first, the others in the order
//! of their names, nothing compressed, no times, no extra fields, no comments, no gaps. The
//! reader rebuilds every octet that is not part of a part and compares. So no octet can change
//! unnoticed, nothing can hide between the parts, and two ZIP programs cannot disagree about what
//! is inside. The form is written by hand, because it must stay the same for ever whatever a
//! library of the day prefers.

use super::layout::{MANIFEST, MANIFEST_SIGNATURE, MIMETYPE};
use super::limits::{DOSSIER_OCTETS_MAX, PART_NAME_OCTETS_MAX, PARTS_MAX};
use crc32fast::hash as crc32;
use std::fmt;

/// The media type of an ASiC-E container, and the content of its first part.
pub const MEDIA_TYPE: &str = "application/vnd.etsi.asic-e+zip";

/// Why octets are no container of ours, or parts make none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContainerError {
    /// The octets from here on are not those of the canonical form.
    Structure {
        /// Where, counted from the first octet.
        offset: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// A part's name is empty, too long, absolute, has a `..` or an unusual character.
    Name,
    /// Parts are not in order, or two have the same name.
    Order,
    /// The manifest or its signature is missing.
    Missing {
        /// Which.
        part: &'static str,
    },
    /// More parts than allowed.
    TooManyParts,
    /// More octets than allowed.
    TooLarge,
}

impl ContainerError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Structure { .. } => "container-structure",
            Self::Name => "container-part-name",
            Self::Order => "container-part-order",
            Self::Missing { .. } => "container-part-missing",
            Self::TooManyParts => "container-too-many-parts",
            Self::TooLarge => "container-too-large",
        }
    }
}

impl fmt::Display for ContainerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Structure { offset, expected } => {
                write!(f, "container structure: {expected} expected from octet {offset} on")
            }
            Self::Name => f.write_str("container structure: a part has a forbidden name"),
            Self::Order => f.write_str("container structure: parts out of order or doubled"),
            Self::Missing { part } => write!(f, "container structure: {part} is missing"),
            Self::TooManyParts => write!(f, "container structure: more than {PARTS_MAX} parts"),
            Self::TooLarge => {
                write!(f, "container structure: more than {DOSSIER_OCTETS_MAX} octets")
            }
        }
    }
}

impl std::error::Error for ContainerError {}

/// One part before it is in a container.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, with `/` between folders.
    pub name: String,
    /// Its octets.
    pub octets: Vec<u8>,
}

/// One part of a container that was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StoredPart<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its octets, verbatim.
    pub octets: &'a [u8],
    /// Whether the checksum that the container states is that of the octets.
    pub intact: bool,
}

/// A container in canonical form.
pub struct Container<'a> {
    parts: Vec<StoredPart<'a>>,
}

impl<'a> Container<'a> {
    /// Reads a container. A part whose octets were changed is marked, anything else that is not
    /// canonical is an error.
    pub fn read(octets: &'a [u8]) -> Result<Self, ContainerError> {
        // [DOS-001] Bounds come before everything that depends on lengths inside.
        if octets.len() > DOSSIER_OCTETS_MAX {
            return Err(ContainerError::TooLarge);
        }
        let mut records = Vec::new();
        let mut offset = 0;
        while !octets[offset..].starts_with(&DIRECTORY_SIGNATURE) {
            if records.len() == PARTS_MAX {
                return Err(ContainerError::TooManyParts);
            }
            let (record, next) = read_record(octets, offset)?;
            records.push(record);
            offset = next;
        }
        check_names(records.iter().map(|record| record.name))?;
        compare(octets, offset, &directory(&records, offset))?;
        let parts: Vec<_> = records.iter().map(Record::to_part).collect();
        let first = parts.first().filter(|part| part.octets == MEDIA_TYPE.as_bytes());
        if first.is_none() {
            return Err(ContainerError::Structure {
                offset: 0,
                expected: "the media type of ASiC-E",
            });
        }
        Ok(Self { parts })
    }

    /// All parts, in order.
    pub fn parts(&self) -> &[StoredPart<'a>] {
        &self.parts
    }

    /// The part with this name.
    pub fn part(&self, name: &str) -> Option<&StoredPart<'a>> {
        self.parts.iter().find(|part| part.name == name)
    }
}

/// Checks names and number of parts that are not all there yet.
pub fn check(parts: &[Part]) -> Result<(), ContainerError> {
    let mut names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    names.extend([MIMETYPE, MANIFEST, MANIFEST_SIGNATURE]);
    names.sort_by(|a, b| order(a).cmp(&order(b)));
    if names.len() > PARTS_MAX {
        return Err(ContainerError::TooManyParts);
    }
    check_names(names.into_iter())
}

/// Writes the container of `parts`, to which `mimetype` is added.
pub fn write(mut parts: Vec<Part>) -> Result<Vec<u8>, ContainerError> {
    parts.push(Part { name: MIMETYPE.to_owned(), octets: MEDIA_TYPE.as_bytes().to_vec() });
    parts.sort_by(|a, b| order(&a.name).cmp(&order(&b.name)));
    if parts.len() > PARTS_MAX {
        return Err(ContainerError::TooManyParts);
    }
    check_names(parts.iter().map(|part| part.name.as_str()))?;
    let total =
        parts.iter().map(|part| part.octets.len() + part.name.len() * 2 + 128).sum::<usize>();
    if total > DOSSIER_OCTETS_MAX {
        return Err(ContainerError::TooLarge);
    }
    let mut octets = Vec::with_capacity(total);
    let mut records = Vec::with_capacity(parts.len());
    for part in &parts {
        let crc = crc32(&part.octets);
        let record = Record { name: &part.name, octets: &part.octets, crc, offset: octets.len() };
        octets.extend(record.header());
        octets.extend_from_slice(&part.octets);
        records.push(record);
    }
    let directory = directory(&records, octets.len());
    octets.extend(directory);
    Ok(octets)
}

/// A part and where its header stands.
struct Record<'a> {
    name: &'a str,
    octets: &'a [u8],
    /// As stated; the reader compares it with the octets.
    crc: u32,
    offset: usize,
}

impl<'a> Record<'a> {
    fn to_part(&self) -> StoredPart<'a> {
        StoredPart { name: self.name, octets: self.octets, intact: self.crc == crc32(self.octets) }
    }

    /// Local file header (APPNOTE 6.3 §4.3.7).
    fn header(&self) -> Vec<u8> {
        let mut header = LOCAL_SIGNATURE.to_vec();
        header.extend(self.common());
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    /// Central directory header (APPNOTE 6.3 §4.3.12): no comment, disk 0, no attributes.
    fn directory_header(&self) -> Vec<u8> {
        let mut header = DIRECTORY_SIGNATURE.to_vec();
        header.extend(VERSION_MADE_BY.to_le_bytes());
        header.extend(self.common());
        header.extend([0; 10]);
        header.extend((self.offset as u32).to_le_bytes());
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    /// What both headers share: version 1.0, no flags, stored, 1980-01-01, checksum, sizes,
    /// lengths of the name and of no extra field.
    fn common(&self) -> Vec<u8> {
        let octets = (self.octets.len() as u32).to_le_bytes();
        let mut common = vec![10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(self.crc.to_le_bytes());
        common.extend(octets);
        common.extend(octets);
        common.extend((self.name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        common
    }
}

/// Central directory and its end record (APPNOTE 6.3 §4.3.12, §4.3.16).
fn directory(records: &[Record<'_>], offset: usize) -> Vec<u8> {
    let mut directory: Vec<u8> = records.iter().flat_map(Record::directory_header).collect();
    let octets = directory.len() as u32;
    let count = (records.len() as u16).to_le_bytes();
    directory.extend(END_SIGNATURE);
    directory.extend([0; 4]);
    directory.extend(count);
    directory.extend(count);
    directory.extend(octets.to_le_bytes());
    directory.extend((offset as u32).to_le_bytes());
    directory.extend([0; 2]);
    directory
}

/// Reads the part whose header begins at `offset`, and says where the next one begins.
fn read_record(octets: &[u8], offset: usize) -> Result<(Record<'_>, usize), ContainerError> {
    let broken = |expected| ContainerError::Structure { offset, expected };
    let header = octets.get(offset..offset + LOCAL_OCTETS).ok_or(broken("the header of a part"))?;
    let number = |at: usize| header[at..at + 4].iter().rev().fold(0, |n, b| n << 8 | u32::from(*b));
    let name_octets = usize::from(header[26]) | usize::from(header[27]) << 8;
    if name_octets > PART_NAME_OCTETS_MAX {
        return Err(ContainerError::Name);
    }
    let name_end = offset + LOCAL_OCTETS + name_octets;
    let end = name_end.checked_add(number(18) as usize).ok_or(broken("the octets of a part"))?;
    let name = octets.get(offset + LOCAL_OCTETS..name_end).ok_or(broken("the name of a part"))?;
    let name = std::str::from_utf8(name).map_err(|_| ContainerError::Name)?;
    let content = octets.get(name_end..end).ok_or(broken("the octets of a part"))?;
    let record = Record { name, octets: content, crc: number(14), offset };
    let header = record.header();
    if octets[offset..name_end] != header[..] {
        return Err(broken("the header of a part"));
    }
    Ok((record, end))
}

/// Compares what stands at `offset`, up to the end, with what must stand there.
fn compare(octets: &[u8], offset: usize, expected: &[u8]) -> Result<(), ContainerError> {
    let actual = &octets[offset..];
    if actual == expected {
        return Ok(());
    }
    let same = actual.iter().zip(expected).take_while(|(a, b)| a == b).count();
    Err(ContainerError::Structure { offset: offset + same, expected: "the directory of the parts" })
}

/// Names are plain, in order and unique, and those that a dossier must have are there. [DOS-008]
fn check_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), ContainerError> {
    let names: Vec<_> = names.collect();
    if !names.iter().all(|name| is_plain(name)) {
        return Err(ContainerError::Name);
    }
    if !names.windows(2).all(|pair| order(pair[0]) < order(pair[1])) {
        return Err(ContainerError::Order);
    }
    for part in [MIMETYPE, MANIFEST, MANIFEST_SIGNATURE] {
        if !names.contains(&part) {
            return Err(ContainerError::Missing { part });
        }
    }
    Ok(())
}

/// EN 319 162-1 §A.1: `mimetype` comes first.
fn order(name: &str) -> (bool, &str) {
    (name != MIMETYPE, name)
}

/// Relative, below the container, and of characters that mean the same on every file system.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let segment = |s: &str| !s.is_empty() && !s.starts_with('.') && s.chars().all(plain);
    name.len() <= PART_NAME_OCTETS_MAX && name.split('/').all(segment)
}

const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const DIRECTORY_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
/// Octets of a local header before the name.
const LOCAL_OCTETS: usize = 30;
/// Version 2.0 of APPNOTE on a file system without permissions.
const VERSION_MADE_BY: u16 = 20;
