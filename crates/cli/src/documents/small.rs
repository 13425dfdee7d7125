//! Results of few fields.

use serde::Serialize;

use super::handed_in::NotHandedIn;
use super::inbox::Entry;
use super::letter::State;
use super::outgoing::Step;
use crate::printer::Reported;

/// `sealpost/sync/1`.
#[derive(Serialize)]
pub(crate) struct Synced {
    /// Letters that came.
    pub(crate) letters_new: u64,
    /// Evidence that came.
    pub(crate) evidence_new: u64,
    /// Letters that were handed in only now.
    pub(crate) handed_in: u64,
    /// Letters that could not be handed in.
    pub(crate) not_handed_in: Vec<NotHandedIn>,
    /// Letters that do not open or do not verify; they stay at the provider.
    pub(crate) unreadable: u64,
    /// The letters that wait for a decision.
    pub(crate) waiting: Vec<Entry>,
    /// The algorithm policy that has taken effect, if it is another one than before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    /// Why the first of those that were not handed in was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Reported>,
}

/// `sealpost/accept/1` and `sealpost/refuse/1`.
#[derive(Serialize)]
pub(crate) struct Decided {
    pub(crate) letter_id: String,
    pub(crate) dispatch_id: String,
    pub(crate) state: State,
    /// What the provider proved about it.
    pub(crate) steps: Vec<Step>,
}

/// `sealpost/save/1` and `sealpost/identity-export-key/1`.
#[derive(Serialize)]
pub(crate) struct Written {
    pub(crate) files: Vec<File>,
}

/// `sealpost/export/1`.
#[derive(Serialize)]
pub(crate) struct Exported {
    pub(crate) files: Vec<File>,
    /// How many evidence are not in it, because they do not verify.
    pub(crate) evidence_left_out: u64,
}

/// One file that was written.
#[derive(Serialize)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) octets: u64,
}

/// `sealpost/identity-change-pin/1`.
#[derive(Serialize)]
pub(crate) struct PinChanged {
    pub(crate) changed: bool,
}
