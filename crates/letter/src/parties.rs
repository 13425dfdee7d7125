//! Who sends and who receives, with what opens their digests in evidence: a part of every signed
//! content, so that a recipient can prove later who wrote to whom.

use crate::limits::PARTIES_OCTETS_MAX;
use sealpost_erds::disclosure::{CLAIM_IDENTIFIER, CLAIM_NAME, Disclosure};
use sealpost_erds::format::{FormatError, from_json, to_json};
use sealpost_erds::{Address, DispatchId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The media type of the part. Attachments cannot have it.
pub const PARTIES_MEDIA_TYPE: &str = "application/vnd.sealpost.parties+json";
/// The file name of the part.
pub const PARTIES_FILE_NAME: &str = "sealpost.json";
/// The version word of [`Parties`].
pub const PARTIES_VERSION: &str = "sealpost-parties/1";

/// Sender and recipients of one content.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parties {
    /// [`PARTIES_VERSION`].
    pub version: String,
    /// The sender's disclosures: identifier and name.
    pub sender_disclosures: Vec<Disclosure>,
    /// The recipients of this content: all To and Cc, or one blind recipient.
    pub recipients: Vec<PartyOnWay>,
}

/// One recipient and the letter's way to him.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyOnWay {
    /// The address.
    pub address: Address,
    /// The way.
    pub dispatch_id: DispatchId,
    /// Opens the recipient's digest in evidence.
    pub disclosure: Disclosure,
}

impl Parties {
    /// The JSON text.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// Reads and checks the part.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let parties: Self = from_json("parties", octets, PARTIES_OCTETS_MAX)?;
        if parties.version != PARTIES_VERSION {
            return Err(FormatError::new("parties", "unknown version"));
        }
        // A disclosure that says something else than the address beside it would let a letter
        // name one person and its evidence another. [LET-011]
        if !parties
            .recipients
            .iter()
            .all(|party| discloses(&party.disclosure, CLAIM_IDENTIFIER, party.address.as_str()))
        {
            return Err(FormatError::new("parties", "a disclosure of another address"));
        }
        // Recipients are counted against the bound keys: one who is named twice would leave room
        // for a key that nobody is named for. [LET-012]
        let addresses: BTreeSet<_> = parties.recipients.iter().map(|it| &it.address).collect();
        let ways: BTreeSet<_> = parties.recipients.iter().map(|it| it.dispatch_id).collect();
        if addresses.len() != parties.recipients.len() || ways.len() != parties.recipients.len() {
            return Err(FormatError::new("parties", "a recipient named twice"));
        }
        Ok(parties)
    }

    /// The recipient with this address.
    pub fn recipient(&self, address: &Address) -> Option<&PartyOnWay> {
        self.recipients.iter().find(|party| party.address == *address)
    }

    /// Whether the sender's disclosures say exactly this address and this name.
    pub fn sender_is(&self, address: &Address, name: &str) -> bool {
        sender_is(&self.sender_disclosures, address, name)
    }
}

/// Whether `disclosures` are one identifier and one name, and say these.
pub(crate) fn sender_is(disclosures: &[Disclosure], address: &Address, name: &str) -> bool {
    match disclosures {
        [identifier, named] => {
            discloses(identifier, CLAIM_IDENTIFIER, address.as_str())
                && discloses(named, CLAIM_NAME, name)
        }
        _ => false,
    }
}

pub(crate) fn discloses(disclosure: &Disclosure, claim: &str, value: &str) -> bool {
    disclosure.name() == claim && disclosure.value() == value
}

impl fmt::Debug for Parties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parties({} recipients)", self.recipients.len())
    }
}

impl fmt::Debug for PartyOnWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartyOnWay({:?})", self.dispatch_id)
    }
}
