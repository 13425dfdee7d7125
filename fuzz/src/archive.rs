//! The container of a dossier, written here a second time: a target that changes one part and
//! makes checksums and digests fit again reaches what reads the part.
//!
//! Only containers of ours are read; whatever is wrong with one panics.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_cms::kdf::sha256;

/// The part that lists the others.
pub const MANIFEST: &str = "META-INF/ASiCManifest.xml";
/// The signature over the list. Parts of it are signed by nobody: certificates, tokens.
pub const MANIFEST_SIGNATURE: &str = "META-INF/signature.p7s";

/// A part of a container.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its octets.
    pub octets: Vec<u8>,
}

/// The parts of a container in our canonical form.
pub fn parts(container: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = container;
    while rest.starts_with(b"PK\x03\x04") {
        let (header, after) = rest.split_at(HEADER_OCTETS);
        let octets = u32::from_le_bytes([header[18], header[19], header[20], header[21]]);
        let name_octets = u16::from_le_bytes([header[26], header[27]]);
        let (name, after) = after.split_at(usize::from(name_octets));
        let (octets, after) = after.split_at(octets as usize);
        let name = String::from_utf8_lossy(name).into_owned();
        parts.push(Part { name, octets: octets.to_vec() });
        rest = after;
    }
    parts
}

/// The container with one part replaced, its checksum and its digest in the manifest made to fit.
pub fn with_part(parts: &[Part], index: usize, octets: &[u8]) -> Vec<u8> {
    let digest = |octets: &[u8]| STANDARD.encode(sha256(octets));
    let mut parts = parts.to_vec();
    let (before, after) = (digest(&parts[index].octets), digest(octets));
    parts[index].octets = octets.to_vec();
    for part in parts.iter_mut().filter(|part| part.name == MANIFEST) {
        if let Ok(text) = std::str::from_utf8(&part.octets) {
            part.octets = text.replace(&before, &after).into_bytes();
        }
    }
    container(&parts)
}

/// A container in our canonical form.
pub fn container(parts: &[Part]) -> Vec<u8> {
    let (mut container, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let common = common(part);
        let offset = (container.len() as u32).to_le_bytes();
        directory.extend([b"PK\x01\x02\x14\x00".as_slice(), &common, &[0; 10], &offset].concat());
        directory.extend_from_slice(part.name.as_bytes());
        container.extend([b"PK\x03\x04".as_slice(), &common, part.name.as_bytes()].concat());
        container.extend_from_slice(&part.octets);
    }
    let count = (parts.len() as u16).to_le_bytes();
    let place = [directory.len() as u32, container.len() as u32].map(|number| number.to_le_bytes());
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &place[0], &place[1], &[0; 2]];
    [container, directory, end.concat()].concat()
}

/// What both headers of a part share.
fn common(part: &Part) -> Vec<u8> {
    let octets = (part.octets.len() as u32).to_le_bytes();
    let name_octets = (part.name.len() as u16).to_le_bytes();
    let checksum = crc32(&part.octets).to_le_bytes();
    let head = [10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    [head.as_slice(), &checksum, &octets, &octets, &name_octets, &[0; 2]].concat()
}

/// CRC-32 of ZIP (APPNOTE 6.3 §4.4.7).
fn crc32(octets: &[u8]) -> u32 {
    let step = |crc: u32, octet: &u8| {
        (0..8).fold(crc ^ u32::from(*octet), |crc, _| (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320))
    };
    !octets.iter().fold(u32::MAX, step)
}

const HEADER_OCTETS: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_read_and_written_octet_for_octet() {
        for seed in crate::seeds("asic").iter().filter(|seed| seed.starts_with(b"PK")) {
            assert_eq!(container(&parts(seed)), *seed);
        }
    }
}
