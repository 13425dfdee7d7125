//! How a person names a letter: by the first digits of its identifier.

use crate::limits::{DIGITS_MAX, DIGITS_MIN};
use std::str::FromStr;

/// Four or more leading hexadecimal digits of a letter id or dispatch id, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LetterName(String);

impl LetterName {
    /// The digits.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LetterName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hexadecimal = text.bytes().all(|b| b.is_ascii_hexdigit());
        if !hexadecimal || !(DIGITS_MIN..=DIGITS_MAX).contains(&text.len()) {
            return Err(format!(
                "write the first {DIGITS_MIN} to {DIGITS_MAX} hexadecimal digits, as 'sealpost inbox' and 'sealpost sent' show them"
            ));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_named_by_four_to_thirty_two_digits() {
        assert_eq!("3F2A".parse::<LetterName>().unwrap().as_str(), "3f2a");
        assert!("0".repeat(32).parse::<LetterName>().is_ok());
        for wrong in ["", "3f2", "3f2g", "3f 2a", "0x3f2a", &"0".repeat(33), "３f2a"] {
            assert!(wrong.parse::<LetterName>().is_err(), "{wrong}");
        }
    }
}
