//! Writing a content: a multipart/mixed entity with protected header fields (RFC 9788).

use super::{OUTER_SUBJECT, TEXT_MEDIA_TYPE, quoted};
use crate::draft::Party;
use crate::error::ComposeError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::Address;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// What is written. Names, subject and file names were checked to be plain lines.
pub(crate) struct EntityDraft<'a> {
    pub(crate) from: &'a Party,
    pub(crate) to: &'a [Address],
    pub(crate) cc: &'a [Address],
    pub(crate) subject: &'a str,
    pub(crate) date: ClaimedTime,
    /// The part of the Message-ID before the `@`: hexadecimal.
    pub(crate) message_id: String,
    pub(crate) text: &'a str,
    pub(crate) parts: Vec<PartDraft<'a>>,
}

/// One attached part.
pub(crate) struct PartDraft<'a> {
    pub(crate) media_type: &'a str,
    pub(crate) file_name: &'a str,
    pub(crate) octets: &'a [u8],
}

/// The entity in its canonical form (RFC 8551 §3.1.1): CRLF, seven bit.
pub(crate) fn entity(draft: &EntityDraft<'_>) -> Result<Vec<u8>, ComposeError> {
    // "=_" occurs neither in base64 nor in quoted-printable, so no body holds the boundary.
    let boundary = format!("=_sealpost_{}", draft.message_id);
    let mut out = header(draft, &boundary)?.into_bytes();
    out.reserve(estimate(draft));
    let text = format!(
        "\r\n--{boundary}\r\nContent-Type: {TEXT_MEDIA_TYPE}; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted::encode(draft.text)
    );
    out.extend_from_slice(text.as_bytes());
    for part in &draft.parts {
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Disposition: attachment;\r\n {}\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n",
            part.media_type,
            file_name_parameter(part.file_name)
        );
        out.extend_from_slice(head.as_bytes());
        base64_lines(part.octets, &mut out);
    }
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Ok(out)
}

/// Octets that [`entity`] will need for its bodies, more rather than less.
fn estimate(draft: &EntityDraft<'_>) -> usize {
    let encoded = |octets: usize| octets.div_ceil(57) * 78;
    let parts = draft.parts.iter().map(|part| encoded(part.octets.len()) + 1024);
    parts.sum::<usize>() + draft.text.len() * 3
}

fn header(draft: &EntityDraft<'_>, boundary: &str) -> Result<String, ComposeError> {
    let date =
        OffsetDateTime::from_unix_timestamp(draft.date.unix()).map_err(|_| ComposeError::Date)?;
    let date = date.format(&Rfc2822).map_err(|_| ComposeError::Date)?;
    let mut header = format!(
        "MIME-Version: 1.0\r\nDate: {date}\r\nFrom: {}\r\n <{}>\r\n",
        unstructured_or_quoted(&draft.from.name),
        draft.from.address.as_str()
    );
    // RFC 5322 §3.6.3 lets a message have no To; an empty group says so to people.
    let to = if draft.to.is_empty() {
        "undisclosed-recipients:;".to_owned()
    } else {
        address_list(draft.to)
    };
    header.push_str(&format!("To: {to}\r\n"));
    if !draft.cc.is_empty() {
        header.push_str(&format!("Cc: {}\r\n", address_list(draft.cc)));
    }
    header.push_str(&format!(
        "Subject: {}\r\nMessage-ID:\r\n <{}@{}>\r\n",
        unstructured(draft.subject),
        draft.message_id,
        draft.from.address.domain().as_str()
    ));
    // RFC 9788 §2.1, §2.2: this header section counts, the message was encrypted, and of its
    // fields this much stood outside.
    header.push_str(&format!("HP-Outer: Subject: {OUTER_SUBJECT}\r\n"));
    header.push_str(&format!(
        "Content-Type: multipart/mixed; hp=\"cipher\";\r\n boundary=\"{boundary}\"\r\n"
    ));
    Ok(header)
}

fn address_list(addresses: &[Address]) -> String {
    addresses.iter().map(Address::as_str).collect::<Vec<_>>().join(",\r\n ")
}

/// An unstructured field (RFC 5322 §2.2.1), in encoded words where it must be (RFC 2047 §4.1).
fn unstructured(text: &str) -> String {
    let is_plain = text.len() <= PLAIN_CHARS_MAX
        && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
        && !text.contains("=?")
        && !text.contains("  ")
        && text.trim() == text;
    if is_plain { text.to_owned() } else { encoded_words(text) }
}

/// A display name (RFC 5322 §3.4): a quoted string, or encoded words.
fn unstructured_or_quoted(name: &str) -> String {
    if unstructured(name) == name && !name.contains(['"', '\\']) {
        format!("\"{name}\"")
    } else {
        encoded_words(name)
    }
}

/// Words of at most 75 characters on a line each, cut between characters (RFC 2047 §2, §5).
fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(WORD_OCTETS_MAX);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (word, after) = rest.split_at(end);
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

/// `filename`, extended (RFC 2231 §4) where a quoted string does not do.
fn file_name_parameter(name: &str) -> String {
    let is_simple = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    if name.len() <= PLAIN_CHARS_MAX && name.bytes().all(is_simple) {
        return format!("filename=\"{name}\"");
    }
    let encoded: String = name
        .bytes()
        .map(|b| if is_simple(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    format!("filename*=utf-8''{encoded}")
}

/// Base64 in lines of 76 characters (RFC 2045 §6.8), no line break behind the last.
fn base64_lines(octets: &[u8], out: &mut Vec<u8>) {
    let mut line = String::with_capacity(78);
    for (index, chunk) in octets.chunks(57).enumerate() {
        line.clear();
        if index > 0 {
            line.push_str("\r\n");
        }
        STANDARD.encode_string(chunk, &mut line);
        out.extend_from_slice(line.as_bytes());
    }
}

/// Characters of a field value that is written as it is: with its name it stays on one line.
const PLAIN_CHARS_MAX: usize = 60;
/// Octets of one encoded word: 45 become 60 characters, and 12 are around them.
const WORD_OCTETS_MAX: usize = 45;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_stand_as_they_are_and_all_others_in_encoded_words() {
        assert_eq!(unstructured("Notice of termination"), "Notice of termination");
        assert_eq!(unstructured("Kündigung"), "=?utf-8?B?S8O8bmRpZ3VuZw==?=");
        assert_eq!(unstructured("=?utf-8?B?eA==?="), "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=");
        assert!(unstructured(&"契約".repeat(80)).split("\r\n ").all(|word| word.len() <= 75));
        assert_eq!(unstructured_or_quoted("Anna Adler"), "\"Anna Adler\"");
        assert!(unstructured_or_quoted("Anna \"A\" Adler").starts_with("=?utf-8?B?"));
    }

    #[test]
    fn file_names_outside_of_ascii_are_extended_parameters() {
        assert_eq!(file_name_parameter("a-1.pdf"), "filename=\"a-1.pdf\"");
        assert_eq!(file_name_parameter("ü 1.pdf"), "filename*=utf-8''%C3%BC%201.pdf");
    }
}
