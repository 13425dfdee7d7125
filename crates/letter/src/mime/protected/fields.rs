//! Header sections as fields, and back (RFC 5322 §2.2).

use super::HeaderError;
use crate::limits::{HEADER_OCTETS_MAX, MAIL_FIELD_OCTETS_MAX, MAIL_FIELDS_MAX};
use std::ops::Range;

/// One field: its name, and its value on one line as it was written. It may hold a person's words, so
/// it has no `Display`, and its `Debug` shows the name alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    name: String,
    value: String,
}

impl Field {
    /// A field that can be written: a name of RFC 5322 §2.2, a value on one line.
    pub fn new(name: &str, value: &str) -> Result<Self, HeaderError> {
        let value = value.trim();
        // A line break in a value would be the next field. [HDR-001]
        let is_value = value.len() <= MAIL_FIELD_OCTETS_MAX
            && value
                .bytes()
                .all(|octet| octet == b'\t' || octet == b' ' || octet.is_ascii_graphic());
        if is_name(name) && name.len() <= NAME_OCTETS_MAX && is_value {
            Ok(Self { name: name.to_owned(), value: value.to_owned() })
        } else {
            Err(HeaderError::Malformed("a field that cannot be written"))
        }
    }

    /// A field as somebody else recorded it; `None` if the name is none.
    pub(super) fn recorded(name: &str, value: &str) -> Option<Self> {
        is_name(name).then(|| Self { name: name.to_owned(), value: trimmed(value) })
    }

    /// The name as it was written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, unfolded.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether both say the same, however they were folded.
    pub(super) fn same_value(&self, other: &str) -> bool {
        self.value.split_ascii_whitespace().eq(other.split_ascii_whitespace())
    }

    /// The field in lines of at most 78 characters, as far as its words allow.
    ///
    /// Unfolding takes out the line ends and nothing else (RFC 5322 §2.2.3), so a reader has the value
    /// as it is here.
    pub(super) fn to_lines(&self) -> String {
        let mut lines = format!("{}:", self.name);
        let mut width = lines.len();
        for piece in pieces(&self.value).filter(|piece| !piece.is_empty()) {
            if width + 1 + piece.len() > LINE_CHARS_MAX {
                lines.push_str("\r\n");
                width = 0;
            }
            lines.push(' ');
            lines.push_str(piece);
            width += 1 + piece.len();
        }
        lines.push_str("\r\n");
        lines
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({})", self.name)
    }
}

/// The fields of a header section and where the body lies. Lines end with CRLF, or with LF where a
/// program stored them so; a header section without a body ends with its octets. [HDR-002]
pub(super) fn parse(octets: &[u8]) -> Result<(Vec<Field>, Range<usize>), HeaderError> {
    let mut fields: Vec<Field> = Vec::new();
    let mut at = 0;
    loop {
        let searched = &octets[at..];
        let end = searched.iter().position(|octet| *octet == b'\n');
        let (line, next) = match end {
            Some(end) => (&searched[..end], at + end + 1),
            None => (searched, octets.len()),
        };
        // [HDR-003]
        if next > HEADER_OCTETS_MAX {
            return Err(HeaderError::TooLarge);
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            fields.iter_mut().for_each(|field| field.value = trimmed(&field.value));
            return Ok((fields, next..octets.len()));
        }
        let line = std::str::from_utf8(line)
            .ok()
            .filter(|line| !line.chars().any(|c| c.is_control() && c != '\t'))
            .ok_or(HeaderError::Malformed("a line that is no text"))?;
        if line.starts_with([' ', '\t']) {
            let field =
                fields.last_mut().ok_or(HeaderError::Malformed("a continuation of nothing"))?;
            // Only the line end goes (RFC 5322 §2.2.3): the blanks beside it were written.
            field.value.push_str(line);
        } else {
            // [HDR-004]
            if fields.len() == MAIL_FIELDS_MAX {
                return Err(HeaderError::TooLarge);
            }
            let (name, value) =
                line.split_once(':').ok_or(HeaderError::Malformed("a line without a name"))?;
            let name = name.trim_end();
            if !is_name(name) {
                return Err(HeaderError::Malformed("a name that is none"));
            }
            fields.push(Field { name: name.to_owned(), value: value.to_owned() });
        }
        at = next;
    }
}

/// Without the blanks around it, which say nothing.
fn trimmed(value: &str) -> String {
    value.trim_matches([' ', '\t']).to_owned()
}

/// What may stand on a line of its own: what lies between single spaces. A line never ends with a blank,
/// which servers on the way take off, and a run of blanks stays in one line.
fn pieces(value: &str) -> impl Iterator<Item = &str> {
    let octets = value.as_bytes();
    let is_word = |at: usize| octets.get(at).is_some_and(|octet| !b" \t".contains(octet));
    let is_fold = move |at: &usize| octets[*at] == b' ' && is_word(at - 1) && is_word(at + 1);
    let mut start = 0;
    let ends = (1..octets.len()).filter(is_fold).chain([octets.len()]);
    ends.map(move |end| {
        let piece = &value[start..end];
        start = end + 1;
        piece
    })
}

/// RFC 5322 §2.2: printable ASCII but the colon.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic() && octet != b':')
}

/// RFC 5322 §3.6: these stand at most once, or two readers would show two things. [HDR-005]
pub(super) fn check_once(fields: &[Field]) -> Result<(), HeaderError> {
    let twice = |name: &&str| fields.iter().filter(|field| field.is(name)).count() > 1;
    if ONCE.iter().any(twice) { Err(HeaderError::FieldTwice) } else { Ok(()) }
}

const ONCE: [&str; 13] = [
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
    "Content-Type",
    "MIME-Version",
];
/// RFC 5322 §2.1.1.
const LINE_CHARS_MAX: usize = 78;
/// Names are short; the longest registered one has 41 characters.
const NAME_OCTETS_MAX: usize = 76;
