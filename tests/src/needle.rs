//! What must not be found: a text or octets, in every form in which they could lie about.
//!
//! A letter is MIME: its subject becomes a base64 word, its text quoted-printable, its documents
//! base64. Who searches for the plain text alone finds nothing even where everything lies open.

use crate::provider::Provider;
use memchr::memmem;
use std::path::PathBuf;

/// Something to search for.
pub struct Needle {
    /// What it is, for people.
    pub what: String,
    /// The forms it may take, each with its name.
    forms: Vec<(String, Vec<u8>)>,
}

impl Needle {
    /// Octets: as they are, in hexadecimal, and in base64 at all three alignments.
    pub fn octets(what: impl Into<String>, octets: &[u8]) -> Self {
        let mut forms = vec![
            ("plain".to_owned(), octets.to_vec()),
            ("hexadecimal".to_owned(), hexadecimal(octets).into_bytes()),
        ];
        for alignment in 0..3 {
            let text = base64_inside(octets, alignment);
            let of_urls = text.replace('+', "-").replace('/', "_");
            if of_urls != text {
                forms.push((format!("base64url {alignment}"), of_urls.into_bytes()));
            }
            forms.push((format!("base64 {alignment}"), text.into_bytes()));
        }
        let what = what.into();
        assert!(octets.len() >= OCTETS_MIN, "{what}: found by chance if it is so short");
        Self { what, forms }
    }

    /// A text: as octets, and in quoted-printable.
    pub fn text(what: impl Into<String>, text: &str) -> Self {
        let mut needle = Self::octets(what, text.as_bytes());
        let quoted = quoted_printable(text);
        if quoted != text {
            needle.forms.push(("quoted-printable".to_owned(), quoted.into_bytes()));
        }
        needle
    }

    /// The names of the forms that stand in these octets.
    pub fn forms_in(&self, octets: &[u8]) -> Vec<&str> {
        let stands = |(_, form): &&(String, Vec<u8>)| memmem::find(octets, form).is_some();
        self.forms.iter().filter(stands).map(|(name, _)| name.as_str()).collect()
    }

    /// The files of a provider in which it stands in any form.
    pub fn files_of(&self, provider: &Provider) -> Vec<PathBuf> {
        let held = provider.everything_it_holds();
        let found = held.into_iter().filter(|(_, octets)| !self.forms_in(octets).is_empty());
        found.map(|(path, _)| path).collect()
    }
}

/// Fewer octets than this stand in megabytes of ciphertext by chance.
const OCTETS_MIN: usize = 8;

/// Lower-case hexadecimal.
pub fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The octets behind hexadecimal digits.
///
/// # Panics
/// If it is none.
#[track_caller]
pub fn from_hexadecimal(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal")).collect()
}

/// The octets behind base64 of either alphabet; white space and padding do not count.
///
/// # Panics
/// If it is none.
#[track_caller]
pub fn from_base64(text: &str) -> Vec<u8> {
    let (mut octets, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let letter = match letter {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
        let value = ALPHABET.iter().position(|known| *known == letter).expect("base64");
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    octets
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The characters of base64 that these octets alone decide, `alignment` octets after the
/// beginning of a group of three.
fn base64_inside(octets: &[u8], alignment: usize) -> String {
    let bits: Vec<bool> = std::iter::repeat_n(0, alignment)
        .chain(octets.iter().copied())
        .flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1))
        .collect();
    let groups = bits.chunks_exact(6).skip((alignment * 8).div_ceil(6));
    let value = |group: &[bool]| group.iter().fold(0, |value, bit| value << 1 | usize::from(*bit));
    groups.map(|group| char::from(ALPHABET[value(group)])).collect()
}

/// RFC 2045 §6.7, of a text that fits in one line.
fn quoted_printable(text: &str) -> String {
    let quoted = |octet: u8| match octet {
        b'=' => "=3D".to_owned(),
        b' ' => " ".to_owned(),
        _ if octet.is_ascii_graphic() => char::from(octet).to_string(),
        _ => format!("={octet:02X}"),
    };
    text.bytes().map(quoted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_at_every_alignment_of_base64() {
        let needle = Needle::text("the word", "Lindenweg");
        for (before, expected) in [("", 0), ("x", 1), ("xy", 2), ("xyz", 0)] {
            // "xLindenweg" and so on, padded so that the end of the text is not the end of a group.
            let encoded = base64_inside(format!("{before}Lindenweg 7").as_bytes(), 0);
            assert_eq!(needle.forms_in(encoded.as_bytes()), [format!("base64 {expected}")]);
        }
        assert_eq!(base64_inside(b"Man", 0), "TWFu");
    }

    #[test]
    fn all_other_forms_are_found_too() {
        let needle = Needle::text("the word", "Kündigung");
        assert_eq!(needle.forms_in(b"meine K=C3=BCndigung."), ["quoted-printable"]);
        assert_eq!(needle.forms_in("meine Kündigung.".as_bytes()), ["plain"]);
        assert_eq!(needle.forms_in(b"4bc3bc6e646967756e67"), ["hexadecimal"]);
        let octets = Needle::octets("octets", &[0xff; 9]);
        assert_eq!(octets.forms_in(b"____________"), ["base64url 0", "base64url 1", "base64url 2"]);
    }

    #[test]
    fn base64_and_hexadecimal_are_read_back() {
        let octets: Vec<u8> = (0..=255).collect();
        assert_eq!(from_base64(&base64_inside(&octets[..255], 0)), octets[..255]);
        assert_eq!(from_base64("_w=="), [0xff]);
        assert_eq!(from_hexadecimal(&hexadecimal(&octets)), octets);
    }
}
