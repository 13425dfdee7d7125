//! What became of handing in.

use super::OutgoingView;
use crate::ciphers::CipherView;
use crate::errors::AgentError;
use sealpost_erds::LetterId;

/// Whether a letter was handed in at the own provider. Of what followed, evidence tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandingIn {
    /// The provider answered with evidence: A.1 if it took the letter, A.2 if not.
    HandedIn,
    /// It waits here, complete and signed; the next synchronisation hands it in.
    Waiting {
        /// Why it was not handed in before, as a stable code.
        code: Option<String>,
    },
    /// The provider refused it for good, and without evidence.
    Refused {
        /// Why, as a stable code; older versions did not keep it.
        code: Option<String>,
    },
}

/// What became of handing in one submission.
#[derive(Debug)]
pub enum Submitted {
    /// The provider took it (A.1).
    Accepted,
    /// The provider rejected it with evidence (A.2).
    Rejected,
    /// It waits here; the next synchronisation hands it in.
    Waits(AgentError),
    /// The provider refused it without evidence, and it is not handed in again.
    Refused(AgentError),
}

impl Submitted {
    /// Why it was not handed in, unless it was.
    pub const fn fault(&self) -> Option<&AgentError> {
        match self {
            Self::Accepted | Self::Rejected => None,
            Self::Waits(error) | Self::Refused(error) => Some(error),
        }
    }

    /// The same for whoever has no other use for it.
    pub fn into_fault(self) -> Option<AgentError> {
        match self {
            Self::Accepted | Self::Rejected => None,
            Self::Waits(error) | Self::Refused(error) => Some(error),
        }
    }

    /// The same as it is kept.
    pub(crate) fn handing_in(&self) -> HandingIn {
        let code = self.fault().map(|error| error.why().to_owned());
        match self {
            Self::Accepted | Self::Rejected => HandingIn::HandedIn,
            Self::Waits(_) => HandingIn::Waiting { code },
            Self::Refused(_) => HandingIn::Refused { code },
        }
    }
}

/// One submission of a draft.
pub struct Handed {
    /// The letter.
    pub letter: OutgoingView,
    /// What became of it.
    pub submitted: Submitted,
    /// Octets to be handed in.
    pub octets: u64,
}

/// What became of a draft: nothing of it is handed in later than this says.
pub struct SendReport {
    /// One per submission: that of all visible recipients, and one for each blind copy.
    pub letters: Vec<Handed>,
    /// The experimental cipher around each, which its recipients need.
    pub experiment: Option<CipherView>,
}

/// A letter that a synchronisation could not hand in.
#[derive(Debug, Clone)]
pub struct NotHandedIn {
    /// The letter.
    pub letter_id: LetterId,
    /// Whether it waits on or was refused for good.
    pub handing_in: HandingIn,
}
