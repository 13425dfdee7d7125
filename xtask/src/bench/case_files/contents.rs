//! Which files of a dossier are signed, by how many, and which time-stamps are inside: as OpenSSL sees it, so
//! that nothing of ours decides what OpenSSL is given.

use crate::shell;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A SignedData of a dossier (RFC 5652 §5.1).
pub struct Signed {
    /// Its name in the dossier.
    pub name: String,
    /// How many have signed.
    pub signers: usize,
    /// Each signature that has a time-stamp, with it (RFC 3161, appendix A).
    pub stamped: Vec<Stamped>,
}

/// A time-stamp, and what it stamps.
pub struct Stamped {
    pub signature: Vec<u8>,
    pub token: Vec<u8>,
}

/// All signed files below the folder of an unpacked dossier.
pub fn all(folder: &Path) -> Result<Vec<Signed>> {
    let mut found = Vec::new();
    for path in files(folder)? {
        let name = path.strip_prefix(folder)?.to_str().context("plain names")?.to_owned();
        if name.ends_with(".p7m") || name.ends_with(".p7s") {
            found.extend(read(&path, name)?);
        }
    }
    Ok(found)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The file, if it is a SignedData; some are ciphertext.
fn read(path: &Path, name: String) -> Result<Option<Signed>> {
    let octets = fs::read(path)?;
    let mut parser = Command::new("openssl");
    let text = shell::output_of(parser.args(["asn1parse", "-inform", "DER", "-in"]).arg(path))?;
    let elements: Vec<Element> = text.lines().filter_map(Element::read).collect();
    if !elements.iter().any(|it| it.depth == 1 && it.what.ends_with(":pkcs7-signedData")) {
        return Ok(None);
    }
    let is_signers = |it: &Element| it.depth == 3 && it.what.starts_with("SET");
    let signers = elements.iter().rposition(is_signers).context("a SignedData has signers")?;
    let of_signers = &elements[signers..];
    let is_info = |it: &&Element| it.depth == 4 && it.what.starts_with("SEQUENCE");
    let mut signed =
        Signed { name, signers: of_signers.iter().filter(is_info).count(), stamped: Vec::new() };
    let mut signature: Option<&Element> = None;
    for (at, element) in of_signers.iter().enumerate() {
        // SignerInfo (RFC 5652 §5.3): the signature lies beside its unsigned attributes.
        if element.depth == 5 && element.what.starts_with("OCTET STRING") {
            signature = Some(element);
        }
        if element.depth == 7 && element.what.ends_with(":id-smime-aa-timeStampToken") {
            // OBJECT IDENTIFIER, SET, token.
            let token = of_signers.get(at + 2).context("the attribute has a value")?;
            let signature = signature.context("a signature stands before its attributes")?;
            signed.stamped.push(Stamped {
                signature: octets[signature.start + signature.head..signature.end].to_vec(),
                token: octets[token.start..token.end].to_vec(),
            });
        }
    }
    Ok(Some(signed))
}

/// A line of `openssl asn1parse`: `  435:d=5  hl=4 l=  70 prim: OCTET STRING      [HEX DUMP]:30…`.
struct Element<'a> {
    start: usize,
    head: usize,
    end: usize,
    depth: usize,
    what: &'a str,
}

impl<'a> Element<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (start, rest) = line.split_once(":d=")?;
        let (depth, rest) = rest.split_once("hl=")?;
        let (head, rest) = rest.split_once("l=")?;
        let (length, what) = rest.split_once(": ")?;
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let (start, head) = (number(start)?, number(head)?);
        let length = number(length.trim().trim_end_matches(char::is_alphabetic))?;
        let end = start + head + length;
        Some(Self { start, head, end, depth: number(depth)?, what: what.trim() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_openssl_says_where_an_element_lies() {
        let line = " 6902:d=5  hl=4 l=3309 prim: OCTET STRING      [HEX DUMP]:76419CCEDE";
        let element = Element::read(line).expect("it is a line of openssl");
        assert_eq!((element.start, element.head, element.depth), (6902, 4, 5));
        assert_eq!(element.end, 6902 + 4 + 3309);
        assert!(element.what.starts_with("OCTET STRING"));
        let line = "   15:d=1  hl=4 l=  27 cons: cont [ 0 ]        ";
        assert_eq!(Element::read(line).expect("so is this").what, "cont [ 0 ]");
        assert!(Element::read("Error in encoding").is_none());
    }
}
