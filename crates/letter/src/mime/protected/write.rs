//! Composing a mail whose header fields are protected (RFC 9788 §5.2).

use super::kind::{parameter, split};
use super::{Field, HP_OUTER, HeaderError, fields, is_structural};
use crate::mime::OUTER_SUBJECT;

/// What will be around the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A signature and nothing more: the fields can be read, and not changed.
    Signature,
    /// Encryption, around a signature or not.
    Encryption(Confidentiality),
}

/// What of the header stands outside of the encryption (RFC 9788 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confidentiality {
    /// hcp_baseline: no subject, no comments, no keywords.
    #[default]
    Baseline,
    /// hcp_no_confidentiality: everything. For mail that is not to be found out by what it hides.
    Nothing,
}

impl Confidentiality {
    /// The field as it stands outside; `None` is "not at all".
    fn outer(self, field: &Field) -> Option<Field> {
        let hidden = ["Comments", "Keywords"].iter().any(|name| field.is(name));
        match self {
            Self::Baseline if field.is("Subject") => {
                let subject = Field::new(field.name(), OUTER_SUBJECT);
                Some(subject.expect("three dots in brackets are a line"))
            }
            Self::Baseline if hidden => None,
            Self::Baseline | Self::Nothing => Some(field.clone()),
        }
    }
}

/// The body to be protected.
pub struct Payload<'a> {
    /// Its Content-Type, such as `text/plain; charset=utf-8`.
    pub content_type: &'a str,
    /// Its other fields, all of them about the body.
    pub structural: &'a [Field],
    /// Its octets, already encoded as these fields say.
    pub body: &'a [u8],
}

/// A mail on its way into the cryptography.
pub struct Composed {
    /// What is to be signed and encrypted: the Cryptographic Payload.
    pub payload: Vec<u8>,
    /// The fields for outside; those about the cryptographic body come beside them.
    pub outer: Vec<Field>,
}

/// Puts the fields of a mail under protection.
///
/// Every field is repeated inside; of what stands outside the encryption, one HP-Outer each tells the
/// reader what it was (RFC 9788 §2.2), so that nobody can add, take away or change an outer field
/// unnoticed.
pub fn protect(
    fields: &[Field],
    payload: &Payload<'_>,
    protection: Protection,
) -> Result<Composed, HeaderError> {
    let is_foreign = |field: &Field| is_structural(field.name()) || field.is(HP_OUTER);
    // Who wrote about the body in the mail's header, or about the outside himself, would write twice.
    // [HDR-007]
    if fields.iter().any(is_foreign)
        || payload
            .structural
            .iter()
            .any(|field| !is_structural(field.name()) || field.is("Content-Type"))
    {
        return Err(HeaderError::Malformed("a field in the wrong place"));
    }
    fields::check_once(fields)?;
    if parameter(&split(payload.content_type).1, "hp").is_some() {
        return Err(HeaderError::Malformed("a payload that says it is protected"));
    }
    let (hp, outer) = match protection {
        Protection::Signature => ("clear", fields.to_vec()),
        Protection::Encryption(policy) => {
            ("cipher", fields.iter().filter_map(|field| policy.outer(field)).collect())
        }
    };
    let mut lines = String::new();
    let content_type = format!("{}; hp=\"{hp}\"", payload.content_type);
    lines.push_str(&Field::new("Content-Type", &content_type)?.to_lines());
    payload.structural.iter().for_each(|field| lines.push_str(&field.to_lines()));
    fields.iter().for_each(|field| lines.push_str(&field.to_lines()));
    if let Protection::Encryption(_) = protection {
        for field in &outer {
            let record = format!("{}: {}", field.name(), field.value());
            lines.push_str(&Field::new(HP_OUTER, &record)?.to_lines());
        }
    }
    lines.push_str("\r\n");
    Ok(Composed { payload: [lines.as_bytes(), payload.body].concat(), outer })
}
