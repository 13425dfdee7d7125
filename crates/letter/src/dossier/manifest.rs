//! The manifest of an ASiC-E container (EN 319 162-1 §A.4): what is in it, by digest.
//!
//! XML is written and read in exactly one form. A general XML reader would accept many texts for
//! one meaning, entities among them; a signed list of digests needs none of that. Whatever is not
//! in our form is refused with the line where it departs.

use super::container::{Part, is_plain};
use super::layout::{MANIFEST, MANIFEST_SIGNATURE, MIMETYPE, media_type};
use super::limits::MANIFEST_OCTETS_MAX;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_erds::Digest;
use std::fmt;

/// One part, and the digest it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name of the part.
    pub name: String,
    /// SHA-256 of its octets.
    pub sha256: Digest,
}

/// The list of all parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// In the order of names.
    pub references: Vec<Reference>,
}

/// The octets are no manifest in our form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManifestError {
    /// The first line that departs from it, counted from one.
    pub line: usize,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the manifest departs from the form of a dossier in line {}", self.line)
    }
}

impl std::error::Error for ManifestError {}

/// Whether the manifest lists a part of this name. It cannot list itself and its signature, and
/// `mimetype` is the same in every container.
pub fn covers(name: &str) -> bool {
    ![MIMETYPE, MANIFEST, MANIFEST_SIGNATURE].contains(&name)
}

impl Manifest {
    /// The manifest of `parts`, whose names the container has checked or will check.
    pub fn of(parts: &[Part]) -> Self {
        let mut references: Vec<_> = parts
            .iter()
            .filter(|part| covers(&part.name))
            .map(|part| Reference { name: part.name.clone(), sha256: Digest::of(&part.octets) })
            .collect();
        references.sort_by(|a, b| a.name.cmp(&b.name));
        Self { references }
    }

    /// The digest that the part of this name must have.
    pub fn sha256(&self, name: &str) -> Option<Digest> {
        self.references.iter().find(|reference| reference.name == name).map(|r| r.sha256)
    }

    /// The octets that are signed.
    pub fn to_xml(&self) -> Vec<u8> {
        let mut xml = HEAD.to_owned();
        for reference in &self.references {
            let (name, media_type) = (&reference.name, media_type(&reference.name));
            let digest = STANDARD.encode(reference.sha256.as_array());
            xml.push_str(&format!("{OBJECT}{name}{MEDIA_TYPE}{media_type}{OBJECT_END}"));
            xml.push_str(&format!("{METHOD}{VALUE}{digest}{VALUE_END}{CLOSE}"));
        }
        xml.push_str(TAIL);
        xml.into_bytes()
    }

    /// Reads a manifest in our form. [DOS-003]
    pub fn from_xml(octets: &[u8]) -> Result<Self, ManifestError> {
        if octets.len() > MANIFEST_OCTETS_MAX {
            return Err(ManifestError { line: 1 });
        }
        let valid = octets.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let manifest = Self { references: references(valid) };
        // Writing what was understood and comparing leaves no room for anything else.
        let canonical = manifest.to_xml();
        let ascending = manifest.references.windows(2).all(|pair| pair[0].name < pair[1].name);
        if canonical == octets {
            return if ascending { Ok(manifest) } else { Err(ManifestError { line: FIRST_LINE }) };
        }
        let same = canonical.iter().zip(octets).take_while(|(a, b)| a == b);
        Err(ManifestError { line: 1 + same.filter(|(octet, _)| **octet == b'\n').count() })
    }
}

/// The references that `xml` seems to hold; the caller compares.
fn references(xml: &str) -> Vec<Reference> {
    let mut references = Vec::new();
    let mut rest = xml;
    while let Some((reference, behind)) = next_reference(rest) {
        references.push(reference);
        rest = behind;
    }
    references
}

fn next_reference(xml: &str) -> Option<(Reference, &str)> {
    let (_, rest) = xml.split_once(OBJECT)?;
    // A name with a character that XML writes otherwise has two readings.
    let (name, rest) = rest.split_once('"').filter(|(name, _)| is_plain(name))?;
    let (_, rest) = rest.split_once(VALUE)?;
    let (digest, rest) = rest.split_once('<')?;
    let digest: [u8; 32] = STANDARD.decode(digest).ok()?.try_into().ok()?;
    Some((Reference { name: name.to_owned(), sha256: Digest::from_array(digest) }, rest))
}

const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" ",
    "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n",
    "  <asic:SigReference URI=\"META-INF/signature.p7s\" ",
    "MimeType=\"application/pkcs7-signature\"/>\n",
);
/// Where the list begins.
const FIRST_LINE: usize = 4;
const OBJECT: &str = "  <asic:DataObjectReference URI=\"";
const MEDIA_TYPE: &str = "\" MimeType=\"";
const OBJECT_END: &str = "\">\n";
const METHOD: &str =
    "    <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\n";
const VALUE: &str = "    <ds:DigestValue>";
const VALUE_END: &str = "</ds:DigestValue>\n";
const CLOSE: &str = "  </asic:DataObjectReference>\n";
const TAIL: &str = "</asic:ASiCManifest>\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let part = |name: &str| Part { name: name.to_owned(), octets: name.as_bytes().to_vec() };
        Manifest::of(&[part("letter/content.p7m"), part("README.txt"), part(MANIFEST)])
    }

    #[test]
    fn a_manifest_is_read_back_and_does_not_list_itself() {
        let read = Manifest::from_xml(&manifest().to_xml()).unwrap();
        assert_eq!(read, manifest());
        let names: Vec<_> = read.references.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["README.txt", "letter/content.p7m"]);
    }

    #[test]
    fn dos_003_every_other_form_is_refused_with_its_line() {
        let xml = String::from_utf8(manifest().to_xml()).unwrap();
        for (octets, line) in [
            (xml.replace("  <asic:Data", " <asic:Data"), 4),
            (xml.replace("xmlenc#sha256", "xmlenc#sha512"), 5),
            (xml.replace("UTF-8", "utf-8"), 1),
            (xml.replace("\n", "\r\n"), 1),
            (format!("{xml}<!-- -->"), 13),
            (xml.replace("README.txt", "&#82;EADME.txt"), 4),
            (String::new(), 1),
        ] {
            let error = Manifest::from_xml(octets.as_bytes());
            assert!(error.is_err(), "{octets}");
            let found = error.unwrap_err().line;
            assert!(found.abs_diff(line) <= 1, "{found} instead of {line}");
        }
        let mut not_utf8 = manifest().to_xml();
        not_utf8[200] = 0xFF;
        assert!(Manifest::from_xml(&not_utf8).is_err());
    }
}
