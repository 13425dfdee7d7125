//! What a sender wants to send, and to whom.

use crate::chunked::ChunkedAttachment;
use crate::error::RecipientError;
use crate::mime::names::clean_file_name;
use crate::suite::Suite;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::validate_path;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::Deadline;
use sealpost_erds::{Address, ConsignmentMode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A person with address and name. Holds user text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The address.
    pub address: Address,
    /// The name. It must be the name in the certificate that the party signs with.
    pub name: String,
}

/// A document that goes with a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file's name without folders.
    pub file_name: String,
    /// The media type, such as `application/pdf`.
    pub media_type: String,
    /// The file.
    pub octets: Vec<u8>,
}

impl Attachment {
    /// A document under what is safe of a file's name: without folders, leading dots, control
    /// characters. Nothing if nothing is left of the name.
    #[must_use]
    pub fn named(file_name: &str, media_type: &str, octets: Vec<u8>) -> Option<Self> {
        let file_name = clean_file_name(file_name)?;
        Some(Self { file_name, media_type: media_type.to_owned(), octets })
    }
}

/// A letter before anything was made of it.
#[derive(Clone)]
pub struct Draft {
    /// Who sends; must be who signs.
    pub sender: Party,
    /// Recipients whom all may see.
    pub to: Vec<Address>,
    /// Recipients of copies whom all may see.
    pub cc: Vec<Address>,
    /// Recipients of copies whom nobody else may see.
    pub bcc: Vec<Address>,
    /// The subject.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// Documents.
    pub attachments: Vec<Attachment>,
    /// Large documents, sealed before: one list for each letter that the draft makes, first the one
    /// of all To and Cc recipients, if there are any, then one for each blind copy. Empty if there are
    /// none. What was sealed for one letter must not stand in another.
    pub chunked: Vec<Vec<ChunkedAttachment>>,
    /// How the letter is consigned.
    pub mode: ConsignmentMode,
    /// Until when it may be accepted; exactly in the modes that need acceptance.
    pub deadline: Option<Deadline>,
    /// Whether the subject is shown before acceptance.
    pub show_subject: bool,
    /// Whether the To and Cc recipients are shown before acceptance.
    pub show_recipients: bool,
    /// Whether the signature gets a time-stamp. The modes that need acceptance always have one.
    pub time_stamp: bool,
    /// The suite that the sender demands. Without one each letter gets the best that all its
    /// recipients read.
    pub suite: Option<Suite>,
    /// The sender's own reference, for his archive; it is not sent.
    pub reference: Option<String>,
}

/// A recipient whose encryption certificate was verified for exactly this address. There is no
/// other way to make one, and nothing else can be encrypted for.
///
/// ```compile_fail,E0451
/// // Invariant 11: nobody becomes a recipient without a verified certificate.
/// use sealpost_letter::draft::Recipient;
/// fn add(address: sealpost_erds::Address, certificate: sealpost_cms::certificate::Certificate) -> Recipient {
///     Recipient { address, certificate }
/// }
/// ```
///
/// ```
/// use sealpost_letter::{draft::Recipient, error::RecipientError};
/// use sealpost_cms::{certificate::Certificate, signed::Verification};
/// fn add(address: sealpost_erds::Address, certificate: Certificate, verification: &Verification<'_>)
///     -> Result<Recipient, RecipientError>
/// {
///     Recipient::verified(address, certificate, verification)
/// }
/// ```
#[derive(Clone)]
pub struct Recipient {
    address: Address,
    certificate: Certificate,
    suite: Suite,
}

impl Recipient {
    /// Validates the certificate's path now, for encryption, and that it names this address and
    /// no other. `purpose` and `require_time_stamp` of the verification are not used.
    pub fn verified(
        address: Address,
        certificate: Certificate,
        verification: &Verification<'_>,
    ) -> Result<Self, RecipientError> {
        // RFC 8550 §3: the address stands in the certificate; ours hold exactly one. [LET-001]
        if !names_exactly(&certificate, &address) {
            return Err(RecipientError::OtherAddress);
        }
        let suite = Suite::of(&certificate).ok_or(RecipientError::NoSuite)?;
        // [LET-002]
        validate_path(
            &certificate,
            verification.certificates,
            verification.crls,
            verification.now.unix(),
            KeyPurpose::Encryption,
            verification.anchors,
            verification.policy,
        )
        .map_err(RecipientError::Certificate)?;
        Ok(Self { address, certificate, suite })
    }

    /// The address.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// What letters to this certificate are encrypted by.
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The certificate.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// Whether a certificate names this address and no other.
pub(crate) fn names_exactly(certificate: &Certificate, address: &Address) -> bool {
    match certificate.email_addresses().as_slice() {
        [only] => Address::parse(only).is_ok_and(|only| only == *address),
        _ => false,
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Party(…)")
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({} octets)", self.octets.len())
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recipient(…)")
    }
}
