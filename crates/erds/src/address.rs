//! Addresses of parties: the mail address that a person keeps (RFC 5321 §4.1.2).
//!
//! Neither [`Address`] nor [`Domain`] implements `Display`: an address is user text and must not
//! reach a log by accident. `Debug` of an address shows only its domain.

use crate::limits::{ADDRESS_OCTETS_MAX, LABEL_OCTETS_MAX, LOCAL_PART_OCTETS_MAX};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A mail address in lower case. Sealpost treats addresses as equal when they differ in case
/// only; RFC 5321 §2.4 lets the receiving domain decide that, and every domain of ours does.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    text: String,
    at: usize,
}

/// A domain name in lower case, at least two labels (RFC 1035 §2.3.1).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(String);

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// The domain part is no domain name.
    Domain,
    /// The part before the `@` is empty, too long or holds characters outside RFC 5322 `dot-atom`.
    LocalPart,
    /// There is no `@`, or more than one.
    NoAt,
    /// Longer than 254 octets.
    TooLong,
}

impl AddressError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Domain => "address-domain",
            Self::LocalPart => "address-local-part",
            Self::NoAt => "address-without-at",
            Self::TooLong => "address-too-long",
        }
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Domain => "the part after the @ is no domain name",
            Self::LocalPart => "the part before the @ is empty, too long or holds characters that an address may not hold",
            Self::NoAt => "an address has exactly one @",
            Self::TooLong => "an address has at most 254 octets",
        })
    }
}

impl std::error::Error for AddressError {}

impl Address {
    /// Reads an address such as `anna@north.example`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > ADDRESS_OCTETS_MAX {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressError::NoAt)?;
        if domain.contains('@') {
            return Err(AddressError::NoAt);
        }
        if !is_dot_atom(local) {
            return Err(AddressError::LocalPart);
        }
        let domain = Domain::parse(domain)?;
        let local = local.to_ascii_lowercase();
        Ok(Self { at: local.len(), text: format!("{local}@{}", domain.as_str()) })
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        &self.text[..self.at]
    }

    /// The domain, which names the provider.
    pub fn domain(&self) -> Domain {
        Domain(self.text[self.at + 1..].to_owned())
    }
}

impl Domain {
    /// Reads a domain name such as `north.example`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.to_ascii_lowercase();
        let labels: Vec<&str> = text.split('.').collect();
        let well_formed = |label: &&str| {
            (1..=LABEL_OCTETS_MAX).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() > ADDRESS_OCTETS_MAX || labels.len() < 2 || !labels.iter().all(well_formed) {
            return Err(AddressError::Domain);
        }
        Ok(Self(text))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 5322 §3.2.3 `dot-atom-text`, ASCII only.
fn is_dot_atom(text: &str) -> bool {
    let atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    (1..=LOCAL_PART_OCTETS_MAX).contains(&text.len())
        && text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(atext))
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address(…@{})", &self.text[self.at + 1..])
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Domain({})", self.0)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| D::Error::custom(error.code()))
    }
}

impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| D::Error::custom(error.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_lower_case_and_split_at_its_domain() {
        let address = Address::parse("Anna.Adler@North.Example").unwrap();
        assert_eq!(address.as_str(), "anna.adler@north.example");
        assert_eq!(address.local_part(), "anna.adler");
        assert_eq!(address.domain().as_str(), "north.example");
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (text, error) in [
            ("anna", AddressError::NoAt),
            ("anna@north@example", AddressError::NoAt),
            ("@north.example", AddressError::LocalPart),
            ("an na@north.example", AddressError::LocalPart),
            ("anna.@north.example", AddressError::LocalPart),
            ("anna\r\n@north.example", AddressError::LocalPart),
            ("anna@example", AddressError::Domain),
            ("anna@-north.example", AddressError::Domain),
            ("anna@north..example", AddressError::Domain),
        ] {
            assert_eq!(Address::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(
            Address::parse(&format!("a@{}.example", "x".repeat(300))),
            Err(AddressError::TooLong)
        );
    }

    #[test]
    fn debug_output_of_an_address_hides_the_person() {
        let address = Address::parse("anna@north.example").unwrap();
        assert!(!format!("{address:?}").contains("anna"));
    }
}
