//! The digest of a certificate, as people read it to each other.

use std::str::FromStr;

/// SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(pub(crate) [u8; OCTETS]);

impl FromStr for Fingerprint {
    type Err = String;

    /// Hexadecimal digits in any case, with colons or spaces between them or without.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits: Vec<char> = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let values: Option<Vec<u32>> = digits.iter().map(|digit| digit.to_digit(16)).collect();
        let octets = values.into_iter().flatten().collect::<Vec<u32>>();
        let octets: Vec<u8> = octets.chunks_exact(2).map(|it| (it[0] * 16 + it[1]) as u8).collect();
        match <[u8; OCTETS]>::try_from(octets) {
            Ok(octets) if digits.len() == 2 * OCTETS => Ok(Self(octets)),
            _ => Err(format!("write all {} hexadecimal digits of the SHA-256", 2 * OCTETS)),
        }
    }
}

/// Octets of a SHA-256.
const OCTETS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_in_the_forms_that_programs_print() {
        let plain = "0a".repeat(31) + "ff";
        let mut expected = [0x0a; 32];
        expected[31] = 0xff;
        let colons: Vec<&str> = (0..32).map(|at| &plain[2 * at..2 * at + 2]).collect();
        for text in [plain.clone(), plain.to_uppercase(), colons.join(":"), colons.join(" ")] {
            assert_eq!(text.parse::<Fingerprint>().unwrap().0, expected, "{text}");
        }
        for wrong in ["", &plain[1..], &(plain.clone() + "0"), &plain.replace('f', "g"), "0x0a"] {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }
}
