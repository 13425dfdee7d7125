//! What can go wrong between this agent and providers, other people's letters, and the person's
//! own wishes.

use super::{Fault, Language, Sentences, english, german};
use sealpost_cms::policy::{AtFault, NoSuite};
use sealpost_cms::verdict::Shortfall;
use sealpost_erds::Digest;
use std::error::Error;
use std::fmt;
use std::io::ErrorKind;

/// Errors of sending, receiving and proving. None holds an address, a person's name or
/// content.
#[derive(Debug)]
#[non_exhaustive]
pub enum PostError {
    /// The person wants something that the letter's state does not allow.
    NotPossible(&'static str),
    /// Nothing in this profile has an identifier that begins so.
    LetterNotFound,
    /// More than one letter has an identifier that begins so.
    IdAmbiguous,
    /// The profile has no account yet.
    NotRegistered,
    /// The profile has an account.
    AlreadyRegistered,
    /// The draft, or something about its recipients, is refused by our own rules.
    Draft {
        /// The stable code of the rule.
        code: &'static str,
    },
    /// No suite is common to the policy, the own keys and a recipient.
    NoSuite {
        /// Each suite, and what stands against it.
        none: Box<NoSuite>,
    },
    /// A letter is under an experimental cipher that is not installed.
    CipherMissing {
        /// SHA-256 of the plug-in, as the letter names it.
        cipher: Digest,
        /// What its sender calls it: 1 to 32 of `a-z0-9.-`, for the person alone and no log.
        name: String,
    },
    /// The provider's update of the algorithm policy does not take effect.
    Policy {
        /// The stable code of the reason.
        code: &'static str,
    },
    /// The recipient's provider knows nobody with this address.
    RecipientUnknown,
    /// The certificate of a recipient was revoked, has ended, or is not his provider's.
    RecipientCertificate {
        /// Why, in the terms of EN 319 102-1.
        shortfall: Shortfall,
    },
    /// A file could not be read or written.
    File {
        /// What the operating system says.
        kind: ErrorKind,
    },
    /// No connection, or none that was answered in time.
    Unreachable,
    /// A letter is stored here, complete and signed, and could not be handed in yet.
    Waits {
        /// Why not.
        cause: Box<PostError>,
    },
    /// The provider did not prove who it is, or is not who it was.
    NotTrusted {
        /// The stable code of the reason.
        code: &'static str,
    },
    /// The provider refused, with its own stable code.
    Refused {
        /// The provider's code: lower-case letters, digits and hyphens.
        code: String,
        /// The HTTP status.
        status: u16,
        /// What it says about a certificate or a signature, in the terms of EN 319 102-1.
        sub_indication: Option<String>,
    },
    /// The provider answered with something that does not read or does not belong there.
    Nonsense {
        /// What was expected.
        expected: &'static str,
    },
    /// Something that was signed does not verify.
    NotVerified {
        /// What it was: `notice`, `letter`, `evidence`, `discovery document`, `time-stamp`.
        what: &'static str,
        /// Why, in the terms of EN 319 102-1.
        shortfall: Shortfall,
    },
    /// Something that was encrypted does not open.
    NotOpened {
        /// The stable code.
        code: &'static str,
    },
    /// The archive holds a record that this version cannot read.
    Archive,
}

impl PostError {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotPossible(code)
            | Self::Draft { code }
            | Self::Policy { code }
            | Self::NotTrusted { code }
            | Self::NotOpened { code } => code,
            Self::NoSuite { none } => none.code(),
            Self::CipherMissing { .. } => "cipher-not-installed",
            Self::LetterNotFound => "letter-not-found",
            Self::IdAmbiguous => "id-ambiguous",
            Self::NotRegistered => "not-registered",
            Self::AlreadyRegistered => "already-registered",
            Self::RecipientUnknown => "recipient-unknown",
            Self::RecipientCertificate { .. } => "recipient-certificate",
            Self::File { kind } => file_code(*kind),
            Self::Unreachable => "provider-unreachable",
            Self::Waits { cause } => cause.code(),
            Self::Refused { .. } => "provider-refused",
            Self::Nonsense { .. } => "provider-answer-malformed",
            Self::NotVerified { .. } => "not-verified",
            Self::Archive => "archive-unreadable",
        }
    }

    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Waits { cause } => cause.why(),
            Self::Refused { code, .. } => code,
            other => other.code(),
        }
    }

    /// What a provider says that refused: its code, and its sub-indication.
    pub(super) fn refusal(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::Waits { cause } => cause.refusal(),
            Self::Refused { code, sub_indication, .. } => Some((code, sub_indication.as_deref())),
            _ => None,
        }
    }

    /// Whether the provider is there and answers, only not as it was hoped.
    pub(crate) fn is_refusal(&self) -> bool {
        self.refusal().is_some()
    }

    pub(super) fn sub_indication(&self) -> Option<&str> {
        match self {
            Self::Waits { cause } => cause.sub_indication(),
            Self::RecipientCertificate { shortfall } | Self::NotVerified { shortfall, .. } => {
                Some(shortfall.sub.code())
            }
            other => other.refusal()?.1,
        }
    }

    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::NotPossible(_)
            | Self::LetterNotFound
            | Self::IdAmbiguous
            | Self::NotRegistered
            | Self::AlreadyRegistered
            | Self::Draft { .. }
            | Self::CipherMissing { .. }
            | Self::RecipientUnknown => Fault::User,
            Self::File { .. } | Self::Archive => Fault::Machine,
            Self::Waits { cause } => cause.fault(),
            Self::NoSuite { none } => match none.nearest().1.at_fault() {
                // Whoever wants to write has to ask the recipient, or for a newer release.
                AtFault::Recipient | AtFault::Sender | AtFault::Release => Fault::User,
                AtFault::Provider => Fault::Provider,
            },
            _ => Fault::Provider,
        }
    }

    /// Whether the same question may get another answer later, without anybody changing it.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable => true,
            // 401 and 403 end when a provider believes the certificate again or an account is
            // unblocked; 408 and 429 say so themselves.
            Self::Refused { status, code, .. } => {
                matches!(status, 401 | 403 | 408 | 429)
                    || *status >= 500
                    || code == "objects-missing"
            }
            Self::Nonsense { .. } | Self::NotVerified { .. } | Self::NotTrusted { .. } => true,
            _ => false,
        }
    }

    /// Whether it is about the connection or the account, so that asking for another letter
    /// would end in the same way.
    pub(crate) fn concerns_all(&self) -> bool {
        match self {
            Self::Unreachable | Self::NotTrusted { .. } | Self::File { .. } => true,
            Self::Refused { status, .. } => matches!(status, 401 | 403 | 429 | 503 | 507),
            Self::Waits { cause } => cause.concerns_all(),
            _ => false,
        }
    }

    pub(crate) fn sentences(&self, language: Language) -> Sentences {
        match language {
            Language::English => english::post(self),
            Language::German => german::post(self),
        }
    }
}

/// The words are those of the command line's own errors about files.
fn file_code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "disk-full",
        ErrorKind::NotFound => "file-missing",
        ErrorKind::PermissionDenied => "permission-denied",
        ErrorKind::AlreadyExists => "file-exists",
        _ => "file-failed",
    }
}

impl fmt::Display for PostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences(Language::English).0)
    }
}

impl Error for PostError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Waits { cause } => Some(cause),
            _ => None,
        }
    }
}
