//! Reading a protected mail: what each field is worth, and what the outside said (RFC 9788 §4).

use super::kind::{parameter, split};
use super::{Field, HP_OUTER, HeaderError, fields, is_structural};
use mail_parser::MessageParser;
use std::ops::Range;

/// A mail after its cryptography was taken off.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    /// The mail as it came, or its header section alone.
    pub outer: &'a [u8],
    /// The Cryptographic Payload: the innermost part that was signed or encrypted.
    pub payload: &'a [u8],
    /// Whether a signature over the payload has passed.
    pub signed: bool,
    /// Whether the payload was encrypted, and authentic.
    pub encrypted: bool,
}

/// How the fields were protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// `hp="clear"`: meant to be signed.
    Clear,
    /// `hp="cipher"`: meant to be encrypted.
    Cipher,
    /// A whole message inside, as RFC 8551 §3.1 had it.
    Message,
    /// Not at all.
    Nothing,
}

/// What protects a field (RFC 9788 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldState {
    /// Nothing: anybody on the way could have written it.
    Unprotected,
    /// Nobody has changed it, and everybody on the way could read it.
    SignedOnly,
    /// Nobody on the way could read it; who wrote it is not known.
    EncryptedOnly,
    /// Neither read nor changed.
    SignedAndEncrypted,
}

/// A field of the mail, and what it is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedField {
    /// The field as its sender meant it.
    pub field: Field,
    /// What protects it.
    pub state: FieldState,
    /// What the outer fields of that name say, as they came.
    pub outside: Vec<String>,
}

/// Whether inside and outside tell one story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// The outside is as the sender left it.
    Agrees,
    /// Somebody changed, added or took away these fields on the way. Lists and gateways do; so do others.
    Altered {
        /// The names, in lower case.
        names: Vec<String>,
    },
    /// The outside names another sender than the one inside. Whatever a program shows, one of the two
    /// is not who wrote: it is for the reader to know that (RFC 9788 §4.4).
    DeceivingSender,
    /// There is nothing to compare: no field is protected.
    Unprotected,
}

/// What was read. Only [`Self::fields`] are the mail's; nothing outside replaces them.
#[derive(Debug, Clone)]
pub struct MailHeader {
    fields: Vec<ProtectedField>,
    outer_only: Vec<Field>,
    wrapping: Wrapping,
    agreement: Agreement,
    legacy_display: bool,
    body: Range<usize>,
}

impl MailHeader {
    /// The fields of the mail, in the order of the sender.
    #[must_use]
    pub fn fields(&self) -> &[ProtectedField] {
        &self.fields
    }

    /// The first field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&ProtectedField> {
        self.fields.iter().find(|one| one.field.is(name))
    }

    /// What stands outside alone: traces of the way, and whatever else anybody added.
    #[must_use]
    pub fn outer_only(&self) -> &[Field] {
        &self.outer_only
    }

    /// How the fields were protected.
    #[must_use]
    pub fn wrapping(&self) -> Wrapping {
        self.wrapping
    }

    /// Whether inside and outside tell one story.
    #[must_use]
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// Whether the text begins with a copy of hidden fields for old programs (RFC 9788 §2.1.2), which
    /// is not to be shown again.
    #[must_use]
    pub fn has_legacy_display(&self) -> bool {
        self.legacy_display
    }

    /// Where in the payload the body lies.
    #[must_use]
    pub fn body(&self) -> Range<usize> {
        self.body.clone()
    }
}

/// What the protected part says: its fields, what it says was outside, and where its body lies.
struct Inside {
    wrapping: Wrapping,
    fields: Vec<Field>,
    /// `None` where the sender did not say.
    recorded: Option<Vec<Field>>,
    legacy_display: bool,
    body: Range<usize>,
}

/// Reads the header of a mail whose cryptography was taken off.
pub fn read(received: &Received<'_>) -> Result<MailHeader, HeaderError> {
    let (outer, _) = fields::parse(received.outer)?;
    let outer: Vec<Field> = outer.into_iter().filter(|it| !is_structural(it.name())).collect();
    let inside = Inside::read(received.payload)?;
    // Without signature and encryption nothing inside is worth more than outside. [HDR-008]
    let is_protected =
        inside.wrapping != Wrapping::Nothing && (received.signed || received.encrypted);
    if !is_protected {
        fields::check_once(&outer)?;
        return Ok(unprotected(outer, inside));
    }
    let agreement = agreement(&inside, &outer);
    let is_inside = |field: &Field| inside.fields.iter().any(|one| one.is(field.name()));
    let (beside, outer_only): (Vec<Field>, Vec<Field>) = outer.iter().cloned().partition(is_inside);
    // RFC 8551 §3.1 records nothing: what came is what could be read on the way.
    let readable = inside.recorded.as_ref().unwrap_or(&beside);
    let fields = inside
        .fields
        .iter()
        .map(|field| ProtectedField {
            field: field.clone(),
            state: state(field, readable, received),
            outside: beside
                .iter()
                .filter(|one| one.is(field.name()))
                .map(|one| one.value().to_owned())
                .collect(),
        })
        .collect();
    let Inside { wrapping, legacy_display, body, .. } = inside;
    Ok(MailHeader { fields, outer_only, wrapping, agreement, legacy_display, body })
}

impl Inside {
    fn read(payload: &[u8]) -> Result<Self, HeaderError> {
        let (all, body) = fields::parse(payload)?;
        fields::check_once(&all)?;
        let content_type = all.iter().find(|field| field.is("Content-Type"));
        let (media_type, parameters) = split(content_type.map_or("", Field::value));
        let legacy_display = parameter(&parameters, "hp-legacy-display") == Some("1");
        let hp: Vec<&str> = parameters
            .iter()
            .filter(|(name, _)| name == "hp")
            .map(|(_, value)| value.as_str())
            .collect();
        let wrapping = match hp[..] {
            ["cipher"] => Wrapping::Cipher,
            ["clear"] => Wrapping::Clear,
            [] => {
                let own = all.iter().any(|field| !is_structural(field.name()));
                let is_message = ["message/rfc822", "message/global"]
                    .iter()
                    .any(|one| media_type.eq_ignore_ascii_case(one));
                if is_message && !own {
                    return Self::read_message(payload, &body);
                }
                Wrapping::Nothing
            }
            // [HDR-009]
            _ => return Err(HeaderError::UnknownProtection),
        };
        let (records, fields): (Vec<Field>, Vec<Field>) = all
            .into_iter()
            .filter(|field| !is_structural(field.name()))
            .partition(|field| field.is(HP_OUTER));
        let recorded = match wrapping {
            Wrapping::Cipher => Some(records.iter().map(record).collect::<Result<_, _>>()?),
            // RFC 9788 §2.2: with a signature alone, inside and outside are one.
            Wrapping::Clear => Some(fields.clone()),
            Wrapping::Message | Wrapping::Nothing => None,
        };
        Ok(Self { wrapping, fields, recorded, legacy_display, body })
    }

    /// RFC 8551 §3.1: the whole message is the body of the root, whose own header is only about that.
    fn read_message(payload: &[u8], body: &Range<usize>) -> Result<Self, HeaderError> {
        let (all, inner) = fields::parse(&payload[body.clone()])?;
        fields::check_once(&all)?;
        let fields = all.into_iter().filter(|field| !is_structural(field.name())).collect();
        let body = body.start + inner.start..body.start + inner.end;
        let wrapping = Wrapping::Message;
        Ok(Self { wrapping, fields, recorded: None, legacy_display: false, body })
    }
}

/// `HP-Outer: Name: value` (RFC 9788 §2.2). [HDR-010]
fn record(field: &Field) -> Result<Field, HeaderError> {
    let malformed = HeaderError::Malformed("a record of the outer header");
    let (name, value) = field.value().split_once(':').ok_or(malformed)?;
    Field::recorded(name.trim(), value).ok_or(malformed)
}

/// RFC 9788 §4.3: what stood outside with the same value everybody on the way could read.
fn state(field: &Field, readable: &[Field], received: &Received<'_>) -> FieldState {
    let was_readable =
        readable.iter().any(|one| one.is(field.name()) && one.same_value(field.value()));
    match (received.signed, received.encrypted && !was_readable) {
        (true, true) => FieldState::SignedAndEncrypted,
        (true, false) => FieldState::SignedOnly,
        (false, true) => FieldState::EncryptedOnly,
        (false, false) => FieldState::Unprotected,
    }
}

fn agreement(inside: &Inside, outer: &[Field]) -> Agreement {
    // [HDR-011]
    if let Some(sender) = named(&inside.fields, "From")
        && let Some(outside) = named(outer, "From")
        && senders(&sender) != senders(&outside)
    {
        return Agreement::DeceivingSender;
    }
    let expected: &[Field] = match &inside.recorded {
        Some(recorded) => recorded,
        // The sender said nothing, so only what both have can differ; a hidden subject does.
        None => return Agreement::Agrees,
    };
    let mut names: Vec<String> = Vec::new();
    for field in inside.fields.iter().chain(expected) {
        let name = field.name().to_ascii_lowercase();
        // [HDR-012]
        if !names.contains(&name) && !same_values(&name, expected, outer) {
            names.push(name);
        }
    }
    if names.is_empty() { Agreement::Agrees } else { Agreement::Altered { names } }
}

fn named(fields: &[Field], name: &str) -> Option<Vec<String>> {
    let values: Vec<String> = fields
        .iter()
        .filter(|field| field.is(name))
        .map(|field| field.value().to_owned())
        .collect();
    (!values.is_empty()).then_some(values)
}

/// Whether both have the same fields of a name, in the same order.
fn same_values(name: &str, expected: &[Field], outer: &[Field]) -> bool {
    let of = |fields: &[Field]| -> Vec<Field> {
        fields.iter().filter(|field| field.is(name)).cloned().collect()
    };
    let (expected, outer) = (of(expected), of(outer));
    expected.len() == outer.len()
        && expected.iter().zip(&outer).all(|(one, other)| one.same_value(other.value()))
}

/// The addresses of From fields, in lower case; what cannot be read stays as it is, and so differs.
fn senders(values: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for value in values {
        let header = format!("From: {value}\r\n\r\n");
        let message = MessageParser::new().parse_headers(header.as_bytes());
        let read: Vec<String> = message
            .as_ref()
            .and_then(|message| message.from())
            .map(|from| from.iter().filter_map(|one| one.address()).map(str::to_ascii_lowercase))
            .map(Iterator::collect)
            .unwrap_or_default();
        if read.is_empty() {
            all.push(value.clone());
        }
        all.extend(read);
    }
    all.sort();
    all
}

fn unprotected(outer: Vec<Field>, inside: Inside) -> MailHeader {
    let plain = |field: Field| {
        let outside = vec![field.value().to_owned()];
        ProtectedField { field, state: FieldState::Unprotected, outside }
    };
    MailHeader {
        fields: outer.into_iter().map(plain).collect(),
        outer_only: Vec::new(),
        wrapping: Wrapping::Nothing,
        agreement: Agreement::Unprotected,
        legacy_display: inside.legacy_display,
        body: inside.body,
    }
}
