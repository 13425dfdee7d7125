//! What is sealed for one provider and travels through another (RFC 9180, base mode).
//!
//! The sender seals the **relay slip** for the recipient's provider: whose mailbox, what opens
//! the outer layer, which half of the key to release, and where evidence goes. It seals the
//! **reply path** for its own provider. Both have a fixed size, so that lengths say nothing, and
//! both are bound to their dispatch, so that neither can be moved to another letter.

use crate::address::Address;
use crate::disclosure::{Disclosure, PartyReference};
use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Digest, DispatchId, LetterId, Octets};
use crate::limits::{REPLY_PATH_OCTETS, SLIP_OCTETS};
use crate::mode::ConsignmentMode;
use crate::objects;
use crate::relay::{PartDigest, RelayMetadata, SubmissionHead, SubmittedConsignment};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_cms::CryptoRng;
use sealpost_cms::hpke::{RoutingKey, RoutingPublicKey, open, seal};
use sealpost_cms::kdf::ct_eq;
use sealpost_cms::time::Deadline;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

const SLIP_INFO: &[u8] = b"sealpost/relay-slip/v2";
const REPLY_PATH_INFO: &[u8] = b"sealpost/reply-path/v1";

/// 32 secret octets in a sealed object. No `Debug` of the value, wiped on drop.
#[derive(Clone)]
pub struct Share([u8; 32]);

impl Share {
    /// A fresh random share.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut octets = [0; 32];
        rng.fill_bytes(&mut octets);
        Self(octets)
    }

    /// A share from its octets.
    pub const fn from_array(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The octets, for the key derivation and nothing else.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// In a time that does not depend on where two shares differ.
impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        ct_eq(&self.0, &other.0)
    }
}

impl Eq for Share {}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Share(…)")
    }
}

/// Base64 in JSON, as [`Octets`], without leaving a copy behind.
impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(STANDARD.encode(self.0)))
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let octets = Zeroizing::new(
            STANDARD.decode(text.as_bytes()).map_err(|_| D::Error::custom("not base64"))?,
        );
        let array = octets.as_slice().try_into();
        array.map(Self).map_err(|_| D::Error::custom("not 32 octets"))
    }
}

impl TryFrom<Octets> for Share {
    type Error = FormatError;
    fn try_from(octets: Octets) -> Result<Self, FormatError> {
        let octets = Zeroizing::new(octets.0);
        let array = octets.as_slice().try_into();
        array.map(Self).map_err(|_| FormatError::new("share", "not 32 octets"))
    }
}

/// Only the recipient's provider reads this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelaySlip {
    /// Opens the recipient's digest: the address, and the salt that proves it.
    pub recipient: Disclosure,
    /// Opens the outer layer of the enveloped part, which hides the recipient's certificate from
    /// the sender's provider. Handed to the recipient, never used by the provider.
    pub carrier_key: Share,
    /// The release share of the locked body; present exactly in the consent modes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_share: Option<Share>,
    /// The sealed [`ReplyPath`].
    pub reply_path: Octets,
}

/// Only the sender's own provider reads this: whose mailbox evidence belongs into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyPath {
    /// The sender's mailbox.
    pub mailbox: Address,
}

/// Why a sealed object cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlipError {
    /// It was not sealed for this key, or not for this letter.
    CannotOpen,
    /// It opened, but holds something else.
    Malformed(FormatError),
}

impl SlipError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CannotOpen => "slip-cannot-be-opened",
            Self::Malformed(_) => "slip-malformed",
        }
    }
}

impl fmt::Display for SlipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotOpen => f.write_str("sealed for another key or another letter"),
            Self::Malformed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SlipError {}

/// What binds a slip to its letter: all that the sender decided and both providers see. A slip
/// that opens tells the recipient's provider that the sender's provider changed none of it, so
/// that nobody gets by a key that authenticates what the sender gives away for a signature only,
/// or later than the sender allowed. [SLP-010]
#[derive(Clone)]
pub struct SlipBinding(Vec<u8>);

impl SlipBinding {
    /// The binding as the sender computes it, and as the sender's provider could.
    pub fn of_submission(head: &SubmissionHead, consignment: &SubmittedConsignment) -> Self {
        Self::of(
            (head.letter_id, consignment.dispatch_id),
            (head.mode, head.deadline),
            (consignment.enveloped, head.body, head.content_commitment),
            objects::summary(&head.objects),
            &PartyReference::to(&head.sender, None),
            &consignment.recipient,
        )
    }

    /// The binding as the recipient's provider recomputes it.
    pub fn of_metadata(metadata: &RelayMetadata) -> Self {
        Self::of(
            (metadata.letter_id, metadata.dispatch_id),
            (metadata.mode, metadata.deadline),
            (metadata.enveloped, metadata.body, metadata.content_commitment),
            metadata.objects,
            &metadata.sender,
            &metadata.recipient,
        )
    }

    /// Fixed-length fields in a fixed order, then lists that say how long they are: unambiguous.
    fn of(
        (letter_id, dispatch_id): (LetterId, DispatchId),
        (mode, deadline): (ConsignmentMode, Option<Deadline>),
        (enveloped, body, content_commitment): (PartDigest, Option<PartDigest>, Digest),
        objects: Option<PartDigest>,
        sender: &PartyReference,
        recipient: &PartyReference,
    ) -> Self {
        let mut octets = Vec::with_capacity(512);
        octets.extend_from_slice(letter_id.as_array());
        octets.extend_from_slice(dispatch_id.as_array());
        octets.push(match mode {
            ConsignmentMode::Basic => 0,
            ConsignmentMode::Consent => 1,
            ConsignmentMode::Signed => 2,
        });
        octets.push(deadline.is_some().into());
        octets.extend_from_slice(&deadline.map_or(0, Deadline::unix).to_be_bytes());
        octets.extend_from_slice(enveloped.sha256.as_array());
        octets.push(body.is_some().into());
        octets.extend_from_slice(&body.map_or([0; 32], |body| *body.sha256.as_array()));
        octets.extend_from_slice(content_commitment.as_array());
        for party in [sender, recipient] {
            octets.extend_from_slice(&(party.digests.len() as u64).to_be_bytes());
            for digest in &party.digests {
                octets.extend_from_slice(&(digest.as_str().len() as u64).to_be_bytes());
                octets.extend_from_slice(digest.as_str().as_bytes());
            }
        }
        // Letters without objects are bound as they were before there were any. What would follow
        // is no list of a party: the lists have come to their ends.
        if let Some(objects) = objects {
            octets.extend_from_slice(objects.sha256.as_array());
            octets.extend_from_slice(&objects.octets.to_be_bytes());
        }
        Self(octets)
    }
}

impl RelaySlip {
    /// Seals the slip for the recipient's provider.
    pub fn seal(
        &self,
        key: &RoutingPublicKey,
        binding: &SlipBinding,
        rng: &mut dyn CryptoRng,
    ) -> Result<Octets, FormatError> {
        let plaintext = pad("relay slip", to_json(self), SLIP_OCTETS)?;
        seal(key, SLIP_INFO, &binding.0, &plaintext, rng).map(Octets).map_err(|_| unusable_key())
    }

    /// Opens a slip at the recipient's provider.
    pub fn open(
        key: &RoutingKey,
        binding: &SlipBinding,
        sealed: &Octets,
    ) -> Result<Self, SlipError> {
        let plaintext =
            open(key, SLIP_INFO, &binding.0, &sealed.0).map_err(|_| SlipError::CannotOpen)?;
        let json = unpad("relay slip", &plaintext).map_err(SlipError::Malformed)?;
        from_json("relay slip", json, SLIP_OCTETS).map_err(SlipError::Malformed)
    }
}

impl ReplyPath {
    /// Seals the reply path for the sender's own provider.
    pub fn seal(
        &self,
        key: &RoutingPublicKey,
        dispatch_id: DispatchId,
        rng: &mut dyn CryptoRng,
    ) -> Result<Octets, FormatError> {
        let plaintext = pad("reply path", to_json(self), REPLY_PATH_OCTETS)?;
        seal(key, REPLY_PATH_INFO, dispatch_id.as_array(), &plaintext, rng)
            .map(Octets)
            .map_err(|_| unusable_key())
    }

    /// Opens a reply path at the sender's own provider.
    pub fn open(
        key: &RoutingKey,
        dispatch_id: DispatchId,
        sealed: &Octets,
    ) -> Result<Self, SlipError> {
        let plaintext = open(key, REPLY_PATH_INFO, dispatch_id.as_array(), &sealed.0)
            .map_err(|_| SlipError::CannotOpen)?;
        let json = unpad("reply path", &plaintext).map_err(SlipError::Malformed)?;
        from_json("reply path", json, REPLY_PATH_OCTETS).map_err(SlipError::Malformed)
    }
}

/// RFC 9180 §7.1.4: a public key of small order seals nothing.
pub(crate) fn unusable_key() -> FormatError {
    FormatError::new("routing key", "nothing can be sealed for it")
}

/// Length (four octets, big endian), content, zeros up to `octets`; wiped on drop, as is the content.
pub(crate) fn pad(
    object: &'static str,
    content: Vec<u8>,
    octets: usize,
) -> Result<Zeroizing<Vec<u8>>, FormatError> {
    let content = Zeroizing::new(content);
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    if content.len() + 4 > octets {
        return Err(FormatError::new(
            object,
            format!("more than the {} octets that fit", octets - 4),
        ));
    }
    let mut padded = Zeroizing::new(Vec::with_capacity(octets));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(&content);
    padded.resize(octets, 0);
    Ok(padded)
}

/// The content of what [`pad`] made.
pub(crate) fn unpad<'p>(object: &'static str, padded: &'p [u8]) -> Result<&'p [u8], FormatError> {
    let too_short = || FormatError::new(object, "the padding is broken");
    let (length, rest) = padded.split_first_chunk::<4>().ok_or_else(too_short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| too_short())?;
    rest.get(..length).ok_or_else(too_short)
}
