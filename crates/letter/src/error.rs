//! Why a letter is not made or not opened. Log-safe: no message quotes user text.
//!
//! What verification finds is not here but an [`sealpost_cms::verdict::Outcome`]; the detail of
//! its shortfall begins with the code of a [`Mismatch`].

use sealpost_cms::decode::DecodeError;
use sealpost_cms::verdict::Shortfall;
use sealpost_erds::format::FormatError;
use std::{error, fmt, io};

/// Why somebody cannot be a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientError {
    /// The certificate names another address, several or none.
    OtherAddress,
    /// The certificate's key is of a kind that letters are not encrypted for.
    NoSuite,
    /// The certificate is not valid for encryption now.
    Certificate(Shortfall),
}

/// Why a draft becomes no letter. The sender's program or the sender is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ComposeError {
    /// Nobody is addressed.
    NoRecipient,
    /// More recipients than one draft may have.
    TooManyRecipients {
        /// How many at most.
        count_max: usize,
    },
    /// An address stands twice among To, Cc and Bcc.
    AddressTwice,
    /// An addressed person has no verified certificate.
    CertificateMissing,
    /// A certificate was given for somebody who is not addressed, or twice for one who is.
    CertificateUnasked,
    /// A recipient cannot read the suite that the sender demands, or the recipients have none in
    /// common.
    NoCommonSuite,
    /// Two addresses have the same key, so that they cannot be told apart.
    SameKey,
    /// A deadline without need of acceptance, or the reverse.
    Deadline,
    /// A mode that needs acceptance needs a time-stamp.
    TimeStampNeeded,
    /// The subject holds control characters.
    SubjectControlCharacter,
    /// The subject is too long.
    SubjectTooLong,
    /// The sender's name is empty, too long or holds control characters.
    SenderName,
    /// The sender's own reference is too long or holds control characters.
    Reference,
    /// A file name is empty, too long, or holds control characters or folders.
    FileName,
    /// A media type is no `type/subtype`, or one that only this program writes.
    MediaType,
    /// The text is too long.
    TextTooLong,
    /// Too many attachments.
    TooManyAttachments,
    /// A large attachment that its reader would refuse.
    Chunked,
    /// Not one list of large attachments for each letter, or one object in two letters.
    ChunkedLetters,
    /// The letter is too large.
    TooLarge {
        /// How large at most, in octets.
        octets_max: usize,
    },
    /// The date cannot be written in a letter (RFC 5322 §3.3 begins in 1900).
    Date,
    /// The signer's certificate does not name the sender's address, or names others too.
    SignerAddress,
    /// The signer's certificate names another person than the draft.
    SignerName,
    /// The signer's certificate is not for signing letters.
    SignerPurpose,
    /// The sender has no key for the second signature of the letter's suite.
    SignerSuite,
}

/// Why a signed letter becomes no submission.
#[derive(Debug)]
#[non_exhaustive]
pub enum EncryptError {
    /// No routing key of a recipient's provider was given.
    RoutingKeyMissing,
    /// Not as many answers as signatures were asked for, or one that does not verify.
    SignatureAnswer,
    /// A recipient's key cannot be encrypted for.
    RecipientKey,
    /// The sender's fixed key is not certified for him, has not answered for each recipient, or the
    /// letter is of a suite that does not use it.
    SenderKey,
    /// An experimental cipher in a suite that has no place for it.
    ExperimentSuite,
    /// Something grew beyond its bound.
    TooLarge,
    /// A part of the submission cannot be written in its format.
    Format(FormatError),
    /// Nothing was encrypted with the experimental cipher.
    Experiment(sealpost_experiment::EncryptError),
    /// Ours: the ciphertext could not be written.
    Write(io::Error),
}

/// Why something encrypted was not opened. Nothing of its content was released.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The octets are not those that the relay metadata name.
    OtherPart,
    /// The letter has no locked body.
    NoBody,
    /// Not strict DER AuthEnvelopedData.
    Malformed(DecodeError),
    /// There is not exactly one recipient inside.
    RecipientCount {
        /// How many there are.
        count: usize,
    },
    /// No recipient inside is the reader.
    NotForReader,
    /// Wrong key or changed octets.
    Unauthentic,
    /// Under fixed keys, and not from the key of who signed it.
    Sender,
    /// Authentic, but not the object it should be.
    Format(FormatError),
    /// Authentic, and under an experimental cipher that is not installed or gives no answer.
    Experiment(sealpost_experiment::OpenError),
    /// Larger than its bound.
    TooLarge {
        /// How large at most, in octets.
        octets_max: usize,
    },
}

/// Why a decision cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecisionError {
    /// The letter needs no decision.
    NotNeeded,
    /// The notice is about another letter than the metadata.
    OtherLetter,
    /// The certificate is not for deciding in this mode.
    Purpose,
    /// The certificate names another address than the recipient's.
    Address,
    /// The answer is no signature by this certificate.
    SignatureAnswer,
}

/// What verified octets do not agree with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mismatch {
    /// The signer's certificate does not name the address in From.
    SignerAddress,
    /// The signer's certificate names another person than From.
    SignerName,
    /// Bound to another letter.
    LetterId,
    /// The reader's key is not among those that the signer bound.
    ReaderNotBound,
    /// The reader's key is of another suite than the signer named.
    ReaderSuite,
    /// Not the content that the relay metadata commit to.
    Commitment,
    /// The list of parties, the bound keys and the visible recipients do not agree.
    Parties,
    /// The sender's disclosures do not open the digests in the relay metadata.
    SenderDisclosure,
    /// The recipient's disclosure does not open the digest in the relay metadata.
    RecipientDisclosure,
    /// About another way than this one.
    DispatchId,
    /// Another mode.
    Mode,
    /// Another deadline.
    Deadline,
    /// Another locked body.
    Body,
    /// Other objects than the relay metadata stand for.
    Objects,
    /// Another letter than the notice announced.
    Announced,
    /// Another provider releases the key.
    Releaser,
    /// Not the signatures of the suite that the signer bound.
    Signers,
}

impl RecipientError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherAddress => "recipient-other-address",
            Self::NoSuite => "recipient-key-kind",
            Self::Certificate(_) => "recipient-certificate",
        }
    }
}

impl ComposeError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRecipient => "no-recipient",
            Self::TooManyRecipients { .. } => "too-many-recipients",
            Self::AddressTwice => "address-twice",
            Self::CertificateMissing => "recipient-certificate-missing",
            Self::CertificateUnasked => "recipient-certificate-unasked",
            Self::NoCommonSuite => "suite-not-readable",
            Self::SameKey => "recipients-same-key",
            Self::Deadline => "deadline-not-for-mode",
            Self::TimeStampNeeded => "time-stamp-needed",
            Self::SubjectControlCharacter => "subject-control-character",
            Self::SubjectTooLong => "subject-too-long",
            Self::SenderName => "sender-name",
            Self::Reference => "reference",
            Self::FileName => "file-name",
            Self::MediaType => "media-type",
            Self::TextTooLong => "text-too-long",
            Self::TooManyAttachments => "too-many-attachments",
            Self::Chunked => "attachment-not-readable",
            Self::ChunkedLetters => "attachment-in-two-letters",
            Self::TooLarge { .. } => "letter-too-large",
            Self::Date => "date",
            Self::SignerAddress => "signer-other-address",
            Self::SignerName => "signer-other-name",
            Self::SignerPurpose => "signer-purpose",
            Self::SignerSuite => "signer-suite",
        }
    }

    const fn words(&self) -> &'static str {
        match self {
            Self::NoRecipient => "nobody is addressed",
            Self::TooManyRecipients { .. } => "more recipients than one letter may have",
            Self::AddressTwice => "an address stands twice among the recipients",
            Self::CertificateMissing => "a recipient has no verified certificate",
            Self::CertificateUnasked => {
                "a certificate belongs to nobody who is addressed, or is there twice"
            }
            Self::NoCommonSuite => "a recipient cannot read the suite",
            Self::SameKey => "two recipients have the same key",
            Self::Deadline => {
                "a deadline belongs to the modes that need acceptance, and to them only"
            }
            Self::TimeStampNeeded => "a mode that needs acceptance needs a time-stamp",
            Self::SubjectControlCharacter => "the subject holds control characters",
            Self::SubjectTooLong => "the subject is too long",
            Self::SenderName => "the sender's name is empty, too long or holds control characters",
            Self::Reference => "the reference is too long or holds control characters",
            Self::FileName => {
                "a file name is empty, too long, or holds control characters or folders"
            }
            Self::MediaType => "a media type is not of the form type/subtype, or is reserved",
            Self::TextTooLong => "the text is too long",
            Self::TooManyAttachments => "too many attachments",
            Self::Chunked => "a large attachment that nobody could read",
            Self::ChunkedLetters => "a large attachment is not sealed for each letter of its own",
            Self::TooLarge { .. } => "the letter is too large",
            Self::Date => "the date cannot be written in a letter",
            Self::SignerAddress => {
                "the signer's certificate does not name exactly the sender's address"
            }
            Self::SignerName => "the signer's certificate names another person than the sender",
            Self::SignerPurpose => "the signer's certificate is not for signing letters",
            Self::SignerSuite => "the sender has no key for a signature of the letter's suite",
        }
    }
}

impl EncryptError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RoutingKeyMissing => "routing-key-missing",
            Self::SignatureAnswer => "signature-answer",
            Self::RecipientKey => "recipient-key",
            Self::SenderKey => "sender-key",
            Self::ExperimentSuite => "cipher-not-in-suite",
            Self::TooLarge => "letter-too-large",
            Self::Format(_) => "submission-format",
            Self::Experiment(error) => error.code(),
            Self::Write(_) => "write-failed",
        }
    }
}

impl OpenError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherPart => "part-other-than-announced",
            Self::NoBody => "no-locked-body",
            Self::Malformed(_) => "enveloped-malformed",
            Self::RecipientCount { .. } => "recipient-count",
            Self::NotForReader => "not-for-reader",
            Self::Unauthentic => "unauthentic",
            Self::Sender => "sender-key-not-the-signers",
            Self::Format(_) => "plaintext-malformed",
            Self::Experiment(sealpost_experiment::OpenError::Malformed(_)) => {
                "cipher-layer-malformed"
            }
            Self::Experiment(error) => error.code(),
            Self::TooLarge { .. } => "part-too-large",
        }
    }
}

impl DecisionError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNeeded => "decision-not-needed",
            Self::OtherLetter => "decision-other-letter",
            Self::Purpose => "decision-key-purpose",
            Self::Address => "decision-other-address",
            Self::SignatureAnswer => "signature-answer",
        }
    }
}

impl Mismatch {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignerAddress => "signer-other-address",
            Self::SignerName => "signer-other-name",
            Self::LetterId => "other-letter",
            Self::ReaderNotBound => "reader-not-bound",
            Self::ReaderSuite => "reader-other-suite",
            Self::Commitment => "other-content",
            Self::Parties => "parties-disagree",
            Self::SenderDisclosure => "sender-disclosure",
            Self::RecipientDisclosure => "recipient-disclosure",
            Self::DispatchId => "other-dispatch",
            Self::Mode => "other-mode",
            Self::Deadline => "other-deadline",
            Self::Body => "other-body",
            Self::Objects => "other-objects",
            Self::Announced => "not-as-announced",
            Self::Releaser => "other-releaser",
            Self::Signers => "signatures-not-of-suite",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::SignerAddress => {
                "the signer's certificate does not name exactly the sender's address"
            }
            Self::SignerName => "the signer's certificate names another person than the letter",
            Self::LetterId => "signed for another letter",
            Self::ReaderSuite => "the reader's key is of another suite than the signer named",
            Self::ReaderNotBound => "the signer did not sign it for this reader",
            Self::Commitment => "not the content that evidence commits to",
            Self::Parties => "parties, bound keys and visible recipients do not agree",
            Self::SenderDisclosure => "the sender is not the one that evidence names",
            Self::RecipientDisclosure => "the recipient is not the one that evidence names",
            Self::DispatchId => "signed for another dispatch",
            Self::Mode => "signed for another consignment mode",
            Self::Deadline => "signed for another deadline",
            Self::Body => "signed for another locked body",
            Self::Objects => "other large attachments than those that were relayed",
            Self::Announced => "not the letter that the notice announced",
            Self::Releaser => "another provider would release the key",
            Self::Signers => "not the signatures of the suite that the signer bound",
        }
    }

    /// What a verification reports: code, then words.
    pub(crate) fn detail(self) -> String {
        format!("{}: {}", self.code(), self.words())
    }
}

impl fmt::Display for RecipientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherAddress => {
                f.write_str("the certificate does not name exactly the recipient's address")
            }
            Self::NoSuite => f.write_str("letters are not encrypted for keys of this kind"),
            Self::Certificate(shortfall) => write!(f, "the recipient's certificate: {shortfall}"),
        }
    }
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())?;
        match self {
            Self::TooManyRecipients { count_max } => write!(f, " ({count_max})"),
            Self::TooLarge { octets_max } => write!(f, " (at most {octets_max} octets)"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for EncryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RoutingKeyMissing => "the routing key of a recipient's provider is missing",
            Self::SignatureAnswer => "the answers do not fit the signatures that were asked for",
            Self::SenderKey => "the sender's fixed key did not answer for this letter",
            Self::ExperimentSuite => "an experimental cipher has no place in the letter's suite",
            Self::RecipientKey => "a recipient's key cannot be encrypted for",
            Self::TooLarge => "the letter is too large",
            Self::Format(_) => "a part of the submission does not fit its format",
            Self::Experiment(_) => "the experimental cipher does not encrypt the letter",
            Self::Write(_) => "the ciphertext could not be written",
        })
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherPart => f.write_str("not the octets that were announced"),
            Self::NoBody => f.write_str("the letter has no locked body"),
            Self::Malformed(error) => write!(f, "not an enveloped letter: {error}"),
            Self::RecipientCount { count } => {
                write!(f, "{count} recipients where exactly one belongs")
            }
            Self::NotForReader => f.write_str("not encrypted for this reader"),
            Self::Unauthentic => f.write_str("wrong key or changed octets"),
            Self::Sender => f.write_str("from another fixed key than that of who signed it"),
            Self::Format(error) => error.fmt(f),
            Self::Experiment(error) => error.fmt(f),
            Self::TooLarge { octets_max } => write!(f, "more than {octets_max} octets"),
        }
    }
}

impl fmt::Display for DecisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotNeeded => "this letter needs no decision",
            Self::OtherLetter => "the notice is about another letter",
            Self::Purpose => "this certificate does not decide in this mode",
            Self::Address => "this certificate does not name exactly the recipient's address",
            Self::SignatureAnswer => "the answer is no signature by this certificate",
        })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl error::Error for RecipientError {}
impl error::Error for ComposeError {}
impl error::Error for OpenError {}
impl error::Error for DecisionError {}
impl error::Error for EncryptError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Format(error) => Some(error),
            Self::Experiment(error) => Some(error),
            Self::Write(error) => Some(error),
            _ => None,
        }
    }
}

impl From<FormatError> for EncryptError {
    fn from(error: FormatError) -> Self {
        Self::Format(error)
    }
}

impl From<io::Error> for EncryptError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}
