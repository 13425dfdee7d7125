//! The JSON parts of a dossier.

use super::limits::JSON_PART_OCTETS_MAX;
use super::model::{LetterFacts, Perspective};
use crate::record::Shares;
use sealpost_erds::DispatchId;
use sealpost_erds::disclosure::Disclosure;
use sealpost_erds::format::{FormatError, from_json};
use sealpost_erds::slip::Share;
use serde::{Deserialize, Serialize};

const HEAD_VERSION: &str = "sealpost-dossier/1";
const OPENING_VERSION: &str = "sealpost-opening/1";
const DISCLOSURES_VERSION: &str = "sealpost-disclosures/1";

/// `dossier.json`: which letter, whose dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    version: String,
    pub(super) perspective: Perspective,
    pub(super) letter: LetterFacts,
}

impl Head {
    pub(super) fn of(perspective: Perspective, letter: LetterFacts) -> Self {
        Self { version: HEAD_VERSION.to_owned(), perspective, letter }
    }

    pub(super) fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let head: Self = from_json("dossier head", octets, JSON_PART_OCTETS_MAX)?;
        known("dossier head", &head.version, HEAD_VERSION).map(|()| head)
    }
}

/// `letter/opening.json`: keys that open what travelled. Whoever has them can read the letter, as
/// he can in the dossier anyway.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opening {
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Shares>,
    dispatches: Vec<DispatchOpening>,
}

/// What opens both layers of the enveloped part of one recipient.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DispatchOpening {
    pub(super) dispatch_id: DispatchId,
    pub(super) carrier_key: Share,
    pub(super) content_key: Share,
}

impl Opening {
    pub(super) fn of(body: Option<Shares>, dispatches: Vec<DispatchOpening>) -> Self {
        Self { version: OPENING_VERSION.to_owned(), body, dispatches }
    }

    pub(super) fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let opening: Self = from_json("opening", octets, JSON_PART_OCTETS_MAX)?;
        known("opening", &opening.version, OPENING_VERSION).map(|()| opening)
    }

    pub(super) const fn body(&self) -> Option<&Shares> {
        self.body.as_ref()
    }

    pub(super) fn dispatch_ids(&self) -> impl Iterator<Item = DispatchId> {
        self.dispatches.iter().map(|opening| opening.dispatch_id)
    }

    pub(super) fn dispatch(&self, dispatch_id: DispatchId) -> Option<&DispatchOpening> {
        self.dispatches.iter().find(|opening| opening.dispatch_id == dispatch_id)
    }
}

/// `disclosures.json`: who the parties are, as far as the exporting party shows it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Disclosures {
    version: String,
    pub(super) sender: Vec<Disclosure>,
    recipients: Vec<NamedRecipient>,
}

/// One recipient.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedRecipient {
    pub(super) dispatch_id: DispatchId,
    pub(super) disclosures: Vec<Disclosure>,
}

impl Disclosures {
    pub(super) fn of(sender: Vec<Disclosure>, recipients: Vec<NamedRecipient>) -> Self {
        Self { version: DISCLOSURES_VERSION.to_owned(), sender, recipients }
    }

    pub(super) fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let disclosures: Self = from_json("disclosures", octets, JSON_PART_OCTETS_MAX)?;
        known("disclosures", &disclosures.version, DISCLOSURES_VERSION).map(|()| disclosures)
    }

    pub(super) fn dispatches(&self) -> impl Iterator<Item = DispatchId> {
        self.recipients.iter().map(|named| named.dispatch_id)
    }

    pub(super) fn recipient(&self, dispatch_id: DispatchId) -> &[Disclosure] {
        let named = self.recipients.iter().find(|named| named.dispatch_id == dispatch_id);
        named.map_or(&[], |named| &named.disclosures)
    }
}

fn known(object: &'static str, version: &str, expected: &str) -> Result<(), FormatError> {
    if version == expected { Ok(()) } else { Err(FormatError::new(object, "unknown version")) }
}
