//! ReceiptRequest: what the sender asks for, and from whom.

use super::RECEIPT_REQUEST;
use crate::CryptoRng;
use crate::attributes::Attribute;
use crate::certificate::Certificate;
use crate::decode::{self, DecodeError};
use crate::limits;
use crate::time::ClaimedTime;
use crate::tlv::{self, Reader, Writer, malformed};

/// From whom receipts are asked.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiptsFrom {
    /// From everybody.
    All,
    /// From those to whom the message came directly and not through a mailing list.
    FirstTier,
    /// From these addresses.
    List(Vec<String>),
}

/// A request for receipts, as a signed attribute.
///
/// ```text
/// ReceiptRequest ::= SEQUENCE { signedContentIdentifier OCTET STRING, receiptsFrom ReceiptsFrom,
///     receiptsTo SEQUENCE SIZE (1..16) OF GeneralNames }
/// ReceiptsFrom ::= CHOICE { allOrFirstTier [0] INTEGER { allReceipts (0), firstTierRecipients (1) },
///     receiptList [1] SEQUENCE OF GeneralNames }
/// ```
/// RFC 2634 §2.7. It holds addresses and so has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptRequest {
    identifier: Vec<u8>,
    from: ReceiptsFrom,
    to: Vec<String>,
}

impl ReceiptRequest {
    /// A request with a fresh content identifier (RFC 2634 §2.7): whose key signs, when, and 128
    /// random bits. `None` if an address cannot stand in it, or if there are none or too many.
    #[must_use]
    pub fn new(
        signer: &Certificate,
        at: ClaimedTime,
        from: ReceiptsFrom,
        to: Vec<String>,
        rng: &mut dyn CryptoRng,
    ) -> Option<Self> {
        let mut random = [0; 16];
        rng.fill_bytes(&mut random);
        let identifier =
            [&signer.spki_sha256()[..20], &at.unix().to_be_bytes()[..], &random[..]].concat();
        let listed: &[String] = if let ReceiptsFrom::List(list) = &from { list } else { &[] };
        let is_empty_list = matches!(&from, ReceiptsFrom::List(list) if list.is_empty());
        // [RCP-002]
        let fits = (1..=limits::RECEIPTS_TO_MAX).contains(&to.len())
            && listed.len() <= limits::RECIPIENTS_MAX
            && !is_empty_list
            && to.iter().chain(listed).all(|address| is_address(address.as_bytes()));
        fits.then_some(Self { identifier, from, to })
    }

    /// What ties the receipts to the message.
    #[must_use]
    pub fn identifier(&self) -> &[u8] {
        &self.identifier
    }

    /// From whom receipts are asked.
    #[must_use]
    pub fn from(&self) -> &ReceiptsFrom {
        &self.from
    }

    /// The addresses that receipts go to.
    #[must_use]
    pub fn to(&self) -> &[String] {
        &self.to
    }

    /// Whether the one at this address is asked. Addresses are compared without case: nobody is
    /// asked in vain for a letter's height.
    #[must_use]
    pub fn asks(&self, address: &str) -> bool {
        match &self.from {
            ReceiptsFrom::All | ReceiptsFrom::FirstTier => true,
            ReceiptsFrom::List(list) => list.iter().any(|one| one.eq_ignore_ascii_case(address)),
        }
    }

    /// The attribute, for [`crate::signed::request_signature`].
    #[must_use]
    pub fn attribute(&self) -> Attribute {
        Attribute { oid: RECEIPT_REQUEST, value_der: self.to_der() }
    }

    /// In DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        tlv::nested(tlv::SEQUENCE, |request| {
            request.element(tlv::OCTET_STRING, &self.identifier);
            match &self.from {
                ReceiptsFrom::All => request.element(tlv::context_primitive(0), &[0]),
                ReceiptsFrom::FirstTier => request.element(tlv::context_primitive(0), &[1]),
                ReceiptsFrom::List(list) => {
                    request.nest(tlv::context(1), |names| write_names(names, list));
                }
            }
            request.nest(tlv::SEQUENCE, |names| write_names(names, &self.to));
        })
    }

    /// Reads a request. Names that are no address are left out: a receipt is sent by mail.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        decode::bounded(WHAT, der, limits::RECEIPT_REQUEST_OCTETS_MAX)?;
        tlv::check(der)?;
        let mut fields = Reader::new(tlv::only(der, tlv::SEQUENCE, WHAT)?);
        let identifier = fields.value(tlv::OCTET_STRING, "signedContentIdentifier")?;
        // Without one nothing would be tied. [RCP-003]
        if !(1..=limits::CONTENT_IDENTIFIER_OCTETS_MAX).contains(&identifier.len()) {
            return Err(malformed("signedContentIdentifier"));
        }
        let from = fields.any("receiptsFrom")?;
        let from = match (from.tag, from.value) {
            (ALL_OR_FIRST_TIER, [0]) => ReceiptsFrom::All,
            (ALL_OR_FIRST_TIER, [1]) => ReceiptsFrom::FirstTier,
            (RECEIPT_LIST, names) => ReceiptsFrom::List(read_names(names, limits::RECIPIENTS_MAX)?),
            _ => return Err(malformed("receiptsFrom")),
        };
        let to = fields.value(tlv::SEQUENCE, "receiptsTo")?;
        fields.finish(WHAT)?;
        let to = read_names(to, limits::RECEIPTS_TO_MAX)?;
        // [RCP-004]
        if to.is_empty() {
            return Err(malformed("receiptsTo"));
        }
        Ok(Self { identifier: identifier.to_vec(), from, to })
    }
}

fn write_names(names: &mut Writer, addresses: &[String]) {
    for address in addresses {
        names.nest(tlv::SEQUENCE, |one| one.element(RFC822_NAME, address.as_bytes()));
    }
}

/// SEQUENCE OF GeneralNames: each party once, by its first address.
fn read_names(octets: &[u8], count_max: usize) -> Result<Vec<String>, DecodeError> {
    let mut parties = Reader::new(octets);
    let mut addresses = Vec::new();
    let mut count = 0;
    while !parties.is_empty() {
        count += 1;
        // RFC 2634 §2.7: ub-receiptsTo is 16. [RCP-005]
        if count > count_max {
            return Err(DecodeError::TooMany { what: "names in a receipt request", count_max });
        }
        let mut names = parties.enter(tlv::SEQUENCE, "GeneralNames")?;
        let mut address = None;
        while !names.is_empty() {
            let name = names.any("GeneralName")?;
            if name.tag == RFC822_NAME && address.is_none() {
                // What is not plain could not be shown, and not be sent to. [RCP-006]
                if !is_address(name.value) {
                    return Err(malformed("address in a receipt request"));
                }
                address = String::from_utf8(name.value.to_vec()).ok();
            }
        }
        addresses.extend(address);
    }
    Ok(addresses)
}

/// As much as is needed not to be deceived by it: printable ASCII with one `@` inside.
fn is_address(octets: &[u8]) -> bool {
    let at = octets.iter().position(|octet| *octet == b'@');
    octets.len() <= limits::ADDRESS_OCTETS_MAX
        && octets.iter().all(|octet| octet.is_ascii_graphic() && !b"<>,;\"\\".contains(octet))
        && octets.iter().filter(|octet| **octet == b'@').count() == 1
        && at.is_some_and(|at| at > 0 && at + 1 < octets.len())
}

const WHAT: &str = "ReceiptRequest";
const ALL_OR_FIRST_TIER: u8 = tlv::context_primitive(0);
const RECEIPT_LIST: u8 = tlv::context(1);
/// rfc822Name [1] IA5String (RFC 5280 §4.2.1.6).
const RFC822_NAME: u8 = tlv::context_primitive(1);
