//! Reading a content: the one shape that we write, nothing else (RFC 9788, RFC 2046).
//!
//! - The root MUST be multipart/mixed with `hp="cipher"`, its first part text/plain in UTF-8.
//! - No part is itself multipart or a message, no part is decrypted, and no HTML is rendered: parts
//!   after the first are files. That leaves nothing for EFAIL's direct exfiltration.
//! - Every field that we show stands exactly once.

use super::{OUTER_SUBJECT, TEXT_MEDIA_TYPE, names, quoted};
use crate::draft::Party;
use crate::limits::{
    ATTACHMENTS_MAX, CONTENT_OCTETS_MAX, HEADER_FIELDS_MAX, HEADER_OCTETS_MAX, NAME_OCTETS_MAX,
    RECIPIENTS_MAX, SUBJECT_OCTETS_MAX, TEXT_OCTETS_MAX,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Message, MessageParser, MimeHeaders as _};
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::Address;
use sealpost_erds::format::FormatError;

/// What was read.
pub(crate) struct Entity {
    pub(crate) from: Party,
    pub(crate) to: Vec<Address>,
    pub(crate) cc: Vec<Address>,
    pub(crate) subject: String,
    pub(crate) date: ClaimedTime,
    pub(crate) text: String,
    pub(crate) parts: Vec<Part>,
}

/// One attached part.
pub(crate) struct Part {
    pub(crate) media_type: String,
    pub(crate) file_name: Option<String>,
    pub(crate) octets: Vec<u8>,
}

/// Reads an entity that [`super::write::entity`] wrote.
pub(crate) fn entity(octets: &[u8]) -> Result<Entity, FormatError> {
    if octets.len() > CONTENT_OCTETS_MAX {
        return refuse("larger than a letter may be");
    }
    let (header, body) = split_header(octets)?;
    let message = fields(header)?;
    let boundary = root_boundary(&message)?;
    let mut parts = split_parts(body, &boundary)?.into_iter();
    let text = text_part(parts.next().unwrap_or_default())?;
    let parts = parts.map(attached_part).collect::<Result<Vec<_>, _>>()?;
    let subject = message.subject().unwrap_or_default().to_owned();
    // What is shown must not deceive. [LET-035]
    if subject.len() > SUBJECT_OCTETS_MAX || !names::is_plain_line(&subject) {
        return refuse("a subject that is no line of text");
    }
    let date = message.date().filter(|date| date.is_valid()).map(|date| date.to_timestamp());
    Ok(Entity {
        from: from(&message)?,
        to: addresses(message.to())?,
        cc: addresses(message.cc())?,
        subject,
        date: ClaimedTime::from_unix(date.ok_or_else(|| malformed("no date"))?),
        text,
        parts,
    })
}

/// Header section and body; lines end with CRLF and nothing else. [LET-030]
fn split_header(octets: &[u8]) -> Result<(&[u8], &[u8]), FormatError> {
    let searched = &octets[..octets.len().min(HEADER_OCTETS_MAX)];
    let end =
        find(searched, b"\r\n\r\n").ok_or_else(|| malformed("no end of the header section"))?;
    let (header, rest) = octets.split_at(end + 4);
    let mut before = 0;
    for (index, octet) in header.iter().enumerate() {
        let well_formed = match octet {
            b'\n' => before == b'\r',
            b'\t' | b' '..=b'~' => before != b'\r',
            b'\r' => header.get(index + 1) == Some(&b'\n'),
            _ => false,
        };
        if !well_formed {
            return refuse("a header section that is not ASCII in lines");
        }
        before = *octet;
    }
    Ok((header, rest))
}

/// The decoded fields, none of ours twice. [LET-031]
fn fields(header: &[u8]) -> Result<Message<'_>, FormatError> {
    let message =
        MessageParser::new().parse_headers(header).ok_or_else(|| malformed("no header fields"))?;
    let names: Vec<&str> = message.headers().iter().map(|field| field.name()).collect();
    if names.len() > HEADER_FIELDS_MAX {
        return refuse("too many header fields");
    }
    let twice =
        |name: &&str| names.iter().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1;
    if SINGLE_FIELDS.iter().any(twice) {
        return refuse("a header field twice");
    }
    // What the reader's own program writes into a saved mail must not come from the sender.
    // [LET-036]
    let is_ours = |name: &&str| name.to_ascii_lowercase().starts_with(READER_FIELDS);
    if names.iter().any(is_ours) {
        return refuse("a header field that only the reader's program writes");
    }
    Ok(message)
}

/// RFC 9788 §2.1: the header section of the root counts only with the parameter `hp`. [LET-032]
fn root_boundary(message: &Message<'_>) -> Result<String, FormatError> {
    let content_type = message.content_type().ok_or_else(|| malformed("no media type"))?;
    if !content_type.ctype().eq_ignore_ascii_case("multipart")
        || !content_type.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("mixed"))
    {
        return refuse("not multipart/mixed");
    }
    let mut outer = message.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case("HP-Outer"));
    let outer = outer.next().and_then(|(_, value)| value.trim().strip_prefix("Subject: "));
    if content_type.attribute("hp") != Some("cipher") || outer != Some(OUTER_SUBJECT) {
        return refuse("header fields that are not protected");
    }
    let boundary =
        content_type.attribute("boundary").filter(|boundary| (1..=70).contains(&boundary.len()));
    boundary.map(str::to_owned).ok_or_else(|| malformed("no boundary"))
}

fn from(message: &Message<'_>) -> Result<Party, FormatError> {
    let from = message.from().and_then(|from| from.as_list());
    let Some([from]) = from else { return refuse("not exactly one sender") };
    let address = from.address().and_then(|address| Address::parse(address).ok());
    let name = from.name().unwrap_or_default();
    if name.is_empty() || name.len() > NAME_OCTETS_MAX || !names::is_plain_line(name) {
        return refuse("a sender without a name that is a line of text");
    }
    Ok(Party {
        address: address.ok_or_else(|| malformed("a sender without address"))?,
        name: name.to_owned(),
    })
}

fn addresses(list: Option<&mail_parser::Address<'_>>) -> Result<Vec<Address>, FormatError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let parse =
        |text: &str| Address::parse(text).map_err(|_| malformed("a recipient without address"));
    let read = list
        .iter()
        .take(RECIPIENTS_MAX + 1)
        .map(|one| parse(one.address().unwrap_or_default()))
        .collect::<Result<Vec<_>, _>>()?;
    if read.len() > RECIPIENTS_MAX { refuse("too many recipients") } else { Ok(read) }
}

/// Bodies between the delimiters (RFC 2046 §5.1.1), each with its own header; nothing before the
/// first and behind the last. [LET-033]
fn split_parts<'o>(body: &'o [u8], boundary: &str) -> Result<Vec<&'o [u8]>, FormatError> {
    let delimiter = format!("--{boundary}");
    let mut rest = body
        .strip_prefix(delimiter.as_bytes())
        .and_then(|rest| rest.strip_prefix(b"\r\n"))
        .ok_or_else(|| malformed("text before the first part"))?;
    let delimiter = format!("\r\n{delimiter}");
    let mut parts = Vec::new();
    loop {
        let end = find(rest, delimiter.as_bytes())
            .ok_or_else(|| malformed("the last part does not end"))?;
        // The text, the parties and the attachments.
        if parts.len() > ATTACHMENTS_MAX + 1 {
            return refuse("too many parts");
        }
        parts.push(&rest[..end]);
        match &rest[end + delimiter.len()..] {
            [b'\r', b'\n', after @ ..] => rest = after,
            b"--\r\n" => return Ok(parts),
            _ => return refuse("text behind the last part"),
        }
    }
}

fn text_part(octets: &[u8]) -> Result<String, FormatError> {
    let (header, body) = split_header(octets)?;
    let message = fields(header)?;
    let content_type = message.content_type();
    let is_utf8 = content_type
        .and_then(|content_type| content_type.attribute("charset"))
        .is_some_and(|charset| charset.eq_ignore_ascii_case("utf-8"));
    if media_type(&message) != TEXT_MEDIA_TYPE || !is_utf8 {
        return refuse("the first part is not text/plain in UTF-8");
    }
    if encoding(&message) != "quoted-printable"
        || body.len() > TEXT_OCTETS_MAX * 3 + TEXT_OCTETS_MAX / 8
    {
        return refuse("a text in another encoding, or too long");
    }
    quoted::decode(body).ok_or_else(|| malformed("a text that is not quoted-printable"))
}

fn attached_part(octets: &[u8]) -> Result<Part, FormatError> {
    let (header, body) = split_header(octets)?;
    let message = fields(header)?;
    let media_type = media_type(&message);
    // A part inside of a part could be shown as if it were the letter. [LET-034]
    if media_type.starts_with("multipart/")
        || media_type.starts_with("message/")
        || media_type.is_empty()
    {
        return refuse("a part that is composite, or has no media type");
    }
    if encoding(&message) != "base64" {
        return refuse("a file that is not in base64");
    }
    let mut octets = body.to_vec();
    octets.retain(|octet| !matches!(octet, b'\r' | b'\n'));
    let octets = STANDARD.decode(octets).map_err(|_| malformed("a file that is not in base64"))?;
    let disposition = message.content_disposition();
    let file_name =
        disposition.and_then(|disposition| disposition.attribute("filename")).map(str::to_owned);
    Ok(Part { media_type, file_name, octets })
}

fn media_type(message: &Message<'_>) -> String {
    let join = |content_type: &mail_parser::ContentType<'_>| {
        format!("{}/{}", content_type.ctype(), content_type.subtype().unwrap_or_default())
            .to_ascii_lowercase()
    };
    message.content_type().map(join).unwrap_or_default()
}

fn encoding(message: &Message<'_>) -> String {
    message.content_transfer_encoding().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The first place of `needle`, which begins with CR or another rare octet.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut start = 0;
    while let Some(at) = haystack.get(start..)?.iter().position(|octet| octet == first) {
        if haystack[start + at..].starts_with(needle) {
            return Some(start + at);
        }
        start += at + 1;
    }
    None
}

fn malformed(detail: &'static str) -> FormatError {
    FormatError::new("letter", detail)
}

fn refuse<T>(detail: &'static str) -> Result<T, FormatError> {
    Err(malformed(detail))
}

/// How the names of the fields begin that a reader's program writes about a verified letter.
const READER_FIELDS: &str = "sealpost-";

const SINGLE_FIELDS: [&str; 12] = [
    "MIME-Version",
    "Date",
    "From",
    "Sender",
    "To",
    "Cc",
    "Subject",
    "Message-ID",
    "HP-Outer",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];

#[cfg(test)]
mod tests;
