//! Quoted-printable (RFC 2045 §6.7), strict in both directions, for texts.
//!
//! Texts are written so that a person can read them in the signed octets, also in a court that
//! has nothing but a text editor.

/// Encodes a text. Every line break of it, whatever its form, becomes CRLF.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 8);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            encoded.push_str("\r\n");
        }
        encode_line(line, &mut encoded);
    }
    encoded
}

fn encode_line(line: &str, encoded: &mut String) {
    let mut width = 0;
    for (index, octet) in line.bytes().enumerate() {
        let ends_line = index + 1 == line.len();
        let is_literal = match octet {
            b'=' => false,
            // Rule 3: white space at the end of a line would get lost on the way.
            b' ' | b'\t' => !ends_line,
            // A line that begins with "From " or "." is altered by some mail programs.
            b'F' | b'.' => index > 0,
            _ => octet.is_ascii_graphic(),
        };
        let octets = if is_literal { 1 } else { 3 };
        // Rule 5: at most 76 characters, one of them the "=" of the soft line break.
        if width + octets > LINE_CHARS_MAX - 1 {
            encoded.push_str("=\r\n");
            width = 0;
        }
        if is_literal {
            encoded.push(char::from(octet));
        } else {
            encoded.push_str(&format!("={octet:02X}"));
        }
        width += octets;
    }
}

/// Decodes what [`encode`] or another strict writer made; line breaks become LF.
pub(crate) fn decode(encoded: &[u8]) -> Option<String> {
    let mut octets = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            (b'=', [b'\r', b'\n', after @ ..]) => after,
            (b'=', [high, low, after @ ..]) => {
                octets.push(hex_digit(*high)? << 4 | hex_digit(*low)?);
                after
            }
            (b'\r', [b'\n', after @ ..]) => {
                octets.push(b'\n');
                after
            }
            (b' ' | b'\t' | b'!'..=b'<' | b'>'..=b'~', after) => {
                octets.push(*first);
                after
            }
            _ => return None,
        };
    }
    String::from_utf8(octets).ok()
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

const LINE_CHARS_MAX: usize = 76;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_stays_readable() {
        assert_eq!(encode("Dear Bert,\nyou owe 5 = five"), "Dear Bert,\r\nyou owe 5 =3D five");
        assert_eq!(encode("Grüße \n.\nFrom me"), "Gr=C3=BC=C3=9Fe=20\r\n=2E\r\n=46rom me");
        assert_eq!(encode(""), "");
    }

    #[test]
    fn what_is_not_quoted_printable_is_refused() {
        for wrong in ["=", "=4", "=g0", "=c3", "a\nb", "a\rb", "ü", "=FF"] {
            assert_eq!(decode(wrong.as_bytes()), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_returns_with_its_lines(text in "\\PC*(\n\\PC*){0,5}") {
            let encoded = encode(&text);
            prop_assert!(encoded.split("\r\n").all(|line| line.len() <= LINE_CHARS_MAX));
            prop_assert!(encoded.is_ascii());
            prop_assert_eq!(decode(encoded.as_bytes()), Some(text));
        }
    }
}
