//! Consignment modes (EN 319 522-2 MD06).

use serde::{Deserialize, Serialize};

/// How a letter is consigned to its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsignmentMode {
    /// The letter is put into the mailbox at once.
    Basic,
    /// The recipient must agree first, with the key that authenticates him.
    Consent,
    /// The recipient must sign that he accepts, with the key that signs in his name.
    Signed,
}

impl ConsignmentMode {
    /// The word for command lines and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Consent => "consent",
            Self::Signed => "signed",
        }
    }

    /// Whether the recipient decides before the content can be opened.
    pub const fn needs_acceptance(self) -> bool {
        !matches!(self, Self::Basic)
    }
}
